"""Domains: as people type them, as AWS holds them (lower case, ASCII) and as people read them."""

import re

from inventory.services.refusals import RefusedError

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# Characters that older and newer rules of international names write differently; a guess could mean another domain.
_TWO_WAYS = "\u00df\u03c2\u200c\u200d"


def ascii_domain(text: str, field: str = "domain") -> str:
    """``shop.example.com`` for ``Shop.Example.com.``, punycode for an international name; else a refusal."""
    said = text.strip().rstrip(".").lower()
    if "@" in said or "/" in said or ":" in said:
        raise RefusedError(field, f"{text.strip()!r} is an address. Enter only its domain, such as shop.example.com.")
    if any(letter in said for letter in _TWO_WAYS):
        raise RefusedError(field, f"{said!r} can be written in two ways. Enter it as AWS shows it, with xn--.")
    try:
        domain = said.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise _refusal(field, text) from error
    labels = domain.split(".")
    if len(domain) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refusal(field, text)
    return domain


def _refusal(field: str, text: str) -> RefusedError:
    return RefusedError(field, f"{text.strip()!r} is not a domain. It has two or more parts, such as shop.example.com.")


def unicode_domain(domain: str) -> str:
    """The domain as its readers write it; unchanged where that would not be legible or is no punycode."""
    labels = [_unicode_label(label) for label in domain.split(".")]
    return ".".join(labels)


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        shown = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    return shown if shown.isprintable() else label


def domains_above(domain: str) -> list[str]:
    """``example.com`` for ``mail.example.com``: whoever may send as one of them may send as the domain as well."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(1, len(labels) - 1)]
