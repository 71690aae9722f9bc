"""What a worker's parent reads of its processes."""

import os
import pickle
import struct
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from newsloom.worker.app import make_app
from newsloom.worker.pool import Pool, Results, TaskPool


class Hub:
    """An event loop of which a lost connection makes Celery forget all that it had to read."""

    def __init__(self) -> None:
        self.readers: dict[int, Any] = {}

    def add_reader(self, fd: int, callback: Any, *_: object) -> None:
        self.readers[fd] = callback

    def remove_reader(self, fd: int) -> None:
        self.readers.pop(fd, None)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    yield read_end, write_end
    os.close(read_end)
    os.close(write_end)


def test_a_result_is_read_as_a_whole(pipe: tuple[int, int]) -> None:
    """Its second half comes a moment later: a connection that is lost in between must not leave it in the pipe."""
    read_end, write_end = pipe
    results, told, hub = Results.__new__(Results), [], Hub()
    results.fileno_to_outq, results.on_state_change = {read_end: SimpleNamespace()}, told.append
    results.register_with_event_loop(hub)
    packed = pickle.dumps("a traceback" * 2_000)
    os.write(write_end, struct.pack("!i", len(packed)))
    rest = threading.Timer(0.2, os.write, (write_end, packed))
    rest.start()
    results.handle_event(read_end)
    rest.join()
    assert told == ["a traceback" * 2_000]
    assert hub.readers == {read_end: results.handle_event}, "the next is read from its beginning"


def test_a_result_whose_process_waits_is_left_to_the_loop(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As that of one that was stopped: nobody waits for it for long."""
    read_end, write_end = pipe
    monkeypatch.setattr("newsloom.worker.pool.REST_S", 0.05)
    results, told, hub = Results.__new__(Results), [], Hub()
    results.fileno_to_outq, results.on_state_change = {read_end: SimpleNamespace()}, told.append
    results.register_with_event_loop(hub)
    packed = pickle.dumps("late")
    os.write(write_end, struct.pack("!i", len(packed)))
    results.handle_event(read_end)
    assert not told
    os.write(write_end, packed)
    assert next(hub.readers[read_end], None) is None
    assert told == ["late"]


def test_workers_have_that_pool(here: Any) -> None:
    """Named by the app, so that every way to start a worker has it."""
    from celery.concurrency import get_implementation

    from newsloom import bootstrap

    found = get_implementation(make_app(here.url, bootstrap.settings()).conf.worker_pool)
    assert found is TaskPool
    assert found.Pool is Pool
