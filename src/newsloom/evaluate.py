"""The decision code on labelled articles: the same that workers run, on a store in memory."""

import gzip
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.core.scores import Score, Worst, bcubed, pairwise, worst_events
from newsloom.errors import BadFile
from newsloom.ingest import Ingest
from newsloom.readers import Limits, read
from newsloom.relook import SecondLook
from newsloom.store.base import Caps
from newsloom.store.memory import MemoryStore

WORST_SHOWN = 12
LOOK_EVERY = 100  #: articles; a worker looks by the clock
LAST_LOOKS = 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article and the event that a person put it in."""

    article: Article
    label: str


@dataclass(frozen=True, slots=True)
class Report:
    """What came out."""

    documents: int
    gold_events: int
    found_events: int
    largest_gold: int  #: documents of the largest labelled event
    largest_found: int  #: documents of the largest event found
    split: int  #: articles in which more than one story was seen
    told: Score  #: BCubed of the first answers, before any second look at them
    bcubed: Score
    pairwise: Score
    outcomes: dict[str, int]
    changes: dict[str, int]  #: what the second look did
    worst: list[Worst]
    policy: str
    seconds: float

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "documents": self.documents,
            "gold_events": self.gold_events,
            "found_events": self.found_events,
            "largest_gold": self.largest_gold,
            "largest_found": self.largest_found,
            "split": self.split,
            "bcubed_as_told": self.told.rounded(),
            "bcubed": self.bcubed.rounded(),
            "pairwise": self.pairwise.rounded(),
            "outcomes": self.outcomes,
            "changes": self.changes,
            "policy": self.policy,
            "seconds": round(self.seconds, 2),
        }


def labelled(path: Path, limits: Limits | None = None) -> list[Labelled]:
    """The labelled articles of a JSON-lines file, in order of publication.

    A line holds ``label`` beside the fields of an article. An undated article keeps its place behind
    the line before it. Raises ``BadFile`` that names the line where something is missing.
    """
    records = list(read(str(path), limits or Limits()))
    rows = list(_rows(path))
    found: list[Labelled] = []
    for record in records:
        place = f"{path}, record {record.index + 1}"
        if not isinstance(record, Article):
            raise BadFile(record.reason, f"{place}: {record.detail}")
        row = rows[record.index]
        if "label" not in row:
            raise BadFile("no_label", f'{place}: give each line a "label", the name of its event.')
        # The line number keeps apart what has neither a URL nor an id.
        found.append(Labelled(replace(record, path=f"{path}#{record.index}"), str(row["label"])))
    order: list[tuple[float, int]] = []
    latest = float("-inf")
    for position, item in enumerate(found):
        latest = item.article.published_s if item.article.published_s is not None else latest
        order.append((latest, position))
    return [found[position] for _, position in sorted(order)]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as lines:
        for line in lines:
            if line.strip():
                try:
                    yield orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise BadFile("malformed", f"{path} has to be JSON lines: {error}") from error


def evaluate(
    items: list[Labelled],
    policy: Policy,
    *,
    caps: Caps | None = None,
    look_every: int = LOOK_EVERY,
    seen: Callable[[int], None] = lambda _: None,
) -> Report:
    """Decide the articles in the order given and score the events that come out.

    An article in which several stories are seen counts with the event of its first. After every
    ``look_every`` articles, and at the end, the second look goes over what is due; 0: never. ``seen``
    is called with the number of articles done.
    """
    store = MemoryStore(caps, window_days=policy.window_days)
    ingest, second_look = Ingest(store, policy), SecondLook(store, policy)
    gold: dict[str, str] = {}
    first: dict[str, str] = {}
    told_at_once: dict[str, str] = {}
    outcomes: Counter[str] = Counter()
    changes: Counter[str] = Counter()
    split = 0
    started = time.perf_counter()
    for number, item in enumerate(items, 1):
        told = list(ingest.article(item.article))
        name = str(number)
        gold[name], first[name] = item.label, told[0].story.id
        told_at_once[name] = told[0].decision.event
        outcomes.update(one.decision.outcome.value for one in told)
        split += len(told) > 1
        if look_every and number % look_every == 0:
            changes.update(change.kind for change in second_look.look(len(items)))
        seen(number)
    for _ in range(LAST_LOOKS if look_every else 0):
        last = second_look.look(len(items))
        changes.update(change.kind for change in last)
        if not last:
            break
    where = {story.member.story: story.event for story in store.stories()}
    found = {name: where[story] for name, story in first.items()}
    return Report(
        documents=len(gold),
        gold_events=len(set(gold.values())),
        found_events=len(set(found.values())),
        largest_gold=max(Counter(gold.values()).values(), default=0),
        largest_found=max(Counter(found.values()).values(), default=0),
        split=split,
        told=bcubed(gold, told_at_once),
        bcubed=bcubed(gold, found),
        pairwise=pairwise(gold, found),
        outcomes=dict(outcomes),
        changes=dict(changes),
        worst=worst_events(gold, found, WORST_SHOWN),
        policy=policy.version,
        seconds=time.perf_counter() - started,
    )
