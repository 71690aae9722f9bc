"""Doorways: decode the message, call the library, map its errors to what becomes of the message."""

from typing import Any

import structlog
from celery import Celery
from celery.exceptions import Reject, SoftTimeLimitExceeded

from newsloom import bootstrap
from newsloom.errors import StoreUnavailable
from newsloom.intake import Intake
from newsloom.mailbox import SLICE_TASK, TASK, Slice

log = structlog.get_logger()


def register(app: Celery) -> None:
    """Give the app its two tasks."""
    app.task(name=TASK, bind=True)(ingest)
    app.task(name=SLICE_TASK, bind=True)(ingest_slice)


def ingest(task: Any, files: list[str] | str, base: str = "") -> None:
    """``{"files": [path, ...]}``: ingest these files, in order. Relative paths start from ``base``."""
    try:
        _intake().files([files] if isinstance(files, str) else files, run=task.request.id, base=base)
    except StoreUnavailable as error:
        raise _back(error) from error


def ingest_slice(task: Any, *, file: str, run: str, start: int, number: int, base: str = "") -> None:  # noqa: ARG001  # bound
    """The rest of a large file, as the slice before handed it on."""
    try:
        _intake().file(file, Slice(run=run, start=start, number=number), base)
    except StoreUnavailable as error:
        raise _back(error) from error


def _intake() -> Intake:
    return bootstrap.intake((SoftTimeLimitExceeded,))


def _back(error: StoreUnavailable) -> Reject:
    """Back to the queue. Should that fail too, the message stays held, and is handed on later."""
    log.warning("message_handed_back", reason=str(error))
    return Reject(str(error), requeue=True)
