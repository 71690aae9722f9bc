"""What is known of an article, and of the version before it."""

import os
import time

import pytest

from newsloom.core.model import Outcome
from newsloom.store import keys
from newsloom.store.quarantine import Quarantined, Taken, exact
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


# Quarantine and attempts


@pytest.fixture
def entry():
    return Quarantined


def test_what_is_put_in_quarantine_is_listed_in_order_of_time(store, entry):
    """Oldest first; of one moment by file, and by record within a file."""
    late = entry("b.txt", "empty", "It holds nothing.", at_s=20.0)
    first = entry("z.jsonl", "malformed", "Not JSON.", at_s=10.0)
    records = [entry("a.jsonl", "no_text", "No text.", at_s=10.0, record=n) for n in (2, 10, 1)]
    for one in (late, first, *records):
        store.quarantine(one)
    assert store.quarantined() == [records[2], records[0], records[1], first, late]
    assert store.stats()["quarantined"] == 5


def test_the_last_reason_counts(store, entry):
    """A file that failed twice is listed once, with why it failed last."""
    store.quarantine(entry("a.txt", "missing", "Not there.", at_s=1.0))
    again = entry("a.txt", "empty", "It holds nothing.", at_s=2.0)
    store.quarantine(again)
    assert store.quarantined() == [again]


def test_files_that_are_shown_alike_are_listed_each(store, entry):
    """Two names that are no UTF-8, and what stands for their bytes is the same: neither takes the other's place."""
    paths = [os.fsdecode(name) for name in (b"caf\xe8.txt", b"caf\xe9.txt")]
    entries = [entry("caf\ufffd.txt", "empty", "d", at_s=1.0, name=exact(path)) for path in paths]
    for one in entries:
        store.quarantine(one)
    assert [one.path for one in store.quarantined()] == paths
    assert store.release(entries[:1]) == 1
    store.settled("r:0", clean=[Taken(entries[0].file, name=entries[0].name)])
    assert store.quarantined() == entries[1:]
    store.settled("r:1", clean=[Taken(entries[1].file, name=entries[1].name)])
    assert store.quarantined() == []


def test_release_forgets_the_entries_given(store, entry):
    """They go, others stay, those of the same file too; and the number is told."""
    whole = entry("a.jsonl", "malformed", "d", at_s=1.0)
    records = [entry("a.jsonl", "no_text", "d", at_s=1.0, record=n) for n in (0, 3)]
    other = entry("caf\udce9.json", "empty", "d", at_s=1.0)
    for one in (whole, *records, other):
        store.quarantine(one)
    assert store.release([]) == 0
    assert store.release([whole, records[1]]) == 2
    assert store.release([whole, records[1]]) == 0
    assert store.quarantined() == [records[0], entry("caf\ufffd.json", "empty", "d", at_s=1.0)]
    assert store.release(store.quarantined()) == 2
    assert store.quarantined() == []


def test_release_leaves_what_came_back(store, entry):
    """A file that was refused again meanwhile stays on the list: that is another entry."""
    before = [entry("a.txt", "empty", "d", at_s=1.0, record=record) for record in (None, 3)]
    for one in before:
        store.quarantine(one)
    again = entry("a.txt", "empty", "d", at_s=1.000001)
    store.quarantine(again)
    assert store.release(before) == 1
    assert store.quarantined() == [again]


def test_a_full_quarantine_list_forgets_the_oldest_and_says_so(make_desk, entry):
    """The list is bounded; by time, not by when they were put there, and one that came again is young."""
    store = make_desk(quarantined=3).store
    first, second, third = (
        entry(name, "empty", "d", at_s=at) for name, at in (("b", 2.0), ("a", 1.0), ("c", 3.0))
    )
    for one in (first, second, third):
        assert store.quarantine(one) == []
    again = entry("a", "missing", "d", at_s=4.0)
    assert store.quarantine(again) == []
    assert store.quarantine(entry("d", "empty", "d", at_s=5.0, record=7)) == [first]
    assert store.quarantined() == [third, again, entry("d", "empty", "d", at_s=5.0, record=7)]
    store.settled("r", clean=[Taken("c")])
    assert store.release([again]) == 1
    assert store.quarantine(entry("e", "empty", "d", at_s=6.0)) == []
    assert len(store.quarantined()) == 2


@pytest.mark.parametrize("order", [(0, 2, 11, 100), (100, 11, 2, 0), (2, 100, 0, 11)])
def test_of_the_records_of_a_file_the_first_are_listed(make_desk, entry, order):
    """As many as may, in whatever order and however often they come; none of another file goes for them."""
    store = make_desk(quarantined=6, listed=2).store
    others = [entry("a.zip", "empty", "d", at_s=0.0), entry("b.zip", "empty", "d", at_s=0.0, record=200)]
    for one in others:
        assert store.quarantine(one) == []
    records = {number: entry("a.zip", "no_text", "d", at_s=1.0, record=number) for number in order}
    for number in (*order, *order, *reversed(order)):
        assert store.quarantine(records[number]) == []
    assert store.quarantined() == [*others, records[0], records[2]]
    store.settled("r", clean=[Taken("a.zip", 0, 1)])
    store.quarantine(records[100])
    assert store.quarantined() == [others[1], records[2], records[100]]


def test_release_of_many(store, entry):
    """More entries than go in one command."""
    for number in range(1_201):
        store.quarantine(entry(f"{number}.txt", "empty", "d", at_s=1.0))
    assert store.release(store.quarantined()) == 1_201
    assert store.quarantined() == []


def test_attempts_are_counted_until_the_file_is_settled(store):
    """Each file for itself; an outcome ends the count."""
    assert [store.attempt("a.txt") for _ in range(3)] == [1, 2, 3]
    assert store.attempt("b.txt") == 1
    store.settled("a.txt")
    assert store.attempt("a.txt") == 1
    assert store.attempt("b.txt") == 2
    store.settled("never seen.txt")


def test_an_attempt_that_is_sent_twice_counts_once(redis_desk):
    """A frozen server wakes, and finds all that was sent to it meanwhile: no worker has died over the file."""
    attempt = redis_desk.store._scripts["attempt"]
    sent = [attempt(keys=[keys.ATTEMPTS], args=[b"a.txt", token, 60]) for token in ("1", "1", "1", "2", "2")]
    assert sent == [1, 1, 1, 2, 2]
    assert redis_desk.store.tried(["a.txt"]) == [2]


def test_attempts_whose_message_never_came_again_are_forgotten(redis_desk):
    """After a week; a later one is none too many."""
    store, client = redis_desk.store, redis_desk.store._redis
    client.hset(keys.ATTEMPTS, "old.txt", f"2 {int(time.time()) - 8 * 86_400} token")
    client.hset(keys.ATTEMPTS, "young.txt", f"2 {int(time.time()) - 6 * 86_400} token")
    while client.hexists(keys.ATTEMPTS, "old.txt"):
        store.settled("new.txt")
        assert store.attempt("new.txt") == 1
    assert store.tried(["old.txt", "young.txt", "new.txt"]) == [0, 2, 1]


def test_a_clean_file_leaves_quarantine(store, entry):
    """With all that was wrong with records of it; nothing goes if it is not clean, nor what is another file's."""
    whole = entry("a.jsonl", "malformed", "d", at_s=1.0)
    records = [entry("a.jsonl", "no_text", "d", at_s=1.0, record=n) for n in (0, 4, 100_000)]
    others = [
        entry(name, "no_text", "d", at_s=2.0, record=4) for name in ("A.jsonl", "a.json", 'a.jsonl","0')
    ]
    for one in (whole, *records, *others):
        store.quarantine(one)
    store.settled("r:0")
    assert len(store.quarantined()) == 7
    store.settled("r:0", clean=[Taken("a.jsonl"), Taken("never seen.txt")])
    assert store.quarantined() == others
    assert store.release(others) == 3


def test_what_is_clean_leaves_quarantine_though_no_attempt_ends_with_it(store, entry):
    """A file and records of one; and with neither names nor files nothing happens."""
    for one in (entry("a.txt", "missing", "d", at_s=1.0), entry("a.zip", "no_text", "d", at_s=2.0, record=4)):
        store.quarantine(one)
    store.settled()
    assert len(store.quarantined()) == 2
    store.settled(clean=[Taken("a.txt"), Taken("a.zip", 4)])
    assert store.quarantined() == []


def test_clean_records_leave_quarantine(store, entry):
    """Those of a slice, and of the last one whatever stood behind the end; the file's own entry with the first."""
    whole = entry("a.zip", "truncated", "d", at_s=1.0)
    records = [entry("a.zip", "no_text", "d", at_s=1.0, record=n) for n in (3, 4, 7, 8, 10, 99)]
    for one in (whole, *records):
        store.quarantine(one)
    store.settled("r:4", clean=[Taken("a.zip", 4, 8)])
    assert store.quarantined() == [whole, records[0], *records[3:]]
    store.settled("r:8", clean=[Taken("a.zip", 10)])
    assert store.quarantined() == [whole, records[0], records[3]]
    store.settled("r:0", clean=[Taken("a.zip", 0, 4)])
    assert store.quarantined() == [records[3]]


def test_records_of_files_that_are_shown_alike_leave_quarantine_each(store, entry):
    """Of two names that are no UTF-8 only the records of the one that was read are clean."""
    paths = [os.fsdecode(name) for name in (b"caf\xe8.zip", b"caf\xe9.zip")]
    entries = [entry("caf\ufffd.zip", "empty", "d", at_s=1.0, record=2, name=exact(path)) for path in paths]
    for one in entries:
        store.quarantine(one)
    store.settled("r:0", clean=[Taken(entries[1].file, 2, 3, entries[1].name)])
    assert store.quarantined() == entries[:1]


def test_many_clean_records_leave_quarantine(store, entry):
    """More than go in one command, and with them all that is kept to find them."""
    for number in range(1_201):
        store.quarantine(entry("a.jsonl", "no_text", "d", at_s=1.0, record=number))
    store.settled("r", clean=[Taken("a.jsonl")])
    assert store.quarantined() == []


@pytest.mark.parametrize(
    "file", ["dir/наводнение.txt", "bad \udcff byte.txt", "half \ud83d.txt", 'quote".txt', ""]
)
def test_any_path_can_be_attempted_and_settled(store, file):
    """Bytes in a path that are no UTF-8 are no reason to fail."""
    assert store.attempt(file) == 1
    assert store.attempt(file) == 2
    store.settled(file, clean=[Taken(file)])
    assert store.attempt(file) == 1


def test_many_files_are_asked_about_and_settled_at_once(store):
    """Each keeps its own count, and one that is clean leaves the quarantine."""
    files = ["a.txt", "caf\udce9.txt", "c.txt"]
    for times, file in enumerate(files):
        for _ in range(times):
            store.attempt(file)
    store.quarantine(Quarantined(file="c.txt", reason="empty", detail="", at_s=1.0))
    assert store.tried([*files, "never seen.txt"]) == [0, 1, 2, 0]
    store.settled(*files[1:], clean=list(map(Taken, files[1:])))
    assert store.tried(files) == [0, 0, 0]
    assert store.quarantined() == []
    store.settled()
