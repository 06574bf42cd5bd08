"""Files of accounts: CSV, YAML, and the public lists of known accounts, read into entries with their line numbers."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NoReturn

import yaml

from inventory.services.refusals import RefusedError
from inventory.services.registry.accounts import NewAccount

LONGEST_FILE = 5_000_000
# A megabyte of YAML takes some fifteen seconds to read, and each entry a few queries to write.
LONGEST_YAML = 1_000_000
MOST_ENTRIES = 10_000
_DEEPEST = 20
_FIELDS = tuple(each.name for each in fields(NewAccount))
_KNOWN_MARKS = frozenset({"accounts"})


@dataclass(frozen=True, slots=True)
class FileError:
    """What is wrong in a line of a file; ``line`` counts from 1."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One account of the registry: the fields that the file gives, blank ones left out."""

    line: int
    account_id: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """One account that a public list calls by a name."""

    line: int
    account_id: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class AccountFile:
    """What a file holds, and what of it cannot be read."""

    accounts: tuple[AccountEntry, ...] = ()
    known: tuple[KnownEntry, ...] = ()
    errors: tuple[FileError, ...] = ()


def read_account_file(name: str, data: bytes) -> AccountFile:
    """Read by the file's ending: ``.yaml``, ``.yml`` or ``.json`` as YAML, anything else as CSV."""
    if len(data) > LONGEST_FILE:
        return _broken(1, f"The file has {len(data)} bytes; at most {LONGEST_FILE} are read.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return _broken(line, "The file is not UTF-8 text. Save it as UTF-8.")
    if "\x00" in text:
        return _broken(text[: text.index("\x00")].count("\n") + 1, "The file holds a NUL character; it is no text.")
    is_yaml = name.lower().endswith((".yaml", ".yml", ".json"))
    if is_yaml and len(data) > LONGEST_YAML:
        return _broken(1, f"The file has {len(data)} bytes; at most {LONGEST_YAML} of YAML are read. Split it.")
    file = _read_yaml(text) if is_yaml else _read_csv(text)
    entries = [*file.accounts, *file.known]
    if len(entries) > MOST_ENTRIES:
        return _broken(1, f"The file names {len(entries)} accounts; at most {MOST_ENTRIES} are read at once. Split it.")
    return file


def _broken(line: int, text: str) -> AccountFile:
    return AccountFile(errors=(FileError(line, text),))


def _read_csv(text: str) -> AccountFile:
    rows = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    try:
        header = [cell.strip().lower().replace(" ", "_") for cell in next(rows, [])]
        if problem := _header_problem(header):
            return _broken(1, problem)
        accounts, errors = [], []
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            try:
                accounts.append(_csv_entry(rows.line_num, header, row))
            except RefusedError as refusal:
                errors.append(FileError(rows.line_num, refusal.message))
    except csv.Error as error:
        return _broken(rows.line_num, f"This is no CSV: {error}.")
    return AccountFile(accounts=tuple(accounts), errors=tuple(errors))


def _delimiter(text: str) -> str:
    """Spreadsheets of many countries write semicolons."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count) if any(mark in header for mark in ",;\t") else ","


def _header_problem(header: list[str]) -> str:
    unknown = [name for name in header if name not in _FIELDS]
    if "account_id" not in header:
        return f"The first line must name the columns, account_id among them. Known columns: {', '.join(_FIELDS)}."
    if unknown:
        return f"There is no column {unknown[0]!r}. Known columns: {', '.join(_FIELDS)}."
    twice = [name for name in _FIELDS if header.count(name) > 1]
    return f"The column {twice[0]} stands twice." if twice else ""


def _csv_entry(line: int, header: list[str], row: list[str]) -> AccountEntry:
    if len(row) > len(header):
        raise RefusedError("row", f"There are {len(row)} cells, but only {len(header)} columns.")
    return _entry(line, dict(zip(header, row, strict=False)))


def _entry(line: int, cells: dict[str, str]) -> AccountEntry:
    given = {field: cell.strip() for field, cell in cells.items() if cell.strip()}
    account_id = given.pop("account_id", "").replace("-", "")
    if account_id.isdigit() and len(account_id) < 12:
        raise RefusedError(
            "account_id",
            f"{account_id} has {len(account_id)} digits instead of 12. Spreadsheets drop leading zeros: format the "
            "column as text.",
        )
    values: dict[str, object] = dict(given)
    if "ends_on" in given:
        values["ends_on"] = _day(given["ends_on"])
    return AccountEntry(line, account_id, values)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RefusedError("ends_on", f"{text[:40]!r} is no day of the calendar, such as 2027-03-31.") from None


def _read_yaml(text: str) -> AccountFile:
    """From the nodes rather than the values: 012345678901 is an id, and each error has its line."""
    try:
        root = yaml.compose(text, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return _broken(line, f"This is no YAML: {error.problem}.")
    except yaml.YAMLError as error:
        return _broken(1, f"This is no YAML: {error}.")
    except RecursionError:
        return _broken(1, "This is nested too deeply.")
    if isinstance(root, yaml.MappingNode):
        root = next((value for key, value in root.value if key.value == "accounts"), root)
    if not isinstance(root, yaml.SequenceNode):
        line = root.start_mark.line + 1 if root is not None else 1
        return _broken(line, "A list of accounts is wanted here, each with account_id, or with name and accounts.")
    accounts: list[AccountEntry] = []
    known: list[KnownEntry] = []
    errors: list[FileError] = []
    for node in root.value:
        try:
            cells = _cells(node)
            if set(cells) >= _KNOWN_MARKS:
                known += _known_entries(node, cells)
            else:
                accounts.append(_yaml_entry(node, cells))
        except _YamlError as error:
            errors.append(FileError(error.line, error.text))
        except RefusedError as refusal:
            errors.append(FileError(_line(node), refusal.message))
    return AccountFile(tuple(accounts), tuple(known), tuple(errors))


class _PlainLoader(yaml.SafeLoader):
    """YAML as files of accounts need it: a few aliases would make a short file as long as one likes."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """One node; refuses aliases, and what is nested deeper than any account."""
        event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
        if isinstance(event, yaml.AliasEvent):
            self._refuse("aliases such as *name are not read", event)
        if self._depth > _DEEPEST:
            self._refuse("this is nested too deeply", event)
        self._depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def _refuse(self, problem: str, event: Any) -> NoReturn:
        raise yaml.composer.ComposerError(None, None, problem, event.start_mark)


class _YamlError(ValueError):
    def __init__(self, node: yaml.Node, text: str) -> None:
        super().__init__(text)
        self.line, self.text = _line(node), text


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _cells(node: yaml.Node) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _YamlError(node, "An account is a mapping such as {account_id: '111111111111', name: Shop}.")
    return {str(key.value): value for key, value in node.value}


def _yaml_entry(node: yaml.Node, cells: dict[str, yaml.Node]) -> AccountEntry:
    for name, value in cells.items():
        if name not in _FIELDS:
            raise _YamlError(value, f"There is no field {name[:40]!r}. Known fields: {', '.join(_FIELDS)}.")
    if "account_id" not in cells:
        raise _YamlError(node, "The account has no account_id.")
    return _entry(_line(node), {name: _scalar(value) for name, value in cells.items()})


def _known_entries(node: yaml.Node, cells: dict[str, yaml.Node]) -> Iterator[KnownEntry]:
    """Other members of an entry of a public list are of no use here and may be there."""
    if "name" not in cells:
        raise _YamlError(node, "An entry of a list of known accounts needs a name.")
    name = _scalar(cells["name"]).strip()
    sources = list(_scalars(cells["source"])) if "source" in cells else []
    if not name:
        raise _YamlError(cells["name"], "The name is empty.")
    for value in _items(cells["accounts"]):
        try:
            entry = _entry(_line(value), {"account_id": _scalar(value)})
        except RefusedError as refusal:
            raise _YamlError(value, refusal.message) from refusal
        yield KnownEntry(entry.line, entry.account_id, name, " ".join(sources)[:1000])


def _items(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    return [node] if _scalar(node) not in ("", "null", "~") else []


def _scalars(node: yaml.Node) -> Iterator[str]:
    for item in _items(node):
        yield _scalar(item).strip()


def _scalar(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _YamlError(node, "One value is wanted here, not a list or a mapping.")
    return "" if node.tag == "tag:yaml.org,2002:null" else str(node.value)
