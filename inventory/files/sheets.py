"""Workbooks for spreadsheets: typed cells, a header that stays, filters; rows go to the disk as they come."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

# What a sheet and a cell can hold at most.
MOST_ROWS = 1_048_575
MOST_LETTERS = 32_767
_IN_MEMORY = 4 * 1024 * 1024
_WIDEST, _NARROWEST = 48, 12
Rows = Iterable[Sequence[object]]


class TooManyRowsError(ValueError):
    """More rows than a sheet can hold."""


def workbook(sheets: Mapping[str, tuple[Sequence[str], Rows]], *, created_at: datetime | None = None) -> IO[bytes]:
    """A file that stands at its beginning; ``sheets``: name -> (headers, rows).

    Numbers are numbers, instants are UTC times, days are days, everything else is text that no spreadsheet runs.
    Memory holds one row. Raises :class:`TooManyRowsError`.
    """
    file: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # the response closes it
    with TemporaryDirectory() as folder:
        book = Workbook(file, {"constant_memory": True, "tmpdir": folder})
        if created_at is not None:
            book.set_properties({"created": created_at.astimezone(UTC).replace(tzinfo=None)})
        looks = _looks(book)
        for name, (headers, rows) in sheets.items():
            _fill(book.add_worksheet(name), headers, rows, looks)
        book.close()
    file.seek(0)
    return file


def _looks(book: Workbook) -> dict[str, Format]:
    return {
        "header": book.add_format({"bold": True, "bottom": 1}),
        "instant": book.add_format({"num_format": 'yyyy-mm-dd hh:mm:ss "UTC"'}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }


def _fill(sheet: Worksheet, headers: Sequence[str], rows: Rows, looks: Mapping[str, Format]) -> None:
    sheet.freeze_panes(1, 0)
    for column, header in enumerate(headers):
        sheet.set_column(column, column, min(_WIDEST, max(_NARROWEST, len(header) + 4)))
        sheet.write_string(0, column, header, looks["header"])
    last = 0
    for last, row in enumerate(rows, start=1):
        if last > MOST_ROWS:
            raise TooManyRowsError(f"A sheet holds {MOST_ROWS:,} rows at most: take the CSV.")
        for column, value in enumerate(row):
            _write(sheet, last, column, value, looks)
    sheet.autofilter(0, 0, last, max(0, len(headers) - 1))


def _write(sheet: Worksheet, row: int, column: int, value: object, looks: Mapping[str, Format]) -> None:
    match value:
        case None | "":
            pass
        case bool():
            sheet.write_boolean(row, column, value)
        case int():
            sheet.write_number(row, column, value)
        case datetime():
            sheet.write_datetime(row, column, value.astimezone(UTC).replace(tzinfo=None), looks["instant"])
        case date():
            sheet.write_datetime(row, column, value, looks["day"])
        case _:
            sheet.write_string(row, column, str(value)[:MOST_LETTERS])
