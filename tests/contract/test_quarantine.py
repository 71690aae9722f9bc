"""The quarantine list, and the attempts at what may have to go there: on a real server."""

import os
import time

import pytest

from newsloom.store import keys
from newsloom.store.quarantine import Quarantine, Quarantined, Taken, exact


@pytest.fixture
def make(clean):
    return lambda **bounds: Quarantine(clean, **bounds)


@pytest.fixture
def quarantine(make):
    return make()


def test_what_is_put_in_quarantine_is_listed_in_order_of_time(quarantine):
    """Oldest first; of one moment by file, and by record within a file."""
    late = Quarantined("b.txt", "empty", "It holds nothing.", at_s=20.0)
    first = Quarantined("z.jsonl", "malformed", "Not JSON.", at_s=10.0)
    records = [Quarantined("a.jsonl", "no_text", "No text.", at_s=10.0, record=n) for n in (2, 10, 1)]
    for one in (late, first, *records):
        quarantine.put(one)
    assert quarantine.entries() == [records[2], records[0], records[1], first, late]
    assert quarantine.count() == 5


def test_the_last_reason_counts(quarantine):
    """A file that failed twice is listed once, with why it failed last."""
    quarantine.put(Quarantined("a.txt", "missing", "Not there.", at_s=1.0))
    again = Quarantined("a.txt", "empty", "It holds nothing.", at_s=2.0)
    quarantine.put(again)
    assert quarantine.entries() == [again]


def test_files_that_are_shown_alike_are_listed_each(quarantine):
    """Two names that are no UTF-8, and what stands for their bytes is the same: neither takes the other's place."""
    paths = [os.fsdecode(name) for name in (b"caf\xe8.txt", b"caf\xe9.txt")]
    entries = [Quarantined("caf\ufffd.txt", "empty", "d", at_s=1.0, name=exact(path)) for path in paths]
    for one in entries:
        quarantine.put(one)
    assert [one.path for one in quarantine.entries()] == paths
    assert quarantine.release(entries[:1]) == 1
    quarantine.settled("r:0", clean=[Taken(entries[0].file, name=entries[0].name)])
    assert quarantine.entries() == entries[1:]
    quarantine.settled("r:1", clean=[Taken(entries[1].file, name=entries[1].name)])
    assert quarantine.entries() == []


def test_release_forgets_the_entries_given(quarantine):
    """They go, others stay, those of the same file too; and the number is told."""
    whole = Quarantined("a.jsonl", "malformed", "d", at_s=1.0)
    records = [Quarantined("a.jsonl", "no_text", "d", at_s=1.0, record=n) for n in (0, 3)]
    other = Quarantined("caf\udce9.json", "empty", "d", at_s=1.0)
    for one in (whole, *records, other):
        quarantine.put(one)
    assert quarantine.release([]) == 0
    assert quarantine.release([whole, records[1]]) == 2
    assert quarantine.release([whole, records[1]]) == 0
    assert quarantine.entries() == [records[0], Quarantined("caf\ufffd.json", "empty", "d", at_s=1.0)]
    assert quarantine.release(quarantine.entries()) == 2
    assert quarantine.entries() == []


def test_release_leaves_what_came_back(quarantine):
    """A file that was refused again meanwhile stays on the list: that is another entry."""
    before = [Quarantined("a.txt", "empty", "d", at_s=1.0, record=record) for record in (None, 3)]
    for one in before:
        quarantine.put(one)
    again = Quarantined("a.txt", "empty", "d", at_s=1.000001)
    quarantine.put(again)
    assert quarantine.release(before) == 1
    assert quarantine.entries() == [again]


def test_a_full_quarantine_list_forgets_the_oldest_and_says_so(make):
    """The list is bounded; by time, not by when they were put there, and one that came again is young."""
    quarantine = make(most=3)
    first, second, third = (
        Quarantined(name, "empty", "d", at_s=at) for name, at in (("b", 2.0), ("a", 1.0), ("c", 3.0))
    )
    for one in (first, second, third):
        assert quarantine.put(one) == []
    again = Quarantined("a", "missing", "d", at_s=4.0)
    assert quarantine.put(again) == []
    assert quarantine.put(Quarantined("d", "empty", "d", at_s=5.0, record=7)) == [first]
    assert quarantine.entries() == [third, again, Quarantined("d", "empty", "d", at_s=5.0, record=7)]
    quarantine.settled("r", clean=[Taken("c")])
    assert quarantine.release([again]) == 1
    assert quarantine.put(Quarantined("e", "empty", "d", at_s=6.0)) == []
    assert len(quarantine.entries()) == 2


@pytest.mark.parametrize("order", [(0, 2, 11, 100), (100, 11, 2, 0), (2, 100, 0, 11)])
def test_of_the_records_of_a_file_the_first_are_listed(make, order):
    """As many as may, in whatever order and however often they come; none of another file goes for them."""
    quarantine = make(most=6, listed=2)
    others = [
        Quarantined("a.zip", "empty", "d", at_s=0.0),
        Quarantined("b.zip", "empty", "d", at_s=0.0, record=200),
    ]
    for one in others:
        assert quarantine.put(one) == []
    records = {number: Quarantined("a.zip", "no_text", "d", at_s=1.0, record=number) for number in order}
    for number in (*order, *order, *reversed(order)):
        assert quarantine.put(records[number]) == []
    assert quarantine.entries() == [*others, records[0], records[2]]
    quarantine.settled("r", clean=[Taken("a.zip", 0, 1)])
    quarantine.put(records[100])
    assert quarantine.entries() == [others[1], records[2], records[100]]


def test_release_of_many(quarantine):
    """More entries than go in one command."""
    for number in range(1_201):
        quarantine.put(Quarantined(f"{number}.txt", "empty", "d", at_s=1.0))
    assert quarantine.release(quarantine.entries()) == 1_201
    assert quarantine.entries() == []


def test_attempts_are_counted_until_the_file_is_settled(quarantine):
    """Each file for itself; an outcome ends the count."""
    assert [quarantine.attempt("a.txt") for _ in range(3)] == [1, 2, 3]
    assert quarantine.attempt("b.txt") == 1
    quarantine.settled("a.txt")
    assert quarantine.attempt("a.txt") == 1
    assert quarantine.attempt("b.txt") == 2
    quarantine.settled("never seen.txt")


def test_an_attempt_that_is_sent_twice_counts_once(quarantine):
    """A frozen server wakes, and finds all that was sent to it meanwhile: no worker has died over the file."""
    attempt = quarantine._attempt
    sent = [attempt(keys=[keys.ATTEMPTS], args=[b"a.txt", token, 60]) for token in ("1", "1", "1", "2", "2")]
    assert sent == [1, 1, 1, 2, 2]
    assert quarantine.tried(["a.txt"]) == [2]


def test_attempts_whose_message_never_came_again_are_forgotten(quarantine):
    """After a week; a later one is none too many."""
    client = quarantine._redis
    client.hset(keys.ATTEMPTS, "old.txt", f"2 {int(time.time()) - 8 * 86_400} token")
    client.hset(keys.ATTEMPTS, "young.txt", f"2 {int(time.time()) - 6 * 86_400} token")
    while client.hexists(keys.ATTEMPTS, "old.txt"):
        quarantine.settled("new.txt")
        assert quarantine.attempt("new.txt") == 1
    assert quarantine.tried(["old.txt", "young.txt", "new.txt"]) == [0, 2, 1]


def test_a_clean_file_leaves_quarantine(quarantine):
    """With all that was wrong with records of it; nothing goes if it is not clean, nor what is another file's."""
    whole = Quarantined("a.jsonl", "malformed", "d", at_s=1.0)
    records = [Quarantined("a.jsonl", "no_text", "d", at_s=1.0, record=n) for n in (0, 4, 100_000)]
    others = [
        Quarantined(name, "no_text", "d", at_s=2.0, record=4) for name in ("A.jsonl", "a.json", 'a.jsonl","0')
    ]
    for one in (whole, *records, *others):
        quarantine.put(one)
    quarantine.settled("r:0")
    assert len(quarantine.entries()) == 7
    quarantine.settled("r:0", clean=[Taken("a.jsonl"), Taken("never seen.txt")])
    assert quarantine.entries() == others
    assert quarantine.release(others) == 3


def test_what_is_clean_leaves_quarantine_though_no_attempt_ends_with_it(quarantine):
    """A file and records of one; and with neither names nor files nothing happens."""
    for one in (
        Quarantined("a.txt", "missing", "d", at_s=1.0),
        Quarantined("a.zip", "no_text", "d", at_s=2.0, record=4),
    ):
        quarantine.put(one)
    quarantine.settled()
    assert len(quarantine.entries()) == 2
    quarantine.settled(clean=[Taken("a.txt"), Taken("a.zip", 4)])
    assert quarantine.entries() == []


def test_clean_records_leave_quarantine(quarantine):
    """Those of a slice, and of the last one whatever stood behind the end; the file's own entry with the first."""
    whole = Quarantined("a.zip", "truncated", "d", at_s=1.0)
    records = [Quarantined("a.zip", "no_text", "d", at_s=1.0, record=n) for n in (3, 4, 7, 8, 10, 99)]
    for one in (whole, *records):
        quarantine.put(one)
    quarantine.settled("r:4", clean=[Taken("a.zip", 4, 8)])
    assert quarantine.entries() == [whole, records[0], *records[3:]]
    quarantine.settled("r:8", clean=[Taken("a.zip", 10)])
    assert quarantine.entries() == [whole, records[0], records[3]]
    quarantine.settled("r:0", clean=[Taken("a.zip", 0, 4)])
    assert quarantine.entries() == [records[3]]


def test_records_of_files_that_are_shown_alike_leave_quarantine_each(quarantine):
    """Of two names that are no UTF-8 only the records of the one that was read are clean."""
    paths = [os.fsdecode(name) for name in (b"caf\xe8.zip", b"caf\xe9.zip")]
    entries = [
        Quarantined("caf\ufffd.zip", "empty", "d", at_s=1.0, record=2, name=exact(path)) for path in paths
    ]
    for one in entries:
        quarantine.put(one)
    quarantine.settled("r:0", clean=[Taken(entries[1].file, 2, 3, entries[1].name)])
    assert quarantine.entries() == entries[:1]


def test_many_clean_records_leave_quarantine(quarantine):
    """More than go in one command, and with them all that is kept to find them."""
    for number in range(1_201):
        quarantine.put(Quarantined("a.jsonl", "no_text", "d", at_s=1.0, record=number))
    quarantine.settled("r", clean=[Taken("a.jsonl")])
    assert quarantine.entries() == []


@pytest.mark.parametrize(
    "file", ["dir/наводнение.txt", "bad \udcff byte.txt", "half \ud83d.txt", 'quote".txt', ""]
)
def test_any_path_can_be_attempted_and_settled(quarantine, file):
    """Bytes in a path that are no UTF-8 are no reason to fail."""
    assert quarantine.attempt(file) == 1
    assert quarantine.attempt(file) == 2
    quarantine.settled(file, clean=[Taken(file)])
    assert quarantine.attempt(file) == 1


def test_many_files_are_asked_about_and_settled_at_once(quarantine):
    """Each keeps its own count, and one that is clean leaves the quarantine."""
    files = ["a.txt", "caf\udce9.txt", "c.txt"]
    for times, file in enumerate(files):
        for _ in range(times):
            quarantine.attempt(file)
    quarantine.put(Quarantined(file="c.txt", reason="empty", detail="", at_s=1.0))
    assert quarantine.tried([*files, "never seen.txt"]) == [0, 1, 2, 0]
    quarantine.settled(*files[1:], clean=list(map(Taken, files[1:])))
    assert quarantine.tried(files) == [0, 0, 0]
    assert quarantine.entries() == []
    quarantine.settled()
