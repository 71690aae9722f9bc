"""The fingerprint of a text: a simhash of its word shingles, and a sample of them.

Every shingle, three words in a row, is hashed once, and all of them at once: the hash of a shingle is made
of the hashes of its words, so that numpy can do it. It is a hash function like any other, and the simhash
package comes to the same fingerprint with it.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import xxhash
from simhash import Simhash

SHINGLE_WORDS = 3
SKETCH_SIZE = 64
SKETCH_BITS = 22  # of a hash: two texts share one by chance less than once in a hundred pairs
#: Odd factor of SplitMix64 (Steele et al. 2014).
_FACTOR = 0xBF58476D1CE4E5B9
_64_BITS = (1 << 64) - 1
#: Different words of which a process remembers the hashes; then it begins anew.
_REMEMBERED = 200_000

Hashes = npt.NDArray[np.uint64]


class _Words(dict[str, int]):
    def __missing__(self, word: str) -> int:
        self[word] = found = xxhash.xxh3_64_intdigest(word.encode())
        return found


_words = _Words()


def fingerprints(body: Sequence[str]) -> tuple[int, frozenset[int]]:
    """64-bit simhash of the word shingles, and the smallest of their hashes, 22 bits each.

    The sketch is a bottom-k sample (Broder 1997): two sketches tell how much of one text stands in
    the other.
    """
    hashes = shingle_hashes(body)
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8)).reshape(-1, 64)
    # A sum of bits as one product of matrices; in 32 bits it is exact for up to 2^24 shingles.
    sums = np.ones(len(bits), np.float32) @ bits.astype(np.float32)
    fingerprint = int.from_bytes(np.packbits(sums > len(bits) / 2).tobytes(), "big")
    # The lower half of each hash is sampled, the first bits of it. Some more than wanted, for some are equal.
    lower = hashes.astype(np.uint32) >> np.uint32(32 - SKETCH_BITS)
    wanted = 2 * SKETCH_SIZE
    sample = np.unique(np.partition(lower, wanted)[:wanted] if len(lower) > wanted else lower)
    if len(sample) < SKETCH_SIZE:
        sample = np.unique(lower)
    return fingerprint, frozenset(sample[:SKETCH_SIZE].tolist())


def shingle_hashes(body: Sequence[str]) -> Hashes:
    """Of every three words in a row; a shorter text is one shingle."""
    if len(_words) > _REMEMBERED:
        _words.clear()
    words = np.fromiter(map(_words.__getitem__, body), np.uint64, len(body))
    count = max(1, len(body) - SHINGLE_WORDS + 1)
    found = np.zeros(count, np.uint64)
    for at in range(min(len(body), SHINGLE_WORDS)):
        found = (found ^ words[at : at + count]) * np.uint64(_FACTOR)
        found ^= found >> np.uint64(32)
    return found


def shingle_digest(shingle: bytes) -> bytes:
    """The same of one shingle, word by word, as a hash function of the simhash package."""
    found = 0
    for word in shingle.split():
        found = (found ^ xxhash.xxh3_64_intdigest(word)) * _FACTOR & _64_BITS
        found ^= found >> 32
    return found.to_bytes(8, "big")


def shingles(body: Sequence[str]) -> Iterator[str]:
    """Every three words in a row; a shorter text is one shingle."""
    for at in range(max(1, len(body) - SHINGLE_WORDS + 1)):
        yield " ".join(body[at : at + SHINGLE_WORDS])


def simhash_of(body: Sequence[str]) -> int:
    """The fingerprint by the simhash package: slow, and what :func:`fingerprints` has to equal bit for bit."""
    # Pairs throughout: the package would carry a weight over to the next bare token.
    features = [(shingle, 1) for shingle in shingles(body)]
    return int(Simhash(features, f=64, hashfunc=shingle_digest).value)
