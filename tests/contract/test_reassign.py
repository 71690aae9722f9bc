"""Stories go from one event to another: by a look of the program, and by a person's hand."""

import contextlib
import functools
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from newsloom import byhand
from newsloom.core.decide import event_id
from newsloom.core.model import Outcome
from newsloom.errors import Conflict, Impossible
from newsloom.reassigning import leaving_side, merge, move, part
from newsloom.store import keys
from newsloom.store.redis import RedisStore
from newsloom.store.stream import Stream
from newsloom.store.values import Known

DAY_S = 86_400.0


@pytest.fixture
def standing(store):
    return lambda event: store.standing("en", event)


@pytest.fixture
def merged(store, standing):
    """Merge the second event into the first, as the program does."""

    def call(survivor, loser, **how):
        return merge(store, standing(loser), standing(survivor), {"votes": 2}, **how)

    return call


@pytest.fixture
def parted(store, standing):
    """Split these stories off, as the program does."""

    def call(event, *stories, **how):
        listed = store.stories_of("en", event)
        leaving = leaving_side(standing(event), listed, frozenset(stories))
        return part(store, standing(event), listed, leaving, {}, **how).target

    return call


def whole(store):
    """Each story is in one event, where it says that it is, and sizes add up."""
    events = list(store.events())
    listed = {story: event.event for event in events for story in event.stories}
    assert listed == {story.member.story: story.event for story in store.stories()}
    assert (
        sum(event.size for event in events)
        == len(listed)
        == store.stats()["stories"] - store.stats()["forgotten"]
    )
    assert len(events) == store.stats()["events"]
    for event in events:
        standing = store.standing(event.language, event.event)
        assert {member.story for member in standing.members} <= set(event.stories)
        assert standing.members
    return True


# -- merge ---------------------------------------------------------------------------------------


def test_after_a_merge_all_views_agree(desk, store, merged):
    """Stories, sizes, times, lists, statistics and recall tell of one event, and of no other."""
    one = desk.open("harbour ferry fog", published_s=5 * DAY_S)
    other = desk.open("ferry aground rescue", published_s=2 * DAY_S)
    third = desk.attach("harbour closed", one, published_s=9 * DAY_S)
    changed = merged(one, other)
    assert (changed.kind, changed.source, changed.target) == ("event_merged", other, one)
    summary = store.event(one)
    assert (summary.size, summary.first_s, summary.last_s) == (3, 2 * DAY_S, 9 * DAY_S)
    assert summary.title == "harbour ferry fog"
    assert list(store.events()) == [summary]
    assert [story.event for story in store.stories()] == [one] * 3
    assert summary.stories[2] == third
    assert desk.recalled_events(desk.write("aground", published_s=3 * DAY_S)) == [one]
    assert [story.member.story for story in store.stories_of("en", one)] == list(summary.stories)
    stats = store.stats()
    assert (stats["events"], stats["merged"], stats["split"], stats["moved"]) == (1, 1, 0, 1)
    assert whole(store)


def test_a_merge_while_events_are_listed(redis_desk, monkeypatch):
    """No event is listed twice, and none that is gone when its part of the list is read."""
    monkeypatch.setattr(keys, "PAGE", 1)
    store = redis_desk.store
    one, other, third = (redis_desk.open(words) for words in ("harbour", "ferry", "tram"))
    listing = store.events()
    assert next(listing).event == one
    merge(store, store.standing("en", other), store.standing("en", one), {})
    assert [event.event for event in listing] == [third]


def test_a_merge_while_an_event_is_read(make_redis_desk, clean, monkeypatch):
    """An event is told with the stories that it has as it is read: never with its size, and without them."""
    desk = make_redis_desk(members=2)
    store, one, other = desk.store, desk.open("harbour"), desk.open("ferry")
    for _ in range(4):
        desk.attach("ferry", other)

    def merging(*args, run=clean.execute_command, **options):
        if args[0] == "LRANGE":
            monkeypatch.undo()
            merge(store, store.standing("en", other), store.standing("en", one), {})
        return run(*args, **options)

    monkeypatch.setattr(clean, "execute_command", merging)
    assert all(event.size == len(event.stories) for event in store.events())


def test_stories_of_a_merged_event_are_in_order_of_commit(desk, store, merged):
    """Whichever event they came to: as if it had been one event all along."""
    one, other = desk.open("harbour"), desk.open("ferry")
    later = [desk.attach("harbour", one), desk.attach("ferry", other), desk.attach("harbour", one)]
    first = [store.event(event).stories[0] for event in (one, other)]
    merged(one, other)
    assert list(store.event(one).stories) == [*first, *later]
    assert [member.story for member in store.standing("en", one).members] == sorted(
        [*first, *later]
    )  # who arrived at one time is listed by id


def test_the_members_of_a_merged_event_keep_to_the_cap(make_desk):
    """The first and the latest to arrive."""
    desk = make_desk(members=3)
    one = desk.open("harbour", arrived_s=1.0)
    other = desk.open("ferry", arrived_s=2.0)
    for at in range(3, 7):
        desk.attach("fog", (one, other)[at % 2], arrived_s=float(at))
    store = desk.store
    merge(store, store.standing("en", other), store.standing("en", one), {})
    assert [member.arrived_s for member in store.standing("en", one).members] == [1.0, 5.0, 6.0]
    assert store.event(one).size == 6


def test_dated_stories_outweigh_arrivals(desk, store, merged):
    """An event of undated stories takes the dates of the one that joins it."""
    one = desk.open("harbour", published_s=None, arrived_s=50 * DAY_S)
    other = desk.open("ferry", published_s=3 * DAY_S, arrived_s=51 * DAY_S)
    merged(one, other)
    assert (store.event(one).first_s, store.event(one).last_s) == (3 * DAY_S, 3 * DAY_S)


def test_a_pointer_leads_to_the_survivor(desk, store, merged):
    """Whoever asks for a merged event gets the one it is now, after further merges too."""
    one, two, three = desk.open("harbour"), desk.open("ferry"), desk.open("fog")
    merged(two, three)
    merged(one, two)
    for event in (one, two, three):
        assert store.event(event).event == one
    assert store.standing("en", two) is None
    assert store.stories_of("en", three) == ()


def test_a_story_for_a_merged_event_is_decided_again(desk, store, merged):
    """A worker that compared either event before the merge is refused, and finds the survivor after it."""
    one, other = desk.open("harbour"), desk.open("ferry")
    asked = [desk.write(words) for words in ("harbour", "ferry")]
    before = [desk.recall(query) for query in asked]
    merged(one, other)
    for query, recalled in zip(asked, before, strict=True):
        with pytest.raises(Conflict):
            desk.commit(query, Outcome.ATTACH, recalled.candidates[0].event, recalled=recalled)
        assert desk.recalled_events(query) == [one]
    unread = desk.write("nothing of the kind")
    with pytest.raises(Conflict):
        desk.commit(unread, Outcome.ATTACH, other)
    assert whole(store)


def test_a_new_event_that_read_the_lists_before_is_decided_again(desk, merged):
    """The survivor is in lists that were read without it."""
    one, other = desk.open("harbour"), desk.open("ferry")
    query = desk.write("ferry")
    recalled = desk.recall(query)
    merged(one, other)
    with pytest.raises(Conflict):
        desk.commit(query, recalled=recalled)


def test_a_new_version_goes_where_the_old_one_is_now(desk, store, merged, parted, place_of):
    """The version before was read, then moved: refused, by a merge as by a split."""
    one, other = desk.open("harbour"), desk.open("ferry")
    first = desk.write("wreck")
    desk.commit(first, Outcome.ATTACH, other, place=place_of("page", "1"))
    known = store.known("en", place_of("page", "2"))
    assert known.earlier[0].event == other

    def revise(query):
        desk.commit(
            query,
            Outcome.REVISION,
            known.earlier[0].event,
            place=place_of("page", "2"),
            known=known,
            revision_of=first.story.id,
        )

    for change in (lambda: merged(one, other), lambda: parted(one, first.story.id)):
        change()
        revised = desk.write("wreck raised")
        with pytest.raises(Conflict):
            revise(revised)
        known = store.known("en", place_of("page", "2"))
        assert known.earlier[0].event == store.story(first.story.id).event
    revise(revised)
    assert whole(store)


def test_a_repeat_tells_where_the_story_is_now(desk, store, merged, place_of):
    """What is handed in again after a merge is in the survivor."""
    one = desk.open("harbour")
    query = desk.write("ferry")
    other = desk.commit(query, place=place_of("page"))
    merged(one, other)
    assert store.known("en", place_of("page")).decided[0].event == one


def test_a_copy_of_a_merged_story_joins_the_survivor(desk, merged):
    """Its shingles lead to the event where the story is now."""
    one, other = desk.open("harbour"), desk.open("ferry", hashes=(7,))
    (story,) = desk.store.event(other).stories
    merged(one, other)
    assert desk.recalled_copies(desk.write("other words", hashes=(7,))) == [(one, story)]


# -- split ---------------------------------------------------------------------------------------


def test_after_a_split_all_views_agree(desk, store, parted):
    """The part with the first story keeps the id; the other has a new one, and lists of its own."""
    one = desk.open("harbour ferry", published_s=1 * DAY_S, title="A ferry waits")
    stays = desk.attach("harbour fog", one, published_s=2 * DAY_S)
    goes = desk.attach("orchard frost fog", one, published_s=8 * DAY_S, title="Frost in the orchard")
    new = parted(one, goes)
    assert new == event_id(goes)
    assert store.event(one).stories[1:] == (stays,)
    assert (store.event(one).first_s, store.event(one).last_s) == (1 * DAY_S, 2 * DAY_S)
    summary = store.event(new)
    assert (summary.size, summary.first_s, summary.title) == (1, 8 * DAY_S, "Frost in the orchard")
    assert store.story(goes).event == new
    assert desk.recalled_events(desk.write("orchard", published_s=3 * DAY_S)) == [new]
    assert desk.recalled_events(desk.write("ferry", published_s=3 * DAY_S)) == [one]
    assert sorted(desk.recalled_events(desk.write("fog", published_s=3 * DAY_S))) == sorted([one, new])
    stats = store.stats()
    assert (stats["events"], stats["merged"], stats["split"], stats["moved"]) == (2, 0, 1, 1)
    assert [event.event for event in store.events()] == [one, new]
    assert whole(store)


def test_the_id_stays_with_the_first_story(desk, store, parted):
    """Whichever part is said to leave: the first story's is the one that is not new."""
    one = desk.open("harbour ferry")
    first = store.event(one).stories[0]
    rest = [desk.attach("orchard frost", one) for _ in range(2)]
    new = parted(one, first)
    assert store.event(one).stories == (first,)
    assert store.event(new).stories == tuple(rest)


def test_a_part_of_copies_is_still_compared(desk, store, parted):
    """An event that is left with copies alone is known by the first of them."""
    one = desk.open("harbour ferry")
    copy = desk.write("orchard frost")
    desk.commit(copy, Outcome.DUPLICATE, one, duplicate_of=store.event(one).stories[0])
    new = parted(one, copy.story.id)
    assert [member.story for member in store.standing("en", new).members] == [copy.story.id]
    assert whole(store)


def test_a_merge_that_is_split_again_is_as_before(desk, store, merged, parted):
    """The event that comes back has its own name, and is no pointer any more."""
    one, other = desk.open("harbour"), desk.open("ferry")
    story = store.event(other).stories[0]
    before = list(store.events())
    merged(one, other)
    assert parted(one, story) == other
    assert [event.event for event in store.events()] == [event.event for event in before]
    assert [event.stories for event in store.events()] == [event.stories for event in before]
    assert whole(store)


@pytest.mark.parametrize("together", [False, True])
def test_an_event_that_was_merged_away_is_where_its_story_is(desk, store, merged, parted, together):
    """The event that it went to was merged away as well, and came back: alone, or with what had joined it."""
    one, other, third = desk.open("harbour"), desk.open("ferry"), desk.open("fog")
    stories = [store.event(event).stories[0] for event in (other, third)]
    merged(other, third)
    merged(one, other)
    assert parted(one, *stories[: 1 + together]) == other
    assert store.event(third).event == store.story(stories[1]).event == (other if together else one)
    assert whole(store)


def test_an_id_in_use_is_not_given_twice(desk, store, standing, parted):
    """A first story went elsewhere, its event lives on: alone again, the story gets another event."""
    one, other = desk.open("harbour"), desk.open("ferry")
    first = store.event(other).stories[0]
    desk.attach("ferry", other)
    move(store, standing(other), standing(one), store.stories_of("en", other), first, placed=True)
    new = parted(one, first, by_hand=True)
    assert new not in {one, other}
    assert whole(store)


# -- what is checked -------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["source", "target"])
def test_a_story_that_joined_meanwhile_is_a_conflict(desk, store, standing, contents, which):
    """Either event has changed since it was read: nothing is written."""
    one, other = desk.open("harbour"), desk.open("ferry")
    survivor, loser = standing(one), standing(other)
    desk.attach("fog", one if which == "target" else other)
    before = contents(store)
    with pytest.raises(Conflict):
        merge(store, loser, survivor, {})
    with pytest.raises(Conflict):
        merge(store, loser, survivor, {}, by_hand=True)
    assert contents(store) == before


def test_a_merge_that_was_made_already_is_a_conflict(desk, store, standing, contents):
    """Two looks found the same: the second is told so, and nothing changes."""
    one, other = desk.open("harbour"), desk.open("ferry")
    survivor, loser = standing(one), standing(other)
    merge(store, loser, survivor, {})
    before = contents(store)
    with pytest.raises(Conflict):
        merge(store, loser, survivor, {})
    assert contents(store) == before


def test_other_events_do_not_matter(desk, store, standing):
    """A busy stream does not keep two events apart."""
    one, other = desk.open("harbour"), desk.open("ferry")
    survivor, loser = standing(one), standing(other)
    desk.open("orchard")
    merge(store, loser, survivor, {})
    assert store.event(other).event == one


def test_after_more_changes_than_the_journal_keeps_all_is_read_again(desk, store, standing):
    """What cannot be checked is not trusted."""
    one, other = desk.open("harbour"), desk.open("ferry")
    survivor, loser = standing(one), standing(other)
    for _ in range(1_001):
        desk.open("orchard")
    with pytest.raises(Conflict):
        merge(store, loser, survivor, {})


# -- what is due -----------------------------------------------------------------------------------


def due(store):
    return [event for event, _ in store.young("en", 100).events]


def test_what_has_a_new_story_is_due(desk, store):
    """An event that opens or grows is due at once, those that wait longest first; a copy is no news."""
    assert due(store) == []
    one, two = desk.open("harbour"), desk.open("ferry")
    assert due(store) == [one, two]
    assert [event for event, _ in store.young("en", 1).events] == [one]
    desk.attach("harbour", one)
    assert due(store) == [two, one]
    desk.commit(desk.write("ferry"), Outcome.DUPLICATE, two, duplicate_of=store.event(two).stories[0])
    assert due(store) == [two, one]
    assert store.languages() == ["en"]


def test_languages_take_turns(desk, store):
    """Whoever had none comes first, then whoever had it longest ago; a second turn at once changes nothing."""
    for language in ("sv", "en", "de"):
        desk.open("harbour", language=language)
    assert store.in_turn() == ["de", "en", "sv"]
    for language in ("de", "sv", "sv"):
        store.takes_turn(language)
    assert store.in_turn() == ["en", "de", "sv"]
    for language in ("de", "en"):
        store.takes_turn(language)
    assert store.in_turn() == ["sv", "de", "en"]
    desk.open("harbour", language="fr")
    assert store.in_turn() == ["fr", "sv", "de", "en"]
    assert store.languages() == ["de", "en", "fr", "sv"]


def test_what_was_looked_at_is_due_when_it_says(desk, store):
    """Not before the version given, and never where none is."""
    desk.open("harbour"), desk.open("ferry")
    young = store.young("en", 100)
    for (event, at), again in zip(young.events, (2 * young.version, None), strict=True):
        store.examined("en", event, at, again)
    assert due(store) == []
    one = young.events[0][0]
    desk.open("orchard")
    desk.open("frost")
    assert due(store)[-1] == one
    assert len(due(store)) == 3


def test_a_story_that_comes_during_the_look_is_not_overlooked(desk, store):
    """The event is due once more, whatever the look says."""
    one = desk.open("harbour")
    ((event, at),) = store.young("en", 1).events
    desk.attach("harbour", one)
    store.examined("en", event, at, None)
    assert due(store) == [one]


def test_what_is_due_has_a_cap(make_desk):
    """What would be due last is not looked at, and that is counted."""
    desk = make_desk(young=2)
    events = [desk.open("harbour") for _ in range(4)]
    assert due(desk.store) == events[:2]
    assert desk.store.stats()["young_capped"] == 2


def test_what_has_changed_is_due(desk, store, merged, parted):
    """What has grown may grow on, and the parts may each be like others."""
    one, other = desk.open("harbour"), desk.open("ferry")
    goes = desk.attach("orchard", other)
    merged(one, other)
    assert due(store) == [one]
    parted(one, goes)
    assert set(due(store)) == {one, store.story(goes).event}


# -- by hand ---------------------------------------------------------------------------------------


def test_a_person_merges(desk, store, standing, merged):
    """The older survives, whichever is named first, with a mark that nothing takes away."""
    one, other, third, fourth = (desk.open(text) for text in ("harbour", "ferry", "fog", "orchard"))
    changed = byhand.merge_events(store, store.event(other), store.event(one))
    assert (changed.source, changed.target) == (other, one)
    desk.attach("harbour", one)
    merged(one, third)
    byhand.move_story(store, store.story(store.event(one).stories[1]), None)
    byhand.forget_story(store, store.story(store.event(one).stories[0]))
    merged(fourth, one)
    assert (standing(fourth).joined, standing(fourth).parted) == (True, False)
    assert whole(store)


def test_a_person_moves_a_story(desk, store, standing):
    """That is known of the story alone, for as long as it is there."""
    one, other = desk.open("harbour"), desk.open("ferry")
    story = desk.attach("ferry aground", one)
    changed = byhand.move_story(store, store.story(story), store.event(other))
    assert changed.kind == "story_moved"
    assert (store.story(story).event, store.story(story).placed) == (other, True)
    assert store.stats()["moved"] == 1
    assert desk.recalled_events(desk.write("aground")) == [other]
    assert not any(event.joined or event.parted for event in (standing(one), standing(other)))
    byhand.move_story(store, store.story(store.event(one).stories[0]), store.event(other))
    assert not standing(other).joined
    assert whole(store)


def test_each_change_tells_what_events_are_called_by_now(desk, store, place_of):
    """Moves by hand and a split tell it of both, a merge of the one that is left."""
    one = desk.open("harbour", title="Two dead", place=place_of("page", "1"))
    (first,) = store.event(one).stories
    revised, known = desk.write("harbour", title="Three dead"), store.known("en", place_of("page", "2"))
    how = {"place": place_of("page", "2"), "known": known, "revision_of": first}
    desk.commit(revised, Outcome.REVISION, one, **how)
    desk.attach("harbour fog", one, title="Fog at the harbour")
    other = desk.open("ferry", title="Ferry waits")

    def title(event):
        return store.event(event).title

    def told(changed, *names):
        return [changed.records[0][1][name] for name in names]

    changed = byhand.move_story(store, store.story(first), store.event(other))
    assert (
        told(changed, "event_title", "from_title")
        == [title(other), title(one)]
        == ["Ferry waits", "Three dead"]
    )
    changed = byhand.move_story(store, store.story(revised.story.id), None)
    assert told(changed, "title", "into_title") == [title(one), title(changed.target)]
    assert (title(one), title(changed.target)) == ("Fog at the harbour", "Three dead")
    changed = byhand.move_story(store, store.story(first), store.event(one))
    assert (
        told(changed, "event_title", "from_title")
        == [title(one), title(other)]
        == ["Two dead", "Ferry waits"]
    )
    changed = byhand.merge_events(store, store.event(one), store.event(store.story(revised.story.id).event))
    assert told(changed, "title") == [title(one)] == ["Three dead"]


def test_a_person_moves_a_story_out(desk, store, standing, merged):
    """Into an event of its own, which bears a mark that goes with it; what it was in bears none."""
    one, third = desk.open("harbour"), desk.open("orchard")
    story = desk.attach("ferry", one)
    changed = byhand.move_story(store, store.story(story), None)
    assert store.event(changed.target).stories == (story,)
    assert (standing(changed.target).joined, standing(changed.target).parted) == (False, True)
    assert (standing(one).joined, standing(one).parted) == (False, False)
    byhand.merge_events(store, store.event(third), store.event(changed.target))
    assert (standing(third).joined, standing(third).parted) == (True, True)
    byhand.merge_events(store, store.event(third), store.event(one))
    assert standing(one).parted
    assert whole(store)


def test_a_move_out_that_is_taken_back_by_a_merge_leaves_no_mark(desk, store, standing):
    """Of the move, that is."""
    one = desk.open("harbour")
    apart = byhand.move_story(store, store.story(desk.attach("harbour fog", one)), None).target
    desk.attach("fog", apart)
    byhand.merge_events(store, store.event(one), store.event(apart))
    assert (standing(one).joined, standing(one).parted) == (True, False)
    assert whole(store)


def test_a_move_out_that_is_taken_back_leaves_no_mark(desk, store, standing):
    """Wherever it went."""
    one, other = desk.open("harbour"), desk.open("ferry")
    story = desk.attach("harbour fog", one)
    for back in (None, other):
        byhand.move_story(store, store.story(story), store.event(back) if back else None)
        byhand.move_story(store, store.story(story), store.event(one))
        assert not store.story(story).placed
    assert (standing(one).joined, standing(one).parted) == (False, False)
    assert whole(store)


def as_it_is(store):
    """What is told of all events, but for who was put where by hand."""
    return [
        (e.event, e.title, e.stories, {m.story for m in store.standing(e.language, e.event).members})
        for e in store.events()
    ]


@pytest.mark.parametrize("alone", [False, True])
def test_a_move_by_hand_is_undone_by_a_move(desk, store, alone):
    """A story that is older than the event that it is put into heads it as little as any other, and leaves it alone.

    Also after a merge; whether its own event lived on without it or not.
    """
    one = desk.open("harbour", title="Harbour closed")
    if not alone:
        desk.attach("harbour fog", one, title="Fog at the harbour")
    other, third = desk.open("ferry", title="Ferry waits"), desk.open("orchard", title="Frost")
    queue = desk.attach("ferry queue", other, title="Queue for the ferry")
    story, before = store.event(one).stories[0], as_it_is(store)
    byhand.move_story(store, store.story(story), store.event(other))
    assert (store.event(other).title, store.event(other).stories[-1]) == ("Ferry waits", story)
    added = store.event(third).stories[0]
    byhand.merge_events(store, store.event(third), store.event(other))
    assert store.event(other).stories[1:] == (added, queue, story)
    for moved in (added, story):
        changed = byhand.move_story(store, store.story(moved), None)
        assert [record["story"] for kind, record in changed.records if kind == "story_moved"] == [moved]
    if not alone:
        byhand.move_story(store, store.story(story), store.event(one))
    assert as_it_is(store) == before
    assert whole(store)


def test_what_was_put_there_by_hand_is_first_where_nothing_else_is(desk, store):
    """Who joined by itself comes before it, also where the story that opened the event is gone."""
    one = desk.open("harbour", title="Harbour closed")
    other = desk.open("ferry", title="Ferry waits")
    first, story = store.event(other).stories[0], store.event(one).stories[0]
    byhand.move_story(store, store.story(story), store.event(other))
    joined = desk.attach("ferry queue", other, title="Queue for the ferry")
    byhand.forget_story(store, store.story(first))
    summary = store.event(other)
    assert (summary.stories, summary.title) == ((joined, story), "Queue for the ferry")
    byhand.move_story(store, store.story(joined), None)
    assert (store.event(other).stories, store.event(other).title) == ((story,), "Harbour closed")
    byhand.forget_story(store, store.story(story))
    assert [event.event for event in store.events()] == [event_id(joined)]
    assert whole(store)


def test_whoever_opened_an_event_may_leave_it(desk, store):
    """The others stay under its id; brought back, it is the first again."""
    one = desk.open("harbour", title="Harbour closed")
    rest = [desk.attach("harbour fog", one, title="Fog at the harbour") for _ in range(2)]
    first, before = store.event(one).stories[0], as_it_is(store)
    changed = byhand.move_story(store, store.story(first), None)
    assert store.event(changed.target).stories == (first,)
    assert (store.event(one).stories, store.event(one).title) == (tuple(rest), "Fog at the harbour")
    assert changed.target != one
    assert changed.records[0][1]["title"] == "Fog at the harbour"
    byhand.move_story(store, store.story(first), store.event(one))
    assert as_it_is(store) == before
    assert store.event(changed.target).event == one
    assert whole(store)


def test_the_last_story_to_leave_takes_its_event_along(desk, store):
    """Where nothing stays there is a pointer, whichever of the two is older."""
    one, other = desk.open("harbour"), desk.open("ferry")
    story = store.story(store.event(one).stories[0])
    changed = byhand.move_story(store, story, store.event(other))
    assert (changed.kind, changed.target) == ("event_merged", other)
    assert store.event(one).event == other
    assert store.event(other).stories[1] == story.member.story
    assert store.event(other).title == "ferry"
    assert whole(store)


def test_what_a_person_cannot_ask_for(desk, store):
    """One event twice, another language, a story that is there or alone: said, and nothing done."""
    one, foreign = desk.open("harbour"), desk.open("satama", language="fi")
    story = store.story(store.event(one).stories[0])
    for call in (
        lambda: byhand.merge_events(store, store.event(one), store.event(one)),
        lambda: byhand.merge_events(store, store.event(one), store.event(foreign)),
        lambda: byhand.move_story(store, story, store.event(foreign)),
        lambda: byhand.move_story(store, story, store.event(one)),
        lambda: byhand.move_story(store, story, None),
    ):
        with pytest.raises(Impossible):
            call()
    assert [event.event for event in store.events()] == [one, foreign]


def test_what_a_person_asks_for_bears_a_busy_stream(desk, store, monkeypatch):
    """A story joins between the reading and the change: it is read and made again."""
    one, other = desk.open("harbour"), desk.open("ferry")
    read, joins = store.standing, iter([one, other])

    def standing(language, event):
        found = read(language, event)
        for joined in joins:
            desk.attach("fog", joined)
            break
        return found

    monkeypatch.setattr(store, "standing", standing)
    byhand.merge_events(store, store.event(one), store.event(other))
    assert store.event(one).size == 4
    assert whole(store)


def test_an_event_that_expired_is_opened_anew(desk, store, merged):
    """A pointer does not stand in the way of an event of that name."""
    one = desk.open("harbour")
    query = desk.write("ferry")
    other = desk.commit(query)
    merged(one, other)
    again = desk.write("ferry")
    desk.commit(again, event=other, known=Known())
    assert store.event(other).stories == (again.story.id,)
    assert whole(store)


# -- several workers ---------------------------------------------------------------------------------


def test_stories_come_in_while_events_are_merged_and_parted(clean, redis_desk):
    """Four workers decide, a fifth merges and parts: each story is in one event, and sizes add up."""
    workers, each = 4, 80
    stop = threading.Event()

    def decide(number):
        desk = replace(redis_desk, store=RedisStore(clean), numbers=itertools.count(1 + 1_000 * number))
        for at in range(each):
            query = desk.write(f"harbour ferry{at % 5} fog{(at + number) % 3}")
            while True:
                recalled = desk.recall(query)
                found = recalled.candidates[at % len(recalled.candidates)] if recalled.candidates else None
                joins = found is not None and at % 3
                try:
                    desk.commit(
                        query,
                        Outcome.ATTACH if joins else Outcome.OPEN,
                        found.event if joins else None,
                        recalled=recalled,
                    )
                except Conflict:
                    continue
                break

    def change():
        store, made, at = RedisStore(clean), 0, 0
        while not stop.is_set() or made < 10:
            at += 1
            events = list(store.events())
            if len(events) < 2:
                continue
            with contextlib.suppress(Conflict):
                if at % 3:
                    one, other = (
                        store.standing("en", events[i % len(events)].event) for i in (at, 7 * at + 1)
                    )
                    if one and other and one.event != other.event:
                        merge(store, other, one, {})
                        made += 1
                else:
                    event = max(events, key=lambda e: e.size)
                    standing, stories = (
                        store.standing("en", event.event),
                        store.stories_of("en", event.event),
                    )
                    if standing and len(stories) > 1:
                        leaving = frozenset(story.member.story for story in stories[1::2])
                        part(store, standing, stories, leaving, {})
                        made += 1
        return made

    with ThreadPoolExecutor(workers + 1) as pool:
        changing = pool.submit(change)
        for done in [pool.submit(decide, number) for number in range(workers)]:
            done.result()
        stop.set()
        assert changing.result() >= 10
    store = RedisStore(clean)
    assert store.stats()["stories"] == workers * each
    assert whole(store)
    moves = [record for record in Stream(clean).records() if record["type"] == "story_moved"]
    assert len(moves) == store.stats()["moved"]
    last = {record["story"]: record["event_id"] for record in moves}
    assert last == {s.member.story: s.event for s in store.stories() if s.member.story in last}


def test_how_often_a_story_has_moved(desk, store, merged, parted):
    """Of the latest sixteen times; a story that never moved has not."""
    event = desk.open("fog")
    first = store.event(event).stories[0]
    story = desk.attach("fog", event)
    for times in range(10):
        assert store.times_moved("en", [first, story]) == [0, min(2 * times, 16)]
        merged(event, parted(event, story))
    assert whole(store)


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_was_to_move_has_gone_meanwhile(desk, store, standing, by_hand):
    """A person moved it between two reads of a look, or of another person: a conflict, and nothing is written."""
    event, other = desk.open("fog"), desk.open("mist")
    story = desk.attach("fog", event)
    desk.attach("fog", event)
    before = standing(event)
    byhand.move_story(store, store.story(story), None)
    listed = store.stories_of("en", event)
    change = (
        functools.partial(move, store, before, standing(other), listed, story, placed=True)
        if by_hand
        else functools.partial(part, store, before, listed, frozenset([story]), {})
    )
    with pytest.raises(Conflict):
        change()
    assert whole(store)
