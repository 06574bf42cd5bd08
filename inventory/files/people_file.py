"""People as a CSV file: one line each, with a header."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from inventory.services.people.people import NewPerson
from inventory.services.refusals import RefusedError

_NEEDED = "email"
_COLUMNS = ("email", "name", "roles", "teams", "aliases")
_LARGEST = 10_000_000
COLUMNS_HELP = "columns email, name, roles, teams, aliases; several roles, teams or aliases apart by semicolons"


def read_people(path: Path) -> list[NewPerson]:
    """The people of a file, in its order; raises :class:`RefusedError` where it is no such file."""
    try:
        if path.stat().st_size > _LARGEST:
            raise RefusedError("file", f"The file is larger than {_LARGEST // 1_000_000} MB. Split it.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RefusedError("file", f"The file cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise RefusedError("file", f"The file is not UTF-8: byte {error.start + 1}. Save it as CSV UTF-8.") from error
    people = list(parse_people(text))
    if not people:
        raise RefusedError("file", "The file holds nobody: only a header, or nothing at all.")
    return people


def parse_people(text: str) -> Iterator[NewPerson]:
    """Line numbers are those of the file, the header being line 1."""
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _person(header, cells, reader.line_num)
    except csv.Error as error:
        raise RefusedError("file", f"Line {reader.line_num}: this is no CSV ({error}).") from error


def _check_header(header: list[str]) -> None:
    unknown = [name for name in header if name not in _COLUMNS]
    if _NEEDED not in header or unknown or len(set(header)) < len(header):
        found = ", ".join(header) or "nothing"
        raise RefusedError("file", f"Line 1: the header is {found}. Use {', '.join(_COLUMNS)}; only email is needed.")


def _person(header: list[str], cells: list[str], line: int) -> NewPerson:
    if len(cells) != len(header):
        raise RefusedError("file", f"Line {line}: {len(cells)} cells under {len(header)} columns. Quote commas.")
    said = dict(zip(header, cells, strict=True))
    several = {name: _several(said.get(name, "")) for name in ("roles", "teams", "aliases")}
    return NewPerson(email=said["email"], name=said.get("name", ""), line=line, **several)


def _several(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split(";") if word.strip())
