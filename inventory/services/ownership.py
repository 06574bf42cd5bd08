"""Owners of identities: who answers for one, and how we know."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from django.conf import settings

from inventory.models import Account, Identity, Team, User


@dataclass(frozen=True, slots=True)
class Owner:
    """The team or person that owns an identity; ``tag_value`` is what its tags say, whoever that may be."""

    source: str
    team_id: int | None = None
    user_id: int | None = None
    tag_value: str = ""


@dataclass(frozen=True, slots=True)
class OwnerBook:
    """Active teams and people by every word that a tag may use for them, in lower case."""

    keys: Sequence[str]
    teams: Mapping[str, int]
    people: Mapping[str, int]

    @classmethod
    def load(cls) -> Self:
        """Read all active teams and people: two queries."""
        return cls(keys=[key.lower() for key in settings.SESGOV_OWNER_TAG_KEYS], teams=_teams(), people=_people())

    def owner(self, tags: Mapping[str, str], account: Account) -> Owner:
        """By the first owner tag that names somebody, else by the account.

        A tag that names nobody keeps its value beside the account's owner, so that both can be shown.
        """
        values = self._values(tags)
        for value in values:
            named = self._named(value)
            if named is not None:
                return named
        said = values[0][:256] if values else ""
        if account.owner_team is not None and account.owner_team.is_active:
            return Owner(Identity.OwnerSource.ACCOUNT, team_id=account.owner_team.pk, tag_value=said)
        return Owner(Identity.OwnerSource.UNRESOLVED if said else Identity.OwnerSource.NONE, tag_value=said)

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
