"""Addresses: mail addresses as the terms of a grant name them, some with a wildcard.

In terms ``*`` stands for any text; a backslash takes the meaning from the ``*`` or backslash after it. Every other
character means itself, ``?`` and ``$`` included. In a policy all three have a meaning, so that they are written
``${*}``, ``${?}`` and ``${$}``, which needs version 2012-10-17.
"""

from collections.abc import Iterator, Sequence

from inventory.policy.search.languages import Pattern, Wild

_SPECIAL = "*?$"


class AddressError(ValueError):
    """An address that cannot be one."""


def pattern_of(address: str) -> Pattern:
    """What an address of terms stands for. Raises :class:`AddressError`."""
    return tuple(_tokens(address))


def _tokens(address: str) -> Iterator[str | Wild]:
    if not address or address != address.strip() or not address.isprintable():
        raise AddressError(f"{address!r} is empty, or has spaces around it or characters that nobody can see")
    characters = iter(address)
    for char in characters:
        if char != "\\":
            yield Wild.MANY if char == "*" else char
            continue
        escaped = next(characters, "")
        if escaped not in ("*", "\\"):
            raise AddressError(f"{address!r}: a backslash stands before * or a backslash only")
        yield escaped


def policy_value(address: str) -> str:
    """The same address as a value of ``StringLike`` or, without wildcards, of ``StringEquals``."""
    return "".join(_written(token) for token in pattern_of(address))


def _written(token: str | Wild) -> str:
    if isinstance(token, Wild):
        return token.value
    return f"${{{token}}}" if token in _SPECIAL else token


def operator_for(addresses: Sequence[str]) -> str:
    """``StringLike`` where any of the addresses has a wildcard, else ``StringEquals``."""
    has_wildcard = any(isinstance(token, Wild) for address in addresses for token in pattern_of(address))
    return "StringLike" if has_wildcard else "StringEquals"


def address_of(pattern: Pattern) -> str:
    """A pattern as terms write it; the inverse of :func:`pattern_of`."""
    return "".join("*" if isinstance(t, Wild) else f"\\{t}" if t in ("*", "\\") else t for t in pattern)
