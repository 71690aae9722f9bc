"""What a store of events does. The memory and the Redis store pass one contract suite."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from newsloom.core.decide import Earlier
from newsloom.core.model import Candidate, Counts, Decision, Member, Outcome, Repeated, Story
from newsloom.core.views import Query

JOURNAL_CAP = 1_000
BAND_CAP = 64
#: How often a cap was hit: postings and members dropped, stories that shared terms with too many events.
CAPPED = ("postings_capped", "members_capped", "candidates_capped")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Caps:
    """Bounds of the work and the memory that one story costs."""

    postings: int = 256  #: most recent events kept for each term
    candidates: int = 24  #: events compared
    members: int = 8  #: stories compared of each event
    stream: int = 1_000_000  #: records kept in the stream of decisions
    generation: int = 20_000  #: stories of one generation of term counts; two are kept
    lines: int = 480  #: lines counted of each source; a hash of up to 512 fields takes the compact form
    runs: int = 50_000  #: stories of one generation of known runs; two are kept
    retention_s: int = 60 * 86_400  #: how long what is known of an event outlives its last change


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article comes from and which version of it this is."""

    place: str  #: 16 hex digits of the canonical URL, else source and id, else the path
    article: str  #: 16 hex digits of the place and the content


@dataclass(frozen=True, slots=True)
class Stored:
    """A decided story, as it can be looked up and exported."""

    event: str
    member: Member
    record: str  #: id of its record in the stream of decisions
    article_id: str  #: the article's own id, else the path as given
    file: str
    index: int
    part: int
    parts: int
    first_paragraph: int
    paragraphs: int
    language: str
    outcome: Outcome
    duplicate_of: str | None
    revision_of: str | None
    title: str | None
    source: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of an article before it is decided."""

    segments: tuple[tuple[int, int], ...] = ()  #: how it was split when it came first; () if it is new
    decided: Mapping[int, Decision] = field(default_factory=dict)  #: part -> decision as repeat
    earlier: tuple[Earlier, ...] = ()  #: stories of the version before
    previous: str | None = None  #: article key of the version before


@dataclass(frozen=True, slots=True)
class Recalled:
    """Candidates, and the state that they were read from."""

    version: int
    terms: tuple[str, ...]  #: the posting lists that were read
    candidates: tuple[Candidate, ...]
    capped: bool = False  #: whether more events shared its terms than are compared


@dataclass(frozen=True, slots=True)
class Shown:
    """What a story shows beside its terms."""

    source: bytes = b""  #: digest of the article's source; empty if unknown or counted before
    lines: tuple[bytes, ...] = ()  #: digests of the article's lines
    runs: tuple[bytes, ...] = ()  #: digests of the story's first and its last paragraphs


@dataclass(frozen=True, slots=True)
class Commit:
    """All that is written for one story, at once."""

    query: Query
    decision: Decision
    recalled: Recalled
    place: Place
    known: Known
    segments: tuple[tuple[int, int], ...]
    counted: Sequence[str]  #: terms that the stream has now shown once more; none for a copy
    record: Mapping[str, Any]  #: what goes to the stream
    shown: Shown = Shown()


@dataclass(frozen=True, slots=True)
class EventSummary:
    """An event as it is listed."""

    event: str
    language: str
    size: int
    first_s: float
    last_s: float
    title: str  #: of its first story, or how that begins
    stories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file, or one record of it, that could not be read."""

    file: str
    reason: str
    detail: str
    at_s: float
    record: int | None = None  #: position in its file, where only one record is bad


class Store(Protocol):
    """Raises ``StoreUnavailable`` where Redis cannot be reached, in every method."""

    def known(self, language: str, place: Place) -> Known: ...

    def counts(self, language: str, terms: Sequence[str]) -> Counts: ...

    def repeated(
        self, language: str, source: bytes, lines: Sequence[bytes], runs: Sequence[bytes]
    ) -> Repeated:
        """In how many articles of the source these lines stood, and which of these runs are known."""

    def recall(self, query: Query, terms: Sequence[str], max_distance_bits: int) -> Recalled: ...

    def commit(self, commit: Commit) -> str:
        """Write a decision and return the id of its stream record.

        Raises ``Conflict`` if anything it relied on has changed since the recall, or if the story
        was committed meanwhile. Nothing is written then.
        """

    def story(self, story_id: str) -> Stored | None: ...

    def event(self, event_id: str) -> EventSummary | None: ...

    def events(self) -> Iterator[EventSummary]:
        """All events, in the order of their first story's commit."""

    def stories(self) -> Iterator[Stored]:
        """All stories, in the order of their commits within a language."""

    def quarantine(self, entry: Quarantined) -> None: ...

    def quarantined(self) -> list[Quarantined]: ...

    def release(self, entries: Sequence[Quarantined]) -> int:
        """Take these very entries off the list; returns how many still stood there.

        One that was put there anew since, by a worker that tried again, is another entry and stays.
        """

    def attempt(self, file: str) -> int:
        """Count one more attempt at a file that is about to begin; returns the number so far."""

    def settled(self, file: str, *, clean: bool = False) -> None:
        """The file has its outcome: forget its attempts, and if it is clean its time in quarantine."""

    def stats(self) -> dict[str, Any]: ...


def stored(commit: Commit, record: str) -> Stored:
    """What will be known of a story after its commit."""
    story: Story = commit.query.story
    decision = commit.decision
    return Stored(
        event=decision.event,
        member=Member(
            story=story.id,
            published_s=story.published_s,
            arrived_s=story.arrived_s,
            profile=commit.query.profile,
        ),
        record=record,
        article_id=story.article.id or story.article.file,
        file=story.article.file,
        index=story.article.index,
        part=story.part,
        parts=story.parts,
        first_paragraph=story.first_paragraph,
        paragraphs=len(story.paragraphs),
        language=story.language,
        outcome=decision.outcome,
        duplicate_of=decision.duplicate_of,
        revision_of=decision.revision_of,
        title=story.title,
        source=story.article.source,
        url=story.article.url,
    )


def joins_members(outcome: Outcome) -> bool:
    """Whether later stories are compared with this one: a copy adds nothing to its original."""
    return outcome is not Outcome.DUPLICATE


def bands(simhash: int) -> tuple[str, ...]:
    """Four keys of 16 bits: two fingerprints within 3 bits share one at least (pigeonhole)."""
    return tuple(f"{band}:{(simhash >> (16 * band)) & 0xFFFF:04x}" for band in range(4))


def printable(path: str) -> str:
    """A path as it can be stored and logged: bytes that are no UTF-8 are replaced."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", path)
