"""The second look: young events are gone over again, with what is known by now."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog

from newsloom.core.policy import Policy
from newsloom.core.relook import divide, union
from newsloom.core.views import DAY_S
from newsloom.errors import Conflict, StoreDiffers, StoreUnavailable
from newsloom.reassigning import Changed, leaving_side, merge, older, part
from newsloom.store.base import Store
from newsloom.store.changes import Standing
from newsloom.store.values import Stored, compared, newer
from newsloom.survey import Knowledge, Survey
from newsloom.telling import evidence_of

log = structlog.get_logger()

# Events that an event is compared with in full: those nearest by what was known of them before, if
# they lack no more than so many logits.
_CHOICES = 3
_SLACK = 1.0
# A story that has moved so often lies between two events, as its surroundings change: it stays where it is.
_MOVES = 8


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
        return [changed for changed in self.changes(limit, go_on) if changed is not None]

    def changes(self, limit: int, go_on: Callable[[], bool] = lambda: True) -> Iterator[Changed | None]:
        """The same, each change told as it is made, and None for each event that it failed at.

        The language comes first that has waited longest: where one takes all the time, the next look takes the others.
        """
        languages = self.store.in_turn()
        for at, language in enumerate(languages):
            if not go_on():
                return
            self.store.takes_turn(language)  # before it: nothing may come after it
            # An equal share for each; what one leaves the next may have.
            young = self.store.young(language, max(1, limit // (len(languages) - at)))
            known = Knowledge(self.store, self.policy, language, young.version)
            for number, (event, due) in enumerate(young.events[:limit]):
                if number and not go_on():
                    return
                limit -= 1
                try:
                    changed = self._event(known, event, due, young.version)
                except Conflict:
                    continue  # a story has joined meanwhile; it is still due
                except Exception as error:
                    if isinstance(error, StoreUnavailable) and not isinstance(error, StoreDiffers):
                        raise
                    # A bug, or an event that takes all the time there is: the others have their turn.
                    log.exception("second_look_failed", event_id=event, language=language)
                    self.store.examined(language, event, due, 2 * young.version)
                    yield None
                    continue
                if changed is not None:
                    yield changed

    def _event(self, known: Knowledge, event: str, due: int, version: int) -> Changed | None:
        standing = self.store.standing(known.language, event)
        if standing is None or not standing.members:
            self.store.examined(known.language, event, due, None)
            return None
        survey = known.survey(standing.members)
        changed = self._split(known, standing, survey) or self._merge(known, standing, survey)
        if changed is None:
            latest_s = max(member.arrived_s for member in standing.members)
            old = self.now() - latest_s > self.policy.window_days * DAY_S
            self.store.examined(known.language, event, due, None if old else 2 * version)
        return changed

    def _merge(self, known: Knowledge, one: Standing, survey: Survey) -> Changed | None:
        if one.parted:
            return None
        for event in self._likely(known, one, survey):
            other = self.store.standing(known.language, event)
            if other is None or other.parted or not other.members:
                continue
            if not set(survey.names).isdisjoint(member.story for member in other.members):
                raise Conflict(f"a story of event {one.event} has gone to event {event} meanwhile")
            theirs = known.beside(known.survey(other.members), one.members)
            ours = known.beside(survey, other.members)
            found = union(known.between(ours, theirs), ours.members, theirs.members, self.policy)
            if found is not None:
                if self._placed(one):
                    return None
                if self._placed(other):
                    continue
                evidence = evidence_of(
                    pairs=found.pairs,
                    agreed=found.agreed,
                    clears=found.clears,
                    needed=self.policy.merge_at,
                    policy=self.policy.version,
                )
                survivor, loser = older(one, other)
                return merge(self.store, loser, survivor, evidence)
        return None

    def _placed(self, standing: Standing) -> bool:
        """Whether a person moved a story there: it may have been in what the event would be merged with."""
        return any(story.placed for story in self.store.stories_of(standing.language, standing.event))

    def _likely(self, known: Knowledge, one: Standing, survey: Survey) -> list[str]:
        """The events that may be the same, judged by the crowds of the time when they were seen last."""
        close = {}
        for event, candidate in survey.around.items():
            if event != one.event:
                found = known.pairs(survey, candidate.members)
                close[event] = max(pair.clears for pair in found.values())
        likely = [event for event, value in close.items() if value >= self.policy.merge_at - _SLACK]
        return sorted(likely, key=lambda event: (-close[event], event))[:_CHOICES]

    def _split(self, known: Knowledge, standing: Standing, survey: Survey) -> Changed | None:
        if standing.joined:
            return None
        division = divide(known.pairs(survey, survey.members), survey.members, self.policy)
        if division is None:
            return None
        stories = self.store.stories_of(known.language, standing.event)
        if any(story.placed for story in stories):
            return None
        sides = dict.fromkeys(division.stay, 0) | dict.fromkeys(division.leave, 1)
        # The newest version of the first story may have come after that of the other part.
        leaving = leaving_side(standing, stories, self._leaving(known, survey, sides, stories))
        if self._one_again(known, standing, stories, leaving):
            return None
        if max(self.store.times_moved(known.language, sorted(leaving)), default=0) >= _MOVES:
            return None
        evidence = evidence_of(
            clears=division.clears,
            needed=self.policy.split_at,
            policy=self.policy.version,
        )
        return part(self.store, standing, stories, leaving, evidence)

    def _one_again(
        self, known: Knowledge, standing: Standing, stories: tuple[Stored, ...], leaving: frozenset[str]
    ) -> bool:
        """Whether the parts would be merged again, for the members that each then keeps.

        A large event is compared by some of its stories only. Parts of it keep others as well, and where
        those are alike the event would be split and merged for ever.
        """
        members = [story.member for story in compared(stories)]
        if len(members) <= len(standing.members):
            return False  # the parts keep the same stories
        kept = []
        for gone in (False, True):
            side = [member for member in members if (member.story in leaving) is gone]
            kept.append(known.survey([*side[:1], *side[1:][1 - len(standing.members) :]]))
        if not all(one.members for one in kept):
            return False
        stay, leave = kept
        return union(known.between(stay, leave), stay.members, leave.members, self.policy) is not None

    def _leaving(
        self,
        known: Knowledge,
        survey: Survey,
        sides: dict[str, int],
        stories: tuple[Stored, ...],
    ) -> frozenset[str]:
        """The stories of the part that leaves: its members, their earlier versions, and whatever follows them."""
        versions = newer(stories)
        for story in reversed(stories):
            name = story.member.story
            if name not in sides and versions.get(name) in sides:
                sides[name] = sides[versions[name]]
        for story in stories:  # in order of commit: what a copy or a version follows came before it
            name, follows = story.member.story, story.duplicate_of or story.rewrite_of or story.revision_of
            if name in sides:
                continue
            if follows in sides:
                sides[name] = sides[follows]
            else:
                known.learn([story.member])
                found = known.pairs(survey, [known.members[story.member.story]])
                sides[name] = sides[max(found, key=lambda pair: (found[pair].clears, pair))[0]]
        return frozenset(name for name, side in sides.items() if side == 1)
