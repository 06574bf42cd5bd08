"""Delegations: what the engine found, grouped by policy and principal, kept as intervals."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inventory.aws.identities import storable
from inventory.models import CollectionRun, Delegation, DelegationState, Identity
from inventory.policy.account_ids import account_of_arn
from inventory.policy.delegations import Analysis, PolicyProblem
from inventory.policy.delegations import Delegation as Admission
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust
from inventory.services.audit import canonical_json

ANYBODY = "*"
NO_TRUST_RANK = 99
_LONGEST_PRINCIPAL = 2048
# What changes with an engine's wording, not with what AWS allows.
_WORDING = frozenset({"notes", "reason"})
_FIELDS = (
    "policy", "sid", "statement", "channel", "reach", "trust", "accounts", "organizations", "principals", "services",
    "action_classes", "actions", "reason", "starts_at", "ends_at",
)  # fmt: skip
_LIMIT_FIELDS = ("kind", "key", "operator", "values", "is_effective")
_NOTE_FIELDS = ("code", "text", "policy", "statement", "path")

_Key = tuple[str, str]


@dataclass(slots=True)
class Stance:
    """All that one policy says of one principal. ``statements``: the engine's delegations as JSON, cut to it."""

    policy_name: str
    principal: str
    account_id: str = ""
    reach: Reach = Reach.INERT
    trust: Trust | None = None
    can_send: bool = False
    statements: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rank(self) -> tuple[int, int]:
        """(trust rank, reach rank), 0 the riskiest."""
        return (NO_TRUST_RANK if self.trust is None else self.trust.rank, self.reach.rank)

    @property
    def is_outside(self) -> bool:
        """Whether somebody other than the owner's account is let in."""
        return self.reach.is_outside and self.trust is not Trust.OWN

    @property
    def state_hash(self) -> str:
        """SHA-256 over what is allowed and to whom; notes and reasons are left out."""
        said = [{key: value for key, value in each.items() if key not in _WORDING} for each in self.statements]
        text = canonical_json({"reach": self.reach, "trust": self.trust or "", "statements": said})
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(slots=True)
class DelegationChanges:
    """Delegations as ``policy: principal`` by what became of them."""

    opened: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.opened or self.changed or self.closed)


def stances_of(analysis: Analysis) -> list[Stance]:
    """The analysis as one stance per (policy, principal); a policy that cannot be read may admit anybody."""
    stances: dict[_Key, Stance] = {}
    for admission in analysis.delegations:
        for principal, account_id, cut in _principals(admission, analysis.owner_account):
            stance = stances.setdefault((admission.policy, principal), Stance(admission.policy, principal, account_id))
            _add(stance, admission, cut)
    for problem in analysis.problems:
        stances[problem.policy, ANYBODY] = _unreadable(problem)
    return [stances[key] for key in sorted(stances)]


def _add(stance: Stance, admission: Admission, cut: dict[str, tuple[str, ...]]) -> None:
    stance.statements.append(_plain(admission) | {name: _value(values) for name, values in cut.items()})
    stance.reach = min(stance.reach, admission.reach, key=_width)
    if admission.trust is not None:
        stance.trust = min(stance.trust or Trust.OWN, admission.trust, key=lambda trust: trust.rank)
    stance.can_send = stance.can_send or (admission.can_send and admission.reach.is_outside)


def _width(reach: Reach) -> tuple[int, bool]:
    return (reach.rank, reach is Reach.UNDETERMINED)


def _principals(admission: Admission, owner: str) -> Iterator[tuple[str, str, dict[str, tuple[str, ...]]]]:
    """Each principal with its account and the lists of the admission cut down to it."""
    nobody: dict[str, tuple[str, ...]] = {"accounts": (), "organizations": (), "principals": (), "services": ()}
    names = _names(admission, owner)
    for kind, name in names:
        if kind == "*":
            yield ANYBODY, "", {}
        elif kind == "services":
            # The accounts beside a service are those it is pinned to: they belong to each service alike.
            account_id = admission.accounts[0] if len(admission.accounts) == 1 else ""
            yield storable(name)[:_LONGEST_PRINCIPAL], account_id, {"services": (name,)}
        else:
            account_id = name if kind == "accounts" else account_of_arn(name)
            yield storable(name)[:_LONGEST_PRINCIPAL], account_id, nobody | {kind: (name,)}


def _names(admission: Admission, owner: str) -> list[tuple[str, str]]:
    kinds = {
        Reach.PUBLIC: (), Reach.UNDETERMINED: (), Reach.NETWORK: (),
        Reach.SERVICE_UNPINNED: ("services",), Reach.SERVICE: ("services",),
        Reach.ORGANIZATION: ("organizations",),
        Reach.ACCOUNT: ("accounts", "principals"),
    }.get(admission.reach, ("principals", "accounts", "organizations", "services"))  # fmt: skip
    for kind in kinds:
        values: tuple[str, ...] = getattr(admission, kind)
        if values:
            return [(kind, value) for value in values]
    return [("accounts", owner)] if admission.reach is Reach.SELF else [("*", ANYBODY)]


def _unreadable(problem: PolicyProblem) -> Stance:
    statement = {"reach": Reach.UNDETERMINED.value, "trust": Trust.UNKNOWN.value, "reason": problem.message}
    return Stance(
        problem.policy,
        ANYBODY,
        reach=Reach.UNDETERMINED,
        trust=Trust.UNKNOWN,
        can_send=True,
        statements=[statement],
    )


def _plain(admission: Admission) -> dict[str, Any]:
    """The admission as JSON by the names of its own fields; the witness is made anew where it is shown."""
    return {
        **{name: _value(getattr(admission, name)) for name in _FIELDS},
        "limits": [{name: _value(getattr(limit, name)) for name in _LIMIT_FIELDS} for limit in admission.limits],
        "notes": [{name: _value(getattr(note, name)) for name in _NOTE_FIELDS} for note in admission.notes],
    }


def _value(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return storable(value) if isinstance(value, str) else value


def save_delegations(
    identity: Identity, stances: Iterable[Stance], *, at: datetime, run: CollectionRun | None
) -> DelegationChanges:
    """Bring rows and intervals in line with the stances; the same again changes nothing."""
    changes = DelegationChanges()
    known = {(row.policy_name, row.principal): row for row in identity.delegations.order_by("policy_name", "principal")}
    hashes = _open_hashes(identity) if known else {}
    seen: set[_Key] = set()
    for stance in stances:
        key = (stance.policy_name, stance.principal)
        seen.add(key)
        row = known.get(key)
        _save(identity, row, stance, hashes.get(row.pk, "") if row else "", changes, at=at, run=run)
    for key, row in known.items():
        if row.is_live and key not in seen:
            _close(row, at)
            changes.closed.append(f"{key[0]}: {key[1]}")
    return changes


def _open_hashes(identity: Identity) -> dict[int, str]:
    states = DelegationState.objects.filter(delegation__identity=identity, to_at=None).order_by()
    return dict(states.values_list("delegation_id", "state_hash"))


def _save(
    identity: Identity,
    row: Delegation | None,
    stance: Stance,
    known_hash: str,
    changes: DelegationChanges,
    *,
    at: datetime,
    run: CollectionRun | None,
) -> None:
    if row is not None and row.is_live and known_hash == stance.state_hash:
        if row.statements != stance.statements:
            Delegation.objects.filter(pk=row.pk).update(statements=stance.statements)
        return
    was_live = row is not None and row.is_live
    (changes.changed if was_live else changes.opened).append(f"{stance.policy_name}: {stance.principal}")
    if row is None:
        row = Delegation(
            identity=identity, policy_name=stance.policy_name, principal=stance.principal, first_seen_at=at
        )
    is_new = row.pk is None
    _take(row, stance)
    row.save()
    if not is_new:
        row.states.filter(to_at=None).update(to_at=at)
    DelegationState.objects.create(
        delegation=row,
        from_at=at,
        state_hash=stance.state_hash,
        reach=row.reach,
        trust=row.trust,
        can_send=row.can_send,
        statements=row.statements,
        run=run,
    )


def _take(row: Delegation, stance: Stance) -> None:
    row.account_id = stance.account_id
    row.is_live = True
    row.reach = stance.reach.value
    row.trust = stance.trust.value if stance.trust else ""
    row.trust_rank, row.reach_rank = stance.rank
    row.can_send = stance.can_send
    row.statements = stance.statements


def _close(row: Delegation, at: datetime) -> None:
    row.is_live = False
    row.save(update_fields=["is_live"])
    row.states.filter(to_at=None).update(to_at=at)
