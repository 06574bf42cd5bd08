"""A campaign by the calendar and to its end: begun, reminded of, missed, signed, remediated, closed."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction

from approvals.models import Campaign, ChangeTask, ReviewDecision, ReviewItem
from approvals.rules.campaigns import REVOKE_NOTICE, CampaignState, ItemDecision, reminders_due
from approvals.rules.change_tasks import TaskKind
from approvals.services.campaigns.campaigns import check_runs, checked_reason, day_of, locked_campaign, move
from approvals.services.campaigns.rerouting import reroute
from approvals.services.campaigns.told import told_of_decision
from approvals.services.grants.grants import revoke
from approvals.services.requests.deciders import owner_sides
from approvals.services.tasks.change_tasks import open_task
from inventory.models import NoticeKind, Role, User
from inventory.services.audit import record
from inventory.services.each import do_each
from inventory.services.notices.notices import tell
from inventory.services.refusals import ConflictError, RefusedError

_NOBODY = "Nobody decided by the due day."
_REVOKED_WITHIN = timedelta(days=7)
_WANTED = (ItemDecision.REVOKE, ItemDecision.MODIFY, ItemDecision.NOT_REVIEWED)


@transaction.atomic
def activate(campaign_id: int, *, acting_user: User | None, at: datetime) -> Campaign:
    """Ask the reviewers; from now on the population and who runs it stay as they are."""
    check_runs(acting_user)
    campaign = locked_campaign(campaign_id)
    move(campaign, CampaignState.ACTIVE)
    campaign.activated_at = at
    campaign.save(update_fields=["state", "activated_at"])
    record(at=at, actor=acting_user, action="campaign.activated", target=campaign, data={"items": campaign.item_count})
    reroute(campaign, at=at)
    _remind(campaign, "start", at=at)
    return campaign


def run_due(*, at: datetime) -> int:
    """What the calendar asks for: begin what is staged, remind, and end the deciding on the day after the due day.

    Each campaign in a transaction of its own; how many something was done for.
    """
    on = day_of(at)
    begun = Campaign.objects.filter(state=CampaignState.STAGED, starts_on__lte=on)
    do_each(
        lambda campaign_id: activate(campaign_id, acting_user=None, at=at), list(begun.values_list("pk", flat=True))
    )
    active = list(Campaign.objects.filter(state=CampaignState.ACTIVE).values_list("pk", flat=True))
    return sum(do_each(lambda campaign_id: _run_active(campaign_id, at=at), active))


@transaction.atomic
def _run_active(campaign_id: int, *, at: datetime) -> bool:
    campaign = locked_campaign(campaign_id)
    on = day_of(at)
    if campaign.state != CampaignState.ACTIVE:
        return False
    if on > campaign.due_on:
        return bool(_miss(campaign, at=at))
    reroute(campaign, at=at)
    steps = reminders_due(starts_on=campaign.starts_on, due_on=campaign.due_on, on=on)
    if steps:
        _remind(campaign, steps[-1], at=at)
    return bool(steps)


def _miss(campaign: Campaign, *, at: datetime) -> int:
    """The day is over: what nobody decided was not reviewed, and is taken out after 14 days' notice."""
    missed = list(campaign.items.pending().select_for_update(of=("self",)).select_related(*_TASK_RELATED))
    for item in missed:
        number = item.decisions.count() + 1
        ReviewDecision.objects.create(
            item=item,
            number=number,
            decision=ItemDecision.NOT_REVIEWED,
            note=_NOBODY,
            decided_at=at,
        )
        item.decision, item.decided_at = ItemDecision.NOT_REVIEWED, at
        item.task = _task(item, at=at, acting_user=None)
        item.save(update_fields=["decision", "decided_at", "task"])
        told = told_of_decision(item, ItemDecision.NOT_REVIEWED, _NOBODY, number=number, is_bulk=False)
        record(at=at, actor=None, action="review_item.missed", target=item, data=told)
    move(campaign, CampaignState.DECIDED)
    campaign.decided_at = at
    campaign.save(update_fields=["state", "decided_at"])
    record(at=at, actor=None, action="campaign.decided", target=campaign, data={"missed": len(missed)})
    return max(1, len(missed))


@transaction.atomic
def sign(campaign_id: int, *, attestation: str, signed_in_by: str, acting_user: User, at: datetime) -> Campaign:
    """One of security attests to the result. What is to be removed or changed becomes tasks; with none it is closed."""
    check_runs(acting_user)
    campaign = locked_campaign(campaign_id)
    campaign.attestation = checked_reason(attestation, "attestation")
    if campaign.items.filter(decided_by=acting_user).count() == campaign.item_count:
        raise RefusedError("person", "You decided on every item yourself: somebody else of security has to sign.")
    move(campaign, CampaignState.SIGNED)
    campaign.signed_at, campaign.signed_by, campaign.signed_in_by = at, acting_user, signed_in_by
    campaign.save(update_fields=["state", "attestation", "signed_at", "signed_by", "signed_in_by"])
    data = {"attestation": campaign.attestation, "population_sha256": campaign.population_hash}
    record(at=at, actor=acting_user, action="campaign.signed", target=campaign, data=data)
    items = campaign.items.filter(decision__in=_WANTED, task=None).select_related(*_TASK_RELATED)
    for item in items.select_for_update(of=("self",)):
        item.task = _task(item, at=at, acting_user=acting_user)
        item.save(update_fields=["task"])
    _remediate(campaign, acting_user=acting_user, at=at)
    return campaign


def _remediate(campaign: Campaign, *, acting_user: User | None, at: datetime) -> None:
    if campaign.items.to_remediate().exists():
        move(campaign, CampaignState.REMEDIATING)
        campaign.save(update_fields=["state"])
        return
    _close(campaign, CampaignState.CLOSED, "", acting_user=acting_user, at=at)


@transaction.atomic
def close_when_done(campaign_id: int, *, at: datetime) -> bool:
    """Close it if a reading has shown the last removal; whether it did."""
    campaign = locked_campaign(campaign_id)
    if campaign.state != CampaignState.REMEDIATING or campaign.items.to_remediate().exists():
        return False
    _close(campaign, CampaignState.CLOSED, "", acting_user=None, at=at)
    return True


@transaction.atomic
def close_incomplete(campaign_id: int, *, reason: str, acting_user: User, at: datetime) -> Campaign:
    """Close it with removals that no reading has shown; after the day by which they were due, for a reason."""
    check_runs(acting_user)
    campaign = locked_campaign(campaign_id)
    why = checked_reason(reason)
    if day_of(at) <= campaign.remediate_by_on:
        raise RefusedError("reason", f"What was decided has until {campaign.remediate_by_on} to be removed.")
    if not campaign.items.to_remediate().exists():
        raise ConflictError(f"Every removal of {campaign} is verified: it closes by itself.")
    _close(campaign, CampaignState.CLOSED_INCOMPLETE, why, acting_user=acting_user, at=at)
    return campaign


def _close(campaign: Campaign, state: CampaignState, reason: str, *, acting_user: User | None, at: datetime) -> None:
    move(campaign, state)
    campaign.ended_at, campaign.ending_reason = at, reason
    campaign.save(update_fields=["state", "ended_at", "ending_reason"])
    data = {"reason": reason, "unverified": campaign.items.to_remediate().count()}
    record(at=at, actor=acting_user, action=f"campaign.{state}", target=campaign, data=data)


_TASK_RELATED = ("campaign", "identity__scope__account__owner_team", "delegation", "grant")


def _task(item: ReviewItem, *, at: datetime, acting_user: User | None) -> ChangeTask:
    """Take out what the reviewers no longer want, or what nobody looked at. A revoked path's grant ends with it."""
    is_missed = item.decision == ItemDecision.NOT_REVIEWED
    said = item.decisions.order_by("-number").first()
    reason = f"{item.campaign}, item {item.position}: {item.decision.replace('_', ' ')}. {said.note if said else ''}"
    grant = item.grant if item.grant and not item.grant.standing(day_of(at)).is_over else None
    if item.decision != ItemDecision.REVOKE or acting_user is None:
        grant = None
    if grant is not None and acting_user is not None:
        revoke(grant.pk, reason=reason[:2000], acting_user=acting_user, at=at)
    return open_task(
        identity=item.identity,
        kind=TaskKind.REMOVE,
        reason=reason[:2000],
        due_on=day_of(at) + (REVOKE_NOTICE if is_missed else _REVOKED_WITHIN),
        at=at,
        acting_user=acting_user,
        grant=grant,
        policy_name="" if grant else item.delegation.policy_name,
        principals=[] if grant else [item.delegation.principal],
    )


def _remind(campaign: Campaign, step: str, *, at: datetime) -> None:
    """Whoever has something left to decide, once for each step."""
    waiting: dict[tuple[int | None, int | None], int] = defaultdict(int)
    for owner in campaign.items.pending().order_by().values_list("reviewer_team", "reviewer_user"):
        waiting[owner] += 1
    sides = owner_sides([team for team, _ in waiting], [user for _, user in waiting], on=day_of(at))
    security = set(User.objects.active().filter(roles__contains=[Role.SECURITY]).values_list("pk", flat=True))
    numbers: dict[int, int] = defaultdict(int)
    for (team, user), number in waiting.items():
        people = sides.people(team, user) if team or user else security
        for user_id in people or security:
            numbers[user_id] += number
    for person in User.objects.filter(pk__in=numbers).order_by("pk"):
        count = numbers[person.pk]
        tell(
            [person],
            kind=NoticeKind.REVIEW,
            key=f"campaign-{campaign.pk}-{step}",
            text=f"{campaign}: {count} {'line waits' if count == 1 else 'lines wait'} for you until {campaign.due_on}.",
            path=f"/reviews/{campaign.pk}/",
            at=at,
        )
