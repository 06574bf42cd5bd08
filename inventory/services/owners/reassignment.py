"""Reassignment: people, teams, rules or decisions changed, and identities may now belong to somebody else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet

from inventory.models import Account, Identity, IdentityState, User
from inventory.services.audit import record_all
from inventory.services.judging.reconciliation import OWNER_FIELDS, STATE_FIELDS, owner_values
from inventory.services.owners.ownership import OwnerBook, lock_owners

# What a judgement follows from; another owner makes one due where these differ.
_JUDGED_FIELDS = ("environment", "owner_team_id")
_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class StoredOwner:
    """The part of an identity that its owner follows from, and its owner; rows of the model would take seconds."""

    pk: int
    name: str
    tags: dict[str, str]
    account_id: int
    values: dict[str, object]


def stored_identities(rows: "QuerySet[Identity]") -> Iterator[StoredOwner]:
    """The rows, in their order."""
    fields = rows.values_list("pk", "name", "tags", "scope__account_id", *OWNER_FIELDS)
    for pk, name, tags, account_id, *values in fields.iterator(_CHUNK):
        yield StoredOwner(pk, name, tags, account_id, dict(zip(OWNER_FIELDS, values, strict=True)))


@transaction.atomic
def reassign_owners(
    *, at: datetime, acting_user: User | None = None, identities: Iterable[int] | None = None
) -> list[int]:
    """Find the owner of every live identity again, or of these alone; returns the ids of those whose owner changed.

    In the running transaction, in a few statements per chunk of what changed, however many there are: intervals and
    audit rows follow, and a judgement falls due where the rules may now find something else.
    """
    lock_owners()
    book = OwnerBook.load()
    accounts = {account.pk: account for account in Account.objects.select_related("owner_team")}
    rows = Identity.objects.live().order_by("pk")
    if identities is not None:
        rows = rows.filter(pk__in=list(identities))
    changing = iter([stored.pk for stored in stored_identities(rows) if _changes(stored, book, accounts)])
    moved: list[int] = []
    while ids := list(islice(changing, _CHUNK)):
        moved += _reassign(ids, book, accounts, at, acting_user)
    return moved


def _changes(stored: StoredOwner, book: OwnerBook, accounts: Mapping[int, Account]) -> dict[str, object]:
    """The fields that are to change, with their new values."""
    wanted = owner_values(stored, accounts[stored.account_id], book)
    return {name: value for name, value in wanted.items() if stored.values[name] != value}


def _reassign(
    ids: list[int], book: OwnerBook, accounts: Mapping[int, Account], at: datetime, acting_user: User | None
) -> list[int]:
    rows = Identity.objects.live().filter(pk__in=ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    alike: dict[tuple[tuple[str, object], ...], list[StoredOwner]] = defaultdict(list)
    for stored in stored_identities(rows):
        changed = _changes(stored, book, accounts)
        if changed:
            alike[tuple(changed.items())].append(stored)
    for changes, group in alike.items():
        _save(group, dict(changes), at, acting_user)
    return [stored.pk for group in alike.values() for stored in group]


def _save(group: list[StoredOwner], changes: dict[str, object], at: datetime, acting_user: User | None) -> None:
    """Give all of them the same new values: one update, the intervals, and an audit row for each."""
    ids = [stored.pk for stored in group]
    due: dict[str, object] = {"is_judgement_due": True} if not changes.keys().isdisjoint(_JUDGED_FIELDS) else {}
    Identity.objects.filter(pk__in=ids).update(**changes, **due)
    if not changes.keys().isdisjoint(STATE_FIELDS):
        IdentityState.objects.filter(identity__in=ids, to_at=None).update(to_at=at)
        IdentityState.objects.bulk_create(
            IdentityState(
                identity_id=each.pk, from_at=at, **{name: (each.values | changes)[name] for name in STATE_FIELDS}
            )
            for each in group
        )
    data = {"fields": sorted(changes)}
    targets = [(Identity.from_db(None, ("id", "name"), (stored.pk, stored.name)), data) for stored in group]
    record_all(at=at, actor=acting_user, action="identity.reassigned", targets=targets)
