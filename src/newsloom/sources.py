"""Where a file may come from, and how one behind an address comes here."""

import contextlib
import fcntl
import os
import re
import tempfile
from collections.abc import Callable
from io import RawIOBase
from typing import Any
from urllib.parse import unquote, urlsplit

from tenacity import retry, retry_if_exception, stop_after_attempt, wait_exponential

from newsloom.addresses import is_address
from newsloom.errors import BadFile, NoRoom
from newsloom.readers.base import MIB, size, spooling
from newsloom.tame import redacted

#: fsspec reads these from this machine's own disk: that is what paths are for, and their own rule.
LOCAL_SCHEMES = frozenset(("file", "local"))
#: What a reader may learn from a name: up to two endings.
_ENDINGS = re.compile(r"(?:\.[A-Za-z0-9]{1,8}){1,2}$")
_TRIES = 3


class Sources:
    """What a worker may read.

    ``roots``: the folders that paths must lie in when all links are resolved; None: any that it can read.
    ``addresses``: what addresses must begin with, up to a boundary; none: no address at all.
    """

    def __init__(
        self,
        roots: tuple[str, ...] | None = None,
        addresses: tuple[str, ...] = (),
        max_bytes: int = 1 << 30,
        interrupts: tuple[type[BaseException], ...] = (),
    ) -> None:
        self._roots = roots
        self._interrupts = interrupts  #: raised from outside when the time is up
        self._addresses = addresses
        self._max_bytes = max_bytes
        self._fetched = _Fetched()

    def local(self, name: str, run: str) -> str:
        """The path to read ``name`` at: an absolute path, or an address. ``BadFile`` if it may not be read.

        An address is fetched once for a ``run``, the handing-in of one file: the slices of a large one
        read the same bytes. What was fetched is kept until this process fetches something else.
        """
        if not is_address(name):
            return name if self._roots is None else self._inside(name, self._roots)
        self._demand_allowed(name)
        return self._fetched.path(name, run, self._fetch)

    @staticmethod
    def _inside(path: str, roots: tuple[str, ...]) -> str:
        try:
            real = os.path.realpath(path)
            within = any(_within(real, os.path.realpath(root)) for root in roots)
        except (OSError, ValueError):  # a loop of links, a NUL
            within = False
        if not within:
            raise BadFile(
                "not_allowed",
                "It lies outside the folders that workers may read; move it into one of them, or add its folder to "
                "NEWSLOOM_ALLOWED_ROOTS.",
            )
        return real

    def _demand_allowed(self, address: str) -> None:
        problem = _problem(address)
        if problem is None and not any(_begins(address, prefix) for prefix in self._addresses):
            problem = "no prefix in NEWSLOOM_ALLOWED_URLS matches it; add one there, or submit a path"
        if problem is not None:
            raise BadFile("not_allowed", f"The URL was not fetched: {problem}.")

    def _fetch(self, address: str, target: int) -> None:
        try:
            _copy(address, _Sink(target, self._max_bytes))
        except (BadFile, NoRoom):
            raise
        except FileNotFoundError:
            raise BadFile("missing", "Nothing was found at this URL; check what the scraper sends.") from None
        except PermissionError:
            raise BadFile(
                "unreadable", "The worker is not allowed to read this URL; give it permission."
            ) from None
        except ImportError as error:
            raise BadFile(
                "unreadable",
                f"The worker lacks the package for this kind of URL ({error}): pip install 'newsloom[urls]'.",
            ) from error
        except self._interrupts:
            raise
        except Exception as error:  # each of fsspec's file systems has errors of its own
            told = redacted(f"{type(error).__name__}: {error}")[:300]
            raise BadFile("unreadable", f"The URL cannot be read ({told}); try it again later.") from error


class _Fetched:
    """The last file that this process fetched, under a lock that tells others that it is in use."""

    def __init__(self) -> None:
        self._key: tuple[str, str] | None = None
        self._descriptor = -1
        self._path = ""
        self._pid = 0  #: whose it is: a child has its parent's copy of this, not its file

    def path(self, address: str, run: str, fetch: Callable[[str, int], None]) -> str:
        if self._key != (address, run) or self._pid != os.getpid():
            self._drop()
            self._make(address)
            try:
                fetch(address, self._descriptor)
            except BaseException:
                self._drop()
                raise
            self._key = (address, run)
        return self._path

    def _make(self, address: str) -> None:
        with spooling():
            folder = os.path.join(tempfile.gettempdir(), f"newsloom-{os.getuid()}")
            os.makedirs(folder, mode=0o700, exist_ok=True)
        if os.lstat(folder).st_uid != os.getuid():  # whoever made it there first could change what is read
            raise BadFile("unreadable", f"{folder} belongs to another user; remove it, or set TMPDIR.")
        _sweep(folder)
        ending = _ENDINGS.search(urlsplit(address).path)
        with spooling():
            self._descriptor, self._path = tempfile.mkstemp(ending[0] if ending else "", dir=folder)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        self._pid = os.getpid()

    def _drop(self) -> None:
        if self._descriptor >= 0 and self._pid == os.getpid():
            with contextlib.suppress(OSError):
                os.unlink(self._path)
            os.close(self._descriptor)
        self._key, self._descriptor = None, -1


def _sweep(folder: str) -> None:
    """Remove what killed processes left: the kernel dropped their locks."""
    for entry in os.scandir(folder):
        with contextlib.suppress(OSError):
            descriptor = os.open(entry.path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(entry.path)
            finally:
                os.close(descriptor)


class _Sink(RawIOBase):
    """What takes the bytes, up to a limit; fsspec writes to it as to a file."""

    def __init__(self, descriptor: int, max_bytes: int) -> None:
        self._descriptor = descriptor
        self._max_bytes = max_bytes

    def begin(self) -> None:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.ftruncate(self._descriptor, 0)

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        if os.lseek(self._descriptor, 0, os.SEEK_CUR) + len(data) > self._max_bytes:
            raise BadFile(
                "too_large",
                f"The content at this URL is larger than the {size(self._max_bytes)} allowed;"
                " split it, or raise the limit.",
            )
        view = memoryview(data)
        with spooling():
            while view:
                view = view[os.write(self._descriptor, view) :]
        return len(data)


@retry(
    retry=retry_if_exception(lambda error: not _settled(error)),
    stop=stop_after_attempt(_TRIES),
    wait=wait_exponential(0.2, max=2),
    reraise=True,
)
def _copy(address: str, sink: _Sink) -> None:
    """What is behind an address. Its credentials are the worker's own, never the message's."""
    import fsspec  # an extra, and slow to import

    sink.begin()
    if urlsplit(address).scheme.lower() in {"http", "https"}:
        # A redirect could lead anywhere, whatever the list of what is allowed says.
        options = {"allow_redirects": False, "client_kwargs": {"raise_for_status": _no_redirect}}
        filesystem, path = fsspec.core.url_to_fs(address, **options)
        from aiohttp import ClientConnectionError, ClientPayloadError  # there by now: it speaks HTTP

        try:
            filesystem.get_file(path, sink)  # one request; open would ask for the size before
        except (ClientConnectionError, ClientPayloadError) as error:  # of which some are no OSError
            raise ConnectionError(str(error)) from error
        return
    filesystem, path = fsspec.core.url_to_fs(address)
    with filesystem.open(path, "rb") as remote:
        while data := remote.read(MIB):
            sink.write(data)


def _settled(error: BaseException) -> bool:
    """Whether another try would end in the same way: all but a connection that broke and a server that is ill."""
    lasting = isinstance(error, FileNotFoundError | PermissionError)
    return lasting or not (isinstance(error, OSError) or getattr(error, "status", 0) >= 500)


async def _no_redirect(response: Any) -> None:
    if 300 <= response.status < 400:
        raise ValueError(f"it redirects to another URL (HTTP {response.status})")


def _problem(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        named = parts.username is not None or parts.password is not None
    except ValueError:
        return "it is not a valid URL"
    if named:
        return "it contains a user name or password, which belong in the worker's own settings"
    if parts.scheme in LOCAL_SCHEMES:
        return "it is a file on this machine; submit its path"
    if "::" in address or "\\" in address or any(not char.isprintable() or char == " " for char in address):
        return "it is a chain of several, or contains spaces, backslashes or control characters"
    if ".." in unquote(parts.path).split("/") or ".." in parts.netloc:
        return "it leads upwards (..)"
    return None


def _begins(address: str, prefix: str) -> bool:
    """Whether an address is the prefix, or continues it where a name ends."""
    given, wanted = _lowered(address), _lowered(prefix)
    return given.startswith(wanted) and (
        len(given) == len(wanted) or wanted.endswith("/") or given[len(wanted)] in "/?"
    )


def _lowered(address: str) -> str:
    """Scheme and host in lower case."""
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path}"


def _within(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")
