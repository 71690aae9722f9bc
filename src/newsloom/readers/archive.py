"""ZIP and tar: the members of an archive, one after the other, each a file of its own."""

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from io import SEEK_SET, BufferedIOBase, BufferedReader
from typing import BinaryIO

from newsloom.errors import BadFile
from newsloom.readers.base import MIB, Input, size
from newsloom.readers.unpack import Budget, Filling, buffered

#: Bytes of an archive's own book-keeping that are held: some 100,000 members of a ZIP file.
_BOOKS_BYTES = 8 * MIB
#: The same between two members of a tar file: long names and attributes.
_HEADER_BYTES = MIB
# What zipfile raises where an archive is damaged; with NotImplementedError it says that the version named in it, or a
# packing, is none that it reads.
_DAMAGED = (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, LookupError)

_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # the second of one without members
#: Members by which a ZIP file is known as a document of some program.
_OFFICE = ("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF", "META-INF/container.xml")

#: Where WACZ, a ZIP file of Browsertrix and other crawlers, keeps what was answered; beside it are indexes, logs and titles.
_ANSWERS = "archive/"

#: How each is called, and what it is told by.
ARCHIVES = ((".zip", "its first bytes"), (".tar", "a header whose checksum adds up"))

#: What a member holds, or why nothing.
Content = BufferedReader | BadFile
Member = tuple[str, Content]


def members(file: Input, budget: Budget) -> Iterator[Member] | None:
    """The members of an archive in their order, or None if it is not an archive.

    Folders are left out, and hidden files (such as what a Mac puts beside each file); of WACZ all but the answers.
    """
    if file.head.startswith(_ZIP_MAGIC):
        return _zipped(file, budget)
    if _is_tar(file.head):
        return _tarred(file, budget)
    return None


def _is_hidden(name: str) -> bool:
    parts = name.split("/")
    return parts[0] == "__MACOSX" or any(part.startswith(".") and part.strip(".") for part in parts)


class _Sparing:
    """A file whose reader is held to reads of a bounded size: what archives say of sizes is not believed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.tell, self.seek, self.close = file.tell, file.seek, file.close

    def read(self, count: int = -1) -> bytes:
        data = self._file.read(count if 0 <= count <= _BOOKS_BYTES else _BOOKS_BYTES + 1)
        if len(data) > _BOOKS_BYTES:
            raise BadFile(
                "too_large", f"The archive's table of contents is larger than {size(_BOOKS_BYTES)}; split it."
            )
        return data

    def seekable(self) -> bool:
        return True


def _zipped(file: Input, budget: Budget) -> Iterator[Member]:
    with file.seekable() as raw:
        try:
            archive = zipfile.ZipFile(_Sparing(raw))
        except _DAMAGED as error:
            raise BadFile(
                "malformed", f"The ZIP archive is damaged or cut short ({str(error)[:120]}); copy it again."
            ) from error
        # Names are looked up by hand: the archive's own index holds the last of several of one name only.
        listed = archive.infolist()
        if any(info.filename in _OFFICE for info in listed):
            raise BadFile(
                "unsupported", "The file is an office document, e-book or program; save it as plain text."
            )
        within = _ANSWERS if _is_wacz(listed) else ""
        for info in listed:
            if not info.is_dir() and not _is_hidden(info.filename) and info.filename.startswith(within):
                yield info.filename, _zip_member(archive, info, budget)


def _is_wacz(listed: list[zipfile.ZipInfo]) -> bool:
    names = [info.filename for info in listed]
    return "datapackage.json" in names and any(
        name.startswith(_ANSWERS) and name.endswith((".warc", ".warc.gz")) for name in names
    )


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> BufferedReader | BadFile:
    if info.flag_bits & 1:
        return BadFile("unsupported", "It is encrypted; unpack it first.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return BadFile("unsupported", "It uses an unusual ZIP compression method; unpack it first.")
    try:
        return buffered(_MemberBytes(archive.open(info), budget))  # type: ignore[arg-type]
    except _DAMAGED as error:
        return BadFile("malformed", f"It is damaged ({str(error)[:120]}); copy the archive again.")


class _MemberBytes(Filling):
    """What a member holds, read in bounded steps."""

    def __init__(self, member: BufferedIOBase, budget: Budget) -> None:
        self._member = member
        self._budget = budget

    def _next(self, limit: int) -> bytes:
        try:
            data = self._member.read1(limit)
        except EOFError:
            raise BadFile("truncated", "It ends too early; copy the archive again.") from None
        except (zipfile.BadZipFile, tarfile.TarError, zlib.error, ValueError, OSError) as error:
            raise BadFile(
                "malformed", f"It is damaged ({str(error)[:120]}); copy the archive again."
            ) from error
        self._budget.spend(len(data))
        return data


def _is_tar(head: bytes) -> bool:
    if len(head) < tarfile.BLOCKSIZE:
        return False
    try:
        tarfile.TarInfo.frombuf(head[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True  # its checksum adds up


class _Forward:
    """A stream that tarfile takes for a file: it can be skipped forward, and headers may cost so much."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        self._at = 0
        self.allowed: int | None = _HEADER_BYTES  #: bytes, None while a member is read
        self.over = False  #: whether there was nothing left to read

    def tell(self) -> int:
        return self._at

    def seek(self, to: int, whence: int = SEEK_SET) -> int:
        if whence != SEEK_SET or to < self._at:
            raise tarfile.ReadError("it points back")
        while self._at < to and (data := self._stream.read(min(MIB, to - self._at))):
            self._at += len(data)
        return self._at

    def read(self, count: int = -1) -> bytes:
        if self.allowed is not None:
            self.allowed -= count if count >= 0 else _HEADER_BYTES + 1
            if self.allowed < 0:
                raise BadFile("too_large", "The archive's headers are implausibly large; inspect it.")
        data = self._stream.read(count)
        self._at += len(data)
        self.over = not data
        return data


def _tarred(file: Input, budget: Budget) -> Iterator[Member]:
    stream = _Forward(file.stream)
    archive: tarfile.TarFile | None = None
    while True:
        stream.allowed = _HEADER_BYTES
        try:
            if archive is None:
                archive = tarfile.TarFile(fileobj=stream)  # type: ignore[arg-type]
            info = archive.next()
            archive.members = []  # type: ignore[attr-defined]  # it would remember them all
        except (
            tarfile.TarError,
            ValueError,
            OSError,
            EOFError,
            LookupError,
            ArithmeticError,
            RecursionError,
        ) as error:
            raise BadFile(
                "malformed", f"The tar archive is damaged or cut short ({str(error)[:120]}); copy it again."
            ) from error
        if info is None:
            if stream.over:  # the zeros are missing that every tar archive ends with
                raise BadFile("truncated", "The tar archive ends too early; copy it again.")
            return
        stream.allowed = None
        if info.isreg() and not _is_hidden(info.name):
            member = archive.extractfile(info)
            if member is not None:
                yield info.name, buffered(_MemberBytes(member, budget))  # type: ignore[arg-type]
