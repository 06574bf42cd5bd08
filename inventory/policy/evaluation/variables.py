"""Policy variables: ``${key}``, ``${key, 'default'}`` and the literals ``${*}``, ``${?}``, ``${$}``."""

import re
from collections.abc import Mapping, Sequence

from inventory.policy.evaluation.keys import is_documented
from inventory.policy.evaluation.patterns import Pattern, literal_of, pattern_of

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULTED = re.compile(r"\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?")

Context = Mapping[str, Sequence[str]]


class UnreadableVariableError(ValueError):
    """A ``${`` that IAM's grammar does not explain."""


def expand(text: str, context: Context, *, variables: bool, wildcards: bool) -> Pattern | None:
    """The pattern a policy value stands for in one request.

    ``context`` maps lower-case keys to their values. ``variables`` is false for a policy older than 2012-10-17:
    the text then stands for itself. ``None``: a variable without default names a key the request does not carry
    with exactly one value, so that the value equals nothing.
    """
    plain = pattern_of if wildcards else literal_of
    if not variables:
        return plain(text)
    parts: list[str | Pattern] = list(_VARIABLE.split(text))
    if any("${" in str(piece) for piece in parts[0::2]):
        raise UnreadableVariableError(text)
    expanded: Pattern = ()
    for position, piece in enumerate(parts):
        if position % 2 == 0:
            expanded += plain(str(piece))
            continue
        value = _value_of(str(piece), context)
        if value is None:
            return None
        expanded += literal_of(value)
    return expanded


def _value_of(inside: str, context: Context) -> str | None:
    if inside in ("*", "?", "$"):
        return inside
    named = _DEFAULTED.fullmatch(inside)
    if named is None:
        raise UnreadableVariableError(inside)
    key, default = named.groups()
    values = context.get(key.lower(), ())
    if not values and not is_documented(key):
        raise UnreadableVariableError(inside)
    return values[0] if len(values) == 1 else default
