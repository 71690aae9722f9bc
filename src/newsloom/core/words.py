"""A list of words in few bytes: what is known of a hundred thousand, of which a stream meets some thousands."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, pairwise

import numpy as np
import xxhash

from newsloom.core.remembered import Remembered

NOT_LISTED = -1  #: in place of a rank


class Words(Mapping[str, float]):
    """Word -> its share of running text, 0..1, in order of rank, in 24 bytes and its letters each.

    Found by hash, 64 bits: two words share one by chance once in 10^19 pairs. A look-up takes about a
    microsecond, so who asks often remembers what it found.
    """

    __slots__ = ("_ends", "_hashes", "_met", "_ranks", "_shares", "_spelt")

    def __init__(self, shares: Mapping[str, float]) -> None:
        spelt = [word.encode() for word in shares]
        hashes = np.fromiter(map(xxhash.xxh3_64_intdigest, spelt), np.uint64, len(spelt))
        by_hash = np.argsort(hashes)
        self._hashes = array("Q", hashes[by_hash].tobytes())
        self._ranks = array("I", by_hash.astype(np.uint32).tobytes())  #: in order of hash
        self._shares = array("d", shares.values())  #: by rank, as the next
        self._ends = array("I", accumulate(map(len, spelt), initial=0))
        self._spelt = b"".join(spelt)
        self._met = Remembered(self._rank)

    def _rank(self, word: str) -> int:
        found = xxhash.xxh3_64_intdigest(word.encode())
        at = bisect_left(self._hashes, found)
        return self._ranks[at] if at < len(self._hashes) and self._hashes[at] == found else NOT_LISTED

    def ranks(self, words: Iterable[str]) -> Iterator[int]:
        """The rank of each of these, from 0, or ``NOT_LISTED``; remembered."""
        return self._met.of(words)

    def word(self, rank: int) -> str:
        return self._spelt[self._ends[rank] : self._ends[rank + 1]].decode()

    def __getitem__(self, word: str) -> float:
        rank = self._rank(word)
        if rank == NOT_LISTED:
            raise KeyError(word)
        return self._shares[rank]

    def __iter__(self) -> Iterator[str]:
        return (self._spelt[start:end].decode() for start, end in pairwise(self._ends))

    def __len__(self) -> int:
        return len(self._shares)
