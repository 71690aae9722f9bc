"""Servers that are full, frozen, or not set up to keep what they take."""

import signal
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
import redis
import structlog

from newsloom import ending
from newsloom.store.health import health
from newsloom.store.patience import PATIENT
from newsloom.waiting import AGAIN_S, Waiting

Cli = Callable[..., Any]


@pytest.fixture
def full(mortal_valkey: Any, monkeypatch: pytest.MonkeyPatch, until: Callable[..., Any]) -> Any:
    """A server whose last snapshot could not be written, as where its disk is full."""
    mortal_valkey.kill()
    (mortal_valkey.folder / "taken.rdb" / "by a folder").mkdir(parents=True)
    mortal_valkey.launch("--dbfilename", "taken.rdb", "--save", "3600 1")
    until(mortal_valkey.answers, what="an answer")
    mortal_valkey.client.bgsave()
    until(
        lambda: mortal_valkey.client.info("persistence")["rdb_last_bgsave_status"] == "err", what="a failure"
    )
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", mortal_valkey.url)
    return mortal_valkey


@pytest.mark.parametrize("argv", [["stats"], ["events"], ["quarantine", "list"], ["export"]])
def test_a_server_that_cannot_write_can_be_read(cli: Cli, full: Any, argv: list[str]) -> None:
    """And it is said in a line that it takes no writes, and why."""
    told = cli(*argv)
    assert told.code == 0
    (line,) = [line for line in told.err.splitlines() if "accepts no writes" in line]
    assert "MISCONF" in line


def test_what_would_write_there_says_so(cli: Cli, full: Any, tmp_path: Any) -> None:
    """One sentence after the other, each with one full stop."""
    (tmp_path / "a.txt").write_text("The mill stopped its last wheel on Sunday.")
    told = cli("enqueue", "a.txt")
    assert told.code == 3
    assert "Redis cannot write now: MISCONF" in told.err
    assert ".." not in told.err


def test_a_frozen_server_is_not_waited_for(
    cli: Cli, mortal_valkey: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """It takes connections and answers nothing: said within five seconds."""
    (tmp_path / "a.txt").write_text("The mill stopped its last wheel on Sunday.")
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", mortal_valkey.url)
    mortal_valkey.process.send_signal(signal.SIGSTOP)
    try:
        for argv in (["stats"], ["enqueue", "a.txt"]):
            began = time.monotonic()
            told = cli(*argv)
            assert told.code == 3
            assert "NEWSLOOM_REDIS_URL" in told.err
            assert time.monotonic() - began < 5.5
    finally:
        mortal_valkey.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize(
    ("variable", "server", "told"),
    [("NEWSLOOM_REDIS_URL", "Redis", "waiting"), ("NEWSLOOM_BROKER_URL", "Redis of the queue", "stories")],
)
def test_what_the_other_server_knows_is_told(  # noqa: PLR0917
    cli: Cli, here: Any, monkeypatch: pytest.MonkeyPatch, variable: str, server: str, told: str
) -> None:
    """3, for a server is away; which, and why, stands beside what there is to know."""
    monkeypatch.setenv("NEWSLOOM_BROKER_URL", here.url)
    monkeypatch.setenv(variable, "unix:///nowhere/s.sock")
    ran = cli("stats", "--json")
    (row,) = ran.lines()
    assert (ran.code, {"waiting", "stories"} & row.keys()) == (3, {told})
    assert list(row["servers_refuse"]) == [server]
    assert "/nowhere/s.sock" in row["servers_refuse"][server]
    assert "/nowhere/s.sock" in ran.err
    assert told in cli("stats").out


def test_a_queue_that_is_away_hides_no_event(cli: Cli, here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for what was decided is answered, and told that nothing more is."""
    monkeypatch.setenv("NEWSLOOM_BROKER_URL", "unix:///nowhere/s.sock")
    ran = cli("events")
    assert ran.code == 0
    assert "Redis of the queue does not answer, so nothing is being decided" in ran.err


def test_a_server_that_may_forget(cli: Cli, mortal_valkey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told by `stats`, with what to set; CONFIG may be forbidden."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", mortal_valkey.url)
    assert cli("stats").err == ""
    mortal_valkey.client.config_set("maxmemory-policy", "allkeys-lru")
    mortal_valkey.client.config_set("appendonly", "no")
    mortal_valkey.client.acl_setuser(
        "default", enabled=True, nopass=True, keys=["*"], categories=["+@all", "-@admin"], reset=True
    )
    found = health(mortal_valkey.client).forgets
    assert ["noeviction" in found[0], "appendonly yes" in found[1], len(found)] == [True, True, 2]


def test_a_user_who_may_not_ask(mortal_valkey: Any) -> None:
    """INFO is forbidden: nothing is known, and nothing is said."""
    mortal_valkey.client.config_set("appendonly", "no")
    mortal_valkey.client.acl_setuser(
        "guest", enabled=True, nopass=True, keys=["*"], categories=["+@all", "-@dangerous"]
    )
    with redis.Redis(unix_socket_path=str(mortal_valkey.socket), username="guest", password="") as guest:
        assert health(guest).forgets == ()


def test_a_full_memory_and_a_replica_take_no_writes(mortal_valkey: Any) -> None:
    """Neither turns PING down."""
    client = mortal_valkey.client
    client.config_set("maxmemory", 1)
    assert "memory" in str(health(client).refuses)
    client.config_set("maxmemory", 0)
    assert health(client).refuses is None
    client.replicaof("127.0.0.1", "1")
    assert "replica" in str(health(client).refuses)


def test_a_wait_is_told_at_once_then_once_a_minute_and_at_its_end() -> None:
    """However often it is tried meanwhile; and the next wait is told anew."""
    now_s = 0.0
    waiting = Waiting("store_waits", "store_goes_on", lambda: now_s)
    with structlog.testing.capture_logs() as log:
        waiting.goes_on()
        for _ in range(90):
            waiting.waits("full")
            now_s += 2.0
        waiting.goes_on()
        waiting.goes_on()
        waiting.waits("full")
    assert [(line["event"], line["waited_s"]) for line in log] == [
        ("store_waits", 0.0), ("store_waits", AGAIN_S), ("store_waits", 2 * AGAIN_S), ("store_goes_on", 180.0),
        ("store_waits", 0.0),
    ]  # fmt: skip


def test_what_waits_by_turns_with_other_work_is_told_once_a_minute() -> None:
    """Of the messages of a language whose node is away, those of another language between them."""
    now_s = 0.0
    waiting = Waiting("message_waits", "message_goes_on", lambda: now_s, by_turns=True)
    with structlog.testing.capture_logs() as log:
        for _ in range(40):
            waiting.waits("away")
            now_s += 2.0
            waiting.goes_on()
    assert [line["event"] for line in log] == 2 * ["message_waits", "message_goes_on"]


@pytest.mark.parametrize("ends", [False, True])
def test_a_worker_that_is_told_to_end_waits_for_no_server(
    monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    """Its messages go back instead, and wait there."""
    monkeypatch.setattr(ending, "told", lambda: ends)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    client = redis.Redis(unix_socket_path="/nowhere/s.sock", **PATIENT)
    tries = []
    monkeypatch.setattr(socket.socket, "connect", lambda *_: tries.append(1) or _refuse())
    with pytest.raises(redis.ConnectionError):
        client.ping()
    assert (len(tries) == 1) is ends


def _refuse() -> None:
    raise ConnectionRefusedError
