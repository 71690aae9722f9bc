"""What killed a worker: whatever was begun and has no end. Attempts are counted, for a message comes again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import structlog

from newsloom.errors import Conflict, NotNow, StoreUnavailable
from newsloom.store.quarantine import Quarantine, Taken

log = structlog.get_logger()


class Attempts:
    """Counts how often files, records and batches are begun. Raises ``StoreUnavailable``.

    What was begun ``most`` times without an end is refused.
    """

    def __init__(self, quarantine: Quarantine, most: int) -> None:
        self.quarantine = quarantine
        self.most = most
        # Of the message that this process has in hand, by the names that they are counted under:
        self._begun: set[str] = set()  # without an end so far
        self._deadly: set[str] = set()  # begun too often before
        # Of the one before, which comes again for no death of theirs, and while Redis was gone.
        self._interrupted: set[str] = set()

    @contextmanager
    def message(self) -> Iterator[None]:
        """While a message is in hand: what is begun and has no end has one when the message is done.

        What was refused for its deaths too, to be tried anew in another message. Not before: a later death brings
        the whole message again, and with it each deadly file.
        """
        self._forget_interrupted()
        try:
            yield
            self.quarantine.settled(*self._begun, *self._deadly)
        except (NotNow, Conflict):
            self._interrupted |= self._begun
            # At once: the message may go round many processes, each of which would leave a count. Another node of a
            # cluster may keep these than the one that is away.
            with suppress(StoreUnavailable):
                self._forget_interrupted()
            raise
        finally:
            self._begun.clear()
            self._deadly.clear()

    def _forget_interrupted(self) -> None:
        self.quarantine.settled(*self._interrupted)
        self._interrupted.clear()

    def begin(self, name: str) -> bool:
        """Count an attempt, which is a death unless it ends; False if there were too many."""
        return self._counted(name, self.most)

    def first(self, name: str) -> bool:
        """Count an attempt at what is decided together; False if a worker died over it before."""
        return self._counted(name, 1)

    def _counted(self, name: str, most: int) -> bool:
        if name in self._begun:  # it goes on: a file that was read, with its only record
            return True
        self._begun.add(name)  # first: where no answer comes it may have been counted
        count = self.quarantine.attempt(name)
        if count <= most:
            if count > 1:
                log.warning("begun_again", attempt=count)
            return True
        self._begun.remove(name)
        self._deadly.add(name)
        return False

    def tried(self, names: Sequence[str]) -> list[int]:
        """How often each was begun without an end."""
        return self.quarantine.tried(names)

    def settled(self, *names: str, clean: Sequence[Taken] = ()) -> None:
        """These have their outcome; files and records that are clean leave the quarantine list as well.

        What was refused for its deaths keeps their count until the message is done.
        """
        self.quarantine.settled(*(name for name in names if name not in self._deadly), clean=clean)
        self._begun.difference_update(names)
