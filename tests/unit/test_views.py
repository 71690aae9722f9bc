"""Views of an event: cosines, gaps in time, standing in the field."""

import math
from dataclasses import replace

import numpy as np
import pytest

from newsloom.core import packed
from newsloom.core.likeness import (
    BODY,
    CONTRAST,
    CROWD,
    DAYS,
    LEAD,
    NAMES,
    OTHER_DAYS,
    TIME,
    TITLE,
    UNDATED,
    Lens,
    Query,
    likeness,
)
from newsloom.core.model import Article, Candidate, Member, Profile, Story
from newsloom.core.policy import ALIKE, VIEWS, Policy
from newsloom.core.views import (
    DAY_S,
    Surroundings,
    blend,
    crowding,
    gap_days,
    in_window,
    nearest_days,
    pair_views,
    pull,
    surroundings,
)

POLICY = Policy.load()
WEIGHTS = {"harbour": 6.0, "ferry": 4.0, "fog": 2.0, "1912": 4.0, "mayor": 5.5}


def profile(body, names=(), lead=(), title=(), sketch=(1, 2), *, ages=(34,), days=(200,)):
    def norm(view):
        return math.sqrt(sum(WEIGHTS[t] ** 2 for t in view))

    views = [frozenset(title), frozenset(lead), frozenset(names)]
    whole = math.sqrt(sum((WEIGHTS[t] * n) ** 2 for t, n in body.items()))
    norms = (whole, *map(norm, views))
    return Profile(7, frozenset(sketch), 200, body, *views, frozenset(ages), norms, frozenset(days))


def story(published_s=None, arrived_s=0.0):
    article = Article(file="invented.txt", text="x")
    return Story("s", article, "en", 0, 1, 0, ("x",), None, published_s, arrived_s)


def member(found, published_s=None, arrived_s=0.0, name="m"):
    return Member(name, published_s, arrived_s, found)


FULL = profile({"harbour": 2.0, "ferry": 1.0, "1912": 1.0}, ["harbour"], ["harbour", "ferry"], ["ferry"])
OTHER = profile(
    {"fog": 1.0, "mayor": 1.0}, ["mayor"], ["fog"], ["mayor"], sketch=(8, 9), ages=(17,), days=(201,)
)
QUERY = Query(story(published_s=0.0), FULL, WEIGHTS)
ALONE = Surroundings(crowd=0.0, own=0.0, spread=0.0)


def test_identity():
    """A story is wholly like itself in every view."""
    assert likeness(Lens.of(QUERY), [member(FULL)]) == pytest.approx(np.ones((1, len(ALIKE))))


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (({121}, {121}), (0.5, 0.0)),
        (({121}, {122}), (0.0, 0.5)),
        (({121, 123}, {122, 124}), (0.0, 0.5)),
        (({121}, ()), (0.0, 0.0)),
    ],
)
def test_weekdays_count_half_of_a_day(told, found):
    """For and against."""
    mine, theirs = (replace(FULL, days=frozenset(), weekdays=frozenset(each)) for each in told)
    lens, members = Lens.of(Query(story(), mine, WEIGHTS)), [member(theirs)]
    views = pair_views(lens, members, likeness(lens, members), POLICY, ALONE)
    assert (views[0, DAYS], views[0, OTHER_DAYS]) == found


@pytest.mark.parametrize("published_s", [(None, None), (None, 0.0), (0.0, None)])
def test_what_has_no_date_is_as_far_apart_as_it_arrived(published_s):
    """Near says nothing, for an archive arrives at once; three weeks apart it is next to far."""
    near, far = (
        pair_views(lens, members, likeness(lens, members), POLICY, ALONE)[0, [UNDATED, TIME]]
        for days in (1.0, 21.0)
        for lens in [Lens.of(Query(story(published_s[0], days * DAY_S), FULL, WEIGHTS))]
        for members in [[member(FULL, published_s[1])]]
    )
    assert near.tolist() == [1.0, 0.0]
    assert 0.0 < far[0] < 0.25
    assert far[1] == 0.0


def test_what_arrived_together_counts_where_not_all_did():
    """In a stream that has run for weeks as two dates would; in an archive that arrived at once it says nothing."""
    lens = Lens.of(Query(story(arrived_s=30 * DAY_S), FULL, WEIGHTS))
    near = member(FULL, arrived_s=30 * DAY_S)
    for before, expected in ((30.0, 1.0), (10.0, 1.3)):
        others = [member(OTHER, arrived_s=day * DAY_S, name=str(day)) for day in (before, 30.0)]
        around = surroundings(lens, [event(others)], likeness(lens, others), POLICY)[1]
        (row,) = pair_views(lens, [near], likeness(lens, [near]), POLICY, around)
        assert row[UNDATED] == pytest.approx(expected)


def test_a_date_in_common_outweighs_other_weekdays():
    """And other dates outweigh no weekday in common."""
    one, another = (
        replace(FULL, days=frozenset({200}), weekdays=frozenset({weekday})) for weekday in (121, 122)
    )
    lens, members = Lens.of(Query(story(), one, WEIGHTS)), [member(another)]
    views = pair_views(lens, members, likeness(lens, members), POLICY, ALONE)
    assert (views[0, DAYS], views[0, OTHER_DAYS]) == (1.0, 0.0)
    members = [member(replace(another, days=frozenset({201})))]
    views = pair_views(lens, members, likeness(lens, members), POLICY, ALONE)
    assert (views[0, DAYS], views[0, OTHER_DAYS]) == (0.0, 1.0)


def test_nothing_shared():
    """Two stories without a common term have no likeness."""
    assert not likeness(Lens.of(QUERY), [member(OTHER)]).any()


def test_empty_profile():
    """A text without a telling term resembles nothing, itself neither."""
    empty = Query(story(), profile({}, sketch=(), ages=(), days=()), {})
    assert not likeness(Lens.of(empty), [member(empty.profile), member(FULL)]).any()
    assert not likeness(Lens.of(QUERY), [member(empty.profile)]).any()
    assert empty.keys(5) == ()


def test_many_at_once():
    """Each member is compared as if it came alone."""
    some = [member(found) for found in (OTHER, FULL, profile({"ferry": 3.0}, lead=["ferry"]), FULL)]
    alone = [likeness(Lens.of(QUERY), [one]) for one in some]
    assert likeness(Lens.of(QUERY), some) == pytest.approx(np.concatenate(alone))
    assert likeness(Lens.of(QUERY), []).shape == (0, len(ALIKE))


def test_terms_are_numbered_anew(monkeypatch):
    """A process remembers so many terms; after that what was numbered before is numbered again."""
    before = likeness(Lens.of(QUERY), [member(FULL), member(OTHER)])
    monkeypatch.setattr(packed, "MAX_TERMS", 0)
    old = packed.numbering()
    assert likeness(Lens.of(QUERY), [member(FULL), member(OTHER)]) == pytest.approx(before)
    assert packed.numbering() is not old


def test_keys():
    """Names and lead terms come first among terms of like weight, and ties go by the alphabet."""
    found = profile(
        {"1912": 1.0, "ferry": 1.0, "harbour": 1.0, "mayor": 1.0}, names=["ferry"], lead=["ferry"]
    )
    assert Query(story(), found, WEIGHTS).keys(3) == ("ferry", "harbour", "mayor")
    weights = dict.fromkeys(found.body, 4.0)
    assert Query(story(), found, weights).keys(2) == ("ferry", "1912")


@pytest.mark.parametrize(
    ("mine", "theirs", "days"),
    [
        ((0.0, 0.0), (2 * DAY_S, 0.0), 2.0),
        ((None, 0.0), (2 * DAY_S, DAY_S), 1.0),
        ((DAY_S, 0.0), (None, 0.0), 0.0),
    ],
    ids=["both dated", "story undated", "member undated"],
)
def test_gap(mine, theirs, days):
    """Dates are compared where both have one, arrivals else."""
    assert gap_days(story(*mine), member(FULL, *theirs)) == days


def test_window():
    """An event is open as long as any member is near enough; the edge belongs to it."""
    edge = POLICY.window_days * DAY_S
    event = Candidate("e", 2, (member(FULL, 0.0), member(FULL, -9e9)))
    assert in_window(story(edge), event, POLICY)
    assert not in_window(story(edge + 1), event, POLICY)


def test_an_undated_story_does_not_bridge_years():
    """Two mine disasters of an archive, each told by a clip without its date as well, stay decades apart."""
    then = (member(FULL, 0.0, 9e9), member(FULL, None, 9e9))
    later = Candidate("e", 2, (member(FULL, 9e8, 9e9), member(FULL, None, 9e9)))
    assert nearest_days(then, later.members) == 9e8 / DAY_S
    assert not in_window(story(0.0, 9e9), later, POLICY)
    assert nearest_days(then[1:], later.members) == 0.0  # without any date arrival is all there is


def views_of(known, crowd=0.0, query=QUERY, own=0.0):
    lens = Lens.of(query)
    (row,) = pair_views(lens, [known], likeness(lens, [known]), POLICY, Surroundings(crowd, own, 0.0))
    return dict(zip(VIEWS, row.tolist(), strict=True))


def test_pair_views():
    """Cosines, the time between them, and the crowd around both."""
    views = views_of(replace(member(FULL, 5 * DAY_S), crowd=0.1), crowd=0.3)
    assert views["body"] == pytest.approx(1.0)
    assert views["time"] == pytest.approx(math.exp(-5 / POLICY.fade_days))
    assert views["undated"] == 0.0
    assert views["crowd"] == pytest.approx(0.2)
    assert views["contrast"] == pytest.approx(math.log(1.05 / 0.25))


def test_contrast_grows_as_the_surroundings_thin_out():
    """The same likeness tells more where little is alike, and stays finite where nothing is."""
    dense, thin, none = (
        views_of(replace(member(FULL), crowd=crowd), crowd)["contrast"] for crowd in (0.5, 0.1, 0.0)
    )
    assert dense < thin < none < math.inf
    assert views_of(member(replace(FULL, body={})), crowd=0.1)["contrast"] < 0.0


@pytest.mark.parametrize(
    ("theirs", "same", "other"),
    [((34,), 1.0, 0.0), ((34, 17), 0.5**0.5, 0.0), ((17,), 0.0, 1.0), ((), 0.0, 0.0)],
    ids=["the same", "one of two", "others", "none told"],
)
def test_ages(theirs, same, other):
    """Shared ages speak for a pair, other ages against it; where one tells none, nothing is said."""
    views = views_of(member(replace(FULL, ages=frozenset(theirs))))
    assert views["ages"] == pytest.approx(same)
    assert views["other_ages"] == other


@pytest.mark.parametrize(
    ("theirs", "same", "other"),
    [((200,), 1.0, 0.0), ((200, 201), 0.5**0.5, 0.0), ((201,), 0.0, 1.0), ((), 0.0, 0.0)],
    ids=["the same", "one of two", "others", "none told"],
)
def test_days(theirs, same, other):
    """Shared days speak for a pair, other days against it; where one tells none, nothing is said."""
    query = replace(QUERY, profile=replace(FULL, days=frozenset({200})))
    views = views_of(member(replace(FULL, days=frozenset(theirs))), query=query)
    assert views["days"] == pytest.approx(same)
    assert views["other_days"] == other


@pytest.mark.parametrize(
    ("mine", "theirs", "own", "expected"),
    [(7, 7, 0.0, 1.0), (7, 8, 0.0, 0.0), (0, 0, 0.0, 0.0), (7, 7, 0.25, 0.75), (7, 7, 1.0, 0.0)],
    ids=["one outlet", "two", "unknown", "a fourth of all", "no other"],
)
def test_house(mine, theirs, own, expected):
    """How alike two texts of one outlet are, as far as others tell what is around as well."""
    query = replace(QUERY, profile=replace(FULL, outlet=mine))
    views = views_of(member(replace(FULL, outlet=theirs)), query=query, own=own)
    assert views["house"] == pytest.approx(expected * views["body"])


def event(members):
    return Candidate("e", len(members), tuple(members))


def test_surroundings():
    """The share of a story's own outlet is that of the members around it; where there are none, none is its own."""
    lens = Lens.of(replace(QUERY, profile=replace(FULL, outlet=7)))
    found = [member(replace(FULL, outlet=outlet, sketch=frozenset({9}))) for outlet in (7, 8, 0, 7)]
    assert surroundings(lens, [event(found)], likeness(lens, found), POLICY)[1].own == 0.5
    assert surroundings(lens, [], likeness(lens, []), POLICY) == (
        [],
        Surroundings(POLICY.usual_crowd, 0.0, 0.0),
    )


def test_copies_are_no_neighbours():
    """A text that went out many times is no commonplace by that; another text in much the same words is near."""
    lens = Lens.of(replace(QUERY, profile=replace(FULL, outlet=7)))
    others = [member(replace(FULL, sketch=frozenset({9}))) for _ in range(3)]
    copies = [member(replace(FULL, outlet=7)) for _ in range(30)]
    alone, among = (
        surroundings(lens, [event(found)], likeness(lens, found), POLICY)[1]
        for found in (others, others + copies)
    )
    assert among == alone
    assert among.crowd > POLICY.usual_crowd


def test_of_a_large_event_a_story_has_few_around_it():
    """However many tell of an event, it is no commonplace to those that are of it; to others it is."""
    lens = Lens.of(QUERY)
    telling = member(replace(FULL, sketch=frozenset({9})))

    def crowds(size):
        found = [Candidate("one", size, (telling,) * 8), event([telling])]
        return surroundings(lens, found, likeness(lens, [telling] * 9), POLICY)

    (small, _), none = crowds(10)
    (large, other), _ = crowds(60)
    assert small == other == none.crowd > large
    assert large == crowding((1.0, 1.0, 1.0), POLICY)


@pytest.mark.parametrize("published_s", [0.0, None])
def test_one_day_alone_is_no_likeness(published_s):
    """Two stories of one hour that name the same day, and share no word besides."""
    stranger = replace(OTHER, days=frozenset({200}))
    views = views_of(member(stranger, published_s=published_s))
    assert (views["days"], views["time"], views["undated"]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("by_house", [True, False])
def test_what_a_house_fills_in_is_no_likeness(monkeypatch, by_house):
    """Nor is one day then: two days' market reports share all but what they tell."""
    monkeypatch.setattr("newsloom.core.views.by_house", lambda *_: by_house)
    views = views_of(member(FULL, published_s=0.0))
    told = [views[name] for name in ("body", "lead", "days", "time")]
    assert told == ([0.0] * 4 if by_house else pytest.approx([1.0] * 4))
    assert views["names"] == pytest.approx(1.0)


def test_undated():
    """Without two dates nothing is said of time."""
    views = views_of(member(FULL, None))
    assert (views["time"], views["undated"]) == (0.0, 1.0)


def test_every_coefficient_has_a_view():
    """The shipped policy asks for views that exist."""
    assert POLICY.coefficients.keys() <= views_of(member(FULL)).keys()


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ([], POLICY.usual_crowd),
        ([0.9, 0.8], POLICY.usual_crowd),
        ([0.9, 0.2, 0.8], (0.2 + 9 * POLICY.usual_crowd) / 10),
        ([0.9, 0.8, *[0.15] * 10, 0.1], 0.15),
        ([0.9, 0.8, *[0.5] * 10], 0.2),
    ],
    ids=[
        "an empty index",
        "the nearest two may be the event itself",
        "some",
        "no more than ten",
        "no more than look-alikes have",
    ],
)
def test_crowding(bodies, expected):
    """The third to twelfth neighbour; what is usual stands in for those that are missing."""
    assert crowding(bodies, POLICY) == pytest.approx(expected)


def told(*terms, words=200):
    """Members of one event, with so many terms each."""
    return [member(replace(profile({}), body=dict.fromkeys(each, 1.0), words=words)) for each in terms]


def test_blend():
    """An event's views are its members' mean, leaning on the best; so is its score."""
    rows = np.zeros((3, len(VIEWS)))
    rows[:, [BODY, TITLE]] = [[0.8, 0.0], [0.2, 0.4], [0.1, 0.1]]
    share = POLICY.best_share
    one, other = blend(rows, np.array([3.0, 1.0, -2.0]), [told("ab", "cd"), told("ef")], POLICY)
    assert one[[BODY, TITLE]] == pytest.approx([share * 0.8 + (1 - share) * 0.5, (1 - share) * 0.2])
    assert other[[BODY, TITLE]] == pytest.approx([0.1, 0.1])


@pytest.mark.parametrize(
    ("event", "raised"),
    [
        (told("abcd"), 1.0),
        (told("abcd", "efgh"), 1.0),
        (told("abcd", "efgh", "ijkl"), math.sqrt(3)),
        (told("abcd", "aefg", "hijk"), math.sqrt(3 / (1 + 2 * 1.4 / 12))),
        (told("abcd", "abcd", "abcd"), 1.0),
    ],
    ids=["one", "two", "three that share nothing", "a term of two", "three of the same terms"],
)
def test_a_story_is_more_alike_to_what_many_tell_together(event, raised):
    """As a centroid is, by what its members share."""
    assert pull(event) == pytest.approx(raised)


@pytest.mark.parametrize(
    ("body", "expected"), [(0.05, 0.1), (0.1, 0.16), (0.3, 0.3)], ids=["so", "to a bound", "anyway"]
)
def test_what_many_members_say_together(body, expected):
    """The likeness of all of them is raised, by two for four that share nothing; and with it the contrast."""
    policy = replace(POLICY, most_gathered=0.16)
    rows = np.zeros((4, len(VIEWS)))
    rows[:, [BODY, LEAD, TITLE]] = body
    rows[:, NAMES] = 2 * body
    rows[:, CROWD] = 0.05
    rows[:, CONTRAST] = math.log((body + 0.05) / 0.1)
    (found,) = blend(rows, np.zeros(4), [told("ab", "cd", "ef", "gh")], policy)
    assert found[[BODY, LEAD, TITLE, NAMES]] == pytest.approx([expected, expected, body, 2 * expected])
    assert found[CONTRAST] == pytest.approx(math.log((expected + 0.05) / 0.1))


def test_a_headline_counts_for_less_in_a_mean():
    """By its weight; the best member is the best whatever it weighs."""
    rows = np.zeros((2, len(VIEWS)))
    rows[:, [BODY, TITLE]] = [[0.8, 0.0], [0.2, 0.4]]
    policy = replace(POLICY, best_share=0.5, full_words=40)
    event = [*told("ab"), *told("cd", words=9)]
    (found,) = blend(rows, np.array([1.0, 3.0]), [event], policy)
    assert found[[BODY, TITLE]] == pytest.approx([(0.2 + 0.68) / 2, (0.4 + 0.08) / 2])
