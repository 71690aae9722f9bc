"""What goes together, in one message or one step: so many at most, so large, or so old."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def parcels(
    items: Iterable[T],
    most: int,
    *,
    size: Callable[[T], int] = lambda _: 0,
    most_size: float = math.inf,
    age_s: float = math.inf,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[list[T]]:
    """Items in order, in groups of at most ``most`` items and a size of ``most_size``; a larger item goes alone.

    So does a group whose first item has waited for ``age_s`` when the next one is found, full or not.
    """
    parcel: list[T] = []
    held, since_s = 0, 0.0
    for item in items:
        taken = size(item)
        if parcel and (len(parcel) == most or held + taken > most_size or now() - since_s >= age_s):
            yield parcel
            parcel, held = [], 0
        if not parcel:
            since_s = now()
        parcel.append(item)
        held += taken
    if parcel:
        yield parcel


def batched(items: Iterable[T], most: int) -> Iterator[list[T]]:
    """Items in order, so many together; the last batch may be smaller. As ``itertools.batched`` of Python 3.12."""
    rest = iter(items)
    while batch := list(islice(rest, most)):
        yield batch
