"""What surrounds a task: logging, a log context that ends with it, and what is said at the start."""

import logging
import os
import socket
import time
import warnings
from collections.abc import Callable
from typing import Any

import structlog
from celery import signals
from celery.apps import worker as stock
from celery.exceptions import CPendingDeprecationWarning, Reject

from newsloom import bootstrap, ending, log
from newsloom.mailbox import LOOK_TASK
from newsloom.settings import strangers
from newsloom.waiting import AGAIN_S


def _beside_the_log(message: str, _: object = None, say: Callable[[str], None] = stock.safe_say) -> None:
    say(message)


# In plain words Celery says which signal came: on standard error, for standard output is the log's.
stock.safe_say = _beside_the_log


@signals.setup_logging.connect
def set_up_logging(**_: Any) -> None:
    """Being connected is what keeps Celery from setting up its own."""
    log.configure(bootstrap.settings())
    logging.getLogger("celery.app.trace").addFilter(_not_rejected)
    logging.getLogger("celery.worker.consumer.consumer").addFilter(_Sparing())
    logging.getLogger("celery.worker.request").addFilter(_not_expired)


def _not_rejected(record: logging.LogRecord) -> bool:
    """Of a message that a task rejects the task has said why; Celery's traceback shows where that stands in the code."""
    return not (record.exc_info and isinstance(record.exc_info[1], Reject))


def _not_expired(record: logging.LogRecord) -> bool:
    """A second look that nobody came to in time is one too many; Celery says that it was revoked, as if by somebody."""
    return not (str(record.msg).startswith("Discarding revoked task") and LOOK_TASK in (record.args or ()))


class _Sparing(logging.Filter):
    """Of Celery's tries to reach a server that stays away, one line a minute; it says by itself when it is connected."""

    _told_s = float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        if "Cannot connect" not in str(record.msg):
            return True
        now_s = time.monotonic()
        if now_s - self._told_s < AGAIN_S:
            return False
        self._told_s = now_s
        return True


@signals.celeryd_after_setup.connect
def tell_missing_roots(**_: Any) -> None:
    """A mount may come later, so the worker starts; a mistyped folder must not show only as one refused file after another."""
    for root in bootstrap.settings().allowed_roots or ():
        if not os.path.isdir(root):
            structlog.get_logger().warning(
                "root_missing",
                folder=root,
                detail="NEWSLOOM_ALLOWED_ROOTS names it, but it is not a folder on this host: until it is, files in it are refused. "
                "Mount or create it, or name another.",
            )


@signals.celeryd_after_setup.connect
def tell_unknown_settings(**_: Any) -> None:
    """Where nobody sees a terminal, a mistyped setting must not be ignored in silence either."""
    for variable, detail in strangers(os.environ):
        structlog.get_logger().warning("setting_unknown", variable=variable, detail=detail)


@signals.worker_shutting_down.connect
def tell_children(**_: Any) -> None:
    """At once, in the handler of the signal itself: the loop may be waiting for a server."""
    ending.tell()


@signals.worker_ready.connect
def tell_forgetful_servers(**_: Any) -> None:
    """Once, when there is a server: it works all the same, until it dies or its memory is full."""
    # Of one that is gone again, or not there yet, nothing is known; `newsloom stats` tells it too.
    for server, health in bootstrap.healths().items():
        for detail in health.forgets:
            structlog.get_logger().warning("server_may_forget", server=server, detail=detail)


@signals.celeryd_after_setup.connect
def silence_advice(**_: Any) -> None:
    """With each lost connection Celery advises a setting that ``app.py`` has on purpose. After its own filters are set up."""
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)


@signals.task_prerun.connect
def bind_context(task_id: str, **_: Any) -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task_id=task_id, worker=f"{socket.gethostname()}:{os.getpid()}")


@signals.task_postrun.connect
def clear_context(**_: Any) -> None:
    structlog.contextvars.clear_contextvars()
