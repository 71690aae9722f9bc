"""One running worker: whoever sends, whatever is in the files, and what it says of them."""

import base64
import gzip
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsloom.mailbox import TASK, Mailbox, message
from newsloom.settings import Settings
from newsloom.store import keys
from newsloom.store.quarantine import Quarantine
from newsloom.store.redis import RedisStore
from newsloom.store.stream import Stream
from newsloom.worker.app import make_app

QUEUE = "newsloom.ingest"
SEEDS = itertools.count(1)  #: no two tests tell of the same events


@pytest.fixture(scope="module")
def running(
    shared_valkey: Any,
    tmp_path_factory: pytest.TempPathFactory,
    make_loom: Callable[..., Any],
    plain_policy: Path,
) -> Iterator[Any]:
    """A worker of two processes, for all tests of this module; each brings files of its own."""
    shared_valkey.clear()
    found = make_loom(tmp_path_factory.mktemp("running"), shared_valkey.url)
    found.settings["NEWSLOOM_MAX_ARTICLE_MB"] = "1"
    found.settings["NEWSLOOM_POLICY"] = str(plain_policy)
    found.worker(2).ready()
    yield found
    found.close()


class Sent:
    """Messages of this test's own making, with ids that it knows."""

    def __init__(self, loom: Any, until: Callable[..., Any]) -> None:
        self.loom, self.until = loom, until
        self.store = RedisStore(loom.client)

    def raw(self, args: list[Any], kwargs: dict[str, Any], task_id: str | None = None) -> str:
        """What a sender in another language writes: the least that is a message."""
        task_id = task_id or str(uuid.uuid4())
        body = base64.b64encode(json.dumps([args, kwargs, {}]).encode()).decode()
        message = {
            "body": body,
            "content-type": "application/json",
            "content-encoding": "utf-8",
            "headers": {"task": TASK, "id": task_id},
            "properties": {
                "body_encoding": "base64",
                "delivery_tag": "1",
                "delivery_info": {"exchange": "", "routing_key": QUEUE},
            },
        }
        self.loom.client.lpush(QUEUE, json.dumps(message))
        return task_id

    def files(self, *files: Path) -> str:
        return self.raw([], {"files": list(map(str, files))})

    def closed(self, *files: Path) -> None:
        """Wait until each file has its outcome."""
        names = set(map(str, files))
        ends = ("file_ingested", "file_quarantined")
        self.until(
            lambda: names <= {line["file"] for event in ends for line in self.loom.lines(event)},
            timeout_s=20.0,
            what=f"an outcome of {names}",
        )

    def stories(self, *files: Path) -> list[Any]:
        names = set(map(str, files))
        return [story for story in self.store.stories() if story.file in names]

    def quarantined(self, file: Path) -> list[tuple[int | None, str]]:
        return [
            (entry.record, entry.reason)
            for entry in Quarantine(self.loom.client).entries()
            if entry.file == str(file)
        ]


@pytest.fixture
def sent(running: Any, until: Callable[..., Any]) -> Sent:
    return Sent(running, until)


@pytest.fixture
def written(tmp_path: Path, make_inventor: Callable[[int], Any]) -> Callable[..., Path]:
    """A file with a text of its own, or the text or bytes given."""
    inventor = make_inventor(next(SEEDS))

    def write(name: str, content: str | bytes | None = None) -> Path:
        path = tmp_path / name
        content = inventor.event() if content is None else content
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


# -- senders -------------------------------------------------------------------------------------

STOCK_SENDER = """
import sys
from celery import Celery
app = Celery(broker=sys.argv[1])
first, second, third, fourth = sys.argv[2:]
app.send_task("newsloom.ingest", kwargs={"files": [first]}, queue="newsloom.ingest")
app.send_task("newsloom.ingest", args=[[second]], queue="newsloom.ingest")
app.send_task("newsloom.ingest", kwargs={"files": third}, queue="newsloom.ingest")
app.send_task("newsloom.ingest", kwargs={"files": [fourth]}, queue="newsloom.ingest", serializer="pickle")
assert not any(name.partition(".")[0] == "newsloom" for name in sys.modules)
"""


def test_a_stock_celery_sends(
    sent: Sent, written: Callable[..., Path], running: Any, shared_valkey: Any
) -> None:
    """A bare ``send_task`` will do, in every form, without newsloom in the sender; pickle is not opened."""
    files = [written(f"{name}.txt") for name in "abcd"]
    argv = [sys.executable, "-c", STOCK_SENDER, f"redis+socket://{shared_valkey.socket}", *map(str, files)]
    subprocess.run(argv, check=True, timeout=60, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    sent.closed(*files[:3])
    after = written("after.txt")
    sent.files(after)
    sent.closed(after)
    assert sorted(story.file for story in sent.stories(*files, after)) == sorted(
        map(str, [*files[:3], after])
    )
    assert running.workers[0].process.poll() is None


@pytest.mark.parametrize("form", ["kwargs", "args"])
def test_a_bare_push_sends(sent: Sent, written: Callable[..., Path], form: str) -> None:
    """A program in any language pushes one JSON text to the list."""
    files = [written("one.txt"), written("two.txt")]
    names = list(map(str, files))
    task_id = sent.raw([names], {}) if form == "args" else sent.raw([], {"files": names})
    sent.closed(*files)
    assert sorted(story.file for story in sent.stories(*files)) == sorted(names)
    lines = [line for line in sent.loom.lines("story_decided") if line["file"] in names]
    assert {line["task_id"] for line in lines} == {task_id}


def test_the_same_message_twice(sent: Sent, written: Callable[..., Path]) -> None:
    """A message that comes again, with the same id and with another, changes nothing."""
    file = written("again.txt")
    task_id = sent.files(file)
    sent.closed(file)
    before = sent.stories(file), sent.loom.client.xlen("loom:{en}:decisions"), sent.store.stats()
    sent.raw([], {"files": [str(file)]}, task_id)
    sent.files(file)
    sent.until(
        lambda: sum(line["file"] == str(file) for line in sent.loom.lines("file_ingested")) == 3,
        what="three ends of the file",
    )
    assert (
        sent.stories(file),
        sent.loom.client.xlen("loom:{en}:decisions"),
        sent.store.stats(),
    ) == before
    outcomes = [line["outcome"] for line in sent.loom.lines("story_decided") if line["file"] == str(file)]
    assert outcomes == ["open", "repeat", "repeat"]


# -- what it says ----------------------------------------------------------------------------------

STORY_FIELDS = {
    "time", "level", "event", "task_id", "worker",
    "file", "index", "article", "story", "part", "parts", "first_paragraph", "paragraphs", "title", "source", "url",
    "language", "published", "words", "simhash", "outcome", "event_id", "event_title", "duplicate_of", "rewrite_of", "revision_of",
    "closest", "distance", "overlap", "best", "score", "threshold", "margin", "runner_up", "runner_up_score", "candidates",
    "features", "policy", "retries", "took_ms",
}  # fmt: skip


def test_every_line_is_json(sent: Sent, written: Callable[..., Path], running: Any) -> None:
    """Standard output is JSON from the first line on, Celery's own lines too."""
    file = written("line.txt")
    sent.files(file)
    sent.closed(file)
    whole = running.workers[0].log.read_bytes().rpartition(b"\n")[0].splitlines()
    lines = [json.loads(line) for line in whole]
    assert all(isinstance(line, dict) and {"time", "level", "event"} <= line.keys() for line in lines)
    assert any(str(line.get("logger", "")).startswith("celery") for line in lines)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT], ids=lambda how: how.name)
def test_every_line_of_a_worker_that_is_told_to_end_is_json(
    shared_valkey: Any, make_loom: Callable[..., Any], tmp_path: Path, how: signal.Signals
) -> None:
    """Whoever reads the log line by line reads it to its end."""
    loom = make_loom(tmp_path, shared_valkey.url, {"NEWSLOOM_QUEUE": "of.its.own"})
    worker = loom.worker()
    worker.ready()
    worker.process.send_signal(how)
    worker.process.wait(30)
    loom.close()
    assert all(isinstance(json.loads(line), dict) for line in worker.log.read_bytes().splitlines())
    assert b"shutdown" in worker.errors.read_bytes()


def test_a_story_is_told_with_all_its_evidence(sent: Sent, written: Callable[..., Path]) -> None:
    """``story_decided`` has every field of the record, filled where the decision has something to say."""
    text = written("first.txt").read_text()
    first = written("first.json", json.dumps({
        "title": "Mill stops", "maintext": text, "url": f"https://mill.example/{uuid.uuid4()}",
        "date_publish": "2024-05-06 07:08:09",
    }))  # fmt: skip
    copy = written(
        "copy.txt", text + "\nAnd nobody came to see it stop, the reporter of the other paper said."
    )
    for file in (first, copy):
        sent.files(file)
        sent.closed(file)
    lines = {line["file"]: line for line in sent.loom.lines("story_decided")}
    told, again = lines[str(first)], lines[str(copy)]
    assert set(told) == set(again) == STORY_FIELDS
    assert (told["outcome"], told["part"], told["parts"], told["title"]) == ("open", 0, 1, "Mill stops")
    assert (told["published"], told["language"]) == ("2024-05-06T07:08:09+00:00", "en")
    assert (told["source"], told["url"][:21]) == ("mill.example", "https://mill.example/")
    assert re.fullmatch("[0-9a-f]{16}", told["simhash"])
    assert re.fullmatch("[0-9a-f]{16}", told["story"])
    assert told["words"] > 50
    assert again["outcome"] == "duplicate"
    assert (again["duplicate_of"], again["event_id"]) == (told["story"], told["event_id"])
    assert again["overlap"] > 0.5
    assert 0 <= again["distance"] <= 64
    assert again["candidates"] >= 1
    assert again["policy"] == told["policy"]
    assert {"load", "split", "describe", "recall", "decide", "commit"} == set(told["took_ms"])
    assert told["worker"].rpartition(":")[2].isdigit()


def test_the_stream_says_the_same(sent: Sent, written: Callable[..., Path]) -> None:
    """The record in the stream is the one in the log, but for what the log alone can know."""
    files = [written(f"{name}.txt") for name in "xyz"]
    sent.files(*files)
    sent.closed(*files)
    logged = {line["story"]: line for line in sent.loom.lines("story_decided") if line["outcome"] != "repeat"}
    records = [record for record in Stream(sent.loom.client).records() if record["file"] in map(str, files)]
    assert len(records) == len(files)
    for record in records:
        line = logged[record["story"]]
        alone = {"time", "level", "event", "task_id", "worker", "took_ms"}
        assert {key: value for key, value in record.items() if key not in {"id", "type"}} == {
            key: value for key, value in line.items() if key not in alone
        }


def test_no_context_leaks(sent: Sent, written: Callable[..., Path], running: Any) -> None:
    """A line with a task's id names a file of that task; a line of no task names neither."""
    tasks: dict[str, set[str]] = {}
    for number in range(6):
        files = [written(f"{number}-{place}.txt") for place in range(3)]
        bad = written(f"{number}-bad.txt", b"")
        tasks[sent.files(files[0], bad, *files[1:])] = set(map(str, [*files, bad]))
    sent.closed(*(Path(file) for files in tasks.values() for file in files))
    lines = running.lines()
    for line in lines:
        if "file" in line:
            assert "task_id" in line
            assert "worker" in line
        if line.get("task_id") in tasks and "file" in line:
            assert line["file"] in tasks[line["task_id"]]
        if str(line.get("logger", "")).startswith(("celery.", "kombu")):
            assert "file" not in line
    for task_id, files in tasks.items():
        mine = [line for line in lines if line.get("task_id") == task_id]
        assert {line["file"] for line in mine} == files
        assert len({line["worker"] for line in mine}) == 1
        closing = [line for line in mine if line["event"] in {"file_ingested", "file_quarantined"}]
        assert sorted(line["file"] for line in closing) == sorted(files)


# -- files that cannot be read ------------------------------------------------------------------------

UNREADABLE: dict[str, tuple[str, bytes | None]] = {
    "missing": ("missing.txt", None),
    "empty": ("empty.txt", b""),
    "white": ("white.txt", b" \n\t\n"),
    "binary": ("binary.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + bytes(range(256)) * 8),
    "undecodable": ("undecodable.txt", bytes(range(0x80, 0x100)) * 64),
    "malformed": ("malformed.json", b'{"title": "Half a record", "maintext": "It ends in the mid'),
    "too large": ("large.txt", b"One line of a very long report, told again and again.\n" * 30_000),
    "no text": ("none.html", b"<!doctype html><html><head><title></title></head><body></body></html>"),
    "cut gzip": ("cut.txt.gz", gzip.compress(b"A report that was cut while it was copied.\n" * 500)[:-20]),
}
REASONS = {
    "missing": {"missing"}, "empty": {"empty"}, "white": {"empty"}, "binary": {"binary"},
    "undecodable": {"undecodable", "binary"}, "malformed": {"malformed", "truncated"},
    "too large": {"too_large"}, "no text": {"no_text"}, "cut gzip": {"truncated", "malformed"},
}  # fmt: skip


def test_what_cannot_be_read(sent: Sent, written: Callable[..., Path], tmp_path: Path, running: Any) -> None:
    """Each unreadable file goes to quarantine with its reason; the rest of its message goes on."""
    first, last = written("first.txt"), written("last.txt")
    files = {}
    for kind, (name, content) in UNREADABLE.items():
        files[kind] = tmp_path / name
        if content is not None:
            written(name, content)
    folder = tmp_path / "folder"
    folder.mkdir()
    sent.files(first, *files.values(), folder, last)
    sent.closed(first, *files.values(), folder, last)
    assert [story.file for story in sent.stories(first, *files.values(), last)] == [str(first), str(last)]
    listed = {
        entry["file"]: entry for entry in running.command("quarantine", "list", "--json").lines()
        if Path(entry["file"]).parent == tmp_path
    }  # fmt: skip
    assert set(listed) == {*map(str, files.values()), str(folder)}
    for kind, file in files.items():
        assert listed[str(file)]["reason"] in REASONS[kind], listed[str(file)]
        assert len(listed[str(file)]["detail"]) > 20, "a sentence for a person"
        assert listed[str(file)]["record"] is None
    assert listed[str(folder)]["reason"] == "not_a_file"
    logged = {line["file"]: line for line in running.lines("file_quarantined")}
    for file, entry in listed.items():
        assert (logged[file]["reason"], logged[file]["detail"]) == (entry["reason"], entry["detail"])


def test_retry_and_drop(sent: Sent, written: Callable[..., Path], running: Any) -> None:
    """A repaired file is ingested on retry and leaves the list; one that is still bad comes back; drop forgets."""
    repaired, still, dropped = (written(f"{name}.json", "{") for name in ("repaired", "still", "dropped"))
    sent.files(repaired, still, dropped)
    sent.closed(repaired, still, dropped)
    good = json.dumps({"maintext": written("good.txt").read_text()})
    repaired.write_text(good)
    assert running.command("quarantine", "retry", repaired, still, "--json").lines() == [
        {"retried": [str(repaired), str(still)]}
    ]
    sent.closed(repaired)
    sent.until(lambda: sent.stories(repaired) and not sent.quarantined(repaired), what="the repaired file")
    sent.until(
        lambda: sum(line["file"] == str(still) for line in running.lines("file_quarantined")) == 2,
        what="the bad file's second refusal",
    )
    assert running.command("quarantine", "drop", dropped, "--json").lines() == [{"dropped": [str(dropped)]}]
    assert sent.quarantined(dropped) == []
    assert len(sent.quarantined(still)) == 1
    assert running.command("quarantine", "drop", dropped, code=4).out == ""


def test_a_retry_that_fails_at_once_is_listed(sent: Sent, written: Callable[..., Path], cli_on: Any) -> None:
    """However fast a worker refuses a file again, it is on the list afterwards."""
    file = written("fast.json", "{")
    sent.files(file)
    sent.closed(file)
    for turn in range(2, 12):
        cli_on("quarantine", "retry", file)
        sent.until(
            lambda turn=turn: sum(
                line["file"] == str(file) for line in sent.loom.lines("file_quarantined")
            ) == turn,
            what=f"refusal {turn}",
        )  # fmt: skip
        assert len(sent.quarantined(file)) == 1, f"lost from the list by retry {turn - 1}"


def test_a_message_that_names_nothing(sent: Sent, written: Callable[..., Path], running: Any) -> None:
    """It lies aside as it was sent, with what is wrong; put back, it is judged again. A bad name costs itself."""
    file = written("beside.txt")
    bad = message(TASK, {"files": str(file), "article": {}}, None)
    aside = f"{QUEUE}{keys.REFUSED}"
    running.client.delete(aside)  # what other tests sent
    running.client.lpush(QUEUE, bad)
    sent.until(lambda: running.client.lrange(aside, 0, -1) == [bad], what="the message aside")
    [told] = running.command("quarantine", "list", "--messages", "--json").lines()
    assert told["why"].startswith("article: Extra inputs are not permitted; send ")
    running.command("quarantine", "retry", "--messages")
    sent.until(lambda: running.client.lrange(aside, 0, -1) == [bad], what="the message aside again")
    running.command("quarantine", "drop", "--messages")
    running.client.lpush(QUEUE, message(TASK, {"files": ["", str(file)]}, None))
    sent.closed(file)
    assert [entry["reason"] for entry in running.lines("file_quarantined")].count("no_path") == 1


def test_one_bad_record_among_others(sent: Sent, written: Callable[..., Path]) -> None:
    """A bad line of a file of many is listed with its number; the others are decided."""
    texts = [json.dumps({"maintext": written(f"{n}.txt").read_text()}) for n in range(3)]
    file = written(
        "records.jsonl", "\n".join([texts[0], '{"maintext": ', texts[1], '{"maintext": ""}', texts[2]])
    )
    sent.files(file)
    sent.closed(file)
    assert [story.index for story in sent.stories(file)] == [0, 2, 4]
    assert [record for record, _ in sent.quarantined(file)] == [1, 3]
    assert dict(sent.quarantined(file))[3] == "no_text"


def test_names_that_are_no_text(sent: Sent, written: Callable[..., Path], tmp_path: Path) -> None:
    """A file whose name is no UTF-8 is ingested all the same."""
    text = written("plain.txt").read_text()
    name = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
    sent.loom.outbox.send([[os.fsdecode(name)]])
    shown = tmp_path / "caf\ufffd.txt"
    sent.closed(shown)
    assert [story.file for story in sent.stories(shown)] == [str(shown)]


def test_a_worker_whose_log_cannot_be_written(
    valkey: Any, make_loom: Callable[..., Any], tmp_path: Path, until: Callable[..., Any], inventor: Any
) -> None:
    """As on a full disk, or when what it is piped to has ended: it goes on, and no file of its message is lost."""
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(inventor.event())
    loom = make_loom(tmp_path, valkey.url)
    loom.command("enqueue", *sorted(tmp_path.glob("*.txt")))
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as gone:
        worker = loom.launch("worker", "--concurrency", "1", stdout=gone, stderr=subprocess.DEVNULL)
    try:
        until(lambda: len(list(RedisStore(loom.client).stories())) == 3, what="all are decided")
    finally:
        worker.terminate()
        worker.wait()
        loom.close()


def test_its_file_is_touched_with_and_without_a_server(
    mortal_loom: Any, mortal_valkey: Any, tmp_path: Path, until: Callable[..., Any]
) -> None:
    """An outage is waited for, and makes no worker look dead."""
    file = tmp_path / "alive"
    mortal_loom.settings["NEWSLOOM_ALIVE_FILE"] = str(file)
    worker = mortal_loom.worker()
    worker.ready()

    def touched() -> None:
        os.utime(file, (0, 0))
        until(lambda: file.stat().st_mtime, what="a touch")

    touched()
    mortal_valkey.kill()
    until(lambda: b"Cannot connect" in worker.log.read_bytes(), what="a worker that waits")
    touched()
    mortal_valkey.start()
    until(lambda: b"Connected to" in worker.log.read_bytes().rpartition(b"Cannot connect")[2], what="its end")
    touched()


def test_workers_of_one_host_have_names_of_their_own(mortal_loom: Any) -> None:
    """Each answers for itself, and Celery finds no two of one name."""
    workers = [mortal_loom.worker(), mortal_loom.worker()]
    for worker in workers:
        worker.ready()
    with make_app(mortal_loom.url, Settings()) as app:
        answers = app.control.ping(timeout=10.0, limit=2)
    assert sorted(name.partition("@")[0] for answer in answers for name in answer) == sorted(
        f"newsloom-{worker.process.pid}" for worker in workers
    )


def test_a_file_that_cannot_be_touched_is_told(loom: Any, tmp_path: Path) -> None:
    """At the start: else the worker would look dead for ever."""
    loom.settings["NEWSLOOM_ALIVE_FILE"] = str(tmp_path / "missing" / "alive")
    assert "NEWSLOOM_ALIVE_FILE" in loom.command("worker", code=2).err


@pytest.mark.parametrize("ended", ["stop", "kill"])
def test_that_it_lives_is_told_while_it_waits(running: Any, until: Callable[..., Any], ended: str) -> None:
    """Idle or not, and no longer than its lease is renewed."""
    mailbox = Mailbox(running.client, QUEUE)
    until(lambda: mailbox.depth().workers == 1, what="the worker of this module")
    second = running.worker(1)
    second.ready()
    until(lambda: mailbox.depth().workers == 2, what="two workers")
    getattr(second, ended)()
    until(lambda: mailbox.depth().workers == 1, timeout_s=20.0, what="the one that is left")
