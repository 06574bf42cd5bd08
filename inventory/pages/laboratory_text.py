"""Policies as one text that people read and change."""

import json
from collections.abc import Mapping

from inventory.policy.reading.jsontext import PolicyError, parse
from inventory.policy.tightening.drafts import pretty


def laid_out(text: str) -> str:
    """The text with one member to a line; as it is where it is no JSON."""
    try:
        parse(text)
    except PolicyError:
        return text
    return pretty(json.loads(text.removeprefix("\ufeff")))


def text_of(policies: Mapping[str, str]) -> str:
    """The policies of an identity as one text: a single document, or an object of name to document."""
    if len(policies) == 1:
        return laid_out(next(iter(policies.values())))
    return pretty({name: _document(text) for name, text in policies.items()}) if policies else ""


def _document(text: str) -> object:
    try:
        is_object = isinstance(parse(text).value, dict)
    except PolicyError:
        return text
    return json.loads(text.removeprefix("\ufeff")) if is_object else text
