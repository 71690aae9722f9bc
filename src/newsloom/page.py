"""An article as a page: its paragraphs, and what the stream knows of them already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsloom.core import lines, runs
from newsloom.core.identity import article_id, place_id
from newsloom.core.language import detect
from newsloom.core.model import Article, Decision, Outcome, Repeated, Story
from newsloom.core.policy import Policy
from newsloom.core.split import split
from newsloom.store.base import Asked, Known, Place, Shown


@dataclass(frozen=True, slots=True)
class Page:
    """What its stories are cut from, and described with."""

    paragraphs: Sequence[str]
    segments: tuple[tuple[int, int], ...]  #: start and stop of each story
    furniture: frozenset[str]  #: lines that its source repeats
    seen: runs.Seen  #: where stories begin and end that other files hold
    source: bytes  #: digest of the source
    lines: tuple[bytes, ...]  #: digests by which the source's counts grow
    revised: bool  #: whether an earlier version of the article is known
    new: bool  #: whether its source has not shown all of its sentences before

    def shown(self, story: Story, decision: Decision) -> Shown:
        """What the stream learns from a story beside its terms.

        The lines of an article are counted once, with its first story, and not again for a new version.
        A copied text must not make its paragraphs furniture; but stories look like copies, too, for no
        other reason than that their source's furniture is not known yet. Those say something new.
        """
        copied = decision.outcome is Outcome.DUPLICATE
        edges = () if copied else runs.of_story(story.paragraphs, self.furniture)
        if story.part or self.revised or (copied and not self.new):
            return Shown(runs=edges)
        return Shown(source=self.source, lines=self.lines, runs=edges)


@dataclass(frozen=True, slots=True)
class Sheet:
    """An article before it is looked up: its paragraphs, and what of them is asked for."""

    article: Article
    language: str
    place: Place
    paragraphs: Sequence[str]
    source: bytes  #: digest of the source
    lines: Mapping[str, bytes]  #: digests of what may be furniture
    pairs: Sequence[runs.Run]  #: where a known story may begin or end

    @property
    def asked(self) -> Asked:
        digests = [run.digest for run in self.pairs]
        return Asked(self.language, self.place, self.source, list(self.lines.values()), digests)


def open_sheet(article: Article) -> Sheet:
    """Tell the language and the place of an article, and what has to be looked up."""
    paragraphs = [line for line in article.text.split("\n") if line.strip()]
    source, place = lines.source_digest(article), place_id(article)
    return Sheet(
        article=article,
        language=detect(article.text, article.language),
        place=Place(place=place, article=article_id(place, article)),
        paragraphs=paragraphs,
        source=source,
        lines=lines.digests(paragraphs) if source else {},
        pairs=runs.of_page(paragraphs),
    )


def look(sheet: Sheet, known: Known, repeated: Repeated, policy: Policy, before: Page | None = None) -> Page:
    """What is repeated; and split the article, unless that was done when it came first.

    ``before`` is what it looked like a moment ago: where what tells the cuts is the same, so are they.
    """
    furniture = lines.furniture(sheet.lines, repeated, policy)
    # An earlier version of the article would be taken for another file that holds its stories.
    seen = runs.NOTHING
    if not known.segments and known.previous is None:
        seen = runs.seen(sheet.pairs, repeated.runs, sheet.paragraphs, furniture)
    if known.segments:
        segments = known.segments
    elif before is not None and (before.furniture, before.seen) == (furniture, seen):
        segments = before.segments
    else:
        found = split(sheet.paragraphs, sheet.article.title, furniture=furniture, seen=seen)
        segments = tuple((segment.start, segment.stop) for segment in found)
    return Page(
        paragraphs=sheet.paragraphs,
        segments=segments,
        furniture=furniture,
        seen=seen,
        source=sheet.source,
        lines=lines.counted(sheet.lines),
        revised=known.previous is not None,
        new=lines.is_new(sheet.lines, repeated),
    )
