"""What is known of an article, and of the version before it."""

from newsloom.core.model import Outcome
from newsloom.store.values import Known

TWO = ((0, 1), (1, 2))


def test_a_new_version_is_told_of_the_one_before(desk, store, place_of):
    """Known before it is decided: the earlier stories with their events."""
    query = desk.write("harbour ferry")
    event = desk.commit(query, place=place_of("page", "1"))
    known = store.known("en", place_of("page", "2"))
    assert known.segments == ()
    assert known.decided == {}
    assert known.previous == place_of("page", "1").article
    ((earlier),) = known.earlier
    assert (earlier.event, earlier.member) == (event, store.story(query.story.id).member)


def test_another_place_is_another_article(desk, store, place_of):
    """The same version key elsewhere, or another page, has no earlier version."""
    desk.commit(desk.write("harbour"), place=place_of("page"))
    assert store.known("en", place_of("other page")) == Known()
    assert store.known("de", place_of("page")) == Known()


def test_versions_form_a_chain(desk, store, place_of):
    """Each version is told of the one right before it, and a known version of its own predecessor."""
    events = {}
    for version in "123":
        place = place_of("page", version)
        known = store.known("en", place)
        query = desk.write(f"topic{version}")
        events[version] = desk.commit(query, place=place, known=known)
    assert [e.event for e in store.known("en", place_of("page", "4")).earlier] == [events["3"]]
    for version, before in (("3", "2"), ("2", "1")):
        known = store.known("en", place_of("page", version))
        assert [e.event for e in known.earlier] == [events[before]]
        assert known.previous == place_of("page", before).article
        assert known.decided[0].event == events[version]
    assert store.known("en", place_of("page", "1")).earlier == ()


def test_an_interruption_loses_neither_the_split_nor_the_chain(desk, store, place_of):
    """Between the two parts of a revised article the worker dies; the next goes on as the first would have."""
    old, new = place_of("page", "1"), place_of("page", "2")
    events = []
    for part in range(2):
        query = desk.write(f"topic{part}", part=part, parts=2)
        events.append(desk.commit(query, place=old, segments=TWO))
    before = store.known("en", new)
    assert {earlier.event for earlier in before.earlier} == set(events)

    first = desk.write("topic0 more", part=0, parts=2)
    desk.commit(first, Outcome.REVISION, events[0], place=new, known=before, segments=TWO)
    after = store.known("en", new)
    assert after.segments == TWO
    assert {part: d.story for part, d in after.decided.items()} == {0: first.story.id}
    assert after.decided[0].outcome is Outcome.REPEAT
    assert after.previous == before.previous == old.article
    assert {e.event for e in after.earlier} == set(events)

    second = desk.write("topic1 more", part=1, parts=2)
    desk.commit(second, Outcome.REVISION, events[1], place=new, known=after, segments=TWO)
    whole = store.known("en", new)
    assert {part: d.story for part, d in whole.decided.items()} == {0: first.story.id, 1: second.story.id}
    assert whole.previous == old.article
    third = store.known("en", place_of("page", "3"))
    assert third.previous == new.article
    assert {e.member.story for e in third.earlier} == {first.story.id, second.story.id}


def test_earlier_stories_come_in_order_of_part(desk, store, place_of):
    """Whichever part was committed first."""
    stories = {}
    for part in (1, 0):
        query = desk.write(f"topic{part}", part=part, parts=2)
        desk.commit(query, place=place_of("page", "1"), segments=TWO)
        stories[part] = query.story.id
    known = store.known("en", place_of("page", "2"))
    assert [earlier.member.story for earlier in known.earlier] == [stories[0], stories[1]]
    assert list(store.known("en", place_of("page", "1")).decided) == [0, 1]


def test_parts_beyond_ten_are_in_order(desk, store, place_of):
    """Parts are numbers, not texts: 2 comes before 10."""
    segments = tuple((i, i + 1) for i in range(12))
    for part in range(12):
        query = desk.write(f"topic{part}", part=part, parts=12)
        desk.commit(query, place=place_of("page"), segments=segments)
    known = store.known("en", place_of("page"))
    assert list(known.decided) == list(range(12))
    assert known.segments == segments
