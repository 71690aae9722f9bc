"""A file of many articles is worked on in slices: in order, by many, and on from where it was."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsloom.mailbox import TASK, Mailbox, message
from newsloom.store import keys
from newsloom.store.quarantine import Quarantine
from newsloom.store.redis import RedisStore
from newsloom.store.stream import Stream

ARTICLES, TELLINGS, SLICE = 350, 5, 50
QUEUE = "newsloom.ingest"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, make_inventor: Callable[[int], Any]) -> Path:
    """350 articles of 70 events, the tellings of an event far apart."""
    inventor = make_inventor(350)
    texts = [inventor.event() for _ in range(ARTICLES // TELLINGS)]
    path = tmp_path_factory.mktemp("many") / "many.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for number in range(TELLINGS):
            for event, text in enumerate(texts):
                record = {"title": f"Event {event}", "maintext": inventor.telling(text, number)}
                lines.write(json.dumps(record) + "\n")
    return path


@pytest.fixture
def sliced(loom: Any, plain_policy: Path) -> Any:
    loom.settings["NEWSLOOM_POLICY"] = str(plain_policy)
    loom.settings["NEWSLOOM_SLICE_ARTICLES"] = str(SLICE)
    return loom


def complete(loom: Any, until: Callable[..., Any]) -> list[Any]:
    """All articles are decided once, each with its event; the end of the file was told once, with totals."""
    closed = until(lambda: loom.lines("file_ingested"), what="the end of the file")
    until(lambda: Mailbox(loom.client, "newsloom.ingest").depth().drained, what="an empty queue")
    assert loom.lines("file_ingested") == closed
    assert [(line["articles"], line["stories"]) for line in closed] == [(ARTICLES, ARTICLES)]
    stories = list(RedisStore(loom.client).stories())
    assert sorted(story.index for story in stories) == list(range(ARTICLES))
    events: dict[str, set[int]] = {}
    for story in stories:
        events.setdefault(story.event, set()).add(story.index % (ARTICLES // TELLINGS))
    assert sorted(event for (event,) in events.values()) == list(range(ARTICLES // TELLINGS))
    assert loom.client.xlen(keys.decisions("en")) == ARTICLES
    assert loom.client.hlen(keys.ATTEMPTS) == 0
    return stories


def test_one_worker_keeps_the_order(sliced: Any, many: Path, until: Callable[..., Any]) -> None:
    """One worker decides the articles in the order given, though other files wait."""
    sliced.outbox.send([[str(many)]])
    later = many.with_name("later.txt")
    later.write_text(
        "The mill at Harrowby stopped its last wheel on Sunday, and nobody came to see it stop.\n" * 3
    )
    sliced.outbox.send([[str(later)]])
    sliced.worker(1)
    until(lambda: len(sliced.lines("file_ingested")) == 2, what="the end of both files")
    order = [record["file"] for record in Stream(sliced.client).records()]
    assert order == [str(many)] * ARTICLES + [str(later)]
    decided = [story.index for story in RedisStore(sliced.client).stories() if story.file == str(many)]
    assert decided == list(range(ARTICLES))
    first, second = sliced.lines("file_ingested")
    assert (first["file"], first["articles"], first["stories"]) == (str(many), ARTICLES, ARTICLES)
    assert second["file"] == str(later)
    assert [line["start"] for line in sliced.lines("slice_ingested")] == list(range(0, ARTICLES, SLICE))


def test_killed_in_the_middle(sliced: Any, many: Path, until: Callable[..., Any]) -> None:
    """The worker is killed in the fourth slice: the next one goes on there, and nothing is doubled."""
    mailbox = Mailbox(sliced.client, QUEUE)
    sliced.outbox.put([message(TASK, {"files": [str(many)]}, 1_000)])
    worker = sliced.worker(1)
    until(lambda: sliced.client.xlen(keys.decisions("en")) >= 170, what="170 stories")
    worker.kill()
    assert not mailbox.depth().drained
    assert mailbox.oldest_s() == 1_000, "the next slice counts from when its file was sent"
    sliced.worker(1)
    complete(sliced, until)
    begun_again = [line for line in sliced.workers[1].lines("story_decided") if line["outcome"] == "repeat"]
    assert len(begun_again) <= SLICE, "more than one slice was begun again"


def test_a_file_of_bad_records(sliced: Any, tmp_path: Path, inventor: Any, until: Callable[..., Any]) -> None:
    """Two workers share it, and one is killed: the first of its records are listed and the others counted; once it is
    mended, one retry empties the list."""
    sliced.settings["NEWSLOOM_QUARANTINE_MAX"] = "500"  # of one file: 5
    path, bad = tmp_path / "bad.jsonl", 1_000
    path.write_text('{"maintext": ""}\n' * bad)
    quarantine, ends = Quarantine(sliced.client), "file_ingested"
    workers = [sliced.worker(1) for _ in range(2)]
    sliced.outbox.send([[str(path)]])
    until(
        lambda: next((one for one in workers if len(one.lines("record_quarantined")) > 60), None),
        what="more than a slice of a worker",
    ).kill()
    [end] = until(lambda: sliced.lines(ends), what="the end of the file")
    until(lambda: Mailbox(sliced.client, QUEUE).depth().drained, what="an empty queue")
    assert (end["articles"], end["refused"], end["refused_no_text"]) == (bad, bad, bad)
    *records, whole = sorted(quarantine.entries(), key=lambda entry: (entry.record is None, entry.record))
    assert [entry.record for entry in records] == list(range(5))
    assert (whole.record, whole.reason, whole.detail[: whole.detail.index(",")]) == (
        None, "no_text", "995 more of its records were refused; the first 5 are listed. Refused in all: 1",
    )  # fmt: skip
    assert {line["record"] for line in sliced.lines("record_quarantined")} == set(range(bad))

    path.write_text("".join(json.dumps({"maintext": inventor.event()}) + "\n" for _ in range(2 * SLICE)))
    assert sliced.command("quarantine", "retry", path, "--json").lines() == [{"retried": [str(path)]}]
    until(lambda: len(sliced.lines(ends)) == 2, what="the end of the mended file")
    assert quarantine.entries() == []


def test_two_workers_share_a_file(sliced: Any, many: Path, until: Callable[..., Any]) -> None:
    """The second worker takes the next slice while the first is at its own."""
    sliced.outbox.send([[str(many)]])
    for worker in (sliced.worker(1), sliced.worker(1)):
        assert worker.process.poll() is None
    complete(sliced, until)
    shares = [len(worker.lines("story_decided")) for worker in sliced.workers]
    assert min(shares) >= SLICE, f"one worker did it all: {shares}"
