"""Owner rules: add, move and end them; what they decide follows in the same transaction."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from inventory.models import Account, Identity, OwnerRule, Team, User
from inventory.policy.account_ids import is_account_id
from inventory.services.audit import record
from inventory.services.owners.owner_matching import RuleBook, owner_is_here
from inventory.services.owners.ownership import OwnerBook, lock_owners
from inventory.services.owners.reassignment import reassign_owners, stored_identities
from inventory.services.refusals import ConflictError, RefusedError, check_words

_DOMAIN = re.compile(
    r"(?=.{1,255}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_UNIT = re.compile(r"(?:o-[a-z0-9]{10,32}/)?(?:r-[a-z0-9]{4,32}/)?(?:ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}/?)*")
Owner = Team | User


@dataclass(frozen=True, slots=True)
class Reach:
    """What a rule would do now. ``matches`` fit it, ``owns`` of them would be its own; ``by_source`` says how the
    others are owned, by a source of :class:`Identity.OwnerSource`."""

    matches: int
    owns: int
    by_source: tuple[tuple[str, int], ...]


@transaction.atomic
def add_owner_rule(
    *, kind: str, value: str, owner: Owner, position: int | None = None, acting_user: User | None, at: datetime
) -> OwnerRule:
    """Put a rule into the order, at the end unless a place (from 1) is given."""
    lock_owners()
    wanted = normal_value(kind, value)
    check_owner(owner)
    check_is_for_others(owner, acting_user)
    known = OwnerRule.objects.live().filter(kind=kind, value=wanted).first()
    if known is not None:
        raise RefusedError("value", f"There is a rule for this already: {known.words} belongs to {known.owner}.")
    team, user = (owner, None) if isinstance(owner, Team) else (None, owner)
    rule = OwnerRule.objects.create(
        kind=kind, value=wanted, team=team, user=user, position=0, created_at=at, created_by=acting_user
    )
    others = list(OwnerRule.objects.live().exclude(pk=rule.pk))
    place = len(others) if position is None else min(max(position - 1, 0), len(others))
    _number([*others[:place], rule, *others[place:]])
    data = {"kind": kind, "value": wanted, "owner": str(owner), "position": rule.position}
    return _settle(rule, "ownerrule.added", data, acting_user, at)


@transaction.atomic
def move_owner_rule(*, rule: OwnerRule, position: int, acting_user: User | None, at: datetime) -> OwnerRule:
    """Ask the rule at another place (from 1) of the order."""
    lock_owners()
    live = list(OwnerRule.objects.live())
    moved = next((each for each in live if each.pk == rule.pk), None)
    if moved is None:
        raise ConflictError("The rule has ended in the meantime.")
    if moved.owner is not None:
        check_is_for_others(moved.owner, acting_user)
    others = [each for each in live if each.pk != rule.pk]
    place = min(max(position - 1, 0), len(others))
    before = moved.position
    _number([*others[:place], moved, *others[place:]])
    if moved.position == before:
        return moved
    return _settle(moved, "ownerrule.moved", {"from": before, "to": moved.position}, acting_user, at)


@transaction.atomic
def end_owner_rule(*, rule: OwnerRule, acting_user: User | None, at: datetime) -> OwnerRule:
    """Take the rule out of the order; its identities fall to whoever comes next."""
    lock_owners()
    ended = OwnerRule.objects.live().filter(pk=rule.pk).first()
    if ended is None:
        raise ConflictError("Somebody ended this rule before you.")
    ended.ended_at, ended.ended_by = at, acting_user
    ended.save(update_fields=["ended_at", "ended_by"])
    _number(list(OwnerRule.objects.live()))
    return _settle(ended, "ownerrule.ended", {"owner": str(ended.owner)}, acting_user, at)


def preview(*, kind: str, value: str, position: int | None = None) -> Reach:
    """What a new rule would own, by the registry as it stands; raises :class:`RefusedError` for a bad value."""
    planned = OwnerRule(kind=kind, value=normal_value(kind, value))
    live = list(OwnerRule.objects.live().filter(owner_is_here()))
    place = len(live) if position is None else max(position - 1, 0)
    alone, among = RuleBook.of([planned]), RuleBook.of([*live[:place], planned, *live[place:]])
    accounts = {account.pk: account for account in Account.objects.select_related("owner_team")}
    matches, owns, sources = 0, 0, Counter[str]()
    book = OwnerBook.load()
    stronger = (Identity.OwnerSource.ACTING, Identity.OwnerSource.CLAIM, Identity.OwnerSource.TAG)
    for stored in stored_identities(Identity.objects.live()):
        account = accounts[stored.account_id]
        if alone.first(stored.name, account) is None:
            continue
        matches += 1
        source = book.owner(stored, account).source
        if source not in stronger and among.first(stored.name, account) is planned:
            owns += 1
        sources[source] += 1
    return Reach(matches, owns, tuple(sources.most_common()))


def normal_value(kind: str, value: str) -> str:
    """The value as it is stored; raises :class:`RefusedError` where it cannot match anything."""
    text = value.strip().lower()
    check_words("value", text, 500)
    if kind == OwnerRule.Kind.DOMAIN_SUFFIX:
        domain = text.removeprefix("*").lstrip(".").rstrip(".")
        if "." not in domain or not _DOMAIN.fullmatch(domain):
            raise RefusedError("value", f"{value!r} is not a domain such as shop.example.com (it and all below it).")
        return domain
    if kind == OwnerRule.Kind.ACCOUNT:
        return _account(text.replace("-", "").replace(" ", ""))
    if kind == OwnerRule.Kind.OU:
        if not text or not _UNIT.fullmatch(text):
            raise RefusedError("value", f"{value!r} is neither a unit's id (ou-ab12-34567890) nor the path to one.")
        return text.rstrip("/")
    raise RefusedError("kind", f"{kind!r} is not a kind of rule. Use one of: {', '.join(OwnerRule.Kind.values)}.")


def check_owner(owner: Owner) -> None:
    """Refuse a team or person that is no longer here."""
    if not owner.is_active:
        raise RefusedError("owner", f"{owner} is no longer active. Choose an active team or person.")


def check_is_for_others(owner: Owner, acting_user: User | None) -> None:
    """Nobody makes themselves or their own team the owner of what others see as nobody's, or as somebody else's."""
    if acting_user is not None and is_own(owner, acting_user):
        raise RefusedError(
            "owner",
            f"{owner} is you or a team of yours. Nobody gives identities to themselves: have a colleague do it.",
        )


def is_own(owner: Owner, user: User) -> bool:
    """Whether it is the person themselves or a team that they are a member of."""
    return owner == user or (isinstance(owner, Team) and owner.memberships.filter(user=user).exists())


def _account(digits: str) -> str:
    if not is_account_id(digits):
        raise RefusedError("value", f"{digits!r} is not an AWS account id: it has exactly 12 digits.")
    if not Account.objects.filter(account_id=digits).exists():
        raise RefusedError("value", f"{digits} is not in the registry. Add the account first.")
    return digits


def _number(rules: list[OwnerRule]) -> None:
    """Places from 1, without gaps."""
    for number, rule in enumerate(rules, 1):
        rule.position = number
    OwnerRule.objects.bulk_update(rules, ["position"])


def _settle(rule: OwnerRule, action: str, data: dict[str, object], acting_user: User | None, at: datetime) -> OwnerRule:
    moved = reassign_owners(at=at, acting_user=acting_user)
    record(at=at, actor=acting_user, action=action, target=rule, data=data | {"identities": len(moved)})
    return rule
