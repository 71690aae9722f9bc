"""A story's terms as numbers: so one story is compared with many by a few numpy calls.

Each process numbers the terms that it meets. A profile keeps its own as arrays: which term, in which views,
how often. Nothing of this leaves the process.
"""

import threading
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newsloom.core.model import Profile

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

TITLE, LEAD, NAMES = 1, 2, 4  #: views that a term stands in
FLAG_BITS = 3
#: Different terms of which a process remembers the numbers; then it begins anew.
MAX_TERMS = 100_000


class Terms(dict[str, int]):
    """Term -> its number, from 0 without a gap."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def __missing__(self, term: str) -> int:
        with self._lock:
            return self.setdefault(term, len(self))


class Packed(NamedTuple):
    """The n terms of a profile, in its order."""

    terms: Terms  #: by which they are numbered
    codes: Codes  #: (n,) number of each, and behind it, in 3 bits, the views that it stands in
    times: Floats  #: (n,) 1 + ln(occurrences) of each


_terms = Terms()


def numbering() -> Terms:
    """The numbers that hold now; only what is numbered by one and the same can be compared."""
    global _terms  # noqa: PLW0603  # what this process remembers of terms
    if len(_terms) > MAX_TERMS:
        _terms = Terms()
    return _terms


def pack(profile: Profile, terms: Terms) -> Packed:
    """The profile's terms; it keeps them for the next time."""
    known: list[Packed] = profile.packed
    for held in known:
        if held.terms is terms:
            return held
    title, lead, names = profile.title, profile.lead, profile.names
    codes = [
        terms[term] << FLAG_BITS | TITLE * (term in title) | LEAD * (term in lead) | NAMES * (term in names)
        for term in profile.body
    ]
    times = np.fromiter(profile.body.values(), np.float64, len(profile.body))
    found = Packed(terms, np.array(codes, dtype=np.int64), times)
    known[:] = [found]
    return found
