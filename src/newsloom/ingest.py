"""The use case: an article in, a decision for each of its stories out."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from newsloom.core.decide import decide
from newsloom.core.describe import describe, profile
from newsloom.core.language import detect
from newsloom.core.model import Article, Decision, Features, Outcome, Story
from newsloom.core.policy import Policy
from newsloom.core.views import Query
from newsloom.core.weights import weigh
from newsloom.errors import Conflict
from newsloom.page import Page, look, version_of
from newsloom.store.base import Commit, Known, Place, Store
from newsloom.telling import telling

# Each conflict means that another worker got on, so a story is decided in the end; this many in a
# row means that something is wrong with the store.
MAX_CONFLICTS = 200


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds spent in each step, summed over retries."""

    took_ms: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.took_ms[step] = round(self.took_ms.get(step, 0.0) + 1000 * (now - self._since), 3)
        self._since = now


@dataclass(frozen=True, slots=True)
class Told:
    """One story's decision and the record of it."""

    story: Story
    decision: Decision
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ingest:
    """Everything a decision needs, put together once in a process."""

    store: Store
    policy: Policy
    now: Callable[[], float] = time.time  #: POSIX seconds

    def warm(self) -> None:
        """Load the models by deciding one story, on a store of which nothing is kept."""
        text = "Two ferries met in the fog off the harbour.\n" * 4
        for _ in self.article(Article(file="warm-up", text=text.strip(), language="en")):
            pass

    def article(self, article: Article) -> Iterator[Told]:
        """Decide the stories of an article, in order, each committed before the next.

        Raises ``StoreUnavailable``. What was decided before an interruption is found again as a
        repeat, so an article may be handed in any number of times.
        """
        watch = Stopwatch()
        language = detect(article.text, article.language)
        version = version_of(article)
        known = self.store.known(language, version)
        page = look(article, language, known, self.store, self.policy)
        watch.lap("split")
        for story in page.stories(article, language, version, self.now()):
            told = self._story(story, version, known, page, watch)
            if told is None:
                yield from self.article(article)
                return
            yield told
            watch = Stopwatch()

    def _story(self, story: Story, place: Place, known: Known, page: Page, watch: Stopwatch) -> Told | None:
        """None if another worker had the article too and, knowing more or less, cut it otherwise.

        The first commit settles how an article is cut, so this happens to no story but its first.
        """
        features: Features | None = None
        for retries in range(MAX_CONFLICTS):
            if story.part in known.decided:
                decision = known.decided[story.part]
                return Told(story, decision, telling(story, decision, None, retries, watch.took_ms))
            features = features or describe(story, page.furniture)
            counts = self.store.counts(story.language, list(features.terms))
            weights = weigh(counts, story.language, self.policy)
            query = Query(story, profile(features, weights, self.policy), weights)
            watch.lap("describe")
            terms = query.keys(self.policy.index_terms)
            recalled = self.store.recall(query, terms, self.policy.max_distance_bits)
            watch.lap("recall")
            decision = decide(
                query, recalled.candidates, self.policy, earlier=known.earlier, seen=counts.stories
            )
            watch.lap("decide")
            record = telling(story, decision, query.profile, retries, watch.took_ms)
            try:
                self.store.commit(
                    Commit(
                        query=query,
                        decision=decision,
                        recalled=recalled,
                        place=place,
                        known=known,
                        segments=page.segments,
                        counted=_counted(features, decision, known),
                        record=record,
                        shown=page.shown(story, copied=decision.outcome is Outcome.DUPLICATE),
                    )
                )
            except Conflict:
                watch.lap("commit")
                known = self.store.known(story.language, place)
                if known.segments and known.segments != page.segments:
                    return None
                continue
            watch.lap("commit")
            return Told(story, decision, {**record, "took_ms": dict(watch.took_ms)})
        raise Conflict(
            f"story {story.id} met {MAX_CONFLICTS} conflicts in a row: is the store's clock or memory ill?"
        )


def _counted(features: Features, decision: Decision, known: Known) -> list[str]:
    """The terms by which the stream's counts grow. A copy shows nothing new, nor what was learned before."""
    copied = decision.outcome in {Outcome.DUPLICATE, Outcome.REVISION}
    return [] if copied or known.learned else list(features.terms)
