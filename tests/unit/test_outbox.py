"""A bound on the queue: whoever is faster than the workers waits, or is told."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsloom.errors import QueueFull
from newsloom.mailbox import TASK
from newsloom.outbox import Outbox

QUEUE = "newsloom.ingest"


def texts(valkey: Any) -> list[Any]:
    """What waits, in the order in which it is taken."""
    raw = reversed(valkey.client.lrange(QUEUE, 0, -1))
    return [json.loads(json.loads(each)["body"])[1] for each in raw]


def test_no_more_than_there_is_room_for(valkey: Any) -> None:
    """In order, and exactly up to the bound, whatever stands there already."""
    outbox = Outbox(valkey.client, QUEUE, 5)
    valkey.client.lpush(QUEUE, b"a", b"b")
    assert outbox.offer([b"c", b"d", b"e", b"f", b"g"]) == 3
    assert outbox.offer([b"f"]) == 0
    assert valkey.client.lrange(QUEUE, 0, -1) == [b"e", b"d", b"c", b"b", b"a"]
    for _ in range(3):
        valkey.client.rpop(QUEUE)
    assert outbox.offer([b"f"]) == 1
    valkey.client.lpush(QUEUE, *(b"x" for _ in range(9)))
    assert outbox.offer([b"g"]) == 0, "past the bound already"


def test_files_are_taken_in_the_order_sent(valkey: Any) -> None:
    """Batches stay together, and in order; a path that is no UTF-8 goes through unchanged."""
    outbox = Outbox(valkey.client, QUEUE, 9)
    path = b"/files/caf\xe9.txt".decode("utf-8", "surrogateescape")
    assert outbox.send([["a", "b"], ["c"]], base="/folder") == 3
    assert outbox.send([[path]]) == 1
    assert outbox.send([]) == 0
    assert texts(valkey) == [
        {"files": ["a", "b"], "base": "/folder"},
        {"files": ["c"], "base": "/folder"},
        {"files": [path]},
    ]
    tasks = {json.loads(raw)["headers"]["task"] for raw in valkey.client.lrange(QUEUE, 0, -1)}
    assert tasks == {TASK}


def test_what_is_found_slowly_is_sent_meanwhile(valkey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that has waited long enough does not wait for the two hundred that would go with it."""
    monkeypatch.setattr("newsloom.outbox._STEP_AGE_S", 0.0)
    waiting = []

    def found() -> Iterator[list[str]]:
        for name in "abc":
            waiting.append(valkey.client.llen(QUEUE))
            yield [name]

    assert Outbox(valkey.client, QUEUE, 9).send(found()) == 3
    assert waiting == [0, 0, 1]
    assert [one["files"] for one in texts(valkey)] == [["a"], ["b"], ["c"]]


def test_it_waits_for_room(valkey: Any, until: Callable[..., Any]) -> None:
    """All arrive in order, and never do more wait than may."""
    outbox = Outbox(valkey.client, QUEUE, 3)
    waits: list[int] = []
    thread = threading.Thread(
        target=outbox.send, args=([[str(n)] for n in range(20)],), kwargs={"waiting": lambda: waits.append(1)}
    )
    thread.start()
    taken = []
    while len(taken) < 20:
        assert valkey.client.llen(QUEUE) <= 3
        if (raw := valkey.client.rpop(QUEUE)) is not None:
            taken += json.loads(json.loads(raw)["body"])[1]["files"]
    thread.join()
    assert taken == [str(n) for n in range(20)]
    assert waits


def test_what_is_raised_while_waiting_ends_it(valkey: Any) -> None:
    """A worker that died, a signal: the rest is not put."""

    class Enough(Exception):
        pass

    def enough() -> None:
        raise Enough

    with pytest.raises(Enough):
        Outbox(valkey.client, QUEUE, 2).send([["a"], ["b"], ["c"]], waiting=enough)
    assert texts(valkey) == [{"files": ["a"]}, {"files": ["b"]}]


def test_refused(valkey: Any) -> None:
    """What had room stays; how much that was and where it stopped is said."""
    outbox = Outbox(valkey.client, QUEUE, 2)
    with pytest.raises(QueueFull) as full:
        outbox.send([["a", "b"], ["c"], ["d", "e"], ["f"]], base="/in", wait=False)
    assert (full.value.sent, full.value.first) == (3, "d")
    assert texts(valkey) == [{"files": ["a", "b"], "base": "/in"}, {"files": ["c"], "base": "/in"}]


def test_articles_in_a_message(valkey: Any) -> None:
    """As they are, for the task of files."""
    outbox = Outbox(valkey.client, QUEUE, 2)
    outbox.put([outbox.articles([{"title": "Mühle"}, {"text": "x"}])])
    (raw,) = valkey.client.lrange(QUEUE, 0, -1)
    assert json.loads(raw)["headers"]["task"] == TASK
    assert texts(valkey) == [{"articles": [{"title": "Mühle"}, {"text": "x"}]}]


def test_many_large_messages(valkey: Any) -> None:
    """More than goes in one step, by number and by size, arrives all and in order."""
    outbox = Outbox(valkey.client, QUEUE, 10_000)
    long = "/" + "x" * 100_000
    assert outbox.send([[long]] * 90) == 90
    assert outbox.send([str(n)] for n in range(450)) == 450
    assert [each["files"] for each in texts(valkey)] == [[long]] * 90 + [[str(n)] for n in range(450)]


def test_it_is_light() -> None:
    """A scraper that imports it loads neither Celery nor any model."""
    code = "import newsloom.outbox, sys; print(*(set('celery kombu numpy trafilatura wordfreq lxml'.split()) & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert ran.stdout.strip() == ""


# -- the command ---------------------------------------------------------------------------------


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.txt").write_text("The mill stopped.")
    return folder


def test_enqueue_refuses(cli: Any, valkey: Any, many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """5, with a clear word of what was enqueued and what was not; ``stats`` says that it is full."""
    monkeypatch.setenv("NEWSLOOM_QUEUE_MAX", "3")
    told = cli("enqueue", many, "--batch", 2, "--when-full", "refuse")
    assert told.code == 5
    assert "6 files were enqueued" in " ".join(told.err.split())
    assert str(many / "6.txt") in told.err.replace("\n", "")
    (stats,) = cli("stats", "--json").lines()
    assert (stats["waiting"], stats["queue_max"], stats["full"]) == (3, 3, True)
    told = cli("enqueue", many, "--when-full", "refuse", "--json")
    assert (told.code, told.lines()) == (
        5,
        [{"enqueued": 0, "full": True, "first_refused": str(many / "0.txt")}],
    )
    valkey.client.rpop(QUEUE)
    assert cli("stats", "--json").lines()[0]["full"] is False


def test_enqueue_refuses_a_name_that_is_no_text(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that are no UTF-8 are told as Python writes them, so that the file can be found again."""
    monkeypatch.setenv("NEWSLOOM_QUEUE_MAX", "1")
    for name in (b"a.txt", b"b\xe9.txt"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("The mill stopped.")
    told = cli("enqueue", tmp_path, "--batch", 1, "--when-full", "refuse", "--json")
    assert told.code == 5
    assert told.lines() == [{"enqueued": 1, "full": True, "first_refused": f"{tmp_path}/b\udce9.txt"}]


def test_addresses(cli: Any, valkey: Any, many: Path) -> None:
    """They go into the message as they are: whether one may be fetched is for the worker to say."""
    address = "s3://bucket/day/many.jsonl?versionId=1"
    assert cli("enqueue", address, many / "1.txt").code == 0
    (message,) = texts(valkey)
    assert message["files"] == [address, str(many / "1.txt")]


def test_enqueue_waits(loom: Any, valkey: Any, many: Path, until: Callable[..., Any]) -> None:
    """Unless told otherwise; it says so, and goes on when there is room."""
    loom.settings["NEWSLOOM_QUEUE_MAX"] = "3"
    with loom.launch(
        "enqueue", many, "--batch", "2", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        until(lambda: valkey.client.llen(QUEUE) == 3, what="a full queue")
        assert process.stderr is not None
        assert b"The queue is full (3 messages)" in process.stderr.readline()
        assert process.poll() is None
        valkey.client.rpop(QUEUE)
        out, _ = process.communicate(timeout=60)
    assert (process.returncode, json.loads(out)["enqueued"]) == (0, 8)
