"""Celery's consumer, which drops no message without a trace."""

from typing import Any

from celery.utils.log import get_logger
from celery.worker.consumer import Consumer as Stock

log = get_logger(__name__)


class Consumer(Stock):  # type: ignore[misc]  # celery is untyped
    """What Celery cannot make a task of is rejected, and the transport puts that aside."""

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Celery would acknowledge it, and it were gone."""
        log.error("cannot decode a message: %r", exc)
        message.reject_log_error(log, self.connection_errors)
