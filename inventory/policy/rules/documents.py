"""The few things that rules read from a policy's text rather than from its analysis."""

import json
from collections.abc import Mapping
from typing import Any


def statements(text: str) -> list[Mapping[str, Any]]:
    """The statements of a policy in their order; none where the text is no policy, which the analysis reports."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return []
    found = document.get("Statement", []) if isinstance(document, dict) else []
    listed = found if isinstance(found, list) else [found]
    return [statement if isinstance(statement, dict) else {} for statement in listed]


def values(element: Any) -> list[str]:
    """The texts of an element that may be one text or a list of them."""
    listed = element if isinstance(element, list) else [element]
    return [item for item in listed if isinstance(item, str)]


def effect(statement: Mapping[str, Any]) -> str:
    """``Allow``, ``Deny`` or empty."""
    found = statement.get("Effect")
    return found if isinstance(found, str) else ""
