"""Merges, splits and moves as changes to a store, whoever decided them: the look or a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from newsloom.core.decide import event_id
from newsloom.errors import Conflict
from newsloom.store.base import Store
from newsloom.store.changes import Reassignment, Standing
from newsloom.store.reassign import headline_with, headline_without
from newsloom.store.values import Stored, rank
from newsloom.telling import merged, split, story_moved, told_by


@dataclass(frozen=True, slots=True)
class Changed:
    """A change that was made, and its records: of the whole first, if it has one, then of each story."""

    kind: str  #: what it made of the events: ``event_merged``, ``event_split``, or else ``story_moved``
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
    told = told_by(by_hand=by_hand, **evidence)
    stories = store.stories_of(loser.language, loser.event)
    moving = tuple(sorted((_in(survivor.event, one, placed=one.placed) for one in stories), key=rank))
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
            merges=True,
            record=merged(loser, survivor, moving, told),
            moves=tuple(story_moved(s, survivor.event, "event_merged", told) for s in moving),
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
    """Stories leave an event that lives on, and open a new one together. Raises ``Conflict``."""
    moving = tuple(replace(story, placed=False) for story in stories if story.member.story in leaving)
    staying = tuple(story for story in stories if story.member.story not in leaving)
    if not moving or not staying:
        raise Conflict(f"what was to leave event {source.event}, or to stay, has gone elsewhere")
    into = free_event(store, source.language, moving[0].member.story)
    told, because = told_by(by_hand=by_hand, **evidence), "moved" if by_hand else "event_split"
    return _made(
        store,
        Reassignment(
            source=source,
            target=None,
            into=into,
            moving=moving,
            staying=staying,
            by_hand=by_hand,
            merges=False,
            record=split(source, into, moving, staying, told),
            moves=tuple(story_moved(s, into, because, told) for s in moving),
        ),
    )


def leaving_side(source: Standing, stories: Sequence[Stored], side: frozenset[str]) -> frozenset[str]:
    """Which part of two gets a new event: ``side``, or where the first story is in it the other.

    Raises ``Conflict`` where the event has no stories any more.
    """
    if not stories:
        raise Conflict(f"event {source.event} has gone elsewhere")
    if stories[0].member.story in side:
        return frozenset(story.member.story for story in stories) - side
    return side


def move(
    store: Store, source: Standing, target: Standing, stories: Sequence[Stored], story: str, *, placed: bool
) -> Changed:
    """A person puts a story into another event; where it was alone, that is merged. Raises ``Conflict``.

    ``placed`` is false where the person only takes back what was moved by hand.
    """
    told, staying = told_by(by_hand=True), tuple(one for one in stories if one.member.story != story)
    moving = tuple(_in(target.event, one, placed=placed) for one in stories if one.member.story == story)
    if not moving:
        raise Conflict(f"story {story} has gone elsewhere")
    titles = {}
    if staying:
        titles["event_title"] = headline_with(target, moving).title
        titles["from_title"] = headline_without(source, moving, staying).title
    return _made(
        store,
        Reassignment(
            source=source,
            target=target,
            into=target.event,
            moving=moving,
            staying=staying,
            by_hand=True,
            merges=False,
            record={} if staying else merged(source, target, moving, told),
            moves=tuple(story_moved(one, target.event, "moved", told, **titles) for one in moving),
        ),
    )


def _in(event: str, story: Stored, *, placed: bool) -> Stored:
    """The story as one of that event; the one that opened it is at home there, whoever brought it back."""
    return replace(story, placed=placed and event_id(story.member.story) != event)


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
