"""What killed a worker: whatever was begun and has no end. Attempts are counted, for a message comes again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from newsloom.store.base import Store
from newsloom.store.quarantine import Taken
from newsloom.work import Work


@dataclass(frozen=True, slots=True)
class Attempts:
    """Counts how often files, records and batches are begun. Raises ``StoreUnavailable``."""

    store: Store
    most: int  #: what was begun this often without an end is refused
    interrupted: set[str] = field(default_factory=set)  #: begun when Redis was gone: no deaths

    def begin(self, work: Work, name: str) -> bool:
        """Count an attempt, which is a death unless it is settled; False if there were too many."""
        work.in_hand = name
        if self.store.attempt(name) <= self.most:
            return True
        work.deadly.append(name)
        return False

    def first(self, name: str) -> bool:
        """Count an attempt at what is decided together; False if a worker died over it before."""
        return self.store.attempt(name) == 1

    def tried(self, works: Sequence[Work]) -> list[int]:
        """How often each was begun without an end."""
        return self.store.tried([work.begun for work in works])

    def settled(self, *names: str, clean: Sequence[Taken] = ()) -> None:
        """These have their outcome; files and records that are clean leave the quarantine list as well.

        What was refused for its deaths is settled when its message is done, to be tried anew in another. Not before:
        a later death brings the whole message again, and with it each deadly file.
        """
        self.store.settled(*names, clean=clean)

    def forget_interrupted(self) -> None:
        """Redis is there again: what was in hand when it went has killed nobody."""
        self.store.settled(*self.interrupted)
        self.interrupted.clear()
