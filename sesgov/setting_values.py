"""What a variable of the environment may hold: each check answers the value as we use it, or raises SettingError."""

import re
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SHORTEST_SECRET = 50
_SHORTEST_WEBHOOK_SECRET = 20
ROLES = ("viewer", "owner", "security", "vendor_manager", "auditor", "admin")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MAIL_SCHEMES = ("smtp", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail", "dummymail")


class SettingError(ValueError):
    """A variable of the environment that cannot be used; the text is one line for the operator."""


def _fail(name: str, value: str, wanted: str) -> SettingError:
    return SettingError(f"{name}={value!r} cannot be used: {wanted}")


def _url(name: str, value: str, schemes: tuple[str, ...]) -> str:
    wanted = f"expected {' or '.join(f'{scheme}://' for scheme in schemes)} followed by a host"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise _fail(name, _without_password(value), wanted) from None
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise _fail(name, _without_password(value), wanted)
    return value


def database_url(name: str, value: str) -> str:
    url = _url(name, value, ("postgres", "postgresql"))
    if len(urlsplit(url).path) < 2:
        raise _fail(name, _without_password(value), "expected the name of a database at the end")
    return url


def redis_url(name: str, value: str) -> str:
    url = _url(name, value, ("redis", "rediss"))
    if not re.fullmatch(r"/?\d*", urlsplit(url).path):
        raise _fail(name, _without_password(value), "expected nothing or the number of a database after the host")
    return url


def http_url(name: str, value: str) -> str:
    return _url(name, value, ("http", "https"))


def secret_key(name: str, value: str) -> str:
    if len(value) < SHORTEST_SECRET:
        raise SettingError(f"{name} cannot be used: expected at least {SHORTEST_SECRET} characters")
    return value


def secret(name: str, value: str) -> str:
    if not value.isprintable() or len(value) > 1000:
        raise SettingError(f"{name} cannot be used: expected one line of at most 1000 characters")
    return value


def issuer(name: str, value: str) -> str:
    """An issuer's address exactly as it stands in its tokens, a slash at the end included."""
    parts = urlsplit(_url(name, value, ("http", "https")))
    is_here = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme == "http" and not is_here:
        raise _fail(name, _without_password(value), "expected https://, since who listens could sign in as anybody")
    if parts.query or parts.fragment or parts.username or "/.well-known/" in value:
        raise _fail(
            name, _without_password(value), "expected the issuer alone, such as https://login.example.com/tenant"
        )
    return value


def roles(name: str, value: str) -> tuple[str, ...]:
    return tuple(_one_of(name, role, ROLES) for role in words(name, value))


def groups_of_roles(name: str, value: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a group and a role; a group may stand in several pairs."""
    pairs = []
    for item in words(name, value):
        group, _, role = (part.strip() for part in item.rpartition("="))
        if not group or role not in ROLES:
            wanted = f"expected pairs such as mail-security=security, with a role out of {', '.join(ROLES)}"
            raise _fail(name, item, wanted)
        pairs.append((group, role))
    return tuple(pairs)


def session_hours(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", value) or not 1 <= int(value) <= 168:
        raise _fail(name, value, "expected whole hours from 1 to 168")
    return int(value)


def address(name: str, value: str) -> str:
    if "@" not in value:
        raise _fail(name, value, "expected a mail address")
    return value


def _without_password(url: str) -> str:
    return re.sub(r"//.*@", "//...@", url)


def boolean(name: str, value: str) -> bool:
    word = value.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off", ""}:
        return False
    raise _fail(name, value, "expected true or false")


def _one_of(name: str, value: str, words: tuple[str, ...]) -> str:
    if value not in words:
        raise _fail(name, value, f"expected {' or '.join(words)}")
    return value


def embedded(name: str, value: str) -> str:
    return _one_of(name, value, ("auto", "wheel"))


def log_format(name: str, value: str) -> str:
    return _one_of(name, value, ("text", "json"))


def log_level(name: str, value: str) -> str:
    return _one_of(name, value.upper(), LOG_LEVELS)


def rate(name: str, value: str) -> float:
    try:
        rate = float(value)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1000:
        raise _fail(name, value, "expected requests per second from 0 (no limit) to 1000")
    return rate


def seconds(name: str, value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 1 <= seconds <= 3600:
        raise _fail(name, value, "expected seconds from 1 to 3600")
    return seconds


def proxies(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]", value):
        raise _fail(name, value, "expected the number of proxies in front of sesgov, 0 to 9")
    return int(value)


def zone(name: str, value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _fail(name, value, "expected a zone such as Europe/Berlin") from None


def time_of_day(name: str, value: str) -> time | None:
    if value == "never":
        return None
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
        raise _fail(name, value, "expected HH:MM or never")
    hour, minute = value.split(":")
    return time(int(hour), int(minute))


def hour_and_minute(name: str, value: str) -> time:
    found = time_of_day(name, value)
    if found is None:
        raise _fail(name, value, "expected HH:MM")
    return found


def hook_url(name: str, value: str) -> str:
    """Where something is posted to; the address is itself a secret, so a refusal shows none of it."""
    try:
        parts = urlsplit(value)
        is_whole = bool(parts.hostname) and parts.port != 0 and not parts.username and value.isprintable()
    except ValueError:
        raise SettingError(f"{name} cannot be used: expected https:// followed by a host") from None
    is_here = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not is_whole or (parts.scheme != "https" and not (parts.scheme == "http" and is_here)):
        raise SettingError(f"{name} cannot be used: expected https:// followed by a host, and no password")
    return value


def webhook_secret(name: str, value: str) -> str:
    if len(value) < _SHORTEST_WEBHOOK_SECRET:
        raise SettingError(f"{name} cannot be used: expected at least {_SHORTEST_WEBHOOK_SECRET} characters")
    return secret(name, value)


def words(name: str, value: str) -> tuple[str, ...]:
    items = tuple(item.strip() for item in value.split(",") if item.strip())
    if not items:
        raise _fail(name, value, "expected words with commas between them")
    return items


def regions(name: str, value: str) -> tuple[str, ...]:
    """Names of regions; a slip of the pen would leave a region unread without a word."""
    items = words(name, value)
    if not all(re.fullmatch(r"[a-z]{2,4}(-[a-z]+){1,3}-[0-9]{1,2}", item) for item in items):
        raise _fail(name, value, "expected names of regions such as eu-west-1, with commas between them")
    return items


def line(name: str, value: str) -> str:
    """A name of at most 200 characters."""
    if len(value) > 200:
        raise _fail(name, value, "a name of at most 200 characters")
    return value


def base_url(name: str, value: str) -> str:
    url = _url(name, value, ("http", "https"))
    if urlsplit(url).path.strip("/") or urlsplit(url).query:
        raise _fail(name, value, "expected scheme, host and port only, without a path")
    return url.rstrip("/")


def role_name(name: str, value: str) -> str:
    if not re.fullmatch(r"[\w+=,.@/-]{1,128}", value):
        raise _fail(name, value, "expected the name of an IAM role, without an ARN")
    return value


def external_id(name: str, value: str) -> str:
    if not re.fullmatch(r"[\w+=,.@:/-]{2,1224}", value):
        raise SettingError(f"{name} cannot be used: expected 2 to 1224 letters, digits or +=,.@:/-")
    return value


def mail_url(name: str, value: str) -> str:
    try:
        parts = urlsplit(value)
        is_known = parts.scheme in MAIL_SCHEMES and parts.port != 0
    except ValueError:
        is_known = False
    if not is_known:
        raise _fail(
            name, _without_password(value), f"expected one of {', '.join(MAIL_SCHEMES)}, with a port that exists"
        )
    return value


def state_dir(name: str, value: str) -> Path:
    return _path(name, value, "expected a folder")


def key_file(name: str, value: str) -> Path:
    return _path(name, value, "expected the path of a file")


def _path(name: str, value: str, expected: str) -> Path:
    if "\0" in value:
        raise _fail(name, value, expected)
    return Path(value).expanduser().absolute()
