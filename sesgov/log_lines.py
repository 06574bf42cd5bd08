"""How log lines look: text for a terminal, JSON for a collector of logs; and what no line may hold.

A line has the id of the request or of the task that it was written in, and the run where one is meant.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog

# What our own lines say besides their words; Django's would add the whole request.
_OURS = frozenset(
    {"account", "error", "identity", "outcome", "part", "problem", "region", "run", "scope", "scopes", "seconds"}
    | {"head", "position", "unsealed"}
)
SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(allow=_OURS),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# Beat's tick alone would write a hundred thousand lines a day.
TALKATIVE = ("botocore", "celery", "django_structlog.celery", "pgtrigger")
HIDDEN = "[hidden]"
_SHORTEST_SECRET = 6
# API tokens, links that set a password, and addresses with a password inside, whosever they are.
_SHAPES = (
    r"(?<![\w-])sesgov_[\w-]{30,}",
    r"(?<=/reset/key/)[^/\s\"']+",
    r"(?<=://)[^/\s\"'@]*:[^/\s\"'@]+(?=@)",
)


def configure(log_format: str, level: str, secrets: Iterable[str] = ()) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING; `log_format` is `text` or `json`, `secrets` stand in no line."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    _hiding(_renderer(log_format), secrets),
                ],
                "foreign_pre_chain": SHARED_PROCESSORS,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            **{name: {"level": "WARNING"} for name in TALKATIVE},
        },
    }


Renderer = Callable[[Any, str, Any], Any]


def _renderer(log_format: str) -> Renderer:
    if log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=False)


def _hiding(render: Renderer, secrets: Iterable[str]) -> Renderer:
    """The renderer, with whatever must not be read taken out of the finished line."""
    known = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
    # As they are, and as they stand inside JSON; the longest first, should one hold another.
    written = sorted(known | {json.dumps(secret, ensure_ascii=False)[1:-1] for secret in known}, key=len, reverse=True)
    pattern = re.compile("|".join([*map(re.escape, written), *_SHAPES]))

    def hide(logger: Any, name: str, event: Mapping[str, Any]) -> str:
        return pattern.sub(HIDDEN, str(render(logger, name, event)))

    return hide
