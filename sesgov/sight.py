"""What is seen of the estate and what is not: the coverage strip and the sentence of state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.models import Account, Scope
from inventory.pages.unseen import Unseen, UnseenGroup, grouped
from inventory.words import SIGHT, Word

# Other ways to send or to let somebody send; none of them is read yet.
DOORS_NOT_LOOKED_AT = ("IAM", "SMTP users", "assumable roles", "DNS", "Mail Manager", "other providers")
_NOT_EXPECTED = frozenset({"disabled", "unused"})
_NOT_SEEN = frozenset({"partial", "denied", "unavailable", "failed", "stale", "never"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One account in one region; ``sight`` is a word of ``words.SIGHT``."""

    account: Account
    region: str
    sight: str
    scope: Scope

    @property
    def word(self) -> Word:
        """How it is seen, in words."""
        return SIGHT[self.sight]

    @property
    def is_unseen(self) -> bool:
        """Expected and not seen completely within 48 hours."""
        return self.sight in _NOT_SEEN


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every account x region; ``unseen`` names what could not be read, ``unreached`` accounts without any region.

    ``expected`` counts neither ``disabled`` regions nor those that somebody declared ``unused``.
    """

    regions: tuple[str, ...]
    rows: tuple[tuple[Account, tuple[Cell | None, ...]], ...]
    expected: int
    unseen: tuple[Cell, ...]
    disabled: int
    unused: int
    unreached: tuple[Account, ...]
    oldest: datetime | None

    @property
    def seen(self) -> int:
        """Expected scopes that were completely read within 48 hours."""
        return self.expected - len(self.unseen)

    @property
    def groups(self) -> list[UnseenGroup]:
        """What could not be seen, with the reasons; whole accounts first."""
        never = [Unseen(each, "", "never", "No region of it was ever reached.", "", None) for each in self.unreached]
        return grouped(never) + grouped(_unseen(cell) for cell in self.unseen)

    @property
    def is_whole(self) -> bool:
        """Whether anything is expected and all of it is seen; nothing is green otherwise."""
        return self.expected > 0 and not self.unseen and not self.unreached


def _unseen(cell: Cell) -> Unseen:
    scope = cell.scope
    reason = scope.last_error_text or cell.word.meaning
    return Unseen(cell.account, cell.region, cell.sight, reason, scope.last_error_code, scope.last_complete_at)


def coverage(scopes: Sequence[Scope], accounts: Sequence[Account], at: datetime) -> Coverage:
    """The strip from the scopes, with their accounts, and the managed accounts, scopes or not."""
    cells = {
        (scope.account_id, scope.region): Cell(scope.account, scope.region, scope.sight(at), scope) for scope in scopes
    }
    # A region that every account has disabled says nothing.
    regions = tuple(sorted({cell.region for cell in cells.values() if cell.sight != "disabled"}))
    owners = {account.pk: account for account in accounts} | {scope.account_id: scope.account for scope in scopes}
    ordered = sorted(owners.values(), key=lambda account: (account.name.lower(), account.account_id))
    expected = [cell for cell in cells.values() if cell.sight not in _NOT_EXPECTED]
    sights = [cell.sight for cell in cells.values()]
    read = [scope.last_complete_at for scope in scopes if scope.is_expected and scope.last_complete_at]
    return Coverage(
        regions=regions,
        rows=tuple((account, tuple(cells.get((account.pk, region)) for region in regions)) for account in ordered),
        expected=len(expected),
        unseen=tuple(cell for cell in expected if cell.is_unseen),
        disabled=sights.count("disabled"),
        unused=sights.count("unused"),
        unreached=tuple(account for account in ordered if account.pk not in {owner for owner, _ in cells}),
        oldest=min(read, default=None),
    )
