"""Items of scrapy-redis: moved to the queue with acknowledgement, whatever dies on the way."""

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from newsloom.bridge import Bridge
from newsloom.errors import Impossible
from newsloom.outbox import Outbox
from newsloom.store.turn import Turn

QUEUE, KEY, HELD = "newsloom.ingest", "paper:items", "paper:items:newsloom"
#: A bridge that is killed at its second message: before it is on the queue, or after.
KILLED = """
import os, signal, sys, threading
import redis
from newsloom.bridge import Bridge
from newsloom.outbox import Outbox
url, key, where = sys.argv[1:]
sent = []
def put(self, messages, waiting, real=Outbox.put):
    sent.append(1)
    if len(sent) == 2 and where == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    real(self, messages, waiting)
    if len(sent) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
Outbox.put = put
client = redis.Redis.from_url(url)
Bridge(client, key, Outbox(client, "newsloom.ingest", 99), 3).run(threading.Event(), lambda: None)
"""


def push(client: Any, *items: Any) -> None:
    """As scrapy-redis does it."""
    client.rpush(KEY, *(item if isinstance(item, bytes) else json.dumps(item) for item in items))


def queued(client: Any) -> list[Any]:
    """The articles on the queue, in the order in which they are taken."""
    raw = reversed(client.lrange(QUEUE, 0, -1))
    return [article for each in raw for article in json.loads(json.loads(each)["body"])[1]["articles"]]


def test_in_order_and_in_batches(valkey: Any) -> None:
    """The oldest first, so many in a message; nothing is left behind."""
    items = [{"title": f"Mühle {n}", "url": f"https://mill.example/{n}"} for n in range(7)]
    push(valkey.client, *items)
    bridge = Bridge(valkey.client, KEY, Outbox(valkey.client, QUEUE, 99), 3)
    assert [bridge.step() for _ in range(4)] == [3, 3, 1, 0]
    assert queued(valkey.client) == items
    assert valkey.client.llen(QUEUE) == 3
    assert valkey.client.exists(KEY, HELD) == 0


def test_large_items_go_in_messages_of_their_own(valkey: Any) -> None:
    """A message has a bound in bytes, too."""
    push(valkey.client, *({"text": "x" * (3 << 20), "n": n} for n in range(3)))
    bridge = Bridge(valkey.client, KEY, Outbox(valkey.client, QUEUE, 99), 50)
    assert [bridge.step() for _ in range(3)] == [2, 1, 0]


def test_an_item_that_is_nested_too_deep(valkey: Any) -> None:
    """One that can be read and fits in no message goes as its text, the others of its batch as ever."""

    class Shallow(Outbox):
        def articles(self, articles: Any) -> bytes:
            if {"deep": 1} in articles:
                raise RecursionError
            return super().articles(articles)

    push(valkey.client, {"n": 0}, {"deep": 1}, {"n": 2})
    assert Bridge(valkey.client, KEY, Shallow(valkey.client, QUEUE, 99), 3).step() == 3
    assert queued(valkey.client) == [{"n": 0}, '{"deep": 1}', {"n": 2}]


def test_what_is_no_item_is_not_lost(valkey: Any) -> None:
    """What is no JSON, or nested without end, goes on as text, for the worker to refuse and to keep."""
    deep = b'{"a":' * 900 + b"1" + b"}" * 900
    push(valkey.client, {"title": "good"}, b"no JSON \xff", b"[" * 100_000, deep)
    Bridge(valkey.client, KEY, Outbox(valkey.client, QUEUE, 99), 9).step()
    found = queued(valkey.client)
    assert len(found) == 4
    assert found[1:3] == ["no JSON \ufffd", "[" * 100_000]
    assert found[0] in ({"title": "good"}, '{"title": "good"}')
    assert valkey.client.exists(KEY, HELD) == 0


def test_a_second_bridge_of_one_list(loom: Any, valkey: Any, until: Callable[..., Any]) -> None:
    """It is refused while the first one lives, with 1 and what to do, and goes on from where that ended in order."""
    client = valkey.client
    with loom.launch("bridge", KEY, stdout=subprocess.DEVNULL) as first:
        try:
            push(client, *({"n": n} for n in range(3)))
            until(lambda: client.llen(QUEUE) and not client.llen(HELD), what="the first items")
            second = loom.command("bridge", KEY, "--drain", code=1)
            assert f"Another bridge is moving this list, {KEY}" in second.err
            loom.command("bridge", "other:items", "--drain")
            push(client, {"n": 3})
            until(lambda: len(queued(client)) == 4, what="the last item")
        finally:
            first.terminate()
    assert first.returncode == 0
    assert not client.exists(f"{HELD}:turn")
    push(client, {"n": 4})
    loom.command("bridge", KEY, "--drain")
    assert [article["n"] for article in queued(client)] == [0, 1, 2, 3, 4]


def test_a_bridge_that_waits_for_room_keeps_its_list(valkey: Any) -> None:
    """However long that takes; and where another has the list in the end it does not go on beside that."""
    client, turn = valkey.client, f"{HELD}:turn"
    push(client, {"n": 0}, {"n": 1})
    seen: list[int] = []
    other, ended = Turn(client, turn), threading.Event()

    def live() -> None:
        while not ended.wait(0.5):
            other.keep()

    another = threading.Thread(target=live)

    def waiting() -> None:
        seen.append(client.pttl(turn))
        if len(seen) == 1:
            client.pexpire(turn, 500)
        elif seen[-1] > 1000:  # it was renewed
            client.delete(turn)
            assert other.take()
            another.start()

    try:
        with pytest.raises(Impossible, match=KEY):
            Bridge(client, KEY, Outbox(client, QUEUE, 1), 1).run(threading.Event(), waiting)
        assert not Turn(client, turn).take(), "not given back for it"
    finally:
        ended.set()
        another.join()
    assert [article["n"] for article in queued(client)] == [0]
    assert client.llen(HELD) == 1


def test_what_two_bridges_take(valkey: Any) -> None:
    """Where one loses its turn without a word, as when its server was frozen, no item is lost between them."""
    outbox = Outbox(valkey.client, QUEUE, 99)
    one, two = (Bridge(valkey.client, KEY, outbox, 2) for _ in range(2))
    push(valkey.client, *({"n": n} for n in range(4)))
    held = one._taken()
    assert two.step() == 2
    one._outbox.put([one._outbox.items(held)])
    one._struck_out(held)
    while one.step() + two.step():
        pass
    assert {article["n"] for article in queued(valkey.client)} == set(range(4))
    assert valkey.client.exists(KEY, HELD) == 0


@pytest.mark.parametrize("where", ["before", "after"])
def test_killed(loom: Any, valkey: Any, where: str, until: Callable[..., Any]) -> None:
    """``kill -9`` between taking and enqueueing, or between that and striking out: nothing is lost, and
    nothing is decided twice."""
    client = valkey.client
    items = [{"title": f"Item {n}", "text": f"The mill number {n} stopped its wheel."} for n in range(9)]
    push(client, *items)
    argv = [sys.executable, "-c", KILLED, valkey.url, KEY, where]
    killed = subprocess.run(argv, timeout=60, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed
    assert client.llen(HELD) == 3, "taken, and not struck out"
    assert 0 < client.pttl(f"{HELD}:turn") <= 5_000, "a lease, which its successor waits for"
    Bridge(client, KEY, Outbox(client, QUEUE, 99), 3).run(threading.Event(), lambda: None, drain=True)
    sent = Counter(article["title"] for article in queued(client))
    assert sent == Counter({f"Item {n}": 2 if where == "after" and 3 <= n < 6 else 1 for n in range(9)})
    assert client.exists(KEY, HELD) == 0
    if where == "before":
        return  # nothing was sent twice: the other case shows what becomes of it
    loom.worker(1)
    until(
        lambda: not client.llen(QUEUE) and len(loom.lines("file_ingested")) == sum(sent.values()), what="all"
    )
    decided = Counter(line["outcome"] == "repeat" for line in loom.lines("story_decided"))
    assert decided == Counter({False: 9, True: 3})


def test_it_runs_until_told_to_stop(loom: Any, valkey: Any, until: Callable[..., Any]) -> None:
    """It waits for items and for room, and SIGTERM ends it at once, with nothing lost."""
    client = valkey.client
    loom.settings["NEWSLOOM_QUEUE_MAX"] = "2"
    with loom.launch("bridge", KEY, "--batch", "1", stdout=subprocess.PIPE) as bridge:
        assert bridge.stdout is not None
        assert json.loads(bridge.stdout.readline())["event"] == "bridge_started"
        push(client, {"n": 0})
        until(lambda: client.llen(QUEUE) == 1, what="the first item")
        push(client, {"n": 1}, {"n": 2}, {"n": 3})
        until(lambda: client.llen(HELD) == 1, what="an item that waits for room")
        assert json.loads(bridge.stdout.readline())["event"] == "queue_full"
        bridge.terminate()
        told = json.loads(bridge.stdout.read())
        assert bridge.wait(timeout=60) == 0
    assert (told["event"], told["items"]) == ("bridge_stopped", 2)
    assert [article["n"] for article in queued(client)] == [0, 1]
    assert [json.loads(item)["n"] for item in client.lrange(HELD, 0, -1) + client.lrange(KEY, 0, -1)] == [
        2,
        3,
    ]


def test_the_lists_may_be_elsewhere(loom: Any, valkey: Any, mortal_valkey: Any) -> None:
    """On a server of their own."""
    loom.settings["NEWSLOOM_BRIDGE_URL"] = mortal_valkey.url
    push(mortal_valkey.client, {"n": 0})
    loom.command("bridge", KEY, "--drain")
    assert queued(valkey.client) == [{"n": 0}]


def test_a_server_of_the_lists_that_is_away(loom: Any, valkey: Any, mortal_valkey: Any) -> None:
    """It is waited for, and the setting that names it is among those to check."""
    loom.settings["NEWSLOOM_BRIDGE_URL"] = mortal_valkey.url
    mortal_valkey.kill()
    with loom.launch("bridge", KEY, "--drain", stdout=subprocess.PIPE) as bridge:
        told = json.loads(bridge.stdout.readline())
        assert (told["event"], told["level"]) == ("server_awaited", "warning")
        assert "Check NEWSLOOM_REDIS_URL and NEWSLOOM_BRIDGE_URL" in told["reason"]
        mortal_valkey.start()
        push(mortal_valkey.client, {"n": 0})
        events = [json.loads(line)["event"] for line in bridge.stdout]
    assert (bridge.returncode, events) == (0, ["bridge_started", "bridge_stopped"])


@pytest.mark.parametrize("argv", [["bridge", KEY], ["watch", "."], ["worker", "--concurrency", "1"]])
def test_what_runs_until_it_is_told_to_end_waits_for_a_server(
    mortal_loom: Any, mortal_valkey: Any, until: Callable[..., Any], argv: list[str]
) -> None:
    """From its start on: it says so, does its work when there is one, and ends in order without."""
    log = mortal_loom.folder / "log"

    def says(*words: str) -> bool:
        return any(word in log.read_text() for word in words)

    for comes in (False, True):
        mortal_valkey.kill()
        with log.open("wb") as out, mortal_loom.launch(*argv, stdout=out) as process:
            until(
                lambda: says("server_awaited", "Cannot connect to"), what="a word of the server that is away"
            )
            if comes:
                mortal_valkey.start()
                until(lambda: says("_started", " ready."), what="a start")
            process.terminate()
            assert process.wait(timeout=60) == 0
        assert says("_stopped") == (comes and argv[0] != "worker")


def test_a_key_that_is_no_list(cli: Callable[..., Any], valkey: Any) -> None:
    """2, and what to name."""
    valkey.client.set(KEY, "x")
    told = cli("bridge", KEY)
    assert told.code == 2
    assert "not a list" in told.err
