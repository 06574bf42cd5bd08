"""Owners of identities: who answers for one, and how we know."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

from django.db import connection

from inventory.models import Account, Identity, OwnerAssignment, Team, User
from inventory.services.owners.owner_matching import RuleBook, owner_is_here
from inventory.services.settings.in_force import in_force

# Any number that nothing else locks.
_LOCK = 7_251_003


@dataclass(frozen=True, slots=True)
class Owner:
    """The team or person that owns an identity; ``tag_value`` is what its tags say, whoever that may be."""

    source: str
    team_id: int | None = None
    user_id: int | None = None
    tag_value: str = ""
    rule_id: int | None = None


class Owned(Protocol):
    """What an owner follows from, besides the account: an identity, or as much of one."""

    @property
    def pk(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def tags(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class OwnerBook:
    """Who may own: active teams and people by every word that a tag may use for them, in lower case, the rules in
    force, and what people have decided, by identity."""

    keys: Sequence[str]
    teams: Mapping[str, int]
    people: Mapping[str, int]
    rules: RuleBook
    assigned: Mapping[int, Owner]

    @classmethod
    def load(cls) -> Self:
        """Read all active teams and people, rules, assignments and tag keys: five queries."""
        return cls(
            keys=[key.lower() for key in in_force().owner_tag_keys],
            teams=_teams(),
            people=_people(),
            rules=RuleBook.load(),
            assigned=_assigned(),
        )

    def owner(self, identity: Owned, account: Account) -> Owner:
        """By what people decided, else the first owner tag that names somebody, else the rules, else the account.

        What the tags say is kept beside any other owner, so that both can be shown.
        """
        tagged = self._tagged(identity.tags)
        assigned = self.assigned.get(identity.pk) if identity.pk else None
        if assigned is not None:
            return replace(assigned, tag_value=tagged.tag_value)
        if tagged.source == Identity.OwnerSource.TAG:
            return tagged
        rule = self.rules.first(identity.name, account)
        if rule is not None:
            source = Identity.OwnerSource.RULE
            return Owner(source, rule.team_id, rule.user_id, tag_value=tagged.tag_value, rule_id=rule.pk)
        if account.owner_team is not None and account.owner_team.is_active:
            return replace(tagged, source=Identity.OwnerSource.ACCOUNT, team_id=account.owner_team.pk)
        return tagged

    def tagged(self, tags: Mapping[str, str]) -> tuple[int | None, int | None]:
        """The ids of the team or the person whom tags alone name."""
        owner = self._tagged(tags)
        return owner.team_id, owner.user_id

    def _tagged(self, tags: Mapping[str, str]) -> Owner:
        """Whom the tags name; nobody, with the first value, where none of them names anybody."""
        values = self._values(tags)
        for value in values:
            named = self._named(value)
            if named is not None:
                return named
        if not values:
            return Owner(Identity.OwnerSource.NONE)
        return Owner(Identity.OwnerSource.UNRESOLVED, tag_value=values[0][:256])

    def _values(self, tags: Mapping[str, str]) -> list[str]:
        """The values of owner tags, in the order of the configured keys."""
        by_key = {key.strip().lower(): value.strip() for key, value in tags.items()}
        return [by_key[key] for key in self.keys if by_key.get(key)]

    def _named(self, value: str) -> Owner | None:
        word = value.lower()
        if word in self.teams:
            return Owner(Identity.OwnerSource.TAG, team_id=self.teams[word], tag_value=value[:256])
        if word in self.people:
            return Owner(Identity.OwnerSource.TAG, user_id=self.people[word], tag_value=value[:256])
        return None


def lock_owners() -> None:
    """Let nobody else change who owns what until the transaction ends: one change sees what the other made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def share_owners() -> None:
    """Let nobody change who owns what while an identity is read or judged; many may do that beside each other.

    Call it before anything else is locked: then a change of owners finds the identity, or the identity sees the change.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])


def _assigned() -> dict[int, Owner]:
    """Assignments in force whose owner is still here; an acting owner goes before any other."""
    rows = OwnerAssignment.objects.active().filter(owner_is_here())
    owners: dict[int, Owner] = {}
    for identity_id, kind, team_id, user_id in rows.order_by("pk").values_list("identity", "kind", "team", "user"):
        if kind == OwnerAssignment.Kind.ACTING:
            owners[identity_id] = Owner(Identity.OwnerSource.ACTING, team_id, user_id)
        else:
            owners.setdefault(identity_id, Owner(Identity.OwnerSource.CLAIM, team_id, user_id))
    return owners


def _teams() -> dict[str, int]:
    return _book((team.pk, [team.name], [team.email, *team.aliases]) for team in Team.objects.filter(is_active=True))


def _people() -> dict[str, int]:
    return _book((user.pk, [user.email], [user.name, *user.aliases]) for user in User.objects.active())


def _book(entries: Iterable[tuple[int, Sequence[str], Sequence[str]]]) -> dict[str, int]:
    """Each word with the one it means. Unique words come first; any other that two share means neither of them."""
    unique: dict[str, int] = {}
    shared: dict[str, set[int]] = {}
    for key, own, others in entries:
        unique |= {word.strip().lower(): key for word in own}
        for word in others:
            shared.setdefault(word.strip().lower(), set()).add(key)
    words = {word: next(iter(keys)) for word, keys in shared.items() if len(keys) == 1} | unique
    words.pop("", None)
    return words
