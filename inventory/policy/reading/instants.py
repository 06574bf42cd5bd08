"""Instants as policies write them: ISO 8601 or seconds since 1970."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?([Zz]|[+-]\d\d:?\d\d)?)?)?)?"
)
_SECONDS = re.compile(r"-?\d{5,}(\.\d+)?")


def instant_of(text: str) -> datetime | None:
    """The instant in UTC, or ``None`` where the text is none. A date without a time is its first second."""
    text = text.strip()
    try:
        if _SECONDS.fullmatch(text):
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(text))
        found = _ISO.fullmatch(text)
        if found is None:
            return None
        year, month, day, hour, minute, second, fraction, zone = found.groups()
        local = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")), UTC,
        )  # fmt: skip
        return local - _offset(zone)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta()
    digits = zone[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -shift if zone.startswith("-") else shift


@lru_cache(maxsize=256)
def iso(instant: datetime) -> str:
    """The instant as ``aws:CurrentTime`` shows it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=256)
def epoch(instant: datetime) -> str:
    """The instant as ``aws:EpochTime`` shows it."""
    return str(int(instant.timestamp()))
