"""What the doorways take for a message."""

import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pydantic
import pytest
from celery.exceptions import Reject, SoftTimeLimitExceeded
from structlog.testing import capture_logs

from newsloom import bootstrap, ending
from newsloom.core.model import Article
from newsloom.errors import Conflict, StoreRefuses, StoreUnavailable
from newsloom.store import keys
from newsloom.store.patience import BRIEF
from newsloom.waiting import Waiting
from newsloom.worker.consumer import early, in_hand, wrong
from newsloom.worker.tasks import Files, Part, ingest, second_look


def task(message: str = "1") -> SimpleNamespace:
    """What Celery hands to a task of itself."""
    return SimpleNamespace(request=SimpleNamespace(id=message, properties=None))


NO_TEXT = "caf\udce9.txt"  #: as Python writes the byte E9 in a path
PART = {"file": "many.jsonl", "run": "r", "start": 10, "number": 1}


@pytest.mark.parametrize("path", ["/a.txt", "a b.txt", "наводнение.txt", NO_TEXT])
def test_any_path_is_taken(path: str) -> None:
    """One or many, in any characters, bytes that are no UTF-8 too."""
    assert Files.model_validate({"files": path}).files == [path]
    assert Files.model_validate({"files": [path, "b"], "base": path}).base == path
    part = Part.model_validate({**PART, "file": path, "base": path})
    assert (part.file, part.base) == (path, path)


@pytest.mark.parametrize(
    "message",
    [
        {}, {"files": []}, {"articles": []}, {"files": ["a"], "articles": [{}]}, {"articles": {}}, {"articles": "a"},
        {"articles": [{}], "more": 1}, {"files": None}, {"files": 7}, {"files": {"a": 1}}, {"files": ["a"], "base": None},
        {"files": ["a"], "base": 1}, {"files": ["a"], "base": "a" * 4_097}, {"files": ["a"], "more": 1},
    ],
)  # fmt: skip
def test_a_message_that_names_neither_files_nor_articles_is_put_aside_as_it_is(
    here: Any, message: dict[str, Any]
) -> None:
    """What it meant, nobody can tell: whoever can has all of it, and what to send instead."""
    with pytest.raises(Reject) as rejected:
        ingest(task(), **message)
    assert not rejected.value.requeue
    assert rejected.value.reason.endswith('; send {"files": [path, ...]} or {"articles": [{...}, ...]}')
    assert len(rejected.value.reason) < 500, "all of it is shown"
    assert bootstrap.quarantine().entries() == []


@pytest.mark.parametrize(
    "bad", ["", 1, None, ["a"], {"a": "b"}, "a" * 4_097, "http://user:secret@host/" * 200]
)
def test_what_is_no_path_costs_itself(here: Any, tmp_path: Path, bad: object) -> None:
    """However many files its message names before and after it: they are decided, and it is told of once."""
    files = [tmp_path / f"{number}.txt" for number in range(12)]
    for number, file in enumerate(files):
        file.write_text(f"Mill {number} stopped its last wheel on Sunday, said the owner of mill {number}.")
    names = [*map(str, files[:9]), bad, *map(str, files[9:])]
    for _ in range(2):
        ingest(task("m"), files=names)
    store = bootstrap.store()
    assert {story.file for story in store.stories()} == set(map(str, files))
    [entry] = bootstrap.quarantine().entries()
    assert (entry.file, entry.reason) == ("message:m:9", "no_path")
    assert len(entry.detail) < 500
    assert "secret" not in entry.detail
    assert not bootstrap.client().exists(keys.ATTEMPTS)


@pytest.mark.parametrize("wrong", [{"file": ""}, {"file": 1}, {"base": 1}, {"start": "first"}, {"run": None}])
def test_a_part_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    """The same for the rest of a large file."""
    with pytest.raises(pydantic.ValidationError):
        Part.model_validate({**PART, **wrong})


@pytest.mark.parametrize(
    ("error", "wait", "said"),
    [
        (SoftTimeLimitExceeded(), [], "message_requeued"),
        (Conflict("again"), [], "message_requeued"),
        (StoreUnavailable("no node answers"), [2.0], "message_waits"),
        (StoreRefuses("Redis denies access"), [2.0], "message_waits"),
    ],
)
def test_what_is_nobodys_fault_goes_back_to_the_queue(
    monkeypatch: pytest.MonkeyPatch, error: Exception, wait: list[float], said: str
) -> None:
    """Whatever the call that was on its way when the time was up: a message that is not done is not struck out.

    It comes again, but not as fast as a server says no, or a cluster that none of its nodes answers.
    """

    def files(*_: Any, **__: Any) -> None:
        raise error

    waited: list[float] = []
    monkeypatch.setattr(bootstrap, "intake", lambda _: SimpleNamespace(files=files))
    monkeypatch.setattr(time, "sleep", waited.append)
    waiting = Waiting("message_waits", "message_goes_on")  # nothing waits so far
    monkeypatch.setattr("newsloom.worker.tasks._waiting", waiting)
    with capture_logs() as logged, pytest.raises(Reject) as rejected:
        ingest(task(), files=["a.txt"])
    assert rejected.value.requeue
    assert waited == wait
    assert [entry["event"] for entry in logged] == [said]


@pytest.mark.parametrize("error", [MemoryError(), StoreUnavailable("no node answers"), ZeroDivisionError()])
def test_memory_that_runs_out_ends_the_process(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Amid the work, or amid what is said of a failure: so the message comes back, as after any death."""

    def files(*_: Any, **__: Any) -> None:
        raise error

    def short(*_: Any, **__: Any) -> None:
        raise MemoryError

    ended: list[tuple[int, int]] = []
    monkeypatch.setattr(bootstrap, "intake", lambda _: SimpleNamespace(files=files))
    monkeypatch.setattr("newsloom.worker.tasks.log", SimpleNamespace(warning=short, exception=short))
    monkeypatch.setattr("newsloom.worker.tasks._waiting", SimpleNamespace(waits=short))
    monkeypatch.setattr(os, "kill", lambda *given: ended.append(given))
    with pytest.raises(MemoryError):  # where nothing was killed
        ingest(task(), files=["a.txt"])
    assert ended == [(os.getpid(), signal.SIGKILL)]


@pytest.mark.parametrize("error", [StoreUnavailable("no node answers"), ZeroDivisionError()])
def test_a_time_that_is_up_amid_a_failure_strikes_no_message_out(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """As while a server that refuses is waited for: what a task raises of itself Celery takes for done."""

    def files(*_: Any, **__: Any) -> None:
        raise error

    def up(*_: Any, **__: Any) -> None:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(bootstrap, "intake", lambda _: SimpleNamespace(files=files))
    monkeypatch.setattr(time, "sleep", up)
    monkeypatch.setattr(
        "newsloom.worker.tasks.log", SimpleNamespace(warning=lambda *_, **__: None, exception=up)
    )
    with pytest.raises(Reject) as rejected:
        ingest(task(), files=["a.txt"])
    assert rejected.value.requeue


def test_what_newsloom_fails_at_is_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """To run it again would fail again; to strike the message out would lose its files."""

    def files(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(bootstrap, "intake", lambda _: SimpleNamespace(files=files))
    with pytest.raises(Reject) as rejected:
        ingest(task(), files=["a.txt"])
    assert not rejected.value.requeue


def test_a_look_while_another_looks_does_nothing(here: Any) -> None:
    """What is due stays due, for the one whose turn it is."""
    article = Article(
        file="a.txt", path="a.txt", text="The mill stopped its last wheel on Sunday.", language="en"
    )
    list(bootstrap.intake().ingest.article(article))
    store, turn = bootstrap.store(), bootstrap.turn()
    assert turn.take()
    second_look(None)
    assert len(store.young("en", 9).events) == 1
    turn.give_back()
    second_look(None)
    assert store.young("en", 9).events == ()
    assert bootstrap.turn().take()  # it was given back


def test_how_a_look_went_is_noted_at_its_end(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long it took and how many events it failed at, for lack of time too; not if it was broken off."""
    texts = {"a": "The mill stopped its last wheel on Sunday.", "b": "A ferry ran aground off Port Anders."}
    for name, text in texts.items():
        list(bootstrap.intake().ingest.article(Article(file=name, path=name, text=text, language="en")))
    store, looks = bootstrap.store(), bootstrap.looks()
    with monkeypatch.context() as patched:
        patched.setattr(ending, "told", lambda: True)
        second_look(None)
    assert looks.told().failed == 0
    assert looks.told().took_s is not None
    monkeypatch.setattr(store, "standing", lambda *_: 1 / 0)
    with capture_logs() as logged:
        second_look(None)
    assert [line["event"] for line in logged] == ["second_look_failed"] * looks.told().failed
    assert looks.told().failed == len(texts)
    before = looks.told()

    def away(*_: object) -> None:
        raise StoreUnavailable("it has gone")

    monkeypatch.setattr(store, "young", away)
    second_look(None)
    assert looks.told() == before


@pytest.mark.parametrize("address", ["unix:///nowhere/s.sock", "redis+cluster://localhost:1"])
def test_a_look_without_a_server_is_broken_off(
    here: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    """Nothing is handed back: the next period brings the next look."""
    monkeypatch.setenv("NEWSLOOM_BROKER_URL", here.url)
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", address)
    monkeypatch.setattr(bootstrap, "_patience", BRIEF)
    second_look(None)
    assert "second_look_broken_off" in capsys.readouterr().out


HEADERS: dict[str, Any] = {"task": "newsloom.ingest", "id": "1"}
BODY: list[Any] = [[], {"files": ["a"]}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (HEADERS, BODY),
        (HEADERS, [["a"], {}, {}]),
        (
            {**HEADERS, "timelimit": [None, 30.5], "eta": "2030-01-01T00:00:00", "retries": 2, "unknown": []},
            BODY,
        ),
    ],
)
def test_a_message_of_celerys(headers: Any, body: Any) -> None:
    """Of the second protocol, with whatever Celery itself writes."""
    assert wrong(headers, body) is None


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (None, BODY), ([], BODY), ({}, BODY), ({"task": "a"}, BODY), ({**HEADERS, "task": None}, BODY),
        ({**HEADERS, "id": ""}, BODY), ({**HEADERS, "id": "a\x1b[2J"}, BODY), ({**HEADERS, "id": "x" * 201}, BODY),
        ({**HEADERS, "eta": 5}, BODY), ({**HEADERS, "eta": "soon"}, BODY), ({**HEADERS, "eta": ""}, BODY), ({**HEADERS, "timelimit": [1]}, BODY), ({**HEADERS, "timelimit": [0, -1]}, BODY),
        ({**HEADERS, "retries": "x"}, BODY), ({**HEADERS, "callbacks": "x"}, BODY), (HEADERS, None), (HEADERS, []),
        (HEADERS, [[], {}]), (HEADERS, [None, {}, {}]), (HEADERS, [[], True, {}]), (HEADERS, [[], {}, True]), (HEADERS, "abc"),
        (HEADERS, [[], {}, {"callbacks": [{"task": "a"}]}]), (HEADERS, [[], {}, {"chain": [{}]}]), ({}, HEADERS | {"args": [], "kwargs": {}}),
    ],
)  # fmt: skip
def test_a_message_that_is_none(headers: Any, body: Any) -> None:
    """Each of these Celery would drop, or begin and fail with, and leave nothing of it."""
    assert wrong(headers, body)


def test_a_message_of_the_first_protocol() -> None:
    """Celery wrote that before version 4: it is put aside, and told how to be sent."""
    told = wrong({}, {**HEADERS, "args": [], "kwargs": {"files": ["a"]}})
    assert told is not None
    assert "task_protocol 2" in told


@pytest.mark.parametrize(
    ("eta", "heeded"),
    [
        (None, True), ("2026-01-01T10:59:59", True), ("2026-01-01T12:59:59+02:00", True), ("2026-01-01T11:00:00Z", True),
        ("1990-05-05", True), ("2026-01-01T11:00:01", False), ("2026-01-01T11:00:01.5Z", False), ("2026-01-01T10:00:00-02:00", False),
        ("9999-12-31T23:59:59.999999-12:00", False), ("0001-01-01T00:00:00+12:00", True),
    ],
)  # fmt: skip
def test_a_time_to_be_done_at(eta: str | None, heeded: bool) -> None:
    """Up to an hour ahead, in UTC where it names no zone, as Celery reads it; a later one is none to wait for here."""
    headers = {**HEADERS, "eta": eta}
    assert wrong(headers, BODY) is None
    told = early(headers, datetime(2026, 1, 1, 10, tzinfo=UTC))
    assert told == (None if heeded else f"its eta is {eta}, more than an hour ahead: send it when it is due")


@pytest.mark.parametrize(
    ("args", "kwargs", "told"),
    [
        ([], {"file": "a", "run": "r", "start": 100, "number": 1}, {"file": "a"}), ([], {"files": "a"}, {"file": "a"}),
        ([["a"], "/base"], {}, {"file": "a"}), ([], {"files": ["a", "b"]}, {"files": 2}), ([], {"files": [{}]}, {}),
        ([], {"articles": [{}, {}]}, {"articles": 2}), ([], {"files": ["https://me:secret@host/a"]}, {"file": "https://***@host/a"}),
        ([7], {}, {}), ([], {}, {}),
    ],
)  # fmt: skip
def test_what_a_message_names(args: list[Any], kwargs: dict[str, Any], told: dict[str, Any]) -> None:
    """In whatever form its sender wrote it, for the log: nothing where that makes no sense."""
    assert in_hand(args, kwargs) == told
