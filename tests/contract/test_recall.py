"""Which events a story is compared with."""

import pytest

from newsloom.core.describe import POSTED, SOUGHT
from newsloom.core.model import Outcome
from newsloom.core.views import DAY_S
from newsloom.store.values import COPIES_CAP, Question

# Terms


def test_events_are_recalled_by_any_shared_term(desk):
    """One term in common is enough; none in common is not."""
    ferry, frost = desk.open("harbour ferry fog"), desk.open("orchard frost fog")
    assert desk.recalled_events(desk.write("ferry")) == [ferry]
    assert sorted(desk.recalled_events(desk.write("fog"))) == sorted([ferry, frost])
    assert desk.recalled_events(desk.write("volcano")) == []


def test_the_best_match_comes_first(desk):
    """Events are ranked by the squared weights of the terms that they share with the story."""
    light = desk.open("fog rain wind")
    heavy = desk.open("ferry")
    query = desk.write("ferry fog rain wind", weights={"ferry": 4.0, "fog": 1.0, "rain": 1.0, "wind": 1.0})
    assert desk.recalled_events(query) == [heavy, light]
    query = desk.write("ferry fog rain wind", weights={"ferry": 1.0, "fog": 1.0, "rain": 1.0, "wind": 1.0})
    assert desk.recalled_events(query) == [light, heavy]


def test_of_equal_matches_the_latest_comes_first(desk):
    """Ties are broken by the order in which events were opened, so that every worker ranks alike."""
    events = [desk.open("fog") for _ in range(20)]
    assert desk.recalled_events(desk.write("fog")) == events[::-1]


def test_an_event_is_found_by_the_terms_of_each_of_its_stories(desk):
    """What a later telling adds finds the event, too; that of a copy as well."""
    event = desk.open("harbour ferry")
    desk.attach("inquiry captain", event)
    desk.commit(desk.write("harbour ferry postscript"), Outcome.DUPLICATE, event)
    for word in ("harbour", "captain", "postscript"):
        (candidate,) = desk.recall(desk.write(word)).candidates
        assert (candidate.event, candidate.size) == (event, 3)


def test_a_story_is_found_by_the_terms_that_it_is_entered_under(desk):
    """It looks for others by more terms than it is entered under, and is found by the latter only."""
    ferry, query = desk.open("harbour ferry"), desk.write("fog harbour")
    assert desk.recalled_events(query) == [ferry]
    fog = desk.commit(query, terms=["fog"])
    assert desk.recalled_events(desk.write("fog")) == [fog]
    assert desk.recalled_events(desk.write("harbour")) == [ferry]


def test_several_are_recalled_as_each_alone(desk):
    """Asked together, each story finds what it finds by itself; none asked, none told."""
    for words in ("harbour ferry fog", "orchard frost fog", "mayor inquiry"):
        desk.open(words)
    queries = [desk.write(words) for words in ("ferry fog", "volcano", "inquiry frost")]
    questions = [Question(query, tuple(query.profile.body), 0.6) for query in queries]
    alone = [desk.recall(query, 0.6) for query in queries]
    assert desk.store.recall_all(questions) == alone
    assert [len(found.candidates) for found in alone] == [2, 0, 2]
    assert desk.store.recall_all([]) == []


def test_a_recall_tells_the_version_that_it_saw(desk):
    """The version counts the commits of the language."""
    query = desk.write("fog")
    versions = []
    for _ in range(3):
        versions.append(desk.recall(query).version)
        desk.open("fog")
    assert versions == [0, 1, 2]


# Time


@pytest.fixture
def backfill(make_desk):
    """Articles of years ago that arrive now."""
    desk = make_desk(window_days=7.0)

    def write(words, day, **how):
        published_s = None if day is None else desk.now_s - 1_000 * DAY_S + day * DAY_S
        return desk.write(words, published_s=published_s, **how)

    desk.on = write
    return desk


@pytest.mark.parametrize(
    ("day", "found"), [(0, True), (6.9, True), (7.0, True), (7.1, False), (-6.9, True), (-7.1, False)]
)
def test_a_dated_event_is_found_within_the_window_of_article_time(backfill, day, found):
    """Arrival, years later, plays no part; a late article is found as well as an early one."""
    event = backfill.commit(backfill.on("fog", 0))
    assert backfill.recalled_events(backfill.on("fog", day)) == ([event] if found else [])


def test_the_window_moves_with_the_latest_story(backfill):
    """An event takes stories until a window after its last one."""
    event = backfill.commit(backfill.on("fog", 0))
    backfill.commit(backfill.on("fog", 5), Outcome.ATTACH, event)
    assert backfill.recalled_events(backfill.on("fog", 11)) == [event]
    assert backfill.recalled_events(backfill.on("fog", 13)) == []


def test_a_late_article_does_not_move_the_window_back(backfill):
    """An older story joins: the event's beginning moves, its end does not."""
    event = backfill.commit(backfill.on("fog", 5))
    backfill.commit(backfill.on("fog", 0), Outcome.ATTACH, event)
    summary = backfill.store.event(event)
    assert summary.last_s - summary.first_s == 5 * DAY_S
    assert backfill.recalled_events(backfill.on("fog", 11)) == [event]


def test_an_article_from_the_middle_of_a_long_event_finds_it(backfill):
    """Out of order: the event's last story is more than a window later, its neighbours are not."""
    event = backfill.commit(backfill.on("fog", 0))
    backfill.commit(backfill.on("fog", 6), Outcome.ATTACH, event)
    backfill.commit(backfill.on("fog", 12), Outcome.ATTACH, event)
    assert backfill.recalled_events(backfill.on("fog", 1)) == [event]
    assert backfill.recalled_events(backfill.on("fog", -8)) == []


def test_an_undated_article_sees_every_event(backfill):
    """Without a date any event that shares a term may be meant; the decision tells."""
    old = backfill.commit(backfill.on("fog", 0))
    new = backfill.open("fog")
    assert sorted(backfill.recalled_events(backfill.on("fog", None))) == sorted([old, new])


def test_an_undated_event_stands_at_its_arrival(backfill):
    """A dated article finds it while it arrived within the window before, however old its own date."""
    event = backfill.commit(backfill.on("fog", None))
    assert backfill.recalled_events(backfill.on("fog", 0)) == [event]
    later = backfill.now_s + 8 * DAY_S
    assert backfill.recalled_events(backfill.on("fog", 0, arrived_s=later)) == []


def test_an_undated_event_takes_the_date_of_its_first_dated_story(backfill):
    """A date replaces the arrival times that stood in for it."""
    event = backfill.commit(backfill.on("fog", None))
    dated = backfill.on("fog", 3)
    backfill.commit(dated, Outcome.ATTACH, event)
    summary = backfill.store.event(event)
    assert (summary.first_s, summary.last_s) == (dated.story.published_s, dated.story.published_s)


def test_an_undated_story_does_not_date_a_dated_event(backfill):
    """Its arrival says nothing of when the event happened."""
    first = backfill.on("fog", 0)
    event = backfill.commit(first)
    backfill.commit(backfill.on("fog", None), Outcome.ATTACH, event)
    summary = backfill.store.event(event)
    assert (summary.first_s, summary.last_s) == (first.story.published_s, first.story.published_s)
    assert backfill.recalled_events(backfill.on("fog", 8)) == []


def test_times_before_1970_are_times(desk):
    """A negative time is compared like any other."""
    event = desk.open("fog", published_s=-10 * DAY_S)
    assert desk.recalled_events(desk.write("fog", published_s=-9 * DAY_S)) == [event]
    assert desk.recalled_events(desk.write("fog", published_s=-1 * DAY_S)) == []


# Copies


@pytest.mark.parametrize(("at", "found"), [(0, True), (POSTED - 1, True), (POSTED, False)])
def test_a_copy_is_found_by_the_smallest_shingle_hashes(desk, at, found):
    """One of those that a story is posted under is enough; one further down is not known."""
    query = desk.write("harbour", hashes=range(100, 100 + SOUGHT))
    event = desk.commit(query)
    copy = desk.write("orchard", hashes=(100 + at,))
    assert desk.recalled_copies(copy) == ([(event, query.story.id)] if found else [])
    assert desk.recalled_events(copy) == []


@pytest.mark.parametrize(("before", "found"), [(SOUGHT - 1, True), (SOUGHT, False)])
def test_the_original_of_a_longer_copy_stands_further_down(desk, before, found):
    """A story looks under more hashes than it is posted under, for many of its own stand before those of its original."""
    query = desk.write("harbour", hashes=(900, 901))
    event = desk.commit(query)
    longer = desk.write("orchard", hashes=(*range(before), 900, 901))
    assert desk.recalled_copies(longer) == ([(event, query.story.id)] if found else [])


@pytest.mark.parametrize(("bound", "found"), [(0.75, True), (0.76, False)])
def test_a_copy_shares_so_much_text(desk, bound, found):
    """Three hashes of four; of what shares less nothing is told."""
    event = desk.open("harbour", hashes=(1, 2, 3, 4))
    copies = desk.recall(desk.write("orchard", hashes=(1, 2, 3, 5)), bound).copies
    assert [copy.event for copy in copies] == ([event] if found else [])


def test_rare_shingles_tell_more_than_common_ones(desk):
    """Whoever uses a phrase of many is not looked at before the one story that shares another."""
    original = desk.open("harbour", hashes=(1, 2))
    for i in range(COPIES_CAP):
        desk.open(f"plums{i}", hashes=(3, 4))
    found = desk.recalled_copies(desk.write("orchard", hashes=(2, 3, 4)))
    assert (
        len(found) == COPIES_CAP - 1
    )  # one of them shares two of three, which is enough, the original too little
    assert desk.recall(desk.write("orchard", hashes=(2, 3, 4)), 0.5).copies[0].event == original


def test_a_copy_is_found_whatever_its_event_keeps(make_desk):
    """The story alone, for its event is no candidate; not once more where it is compared anyway."""
    desk = make_desk(members=2)
    event = desk.open("harbour")
    original = desk.attach("pears", event, hashes=(1, 2))
    kept = [desk.attach(f"plums{i}", event, hashes=(1, 3 + i)) for i in range(2)]
    recalled = desk.recall(desk.write("plums1", hashes=(1, 2, 4)))
    (candidate,) = recalled.candidates
    assert [member.story for member in candidate.members] == [desk.store.event(event).stories[0], kept[1]]
    assert [(copy.event, copy.size) for copy in recalled.copies] == [(event, 4)]
    assert [member.story for copy in recalled.copies for member in copy.members] == [original]


def test_a_copy_of_years_ago_is_found(desk):
    """Copies are found by their text alone, whatever the dates; that makes their events no candidates."""
    query = desk.write("harbour fog", hashes=(1, 2), published_s=0.0)
    event = desk.commit(query)
    copy = desk.write("harbour fog", hashes=(1, 2))
    assert desk.recalled_copies(copy) == [(event, query.story.id)]
    assert desk.recalled_events(copy) == []
