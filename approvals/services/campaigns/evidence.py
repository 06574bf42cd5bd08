"""Evidence: all that was known of a path on the day its review was staged, as canonical text that never changes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from approvals.models import ApprovalSlot, Grant, ReviewItem
from approvals.rules.campaigns import Change, ItemDecision, ItemRisk
from approvals.rules.states import Observation
from inventory.models import Delegation, Finding, PolicyVersion
from inventory.pages.stored_paths import path_sentences
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust
from inventory.services.audit import canonical_json

# What says that nobody stands behind a path as it is.
UNAPPROVED_RULES = ("unapproved-delegation", "scope-exceeded", "grant-not-removed")
_WIDE = (Reach.PUBLIC, Reach.UNDETERMINED)
_NOBODY_KNOWS = (Trust.UNKNOWN, Trust.PLACEHOLDER)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One path with its keys; ``text`` is what an item keeps and an export prints."""

    path_key: str
    path_hash: str
    text: str
    text_hash: str
    risk: ItemRisk
    change: Change
    grant: Grant | None


class EvidenceRoom:
    """What is known of a batch of paths, gathered in a fixed number of queries."""

    def __init__(self, rows: Sequence[Delegation], *, names: Mapping[str, str], on: date) -> None:
        self._rows, self._names, self._on = rows, names, on
        self._identities = {row.identity_id for row in rows}
        self._hashes = self._policy_hashes()
        self._grants = self._grants_of_identities()
        self._approvals = self._approvals_of_grants()
        self._findings = self._findings_of_identities()
        self._before = self._last_said()

    def evidence(self) -> list[Evidence]:
        """One for each path, in the order of the rows."""
        return [self._of(row) for row in self._rows]

    def _of(self, row: Delegation) -> Evidence:
        key, grant, findings = path_key(row), self._grant(row), self._findings_about(row)
        risk = _risk(row, grant, findings, on=self._on)
        facts = _facts(row) | {
            "policy_sha256": self._hashes.get((row.identity_id, row.policy_name), ""),
            "sentences": path_sentences([row], self._names)[0].sentences,
            "grant": self._said_of(grant),
            "findings": [{"id": each.pk, "rule": each.rule_id, "severity": each.severity} for each in findings],
            "last_review": _last_review(self._before.get(key)),
        }
        text = canonical_json(facts)
        allowed = allowed_hash(row)
        return Evidence(key, allowed, text, _sha256(text), risk, self._change(key, allowed), grant)

    def _change(self, key: str, path_hash: str) -> Change:
        before = self._before.get(key)
        if before is None:
            return Change.NEW
        return Change.UNCHANGED if before.path_hash == path_hash else Change.CHANGED

    def _policy_hashes(self) -> dict[tuple[int, str], str]:
        rows = PolicyVersion.objects.current().filter(policy__identity__in=self._identities, policy__gone_at=None)
        found = rows.values_list("policy__identity_id", "policy__name", "raw_hash")
        return {(identity_id, name): raw for identity_id, name, raw in found}

    def _grants_of_identities(self) -> dict[int, list[Grant]]:
        found: dict[int, list[Grant]] = defaultdict(list)
        rows = Grant.objects.filter(identity__in=self._identities).select_related("vendor", "line__request__requester")
        for grant in rows.order_by("-effective_ends_on", "-pk"):
            found[grant.identity_id].append(grant)
        return found

    def _approvals_of_grants(self) -> dict[int, list[ApprovalSlot]]:
        found: dict[int, list[ApprovalSlot]] = defaultdict(list)
        lines = [grant.line_id for grants in self._grants.values() for grant in grants]
        slots = ApprovalSlot.objects.filter(line__in=lines, verdict=ApprovalSlot.Verdict.APPROVED)
        for slot in slots.select_related("decided_by").order_by("kind"):
            found[slot.line_id].append(slot)
        return found

    def _findings_of_identities(self) -> dict[int, list[Finding]]:
        found: dict[int, list[Finding]] = defaultdict(list)
        for each in Finding.objects.open().counted().filter(identity__in=self._identities).order_by("pk"):
            found[each.identity_id].append(each)
        return found

    def _last_said(self) -> dict[str, ReviewItem]:
        """The latest decided item of each path, of reviews that came to an end with a signature."""
        keys = [path_key(row) for row in self._rows]
        rows = ReviewItem.objects.filter(path_key__in=keys, campaign__signed_at__isnull=False)
        rows = rows.exclude(decision__in=(ItemDecision.PENDING, ItemDecision.NOT_REVIEWED))
        found = rows.order_by("path_key", "-campaign").distinct("path_key")
        return {each.path_key: each for each in found.select_related("campaign", "decided_by")}

    def _grant(self, row: Delegation) -> Grant | None:
        """The grant that speaks of this delegate: one in force before one that is over, the latest end first."""
        about = [grant for grant in self._grants.get(row.identity_id, ()) if _speaks_of(grant, row)]
        in_force = [grant for grant in about if not grant.standing(self._on).is_over]
        return next(iter([*in_force, *about]), None)

    def _findings_about(self, row: Delegation) -> list[Finding]:
        subjects = {"", row.principal, row.account_id}
        return [
            each
            for each in self._findings.get(row.identity_id, ())
            if each.policy_name in ("", row.policy_name) and each.subject in subjects
        ]

    def _said_of(self, grant: Grant | None) -> dict[str, object] | None:
        if grant is None:
            return None
        approvals = self._approvals.get(grant.line_id, ())
        return {
            "id": grant.pk,
            "standing": grant.standing(self._on),
            "starts_on": grant.starts_on,
            "ends_on": grant.effective_ends_on,
            "observation": grant.observation,
            "vendor": str(grant.vendor) if grant.vendor else None,
            "approvals": [
                {"slot": slot.kind, "by": str(slot.decided_by), "role": slot.role_held, "at": slot.decided_at}
                for slot in approvals
            ],
        }


def path_key(row: Delegation) -> str:
    """What stays the same of a path from one review to the next; hex SHA-256."""
    said = {"kind": "delegation", "identity": row.identity.arn, "policy": row.policy_name, "principal": row.principal}
    return _sha256(canonical_json(said))


def allowed_hash(row: Delegation) -> str:
    """What a path allows; hex SHA-256."""
    return _sha256(canonical_json({"statements": _plain(row.statements), "reach": row.reach}))


def _facts(row: Delegation) -> dict[str, object]:
    identity = row.identity
    return {
        "path_kind": "delegation",
        "identity": identity.name,
        "identity_arn": identity.arn,
        "sending_name": identity.sending_name,
        "account": identity.scope.account.account_id,
        "account_name": identity.scope.account.name,
        "region": identity.scope.region,
        "environment": identity.environment,
        "owner": str(identity.owner) if identity.owner else None,
        "owner_source": identity.owner_source,
        "policy": row.policy_name,
        "principal": row.principal,
        "delegate_account": row.account_id,
        "reach": row.reach,
        "trust": row.trust,
        "can_send": row.can_send,
        "since": row.first_seen_at,
        "read_at": identity.last_read_at,
        "statements": _plain(row.statements),
    }


def _last_review(before: ReviewItem | None) -> dict[str, object] | None:
    if before is None:
        return None
    return {
        "campaign": str(before.campaign),
        "decision": before.decision,
        "by": str(before.decided_by) if before.decided_by else None,
        "at": before.decided_at,
    }


def _speaks_of(grant: Grant, row: Delegation) -> bool:
    return row.account_id in grant.account_ids if row.account_id else row.principal in grant.grant_terms.principals


def _risk(row: Delegation, grant: Grant | None, findings: Sequence[Finding], *, on: date) -> ItemRisk:
    is_over = grant is not None and grant.standing(on).is_over
    is_unapproved = grant is None or grant.observation != Observation.MATCH
    return ItemRisk(
        is_wildcard=row.principal == "*" or row.reach in _WIDE,
        is_unknown=row.trust in _NOBODY_KNOWS,
        is_expired=is_over or row.trust == Trust.FORMER,
        is_unapproved=is_unapproved or any(each.rule_id in UNAPPROVED_RULES for each in findings),
    )


def _plain(value: Any) -> Any:
    """Stored JSON as the canonical text takes it: numbers that are not whole as text."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, float) else value


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()
