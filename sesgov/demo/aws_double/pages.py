"""Pages of a list, with the faults that concern pages."""

import base64
from collections.abc import Sequence
from typing import TypeVar

from sesgov.demo.aws_double.call import Call
from sesgov.demo.aws_double.errors import AwsError
from sesgov.demo.aws_double.faults import FaultTable

Item = TypeVar("Item")
AFTER_EMPTY = "after-empty"


def page(faults: FaultTable, call: Call, items: Sequence[Item], size: int) -> tuple[list[Item], str | None]:
    """The page that the call's ``NextToken`` names, and the token of the next one."""
    start, note = _position(str(call.params.get("NextToken") or ""))
    if note != AFTER_EMPTY and faults.strike(call, "empty_page"):
        return [], _token(start, AFTER_EMPTY)
    cap = faults.strike(call, "page_size")
    end = start + min(size, int(cap.limit) if cap else size)
    return list(items[start:end]), _token(end, "") if end < len(items) else None


def _token(start: int, note: str) -> str:
    return base64.urlsafe_b64encode(f"{start}/{note}".encode()).decode()


def _position(token: str) -> tuple[int, str]:
    if not token:
        return 0, ""
    try:
        start, _, note = base64.urlsafe_b64decode(token).decode().partition("/")
        return int(start), note
    except ValueError as error:
        raise AwsError(400, "BadRequestException", "The pagination token is not valid.") from error
