"""Time is the article's own: a backfill, and what comes late, are decided as if they had come in time."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from newsloom.core.model import Article, Outcome
from newsloom.core.policy import Policy
from newsloom.ingest import Ingest
from newsloom.store.memory import MemoryStore
from newsloom.store.redis import RedisStore

DAY_S = 86_400.0
NOW_S = datetime(2025, 6, 1, 12, tzinfo=UTC).timestamp()
# A rule of one number, and weights that hold still: here the same words come round again and again.
POLICY = replace(
    Policy.load(),
    intercept=-4.0,
    coefficients={"body": 12.0},
    threshold=0.0,
    caution=0.0,
    window_days=7.0,
    prior_stories=100_000,
)


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest, valkey: Any) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryStore(window_days=POLICY.window_days)
    else:
        yield RedisStore(valkey.client, window_days=POLICY.window_days)


@pytest.fixture
def decide(store: Any, inventor: Any) -> Callable[..., Any]:
    """Decide a telling of the one story that comes round again and again: same words, never the same text."""
    words = inventor.event().split()

    def call(days_ago: float | None, name: str = "", arrived_days: float = 0.0) -> Any:
        use = Ingest(store, POLICY, now=lambda: NOW_S + arrived_days * DAY_S)
        told = random.Random(f"{days_ago}{name}").sample(words, len(words))
        article = Article(
            file=f"{days_ago}{name}", text=" ".join(told), language="en",
            published_s=None if days_ago is None else NOW_S - days_ago * DAY_S,
        )  # fmt: skip
        return next(use.article(article))

    return call


def events(store: Any) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for story in store.stories():
        found.setdefault(story.event, set()).add(story.file)
    return {frozenset(files) for files in found.values()}


def test_the_future_is_undated(decide: Any, store: Any) -> None:
    """An article dated tomorrow counts as undated: it joins what happens now, and is exported without a date."""
    today = decide(0.1)
    tomorrow = decide(-1.0)
    assert (tomorrow.decision.outcome, tomorrow.decision.event) == (Outcome.ATTACH, today.decision.event)
    assert tomorrow.record["published"] is None
    assert [story.member.published_s for story in store.stories()] == [NOW_S - 0.1 * DAY_S, None]
    [event] = store.events()
    assert event.last_s == today.story.time_s, "a wrong date moved the event"


def test_late_and_out_of_order(decide: Any, store: Any) -> None:
    """What comes late joins the event of its own days, not the one of the day on which it comes."""
    decide(900.0)
    decide(0.5)
    decide(898.0)  # late
    decide(905.0)  # before the event's first story, later still
    decide(0.2)
    decide(450.0)  # of no event's days
    assert events(store) == {
        frozenset({"900.0", "898.0", "905.0"}),
        frozenset({"0.5", "0.2"}),
        frozenset({"450.0"}),
    }


@pytest.mark.parametrize("order", ["given", "backwards", "random"])
def test_a_backfill_of_four_years(decide: Any, store: Any, order: str) -> None:
    """Four years in one go, two tellings a month: each month an event, in whatever order they come."""
    days = [float(30 * month + part) for month in range(1, 49) for part in (2, 0)]
    days = {"given": days[::-1], "backwards": days, "random": random.Random(4).sample(days, len(days))}[order]
    for days_ago in days:
        decide(days_ago)
    assert events(store) == {frozenset({f"{30.0 * month}", f"{30.0 * month + 2}"}) for month in range(1, 49)}


def test_undated_stories_meet_by_arrival(decide: Any, store: Any) -> None:
    """Without a date it is the day of arrival that counts: within the window one event, past it another."""
    first = decide(None, "first", arrived_days=0.0)
    soon = decide(None, "soon", arrived_days=5.0)
    late = decide(None, "late", arrived_days=40.0)
    assert soon.decision.event == first.decision.event
    assert late.decision.outcome is Outcome.OPEN
