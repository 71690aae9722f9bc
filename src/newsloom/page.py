"""An article as a page: its paragraphs, and what the stream knows of them already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsloom.core import lines, runs
from newsloom.core.describe import headline
from newsloom.core.identity import article_id, place_id, story_id
from newsloom.core.model import Article, Story
from newsloom.core.policy import Policy
from newsloom.core.split import split
from newsloom.store.base import Known, Place, Shown, Store


@dataclass(frozen=True, slots=True)
class Page:
    """What its stories are cut from, and described with."""

    paragraphs: Sequence[str]
    segments: tuple[tuple[int, int], ...]  #: start and stop of each story
    furniture: frozenset[str]  #: lines that its source repeats
    source: bytes  #: digest of the source
    lines: tuple[bytes, ...]  #: digests by which the source's counts grow
    told: bool  #: whether its lines were counted before: as an earlier version, or as part of an archive
    new: bool  #: whether its source has not shown all of its sentences before
    known: frozenset[bytes]  #: its runs that known stories begin or end with

    def stories(self, article: Article, language: str, version: Place, arrived_s: float) -> Iterator[Story]:
        """The stories it is cut into, in order."""
        published_s = article.published_s
        if published_s is not None and published_s > arrived_s:
            published_s = None  # nobody reports from the future: the date is wrong
        for part, (start, stop) in enumerate(self.segments):
            paragraphs = tuple(self.paragraphs[start:stop])
            yield Story(
                id=story_id(version.article, part),
                article=article,
                language=language,
                part=part,
                parts=len(self.segments),
                first_paragraph=start,
                paragraphs=paragraphs,
                title=(article.title if part == 0 else None) or headline(paragraphs, self.furniture),
                published_s=published_s,
                arrived_s=arrived_s,
            )

    def copied(self, story: Story) -> bool:
        """Whether it begins and ends as known stories do: as near to a copy as can be told without an index."""
        edges = runs.of_story(story.paragraphs, self.furniture)
        return bool(edges) and self.known.issuperset(edges)

    def shown(self, story: Story, *, copied: bool) -> Shown:
        """What the stream learns from a story beside its terms.

        The lines of an article are counted once, with its first story, and not again for a new version.
        A copied text must not make its paragraphs furniture; but stories look like copies, too, for no
        other reason than that their source's furniture is not known yet. Those say something new.
        """
        edges = () if copied else runs.of_story(story.paragraphs, self.furniture)
        if story.part or self.told or (copied and not self.new):
            return Shown(runs=edges)
        return Shown(source=self.source, lines=self.lines, runs=edges)


def version_of(article: Article) -> Place:
    """Where the article comes from and which version of it this is."""
    place = place_id(article)
    return Place(place=place, article=article_id(place, article))


def look(article: Article, language: str, known: Known, store: Store, policy: Policy) -> Page:
    """Look up what is repeated; split the article, unless that was done when it came first."""
    paragraphs = [line for line in article.text.split("\n") if line.strip()]
    source = lines.source_digest(article)
    asked = lines.digests(paragraphs) if source else {}
    # An earlier version of the article would be taken for another file that holds its stories.
    pairs = [] if known.segments or known.previous else runs.of_page(paragraphs)
    repeated = store.repeated(language, source, list(asked.values()), [run.digest for run in pairs])
    furniture = lines.furniture(asked, repeated, policy)
    segments = known.segments
    if not segments:
        seen = runs.seen(pairs, repeated.runs, paragraphs, furniture)
        found = split(paragraphs, article.title, furniture=furniture, seen=seen)
        segments = tuple((segment.start, segment.stop) for segment in found)
    return Page(
        paragraphs=paragraphs,
        segments=segments,
        furniture=furniture,
        source=source,
        lines=lines.counted(asked),
        told=known.previous is not None or known.learned,
        new=lines.is_new(asked, repeated),
        known=repeated.runs,
    )
