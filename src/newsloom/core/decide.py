"""(story, candidates, policy) -> decision: a pure function."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np

from newsloom.core.copies import AS_MUCH, NEXT_TO_NOTHING, distance, extends, is_copy, overlap
from newsloom.core.identity import tells_its_place
from newsloom.core.likeness import BODY, NAMES, Lens, Query, likeness
from newsloom.core.model import Candidate, Decision, Member, Outcome, Profile
from newsloom.core.packed import Floats
from newsloom.core.policy import VIEWS, Policy
from newsloom.core.text import cased
from newsloom.core.views import blend, crowding, in_window, pair_views, surroundings


@dataclass(frozen=True, slots=True)
class Earlier:
    """A story of the earlier version of an article."""

    event: str
    member: Member


class Copy(NamedTuple):
    """Another story that shares text with this one."""

    event: str
    member: Member
    distance: int  #: bits
    overlap: float  #: 0..1


@dataclass(frozen=True, slots=True)
class Rank:
    """How a candidate stands with a story, among the other candidates."""

    event: str
    score: float  #: logits
    needed: float  #: logits that it has to reach
    views: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Field:
    """All candidates, as one story sees them."""

    crowd: float  #: how crowded it is around the story, as one of none of them
    crowds: Mapping[str, float]  #: the same as one of each
    ranks: tuple[Rank, ...]  #: the best first: those that clear what they have to reach, by their scores
    #: Stories of the best that tell the same in much the same words, the nearest first.
    rewritten: tuple[str, ...]


def event_id(story_id: str) -> str:
    """Id of the event that this story opens: 16 hex digits. It never changes."""
    return hashlib.blake2b(story_id.encode(), digest_size=8, person=b"event").hexdigest()


def decide(
    query: Query,
    candidates: Sequence[Candidate],
    policy: Policy,
    *,
    copies: Sequence[Candidate] = (),
    earlier: Sequence[Earlier] = (),
    seen: int = 0,
) -> Decision:
    """Decide what becomes of a story: a revision, a copy, one more telling, or a new event.

    ``copies`` are stories that it may be a copy of, and nothing more, of whatever age, beside those of the candidates;
    ``earlier`` those of the article's earlier version, ``seen`` the number of stories decided so far. The first rule that
    holds decides; the evidence of all goes with it.
    """
    story = query.story
    revised = _revised(query, earlier, policy)
    closest, copied = _closest(query, [*candidates, *copies], policy)
    young = [candidate for candidate in candidates if in_window(story, candidate, policy)]
    found = compare(query, young, policy, seen)
    best, second = (*found.ranks, None, None)[:2]
    threshold = best.needed if best else float(_needed(np.zeros(1), story.language, policy, seen)[0])
    links: dict[str, Any] = {}
    if revised:
        outcome, event = Outcome.REVISION, revised.event
        closest = _beside(query.profile, revised.event, revised.member)
        links = {"revision_of": revised.member.story}
    elif closest and copied:
        outcome, event = Outcome.DUPLICATE, closest.event
        longer = extends(query.profile, closest.member.profile)
        links = {"duplicate_of": closest.member.story, "redundant": not longer}
    elif best and best.score >= threshold:
        outcome, event = Outcome.ATTACH, best.event
        if found.rewritten:
            links = {"rewrite_of": found.rewritten[0], "redundant": len(found.rewritten) > 1}
    else:
        outcome, event = Outcome.OPEN, event_id(story.id)
    return Decision(
        story=story.id,
        event=event,
        outcome=outcome,
        policy=policy.version,
        threshold=threshold,
        candidates=len(candidates),
        closest=closest.member.story if closest else None,
        distance=closest.distance if closest else None,
        overlap=closest.overlap if closest else None,
        crowd=found.crowds.get(event, found.crowd),
        best=best.event if best and best.event != event else None,
        score=best.score if best else None,
        margin=best.score - second.score if best and second else None,
        runner_up=second.event if second else None,
        runner_up_score=second.score if second else None,
        features=best.views if best else {},
        **links,
    )


def compare(query: Query, candidates: Sequence[Candidate], policy: Policy, seen: int) -> Field:
    """The candidates by the join rule.

    Each member of each is scored as a pair with the story: logits = intercept + coefficients . views.
    An event's score is the mean of its members', weighed by how much each has to say, leaning on the best; and of
    many members, what they say together.
    """
    members = [member for candidate in candidates for member in candidate.members]
    if not members:
        return Field(crowding((), policy), {}, (), ())
    lens = Lens.of(query)
    alike = likeness(lens, members)
    crowds, around = surroundings(lens, candidates, alike, policy)
    sizes = [len(candidate.members) for candidate in candidates]
    pairs = pair_views(lens, members, alike, policy, around, crowds=np.repeat(crowds, sizes))
    views = blend(pairs, score(pairs, policy), [candidate.members for candidate in candidates], policy)
    scores = score(views, policy).tolist()
    needed = _needed(views[:, NAMES], query.story.language, policy, seen).tolist()
    # What clears its own bar comes before what scores more and does not: names may be all that it lacks.
    order = sorted(
        range(len(candidates)),
        key=lambda at: (scores[at] < needed[at], -scores[at], candidates[at].event),
    )
    rows = views.tolist()
    ranks = tuple(
        Rank(candidates[at].event, scores[at], needed[at], dict(zip(VIEWS, rows[at], strict=True)))
        for at in order
    )
    best = order[0]
    before = sum(sizes[:best])
    bodies = pairs[before : before + sizes[best], BODY].tolist()
    rewritten = _rewritten(candidates[best], bodies, policy)
    by_event = {candidate.event: crowd for candidate, crowd in zip(candidates, crowds, strict=True)}
    return Field(around.crowd, by_event, ranks, rewritten)


def _rewritten(candidate: Candidate, bodies: Sequence[float], policy: Policy) -> tuple[str, ...]:
    """Which of an event's stories the one in question is a rewrite of, by how alike it is to each."""
    told = zip(bodies, (member.story for member in candidate.members), strict=True)
    near = sorted((one for one in told if one[0] >= policy.min_rewrite), reverse=True)
    return tuple(story for _, story in near)


def score(views: Floats, policy: Policy) -> Floats:
    """Logits of each row of views, of pairs or of events."""
    coefficients = np.array([policy.coefficients.get(name, 0.0) for name in VIEWS])
    return np.asarray(policy.intercept + (views * coefficients).sum(axis=-1))


def bar(language: str, policy: Policy) -> float:
    """Logits that an event has to reach, once enough is known."""
    return policy.threshold if cased(language) else policy.threshold + policy.uncased


def _needed(names: Floats, language: str, policy: Policy, seen: int) -> Floats:
    """Logits that an event has to reach, by how alike its names are."""
    return bar(language, policy) + caution(names, policy.caution, policy.caution_stories, policy, seen)


def caution(alike: Floats, most: float, stories: float, policy: Policy, seen: int) -> Floats:
    """(n,) logits, up to ``most``, that have to be reached beyond the bar, by cosines of what tells from the first story on.

    While the weights rest on few stories, what is commonplace in this stream still looks telling, and look-alikes
    would chain. Names are telling at once: what shares few of them has to be more alike in everything else. After
    so many ``stories`` the caution is 1/e of what it was.
    """
    return np.asarray(most * math.exp(-seen / stories) * np.maximum(0.0, 1.0 - alike / policy.caution_alike))


def _beside(mine: Profile, event: str, member: Member) -> Copy:
    """Another story of an event, and how much text they share."""
    theirs = member.profile
    return Copy(event, member, distance(mine.simhash, theirs.simhash), overlap(mine, theirs))


def _closest(query: Query, candidates: Sequence[Candidate], policy: Policy) -> tuple[Copy | None, bool]:
    """The story that shares most with this one, and whether it is its copy: if it is a copy of any, then that of those.

    Of those that share as much, as far as samples tell, the one with the nearest fingerprint: what holds its original
    and more shares no less with a copy of that. Of equals the one that arrived first, whatever dates say. A notice that
    stands in this story as a whole shares more with it than its original does; and who shares next to nothing but that
    notice is no original of it either.
    """
    mine = query.profile
    near = [
        _beside(mine, candidate.event, member) for candidate in candidates for member in candidate.members
    ]
    near.sort(key=lambda one: (-one.overlap, one.distance, one.member.arrived_s, one.member.story))
    of_house: frozenset[int] = frozenset()
    copies: list[Copy] = []
    for one in takewhile(lambda one: one.overlap >= policy.min_overlap, near):
        shared = mine.sketch & one.member.profile.sketch
        if not is_copy(mine, one.member.profile, policy):
            of_house |= shared
        elif len(shared - of_house) > len(shared) * NEXT_TO_NOTHING:
            copies.append(one)
    if not copies:
        return (near[0] if near else None), False
    as_much = takewhile(lambda one: one.overlap >= copies[0].overlap - AS_MUCH, copies)
    return min(as_much, key=lambda one: (one.distance, one.member.arrived_s, one.member.story)), True


def _revised(query: Query, earlier: Sequence[Earlier], policy: Policy) -> Earlier | None:
    """Which story of the article's earlier version this one replaces.

    An article of one story then and now, under one address, is the plain case. Otherwise the part with most
    text in common, where there is enough of it; a part without one is a story that was added, and a file that
    has nothing in common with what stood under its name is another article.
    """
    if not earlier:
        return None
    if len(earlier) == 1 and query.story.parts == 1 and tells_its_place(query.story.article):
        return earlier[0]
    overlaps = [overlap(query.profile, one.member.profile) for one in earlier]
    found = max(range(len(earlier)), key=lambda i: (overlaps[i], earlier[i].member.story))
    return earlier[found] if overlaps[found] >= policy.min_overlap / 2 else None
