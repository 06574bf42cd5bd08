"""Completeness: which account regions a review should have seen, which it did, and how old the sight is."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from approvals.rules.campaigns import FRESH_WITHIN
from inventory.models import Outcome, Scope


@dataclass(frozen=True, slots=True)
class Seen:
    """One expected account region at the instant of staging; ``problem`` is empty where it counts as seen."""

    account: str
    account_name: str
    region: str
    outcome: str
    last_complete_at: datetime | None
    declared_unused_until: str
    problem: str

    def to_json(self) -> dict[str, object]:
        """Plain values."""
        complete_at = self.last_complete_at.isoformat() if self.last_complete_at else None
        return {
            "account": self.account,
            "account_name": self.account_name,
            "region": self.region,
            "outcome": self.outcome,
            "last_complete_at": complete_at,
            "declared_unused_until": self.declared_unused_until,
            "problem": self.problem,
        }


def completeness(account_ids: list[str] | None, *, at: datetime) -> list[Seen]:
    """Every expected account region, of these accounts or of all, in a stable order."""
    scopes = Scope.objects.expected().select_related("account").order_by("account__account_id", "region")
    if account_ids is not None:
        scopes = scopes.filter(account__account_id__in=account_ids)
    return [_seen(scope, at) for scope in scopes]


def shortfall(seen: list[Seen]) -> str:
    """What is missing, in a sentence; empty where everything expected was completely read within a day."""
    missing = [each for each in seen if each.problem]
    if not seen:
        return "No account region is expected to be read, so nothing can be complete."
    if not missing:
        return ""
    named = "; ".join(f"{each.account} {each.region}: {each.problem}" for each in missing[:5])
    more = f"; and {len(missing) - 5} more" if len(missing) > 5 else ""  # the first five
    return f"{len(missing)} of {len(seen)} account regions were not completely read within 24 hours ({named}{more})."


def _seen(scope: Scope, at: datetime) -> Seen:
    """A denied region that somebody declared unused is no problem, and is printed as declared."""
    unused = scope.is_unused(timezone.localdate(at))
    return Seen(
        account=scope.account.account_id,
        account_name=scope.account.name,
        region=scope.region,
        outcome=scope.last_outcome or "never looked",
        last_complete_at=scope.last_complete_at,
        declared_unused_until=scope.unused_until.isoformat() if unused and scope.unused_until else "",
        problem="" if unused else _problem(scope, at),
    )


def _problem(scope: Scope, at: datetime) -> str:
    if not scope.last_outcome:
        return "never looked"
    if scope.last_outcome != Outcome.COMPLETE:
        return f"{scope.last_outcome}{f' ({scope.last_error_code})' if scope.last_error_code else ''}"
    if scope.last_complete_at is None or scope.last_complete_at < at - FRESH_WITHIN:
        return f"last completely read {scope.last_complete_at:%Y-%m-%d %H:%M} UTC"
    return ""
