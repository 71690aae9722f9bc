"""Counts of terms in Redis: logs that commits append to, and a table that sums them up.

A commit appends its story's terms to the logs of the generation, and reads nothing: two bytes for a term that has a
rank in its language's list (see lexicon.py), four for any other. Whoever asks for counts is sent the table and the
logs, or what of the logs it has not seen yet, and sums up here; who finds the logs long writes the table anew.
"""

import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgpack
import numpy as np
import numpy.typing as npt

from newsloom.core.model import Counts
from newsloom.store import codec
from newsloom.store.available import available
from newsloom.store.lexicon import NUMBERED, lexicon, other_words
from newsloom.store.scripts import Scripts

LOG_BYTES = 1 << 16  #: of the logs, from which on they are summed up
_CHECK = struct.Struct("<H")  # the log of ranks begins with the check of the word list
# A table begins with its number, of those that its generation has had, and the number of ranks that it counts; then
# counts by rank, the other terms by growing hash, and their counts.
_TABLE = struct.Struct(">4sI")
_NUMBER = struct.Struct(">I")
_MOST = 0xFFFF


@dataclass(frozen=True, slots=True)
class _Generation:
    """The counts of one generation, as far as they were read. Nothing of it is ever changed."""

    table: bytes  #: the number of its table; none if it has none yet
    logs: tuple[int, int]  #: bytes of the logs that are summed up
    ranked: npt.NDArray[np.int32]  #: by rank
    hashes: npt.NDArray[np.uint32]  #: other terms of the table, in order
    held: npt.NDArray[np.int32]  #: and their counts
    fresh: Counter[int]  #: other terms of the log

    def others(self, hashes: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """How often these were counted."""
        found = np.fromiter(map(self.fresh.__getitem__, hashes.tolist()), np.int64, len(hashes))
        if len(self.hashes):
            at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
            found += np.where(self.hashes[at] == hashes, self.held[at], 0)
        return found

    def summed(self) -> "_Generation":
        """The same with all terms in the table, which has the next number."""
        fresh = np.fromiter(self.fresh, np.uint32, len(self.fresh))
        hashes = np.union1d(self.hashes, fresh)
        number = _NUMBER.unpack(self.table)[0] + 1 if self.table else 1
        return _Generation(
            _NUMBER.pack(number),
            (_CHECK.size, 0),
            self.ranked,
            hashes,
            self.others(hashes).astype(np.int32),
            Counter(),
        )

    def packed(self) -> bytes:
        told = np.flatnonzero(self.ranked)
        used = int(told[-1]) + 1 if len(told) else 0
        counts = [np.minimum(each, _MOST).astype("<u2").tobytes() for each in (self.ranked[:used], self.held)]
        return _TABLE.pack(self.table, used) + counts[0] + self.hashes.astype("<u4").tobytes() + counts[1]

    @classmethod
    def unpacked(cls, table: bytes) -> "_Generation":
        number, used = _TABLE.unpack_from(table) if table else (b"", 0)
        counts, hashes, held = (np.zeros(0, kind) for kind in ("<u2", "<u4", "<u2"))
        if table:
            end = _TABLE.size + 2 * used
            many = (len(table) - end) // 6
            counts = np.frombuffer(table, "<u2", used, _TABLE.size)
            hashes = np.frombuffer(table, "<u4", many, end)
            held = np.frombuffer(table, "<u2", many, end + 4 * many)
        ranked = np.zeros(NUMBERED, np.int32)
        ranked[:used] = counts
        return cls(number, (0, 0), ranked, hashes.astype(np.uint32), held.astype(np.int32), Counter())

    def after(self, ranks: bytes, others: bytes) -> "_Generation":
        """With what more stands in the logs."""
        if not ranks and not others:
            return self
        ranked = self.ranked.copy()
        np.add.at(ranked, np.frombuffer(ranks, "<u2", offset=0 if self.logs[0] else _CHECK.size), 1)
        fresh = self.fresh + Counter(np.frombuffer(others, ">u4").tolist())
        logs = self.logs[0] + len(ranks), self.logs[1] + len(others)
        return _Generation(self.table, logs, ranked, self.hashes, self.held, fresh)


@dataclass(frozen=True, slots=True)
class _Read:
    """What this process has read of a language's counts."""

    born: bytes = b""  #: when counting began: what is known of a server that lost its data is void
    generations: dict[int, _Generation] = field(default_factory=dict)


def pack_terms(language: str, terms: Sequence[str]) -> bytes:
    """The terms that a story shows, as commit.lua and warm.lua count them; empty if there are none."""
    if not terms:
        return b""
    known = lexicon(language)
    ranked, others = known.numbered(terms)
    numbers = np.array(list(ranked), "<u2").tobytes()
    hashes = b"".join(map(codec.term_key, others))
    packed: bytes = msgpack.packb((_CHECK.pack(known.check), numbers, hashes), use_bin_type=False)
    return packed


class RedisCounts:
    """How many stories hold a term, of one client's languages; ``size``: stories of one generation."""

    def __init__(self, scripts: Scripts, size: int) -> None:
        self._scripts = scripts
        self._size = size
        self._counted: dict[str, _Read] = {}

    @available
    def counts(self, language: str, terms: Sequence[str]) -> Counts:
        read = self._counted.get(language, _Read())
        known = (read.born, [(at, each.table, *each.logs) for at, each in read.generations.items()])
        stories, latest, born, *replies = self._scripts.run(
            "counts", language, self._size, msgpack.packb(known, use_bin_type=False)
        )
        found = {
            at: _read(language, read.generations.get(at), reply)
            for at, reply in zip((latest, latest - 1), replies, strict=True)
        }
        if sum(found[latest].logs) > LOG_BYTES:
            found[latest] = self._folded(language, latest, found[latest])
        self._counted[language] = _Read(born, found)
        ranked, others = lexicon(language).numbered(terms)
        at = np.array(list(ranked), np.int64)
        hashes = np.frombuffer(b"".join(map(codec.term_key, others)), ">u4").astype(np.uint32)
        new, old = found.values()
        held = dict(zip(ranked.values(), (new.ranked[at] + old.ranked[at]).tolist(), strict=True))
        held.update(zip(others, (new.others(hashes) + old.others(hashes)).tolist(), strict=True))
        return Counts(stories=stories, terms={term: held[term] for term in terms})

    def _folded(self, language: str, at: int, found: _Generation) -> _Generation:
        summed = found.summed()
        done = self._scripts.run("fold", language, at, found.table, *found.logs, summed.packed())
        return summed if done else found


def _read(language: str, known: _Generation | None, reply: Sequence[Any]) -> _Generation:
    whole, table, ranks, others = reply
    if whole or known is None:
        known = _Generation.unpacked(table)
    if ranks and not known.logs[0] and _CHECK.unpack_from(ranks)[0] != lexicon(language).check:
        raise other_words(language)
    return known.after(ranks, others)
