"""How the deciding goes: what is left day by day, and how each side and each person gets on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from approvals.models import Campaign, ReviewDecision
from approvals.rules.campaigns import ItemDecision
from approvals.services.campaigns.campaigns import day_of
from inventory.models import Team, User

WIDTH, HEIGHT = 600, 120
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """How many items got their first answer on a day, and how many had none at its end."""

    on: date
    decided: int
    left: int


@dataclass(frozen=True, slots=True)
class Burndown:
    """``points`` and ``plan`` are lines in a room of ``WIDTH`` by ``HEIGHT``; the plan leads to the due day."""

    days: tuple[Day, ...]
    total: int
    points: str
    plan: str
    last_on: date

    @property
    def words(self) -> str:
        """What the line shows, for who does not see it."""
        last = self.days[-1]
        return f"{last.left} of {self.total} left at the end of {last.on:%-d %b %Y}."


def burndown(campaign: Campaign, at: datetime) -> Burndown | None:
    """From the day on which it was begun to the last decision or today; one query. What was missed was not decided."""
    if campaign.activated_at is None:
        return None
    begun = day_of(campaign.activated_at)
    said = ReviewDecision.objects.filter(item__campaign=campaign, number=1, decided_by__isnull=False).order_by()
    counted = said.annotate(on=TruncDate("decided_at", tzinfo=settings.SESGOV_TIME_ZONE)).values("on")
    per_day = {each["on"]: each["number"] for each in counted.annotate(number=Count("pk"))}
    until = max([begun, *per_day, min(day_of(campaign.decided_at or campaign.ended_at or at), day_of(at))])
    return _drawn(campaign, begun, until, per_day)


def _drawn(campaign: Campaign, begun: date, until: date, per_day: Mapping[date, int]) -> Burndown:
    on_days = [begun + number * _DAY for number in range((until - begun).days + 1)]
    gone = accumulate(per_day.get(on, 0) for on in on_days)
    total = campaign.item_count
    days = [Day(on, per_day.get(on, 0), total - number) for on, number in zip(on_days, gone, strict=True)]
    last_on = max(until, campaign.due_on)
    span = max(1, (last_on - begun).days + 1)
    corners = [(0.0, float(total)), *((WIDTH * ((day.on - begun).days + 1) / span, float(day.left)) for day in days)]
    points = " ".join(f"{x:.1f},{HEIGHT - HEIGHT * left / total:.1f}" for x, left in corners)
    due = WIDTH * ((campaign.due_on - begun).days + 1) / span
    return Burndown(tuple(days), total, points, f"M0 0L{due:.1f} {HEIGHT}", last_on)


@dataclass(frozen=True, slots=True)
class Side:
    """Who was asked; neither a team nor a person is security."""

    team: Team | None
    user: User | None
    total: int
    waiting: int
    certified: int
    revoked: int
    modified: int
    missed: int


def sides(campaign: Campaign) -> list[Side]:
    """Each side that was asked with what became of its items, who has most waiting first; three queries."""
    counts = {
        name: Count("pk", filter=Q(decision=decision))
        for name, decision in (
            ("waiting", ItemDecision.PENDING),
            ("certified", ItemDecision.CERTIFY),
            ("revoked", ItemDecision.REVOKE),
            ("modified", ItemDecision.MODIFY),
            ("missed", ItemDecision.NOT_REVIEWED),
        )
    }
    numbers = campaign.items.order_by().values("reviewer_team", "reviewer_user").annotate(total=Count("pk"), **counts)
    rows: list[dict[str, Any]] = [{**each} for each in numbers]
    teams = Team.objects.in_bulk([each["reviewer_team"] for each in rows if each["reviewer_team"]])
    users = User.objects.in_bulk([each["reviewer_user"] for each in rows if each["reviewer_user"]])
    found = [Side(teams.get(row.pop("reviewer_team")), users.get(row.pop("reviewer_user")), **row) for row in rows]
    return sorted(found, key=lambda each: (-each.waiting - each.missed, -each.total, str(each.team or each.user or "")))
