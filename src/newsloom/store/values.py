"""What goes into a store of events and comes out of it: frozen values, and what both stores derive from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from newsloom.core.copies import in_common, stands_for
from newsloom.core.decide import Earlier
from newsloom.core.likeness import Query
from newsloom.core.model import Candidate, Counts, Decision, Member, Outcome, Repeated, Story

JOURNAL_CAP = 1_000
HASH_CAP = 64  #: latest stories posted under one shingle hash
COPIES_CAP = 16  #: stories that may be copies, of which the texts are held against each other
#: How often a cap was hit: postings and members dropped, stories that shared terms with too many events,
#: events that were to be looked at again and are not.
CAPPED = ("postings_capped", "members_capped", "candidates_capped", "young_capped")
#: Outcomes that are counted: a repeat leaves nothing behind.
COUNTED = tuple(outcome for outcome in Outcome if outcome is not Outcome.REPEAT)
#: How often the index was put right after a second look, or by hand.
CHANGED = ("merged", "split", "moved", "forgotten")


@dataclass(frozen=True, slots=True)
class Caps:
    """Bounds of the work and the memory that one story costs."""

    postings: int = 128  #: most recent events kept for each term
    read: int = 400  #: events met on the lists of a story's terms, after which no further list is read
    candidates: int = 24  #: events compared
    members: int = 8  #: stories compared of each event
    stream: int = 1_000_000  #: records kept in the stream of decisions
    generation: int = 20_000  #: stories of one generation of term counts; two are kept
    young: int = 50_000  #: events of a language that are to be looked at again
    lines: int = 480  #: lines counted of each source; a hash of up to 512 fields takes the compact form
    runs: int = 50_000  #: stories of one generation of known runs; two are kept
    learned: int = 50_000  #: articles of an archive of one generation of those learned from; two are kept
    files: int = 50_000  #: stories of one generation of files that are known as decided; two are kept
    retention_s: int = 60 * 86_400  #: how long what is known of an event outlives its last change

    def room(self, counts: Counts) -> int:
        """How many stories more can be counted before these counts forget older ones.

        They rest on one generation in full, and on the newest as far as it has come.
        """
        return self.generation - counts.stories % self.generation

    def remember(self, repeated: Repeated, lines: Sequence[int]) -> bool:
        """Whether articles of the source with so many lines can be counted before others are forgotten.

        Of one article no more than half of the room is taken.
        """
        return repeated.held + sum(lines) <= self.lines and max(lines, default=0) <= self.lines // 2


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
    record_id: str  #: of its record in the stream of decisions
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
    rewrite_of: str | None
    redundant: bool
    revision_of: str | None
    title: str | None
    source: str | None
    url: str | None
    placed: bool = False  #: whether a person put it into this event, which it did not open

    @property
    def links(self) -> list[str]:
        """The stories that it is a copy, a rewrite or a version of."""
        return [link for link in (self.duplicate_of, self.rewrite_of, self.revision_of) if link]


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of an article before it is decided."""

    segments: tuple[tuple[int, int], ...] = ()  #: how it was split when it came first; () if it is new
    decided: Mapping[int, Decision] = field(default_factory=dict)  #: part -> decision as repeat
    earlier: tuple[Earlier, ...] = ()  #: stories of the version before
    #: Of those that name their event -> what it is called
    headlines: Mapping[str, str] = field(default_factory=dict)
    previous: str | None = None  #: article key of the version before
    learned: bool = False  #: whether the stream has learned from it, as part of an archive


@dataclass(frozen=True, slots=True)
class Recalled:
    """Candidates, and the state that they were read from."""

    version: int
    terms: tuple[str, ...]  #: the posting lists that were read
    candidates: tuple[Candidate, ...]
    copies: tuple[Candidate, ...] = ()  #: stories that it may be a copy of beside those, one each
    capped: bool = False  #: whether more events shared its terms than are compared


@dataclass(frozen=True, slots=True)
class Shown:
    """What a story shows beside its terms."""

    source: bytes = b""  #: digest of the article's source; empty if unknown or counted before
    lines: tuple[bytes, ...] = ()  #: digests of the article's lines
    runs: tuple[bytes, ...] = ()  #: digests of the story's first and its last paragraphs


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a story of an archive teaches, without being decided."""

    counted: Sequence[str]  #: terms that the stream has now shown once more; none for a copy
    shown: Shown


@dataclass(frozen=True, slots=True)
class Asked:
    """An article that is looked up before it is cut."""

    language: str
    place: Place
    source: bytes  #: digest of its source; empty if unknown
    lines: Sequence[bytes]  #: digests of its lines
    runs: Sequence[bytes]  #: digests of the runs that a story on it may begin or end with


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the index of one language knows of where an article is from."""

    page: bool  #: whether the page was seen in it
    articles: int  #: of the source, as far as they are remembered


@dataclass(frozen=True, slots=True)
class Question:
    """A story whose candidates are recalled."""

    query: Query
    terms: Sequence[str]
    min_overlap: float  #: share of the shorter text from which on another story is told as a possible copy

    def may_copy(self, sketch: frozenset[int]) -> bool:
        """Whether so much text is shared: chance, and phrases that many use, let many more stories meet."""
        return in_common(self.query.profile.sketch, sketch) >= self.min_overlap


@dataclass(frozen=True, slots=True)
class Commit:
    """All that is written for one story, at once."""

    query: Query
    decision: Decision
    recalled: Recalled
    terms: Sequence[str]  #: those that its event is entered under
    place: Place
    known: Known
    segments: tuple[tuple[int, int], ...]
    counted: Sequence[str]  #: terms that the stream has now shown once more; none for a copy
    record: Mapping[str, Any]  #: what goes to the stream
    shown: Shown = Shown()
    closes: str = (
        ""  #: 16 hex digits of the file, or the part of one, that is done with this story; else nothing
    )


@dataclass(frozen=True, slots=True)
class EventSummary:
    """An event as it is listed."""

    event: str
    language: str
    size: int
    first_s: float
    last_s: float
    dated: bool  #: whether these two are times of publication
    title: str  #: of its first story, or how that begins
    stories: tuple[str, ...]
    tellings: int  #: of these those that are compared: no copies and no earlier versions; up to the cap


def stored(commit: Commit, record_id: str) -> Stored:
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
            crowd=decision.crowd,
        ),
        record_id=record_id,
        article_id=story.article.id or story.article.place,
        file=story.article.place,
        index=story.article.index,
        part=story.part,
        parts=story.parts,
        first_paragraph=story.first_paragraph,
        paragraphs=len(story.paragraphs),
        language=story.language,
        outcome=decision.outcome,
        duplicate_of=decision.duplicate_of,
        rewrite_of=decision.rewrite_of,
        redundant=decision.redundant,
        revision_of=decision.revision_of,
        title=story.title,
        source=story.article.source,
        url=story.article.url,
    )


def order(record_id: str) -> tuple[int, ...]:
    """By what records, and so stories, are in order of commit; a story that is gone came before all."""
    return tuple(map(int, record_id.split("-"))) if record_id else ()


def rank(story: Stored) -> tuple[int, ...]:
    """By what the stories of an event are in order: of commit, and those that a person put there come last."""
    return (story.placed, *order(story.record_id))


def replaced(commit: Commit) -> str | None:
    """Id of the story whose place it takes among those that later ones are compared with, if any.

    Of an earlier version, or of the summary that went before the article.
    """
    decision = commit.decision
    if decision.duplicate_of is not None:
        return None if decision.redundant else decision.duplicate_of
    earlier = (one.member for one in commit.known.earlier if one.member.story == decision.revision_of)
    return next((one.story for one in earlier if stands_for(commit.query.profile, one.profile)), None)


def heading(story: Story, decision: Decision, known: Known) -> str:
    """What its event is called from now on, if the story names it; else empty.

    That does the one that opens it, then the newest version of that; one without a headline leaves it as it is.
    """
    if decision.outcome is Outcome.OPEN:
        return story.label
    before = known.headlines.get(decision.revision_of or "")
    return "" if before is None else story.title or before


def retitled(story: Story, decision: Decision, known: Known) -> str | None:
    """The headline of its event, where the decision changes it and the story's own title does not say so."""
    opens = decision.outcome is Outcome.OPEN
    told = story.title if opens else known.headlines.get(decision.revision_of or "")
    now = heading(story, decision, known)
    return now if now and now != told else None


def newer(stories: Sequence[Stored]) -> dict[str, str]:
    """Of an event's stories: story -> the newer version, or the longer copy, that stands for it."""
    known = {story.member.story: story.member.profile for story in stories}
    found = {}
    for story in stories:
        if story.duplicate_of is not None and not story.redundant:
            found[story.duplicate_of] = story.member.story
        elif (older := story.revision_of) in known and stands_for(story.member.profile, known[older]):
            found[older] = story.member.story
    return found


def compared(stories: Sequence[Stored]) -> list[Stored]:
    """The stories of an event that later ones are compared with: no copies, and of an article the newest version.

    A rewrite too many counts again where the story that it rewrites is gone.
    """
    older = newer(stories)
    there = {story.member.story for story in stories}
    return [
        story
        for story in stories
        if story.member.story not in older
        and (not story.redundant or (story.rewrite_of is not None and story.rewrite_of not in there))
    ]
