"""Sending names: the domains that people know identities by, and which identity belongs to which of them."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, models, transaction

from inventory.models import Identity, SendingName, Team, User
from inventory.services.audit import record
from inventory.services.refusals import RefusedError, check_text
from inventory.services.registry.domains import ascii_domain

# Second levels under which domains are registered by anyone; without these, example.co.uk would belong to "co.uk".
_SHARED_SECOND_LEVELS = frozenset(
    {"ac", "co", "com", "edu", "gob", "gov", "govt", "ltd", "me", "ne", "net", "or", "org"}
)
_GROUPING_LOCK = 7_301_001
_LONGEST_NOTE = 2000


def confirmed_names() -> frozenset[str]:
    """The domains that somebody confirmed: one query."""
    return frozenset(SendingName.objects.order_by().values_list("domain", flat=True))


def sending_name(identity: str, confirmed: Collection[str] = frozenset()) -> str:
    """The longest confirmed name that the identity equals or lies below, else the domain that somebody registered.

    Unconfirmed, it is ``example.com`` for ``example.com``, ``mail.example.com`` and ``billing@mail.example.com``.
    """
    labels = identity.rpartition("@")[2].rstrip(".").lower().split(".")
    for start in range(len(labels)):
        if (name := ".".join(labels[start:])) in confirmed:
            return name
    is_shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED_SECOND_LEVELS
    return ".".join(labels[-3:] if is_shared else labels[-2:])


@transaction.atomic
def add_sending_name(
    *, domain: str, note: str = "", owner_team: Team | None = None, acting_user: User | None, at: datetime
) -> SendingName:
    """Confirm a name, and group under it the identities that it is the longest name of."""
    wanted = ascii_domain(domain)
    check_text("note", note, _LONGEST_NOTE)
    _lock_grouping()
    if SendingName.objects.filter(domain=wanted).exists():
        raise RefusedError("domain", f"{wanted} is a sending name already.")
    name = SendingName.objects.create(
        domain=wanted, note=note.strip(), owner_team=owner_team, created_at=at, created_by=acting_user
    )
    data = _said(name) | {"domain": wanted, "identities": _regroup(wanted)}
    record(at=at, actor=acting_user, action="sending_name.added", target=name, data=data)
    return name


@transaction.atomic
def change_sending_name(
    name: SendingName, *, note: str, owner_team: Team | None, acting_user: User | None, at: datetime
) -> bool:
    """Another note or owning team; returns whether anything changed."""
    check_text("note", note, _LONGEST_NOTE)
    locked = SendingName.objects.select_for_update(of=("self",)).select_related("owner_team").get(pk=name.pk)
    before = _said(locked)
    locked.note, locked.owner_team = note.strip(), owner_team
    if _said(locked) == before:
        return False
    locked.save(update_fields=["note", "owner_team"])
    data = {"before": before, "after": _said(locked)}
    record(at=at, actor=acting_user, action="sending_name.changed", target=locked, data=data)
    return True


@transaction.atomic
def remove_sending_name(name: SendingName, *, acting_user: User | None, at: datetime) -> None:
    """Take a name back: its identities go to the next longest name, or to their registered domain as a suggestion."""
    _lock_grouping()
    locked = SendingName.objects.select_for_update(of=("self",)).filter(pk=name.pk).first()
    if locked is None:
        return
    said, domain = _said(locked), locked.domain
    SendingName.objects.filter(pk=locked.pk).delete()
    data = said | {"domain": domain, "identities": _regroup(domain)}
    record(at=at, actor=acting_user, action="sending_name.removed", target=locked, data=data)


def _said(name: SendingName) -> dict[str, object]:
    return {"note": name.note, "owner_team": name.owner_team.name if name.owner_team else ""}


def _lock_grouping() -> None:
    """One regrouping at a time: two would each not see the other's name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_GROUPING_LOCK])


def _regroup(domain: str) -> int:
    """Name anew what equals the domain or lies below it, identities that are gone included; returns how many moved."""
    below = (
        models.Q(name__iexact=domain) | models.Q(name__iendswith=f".{domain}") | models.Q(name__iendswith=f"@{domain}")
    )
    confirmed = confirmed_names()
    moved: dict[str, list[int]] = {}
    rows = Identity.objects.filter(below).order_by("pk").select_for_update(no_key=True)
    for pk, identity, known in rows.values_list("pk", "name", "sending_name"):
        if (name := sending_name(identity, confirmed)) != known:
            moved.setdefault(name, []).append(pk)
    for name, ids in moved.items():
        Identity.objects.filter(pk__in=ids).update(sending_name=name)
    return sum(map(len, moved.values()))
