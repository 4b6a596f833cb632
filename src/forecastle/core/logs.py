"""Structured logs: a line per event, as text for people or as JSON for machines.

What is known of an event goes in as fields, never into the sentence::

    log.info("request", extra=fields(request_id="…", operation="ListForecasts"))
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from forecastle.core.errors import InputError
from forecastle.core.settings import ServiceSettings

_FIELDS = "fields"
_LEVELS = ("debug", "info", "warning", "error")
_PLAIN = re.compile(r"[\w.:/@+#-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Others tell each request and step at their info level; of them only trouble is wanted.
_TALKATIVE = (
    "alembic",
    "botocore",
    "dbos",
    "distributed",
    "sqlalchemy",
    "urllib3",
    "uvicorn",
    "watchfiles",
)


def fields(**values: Any) -> dict[str, Any]:
    """The ``extra`` of a logging call; what is None is left out."""
    return {_FIELDS: {name: value for name, value in values.items() if value is not None}}


def configure_logging(settings: ServiceSettings, stream: TextIO | None = None) -> None:
    """Send the logs of the process to ``stream`` (standard error), in the settings' format.

    Raises:
        InputError: the level is unknown.
    """
    if settings.log_level not in _LEVELS:
        raise InputError(f"log_level '{settings.log_level}' is not known; use {', '.join(_LEVELS)}")
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else TextLines())
    level = settings.log_level.upper()
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel("DEBUG" if level == "DEBUG" else "WARNING")
    logging.captureWarnings(True)


class TextLines(logging.Formatter):
    """``2026-11-22T10:00:00.123Z info forecastle.api request operation=ListForecasts``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the story of an exception below it."""
        words = [_time(record), record.levelname.lower(), record.name, _one_line(record)]
        words += [f"{name}={_quoted(value)}" for name, value in _fields(record).items()]
        story = _story(self, record)
        return " ".join(words) if story is None else f"{' '.join(words)}\n{story}"


class JsonLines(logging.Formatter):
    """One JSON object per line: time, level, logger, message, the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The object."""
        event = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        story = _story(self, record)
        if story is not None:
            event["exception"] = story
        return json.dumps(event, ensure_ascii=False, default=str)


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return getattr(record, _FIELDS, {})


def _one_line(record: logging.LogRecord) -> str:
    """The message; what a client sent cannot begin a line of its own."""
    return _CONTROL.sub(" ", record.getMessage())


def _quoted(value: Any) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _story(formatter: logging.Formatter, record: logging.LogRecord) -> str | None:
    return formatter.formatException(record.exc_info) if record.exc_info else None
