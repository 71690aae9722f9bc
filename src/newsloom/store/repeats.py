"""What stories repeat: lines of a source, and the runs that stories begin or end with; in memory and in Redis.

The scripts are learn.lua, which is part of commit.lua and warm.lua, and repeated.lua; the class for memory does what
they do, and says it in Python.
"""

from collections import Counter, defaultdict
from typing import Any

import msgpack

from newsloom.core.model import Repeated
from newsloom.store.scripts import Call
from newsloom.store.values import Asked, Caps, Shown

#: Articles of a source whose lines are remembered at full weight; see learn.lua.
REMEMBERED = 100


class MemoryRepeats:
    """One language."""

    def __init__(self) -> None:
        self._lines: dict[bytes, Counter[bytes]] = defaultdict(Counter)
        self._articles: Counter[bytes] = Counter()
        self._runs: dict[int, set[bytes]] = defaultdict(set)
        self._told = 0
        self._archive: dict[int, set[str]] = defaultdict(set)
        self.learned = 0  #: articles of archives

    def articles(self, source: bytes) -> int:
        """Of a source, as far as they are remembered."""
        return self._articles[source]

    def repeated(self, asked: Asked, caps: Caps) -> Repeated:
        generation = max(0, self._told - 1) // caps.runs
        counts = self._lines.get(asked.source, Counter())
        known = self._runs.get(generation, set()) | self._runs.get(generation - 1, set())
        return Repeated(
            articles=self._articles[asked.source],
            held=len(counts),
            lines={line: counts[line] for line in asked.lines if line in counts},
            runs=frozenset(known.intersection(asked.runs)),
        )

    def learn(self, shown: Shown, caps: Caps) -> None:
        if shown.source:
            room = caps.lines // 2
            counts, lines = self._lines[shown.source], shown.lines[:room]
            if len(counts) + sum(line not in counts for line in lines) > caps.lines:
                self._forget(shown.source, room)
            self._articles[shown.source] += 1
            self._lines[shown.source].update(lines)
        if shown.runs:
            generation = self._told // caps.runs
            self._runs[generation].update(shown.runs)
            self._runs.pop(generation - 2, None)
            self._told += 1

    def learned_from(self, article: str) -> bool:
        """Whether it is known as part of an archive."""
        return any(article in articles for articles in self._archive.values())

    def note(self, article: str, caps: Caps) -> None:
        """Note that it was learned from, as part of an archive."""
        generation = self.learned // caps.learned
        self._archive[generation].add(article)
        self._archive.pop(generation - 2, None)
        self.learned += 1

    def _forget(self, source: bytes, room: int) -> None:
        kept = Counter({line: count for line, count in self._lines[source].items() if count > 1})
        while len(kept) > room or self._articles[source] > REMEMBERED:
            kept = Counter({line: count // 2 for line, count in kept.items() if count > 1})
            self._articles[source] //= 2
        self._lines[source] = kept


def pack_shown(shown: Shown, caps: Caps) -> bytes:
    """What learn.lua takes of a story that is committed, or of an archive."""
    lines, runs = b"".join(shown.lines), b"".join(shown.runs)
    # Redis' own reader knows MessagePack as it was before bytes and text were told apart.
    value: bytes = msgpack.packb(
        (shown.source, lines, runs, caps.lines, REMEMBERED, caps.runs), use_bin_type=False
    )
    return value


def repeated(asked: Asked, caps: Caps) -> Call[Repeated]:
    """What of an article was seen before, as Redis is asked for it."""

    def read(reply: Any) -> Repeated:
        articles, held, counts, new, old = reply
        return Repeated(
            articles=int(articles),
            held=held,
            # without a source there are no counts
            lines={line: int(count) for line, count in zip(asked.lines, counts, strict=False) if count},
            runs=frozenset(run for run, a, b in zip(asked.runs, new, old, strict=True) if a or b),
        )

    args = (asked.source, b"".join(asked.lines), b"".join(asked.runs), caps.runs)
    return Call("repeated", asked.language, args, read)
