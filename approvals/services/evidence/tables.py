"""The tables of a pack: one function gives the rows of one file, in an order that never changes."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.db.models import Case, IntegerField, Q, Value, When

from approvals.models import ApprovalSlot, Campaign, Grant, Reassignment, ReviewDecision, ReviewItem
from approvals.rules.campaigns import ItemDecision
from approvals.services.evidence.exceptions import exceptions
from approvals.services.evidence.periods import period
from inventory.models import (
    AuditEvent,
    DelegationState,
    User,
)

_CHUNK = 1000
_MISSED_FIRST = Case(
    When(decision=ItemDecision.NOT_REVIEWED, then=Value(0)), default=Value(1), output_field=IntegerField()
)


@dataclass(frozen=True, slots=True)
class Table:
    """One file of rows. ``headers`` are its columns; ``about`` says in a line what a row is."""

    name: str
    about: str
    headers: tuple[str, ...]
    rows: Callable[[Campaign], Iterator[Sequence[object]]]


_FACTS = (
    "identity", "identity_arn", "sending_name", "account", "account_name", "region", "environment", "owner",
    "owner_source", "policy", "policy_sha256", "principal", "delegate_account", "reach", "trust", "can_send",
)  # fmt: skip


def _population(campaign: Campaign) -> Iterator[Sequence[object]]:
    rows = campaign.items.select_related("reviewer_team", "reviewer_user").order_by("position")
    for item in rows.iterator(chunk_size=_CHUNK):
        facts = json.loads(item.evidence)
        grant = facts["grant"] or {}
        yield (
            item.position,
            item.path_kind,
            item.path_key,
            *(facts[name] for name in _FACTS),
            _instant(facts["since"]),
            _instant(facts["read_at"]),
            " ".join(facts["sentences"]),
            grant.get("id"),
            grant.get("standing"),
            date.fromisoformat(grant["ends_on"]) if grant.get("ends_on") else None,
            "; ".join(f"{each['slot']}: {each['by']} at {each['at']}" for each in grant.get("approvals", ())),
            " ".join(each["rule"] for each in facts["findings"]),
            item.change,
            item.is_wildcard,
            item.is_unknown,
            item.is_expired,
            item.is_unapproved,
            str(item.reviewer_team or item.reviewer_user or "security"),
            item.reviewer_reason,
            item.evidence_hash,
            item.evidence,
        )


def _instant(text: str | None) -> datetime | None:
    """A value of its type again, so that a spreadsheet can sort by it."""
    return datetime.fromisoformat(text) if text else None


def _decisions(campaign: Campaign) -> Iterator[Sequence[object]]:
    """What was not reviewed comes first, then everything that was said, in its order."""
    said = ReviewDecision.objects.filter(item__campaign=campaign)
    rows = said.order_by(_MISSED_FIRST, "item__position", "number").values_list(
        "item__position", "item__identity__name", "number", "decision", "note", "decided_by__email",
        "decided_by__name", "role_held", "signed_in_by", "decided_at", "is_bulk",
    )  # fmt: skip
    for *what, email, name, role, signed_in_by, at, is_bulk in rows.iterator(chunk_size=_CHUNK):
        yield (*what, email or "", name if email else "nobody", role, signed_in_by, at, is_bulk)


def _reassignments(campaign: Campaign) -> Iterator[Sequence[object]]:
    rows = Reassignment.objects.filter(item__campaign=campaign)
    related = ("item", "from_team", "from_user", "to_team", "to_user", "by")
    for each in rows.select_related(*related).order_by("item__position", "pk").iterator(chunk_size=_CHUNK):
        yield (
            each.item.position,
            str(each.from_team or each.from_user or "security"),
            str(each.to_team or each.to_user or "security"),
            each.reason,
            each.by.email if each.by else "sesgov",
            each.at,
        )


def _remediation(campaign: Campaign) -> Iterator[Sequence[object]]:
    wanted = (ItemDecision.REVOKE, ItemDecision.MODIFY, ItemDecision.NOT_REVIEWED)
    rows = campaign.items.filter(decision__in=wanted).select_related("identity", "delegation", "task").defer("evidence")
    for item in rows.order_by("position").iterator(chunk_size=_CHUNK):
        task = item.task
        yield (
            item.position,
            item.identity.name,
            item.delegation.policy_name,
            item.delegation.principal,
            item.decision,
            item.decided_at,
            task.pk if task else None,
            task.due_on if task else None,
            "verified" if item.verified_at else "not verified",
            item.verified_at,
            item.verified_by_run_id,
            "" if item.verified_at else why_not_verified(item),
        )


def why_not_verified(item: ReviewItem) -> str:
    """In words, for what no reading has shown."""
    if item.decided_at is not None and item.identity.last_read_at <= item.decided_at:
        return "the identity was not read since the decision"
    return "the last reading still shows it, or a policy that cannot be understood"


def _approvals(campaign: Campaign) -> Iterator[Sequence[object]]:
    begin, end = period(campaign)
    grants = Grant.objects.filter(
        Q(pk__in=campaign.items.exclude(grant=None).order_by().values("grant"))
        | Q(decided_at__gte=begin, decided_at__lt=end, identity__in=campaign.items.order_by().values("identity"))
    )
    slots = ApprovalSlot.objects.filter(line__grant__in=grants.order_by().values("pk"), decided_by__isnull=False)
    related = ("line__grant__identity", "line__request__requester", "decided_by")
    for slot in slots.select_related(*related).order_by("line__grant__pk", "submission", "kind").iterator(_CHUNK):
        grant, requester = slot.line.grant, slot.line.request.requester
        yield (
            grant.pk,
            grant.identity.name,
            grant.identity.arn,
            grant.starts_on,
            grant.ends_on,
            grant.effective_ends_on,
            grant.decision,
            requester.email if requester else "sesgov",
            slot.line.request.justification,
            slot.line.request.ticket,
            slot.submission,
            slot.kind,
            slot.verdict,
            slot.decided_by.email if slot.decided_by else "",
            slot.role_held,
            slot.signed_in_by,
            slot.decided_at,
            slot.comment,
            slot.ends_on,
            slot.terms_hash,
            json.dumps(grant.terms, sort_keys=True, ensure_ascii=False),
        )


def _changes(campaign: Campaign) -> Iterator[Sequence[object]]:
    begin, end = period(campaign)
    moved = Q(from_at__gte=begin, from_at__lt=end) | Q(to_at__gte=begin, to_at__lt=end)
    rows = DelegationState.objects.filter(moved).order_by("from_at", "pk")
    yield from rows.values_list(
        "delegation__identity__arn", "delegation__policy_name", "delegation__principal", "from_at", "to_at", "reach",
        "trust", "can_send", "run", "state_hash",
    ).iterator(chunk_size=_CHUNK)  # fmt: skip


def _people(campaign: Campaign) -> Iterator[Sequence[object]]:
    """Who could get into sesgov when the pack was sealed, and with what; ``second_factors`` are those kept here."""
    del campaign
    factors: dict[int, set[str]] = defaultdict(set)
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    for user_id, kind in Authenticator.objects.filter(type__in=kinds).values_list("user", "type"):
        factors[user_id].add(kind)
    for person in User.objects.order_by("email").prefetch_related("memberships__team"):
        yield (
            person.email,
            person.name,
            " ".join(sorted(person.roles)),
            person.is_active,
            ", ".join(sorted(str(each.team) for each in person.memberships.all())),
            person.has_usable_password(),
            " ".join(sorted(factors[person.pk])),
            person.created_at,
        )


def _people_changes(campaign: Campaign) -> Iterator[Sequence[object]]:
    begin, end = period(campaign)
    events = AuditEvent.objects.filter(at__gte=begin, at__lt=end, object_type__in=("user", "team", "membership"))
    for event in events.order_by("pk").iterator(chunk_size=_CHUNK):
        yield (event.at, event.actor_name, event.action, event.object_name, event.data)


TABLES = (
    Table(
        "population.csv",
        "every live path to somebody outside when the review was staged, with its evidence",
        (
            "position", "path_kind", "path_key", *_FACTS, "since", "read_at", "sentence", "grant", "grant_standing",
            "grant_ends_on", "grant_approvals", "open_findings", "change", "is_wildcard", "is_unknown", "is_expired",
            "is_unapproved", "reviewer", "reviewer_reason", "evidence_sha256", "evidence",
        ),
        _population,
    ),
    Table(
        "decisions.csv",
        "everything that was said of an item, what nobody reviewed first; the highest number of an item holds",
        (
            "position", "identity", "number", "decision", "note", "decided_by", "decided_by_name", "role_held",
            "signed_in_by", "decided_at", "is_bulk",
        ),
        _decisions,
    ),
    Table(
        "reassignments.csv",
        "items that were handed on",
        ("position", "from", "to", "reason", "by", "at"),
        _reassignments,
    ),
    Table(
        "remediation.csv",
        "what was to be removed or changed, and the run whose reading showed that it was",
        (
            "position", "identity", "policy", "principal", "decision", "decided_at", "task", "due_on", "state",
            "verified_at", "verified_by_run", "why_not_verified",
        ),
        _remediation,
    ),
    Table(
        "approvals.csv",
        "the two approvals behind each grant of the population, and those given on its identities in the period",
        (
            "grant", "identity", "identity_arn", "starts_on", "ends_on", "effective_ends_on", "decision", "requester",
            "justification", "ticket", "submission", "slot", "verdict", "decided_by", "role_held", "signed_in_by",
            "decided_at", "comment", "shortened_to", "terms_hash", "terms",
        ),
        _approvals,
    ),
    Table(
        "exceptions.csv",
        "what was let stand in the period, by whom and until when",
        ("kind", "subject", "asked_by", "decided_by", "from", "until", "reason"),
        exceptions,
    ),
    Table(
        "changes_during_period.csv",
        "each stretch of a delegation that began or ended in the period",
        (
            "identity_arn", "policy", "principal", "from_at", "to_at", "reach", "trust", "can_send", "run",
            "state_sha256",
        ),
        _changes,
    ),
    Table(
        "access_to_sesgov.csv",
        "who could get into sesgov when this was sealed",
        ("email", "name", "roles", "is_active", "teams", "has_password", "second_factors", "created_at"),
        _people,
    ),
    Table(
        "changes_of_access_to_sesgov.csv",
        "people, teams and roles that were changed in the period",
        ("at", "by", "action", "subject", "data"),
        _people_changes,
    ),
)  # fmt: skip
