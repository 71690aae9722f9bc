"""An article as a page: its paragraphs, and what the stream knows of them already."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsloom.core import lines, runs
from newsloom.core.model import Article, Decision, Outcome, Story
from newsloom.core.policy import Policy
from newsloom.core.split import split
from newsloom.store.base import Known, Shown, Store


@dataclass(frozen=True, slots=True)
class Page:
    """What its stories are cut from, and described with."""

    paragraphs: Sequence[str]
    segments: tuple[tuple[int, int], ...]  #: start and stop of each story
    furniture: frozenset[str]  #: lines that its source repeats
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
        revised=known.previous is not None,
        new=lines.is_new(asked, repeated),
    )
