"""What the store in memory holds of one language."""

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field, replace

from newsloom.store.base import BAND_CAP, JOURNAL_CAP, Stored
from newsloom.store.repeats import MemoryRepeats


@dataclass(slots=True)
class Event:
    """An event; its members are the stories that new ones are compared with."""

    first_s: float
    last_s: float
    dated: bool
    title: str
    members: list[str] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)
    hand: bool = False


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
        self.journal: deque[tuple[str, frozenset[str]]] = deque(maxlen=JOURNAL_CAP)
        self.counted = 0
        self.capped: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.df: dict[int, Counter[str]] = defaultdict(Counter)
        self.postings: dict[str, dict[str, float]] = defaultdict(dict)
        self.bands: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=BAND_CAP))
        self.events: dict[str, Event] = {}
        self.merged: dict[str, str] = {}  #: event -> the one it was merged into
        self.young: dict[str, int] = {}  #: event -> version at which it is due for a second look
        self.stories: dict[str, Stored] = {}
        self.articles: dict[str, ArticleVersion] = {}
        self.places: dict[str, str] = {}
        self.repeats = MemoryRepeats()

    def put(self, story: str, event: str) -> None:
        """Note that a story is in another event."""
        self.stories[story] = replace(self.stories[story], event=event)

    def trim(self, term: str, cap: int) -> None:
        """Keep a posting list within its cap: the event whose last story is oldest goes."""
        posted = self.postings[term]
        if len(posted) > cap:
            del posted[min(posted, key=lambda event: (posted[event], event))]
            self.capped["postings_capped"] += 1
