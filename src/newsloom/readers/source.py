"""Path -> Input: opens a file without ever blocking, unpacks it, turns UTF-16 and UTF-32 into UTF-8."""

import codecs
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from typing import BinaryIO

from newsloom.errors import BadFile
from newsloom.readers.base import HEAD_BYTES, Input, Limits, size
from newsloom.readers.unpack import PACKINGS, Budget, Filling, Unpacked, buffered, packing

#: Longest first: the mark of UTF-32 begins with that of UTF-16.
_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@contextmanager
def opened(path: str, limits: Limits) -> Iterator[tuple[Input, Budget]]:
    """The file behind ``path``, ready to be sniffed; ``BadFile`` if it cannot be had."""
    descriptor = _open(path)
    try:
        budget = Budget(limits, _checked(descriptor, limits))
        name = os.path.basename(path)
        yield unpacked(buffered(_Disk(descriptor)), name, limits, budget, descriptor=descriptor), budget
    finally:
        os.close(descriptor)


def unpacked(
    stream: BufferedReader,
    name: str,
    limits: Limits,
    budget: Budget,
    *,
    layers: int = 0,
    descriptor: int | None = None,
) -> Input:
    """``stream`` without the compression around it. ``BadFile`` where that has too many layers, or holds nothing."""
    while how := packing(head := stream.peek(HEAD_BYTES)):
        deeper(layers, limits)
        layers += 1
        descriptor = None
        stream = buffered(Unpacked(stream, how, budget))
    for mark, encoding in _WIDE_MARKS:
        if head.startswith(mark):
            stream = buffered(_Recoded(stream, encoding))
            break
    if stream.peek(3).startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    head = stream.peek(HEAD_BYTES)
    if not head.strip() and len(head) < HEAD_BYTES // 2:
        raise BadFile("empty", "The file holds nothing but white space; fetch the article again.")
    name = name.lower()
    for how in PACKINGS:
        name = name.removesuffix(how.suffix)
    return Input(name, stream, head, limits, layers, descriptor)


def deeper(layers: int, limits: Limits) -> None:
    """``BadFile`` where one more layer is one too many."""
    if layers >= limits.max_layers:
        raise BadFile(
            "malformed", f"The file is packed more than {limits.max_layers} times over; unpack it first."
        )


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
        raise BadFile("missing", "This is not a valid file name; check what the scraper sends.") from None
    except OSError as error:
        raise BadFile("unreadable", f"The file cannot be opened: {error.strerror}.") from error


def _checked(descriptor: int, limits: Limits) -> int:
    """The size of the file, in bytes."""
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
    return found.st_size


def _demand_regular(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kind = "a folder" if stat.S_ISDIR(mode) else "a device, pipe or socket"
    raise BadFile("not_a_file", f"This is {kind}; submit the path of an article file.")


class _Disk(Filling):
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def _next(self, limit: int) -> bytes:
        try:
            return os.read(self._descriptor, limit)
        except OSError as error:
            raise BadFile("unreadable", f"The file cannot be read: {error.strerror}.") from error


class _Recoded(Filling):
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
