"""A death is counted, and nothing else is taken for one."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from newsloom.attempts import Attempts
from newsloom.errors import Conflict, NoRoom, StoreDiffers, StoreUnavailable
from newsloom.store.memory import MemoryStore

MOST = 3


@contextmanager
def process(store: MemoryStore, error: BaseException) -> Iterator[Attempts]:
    """A process that meets this error while a message is in hand."""
    attempts = Attempts(store, MOST)
    with pytest.raises(type(error)), attempts.message():  # noqa: PT012
        yield attempts
        raise error


@pytest.mark.parametrize(
    "error",
    [NoRoom("full"), Conflict("busy"), StoreDiffers("other words"), StoreUnavailable("a node is away")],
)
def test_who_waits_is_not_dead(error: Exception) -> None:
    """However many processes the message goes round."""
    store = MemoryStore()
    for _ in range(2 * MOST):
        with process(store, error) as attempts:
            assert attempts.begin("a.txt")


@pytest.mark.parametrize("error", [SystemExit(), KeyError("a bug that ends the process")])
def test_what_ends_a_process_is_counted(error: BaseException) -> None:
    """It is refused once that happened too often."""
    store = MemoryStore()
    for told in (True, True, True, False):
        with process(store, error) as attempts:
            assert attempts.begin("a.txt") is told


def test_an_outage_is_forgotten_by_whoever_met_it() -> None:
    """With the next message, when Redis answers again."""
    attempts = Attempts(MemoryStore(), MOST)
    for _ in range(2 * MOST):
        with pytest.raises(StoreUnavailable), attempts.message():  # noqa: PT012
            assert attempts.begin("a.txt")
            raise StoreUnavailable("away")
