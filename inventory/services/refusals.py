"""Refusals: bad input said as what, where and what to do."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

# What a terminal obeys, what turns a line around, and halves of characters that no database takes.
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class RefusedError(ValueError):
    """Input that is not taken; nothing was written. ``field`` names where, the message says what and what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class ConflictError(Exception):
    """Somebody else was quicker: what was to be decided stands differently now. Nothing was written."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def check_text(field: str, value: str, longest: int) -> None:
    """As :func:`check_words`, for text of several lines."""
    check_words(field, value.replace("\r\n", " ").replace("\n", " "), longest)


def check_email(address: str) -> None:
    """Refuse what is no e-mail address, at the field ``email``."""
    try:
        validate_email(address)
    except ValidationError as error:
        raise RefusedError("email", f"{address!r} is not an e-mail address.") from error
    check_words("email", address, 254)


def check_words(field: str, value: str, longest: int) -> None:
    """Refuse a name that is too long or holds what nobody can see."""
    if len(value) > longest:
        raise RefusedError(field, f"The {field} has {len(value)} characters; at most {longest} are kept.")
    if found := _ODD.search(value):
        shown = f"U+{ord(found.group()):04X}"
        raise RefusedError(field, f"The {field} holds a control character or half of one ({shown}). Remove it.")
