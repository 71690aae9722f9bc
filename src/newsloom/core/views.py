"""How alike a story and an event are, seen from several sides."""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from newsloom.core.model import Candidate, Member, Profile, Story
from newsloom.core.policy import Policy

DAY_S = 86_400.0
# A sample of fewer shared shingles says nothing.
BODY, TITLE, LEAD, NAMES, NUMBERS = range(5)


@dataclass(frozen=True, slots=True)
class Query:
    """A story on its way to a decision."""

    story: Story
    profile: Profile
    weights: Mapping[str, float]  #: weight of each of the story's terms now

    def keys(self, count: int) -> tuple[str, ...]:
        """The heaviest terms, heaviest first: those by which it finds and is found."""
        body = self.profile.body
        return tuple(sorted(body, key=lambda term: (-self.weights[term] * body[term], term))[:count])


def gap_days(story: Story, member: Member) -> float:
    """Days between a story and a member: by publication if both tell it, else by arrival."""
    if story.published_s is not None and member.published_s is not None:
        return abs(story.published_s - member.published_s) / DAY_S
    return abs(story.arrived_s - member.arrived_s) / DAY_S


def in_window(story: Story, candidate: Candidate, policy: Policy) -> bool:
    """Whether the event is still young enough to take the story."""
    return any(gap_days(story, member) <= policy.window_days for member in candidate.members)


def cosines(query: Query, member: Profile) -> tuple[float, ...]:
    """Cosine of each view, 0..1 or a little above.

    Terms are weighed by what is known *now*; of the member only the norm of its own time is used.
    Where the stream has learned since that its terms are commonplace, that norm is too large and
    the cosine too small: the error is on the side of caution.
    """
    mine, weights = query.profile, query.weights
    shared = mine.body.keys() & member.body.keys()
    body = math.fsum(mine.body[t] * member.body[t] * weights[t] ** 2 for t in sorted(shared))
    return (
        _ratio(body, mine.norms[BODY], member.norms[BODY]),
        _ratio(_overlap(mine.title, member.title, weights), mine.norms[TITLE], member.norms[TITLE]),
        _ratio(_overlap(mine.lead, member.lead, weights), mine.norms[LEAD], member.norms[LEAD]),
        _ratio(_overlap(mine.names, member.names, weights), mine.norms[NAMES], member.norms[NAMES]),
        _ratio(_overlap(mine.numbers, member.numbers, weights), mine.norms[NUMBERS], member.norms[NUMBERS]),
    )


def _overlap(one: Set[str], other: Set[str], weights: Mapping[str, float]) -> float:
    return math.fsum(weights[term] ** 2 for term in sorted(one & other))


def _ratio(product: float, one: float, other: float) -> float:
    return product / (one * other) if one > 0 and other > 0 else 0.0


def event_views(query: Query, candidate: Candidate, policy: Policy) -> dict[str, float]:
    """The views of one event, apart from the others."""
    rows = [cosines(query, member.profile) for member in candidate.members]
    bodies = sorted((row[BODY] for row in rows), reverse=True)
    gap = min(gap_days(query.story, member) for member in candidate.members)
    dated = query.story.published_s is not None and any(
        member.published_s is not None for member in candidate.members
    )
    return {
        "body": bodies[0],
        "second": bodies[1] if len(bodies) > 1 else bodies[0],
        "mean": math.fsum(bodies) / len(bodies),
        "title": max(row[TITLE] for row in rows),
        "lead": max(row[LEAD] for row in rows),
        "names": max(row[NAMES] for row in rows),
        "numbers": max(row[NUMBERS] for row in rows),
        "time": math.exp(-(gap**2) / (2 * policy.sigma_days**2)) if dated else 0.0,
        "undated": 0.0 if dated else 1.0,
        "size": math.log(candidate.size),
    }


def field_views(views: Sequence[dict[str, float]]) -> list[dict[str, float]]:
    """Each event's views, with its standing among the other candidates added."""
    bodies = [view["body"] for view in views]
    total = math.fsum(bodies)
    ranked = sorted(bodies, reverse=True)
    top, second = ranked[0], ranked[1] if len(ranked) > 1 else 0.0
    standing = []
    for view, body in zip(views, bodies, strict=True):
        others = (total - body) / (len(bodies) - 1) if len(bodies) > 1 else 0.0
        standing.append({**view, "margin": body - others, "rival": second if body == top else top})
    return standing
