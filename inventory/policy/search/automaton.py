"""Automaton: the exact search for a text that is inside some languages and outside others."""

from collections import deque
from collections.abc import Sequence

from inventory.policy.search.languages import State
from inventory.policy.search.templates import PRINTABLE, Demand, Template

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


_Node = tuple[int, int, tuple[State, ...]]
_DONE: State = frozenset()


class TextSearch:
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
