"""What goes together, in one message or one step: so many at most, or so large."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def parcels(items: Iterable[T], most: int, size: Callable[[T], int], most_size: int) -> Iterator[list[T]]:
    """Items in order, in groups of at most ``most`` items and a size of ``most_size``; a larger item goes alone."""
    parcel: list[T] = []
    held = 0
    for item in items:
        taken = size(item)
        if parcel and (len(parcel) == most or held + taken > most_size):
            yield parcel
            parcel, held = [], 0
        parcel.append(item)
        held += taken
    if parcel:
        yield parcel


def batched(items: Iterable[T], most: int) -> Iterator[list[T]]:
    """Items in order, so many together; the last batch may be smaller. As ``itertools.batched`` of Python 3.12."""
    rest = iter(items)
    while batch := list(islice(rest, most)):
        yield batch
