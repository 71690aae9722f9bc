"""The second look's rule: whether two events are one, and whether one event holds two.

Every member of an event is asked anew, by the join rule and under the term weights of now, where it
would go if its own event were not there. Pure: the caller recalls.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsloom.core.decide import rank
from newsloom.core.describe import reweighed
from newsloom.core.model import Article, Candidate, Member, Story
from newsloom.core.policy import Policy
from newsloom.core.views import Query, in_window

MIN_DIVIDED = 3  #: members; of two, each would stand alone


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one member says, asked anew."""

    story: str
    choice: str | None  #: event that it votes for; None where none is alike enough
    clears: float = 0.0  #: logits of that event above what is needed


@dataclass(frozen=True, slots=True)
class Union:
    """Why two events are one."""

    votes: int  #: members of either that vote for the other
    voters: int  #: members of both
    clears: float  #: mean logits of the votes above what is needed


@dataclass(frozen=True, slots=True)
class Division:
    """Why an event holds two: its members in two parts."""

    parts: tuple[tuple[Member, ...], tuple[Member, ...]]
    cross: float  #: mean logits of pairs across the parts, from what is needed: below 0 is unlike
    within: float  #: the same of pairs inside the parts


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


def vote(query: Query, candidates: Sequence[Candidate], own: str, policy: Policy, seen: int) -> Ballot:
    """Where the member would go if its own event were not there, and by how much."""
    others = [c for c in candidates if c.event != own and in_window(query.story, c, policy)]
    ranking = rank(query, others, policy, seen)
    if ranking and ranking[0].clears >= policy.merge_margin:
        return Ballot(query.story.id, ranking[0].event, ranking[0].clears)
    return Ballot(query.story.id, None)


def favourite(ballots: Sequence[Ballot]) -> str | None:
    """The event with most votes; of equals the smaller id."""
    votes = Counter(ballot.choice for ballot in ballots if ballot.choice is not None)
    return min(votes, key=lambda event: (-votes[event], event), default=None)


def union(
    one: str, ours: Sequence[Ballot], other: str, theirs: Sequence[Ballot], policy: Policy
) -> Union | None:
    """Whether two events are one: a quorum of the members of both say so, and someone on each side.

    Against chaining: a story between two events is like a few of each, and no quorum comes of it.
    """
    mine = [ballot.clears for ballot in ours if ballot.choice == other]
    yours = [ballot.clears for ballot in theirs if ballot.choice == one]
    votes, voters = len(mine) + len(yours), len(ours) + len(theirs)
    if not mine or not yours or votes < policy.merge_quorum * voters:
        return None
    return Union(votes, voters, math.fsum(mine + yours) / votes)


def divide(queries: Sequence[Query], members: Sequence[Member], policy: Policy, seen: int) -> Division | None:
    """Whether an event holds two, and which of its members belong together.

    ``members`` are what is asked by ``queries``, measured by the same weights. Each pair is scored
    as a story and an event of one member, with no rival: that is generous, so what falls short of it
    is unlike indeed. No pair across the parts may reach what is needed, their mean has to be below
    it by a margin, and each member nearer to its own part.
    """
    if len(members) < MIN_DIVIDED:
        return None
    alike = {
        (i, j): rank(queries[i], [Candidate("", 1, (members[j],))], policy, seen)[0].clears
        for i in range(len(members))
        for j in range(i)
    }

    def mean(some: Sequence[int], others: Sequence[int]) -> float:
        pairs = [alike[max(i, j), min(i, j)] for i in some for j in others if i != j]
        return math.fsum(pairs) / len(pairs)

    parts = [[i] for i in range(len(members))]
    while len(parts) > 2:  # average linkage
        places = [(i, j) for i in range(len(parts)) for j in range(i + 1, len(parts))]
        into, joins = max(places, key=lambda at: mean(parts[at[0]], parts[at[1]]))
        parts[into] += parts.pop(joins)
    one, other = sorted(map(sorted, parts))
    cross = mean(one, other)
    linked = any(alike[max(i, j), min(i, j)] >= 0.0 for i in one for j in other)
    torn = any(
        mean([i], part) <= mean([i], rest)
        for part, rest in ((one, other), (other, one))
        if len(part) > 1
        for i in part
    )
    if linked or torn or cross >= -policy.split_margin:
        return None
    inside = [alike[i, j] for part in (one, other) for i in part for j in part if j < i]
    return Division(
        parts=(tuple(members[i] for i in one), tuple(members[i] for i in other)),
        cross=cross,
        within=math.fsum(inside) / len(inside),
    )


def closer(query: Query, division: Division, policy: Policy, seen: int) -> int:
    """Which part a story belongs to that is no member: 0 or 1."""
    parts = [Candidate(str(i), len(part), part) for i, part in enumerate(division.parts)]
    return int(rank(query, parts, policy, seen)[0].event)
