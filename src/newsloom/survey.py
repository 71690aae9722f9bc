"""What the stories of young events find around them, all measured by what is known by now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from newsloom.core.describe import measured
from newsloom.core.likeness import Lens, Query
from newsloom.core.model import Candidate, Member
from newsloom.core.policy import Policy
from newsloom.core.relook import Pair, ask, pairs, surroundings_of
from newsloom.core.views import Surroundings
from newsloom.core.weights import weigh
from newsloom.store.base import Store
from newsloom.store.values import Question

# Events recall each other, so what was measured for one is used for the next, up to so many.
_REMEMBERED = 5_000


@dataclass(slots=True)
class Knowledge:
    """The weights of now in one language, and stories measured by them."""

    store: Store
    policy: Policy
    language: str
    seen: int  #: stories of it
    weights: dict[str, float] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)  #: with the norms of now

    def learn(self, members: Iterable[Member]) -> None:
        """Ask for the weights of all terms that are new, and measure all stories that are, at once."""
        if len(self.members) > _REMEMBERED:
            self.weights.clear()
            self.members.clear()
        known = self.weights
        fresh = list(
            {member.story: member for member in members if member.story not in self.members}.values()
        )
        terms = {term for member in fresh for term in member.profile.body if term not in known}
        if terms:
            counts = self.store.counts(self.language, sorted(terms))
            known.update(weigh(counts, self.language, self.policy))
        self.members.update((member.story, member) for member in measured(fresh, known))

    def query(self, member: Member) -> Query:
        member = self.members[member.story]  # as it was measured: by now it may be kept by other terms
        weights = {term: self.weights[term] for term in member.profile.body}
        return ask(member, self.language, weights)

    def _question(self, query: Query) -> Question:
        return Question(query, query.keys(self.policy.recall_terms), self.policy.min_overlap)

    def survey(self, members: Sequence[Member]) -> "Survey":
        """What each of an event's members finds around it by now. The store keeps how crowded that is."""
        self.learn(members)
        lenses = [Lens.of(self.query(member)) for member in members]
        found = self.store.recall_all([self._question(lens.query) for lens in lenses])
        others = (member for one in found for candidate in one.candidates for member in candidate.members)
        self.learn([*members, *others])  # what is known of the first may just have been forgotten
        near = [[candidate.measured(self.members) for candidate in one.candidates] for one in found]
        names = {member.story for member in members}
        around = [
            surroundings_of(lens, found, names, self.policy) for lens, found in zip(lenses, near, strict=True)
        ]
        fresh = self._crowded(members, around)
        self.members |= {member.story: member for member in fresh}
        self.store.crowded(self.language, {member.story: member.crowd for member in fresh})
        return Survey(lenses, around, fresh, near)

    def beside(self, one: "Survey", other: Sequence[Member]) -> "Survey":
        """The same with ``other`` around each member too, as if all were of one event, whatever a look-up finds.

        A look-up passes over what lies out of its window, or beyond its caps. Judged without each other around
        them, while their union is judged with, two events would be merged and split for ever.
        """
        self.learn([*one.members, *other])
        around, names = [], set(one.names)
        for lens, near in zip(one.lenses, one.near, strict=True):
            known = {member.story for candidate in near for member in candidate.members}
            rest = tuple(self.members[member.story] for member in other if member.story not in known)
            around.append(surroundings_of(lens, [*near, Candidate("", len(rest), rest)], names, self.policy))
        return replace(one, surroundings=around, members=self._crowded(one.members, around))

    def _crowded(self, members: Sequence[Member], around: Sequence[Surroundings]) -> list[Member]:
        return [
            replace(self.members[member.story], crowd=near.crowd)
            for member, near in zip(members, around, strict=True)
        ]

    def pairs(self, one: "Survey", other: Sequence[Member]) -> dict[tuple[str, str], Pair]:
        return pairs(one.lenses, one.surroundings, other, self.policy, self.seen)

    def between(self, one: "Survey", other: "Survey") -> dict[tuple[str, str], Pair]:
        """Of all pairs of two events, across them and within either, both ways."""
        both = [*one.members, *other.members]
        return self.pairs(one, both) | self.pairs(other, both)


@dataclass(frozen=True, slots=True)
class Survey:
    """An event's members and what each finds around it, measured by what is known now."""

    lenses: Sequence[Lens]
    surroundings: Sequence[Surroundings]
    members: Sequence[Member]
    near: Sequence[Sequence[Candidate]]  #: events that each of them finds, its own among them

    @property
    def around(self) -> dict[str, Candidate]:
        """Events that any of them finds, their own among them."""
        return {candidate.event: candidate for found in self.near for candidate in found}

    @property
    def names(self) -> list[str]:
        return [member.story for member in self.members]
