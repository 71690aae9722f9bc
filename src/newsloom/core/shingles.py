"""Three words in a row, hashed: what both the fingerprint and the sample of a text are made of.

A word is hashed once in a process, by xxh3. A shingle's hash is mixed from those of its words, so all the
shingles of a text are a few numpy calls on three columns; :func:`hash_of` does the same with one shingle
as the simhash package hands it over.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xxhash

from newsloom.core.remembered import Remembered

Hashes = npt.NDArray[np.uint64]

SHINGLE_WORDS = 3
# One odd factor for each place, since the order of words tells; they and the finaliser are those of
# SplitMix64 (Steele, Lea and Flood 2014) and MurmurHash3 (Appleby): every bit of a word reaches every bit.
_PLACES = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_MIX = (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53)
_SHIFT = 33
_ALL = (1 << 64) - 1


#: Of each word its hash, 8 bytes.
_words: Remembered[str, bytes] = Remembered(lambda word: xxhash.xxh3_64_digest(word.encode()))


def hashes(body: Sequence[str]) -> Hashes:
    """(max(1, n - 2),) 64-bit hashes of the shingles of n words, in order; a shorter text is one shingle."""
    words = np.frombuffer(b"".join(_words.of(body)), ">u8").astype(np.uint64)
    count = max(1, len(words) - SHINGLE_WORDS + 1)
    found = np.zeros(count, np.uint64)
    for place, factor in enumerate(_PLACES[: len(words)]):
        found += words[place : place + count] * np.uint64(factor)
    for factor in _MIX:
        found ^= found >> np.uint64(_SHIFT)
        found *= np.uint64(factor)
    return found ^ (found >> np.uint64(_SHIFT))


def hash_of(shingle: bytes) -> int:
    """The same of one shingle, its words a blank apart in UTF-8: a ``hashfunc`` for the simhash package."""
    words = shingle.decode().split()
    found = sum(
        xxhash.xxh3_64_intdigest(word.encode()) * factor for word, factor in zip(words, _PLACES, strict=False)
    )
    found &= _ALL
    for factor in _MIX:
        found = (found ^ found >> _SHIFT) * factor & _ALL
    return found ^ found >> _SHIFT


def shingles(body: Sequence[str]) -> list[str]:
    """The shingles as they are written."""
    return [" ".join(body[at : at + SHINGLE_WORDS]) for at in range(max(1, len(body) - SHINGLE_WORDS + 1))]
