"""Workers that decide at once on stories of one event open one event, in any interleaving."""

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newsloom.core.model import Article, Outcome
from newsloom.core.policy import Policy
from newsloom.ingest import Ingest, Told
from newsloom.store.memory import MemoryStore
from newsloom.store.redis import RedisStore

DECIDERS = Path(__file__).with_name("deciders.py")
PROCESSES, ROUNDS = 8, 12

# The rule is fixed here: these tests are about who wins, not about who belongs together.
POLICY = replace(Policy.load(), intercept=-4.0, coefficients={"body": 12.0}, threshold=0.0, caution=0.0)

TELLINGS = (
    (
        "A crane fell across the Harlow quay on Tuesday night and crushed two empty wagons of the grain railway.",
        "The Harlow quay was shut after a crane of the grain railway fell on Tuesday night and crushed two wagons.",
        "Two empty wagons of the grain railway were crushed on Tuesday night when a crane fell on the Harlow quay.",
    ),
    (
        "The Ostrava orchestra will play without a conductor this season, its cellist Mira Dolan told subscribers.",
        "Subscribers were told by the cellist Mira Dolan that the Ostrava orchestra drops its conductor this season.",
        "This season the Ostrava orchestra plays without any conductor, said the cellist Mira Dolan to subscribers.",
    ),
)


def telling(event: int, number: int) -> Article:
    return Article(file=f"{event}-{number}.txt", text=TELLINGS[event][number], language="en")


class Stepped(threading.Thread):
    """A worker that stops before each call of the store until it is told to make one more step."""

    def __init__(self, store: Any, article: Article) -> None:
        super().__init__(daemon=True)
        self._store, self._article = store, article
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self.done = False
        self.told: list[Told] = []
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        self._go.acquire()
        try:
            self.told = list(Ingest(self, POLICY).article(self._article))  # type: ignore[arg-type]
        except BaseException as error:  # noqa: BLE001  # told in the thread of the test
            self.error = error
        self.done = True
        self._stopped.release()

    def step(self) -> None:
        if not self.done:
            self._go.release()
            self._stopped.acquire()
            if self.error is not None:
                raise self.error

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if not callable(method):
            return method  # what it holds, such as its caps: no step

        def call(*args: Any) -> Any:
            self._stopped.release()
            self._go.acquire()
            return method(*args)

        return call


def interleave(store: Any, articles: Sequence[Article], schedule: Sequence[int]) -> list[Told]:
    """Each article in the hands of a worker of its own; the schedule says whose step is next."""
    workers = [Stepped(store, article) for article in articles]
    for number in schedule:
        workers[number % len(workers)].step()
    while not all(worker.done for worker in workers):
        for worker in workers:
            worker.step()
    return [told for worker in workers for told in worker.told]


def one_event_each(store: Any, told: Sequence[Told], articles: Sequence[Article]) -> None:
    """One event for each event, one decision for each story, and everything where it belongs."""
    stories = list(store.stories())
    events = {article.file.split("-")[0] for article in articles}
    assert sorted(story.file for story in stories) == sorted({article.file for article in articles})
    assert len({story.event for story in stories}) == len(events) == len(list(store.events()))
    assert len({(story.file.split("-")[0], story.event) for story in stories}) == len(events)
    outcomes = Counter(each.decision.outcome for each in told)
    assert outcomes[Outcome.OPEN] == len(events)
    assert outcomes[Outcome.REPEAT] == len(articles) - len(stories)
    assert len(told) == len(articles)
    assert sum(event.size for event in store.events()) == len(stories)


HANDS = st.lists(st.builds(telling, st.integers(0, 1), st.integers(0, 2)), min_size=2, max_size=5)
SCHEDULES = st.lists(st.integers(0, 4), max_size=50)
#: All read the empty index before any of them writes.
ALL_READ_FIRST = [0, 1, 2] * 5


@settings(max_examples=120, deadline=None)
@example([telling(0, 0), telling(0, 1), telling(0, 2)], ALL_READ_FIRST)
@example([telling(0, 0), telling(0, 0), telling(0, 0)], ALL_READ_FIRST)
@given(HANDS, SCHEDULES)
def test_any_interleaving_in_memory_opens_one_event(articles: list[Article], schedule: list[int]) -> None:
    """However the steps of several workers mix, from an empty index on, one event is opened for each event."""
    store = MemoryStore()
    one_event_each(store, interleave(store, articles, schedule), articles)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example([telling(0, 0), telling(0, 1), telling(0, 2)], ALL_READ_FIRST)
@example([telling(0, 0), telling(0, 0), telling(0, 0)], ALL_READ_FIRST)
@given(HANDS, SCHEDULES)
def test_any_interleaving_on_redis_opens_one_event(
    shared_valkey: Any, articles: list[Article], schedule: list[int]
) -> None:
    """The same on Redis."""
    shared_valkey.clear()
    store = RedisStore(shared_valkey.client)
    told = interleave(store, articles, schedule)
    one_event_each(store, told, articles)
    assert shared_valkey.client.xlen("loom:{en}:decisions") == len({article.file for article in articles})


VERSIONS = tuple(
    Article(file=f"{number}.html", url="https://paper.example/live", text=TELLINGS[number][0], language="en")
    for number in range(2)
)


@pytest.mark.parametrize("kind", ["memory", "redis"])
@settings(max_examples=40, deadline=None)
@example([0, 0, 0, 1, 1, 1, 0, 1])
@given(schedule=st.lists(st.integers(0, 1), max_size=16))
def test_two_versions_at_once_are_one_event(shared_valkey: Any, kind: str, schedule: list[int]) -> None:
    """Two versions of one page in two hands: the later commit is a revision, though no word is the same."""
    shared_valkey.clear()
    store = MemoryStore() if kind == "memory" else RedisStore(shared_valkey.client)
    told = interleave(store, VERSIONS, schedule)
    assert sorted(each.decision.outcome for each in told) == ["open", "revision"]
    assert len(list(store.events())) == 1


def test_eight_processes_open_one_event(valkey: Any, inventor: Any, tmp_path: Path) -> None:
    """Eight processes get a story each of one event at the same moment, round after round: one event a round."""
    rounds = []
    for number in range(ROUNDS):
        text = inventor.event()
        lines = text.split("\n")
        # Half of them copies, half of them told in another order of words.
        told = [
            inventor.telling(text, turn)
            if turn % 2
            else "\n".join(" ".join(reversed(line.split())) for line in lines[turn:])
            for turn in range(PROCESSES)
        ]
        rounds.append([(f"{number}-{turn}.txt", text) for turn, text in enumerate(told)])
    (tmp_path / "stories.json").write_text(json.dumps(rounds), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, str(DECIDERS), str(tmp_path / "stories.json"), valkey.url],
        check=True, stdout=subprocess.PIPE, timeout=120,
    )  # fmt: skip
    records = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(records) == PROCESSES * ROUNDS
    by_round = {
        number: {record["event_id"] for record in records if record["file"].startswith(f"{number}-")}
        for number in range(ROUNDS)
    }
    assert {number: len(events) for number, events in by_round.items()} == dict.fromkeys(range(ROUNDS), 1)
    assert len(set.union(*by_round.values())) == ROUNDS
    assert Counter(record["outcome"] for record in records)["open"] == ROUNDS
    assert sum(record["retries"] for record in records) > 0, "they never met: the test shows nothing"
    assert valkey.client.xlen("loom:{en}:decisions") == PROCESSES * ROUNDS
