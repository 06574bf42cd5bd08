"""Reassignment: people, teams, rules or decisions changed, and identities may now belong to somebody else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from inventory.models import Account, Identity, IdentityState, User
from inventory.services.audit import record_all
from inventory.services.ownership import OwnerBook, lock_owners
from inventory.services.reconciliation import OWNER_FIELDS, STATE_FIELDS, owner_values

# What a judgement follows from; another owner makes one due where these differ.
_JUDGED_FIELDS = ("environment", "owner_team_id")


@transaction.atomic
def reassign_owners(
    *, at: datetime, acting_user: User | None = None, identities: Iterable[int] | None = None
) -> list[Identity]:
    """Find the owner of every live identity again, or of these alone; returns those that have another owner now.

    In the running transaction, in a few statements per chunk of what changed, however many there are: intervals and
    audit rows follow, and a judgement falls due where the rules may now find something else.
    """
    lock_owners()
    book = OwnerBook.load()
    accounts = {account.pk: account for account in Account.objects.select_related("owner_team")}
    rows = Identity.objects.live().select_related("scope").order_by("pk")
    if identities is not None:
        rows = rows.filter(pk__in=list(identities))
    changing = [identity.pk for identity in _narrow(rows).iterator(2000) if _changed(identity, book, accounts)]
    moved: list[Identity] = []
    for start in range(0, len(changing), 2000):
        moved += _reassign(changing[start : start + 2000], book, accounts, at, acting_user)
    return moved


def _narrow(rows: "QuerySet[Identity]") -> "QuerySet[Identity]":
    return rows.only("name", "tags", "gone_at", "arn", "scope__account_id", *OWNER_FIELDS)


def _changed(identity: Identity, book: OwnerBook, accounts: Mapping[int, Account]) -> dict[str, object]:
    """The fields that are to change, with their new values."""
    values = owner_values(identity, accounts[identity.scope.account_id], book)
    return {name: value for name, value in values.items() if getattr(identity, name) != value}


def _reassign(
    ids: list[int], book: OwnerBook, accounts: Mapping[int, Account], at: datetime, acting_user: User | None
) -> list[Identity]:
    rows = Identity.objects.live().filter(pk__in=ids).select_related("scope").order_by("pk")
    alike: dict[tuple[tuple[str, object], ...], list[Identity]] = defaultdict(list)
    for identity in _narrow(rows).select_for_update(of=("self",), no_key=True):
        changed = _changed(identity, book, accounts)
        if changed:
            alike[tuple(changed.items())].append(identity)
    for changes, group in alike.items():
        _save(group, dict(changes), at)
    moved = [identity for group in alike.values() for identity in group]
    data = {id(each): {"fields": sorted(dict(changes))} for changes, group in alike.items() for each in group}
    record_all(
        at=at,
        actor=acting_user,
        action="identity.reassigned",
        targets=[(identity, data[id(identity)]) for identity in moved],
    )
    return moved


def _save(group: list[Identity], changes: dict[str, object], at: datetime) -> None:
    """Give all of them the same new values: one update, and one more of the intervals."""
    ids = [identity.pk for identity in group]
    due: dict[str, object] = {"is_judgement_due": True} if not changes.keys().isdisjoint(_JUDGED_FIELDS) else {}
    Identity.objects.filter(pk__in=ids).update(**changes, **due)
    for identity in group:
        for name, value in changes.items():
            setattr(identity, name, value)
    if changes.keys().isdisjoint(STATE_FIELDS):
        return
    IdentityState.objects.filter(identity__in=ids, to_at=None).update(to_at=at)
    IdentityState.objects.bulk_create(
        IdentityState(identity=identity, from_at=at, **{name: getattr(identity, name) for name in STATE_FIELDS})
        for identity in group
    )
