"""How Atlas logs: every line through structlog, whoever wrote it."""

import logging
import re
from typing import Any

import structlog

from atlas.card_numbers import strike_card_numbers, struck


def strike(logger: Any, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """No line holds a card number, whoever wrote it: the values as they are, before any of them is escaped."""
    return {key: struck(value) for key, value in event.items()}


DEVICE_TOKEN = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[\w-]{20,}", re.ASCII)
"""Stands in a path where an app knows no headers (`telemetry.osmand`)."""


def strike_tokens(line: str) -> str:
    return DEVICE_TOKEN.sub(r"\1.***", line)


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Strikes the whole line once more: tracebacks and the texts of objects come to be only here."""

    def format(self, record: logging.LogRecord) -> str:
        return strike_tokens(strike_card_numbers(super().format(record)))


SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    strike,
]


def configured(*, as_json: bool, level: str) -> dict[str, Any]:
    """Set structlog up; gives Django's `LOGGING`. One JSON object a line, or lines that people read."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": Formatter,
                "foreign_pre_chain": SHARED,
                "processor": structlog.processors.JSONRenderer()
                if as_json
                else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "daphne": {"level": "WARNING"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners guess; they get their 400
            "botocore": {"level": "WARNING"},
            "pynamodb": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
        },
    }
