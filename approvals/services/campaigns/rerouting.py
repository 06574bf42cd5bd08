"""Reviewers who have left: what waits for them goes to the fallback, and the chain says so."""

from datetime import datetime

from django.db.models import QuerySet

from approvals.models import Campaign, Reassignment, ReviewItem
from approvals.services.campaigns.campaigns import day_of
from approvals.services.campaigns.reviewers import LONGEST_REASON
from approvals.services.requests.deciders import owner_sides
from inventory.models import Team
from inventory.services.audit import record_all

_OWNERS = ("reviewer_team", "reviewer_user", "grant__line__request__requester", "grant__vendor__sponsor")


def reroute(campaign: Campaign, *, at: datetime) -> int:
    """Give the undecided items of sides on which nobody can answer to the fallback team or, where nobody of that can
    either, to security; how many. Four queries where nobody has left. The caller holds the campaign's lock."""
    items = campaign.items.pending()
    kinds = list(items.order_by().values_list(*_OWNERS).distinct())
    fallback = campaign.fallback_team
    teams = [team for team, *_ in kinds if team] + [fallback.pk if fallback else None]
    sides = owner_sides(teams, [user for _, user, *_ in kinds], on=day_of(at))
    moved = 0
    for team, user, *own in kinds:
        barred = {each for each in own if each}
        if (team is None and user is None) or sides.people(team, user) - barred:
            continue
        may_fall_back = fallback is not None and fallback.pk != team and sides.people(fallback.pk, None) - barred
        of_kind = items.filter(**dict(zip(_OWNERS, (team, user, *own), strict=True)))
        moved += _give(of_kind, fallback if may_fall_back else None, at=at)
    return moved


def _give(items: QuerySet[ReviewItem], to: Team | None, *, at: datetime) -> int:
    rows = list(items.select_for_update(of=("self",)).select_related("campaign", "reviewer_team", "reviewer_user"))
    chain, said = [], []
    for item in rows:
        before = item.reviewer_team or item.reviewer_user
        reason = f"Nobody of {before} can answer any more: {to or 'security'} reviews it."
        chain.append(
            Reassignment(
                item=item,
                from_team=item.reviewer_team,
                from_user=item.reviewer_user,
                to_team=to,
                reason=reason,
                at=at,
            )
        )
        said.append((item, {"from": str(before), "to": str(to or "security"), "reason": reason}))
        item.reviewer_team, item.reviewer_user, item.reviewer_reason = to, None, reason[:LONGEST_REASON]
    ReviewItem.objects.bulk_update(rows, ["reviewer_team", "reviewer_user", "reviewer_reason"], batch_size=500)
    Reassignment.objects.bulk_create(chain)
    record_all(at=at, actor=None, action="review_item.rerouted", targets=said)
    return len(rows)
