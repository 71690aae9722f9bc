"""Articles that are decided one after another, and what is known of them, asked for at once.

What the store knows is asked for before the first of them is decided. Each decision changes it: so what
it changes is kept up here, or marked to be asked for again, and every story is decided on what it would
have met had it come alone.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from newsloom.core.describe import describe
from newsloom.core.model import Article, Counts, Features, Repeated, Story
from newsloom.core.policy import Policy
from newsloom.page import Page, Sheet, cut, open_sheet, usual_language
from newsloom.store.base import Store
from newsloom.store.values import Commit, Known


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds spent in each step, summed over retries."""

    took_ms: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def lap(self, step: str) -> float:
        """What has passed went into this step; returns it."""
        now = time.perf_counter()
        took_ms = 1000 * (now - self._since)
        self.add(step, took_ms)
        self._since = now
        return took_ms

    def add(self, step: str, took_ms: float) -> None:
        self.took_ms[step] = round(self.took_ms.get(step, 0.0) + took_ms, 3)

    def again(self) -> None:
        """Start here: what has passed was another's."""
        self._since = time.perf_counter()


@dataclass(slots=True)
class Opened:
    """An article, cut into stories, and what they are compared by."""

    number: int  #: place among the articles handed in
    sheet: Sheet
    known: Known
    repeated: Repeated
    page: Page
    opened_s: float  #: by the clock
    of_source: int = 0  #: how many articles of its source were decided when it was looked up
    stories: list[Story] = field(default_factory=list)
    features: dict[int, Features] = field(default_factory=dict)  #: of each part that was not decided before
    watches: list[Stopwatch] = field(default_factory=list)
    done: bool = False  #: whether it was decided in another way


@dataclass(slots=True)
class _Tally:
    """One language's counts as the store would tell them now; of terms, those that were asked for."""

    stories: int  #: that the counts rest on
    room: int  #: stories until older ones are forgotten, and the counts have to be asked for again
    terms: dict[str, int]  #: stories that hold each


class Batch:
    """Some articles on their way."""

    def __init__(self, store: Store, policy: Policy, now: Callable[[], float]) -> None:
        self._store = store
        self._policy = policy
        self._now = now
        self._tallies: dict[str, _Tally] = {}  #: by language
        self._places: set[str] = set()
        self._sources: dict[tuple[str, bytes], list[tuple[bytes, ...]]] = {}  #: lines shown by each article
        self._runs: set[tuple[str, bytes]] = set()

    def open(self, articles: Sequence[Article]) -> list[Opened]:
        """Look them up, cut and describe them."""
        watch = Stopwatch()
        sheets = [self._spoken(open_sheet(article)) for article in articles]
        found = self._store.known_and_repeated([sheet.asked for sheet in sheets])
        watch.lap("split")
        shared_ms = watch.took_ms.pop("split") / max(1, len(sheets))
        opened = []
        for number, (sheet, (known, repeated)) in enumerate(zip(sheets, found, strict=True)):
            page = cut(sheet, known, repeated, self._policy)
            one = Opened(number, sheet, known, repeated, page, self._now())
            watch.lap("split")
            self._describe(one)
            split_ms = shared_ms + watch.took_ms.pop("split")
            if one.watches:
                one.watches[0].add("split", split_ms)
            watch.again()
            opened.append(one)
        self._count(opened)
        return opened

    def _spoken(self, sheet: Sheet) -> Sheet:
        """An article that does not tell its language is of that of its page, or of its source."""
        if sheet.told:
            return sheet
        return replace(sheet, language=usual_language(self._store.spoken(sheet.place, sheet.source)))

    def overtaken(self, opened: Opened) -> bool:
        """Whether what was known of an article has changed since, by another of the batch."""
        language, asked = opened.sheet.language, opened.sheet.asked
        return (
            asked.place.place in self._places
            or (bool(self._places) and not opened.sheet.told)
            or not self._store.caps.remember(opened.repeated, list(map(len, self._shown(opened))))
            or any((language, run) in self._runs for run in asked.runs)
        )

    def reopen(self, opened: Opened) -> None:
        """Look an article up once more; all that was decided before it is committed."""
        language, opened.sheet = opened.sheet.language, self._spoken(opened.sheet)
        ((known, repeated),) = self._store.known_and_repeated([opened.sheet.asked])
        anew = bool(opened.known.decided or known.decided) or opened.sheet.language != language
        opened.known, opened.repeated, opened.of_source = known, repeated, self._number(opened)
        self._cut_again(opened, anew=anew)

    def refresh(self, opened: Opened) -> None:
        """Take in what others of the batch have shown of the article's source."""
        shown = self._shown(opened)
        if not shown:
            return
        counts = Counter(opened.repeated.lines)
        for lines in shown:
            counts.update(lines)
        asked = opened.sheet.lines.values()
        opened.repeated = replace(
            opened.repeated,
            articles=opened.repeated.articles + len(shown),
            held=opened.repeated.held + sum(map(len, shown)),
            lines={line: counts[line] for line in asked if line in counts},
        )
        opened.of_source = self._number(opened)
        self._cut_again(opened, anew=False)

    def _shown(self, opened: Opened) -> list[tuple[bytes, ...]]:
        """The lines of each article of its source that were shown since it was looked up."""
        sheet = opened.sheet
        return self._sources.get((sheet.language, sheet.source), [])[opened.of_source :]

    def _number(self, opened: Opened) -> int:
        return len(self._sources.get((opened.sheet.language, opened.sheet.source), ()))

    def _cut_again(self, opened: Opened, *, anew: bool) -> None:
        before = opened.page
        page = cut(opened.sheet, opened.known, opened.repeated, self._policy, before)
        opened.page = page
        if anew or (page.segments, page.furniture) != (before.segments, before.furniture):
            self._describe(opened)
            self._count([opened])

    def counts(self, language: str, terms: Iterable[str]) -> Counts:
        """As the store would tell them now."""
        tally = self._tallies[language]
        return Counts(tally.stories, {term: tally.terms[term] for term in terms})

    def full(self, language: str) -> bool:
        """Whether older stories are forgotten from here on, so that the counts have to be asked for again."""
        return self._tallies[language].room <= 0

    def recount(self, language: str, left: Sequence[Opened]) -> None:
        """Ask for the counts again; all that was decided is committed."""
        del self._tallies[language]
        self._count([opened for opened in left if opened.sheet.language == language])

    def note(self, commit: Commit) -> None:
        """A story was decided: what this changes for those after it."""
        language, shown = commit.query.story.language, commit.shown
        self._places.add(commit.place.place)
        if shown.source:
            self._sources.setdefault((language, shown.source), []).append(shown.lines)
        self._runs.update((language, run) for run in shown.runs)
        self._grow(language, commit.counted, 1)

    def take_back(self, commit: Commit) -> None:
        """It was not committed. What was marked to be asked for again stays so."""
        if commit.shown.source:
            self._sources[commit.query.story.language, commit.shown.source].pop()
        self._grow(commit.query.story.language, commit.counted, -1)

    def _grow(self, language: str, counted: Sequence[str], by: int) -> None:
        if counted:
            tally = self._tallies[language]
            tally.stories += by
            tally.room -= by
            for term in counted:  # all of them were asked for
                tally.terms[term] += by

    def _describe(self, opened: Opened) -> None:
        opened.stories, opened.features, opened.watches = [], {}, []
        for story in opened.page.stories(opened.opened_s):
            watch = Stopwatch()
            opened.stories.append(story)
            if story.part not in opened.known.decided:
                opened.features[story.part] = describe(story, opened.page.furniture)
            watch.lap("describe")
            opened.watches.append(watch)

    def _count(self, opened: Sequence[Opened]) -> None:
        """Ask for the counts of terms that are not known yet."""
        wanted: dict[str, dict[str, None]] = {}
        for one in opened:
            terms = wanted.setdefault(one.sheet.language, {})
            for features in one.features.values():
                terms.update(dict.fromkeys(features.terms))
        for language, terms in wanted.items():
            tally = self._tallies.get(language)
            known = tally.terms if tally else {}
            counts = self._store.counts(language, [term for term in terms if term not in known])
            if tally is None:
                room = self._store.caps.room(counts)
                self._tallies[language] = _Tally(counts.stories, room, dict(counts.terms))
            else:
                tally.terms.update(counts.terms)
