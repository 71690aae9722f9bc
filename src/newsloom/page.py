"""An article as a page: its paragraphs, and what the stream knows of them already."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsloom.core import lines, runs
from newsloom.core.describe import headline, is_headed
from newsloom.core.identity import article_id, place_id, story_id
from newsloom.core.language import UNKNOWN, detect
from newsloom.core.model import Article, Repeated, Story
from newsloom.core.policy import Policy
from newsloom.core.sentences import sentences
from newsloom.core.split import split
from newsloom.store.values import Asked, Known, Place, Shown, Spoken

#: Articles of a source, and their share, by which its language is known.
_FEW, _USUAL = 3, 0.8


@dataclass(frozen=True, slots=True)
class Sheet:
    """An article before it is looked up: its paragraphs, and what of them is asked for."""

    article: Article
    language: str
    told: bool  #: whether its text or the page tells the language; else it may be given another
    place: Place
    paragraphs: Sequence[str]
    in_lines: bool  #: whether they are paragraphs, and not the sentences of a text in one line
    source: bytes  #: digest of the source
    lines: Mapping[str, bytes]  #: digests of what may be furniture
    pairs: Sequence[runs.Run]  #: where a known story may begin or end

    @property
    def asked(self) -> Asked:
        digests = [run.digest for run in self.pairs]
        return Asked(self.language, self.place, self.source, list(self.lines.values()), digests)


@dataclass(frozen=True, slots=True)
class Page:
    """An article that was looked up: what its stories are cut from, and described with."""

    sheet: Sheet
    segments: tuple[tuple[int, int], ...]  #: start and stop of each story
    furniture: frozenset[str]  #: lines that its source repeats
    seen: runs.Seen  #: where stories begin and end that other files hold
    counted: bool  #: whether its lines were counted before: as an earlier version, or as part of an archive
    is_new: bool  #: whether its source has not shown all of its sentences before
    known_runs: frozenset[bytes]  #: its runs that known stories begin or end with

    def stories(self, now_s: float) -> Iterator[Story]:
        """The stories it is cut into, in order.

        They arrived when their message was sent, however long it waited; without a date, when they were fetched, if that
        is told: an archive is handed in long after. What a clock says that is ahead does not count. Whether they are from
        the future goes by the worker's clock: a sender's that is behind would cost good dates.
        """
        sheet, article = self.sheet, self.sheet.article
        published_s = article.published_s
        if published_s is not None and published_s > now_s:
            published_s = None  # nobody reports from the future: the date is wrong
        told = (article.fetched_s if published_s is None else None, article.sent_s)
        arrived_s = next((float(at_s) for at_s in told if at_s is not None and at_s <= now_s), now_s)
        for part, (start, stop) in enumerate(self.segments):
            paragraphs = tuple(sheet.paragraphs[start:stop])
            yield Story(
                id=story_id(sheet.place.article, part, sheet.language),
                article=sheet.article,
                language=sheet.language,
                part=part,
                parts=len(self.segments),
                first_paragraph=start,
                paragraphs=paragraphs,
                title=(self._title(paragraphs) if part == 0 else None)
                or headline(paragraphs, self.furniture),
                published_s=published_s,
                arrived_s=arrived_s,
            )

    def _title(self, first: Sequence[str]) -> str | None:
        """That of the page, as far as its first story has it; the page of a digest has one that is no story's."""
        title = self.sheet.article.title
        if not title or len(self.segments) == 1:
            return title
        return title if is_headed(first, title, self.sheet.language, self.furniture) else None

    def copied(self, story: Story) -> bool:
        """Whether it begins and ends as known stories do: as near to a copy as can be told without an index."""
        edges = runs.of_story(story.paragraphs, self.furniture)
        return bool(edges) and self.known_runs.issuperset(edges)

    def shown(self, story: Story, *, copied: bool) -> Shown:
        """What the stream learns from a story beside its terms.

        The lines of an article are counted once, with its first story, and not again for a new version.
        A copied text must not make its paragraphs furniture; but stories look like copies, too, for no
        other reason than that their source's furniture is not known yet. Those say something new.
        """
        edges = () if copied else runs.of_story(story.paragraphs, self.furniture)
        if story.part or self.counted or (copied and not self.is_new):
            return Shown(runs=edges)
        return Shown(source=self.sheet.source, lines=lines.counted(self.sheet.lines), runs=edges)


def open_sheet(article: Article) -> Sheet:
    """Tell the language and the place of an article, and what has to be looked up."""
    paragraphs = [line for line in article.text.split("\n") if line.strip()]
    in_lines = len(paragraphs) != 1
    if not in_lines:
        paragraphs = sentences(paragraphs[0])
    source, place = lines.source_digest(article), place_id(article)
    language = detect(article.text, article.language, article.title)
    return Sheet(
        article=article,
        language=language,
        told=language != UNKNOWN,
        place=Place(place=place, article=article_id(place, article)),
        paragraphs=paragraphs,
        in_lines=in_lines,
        source=source,
        lines=lines.digests([*lines.of_title(article.title or ""), *paragraphs]) if source else {},
        pairs=runs.of_page(paragraphs),
    )


def usual_language(spoken: Mapping[str, Spoken]) -> str:
    """The language of an article that does not tell it: that in which its page is known, else that of its source."""
    held = [language for language, one in spoken.items() if one.page]
    if held:
        return UNKNOWN if UNKNOWN in held else min(held)
    usual = max(spoken, key=lambda language: (spoken[language].articles, language), default=UNKNOWN)
    articles = [one.articles for one in spoken.values()]
    sure = max(articles, default=0) >= max(_FEW, _USUAL * sum(articles))
    return usual if sure else UNKNOWN


def cut(sheet: Sheet, known: Known, repeated: Repeated, policy: Policy, before: Page | None = None) -> Page:
    """What is repeated; and split the article, unless that was done when it came first.

    ``before`` is the page as it was a moment ago: where what tells the cuts is the same, so are they.
    """
    counted = known.previous is not None or known.learned
    shared = lines.is_folder(sheet.article)
    furniture = lines.furniture(sheet.lines, repeated, policy, told=counted, shared=shared)
    # An earlier version of one story would be taken for another file that holds it; one of several was cut there.
    seen = runs.NOTHING
    if not known.segments and (known.previous is None or len(known.earlier) > 1):
        seen = runs.seen(sheet.pairs, repeated.runs, sheet.paragraphs, furniture)
    if known.segments:
        segments = known.segments
    elif before is not None and (before.furniture, before.seen) == (furniture, seen):
        segments = before.segments
    else:
        segments = split(
            sheet.paragraphs,
            sheet.article.title,
            language=sheet.language,
            in_lines=sheet.in_lines,
            furniture=furniture,
            seen=seen,
        )
    return Page(
        sheet=sheet,
        segments=segments,
        furniture=furniture,
        seen=seen,
        counted=counted,
        is_new=lines.is_new(sheet.lines, repeated),
        known_runs=repeated.runs,
    )
