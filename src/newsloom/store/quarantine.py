"""The quarantine list: what stands on it, what leaves it, and its entries as bytes."""

from dataclasses import dataclass

import orjson

from newsloom.tame import printable

#: Digits of a record's number: in order of their bytes, the fields of a file's records are in order of those.
_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file, or one record of it, that could not be read."""

    file: str
    reason: str
    detail: str
    at_s: float
    record: int | None = None  #: position in its file, where only one record is bad
    name: str = ""  #: what identifies the file where its name is not text, see :func:`exact`

    @property
    def path(self) -> str:
        """The file as it can be handed in again."""
        return bytes.fromhex(self.name).decode("utf-8", "surrogatepass") if self.name else self.file


@dataclass(frozen=True, slots=True)
class Taken:
    """Records of a file that were read: their entries leave the list, with the first of them the file's own too."""

    file: str  #: and ``name``: as it would stand on the list
    first: int = 0  #: record
    end: int | None = None  #: the record after the last; None: the file ends here, whatever it held before
    name: str = ""


def exact(path: str) -> str:
    """A path in hex digits, if others have the same printable form; else nothing."""
    return path.encode("utf-8", "surrogatepass").hex() if printable(path) != path else ""


def field_of(file: str, record: int | None, name: str = "") -> bytes:
    number = None if record is None else f"{record:0{_DIGITS}}"
    return orjson.dumps([printable(file), number, *([name] if name else [])])


def span(taken: Taken) -> tuple[bytes, bytes]:
    """The field of the first of these records, and what all their fields are less than."""
    first = field_of(taken.file, taken.first)[:-2]  # without what ends it, or a name follows
    last = first[:-_DIGITS] + b":" if taken.end is None else field_of(taken.file, taken.end)[:-2]
    return first, last


def is_of(field: bytes, taken: Taken) -> bool:
    """Whether an entry in the span of a file is of that: others may look like it."""
    return split_field(field)[2] == taken.name


def pack(entry: Quarantined) -> tuple[bytes, bytes]:
    """Field and value; equal entries are equal bytes."""
    value = {"reason": entry.reason, "detail": entry.detail, "at_s": entry.at_s}
    return field_of(entry.file, entry.record, entry.name), orjson.dumps(value)


def unpack(field: bytes, value: bytes) -> Quarantined:
    file, record, name = split_field(field)
    return Quarantined(file=file, record=record, name=name, **orjson.loads(value))


def split_field(field: bytes) -> tuple[str, int | None, str]:
    """File, record and name that a field is made of: see :func:`field_of`."""
    file, number, *name = orjson.loads(field)
    return file, None if number is None else int(number), "".join(name)
