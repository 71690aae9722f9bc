"""Log lines: JSON for programs, brief for a person, and no line that breaks the program."""

import contextlib
import io
import json
import logging
import os

import pytest
import structlog

from newsloom.log import configure
from newsloom.settings import Settings


class Terminal(io.StringIO):
    """Standard output that is looked at by a person."""

    def isatty(self):
        return True


pytestmark = pytest.mark.usefixtures("logging_as_before")


@pytest.fixture
def start(monkeypatch):
    """Sets logging up on an output of its own."""

    def configured(terminal=False, **settings):
        output = Terminal() if terminal else io.StringIO()
        monkeypatch.setattr("sys.stdout", output)
        configure(Settings(**settings))
        return output

    return configured


def lines(output):
    return [json.loads(line) for line in output.getvalue().split("\n") if line]


DECIDED = {
    "outcome": "attach",
    "title": "Ferry sinks",
    "file": "in/a.txt",
    "event_id": "bb" * 8,
    "score": 1.25,
    "features": {"body": 0.5},
    "policy": "0123456789ab",
    "duplicate_of": None,
}


def test_a_line_is_one_json_object(start):
    """Time in UTC, level, event and the fields, on one line of standard output."""
    output = start()
    structlog.get_logger().info("story_decided", **DECIDED, text="two\nlines \u2028 and “quotes”")
    (line,) = lines(output)
    assert output.getvalue().count("\n") == 1
    assert line.pop("time").endswith("Z")
    assert (
        line
        == {"event": "story_decided", "level": "info", "text": "two\nlines \u2028 and “quotes”"} | DECIDED
    )


@pytest.mark.parametrize("charset", ["latin-1", "koi8-r", "ascii", "utf-8"])
def test_a_title_in_letters_that_the_locale_lacks(monkeypatch, charset):
    """Its line goes out, for programs in UTF-8 as JSON is: a decision that cannot be told is no failure of the story."""
    title = "В Заречинске открыли мост 🌉 né"
    for log_format in ("json", "console"):
        written = io.BytesIO()
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding=charset, write_through=True))
        configure(Settings(log_format=log_format))
        structlog.get_logger().info("story_decided", title=title)
        logging.getLogger("celery").error(title)
        if log_format == "json":
            told, foreign = map(json.loads, written.getvalue().decode().splitlines())
            assert (told["title"], foreign["event"]) == (title, title)
        else:
            assert written.getvalue().decode(charset).count("\n") == 2


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error", "critical", "exception"])
def test_what_reads_it_has_gone(monkeypatch, level):
    """The line is lost, and nothing else: neither newsloom's nor Celery's raises."""
    read, write = os.pipe()
    os.close(read)
    gone = os.fdopen(write, "w")
    monkeypatch.setattr("sys.stdout", gone)
    monkeypatch.setattr("sys.stderr", gone)
    configure(Settings(log_level="debug"))
    getattr(structlog.get_logger(), level)("story_decided", **DECIDED)
    getattr(logging.getLogger("celery"), level)("ready")
    with contextlib.suppress(BrokenPipeError):  # what is left is flushed
        gone.close()


def test_foreign_lines_have_the_same_shape(start):
    """What Celery and others log comes out as JSON, with their name."""
    output = start()
    logging.getLogger("kombu.connection").warning("lost the %s", "broker")
    (line,) = lines(output)
    assert line["event"] == "lost the broker"
    assert (line["level"], line["logger"]) == ("warning", "kombu.connection")
    assert "time" in line


def test_context_stands_in_every_line(start):
    """Foreign lines included; nothing of it stays once it is cleared."""
    output = start()
    with structlog.contextvars.bound_contextvars(task_id="t1"):
        structlog.get_logger().info("file_ingested")
        logging.getLogger("celery.worker").info("hello")
    structlog.get_logger().info("file_ingested")
    assert [line.get("task_id") for line in lines(output)] == ["t1", "t1", None]


def test_an_exception_is_told_in_its_line(start):
    """As a value, not as a text of many lines, from both kinds of logger."""
    output = start()
    try:
        {}["harbour"]
    except KeyError:
        structlog.get_logger().exception("failed")
        logging.getLogger("celery.worker").exception("failed as well")
    own, foreign = lines(output)
    for line in (own, foreign):
        assert line["exception"][0]["exc_type"] == "KeyError"
        assert "harbour" in line["exception"][0]["exc_value"]
        assert line["level"] == "error"


def test_an_exception_does_not_tell_local_variables(start):
    """They may hold passwords and whole articles."""
    output = start()

    def connect(secret):
        raise OSError(f"refused after {len(secret)} characters")

    try:
        connect("redis://user:geheim@news.example")
    except OSError:
        structlog.get_logger().exception("failed")
        logging.getLogger("celery.worker").exception("failed")
    assert len(lines(output)) == 2
    assert "geheim" not in output.getvalue()


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, 2**200])
def test_a_number_too_large_for_json_does_not_break_the_line(start, value):
    """It is told as text, at any depth."""
    output = start()
    structlog.get_logger().info("story_decided", number=value, deep={"list": [value]})
    (line,) = lines(output)
    assert int(line["number"]) == value
    assert int(line["deep"]["list"][0]) == value


def test_a_lone_surrogate_does_not_break_the_line(start):
    """A path of foreign bytes, or half an emoji in a title, is still a line."""
    output = start()
    structlog.get_logger().info("file_ingested", file="in/\udcff.txt", deep={"title": ["half \ud83d"]})
    logging.getLogger("celery.worker").warning("could not read %s", "in/\udcff.txt")
    own, foreign = lines(output)
    assert own["file"].startswith("in/")
    assert foreign["event"].startswith("could not read in/")


def test_values_without_a_form_are_told_as_text(start):
    """Sets, exceptions, objects: never an error in the middle of the work."""
    output = start()
    structlog.get_logger().info("x", error=OSError(5, "input"), names={"a"}, keys={1: "one", None: 2})
    (line,) = lines(output)
    assert "input" in line["error"]
    assert line["names"] == "{'a'}"
    assert line["keys"] == {"1": "one", "null": 2}


def test_on_a_terminal_a_decision_is_one_short_line(start):
    """Outcome, title, file, event and score; no features, nothing that is empty."""
    output = start(terminal=True)
    structlog.get_logger().info("story_decided", **DECIDED)
    text = output.getvalue()
    assert text.count("\n") == 1
    for shown in ("attach", "Ferry sinks", "in/a.txt", "bb" * 8, "1.25"):
        assert shown in text
    for hidden in ("features", "policy", "duplicate_of", "{"):
        assert hidden not in text


def test_on_a_terminal_other_lines_are_whole(start):
    """Only the decision is shortened."""
    output = start(terminal=True)
    structlog.get_logger().warning("file_quarantined", reason="empty", detail="It holds nothing.", size=0)
    for shown in ("file_quarantined", "empty", "It holds nothing.", "size"):
        assert shown in output.getvalue()


@pytest.mark.parametrize(
    ("terminal", "log_format", "is_json"),
    [
        (True, "json", True),
        (False, "json", True),
        (False, "console", False),
        (True, "auto", False),
        (False, "auto", True),
    ],
)
def test_the_format_is_a_setting(start, terminal, log_format, is_json):
    """By default it is told by whether a person looks."""
    output = start(terminal=terminal, log_format=log_format)
    structlog.get_logger().info("file_ingested", file="a.txt")
    assert output.getvalue().startswith("{") is is_json


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_the_level_is_a_setting(start, level, told):
    """Lines below it are not written; foreign ones never below info."""
    output = start(log_level=level)
    log, foreign = structlog.get_logger(), logging.getLogger("celery.worker")
    for name in ("debug", "info", "warning", "error"):
        getattr(log, name)("own")
        getattr(foreign, name)("foreign")
    assert [line["level"] for line in lines(output) if line["event"] == "own"] == told
    assert [line["level"] for line in lines(output) if line["event"] == "foreign"] == [
        x for x in told if x != "debug"
    ]


def test_noisy_libraries_are_silent(start):
    """Extraction's own complaints, Celery's two lines a task, and each change that was seen, say nothing that newsloom does not."""
    output = start()
    for name in ("trafilatura", "htmldate", "charset_normalizer", "simhash"):
        logging.getLogger(name).error("discarding data")
    logging.getLogger("celery.app.trace").info("Task succeeded")
    logging.getLogger("celery.worker.strategy").info("Task received")
    logging.getLogger("watchfiles.main").info("1 change detected")
    assert output.getvalue() == ""
    logging.getLogger("celery.app.trace").warning("Task failed")
    assert len(lines(output)) == 1


def test_setting_up_twice_tells_once(start):
    """A child process sets up again what it inherited."""
    start()
    output = start()
    logging.getLogger("celery.worker").info("hello")
    structlog.get_logger().info("own")
    assert [line["event"] for line in lines(output)] == ["hello", "own"]


def test_lines_that_are_lost_are_counted(tmp_path):
    """Of a disk that was full each line is there in the end, or told as lost: once, when one is written again."""
    with open("/dev/full", "w", encoding="utf-8") as full, (tmp_path / "log").open("wb") as log:
        configure(Settings(log_format="json"), lambda: full)
        for number in range(200):
            structlog.get_logger().info("filler", number=number, words="x" * 1_000)
        os.dup2(log.fileno(), full.fileno())
        for _ in range(2):
            structlog.get_logger().info("back")
    told = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    events = [line["event"] for line in told]
    assert events[-3:] == ["back", "log_lines_lost", "back"]
    assert 0 < told[-2]["lines"] == 200 - events.count("filler")
