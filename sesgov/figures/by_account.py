"""Figures by account: the ten with the most open findings, the others together, and all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from inventory.models import Account, FigureSnapshot
from sesgov.figures.shapes import Unit

SHOWN = 10
# Columns of the table, by key, with their short heads.
COLUMNS = {
    "open_findings": "Open findings",
    "posture": "In order",
    "wildcards": "Wildcard policies",
    "public_policies": "Let anyone in",
    "strangers": "Unknown or unverified",
    "owners": "Owner resolved",
    "remediation": "Time to remediate",
    "coverage": "Regions seen",
}
# One outside account may send from several of ours: of all together it counts once.
_ADDS_UP_TO_MORE = frozenset({"strangers"})
_Values = dict[str, tuple[int, int | None]]


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` is ``None`` where nothing was measured; ``of`` what it was measured over."""

    head: str
    text: str | None
    of: int | None
    is_no_sum: bool = False


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account at the end of the day, or several together; ``account`` is ``None`` for these."""

    label: str
    account: Account | None
    cells: tuple[Cell, ...]
    is_stale: bool


def by_account(on: date, units: Mapping[str, Unit]) -> list[AccountRow]:
    """Two queries over the snapshots of the day. Values and what they are measured over are sums of those above."""
    found: dict[int | None, _Values] = defaultdict(dict)
    stale: set[int | None] = set()
    rows = FigureSnapshot.objects.filter(on=on, key__in=COLUMNS).order_by()
    for account_id, key, value, of, is_stale in rows.values_list("account_id", "key", "value", "of", "is_stale"):
        found[account_id][key] = (value, of)
        stale |= {account_id} if is_stale else set()
    everything = found.pop(None, {})
    accounts = {each.pk: each for each in Account.objects.filter(pk__in=[each for each in found if each])}
    ordered = sorted(accounts.values(), key=lambda each: (-_open(found[each.pk]), each.name, each.account_id))
    shown, rest = ordered[:SHOWN], [each.pk for each in ordered[SHOWN:]]
    made = [AccountRow(str(each), each, _cells(found[each.pk], units), each.pk in stale) for each in shown]
    if rest:
        cells = _cells(_together(found[each] for each in rest), units, is_together=True)
        made.append(AccountRow(f"{len(rest)} others", None, cells, bool(stale & set(rest))))
    return [*made, AccountRow("All", None, _cells(everything, units), None in stale)] if made else []


def _open(values: _Values) -> int:
    return values.get("open_findings", (0, None))[0]


def _together(parts: Iterable[_Values]) -> _Values:
    sums: _Values = {}
    for part in parts:
        for key, (value, of) in part.items():
            before, before_of = sums.get(key, (0, None))
            sums[key] = (before + value, None if of is None else of + (before_of or 0))
    return sums


def _cells(values: _Values, units: Mapping[str, Unit], *, is_together: bool = False) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            head,
            units[key].text(*values[key]) if key in values else None,
            values[key][1] if key in values else None,
            is_no_sum=is_together and key in _ADDS_UP_TO_MORE,
        )
        for key, head in COLUMNS.items()
    )
