"""A watched folder: every complete file is handed in, whenever it came, and none twice unless something died."""

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog

from newsloom import arrivals, handover
from newsloom import hints as hints_module
from newsloom import watch as module
from newsloom.handover import Plan
from newsloom.outbox import Outbox, nothing
from newsloom.store import keys
from newsloom.store.ledger import Ledger
from newsloom.watch import Watch

QUEUE = "newsloom.ingest"
LONG_AGO = 1_600_000_000


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def drop(path: Path, text: str = "The mill stopped.", age_s: float | None = 100.0) -> str:
    """Write a file; ``age_s`` ago, as the file says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if age_s is not None:
        os.utime(path, (time.time() - age_s,) * 2)
    return str(path)


def handed_in(valkey: Any) -> list[str]:
    """The files on the queue, in the order in which they are taken."""
    return [file for each in reversed(valkey.client.lrange(QUEUE, 0, -1)) for file in files_of(each)]


def files_of(message: bytes) -> list[str]:
    files: list[str] = json.loads(json.loads(message)["body"])[1]["files"]
    return files


Make = Callable[..., Watch]


@pytest.fixture
def make(valkey: Any, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """A watch of the folder, as a new process would begin it; the file system's clock is taken to be exact."""
    monkeypatch.setattr(arrivals, "CLOCK_NS", 0)

    def new(most: int = 1_000, **plan: Any) -> Watch:
        plan = {"settle_s": 0.3, **plan}
        folder = str(plan.pop("folder", inbox))
        return Watch(
            Plan(folder, **plan),
            Outbox(valkey.client, QUEUE, most),
            Ledger(valkey.client, os.fsencode(folder), QUEUE),
            nothing,
        )

    return new


def once(watch: Watch) -> None:
    """What a watch does that is started, and killed after its first scan."""
    watch.begin()
    watch.scan()


@contextlib.contextmanager
def running(watch: Watch) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=watch.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_as_they_arrive(valkey: Any, inbox: Path, make: Make, until: Callable[..., Any]) -> None:
    """What is there, what comes, in folders too; by events, long before the next scan."""
    first = drop(inbox / "a.txt")
    with running(make()):
        until(lambda: handed_in(valkey) == [first], what="the file that was there")
        second, third = drop(inbox / "b.txt", age_s=None), drop(inbox / "new" / "deep" / "c.txt", age_s=None)
        began = time.monotonic()
        until(lambda: set(handed_in(valkey)) == {first, second, third}, what="those that came")
        assert time.monotonic() - began < module.SCAN_S / 4
        drop(inbox / "a.txt", "It stopped again.", age_s=None)
        until(lambda: handed_in(valkey).count(first) == 2, what="a changed file")
    assert len(handed_in(valkey)) == 4


@pytest.mark.parametrize("way", ["scanned", "moved", "told"])
def test_the_oldest_first(valkey: Any, inbox: Path, make: Make, until: Callable[..., Any], way: str) -> None:
    """Versions of an article come in the order in which they were written, whatever they are called and wherever they lie."""
    folder = inbox if way != "told" else inbox.with_name("backlog")
    ages_s = {4: 40, 1: 10, 7: 70, 2: 20, 8: 80, 5: 50, 3: 30, 6: 60, 0: 60}
    files = {number: drop(folder / f"day-{number % 3}" / f"{number}.txt", age_s=1e6) for number in ages_s}
    for number, age_s in ages_s.items():
        os.utime(files[number], (LONG_AGO - age_s,) * 2)
    watch = make(batch=2, **({"move_to": str(inbox.with_name("out"))} if way == "moved" else {}))
    if way == "told":
        with running(watch):
            last = drop(inbox / "last.txt")
            until(lambda: handed_in(valkey) == [last], what="the first scan")
            folder.rename(inbox / "backlog")
            until(lambda: len(handed_in(valkey)) == 1 + len(files), what="the folder that was moved in")
        valkey.client.rpop(QUEUE)
    else:
        once(watch)
    assert [Path(file).stem for file in handed_in(valkey)] == list("870654321")


@pytest.mark.parametrize("way", ["removed", "renamed", "linked"])
def test_a_folder_that_goes_and_comes_back(
    valkey: Any, inbox: Path, make: Make, until: Callable[..., Any], way: str
) -> None:
    """What arrives in the new one is found by events as before, long before the next scan."""
    if way == "linked":
        inbox.rename(inbox.with_name("monday"))
        inbox.symlink_to("monday")
    first = drop(inbox / "a.txt")
    with running(make()):
        until(lambda: handed_in(valkey) == [first], what="the file that was there")
        if way == "removed":
            shutil.rmtree(inbox)
        elif way == "renamed":
            inbox.rename(inbox.with_name("out"))
        if way == "linked":
            inbox.with_name("tuesday").mkdir()
            inbox.with_name("next").symlink_to("tuesday")
            inbox.with_name("next").replace(inbox)
        else:
            inbox.mkdir()
        began = time.monotonic()
        for name in ("b.txt", "deep/c.txt"):
            file = drop(inbox / name, age_s=None)
            until(lambda file=file: handed_in(valkey)[-1] == file, what=name)
        assert time.monotonic() - began < module.SCAN_S / 4


def test_without_events(
    valkey: Any, inbox: Path, make: Make, until: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file system gives none, scans find the same."""

    def none(*_: Any, **__: Any) -> Iterator[Any]:
        raise OSError("too many watches")
        yield

    monkeypatch.setattr(hints_module, "watch", none)
    monkeypatch.setattr(module, "SCAN_S", 0.6)
    with running(make()):
        file = drop(inbox / "new" / "a.txt", age_s=None)
        until(lambda: handed_in(valkey) == [file], what="the file")


def test_not_before_it_is_complete(valkey: Any, inbox: Path, make: Make, until: Callable[..., Any]) -> None:
    """A file that grows is left alone until it has not changed for a while."""
    with running(make(settle_s=1.0)):
        with (inbox / "grows.txt").open("w") as growing:
            for _ in range(12):
                growing.write("more\n")
                growing.flush()
                os.fsync(growing.fileno())
                assert handed_in(valkey) == []
                time.sleep(0.2)  # a slow writer
        until(lambda: handed_in(valkey) == [str(inbox / "grows.txt")], what="the file that grew")


def test_renamed_into_place(valkey: Any, inbox: Path, make: Make, until: Callable[..., Any]) -> None:
    """A file that was written long ago is complete when it gets its name, and not handed in under another."""
    drop(inbox / "whole.txt.part", age_s=1e5)
    drop(inbox / ".hidden.txt", age_s=1e5)
    with running(make(settle_s=3600.0)):
        last = drop(inbox / "last.txt", age_s=1e5)
        until(lambda: handed_in(valkey) == [last], what="a scan")
        (inbox / "whole.txt.part").rename(inbox / "whole.txt")
        until(lambda: handed_in(valkey) == [last, str(inbox / "whole.txt")], what="the renamed file")


def test_what_is_no_file(valkey: Any, inbox: Path, make: Make, tmp_path: Path) -> None:
    """Fifos, sockets, links to nowhere and links to folders are passed over; a link to a file is a file."""
    elsewhere = tmp_path / "elsewhere"
    drop(elsewhere / "b.txt")
    os.mkfifo(inbox / "fifo")
    (inbox / "nowhere").symlink_to(tmp_path / "nothing")
    (inbox / "folder").symlink_to(elsewhere)
    (inbox / "loop").symlink_to(inbox)
    (inbox / "link.txt").symlink_to(elsewhere / "b.txt")
    once(make())
    assert handed_in(valkey) == [str(inbox / "link.txt")]


def test_names_that_are_no_text(valkey: Any, inbox: Path, make: Make, tmp_path: Path) -> None:
    """A name that is no UTF-8 is handed in as it is, moved or not."""
    drop(inbox / os.fsdecode(b"caf\xe9.txt"))
    once(make())
    assert [os.fsencode(file) for file in handed_in(valkey)] == [os.fsencode(inbox) + b"/caf\xe9.txt"]
    valkey.client.delete(QUEUE)
    once(make(move_to=str(tmp_path / "done")))
    assert [os.fsencode(file) for file in handed_in(valkey)] == [
        os.fsencode(tmp_path / "done") + b"/caf\xe9.txt"
    ]


# -- what came while it was down ----------------------------------------------------------------


def test_names_that_are_no_text_come_while_it_watches(
    valkey: Any, inbox: Path, make: Make, until: Callable[..., Any]
) -> None:
    """The library that tells of events gives up on such a name; the folder is watched on."""
    with running(make()):
        first = drop(inbox / "a.txt")
        until(lambda: handed_in(valkey) == [first])
        odd = drop(Path(os.fsdecode(os.fsencode(inbox) + b"/b\xe9.txt")))
        until(lambda: len(handed_in(valkey)) == 2)
        last = drop(inbox / "c.txt")
        until(lambda: len(handed_in(valkey)) == 3)
    assert sorted(handed_in(valkey)) == sorted([first, odd, last])


def test_a_file_that_could_not_be_moved_is_moved_later(
    valkey: Any, inbox: Path, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk may be full for a moment."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "out").mkdir()
    watch = make(move_to=str(tmp_path / "out"))
    drop(inbox / "sub" / "a.txt")
    with monkeypatch.context() as patched:
        patched.setattr(os, "makedirs", full)
        once(watch)
    assert handed_in(valkey) == []
    watch.scan()
    watch.settle()
    assert handed_in(valkey) == [str(tmp_path / "out" / "sub" / "a.txt")]


def test_what_came_while_it_was_down(valkey: Any, inbox: Path, make: Make, tmp_path: Path) -> None:
    """However old a file says it is: written, renamed or linked there, changed, or in a folder that was moved there."""
    for number in range(30):
        drop(inbox / f"day-{number % 3}" / f"{number}.txt")
    outside = Path(drop(tmp_path / "outside.txt", age_s=1e8))
    linked = Path(drop(tmp_path / "linked.txt", age_s=1e8))
    drop(tmp_path / "moved" / "deep" / "x.txt", age_s=1e8)
    time.sleep(0.05)  # the file system's clock ticks
    once(make())
    assert len(handed_in(valkey)) == 30
    valkey.client.delete(QUEUE)
    time.sleep(0.05)
    new = {
        drop(inbox / "a.txt", age_s=1e8), str(outside.rename(inbox / "day-1" / "old.txt")), drop(inbox / "day-0" / "0.txt"),
        str((tmp_path / "moved").rename(inbox / "day-9") / "deep" / "x.txt"), str(inbox / "linked.txt"),
    }  # fmt: skip
    os.link(linked, inbox / "linked.txt")
    time.sleep(0.05)
    once(make())
    assert set(handed_in(valkey)) == new
    assert len(handed_in(valkey)) == len(new)
    valkey.client.delete(QUEUE)
    time.sleep(0.05)
    once(make())
    once(make())
    assert handed_in(valkey) == []


def test_the_ledger_does_not_grow(valkey: Any, inbox: Path, make: Make) -> None:
    """It holds a time and a few bytes for each folder that there is, however many files came."""
    for number in range(300):
        drop(inbox / f"{number}.txt")
    drop(inbox / "deep" / "a.txt")
    once(make())
    (key,) = [key for key in valkey.client.scan_iter(f"{keys.WATCH}*") if valkey.client.type(key) == b"hash"]
    assert valkey.client.hkeys(key) == [b"mark"]
    assert valkey.client.scard(key + b":folders") == 2
    (inbox / "deep" / "a.txt").unlink()
    (inbox / "deep").rmdir()
    once(make())
    assert valkey.client.scard(key + b":folders") == 1


def test_more_than_it_keeps_in_mind(
    valkey: Any, inbox: Path, make: Make, monkeypatch: pytest.MonkeyPatch, until: Callable[..., Any]
) -> None:
    """More new files than it watches at a time: none is passed over, in this process or by the next one."""
    monkeypatch.setattr(module, "_PENDING", 5)
    monkeypatch.setattr(handover, "_RECENT", 5)
    files = {drop(inbox / f"{number}.txt", age_s=None) for number in range(23)}
    watch = make()
    once(watch)
    assert Ledger(valkey.client, os.fsencode(inbox), QUEUE).mark() == 0, "the next process finds them all"
    with running(make()):
        until(lambda: set(handed_in(valkey)) == files, what="all files")


def test_a_clock_that_went_back(valkey: Any, inbox: Path, make: Make) -> None:
    """What came since cannot be told by its time: all is handed in again, rather than a file be passed over."""
    file = drop(inbox / "a.txt")
    Ledger(valkey.client, os.fsencode(inbox), QUEUE).advance(time.time_ns() + 10**12, [], [])
    once(make())
    assert handed_in(valkey) == [file]
    assert Ledger(valkey.client, os.fsencode(inbox), QUEUE).mark() <= time.time_ns()


def test_a_clock_that_went_back_a_little(
    valkey: Any, inbox: Path, make: Make, monkeypatch: pytest.MonkeyPatch, until: Callable[..., Any]
) -> None:
    """By less than passes between two scans: what came meanwhile seems to be older than the scan before, and is found."""
    real, ahead_ns = arrivals.clock_ns, 500_000_000
    watch = make()
    watch.begin()
    with monkeypatch.context() as ahead:
        ahead.setattr(arrivals, "clock_ns", lambda folder: real(folder) + ahead_ns)
        watch.scan()
    file = drop(inbox / "a.txt")
    mark = Ledger(valkey.client, os.fsencode(inbox), QUEUE).mark()
    until(lambda: time.time_ns() > mark + ahead_ns / 5, what="a clock that does not show it any more")
    watch.scan()
    assert handed_in(valkey) == [file]


def test_each_queue_is_given_all_files(valkey: Any, inbox: Path, make: Make) -> None:
    """What went to one says nothing of another."""
    file = drop(inbox / "a.txt")
    time.sleep(0.05)  # the file system's clock ticks
    folder = os.fsencode(inbox)
    once(
        Watch(
            Plan(str(inbox)),
            Outbox(valkey.client, "trial", 9),
            Ledger(valkey.client, folder, "trial"),
            nothing,
        )
    )
    once(make())
    assert handed_in(valkey) == [file]


def test_what_keeps_it_waiting_is_said_once(
    inbox: Path, make: Make, until: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is away for days must not fill the disk with log lines."""
    monkeypatch.setattr(module, "_AWAY_S", 0.01)
    tries = []
    real = arrivals.clock_ns
    monkeypatch.setattr(arrivals, "clock_ns", lambda folder: tries.append(folder) or real(folder))
    with structlog.testing.capture_logs() as lines:
        inbox.rmdir()
        with running(make()):
            until(lambda: len(tries) > 3, what="some tries")
        inbox.mkdir()
    assert [line["event"] for line in lines] == ["watch_waits"]


def test_a_file_that_is_not_complete_holds_the_ledger(valkey: Any, inbox: Path, make: Make) -> None:
    """A watch that is killed while it waits for a file to be complete finds it again."""
    file = drop(inbox / "a.txt", age_s=None)
    once(make(settle_s=3600.0))
    assert handed_in(valkey) == []
    time.sleep(0.5)
    once(make())
    assert handed_in(valkey) == [file]


def test_a_folder_that_may_not_be_written(
    valkey: Any, inbox: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a way to ask the file system for its time, a minute's doubt: files may come twice, none is missed."""
    monkeypatch.setattr(arrivals.tempfile, "TemporaryFile", lambda **_: open("/proc/nothing/at/all"))  # noqa: SIM115
    file = drop(inbox / "a.txt")
    for _ in range(2):
        once(make())
    assert handed_in(valkey) == [file, file]


def test_a_folder_that_may_be_listed_and_not_entered(
    valkey: Any, inbox: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies in it is found once it may be entered, however old it is by then."""
    file, closed = drop(inbox / "deep" / "a.txt", age_s=60), f"{inbox / 'deep'}/"

    def refusing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, **options: Any) -> Any:
            if isinstance(path, str) and path.startswith(closed):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return real(path, **options)

        return call

    with monkeypatch.context() as patched:  # root may enter any
        patched.setattr(os, "stat", refusing(os.stat))
        patched.setattr(os, "lstat", refusing(os.lstat))
        time.sleep(0.05)  # the clock of the file system has to go on
        with structlog.testing.capture_logs() as lines:
            once(make())
        assert [(line["event"], line["folder"]) for line in lines] == [
            ("folder_not_read", str(inbox / "deep"))
        ]
        drop(inbox / "b.txt")
    once(make())
    assert set(handed_in(valkey)) == {file, str(inbox / "b.txt")}


# -- moved ---------------------------------------------------------------------------------------------


def test_moved(valkey: Any, inbox: Path, make: Make, tmp_path: Path, until: Callable[..., Any]) -> None:
    """A complete file is moved, then enqueued by its new name; no moved file takes another's name."""
    done = tmp_path / "done"
    drop(done / "a.txt", "yesterday's")
    drop(inbox / "a.txt", "today's")
    drop(inbox / "deep" / "b.txt")
    with running(make(move_to=str(done))):
        until(lambda: len(handed_in(valkey)) == 2, what="the first two")
        drop(inbox / "a.txt", "tomorrow's", age_s=None)
        until(lambda: len(handed_in(valkey)) == 3, what="the third")
    assert set(handed_in(valkey)) == {str(done / name) for name in ("a-1.txt", "deep/b.txt", "a-2.txt")}
    assert [(done / name).read_text() for name in ("a.txt", "a-1.txt", "a-2.txt")] == [
        "yesterday's", "today's", "tomorrow's",
    ]  # fmt: skip
    assert [path for path in inbox.rglob("*") if path.is_file()] == []
    assert not any(valkey.client.hkeys(key) for key in valkey.client.scan_iter(f"{keys.WATCH}*"))


@pytest.mark.skipif(sys.platform != "linux", reason="nothing else tells of files that are open")
def test_what_is_written_to_is_not_moved(
    valkey: Any, inbox: Path, make: Make, tmp_path: Path, until: Callable[..., Any]
) -> None:
    """A slow crawl adds a line now and then to a file that it has open: what came after the move, nobody would read."""
    done = tmp_path / "done"
    with running(make(move_to=str(done))):
        with (inbox / "feed.jsonl").open("w") as feed:
            feed.write('{"text": "The mill stopped."}\n')
            feed.flush()
            os.utime(inbox / "feed.jsonl", (time.time() - 100.0,) * 2)
            for name, age_s in (("old.txt", 100.0), ("new.txt", None)):
                drop(inbox / name, age_s=age_s)
                until(partial(os.path.exists, done / name), what="a file that is complete")
            feed.write('{"text": "The ferry sank."}\n')
        until(lambda: len(handed_in(valkey)) == 3, what="all of them")
    assert handed_in(valkey)[2:] == [str(done / "feed.jsonl")]
    assert len((done / "feed.jsonl").read_text().splitlines()) == 2


def test_two_watches_move_into_one_folder(
    valkey: Any, inbox: Path, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both find a name free, one is first: the other's file keeps its place until it finds another name."""
    done = tmp_path / "done"
    file = drop(inbox / "a.txt", "mine")

    def moving(self: Ledger, moves: Any, real: Any = Ledger.moving) -> None:
        drop(done / "a.txt", "theirs")
        monkeypatch.undo()
        real(self, moves)

    monkeypatch.setattr(Ledger, "moving", moving)
    watch = make(move_to=str(done))
    once(watch)
    assert (done / "a.txt").read_text() == "theirs"
    assert Path(file).read_text() == "mine"
    once(watch)
    assert (done / "a-1.txt").read_text() == "mine"
    assert handed_in(valkey) == [str(done / "a-1.txt")]


def test_moved_where_a_file_has_one_name_only(
    valkey: Any, inbox: Path, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system without hard links: it is renamed."""

    def link(*_: Any) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    drop(inbox / "a.txt", "mine")
    once(make(move_to=str(tmp_path / "done")))
    assert (tmp_path / "done" / "a.txt").read_text() == "mine"
    assert list(inbox.iterdir()) == []


def test_from_a_folder_of_which_nothing_may_be_taken(
    valkey: Any, inbox: Path, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that cannot be moved stays as it is, and however often that is tried, nothing is left of it elsewhere."""

    def unlink(path: str, real: Any = os.unlink) -> None:
        if os.path.dirname(path) == str(inbox):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        real(path)

    done = tmp_path / "done"
    file = drop(inbox / "a.txt")
    (inbox / "link.txt").symlink_to(drop(tmp_path / "kept" / "b.txt"))
    watch = make(move_to=str(done))
    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", unlink)
        for _ in range(2):
            once(watch)
    assert list(done.iterdir()) == []
    assert os.stat(file).st_nlink == 1
    assert handed_in(valkey) == []


def test_a_link_is_moved(valkey: Any, inbox: Path, make: Make, tmp_path: Path) -> None:
    """It leads to the same file from where it is moved to, however it is written, and the file stays."""
    file = drop(tmp_path / "kept" / "a.txt")
    (inbox / "absolute.txt").symlink_to(file)
    (inbox / "relative.txt").symlink_to("../kept/a.txt")
    done = tmp_path / "deep" / "done"
    once(make(move_to=str(done)))
    assert sorted(handed_in(valkey)) == [str(done / "absolute.txt"), str(done / "relative.txt")]
    assert all(Path(each).samefile(file) for each in handed_in(valkey))
    assert list(inbox.iterdir()) == []


def test_moved_within(valkey: Any, inbox: Path, make: Make, until: Callable[..., Any]) -> None:
    """The folder of those that are done may lie in the watched one: what is in it is done."""
    done = inbox / "done"
    done.mkdir()
    drop(inbox / "a.txt")
    with running(make(move_to=str(done))):
        until(lambda: handed_in(valkey) == [str(done / "a.txt")], what="the file")
        drop(inbox / "b.txt")
        until(lambda: len(handed_in(valkey)) == 2, what="the second")
    assert sorted(handed_in(valkey)) == [str(done / "a.txt"), str(done / "b.txt")]


#: A watch that is killed at one of its steps.
KILLED = """
import os, signal, sys, threading
import redis
from newsloom import arrivals, watch
from newsloom.handover import Plan
from newsloom.outbox import Outbox, nothing
from newsloom.store.ledger import Ledger
url, folder, done, where = sys.argv[1:]
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
def after(real):
    def call(*args, **named):
        real(*args, **named)
        die()
    return call
if where == "ledger":
    Ledger.moving = after(Ledger.moving)
elif where == "link":
    arrivals.os.link = after(os.link)
elif where == "unlink":
    arrivals.os.unlink = after(os.unlink)
elif where == "put":
    Outbox.put = after(Outbox.put)
elif where == "before":
    Outbox.put = die
client = redis.Redis.from_url(url)
plan = Plan(folder, batch=3, move_to=done or None)
watch.Watch(plan, Outbox(client, "newsloom.ingest", 99), Ledger(client, os.fsencode(folder), "newsloom.ingest"), lambda: None).run(
    threading.Event()
)
"""


@pytest.mark.parametrize(
    "step", ["move ledger", "move link", "move unlink", "move before", "move put", "stay before", "stay put"]
)
def test_killed(valkey: Any, inbox: Path, make: Make, until: Callable[..., Any], step: str) -> None:
    """``kill -9`` at any step: the next watch hands in every file, and none under a name that it does not have."""
    moves, where = step.startswith("move"), step.split()[1]
    files = {drop(inbox / f"{number}.txt") for number in range(6)}
    done = inbox.parent / "done"
    argv = [sys.executable, "-c", KILLED, valkey.url, str(inbox), str(done) if moves else "", where]
    killed = subprocess.run(argv, timeout=60, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed
    wanted = {str(done / Path(file).name) for file in files} if moves else files
    with running(make(move_to=str(done) if moves else None)):
        until(lambda: set(handed_in(valkey)) == wanted, what="all files")
    assert set(handed_in(valkey)) == wanted
    assert len(handed_in(valkey)) <= 6 + (3 if where == "put" else 0)
    if moves:
        assert list(inbox.iterdir()) == []


# -- the command -------------------------------------------------------------------------------------


def test_it_follows_back_pressure(
    loom: Any, valkey: Any, inbox: Path, until: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for room, SIGTERM ends it at once, and the next watch hands in the rest."""
    loom.settings["NEWSLOOM_QUEUE_MAX"] = "2"
    files = {drop(inbox / f"{number}.txt") for number in range(7)}
    with loom.launch("watch", inbox, "--batch", "2", stdout=subprocess.PIPE) as watch:
        until(lambda: valkey.client.llen(QUEUE) == 2, what="a full queue")
        assert watch.stdout is not None
        assert [json.loads(watch.stdout.readline())["event"] for _ in range(2)] == [
            "watch_started",
            "queue_full",
        ]
        taken = set(handed_in(valkey))
        watch.terminate()
        assert watch.wait(timeout=10) == 0
    assert set(handed_in(valkey)) == taken
    loom.settings["NEWSLOOM_QUEUE_MAX"] = "99"
    with loom.launch("watch", inbox, stdout=subprocess.DEVNULL) as watch:
        until(lambda: set(handed_in(valkey)) == files, what="the rest")
        watch.terminate()
        assert watch.wait(timeout=10) == 0


def test_it_goes_on_where_it_stopped(loom: Any, valkey: Any, inbox: Path, until: Callable[..., Any]) -> None:
    """By SIGTERM or Ctrl-C, with a full queue or not: the next watch hands in what came since, and nothing twice."""
    loom.settings["NEWSLOOM_QUEUE_MAX"] = "2"
    files = {drop(inbox / f"{number}.txt") for number in range(7)}

    def stopped_after(count: int, signal_number: int) -> None:
        with loom.launch(
            "watch", inbox, "--batch", "2", "--settle", "0.2", stdout=subprocess.DEVNULL
        ) as watch:
            until(lambda: len(handed_in(valkey)) == count, what=f"{count} files")
            watch.send_signal(signal_number)
            assert watch.wait(timeout=10) == 0

    stopped_after(4, signal.SIGTERM)
    loom.settings["NEWSLOOM_QUEUE_MAX"] = "99"
    stopped_after(7, signal.SIGINT)
    files |= {drop(inbox / "new.txt"), drop(inbox / "deep" / "old.txt", age_s=1e8)}
    stopped_after(9, signal.SIGTERM)
    files.add(drop(inbox / "late.txt"))
    stopped_after(10, signal.SIGTERM)
    assert sorted(handed_in(valkey)) == sorted(files)


def test_events_do_not_pile_up_while_there_is_no_room(
    valkey: Any, inbox: Path, make: Make, until: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are let go when it takes long, and a scan finds what they would have told."""
    monkeypatch.setattr(module, "_BLOCKED_S", 0.1)
    watch = make(most=1, batch=1)
    files = {drop(inbox / f"{number}.txt") for number in range(2)}
    taken: set[str] = set()

    def all_taken() -> bool:
        message = valkey.client.rpop(QUEUE)  # what is counted is what was taken: another may come meanwhile
        taken.update(files_of(message) if message else ())
        return taken == files

    with running(watch):
        until(lambda: valkey.client.llen(QUEUE) == 1 and not watch._hints.live, what="a watch without events")
        files.add(drop(inbox / "late.txt"))
        until(all_taken, what="all files")
        until(lambda: watch._hints.live, what="events again")


def test_a_server_that_goes_away(
    mortal_valkey: Any, inbox: Path, monkeypatch: pytest.MonkeyPatch, until: Callable[..., Any]
) -> None:
    """What was in hand is handed in when the server is back."""
    monkeypatch.setattr(module, "_AWAY_S", 0.1)
    folder = str(inbox)
    watch = Watch(
        Plan(folder, settle_s=0.2, move_to=str(inbox / "done")),
        Outbox(mortal_valkey.client, QUEUE, 99),
        Ledger(mortal_valkey.client, b"in", QUEUE),
        nothing,
    )
    (inbox / "done").mkdir()
    with running(watch):
        drop(inbox / "a.txt")
        until(lambda: len(handed_in(mortal_valkey)) == 1, what="the first")
        mortal_valkey.kill()
        drop(inbox / "b.txt")
        until(lambda: not watch._hints.live, what="a watch that noticed")
        mortal_valkey.start()
        until(lambda: len(handed_in(mortal_valkey)) == 2, what="the second")


def test_wrong_usage(cli: Callable[..., Any], inbox: Path, tmp_path: Path) -> None:
    """2: a folder that is none; one to move to that holds the watched one, is mistyped further up, or may not be made."""
    mistyped = tmp_path / "artikles" / "done"
    for argv, word in (
        (["none"], "does not exist"),
        ([inbox, "--move-to", tmp_path], "--move-to"),
        ([inbox, "--move-to", mistyped], "does not exist"),
        ([inbox, "--move-to", "/sys/done"], "cannot be created"),
    ):
        told = cli("watch", *argv)
        assert told.code == 2
        assert word in told.err
    assert not mistyped.parent.exists()


@pytest.mark.parametrize("through", ["folder", "target"])
def test_moved_within_by_another_name(
    cli: Callable[..., Any], inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, through: str
) -> None:
    """What is moved within the watched folder is done, by whatever link either of the two is named."""
    link = tmp_path / "link"
    link.symlink_to(inbox)
    plans: list[Plan] = []

    def noted(plan: Plan, _: object) -> Any:
        plans.append(plan)
        raise KeyboardInterrupt

    monkeypatch.setattr("newsloom.bootstrap.watch", noted)
    folder, around = (link, inbox) if through == "folder" else (inbox, link)
    assert cli("watch", folder, "--move-to", around / "done").code == 130
    assert [(plan.folder, plan.move_to) for plan in plans] == [(str(folder), str(folder / "done"))]
