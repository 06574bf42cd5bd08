"""Values: what a value that is written in a condition stands for."""

import re
from collections.abc import Mapping, Sequence

from inventory.policy.search.languages import Pattern, Wild, literal, wildcard

VARIABLE = re.compile(r"\$\{([^{}]*)\}")
REFERENCE = re.compile(r"\s*([^,\s'*?$]+)\s*(?:,\s*'([^']*)'\s*)?")
SPECIAL = {"*", "?", "$"}


def expand(value: str, context: Mapping[str, str], *, has_wildcards: bool, has_variables: bool) -> Pattern | None:
    """The pattern that a value stands for; ``None`` where a variable without default has no value."""
    plain = wildcard if has_wildcards else literal
    if not has_variables or "${" not in value:
        return plain(value)
    parts: list[Pattern] = []
    for position, piece in enumerate(VARIABLE.split(value)):
        if position % 2 == 0:
            parts.append(plain(piece))
            continue
        if piece in SPECIAL:
            parts.append((piece,))
            continue
        named = REFERENCE.fullmatch(piece)
        filled = context.get(named[1].lower(), named[2]) if named is not None else None
        if filled is None:
            return None
        parts.append(literal(filled))
    return tuple(token for part in parts for token in part)


def names_only(value: str, key_name: str) -> bool:
    """Whether a value is the variable of its own key and nothing else: any value of the key is equal to that."""
    found = VARIABLE.fullmatch(value)
    named = REFERENCE.fullmatch(found[1]) if found is not None else None
    return named is not None and named[1].lower() == key_name.lower()


def has_wildcard(value: str) -> bool:
    """Whether a value written for a ``Like`` operator has a wildcard."""
    return any(isinstance(token, Wild) for token in wildcard(VARIABLE.sub("", value)))


def variables_in(values: Sequence[str]) -> tuple[str, ...]:
    found = [
        named[1].lower()
        for value in values
        for inside in VARIABLE.findall(value)
        if (named := REFERENCE.fullmatch(inside)) is not None
    ]
    return tuple(dict.fromkeys(found))
