"""The nouns. Frozen values; every time is in POSIX seconds, UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from newsloom.core.beginning import beginning
from newsloom.core.furniture import is_furniture

LABEL_CHARACTERS = 120


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
    path: str = ""  #: where that file lies, absolute
    member: str = ""  #: what of that file it lies in, if that is an archive: ``a.tar.gz!b.json``
    index: int = 0  #: position in its file, from 0
    id: str | None = None  #: the article's own id, as its source gives it
    title: str | None = None
    url: str | None = None  #: canonical URL
    source: str | None = None  #: outlet, usually a host name
    language: str | None = None  #: ISO 639-1, where the file says so
    published_s: float | None = None  #: publication time; None where the file gives none
    #: How a date begins that was not understood, or is in the future, where there is no other.
    unread_date: str | None = None
    #: What it was read from, if that was asked for.
    record: Mapping[str, object] | None = field(default=None, compare=False, repr=False)
    fetched_s: float | None = None  #: when it was fetched, where the file says so
    sent_s: int | None = None  #: when it was handed in, by its message; None where that does not say
    #: 16 hex digits of its file, or the part of it, of which this is the last article; else nothing
    closes: str = ""

    @property
    def place(self) -> str:
        """The file as handed in, and the member if that is an archive: ``news.zip!today.json``."""
        return f"{self.file}!{self.member}" if self.member else self.file


@dataclass(frozen=True, slots=True)
class Story:
    """One self-contained news text in an article."""

    id: str  #: 16 hex digits, made of the article's place, its content and the part
    article: Article
    language: str  #: code of its index, see language.py; und where nobody knows
    part: int  #: position in its article, from 0
    parts: int  #: number of stories in the article
    first_paragraph: int  #: index of its first paragraph among the article's non-empty lines, or of its sentence where it is one line
    paragraphs: tuple[str, ...]  #: the text as it stands in the article
    title: str | None  #: headline, where one is known
    published_s: float | None  #: None where unknown or in the future
    arrived_s: float  #: when the file was handed in, or, if it has no date, fetched; where nobody says, when it was read

    @property
    def label(self) -> str:
        """What to call it: its headline, else how it begins below what is no part of the news."""
        told = (line for line in self.paragraphs if not is_furniture(line))
        return self.title or beginning(next(told, self.paragraphs[0]), LABEL_CHARACTERS)

    @property
    def time_s(self) -> float:
        """The story's own time: publication where known, else arrival."""
        return self.arrived_s if self.published_s is None else self.published_s


@dataclass(frozen=True, slots=True)
class Features:
    """What a story is compared by, before anything is known of the stream."""

    words: int  #: terms in the text, repetitions counted
    simhash: int  #: 64-bit simhash of word shingles
    sketch: frozenset[int]  #: the smallest shingle hashes: a sample for containment
    smallest: tuple[int, ...]  #: the first of them in order, 32 bits each: by these copies find each other
    terms: Mapping[str, int]  #: term -> occurrences in title and text
    title: frozenset[str]
    lead: frozenset[str]  #: terms of the title and the first words
    names: frozenset[str]  #: terms that stand capitalised inside a sentence
    ages: frozenset[int] = frozenset()  #: of the people it tells of, see ages.py
    days: frozenset[int] = frozenset()  #: that it tells of, see days.py
    weekdays: frozenset[int] = frozenset()  #: that the lead of a story without a date tells of
    outlet: int = 0  #: 16 bits that tell who published it; 0 where unknown


@dataclass(frozen=True, slots=True)
class Counts:
    """What the stream has shown so far of some terms, in one language."""

    stories: int  #: stories counted
    terms: Mapping[str, int]  #: term -> stories that hold it


@dataclass(frozen=True, slots=True)
class Repeated:
    """What of a page the stream has shown before."""

    articles: int = 0  #: articles of its source that were counted
    lines: Mapping[bytes, int] = field(default_factory=dict)  #: digest of a line -> those that held it
    runs: frozenset[bytes] = frozenset()  #: digests of the runs that known stories begin or end with
    held: int = field(default=0, compare=False)  #: different lines of its source that are counted


@dataclass(frozen=True, slots=True)
class Profile:
    """A story as the index keeps it: its heaviest terms by view, with the norm of each view.

    A norm is taken under the term weights of the story's own moment; the weights themselves are
    not kept, for a comparison uses those of the newer story.
    """

    simhash: int
    sketch: frozenset[int]
    words: int
    body: Mapping[str, float]  #: term -> 1 + ln(occurrences)
    title: frozenset[str]
    lead: frozenset[str]
    names: frozenset[str]
    ages: frozenset[int]
    norms: tuple[float, float, float, float]  #: of body, title, lead, names
    days: frozenset[int] = frozenset()  #: that it tells of, see days.py
    weekdays: frozenset[int] = frozenset()  #: that the lead of a story without a date tells of
    outlet: int = 0  #: 16 bits that tell who published it; 0 where unknown
    packed: list[Any] = field(default_factory=list, init=False, compare=False, repr=False)  #: see packed.py


@dataclass(frozen=True, slots=True)
class Member:
    """A decided story, as it is compared with new ones."""

    story: str
    published_s: float | None
    arrived_s: float
    profile: Profile
    crowd: float = 0.0  #: how alike its surroundings were to it when it was last looked at, a cosine

    @property
    def time_s(self) -> float:
        return self.arrived_s if self.published_s is None else self.published_s


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that may take the story, as recalled."""

    event: str
    size: int  #: stories in it
    members: tuple[Member, ...]  #: its first and its latest tellings, capped; see values.compared

    def measured(self, known: Mapping[str, Member]) -> "Candidate":
        """The same with its members as they were measured anew, by story."""
        return replace(self, members=tuple(known[member.story] for member in self.members))


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one story, with its evidence."""

    story: str
    event: str
    outcome: Outcome
    policy: str  #: version of the policy that decided
    threshold: float  #: score that an event has to reach, in logits
    candidates: int = 0  #: events compared
    duplicate_of: str | None = None  #: story of which this is a copy
    rewrite_of: str | None = None  #: story that it joins and tells again in much the same words
    redundant: bool = False  #: whether later stories need not be compared with it: a copy, or the third to tell one thing so
    revision_of: str | None = None  #: earlier version of this story
    #: The story that shares most text with this one; of a copy its original, of a version the one before.
    closest: str | None = None
    distance: int | None = None  #: Hamming bits between the two, 0..64
    overlap: float | None = None  #: part of the shorter text that stands in the other, 0..1
    crowd: float = 0.0  #: how alike the story's surroundings are to it, a cosine
    best: str | None = None  #: the event that scores best, where the story is in another
    score: float | None = None  #: logits for the best event
    margin: float | None = None  #: score less the runner-up's
    runner_up: str | None = None
    runner_up_score: float | None = None
    features: Mapping[str, float] = field(default_factory=dict)  #: the best event's views
