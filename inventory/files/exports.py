"""A list as a file: the columns of its table, the rows of its filter, streamed, in the form that was asked for."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import IO, Any, Protocol

from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django_tables2 import Table
from django_tables2.columns import BoundColumn

from inventory.files.sheets import workbook

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CHUNK = 2000


class Form(StrEnum):
    """The forms of a file, by the ending of its name."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class _Echo(Protocol):
    def write(self, line: str, /) -> str: ...


class _Line:
    """A file that hands each line back instead of keeping it."""

    def write(self, line: str, /) -> str:
        return line


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of a table as a file has them: ``names`` for machines, ``headers`` for people.

    What the screen shows in one cell may be two columns.
    """

    names: tuple[str, ...]
    headers: tuple[str, ...]
    cells: tuple[Callable[[Any], object], ...]
    records: QuerySet[Any]

    def rows(self) -> Iterator[list[object]]:
        """Every row, in the order of the records; memory holds one chunk."""
        # Outside a transaction PostgreSQL would find every row before it hands out the first.
        with transaction.atomic():
            for record in self.records.iterator(chunk_size=_CHUNK):
                yield [cell(record) for cell in self.cells]


def sheet_of(table: Table, records: QuerySet[Any]) -> Sheet:
    """The columns that are exported, hidden ones included."""
    columns = [column for column in table.columns.iterall() if not column.column.exclude_from_export]
    return Sheet(
        names=tuple(column.name for column in columns),
        headers=tuple(str(column.header) for column in columns),
        cells=tuple(_cell(table, column) for column in columns),
        records=records,
    )


def export_response(sheet: Sheet, name: str, form: Form) -> HttpResponseBase:
    """Every row, without a cap, as ``name.csv``, ``name.xlsx`` or ``name.json``."""
    if form is Form.XLSX:
        return FileResponse(_book(sheet), as_attachment=True, filename=f"{name}.xlsx")
    lines, kind = (csv_lines(sheet), "text/csv") if form is Form.CSV else (json_lines(sheet), "application/json")
    response = StreamingHttpResponse(lines, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """One header line of the columns' names, then the rows; UTF-8."""
    echo: _Echo = _Line()
    writer = csv.writer(echo)
    yield writer.writerow([safe_cell(header) for header in sheet.headers])
    for row in sheet.rows():
        yield writer.writerow([safe_cell(value) for value in row])


def json_lines(sheet: Sheet) -> Iterator[str]:
    """One list of objects, an object a line; instants and dates in ISO 8601."""
    before = "[\n"
    for row in sheet.rows():
        plain = dict(zip(sheet.names, (_plain(value) for value in row), strict=True))
        yield before + json.dumps(plain, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _book(sheet: Sheet) -> IO[bytes]:
    return workbook({"List": (sheet.headers, sheet.rows())})


def _cell(table: Table, column: BoundColumn) -> Callable[[Any], object]:
    """What the table's ``value_NAME(record)`` says, else the stored value."""
    said: Callable[[Any], object] | None = getattr(table, f"value_{column.name}", None)
    if said is not None:
        return said
    path = str(column.accessor).split("__")
    return lambda record: _stored(record, path)


def _stored(record: Any, path: Sequence[str]) -> object:
    value = record
    for step in path:
        if value is None:
            return None
        value = value[step] if isinstance(value, Mapping) else getattr(value, step)
    return value


def safe_cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front; instants are ISO 8601 in UTC."""
    if value is None or isinstance(value, int):
        return "" if value is None else value
    text = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
