"""Counts of terms in Redis: a log that commits append to, and a table that sums it up.

Most terms have a rank in their language's list (see lexicon.py). A commit appends its story's ranks, two bytes
each, to the log of the generation, and reads nothing. Whoever asks for counts is sent the table and the log, or
what of the log it has not seen yet, and sums up here; who finds the log long writes the table anew. Terms that
have no rank are counted in a hash.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgpack
import numpy as np
import numpy.typing as npt

from newsloom.core.model import Counts
from newsloom.store import codec
from newsloom.store.available import available
from newsloom.store.lexicon import NUMBERED, lexicon
from newsloom.store.scripted import Scripted

LOG_BYTES = 1 << 16  #: of a log, from which on it is summed up
_CHECK = struct.Struct("<H")  # the log begins with the check of the word list
_NUMBER = struct.Struct(">I")  # the table with its number, of those that its generation has had
_MOST = 0xFFFF


@dataclass(frozen=True, slots=True)
class _Generation:
    """The counts of one generation, as far as they were read."""

    table: bytes  #: the number of its table; none if it has none yet
    log: int  #: bytes of the log that are summed up
    counts: npt.NDArray[np.int32]  #: by rank; never changed


@dataclass(frozen=True, slots=True)
class _Read:
    """What this process has read of a language's counts."""

    born: bytes = b""  #: when counting began: what is known of a server that lost its data is void
    generations: dict[int, _Generation] = field(default_factory=dict)


def told(language: str, terms: Sequence[str]) -> bytes:
    """The terms that a story shows, as commit.lua and warm.lua count them; none if there are none."""
    if not terms:
        return b""
    known = lexicon(language)
    ranks = [known.ranks[term] for term in terms if term in known.ranks]
    rest = b"".join(codec.term_key(term) for term in terms if term not in known.ranks)
    numbers = np.array(ranks, "<u2").tobytes()
    packed: bytes = msgpack.packb((_CHECK.pack(known.check), numbers, rest), use_bin_type=False)
    return packed


class RedisCounts(Scripted):
    """The part of the Redis store that tells how many stories hold a term."""

    _counted: dict[str, _Read]

    @available
    def counts(self, language: str, terms: Sequence[str]) -> Counts:
        known = lexicon(language)
        rest = [term for term in terms if term not in known.ranks]
        read = self._counted.get(language, _Read())
        stories, latest, born, new, old, *counts = self._run(
            "counts",
            language,
            self._caps.generation,
            b"".join(map(codec.term_key, rest)),
            msgpack.packb(
                (read.born, [(at, each.table, each.log) for at, each in read.generations.items()]),
                use_bin_type=False,
            ),
        )
        read = _Read(
            born,
            {
                at: _summed(language, read.generations.get(at), *reply)
                for at, reply in ((latest, new), (latest - 1, old))
            },
        )
        if read.generations[latest].log > LOG_BYTES:
            read.generations[latest] = self._folded(language, latest, read.generations[latest])
        self._counted[language] = read
        ranked = [term for term in terms if term in known.ranks]
        at = np.array([known.ranks[term] for term in ranked], np.int64)
        held = sum(each.counts[at] for each in read.generations.values())
        found = dict(zip(ranked, np.asarray(held).tolist(), strict=True)) | dict(
            zip(rest, counts, strict=True)
        )
        return Counts(stories=stories, terms={term: found[term] for term in terms})

    def _folded(self, language: str, at: int, found: _Generation) -> _Generation:
        number = _NUMBER.pack(_NUMBER.unpack(found.table)[0] + 1 if found.table else 1)
        used = int(np.flatnonzero(found.counts)[-1]) + 1
        table = number + np.minimum(found.counts[:used], _MOST).astype("<u2").tobytes()
        done = self._run("fold", language, at, found.table, found.log, table)
        return _Generation(number, _CHECK.size, found.counts) if done else found


def _summed(language: str, known: _Generation | None, whole: int, table: bytes, log: bytes) -> _Generation:
    if whole or known is None:
        if log and _CHECK.unpack_from(log)[0] != lexicon(language).check:
            raise ValueError(codec.other_words(language))
        counts = np.zeros(NUMBERED, np.int32)
        told = np.frombuffer(table, "<u2", offset=_NUMBER.size) if table else np.zeros(0, "<u2")
        counts[: len(told)] = told
        known = _Generation(table[: _NUMBER.size], 0, counts)
        ranks = np.frombuffer(log[_CHECK.size :], "<u2")
    elif not log:
        return known
    else:
        counts, ranks = known.counts.copy(), np.frombuffer(log, "<u2")
    np.add.at(counts, ranks, 1)
    return _Generation(known.table, known.log + len(log), counts)
