"""One account: what it is to us, how we get in, what is seen of it, and what was said of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils import timezone

from inventory.models import Account, AccountCheck, AuditEvent, Scope, ScopeDeclaration
from inventory.pages.unseen import Unseen, grouped
from inventory.words import SIGHT, Word, action_words

_EVENTS = 30
_SEEN = ("complete", "disabled", "unused")
STEP_WORDS = {
    "role": "Way in",
    "external_id": "ExternalId",
    "regions": "Regions",
    "list": "List identities",
    "list_older": "List, the older way",
    "read": "Read identities",
}


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One region of the account as its page shows it."""

    scope: Scope
    sight: str
    identities: int
    declaration: ScopeDeclaration | None

    @property
    def word(self) -> Word:
        """How it is seen, in words."""
        return SIGHT[self.sight]

    @property
    def may_be_declared(self) -> bool:
        """Denied, and nothing known in it."""
        return self.sight == "denied" and not self.identities


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the account's history."""

    event: AuditEvent

    @property
    def words(self) -> str:
        """What was done, with the fields that changed."""
        changed = json.loads(self.event.data).get("changed", {})
        fields = ", ".join(name.replace("_", " ") for name in changed) if isinstance(changed, dict) else ""
        return f"{action_words(self.event.action)}: {fields}" if fields else action_words(self.event.action)


def account_context(account: Account, at: datetime) -> dict[str, object]:
    """Everything that the page shows: a fixed number of queries."""
    rows = _regions(account, at)
    checks = list(account.checks.select_related("requested_by").order_by("-id")[:2])
    done = next((check for check in checks if check.checked_at is not None), None)
    return {
        "account": account,
        "regions": [row for row in rows if row.scope.is_expected],
        "not_expected": _not_expected(rows),
        "groups": grouped(_unseen(account, row) for row in rows if row.sight not in _SEEN),
        "identities": sum(row.identities for row in rows),
        "is_counted_whole": all(row.sight in _SEEN for row in rows) and bool(rows),
        "check": done,
        "steps": steps_of(done) if done else [],
        "is_checking": any(check.checked_at is None for check in checks),
        "declarations": _declarations(account),
        "events": _events(account),
        "at": at,
    }


def _regions(account: Account, at: datetime) -> list[RegionRow]:
    live = models.Count("identities", filter=models.Q(identities__gone_at=None))
    scopes = list(account.scopes.annotate(identity_count=live).order_by("-is_expected", "region"))
    declared = ScopeDeclaration.objects.live(timezone.localdate(at)).filter(scope__in=scopes)
    by_scope = {each.scope_id: each for each in declared.select_related("declared_by")}
    return [
        RegionRow(scope, scope.sight(at), scope.identity_count, by_scope.get(scope.pk))  # type: ignore[attr-defined]  # annotated
        for scope in scopes
    ]


def _not_expected(rows: list[RegionRow]) -> list[tuple[str, list[str]]]:
    """Regions that need not be read, by the reason."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if not row.scope.is_expected:
            reasons.setdefault(row.scope.unexpected_reason, []).append(row.scope.region)
    return sorted(reasons.items())


def _unseen(account: Account, row: RegionRow) -> Unseen:
    scope = row.scope
    reason = scope.last_error_text or row.word.meaning
    return Unseen(account, scope.region, row.sight, reason, scope.last_error_code, scope.last_complete_at)


def _declarations(account: Account) -> Sequence[ScopeDeclaration]:
    rows = ScopeDeclaration.objects.filter(scope__account=account)
    return list(rows.select_related("scope", "declared_by", "withdrawn_by")[:_EVENTS])


def _events(account: Account) -> list[EventRow]:
    """The registry's changes of the account and those of its regions' sight, newest first."""
    scopes = [str(pk) for pk in account.scopes.values_list("pk", flat=True)]
    own = models.Q(object_type="account", object_id=str(account.pk))
    seen = models.Q(object_type="scope", object_id__in=scopes)
    return [EventRow(event) for event in AuditEvent.objects.filter(own | seen).order_by("-id")[:_EVENTS]]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a check as a page shows it."""

    label: str
    outcome: str
    text: str
    code: str
    regions: tuple[str, ...]

    @property
    def is_bad(self) -> bool:
        """Whether something does not work."""
        return self.outcome in ("refused", "unavailable")


def steps_of(check: AccountCheck) -> list[StepRow]:
    """The steps, what does not work first."""
    rows = [
        StepRow(STEP_WORDS[step["name"]], step["outcome"], step["text"], step["code"], tuple(step["regions"]))
        for step in check.steps
    ]
    return sorted(rows, key=lambda row: (not row.is_bad, row.outcome != "warning"))
