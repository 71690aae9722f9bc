"""That a worker lives, for a health check of it alone: a file that its parent touches, server or no server."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from celery import bootsteps

from newsloom import bootstrap
from newsloom.errors import BadSetting

EVERY_S: Final = 5.0  #: between two touches, while a server answers; of one that is silent each reply is waited for, 92 s in all


def begin() -> None:
    """See that the file can be touched. Raises ``BadSetting``."""
    file = bootstrap.settings().alive_file
    try:
        _touch(file)
    except OSError as error:
        raise BadSetting(
            f"NEWSLOOM_ALIVE_FILE: {file} cannot be written: {error.strerror}. Name a file in a folder that may be written to."
        ) from error


def go_on() -> None:
    """Say that it lives. A disk that fails shall stop no work: the file grows old, and that shows."""
    with contextlib.suppress(OSError):
        _touch(bootstrap.settings().alive_file)


def while_it_waits(callback: Callable[[], None]) -> Callable[[], None]:
    """What Celery calls each second while it waits for a server, when no event loop runs, and this as well."""

    def both() -> None:
        go_on()
        callback()

    return both


class Lives(bootsteps.StartStopStep):  # type: ignore[misc]  # celery is untyped
    """Says so from within the event loop: the one that starts what children do, and kills them at a limit."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def register_with_event_loop(self, consumer: Any, hub: Any) -> None:  # noqa: ARG002  # celery's signature
        hub.call_repeatedly(EVERY_S, go_on)


def _touch(file: Path | None) -> None:
    if file is not None:
        file.touch()
