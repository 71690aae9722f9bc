"""Servers, workers and commands of the real kind, and articles invented for the purpose."""

import contextlib
import functools
import json
import logging
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import pytest
import redis
import structlog
from wordfreq import top_n_list

from newsloom import bootstrap, server
from newsloom.cli import main
from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.ingest import Ingest, Told
from newsloom.outbox import Outbox
from newsloom.store.base import Store

T = TypeVar("T")

# How fast an example runs says how busy the machine is; a test that hangs meets pytest's own time limit.
hypothesis.settings.register_profile("newsloom", deadline=None)
hypothesis.settings.load_profile("newsloom")

DEADLINE_S = 60.0
ROOT = Path(__file__).parents[1]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Cases of bytes are numbered: gzip writes the hour into its bytes, and tests that run in several processes
    have to be called the same in each."""
    return argname if isinstance(val, bytes) and not (val.isascii() and val.decode().isprintable()) else None


def _until(predicate: Callable[[], T], timeout_s: float = DEADLINE_S, what: str = "") -> T:
    """The first truthy value that the predicate returns; fails after the deadline."""
    deadline = time.monotonic() + timeout_s
    while not (value := predicate()):
        if time.monotonic() > deadline:
            pytest.fail(f"not within {timeout_s:.0f} s: {what or predicate}")
        time.sleep(0.02)  # between two looks at the condition
    return value


@pytest.fixture(scope="session")
def until() -> Callable[..., Any]:
    return _until


# -- servers ------------------------------------------------------------------------------------


class Valkey:
    """A server of the test's own, with an append-only file: it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "s.sock"
        self.process: subprocess.Popen[bytes] | None = None
        self.client = redis.Redis(unix_socket_path=str(self.socket))

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        self.launch()
        _until(self.answers, what=f"an answer from the server in {self.folder}")

    def launch(self, *more: str) -> None:
        """Start it, with more options, and do not wait until it answers."""
        options = {
            "port": "0", "unixsocket": str(self.socket), "dir": str(self.folder), "save": "",
            "appendonly": "yes", "appendfsync": "everysec", "loglevel": "warning",
        }  # fmt: skip
        argv = [word for name, value in options.items() for word in (f"--{name}", value)]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(server._server_binary()), *argv, *more], stdout=log, stderr=log
            )

    def answers(self) -> bool:
        with contextlib.suppress(redis.RedisError):
            return bool(self.client.ping())
        return False

    def kill(self, how: int = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def clear(self) -> None:
        """Forget all; a server that this test session started."""
        self.client.flushall()


@contextlib.contextmanager
def _valkey() -> Iterator[Valkey]:
    folder = Path(tempfile.mkdtemp(prefix="nl-"))  # a socket's path must be short
    found = Valkey(folder)
    try:
        found.start()
        yield found
    finally:
        found.client.close()
        found.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def shared_valkey() -> Iterator[Valkey]:
    with _valkey() as found:
        yield found


@pytest.fixture
def valkey(shared_valkey: Valkey) -> Valkey:
    """An empty server, shared by the tests of a module one after the other: not to be killed."""
    shared_valkey.clear()
    return shared_valkey


@pytest.fixture
def mortal_valkey() -> Iterator[Valkey]:
    """A server that the test may kill."""
    with _valkey() as found:
        yield found


# -- newsloom in this process ---------------------------------------------------------------------


def _forget() -> None:
    for built in (bootstrap.client, bootstrap.broker):
        if built.cache_info().currsize:
            built().close()
    for built in vars(bootstrap).values():
        if hasattr(built, "cache_clear"):
            built.cache_clear()


@pytest.fixture
def here_on(shared_valkey: Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """``newsloom.bootstrap`` of this process works on the module's server as it is, in a folder of its own."""
    for name in [
        name for name in os.environ if name.startswith("NEWSLOOM_") and name != "NEWSLOOM_EVAL_DATA"
    ]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", shared_valkey.url)
    monkeypatch.setenv("NEWSLOOM_DATA_DIR", str(tmp_path / "data"))
    for patience in ("_patience", "_at_first"):  # a command may shorten it
        monkeypatch.setattr(bootstrap, patience, getattr(bootstrap, patience))
    monkeypatch.chdir(tmp_path)
    _forget()
    yield shared_valkey
    _forget()


@pytest.fixture
def here(valkey: Valkey, here_on: Valkey) -> Valkey:
    """The same on an empty server."""
    return here_on


@dataclass
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    def lines(self) -> list[dict[str, Any]]:
        """What was told as JSON, one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """What the set-up changes is global; put it back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in list(logging.root.manager.loggerDict)}
    structlog.contextvars.clear_contextvars()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


@pytest.fixture
def cli_on(
    here_on: Valkey,
    logging_as_before: None,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> Callable[..., Ran]:
    """Run a command line in this process, up to its exit code."""

    def call(*args: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["newsloom", *map(str, args)])
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsysbinary.readouterr()
        return Ran(int(ended.value.code or 0), told.out.decode(), told.err.decode())

    return call


@pytest.fixture
def cli(here: Valkey, cli_on: Callable[..., Ran]) -> Callable[..., Ran]:
    """The same on an empty server."""
    return cli_on


def _ingested(store: Store, articles: Sequence[Article], policy: Policy | None = None) -> list[Told]:
    use = Ingest(store, policy or Policy.load())
    return [told for article in articles for told in use.article(article)]


@pytest.fixture(scope="session")
def ingested() -> Callable[..., list[Told]]:
    """Decide articles one after the other, in this process."""
    return _ingested


# -- newsloom in processes of its own ----------------------------------------------------------------


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not collected yet does not."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # the latter if it ends meanwhile
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def _living() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if alive(int(entry.name))]


def _session(pid: int) -> int:
    with contextlib.suppress(ProcessLookupError):
        return os.getsid(pid)
    return 0


def _logged(line: bytes) -> dict[str, Any]:
    """A line of a log; a process that is killed amid a line leaves its beginning in front of the next one's."""
    for start in re.finditer(rb'\{"', line):
        with contextlib.suppress(ValueError):
            return dict(json.loads(line[start.start() :]))
    raise ValueError(f"not a line of JSON: {line!r}")


class Worker:
    """A ``newsloom worker`` and what it logged."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self.log = log
        self.errors = log.with_suffix(".err")
        with log.open("ab") as out, self.errors.open("ab") as err:
            self.process = subprocess.Popen(
                argv, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
            )

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        """What it logged so far; a line that is being written is left for later."""
        whole = self.log.read_bytes().rpartition(b"\n")[0].splitlines()
        found = list(map(_logged, whole))
        return [line for line in found if event is None or line.get("event") == event]

    def ready(self) -> None:
        """Wait until it takes messages."""
        _until(
            lambda: self._ended() or b" ready." in self.log.read_bytes(), what=f"a ready worker: {self.log}"
        )

    def _ended(self) -> bool:
        if self.process.poll() is not None:
            pytest.fail(f"the worker ended with {self.process.returncode}: {self.errors.read_text()[-2000:]}")
        return False

    def kill(self) -> None:
        """``kill -9`` of the parent and all children at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def children(self) -> list[int]:
        """Processes of its session that live on without it (needs /proc)."""
        return [pid for pid in _living() if pid != self.process.pid and _session(pid) == self.process.pid]

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=DEADLINE_S)


@dataclass
class Loom:
    """One newsloom: its server or data directory, its commands and workers as processes."""

    folder: Path
    url: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)

    @functools.cached_property
    def client(self) -> Any:
        # Who listens to what a worker does waits until it has begun.
        return redis.Redis.from_url(self.url or "", socket_timeout=DEADLINE_S)

    @property
    def outbox(self) -> Outbox:
        """The way onto its queue, with room for whatever a test sends."""
        return Outbox(self.client, "newsloom.ingest", 100_000)

    @property
    def env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLOOM_")}
        given = {"NEWSLOOM_REDIS_URL": self.url} if self.url else {}
        own = {
            "NEWSLOOM_DATA_DIR": str(self.folder / "data"),
            "NEWSLOOM_LOG_FORMAT": "json",
            "NEWSLOOM_LEASE_S": "1",
            "COLUMNS": "160",
        }
        return {**kept, **own, **given, **self.settings}

    def launch(self, *args: object, **options: Any) -> "subprocess.Popen[bytes]":
        argv = [sys.executable, "-m", "newsloom", *map(str, args)]
        return subprocess.Popen(argv, env=self.env, cwd=self.folder, stdin=subprocess.DEVNULL, **options)

    def command(self, *args: object, code: int = 0) -> Ran:
        with self.launch(*args, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            out, err = process.communicate(timeout=2 * DEADLINE_S)
        ran = Ran(process.returncode, out.decode(), err.decode())
        assert ran.code == code, ran
        return ran

    def worker(self, concurrency: int = 1, script: str | None = None) -> Worker:
        """A worker; ``script`` is run in its place, and ends with the ordinary command line."""
        program = ["-m", "newsloom"] if script is None else ["-c", script]
        argv = [sys.executable, *program, "worker", "--concurrency", str(concurrency)]
        found = Worker(argv, self.env, self.folder / f"worker-{len(self.workers)}.log")
        self.workers.append(found)
        return found

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        """What all its workers logged."""
        return [line for worker in self.workers for line in worker.lines(event)]

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
        if "client" in self.__dict__:
            self.client.close()


@pytest.fixture(scope="session")
def make_loom() -> type[Loom]:
    return Loom


@pytest.fixture
def loom(valkey: Valkey, tmp_path: Path) -> Iterator[Loom]:
    """A newsloom on an empty server."""
    found = Loom(tmp_path, valkey.url)
    yield found
    found.close()


@pytest.fixture
def mortal_loom(mortal_valkey: Valkey, tmp_path: Path) -> Iterator[Loom]:
    """A newsloom on a server that the test may kill."""
    found = Loom(tmp_path, mortal_valkey.url)
    yield found
    found.close()


@pytest.fixture
def embedded_loom(tmp_path: Path) -> Iterator[Loom]:
    """A newsloom with a server of its own making."""
    found = Loom(tmp_path)
    yield found
    found.close()
    _until(lambda: not processes(found), what="the end of all its processes")


def processes(loom: Loom) -> list[int]:
    """Every process that was started for this newsloom, by the environment it was started with."""
    mark = f"NEWSLOOM_DATA_DIR={loom.folder / 'data'}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (entry / "environ").read_bytes().split(b"\0") and alive(int(entry.name)):
                found.append(int(entry.name))
    return found


@pytest.fixture(scope="session")
def plain_policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped policy with a join rule of one number, for tests of what does not hang on the fitted one."""
    shipped = asdict(Policy.load())
    rule = {"intercept": -4.0, "coefficients": {"body": 12.0}, "threshold": 0.0, "caution": 0.0}
    path = tmp_path_factory.mktemp("policy") / "plain.json"
    path.write_text(json.dumps({**shipped, **rule}))
    return path


@pytest.fixture(scope="session")
def processes_of() -> Callable[[Loom], list[int]]:
    """Every living process that was started for a newsloom (needs /proc)."""
    return processes


# -- pages on loopback ------------------------------------------------------------------------------

#: What a path is answered with: status, headers, body.
Answer = Callable[[str], tuple[int, Mapping[str, str], bytes]]


@contextlib.contextmanager
def _serve(answer: Answer) -> Iterator[str]:
    class Paper(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silence."""

    paper = ThreadingHTTPServer(("127.0.0.1", 0), Paper)
    thread = threading.Thread(target=paper.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{paper.server_port}"
    finally:
        paper.shutdown()
        paper.server_close()
        thread.join()


@pytest.fixture(scope="session")
def serve() -> Callable[[Answer], contextlib.AbstractContextManager[str]]:
    """A paper on loopback that answers as told, as long as it is entered: its address."""
    return _serve


# -- what became of the files -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def partition() -> Callable[..., set[frozenset[tuple[str, int, int]]]]:
    """The events as sets of (name of the file, index, part): what does not hang on the order of arrival."""

    def events(rows: Sequence[Mapping[str, Any]]) -> set[frozenset[tuple[str, int, int]]]:
        found: dict[str, set[tuple[str, int, int]]] = {}
        for row in rows:
            mark = (os.path.basename(row["file"]), row["index"], row["part"])
            found.setdefault(row["event"], set()).add(mark)
        return {frozenset(stories) for stories in found.values()}

    return events


# -- invented articles ------------------------------------------------------------------------------

_FRAMES = (
    "The {0} of the {1} said on Monday that the {2} would not be {3} before the {4} had been seen by all of them.",
    "It was the first time in many years that a {0} had come so near to the {1}, and the {2} knew it at once.",
    "Nobody who had heard of the {0} was surprised when the {1} and the {2} were found beside the {3}.",
    "They will have to wait for the {0}, which has been {1} since the {2} was taken away with the {3}.",
    "A spokesman for the {0} said the {1} was not to blame, and that the {2} should have been {3} long ago.",
    "In the end it was the {0} that gave the {1} its {2}, as every {3} in the town had always said it would.",
)


class Inventor:
    """Events of a few rare words each, told again and again with small changes: plain to tell apart."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        words = [word for word in top_n_list("en", 30_000)[4_000:] if word.isascii() and word.isalpha()]
        self._words = [word for word in words if len(word) > 4]
        self._random.shuffle(self._words)

    def event(self, sentences: int = 10) -> str:
        """The text of an event of its own; no other event has its words."""
        told = []
        for number in range(sentences):
            frame = _FRAMES[number % len(_FRAMES)]
            told.append(frame.format(*(self._words.pop() for _ in range(5))))
        return "\n".join(told)

    def telling(self, text: str, number: int) -> str:
        """The same text as one outlet ran it: with a line more or less at the end."""
        lines = text.split("\n")
        return "\n".join(
            lines[: len(lines) - number % 2] + [f"Told for the {number}. time by our reporter."][: number % 3]
        )

    def folder(self, folder: Path, events: int, tellings: int) -> list[Path]:
        """Files of ``tellings`` articles of each event, in random order of name."""
        texts = [
            (event, number, self.telling(text, number))
            for event, text in enumerate(self.event() for _ in range(events))
            for number in range(tellings)
        ]
        self._random.shuffle(texts)
        folder.mkdir(parents=True)
        files = []
        for position, (event, number, text) in enumerate(texts):
            file = folder / f"{position:04d}-event{event:03d}-{number}.txt"
            file.write_text(text, encoding="utf-8")
            files.append(file)
        return files


@pytest.fixture(scope="session")
def make_inventor() -> Callable[[int], Inventor]:
    return Inventor


@pytest.fixture
def inventor() -> Inventor:
    return Inventor(20)
