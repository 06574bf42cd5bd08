"""A policy laid out line by line, with remarks beside the lines they speak of."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inventory.policy.reading.jsontext import Node, Number, PolicyError, parse

Path = tuple[str | int, ...]
_INLINE_WIDTH = 76
_DEEPEST_DRAWN = 8


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about one element.

    ``tone`` is ``bad``, ``caution``, ``good`` or ``plain``; ``url`` may be empty.
    """

    path: Path
    text: str
    tone: str = "plain"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the laid-out text; ``path`` is the element that begins on it."""

    number: int
    text: str
    path: Path
    remarks: tuple[Remark, ...] = ()

    @property
    def depth(self) -> int:
        """How deep the line is indented, in steps, as far as the page draws it."""
        return min((len(self.text) - len(self.text.lstrip(" "))) // 2, _DEEPEST_DRAWN)

    @property
    def tone(self) -> str:
        """The most pressing tone of the remarks, or empty."""
        tones = {remark.tone for remark in self.remarks}
        return next((tone for tone in ("bad", "caution", "good", "plain") if tone in tones), "")


def annotated_lines(text: str, remarks: Iterable[Remark]) -> list[Line]:
    """The lines of a policy with its remarks; text that is no JSON keeps its own lines and its error."""
    try:
        root = parse(text)
    except PolicyError as error:
        return _raw_lines(text, error)
    plain = list(_lay_out(root, (), "", ""))
    placed = _placed(root, {path for path, _ in plain}, remarks)
    seen: set[Path] = set()
    lines = []
    for number, (path, line) in enumerate(plain, start=1):
        own = () if path in seen else tuple(placed.get(path, ()))
        seen.add(path)
        lines.append(Line(number, line, path, own))
    return lines


def pretty_lines(text: str) -> list[str]:
    """The laid-out text alone, for comparisons; the raw lines where it is no JSON."""
    try:
        return [line for _, line in _lay_out(parse(text), (), "", "")]
    except PolicyError:
        return text.splitlines()


def _raw_lines(text: str, error: PolicyError) -> list[Line]:
    remark = Remark((), f"This text is no policy: {error.message}. Nothing was concluded from it.", "bad")
    return [
        Line(number, line, (), (remark,) if number == error.line else ())
        for number, line in enumerate(text.splitlines() or [""], start=1)
    ]


def _placed(root: Node, paths: set[Path], remarks: Iterable[Remark]) -> dict[Path, list[Remark]]:
    """Each remark at its element, or at the nearest element around it that has a line."""
    placed: dict[Path, list[Remark]] = defaultdict(list)
    for remark in remarks:
        path = _existing(root, remark.path)
        while path not in paths:
            path = path[:-1]
        if remark.text not in [each.text for each in placed[path]]:
            placed[path].append(remark)
    return placed


def _existing(root: Node, path: Path) -> Path:
    """The path without the zeros that stand for "the only one", as far as it exists."""
    node, found = root, []
    for step in path:
        following = node.step(step)
        if following is None:
            break
        if isinstance(step, str) or isinstance(node.value, list):
            found.append(step)
        node = following
    return tuple(found)


def _lay_out(node: Node, path: Path, indent: str, name: str, end: str = "") -> Iterator[tuple[Path, str]]:
    """Lines with the element that begins on each; a closing bracket carries its opening's path."""
    head = f"{indent}{json.dumps(name, ensure_ascii=False)}: " if name else indent
    inline = _inline(node)
    if inline is not None and (len(head) + len(inline) <= _INLINE_WIDTH or not isinstance(node.value, list)):
        yield path, f"{head}{inline}{end}"
        return
    members = _members(node)
    opening, closing = ("{", "}") if isinstance(node.value, dict) else ("[", "]")
    yield path, f"{head}{opening}"
    for position, (step, label, child) in enumerate(members, start=1):
        yield from _lay_out(child, (*path, step), f"{indent}  ", label, "," if position < len(members) else "")
    yield path, f"{indent}{closing}{end}"


def _members(node: Node) -> list[tuple[str | int, str, Node]]:
    if isinstance(node.value, dict):
        return [(name, name, child) for name, child in node.value.items()]
    if isinstance(node.value, list):
        return [(position, "", child) for position, child in enumerate(node.value)]
    return []


def _inline(node: Node) -> str | None:
    """The value on one line: a scalar, an empty object, or a list of scalars; else ``None``."""
    value = node.value
    if isinstance(value, dict):
        return None if value else "{}"
    if isinstance(value, list):
        items = [_inline(child) for child in value if not isinstance(child.value, list)]
        return None if len(items) < len(value) or None in items else f"[{', '.join(map(str, items))}]"
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)
