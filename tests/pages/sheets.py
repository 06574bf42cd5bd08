"""A workbook read with the standard library: what a spreadsheet would show."""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)


def cells_of(file: bytes, sheet: int = 1) -> list[list[object]]:
    """Rows of text, numbers, booleans and instants; cells that are not there are ``""``."""
    root = _sheet(file, sheet)
    rows = [
        {_column(cell.get("r", "")): _value(cell) for cell in row.iter(f"{_SPACE}c")}
        for row in root.iter(f"{_SPACE}row")
    ]
    width = max((column for row in rows for column in row), default=-1) + 1
    return [[row.get(column, "") for column in range(width)] for row in rows]


def has_frozen_header(file: bytes) -> bool:
    """Whether the first row stays and filters stand over it."""
    root = _sheet(file, 1)
    pane, marks = root.find(f".//{_SPACE}pane"), root.find(f"{_SPACE}autoFilter")
    return pane is not None and pane.get("ySplit") == "1" and marks is not None


def formulas_of(file: bytes) -> int:
    """How many cells would be calculated."""
    return len(list(_sheet(file, 1).iter(f"{_SPACE}f")))


def _sheet(file: bytes, number: int) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        return ET.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml"))  # noqa: S314  # we wrote it


def _column(reference: str) -> int:
    letters = re.match(r"[A-Z]+", reference)
    assert letters is not None
    number = 0
    for letter in letters.group():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: ET.Element) -> object:
    kind, text = cell.get("t"), "".join(cell.itertext())
    if kind == "inlineStr":
        return text
    if kind == "b":
        return text == "1"
    # Of numbers, those with a look of their own are instants.
    return _EPOCH + timedelta(seconds=round(float(text) * 86_400)) if cell.get("s") else float(text)
