"""The workbook of a pack: its tables as sheets with typed columns, for reading; what counts are the CSV files."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from approvals.models import Campaign
from approvals.services.evidence.tables import TABLES, Table
from inventory.files.sheets import MOST_ROWS, workbook

# For machines: a sheet has them in no cell.
_LEFT_OUT = frozenset({"path_key", "policy_sha256", "evidence", "terms", "terms_hash", "state_sha256", "data"})
_PIECE = 1024 * 1024


def review_book(campaign: Campaign, *, at: datetime) -> Iterator[bytes]:
    """The file, piece by piece; ``at`` is the instant that it names as its own."""
    sheets = {table.name.removesuffix(".csv"): _sheet(table, campaign) for table in TABLES}
    with workbook(sheets, created_at=at) as file:
        yield from iter(lambda: file.read(_PIECE), b"")


def _sheet(table: Table, campaign: Campaign) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    kept = [number for number, header in enumerate(table.headers) if header not in _LEFT_OUT]
    return [table.headers[number] for number in kept], _rows(table, campaign, kept)


def _rows(table: Table, campaign: Campaign, kept: Sequence[int]) -> Iterator[Sequence[object]]:
    """As many as a sheet holds; the last row says where the rest is."""
    source = ([row[number] for number in kept] for row in table.rows(campaign))
    yield from islice(source, MOST_ROWS - 1)
    if next(source, None) is not None:
        yield [f"A sheet holds no more rows: all of them are in {table.name}."]
