"""Three-valued truth: a match that the IAM rules leave open is ``None``.

Under an Allow an open match counts as a match, under a Deny it does not: nothing is called safe on a guess.
"""

from collections.abc import Iterable

Truth = bool | None


def both(parts: Iterable[Truth]) -> Truth:
    """True where all parts are, false where one is false, else open."""
    seen = list(parts)
    if False in seen:
        return False
    return None if None in seen else True


def either(parts: Iterable[Truth]) -> Truth:
    """True where one part is, false where all are false, else open."""
    seen = list(parts)
    if True in seen:
        return True
    return None if None in seen else False


def opposite(part: Truth) -> Truth:
    """The negation; what is open stays open."""
    return None if part is None else not part
