"""How alike a story and an event are, seen from several sides: likeness, time, what surrounds them, and who tells it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice, product, starmap

import numpy as np

from newsloom.core.copies import by_house, is_copy, overlap
from newsloom.core.likeness import (
    AGES,
    BODY,
    CONTRAST,
    CROWD,
    DAYS,
    HOUSE,
    LEAD,
    NAMES,
    OTHER_AGES,
    OTHER_DAYS,
    TIME,
    UNDATED,
    WEEKDAY,
    Lens,
)
from newsloom.core.model import Candidate, Member, Profile, Story
from newsloom.core.packed import FLAG_BITS, Floats, numbering, pack
from newsloom.core.policy import ALIKE, VIEWS, Policy

DAY_S = 86_400.0
# Neighbours that tell how crowded it is, by rank from 0.
_CROWD_FIRST, _CROWD_LAST = 2, 12
# Of an event that it may be of so many are among them, less one for each of its stories, but for the nearest two: what
# sixty outlets tell would be commonplace by that alone. An event of usual size has all of its stories among them, or
# look-alikes that were taken for one would seem less alike than they are.
_CROWD_LARGE = 18
# No crowd counts for more, for the coefficient was fitted on no more: 99 in 100 real look-alikes have .16 at most. The parts
# into which an event falls that many tell have .4 around them.
_MOST_CROWDED = 0.2
_CLOSE = 0.4  #: cosine of whole texts below which one is no copy of the other, or so little that it counts for nothing
_MANY = 3  #: members from which on they say more together than their mean does
# A cosine of two stories is so many times the share of their terms that they have in common; the two correlate by .89.
_AS_COSINE = 1.4
# Of a pair without a date, how near it arrived tells nothing where all arrives at once, as an archive does; how far it does,
# from where two dates as far apart would say less. So many times the coefficient of such a pair is that of two dates on one
# day. Where what surrounds a story arrived over weeks, near counts as it would between two dates.
_SOON = 1.6
# Whole texts are held against what surrounds them by a ratio as well: a cosine below this is as good as none.
_FAINT = 0.05


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the index holds around a story."""

    crowd: float  #: how alike it is to the story, see :func:`crowding`
    own: float  #: share of it that the story's own outlet told, 0..1
    spread: float  #: share of it that arrived so much earlier or later that it counts as far, 0..1


def gap_days(story: Story | Member, member: Member) -> float:
    """Days between two stories: by publication if both tell it, else by arrival."""
    if story.published_s is not None and member.published_s is not None:
        return abs(story.published_s - member.published_s) / DAY_S
    return abs(story.arrived_s - member.arrived_s) / DAY_S


def in_time(
    stories: Sequence[Story | Member], members: Sequence[Member]
) -> tuple[Sequence[Story | Member], Sequence[Member]]:
    """Of two groups those that tell how far apart in time they are: where both have some with a date, these.

    An undated story of an event arrives today, whatever year the others are of: an archive's events would be one age.
    """
    dated = [one for one in stories if one.published_s is not None]
    others = [member for member in members if member.published_s is not None]
    return (dated, others) if dated and others else (stories, members)


def nearest_days(stories: Sequence[Story | Member], members: Sequence[Member]) -> float:
    """Days between those of two groups that are nearest in time, by :func:`in_time`."""
    return min(starmap(gap_days, product(*in_time(stories, members))))


def in_window(story: Story, candidate: Candidate, policy: Policy) -> bool:
    """Whether the event is still young enough to take the story."""
    _, members = in_time([story], candidate.members)
    return any(gap_days(story, member) <= policy.window_days for member in members)


def pair_views(
    lens: Lens,
    members: Sequence[Member],
    alike: Floats,
    policy: Policy,
    around: Surroundings,
    *,
    crowds: Floats | None = None,
) -> Floats:
    """(m, len(VIEWS)) the views of a story and each of some members of events.

    ``alike`` is their :func:`likeness`, ``around`` what is around the story; ``crowds``, (m,), where its crowd differs
    by the member.
    """
    story, profile = lens.query.story, lens.query.profile
    views = np.zeros((len(members), len(VIEWS)))
    views[:, : len(ALIKE)] = alike
    for at, member in enumerate(members):
        if by_house(profile, member.profile, overlap(profile, member.profile)):
            # They are alike in wording; how far in what they tell of, nobody can say: market reports of two days are.
            views[at, [BODY, LEAD]] = 0.0
    times = np.array([member.published_s for member in members], dtype=np.float64)  # None becomes NaN
    gaps = np.abs(times - (math.nan if story.published_s is None else story.published_s)) / DAY_S
    undated = np.isnan(gaps)
    views[:, TIME] = np.where(undated, 0.0, np.exp(-gaps / policy.fade_days))
    # An undated pair is neither near nor far, it has a coefficient of its own; but one that arrived weeks apart is far.
    most = 1.0 + around.spread * (_SOON - 1.0)
    views[:, UNDATED] = undated * np.minimum(most, _soon(story, members, policy))
    # Dates after weekdays: where both differ, dates say how much.
    for mine, theirs, same, others, much in (
        (profile.weekdays, [member.profile.weekdays for member in members], DAYS, OTHER_DAYS, WEEKDAY),
        (profile.days, [member.profile.days for member in members], DAYS, OTHER_DAYS, 1.0),
        (profile.ages, [member.profile.ages for member in members], AGES, OTHER_AGES, 1.0),
    ):
        if mine:
            told = np.array(list(map(bool, theirs)), dtype=bool)
            views[told & (alike[:, same] == 0.0), others] = much
    # That two tell of one day makes them one event only if they share something else.
    views[:, [DAYS, TIME, UNDATED]] *= np.minimum(1.0, views[:, [BODY]] / _FAINT)
    crowd = around.crowd if crowds is None else crowds
    views[:, CROWD] = (np.array([member.crowd for member in members]) + crowd) / 2
    views[:, CONTRAST] = np.log((views[:, BODY] + _FAINT) / (views[:, CROWD] + _FAINT))
    # What an outlet tells is alike by its own phrases already; where all is told by one, that says nothing.
    views[:, HOUSE] = views[:, BODY] * _of_outlet(profile, members) * (1.0 - around.own)
    return views


def surroundings(
    lens: Lens, events: Sequence[Candidate], alike: Floats, policy: Policy
) -> tuple[list[float], Surroundings]:
    """What is around a story, by the members of each event that it found and the :func:`likeness` of all.

    First how crowded it is around it as one of each event; then what is around it as one of none. Its copies and
    its own versions are no neighbours: that a text went out thirty times, or grows all day, does not make what it
    tells of common.
    """
    profile, bodies = lens.query.profile, iter(alike[:, BODY].tolist())
    others: list[Member] = []
    near: list[list[float]] = []
    for event in events:
        told = [
            (body, member)
            for member, body in zip(event.members, islice(bodies, len(event.members)), strict=True)
            if body < _CLOSE or not is_copy(profile, member.profile, policy)
        ]
        others += [member for _, member in told]
        near.append(sorted((body for body, _ in told), reverse=True))
    crowd = crowding(chain.from_iterable(near), policy)
    crowds = []
    for at, (event, mine) in enumerate(zip(events, near, strict=True)):
        own = max(_CROWD_FIRST, _CROWD_LARGE - event.size)
        few = len(mine) <= own
        crowds.append(crowd if few else crowding(chain(mine[:own], *near[:at], *near[at + 1 :]), policy))
    if not others:
        return crowds, Surroundings(crowd, 0.0, 0.0)
    apart = _soon(lens.query.story, others, policy) < 1.0
    return crowds, Surroundings(crowd, float(_of_outlet(profile, others).mean()), float(apart.mean()))


def _soon(story: Story, members: Sequence[Member], policy: Policy) -> Floats:
    """(m,) how near in time each member arrived, as :data:`UNDATED` counts it; 1 where it tells nothing."""
    arrivals = np.array([member.arrived_s for member in members])
    return np.asarray(_SOON * np.exp(-np.abs(arrivals - story.arrived_s) / DAY_S / policy.fade_days))


def _of_outlet(profile: Profile, members: Sequence[Member]) -> Floats:
    """(m,) 1 for each member that the story's own outlet told."""
    theirs = np.array([member.profile.outlet for member in members], dtype=np.int64)
    return np.asarray((theirs == profile.outlet) & (theirs > 0), dtype=np.float64)


def crowding(bodies: Iterable[float], policy: Policy) -> float:
    """How alike a story's surroundings are to it: the mean cosine of its third to twelfth neighbour.

    Look-alike incidents resemble each other as much as two tellings of one general story do; how far
    a pair stands out from what surrounds either of them tells them apart (the idea of CSLS, Conneau
    et al. 2018). The nearest two may be the event itself. Where there are fewer neighbours, what is
    usual stands in for them: an empty index says nothing of how crowded it will be.
    """
    near = sorted(bodies, reverse=True)[_CROWD_FIRST:_CROWD_LAST]
    wanted = _CROWD_LAST - _CROWD_FIRST
    crowd = (math.fsum(near) + (wanted - len(near)) * policy.usual_crowd) / wanted
    return min(crowd, _MOST_CROWDED)


def weight(member: Member, policy: Policy) -> float:
    """How much a member counts in a mean, 0..1: a bare headline is much like few tellings of its event."""
    return min(1.0, (member.profile.words + 1) / policy.full_words)


def blend(views: Floats, scores: Floats, events: Sequence[Sequence[Member]], policy: Policy) -> Floats:
    """(events, len(VIEWS)) the views of events: their members' mean, leaning on the member that scores best.

    ``views`` and ``scores`` are those of all their members, in order. The mean is against chaining: a story that is
    like one member only is not like the event. Where many members are a little like it, that tells more than their
    mean, see :func:`gathered`.
    """
    stops = list(accumulate(map(len, events)))
    starts = [0, *stops[:-1]]
    weights = np.array([weight(member, policy) for members in events for member in members])
    best = [start + int(scores[start:stop].argmax()) for start, stop in zip(starts, stops, strict=True)]
    means = np.add.reduceat(views * weights[:, None], starts) / np.add.reduceat(weights, starts)[:, None]
    blended = policy.best_share * views[best] + (1 - policy.best_share) * means
    return gathered(blended, means, np.array(list(map(pull, events))), policy)


def pull(members: Sequence[Member]) -> float:
    """How much more alike a story is to the centroid of an event than to one of its members, in the mean.

    The cosine to a sum of k unit vectors is the mean of the cosines to each, times ``sqrt(k / (1 + (k - 1) s))``,
    where s is the mean cosine among them; here as the terms tell that they share.
    """
    k = len(members)
    if k < _MANY:
        return 1.0
    terms = numbering()
    codes = np.concatenate([pack(member.profile, terms).codes for member in members]) >> FLAG_BITS
    held = np.unique(codes, return_counts=True)[1]
    shared = float(held @ (held - 1)) / (k - 1)  # by each with one other, in the mean
    alike = min(1.0, _AS_COSINE * shared / len(codes))
    return math.sqrt(k / (1.0 + (k - 1) * alike))


def gathered(blended: Floats, means: Floats, pulls: Floats, policy: Policy) -> Floats:
    """Blended views of events, with what many members say together.

    Of an event that sixty outlets tell for a week, a report from a school tells little that any one other does: none
    of them is much like it, and all are a little, which by chance seldom happens. The :func:`pull` of each event,
    (events,), raises the means, (events, len(VIEWS)), of the cosines of what all texts have; up to a bound, for
    what is alike beyond that is so to single members as well, in look-alikes too.
    """
    many = np.flatnonzero(pulls > 1.0)
    if not len(many):
        return blended
    found = blended.copy()
    for view, most in (
        (BODY, policy.most_gathered),
        (LEAD, policy.most_gathered),
        (NAMES, 2 * policy.most_gathered),
    ):
        found[many, view] = np.maximum(blended[many, view], np.minimum(means[many, view] * pulls[many], most))
    contrasts = np.log((found[many, BODY] + _FAINT) / (found[many, CROWD] + _FAINT))
    found[many, CONTRAST] = np.maximum(blended[many, CONTRAST], contrasts)
    return found
