"""The decision code on labelled articles: the same that workers run, on a store in memory."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from newsloom.core.mistakes import Judged, reasons
from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.core.scores import Score, Worst, bcubed, pairwise, worst_events
from newsloom.ingest import Ingest, Told
from newsloom.labels import Labelled, labelled, shuffled_within_days
from newsloom.relook import SecondLook
from newsloom.store.memory import MemoryStore
from newsloom.warming import Taught, Warming

__all__ = ["Labelled", "Report", "evaluate", "labelled", "shuffled_within_days"]

WORST_SHOWN = 12
LOOK_EVERY = 100  #: articles; a worker looks by the clock
LAST_LOOKS = 5


@dataclass(frozen=True, slots=True)
class Report:
    """What came out."""

    documents: int
    undated: int  #: of these without a time of publication
    headlines: int  #: of these with no text but their headline
    warmed: int  #: articles that were learned from before the first was decided
    gold_events: int
    found_events: int
    largest_gold: int  #: documents of the largest labelled event
    largest_found: int  #: documents of the largest event found
    split: int  #: articles in which more than one story was seen
    bcubed_as_told: Score  #: of the first answers, before any second look at them
    bcubed: Score
    pairwise: Score
    outcomes: dict[str, int]
    changes: dict[str, int]  #: what the second look did
    events: list[str]  #: where each document is in the end, in the order decided
    worst: list[tuple[Worst, str]]  #: the labelled events that came out badly, and why
    policy: str
    seconds: float

    def row(self) -> dict[str, Any]:
        """As JSON, without the events."""
        found = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "events"}
        scores = {name: value.rounded() for name, value in found.items() if isinstance(value, Score)}
        worst = [
            {"label": row.label, "size": row.size, "f1": round(row.f1, 4), "why": why}
            for row, why in self.worst
        ]
        return found | scores | {"worst": worst, "seconds": round(self.seconds, 2)}


def evaluate(
    items: Sequence[Labelled],
    policy: Policy,
    *,
    look_every: int = LOOK_EVERY,
    warm: Iterable[Article] = (),
    seen: Callable[[int], None] = lambda _: None,
    now: Callable[[], float] = time.time,
) -> Report:
    """Decide the articles in the order given and score the events that come out.

    An article in which several stories are seen counts with the event of its first. After every
    ``look_every`` articles, and at the end, the second look goes over what is due; 0: never. What is
    in ``warm`` teaches before, the articles to be judged left out. ``seen`` is called with the number
    of articles done. ``now`` tells when an article arrives, in seconds since 1970.
    """
    started = time.perf_counter()
    store = MemoryStore(window_days=policy.window_days)
    warmed = _warmed(Warming(store, policy), warm, items)
    ingest, second_look = Ingest(store, policy, now), SecondLook(store, policy, now)
    told, changes = _decided(items, ingest, second_look, look_every, seen)
    where = {story.member.story: story.event for story in store.stories()}
    gold = {str(number): item.label for number, item in enumerate(items, 1)}
    first = {str(number): stories[0] for number, stories in enumerate(told, 1)}
    found = {name: where[one.decision.story] for name, one in first.items()}
    judged = [
        Judged(gold[name], one.story.language, one.decision, found[name]) for name, one in first.items()
    ]
    worst = worst_events(gold, found, WORST_SHOWN)
    return Report(
        documents=len(gold),
        undated=sum(item.article.published_s is None for item in items),
        headlines=sum(_is_headline(item.article) for item in items),
        warmed=warmed,
        gold_events=len(set(gold.values())),
        found_events=len(set(found.values())),
        largest_gold=max(Counter(gold.values()).values(), default=0),
        largest_found=max(Counter(found.values()).values(), default=0),
        split=sum(len(stories) > 1 for stories in told),
        bcubed_as_told=bcubed(gold, {name: one.decision.event for name, one in first.items()}),
        bcubed=bcubed(gold, found),
        pairwise=pairwise(gold, found),
        outcomes=dict(Counter(one.decision.outcome.value for stories in told for one in stories)),
        changes=dict(changes),
        events=list(found.values()),
        worst=[(row, reasons(row.label, judged)) for row in worst],
        policy=policy.version,
        seconds=time.perf_counter() - started,
    )


def _decided(
    items: Sequence[Labelled],
    ingest: Ingest,
    second_look: SecondLook,
    look_every: int,
    seen: Callable[[int], None],
) -> tuple[list[list[Told]], Counter[str]]:
    """What was told of each article, and what the second looks changed, by kind."""
    told: list[list[Told]] = []
    changes: Counter[str] = Counter()

    def look() -> bool:
        changed = second_look.look(len(items))
        changes.update(change.kind for change in changed)
        return bool(changed)

    for number, item in enumerate(items, 1):
        told.append(list(ingest.article(item.article)))
        if look_every and number % look_every == 0:
            look()
        seen(number)
    for _ in range(LAST_LOOKS if look_every else 0):
        if not look():
            break
    return told, changes


def _is_headline(article: Article) -> bool:
    return article.title is not None and article.text.split() == article.title.split()


def _warmed(warming: Warming, articles: Iterable[Article], items: Iterable[Labelled]) -> int:
    """Learn from what is not judged, wherever it stands; returns from how many articles."""
    judged = {(item.article.title, item.article.text) for item in items}
    others = (article for article in articles if (article.title, article.text) not in judged)
    return sum(warming.article(article) is Taught.LEARNED for article in others)
