"""Work and memory are bounded, by settings, whatever arrives."""

import struct

import pytest

from newsloom.byhand import forget_story
from newsloom.core.decide import Earlier
from newsloom.core.model import Outcome
from newsloom.core.views import DAY_S
from newsloom.store import keys
from newsloom.store.codec import hash_keys
from newsloom.store.values import COPIES_CAP, HASH_CAP, JOURNAL_CAP, Known


def test_a_posting_list_keeps_the_events_latest_in_article_time(make_desk):
    """Not those that were committed last: a late article of an old event does not drive out a young one."""
    desk = make_desk(postings=3)
    days = {day: desk.open("fog", published_s=desk.now_s - DAY_S * (5 - day)) for day in (5, 1, 4, 2, 3)}
    assert set(desk.recalled_events(desk.write("fog"))) == {days[3], days[4], days[5]}


def test_an_event_that_goes_on_stays_in_its_posting_list(make_desk):
    """It stands at the day of its last story, not of its first."""
    desk = make_desk(postings=2)
    old = desk.open("fog", published_s=desk.now_s - 4 * DAY_S)
    young = desk.open("fog", published_s=desk.now_s - 3 * DAY_S)
    desk.attach("fog", old, published_s=desk.now_s - 1 * DAY_S)
    new = desk.open("fog", published_s=desk.now_s - 2 * DAY_S)
    found = desk.recalled_events(desk.write("fog"))
    assert set(found) == {old, new}
    assert young not in found


def test_hitting_the_posting_cap_is_counted(make_desk):
    """An operator can see that a list was too short."""
    desk = make_desk(postings=3)
    for _ in range(3):
        desk.open("fog")
    assert desk.store.stats()["postings_capped"] == 0
    for _ in range(2):
        desk.open("fog")
    assert desk.store.stats()["postings_capped"] == 2


def test_hitting_the_member_cap_is_counted(make_desk):
    """Each time that a story takes the place of another; a copy takes none."""
    desk = make_desk(members=3)
    event = desk.open("fog")
    for _ in range(2):
        desk.attach("fog", event)
    desk.commit(desk.write("fog"), Outcome.DUPLICATE, event)
    assert desk.store.stats()["members_capped"] == 0
    for _ in range(2):
        desk.attach("fog", event)
    assert desk.store.stats()["members_capped"] == 2


def test_hitting_the_candidate_cap_is_counted(make_desk):
    """Each story that shared its terms with more events of its time than it was compared with."""
    desk = make_desk(candidates=2, window_days=7)
    for day in (0, -1, -100, -2):  # of these the third is of another time
        desk.open("fog", published_s=desk.now_s + day * DAY_S)
    assert desk.store.stats()["candidates_capped"] == 0
    query = desk.write("fog", published_s=desk.now_s)
    assert desk.recall(query).capped
    desk.recall(query)  # what is recalled again after a conflict counts once
    desk.commit(query)
    assert desk.store.stats()["candidates_capped"] == 1


def test_candidates_are_the_best_few(make_desk):
    """More events share a term than are compared: the heaviest matches remain."""
    desk = make_desk(candidates=2)
    words = ("fog", "rain", "wind", "hail")
    events = [desk.open(" ".join(words[: n + 1])) for n in range(4)]
    assert desk.recalled_events(desk.write(" ".join(words))) == [events[3], events[2]]


def test_a_copy_is_found_beyond_the_candidate_cap(make_desk):
    """Events that share heavy terms do not hide the original of a copy."""
    desk = make_desk(candidates=2)
    original = desk.open("orchard", hashes=(5,))
    for _ in range(4):
        desk.open("fog rain")
    query = desk.write("fog rain", hashes=(5,))
    assert len(desk.recalled_events(query)) == 2
    assert [event for event, _ in desk.recalled_copies(query)] == [original]


@pytest.mark.parametrize("cap", [2, 3, 5])
def test_members_are_the_first_and_the_latest(make_desk, cap):
    """An event is compared by how it began and how it goes on; its size counts all."""
    desk = make_desk(members=cap)
    event = desk.open("fog")
    stories = [desk.store.event(event).stories[0], *(desk.attach("fog", event) for _ in range(7))]
    (candidate,) = desk.recall(desk.write("fog")).candidates
    assert [member.story for member in candidate.members] == [stories[0], *stories[-(cap - 1) :]]
    assert candidate.size == 8
    assert desk.store.event(event).tellings == cap


def test_copies_take_no_place_among_the_members(make_desk):
    """A copy adds nothing to compare by; the new version of an article does."""
    desk = make_desk(members=3)
    event = desk.open("fog")
    for _ in range(5):
        desk.commit(desk.write("fog"), Outcome.DUPLICATE, event)
    revised = desk.write("fog")
    desk.commit(revised, Outcome.REVISION, event)
    (candidate,) = desk.recall(desk.write("fog")).candidates
    assert [m.story for m in candidate.members] == [desk.store.event(event).stories[0], revised.story.id]
    assert candidate.size == 7
    assert desk.store.event(event).tellings == 2


def _revise(desk, event, version, words="fog"):
    """Commit a new version of a story of an event; returns its id."""
    query, earlier = desk.write(words), desk.store.story(version)
    known = Known(earlier=(Earlier(event, earlier.member),))
    desk.commit(query, Outcome.REVISION, event, known=known, revision_of=version)
    return query.story.id


def test_versions_of_an_article_take_one_place_among_the_members(make_desk):
    """A page that grows all day does not drive out what others tell: its newest version stands for all."""
    desk = make_desk(members=3)
    event = desk.open("fog")
    told = desk.attach("fog", event)
    (version,) = desk.store.event(event).stories[:1]
    for _ in range(5):
        version = _revise(desk, event, version)
    (candidate,) = desk.recall(desk.write("fog")).candidates
    assert [member.story for member in candidate.members] == [told, version]
    assert candidate.size == len(desk.store.event(event).stories) == 7
    assert desk.store.event(event).tellings == 2
    assert desk.store.stats()["members_capped"] == 0


def test_an_address_that_is_used_again(make_desk):
    """What stood there yesterday is compared as ever: today's news does not stand for it."""
    desk = make_desk()
    event = desk.open("fog at the harbour all day")
    (version,) = desk.store.event(event).stories
    other = _revise(desk, event, version, "orchard frost in the north")
    assert [member.story for member in desk.store.standing("en", event).members] == [version, other]


def test_the_version_before_stands_for_one_that_is_forgotten(make_desk):
    """As for one that went to another event."""
    desk = make_desk()
    event = desk.open("fog")
    (first,) = desk.store.event(event).stories
    told = desk.attach("fog", event)
    revised = _revise(desk, event, first)
    assert [member.story for member in desk.store.standing("en", event).members] == [told, revised]
    forget_story(desk.store, desk.store.story(revised))
    assert [member.story for member in desk.store.standing("en", event).members] == [first, told]


def test_the_latest_copies_are_looked_at(make_desk):
    """However often one text comes, no more than the cap of them are, the last one first."""
    desk = make_desk()
    events = [desk.open(f"topic{i}", hashes=(9, 99)) for i in range(COPIES_CAP + 3)]
    found = [event for event, _ in desk.recalled_copies(desk.write("copy", hashes=(9, 99)))]
    assert found == events[:2:-1]


def test_a_shingle_hash_keeps_its_latest_stories(redis_desk, clean):
    """However often one phrase comes, no more than the cap are posted under it."""
    for i in range(HASH_CAP + 3):
        redis_desk.open(f"topic{i}", hashes=(7,))
    held = clean.get(keys.prefix("en").encode() + b"h:" + hash_keys([7])[0][:3])
    numbers = [number for _, number in struct.iter_unpack(">HI", held)]
    assert numbers == list(range(3, HASH_CAP + 3))


def test_the_journal_is_capped(redis_desk, clean):
    """The journal of a language never grows past its cap."""
    event = redis_desk.open("orchard")
    for i in range(JOURNAL_CAP + 5):
        redis_desk.attach(f"pears{i % 7}", event)
    assert clean.llen(keys.prefix("en") + "j") == JOURNAL_CAP


def test_the_stream_is_capped(make_redis_desk, clean):
    """The stream of decisions keeps its latest records, trimmed by whole nodes of a hundred."""
    desk = make_redis_desk(stream=200)
    event = desk.open("orchard")
    for i in range(700):
        desk.attach(f"pears{i % 7}", event)
    assert 200 <= clean.xlen(keys.decisions("en")) <= 300


# Counts


def test_counts_forget_what_is_two_generations_old(make_desk):
    """Counts cover one to two generations of stories, and the number of stories agrees with them."""
    desk = make_desk(generation=3)
    seen = []
    for _ in range(11):
        counts = desk.store.counts("en", ["fog", "rain"])
        seen.append((counts.stories, counts.terms["fog"]))
        desk.commit(desk.write("fog"), counted=["fog"])
    # After 6 stories the first three are forgotten, after 9 the next three.
    assert seen == [(n, n) for n in (0, 1, 2, 3, 4, 5, 3, 4, 5, 3, 4)]


def test_a_term_that_has_gone_out_of_use_is_forgotten(make_desk):
    """What was commonplace two generations ago is told anew."""
    desk = make_desk(generation=2)
    for _ in range(2):
        desk.commit(desk.write("fog"), counted=["fog"])
    for _ in range(2):
        desk.commit(desk.write("rain"), counted=["rain"])
    counts = desk.store.counts("en", ["fog", "rain"])
    assert (counts.stories, counts.terms) == (2, {"fog": 0, "rain": 2})


def test_a_story_that_shows_nothing_new_is_not_counted(make_desk):
    """Copies leave the counts alone; what stands in them once counts once."""
    desk = make_desk()
    event = desk.commit(desk.write("fog"), counted=["fog", "rain"])
    desk.commit(desk.write("fog"), Outcome.DUPLICATE, event, counted=[])
    counts = desk.store.counts("en", ["rain", "fog", "hail"])
    assert (counts.stories, counts.terms) == (1, {"rain": 1, "fog": 1, "hail": 0})
    assert list(counts.terms) == ["rain", "fog", "hail"]


def test_thousands_of_terms_are_counted_at_once(make_desk):
    """A long text is no more than many terms: the script's limits on arguments do not show."""
    desk = make_desk()
    many = [f"term{i}" for i in range(9_001)]
    desk.commit(desk.write("fog"), counted=many[:7_500])
    counts = desk.store.counts("en", many)
    assert sum(counts.terms.values()) == 7_500
    assert counts.terms[many[7_499]] == 1


def test_old_generations_leave_redis(make_redis_desk, clean):
    """Two hashes of counts at most."""
    desk = make_redis_desk(generation=2)
    for _ in range(9):
        desk.commit(desk.write("fog"), counted=["fog"])
        assert len(list(clean.scan_iter(match=b"loom:{en}:df:*"))) <= 2


def test_retention_is_renewed_by_each_change(make_redis_desk, clean):
    """An event that goes on is kept, with its lists; the clock of the server is put forward by hand."""
    desk = make_redis_desk(retention_s=int(10 * DAY_S))
    event = desk.open("fog")
    desk.commit(desk.write("fog"), Outcome.DUPLICATE, event)
    names = [b"loom:{en}:e:", b"loom:{en}:es:"]
    lists = [name + bytes.fromhex(event) for name in names] + [b"loom:{en}:t:0", b"loom:{en}:i:0"]
    for key in lists:
        clean.expire(key, 50)
    desk.attach("fog", event)
    assert all(clean.ttl(key) > 9 * DAY_S for key in lists)


def test_lists_are_read_until_enough_has_been_met(make_desk):
    """The most telling terms first; a list that is begun is read to its end, and none after it."""
    desk = make_desk(read=3)
    fog, _ = [desk.open("fog") for _ in range(3)], [desk.open("wind") for _ in range(3)]
    query = desk.write("fog wind")
    recalled = desk.recall(query)
    assert {candidate.event for candidate in recalled.candidates} == set(fog)
    assert recalled.terms == ("fog",)
    desk.open("wind")  # which this one has not read
    desk.commit(query, recalled=recalled)
    roomy = make_desk(read=4)
    fog, wind = [roomy.open("fog") for _ in range(3)], [roomy.open("wind") for _ in range(3)]
    assert set(roomy.recalled_events(roomy.write("fog wind"))) == {*fog, *wind}
