"""What a watched folder shows: its files as they are, its own clock, and names to tell them by."""

import contextlib
import fcntl
import hashlib
import os
import signal
import stat
import sys
import tempfile
import time
from dataclasses import dataclass

#: Names that writers give a file which is not complete.
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".download", ".swp", "~")
CLOCK_NS = 1_000_000_000  #: how coarse a file system's clock may be
_DOUBT_NS = 60_000_000_000  #: how wrong it may be, where it cannot be asked


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was when it was looked at."""

    size: int
    mtime_ns: int
    ctime_ns: int


def passed_over(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith(UNFINISHED)


def seen_at(path: str) -> Seen | None:
    """None for what is gone, or not an ordinary file. A link is as young as the younger of it and its file."""
    try:
        link, found = os.lstat(path), os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return Seen(found.st_size, found.st_mtime_ns, max(link.st_ctime_ns, found.st_ctime_ns))


def being_written(path: str) -> bool:
    """Whether somebody has the file open to write in it, as far as that can be told: of one's own files, on Linux.

    It lends out a file to read in peace, a lease, only where nobody has it open to write. Whoever opens it in that
    moment waits for the lease to end, and its holder is told by a signal: one that nobody minds, for SIGIO kills.
    """
    if sys.platform != "linux":
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:  # somebody else's file, or a file system without leases
        return False
    finally:
        os.close(descriptor)  # which ends the lease
    return False


def name_digest(path: str) -> bytes:
    return hashlib.blake2b(os.fsencode(path), digest_size=8).digest()


def folder_digest(folder: str, found: os.stat_result) -> bytes:
    """Another folder in the same place is another, and so is the same one in another place."""
    told = b"%d %d %s" % (found.st_dev, found.st_ino, os.fsencode(folder))
    return hashlib.blake2b(told, digest_size=8).digest()


def clock_ns(folder: str) -> int:
    """The file system's own time, a little back."""
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".newsloom-") as probe:
            return os.fstat(probe.fileno()).st_ctime_ns - CLOCK_NS
    except OSError:  # it may be read and not written
        return time.time_ns() - _DOUBT_NS


def move(path: str, target: str) -> None:
    """Give a file another name; a link is replaced by one to the same file, for a relative one would lead elsewhere.

    Raises ``FileExistsError`` where the name was taken meanwhile, as by another watch: a rename would overwrite
    that file.
    """
    if os.path.islink(path):
        os.symlink(os.path.realpath(path), target)
    else:
        try:
            os.link(path, target)
        except (FileExistsError, FileNotFoundError):
            raise
        except OSError:  # a file system that gives a file one name only
            os.rename(path, target)
            return
    try:
        os.unlink(path)
    except PermissionError:  # from the folder nothing may be taken: or each try would leave one more name
        os.unlink(target)
        raise


def end_move(path: str, target: str) -> None:
    """Take the old name away, if a death left the file with both."""
    with contextlib.suppress(OSError):
        if os.path.islink(path) == os.path.islink(target) and os.path.samefile(path, target):
            os.unlink(path)


def free_name(target: str, taken: dict[str, str]) -> str:
    """A name that nothing has: the moved files of yesterday may not have been read yet."""
    start, ending = os.path.splitext(target)
    number, name = 0, target
    while name in taken or os.path.lexists(name):
        number += 1
        name = f"{start}-{number}{ending}"
    return name
