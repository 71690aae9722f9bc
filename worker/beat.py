"""Celery beat inside a worker's own event loop: no thread, no process, no schedule file."""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from time import monotonic
from typing import Any, Final

from celery import bootsteps
from celery.beat import Scheduler

TICK_S: Final = 1.0  #: how often it is asked what is due
_BEGAN: Final = datetime.now(UTC), monotonic()


def steady() -> datetime:
    """When this process began, and what has passed since: a clock that is put back delays nothing."""
    began, since_s = _BEGAN
    return began + timedelta(seconds=monotonic() - since_s)


class Beat(Scheduler):  # type: ignore[misc]  # celery is untyped
    """Celery's scheduler, in memory, which does not wait for a server that is away."""

    # Waiting would stop the loop in which the leases are renewed.
    @cached_property
    def connection(self) -> Any:
        return self.app.connection_for_write(transport_options={"max_retries": 0})

    def _ensure_connected(self) -> Any:
        return self.connection  # sending connects


class Beats(bootsteps.StartStopStep):  # type: ignore[misc]
    """Sends what is due, as long as this worker is connected. Others may do the same."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.scheduler: Beat | None = None
        super().__init__(consumer, **options)

    def register_with_event_loop(self, consumer: Any, hub: Any) -> None:
        if consumer.app.conf.beat_schedule:
            if self.scheduler is None:
                self.scheduler = Beat(app=consumer.app)
            hub.call_repeatedly(TICK_S, self.scheduler.tick)

    def stop(self, consumer: Any) -> None:  # noqa: ARG002  # celery's signature
        if self.scheduler is not None:
            self.scheduler.close()  # a lost connection too: the next one is new
