"""The second look's rule: whether two events are one, and whether one event holds two.

Every pair of stories is scored by the join rule, both measured by the term weights of now, each with
the crowd that is around it now. Two events are one if :func:`linkage` says so and a quorum of their
cross pairs one by one; an event holds two if agglomerating its members by the same measure, as average
linkage does (Sokal & Michener 1958), leaves them apart. Pure: the caller recalls.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product, starmap
from operator import mul
from typing import NamedTuple

import numpy as np

from newsloom.core.copies import filled_in, overlap
from newsloom.core.decide import bar, caution, score
from newsloom.core.describe import reweighed
from newsloom.core.likeness import LEAD, NAMES, TITLE, Lens, Query, likeness
from newsloom.core.model import Article, Candidate, Member, Story
from newsloom.core.packed import Floats
from newsloom.core.policy import Policy
from newsloom.core.views import (
    Surroundings,
    gap_days,
    gathered,
    nearest_days,
    pair_views,
    pull,
    surroundings,
    weight,
)


class Pair(NamedTuple):
    """How alike one story is to another."""

    clears: float  #: logits above what is needed
    views: Floats  #: (len(VIEWS),)


#: Windows that the dated stories of two events may lie apart. Of general news, half of it undated, parts two years apart were
#: one event in each of two cases; an archive's disasters of 1952 and 1957 are two.
BRIDGED = 3

Pairs = Mapping[tuple[str, str], Pair]  #: by their stories


@dataclass(frozen=True, slots=True)
class Union:
    """Why two events are one."""

    pairs: int  #: of a story of the one and a story of the other
    agreed: int  #: those that clear the bar
    clears: float  #: their :func:`linkage`, logits from what is needed


@dataclass(frozen=True, slots=True)
class Division:
    """Why an event holds two: the members that stay, and those that are another event."""

    stay: tuple[str, ...]
    leave: tuple[str, ...]
    clears: float  #: :func:`linkage` of the two, logits from what is needed


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
    return Query(story, reweighed([member.profile], weights)[0], weights)


def surroundings_of(
    lens: Lens, candidates: Sequence[Candidate], fellows: Collection[str], policy: Policy
) -> Surroundings:
    """What is around a story that is known already, itself left out; ``fellows`` are stories of its event."""
    mine = lens.query.story.id
    events = [
        replace(candidate, members=tuple(member for member in candidate.members if member.story != mine))
        for candidate in candidates
    ]
    others = [member for event in events for member in event.members]
    crowds, around = surroundings(lens, events, likeness(lens, others), policy)
    for crowd, event in zip(crowds, events, strict=True):
        if any(member.story in fellows for member in event.members):
            return replace(around, crowd=crowd)
    return around


def pairs(
    lenses: Sequence[Lens],
    around: Sequence[Surroundings],
    members: Sequence[Member],
    policy: Policy,
    seen: int,
) -> dict[tuple[str, str], Pair]:
    """Each story with each member, itself left out, after so many stories.

    With less of the caution that a new story is met with while little is known, and none for what has a headline or a
    lead in common: a look measures both by what the stream has shown since, and what it finds wrong it puts right again.
    """
    found: dict[tuple[str, str], Pair] = {}
    for lens, near in zip(lenses, around, strict=True):
        name = lens.query.story.id
        others = [member for member in members if member.story != name]
        views = pair_views(lens, others, likeness(lens, others), policy, near)
        alike = views[:, [TITLE, LEAD, NAMES]].max(axis=1)
        needed = bar(lens.query.story.language, policy) + caution(
            alike, policy.look_caution, policy.look_stories, policy, seen
        )
        logits = (score(views, policy) - needed).tolist()
        told = map(Pair, logits, views)
        found.update(((name, other.story), pair) for other, pair in zip(others, told, strict=True))
    return found


def linkage(found: Pairs, one: Sequence[Member], other: Sequence[Member], policy: Policy) -> float:
    """How surely two parts are one event, in logits: their cross pairs, against how each holds together.

    The mean of the cross pairs, leaning on the best, and what many say together, as an event's score has it; less a
    share of the mean within either part. What is as near to an event as its own stories are to each other belongs to
    it: of look-alike incidents each is told in much the same words, a long affair is not.
    """
    cross = list(product(one, other))
    logits = [_clears(found, *pair) for pair in cross]
    weights = [_weight(pair, policy) for pair in cross]
    mean = _sum(logits, weights) / math.fsum(weights)
    near = policy.best_share * max(logits) + (1 - policy.best_share) * mean
    pulls = pull(one) * pull(other)
    if pulls > 1.0:
        views = np.array([_views(found, *pair) for pair in cross])
        means = np.average(views, axis=0, weights=weights)
        blended = policy.best_share * views[logits.index(max(logits))] + (1 - policy.best_share) * means
        more = gathered(blended[None], means[None], np.array([pulls]), policy) - blended
        near += float(score(more, policy)[0] - policy.intercept)
    return near - policy.cohesion * (_within(found, one, policy) + _within(found, other, policy)) / 2


def _clears(found: Pairs, mine: Member, yours: Member) -> float:
    return (found[mine.story, yours.story].clears + found[yours.story, mine.story].clears) / 2


def _views(found: Pairs, mine: Member, yours: Member) -> Floats:
    return (found[mine.story, yours.story].views + found[yours.story, mine.story].views) / 2


def _weight(pair: tuple[Member, Member], policy: Policy) -> float:
    return weight(pair[0], policy) * weight(pair[1], policy)


def _within(found: Pairs, part: Sequence[Member], policy: Policy) -> float:
    """Mean logits of the pairs of a part; of what is missing to one pair of full weight, what is usual.

    A story and a page with no more than its headline are wholly alike, which says nothing of how its tellings
    are: weights are squared here. With such pages F1 is .86 for .84, and .92 for .88; see policy.py.
    """
    inside = list(combinations(part, 2))
    weights = [_weight(pair, policy) ** 2 for pair in inside]
    missing = max(0.0, 1.0 - math.fsum(weights))
    logits = [_clears(found, *pair) for pair in inside]
    return (missing * policy.lone + _sum(logits, weights)) / (missing + math.fsum(weights))


def _sum(values: Iterable[float], weights: Iterable[float]) -> float:
    return math.fsum(map(mul, values, weights))


def union(found: Pairs, one: Sequence[Member], other: Sequence[Member], policy: Policy) -> Union | None:
    """Whether two events are one.

    Against chaining: a story between two events is like a few of each, so a quorum of the cross pairs has
    to agree one by one. Of events that tell next to nothing neither can be known to be the other. An event takes no
    other that is as far away as a story must not be; what stories without a date bridge may be further apart, for
    of pages that tell half of their dates some tell wrong ones. And if a story of each fills in the same template, with other
    names and figures, they are two.
    """
    if any(max(len(member.profile.body) for member in part) < policy.merge_terms for part in (one, other)):
        return None
    nearest = min(starmap(gap_days, product(one, other)))
    if nearest > policy.window_days or nearest_days(one, other) > BRIDGED * policy.window_days:
        return None
    clears = linkage(found, one, other, policy)
    if clears < policy.merge_at:
        return None
    cross = list(product(one, other))
    agree = [_clears(found, *pair) >= policy.merge_at for pair in cross]
    weights = [_weight(pair, policy) for pair in cross]
    if _sum(agree, weights) < policy.merge_quorum * math.fsum(weights):
        return None
    profiles = [(mine.profile, yours.profile) for mine, yours in cross]
    if any(filled_in(*pair, overlap(*pair)) for pair in profiles):
        return None
    return Union(len(cross), sum(agree), clears)


def divide(found: Pairs, members: Sequence[Member], policy: Policy) -> Division | None:
    """Whether an event holds two. ``members`` in order of commit; the part of the first stays.

    Of three parts or more the one leaves that is least like all the rest, and that is left for the next look.
    """
    parts = [[member] for member in members]
    while len(parts) > 1:
        linked = {
            (i, j): linkage(found, parts[i], parts[j], policy) for i, j in combinations(range(len(parts)), 2)
        }
        into, joins = max(linked, key=linked.__getitem__)
        if linked[into, joins] < policy.split_at:
            break
        parts[into] += parts.pop(joins)
    rests = [[member for member in members if member not in part] for part in parts]
    apart = [
        (linkage(found, rest, part, policy), at)
        for at, (part, rest) in enumerate(zip(parts, rests, strict=True))
        if members[0] in rest
    ]
    clears, leaves = min(apart, default=(math.inf, 0))
    if clears >= policy.split_at:  # there is one part only, or none is far from all the rest together
        return None
    return Division(
        tuple(member.story for member in rests[leaves]),
        tuple(member.story for member in members if member in parts[leaves]),
        clears,
    )
