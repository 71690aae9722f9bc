"""Views of an event: cosines, gaps in time, standing in the field."""

import math
from dataclasses import replace

import pytest

from newsloom.core.model import Article, Candidate, Member, Profile, Story
from newsloom.core.policy import Policy
from newsloom.core.views import (
    DAY_S,
    Lens,
    Query,
    blend,
    crowding,
    gap_days,
    in_window,
    likeness,
    pair_views,
)

POLICY = Policy.load()
WEIGHTS = {"harbour": 6.0, "ferry": 4.0, "fog": 2.0, "1912": 4.0, "mayor": 5.5}


def profile(body, names=(), lead=(), title=(), sketch=(1, 2), *, ages=(34,)):
    def norm(view):
        return math.sqrt(sum(WEIGHTS[t] ** 2 for t in view))

    views = [frozenset(title), frozenset(lead), frozenset(names)]
    whole = math.sqrt(sum((WEIGHTS[t] * n) ** 2 for t, n in body.items()))
    return Profile(7, frozenset(sketch), 200, body, *views, frozenset(ages), (whole, *map(norm, views)))


def story(published_s=None, arrived_s=0.0):
    article = Article(file="invented.txt", text="x")
    return Story("s", article, "en", 0, 1, 0, ("x",), None, published_s, arrived_s)


def member(found, published_s=None, arrived_s=0.0, name="m"):
    return Member(name, published_s, arrived_s, found)


FULL = profile({"harbour": 2.0, "ferry": 1.0, "1912": 1.0}, ["harbour"], ["harbour", "ferry"], ["ferry"])
OTHER = profile({"fog": 1.0, "mayor": 1.0}, ["mayor"], ["fog"], ["mayor"], sketch=(8, 9), ages=(17,))
QUERY = Query(story(published_s=0.0), FULL, WEIGHTS)


def test_identity():
    """A story is wholly like itself in every view."""
    same = likeness(Lens.of(QUERY), FULL)
    for value in (same.body, same.title, same.lead, same.names, same.ages):
        assert value == pytest.approx(1.0)


def test_nothing_shared():
    """Two stories without a common term have no likeness."""
    strange = likeness(Lens.of(QUERY), OTHER)
    assert set(strange) == {0.0}


def test_empty_profile():
    """A text without a telling term resembles nothing, itself neither."""
    empty = Query(story(), profile({}, sketch=()), {})
    assert likeness(Lens.of(empty), empty.profile).body == 0.0
    assert empty.keys(5) == ()


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


def views_of(known, crowd=0.0):
    lens = Lens.of(QUERY)
    return pair_views(lens, known, likeness(lens, known.profile), crowd, POLICY)


def test_pair_views():
    """Cosines, the time between them, and the crowd around both."""
    views = views_of(replace(member(FULL, 5 * DAY_S), crowd=0.1), crowd=0.3)
    assert views["body"] == pytest.approx(1.0)
    assert views["time"] == pytest.approx(math.exp(-5 / POLICY.fade_days))
    assert views["undated"] == 0.0
    assert views["crowd"] == pytest.approx(0.2)


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
    lens = Lens.of(replace(QUERY, profile=replace(FULL, days=frozenset({200}))))
    found = replace(FULL, days=frozenset(theirs))
    views = pair_views(lens, member(found), likeness(lens, found), 0.0, POLICY)
    assert views["days"] == pytest.approx(same)
    assert views["other_days"] == other


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
        ([0.9, 0.8, *[0.3] * 10, 0.1], 0.3),
    ],
    ids=["an empty index", "the nearest two may be the event itself", "some", "no more than ten"],
)
def test_crowding(bodies, expected):
    """The third to twelfth neighbour; what is usual stands in for those that are missing."""
    assert crowding(bodies, POLICY) == pytest.approx(expected)


def test_blend():
    """An event's views are its members' mean, leaning on the best; so is its score."""
    rows = [{"body": 0.8, "title": 0.0}, {"body": 0.2, "title": 0.4}]
    share = POLICY.best_share
    blended = blend(rows, [3.0, 1.0], POLICY)
    assert blended["body"] == pytest.approx(share * 0.8 + (1 - share) * 0.5)
    assert blended["title"] == pytest.approx((1 - share) * 0.2)
