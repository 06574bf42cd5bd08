"""JSON text as a tree in which every value and every name knows where it stands.

Deep nesting is an error and not a crash; stricter than RFC 8259 where AWS is: a name
that stands twice in one object is refused.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isinf

_DEEPEST = 64
_LARGEST = 1_000_000
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SPACE = re.compile(r"[ \t\r\n]*")
_WORDS = {"true": True, "false": False, "null": None}
_INVISIBLE = {
    "\u00a0": "no-break space", "\u200b": "zero-width space", "\u200c": "zero-width non-joiner",
    "\u200d": "zero-width joiner", "\u2060": "word joiner", "\ufeff": "byte order mark", "\u00ad": "soft hyphen",
    "\u202e": "right-to-left override", "\u201c": "curly quotation mark", "\u201d": "curly quotation mark",
    "\u2028": "line separator", "\u3000": "ideographic space",
}  # fmt: skip

_ODD = re.compile(f"[{''.join(_INVISIBLE)}]")


class PolicyError(ValueError):
    """Text that is no policy: ``line`` and ``column`` count from 1, ``element`` is a dotted path or empty."""

    def __init__(self, message: str, *, line: int, column: int, element: str = "") -> None:
        super().__init__(message)
        self.message, self.line, self.column, self.element = message, line, column, element


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text: offsets from 0, the end excluded; ``line`` and ``column`` of the start from 1."""

    start: int
    end: int
    line: int
    column: int


class Number(str):
    """A number, kept as it is written."""

    __slots__ = ()


@dataclass(slots=True)
class Node:
    """One value. ``value`` is text, a :class:`Number`, a boolean, ``None``, a list of nodes or a dict of nodes.

    ``start`` and ``end`` are the offsets of the value, ``names`` those at which the names of an object's members start.
    """

    value: "str | bool | list[Node] | dict[str, Node] | None"
    start: int
    end: int
    lines: "Lines"
    names: dict[str, int] = field(default_factory=dict)

    @property
    def span(self) -> Span:
        """The stretch of the value."""
        return self.lines.span(self.start, self.end)

    def named_span(self, name: str) -> Span:
        """The stretch of one member of an object, its name included."""
        member = self.value[name] if isinstance(self.value, dict) else self
        return self.lines.span(self.names[name], member.end)

    def at(self, path: tuple[str | int, ...]) -> "Node | None":
        """The value under a path of names and positions, or ``None``. A list of one may be left out of the path."""
        node: Node | None = self
        for step in path:
            if node is None:
                return None
            node = node.step(step)
        return node

    def step(self, step: str | int) -> "Node | None":
        """One member of an object or one item of a list; item 0 of a value that is no list is the value itself."""
        if isinstance(step, str):
            return self.value.get(step) if isinstance(self.value, dict) else None
        if isinstance(self.value, list):
            return self.value[step] if 0 <= step < len(self.value) else None
        return self if step == 0 else None


class Lines:
    """Offsets as lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The stretch between two offsets."""
        return Span(start, end, *self.place(start))


def parse(text: str, *, largest: int = _LARGEST) -> Node:
    """Read one JSON value. Raises :class:`PolicyError` with the place of what is wrong."""
    if len(text) > largest:
        raise PolicyError(f"the text has {len(text):,} characters; a policy has 4 KB at most", line=1, column=1)
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.lines = text, 0, Lines(text)
        self.names: list[str | None] = []

    def read(self) -> Node:
        if self.text.startswith("\ufeff"):
            self.at = 1
        if not self._next_char():
            raise self._error("the text is empty")
        node = self._value()
        if self._next_char():
            raise self._error(f"{self._seen()} after the end of the policy")
        return node

    def _value(self) -> Node:
        start = self.at
        char = self.text[start : start + 1]
        if char == "{":
            return self._object(start)
        if char == "[":
            return self._list(start)
        value = self._scalar(char)
        return Node(value, start, self.at, self.lines)

    def _object(self, start: int) -> Node:
        members: dict[str, Node] = {}
        node = Node(members, start, start, self.lines)
        self._enter()
        if self._next_char() == "}":
            return self._left(node)
        while True:
            at = self.at
            name = self._name(members)
            node.names[name] = at
            members[name] = self._value()
            self.names[-1] = None
            if self._is_at_end("}"):
                return self._left(node)

    def _list(self, start: int) -> Node:
        items: list[Node] = []
        node = Node(items, start, start, self.lines)
        self._enter()
        if self._next_char() == "]":
            return self._left(node)
        while True:
            items.append(self._value())
            if self._is_at_end("]"):
                return self._left(node)

    def _enter(self) -> None:
        if len(self.names) >= _DEEPEST:
            raise self._error("nested too deeply for a policy")
        self.names.append(None)
        self.at += 1

    def _left(self, node: Node) -> Node:
        self.names.pop()
        self.at += 1
        node.end = self.at
        return node

    def _is_at_end(self, end: str) -> bool:
        """Whether the container ends here; else what stands next is its next member."""
        char = self._next_char()
        if char == end:
            return True
        if char != ",":
            raise self._error(f"expected , or {end}, found {self._seen()}")
        self.at += 1
        if self._next_char() == end:
            raise self._error(f"a comma stands before the closing {end}")
        return False

    def _name(self, members: dict[str, Node]) -> str:
        start = self.at
        if self.text[start : start + 1] != '"':
            raise self._error(f"expected a name in quotation marks, found {self._seen()}")
        name = self._string()
        if name in members:
            raise self._error(f"{name!r} stands twice in one object", start)
        self.names[-1] = name
        if self._next_char() != ":":
            raise self._error(f"expected : after {name!r}, found {self._seen()}")
        self.at += 1
        self._next_char()
        return name

    def _scalar(self, char: str) -> str | bool | None:
        if char == '"':
            return self._string()
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        number = _NUMBER.match(self.text, self.at)
        if number is None:
            raise self._error(f"expected a value, found {self._seen()}")
        if isinf(float(number.group())):
            raise self._error("a number is larger than anything can count")
        self.at = number.end()
        return Number(number.group())

    def _string(self) -> str:
        found = _STRING.match(self.text, self.at)
        if found is None:
            raise self._error(self._why_no_string())
        raw = found.group()
        text = str(json.loads(raw)) if "\\" in raw else raw[1:-1]
        if _SURROGATE.search(text):
            raise self._error("a text holds half of a character (a lone surrogate)")
        if "\0" in text:
            raise self._error("a text holds a NUL character")
        self.at = found.end()
        return text

    def _why_no_string(self) -> str:
        end = re.compile(r'["\x00-\x1f]').search(self.text, self.at + 1)
        if end is None:
            return "a text is not closed: its quotation mark is missing"
        if end.group() != '"':
            return "a line break or control character stands inside a text"
        return "a text holds a backslash that escapes nothing"

    def _next_char(self) -> str:
        """Go on to the next character that is no space; nothing at the end of the text."""
        char = self.text[self.at : self.at + 1]
        if char and char in " \t\r\n":
            found = _SPACE.match(self.text, self.at)
            self.at = found.end() if found else self.at
            char = self.text[self.at : self.at + 1]
        return char

    def _seen(self) -> str:
        if self.at >= len(self.text):
            return "the end of the text"
        char = self.text[self.at]
        if char in _INVISIBLE or not char.isprintable():
            return f"an invisible or odd character (U+{ord(char):04X}, {_INVISIBLE.get(char, 'unprintable')})"
        return repr(char)

    def _error(self, message: str, offset: int | None = None) -> PolicyError:
        line, column = self.lines.place(self.at if offset is None else offset)
        names = [name for name in self.names if name]
        return PolicyError(message, line=line, column=column, element=".".join(names))


def odd_characters(text: str) -> Iterator[tuple[int, str]]:
    """Offset and name of each character that a reader cannot see or would take for another."""
    for found in _ODD.finditer(text, 1):
        yield found.start(), _INVISIBLE[found.group()]
