"""The use case: articles in, a decision for each of their stories out."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from newsloom.batch import Batch, Opened, Stopwatch
from newsloom.core.decide import decide
from newsloom.core.describe import fingerprints, measured, profile, simhash_of
from newsloom.core.likeness import Query
from newsloom.core.model import Article, Counts, Decision, Features, Outcome, Story
from newsloom.core.policy import Policy
from newsloom.core.weights import weigh
from newsloom.errors import Conflict, Stuck
from newsloom.reassigning import free_event
from newsloom.store.base import Store
from newsloom.store.values import Commit, Known, Question, Recalled, retitled
from newsloom.telling import telling

# Each conflict means that another worker got on, so a story is decided in the end; this many in a
# row means that something is wrong with the store.
MAX_CONFLICTS = 200


@dataclass(frozen=True, slots=True)
class Told:
    """One story's decision and the record of it."""

    story: Story
    decision: Decision
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Asking:
    """A story whose candidates are wanted."""

    article: Opened
    part: int  #: of that article
    question: Question
    counts: Counts  #: that its term weights rest on

    @property
    def watch(self) -> Stopwatch:
        return self.article.watches[self.part]


@dataclass(frozen=True, slots=True)
class _Pending:
    """A story that is decided and not committed yet."""

    asking: _Asking
    commit: Commit

    @property
    def told(self) -> tuple[int, Told]:
        query, record = self.commit.query, self.commit.record
        took_ms = dict(self.asking.watch.took_ms)
        told = Told(query.story, self.commit.decision, {**record, "took_ms": took_ms})
        return self.asking.article.number, told


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
        """Decide the stories of an article, in order."""
        for _, told in self.articles([article]):
            yield told

    def articles(self, articles: Sequence[Article]) -> Iterator[tuple[int, Told]]:
        """Decide the stories of articles, in order, each as if it came alone; with the place of its article.

        What is known of all of them is asked for at once; then a story is committed together with the
        recall for the next one: one round trip a story, and no candidate is older than that. A story is
        told once it is committed. Raises ``StoreUnavailable``. What was decided before an interruption is
        found again as a repeat, so an article may be handed in any number of times.
        """
        batch = Batch(self.store, self.policy, self.now)
        opened = batch.open(articles)
        pending: _Pending | None = None
        for one in opened:
            if batch.overtaken(one):
                yield from self._settle(pending, batch)
                pending = None
                batch.reopen(one)
            else:
                batch.refresh(one)
            for part in range(len(one.stories)):
                if part in one.known.decided or batch.full(one.sheet.language):
                    yield from self._settle(pending, batch)
                    pending = None
                    if batch.full(one.sheet.language):
                        batch.recount(one.sheet.language, opened[one.number :])
                if one.done:  # with the first of its stories
                    break
                if part in one.known.decided:
                    yield _repeat(one, part, 0)
                    continue
                told, pending = self._next(one, part, pending, batch)
                yield from told
        yield from self._settle(pending, batch)

    def _next(
        self, one: Opened, part: int, pending: _Pending | None, batch: Batch
    ) -> tuple[list[tuple[int, Told]], _Pending | None]:
        """Commit what is pending and decide a story; none if its article was done with what was pending."""
        asking = self._ask(one, part, _counts(one, part, batch.counts))
        told: list[tuple[int, Told]] = []
        recalled: Recalled | None = None
        if pending is not None:
            told, recalled = self._commit(pending, batch, asking)
            if one.done:
                return told, None
        if recalled is None:  # nothing was pending; or it was refused, and may be another decision by now
            if pending is not None:
                asking = self._ask(one, part, _counts(one, part, batch.counts))
            recalled = self._recall(asking)
        asking, recalled = self._up_to_date(asking, recalled)
        decided = self._decide(asking, recalled, one.known, 0)
        batch.note(decided.commit)
        return told, decided

    def _settle(self, pending: _Pending | None, batch: Batch) -> list[tuple[int, Told]]:
        return [] if pending is None else self._commit(pending, batch, None)[0]

    def _commit(
        self, pending: _Pending, batch: Batch, then: _Asking | None
    ) -> tuple[list[tuple[int, Told]], Recalled | None]:
        """Commit what is pending and recall for the next; nothing is recalled if the commit was refused."""
        watch = Stopwatch()
        try:
            recalled = None
            if then is None:
                self.store.commit(pending.commit)
            else:
                recalled = self.store.commit_and_recall(pending.commit, then.question)
        except Conflict:
            pending.asking.watch.add("commit", watch.lap("trip"))
            batch.take_back(pending.commit)
            return self._again(pending, batch), None
        took_ms = watch.lap("trip") / (1 if then is None else 2)  # of one round trip each has a half
        pending.asking.watch.add("commit", took_ms)
        if then is not None:
            then.watch.add("recall", took_ms)
        return [pending.told], recalled

    def _again(self, pending: _Pending, batch: Batch) -> list[tuple[int, Told]]:
        """Decide alone what was overtaken by another worker, until it is not."""
        one, part = pending.asking.article, pending.asking.part
        for retries in range(1, MAX_CONFLICTS):
            known = self.store.known(one.sheet.language, one.sheet.place)
            if known.segments and known.segments != one.page.segments:
                # Another worker had the article too and, knowing more or less, cut it otherwise. The first
                # commit settles how an article is cut, so this happens to no story but its first.
                one.done = True
                return [(one.number, told) for told in self.article(one.sheet.article)]
            if part in known.decided:
                one.known = known
                return [_repeat(one, part, retries)]
            asking = self._ask(one, part, _counts(one, part, self.store.counts))
            asking, recalled = self._up_to_date(asking, self._recall(asking))
            pending = self._decide(asking, recalled, known, retries)
            try:
                self.store.commit(pending.commit)
            except Conflict:
                asking.watch.lap("commit")
                continue
            asking.watch.lap("commit")
            batch.note(pending.commit)
            return [pending.told]
        story = pending.commit.query.story.id
        raise Stuck(f"story {story} met {MAX_CONFLICTS} conflicts in a row")

    def _ask(self, one: Opened, part: int, counts: Counts) -> _Asking:
        story, features, watch = one.stories[part], one.features[part], one.watches[part]
        watch.again()
        weights = weigh(counts, story.language, self.policy)
        query = Query(story, profile(features, weights, self.policy), weights, features.smallest)
        terms = query.keys(self.policy.recall_terms)
        question = Question(query, terms, self.policy.min_overlap)
        watch.lap("describe")
        return _Asking(one, part, question, counts)

    def _up_to_date(self, asking: _Asking, recalled: Recalled) -> tuple[_Asking, Recalled]:
        """While little has been seen, all that is compared is measured by the weights of now.

        A name that one story has shown is not half as telling as one that is new. What another worker
        commits between the counts and the recall would be compared as if its names were new; and the norms
        that stories were committed with are those of a stream that knew less.
        """
        one, part = asking.article, asking.part
        while asking.counts.stories < self.policy.prior_stories:
            counts = _counts(one, part, self.store.counts)
            if counts == asking.counts:
                return asking, self._measured(asking, recalled)
            asking = self._ask(one, part, counts)
            recalled = self._recall(asking)
        return asking, recalled

    def _measured(self, asking: _Asking, recalled: Recalled) -> Recalled:
        language, watch = asking.article.sheet.language, asking.watch
        watch.again()
        members = [member for candidate in recalled.candidates for member in candidate.members]
        terms = {term for member in members for term in member.profile.body}
        weights = weigh(self.store.counts(language, sorted(terms)), language, self.policy)
        known = {member.story: member for member in measured(members, weights)}
        candidates = tuple(one.measured(known) for one in recalled.candidates)
        watch.lap("describe")
        return replace(recalled, candidates=candidates)

    def _recall(self, asking: _Asking) -> Recalled:
        recalled = self.store.recall(asking.question)
        asking.watch.lap("recall")
        return recalled

    def _decide(self, asking: _Asking, recalled: Recalled, known: Known, retries: int) -> _Pending:
        one, query, watch = asking.article, asking.question.query, asking.watch
        watch.again()
        decision = decide(
            query,
            recalled.candidates,
            self.policy,
            copies=recalled.copies,
            earlier=known.earlier,
            seen=recalled.version,
        )
        watch.lap("decide")
        if retries and decision.outcome is Outcome.OPEN:
            # A story that expired and comes back may have opened one that goes on without it.
            event = free_event(self.store, query.story.language, query.story.id)
            decision = replace(decision, event=event)
        commit = Commit(
            query=query,
            decision=decision,
            recalled=recalled,
            terms=asking.question.terms[: self.policy.index_terms],
            place=one.sheet.place,
            known=known,
            segments=one.page.segments,
            counted=_counted(one.features[asking.part], decision, known),
            record=telling(
                query.story,
                decision,
                query.profile,
                retries,
                watch.took_ms,
                event_title=retitled(query.story, decision, known),
            ),
            shown=one.page.shown(query.story, copied=_copied(decision)),
            closes=one.sheet.article.closes if query.story.part == query.story.parts - 1 else "",
        )
        return _Pending(asking, commit)


def _counts(one: Opened, part: int, tell: Callable[[str, list[str]], Counts]) -> Counts:
    """What the stream has shown of a story's terms."""
    return tell(one.sheet.language, list(one.features[part].terms))


def _repeat(one: Opened, part: int, retries: int) -> tuple[int, Told]:
    story, decision = one.stories[part], one.known.decided[part]
    record = telling(story, decision, None, retries, one.watches[part].took_ms)
    return one.number, Told(story, decision, record)


def _counted(features: Features, decision: Decision, known: Known) -> list[str]:
    """The terms by which the stream's counts grow. A copy shows nothing new, nor what was learned before."""
    old = decision.outcome is Outcome.REVISION or _copied(decision)
    return [] if old or known.learned else list(features.terms)


def _copied(decision: Decision) -> bool:
    """Whether it is a copy that tells no more than its original."""
    return decision.outcome is Outcome.DUPLICATE and decision.redundant
