"""The second look in running workers: what was decided too early is put right, by the clock alone."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsloom import __version__
from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.mailbox import Mailbox
from newsloom.settings import Settings
from newsloom.store.redis import RedisStore
from newsloom.store.stream import Stream
from newsloom.worker.app import make_app
from newsloom.worker.beat import Beat

QUEUE, UPKEEP = "newsloom.ingest", "newsloom.ingest.upkeep"


@pytest.fixture
def early(
    ingested: Callable[..., Any], inventor: Any, plain_policy: Path
) -> Callable[[Any], tuple[str, str]]:
    """Writes two tellings of one event, which a decision of too little faith kept apart."""
    # Nothing is like anything, and a copy is a copy to the letter.
    faithless = replace(Policy.load(plain_policy), threshold=1e6, min_overlap=1.0)

    def write(client: Any) -> tuple[str, str]:
        lines = inventor.event().split("\n")
        articles = [
            Article(file=name, path=name, text="\n".join(part))
            for name, part in ((f"{lines[0]}-1", lines[:8]), (f"{lines[0]}-2", lines[2:]))
        ]
        one, other = ingested(RedisStore(client), articles, faithless)
        assert one.decision.event != other.decision.event
        return one.decision.event, other.decision.event

    return write


@pytest.fixture
def looking(loom: Any, plain_policy: Path) -> Any:
    """A newsloom whose workers look again every second."""
    loom.settings |= {"NEWSLOOM_LOOK_EVERY_S": "1", "NEWSLOOM_POLICY": str(plain_policy)}
    return loom


def test_workers_merge_what_was_one(
    looking: Any, early: Any, plain_policy: Path, until: Callable[..., Any]
) -> None:
    """Two workers beat and one looks: the event is told and moved once, and no message piles up."""
    store = RedisStore(looking.client)
    for worker in (looking.worker(), looking.worker()):
        worker.ready()
    one, other = early(looking.client)
    until(lambda: looking.lines("event_merged"), what="a merge")
    [whole] = looking.lines("event_merged")
    [story] = looking.lines("story_moved")
    assert (whole["event_id"], whole["merged"], whole["by"]) == (one, other, "program")
    assert (story["from"], story["event_id"]) == (other, one)
    assert whole["task_id"] == story["task_id"]
    assert store.event(other).event == one
    assert store.event(one).size == 2
    streamed = [record for record in Stream(looking.client).records() if record["type"] != "story_decided"]
    assert [record["type"] for record in streamed] == ["event_merged", "story_moved"]
    alone = {"time", "level", "event", "task_id", "worker"}
    for record, line in zip(streamed, (whole, story), strict=True):
        assert {k: v for k, v in record.items() if k not in {"id", "type"}} == {
            k: v for k, v in line.items() if k not in alone
        }
    until(lambda: not looking.client.llen(UPKEEP), what="an empty queue of upkeep")
    assert Mailbox(looking.client, QUEUE).depth().drained
    assert looking.lines("error") == []
    until(lambda: looking.client.exists("newsloom:looks"), what="a look that has ended")
    [stats] = looking.command("stats", "--json").lines()
    assert 0 <= stats["since_look_s"] < 60
    assert 0 <= stats["look_took_s"] < 60
    assert stats["look_failed"] == 0
    assert stats["policies"] == {Policy.load(plain_policy).version: 2}
    assert stats["versions"] == {__version__: 2}


def test_articles_do_not_wait_for_the_look(looking: Any, tmp_path: Path, inventor: Any, until: Any) -> None:
    """Each queue is served while the other has messages."""
    mailbox = Mailbox(looking.client, QUEUE)
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text(inventor.event())
    looking.outbox.send([[f"{number}.txt"] for number in range(30)], base=str(tmp_path))
    for _ in range(30):
        mailbox.look()
    assert (mailbox.depth().waiting, mailbox.upkeep_depth().waiting) == (30, 30)
    looking.worker().ready()
    seen: set[str] = set()

    def both() -> bool:
        articles, looks = mailbox.depth().waiting, mailbox.upkeep_depth().waiting
        seen.update(
            ["articles"] if articles < 30 and looks else [], ["looks"] if looks < 30 and articles else []
        )
        return mailbox.depth().drained and mailbox.upkeep_depth().drained

    until(both, what="two empty queues")
    assert seen == {"articles", "looks"}
    assert len(list(RedisStore(looking.client).stories())) == 30


def test_a_worker_beats_on_after_its_server_came_back(
    mortal_loom: Any, mortal_valkey: Any, early: Any, plain_policy: Path, until: Callable[..., Any]
) -> None:
    """While it is away nothing is due; then all goes on, with nobody's help."""
    mortal_loom.settings |= {"NEWSLOOM_LOOK_EVERY_S": "1", "NEWSLOOM_POLICY": str(plain_policy)}
    worker = mortal_loom.worker()
    worker.ready()
    mortal_valkey.kill()
    until(lambda: b"onnection" in worker.log.read_bytes(), what="a worker that misses its server")
    mortal_valkey.start()
    one, other = early(mortal_loom.client)
    until(lambda: mortal_loom.lines("event_merged"), what="a merge")
    assert RedisStore(mortal_loom.client).event(other).event == one
    assert worker.stop() == 0


def test_a_clock_that_is_put_back_makes_no_look_wait(
    valkey: Any, monkeypatch: pytest.MonkeyPatch, until: Callable[..., Any]
) -> None:
    """A machine starts with a clock that is ahead, and is put right by a day when the worker runs."""
    app = make_app(valkey.url, Settings(look_every_s=0.2))
    beat = Beat(app=app)
    beat.tick()
    monkeypatch.setattr(app, "now", lambda now=app.now: now() - timedelta(days=1))

    def looks() -> int:
        beat.tick()
        return int(valkey.client.llen(UPKEEP))

    until(looks, timeout_s=10.0, what="a message")
    app.close()


def test_stock_beat_will_do(looking: Any, until: Callable[..., Any], tmp_path: Path) -> None:
    """`celery beat` finds the schedule in the app; what it sends expires when the next is due."""
    argv = ["-A", "newsloom.worker.app", "beat", "--schedule", str(tmp_path / "schedule"), "--pidfile="]
    with subprocess.Popen([sys.executable, "-m", "celery", *argv], env=looking.env, cwd=tmp_path) as beat:
        try:
            until(lambda: looking.client.llen(UPKEEP) >= 2, what="two messages")
        finally:
            beat.terminate()
    worker = looking.worker()
    worker.ready()
    until(lambda: not looking.client.llen(UPKEEP), what="an empty queue")
    assert b"revoked" not in worker.log.read_bytes()  # as Celery calls what has expired


def test_no_look_where_none_is_wanted(loom: Any, early: Any, plain_policy: Path, tmp_path: Path) -> None:
    """0: neither by the clock nor at the end of a run."""
    loom.settings |= {"NEWSLOOM_LOOK_EVERY_S": "0", "NEWSLOOM_POLICY": str(plain_policy)}
    events = set(early(loom.client))
    (tmp_path / "a.txt").write_text("The mill stopped its last wheel on Sunday, and nobody came.")
    [told] = loom.command("run", "a.txt", "--json").lines()
    assert set(told["second_look"].values()) == {0}
    assert events < {event.event for event in RedisStore(loom.client).events()}


def test_a_run_ends_with_a_look(loom: Any, early: Any, plain_policy: Path, tmp_path: Path) -> None:
    """What it changed is in the summary and in the run's log; nothing is due afterwards."""
    loom.settings["NEWSLOOM_POLICY"] = str(plain_policy)
    loom.settings["NEWSLOOM_LOOK_EVENTS"] = "1"
    one, other = early(loom.client)
    (tmp_path / "a.txt").write_text("The mill stopped its last wheel on Sunday, and nobody came.")
    [told] = loom.command("run", "a.txt", "--concurrency", "1", "--json").lines()
    assert told["second_look"] == {"event_merged": 1, "event_split": 0, "story_moved": 1}
    assert told["events"] == 2
    assert f'"merged":"{other}"' in Path(told["log"]).read_text()
    store = RedisStore(loom.client)
    assert store.event(other).event == one
    assert store.young("en", 1).events == ()
    shown = loom.command("run", "a.txt", "--concurrency", "1").out
    assert "by the second look" not in shown


def test_an_idle_worker_waits_for_articles(looking: Any) -> None:
    """Whichever queue it took from last: an article is begun at once, upkeep within the second."""
    waits: list[str] = []
    with looking.client.monitor() as monitor:
        looking.worker()
        for seen in monitor.listen():
            if seen["command"].startswith("BLMOVE"):
                waits.append(seen["command"].split()[1])
            if len(waits) == 6:
                break
    assert set(waits) == {QUEUE}
