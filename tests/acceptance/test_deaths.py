"""Whatever dies in the middle of 500 files: every file has one outcome, no event is doubled, none is lost."""

import contextlib
import functools
import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import redis

from newsloom import server
from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.mailbox import Depth, Mailbox
from newsloom.outbox import Outbox
from newsloom.store import keys
from newsloom.store.memory import MemoryStore
from newsloom.store.quarantine import Quarantine
from newsloom.store.redis import RedisStore
from newsloom.store.stream import Stream

EVENTS, TELLINGS = 100, 5
FILES = EVENTS * TELLINGS
QUEUE = "newsloom.ingest"
Groups = set[frozenset[tuple[str, int, int]]]


def event_of(file: str) -> str:
    found = re.search(r"event\d+", file)
    assert found
    return found[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, make_inventor: Callable[[int], Any]) -> Path:
    """500 files that tell of 100 events."""
    found = tmp_path_factory.mktemp("files") / "500"
    make_inventor(500).folder(found, EVENTS, TELLINGS)
    return found


@pytest.fixture(scope="module")
def undisturbed(
    folder: Path, ingested: Callable[..., Any], partition: Callable[..., Groups], plain_policy: Path
) -> Groups:
    """The events of the same files in the hands of one worker that nothing happens to."""
    store = MemoryStore()
    names = sorted(os.listdir(folder))
    ingested(
        store,
        [Article(file=name, path=name, text=(folder / name).read_text()) for name in names],
        Policy.load(plain_policy),
    )
    found = partition(rows(store.stories()))
    assert {frozenset(event_of(name) for name, _, _ in event) for event in found} == {
        frozenset([event_of(name)]) for name in names
    }
    assert len(found) == EVENTS
    return found


def rows(stories: Iterable[Any]) -> list[dict[str, Any]]:
    return [{"file": s.file, "index": s.index, "part": s.part, "event": s.event} for s in stories]


def send(client: Any, files: Iterable[Path], batch: int = 10) -> Mailbox:
    names = [str(file) for file in sorted(files)]
    Outbox(client, QUEUE, FILES).send(names[start : start + batch] for start in range(0, len(names), batch))
    return Mailbox(client, QUEUE)


def check(client: Any, undisturbed: Groups, partition: Callable[..., Groups]) -> None:
    """Each file has one outcome: one story, one record, one event as if nothing had happened."""
    store = RedisStore(client)
    stories = list(store.stories())
    assert len(stories) == len({story.file for story in stories}) == FILES
    assert partition(rows(stories)) == undisturbed
    records = list(Stream(client).records())
    assert sorted(record["story"] for record in records) == sorted(story.member.story for story in stories)
    assert sorted(story for event in store.events() for story in event.stories) == sorted(
        story.member.story for story in stories
    )
    stats = store.stats()
    assert (stats["stories"], stats["events"], stats["records"]) == (FILES, EVENTS, FILES)
    assert stats["outcomes"]["open"] == EVENTS
    assert Quarantine(client).count() == 0
    assert client.hlen(keys.ATTEMPTS) == 0, "an attempt was left open"


@pytest.fixture(autouse=True)
def same_rule(request: pytest.FixtureRequest, plain_policy: Path) -> None:
    """Which stories belong together is plain here, and not what is tested."""
    for name in {"loom", "mortal_loom", "embedded_loom"} & set(request.fixturenames):
        request.getfixturevalue(name).settings["NEWSLOOM_POLICY"] = str(plain_policy)


@pytest.fixture(scope="module")
def all_is_well(undisturbed: Groups, partition: Callable[..., Groups]) -> Callable[[Any], None]:
    return functools.partial(check, undisturbed=undisturbed, partition=partition)


def decided(client: Any) -> int:
    return int(client.xlen(keys.decisions("en")))


def kill_child(loom: Any) -> None:
    """``kill -9`` of the child that was the last to say something, which the worker then replaces."""
    name = loom.lines("story_decided")[-1]["worker"]
    pid = int(name.rpartition(":")[2])
    assert pid != loom.workers[-1].process.pid
    os.kill(pid, signal.SIGKILL)


def test_killed_children(
    loom: Any, folder: Path, all_is_well: Callable[[Any], None], until: Callable[..., Any]
) -> None:
    """Four times a child of a running worker is killed."""
    client = loom.client
    worker = loom.worker(2)
    worker.ready()
    mailbox = send(client, folder.iterdir())
    for reached in (40, 130, 220, 310):
        until(lambda reached=reached: decided(client) >= reached, what=f"{reached} stories")
        kill_child(loom)
    until(lambda: mailbox.depth().drained, what="an empty queue")
    assert worker.process.poll() is None
    all_is_well(client)


def test_a_worker_that_is_told_to_end(
    loom: Any, folder: Path, all_is_well: Callable[[Any], None], until: Callable[..., Any]
) -> None:
    """It decides the files that are in hand, not all of a message: the rest is the next message, and loses nothing."""
    client = loom.client
    worker = loom.worker(1)
    worker.ready()
    mailbox = send(client, folder.iterdir(), FILES)
    until(lambda: decided(client) >= 10, what="ten stories")
    assert worker.stop() == 0
    assert 10 <= decided(client) <= FILES / 2
    assert mailbox.depth() == Depth(waiting=1, held=0)
    [told] = worker.lines("message_rest_requeued")
    assert (told["begun"], told["reason"]) == (decided(client), "the worker is stopping")
    loom.worker(1)
    until(lambda: mailbox.depth().drained, what="an empty queue")
    all_is_well(client)


@pytest.mark.parametrize("how", ["whole", "parent"])
def test_killed_workers(
    loom: Any,
    folder: Path,
    all_is_well: Callable[[Any], None],
    until: Callable[..., Any],
    how: str,
) -> None:
    """A worker is killed, its parent alone or its children too; the next one finishes what it began."""
    client = loom.client
    mailbox = send(client, folder.iterdir())
    worker = loom.worker(2)
    until(lambda: decided(client) >= 200, what="200 stories")
    if how == "whole":
        worker.kill()
    else:
        worker.process.kill()
        worker.process.wait()
    assert not mailbox.depth().drained
    loom.worker(2)
    until(lambda: mailbox.depth().drained, what="an empty queue")
    until(lambda: not worker.children(), what="the end of the killed parent's children")
    all_is_well(client)


def test_killed_server(
    mortal_valkey: Any,
    mortal_loom: Any,
    folder: Path,
    all_is_well: Callable[[Any], None],
    until: Callable[..., Any],
) -> None:
    """Twice the server is killed and started again under a running worker, which goes on by itself; its log says so,
    and advises nothing."""
    client = mortal_valkey.client
    worker = mortal_loom.worker(2)
    worker.ready()
    mailbox = send(client, folder.iterdir())
    for reached in (60, 250):
        until(lambda reached=reached: decided(client) >= reached, what=f"{reached} stories")
        mortal_valkey.kill()
        mortal_valkey.start()
        assert decided(client) >= reached, "the append-only file lost decisions"
    until(lambda: mailbox.depth().drained, what="an empty queue")
    assert worker.process.poll() is None
    all_is_well(client)
    told = worker.log.read_text()
    assert "Connection to broker lost" in told
    assert "PendingDeprecationWarning" not in told


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no /proc to find processes in")
def test_killed_run(
    embedded_loom: Any,
    folder: Path,
    all_is_well: Callable[[Any], None],
    until: Callable[..., Any],
    processes_of: Callable[[Any], list[int]],
) -> None:
    """``kill -9`` of ``newsloom run``: worker, children, server and guard end too; run again, it is finished."""
    logs = embedded_loom.folder / "data" / "runs"
    run = embedded_loom.launch("run", folder, "--concurrency", "2", "--json", stdout=subprocess.DEVNULL)
    until(
        lambda: sum(log.read_bytes().count(b"story_decided") for log in logs.glob("*.log")) > 50,
        what="50 stories",
    )
    assert len(processes_of(embedded_loom)) >= 5, "run, worker, children, server, guard"
    run.kill()
    run.wait()
    until(lambda: not processes_of(embedded_loom), what="the end of all processes")
    told = embedded_loom.command("run", folder, "--concurrency", "2", "--json").lines()
    assert told[0]["files"] == FILES
    own = server.start_or_join(embedded_loom.folder / "data")
    with contextlib.closing(own), redis.Redis.from_url(own.url) as client:
        all_is_well(client)


#: A worker in which the text POISON kills whoever reads it, or decides it; each death is noted in a file.
DEADLY = """
import os, signal
from newsloom import bookmark, ingest
from newsloom.cli import main

def die():
    with open(os.environ["DEATHS"], "a") as deaths:
        deaths.write("x")
    os.kill(os.getpid(), signal.SIGKILL)

def read(path, limits, *, start=0, real=bookmark.read):
    for record in real(path, limits, start=start):
        if "POISON READER" in getattr(record, "text", ""):
            die()
        yield record

def articles(self, articles, real=ingest.Ingest.articles):
    if any("POISON" in article.text for article in articles):
        die()
    return real(self, articles)

bookmark.read = read
ingest.Ingest.articles = articles
main()
"""


@pytest.mark.parametrize("poison", ["POISON READER", "POISON INGEST"])
def test_poison_file(
    loom: Any, tmp_path: Path, inventor: Any, until: Callable[..., Any], poison: str
) -> None:
    """A file that killed its worker three times goes to quarantine, and the rest of its message goes on.

    Not counting the death that showed that one of those decided together is deadly.
    """
    good = [tmp_path / f"{name}.txt" for name in "ac"]
    for file in good:
        file.write_text(inventor.event())
    bad = tmp_path / "b.txt"
    bad.write_text(f"{inventor.event()}\n{poison}")
    many = tmp_path / "many.jsonl"
    texts = [inventor.event(), f"{inventor.event()}\nPOISON INGEST", inventor.event()]
    many.write_text("".join(json.dumps({"maintext": text}) + "\n" for text in texts))
    client = loom.client
    mailbox = Mailbox(client, QUEUE)
    loom.outbox.send([[str(file) for file in (good[0], bad, many, good[1])]])
    loom.settings["DEATHS"] = str(tmp_path / "deaths")
    loom.worker(1, DEADLY)
    until(lambda: mailbox.depth().drained, what="an empty queue")
    store = RedisStore(client)
    assert [(entry.file, entry.record, entry.reason) for entry in Quarantine(client).entries()] == [
        (str(bad), None, "killed_worker"),
        (str(many), 1, "killed_worker"),
    ]
    assert (tmp_path / "deaths").read_text() == "xxxx" * 2
    died = loom.lines("process_died")
    assert {(line["task_id"], line["files"], "SIGKILL" in line["detail"]) for line in died} == {
        (died[0]["task_id"], 4, True)
    }
    assert len(died) == 8
    again = [(line["file"], line["attempt"]) for line in loom.lines("begun_again")]
    assert again == [(str(file), attempt) for file in (bad, many) for attempt in (2, 3)]
    assert sorted((Path(story.file).name, story.index) for story in store.stories()) == [
        ("a.txt", 0),
        ("c.txt", 0),
        ("many.jsonl", 0),
        ("many.jsonl", 2),
    ]
    assert {line["reason"] for line in loom.lines("file_quarantined")} == {"killed_worker"}
    assert {line["file"] for line in loom.lines("file_ingested")} == {*map(str, good), str(many)}
    assert client.hlen(keys.ATTEMPTS) == 0


#: Memory runs out twice, whatever is read: as where others on the machine took it.
SHORT = """
import os
from newsloom import bookmark
from newsloom.cli import main

def read(path, limits, *, start=0, real=bookmark.read):
    with open(os.environ["DEATHS"], "a+b") as deaths:
        if deaths.seek(0, 2) < 2:
            deaths.write(b"x")
            raise MemoryError
    yield from real(path, limits, start=start)

bookmark.read = read
main()
"""


#: A reader that no soft limit ends.
ENDLESS = """
import time
from newsloom import bookmark
from newsloom.cli import main

def read(path, limits, *, start=0):
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass

bookmark.read = read
main()
"""


def test_a_process_that_hangs(loom: Any, tmp_path: Path, until: Callable[..., Any]) -> None:
    """It is killed at the limit, and the log says with which file in hand."""
    file = tmp_path / "a.txt"
    file.write_text("The mill stopped its last wheel on Sunday, and nobody came.")
    loom.settings |= {"NEWSLOOM_SOFT_TIME_LIMIT_S": "1", "NEWSLOOM_HARD_TIME_LIMIT_S": "2"}
    loom.outbox.send([[str(file)]])
    loom.worker(1, ENDLESS)
    died, *_ = until(lambda: loom.lines("process_died"), what="a death")
    assert died["file"] == str(file)
    assert "NEWSLOOM_HARD_TIME_LIMIT_S" in died["detail"]


def test_memory_that_runs_out(loom: Any, tmp_path: Path, inventor: Any, until: Callable[..., Any]) -> None:
    """It is no article's fault: the process ends, as it does where the kernel finds out, and none is quarantined."""
    files = [tmp_path / f"{name}.txt" for name in "abc"]
    for file in files:
        file.write_text(inventor.event())
    mailbox = Mailbox(loom.client, QUEUE)
    loom.outbox.send([[str(file) for file in files]])
    loom.settings["DEATHS"] = str(tmp_path / "deaths")
    loom.worker(1, SHORT)
    until(lambda: mailbox.depth().drained, what="an empty queue")
    store = RedisStore(loom.client)
    assert Quarantine(loom.client).entries() == []
    assert sorted(story.file for story in store.stories()) == sorted(map(str, files))
    assert len(loom.lines("memory_ran_out")) == 2
    assert loom.client.hlen(keys.ATTEMPTS) == 0


def test_what_a_worker_fails_at_is_kept(loom: Any, until: Callable[..., Any], tmp_path: Path) -> None:
    """A server that turns a command down for good: the message is put aside, and is done once it is put back."""
    file = tmp_path / "a.txt"
    file.write_text("The old mill on the river stopped its last wheel on Sunday, and nobody came to look.")
    loom.command("enqueue", file)
    (message,) = loom.client.lrange(QUEUE, 0, -1)
    loom.client.hset(keys.ATTEMPTS, f"{json.loads(message)['headers']['id']}:0#0", "no number to add to")
    loom.worker().ready()
    until(lambda: loom.client.llen(f"{QUEUE}{keys.REFUSED}"), what="a message put aside")
    assert loom.lines("message_put_aside")
    [told] = loom.command("quarantine", "list", "--messages", "--json").lines()
    assert told["why"].startswith("newsloom crashed on it: ")
    assert told["why"].endswith("; the log has the traceback")
    assert str(file) in told["message"]
    loom.client.delete(keys.ATTEMPTS)
    loom.command("quarantine", "retry", "--messages")
    until(lambda: [line["file"] for line in loom.lines("file_ingested")] == [str(file)], what="a decision")


def test_a_server_that_permits_too_little(loom: Any, until: Callable[..., Any], tmp_path: Path) -> None:
    """No article is to blame for a user without the keys: none is quarantined, and all is done once it has them."""
    file = tmp_path / "a.txt"
    file.write_text("The old mill on the river stopped its last wheel on Sunday, and nobody came to look.")
    user = {"enabled": True, "nopass": True, "categories": ["+@all"], "channels": ["*"]}
    loom.client.acl_setuser("weaver", keys=["newsloom*"], **user)
    try:
        loom.settings["NEWSLOOM_BROKER_URL"] = loom.url
        loom.settings["NEWSLOOM_REDIS_URL"] = loom.url.replace("://", "://weaver:any@", 1)
        loom.worker().ready()
        loom.outbox.send([[str(file)]])
        [line, *_] = until(lambda: loom.lines("message_waits"), what="a message that waits")
        assert "denies access" in line["reason"]
        loom.client.acl_setuser("weaver", keys=["*"], **user)
        until(
            lambda: [line["file"] for line in loom.lines("file_ingested")] == [str(file)], what="a decision"
        )
        until(lambda: loom.lines("message_goes_on"), what="the end of the wait")
        assert Quarantine(loom.client).entries() == []
    finally:
        loom.client.acl_deluser("weaver")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("redis://localhost:six", "is not a valid URL"),
        ("redis://localhost?foo=1", "redis-py does not know the option 'foo'"),
    ],
)
def test_an_address_that_is_mistyped(loom: Any, given: str, told: str) -> None:
    """A worker with a queue and no store says so and ends; no message pays for it."""
    loom.outbox.send([["a.txt"]])
    loom.settings["NEWSLOOM_BROKER_URL"] = loom.url
    loom.settings["NEWSLOOM_REDIS_URL"] = given
    ran = loom.command("worker", code=2)
    assert told in ran.err
    assert "NEWSLOOM_REDIS_URL" in ran.err
    assert loom.client.llen(QUEUE) == 1
