"""Entries of the quarantine list as bytes."""

import orjson

from newsloom.store.values import Quarantined, printable


def field_of(file: str, record: int | None, name: str = "") -> bytes:
    return orjson.dumps([printable(file), record, *([name] if name else [])])


def pack(entry: Quarantined) -> tuple[bytes, bytes]:
    """Field and value; equal entries are equal bytes."""
    value = {"reason": entry.reason, "detail": entry.detail, "at_s": entry.at_s}
    return field_of(entry.file, entry.record, entry.name), orjson.dumps(value)


def unpack(field: bytes, value: bytes) -> Quarantined:
    file, record, *name = orjson.loads(field)
    return Quarantined(file=file, record=record, name="".join(name), **orjson.loads(value))
