"""Comparisons: whether one value of a request equals, fits or exceeds one value of a policy."""

import base64
import binascii
import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from inventory.policy.evaluation.patterns import Pattern, Wild, fields_of, folded, has_wildcard, matches
from inventory.policy.evaluation.truth import Truth

_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?", re.IGNORECASE
)
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_EPOCH = re.compile(r"-?\d{5,}")


def equal_text(pattern: Pattern, value: str) -> Truth:
    """Exact, or by wildcard where the pattern holds any."""
    return matches(pattern, value)


def equal_folded(pattern: Pattern, value: str) -> Truth:
    """Equal but for case."""
    return matches(folded(pattern), value.lower())


def equal_arn(pattern: Pattern, value: str) -> Truth:
    """Each of the six fields by itself; ``*`` alone fits every ARN, another glob of fewer fields is not readable."""
    wanted, actual = fields_of(pattern), value.split(":", 5)
    is_any = bool(pattern) and all(part is Wild.MANY for part in pattern)
    if len(wanted) < 6 and not is_any:
        return None if has_wildcard(pattern) else False
    if len(actual) < 6 or actual[0] != "arn":
        return False
    return is_any or all(matches(part, text) for part, text in zip(wanted, actual, strict=True))


def equal_bool(pattern: Pattern, value: str) -> Truth:
    """``true`` or ``false`` in any case; any other policy value is not readable."""
    wanted = "".join(str(part) for part in pattern).lower()
    if wanted not in ("true", "false"):
        return None
    return wanted == value.lower()


def in_network(wanted: str, value: str) -> Truth:
    """An address inside a CIDR range; without mask the range is the one address."""
    network = _network(wanted)
    if network is None:
        return None
    try:
        address = ip_address(value)
    except ValueError:
        return False
    return address.version == network.version and address in network


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def equal_binary(wanted: str, value: str) -> Truth:
    """The same bytes, both in base64."""
    try:
        expected = base64.b64decode(wanted, validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        return base64.b64decode(value, validate=True) == expected
    except (binascii.Error, ValueError):
        return False


def is_number(text: str) -> bool:
    """Whether numeric operators can read it."""
    return _number(text) is not None


def is_network(text: str) -> bool:
    """Whether it is a CIDR range or an address."""
    return _network(text) is not None


def is_arn_pattern(text: str) -> bool:
    """Whether it has the fields of an ARN, or no wildcard that could stand for several of them."""
    plain = _VARIABLE.sub("", text)
    return text.count(":") >= 5 or not set("*?") & set(plain) or set(text) == {"*"}


def numeric(compare: Callable[[Decimal, Decimal], bool]) -> Callable[[str, str], Truth]:
    """A comparison of numbers: the request's value on the left, the policy's on the right."""

    def compared(wanted: str, value: str) -> Truth:
        limit, actual = _number(wanted), _number(value)
        if limit is None:
            return None
        return actual is not None and compare(actual, limit)

    return compared


def _number(text: str) -> Decimal | None:
    return Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else None


def dated(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], Truth]:
    """A comparison of instants: the request's value on the left, the policy's on the right."""

    def compared(wanted: str, value: str) -> Truth:
        limit, actual = instant(wanted), instant(value)
        if limit is None:
            return None
        return actual is not None and compare(actual, limit)

    return compared


def instant(text: str) -> datetime | None:
    """An ISO 8601 date (year to fraction of a second; UTC where it names no zone) or epoch seconds; else ``None``."""
    text = text.strip()
    try:
        if _EPOCH.fullmatch(text):
            return datetime.fromtimestamp(int(text), tz=UTC)
        found = _DATE.fullmatch(text)
        return None if found is None else _from_fields(*found.groups())
    except (ValueError, OverflowError, OSError):
        return None


def _from_fields(
    year: str, month: str | None, day: str | None, hour: str | None, minute: str | None,
    second: str | None, fraction: str | None, zone: str | None,
) -> datetime:  # fmt: skip
    local = datetime(
        int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
    )
    return local + timedelta(seconds=float(fraction or 0)) - _offset(zone)


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta()
    digits = zone[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -shift if zone[0] == "-" else shift


ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
