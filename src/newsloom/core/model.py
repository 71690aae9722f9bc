"""The nouns. Frozen values; every time is in POSIX seconds, UTC."""

from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a story, in the order in which the rules are tried."""

    REPEAT = "repeat"  #: this very content from this very place was decided before
    REVISION = "revision"  #: the same URL or source id, with changed text
    DUPLICATE = "duplicate"  #: a copy of another story
    ATTACH = "attach"  #: the same event, told by someone else
    OPEN = "open"  #: a new event


@dataclass(frozen=True, slots=True)
class Article:
    """One document read from a file."""

    file: str  #: path as handed in
    text: str  #: paragraphs, one a line; never empty
    index: int = 0  #: position in its file, from 0
    id: str | None = None  #: the article's own id, as its source gives it
    title: str | None = None
    url: str | None = None  #: canonical URL
    source: str | None = None  #: outlet, usually a host name
    language: str | None = None  #: ISO 639-1, where the file says so
    published_s: float | None = None  #: publication time; None where the file gives none


@dataclass(frozen=True, slots=True)
class Story:
    """One self-contained news text in an article."""

    id: str  #: 16 hex digits, from the article's place, its content and the part
    article: Article
    part: int  #: position in its article, from 0
    parts: int  #: number of stories in the article
    first_paragraph: int  #: index of its first paragraph among the article's non-empty lines
    paragraphs: tuple[str, ...]  #: the text as it stood in the article
    title: str | None  #: the article's title for part 0 (if any), else the story's own headline
    arrived_s: float  #: when the file was handed in

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)

    @property
    def dated(self) -> bool:
        return self.article.published_s is not None

    @property
    def time_s(self) -> float:
        """The story's own time: publication where known, else arrival."""
        published = self.article.published_s
        return self.arrived_s if published is None else published


#: Term -> weight. Terms are plain words, so that a decision can be explained.
Vector = dict[str, float]


@dataclass(frozen=True, slots=True)
class Features:
    """What a story is compared by."""

    language: str  #: ISO 639-1; an index of its own
    words: int  #: tokens in the text
    simhash: int  #: 64-bit simhash of word shingles
    sketch: frozenset[int]  #: sample of shingle hashes, for containment
    terms: dict[str, int]  #: term -> occurrences, title included
    title: frozenset[str]  #: terms of the title
    lead: frozenset[str]  #: terms of title and first words
    names: frozenset[str]  #: terms seen capitalised inside a sentence
    numbers: frozenset[str]  #: numbers told in the text


@dataclass(frozen=True, slots=True)
class Weighted:
    """A story's vectors under the term weights of one moment; all of unit length."""

    body: Vector
    title: Vector
    lead: Vector
    numbers: Vector


@dataclass(frozen=True, slots=True)
class Member:
    """A decided story as the index keeps it."""

    story: str  #: story id
    place: str  #: where its article came from
    simhash: int
    sketch: frozenset[int]
    words: int
    dated: bool
    time_s: float
    arrived_s: float
    vectors: Weighted


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that may take the story, as recalled."""

    event: str
    size: int  #: stories in it
    first_s: float  #: article time of its earliest story
    last_s: float  #: article time of its latest story
    arrived_s: float  #: when its latest story arrived
    dated: bool  #: whether first_s and last_s are publication times
    members: tuple[Member, ...]  #: its first and its latest stories, capped


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one story, with its evidence."""

    story: str
    event: str
    outcome: Outcome
    policy: str  #: version of the policy that decided
    threshold: float  #: score that an event had to reach
    candidates: int = 0  #: events compared
    duplicate_of: str | None = None  #: story this one is a copy of
    revision_of: str | None = None  #: story this one replaces
    distance: int | None = None  #: Hamming bits to the nearest copy candidate, 0..64
    overlap: float | None = None  #: containment of the smaller text in the other, 0..1
    score: float | None = None  #: log-odds that the best candidate is the same event
    margin: float | None = None  #: score less the runner-up's
    runner_up: str | None = None
    runner_up_score: float | None = None
    features: dict[str, float] = field(default_factory=dict)  #: views of the best candidate
