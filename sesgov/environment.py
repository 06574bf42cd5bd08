"""What the environment says, read and checked in one place.

`read` answers a frozen `Environment` or raises `SettingError`, whose text is one line that names the variable, what is
wrong with it and what it should look like. The table of variables in the README has one row per field.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 50
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MAIL_SCHEMES = ("smtp", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail", "dummymail")

Value = TypeVar("Value")
Default = TypeVar("Default")


class SettingError(ValueError):
    """A variable of the environment that cannot be used; the text is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings in force. `None` means: not given."""

    database_url: str | None
    redis_url: str | None
    aws_endpoint_url: str | None
    state_dir: Path
    embedded: str
    production: bool
    debug: bool
    demo: bool
    secret_key: str | None
    base_url: str
    allowed_hosts: tuple[str, ...]
    time_zone: ZoneInfo
    collect_at: time | None
    ses_rate: float
    regions: tuple[str, ...]
    lease_seconds: float
    role_name: str | None
    external_id: str | None
    owner_tag_keys: tuple[str, ...]
    mail_url: str
    mail_from: str
    log_format: str
    log_level: str


def _fail(name: str, value: str, wanted: str) -> SettingError:
    return SettingError(f"{name}={value!r} cannot be used: {wanted}")


def _url(name: str, value: str, schemes: tuple[str, ...]) -> str:
    wanted = f"expected {' or '.join(f'{scheme}://' for scheme in schemes)} followed by a host"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise _fail(name, value, wanted) from None
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise _fail(name, _without_password(value), wanted)
    return value


def _database_url(name: str, value: str) -> str:
    url = _url(name, value, ("postgres", "postgresql"))
    if len(urlsplit(url).path) < 2:
        raise _fail(name, _without_password(value), "expected the name of a database at the end")
    return url


def _redis_url(name: str, value: str) -> str:
    url = _url(name, value, ("redis", "rediss"))
    if not re.fullmatch(r"/?\d*", urlsplit(url).path):
        raise _fail(name, _without_password(value), "expected nothing or the number of a database after the host")
    return url


def _http_url(name: str, value: str) -> str:
    return _url(name, value, ("http", "https"))


def _secret_key(name: str, value: str) -> str:
    if len(value) < SHORTEST_SECRET:
        raise SettingError(f"{name} cannot be used: expected at least {SHORTEST_SECRET} characters")
    return value


def _address(name: str, value: str) -> str:
    if "@" not in value:
        raise _fail(name, value, "expected a mail address")
    return value


def _without_password(url: str) -> str:
    return re.sub(r"//[^@/]*@", "//...@", url)


def _boolean(name: str, value: str) -> bool:
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


def _embedded(name: str, value: str) -> str:
    return _one_of(name, value, ("auto", "wheel"))


def _log_format(name: str, value: str) -> str:
    return _one_of(name, value, ("text", "json"))


def _log_level(name: str, value: str) -> str:
    return _one_of(name, value.upper(), LOG_LEVELS)


def _rate(name: str, value: str) -> float:
    try:
        rate = float(value)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1000:
        raise _fail(name, value, "expected requests per second from 0 (no limit) to 1000")
    return rate


def _seconds(name: str, value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 1 <= seconds <= 3600:
        raise _fail(name, value, "expected seconds from 1 to 3600")
    return seconds


def _zone(name: str, value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _fail(name, value, "expected a zone such as Europe/Berlin") from None


def _time_of_day(name: str, value: str) -> time | None:
    if value == "never":
        return None
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
        raise _fail(name, value, "expected HH:MM or never")
    hour, minute = value.split(":")
    return time(int(hour), int(minute))


def _list(name: str, value: str) -> tuple[str, ...]:
    items = tuple(item.strip() for item in value.split(",") if item.strip())
    if not items:
        raise _fail(name, value, "expected words with commas between them")
    return items


def _base_url(name: str, value: str) -> str:
    url = _url(name, value, ("http", "https"))
    if urlsplit(url).path.strip("/") or urlsplit(url).query:
        raise _fail(name, value, "expected scheme, host and port only, without a path")
    return url.rstrip("/")


def _role_name(name: str, value: str) -> str:
    if not re.fullmatch(r"[\w+=,.@/-]{1,128}", value):
        raise _fail(name, value, "expected the name of an IAM role, without an ARN")
    return value


def _external_id(name: str, value: str) -> str:
    if not re.fullmatch(r"[\w+=,.@:/-]{2,1224}", value):
        raise _fail(name, value, "expected 2 to 1224 letters, digits or +=,.@:/-")
    return value


def _mail_url(name: str, value: str) -> str:
    if urlsplit(value).scheme not in MAIL_SCHEMES:
        raise _fail(name, _without_password(value), f"expected one of {', '.join(MAIL_SCHEMES)}")
    return value


def _state_dir(name: str, value: str) -> Path:
    if "\0" in value:
        raise _fail(name, value, "expected a folder")
    return Path(value).expanduser().absolute()


def read(variables: Mapping[str, str]) -> Environment:
    """The settings that `variables` (usually os.environ) give; raises SettingError at the first bad one."""
    reader = _Reader(variables)
    production = reader.get("SESGOV_PRODUCTION", _boolean, default=False)
    base_url = reader.get("SESGOV_BASE_URL", _base_url, default="http://127.0.0.1:8000")
    environment = Environment(
        database_url=reader.get("DATABASE_URL", _database_url, default=None),
        redis_url=reader.get("REDIS_URL", _redis_url, default=None),
        aws_endpoint_url=reader.get("AWS_ENDPOINT_URL", _http_url, default=None),
        state_dir=reader.get("SESGOV_STATE_DIR", _state_dir, default=ROOT / ".state"),
        embedded=reader.get("SESGOV_EMBEDDED", _embedded, default="auto"),
        production=production,
        debug=reader.get("SESGOV_DEBUG", _boolean, default=False),
        demo=reader.get("SESGOV_DEMO", _boolean, default=False),
        secret_key=reader.get("SESGOV_SECRET_KEY", _secret_key, default=None),
        base_url=base_url,
        allowed_hosts=reader.get("SESGOV_ALLOWED_HOSTS", _list, default=()),
        time_zone=reader.get("SESGOV_TIME_ZONE", _zone, default=ZoneInfo("UTC")),
        collect_at=reader.get("SESGOV_COLLECT_AT", _time_of_day, default=time(2, 0)),
        ses_rate=reader.get("SESGOV_SES_RATE", _rate, default=1.0),
        regions=reader.get("SESGOV_REGIONS", _list, default=()),
        lease_seconds=reader.get("SESGOV_LEASE_SECONDS", _seconds, default=120.0),
        role_name=reader.get("SESGOV_ROLE_NAME", _role_name, default=None),
        external_id=reader.get("SESGOV_EXTERNAL_ID", _external_id, default=None),
        owner_tag_keys=reader.get("SESGOV_OWNER_TAG_KEYS", _list, default=("owner", "team", "contact")),
        mail_url=reader.get("SESGOV_MAIL_URL", _mail_url, default="consolemail://"),
        mail_from=reader.get("SESGOV_MAIL_FROM", _address, default="sesgov@localhost"),
        log_format=reader.get("SESGOV_LOG_FORMAT", _log_format, default="json" if production else "text"),
        log_level=reader.get("SESGOV_LOG_LEVEL", _log_level, default="INFO"),
    )
    if production:
        _refuse_unsafe_production(environment)
    return environment


@dataclass(frozen=True, slots=True)
class _Reader:
    variables: Mapping[str, str]

    def get(self, name: str, check: Callable[[str, str], Value], *, default: Default) -> Value | Default:
        value = self.variables.get(name, "").strip()
        return check(name, value) if value else default


def _refuse_unsafe_production(environment: Environment) -> None:
    wanted = {
        "DATABASE_URL": environment.database_url,
        "REDIS_URL": environment.redis_url,
        "SESGOV_SECRET_KEY": environment.secret_key,
    }
    missing = [name for name, value in wanted.items() if value is None]
    if missing:
        raise SettingError(f"SESGOV_PRODUCTION is on, so {' and '.join(missing)} must be given; nothing is embedded")
    if not environment.base_url.startswith("https://"):
        raise SettingError("SESGOV_PRODUCTION is on, so SESGOV_BASE_URL must be given and begin with https://")
    if environment.debug or environment.demo:
        raise SettingError("SESGOV_PRODUCTION does not go together with SESGOV_DEBUG or the demo")
