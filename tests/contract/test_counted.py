"""Counts of terms in Redis: a log and a table that summing it up writes, read piecemeal by many workers."""

import random

import pytest
import structlog

from newsloom.core.policy import Policy
from newsloom.core.stems import shares
from newsloom.core.words import Words
from newsloom.errors import StoreDiffers
from newsloom.relook import SecondLook
from newsloom.store import codec, counted
from newsloom.store.counted import RedisCounts
from newsloom.store.lexicon import NUMBERED, Lexicon
from newsloom.store.memory import MemoryStore
from newsloom.store.redis import RedisStore
from newsloom.store.scripts import Scripts
from newsloom.store.values import Caps, Lesson, Shown

WORDS = [
    "fog",
    "rain",
    "harbour",
    "ferry",
    "the",
    "of",
    *tuple(shares("en"))[NUMBERED - 2 : NUMBERED + 1],
    "zyrnok",
    "orrinvik",
    "1.5",
]


def teach(store, place, words):
    assert store.learn("en", place, [Lesson(words, Shown())])


@pytest.mark.parametrize("log_bytes", [2, 20, 1 << 16])
@pytest.mark.parametrize("seed", range(3))
def test_workers_that_read_in_turn_count_alike(clean, place_of, monkeypatch, log_bytes, seed):
    """Whoever asks, however much was summed up or forgotten since: the counts of the store in memory."""
    monkeypatch.setattr(counted, "LOG_BYTES", log_bytes)
    caps, chance = Caps(generation=7), random.Random(seed)
    memory, workers = MemoryStore(caps), [RedisStore(clean, caps) for _ in range(3)]
    summed = False
    for number in range(60):
        words = chance.sample(WORDS, chance.randrange(len(WORDS)))
        for store in (memory, chance.choice(workers)):
            teach(store, place_of(f"page {number}"), words)
        for worker in chance.sample(workers, chance.randrange(3)):
            assert worker.counts("en", WORDS) == memory.counts("en", WORDS)
        summed |= any(clean.scan_iter("loom:{en}:dt:*"))
        assert len(list(clean.scan_iter("loom:{en}:dl:*"))) <= 2
    assert summed == (log_bytes < 1 << 16)


def test_a_sum_that_comes_late_is_dropped(clean, place_of, monkeypatch):
    """Two workers that sum up the same log count it once."""
    store = RedisStore(clean)
    one, two = (RedisCounts(Scripts(clean), store.caps.generation) for _ in range(2))
    teach(store, place_of("page"), ["fog"])
    one.counts("en", ["fog"])
    two.counts("en", ["fog"])
    latest = two._counted["en"].generations[0]
    monkeypatch.setattr(counted, "LOG_BYTES", 2)
    one.counts("en", ["fog"])
    assert clean.exists("loom:{en}:dt:0")
    assert two._folded("en", 0, latest) is latest
    teach(store, place_of("next page"), ["fog", "rain"])
    for worker in (one, two):
        assert worker.counts("en", ["fog", "rain"]).terms == {"fog": 2, "rain": 1}


def test_what_a_lost_server_held_is_not_counted(clean, place_of):
    """A worker that outlives its server's data begins to count with it."""
    store = RedisStore(clean)
    for number in range(3):
        teach(store, place_of(f"page {number}"), ["fog", "zyrnok"])
    assert store.counts("en", ["fog", "zyrnok"]).terms == {"fog": 3, "zyrnok": 3}
    clean.flushdb()
    assert store.counts("en", ["fog", "zyrnok"]).terms == {"fog": 0, "zyrnok": 0}
    for number in range(4):
        teach(store, place_of(f"new page {number}"), ["rain"])
    assert store.counts("en", ["fog", "rain"]).terms == {"fog": 0, "rain": 4}


def test_another_word_list_is_noticed(clean, place_of, monkeypatch):
    """Ranks of one list mean nothing by another: it is said what to do, and nothing is misread."""
    teach(RedisStore(clean), place_of("page"), ["fog"])
    monkeypatch.setattr("newsloom.store.lexicon.shares", lambda language: Words({"of": 0.1, "fog": 0.01}))
    other = Lexicon("en")
    monkeypatch.setattr(counted, "lexicon", lambda language: other)
    with pytest.raises(StoreDiffers, match="different word list"):
        RedisStore(clean).counts("en", ["fog"])


def test_another_word_list_keeps_no_other_event_from_its_second_look(redis_desk, monkeypatch):
    """It is told once, and looked at again when the stream has doubled; other languages go on."""
    store = redis_desk.store
    unread = redis_desk.open("hafen nebel", language="de")
    redis_desk.open("harbour fog", language="en")
    monkeypatch.setattr("newsloom.store.lexicon.shares", lambda language: Words({"of": 0.1, "fog": 0.01}))
    other = Lexicon("de")
    monkeypatch.setattr(
        codec, "lexicon", lambda language: other if language == "de" else counted.lexicon(language)
    )
    look = SecondLook(store, Policy.load(), now=lambda: redis_desk.now_s)
    with structlog.testing.capture_logs() as logged:
        for _ in range(2):
            assert look.look(10) == []
    assert [line["event_id"] for line in logged] == [unread]
    assert all(store.young(language, 10).events == () for language in ("de", "en"))
