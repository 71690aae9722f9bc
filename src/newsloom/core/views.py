"""How alike a story and an event are, seen from several sides."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from newsloom.core.copies import containment
from newsloom.core.describe import SKETCH_SIZE
from newsloom.core.model import Candidate, Member, Profile, Story
from newsloom.core.policy import Policy

DAY_S = 86_400.0
BODY, TITLE, LEAD, NAMES, NUMBERS = range(5)
# Terms by which a story finds others: one-off rarities crowd out what other outlets repeat, so a
# weight counts up to a cap only; what stands in the lead or is a name is what they do repeat. Best
# F1 that recall leaves open, 40 terms: .987 on general news against .963 by weight alone.
_KEY_CAP = 6.5
_KEY_BOOST = 1.3
_CORE = 10  #: how many of these make up the core of a story
_TELLING = 3.0  #: nats above which a shared term is evidence
_RARE = 5.0  #: nats above which a shared name is rare


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
    core: frozenset[str]

    @classmethod
    def of(cls, query: Query) -> "Lens":
        body, weights = query.profile.body, query.weights
        squares = {term: weights[term] ** 2 for term in body}
        return cls(
            query=query,
            squares=squares,
            scaled={term: square * body[term] for term, square in squares.items()},
            core=frozenset(query.keys(_CORE)),
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
    numbers: float
    lead_shared: float  #: how much of either lead stands in the other text, geometric mean
    names_shared: float  #: the same of the names
    core: float  #: part of the story's most telling terms that the member has
    evidence: float  #: ln(1 + nats by which shared terms exceed what is commonplace)
    rare_names: float  #: ln(1 + shared rare names)
    copied: float  #: part of the shorter text that stands in the other


def likeness(lens: Lens, other: Profile) -> Likeness:
    mine, weights, scaled = lens.query.profile, lens.query.weights, lens.scaled
    body, sizes, theirs = other.body, mine.norms, other.norms
    shared = mine.body.keys() & body.keys()
    names = mine.names & other.names
    surplus = [weights[term] - _TELLING for term in shared if weights[term] > _TELLING]
    return Likeness(
        body=_ratio(math.fsum([scaled[term] * body[term] for term in shared]), sizes[BODY] * theirs[BODY]),
        title=_ratio(lens.sum(mine.title & other.title), sizes[TITLE] * theirs[TITLE]),
        lead=_ratio(lens.sum(mine.lead & other.lead), sizes[LEAD] * theirs[LEAD]),
        names=_ratio(lens.sum(names), sizes[NAMES] * theirs[NAMES]),
        numbers=_ratio(lens.sum(mine.numbers & other.numbers), sizes[NUMBERS] * theirs[NUMBERS]),
        lead_shared=_ratio(
            math.sqrt(lens.sum(shared & mine.lead) * lens.sum(shared & other.lead)),
            sizes[LEAD] * theirs[LEAD],
        ),
        names_shared=_ratio(
            math.sqrt(lens.sum(shared & mine.names) * lens.sum(shared & other.names)),
            sizes[NAMES] * theirs[NAMES],
        ),
        core=len(lens.core & body.keys()) / len(lens.core) if lens.core else 0.0,
        evidence=math.log1p(math.fsum(surplus)),
        rare_names=math.log1p(sum(weights[term] > _RARE for term in names)),
        copied=containment(mine.sketch, other.sketch, SKETCH_SIZE),
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


def event_views(lens: Lens, candidate: Candidate, policy: Policy) -> dict[str, float]:
    """The views of one event, apart from the others: of its members the one that is most alike."""
    rows = [likeness(lens, member.profile) for member in candidate.members]
    story = lens.query.story
    bodies = sorted((row.body for row in rows), reverse=True)
    gap = min(gap_days(story, member) for member in candidate.members)
    dated = story.published_s is not None and any(
        member.published_s is not None for member in candidate.members
    )
    best = rows[0] if len(rows) == 1 else Likeness(*map(max, zip(*rows, strict=True)))
    return {
        **best._asdict(),
        "body_root": math.sqrt(best.body),
        "second": bodies[1] if len(bodies) > 1 else best.body,
        "mean": math.fsum(bodies) / len(bodies),
        # Dates stay soft: an undated pair is neither near nor far, it has a coefficient of its own.
        "time": math.exp(-(gap**2) / (2 * policy.sigma_days**2)) if dated else 0.0,
        "gap": math.log1p(gap) if dated else 0.0,
        "undated": 0.0 if dated else 1.0,
        "size": math.log(candidate.size),
    }


def field_views(views: Sequence[dict[str, float]]) -> list[dict[str, float]]:
    """Each event's views, with its standing among the other candidates added.

    Look-alike incidents resemble each other as much as two tellings of one general story do; how far
    an event stands out from the rest tells them apart.
    """
    if not views:
        return []
    bodies, cores = [view["body"] for view in views], [view["core"] for view in views]
    total, squares, core_total = math.fsum(bodies), math.fsum(b * b for b in bodies), math.fsum(cores)
    rest = max(1, len(views) - 1)
    body_rivals, core_rivals = _rivals(bodies), _rivals(cores)
    standing = []
    for i, view in enumerate(views):
        body, core = bodies[i], cores[i]
        mean = max(0.0, total - body) / rest
        spread = math.sqrt(max(0.0, (squares - body * body) / rest - mean * mean))
        standing.append(
            {
                **view,
                "body_margin": body - mean,
                "core_margin": core - max(0.0, core_total - core) / rest,
                "body_rival": body_rivals[i],
                "core_rival": core_rivals[i],
                "outlier": math.log1p(max(0.0, (body - mean) / (spread + 0.02))),
                "ratio": math.log((body + 0.02) / (mean + 0.02)),
                "field": math.log(len(views)),
            }
        )
    return standing


def _rivals(values: Sequence[float]) -> list[float]:
    """For each value the best of the others; 0 where there is none."""
    ranked = sorted(values, reverse=True)
    top, second = ranked[0], ranked[1] if len(ranked) > 1 else 0.0
    return [second if value == top else top for value in values]
