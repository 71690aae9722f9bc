"""Where the reading of a large file stopped: the part that comes next goes on there."""

import os
from dataclasses import dataclass
from itertools import chain

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import BadRecord, Limits, Reading, read

#: Characters of the texts of a part; they are all in memory at once.
PART_CHARACTERS = 16_000_000

#: What tells a file from one that was put in its place: device, inode, bytes, nanoseconds of its last change.
Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    stamp: Stamp
    first: Article | BadRecord  #: the record that begins the next part
    rest: Reading  #: what comes behind it


class Bookmark:
    """The file that this process read a part of last, held open until the process reads another.

    Without it a file of n parts is walked from its start n times, for few formats can be entered in the
    middle. With it a process passes over no more than the parts that others took since.
    """

    def __init__(self) -> None:
        self._place: _Place | None = None

    def fill(self, part: list[Article | BadRecord], path: str, limits: Limits, start: int, most: int) -> bool:
        """Append the records from ``start`` on to ``part`` until it is full; returns whether others follow.

        It is full with ``most`` records, or where the next would take its texts past ``PART_CHARACTERS``: one more is
        read to know that. Raises ``BadFile`` as ``read`` does, with what came before in ``part``; and where the file
        ends before ``start``, which it did not when that was handed on.
        """
        stamp = _stamp(path)
        place, self._place = self._place, None
        if place is not None and place.path == path and place.stamp == stamp and place.first.index <= start:
            rest = place.rest
            rest.start = start
            found = chain([place.first] if place.first.index == start else [], rest)
        else:
            if place is not None:
                place.rest.close()
            rest = read(path, limits, start=start)
            found = chain([], rest)
        characters = 0
        for record in found:
            characters += len(record.text) if isinstance(record, Article) else 0
            if len(part) == most or (part and characters > PART_CHARACTERS):
                self._place = _Place(path, stamp, record, rest) if stamp else None
                return True
            part.append(record)
        if start and not part:  # whoever handed this part on had seen that there is one
            raise BadFile(
                "truncated",
                "The file is shorter than when its previous part was read; submit it again.",
            )
        return False


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):  # the reader says what is wrong with it
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
