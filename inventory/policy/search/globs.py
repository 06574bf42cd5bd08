"""Languages of text: sets of values with wildcards, and texts that lie inside some and outside others.

A text is put together from segments; several readers may each read some of the segments, so that the account inside a
principal's ARN is the same as its ``aws:PrincipalAccount``. :func:`find` searches such a text exactly.
"""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache


class Wild(Enum):
    """A token that stands for more than one character; the ``FIELD`` ones stop at a colon."""

    ONE = "?"
    MANY = "*"
    FIELD_ONE = "?:"
    FIELD_MANY = "*:"


Token = str | Wild
Pattern = tuple[Token, ...]
State = frozenset[int]

_MOST_WORK = 60_000


class TooHardError(Exception):
    """The search for a text was given up; nobody knows whether there is one."""


class Budget:
    """How much searching may still be done, in positions of patterns looked at. Once it is spent, nothing is found."""

    def __init__(self, work: int = _MOST_WORK) -> None:
        self.left = work

    def spend(self, work: int) -> None:
        """Take some away; raises :class:`TooHardError` where nothing is left."""
        self.left -= work
        if self.left < 0:
            raise TooHardError


def literal(text: str) -> Pattern:
    """A pattern in which nothing is a wildcard."""
    return tuple(text)


def wildcard(text: str) -> Pattern:
    """A pattern in which ``*`` and ``?`` are wildcards."""
    return tuple(_WILDCARDS.get(char, char) for char in text)


_WILDCARDS: dict[str, Token] = {"*": Wild.MANY, "?": Wild.ONE}
_COLON = ":"
_IN_FIELD: dict[Token, Token] = {Wild.MANY: Wild.FIELD_MANY, Wild.ONE: Wild.FIELD_ONE}


def arn_pattern(pattern: Pattern) -> Pattern | None:
    """The pattern compared field by field; ``None`` where it has fewer than the six fields of an ARN."""
    if pattern and all(token is Wild.MANY for token in pattern):
        any_field: Pattern = (Wild.FIELD_MANY, ":")
        return (*literal("arn:"), *any_field * 4, Wild.MANY)
    fields: list[Token] = []
    colons = 0
    for token in pattern:
        fields.append(token if colons >= 5 else _IN_FIELD.get(token, token))
        colons += 1 if token == _COLON else 0
    return tuple(fields) if colons >= 5 else None


class Language:
    """The union of some patterns. ``is_folded``: case does not matter."""

    def __init__(self, patterns: Iterable[Pattern], *, is_folded: bool = False) -> None:
        self.patterns = tuple(patterns)
        self.is_folded = is_folded
        self._tokens: list[Token | None] = []
        starts = []
        for pattern in self.patterns:
            starts.append(len(self._tokens))
            self._tokens += [_folded(token) for token in pattern] if is_folded else pattern
            self._tokens.append(None)
        self._starts = starts
        self._steps: dict[tuple[State, str], State] = {}
        self._accepting: dict[State, bool] = {}
        self._matches: dict[str, bool] = {}
        self._expected: dict[State, set[str]] = {}
        self._runs: dict[tuple[State, str], State] = {}

    @cached_property
    def texts(self) -> tuple[str, ...] | None:
        """All texts of a language without wildcards, each once and in the order of the patterns, else ``None``."""
        if any(isinstance(token, Wild) for pattern in self.patterns for token in pattern):
            return None
        fold = str.lower if self.is_folded else str
        return tuple(dict.fromkeys(fold("".join(map(str, pattern))) for pattern in self.patterns))

    @cached_property
    def fifth_fields(self) -> tuple[str, ...] | None:
        """What stands between the fourth and the fifth colon of every text (the account of an ARN); ``None`` where
        that is not the same for all texts of some pattern.
        """
        found = [_fifth_field(pattern) for pattern in self.patterns]
        return None if None in found or self.is_folded else tuple(each for each in found if each is not None)

    @cached_property
    def _listed(self) -> frozenset[str] | None:
        return None if self.texts is None else frozenset(self.texts)

    @cached_property
    def start(self) -> State:
        """The state before the first character."""
        return frozenset(position for start in self._starts for position in self._reached[start])

    def step(self, state: State, char: str) -> State:
        """The state after one more character."""
        known = self._steps.get((state, char))
        if known is None:
            known = self._steps[state, char] = self._after(state, char.lower() if self.is_folded else char)
        return known

    def run(self, state: State, text: str) -> State:
        """The state after a whole text."""
        known = self._runs.get((state, text))
        if known is None:
            known = state
            for char in text:
                known = self.step(known, char)
                if not known:
                    break
            self._runs[state, text] = known
        return known

    def accepts(self, state: State) -> bool:
        """Whether the text read so far is one of the language."""
        known = self._accepting.get(state)
        if known is None:
            known = self._accepting[state] = any(self._tokens[position] is None for position in state)
        return known

    def matches(self, text: str) -> bool:
        """Whether a text is one of the language."""
        if self._listed is not None:
            return (text.lower() if self.is_folded else text) in self._listed
        known = self._matches.get(text)
        if known is None:
            known = self._matches[text] = self._runs_through(text)
        return known

    def _runs_through(self, text: str) -> bool:
        state = self.start
        for char in text:
            state = self.step(state, char)
            if not state:
                return False
        return self.accepts(state)

    def expected(self, state: State) -> set[str]:
        """The characters that the patterns name at this point."""
        known = self._expected.get(state)
        if known is None:
            known = self._expected[state] = self._named(state)
        return known

    def _named(self, state: State) -> set[str]:
        named = {token for position in state if isinstance(token := self._tokens[position], str)}
        return named | {char.upper() for char in named if len(char.upper()) == 1} if self.is_folded else named

    def cost(self, state: State, char: str) -> int:
        """How many positions are looked at for one step."""
        return 1 if (state, char) in self._steps else 1 + len(state)

    def _after(self, state: State, char: str) -> State:
        tokens, reached = self._tokens, self._reached
        found: set[int] = set()
        for position in state:
            token = tokens[position]
            if token == char or token is Wild.ONE or (token is Wild.FIELD_ONE and char != ":"):
                found.update(reached[position + 1])
            elif token is Wild.MANY or (token is Wild.FIELD_MANY and char != ":"):
                found.update(reached[position])
        return frozenset(found)

    @cached_property
    def _reached(self) -> list[tuple[int, ...]]:
        """For each position, those that are reached from it without a character."""
        reached: list[tuple[int, ...]] = [()] * len(self._tokens)
        for position in range(len(self._tokens) - 1, -1, -1):
            is_many = self._tokens[position] in (Wild.MANY, Wild.FIELD_MANY)
            reached[position] = (position, *reached[position + 1]) if is_many else (position,)
        return reached


def _fifth_field(pattern: Pattern) -> str | None:
    """Cut the pattern at its colons, as long as no wildcard may stand for one."""
    field = ""
    colons = 0
    for token in pattern:
        if token == _COLON:
            if colons == 4:
                return field
            colons += 1
        elif token in (Wild.MANY, Wild.ONE) or (colons == 4 and isinstance(token, Wild)):
            return None
        elif colons == 4:
            field += str(token)
    return ""


def _folded(token: Token) -> Token:
    return token.lower() if isinstance(token, str) else token


def language(texts: Iterable[str]) -> Language:
    """The language of some texts."""
    return Language(literal(text) for text in texts)


LOWER = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
UPPER = LOWER.upper()
PRINTABLE = "".join(chr(code) for code in range(32, 127))
"""Stands for any character at all: those beyond ASCII that a pattern names are tried as well."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a text: ``text`` where it is fixed, else any ``low`` to ``high`` characters of ``alphabet``
    (no upper bound where ``high`` is 0).

    ``text`` of a free segment is what it is by preference. ``readers`` see this segment.
    """

    readers: tuple[str, ...]
    text: str
    alphabet: str = ""
    low: int = 0
    high: int = 0

    @property
    def is_free(self) -> bool:
        """Whether the text may differ."""
        return bool(self.alphabet)


@dataclass(frozen=True, slots=True)
class Demand:
    """What ``reader`` reads must be in the language, or outside it where ``is_inside`` is false."""

    reader: str
    language: Language
    is_inside: bool


Template = tuple[Segment, ...]


class Shape(tuple[Segment, ...]):  # noqa: SLOT001 - it remembers
    """A template that is used again and again: it remembers what each reader sees of it."""

    @cached_property
    def preferred(self) -> tuple[str, ...]:
        """The texts of the segments by preference."""
        return tuple(segment.text for segment in self)

    @cached_property
    def _seen(self) -> dict[str, tuple[int, ...]]:
        return {}

    @cached_property
    def _read(self) -> dict[str, str]:
        return {}

    def seen_by(self, reader: str) -> tuple[int, ...]:
        """The positions of the segments that a reader sees."""
        if reader not in self._seen:
            self._seen[reader] = tuple(index for index, segment in enumerate(self) if reader in segment.readers)
        return self._seen[reader]

    def preferred_by(self, reader: str) -> str:
        """What a reader reads by preference."""
        if reader not in self._read:
            self._read[reader] = "".join([self.preferred[index] for index in self.seen_by(reader)])
        return self._read[reader]


def read(template: Template, texts: Sequence[str], reader: str) -> str:
    """What one reader reads in a text."""
    if isinstance(template, Shape):
        if texts is template.preferred:
            return template.preferred_by(reader)
        return "".join([texts[index] for index in template.seen_by(reader)])
    return "".join([text for segment, text in zip(template, texts, strict=True) if reader in segment.readers])


def find(template: Template, demands: Sequence[Demand], budget: Budget | None = None) -> tuple[str, ...] | None:
    """The texts of the segments that meet every demand, or ``None`` where no text can.

    Raises :class:`TooHardError` where the budget is spent before that is known.
    """
    preferred = template.preferred if isinstance(template, Shape) else tuple(segment.text for segment in template)
    unmet = [d for d in demands if d.language.matches(read(template, preferred, d.reader)) is not d.is_inside]
    if not unmet:
        return preferred
    free = {reader for segment in template if segment.is_free for reader in segment.readers}
    if any(demand.reader not in free for demand in unmet):
        return None
    budget = budget or Budget()
    template, linked = _narrowed(template, unmet, demands)
    settled = _by_listed_texts(template, linked, budget)
    if settled is not None:
        return settled or None
    return _Search(template, linked, budget).run()


def _narrowed(
    template: Template, unmet: Sequence[Demand], demands: Sequence[Demand]
) -> tuple[Template, Sequence[Demand]]:
    """The segments that what is unmet depends on, the rest fixed as preferred; and the demands that read them."""
    readers = {demand.reader for demand in unmet}
    wanted = {demand.reader for demand in demands}
    grew = True
    while grew:
        touched = [
            segment.readers for segment in template if segment.is_free and not readers.isdisjoint(segment.readers)
        ]
        more = {reader for each in touched for reader in each if reader in wanted} - readers
        readers |= more
        grew = bool(more)
    narrowed = tuple(
        Segment(segment.readers, segment.text) if segment.is_free and readers.isdisjoint(segment.readers) else segment
        for segment in template
    )
    return narrowed, [demand for demand in demands if demand.reader in readers]


def _by_listed_texts(template: Template, demands: Sequence[Demand], budget: Budget) -> tuple[str, ...] | None:
    """Try the texts that one demand lists: a solution, empty where none can be, ``None`` where that stays open."""
    listing = next(
        (d for d in demands if d.is_inside and not d.language.is_folded and d.language.texts is not None), None
    )
    if listing is None:
        return None
    form = _form(template, listing.reader)
    fitting = [found for text in listing.language.texts or () if (found := form.fullmatch(text)) is not None]
    if len(fitting) > _MOST_LISTED or not (_is_plain(template, listing.reader) or not fitting):
        return None
    rest = [demand for demand in demands if demand is not listing]
    for found in fitting:
        texts = find(_filled_in(template, listing.reader, found.groups()), rest, budget)
        if texts is not None:
            return texts
    return ()


_MOST_LISTED = 20


def _is_plain(template: Template, reader: str) -> bool:
    """Whether a text can be taken apart in one way only: no two of its segments vary in length."""
    return sum(segment.is_free and segment.low != segment.high for segment in template if reader in segment.readers) < 2


def _filled_in(template: Template, reader: str, texts: Sequence[str]) -> Template:
    captured = iter(texts)
    return tuple(
        Segment(segment.readers, next(captured)) if reader in segment.readers else segment for segment in template
    )


@lru_cache(maxsize=1024)
def _form(template: Template, reader: str) -> re.Pattern[str]:
    """What one reader can read at all, a group for each segment."""
    return re.compile("".join(_group(segment) for segment in template if reader in segment.readers), re.DOTALL)


def _group(segment: Segment) -> str:
    if not segment.is_free:
        return f"({re.escape(segment.text)})"
    kind = "." if segment.alphabet is PRINTABLE else f"[{re.escape(segment.alphabet)}]"
    return f"({kind}{{{segment.low},{segment.high or ''}}})"


_Node = tuple[int, int, tuple[State, ...]]
_DONE: State = frozenset()


class _Search:
    """Breadth first over (segment, characters in it, state of each language); the shortest text is found."""

    def __init__(self, template: Template, demands: Sequence[Demand], budget: Budget) -> None:
        self.template, self.demands, self.budget = template, demands, budget
        self.reading = [
            [position for position, demand in enumerate(demands) if demand.reader in segment.readers]
            for segment in template
        ]
        self.ending: dict[int, list[int]] = {}
        for position, demand in enumerate(demands):
            read_by = [index for index, segment in enumerate(template) if demand.reader in segment.readers]
            self.ending.setdefault(max(read_by, default=-1), []).append(position)
        self.came: dict[_Node, tuple[_Node, str] | None] = {}
        self.queue: deque[_Node] = deque()

    def run(self) -> tuple[str, ...] | None:
        start = self._settled(-1, tuple(demand.language.start for demand in self.demands))
        if start is not None:
            self._reach((0, 0, start), None)
        while self.queue:
            node = self.queue.popleft()
            if node[0] == len(self.template):
                return self._texts(node)
            self.budget.spend(4)
            self._expand(node)
        return None

    def _settled(self, index: int, states: tuple[State, ...]) -> tuple[State, ...] | None:
        """The states after a segment: what reads no further one must be met now, and then no longer matters."""
        if index not in self.ending:
            return states
        after = list(states)
        for position in self.ending[index]:
            demand = self.demands[position]
            if demand.language.accepts(after[position]) is not demand.is_inside:
                return None
            after[position] = _DONE
        return tuple(after)

    def _reach(self, node: _Node, came: tuple[_Node, str] | None) -> None:
        if node not in self.came:
            self.came[node] = came
            self.queue.append(node)

    def _expand(self, node: _Node) -> None:
        index, count, states = node
        segment = self.template[index]
        if not segment.is_free or not self.reading[index]:
            fed = self._fed(index, states, segment.text)
            after = self._settled(index, fed) if fed is not None else None
            if after is not None:
                self._reach((index + 1, 0, after), (node, segment.text))
            return
        if count >= segment.low:
            left = self._settled(index, states)
            if left is not None:
                self._reach((index + 1, 0, left), (node, ""))
        if segment.high and count >= segment.high:
            return
        for char in self._choices(index, states):
            after = self._fed(index, states, char)
            if after is not None:
                self._reach((index, min(count + 1, segment.high or segment.low), after), (node, char))

    def _fed(self, index: int, states: tuple[State, ...], text: str) -> tuple[State, ...] | None:
        after = list(states)
        for position in self.reading[index]:
            demand = self.demands[position]
            state = after[position]
            if state and text:
                self.budget.spend(demand.language.cost(state, text[0]))
                state = demand.language.run(state, text) if len(text) > 1 else demand.language.step(state, text)
            if not state and demand.is_inside:
                return None
            after[position] = state
        return tuple(after)

    def _choices(self, index: int, states: tuple[State, ...]) -> list[str]:
        alphabet = self.template[index].alphabet
        named: set[str] = set()
        for position in self.reading[index]:
            named |= self.demands[position].language.expected(states[position])
        fresh = next((char for char in alphabet if char not in named), None)
        chosen = sorted(named if alphabet is PRINTABLE else (char for char in named if char in alphabet))
        return chosen if fresh is None else [fresh, *chosen]

    def _texts(self, node: _Node) -> tuple[str, ...]:
        texts = [""] * len(self.template)
        came = self.came[node]
        while came is not None:
            node, text = came
            texts[node[0]] = text + texts[node[0]]
            came = self.came[node]
        return tuple(texts)
