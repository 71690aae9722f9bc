"""A story is dropped for good: nothing that it told is kept, and all else stands as if it had never come."""

from dataclasses import replace

import pytest
from tests.contract.test_reassign import whole

from newsloom import byhand, reassigning
from newsloom.core.model import Outcome
from newsloom.errors import Conflict, Impossible
from newsloom.store.changes import Forgetting
from newsloom.store.redis import RedisStore
from newsloom.store.stream import Stream
from newsloom.store.values import Known

DAY_S = 86_400.0


@pytest.fixture
def forget(store):
    """Returns the record of that alone."""
    return lambda story: byhand.forget_story(store, store.story(story))[0][1]


def test_a_story_alone_takes_its_event_along(desk, store, forget):
    """Neither is found again, by its id, by its words or by its text."""
    kept = desk.open("harbour ferry")
    query = desk.write("harbour fog", title="Fog at the harbour", hashes=(7,))
    event = desk.commit(query)
    record = forget(query.story.id)
    assert record == {
        "story": query.story.id, "event_id": event, "event_title": None, "language": "en", "size": 0, "copies": 0,
        "heir": None, "by": "person",
    }  # fmt: skip
    assert store.story(query.story.id) is None
    assert store.event(event) is None
    assert store.standing("en", event) is None
    assert desk.recalled_events(desk.write("fog")) == []
    copy = desk.write("harbour", hashes=(7,))
    assert desk.recalled_events(copy) == [kept]
    assert desk.recalled_copies(copy) == []
    assert (store.stats()["events"], store.stats()["forgotten"]) == (1, 1)
    assert [one for one, _ in store.young("en", 9).events] == [kept]
    assert whole(store)


def test_the_rest_of_an_event_keeps_its_id(desk, store, forget):
    """Its times, its headline, its members and its lists are those of the others."""
    first = desk.write("harbour fog", title="Fog at the harbour", published_s=2 * DAY_S)
    event = desk.commit(first)
    other = desk.attach("harbour ferry", event, title="Ferry waits", published_s=5 * DAY_S)
    record = forget(first.story.id)
    assert (record["size"], record["event_title"]) == (1, "Ferry waits")
    summary = store.event(event)
    assert (summary.stories, summary.title) == ((other,), "Ferry waits")
    assert (summary.first_s, summary.last_s) == (5 * DAY_S, 5 * DAY_S)
    assert [member.story for member in store.standing("en", event).members] == [other]
    assert desk.recalled_events(desk.write("fog", published_s=5 * DAY_S)) == []
    assert desk.recalled_events(desk.write("harbour", published_s=5 * DAY_S)) == [event]
    assert whole(store)


def test_the_headline_of_a_forgotten_story_heads_no_event(desk, store, forget):
    """Where the others have none, the event has none."""
    first = desk.write("harbour", title="Fog at the harbour")
    event = desk.commit(first)
    desk.attach("harbour ferry", event)
    assert forget(first.story.id)["event_title"] is None
    assert store.event(event).title == ""


def test_nor_where_it_was_not_the_first(desk, store, forget):
    """An event that a split opened is called by the first headline there is, whoever bears it."""
    event = desk.open("harbour", title="Fog at the harbour")
    leaving = [desk.attach("ferry", event), desk.attach("ferry queue", event, title="Ferry waits")]
    into = reassigning.part(
        store, store.standing("en", event), store.stories_of("en", event), frozenset(leaving), {}
    ).target
    assert store.event(into).title == "Ferry waits"
    forget(leaving[1])
    assert (store.event(into).stories, store.event(into).title) == ((leaving[0],), "")


def test_a_forgotten_version_names_no_event(desk, store, forget, place_of):
    """What it corrected does so again, or what came after it."""
    versions, event = [], None
    for number, title in enumerate(("Two dead", "Three dead", "RETRACTED")):
        query, known = desk.write("harbour", title=title), store.known("en", place_of("page", f"{number}"))
        how = {"place": place_of("page", f"{number}"), "known": known}
        before = versions[-1] if versions else None
        event = desk.commit(
            query, Outcome.REVISION if before else Outcome.OPEN, event, revision_of=before, **how
        )
        versions.append(query.story.id)
    told = []
    for story in (versions[1], versions[0], versions[2]):
        told.append(forget(story)["event_title"])
        assert told[-1] == (store.event(event).title if store.event(event) else None)
    assert told == ["RETRACTED", "RETRACTED", None]


def test_a_story_that_comes_back_is_one_possible_copy(desk, forget, place_of):
    """It is posted twice by then, under one id."""
    query = desk.write("harbour fog", hashes=(7,))
    desk.commit(query)
    forget(query.story.id)
    event = desk.commit(query, place=place_of("again"))
    assert desk.recalled_copies(desk.write("none of it", hashes=(7,))) == [(event, query.story.id)]


def test_copies_stay(desk, store, forget):
    """They are other articles; how many there are is told, and the first of them stands for what is gone."""
    first = desk.write("harbour fog", hashes=(7,))
    event = desk.commit(first)
    copies = [desk.write("harbour fog", hashes=(7,)) for _ in range(2)]
    for copy in copies:
        desk.commit(copy, Outcome.DUPLICATE, event, duplicate_of=first.story.id)
    record = forget(first.story.id)
    assert (record["copies"], record["heir"]) == (2, copies[0].story.id)
    assert store.event(event).stories == tuple(copy.story.id for copy in copies)
    heir, other = store.stories_of("en", event)
    assert (heir.outcome, heir.duplicate_of, heir.redundant) == (Outcome.OPEN, None, False)
    assert (other.outcome, other.duplicate_of) == (Outcome.DUPLICATE, copies[0].story.id)
    assert [member.story for member in store.standing("en", event).members] == [copies[0].story.id]
    assert desk.recalled_copies(desk.write("none of it", hashes=(7,))) == [
        (event, copy.story.id) for copy in copies[::-1]
    ]
    assert whole(store)


def test_a_rewrite_stands_for_what_it_retold(desk, store, forget):
    """With its original it would go unseen, and the event take no story any more."""
    first = desk.write("harbour fog")
    event = desk.commit(first)
    rewrite = desk.write("harbour fog quay")
    desk.commit(rewrite, Outcome.ATTACH, event, rewrite_of=first.story.id, redundant=True)
    forget(first.story.id)
    (candidate,) = desk.recall(desk.write("quay")).candidates
    assert [member.story for member in candidate.members] == [rewrite.story.id]
    assert whole(store)


def test_what_was_linked_to_it_is_told(desk, store):
    """The first copy takes its place, other copies and rewrites are of that, a version is one of the version before."""
    oldest = desk.write("harbour")
    event = desk.commit(oldest)

    def joins(outcome, **links):
        query = desk.write("harbour fog")
        desk.commit(query, outcome, event, **links)
        return query.story.id

    first = joins(Outcome.REVISION, revision_of=oldest.story.id)
    heir = joins(Outcome.DUPLICATE, duplicate_of=first, redundant=True)
    copy = joins(Outcome.DUPLICATE, duplicate_of=first, redundant=True)
    rewrite = joins(Outcome.ATTACH, rewrite_of=first, redundant=True)
    newest = joins(Outcome.REVISION, revision_of=first)
    far = joins(Outcome.DUPLICATE, duplicate_of=first, redundant=True)
    byhand.move_story(store, store.story(far), None)
    (kind, record), *told = byhand.forget_story(store, store.story(first))
    assert (kind, record["copies"], record["heir"]) == ("story_forgotten", 2, heir)
    assert {kind for kind, _ in told} == {"story_relinked"}
    links = ("outcome", "duplicate_of", "rewrite_of", "revision_of")
    assert {record["story"]: tuple(record[link] for link in links) for _, record in told} == {
        heir: ("attach", None, None, None),
        copy: ("duplicate", heir, None, None),
        rewrite: ("attach", None, heir, None),
        newest: ("revision", None, None, oldest.story.id),
    }
    for _, record in told:
        known = store.story(record["story"])
        assert [record[link] for link in links[1:]] == [
            known.duplicate_of,
            known.rewrite_of,
            known.revision_of,
        ]
        assert (record["outcome"], record["event_id"]) == (known.outcome.value, event)
    assert (
        store.story(far).duplicate_of == first
    )  # nothing leads from a story to what is linked to it elsewhere
    byhand.forget_story(store, store.story(heir))
    assert [store.story(each).redundant for each in (copy, rewrite)] == [False, True]
    byhand.forget_story(store, store.story(copy))
    assert (store.story(rewrite).rewrite_of, store.story(rewrite).redundant) == (None, False)
    assert whole(store)


def test_a_version_of_none_is_no_version(desk, store):
    """The version that it replaced is forgotten, and there was none before."""
    first = desk.write("harbour")
    event = desk.commit(first)
    newest = desk.write("harbour fog")
    desk.commit(newest, Outcome.REVISION, event, revision_of=first.story.id)
    [_, (_, told)] = byhand.forget_story(store, store.story(first.story.id))
    assert (told["outcome"], told["revision_of"]) == ("attach", None)
    assert store.story(newest.story.id).outcome is Outcome.ATTACH


def test_nothing_is_made_a_copy_of_what_is_gone(desk, store):
    """What a forgotten story was linked to may have been forgotten before it, in another event."""
    first, copy, heir, rewrite = (desk.write("harbour fog") for _ in range(4))
    event = desk.commit(first)
    desk.commit(copy, Outcome.DUPLICATE, event, duplicate_of=first.story.id, redundant=True)
    apart = byhand.move_story(store, store.story(copy.story.id), None).target
    desk.commit(heir, Outcome.DUPLICATE, apart, duplicate_of=copy.story.id, redundant=True)
    desk.commit(rewrite, Outcome.ATTACH, apart, rewrite_of=copy.story.id, redundant=True)
    for query in (first, copy):
        byhand.forget_story(store, store.story(query.story.id))
    stands = store.story(heir.story.id)
    assert (stands.outcome, stands.duplicate_of, stands.redundant) == (Outcome.ATTACH, None, False)
    assert store.story(rewrite.story.id).rewrite_of == heir.story.id
    assert whole(store)


def test_records_of_a_forgotten_story_are_on_the_stream(redis_desk, clean):
    """Its own, then of each that it changes; the stories that others name, and that are gone, can be told."""
    store, first = redis_desk.store, redis_desk.write("harbour fog")
    event = redis_desk.commit(first)
    copies = [redis_desk.write("harbour fog") for _ in range(2)]
    for copy in copies:
        redis_desk.commit(copy, Outcome.DUPLICATE, event, duplicate_of=first.story.id)
    byhand.move_story(store, store.story(copies[1].story.id), None)
    told = byhand.forget_story(store, store.story(first.story.id))
    streamed = [{k: v for k, v in one.items() if k != "id"} for one in Stream(clean).records()]
    assert streamed[-2:] == [{"type": kind, **record} for kind, record in told]
    assert store.gone(list(store.stories())) == {first.story.id}
    assert store.gone([store.story(copies[0].story.id)]) == set()


def test_a_member_of_a_long_event(make_desk):
    """Also where its stories are more than its members."""
    desk = make_desk(members=2)
    store, event = desk.store, desk.open("harbour")
    stories = [*store.event(event).stories, *(desk.attach("harbour", event) for _ in range(4))]
    for story in (stories[4], stories[0], stories[2]):
        byhand.forget_story(store, store.story(story))
    assert store.event(event).stories == (stories[1], stories[3])
    assert len(store.standing("en", event).members) == 2
    assert whole(store)


def test_an_article_that_comes_again_is_decided_anew(desk, store, forget, place_of):
    """Not as a repeat, and a new version of it is no revision."""
    query, place = desk.write("harbour fog"), place_of("page")
    desk.commit(query, place=place, segments=((0, 1),))
    forget(query.story.id)
    known = store.known("en", place)
    assert (known.decided, known.earlier, known.segments) == ({}, (), ((0, 1),))
    assert store.known("en", replace(place_of("page", "changed"), place=place.place)).earlier == ()
    event = desk.commit(query, place=place, known=known)
    assert store.event(event).stories == (query.story.id,)
    assert store.known("en", place).decided[0].event == event
    [earlier] = store.known("en", replace(place_of("page", "changed"), place=place.place)).earlier
    assert earlier.member.story == query.story.id
    assert whole(store)


def test_a_story_that_comes_again_opens_no_event_that_lives_on(desk, store, forget):
    """The one that it opened goes on without it: told as a conflict, so that it opens another."""
    query = desk.write("harbour fog")
    event = desk.commit(query)
    desk.attach("harbour", event)
    forget(query.story.id)
    with pytest.raises(Conflict):
        desk.commit(query, event=event)
    assert store.event(event).size == 1


def test_a_decision_on_what_was_is_stale(desk, store, forget):
    """A worker that compared its event is refused; so is a person who read it before."""
    query = desk.write("harbour fog")
    event = desk.commit(query)
    other = desk.attach("harbour", event)
    late = desk.write("fog")
    recalled, before = desk.recall(late), store.standing("en", event)
    forget(query.story.id)
    with pytest.raises(Conflict):
        desk.commit(late, Outcome.ATTACH, event, recalled=recalled)
    with pytest.raises(Conflict):
        store.forget(Forgetting(before, store.story(other), (), (), {}))
    assert store.event(event).stories == (other,)


def test_forgotten_twice(desk, store):
    """The second time it is gone."""
    story = store.story(store.event(desk.open("harbour")).stories[0])
    byhand.forget_story(store, story)
    with pytest.raises(Impossible, match="is gone"):
        byhand.forget_story(store, story)
    assert store.stats()["forgotten"] == 1


def test_what_a_look_found_out_of_a_forgotten_story_is_dropped(desk, store, forget):
    """A look that began before is not in the way, nor of what comes after."""
    query = desk.write("harbour fog")
    event = desk.commit(query)
    desk.attach("harbour", event)
    forget(query.story.id)
    store.crowded("en", {query.story.id: 0.5})
    assert store.story(query.story.id) is None


def test_the_rest_ends_when_it_would_have(redis_desk, clean):
    """Its stories are no younger for what has left them."""
    store = redis_desk.store
    query = redis_desk.write("harbour fog")
    event = redis_desk.commit(query)
    redis_desk.attach("harbour", event)
    key = b"loom:{en}:e:" + bytes.fromhex(event)
    clean.expire(key, 1_000)
    byhand.forget_story(store, store.story(query.story.id))
    assert 0 < clean.ttl(key) <= 1_000


def test_nothing_of_it_is_left_in_redis(redis_desk, clean):
    """No key and no record holds its title, its words or its file; what is left of it are digests."""
    store = redis_desk.store
    assert isinstance(store, RedisStore)
    query = redis_desk.write("harbour quagmire", title="Quagmire at the harbour", file="quagmire.txt")
    event = redis_desk.commit(query, known=Known())
    away = redis_desk.attach("harbour", event)
    byhand.move_story(store, store.story(away), None)
    byhand.move_story(store, store.story(query.story.id), store.event(store.story(away).event))
    byhand.forget_story(store, store.story(query.story.id))
    raw = bytes.fromhex(query.story.id)
    for key in clean.scan_iter():
        assert not key.endswith(raw), key
        assert b"uagmire" not in clean.dump(key), key
    records = list(Stream(clean).records())
    assert [record["type"] for record in records if record.get("story") == query.story.id] == [
        "story_forgotten"
    ]
