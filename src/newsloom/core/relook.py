"""The second look's rule: whether two events are one, and whether one event holds two.

Every pair of stories is scored by the join rule, both measured by the term weights of now, each with
the crowd that is around it now. Two events are one if their cross pairs say so on average and a quorum
of them one by one; an event holds two if average linkage (Sokal & Michener 1958) leaves its members
apart. Pure: the caller recalls.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsloom.core.decide import clears
from newsloom.core.describe import reweighed
from newsloom.core.model import Article, Candidate, Member, Story
from newsloom.core.policy import Policy
from newsloom.core.views import BODY, Lens, Query, crowding, likeness, pair_views

Logits = Mapping[tuple[str, str], float]  #: story, story -> logits above what is needed


@dataclass(frozen=True, slots=True)
class Union:
    """Why two events are one."""

    pairs: int  #: of a story of the one and a story of the other
    agreed: int  #: those that clear the bar
    clears: float  #: mean logits above what is needed


@dataclass(frozen=True, slots=True)
class Division:
    """Why an event holds two: the members that stay, and those that are another event."""

    stay: tuple[str, ...]
    leave: tuple[str, ...]
    clears: float  #: mean logits of the pairs across, from what is needed


def ask(member: Member, language: str, weights: Mapping[str, float]) -> Query:
    """The member as a story that comes today: its norms under the weights of now."""
    article = Article(file="", text="", language=language, published_s=member.published_s)
    story = Story(
        id=member.story,
        article=article,
        language=language,
        part=0,
        parts=1,
        first_paragraph=0,
        paragraphs=(),
        title=None,
        published_s=member.published_s,
        arrived_s=member.arrived_s,
    )
    return Query(story, reweighed(member.profile, weights), weights)


def crowd_around(lens: Lens, candidates: Sequence[Candidate], policy: Policy) -> float:
    """How crowded it is around a story that is known already, itself left out."""
    others = [
        member
        for candidate in candidates
        for member in candidate.members
        if member.story != lens.query.story.id
    ]
    return crowding(likeness(lens, others)[:, BODY].tolist(), policy)


def pairs(
    lenses: Sequence[Lens], crowds: Sequence[float], members: Sequence[Member], policy: Policy, seen: int
) -> dict[tuple[str, str], float]:
    """Logits above what is needed of each story with each member, itself left out."""
    found = {}
    for lens, crowd in zip(lenses, crowds, strict=True):
        name = lens.query.story.id
        others = [member for member in members if member.story != name]
        views = pair_views(lens, others, likeness(lens, others), crowd, policy)
        logits = clears(views, policy, seen).tolist()
        found.update(((name, other.story), value) for other, value in zip(others, logits, strict=True))
    return found


def union(logits: Logits, one: Sequence[str], other: Sequence[str], policy: Policy) -> Union | None:
    """Whether two events are one.

    Against chaining: a story between two events is like a few of each, and neither mean nor quorum
    comes of it.
    """
    cross = [(logits[mine, yours] + logits[yours, mine]) / 2 for mine in one for yours in other]
    agreed = sum(value >= policy.merge_at for value in cross)
    mean = math.fsum(cross) / len(cross)
    if mean < policy.merge_at or agreed < policy.merge_quorum * len(cross):
        return None
    return Union(len(cross), agreed, mean)


def divide(logits: Logits, members: Sequence[str], policy: Policy) -> Division | None:
    """Whether an event holds two. ``members`` in order of commit; the part of the first stays.

    Of three parts or more, the rest is left for the next look.
    """

    def mean(some: Sequence[str], others: Sequence[str]) -> float:
        return math.fsum(logits[i, j] + logits[j, i] for i in some for j in others) / (
            2 * len(some) * len(others)
        )

    parts = [[member] for member in members]
    while len(parts) > 1:
        places = [(i, j) for i in range(len(parts)) for j in range(i + 1, len(parts))]
        into, joins = max(places, key=lambda at: mean(parts[at[0]], parts[at[1]]))
        if mean(parts[into], parts[joins]) < policy.split_at:
            break
        parts[into] += parts.pop(joins)
    if len(parts) == 1:
        return None
    stays = next(part for part in parts if members[0] in part)
    leaves = min((part for part in parts if part is not stays), key=lambda part: mean(stays, part))
    rest = [member for member in members if member not in leaves]
    return Division(tuple(rest), tuple(sorted(leaves, key=members.index)), mean(rest, leaves))
