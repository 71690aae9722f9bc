"""What the store in memory holds of one language."""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from newsloom.core.model import Counts
from newsloom.core.views import DAY_S
from newsloom.errors import Conflict
from newsloom.store.changes import Headline
from newsloom.store.repeats import MemoryRepeats
from newsloom.store.values import JOURNAL_CAP, Stored, rank

LIST_BYTES = 3  #: of a term's key, by which lists go


@dataclass(slots=True)
class Event:
    """An event; its members are the stories that new ones are compared with."""

    first_s: float
    last_s: float
    dated: bool
    headline: Headline
    number: int  #: those opened before it
    members: list[str] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)
    joined: bool = False
    parted: bool = False


@dataclass(slots=True)
class ArticleVersion:
    """How one version of an article was split, and what was decided of it."""

    segments: tuple[tuple[int, int], ...]
    previous: str | None
    parts: dict[int, str] = field(default_factory=dict)


class Index:
    """One language."""

    def __init__(self) -> None:
        self.version = 0
        self.journal: deque[tuple[str, frozenset[bytes]]] = deque(maxlen=JOURNAL_CAP)
        self.counted = 0
        self.capped: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.df: dict[int, Counter[str]] = defaultdict(Counter)
        self.postings: dict[bytes, dict[int, int]] = defaultdict(
            dict
        )  #: list -> number -> day; of shingle hashes, stories by number, day 0
        self.opened: list[str] = []  #: events by number
        self.committed: list[str] = []  #: stories by number
        self.events: dict[str, Event] = {}
        self.merged: dict[str, str] = {}  #: event -> the one it was merged into
        self.young: dict[str, int] = {}  #: event -> version at which it is due for a second look
        self.stories: dict[str, Stored] = {}
        self.articles: dict[str, ArticleVersion] = {}
        self.places: dict[str, str] = {}
        self.repeats = MemoryRepeats()
        self.files: dict[int, set[str]] = defaultdict(set)  #: those that are decided, by generation
        self.moves: Counter[str] = Counter()  #: story -> times that it went to another event

    def since(self, version: int) -> list[tuple[str, frozenset[bytes]]]:
        """Events that have changed since then, with the lists that each entered. Raises ``Conflict`` if that is long ago."""
        behind = self.version - version
        if behind > JOURNAL_CAP:
            raise Conflict("the index moved on too far")
        return list(self.journal)[len(self.journal) - behind :]

    def known(self, parts: Mapping[int, str]) -> dict[int, Stored]:
        """The stories that stand at these parts of an article, in order; without those that are gone."""
        return {part: self.stories[story] for part, story in sorted(parts.items()) if story in self.stories}

    def counts(self, terms: Sequence[str], size: int) -> Counts:
        """How many stories hold each of these terms; ``size``: stories of one generation, of which two are kept."""
        generation = self.counted // size
        new, old = self.df[generation], self.df[generation - 1]
        return Counts(
            stories=self.counted - max(0, generation - 1) * size,
            terms={term: new[term] + old[term] for term in terms},
        )

    def count(self, terms: Sequence[str], size: int) -> None:
        """Count a story with these terms."""
        generation = self.counted // size
        self.df[generation].update(terms)
        self.df.pop(generation - 2, None)
        self.counted += 1

    def close(self, file: str, number: int, size: int) -> None:
        """A file, if there is one, is done with the story of that number; ``size``: stories of one generation."""
        if file:
            self.files[number // size].add(file)
            self.files.pop(number // size - 2, None)

    def closed(self, file: str, size: int) -> bool:
        """Whether that file is known as decided."""
        generation = max(0, len(self.committed) - 1) // size
        return any(file in self.files.get(each, ()) for each in (generation, generation - 1))

    def put(self, story: str, event: str, *, placed: bool) -> None:
        """Note that a story is in another event."""
        self.stories[story] = replace(self.stories[story], event=event, placed=placed)

    def in_order(self, stories: Iterable[str]) -> list[str]:
        """The stories of an event."""
        return sorted(stories, key=lambda story: rank(self.stories[story]))

    def post(self, key: bytes, number: int, day: int, cap: int) -> bool:
        """Put a number on the list of a term or a shingle hash; whether that is full: the oldest day goes."""
        posted = self.postings[key[:LIST_BYTES]]
        posted[number] = max(day, posted.get(number, day))
        if len(posted) <= cap:
            return False
        del posted[min(posted, key=lambda each: (posted[each], each))]
        return True


def day_of(time_s: float) -> int:
    """As event.lua counts days: from 1900, at least 1."""
    return max(1, min(math.floor(time_s / DAY_S) + 25_567, 65_534))
