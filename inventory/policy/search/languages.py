"""Languages: sets of values with wildcards."""

from collections.abc import Iterable
from enum import Enum
from functools import cached_property


class Wild(Enum):
    """A token that stands for more than one character; the ``FIELD`` ones stop at a colon."""

    ONE = "?"
    MANY = "*"
    FIELD_ONE = "?:"
    FIELD_MANY = "*:"


Token = str | Wild
Pattern = tuple[Token, ...]
State = frozenset[int]


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
