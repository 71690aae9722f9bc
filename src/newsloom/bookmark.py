"""Where the reading of a large file stopped: the part that comes next goes on there."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from newsloom.core.model import Article
from newsloom.readers import BadRecord, Limits, Reading, read

#: What tells a file from one that was put in its place: device, inode, bytes, nanoseconds of its last change.
Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    stamp: Stamp
    last: Article | BadRecord  #: the last record that was given, which begins the next part
    rest: Reading  #: what comes behind it


class Bookmark:
    """The file that this process read a part of last, held open until the process reads another.

    Without it a file of n parts is walked from its start n times, for few formats can be entered in the
    middle. With it a process passes over no more than the parts that others took since.
    """

    def __init__(self) -> None:
        self._place: _Place | None = None

    def records(
        self, path: str, limits: Limits, start: int, full: Callable[[int, int], bool]
    ) -> Iterator[Article | BadRecord]:
        """Records from ``start`` on, until there are enough; the last of them may be asked for again.

        ``full`` is asked after each, with how many there are and the characters of their texts. Raises as ``read`` does.
        """
        stamp = _stamp(path)
        place, self._place = self._place, None
        if place is not None and place.path == path and place.stamp == stamp and place.last.index <= start:
            rest = place.rest
            rest.start = start
            found = chain([place.last] if place.last.index == start else [], rest)
        else:
            if place is not None:
                place.rest.close()
            rest = read(path, limits, start=start)
            found = chain([], rest)
        characters = 0
        for number, record in enumerate(found, 1):
            yield record
            characters += len(record.text) if isinstance(record, Article) else 0
            if full(number, characters):
                self._place = _Place(path, stamp, record, rest) if stamp else None
                return


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):  # the reader says what is wrong with it
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
