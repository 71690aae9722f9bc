"""The use case: an article in, a decision for each of its stories out."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from newsloom.core.decide import decide
from newsloom.core.describe import describe, fingerprints, headline, profile, simhash_of
from newsloom.core.identity import article_id, place_id, story_id
from newsloom.core.language import detect
from newsloom.core.model import Article, Decision, Features, Outcome, Story
from newsloom.core.policy import Policy
from newsloom.core.views import Query
from newsloom.core.weights import weigh
from newsloom.errors import Conflict
from newsloom.page import Page, look
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
        if fingerprints(text.split())[0] != simhash_of(text.split()):
            raise RuntimeError(
                f"numpy {np.__version__} and the simhash package do not agree on a fingerprint"
            )
        for _ in self.article(Article(file="warm-up", text=text.strip(), language="en")):
            pass

    def article(self, article: Article) -> Iterator[Told]:
        """Decide the stories of an article, in order, each committed before the next.

        Raises ``StoreUnavailable``. What was decided before an interruption is found again as a
        repeat, so an article may be handed in any number of times.
        """
        watch = Stopwatch()
        language = detect(article.text, article.language)
        place = place_id(article)
        version = Place(place=place, article=article_id(place, article))
        known = self.store.known(language, version)
        page = look(article, language, known, self.store, self.policy)
        watch.lap("split")
        arrived_s = self.now()
        published_s = article.published_s
        if published_s is not None and published_s > arrived_s:
            published_s = None  # nobody reports from the future: the date is wrong
        for part, (start, stop) in enumerate(page.segments):
            paragraphs = tuple(page.paragraphs[start:stop])
            story = Story(
                id=story_id(version.article, part),
                article=article,
                language=language,
                part=part,
                parts=len(page.segments),
                first_paragraph=start,
                paragraphs=paragraphs,
                title=(article.title if part == 0 else None) or headline(paragraphs, page.furniture),
                published_s=published_s,
                arrived_s=arrived_s,
            )
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
                        counted=_counted(features, decision),
                        record=record,
                        shown=page.shown(story, decision),
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


def _counted(features: Features, decision: Decision) -> list[str]:
    """The terms by which the stream's counts grow. A copy shows nothing new."""
    copied = decision.outcome in {Outcome.DUPLICATE, Outcome.REVISION}
    return [] if copied else list(features.terms)
