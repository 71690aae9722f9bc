"""Entries of the quarantine list as bytes."""

import orjson

from newsloom.store.values import Quarantined, printable


def field_of(file: str, record: int | None) -> bytes:
    return orjson.dumps([printable(file), record])


def pack(entry: Quarantined) -> tuple[bytes, bytes]:
    """Field and value; equal entries are equal bytes."""
    value = {"reason": entry.reason, "detail": entry.detail, "at_s": entry.at_s}
    if entry.name:
        value["name"] = entry.name
    return field_of(entry.file, entry.record), orjson.dumps(value)


def unpack(field: bytes, value: bytes) -> Quarantined:
    file, record = orjson.loads(field)
    return Quarantined(file=file, record=record, **orjson.loads(value))
