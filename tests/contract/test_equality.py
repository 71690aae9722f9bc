"""The memory store reads as what the Redis store does, so the two must decide alike."""

import contextlib
import itertools
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsloom import byhand
from newsloom.core.decide import event_id
from newsloom.core.model import Article, Decision, Outcome
from newsloom.core.policy import Policy
from newsloom.core.views import DAY_S
from newsloom.errors import Conflict, Impossible
from newsloom.ingest import Ingest
from newsloom.relook import SecondLook
from newsloom.store.memory import MemoryStore
from newsloom.store.redis import RedisStore
from newsloom.store.values import CAPPED, CHANGED, Caps, Commit, Known, Question
from newsloom.warming import Warming

START_S = 1_700_000_000.0
POLICY = Policy(
    prior_stories=300,
    rarest=1e-4,
    least_weight=0.5,
    profile_terms=32,
    index_terms=6,
    recall_terms=8,
    merge_at=-1.0,
    merge_quorum=0.5,
    split_at=-1.5,
    window_days=3,
    fade_days=4,
    min_overlap=0.6,
    min_copy_words=16,
    min_rewrite=0.9,
    furniture_count=2,
    furniture_share=0.2,
    furniture_share_long=0.2,
    furniture_labels=1,
    threshold=0.0,
    intercept=-2.5,
    coefficients={"body": 6.0, "title": 1.0, "lead": 0.5, "time": 0.7, "crowd": -0.2},
    best_share=0.5,
    usual_crowd=0.1,
)
CAPS = Caps(postings=4, candidates=2, members=2, generation=5, learned=2)

PLACES = ("Brackwell", "Port Ellery", "Ostley")
THINGS = ("ferry", "warehouse", "bridge")
VERBS = ("burned", "collapsed", "closed")
SENTENCES = (
    "The {thing} in {place} {verb} on Monday morning, the harbour office said.",
    "Nobody knows yet why the {thing} {verb}, and the mayor of {place} called for patience.",
    "Some {number} people were near the {thing} when it {verb}.",
    "Residents of {place} had complained about the {thing} for 3 years.",
    "An inquiry into the {thing} begins next week under Judge Amara Holt.",
)
REMARKS = ("", " More details are expected in the evening.", " Trains to {place} were late as well.")


def sentence_of(draw, telling):
    return " ".join(SENTENCES[i] for i in telling) + draw(st.sampled_from(REMARKS))


@st.composite
def articles(draw):
    """Invented news from a small vocabulary, so that places, events, copies and versions collide."""
    slots = {
        "place": draw(st.sampled_from(PLACES)),
        "thing": draw(st.sampled_from(THINGS)),
        "verb": draw(st.sampled_from(VERBS)),
        "number": draw(st.sampled_from(["12", "1,400"])),
    }
    telling = draw(st.permutations(range(len(SENTENCES))))[: draw(st.integers(1, len(SENTENCES)))]
    text = "\n".join(
        sentence_of(draw, part).format(**slots) for part in (telling[:2], telling[2:4], telling[4:]) if part
    )
    day = draw(st.none() | st.integers(-8, 8))
    page = draw(st.none() | st.integers(0, 3))
    return Article(
        file=f"file-{draw(st.integers(0, 5))}.txt",
        text=text,
        title=draw(st.none() | st.just("{thing} {verb} in {place}".format(**slots))),
        url=None if page is None else f"https://news.example/{page}",
        language="en",
        published_s=None if day is None else START_S + day * DAY_S,
    )


def outcome_of(ingest, article):
    """All that was decided about an article, without what is measured in milliseconds."""
    return without_times(ingest.article(article))


def without_times(told):
    return [(one.decision, {k: v for k, v in one.record.items() if k != "took_ms"}) for one in told]


def export(store):
    """Everything that can be listed; records are named by each store in its own way."""
    stats = store.stats()
    return (
        sorted((replace(story, record_id="") for story in store.stories()), key=lambda story: story.language),
        sorted(store.events(), key=lambda event: event.language),
        {name: stats[name] for name in ("stories", "events", "outcomes", "learned", *CAPPED, *CHANGED)},
        {language: stories for language, stories in stats["languages"].items() if stories},
    )


@pytest.mark.parametrize("caps", [Caps(), CAPS], ids=["roomy", "tight"])
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    archive=st.lists(articles(), max_size=7),
    stream=st.lists(articles(), min_size=1, max_size=14),
    years=st.sampled_from([0, 3]),
)
def test_both_stores_decide_alike(clean, caps, archive, stream, years):
    """One stream through both: equal outcomes, events, scores and features, and equal listings after it.

    The same of an archive before it, and of the second look, which then finds nothing more to do.
    """
    clean.flushdb()
    clock = {"s": START_S + years * 365 * DAY_S}
    both = [
        Ingest(store, POLICY, now=lambda: clock["s"])
        for store in (
            MemoryStore(caps, POLICY.window_days),
            RedisStore(clean, caps, POLICY.window_days),
        )
    ]
    for article in archive:
        one, other = (Warming(ingest.store, POLICY).article(article) for ingest in both)
        assert one == other
    for article in stream:
        clock["s"] += 3600
        one, other = (outcome_of(ingest, article) for ingest in both)
        assert one == other
    assert export(both[0].store) == export(both[1].store)
    looks = [SecondLook(ingest.store, POLICY, now=lambda: clock["s"]) for ingest in both]
    for _ in range(60):
        one, other = (look.look(3) for look in looks)
        assert one == other
        assert export(both[0].store) == export(both[1].store)
        if not any(look.store.young("en", 1).events for look in looks):
            assert [look.look(3) for look in looks] == [[], []]
            break
    else:
        pytest.fail("the second look never comes to rest")


@pytest.mark.parametrize("caps", [Caps(), CAPS], ids=["roomy", "tight"])
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(stream=st.lists(articles(), min_size=2, max_size=14), size=st.sampled_from([2, 3, 5, 14]))
def test_a_batch_is_decided_as_its_articles_are_alone(clean, caps, stream, size):
    """Copies, versions, repeats, furniture, counts that grow and are forgotten: the same to the last digit."""
    clean.flushdb()
    alone, *batched = (
        Ingest(store, POLICY, now=itertools.count(START_S, 3600.0).__next__)
        for store in (
            MemoryStore(caps, POLICY.window_days),
            MemoryStore(caps, POLICY.window_days),
            RedisStore(clean, caps, POLICY.window_days),
        )
    )
    wanted = [one for article in stream for one in outcome_of(alone, article)]
    for ingest in batched:
        told = []
        for start in range(0, len(stream), size):
            pairs = list(ingest.articles(stream[start : start + size]))
            assert [number for number, _ in pairs] == sorted(number for number, _ in pairs)
            told += [one for _, one in pairs]
        assert without_times(told) == wanted
        assert export(ingest.store) == export(alone.store)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(stream=st.lists(articles(), min_size=1, max_size=6))
def test_a_stream_that_comes_again_changes_nothing(clean, stream):
    """The second time every story is a repeat of its first decision, and no byte has changed."""
    clean.flushdb()
    ingest = Ingest(RedisStore(clean, window_days=POLICY.window_days), POLICY, now=lambda: START_S)
    first = {d.story: d.event for article in stream for d, _ in outcome_of(ingest, article)}
    before = {key: clean.dump(key) for key in clean.scan_iter(count=1000)}
    again = [d for article in stream for d, _ in outcome_of(ingest, article)]
    assert {d.outcome for d in again} == {Outcome.REPEAT}
    assert {d.story: d.event for d in again} == first
    assert {key: clean.dump(key) for key in clean.scan_iter(count=1000)} == before


def test_texts_without_a_word_are_no_copies(make_store):
    """Three dots and three exclamation marks have one fingerprint, that of nothing, and are not the same news."""
    ingest = Ingest(make_store(), POLICY, now=lambda: START_S)
    told = [
        decision.outcome
        for text in ("...", "!!!", "– – –")
        for decision, _ in outcome_of(ingest, Article(file=f"{text}.txt", text=text))
    ]
    assert told == [Outcome.OPEN] * 3


# Interleavings

STEPS = st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=24)
VOCABULARY = ("fog", "rain", "wind", "hail", "frost", "ferry")
TEXTS = st.lists(
    st.tuples(
        st.sets(st.sampled_from(VOCABULARY), max_size=3),
        st.sampled_from([(1, 2, 3, 4), (1, 2, 3, 5), (3, 8, 9), None]),
    ),
    min_size=5,
    max_size=5,
)


def nearest(query, recalled):
    """A stand-in for the decision: the first copy, else the first candidate."""
    if recalled.copies:
        return Outcome.DUPLICATE, recalled.copies[0].event
    if recalled.candidates:
        return Outcome.ATTACH, recalled.candidates[0].event
    return Outcome.OPEN, event_id(query.story.id)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=TEXTS, steps=STEPS)
def test_any_interleaving_ends_alike(clean, redis_desk, place_of, texts, steps):
    """Five workers recall and commit in any order: both stores refuse the same commits and hold the same."""
    clean.flushdb()
    memory = MemoryStore()
    stores = (memory, redis_desk.store)
    desk = replace(redis_desk, numbers=count(1))
    queries = [desk.write(" ".join(sorted(words)), hashes=hashes) for words, hashes in texts]
    recalled = [None] * 5
    for worker, recall in steps:
        query = queries[worker]
        terms = tuple(query.profile.body)
        if recall or recalled[worker] is None:
            recalled[worker] = [store.recall(Question(query, terms, 0.5)) for store in stores]
            assert recalled[worker][0] == recalled[worker][1]
            continue
        results = []
        for store, seen in zip(stores, recalled[worker], strict=True):
            outcome, event = nearest(query, seen)
            decision = Decision(query.story.id, event, outcome, policy="test", threshold=0.0)
            try:
                store.commit(
                    Commit(
                        query, decision, seen, terms, place_of(query.story.id), Known(), ((0, 1),), terms, {}
                    )
                )
            except Conflict:
                results.append("conflict")
            else:
                results.append("committed")
        assert results[0] == results[1]
    assert export(memory) == export(redis_desk.store)
    events = {
        story.event: story.member.profile for story in memory.stories() if story.outcome is Outcome.OPEN
    }
    bodies = [frozenset(profile.body) for profile in events.values()]
    assert all(one.isdisjoint(other) for i, one in enumerate(bodies) for other in bodies[:i]), (
        "one event twice"
    )


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["open", "join", "copy", "merge", "part", "move", "forget"]),
        st.integers(0, 99),
        st.integers(0, 99),
    ),
    min_size=4,
    max_size=20,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    changes=CHANGES,
    words=st.lists(st.sets(st.sampled_from(VOCABULARY), max_size=3), min_size=20, max_size=20),
)
def test_events_change_alike(clean, redis_desk, changes, words):
    """Whatever is merged, parted, moved and forgotten among them: both stores hold the same, and recall the same."""
    clean.flushdb()
    caps = Caps(postings=3, candidates=4, members=2)
    stores = (MemoryStore(caps), RedisStore(clean, caps))
    desks = [replace(redis_desk, store=store, numbers=count(1)) for store in stores]
    for number, (what, one, other) in enumerate(changes):
        told = " ".join(sorted(words[number]))
        for desk in desks:
            change(desk, what, told, (one, other), float(number))
        assert export(stores[0]) == export(stores[1])
        for event in stores[0].events():
            both = [store.standing("en", event.event) for store in stores]
            assert [replace(one, began=()) for one in both[:1]] == [
                replace(one, began=()) for one in both[1:]
            ]
    asked = [desk.write(" ".join(VOCABULARY), hashes=range(8)) for desk in desks]
    recalled = [desk.recall(query, 0.0) for desk, query in zip(desks, asked, strict=True)]
    assert recalled[0] == recalled[1]
    assert [store.young("en", 99) for store in stores[:1]] == [store.young("en", 99) for store in stores[1:]]
    listed = [story for event in stores[1].events() for story in event.stories]
    assert sorted(listed) == sorted(story.member.story for story in stores[1].stories())


def change(desk, what, words, picks, at_s):
    """One change of who is in an event; what cannot be done is not."""
    one, other = picks
    store = desk.store
    events = list(store.events())
    stories = list(store.stories())
    arrival = {"arrived_s": START_S + at_s, "published_s": None if one % 3 == 0 else START_S + other}
    if what == "open" or not events:
        desk.open(words, **arrival)
        return
    event, story = events[one % len(events)], stories[other % len(stories)]
    if what == "join":
        desk.attach(words, event.event, **arrival)
    elif what == "copy":
        copy = desk.write(words, hashes=(one % 5, 5 + other % 5, 10 + int(at_s)), **arrival)
        desk.commit(copy, Outcome.DUPLICATE, story.event, duplicate_of=story.member.story)
    elif what == "forget":
        byhand.forget_story(store, story)
    else:
        to = events[other % len(events)]
        with contextlib.suppress(Impossible):
            if what == "merge":
                byhand.merge_events(store, event, to)
            else:
                byhand.move_story(store, story, None if what == "part" else event)
