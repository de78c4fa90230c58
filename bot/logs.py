"""One JSON object per line on standard output, for our own lines and for those of libraries."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog


def _drop_exception_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A database error repeats values of its statement, which are a customer's words: keep the place only."""
    text = event.get("exception")
    if isinstance(text, str):
        lines = (line for line in text.splitlines() if "[parameters:" not in line and "DETAIL:" not in line)
        event["exception"] = "\n".join(lines)
    return event


# These would log statements and queries with their values, and addresses of the Bot API, which hold the token.
_TOO_TALKATIVE = ("aiosqlite", "sqlalchemy", "psycopg", "aiohttp.access", "httpx", "httpcore", "telegram")


def configure_logs(level: str) -> None:
    """Set up structlog and the standard library's logging."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _drop_exception_values,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(ensure_ascii=False), foreign_pre_chain=shared
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _TOO_TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
