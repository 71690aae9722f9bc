"""A death is counted, and nothing else is taken for one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from newsloom.attempts import Attempts
from newsloom.errors import Conflict, NoRoom, StoreDiffers, StoreUnavailable
from newsloom.store.quarantine import Quarantine

MOST = 3


@pytest.fixture
def quarantine(valkey: Any) -> Quarantine:
    return Quarantine(valkey.client)


@contextmanager
def process(quarantine: Quarantine, error: BaseException) -> Iterator[Attempts]:
    """A process that meets this error while a message is in hand."""
    attempts = Attempts(quarantine, MOST)
    with pytest.raises(type(error)), attempts.message():  # noqa: PT012
        yield attempts
        raise error


@pytest.mark.parametrize(
    "error",
    [NoRoom("full"), Conflict("busy"), StoreDiffers("other words"), StoreUnavailable("a node is away")],
)
def test_who_waits_is_not_dead(quarantine: Quarantine, error: Exception) -> None:
    """However many processes the message goes round."""
    for _ in range(2 * MOST):
        with process(quarantine, error) as attempts:
            assert attempts.begin("a.txt")


@pytest.mark.parametrize("error", [SystemExit(), KeyError("a bug that ends the process")])
def test_what_ends_a_process_is_counted(quarantine: Quarantine, error: BaseException) -> None:
    """It is refused once that happened too often."""
    for told in (True, True, True, False):
        with process(quarantine, error) as attempts:
            assert attempts.begin("a.txt") is told


def test_an_outage_is_forgotten_by_whoever_met_it(quarantine: Quarantine) -> None:
    """With the next message, when Redis answers again."""
    attempts = Attempts(quarantine, MOST)
    for _ in range(2 * MOST):
        with pytest.raises(StoreUnavailable), attempts.message():  # noqa: PT012
            assert attempts.begin("a.txt")
            raise StoreUnavailable("away")
