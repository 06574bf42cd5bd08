"""Review campaigns: their states, what an item needs to be decided, and the calendar of reminders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from approvals.rules.calendar import working_day

REVOKE_NOTICE = timedelta(days=14)
FRESH_WITHIN = timedelta(hours=24)
_BEFORE_DUE_DAYS = (3, 1, 0)
_WEEK = timedelta(days=7)


class CampaignState(StrEnum):
    """A campaign as a whole; its population is frozen from ``staged`` on."""

    DRAFT = "draft"
    STAGED = "staged"
    ACTIVE = "active"
    DECIDED = "decided"
    SIGNED = "signed"
    REMEDIATING = "remediating"
    CLOSED = "closed"
    CLOSED_INCOMPLETE = "closed_incomplete"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return not _FOLLOWS[self]


class ItemDecision(StrEnum):
    """What a reviewer says of one path; ``not_reviewed`` is what the due day says where nobody did."""

    PENDING = "pending"
    CERTIFY = "certify"
    REVOKE = "revoke"
    MODIFY = "modify"
    NOT_REVIEWED = "not_reviewed"


class Change(StrEnum):
    """What became of a path since the last campaign that saw it."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class PathKind(StrEnum):
    """The ways to send as us; those that are not collected are printed as exclusions."""

    DELEGATION = "delegation"
    IAM = "iam"
    SMTP_USER = "smtp_user"
    ASSUMABLE_ROLE = "assumable_role"
    POLICY_ADMIN = "policy_admin"


COLLECTED_KINDS = (PathKind.DELEGATION,)
EXCLUDED_KINDS: Mapping[PathKind, str] = {
    PathKind.IAM: "principals inside our accounts whose IAM policies let them send",
    PathKind.SMTP_USER: "IAM users with SMTP credentials",
    PathKind.ASSUMABLE_ROLE: "roles that an outside account may assume and that can send",
    PathKind.POLICY_ADMIN: "principals inside our accounts who can change sending authorization policies",
}
DECISIONS = (ItemDecision.CERTIFY, ItemDecision.REVOKE, ItemDecision.MODIFY)
_FOLLOWS: Mapping[CampaignState, frozenset[CampaignState]] = {
    CampaignState.DRAFT: frozenset({CampaignState.STAGED, CampaignState.CANCELLED}),
    CampaignState.STAGED: frozenset({CampaignState.DRAFT, CampaignState.ACTIVE, CampaignState.CANCELLED}),
    CampaignState.ACTIVE: frozenset({CampaignState.DECIDED, CampaignState.CANCELLED}),
    CampaignState.DECIDED: frozenset({CampaignState.SIGNED}),
    CampaignState.SIGNED: frozenset({CampaignState.REMEDIATING, CampaignState.CLOSED}),
    CampaignState.REMEDIATING: frozenset({CampaignState.CLOSED, CampaignState.CLOSED_INCOMPLETE}),
    CampaignState.CLOSED: frozenset(),
    CampaignState.CLOSED_INCOMPLETE: frozenset(),
    CampaignState.CANCELLED: frozenset(),
}


def may_follow(now: CampaignState, then: CampaignState) -> bool:
    """Whether a campaign may go from one state to the other."""
    return then in _FOLLOWS[now]


@dataclass(frozen=True, slots=True)
class ItemRisk:
    """What makes an item more than routine, as it was when the population was frozen."""

    is_wildcard: bool
    is_unknown: bool
    is_expired: bool
    is_unapproved: bool = False

    @property
    def needs_reason(self) -> bool:
        """Whether keeping it has to be explained."""
        return self.is_wildcard or self.is_unknown or self.is_expired

    @property
    def is_low(self) -> bool:
        """Nothing about it is out of order."""
        return not self.needs_reason and not self.is_unapproved


def needs_note(decision: ItemDecision, risk: ItemRisk) -> bool:
    """Everything but a certify is explained, and so is a certify of wildcard, unknown or expired access."""
    return decision is not ItemDecision.CERTIFY or risk.needs_reason


def may_be_certified_in_bulk(change: Change, risk: ItemRisk) -> bool:
    """Only what is unchanged since somebody last looked at it, and nothing out of order."""
    return change is Change.UNCHANGED and risk.is_low


def reminders_due(*, starts_on: date, due_on: date, on: date) -> list[str]:
    """The keys of the steps whose day has come, the latest last: start, weekly, -3 days, -1 day, due, then daily.

    Before the due day a weekend's step comes on the Friday before. A caller that was away takes the last one.
    """
    steps = {starts_on: "start"}
    week = starts_on + _WEEK
    while week < due_on:
        steps[week] = f"week-{(week - starts_on).days // 7}"
        week += _WEEK
    for number in _BEFORE_DUE_DAYS:
        day = working_day(due_on - timedelta(days=number)) if number else due_on
        if day > starts_on:
            steps[day] = f"T-{number}" if number else "due"
    if on > due_on:
        steps[on] = f"overdue-{(on - due_on).days}"
    return [steps[day] for day in sorted(steps) if day <= on]


def period_before(day: date, *, months: int) -> tuple[date, date]:
    """The last whole quarter (3 months) or half-year (6) that ended before ``day``: its first and last day."""
    first = (day.month - 1) // months * months + 1
    ends = date(day.year, first, 1) - timedelta(days=1)
    return date(ends.year, ends.month - months + 1, 1), ends
