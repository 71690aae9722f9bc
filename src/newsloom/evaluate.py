"""The decision code on labelled articles: the same that workers run, on a store in memory."""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import structlog

from newsloom.core.model import Article, Decision, Outcome
from newsloom.core.policy import Policy
from newsloom.core.scores import Score, Worst, bcubed, pairwise, worst_events
from newsloom.core.views import DAY_S
from newsloom.errors import BadFile
from newsloom.ingest import Ingest
from newsloom.readers import Limits, read
from newsloom.readers.source import opened
from newsloom.relook import SecondLook
from newsloom.store.memory import MemoryStore
from newsloom.warming import Taught, Warming

log = structlog.get_logger()

WORST_SHOWN = 12
LOOK_EVERY = 100  #: articles; a worker looks by the clock
LAST_LOOKS = 5
LABELS_NAMED = 3  #: other events that the reasons of a bad one name


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article and the event that a person put it in."""

    article: Article
    label: str


@dataclass(frozen=True, slots=True)
class Report:
    """What came out."""

    documents: int
    warmed: int  #: articles that were learned from before the first was decided
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
    events: list[str]  #: where each document is in the end, in the order decided
    worst: list[tuple[Worst, str]]  #: the labelled events that came out badly, and why
    policy: str
    seconds: float

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "documents": self.documents,
            "warmed": self.warmed,
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
            "worst": [
                {"label": row.label, "size": row.size, "f1": round(row.f1, 4), "why": why}
                for row, why in self.worst
            ],
            "policy": self.policy,
            "seconds": round(self.seconds, 2),
        }


def labelled(path: Path) -> list[Labelled]:
    """The labelled articles of a JSON-lines file, in order of publication.

    A line holds ``label`` beside the fields of an article. An undated article keeps its place behind the line
    before it; what a site said in place of an article is left out, and logged. Raises ``BadFile`` that names the
    line where something is missing.
    """
    try:
        records = list(read(str(path), Limits()))
        rows = list(_rows(path))
    except BadFile as error:
        raise BadFile(error.reason, f"{path}: {error.detail}") from error
    # A line that holds several: whose label is whose cannot be told.
    if len(rows) != len(records) or any(isinstance(row, list) for row in rows):
        raise BadFile("malformed", f"{path} has to be JSON lines with one article each.")
    found: list[Labelled] = []
    for record in records:
        place = f"{path}, record {record.index + 1}"
        if not isinstance(record, Article):
            if record.reason == "blocked":
                log.warning("article_left_out", place=place, reason=record.reason, detail=record.detail)
                continue
            raise BadFile(record.reason, f"{place}: {record.detail}")
        row = rows[record.index]
        label = row.get("label")
        if label in (None, "") or label != label:  # noqa: PLR0124  # NaN, as tables have it for none
            raise BadFile("malformed", f'{place}: give each line a "label", the name of its event.')
        # The line number keeps apart what has neither a URL nor an id.
        found.append(Labelled(replace(record, path=f"{path}#{record.index}"), str(label)))
    times = list(_times(found))
    return [found[position] for _, position in sorted(zip(times, range(len(found)), strict=True))]


def shuffled_within_days(items: Sequence[Labelled], seed: int) -> list[Labelled]:
    """The articles in random order within each day (UTC), as scrapers might have brought them."""
    rnd = random.Random(seed)  # noqa: S311  # an order, no secret
    mixed: list[Labelled] = []
    days = (time_s // DAY_S for time_s in _times(items))
    for _, day in groupby(zip(days, items, strict=True), key=lambda pair: pair[0]):
        found = [item for _, item in day]
        rnd.shuffle(found)
        mixed += found
    return mixed


def _times(items: Iterable[Labelled]) -> Iterator[float]:
    """When each was published; an undated one with the last before it, or on one day before all."""
    latest = -sys.float_info.max  # not an infinity, which is in no day
    for item in items:
        latest = item.article.published_s if item.article.published_s is not None else latest
        yield latest


def _rows(path: Path) -> Iterator[Any]:
    """The lines of the file, unpacked as its articles are."""
    with opened(str(path), Limits()) as (file, _):
        for number, line in enumerate(file.stream, 1):
            if line.strip():
                try:
                    yield json.loads(line, strict=False)  # orjson knows no NaN, which tables are full of
                except ValueError as error:  # it counts lines, too, those of this one
                    told = str(error).partition(": line ")[0]
                    raise BadFile(
                        "malformed", f"It has to be JSON lines, but line {number} is not JSON: {told}."
                    ) from error


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
    gold: dict[str, str] = {}
    decisions: dict[str, Decision] = {}
    outcomes: Counter[str] = Counter()
    changes: Counter[str] = Counter()
    split = 0
    for number, item in enumerate(items, 1):
        told = list(ingest.article(item.article))
        gold[str(number)], decisions[str(number)] = item.label, told[0].decision
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
    found = {name: where[decision.story] for name, decision in decisions.items()}
    worst = worst_events(gold, found, WORST_SHOWN)
    return Report(
        documents=len(gold),
        warmed=warmed,
        gold_events=len(set(gold.values())),
        found_events=len(set(found.values())),
        largest_gold=max(Counter(gold.values()).values(), default=0),
        largest_found=max(Counter(found.values()).values(), default=0),
        split=split,
        told=bcubed(gold, {name: decision.event for name, decision in decisions.items()}),
        bcubed=bcubed(gold, found),
        pairwise=pairwise(gold, found),
        outcomes=dict(outcomes),
        changes=dict(changes),
        events=list(found.values()),
        worst=[(row, "; ".join(_reasons(row, gold, decisions))) for row in worst],
        policy=policy.version,
        seconds=time.perf_counter() - started,
    )


def _warmed(warming: Warming, articles: Iterable[Article], items: Iterable[Labelled]) -> int:
    """Learn from what is not judged, wherever it stands; returns from how many articles."""
    judged = {(item.article.title, item.article.text) for item in items}
    others = (article for article in articles if (article.title, article.text) not in judged)
    return sum(warming.article(article) is Taught.LEARNED for article in others)


def _reasons(row: Worst, gold: Mapping[str, str], decisions: Mapping[str, Decision]) -> Iterator[str]:
    """Why an event came out badly, by the evidence of the decisions that made it so."""
    if row.apart:
        opened = [decisions[doc] for doc in row.apart if decisions[doc].outcome is Outcome.OPEN]
        short = sorted(one.threshold - one.score for one in opened if one.score is not None)
        blind = sum(one.score is None for one in opened)
        told = f"in {row.pieces} pieces"
        if short:
            told += f", opened {_between(short)} logits short of another"
        if blind:
            told += f", {blind} opened with nothing to compare"
        yield told
    if row.strangers:
        others = Counter(gold[doc] for doc in row.strangers).most_common()
        named = ", ".join(label for label, _ in others[:LABELS_NAMED])
        more = ", …" if len(others) > LABELS_NAMED else ""
        told = f"with {len(row.strangers)} of other events ({named}{more})"
        joined = [decisions[doc] for doc in row.strangers if decisions[doc].outcome is Outcome.ATTACH]
        over = sorted(one.score - one.threshold for one in joined if one.score is not None)
        copies = sum(decisions[doc].outcome is Outcome.DUPLICATE for doc in row.strangers)
        if over:
            told += f", joined with {_between(over)} logits to spare"
        if copies:
            told += f", {copies} as copies"
        yield told


def _between(values: Sequence[float]) -> str:
    low, high = f"{values[0]:.1f}", f"{values[-1]:.1f}"
    return low if low == high else f"{low} to {high}"
