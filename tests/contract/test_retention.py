"""What becomes of keys that belong together where retention differs: it was lowered, or a person's shell has another."""

from pathlib import Path
from typing import Any

import pytest

from newsloom import byhand
from newsloom.core.model import Article, Outcome
from newsloom.core.policy import Policy
from newsloom.ingest import Ingest
from newsloom.store.keys import DIRECTORY
from newsloom.store.redis import RedisStore
from newsloom.store.values import Caps
from newsloom.warming import Warming

LONG, SHORT = 1_000, 100


@pytest.fixture
def ingest(clean: Any, plain_policy: Path) -> Any:
    """Ingest a text as of a page, by a worker with this retention; returns the decision."""

    def call(text: str, page: str, retention_s: int) -> Any:
        store = RedisStore(clean, Caps(retention_s=retention_s))
        article = Article(file=page, path=page, text=text, language="en", url=f"https://one.example/{page}")
        (told,) = Ingest(store, Policy.load(plain_policy)).article(article)
        return told.decision

    return call


def pass_time(client: Any, seconds: int) -> None:
    """Whatever would have expired by then is gone; the clock of the server cannot be moved."""
    for key in list(client.scan_iter(match=b"loom:*")):
        if 0 <= client.ttl(key) <= seconds:
            client.delete(key)


def test_an_event_that_goes_on_lives_as_long_as_it_did(clean: Any, ingest: Any, inventor: Any) -> None:
    """A worker with less retention joins it: nothing of it is cut short."""
    text = inventor.event()
    first = ingest(text, "a", LONG)
    other = ingest(f"{inventor.telling(text, 1)}\n{inventor.event(3)}", "b", SHORT)
    assert other.event == first.event
    pass_time(clean, SHORT)
    again = ingest(f"{text}\n{inventor.event(2)}", "a", SHORT)
    assert (again.outcome, again.event, again.revision_of) == (Outcome.REVISION, first.event, first.story)


@pytest.mark.parametrize("copied", [False, True])
def test_a_story_that_comes_back_is_listed_once(clean: Any, make_redis_desk: Any, *, copied: bool) -> None:
    """It was forgotten, its event went on, and its file is handed in anew."""
    long, short = (make_redis_desk(retention_s=retention_s) for retention_s in (LONG, SHORT))
    short.numbers = long.numbers
    first = short.write("harbour ferry")
    event = short.commit(first)
    second = long.write("harbour fog")
    long.commit(second, Outcome.DUPLICATE if copied else Outcome.ATTACH, event)
    pass_time(clean, SHORT)
    long.commit(first, Outcome.DUPLICATE if copied else Outcome.ATTACH, event)
    found = long.store.event(event)
    assert found.stories == (second.story.id, first.story.id), "in order of commit"
    assert found.size == 2
    members = [member.story for member in long.store.standing("en", event).members]
    assert members == ([first.story.id] if copied else [second.story.id, first.story.id])


def test_a_story_that_comes_back_is_exported_once(clean: Any, make_redis_desk: Any) -> None:
    """Where it was decided last, although the part of the directory that it stood in lives on."""
    long, short = (make_redis_desk(retention_s=retention_s) for retention_s in (LONG, SHORT))
    short.numbers = long.numbers
    again = [short.write(f"topic{number}") for number in range(3)]
    for query in again:
        short.commit(query)
    between = [long.open(f"other{number}") for number in range(DIRECTORY)]
    pass_time(clean, SHORT)
    events = [long.commit(query) for query in again]
    assert [story.event for story in long.store.stories()] == [*between, *events]
    assert [event.event for event in long.store.events()] == [*between, *events]


def test_a_story_that_comes_back_to_another_event_has_left_the_first(
    clean: Any, make_redis_desk: Any
) -> None:
    """It expired, and what it was in went on: nothing that becomes of that event concerns it any more."""
    long, short = (make_redis_desk(retention_s=retention_s) for retention_s in (LONG, SHORT))
    short.numbers = long.numbers
    store = long.store
    story = short.write("harbour ferry")
    first = short.commit(story)
    left = long.attach("mill", first)
    pass_time(clean, SHORT)
    other, third = long.open("strike union"), long.open("orchard quince")
    long.commit(story, Outcome.ATTACH, other)

    def stories(event: str) -> list[str]:
        return [one.member.story for one in store.stories_of("en", event)]

    assert stories(first) == [left]
    assert [member.story for member in store.standing("en", first).members] == [left]
    (found,) = [one for one in long.recall(long.write("mill")).candidates if one.event == first]
    assert [member.story for member in found.members] == [left]
    byhand.merge_events(store, store.event(first), store.event(third))
    assert store.story(story.story.id).event == other
    both = byhand.merge_events(store, store.event(first), store.event(other)).target
    assert sorted(store.event(both).stories) == sorted(stories(both))
    assert store.event(both).size == 4


def test_a_story_that_comes_back_opens_no_event_that_there_is(clean: Any, ingest: Any, inventor: Any) -> None:
    """It opened one in its first life that goes on without it, as a person wanted it: now it opens another."""
    text = inventor.event()
    first = ingest(text, "a", SHORT)
    other, third = (ingest(inventor.event(), page, LONG) for page in "bc")
    store = RedisStore(clean, Caps(retention_s=LONG))
    byhand.move_story(store, store.story(other.story), store.event(first.event))
    byhand.move_story(store, store.story(first.story), store.event(third.event))
    pass_time(clean, SHORT)
    again = ingest(text, "a", LONG)
    assert (again.story, again.outcome) == (first.story, Outcome.OPEN)
    assert store.event(again.event).stories == (again.story,)
    assert store.event(first.event).stories == (other.story,)


def test_a_story_that_comes_back_was_not_moved(clean: Any, make_redis_desk: Any) -> None:
    """Who moved it late in its first life has no part in where it is in the next."""
    long, short = (make_redis_desk(retention_s=retention_s) for retention_s in (LONG, SHORT))
    short.numbers = long.numbers
    store = long.store
    story = short.write("harbour ferry")
    first, other = short.commit(story), long.open("orchard quince")

    def moved() -> list[str]:
        found = store.story(story.story.id)
        assert found is not None
        return [record["event_id"] for record in store.moves(found)]

    byhand.move_story(store, store.story(story.story.id), store.event(other))
    assert moved() == [other]
    pass_time(clean, SHORT)
    assert long.commit(story, Outcome.OPEN, "00" * 8) != first
    assert moved() == []
    byhand.move_story(store, store.story(story.story.id), store.event(other))
    assert moved() == [other]


def test_an_event_that_goes_on_for_years_forgets_what_expired(clean: Any, make_redis_desk: Any) -> None:
    """By and by, from the oldest on; what is there stays listed."""
    desk = make_redis_desk()
    event = desk.open("harbour ferry")
    stories = [bytes.fromhex(story) for story in desk.store.event(event).stories]
    stories += [bytes.fromhex(desk.attach("harbour ferry", event)) for _ in range(1_010)]
    for story in stories[:600]:
        clean.delete(b"loom:{en}:s:" + story)
    stories += [bytes.fromhex(desk.attach("harbour ferry", event)) for _ in range(20)]
    listed = clean.lrange(b"loom:{en}:es:" + bytes.fromhex(event), 0, -1)
    assert len(listed) == 1_001
    assert listed == stories[-1_001:]
    assert desk.store.event(event).size == 1_001
    left = desk.store.stories_of("en", event)
    assert [bytes.fromhex(one.member.story) for one in left] == stories[600:]


def test_an_event_of_copies_alone_takes_tellings(clean: Any, make_redis_desk: Any) -> None:
    """What they are copies of has expired: the event is found by its latest copy, and then by who joined."""
    long, short = (make_redis_desk(retention_s=retention_s) for retention_s in (LONG, SHORT))
    short.numbers = long.numbers
    event = short.open("harbour ferry")
    copies = [long.write("harbour ferry") for _ in range(2)]
    for copy in copies:
        long.commit(copy, Outcome.DUPLICATE, event)
    pass_time(clean, SHORT)

    def members() -> list[str]:
        (found,) = long.recall(long.write("ferry")).candidates
        assert found.event == event
        return [member.story for member in found.members]

    assert members() == [copies[1].story.id]
    joined = long.attach("ferry", event)
    assert members() == [joined]


def test_an_event_of_copies_alone_is_settled_by_hand(clean: Any, make_redis_desk: Any) -> None:
    """What they are copies of has expired: they are merged and moved as any story is, and are found by what there is."""
    long, short = (make_redis_desk(retention_s=retention_s) for retention_s in (LONG, SHORT))
    short.numbers = long.numbers
    store = long.store
    event = short.open("harbour ferry")
    copy = long.write("harbour ferry")
    long.commit(copy, Outcome.DUPLICATE, event)
    pass_time(clean, SHORT)
    other = long.open("orchard quince")
    assert byhand.merge_events(store, store.event(event), store.event(other)).target == event
    assert [story.event for story in store.stories_of("en", event)] == [event] * 2
    assert long.recalled_events(long.write("quince")) == [event]
    into = byhand.move_story(store, store.story(copy.story.id), None).target
    assert long.recalled_events(long.write("ferry")) == [into]
    assert long.recalled_events(long.write("quince")) == [event]


def test_a_merge_by_hand_cuts_nothing_short(clean: Any, ingest: Any, inventor: Any) -> None:
    """The shell of whoever merges need not have the settings of the workers."""
    text = inventor.event()
    one, other = ingest(text, "a", LONG), ingest(inventor.event(), "b", LONG)
    store = RedisStore(clean, Caps(retention_s=SHORT))
    byhand.merge_events(store, store.event(one.event), store.event(other.event))
    pass_time(clean, SHORT)
    assert store.event(other.event).event == one.event
    assert ingest(f"{text}\n{inventor.event(2)}", "a", LONG).event == one.event


def test_an_event_that_takes_stories_lives_as_long_as_they_do(clean: Any, make_redis_desk: Any) -> None:
    """Merged into one that was to end sooner, or parted by who has less retention set: no story is without its event."""
    long, short = (make_redis_desk(retention_s=retention_s) for retention_s in (LONG, SHORT))
    short.numbers = long.numbers
    young = short.open("harbour ferry")
    merged, parted = long.open("strike union"), long.open("mill wheel")
    leaves = long.attach("mill river", parted)
    store = short.store
    byhand.merge_events(store, store.event(young), store.event(merged))
    byhand.move_story(store, store.story(leaves), None)
    pass_time(clean, SHORT)
    stories = list(store.stories())
    assert len(stories) == 3
    assert all(store.event(story.event) for story in stories)


def test_an_event_that_was_merged_late_is_gone_with_its_stories(clean: Any, make_redis_desk: Any) -> None:
    """It is kept for longer than they are: under neither name is there anything to show."""
    desk = make_redis_desk(retention_s=SHORT)
    events = desk.open("harbour ferry"), desk.open("strike union")
    store = RedisStore(clean, Caps(retention_s=LONG))
    byhand.merge_events(store, *map(store.event, events))
    assert [store.event(event).size for event in events] == [2, 2]
    pass_time(clean, SHORT)
    assert [store.event(event) for event in events] == [None, None]
    assert list(store.events()) == []


def test_a_merge_by_hand_leaves_the_rest_to_be_found(clean: Any, ingest: Any, inventor: Any) -> None:
    """Events share the strings that they are listed in: what is merged must not take the others along."""
    texts = [inventor.event() for _ in range(12)]
    told = [ingest(text, f"page {number}", LONG) for number, text in enumerate(texts)]
    store = RedisStore(clean, Caps(retention_s=SHORT))
    byhand.merge_events(store, store.event(told[0].event), store.event(told[1].event))
    pass_time(clean, SHORT)
    for number in (2, 5, 11):
        assert ingest(inventor.telling(texts[number], 1), f"other {number}", LONG).event == told[number].event


@pytest.mark.parametrize("who", ["worker", "person", "archive"])
def test_no_key_is_given_less_time_than_it_has(
    clean: Any, ingest: Any, make_inventor: Any, plain_policy: Path, who: str
) -> None:
    """Whoever has another retention set: a worker, the shell that a person merges from or learns an archive in."""
    inventor = make_inventor(1)
    texts = [inventor.event(6) for _ in range(60)]
    events = [ingest(text, f"page {number}", LONG).event for number, text in enumerate(texts)]
    keys = list(clean.scan_iter(match=b"loom:*"))
    assert any(key.startswith(b"loom:{en}:h:") for key in keys), "a list of its own is among them"
    before = {key: clean.ttl(key) for key in keys}
    store = RedisStore(clean, Caps(retention_s=SHORT))
    if who == "worker":
        for text in texts[:20]:
            ingest(inventor.telling(text, 1), f"other {text[:20]}", SHORT)
    elif who == "person":
        byhand.merge_events(store, store.event(events[0]), store.event(events[1]))
    else:
        file = plain_policy.with_name("page.txt")
        article = Article(
            file=str(file), path=str(file), text=inventor.event(6), url="https://one.example/new"
        )
        Warming(store, Policy.load(plain_policy)).article(article)
    cut = {key: clean.ttl(key) for key in keys if -1 < clean.ttl(key) < before[key] - SHORT}
    assert not cut


def test_a_lower_retention_holds_when_the_longer_one_is_over(clean: Any, ingest: Any, inventor: Any) -> None:
    """Lists need not live for ever as long as they once did."""
    ingest(inventor.event(), "a", LONG)
    stats = b"loom:{en}:stats"
    clean.hset(stats, "lists_until", int(clean.hget(stats, "lists_until")) - LONG)
    pass_time(clean, LONG)
    ingest(inventor.event(), "b", SHORT)
    assert {clean.ttl(key) <= SHORT for key in clean.scan_iter(match=b"loom:{en}:t:*")} == {True}


def test_stories_are_listed_whatever_has_expired_between_them(clean: Any, make_redis_desk: Any) -> None:
    """Where retention was lowered the younger ones go before the older ones, which are found all the same."""
    long, short = (make_redis_desk(retention_s=retention_s) for retention_s in (LONG, SHORT))
    short.numbers = long.numbers
    before = [long.open(f"topic{number}") for number in range(DIRECTORY)]
    for number in range(DIRECTORY):
        short.open(f"other{number}")
    pass_time(clean, SHORT)
    after = long.open("harbour ferry")
    assert [story.event for story in long.store.stories()] == [*before, after]
    assert [event.event for event in long.store.events()] == [*before, after]


def test_a_page_whose_event_is_gone_opens_another(clean: Any, ingest: Any, inventor: Any) -> None:
    """However that came about: its new version is decided, and not refused for ever."""
    text = inventor.event()
    first = ingest(text, "a", LONG)
    clean.delete(b"loom:{en}:e:" + bytes.fromhex(first.event))
    again = ingest(f"{text}\n{inventor.event(2)}", "a", LONG)
    assert (again.outcome, again.revision_of) == (Outcome.OPEN, None)


@pytest.mark.parametrize("gone", ["story", "event"])
def test_no_copy_of_what_is_gone(clean: Any, make_redis_desk: Any, gone: str) -> None:
    """However that came about: what shares its text opens an event of its own."""
    desk = make_redis_desk()
    original, copy = (desk.write(words, hashes=(7,)) for words in ("harbour", "ferry"))
    event = desk.commit(original)
    assert desk.recalled_copies(copy) == [(event, original.story.id)]
    key = {"story": b"s:" + bytes.fromhex(original.story.id), "event": b"e:" + bytes.fromhex(event)}[gone]
    assert clean.delete(b"loom:{en}:" + key) == 1
    assert desk.recalled_copies(copy) == []
    desk.commit(copy)


def test_a_page_that_goes_on_changing_keeps_the_versions_that_are_known(
    clean: Any, make_redis_desk: Any, place_of: Any
) -> None:
    """A front page that is crawled for a year: what has expired of it goes by and by, and nothing else."""
    desk = make_redis_desk()

    def decide(version: int) -> str:
        place = place_of("front page", str(version))
        query = desk.write(f"topic{version}")
        desk.commit(query, place=place, known=desk.store.known("en", place))
        return str(query.story.id)

    lasting = [decide(version) for version in range(20)]
    for version in range(20, 400):
        clean.delete(b"loom:{en}:s:" + bytes.fromhex(decide(version)))
    (versions,) = clean.scan_iter(match=b"loom:{en}:p:*")
    assert clean.hlen(versions) < 100
    found = [desk.store.known("en", place_of("front page", str(version))).decided for version in range(20)]
    assert [decided[0].story for decided in found] == lasting
    assert (
        desk.store.known("en", place_of("front page", "new")).previous
        == place_of("front page", "399").article
    )


def test_entries_of_buckets_that_expired_are_not_counted(clean: Any, ingest: Any, make_inventor: Any) -> None:
    """Bursts further apart than the retention: or there would be more and more buckets with less and less in them."""
    counted = []
    for burst in range(5):
        inventor = make_inventor(burst)
        for page in range(25):
            ingest(inventor.event(6), f"{burst}-{page}", SHORT)
        counted.append(int(clean.hget("loom:{en}:stats", "buckets")))
        pass_time(clean, SHORT)
    assert counted[-1] < 2 * counted[0]
