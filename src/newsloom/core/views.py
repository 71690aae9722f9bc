"""How alike a story and an event are, seen from several sides."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from newsloom.core.model import Candidate, Member, Profile, Story
from newsloom.core.policy import Policy

DAY_S = 86_400.0
BODY, TITLE, LEAD, NAMES = range(4)
# Terms by which a story finds others: one-off rarities crowd out what other outlets repeat, so a
# weight counts up to a cap only; what stands in the lead or is a name is what they do repeat. Best
# F1 that recall leaves open, 40 terms: .987 on general news against .963 by weight alone.
_KEY_CAP = 6.5
_KEY_BOOST = 1.3
# Neighbours that tell how crowded it is, by rank from 0.
_CROWD_FIRST, _CROWD_LAST = 2, 12


@dataclass(frozen=True, slots=True)
class Query:
    """A story on its way to a decision."""

    story: Story
    profile: Profile
    weights: Mapping[str, float]  #: weight of each of the story's terms now

    def keys(self, count: int) -> tuple[str, ...]:
        """The terms by which it finds and is found, the most telling first."""
        mine, weights = self.profile, self.weights
        telling = {
            term: min(weights[term], _KEY_CAP)
            * times
            * (_KEY_BOOST if term in mine.names else 1.0)
            * (_KEY_BOOST if term in mine.lead else 1.0)
            for term, times in mine.body.items()
        }
        return tuple(sorted(telling, key=lambda term: (-telling[term], term))[:count])


@dataclass(frozen=True, slots=True)
class Lens:
    """What every comparison of one query needs, computed once."""

    query: Query
    squares: Mapping[str, float]  #: term -> squared weight, the profile's terms only
    scaled: Mapping[str, float]  #: the same, times the query's own occurrences

    @classmethod
    def of(cls, query: Query) -> "Lens":
        body, weights = query.profile.body, query.weights
        squares = {term: weights[term] ** 2 for term in body}
        return cls(
            query=query,
            squares=squares,
            scaled={term: square * body[term] for term, square in squares.items()},
        )

    def sum(self, terms: Iterable[str]) -> float:
        """Sum of squared weights. ``fsum`` rounds once, so the order of a set does not matter."""
        squares = self.squares
        return math.fsum([squares[term] for term in terms])


class Likeness(NamedTuple):
    """How alike a story and a member are. Cosines are 0..1 or a little above.

    Terms are weighed by what is known *now*; of the member only the norm of its own time is used.
    Where the stream has learned since that its terms are commonplace, that norm is too large and
    the cosine too small: the error is on the side of caution.
    """

    body: float  #: cosine of the whole text
    title: float
    lead: float
    names: float
    ages: float  #: of the ages of people
    days: float  #: of the days told of


def likeness(lens: Lens, other: Profile) -> Likeness:
    mine, scaled = lens.query.profile, lens.scaled
    body, sizes, theirs = other.body, mine.norms, other.norms
    shared = mine.body.keys() & body.keys()
    return Likeness(
        body=_ratio(math.fsum([scaled[term] * body[term] for term in shared]), sizes[BODY] * theirs[BODY]),
        title=_ratio(lens.sum(mine.title & other.title), sizes[TITLE] * theirs[TITLE]),
        lead=_ratio(lens.sum(mine.lead & other.lead), sizes[LEAD] * theirs[LEAD]),
        names=_ratio(lens.sum(mine.names & other.names), sizes[NAMES] * theirs[NAMES]),
        ages=_ratio(len(mine.ages & other.ages), math.sqrt(len(mine.ages) * len(other.ages))),
        days=_ratio(len(mine.days & other.days), math.sqrt(len(mine.days) * len(other.days))),
    )


def _ratio(product: float, sizes: float) -> float:
    return product / sizes if sizes > 0 else 0.0


def gap_days(story: Story, member: Member) -> float:
    """Days between a story and a member: by publication if both tell it, else by arrival."""
    if story.published_s is not None and member.published_s is not None:
        return abs(story.published_s - member.published_s) / DAY_S
    return abs(story.arrived_s - member.arrived_s) / DAY_S


def in_window(story: Story, candidate: Candidate, policy: Policy) -> bool:
    """Whether the event is still young enough to take the story."""
    return any(gap_days(story, member) <= policy.window_days for member in candidate.members)


def pair_views(lens: Lens, member: Member, alike: Likeness, crowd: float, policy: Policy) -> dict[str, float]:
    """The views of a story and one member of an event.

    ``crowd`` is how crowded it is around the story: see :func:`crowding`.
    """
    story = lens.query.story
    dated = story.published_s is not None and member.published_s is not None
    mine, theirs = lens.query.profile, member.profile
    return {
        **alike._asdict(),
        # Dates stay soft: an undated pair is neither near nor far, it has a coefficient of its own.
        "time": math.exp(-gap_days(story, member) / policy.fade_days) if dated else 0.0,
        "undated": 0.0 if dated else 1.0,
        "other_ages": float(bool(mine.ages and theirs.ages) and alike.ages == 0.0),
        "other_days": float(bool(mine.days and theirs.days) and alike.days == 0.0),
        "crowd": (crowd + member.crowd) / 2,
    }


def crowding(bodies: Iterable[float], policy: Policy) -> float:
    """How alike a story's surroundings are to it: the mean cosine of its third to twelfth neighbour.

    Look-alike incidents resemble each other as much as two tellings of one general story do; how far
    a pair stands out from what surrounds either of them tells them apart (the idea of CSLS, Conneau
    et al. 2018). The nearest two may be the event itself. Where there are fewer neighbours, what is
    usual stands in for them: an empty index says nothing of how crowded it will be.
    """
    near = sorted(bodies, reverse=True)[_CROWD_FIRST:_CROWD_LAST]
    wanted = _CROWD_LAST - _CROWD_FIRST
    return (math.fsum(near) + (wanted - len(near)) * policy.usual_crowd) / wanted


def blend(rows: Sequence[Mapping[str, float]], scores: Sequence[float], policy: Policy) -> dict[str, float]:
    """The views of an event: its members' mean, leaning on the member that scores best.

    The score of the blend is the same blend of the members' scores, for the rule is linear. The mean
    is against chaining: a story that is like one member only is not like the event.
    """
    best = rows[max(range(len(rows)), key=scores.__getitem__)]
    lean = policy.best_share
    return {
        name: lean * value + (1 - lean) * math.fsum(row[name] for row in rows) / len(rows)
        for name, value in best.items()
    }
