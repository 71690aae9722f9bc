"""Merges, splits and moves as changes to a store, whoever decided them: the look or a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from newsloom.core.decide import event_id
from newsloom.errors import Conflict
from newsloom.store.base import Store
from newsloom.store.values import Reassignment, Standing, Stored
from newsloom.telling import PERSON, PROGRAM, merged, split, story_moved


@dataclass(frozen=True, slots=True)
class Changed:
    """A change that was made, and its records: of the whole first, if it has one, then of each story."""

    kind: str  #: ``event_merged``, ``event_split`` or ``story_moved``
    source: str
    target: str
    records: tuple[tuple[str, Mapping[str, Any]], ...]  #: type and record


def older(one: Standing, other: Standing) -> tuple[Standing, Standing]:
    """The one whose first story was committed first, then the other."""
    return (one, other) if (one.began, one.event) <= (other.began, other.event) else (other, one)


def merge(
    store: Store, loser: Standing, survivor: Standing, evidence: Mapping[str, Any], *, by_hand: bool = False
) -> Changed:
    """All of one event joins another. Raises ``Conflict``."""
    moving, by = store.stories_of(loser.language, loser.event), PERSON if by_hand else PROGRAM
    if not moving:
        raise Conflict(f"event {loser.event} has gone elsewhere")
    return _made(
        store,
        Reassignment(
            source=loser,
            target=survivor,
            into=survivor.event,
            moving=moving,
            staying=(),
            by_hand=by_hand,
            record=merged(loser, survivor, moving, by, evidence),
            moves=tuple(story_moved(s, survivor.event, "event_merged", by, evidence) for s in moving),
        ),
    )


def part(
    store: Store,
    source: Standing,
    stories: Sequence[Stored],
    leaving: frozenset[str],
    evidence: Mapping[str, Any],
    *,
    by_hand: bool = False,
) -> Changed:
    """Split an event in two: the part with its first story keeps the id. Raises ``Conflict``."""
    leaving = leaving_side(source, stories, leaving)
    moving = tuple(story for story in stories if story.member.story in leaving)
    if not moving:
        raise Conflict(f"what was to leave event {source.event} has gone elsewhere")
    into = free_event(store, source.language, moving[0].member.story)
    by = PERSON if by_hand else PROGRAM
    return _made(
        store,
        Reassignment(
            source=source,
            target=None,
            into=into,
            moving=moving,
            staying=tuple(story for story in stories if story.member.story not in leaving),
            by_hand=by_hand,
            record=split(source, into, moving, by, evidence),
            moves=tuple(story_moved(s, into, "event_split", by, evidence) for s in moving),
        ),
    )


def leaving_side(source: Standing, stories: Sequence[Stored], side: frozenset[str]) -> frozenset[str]:
    """Which stories get a new event when ``side`` is split off: those, or where the first is among them the others.

    Raises ``Conflict`` where the event has no stories any more.
    """
    if not stories:
        raise Conflict(f"event {source.event} has gone elsewhere")
    if stories[0].member.story in side:
        return frozenset(story.member.story for story in stories) - side
    return side


def move(store: Store, source: Standing, target: Standing, stories: Sequence[Stored], story: str) -> Changed:
    """A person puts one story of several into another event. Raises ``Conflict``."""
    moving = tuple(one for one in stories if one.member.story == story)
    if not moving:
        raise Conflict(f"story {story} has gone elsewhere")
    return _made(
        store,
        Reassignment(
            source=source,
            target=target,
            into=target.event,
            moving=moving,
            staying=tuple(one for one in stories if one.member.story != story),
            by_hand=True,
            record={},
            moves=tuple(story_moved(one, target.event, "moved", PERSON, {}) for one in moving),
        ),
    )


def _made(store: Store, change: Reassignment) -> Changed:
    store.reassign(change)
    whole = [(change.kind, change.record)] if change.record else []
    moves = [("story_moved", record) for record in change.moves]
    return Changed(change.kind, change.source.event, change.into, (*whole, *moves))


def free_event(store: Store, language: str, story: str) -> str:
    """The id of the event that the story opens, or one that is not in use.

    One that was merged away comes back under its own name.
    """
    event = event_id(story)
    while store.standing(language, event) is not None:
        event = event_id(event)
    return event
