"""Which owner tags would say what people and rules decided, and what would undo them; nothing is written to AWS."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inventory.models import Identity, Team, User
from inventory.services.owners.ownership import OwnerBook

# What AWS takes in a tag's value: letters, digits and blanks of any script, and these marks.
_TAKEN = re.compile(r"[\w\s+\-=.:/@]{1,256}")
_MOST_TAGS = 50


@dataclass(frozen=True, slots=True)
class TagChange:
    """One tag of one identity. ``before`` is ``None`` where the tag is not there yet."""

    identity: Identity
    key: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class NotTagged:
    """An identity whose owner no tag can say, and why."""

    identity: Identity
    reason: str


def tag_changes(identities: Iterable[Identity], book: OwnerBook) -> Iterator[TagChange | NotTagged]:
    """One for each identity whose tags do not name its owner already; reads owner, tags and account, no query."""
    for identity in identities:
        if identity.owner is not None and not _says_so(identity, book):
            yield _change(identity, identity.owner, book)


def _says_so(identity: Identity, book: OwnerBook) -> bool:
    return _names(identity, book.tagged(identity.tags))


def _names(identity: Identity, found: tuple[int | None, int | None]) -> bool:
    return found == (identity.owner_team_id, identity.owner_user_id)


def _change(identity: Identity, owner: Team | User, book: OwnerBook) -> TagChange | NotTagged:
    key = _key(identity, book)
    if key not in identity.tags and len(identity.tags) >= _MOST_TAGS:
        return NotTagged(identity, f"It carries {len(identity.tags)} tags; AWS takes no more than {_MOST_TAGS}.")
    for word in _words(owner):
        tags = identity.tags | {key: word}
        if _TAKEN.fullmatch(word) and _names(identity, book.tagged(tags)):
            return TagChange(identity, key, identity.tags.get(key), word)
    return NotTagged(identity, f"No word for {owner} is one that AWS takes in a tag and that means them alone.")


def _key(identity: Identity, book: OwnerBook) -> str:
    """The first configured key, as the identity already spells it."""
    wanted = book.keys[0]
    return next((key for key in reversed(list(identity.tags)) if key.strip().lower() == wanted), wanted)


def _words(owner: Team | User) -> list[str]:
    if isinstance(owner, Team):
        return [word for word in (owner.name, owner.email, *owner.aliases) if word]
    return [owner.email, owner.name, *owner.aliases]
