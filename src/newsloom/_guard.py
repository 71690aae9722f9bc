"""The guard of the embedded server: starts it, restarts it, and stops it when nobody uses it any more.

``newsloom.server`` runs this file as a script, without site-packages: it imports the standard library
only and starts in some 20 ms. It never polls for users. Every process that uses the server holds a
shared lock, which the kernel drops at any death, ``kill -9`` included; a child of the guard waits for
the exclusive one. So the guard has one thing to do, to wait for its children:

* the *server*: it died while in use, and is started again (or a stand-in that waits for the death of a
  server which an earlier guard started);
* the *waiter*: nobody holds a shared lock, and the server is stopped. If the guard itself was killed, the
  waiter stops the server in its place.

The locks are ``flock`` locks on files in one directory, which belong to an open file and all its
duplicates. Whoever holds two takes ``start.lock`` first; nobody waits for anything but the death of the
server while holding it.
"""

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator

START_LOCK = "start.lock"  #: exclusive: whoever starts, joins or stops, while doing so
USERS_LOCK = "users.lock"  #: shared: every process that uses the server, as long as it does
GUARD_LOCK = "guard.lock"  #: exclusive: the guard, as long as it lives; the file holds its pid
SERVER_LOCK = "server.lock"  #: exclusive: the server, by an inherited descriptor; the file holds its pid
CONFIG = "valkey.conf"

GRACE_S = 10.0  #: from SIGTERM to SIGKILL: time enough to write and sync the append-only file
MAX_RESTARTS = 5  #: in RESTART_WINDOW_S; a server that dies more often than this will go on dying
RESTART_WINDOW_S = 60.0
POLITE_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
STOP_POLL_S = 0.005  #: between looks at a server that was told to stop


def open_lock(path: str) -> int:
    """Open a lock file, made if need be; not inherited by programs that this process starts."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def try_lock(lock: int) -> bool:
    """Take a lock for oneself if nobody else holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(lock: int) -> None:
    """Drop a lock at once, also where a forked process holds a duplicate of it."""
    fcntl.flock(lock, fcntl.LOCK_UN)


def is_locked(path: str) -> bool:
    """Tell whether anybody holds a lock, shared or not."""
    lock = open_lock(path)
    try:
        return not try_lock(lock)
    finally:
        os.close(lock)


@contextlib.contextmanager
def locked(path: str) -> Iterator[None]:
    """Hold a lock for the length of a block."""
    lock = open_lock(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            unlock(lock)
    finally:
        os.close(lock)


def read_pid(lock: int) -> int:
    """Return the pid that the holder of a lock wrote into it, 0 if it has not yet."""
    return int(os.pread(lock, 20, 0) or 0)


def write_pid(lock: int) -> None:
    """Tell others who holds this lock."""
    os.ftruncate(lock, 0)
    os.pwrite(lock, b"%d" % os.getpid(), 0)


def _log(message: str) -> None:
    """Write a line in the form of the server's own log, which is this process's standard error."""
    stamp = time.strftime("%d %b %Y %H:%M:%S")
    os.write(2, f"{os.getpid()}:G {stamp} # newsloom: {message}\n".encode())


class Guard:
    """One server, one waiter, and the locks of their directory."""

    def __init__(self, home: str, binary: str, socket_path: str, guard_lock: int) -> None:
        self._home = home
        self._binary = binary
        self._socket_path = socket_path
        self._guard_lock = guard_lock  # locked already, by the command that started this guard
        self._start = open_lock(f"{home}/{START_LOCK}")
        self._users = open_lock(f"{home}/{USERS_LOCK}")
        self._server_lock = open_lock(f"{home}/{SERVER_LOCK}")
        self._spare_guard_lock = open_lock(f"{home}/{GUARD_LOCK}")
        self._server = 0
        self._waiter = 0
        self._restarts: list[float] = []

    def run(self) -> None:
        """Keep the server up while it is used; return when it was stopped or cannot be kept up."""
        write_pid(self._guard_lock)
        self._launch()
        self._await_users()
        while True:
            pid, status = os.wait()
            if pid == self._waiter:
                if self._stop_unless_used():
                    return
                self._await_users()
            elif pid == self._server and not self._restart(os.waitstatus_to_exitcode(status)):
                os.kill(self._waiter, signal.SIGKILL)
                return

    def _launch(self) -> None:
        """Start the server; if one runs already, start a stand-in that ends when that one does."""
        lock = open_lock(f"{self._home}/{SERVER_LOCK}")
        free = try_lock(lock)  # before the fork: there is no moment at which the server is up and not locked
        self._server = os.fork()
        if self._server == 0:
            try:
                os.close(self._guard_lock)
                if not free:
                    fcntl.flock(lock, fcntl.LOCK_EX)
                    os._exit(0)
                for polite in POLITE_SIGNALS:
                    signal.signal(polite, signal.SIG_DFL)
                write_pid(lock)
                os.set_inheritable(lock, True)
                os.execv(self._binary, ["valkey-server", f"{self._home}/{CONFIG}"])  # noqa: S606 - no shell wanted
            except OSError as error:
                _log(f"cannot run {self._binary}: {error}")
            finally:
                os._exit(127)
        os.close(lock)

    def _restart(self, exit_code: int) -> bool:
        """Start a server that died again, unless it said why it cannot run or died too often."""
        if exit_code > 0:  # its own decision: bad configuration, unreadable append-only file
            _log(f"the server ended with exit code {exit_code}; the lines above say why")
            return False
        now = time.monotonic()
        self._restarts = [then for then in self._restarts if now - then < RESTART_WINDOW_S]
        if len(self._restarts) >= MAX_RESTARTS:
            _log(f"the server died again after {MAX_RESTARTS} restarts in {RESTART_WINDOW_S:.0f} s; given up")
            return False
        self._restarts.append(now)
        _log("the server died while in use; starting it again")
        self._launch()
        return True

    def _await_users(self) -> None:
        """Fork the waiter, which ends when no process holds the users' lock."""
        guard = os.getpid()
        self._waiter = os.fork()
        if self._waiter:
            return
        try:
            os.close(self._guard_lock)  # a duplicate would hide the guard's death
            self._guard_lock = self._spare_guard_lock
            while True:
                fcntl.flock(self._users, fcntl.LOCK_EX)
                if os.getppid() == guard or self._stop_unless_used():
                    break
        finally:
            os._exit(0)

    def _stop_unless_used(self) -> bool:
        """Stop the server if there is still no user once nobody else can start or join.

        Returns False if a user came in the meantime.
        """
        unlock(self._users)  # a command that joins holds start.lock and waits for this one
        fcntl.flock(self._start, fcntl.LOCK_EX)
        try:
            if not try_lock(self._users):
                return False
            if try_lock(self._guard_lock):  # else: the waiter of a killed guard, and a new guard is here
                self._stop_server()
                unlock(self._guard_lock)
            unlock(self._users)
            return True
        finally:
            unlock(self._start)

    def _stop_server(self) -> None:
        """Tell the server to write its file and end; kill it if it does not."""
        began = time.monotonic()
        told: set[tuple[int, int]] = set()
        while not try_lock(self._server_lock):
            how = signal.SIGTERM if time.monotonic() - began < GRACE_S else signal.SIGKILL
            pid = read_pid(self._server_lock)
            if pid and (pid, how) not in told:
                told.add((pid, how))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
            time.sleep(STOP_POLL_S)  # a lock cannot be waited for with a time limit, which this has
        unlock(self._server_lock)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._socket_path)


def main() -> None:
    """Arguments: directory, server binary, socket path, descriptor of the locked ``guard.lock``."""
    home, binary, socket_path, guard_lock = sys.argv[1:]
    if os.fork():  # the command that started this one need not wait for the guard's end
        os._exit(0)
    os.set_inheritable(int(guard_lock), False)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for polite in POLITE_SIGNALS:  # whoever stops everything stops the users too, and then this ends
        signal.signal(polite, signal.SIG_IGN)
    Guard(home, binary, socket_path, int(guard_lock)).run()


if __name__ == "__main__":
    main()
