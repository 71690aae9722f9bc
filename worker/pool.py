"""Celery's pool of processes, which reads no half of a result."""

import select
from collections.abc import Callable, Iterator
from typing import Any, Final

from celery.concurrency import asynpool, prefork

#: How long the rest of a result is waited for: no longer than a process takes to go on writing.
REST_S: Final = 1.0


class Results(asynpool.ResultHandler):  # type: ignore[misc]  # celery is untyped
    """Finishes a result that it has begun to read before the event loop goes on.

    A process writes what takes more than 16 KB in two, and no traceback takes less. Celery leaves such a result to the
    event loop when it has read the first half; a connection that is lost just then forgets what the loop had to do, the
    second half is read as a result of its own, and the worker ends for good.
    """

    def _recv_message(
        self, add_reader: Callable[..., None], fd: int, callback: Callable[[Any], None]
    ) -> Iterator[None]:
        more = select.poll()
        more.register(fd, select.POLLIN)
        for _ in super()._recv_message(add_reader, fd, callback):
            if not more.poll(1000 * REST_S):
                yield


class Pool(asynpool.AsynPool):  # type: ignore[misc]
    """With these results."""

    ResultHandler = Results


class TaskPool(prefork.TaskPool):  # type: ignore[misc]
    """What ``worker_pool`` names."""

    Pool = Pool
