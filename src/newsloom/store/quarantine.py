"""The quarantine list: what stands on it, what leaves it, and how often was begun what may have to go there."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from newsloom.parcels import batched
from newsloom.store import keys
from newsloom.store.available import available
from newsloom.store.script import Script, text
from newsloom.tame import printable

_ATTEMPTS_S = 7 * 86_400  #: longer than a message comes again
_KEYS = (keys.QUARANTINE, keys.QUARANTINE_ORDER, keys.QUARANTINE_RECORDS)

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


class Quarantine:
    """What could not be read, and what was begun without an end so far. Raises ``StoreUnavailable``.

    ``most`` entries stand on the list, of the records of one file the first ``listed``.
    """

    def __init__(self, client: Any, most: int = 100_000, listed: int = 1_000) -> None:
        self._redis = client
        self.most = most
        self.listed = listed
        self._put = Script(client, text("quarantine"))
        self._release = Script(client, text("release"))
        self._attempt = Script(client, text("attempt"))

    @available
    def put(self, entry: Quarantined) -> list[Quarantined]:
        """Put it on the list, in place of an older one of the same; returns the oldest, that had to go for it.

        Of the records of one file the first stay, in whatever order they come.
        """
        args: list[Any] = [*pack(entry), repr(entry.at_s), self.most]
        if entry.record is not None:
            first, last = span(Taken(entry.file, name=entry.name))
            args += [self.listed, b"[" + first, b"(" + last]
        gone = self._put(keys=_KEYS, args=args)
        return [unpack(name, value) for name, value in zip(gone[::2], gone[1::2], strict=True)]

    @available
    def entries(self) -> list[Quarantined]:
        """All of the list, oldest first."""
        found = [unpack(*each) for each in self._redis.hscan_iter(keys.QUARANTINE, count=keys.PAGE)]
        return sorted(found, key=lambda entry: (entry.at_s, entry.file, entry.record or 0))

    @available
    def count(self) -> int:
        """How many there are."""
        return int(self._redis.hlen(keys.QUARANTINE))

    @available
    def release(self, entries: Sequence[Quarantined]) -> int:
        """Take these very entries off the list; returns how many still stood there.

        One that was put there anew since, by a worker that tried again, is another entry and stays.
        """
        packed = ([each for entry in page for each in pack(entry)] for page in batched(entries, keys.PAGE))
        return sum(self._release(keys=_KEYS, args=args) for args in packed)

    @available
    def attempt(self, name: str) -> int:
        """Count one more attempt at what is about to begin; returns the number so far."""
        token = os.urandom(8).hex()  # the same for as often as redis-py sends this
        return int(self._attempt(keys=[keys.ATTEMPTS], args=[_attempted(name), token, _ATTEMPTS_S]))

    @available
    def tried(self, names: Sequence[str]) -> list[int]:
        """How often each was begun without an end."""
        found = self._redis.hmget(keys.ATTEMPTS, list(map(_attempted, names)))
        return [int(value.partition(b" ")[0]) if value else 0 for value in found]

    @available
    def settled(self, *names: str, clean: Sequence[Taken] = ()) -> None:
        """These have their outcome: forget their attempts, and that what is clean was on the list."""
        if not names and not clean:
            return
        # Nearly always nothing was wrong with any of them before: then this is all, in one round trip.
        with self._redis.pipeline(transaction=False) as pipe:
            for taken in clean:
                first, last = span(taken)
                pipe.zrangebylex(keys.QUARANTINE_RECORDS, b"[" + first, b"(" + last)
            if names:
                pipe.hdel(keys.ATTEMPTS, *map(_attempted, names))
            whole = [taken for taken in clean if not taken.first]
            if whole:
                _strike(pipe, [field_of(taken.file, None, taken.name) for taken in whole])
            listed = pipe.execute()
        found = [
            field
            for taken, fields in zip(clean, listed, strict=False)
            for field in fields
            if is_of(field, taken)
        ]
        for page in batched(found, keys.PAGE):
            with self._redis.pipeline(transaction=False) as pipe:
                _strike(pipe, page)
                pipe.execute()


def _strike(pipe: Any, fields: Sequence[bytes]) -> None:
    pipe.hdel(keys.QUARANTINE, *fields)
    pipe.zrem(keys.QUARANTINE_RECORDS, *fields)
    pipe.zrem(keys.QUARANTINE_ORDER, *fields)  # last: a field without an entry is popped in time


def _attempted(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


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
