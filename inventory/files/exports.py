"""CSV of a list: the columns of its table, the rows of its filter, streamed."""

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django_tables2 import Table
from django_tables2.columns import BoundColumn

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CHUNK = 2000


class _Echo(Protocol):
    def write(self, line: str, /) -> str: ...


class _Line:
    """A file that hands each line back instead of keeping it."""

    def write(self, line: str, /) -> str:
        return line


def csv_response(table: Table, rows: QuerySet[Any], filename: str) -> StreamingHttpResponse:
    """Every row, in the order of ``rows``, without a cap; UTF-8, one header line of the table's column names."""
    response = StreamingHttpResponse(csv_lines(table, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def csv_lines(table: Table, rows: QuerySet[Any]) -> Iterator[str]:
    """The lines of the file; memory holds one chunk of rows. What the screen shows in one cell may be two columns."""
    echo: _Echo = _Line()
    writer = csv.writer(echo)
    columns = [column for column in table.columns.iterall() if not column.column.exclude_from_export]
    cells = [_cell(table, column) for column in columns]
    yield writer.writerow([safe_cell(column.header) for column in columns])
    # Outside a transaction PostgreSQL would find every row before it hands out the first.
    with transaction.atomic():
        for record in rows.iterator(chunk_size=_CHUNK):
            yield writer.writerow([safe_cell(cell(record)) for cell in cells])


def _cell(table: Table, column: BoundColumn) -> Callable[[Any], object]:
    """What the table's ``value_NAME(record)`` says, else the stored value."""
    said: Callable[[Any], object] | None = getattr(table, f"value_{column.name}", None)
    if said is not None:
        return said
    path = str(column.accessor).split("__")
    return lambda record: _stored(record, path)


def _stored(record: Any, path: list[str]) -> object:
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
