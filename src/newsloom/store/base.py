"""What a store of events does. The memory and the Redis store pass one contract suite."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from newsloom.core.model import Counts, Repeated
from newsloom.store.changes import Forgetting, Reassignment, Standing, Young
from newsloom.store.values import (
    Asked,
    Caps,
    Commit,
    EventSummary,
    Known,
    Lesson,
    Place,
    Question,
    Recalled,
    Spoken,
    Stored,
)


class Store(Protocol):
    """Raises ``StoreUnavailable`` where Redis cannot be reached, in every method.

    A backend has a module for each of the three parts below: ``X.py``, ``X_reading.py``, ``X_upkeep.py``.
    """

    caps: Caps

    # -- the way of a story to its decision ---------------------------------------------------------

    def known(self, language: str, place: Place) -> Known:
        """How an article was cut and decided before, and its earlier version; all empty for a new one."""

    def counts(self, language: str, terms: Sequence[str]) -> Counts:
        """How many stories the stream has shown, and how many of them hold each of these terms."""

    def recall(self, question: Question) -> Recalled:
        """The events that a story may belong to, and the version of the index that they were read from."""

    def recall_all(self, questions: Sequence[Question]) -> list[Recalled]:
        """The same for several stories, in one round trip."""

    def commit(self, commit: Commit) -> None:
        """Write a decision, with all that follows from it, at once.

        Raises ``Conflict`` if anything it relied on has changed since the recall, if the story was
        committed meanwhile, or if the one it follows is in another event by now. Nothing is written
        then.
        """

    def learn(self, language: str, place: Place, lessons: Sequence[Lesson]) -> bool:
        """Learn what an article's stories show, at once, and that it was learned from: by its key.

        False if it was before, or if it was decided: then nothing changes.
        """

    def known_and_repeated(self, asked: Sequence[Asked]) -> list[tuple[Known, Repeated]]:
        """What is known of each of these articles, and what of it was seen before, in one round trip."""

    def spoken(self, place: Place, source: bytes) -> dict[str, Spoken]:
        """Of each language that has an index, what it knows of a page and of its source."""

    def commit_and_recall(self, commit: Commit, then: Question) -> Recalled:
        """Commit one decision, then recall for the next, in one round trip. Raises as `commit` does."""

    def decided(self, files: Sequence[str]) -> list[bool]:
        """Of files, or parts of them, by id, whether all their stories were decided not long ago."""

    # -- what was decided -------------------------------------------------------------------------

    def story(self, story_id: str) -> Stored | None: ...

    def event(self, event_id: str) -> EventSummary | None:
        """An event; of one that was merged into another, that other."""

    def events(self, language: str | None = None) -> Iterator[EventSummary]:
        """All events, or those of one language, in the order of their first story's commit within a language.

        They are read some hundred at a time: one may have changed since, and none is told twice.
        """

    def stories(self, language: str | None = None) -> Iterator[Stored]:
        """All stories, or those of one language, in the order of their commits within a language."""

    def languages(self) -> list[str]:
        """Codes of the languages that have an index, in order."""

    def stories_of(self, language: str, event: str) -> tuple[Stored, ...]:
        """The stories of an event in order, as `values.rank` tells, as far as they are still known."""

    def stats(self) -> dict[str, Any]:
        """Counts, as worker/README.md has them, down to ``forgotten`` since the beginning.

        ``languages`` and ``outcomes`` map a name to a count, all others are one. ``records`` are the Redis store's.
        """

    # -- who is in an event: by the second look, or by hand --------------------------------------

    def in_turn(self) -> list[str]:
        """The languages, the one first that has waited longest for the second look to come to it."""

    def takes_turn(self, language: str) -> None:
        """The second look has come to a language: by turns it is the last from now on."""

    def young(self, language: str, limit: int) -> Young:
        """Events that are due for a second look, at most so many."""

    def examined(self, language: str, event: str, due: int, again: int | None) -> None:
        """An event that was due at version ``due`` has been looked at: next time at version ``again``; None: never.

        Nothing changes if a story has joined since, which made it due anew.
        """

    def crowded(self, language: str, crowds: Mapping[str, float]) -> None:
        """Write down how crowded it is by now around stories, by id; those that are gone are passed over."""

    def standing(self, language: str, event: str) -> Standing | None:
        """An event as it stands; None where there is none, or it was merged into another."""

    def reassign(self, change: Reassignment) -> None:
        """Move stories from one event to another, with all that follows from it, at once.

        Raises ``Conflict`` if either event has changed since it was read, or was put by hand where it
        is and the change is not. Nothing is written then.
        """

    def forget(self, change: Forgetting) -> None:
        """Drop a story and what the stream told of it, as if it had expired, at once.

        Raises ``Conflict`` if its event has changed since it was read. Nothing is written then.
        """

    def moves(self, story: Stored) -> list[dict[str, Any]]:
        """The records of a story's latest moves, oldest first, as far as the stream still holds them.

        Of one that expired and came back only those since: where it is was decided anew.
        """

    def times_moved(self, language: str, stories: Sequence[str]) -> list[int]:
        """How often each story has gone from one event to another, counted up to 16."""
