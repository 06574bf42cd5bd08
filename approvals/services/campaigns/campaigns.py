"""Campaigns as a whole: begun, changed, cancelled, and the one way in which their state moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from approvals.models import Campaign
from approvals.rules.campaigns import CampaignState, may_follow
from inventory.models import Role, Team, User
from inventory.services.audit import record
from inventory.services.refusals import ConflictError, RefusedError, check_text, check_words

RUNS_CAMPAIGNS = frozenset({Role.SECURITY})
# Of a reason that somebody understands later.
FEWEST_LETTERS = 10
SCOPE_KINDS = ("account", "vendor", "team", "sending_name", "environment")


@dataclass(frozen=True, slots=True)
class Asked:
    """A campaign as it is asked for; ``scope`` narrows by lists of keys per kind of :data:`SCOPE_KINDS`."""

    name: str
    period_from: date
    period_to: date
    starts_on: date
    due_on: date
    remediate_by_on: date
    frequency: str = "quarterly"
    frequency_basis: str = ""
    scope: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fallback_team: Team | None = None


@transaction.atomic
def create_campaign(
    asked: Asked, *, acting_user: User | None, at: datetime, schedule_key: str | None = None
) -> Campaign:
    """A draft; ``acting_user`` is ``None`` where the calendar begins it, under a key that exists once."""
    check_runs(acting_user)
    _check(asked, on=day_of(at))
    campaign = Campaign.objects.create(
        **_fields(asked), schedule_key=schedule_key, created_by=acting_user, created_at=at
    )
    record(at=at, actor=acting_user, action="campaign.created", target=campaign, data=_said(asked))
    return campaign


@transaction.atomic
def change_campaign(campaign_id: int, asked: Asked, *, acting_user: User, at: datetime) -> Campaign:
    """Change a draft; what is staged goes back to a draft first, so that its population is frozen anew."""
    check_runs(acting_user)
    campaign = locked_campaign(campaign_id)
    if campaign.state != CampaignState.DRAFT:
        raise ConflictError(f"{campaign} is {campaign.state} and can no longer be changed.")
    _check(asked, on=day_of(at))
    for name, value in _fields(asked).items():
        setattr(campaign, name, value)
    campaign.save(update_fields=list(_fields(asked)))
    record(at=at, actor=acting_user, action="campaign.changed", target=campaign, data=_said(asked))
    return campaign


@transaction.atomic
def cancel_campaign(campaign_id: int, *, reason: str, acting_user: User, at: datetime) -> Campaign:
    """End it without a result; what was decided stays on record, and nothing is taken out because of it."""
    check_runs(acting_user)
    campaign = locked_campaign(campaign_id)
    campaign.ending_reason = checked_reason(reason)
    campaign.ended_at = at
    move(campaign, CampaignState.CANCELLED)
    campaign.save(update_fields=["state", "ended_at", "ending_reason"])
    record(
        at=at, actor=acting_user, action="campaign.cancelled", target=campaign, data={"reason": campaign.ending_reason}
    )
    return campaign


def check_runs(acting_user: User | None) -> None:
    """Only security begins, stages, signs and closes campaigns."""
    if acting_user is not None and not acting_user.has_role(RUNS_CAMPAIGNS):
        raise PermissionDenied


def locked_campaign(campaign_id: int) -> Campaign:
    """The campaign, for this transaction alone."""
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)


def move(campaign: Campaign, then: CampaignState) -> None:
    """Set the state; raise :class:`ConflictError` where it cannot follow."""
    if not may_follow(CampaignState(campaign.state), then):
        words = campaign.state.replace("_", " ")
        raise ConflictError(f"{campaign} is {words} by now. Open it again to see what was done.")
    campaign.state = then


def checked_reason(text: str, name: str = "reason") -> str:
    """A reason in a sentence."""
    check_text(name, text, 4000)
    if len(text.strip()) < 10:  # a sentence
        raise RefusedError(name, "Say why, in a sentence that somebody understands a year from now.")
    return text.strip()


def day_of(at: datetime) -> date:
    """The day in the company's time zone."""
    return at.astimezone(settings.SESGOV_TIME_ZONE).date()


def _check(asked: Asked, *, on: date) -> None:
    check_words("name", asked.name, 200)
    check_text("frequency_basis", asked.frequency_basis, 500)
    if not asked.name.strip():
        raise RefusedError("name", "Give the review a name.")
    if asked.period_to < asked.period_from:
        raise RefusedError("period_to", f"{asked.period_to} is before the period begins, {asked.period_from}.")
    if asked.due_on < max(asked.starts_on, on):
        raise RefusedError("due_on", f"{asked.due_on} is past or before the start. Use a later day.")
    if asked.remediate_by_on < asked.due_on:
        raise RefusedError("remediate_by_on", f"{asked.remediate_by_on} is before the due day, {asked.due_on}.")
    for kind in asked.scope:
        if kind not in SCOPE_KINDS:
            raise RefusedError("scope", f"A review is narrowed by {', '.join(SCOPE_KINDS)}, not by {kind!r}.")


def _fields(asked: Asked) -> dict[str, object]:
    return {
        "name": asked.name.strip(),
        "scope": {kind: sorted(keys) for kind, keys in asked.scope.items() if keys},
        "fallback_team": asked.fallback_team,
        "period_from": asked.period_from,
        "period_to": asked.period_to,
        "frequency": asked.frequency,
        "frequency_basis": asked.frequency_basis.strip(),
        "starts_on": asked.starts_on,
        "due_on": asked.due_on,
        "remediate_by_on": asked.remediate_by_on,
    }


def _said(asked: Asked) -> dict[str, object]:
    team = asked.fallback_team
    return {**_fields(asked), "fallback_team": str(team) if team else None}
