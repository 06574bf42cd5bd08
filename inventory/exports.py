"""CSV of a list: the columns of its table, the rows of its filter, streamed."""

import csv
from collections.abc import Iterator
from typing import Any, Protocol

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django_tables2 import Table
from django_tables2.rows import BoundRow

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
    yield writer.writerow([safe_cell(column.header) for column in columns])
    for record in rows.iterator(chunk_size=_CHUNK):
        row = BoundRow(record, table=table)
        yield writer.writerow([safe_cell(row.get_cell_value(column.name)) for column in columns])


def safe_cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front; nothing else changes."""
    if value is None:
        return ""
    text = value if isinstance(value, int) else str(value)
    if isinstance(text, str) and text.startswith(FORMULA_STARTS):
        return f"'{text}"
    return text
