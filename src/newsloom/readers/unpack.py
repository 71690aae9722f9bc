"""Compression around a file: told by its first bytes, undone while it is read, and paid for."""

import bz2
import lzma
import sys
import zlib
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import BinaryIO, Protocol

from newsloom.errors import BadFile
from newsloom.readers.base import HEAD_BYTES, KIB, MIB, MODEST_BYTES, Limits, size

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: Compressed bytes fed in at a time.
_STEP_BYTES = 16 * KIB
#: What one decompressor may allocate for its window: the largest that common tools write.
_WINDOW_BYTES = 128 * MIB
#: A file may be many compressed ones laid end to end; this many empty ones in a row are there to cost time.
_MAX_EMPTY = 1_000


class Spent(BadFile):
    """The budget of a file is used up: there is no going on with its next member."""


class Budget:
    """Bytes that a file may unpack to, all its layers and members together."""

    def __init__(self, limits: Limits, bytes_on_disk: int) -> None:
        self._total = limits.max_expanded_bytes
        self._ratio = limits.max_expansion
        self._left = min(self._total, max(MODEST_BYTES, self._ratio * bytes_on_disk))
        self._whole = self._left

    def spend(self, count: int) -> None:
        """``BadFile`` where ``count`` more unpacked bytes are too many."""
        self._left -= count
        if self._left >= 0:
            return
        if self._whole == self._total:
            raise Spent(
                "too_large",
                f"The file unpacks to more than {size(self._total)}; split it, or raise the limit.",
            )
        raise Spent(
            "too_large",
            f"The file unpacks to more than {self._ratio} times its size, implausible for news; inspect it, and "
            "raise the limit if it is sound.",
        )


class Filling(RawIOBase):
    """A stream that fills each buffer it is given, so that one peek shows all of the head.

    A failure in the middle of a buffer is kept until what came before it has been handed out.
    """

    _failure: BadFile | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, target: object, /) -> int:
        view = memoryview(target).cast("B")  # type: ignore[arg-type]
        filled = 0
        while filled < len(view) and self._failure is None:
            try:
                data = self._next(len(view) - filled)
            except BadFile as failure:
                self._failure = failure
                break
            if not data:
                return filled
            view[filled : filled + len(data)] = data
            filled += len(data)
        if not filled and self._failure is not None:
            raise self._failure
        return filled

    @abstractmethod
    def _next(self, limit: int) -> bytes:
        """Between 1 and ``limit`` bytes, none at the end."""


def buffered(raw: Filling) -> BufferedReader:
    return BufferedReader(raw, buffer_size=HEAD_BYTES)


class _Decompressor(Protocol):
    """What bz2, lzma and zstd agree on."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gzip:
    """zlib's decompressor in the manner of the others; it checks the checksum as well."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail or data, max_length)


def _xz() -> _Decompressor:
    return lzma.LZMADecompressor(memlimit=_WINDOW_BYTES)


def _zstd() -> _Decompressor:
    window = {int(zstd.DecompressionParameter.window_log_max): _WINDOW_BYTES.bit_length() - 1}
    return zstd.ZstdDecompressor(options=window)


@dataclass(frozen=True, slots=True)
class Packing:
    """One way of compressing."""

    name: str
    suffix: str
    magic: bytes  #: what a file begins with
    make: Callable[[], _Decompressor]


PACKINGS = (
    Packing("gzip", ".gz", b"\x1f\x8b\x08", _Gzip),
    Packing("bzip2", ".bz2", b"BZh", bz2.BZ2Decompressor),
    Packing("xz", ".xz", b"\xfd7zXZ\0", _xz),
    Packing("Zstandard", ".zst", b"\x28\xb5\x2f\xfd", _zstd),
)


def packing(head: bytes) -> Packing | None:
    """How what begins with ``head`` is compressed."""
    return next((one for one in PACKINGS if head.startswith(one.magic)), None)


class Unpacked(Filling):
    """The content of a compressed stream, or of several laid end to end."""

    def __init__(self, packed: BinaryIO, how: Packing, budget: Budget) -> None:
        self._packed = packed
        self._how = how
        self._budget = budget
        self._inner = how.make()
        self._empty = 0  # streams in a row that held nothing
        self._some = False  # whether the stream in hand gave anything

    def _next(self, limit: int) -> bytes:
        data = b""
        while not data:
            if self._inner.eof:
                fed = self._following()
                if not fed:
                    return b""
            elif self._inner.needs_input:
                fed = self._packed.read(_STEP_BYTES)
                if not fed:
                    raise BadFile("truncated", "The compressed file ends too early; copy it again.")
            else:
                fed = b""
            try:
                data = self._inner.decompress(fed, limit)
            except (OSError, ValueError, EOFError, zlib.error, lzma.LZMAError, zstd.ZstdError) as error:
                raise BadFile(
                    "malformed", f"The compressed file is damaged ({str(error)[:120]}); copy it again."
                ) from error
        self._some = True
        self._budget.spend(len(data))
        return data

    def _following(self) -> bytes:
        """The first bytes of the next stream, its decompressor ready; none where there is no next one."""
        self._empty = 0 if self._some else self._empty + 1
        if self._empty > _MAX_EMPTY:
            raise BadFile("malformed", "The compressed file contains only empty ones; inspect it.")
        rest = self._inner.unused_data
        while not (rest := rest.lstrip(b"\0")):  # tapes, and xz itself, pad with zeros
            if not (rest := self._packed.read(_STEP_BYTES)):
                return b""
        self._inner, self._some = self._how.make(), False
        return rest
