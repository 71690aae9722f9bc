"""What a second look or a person asks a store for: events as they stand, and what becomes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from newsloom.core.model import Member
from newsloom.store.values import Stored


@dataclass(frozen=True, slots=True)
class Young:
    """Events that are due for a second look, those due first in front."""

    version: int  #: of the index: the number of changes it has seen
    events: tuple[tuple[str, int], ...]  #: event, and the version at which it was due


class Headline(NamedTuple):
    """What an event is called, and by which story: its first one with a headline, in the newest version of that."""

    title: str  #: where that story has none, how it begins; empty where it is of no story any more
    story: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An event as it stood when it was read, by whoever thinks of changing who is in it."""

    event: str
    language: str
    version: int  #: of the index, before the rest was read
    size: int
    first_s: float
    last_s: float
    dated: bool  #: whether these two are times of publication
    headline: Headline
    members: tuple[Member, ...]
    began: tuple[int, ...]  #: where its first story stands, as :func:`rank` tells; () if that is gone
    joined: bool  #: whether a person merged another into it: it is one event
    parted: bool  #: whether a person opened it with what was in another: it is part of no other


@dataclass(frozen=True, slots=True)
class Reassignment:
    """Stories that go from one event to another, and what is told of it.

    Nothing stays: the two are merged, and ``source`` is a pointer from then on. ``target`` is None: a
    new event.
    """

    source: Standing
    target: Standing | None
    into: str  #: the target's id
    moving: tuple[Stored, ...]  #: in order, as they are from now on but for their event
    staying: tuple[Stored, ...]  #: the rest of the source
    by_hand: bool
    merges: bool  #: whether two events are one from now on; not where a person moved a story that was alone
    record: Mapping[str, Any]  #: of the merge or the split, for the stream; empty for a lone move
    moves: tuple[Mapping[str, Any], ...]  #: the record of each story that moves

    @property
    def kind(self) -> str:
        """What happens, in the words of the stream."""
        if not self.staying:
            return "event_merged"
        return "event_split" if self.target is None else "story_moved"

    def due(self, version: int) -> tuple[int | None, int | None]:
        """Version at which source and target are to be looked at again; None: never.

        At once: what has grown may be like others now, and so may the part that left.
        """
        return (version + 2 if self.staying else None), version + 2


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A story that goes for good, and what is told of it."""

    source: Standing  #: the event that it is in
    story: Stored
    staying: tuple[Stored, ...]  #: the rest of that, in order
    changed: tuple[Stored, ...]  #: of those what was linked to it, as it is from now on
    records: tuple[tuple[str, Mapping[str, Any]], ...]  #: type and record, for the stream
