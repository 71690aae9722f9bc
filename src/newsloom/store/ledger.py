"""What was handed in of a watched folder: a time, its sub-folders, and what is being moved.

Files are told apart by name for a while only: those that a watch which was told to stop had handed in since that time.
"""

import hashlib
import struct
from collections.abc import Iterable, Mapping
from typing import Any

from newsloom.parcels import batched
from newsloom.store import keys
from newsloom.store.available import available

_PAGE = 5_000
_MARK = "mark"
_MOVING = "moving:"
_LATE = "late"
_FILE = struct.Struct("<8sq")  #: of these: digest of the name, ctime in ns


class Ledger:
    """The ledger of what went from one folder to one queue. Raises ``StoreUnavailable``."""

    def __init__(self, client: Any, folder: bytes, queue: str) -> None:
        self._redis = client
        told = queue.encode() + b"\0" + folder
        digest = hashlib.blake2b(told, digest_size=8, person=b"watch").hexdigest()
        self._key = f"{keys.WATCH}{{{digest}}}"
        self._folders = f"{self._key}:folders"

    @available
    def mark(self) -> int:
        """Everything that came there before, by the file system's clock, in ns, was handed in."""
        return int(self._redis.hget(self._key, _MARK) or 0)

    @available
    def folders(self) -> set[bytes]:
        """Digests of the sub-folders that were seen in full."""
        return set(self._redis.smembers(self._folders))

    @available
    def advance(self, mark: int, new: Iterable[bytes], gone: Iterable[bytes]) -> None:
        """All that came before ``mark`` is handed in, and all that lies in these new folders."""
        with self._redis.pipeline(transaction=True) as pipe:  # of one node, by their hash tag
            pipe.hset(self._key, _MARK, mark)
            pipe.hdel(self._key, _LATE)
            for change, digests in ((pipe.sadd, new), (pipe.srem, gone)):
                for page in batched(digests, _PAGE):
                    change(self._folders, *page)
            pipe.execute()

    @available
    def leave(self, files: Mapping[bytes, int]) -> None:
        """For the next watch: files handed in that came after the mark, by digest of the name, and their ctime in ns."""
        if files:
            self._redis.hset(self._key, _LATE, b"".join(_FILE.pack(*each) for each in files.items()))

    @available
    def handed_in(self) -> dict[bytes, int]:
        """What the watch before left."""
        return dict(_FILE.iter_unpack(self._redis.hget(self._key, _LATE) or b""))

    @available
    def moving(self, moves: Mapping[bytes, bytes]) -> None:
        """Files are about to go from one place (value) to another (key)."""
        self._redis.hset(self._key, mapping={_MOVING.encode() + to: came for to, came in moves.items()})

    @available
    def unfinished(self) -> dict[bytes, bytes]:
        """Moves that were begun, and not followed by a message, as far as is known."""
        found = self._redis.hgetall(self._key)
        start = _MOVING.encode()
        return {name[len(start) :]: came for name, came in found.items() if name.startswith(start)}

    @available
    def moved(self, targets: Iterable[bytes]) -> None:
        """Their messages are on the queue."""
        names = [_MOVING.encode() + target for target in targets]
        if names:
            self._redis.hdel(self._key, *names)
