"""What of a message is in hand: a file, a part of it, or an article, and what is decided together."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from reprlib import Repr
from typing import Final

from newsloom.addresses import is_address
from newsloom.core.identity import file_id
from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.given import Given
from newsloom.mailbox import Slice
from newsloom.parcels import parcels
from newsloom.readers import BadRecord
from newsloom.store.quarantine import Taken, exact
from newsloom.tame import anonymous, printable, redacted

#: Files or records that are decided together, and characters of their texts: few enough that a death costs
#: little, and that what was looked up for all of them is not old when the last is decided.
CHUNK_RECORDS, CHUNK_CHARACTERS = 64, 1_000_000

#: Longest path: no system has a file of a longer one, and each line of the log would repeat it.
_PATH_CHARACTERS: Final = 4_096
#: Bounded in depth and length: what stands in the place of a path may be as deep and as long as it likes.
_SHORT = Repr()
_SHORT.maxlevel, _SHORT.maxdict, _SHORT.maxlist, _SHORT.maxstring = 4, 8, 8, 200


@dataclass(frozen=True)
class Work:
    """One file, or a part of it, or an article of a message."""

    file: str  #: as handed in
    base: str
    part: Slice
    given: Given | None = None

    @cached_property
    def name(self) -> str:
        """As it is shown."""
        return anonymous(printable(self.file))

    @cached_property
    def path(self) -> str:
        """Absolute, where it is one."""
        if self.given is not None or is_address(self.file):
            return self.file
        return os.path.abspath(os.path.join(self.base, self.file))

    @cached_property
    def shown(self) -> str:
        """The path as it stands in quarantine."""
        return anonymous(printable(self.path))

    @cached_property
    def exact(self) -> str:
        """What tells it there from others that look like it."""
        return "" if self.given is not None or is_address(self.file) else exact(self.path)

    @property
    def begun(self) -> str:
        """What its deaths are counted under: not its path, for several messages may name one file, all in hand at once."""
        return self.named(f"#{self.part.start}")

    @cached_property
    def id(self) -> str:
        return file_id(self.path, self.part.start)

    def named(self, what: str) -> str:
        """A name for something of it, the same each time that its message is delivered."""
        return f"{self.part.run}{what}"

    def of(self, record: Article | BadRecord, *, last: bool) -> Article | BadRecord:
        """The record, an article under this name and of this message; ``last``: with it this is done."""
        if not isinstance(record, Article):
            return record
        closes = self.id if last and self.given is None else ""
        return replace(record, file=self.name, path=self.path, sent_s=self.part.sent_s, closes=closes)

    def taken(self, first: int = 0, end: int | None = None) -> Taken:
        """Records of it that were read, or all of it."""
        return Taken(self.shown, first, end, self.exact)

    def rest_from(self, read: int) -> int | None:
        """The record from which on the file is refused when ``read`` of this part were read; None: all of the file.

        Another worker may still have the first part in hand: what it says of the whole file is not about the rest.
        """
        return self.part.start + read or None


def not_a_path(value: object) -> str:
    """What a value is that stands where a path should, and can be none; nothing if it can."""
    if isinstance(value, str) and 0 < len(value) <= _PATH_CHARACTERS:
        return ""
    if value == "":
        return "is empty"
    shown = redacted(_SHORT.repr(value))
    return (
        f"is longer than {_PATH_CHARACTERS} characters: {shown}" if isinstance(value, str) else f"is {shown}"
    )


def handed_in(file: object, base: str, part: Slice) -> Work:
    """A file of a message; what is not a path is named by its place in the message, and refused in its turn."""
    if problem := not_a_path(file):
        refusal = BadFile("no_path", f"Not a valid path: it {problem}; send the right one.")
        return Work(f"message:{part.run}", "", part, Given(f"message:{part.run}", b"", refusal))
    return Work(str(file), base, part)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A slice of a file, or all of it, as it was read."""

    work: Work
    records: Sequence[Article | BadRecord]
    more: bool  #: whether others follow
    broken: BadFile | None  #: why there are no more, if it broke off
    load_ms: float = 0.0  #: for each record
    counts: Counter[str] = field(init=False)  #: what came of them so far

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", Counter(articles=len(self.records)))

    @property
    def is_lone(self) -> bool:
        """Whether it is one record, all of its file: what is wrong with it is wrong with the file."""
        return len(self.records) == 1 and not (self.more or self.broken or self.work.part.start)

    def counted(self, record: Article | BadRecord | None) -> str:
        """What the deaths of a record are counted under: its own name, or its file's if it is a lone one."""
        return self.work.begun if self.is_lone or record is None else self.work.named(f"#{record.index}!")

    def ends_with(self, record: Article | BadRecord | None) -> bool:
        return record is (self.records[-1] if self.records else None)


#: A record in its file; None in one that has none.
Piece = tuple[Loaded, Article | BadRecord | None]


def chunks(files: Iterable[Loaded]) -> Iterator[list[Piece]]:
    """The records of files in the parts that are decided together, whichever files they come from."""
    pieces = ((loaded, record) for loaded in files for record in loaded.records or (None,))
    return parcels(pieces, CHUNK_RECORDS, size=_characters, most_size=CHUNK_CHARACTERS)


def _characters(piece: Piece) -> int:
    return len(piece[1].text) if isinstance(piece[1], Article) else 0
