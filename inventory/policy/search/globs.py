"""Globs: the text of a template that meets every demand, or the certainty of none.

What is plain is tried first; :mod:`inventory.policy.search.automaton` decides the rest.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from inventory.policy.search.automaton import Budget, TextSearch
from inventory.policy.search.templates import PRINTABLE, Demand, Segment, Shape, Template, read


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
    return TextSearch(template, linked, budget).run()


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
