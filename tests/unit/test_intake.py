"""What becomes of the files of a message: a store in memory, a real queue, no worker."""

import gzip
import io
import json
import os
import random
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from newsloom import bookmark
from newsloom.attempts import Attempts
from newsloom.closing import Closing
from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.errors import Conflict, StoreUnavailable
from newsloom.ingest import Ingest
from newsloom.intake import Intake
from newsloom.mailbox import Mailbox, Slice
from newsloom.readers import Limits, Reading
from newsloom.sources import Sources
from newsloom.store import keys
from newsloom.store.kept import Kept
from newsloom.store.memory import MemoryStore
from newsloom.store.quarantine import Quarantine

QUEUE = "test.intake"
NOW_S = 1_767_225_600


class Interrupt(Exception):
    """Stands for the soft time limit."""


class Desk:
    """An intake, and what it said and kept."""

    def __init__(
        self, valkey: Any, policy: Policy, now: Callable[[], float] = time.time, **given: Any
    ) -> None:
        self.store = MemoryStore()
        self.client = valkey.client
        self.quarantine = Quarantine(self.client)
        self.mailbox = Mailbox(valkey.client, QUEUE)
        self.intake = Intake(
            **{
                "attempts": Attempts(self.quarantine, 3),
                "ingest": Ingest(self.store, policy, now),
                "mailbox": self.mailbox,
                "closing": Closing(self.quarantine, self.mailbox, Kept(valkey.client, 1 << 20)),
                "sources": Sources(),
                "limits": Limits(),
                "slice_articles": 4,
                "patience_s": 60.0,
                "interrupts": (Interrupt,),
                **given,
            }
        )

    def stories(self) -> list[tuple[str, int]]:
        return [(os.path.basename(story.file), story.index) for story in self.store.stories()]

    def unfinished(self) -> int:
        return int(self.client.hlen(keys.ATTEMPTS))

    def refused(self) -> list[tuple[str, int | None, str]]:
        return [(os.path.basename(e.file), e.record, e.reason) for e in self.quarantine.entries()]


@pytest.fixture
def log() -> Iterator[LogCapture]:
    """What was logged, with its context."""
    kept = structlog.get_config()
    capture = LogCapture()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture])
    yield capture
    structlog.configure(**kept)


@pytest.fixture
def desk(valkey: Any, log: LogCapture, plain_policy: Path) -> Callable[..., Desk]:
    return lambda **given: Desk(valkey, Policy.load(plain_policy), **given)


@pytest.fixture
def text(inventor: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Write a file into the current folder and return its name."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, *texts: str) -> str:
        if name.endswith(".jsonl"):
            texts = tuple(json.dumps({"maintext": told}) + "\n" for told in texts)
        (tmp_path / name).write_text("".join(texts) or inventor.event(), encoding="utf-8")
        return name

    return write


def said(log: LogCapture, event: str) -> list[dict[str, Any]]:
    return [dict(entry) for entry in log.entries if entry["event"] == event]


def test_files_of_a_message(desk: Any, text: Any, log: LogCapture, tmp_path: Path) -> None:
    """Each file has its outcome and its closing line, in order; one that is missing holds nobody up."""
    here = desk()
    here.intake.files([text("a.txt"), "gone.txt", text("b.txt")], run="r", base=str(tmp_path))
    assert here.stories() == [("a.txt", 0), ("b.txt", 0)]
    assert here.refused() == [("gone.txt", None, "missing")]
    ends = [entry for entry in log.entries if entry["event"].startswith("file_")]
    assert [(end["event"], end["file"]) for end in ends] == [
        ("file_ingested", "a.txt"),
        ("file_quarantined", "gone.txt"),
        ("file_ingested", "b.txt"),
    ]
    assert ends[0]["articles"] == ends[0]["stories"] == ends[0]["open"] == 1


def test_a_name_that_is_no_name(desk: Any, text: Any, tmp_path: Path) -> None:
    """Half a surrogate pair, as of a text that was cut: it costs itself, not the files beside it."""
    here = desk()
    here.intake.files([text("a.txt"), "half \ud83d.txt", text("b.txt")], run="r", base=str(tmp_path))
    assert here.stories() == [("a.txt", 0), ("b.txt", 0)]
    assert here.refused() == [("half \ufffd.txt", None, "missing")]
    assert here.quarantine.entries()[0].path == str(tmp_path / "half \ud83d.txt")


def test_relative_paths(desk: Any, text: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path starts from the sender's folder, and is shown as it was given."""
    name = text("a.txt")
    monkeypatch.chdir("/")
    here = desk()
    here.intake.files([name], run="r", base=str(tmp_path))
    here.intake.files([str(tmp_path / name)], run="s")
    assert [story.file for story in here.store.stories()] == ["a.txt"], "one file, however it is spelt"


def test_handed_back_when_time_is_up(desk: Any, text: Any, log: LogCapture) -> None:
    """A message that took too long hands back what it has not begun, but does one file at least."""
    here = desk(patience_s=-1.0)
    names = [text("a.txt"), text("b.txt"), text("c.txt")]
    here.intake.files(names, run="r", base="/base", sent_s=1_000)
    assert here.stories() == []
    assert here.refused() == [("a.txt", None, "missing")]
    assert here.mailbox.depth().waiting == 1
    assert here.mailbox.oldest_s() == 1_000
    [told] = said(log, "message_rest_requeued")
    assert (told["log_level"], told["begun"]) == ("info", 1)
    assert told["reason"] == "it took more than -1 s"
    assert "file" not in told


def test_handed_back_when_the_worker_ends(desk: Any, text: Any, log: LogCapture) -> None:
    """So is what was not begun when it was told to; what has been read is decided."""
    ends = iter([False, False, True, True])
    here = desk(ends=lambda: next(ends))
    here.intake.files([text(f"{name}.txt") for name in "abcd"], run="r")
    assert here.stories() == [("a.txt", 0), ("b.txt", 0), ("c.txt", 0)]
    assert here.mailbox.depth().waiting == 1
    [told] = said(log, "message_rest_requeued")
    assert (told["begun"], told["reason"]) == (3, "the worker is stopping")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (NOW_S - 7_200, ("", NOW_S - 7_200, NOW_S - 7_200)),
        (NOW_S + 7_200, ("", NOW_S, NOW_S)),
        (None, ("", NOW_S, NOW_S)),
        (NOW_S - 7_200, (NOW_S - 3_600, NOW_S - 7_200, NOW_S - 3_600)),
        (NOW_S, (NOW_S + 60, NOW_S, NOW_S)),
    ],
    ids=["waited", "clock ahead", "not told", "published after the sender's time", "of the future"],
)
def test_an_article_arrives_when_it_was_sent(
    desk: Any, text: Any, inventor: Any, sent: Any, told: tuple[Any, int, int]
) -> None:
    """Also where it waited for hours, or lies in a later slice; but never later than now. ``told``: when it was published, and when it arrived and its time."""
    published, *times = told
    here = desk(now=lambda: float(NOW_S), slice_articles=1)
    articles = [{"text": inventor.event(), "published": published} for _ in range(3)]
    Path(text("a.jsonl", "x")).write_text("\n".join(map(json.dumps, articles[:2])))
    here.intake.files(["a.jsonl"], run="r", sent_s=sent)
    here.intake.file("a.jsonl", Slice("r:0", 1, 1, sent))
    here.intake.articles(articles[2:], run="s", sent_s=sent)
    members = [story.member for story in here.store.stories()]
    assert [[member.arrived_s, member.time_s] for member in members] == [times] * 3


@pytest.mark.parametrize(
    ("fetched", "published", "arrived"),
    [
        (NOW_S - 9e6, "", NOW_S - 9e6),
        (NOW_S - 9e6, NOW_S + 7_200, NOW_S - 9e6),
        (NOW_S + 7_200, "", NOW_S - 60),
        (NOW_S - 9e6, NOW_S - 9.1e6, NOW_S - 60),
    ],
    ids=["undated", "of the future", "clock ahead", "dated"],
)
def test_without_a_date_an_article_arrives_when_it_was_fetched(
    desk: Any, inventor: Any, fetched: float, published: Any, arrived: float
) -> None:
    """The articles of an archive are not of the day on which it is handed in."""
    here = desk(now=lambda: float(NOW_S))
    article = {"text": inventor.event(), "published": published, "scraped_at": fetched}
    here.intake.articles([article], run="s", sent_s=NOW_S - 60)
    (story,) = here.store.stories()
    assert story.member.arrived_s == arrived


def test_a_file_that_went_after_it_was_decided_is_not_missing(
    desk: Any, text: Any, inventor: Any, log: LogCapture
) -> None:
    """Its message came again, as after a death; what was decided in part, or not at all, is missing."""
    here = desk(slice_articles=2)
    names = [
        text("a.txt"), text("b.txt"), text("rows.jsonl", *(inventor.event() for _ in range(5))),
        text("cut.json", '[{"text": "' + inventor.event().replace("\n", " ") + '"}, {"te'),
    ]  # fmt: skip
    here.intake.files(names, run="r")
    here.intake.file(names[2], Slice("r:2", 2, 1))
    before = here.refused()
    for name in names:
        Path(name).unlink()
    here.intake.files([*names, "never.txt"], run="r")
    here.intake.file(names[2], Slice("r:2", 2, 1))
    here.intake.file(names[2], Slice("r:2", 4, 2))
    assert [entry["file"] for entry in said(log, "gone_after_decision")] == [
        "a.txt",
        "b.txt",
        "rows.jsonl",
        "rows.jsonl",
    ]
    new = [("cut.json", None, "missing"), ("never.txt", None, "missing"), ("rows.jsonl", 4, "missing")]
    assert sorted(here.refused(), key=str) == sorted([*before, *new], key=str)


def test_a_file_is_decided_with_the_last_of_its_stories(
    desk: Any, text: Any, inventor: Any, log: LogCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies after the first of three and before the end of its message: that file alone may go."""
    here = desk()
    names = [text(f"{n}.txt") for n in range(3)]
    real = here.store.commit_and_recall

    def die(*args: Any) -> Any:
        real(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(here.store, "commit_and_recall", die)
        with pytest.raises(KeyboardInterrupt):
            here.intake.files(names, run="r")
    for name in names[:2]:
        Path(name).unlink()
    here.intake.files(names, run="r")
    assert [entry["file"] for entry in said(log, "gone_after_decision")] == ["0.txt"]
    assert here.refused() == [("1.txt", None, "missing")]


def test_a_file_of_many_is_sliced(desk: Any, text: Any, inventor: Any, log: LogCapture, valkey: Any) -> None:
    """Nine records in slices of four: each slice hands the rest on before it is decided; totals at the end."""
    here = desk()
    name = text("many.jsonl", *(inventor.event() for _ in range(9)))
    here.intake.files([name], run="r")
    for start, number in ((4, 1), (8, 2)):
        assert here.mailbox.depth().waiting == number
        assert said(log, "file_ingested") == []
        here.intake.file(name, Slice(run="r:0", start=start, number=number))
    assert here.mailbox.depth().waiting == 2
    assert here.stories() == [(name, index) for index in range(9)]
    [end] = said(log, "file_ingested")
    assert (end["file"], end["articles"], end["stories"], end["open"]) == (name, 9, 9, 9)


def test_dates_that_were_not_understood_are_told(
    desk: Any, text: Any, inventor: Any, log: LogCapture
) -> None:
    """By the line that closes the file, however it was decided: how many, and the first. None: no word of it."""
    here = desk()
    files = {
        "a.json": ["soon"],
        "b.json": ["2024"],
        "c.json": [""],
        "many.jsonl": [*["2014-03-03"] * 7, "one of these \x1b[31mdays, or another, if at all", "Monday"],
    }
    for name, dates in files.items():
        rows = (json.dumps({"text": inventor.event(), "date": date}) for date in dates)
        Path(text(name)).write_text("\n".join(rows))
    here.intake.files(list(files), run="r")
    for start, number in ((4, 1), (8, 2)):
        here.intake.file("many.jsonl", Slice(run="r:3", start=start, number=number))
    ends = {
        end["file"]: (end.get("unread_dates"), end.get("unread_first")) for end in said(log, "file_ingested")
    }
    assert ends == {
        "a.json": (1, "soon"),
        "b.json": (1, "2024"),
        "c.json": (None, None),
        "many.jsonl": (2, "one of these [31mdays, or another, if at"),
    }


def test_an_archive_is_sliced(desk: Any, text: Any, inventor: Any, log: LogCapture, tmp_path: Path) -> None:
    """Slices go through the members; what is wrong with one of them is a record, and the archive is closed once."""
    here = desk()
    members = [text(f"{n}.jsonl", *(inventor.event() for _ in range(3))) for n in range(3)]
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for member in (*members[:2], None, members[2]):
            archive.writestr(member or "picture.jpg", (tmp_path / member).read_bytes() if member else b"\0")
    here.intake.files(["many.zip"], run="r")
    for start, number in ((4, 1), (8, 2)):
        here.intake.file("many.zip", Slice(run="r:0", start=start, number=number))
    assert here.stories() == [
        (f"many.zip!{index // 3}.jsonl", index if index < 6 else index + 1) for index in range(9)
    ]
    assert here.refused() == [("many.zip", 6, "binary")]
    assert [end["articles"] for end in said(log, "file_ingested")] == [10]


@pytest.mark.parametrize("records", [4, 8])
def test_no_empty_slice(desk: Any, text: Any, inventor: Any, log: LogCapture, records: int) -> None:
    """A file that fills its slices to the last record is closed with the last of them."""
    here = desk()
    name = text("many.jsonl", *(inventor.event() for _ in range(records)))
    here.intake.files([name], run="r")
    if records > 4:
        here.intake.file(name, Slice(run="r:0", start=4, number=1))
    assert here.mailbox.depth().waiting == records // 4 - 1
    assert [end["articles"] for end in said(log, "file_ingested")] == [records]


def test_a_slice_delivered_again(desk: Any, text: Any, inventor: Any, log: LogCapture) -> None:
    """Slices that come again, in any order, change nothing and close the file once."""
    here = desk()
    name = text("many.jsonl", *(inventor.event() for _ in range(7)))
    here.intake.files([name], run="r")
    here.intake.files([name], run="r")
    here.intake.file(name, Slice(run="r:0", start=4, number=1))
    here.intake.file(name, Slice(run="r:0", start=4, number=1))
    assert here.mailbox.depth().waiting == 1
    assert here.stories() == [(name, index) for index in range(7)]
    assert [end["articles"] for end in said(log, "file_ingested")] == [7]


def test_a_message_id_used_again(desk: Any, text: Any, inventor: Any, log: LogCapture) -> None:
    """A file that has grown is read to its end, though its sender gives the message the same id."""
    here = desk()
    texts = [inventor.event() for _ in range(11)]
    for records in (7, 11):
        name = text("many.jsonl", *texts[:records])
        here.intake.files([name], run="r")
        for number in range(1, (records + 3) // 4):
            here.intake.file(name, Slice(run="r:0", start=4 * number, number=number))
    assert here.mailbox.depth().waiting == 1 + 2
    assert here.stories() == [(name, index) for index in range(11)]
    ends = said(log, "file_ingested")
    assert [(end["articles"], end.get("open", 0), end.get("repeat", 0)) for end in ends] == [
        (7, 7, 0),
        (11, 4, 7),
    ]


@pytest.mark.parametrize("again", [[0], [0, 1, 1, 2, 2], [2, 0, 2, 1]])
def test_one_file_does_not_fill_the_quarantine(
    desk: Any, text: Any, inventor: Any, log: LogCapture, again: list[int]
) -> None:
    """Its first bad records are listed and the others told by one entry of the file, whichever slice comes when and
    how often; all of them are logged."""
    here = desk()
    here.quarantine.listed = 3
    rows = ["{}", "{,}", json.dumps({"maintext": inventor.event()}), *["{}"] * 6]
    Path(text("many.jsonl")).write_text("\n".join(rows))
    for number in [0, *again, 2, 1]:  # the first hands the others on, and is acknowledged late
        here.intake.file("many.jsonl", Slice(run="r:0", start=4 * number, number=number))
    listed = [("many.jsonl", 0, "no_text"), ("many.jsonl", 1, "malformed"), ("many.jsonl", 3, "no_text")]
    assert sorted(here.refused(), key=str) == sorted([*listed, ("many.jsonl", None, "no_text")], key=str)
    (rest,) = (one for one in here.quarantine.entries() if one.record is None)
    assert rest.detail == (
        "5 more of its records were refused; the first 3 are listed. Refused in all: 7 no_text, "
        "1 malformed. The log names each; a retry tries the whole file."
    )
    assert {entry["record"] for entry in said(log, "record_quarantined")} == {0, 1, *range(3, 9)}
    [end] = said(log, "file_ingested")
    assert (end["refused"], end["refused_no_text"], end["refused_malformed"]) == (8, 7, 1)

    text("many.jsonl", *(inventor.event() for _ in range(9)))
    for number in range(3):
        here.intake.file("many.jsonl", Slice(run="s:0", start=4 * number, number=number))
    assert here.refused() == []


def test_the_rest_of_a_file_is_listed_though_a_worker_died(
    desk: Any, text: Any, log: LogCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the last slice was noted as done, and before the file was put on the list."""
    here = desk()
    here.quarantine.listed = 3
    Path(text("many.jsonl")).write_text("\n".join(["{}"] * 5))
    here.intake.files(["many.jsonl"], run="r")
    real = here.quarantine.put

    def dies(entry: Any) -> Any:
        if entry.record is None:
            raise StoreUnavailable("It went.")
        return real(entry)

    last = Slice(run="r:0", start=4, number=1)
    monkeypatch.setattr(here.quarantine, "put", dies)
    with pytest.raises(StoreUnavailable):
        here.intake.file("many.jsonl", last)
    monkeypatch.setattr(here.quarantine, "put", real)
    assert ("many.jsonl", None, "no_text") not in here.refused()
    here.intake.file("many.jsonl", last)
    assert ("many.jsonl", None, "no_text") in here.refused()
    assert len(said(log, "file_ingested")) == 1


def test_a_lone_record_is_its_file(desk: Any, text: Any) -> None:
    """Where a file is one article, what is wrong with that is wrong with the file."""
    here = desk()
    here.intake.files([text("one.json", '{"maintext": ""}')], run="r")
    assert here.refused() == [("one.json", None, "no_text")]


def test_what_a_full_quarantine_list_forgets_is_logged(
    desk: Any, text: Any, log: LogCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing leaves it without a word."""
    here = desk()
    here.quarantine.most = 1
    for name in ("one.txt", "two.txt"):
        here.intake.files([text(name, " ")], run="r")
    assert here.refused() == [("two.txt", None, "empty")]
    (told,) = said(log, "quarantine_forgotten")
    assert (os.path.basename(told["forgotten"]), told["record"], told["reason"]) == ("one.txt", None, "empty")


def test_a_deadly_file_is_refused(desk: Any, text: Any, log: LogCapture) -> None:
    """A file that was begun three times without an end is not begun a fourth time; a retry begins afresh."""
    here = desk()
    names = [text("bad.txt"), text("good.txt")]
    for _ in range(3):
        here.quarantine.attempt("r:0#0")
    here.intake.files(names, run="r")
    assert here.refused() == [("bad.txt", None, "killed_worker")]
    assert here.stories() == [("good.txt", 0)]
    assert "Processing started 3 times but never finished" in said(log, "file_quarantined")[0]["detail"]
    here.intake.files(["bad.txt"], run="s")
    assert here.stories() == [("good.txt", 0), ("bad.txt", 0)]
    assert here.refused() == []


def test_one_file_in_the_hands_of_many(desk: Any, text: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several messages name it, as they do an address that is fetched again and again: nobody has died over it."""
    here, name = desk(), text("feed.txt")
    real = Ingest.articles
    runs = iter(["second", "third", "fourth", "fifth"])

    def articles(self: Ingest, articles: Sequence[Article]) -> Any:
        for run in runs:  # each begins while all before it are at work
            here.intake.files([name], run=run)
        return real(self, articles)

    monkeypatch.setattr(Ingest, "articles", articles)
    here.intake.files([name], run="first")
    assert not list(runs)
    assert here.refused() == []
    assert here.stories() == [("feed.txt", 0)]


@pytest.mark.parametrize("deadly", ["reader", "ingest"])
def test_deaths_do_not_multiply(
    desk: Any, text: Any, inventor: Any, monkeypatch: pytest.MonkeyPatch, deadly: str
) -> None:
    """Two deadly files and a file with two deadly records in one message: three deaths each.

    And one more for those decided together with others, which tells that each has to be begun alone.
    """

    class Death(BaseException):
        """Stands for SIGKILL: nothing in the process sees it."""

    deaths: list[str] = []
    read, decide = bookmark.read, Ingest.articles

    def deadly_read(path: str, limits: Limits, *, start: int = 0) -> Iterator[Any]:
        for record in read(path, limits, start=start):
            if deadly == "reader" and "DEADLY FILE" in getattr(record, "text", ""):
                deaths.append(os.path.basename(path))
                raise Death
            yield record

    def deadly_decide(self: Ingest, articles: Sequence[Article]) -> Any:
        for article in articles:
            if "DEADLY" in article.text:
                deaths.append(f"{article.file}#{article.index}")
                raise Death
            yield from ((articles.index(article), told) for _, told in decide(self, [article]))

    monkeypatch.setattr(bookmark, "read", deadly_read)
    monkeypatch.setattr(Ingest, "articles", deadly_decide)
    here = desk()
    bad = [text(f"bad{number}.txt", f"{inventor.event()}\nDEADLY FILE") for number in range(2)]
    record = f"{inventor.event()}\nDEADLY RECORD"
    many = text("many.jsonl", inventor.event(), record, inventor.event(), record + " TOO")
    message = [bad[0], many, bad[1], text("good.txt")]
    for _ in range(40):
        try:
            here.intake.files(message, run="r")
            break
        except Death:
            continue
    assert sorted(here.refused()) == [
        ("bad0.txt", None, "killed_worker"),
        ("bad1.txt", None, "killed_worker"),
        ("many.jsonl", 1, "killed_worker"),
        ("many.jsonl", 3, "killed_worker"),
    ]
    assert sorted(here.stories()) == [("good.txt", 0), ("many.jsonl", 0), ("many.jsonl", 2)]
    alone = 3 * (bad if deadly == "reader" else [f"{name}#0" for name in bad])
    records = [f"{many}#1", f"{many}#3"]
    assert sorted(deaths) == sorted([alone[0], *alone, records[0], *(3 * records)])
    assert here.unfinished() == 0


def test_records_are_decided_together_whichever_files_they_are_of(
    desk: Any, text: Any, inventor: Any, log: LogCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One batch; if one of them fails, each by itself: nothing is told twice, and each file is closed once, in order."""
    here, batches = desk(), []

    def articles(self: Ingest, articles: Sequence[Article], real: Any = Ingest.articles) -> Any:
        batches.append([(article.file, article.index) for article in articles])
        for number, article in enumerate(articles):
            if "BUG" in article.text:
                raise ZeroDivisionError("a bug")
            yield from ((number, told) for _, told in real(self, [article]))

    monkeypatch.setattr(Ingest, "articles", articles)
    many = text("many.jsonl", inventor.event(), " ", inventor.event())
    all_of_it = [("a.txt", 0), (many, 0), (many, 2), ("b.txt", 0)]
    here.intake.files([text("a.txt"), many, text("b.txt")], run="r")
    assert batches == [all_of_it]
    text("b.txt", f"{inventor.event()}\nBUG")
    here.intake.files(["a.txt", many, "b.txt"], run="s")
    assert batches[1:] == [all_of_it, *([one] for one in all_of_it)]
    assert here.refused() == [(many, 1, "no_text"), ("b.txt", None, "failed")]
    ends = [(end["file"], end["stories"], end.get("refused", 0)) for end in said(log, "file_ingested")]
    assert ends == [("a.txt", 1, 0), (many, 2, 1), ("b.txt", 1, 0), ("a.txt", 1, 0), (many, 2, 1)]
    assert here.unfinished() == 0


def test_a_deadly_slice_is_counted_as_refused(desk: Any, text: Any, inventor: Any, log: LogCapture) -> None:
    """By the line that closes its file, as any other slice that cannot be read is."""
    here = desk()
    name = text("many.jsonl", *(inventor.event() for _ in range(6)))
    here.intake.files([name], run="r")
    for _ in range(3):
        here.quarantine.attempt("r:0#4")
    here.intake.file(name, Slice(run="r:0", start=4, number=1))
    assert here.refused() == [(name, 4, "killed_worker")]
    [end] = said(log, "file_ingested")
    assert (end["articles"], end["refused"], end["refused_killed_worker"]) == (4, 1, 1)


def test_a_record_dies_for_itself(
    desk: Any, text: Any, inventor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that died over another record, for whatever reason, is not held against the next one."""
    here = desk()
    deaths = [1, 2, 2, 1, 2]  # the records over which the worker dies, in this order; then never again

    def articles(self: Ingest, articles: Sequence[Article], real: Any = Ingest.articles) -> Any:
        for article in articles:
            if deaths and deaths[0] == article.index:
                deaths.pop(0)
                raise KeyboardInterrupt
        return real(self, articles)

    monkeypatch.setattr(Ingest, "articles", articles)
    many = text("many.jsonl", *(inventor.event() for _ in range(3)))
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            here.intake.files([many], run="r")
    here.intake.files([many], run="r")
    assert here.refused() == [(many, 2, "killed_worker")]
    assert here.stories() == [(many, 0), (many, 1)]
    assert here.unfinished() == 0


@pytest.mark.parametrize(
    "names", [["a.txt"], ["a.txt", "b.txt", "c.txt"], ["many.jsonl"], ["many.jsonl", "a.txt"]]
)
def test_a_server_that_goes_away_is_no_death(
    desk: Any, text: Any, inventor: Any, monkeypatch: pytest.MonkeyPatch, names: list[str]
) -> None:
    """However often the server goes away in the middle of a file, alone or among others, it is not held to blame."""
    here = desk()
    for name in names:
        text(name, *(inventor.event() for _ in range(3 if name == "many.jsonl" else 1)))
    away = [True] * 7

    def articles(self: Ingest, articles: Sequence[Article], real: Any = Ingest.articles) -> Any:
        if articles and away and away.pop():
            raise StoreUnavailable("away")
        return real(self, articles)

    monkeypatch.setattr(Ingest, "articles", articles)
    for _ in range(7):
        with pytest.raises(StoreUnavailable):
            here.intake.files(names, run="r")
    here.intake.files(names, run="r")
    told = [(name, at) for name in names for at in range(3 if name == "many.jsonl" else 1)]
    assert here.stories() == told
    assert here.refused() == []
    assert here.unfinished() == 0


def test_a_time_that_is_up_counts_though_the_server_went_away_before(
    desk: Any, text: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in hand when the process is told to stop may be what takes the time: this ends."""
    here, name = desk(patience_s=60.0), text("a.txt")
    errors = [StoreUnavailable("away"), Interrupt(), Interrupt(), StoreUnavailable("away"), Interrupt()]

    def articles(self: Ingest, articles: Sequence[Article]) -> Any:
        if articles:
            raise error
        return []

    monkeypatch.setattr(Ingest, "articles", articles)
    counts = []
    for error in errors:
        with pytest.raises(type(error)):
            here.intake.files([name], run="r")
        counts.append(here.quarantine.tried(["r:0#0"])[0])
    # What the server was gone for is forgotten, with what was counted before.
    assert counts == [0, 1, 2, 0, 1]


def test_too_slow(desk: Any, text: Any, inventor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that takes too long is refused by its number, a file that does by its name; the rest goes on."""
    here = desk(patience_s=0.0)  # anything has taken as long

    def articles(self: Ingest, articles: Sequence[Article], real: Any = Ingest.articles) -> Any:
        if any("SLOW" in article.text for article in articles):
            raise Interrupt
        return real(self, articles)

    monkeypatch.setattr(Ingest, "articles", articles)
    slow = f"{inventor.event()}\nSLOW"
    here.intake.files([text("slow.txt", slow)], run="r")
    here.intake.files([text("many.jsonl", inventor.event(), slow, inventor.event())], run="s")
    assert here.refused() == [("slow.txt", None, "too_slow"), ("many.jsonl", 1, "too_slow")]
    assert here.stories() == [("many.jsonl", 0), ("many.jsonl", 2)]


def test_what_a_server_takes_to_answer_is_not_the_articles_time(
    desk: Any, text: Any, inventor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is up while a server is waited for that says nothing: the message comes back, alone or in company."""
    here = desk(patience_s=0.1)

    def waiting(*_: Any) -> Any:
        time.sleep(0.3)
        raise Interrupt

    names = [text("a.txt", inventor.event()), text("b.txt", inventor.event())]
    with monkeypatch.context() as patched:
        patched.setattr(MemoryStore, "recall", waiting)
        for some in (names[:1], names):
            with pytest.raises(Interrupt):
                here.intake.files(some, run="r")
    assert here.refused() == []
    here.intake.files(names, run="r")
    assert here.stories() == [("a.txt", 0), ("b.txt", 0)]


def test_whoever_is_in_hand_when_the_time_is_up_is_not_to_blame(
    desk: Any, text: Any, inventor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message comes back, and what had only begun is decided then."""
    here = desk()
    left = [2]  # articles until the time is up

    def articles(self: Ingest, articles: Sequence[Article], real: Any = Ingest.articles) -> Any:
        for article in articles:
            if left and not left[0]:
                raise Interrupt
            left[:] = [left[0] - 1] if left else []
            yield from real(self, [article])

    monkeypatch.setattr(Ingest, "articles", articles)
    names = [text("a.txt"), text("many.jsonl", *(inventor.event() for _ in range(3)))]
    with pytest.raises(Interrupt):
        here.intake.files(names, run="r", base="")
    assert len(here.stories()) == 2
    left.clear()
    here.intake.files(names, run="r", base="")
    assert here.stories() == [("a.txt", 0), ("many.jsonl", 0), ("many.jsonl", 1), ("many.jsonl", 2)]
    assert here.refused() == []


def test_a_slice_is_bounded_by_its_texts(
    desk: Any, text: Any, inventor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large articles are not all held at once: each part ends with the one that is over the bound."""
    here = desk()
    texts = [inventor.event() for _ in range(4)]
    monkeypatch.setattr("newsloom.bookmark.PART_CHARACTERS", len(texts[0]) + len(texts[1]) // 2)
    starts = []

    def hand_on(self: Mailbox, file: str, rest: Slice, base: str = "", real: Any = Mailbox.hand_on) -> Any:
        starts.append(rest.start)
        return real(self, file, rest, base)

    monkeypatch.setattr(Mailbox, "hand_on", hand_on)
    name = text("many.jsonl", *texts)
    here.intake.files([name], run="r")
    while len(starts) > len(here.stories()) - 1:
        here.intake.file(name, Slice("r:0", starts[-1], len(starts)))
    assert starts == [1, 2, 3]
    assert len(here.stories()) == 4


def test_a_slice_that_is_gone_is_on_the_list_whoever_ends_last(
    desk: Any, text: Any, inventor: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is taken away while its first part is decided: that says nothing of the rest, which is missed."""
    here = desk()
    path = tmp_path / text("many.jsonl", *(inventor.event() for _ in range(6)))

    def hand_on(self: Mailbox, file: str, rest: Slice, base: str = "", real: Any = Mailbox.hand_on) -> Any:
        path.rename(tmp_path / "elsewhere")
        replace(here.intake, bookmark=bookmark.Bookmark()).file(file, rest, base)  # another worker's

    monkeypatch.setattr(Mailbox, "hand_on", hand_on)
    here.intake.files([str(path)], run="r")
    assert len(here.stories()) == 4
    assert here.refused() == [("many.jsonl", 4, "missing")]


def test_a_file_that_shrank_is_missed(desk: Any, text: Any, inventor: Any, log: LogCapture) -> None:
    """A file is cut short, or another is put in its place, before its second part is read: that is told, not passed over."""
    here, told = desk(), [inventor.event() for _ in range(6)]
    name = text("many.jsonl", *told)
    here.intake.files([name], run="r")
    text(name, *told[:2])
    here.intake.file(name, Slice(run="r:0", start=4, number=1))
    assert here.refused() == [("many.jsonl", 4, "truncated")]
    [end] = said(log, "file_ingested")
    assert (end["articles"], end["refused"]) == (4, 1)
    text(name, *told)
    here.intake.files([name], run="s")
    here.intake.file(name, Slice(run="s:0", start=4, number=1))
    assert here.refused() == []


def test_conflicts_without_end_cost_one_article(
    desk: Any, text: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something may be wrong with what is stored of one story: its message must not come back for ever."""
    here = desk()
    names = [text("a.txt"), text("b.txt"), text("c.txt")]

    def commit(commit: Any, real: Any = here.store.commit) -> Any:
        if commit.query.story.article.file == "b.txt":
            raise Conflict("story")
        return real(commit)

    monkeypatch.setattr(here.store, "commit", commit)
    here.intake.files(names, run="r")
    assert here.stories() == [("a.txt", 0), ("c.txt", 0)]
    assert here.refused() == [("b.txt", None, "failed")]


def test_a_bug_costs_one_record(desk: Any, text: Any, inventor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a parser or a decision may raise, that record has an outcome and the others go on."""
    here = desk()

    def articles(self: Ingest, articles: Sequence[Article], real: Any = Ingest.articles) -> Any:
        if any("BUG" in article.text for article in articles):
            raise ZeroDivisionError("a bug")
        return real(self, articles)

    def read(path: str, limits: Limits, *, start: int = 0, real: Any = bookmark.read) -> Iterator[Any]:
        if path.endswith("parser.txt"):
            raise ZeroDivisionError("a bug")
        return real(path, limits, start=start)

    monkeypatch.setattr(Ingest, "articles", articles)
    monkeypatch.setattr(bookmark, "read", read)
    many = text("many.jsonl", inventor.event(), f"{inventor.event()}\nBUG", inventor.event())
    here.intake.files([text("parser.txt"), many, text("good.txt")], run="r")
    assert here.refused() == [("parser.txt", None, "failed"), ("many.jsonl", 1, "failed")]
    assert here.stories() == [("many.jsonl", 0), ("many.jsonl", 2), ("good.txt", 0)]


@pytest.mark.parametrize("reason", ["failed", "too_slow"])
@pytest.mark.parametrize("records", [0, 1, 2, 4, 5])
def test_a_reading_that_breaks_off(
    desk: Any,
    text: Any,
    inventor: Any,
    log: LogCapture,
    monkeypatch: pytest.MonkeyPatch,
    *,
    reason: str,
    records: int,
) -> None:
    """However many records were read before: they are decided, the rest is refused, and the file is closed once."""
    here = desk(patience_s=0.0)  # anything has taken as long

    def following(self: Reading, real: Any = Reading.__next__) -> Any:
        record = real(self)
        if record.index == records:
            raise ZeroDivisionError if reason == "failed" else Interrupt
        return record

    monkeypatch.setattr(Reading, "__next__", following)
    name = text("many.jsonl", *(inventor.event() for _ in range(7)))
    here.intake.files([name], run="r")
    if records > 4:
        here.intake.file(name, Slice("r:0", start=4, number=1))
    assert here.stories() == [(name, index) for index in range(records)]
    assert here.refused() == [(name, records or None, reason)]
    ends = [entry for entry in log.entries if entry["event"] in {"file_ingested", "file_quarantined"}]
    assert [end["event"] for end in ends] == ["file_ingested" if records else "file_quarantined"]
    assert [end.get("articles", 0) for end in ends] == [records]
    assert here.unfinished() == 0


def _damaged(of: bytes) -> dict[str, bytes]:
    """Files whose first record is good and whose rest is not; ``of`` is the line of JSON that is good."""
    story = json.loads(of)["maintext"].replace("\n", " ").encode()
    # Always the same, and without ends of lines: one more than three would begin another slice.
    noise = random.Random(7).randbytes(500).replace(b"\n", b"")
    packed = gzip.compress(of) + gzip.compress(noise)
    members = io.BytesIO()
    with tarfile.open(fileobj=members, mode="w") as archive:
        for name in ("a.jsonl", "b.jsonl"):
            member = tarfile.TarInfo(name)
            member.size = len(of)
            archive.addfile(member, io.BytesIO(of))
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("a.jsonl", of)
        folder.writestr("b.jsonl", noise)
    return {
        "cut.jsonl": of + of[: len(of) // 2],
        "nested.jsonl": of + b'{"articles": [' + b"[" * 600 + b"]" * 600 + b"]}\n",
        "cut.json": b"[" + of + b"," + of[: len(of) // 2],
        "cut.jsonl.gz": packed[:-300],
        "damaged.jsonl.gz": packed[:-300] + bytes(300),
        "row.csv": b'title,text\nMill,"' + story + b'"\nFerry,"' + b"x" * (5 << 20) + b'"\n',
        "cut.tar": members.getvalue()[: 2 * 512 + 512 * -(-len(of) // 512) + len(of) // 2],
        "member.zip": zipped.getvalue(),
    }


@pytest.mark.parametrize(
    "name",
    [
        "cut.jsonl",
        "nested.jsonl",
        "cut.json",
        "cut.jsonl.gz",
        "damaged.jsonl.gz",
        "row.csv",
        "cut.tar",
        "member.zip",
    ],
)
def test_damage_behind_the_first_record(
    desk: Any, inventor: Any, log: LogCapture, tmp_path: Path, name: str
) -> None:
    """The record is decided, what follows is in quarantine with its reason, and the file is closed."""
    here = desk()
    line = json.dumps({"maintext": inventor.event()}).encode() + b"\n"
    (tmp_path / name).write_bytes(_damaged(line)[name])
    here.intake.files([str(tmp_path / name)], run="r")
    assert len(here.stories()) == 1
    (end,) = said(log, "file_ingested")
    # Of half a line in a damaged stream two things are said: that it is no JSON, and that the stream is damaged.
    assert [record for _, record, _ in here.refused()] == list(range(1, end["articles"])) != []
    assert len(said(log, "record_quarantined")) == end["refused"]
    assert said(log, "file_failed") == said(log, "file_quarantined") == []


def test_quarantine_is_left_when_the_file_is_good(desk: Any, text: Any) -> None:
    """A repaired file leaves the list as soon as it is ingested, whoever handed it in."""
    here = desk()
    name = text("a.json", "{")
    here.intake.files([name], run="r")
    assert len(here.refused()) == 1
    text("a.json", '{"maintext": "The mill stopped its last wheel on Sunday, and nobody came to see it."}')
    here.intake.files([name], run="s")
    assert here.refused() == []


def test_quarantine_is_left_by_what_is_shown_without_its_password(desk: Any, tmp_path: Path) -> None:
    """An address, or a path that was made of one: it stands on the list without, and is found there all the same."""
    here = desk()
    path = tmp_path / "https:" / "user:word@site.example" / "a.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    here.intake.files([str(path)], run="r")
    (entry,) = here.quarantine.entries()
    assert "word" not in entry.file
    path.write_text('{"maintext": "The mill stopped its last wheel on Sunday, and nobody came to see it."}')
    here.intake.files([str(path)], run="s")
    assert here.refused() == []


def test_quarantine_is_left_by_each_record_that_is_good(
    desk: Any, text: Any, inventor: Any, tmp_path: Path
) -> None:
    """As its slice is read, in whatever order; what is still bad stays, and of what the file has lost nothing does."""
    here = desk()
    good = [json.dumps({"maintext": inventor.event()}) for _ in range(11)]
    path, slices = tmp_path / text("many.jsonl", "x"), [Slice("", start, start // 4) for start in (0, 4, 8)]

    def hand_in(*bad: int, records: int = 11, order: Sequence[int] = (0, 1, 2)) -> None:
        path.write_text("".join(("{" if n in bad else good[n]) + "\n" for n in range(records)))
        run = f"r{len(here.quarantine.entries())}"
        for number in order:
            here.intake.file(str(path), replace(slices[number], run=run))

    hand_in(2, 5, 6, 10)
    assert [record for _, record, _ in here.refused()] == [2, 5, 6, 10]
    hand_in(6, order=[1])
    assert [record for _, record, _ in here.refused()] == [2, 10, 6]
    hand_in(6, records=10, order=[2, 0])
    assert here.refused() == [("many.jsonl", 6, "malformed")]
    hand_in(records=1, order=[0])
    assert here.refused() == []


def test_quarantine_is_left_by_the_members_of_an_archive(
    desk: Any, inventor: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are records of it, and have other numbers once a member is taken out."""
    monkeypatch.chdir(tmp_path)
    here = desk()
    stories = [inventor.event() for _ in range(3)]

    def hand_in(*members: str) -> None:
        with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
            for number, member in enumerate(members):
                archive.writestr(f"{number}.txt", member)
        here.intake.files(["many.zip"], run=f"r{len(members)}{members.count('')}")

    hand_in(stories[0], "", stories[1], "")
    assert [record for _, record, _ in here.refused()] == [1, 3]
    hand_in(stories[0], stories[1], "")
    assert [record for _, record, _ in here.refused()] == [2]
    hand_in(*stories)
    assert here.refused() == []


def test_a_file_is_read_once(
    desk: Any, text: Any, inventor: Any, log: LogCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it holds one article or many, is broken or takes too long: another reading would tell the same."""
    here = desk(patience_s=-1.0)  # so that whatever is interrupted has taken long enough
    was_read: list[str] = []

    def read(path: str, limits: Limits, *, start: int = 0, real: Any = bookmark.read) -> Iterator[Any]:
        was_read.append(os.path.basename(path))
        if path.endswith("slow.txt"):
            raise Interrupt
        if path.endswith("parser.txt"):
            raise ZeroDivisionError("a bug")
        return real(path, limits, start=start)

    monkeypatch.setattr(bookmark, "read", read)
    many = text("many.jsonl", *(inventor.event() for _ in range(3)))
    for name in (many, text("half.json", '{"maintext": "The'), text("slow.txt"), text("parser.txt")):
        here.intake.files([name, text("good.txt")], run=name)  # the time is up, the second goes back
    assert was_read == ["many.jsonl", "half.json", "slow.txt", "parser.txt"]
    assert here.refused() == [
        ("half.json", None, "truncated"),
        ("slow.txt", None, "too_slow"),
        ("parser.txt", None, "failed"),
    ]
    assert len(said(log, "file_failed")) == 1
