"""Entries of the quarantine list as bytes."""

import orjson

from newsloom.store.values import Quarantined, Taken, exact, printable

#: Digits of a record's number: in order of their bytes, the fields of a file's records are in order of those.
_DIGITS = 10


def field_of(file: str, record: int | None, name: str = "") -> bytes:
    number = None if record is None else f"{record:0{_DIGITS}}"
    return orjson.dumps([printable(file), number, *([name] if name else [])])


def span(taken: Taken) -> tuple[bytes, bytes]:
    """The field of the first of these records, and what all their fields are less than."""
    first = field_of(taken.file, taken.first)[:-2]  # without what ends it, or a name follows
    last = first[:-_DIGITS] + b":" if taken.end is None else field_of(taken.file, taken.end)[:-2]
    return first, last


def is_of(field: bytes, file: str) -> bool:
    """Whether an entry in the span of a file is of that: others may look like it."""
    return unpacked(field)[2] == exact(file)


def pack(entry: Quarantined) -> tuple[bytes, bytes]:
    """Field and value; equal entries are equal bytes."""
    value = {"reason": entry.reason, "detail": entry.detail, "at_s": entry.at_s}
    return field_of(entry.file, entry.record, entry.name), orjson.dumps(value)


def unpack(field: bytes, value: bytes) -> Quarantined:
    file, record, name = unpacked(field)
    return Quarantined(file=file, record=record, name=name, **orjson.loads(value))


def unpacked(field: bytes) -> tuple[str, int | None, str]:
    """File, record and name of an entry."""
    file, number, *name = orjson.loads(field)
    return file, None if number is None else int(number), "".join(name)
