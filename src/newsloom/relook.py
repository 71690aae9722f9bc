"""The second look: young events are gone over again, with what is known by now."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from newsloom.core.describe import reweighed
from newsloom.core.model import Candidate, Member
from newsloom.core.policy import Policy
from newsloom.core.relook import Ballot, Division, ask, closer, divide, favourite, union, vote
from newsloom.core.views import DAY_S, Query
from newsloom.core.weights import weigh
from newsloom.errors import Conflict
from newsloom.reassigning import Changed, merge, older, part
from newsloom.store.base import Standing, Store, Stored
from newsloom.telling import evidence_of

# Events recall each other, so what was measured for one is used for the next, up to so many.
_REMEMBERED = 5_000


@dataclass(slots=True)
class _Knowledge:
    """The weights of now in one language, and stories measured by them."""

    store: Store
    policy: Policy
    language: str
    seen: int = 0  #: stories that the weights rest on
    weights: dict[str, float] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def learn(self, members: Iterable[Member]) -> None:
        """Ask for the weights of all terms that are new, at once."""
        if len(self.members) > _REMEMBERED:
            self.weights.clear()
            self.members.clear()
        terms = {term for member in members for term in member.profile.body} - self.weights.keys()
        if terms or not self.seen:
            counts = self.store.counts(self.language, sorted(terms))
            self.seen = counts.stories
            self.weights |= weigh(counts, self.language, self.policy)

    def query(self, member: Member) -> Query:
        weights = {term: self.weights[term] for term in member.profile.body}
        return ask(member, self.language, weights)

    def measured(self, candidate: Candidate) -> Candidate:
        members = []
        for member in candidate.members:
            if member.story not in self.members:
                profile = reweighed(member.profile, self.weights)
                self.members[member.story] = replace(member, profile=profile)
            members.append(self.members[member.story])
        return replace(candidate, members=tuple(members))


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Merges the events that turn out to be one, and splits the one that turns out to hold two."""

    store: Store
    policy: Policy
    now: Callable[[], float] = time.time  #: POSIX seconds

    def look(self, limit: int, go_on: Callable[[], bool] = lambda: True) -> list[Changed]:
        """Go over the events that are due, at most so many, in all languages; returns what was changed.

        ``go_on`` is asked before each event. Raises ``StoreUnavailable``; what was changed before
        stays changed.
        """
        return list(self.changes(limit, go_on))

    def changes(self, limit: int, go_on: Callable[[], bool] = lambda: True) -> Iterator[Changed]:
        """The same, each change told as it is made."""
        languages = self.store.languages()
        for at, language in enumerate(languages):
            # An equal share for each; what one leaves the next may have.
            young = self.store.young(language, max(1, limit // (len(languages) - at)))
            known = _Knowledge(self.store, self.policy, language)
            for event, due in young.events[:limit]:
                if not go_on():
                    return
                limit -= 1
                try:
                    changed = self._event(known, event, due, young.version)
                except Conflict:
                    continue  # a story has joined meanwhile; it is still due
                if changed is not None:
                    yield changed

    def _event(self, known: _Knowledge, event: str, due: int, version: int) -> Changed | None:
        standing = self.store.standing(known.language, event)
        if standing is None or standing.hand or not standing.members:
            self.store.looked(known.language, event, due, None)
            return None
        changed = self._merge(known, standing) or self._split(known, standing)
        if changed is None:
            latest_s = max(member.arrived_s for member in standing.members)
            old = self.now() - latest_s > self.policy.window_days * DAY_S
            self.store.looked(known.language, event, due, None if old else 2 * version)
        return changed

    def _merge(self, known: _Knowledge, one: Standing) -> Changed | None:
        ours = self._votes(known, one)
        choice = favourite(ours)
        other = self.store.standing(known.language, choice) if choice is not None else None
        if other is None or other.hand:
            return None
        votes = sum(ballot.choice == other.event for ballot in ours)
        if votes + len(other.members) < self.policy.merge_quorum * (len(ours) + len(other.members)):
            return None  # out of reach, whatever the other side says
        found = union(one.event, ours, other.event, self._votes(known, other), self.policy)
        if found is None:
            return None
        evidence = evidence_of(
            votes=found.votes,
            voters=found.voters,
            quorum=self.policy.merge_quorum,
            clears=found.clears,
            margin=self.policy.merge_margin,
            policy=self.policy.version,
        )
        survivor, loser = older(one, other)
        return merge(self.store, loser, survivor, evidence)

    def _votes(self, known: _Knowledge, standing: Standing) -> list[Ballot]:
        known.learn(standing.members)
        ballots = []
        for member in standing.members:
            query = known.query(member)
            terms = query.keys(self.policy.index_terms)
            recalled = self.store.recall(query, terms, self.policy.max_distance_bits)
            known.learn(m for candidate in recalled.candidates for m in candidate.members)
            candidates = [known.measured(candidate) for candidate in recalled.candidates]
            ballots.append(vote(query, candidates, standing.event, self.policy, known.seen))
        return ballots

    def _split(self, known: _Knowledge, standing: Standing) -> Changed | None:
        known.learn(standing.members)
        members = known.measured(standing.candidate).members
        queries = [known.query(member) for member in standing.members]
        division = divide(queries, members, self.policy, known.seen)
        if division is None:
            return None
        stories = self.store.stories_of(known.language, standing.event)
        evidence = evidence_of(
            cross=division.cross,
            within=division.within,
            margin=self.policy.split_margin,
            policy=self.policy.version,
        )
        return part(self.store, standing, stories, self._leaving(known, division, stories), evidence)

    def _leaving(self, known: _Knowledge, division: Division, stories: tuple[Stored, ...]) -> frozenset[str]:
        """The stories of the second part: its members, and whatever follows them."""
        sides = {m.story: side for side, members in enumerate(division.parts) for m in members}
        for story in stories:  # in order of commit: what a copy or a version follows came before it
            name, follows = story.member.story, story.duplicate_of or story.revision_of
            if name in sides:
                continue
            if follows in sides:
                sides[name] = sides[follows]
            else:
                known.learn([story.member])
                sides[name] = closer(known.query(story.member), division, self.policy, known.seen)
        return frozenset(name for name, side in sides.items() if side == 1)
