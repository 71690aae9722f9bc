"""What goes together, in one message or one step: so many at most, so large, or so old."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def parcels(items: Iterable[T], most: int, size: Callable[[T], int], most_size: int) -> Iterator[list[T]]:
    """Items in order, as many together as may be; what is larger than ``most_size`` goes alone."""
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


def filled(
    files: Iterable[str], most: int, age_s: float, now: Callable[[], float] = time.monotonic
) -> Iterator[list[str]]:
    """Paths in parcels: full ones, and what has waited for so long when the next path comes."""
    parcel: list[str] = []
    since_s = 0.0
    for file in files:
        if parcel and now() - since_s >= age_s:
            yield parcel
            parcel = []
        if not parcel:
            since_s = now()
        parcel.append(file)
        if len(parcel) == most:
            yield parcel
            parcel = []
    if parcel:
        yield parcel
