"""Path -> Input: opens a file without ever blocking, unpacks gzip, turns UTF-16 and UTF-32 into UTF-8."""

import codecs
import gzip
import os
import stat
import zlib
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from typing import BinaryIO

from newsloom.errors import BadFile
from newsloom.readers.base import HEAD_BYTES, Input, Limits, size

GZIP_MAGIC = b"\x1f\x8b\x08"
#: A file compressed twice by mistake is common enough; deeper than that is an attack.
MAX_GZIP_LAYERS = 2

#: Longest first: the mark of UTF-32 begins with that of UTF-16.
_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@contextmanager
def opened(path: str, limits: Limits, start: int = 0) -> Iterator[Input]:
    """The file behind ``path``, ready to be sniffed; ``BadFile`` where there is none to be had."""
    descriptor = _open(path)
    try:
        _check(descriptor, limits)
        layers = 0
        stream = _buffered(_Disk(descriptor))
        while (head := stream.peek(HEAD_BYTES)).startswith(GZIP_MAGIC):
            if layers == MAX_GZIP_LAYERS:
                raise BadFile("malformed", "The file is compressed more than twice over; unpack it first.")
            layers += 1
            stream = _buffered(_Gunzipped(stream, limits.max_expanded_bytes))
        for mark, encoding in _WIDE_MARKS:
            if head.startswith(mark):
                stream = _buffered(_Recoded(stream, encoding))
                break
        if stream.peek(3).startswith(codecs.BOM_UTF8):
            stream.read(len(codecs.BOM_UTF8))
        head = stream.peek(HEAD_BYTES)
        if not head.strip() and len(head) < HEAD_BYTES // 2:
            raise BadFile("empty", "The file holds nothing but white space; fetch the article again.")
        name = os.path.basename(path).lower().removesuffix(".gz")
        yield Input(path, name, stream, head, limits, start)
    finally:
        os.close(descriptor)


def _open(path: str) -> int:
    # A fifo without a writer would block an ordinary open for ever.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
    try:
        # Opening some devices acts on them, so look before opening (and again after it).
        _demand_regular(os.stat(path).st_mode)
        return os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError):
        raise BadFile(
            "missing", "There is no such file; it may have been moved before its turn came."
        ) from None
    except PermissionError:
        raise BadFile("unreadable", "The worker may not read this file; change its permissions.") from None
    except ValueError:  # a NUL or a lone surrogate in the path
        raise BadFile("missing", "This cannot be the name of a file; check what the scraper sends.") from None
    except OSError as error:
        raise BadFile("unreadable", f"The file cannot be opened: {error.strerror}.") from error


def _check(descriptor: int, limits: Limits) -> None:
    found = os.fstat(descriptor)
    _demand_regular(found.st_mode)
    if found.st_size == 0:
        raise BadFile("empty", "The file has no content; fetch the article again.")
    if found.st_size > limits.max_file_bytes:
        raise BadFile(
            "too_large",
            f"The file takes {size(found.st_size)}, more than the {size(limits.max_file_bytes)} allowed;"
            " split it, or raise the limit.",
        )


def _demand_regular(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kind = "a folder" if stat.S_ISDIR(mode) else "a device, pipe or socket"
    raise BadFile("not_a_file", f"This is {kind}; hand in the path of an article file.")


def _buffered(raw: "_Filling") -> BufferedReader:
    return BufferedReader(raw, buffer_size=HEAD_BYTES)


class _Filling(RawIOBase):
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


class _Disk(_Filling):
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def _next(self, limit: int) -> bytes:
        try:
            return os.read(self._descriptor, limit)
        except OSError as error:
            raise BadFile("unreadable", f"The file cannot be read: {error.strerror}.") from error


class _Gunzipped(_Filling):
    def __init__(self, packed: BinaryIO, max_bytes: int) -> None:
        self._gzip = gzip.GzipFile(fileobj=packed, mode="rb")
        self._max_bytes = max_bytes
        self._bytes = 0

    def _next(self, limit: int) -> bytes:
        try:
            data = self._gzip.read1(limit)
        except EOFError:
            raise BadFile("truncated", "The compressed file ends too early; copy it again.") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise BadFile("malformed", f"The compressed file is damaged ({error}); copy it again.") from error
        self._bytes += len(data)
        if self._bytes > self._max_bytes:
            raise BadFile(
                "too_large",
                f"The file unpacks to more than {size(self._max_bytes)}; split it, or raise the limit.",
            )
        return data


class _Recoded(_Filling):
    """UTF-16 or UTF-32 (with its mark) as UTF-8, so that no reader has to know of them."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._pending = b""

    def _next(self, limit: int) -> bytes:
        while not self._pending:
            data = self._stream.read(HEAD_BYTES)
            text = self._decoder.decode(data, final=not data)
            self._pending = text.encode("utf-8", "replace")
            if not data:
                break
        out, self._pending = self._pending[:limit], self._pending[limit:]
        return out
