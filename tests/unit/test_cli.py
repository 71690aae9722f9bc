"""Every command in this process, on a real server: what it prints, for people and for programs, and how it ends."""

import errno
import gzip
import hashlib
import itertools
import json
import math
import os
import re
import shlex
import socket
import socketserver
import subprocess
import sys
import threading
import time
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import click
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from newsloom import bootstrap
from newsloom.cli import output, run
from newsloom.cli.events import show_events
from newsloom.cli.main import _COMMANDS
from newsloom.cli.main import cli as group
from newsloom.cli.reasons import because
from newsloom.core.identity import file_id
from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.errors import Reason, StoreUnavailable
from newsloom.mailbox import TASK, message, now_s
from newsloom.outbox import Outbox
from newsloom.store import codec, keys
from newsloom.store.quarantine import Quarantined, pack
from newsloom.store.redis import RedisStore
from newsloom.store.stream import Stream
from newsloom.store.values import EventSummary

Cli = Callable[..., Any]
GONE = "0123456789abcdef"
ID = re.compile("[0-9a-f]{16}")


@pytest.fixture
def files(tmp_path: Path, inventor: Any) -> dict[str, Path]:
    """A report, its copy, two versions of a page, an article from far away, and a broken file."""
    text, page = inventor.event(), inventor.event()
    folder = tmp_path / "in"
    folder.mkdir()
    url = "https://paper.example/live"
    contents = {
        "a-report.txt": text,
        "b-copy.txt": text + "\nSeen by our own reporter as well, who had nothing to add to it.",
        "c-page.json": json.dumps(
            {"title": "Live", "maintext": page, "url": url, "date_publish": "2024-05-06"}
        ),
        "d-page.json": json.dumps(
            {"title": "Live: it ended", "maintext": page[:600], "url": url, "id": "live-2"}
        ),
        "e-broken.json": "{",
    }
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    return {name[0]: folder / name for name in contents}


@pytest.fixture
def decided(here: Any, files: dict[str, Path], plain_policy: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Those files in the hands of this process."""
    monkeypatch.setenv("NEWSLOOM_POLICY", str(plain_policy))
    bootstrap.intake().files([str(file) for file in files.values()], run="test")
    return bootstrap.store()


def story_of(store: Any, file: Path) -> Any:
    return next(story for story in store.stories() if story.file == str(file))


# -- exit codes ---------------------------------------------------------------------------------


def test_each_command_is_listed_as_its_own_help_begins() -> None:
    """In order of name; the list is kept beside them, so that it needs none of them."""
    context = click.Context(group)
    told = {name: group.get_command(context, name).get_short_help_str(1_000) for name in _COMMANDS}
    assert {name: line for name, (_, line) in _COMMANDS.items()} == told
    assert list(told) == sorted(told)


def test_a_command_that_is_misspelt(cli: Cli) -> None:
    """The nearest one is named, if one is near."""
    assert "No such command 'event'. Did you mean 'events'?" in cli("event").err
    assert "Did you mean" not in cli("xyzzy").err


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_loads_no_command(option: str) -> None:
    """What reads, decides and shows takes a second to load."""
    program = (
        "import sys; sys.argv[1:] = [{option!r}]\n"
        "from newsloom.cli import main\n"
        "try: main()\n"
        "finally: print(*(name for name in sys.modules if name.startswith('newsloom')), file=sys.stderr)"
    )
    argv = [sys.executable, "-c", program.format(option=option)]
    ran = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert {f"newsloom.cli.{module}" for module, _ in _COMMANDS.values()}.isdisjoint(ran.stderr.split())
    assert "newsloom.cli.main" in ran.stderr.split()


def test_help_and_version(cli: Cli) -> None:
    """0: help lists every command, and the exit codes."""
    told = cli("--help")
    assert told.code == 0
    for command in (
        "run",
        "enqueue",
        "watch",
        "bridge",
        "worker",
        "warm",
        "events",
        "show",
        "explain",
        "merge",
        "move",
        "tail",
        "stats",
        "quarantine",
        "export",
    ):
        assert f"\n  {command} " in told.out
    assert (
        "Exit codes: 0 done, 1 failed, 2 wrong usage or setting, 3 no server, 4 not found, 5 the queue is full"
        in (said := " ".join(told.out.split()))
    )
    assert "run and warm exit with 1 if nothing could be read" in said
    assert cli("--version").code == 0


@pytest.mark.parametrize(
    "argv",
    [
        ["unknown"], ["show"], ["merge", "other"], ["move", "", "new"], ["export", "--what", "nothing"],
        ["tail", "--count", "0"], ["run", "/nowhere/at/all"], ["enqueue", "/nowhere/at/all"], ["enqueue"],
        ["quarantine", "retry"], ["quarantine", "drop"], ["run", ".", "--concurrency", "0"], ["bridge", ""],
    ],
)  # fmt: skip
def test_wrong_usage(cli: Cli, argv: list[str]) -> None:
    """2: and what is wrong, on standard error alone."""
    told = cli(*argv)
    assert (told.code, told.out) == (2, "")
    assert "Error" in told.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSLOOM_REDIS_URL", "http://host"), ("NEWSLOOM_CONCURRENCY", "none"),
        ("NEWSLOOM_POLICY", "/nowhere/policy.json"), ("NEWSLOOM_POLICY", "/dev"), ("NEWSLOOM_POLICY", "/dev/null"),
        ("NEWSLOOM_LOG_LEVEL", "loud"), ("NEWSLOOM_REDIS_URL", "redis://:pa/ss@host"),
        ("NEWSLOOM_REDIS_URL", "redis://host/0?db=first"),
    ],
)  # fmt: skip
def test_wrong_setting(cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """2: and which setting it is."""
    monkeypatch.setenv(name, value)
    told = cli("stats")
    assert (told.code, told.out) == (2, "")
    assert name in told.err or value in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            '{"maintext": "The mill stopped its last wheel on Sunday."}\n',
            "no record names its event in a field",
        ),
        (
            '{"maintext": "The mill stopped on Sunday.", "label": null}\n',
            "no record names its event in a field",
        ),
        (
            '{"maintext": "The mill stopped its last wheel on Sunday.", "label": "m"}\n{"label": "m"}\n',
            "record 2",
        ),
        ("The mill stopped its last wheel on Sunday.\n", "malformed"),
        ("", "empty"),
    ],
)
def test_labelled_articles_that_are_none(cli: Cli, tmp_path: Path, content: str, said: str) -> None:
    """2: and which line of which file, and what should stand there."""
    file = tmp_path / "labelled.jsonl"
    file.write_text(content)
    told = cli("evaluate", file)
    assert (told.code, told.out) == (2, "")
    assert said in " ".join(told.err.split())
    assert "Traceback" not in told.err


def test_a_policy_that_is_none(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """2: and which file it is, for an option as for a setting."""
    file = tmp_path / "labelled.jsonl"
    file.write_text('{"maintext": "The mill stopped.", "label": "m"}\n')
    told = cli("evaluate", file, "--policy", file)
    assert (told.code, told.out) == (2, "")
    assert "is not a policy file" in " ".join(told.err.split())
    assert "Omit it here and unset NEWSLOOM_POLICY to use the shipped policy" in " ".join(told.err.split())
    monkeypatch.setenv("NEWSLOOM_POLICY", str(tmp_path / "none.json"))
    told = cli("evaluate", file)
    assert (told.code, told.out) == (2, "")
    assert f"The policy file {tmp_path}/none.json cannot be read: No such file" in " ".join(told.err.split())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"threshold": "2"}, "threshold is '2'"),
        ({"window_days": None}, "window_days is None"),
        ({"caution": math.nan}, "caution is nan"),
        ({"coefficients": {"body": "x"}}, "body is 'x'"),
        ({"coefficients": [1.0]}, "coefficients must map views to numbers"),
    ],
)
def test_a_policy_with_what_is_no_number(
    cli: Cli, tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    """2, and which one: no worker begins to decide by it."""
    file, labelled = tmp_path / "policy.json", tmp_path / "labelled.jsonl"
    file.write_text(json.dumps({**asdict(Policy.load()), **changed}))
    labelled.write_text('{"maintext": "The mill stopped.", "label": "m"}\n')
    told = cli("evaluate", labelled, "--policy", file)
    assert (told.code, told.out) == (2, "")
    assert said in " ".join(told.err.split())
    assert cli("evaluate", labelled, "--shift", "nan").code == 2


def test_an_address_that_is_none(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """2, with the form of one that is not taken for a password itself and struck out."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", "redis://loom:hush@host:many")
    bootstrap.settings.cache_clear()
    bootstrap.client.cache_clear()
    bootstrap.store.cache_clear()
    told = cli("events")
    assert (told.code, told.out) == (2, "")
    assert "write redis://host:port/number, with user:password@ before the host" in told.err
    assert "hush" not in told.err


def test_a_policy_that_could_not_be_written(cli: Cli, tmp_path: Path) -> None:
    """2, before the work begins rather than after it."""
    file = tmp_path / "labelled.jsonl"
    file.write_text("no article at all")
    told = cli("train", file, "-o", tmp_path / "none" / "policy.json")
    assert (told.code, told.out) == (2, "")
    assert f"there is no folder {tmp_path}/none" in " ".join(told.err.split())


def test_a_misspelt_setting(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, with the one that was meant most likely; what is known to be none is not."""
    for name in ("LEASES_S", "WORKERS", "EVAL_DATA", "TEST_LOGS"):
        monkeypatch.setenv(f"NEWSLOOM_{name}", "3")
    for name in ("SERVICE_HOST", "SERVICE_PORT", "PORT", "PORT_6379_TCP_ADDR"):  # as Kubernetes sets them
        monkeypatch.setenv(f"NEWSLOOM_REDIS_{name}", "10.0.0.1")
    told = cli("events", "--json")
    assert (told.code, told.out) == (0, "")
    assert sorted(told.err.splitlines()) == [
        "NEWSLOOM_LEASES_S is not a setting and is ignored; did you mean NEWSLOOM_LEASE_S?",
        "NEWSLOOM_WORKERS is not a setting and is ignored; the README lists all settings.",
        f"Nothing has been decided in {os.environ['NEWSLOOM_REDIS_URL']} yet.",
    ]


@pytest.mark.parametrize("bug", [ValueError, FileNotFoundError, KeyError])
def test_a_bug_is_no_wrong_setting(cli: Cli, monkeypatch: pytest.MonkeyPatch, bug: type[Exception]) -> None:
    """What newsloom did not foresee keeps its traceback, by which it can be reported."""

    def stats(self: RedisStore) -> Any:
        raise bug("a bug")

    monkeypatch.setattr(RedisStore, "stats", stats)
    with pytest.raises(bug, match="a bug"):
        cli("stats")


@pytest.mark.parametrize(
    "argv",
    [
        ["stats"], ["events"], ["show", GONE], ["explain", GONE], ["tail", "--count", "1"], ["export"],
        ["enqueue", "."], ["quarantine", "list"], ["run", "."],
    ],
)  # fmt: skip
def test_no_server(cli: Cli, monkeypatch: pytest.MonkeyPatch, argv: list[str]) -> None:
    """3: and what to look at."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", "unix:///nowhere/s.sock")
    told = cli(*argv)
    assert (told.code, told.out) == (3, "")
    assert "NEWSLOOM_REDIS_URL" in told.err


@pytest.mark.parametrize("argv", [["stats"], ["enqueue", "."], ["run", "."], ["warm", "."]])
def test_nobody_is_kept_waiting(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, argv: list[str]
) -> None:
    """A few tries, and it is told that there is no server."""
    (tmp_path / "a.txt").write_text("The mill stopped its last wheel on Sunday.")
    tried: list[Any] = []

    class HangUp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            tried.append(self.client_address)

    with socketserver.TCPServer(("127.0.0.1", 0), HangUp) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("NEWSLOOM_REDIS_URL", f"redis://127.0.0.1:{server.server_address[1]}/0")
        told = cli(*argv)
        server.shutdown()
    assert told.code == 3
    assert 0 < len(tried) <= 4 * 4  # to connect, for each try of the command


def test_what_is_sent_waits_for_a_server_that_restarts(
    cli: Cli, mortal_valkey: Any, monkeypatch: pytest.MonkeyPatch, files: Any, until: Callable[..., Any]
) -> None:
    """At its start for one that loads its data, and amid the work for one that has gone as well."""
    with mortal_valkey.client.pipeline(transaction=False) as pipe:
        for number in range(5_000):
            pipe.set(f"key {number}", "value")
        pipe.execute()
    mortal_valkey.kill()
    # Each key takes so many microseconds more: two seconds in all, longer than a question waits.
    mortal_valkey.launch("--key-load-delay", "300")
    impatient = redis.Redis(unix_socket_path=str(mortal_valkey.socket), retry=Retry(NoBackoff(), 0))

    def loading() -> bool:
        try:
            assert not impatient.ping(), "loaded already"
        except redis.exceptions.BusyLoadingError:
            return True
        except redis.ConnectionError:  # it does not listen yet
            return False
        return False

    until(loading, what="a server that loads")
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", mortal_valkey.url)
    told = cli("enqueue", files["a"], "--json")
    assert (told.code, told.lines()) == (0, [{"enqueued": 1, "waiting": 1, "held": 0, "workers": 0}])
    connection = bootstrap.broker().connection_pool.get_connection()
    assert connection.retry.get_retries() == bootstrap.broker().get_retry().get_retries() > 3
    bootstrap.broker().connection_pool.release(connection)
    impatient.close()


def test_a_password_is_what_is_wrong(cli: Cli, mortal_valkey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not that the server does not run, nor how redis-py greets it."""
    mortal_valkey.client.config_set("requirepass", "hush")
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", mortal_valkey.url)
    for command in ("stats", "events"):
        told = cli(command)
        assert (told.code, told.out) == (3, "")
        assert told.err.startswith("Redis requires a password, or a different one from that in its URL")
        assert "HELLO" not in told.err
        assert "that the server is running" not in told.err


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_a_question_is_put_once_to_a_server_that_says_nothing(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """As one behind TLS, or a port that something else listens at, says nothing to what it does not understand."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("NEWSLOOM_REDIS_URL", f"{scheme}://127.0.0.1:{port}/0?socket_timeout=0.1")
        told = cli("stats")
        server.setblocking(False)
        server.accept()[0].close()
        with pytest.raises(BlockingIOError):  # nobody else has called
            server.accept()
    assert told.code == 3
    assert "Timeout" in told.err
    assert ("A server without TLS is redis://, not rediss://." in told.err) == (scheme == "rediss")


@pytest.mark.parametrize("argv", [["show", GONE], ["explain", GONE], ["quarantine", "drop", "/no/file"]])
def test_not_found(cli: Cli, decided: Any, argv: list[str]) -> None:
    """4: and what was not found."""
    told = cli(*argv)
    assert (told.code, told.out) == (4, "")
    assert argv[-1] in told.err


def test_a_store_in_which_nothing_was_decided(cli: Cli, files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which one it is: it may be another than was meant; what an exit code says stays."""
    told = f"Nothing has been decided in {os.environ['NEWSLOOM_REDIS_URL']} yet.\n"
    for argv in (["show", GONE], ["explain", GONE], ["show", "Barlinnie"], ["merge", GONE, GONE]):
        ran = cli(*argv)
        assert (ran.code, ran.out, ran.err) == (4, "", told)
    for argv in (["events", "--json"], ["events", "mill"]):
        ran = cli(*argv)
        assert (ran.code, ran.err) == (0, told)


@pytest.mark.parametrize("command", ["show", "explain", "forget"])
@pytest.mark.parametrize("named", ["", " ", "in", "."])
def test_what_names_no_article(cli: Cli, decided: Any, command: str, named: str) -> None:
    """2: an empty variable of a script, or a folder; what was expected is said."""
    told = cli(command, named)
    assert (told.code, told.out) == (2, "")
    assert "give the file, URL or id of an article, or an id of 16" in " ".join(told.err.split())


def test_an_id_that_is_cut_short(cli: Cli, decided: Any) -> None:
    """4: it might be the name of a file, and is more likely part of an id."""
    told = cli("explain", GONE[:12])
    assert (told.code, told.out) == (4, "")
    assert "an id has 16 hexadecimal digits" in told.err


def test_what_is_said_is_a_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long: where nobody has said how wide it may be, it is cut nowhere, least of all in a path."""
    path = f"/srv/[bold]{'articles/' * 20}a.txt"
    monkeypatch.setenv("NEWSLOOM_REDIS_ULR", "redis://elsewhere")
    told = cli("quarantine", "drop", path)
    assert [line.partition(" ")[0] for line in told.err.splitlines()] == ["NEWSLOOM_REDIS_ULR", "Not"]
    assert path in told.err


def test_a_worker_that_ends_is_a_failure(cli: Cli, files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """1: ``run`` does not wait for a worker that is gone, and leaves the files on the queue."""
    monkeypatch.setattr("sys.executable", "/bin/false")
    told = cli("run", files["a"])
    assert (told.code, told.out) == (1, "")
    [log] = (bootstrap.settings().data_dir / "runs").iterdir()
    assert f"{log} says why" in told.err
    assert bootstrap.mailbox().depth().waiting == 1


def test_a_log_of_runs_that_cannot_be_written(cli: Cli, files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """2: with a server elsewhere nothing else needs the folder, so this is the first to say what to set."""
    monkeypatch.setenv("NEWSLOOM_DATA_DIR", "/dev/null/newsloom")
    told = cli("run", files["a"])
    assert (told.code, told.out) == (2, "")
    assert "Set NEWSLOOM_DATA_DIR" in told.err
    assert bootstrap.mailbox().depth().waiting == 0


def test_what_a_run_tells_of_its_progress(here: Any, until: Callable[..., Any]) -> None:
    """It looks at the queue many times a second, and at the counts of all languages once."""
    here.client.lpush("newsloom.ingest", "a message")
    here.client.sadd("newsloom:languages", "en")
    before = here.client.info("commandstats")

    def calls(command: str) -> int:
        name = f"cmdstat_{command}"
        told = here.client.info("commandstats")
        return int(told.get(name, {"calls": 0})["calls"] - before.get(name, {"calls": 0})["calls"])

    def worker() -> None:
        until(lambda: calls("llen") > 60, what="many looks")
        here.client.delete("newsloom.ingest")

    taking = threading.Thread(target=worker)
    since_s = time.monotonic()
    taking.start()
    with subprocess.Popen(["sleep", "60"]) as alive:
        run._drain(alive, Path("log"), quiet=False)
        alive.kill()
    taking.join()
    assert 1 <= calls("hgetall") <= 1 + (time.monotonic() - since_s)


def test_the_logs_of_the_latest_runs_are_kept(cli: Cli, files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run has one of its own; the oldest go, so that they do not fill the disk."""
    monkeypatch.setattr("sys.executable", "/bin/false")
    monkeypatch.setattr(run, "_KEPT_LOGS", 2)
    folder = bootstrap.settings().data_dir / "runs"
    seen = []
    for _ in range(4):
        cli("run", files["a"])
        seen.append(max(folder.iterdir()))
    assert len(set(seen)) == 4
    assert sorted(folder.iterdir()) == seen[-2:]


# -- looking --------------------------------------------------------------------------------------


def test_events(cli: Cli, decided: Any) -> None:
    """The largest first; as JSON with their stories, as a table with their names."""
    rows = cli("events", "--json").lines()
    assert [row["size"] for row in rows] == [2, 2]
    assert [row["tellings"] for row in rows] == [1, 1]  # a report and its copy, two versions of a page
    for row in rows:
        assert list(row) == [
            "event",
            "language",
            "size",
            "tellings",
            "first",
            "last",
            "dated",
            "title",
            "stories",
        ]
        assert ID.fullmatch(row["event"])
        assert len(row["stories"]) == row["size"]
    shown = cli("events")
    assert shown.code == 0
    for row in rows:
        assert row["event"] in shown.out


def test_some_events(cli: Cli, decided: Any) -> None:
    """The latest first, those of one language, no more than so many."""
    by_time = cli("events", "--latest", "--json").lines()
    assert [row["last"] for row in by_time] == sorted((row["last"] for row in by_time), reverse=True)
    assert len({row["last"] for row in by_time}) == 2
    assert cli("events", "--latest", "--limit", 1, "--json").lines() == by_time[:1]
    assert cli("events", "--language", "en", "--json").lines() == cli("events", "--json").lines()
    assert cli("events", "--language", "en-GB", "--json").lines() == cli("events", "--json").lines()
    for other in ("de", ""):
        told = cli("events", "--language", other, "--json")
        assert (told.code, told.out) == (0, "")
        assert told.err == f"There are no events in {other or repr(other)}; there are some in en.\n"
    assert "2 events, the 1 latest" in cli("events", "--latest", "--limit", 1).out


def test_show(cli: Cli, decided: Any, files: dict[str, Path]) -> None:
    """An event with its stories, found by its id in any case."""
    story = story_of(decided, files["b"])
    [row] = cli("show", story.event.upper(), "--json").lines()
    assert row["event"] == story.event
    assert [each["file"] for each in row["stories"]] == [str(files["a"]), str(files["b"])]
    assert row["stories"][1]["duplicate_of"] == row["stories"][0]["story"]
    shown = cli("show", story.event).out
    assert "2 stories" in shown
    assert "duplicate" in shown
    assert all(f"  {files[letter]}\n" in shown for letter in "ab"), "a name is never broken"


def test_show_by_a_story(cli: Cli, decided: Any, files: dict[str, Path]) -> None:
    """The event that it is in, though it went there from another; nothing is said to have been merged."""
    story, page = story_of(decided, files["b"]), story_of(decided, files["d"])
    [row] = cli("show", story.member.story.upper(), "--json").lines()
    assert (row["event"], row["merged_into"]) == (story.event, None)
    assert cli("show", story.member.story).out == cli("show", story.event).out
    cli("merge", story.event, page.event)
    [row] = cli("show", page.member.story, "--json").lines()
    assert (row["size"], row["merged_into"]) == (4, None)
    told = f"There is no event or story {GONE}. It may have expired, or been forgotten."
    assert told in cli("show", GONE).err


def test_stories_of_a_page_are_told_apart(cli: Cli, here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """None has a headline: by how it begins, where that is kept, and by its place; their events by a blank line."""
    articles = Path(__file__).parents[1] / "data" / "articles"
    monkeypatch.chdir(articles)
    page, wire = "07-page-of-four.txt", "01-port-ellery-blast-wire.txt"
    bootstrap.intake().files([wire, page], run="test", base=str(articles))
    copy, *opened = cli("explain", page, "--json").lines()
    assert (copy["outcome"], [row["outcome"] for row in opened]) == ("duplicate", ["open"] * 3)
    begin = {row["event"]: row["title"] for row in cli("events", "--json").lines()}
    shown = cli("show", page).out.splitlines()
    heads = [number for number, line in enumerate(shown) if line.startswith("Event ")]
    assert [shown[number] for number in heads] == [
        f"Event {row['event']}: {begin[row['event']]}" for row in (copy, *opened)
    ]
    assert all(shown[number - 1] == "" for number in heads[1:])
    at = shown.index(f"{copy['story']}  duplicate of {copy['duplicate_of']}  undated")
    assert shown[at + 1] == f"  story 1 of 4 of {page}"
    at = shown.index(f"{opened[0]['story']}  open  undated")
    assert shown[at + 1 : at + 3] == [f"  {begin[opened[0]['event']]}", f"  story 2 of 4 of {page}"]
    explained = cli("explain", page).out.splitlines()
    assert f"Story {copy['story']}: story 1 of 4 of {page}" in explained
    asked = cli("forget", page).err.splitlines()[:4]
    for told, row in zip(asked[1:], opened, strict=True):
        assert told == f"{row['story']}  {begin[row['event']]}"
        assert f"Story {row['story']}: {begin[row['event']]}" in explained
    assert asked[0] == f"{copy['story']}  story 1 of 4 of {page}"


def test_show_says_of_what_a_story_is_a_copy_or_a_version(
    cli: Cli, decided: Any, files: dict[str, Path]
) -> None:
    """And where that is, if it is in another event by now."""
    copy, page = story_of(decided, files["b"]), story_of(decided, files["d"])
    assert f"{copy.member.story}  duplicate of {copy.duplicate_of}  undated\n" in cli("show", copy.event).out
    assert f"{page.member.story}  revision of {page.revision_of}  " in cli("show", page.event).out
    cli("move", copy.member.story, page.event)
    told = f"{copy.member.story}  duplicate of {copy.duplicate_of} (in event {copy.event})  undated\n"
    assert told in cli("show", page.event).out


def test_explain_names_events_by_their_headlines(cli: Cli, decided: Any, files: dict[str, Path]) -> None:
    """And what has become of them: the page was compared with the report, and that is elsewhere now."""
    report, page = story_of(decided, files["a"]), story_of(decided, files["c"])
    titles = {event.event: event.title for event in decided.events()}
    record = bootstrap.stream().record(page)
    assert record["best"] == report.event
    begins = titles[report.event][:30]
    explained = " ".join(cli("explain", page.member.story).out.split())
    assert f"the nearest other, event {report.event} “{begins}" in explained
    cli("forget", story_of(decided, files["b"]).member.story, "--yes")
    cli("move", report.member.story, page.event)
    told = f"the nearest other, event {report.event}, now in {page.event} “Live: it ended”"
    assert told in " ".join(cli("explain", page.member.story).out.split())


def test_show_an_event_that_goes_on(cli: Cli, decided: Any, files: dict[str, Path]) -> None:
    """Its first story has expired: that it is not among those shown is said."""
    story = story_of(decided, files["b"])
    assert "expired" not in cli("show", story.event).out
    [row] = cli("show", story.event, "--json").lines()
    assert row["expired"] == 0
    assert datetime.fromisoformat(row["stories"][0]["arrived"]).timestamp() == pytest.approx(
        story.member.arrived_s, abs=60
    )
    bootstrap.client().delete(b"loom:{en}:s:" + bytes.fromhex(story.duplicate_of))
    assert "2 stories, 1 of them expired and not shown, " in cli("show", story.event).out
    [row] = cli("show", story.event, "--json").lines()
    assert (row["size"], row["expired"], len(row["stories"])) == (2, 1, 1)


def test_explain(cli: Cli, decided: Any, files: dict[str, Path]) -> None:
    """Why a story is where it is, in sentences; as JSON with the whole record."""
    expected = {
        "a": ("open", r"It opened event [0-9a-f]{16}: .+\."),
        "b": ("duplicate", r"A copy of story [0-9a-f]{16}: \d+% of the shorter text is in the other"),
        "d": ("revision", r"A new version of story [0-9a-f]{16}: it stays in event [0-9a-f]{16}\."),
    }
    for letter, (outcome, sentence) in expected.items():
        story = story_of(decided, files[letter])
        told = cli("explain", story.member.story)
        assert re.search(sentence, " ".join(told.out.split())), told.out
        assert "under policy" in told.out
        [row] = cli("explain", story.member.story, "--json").lines()
        assert row["outcome"] == row["decision"]["outcome"] == outcome
        assert row["decision"]["story"] == story.member.story


def test_what_counted_adds_up_to_the_score(
    cli: Cli, decided: Any, files: dict[str, Path], plain_policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """View by view and what always counts; under another policy than that of the decision nothing is added up."""
    story = story_of(decided, files["d"])
    record = cli("explain", story.member.story, "--json").lines()[0]["decision"]
    counted = re.findall(r"([+-]\d+\.\d\d) *$", cli("explain", story.member.story).out, re.MULTILINE)
    assert sum(map(float, counted)) == pytest.approx(record["score"], abs=0.05)
    other = plain_policy.with_name("other.json")
    told = json.loads(plain_policy.read_text("utf-8"))
    other.write_text(json.dumps({**told, "intercept": told["intercept"] - 1}), "utf-8")
    monkeypatch.setenv("NEWSLOOM_POLICY", str(other))
    bootstrap.settings.cache_clear()
    bootstrap.policy.cache_clear()
    printed = cli("explain", story.member.story).out
    assert f"are those of policy {record['policy']}" in " ".join(printed.split())
    assert "always" not in printed


def test_explain_without_its_record(cli: Cli, decided: Any, here: Any, files: dict[str, Path]) -> None:
    """The stream may have let the record go; the event is still told."""
    story = story_of(decided, files["a"])
    here.client.delete("loom:{en}:decisions")
    told = cli("explain", story.member.story)
    assert told.code == 0
    assert story.event in told.out
    assert cli("explain", story.member.story, "--json").lines()[0]["decision"] is None


BASE = {
    "outcome": "open", "event_id": "E" * 16, "score": None, "threshold": 0.5, "duplicate_of": None, "rewrite_of": None, "revision_of": None,
    "closest": None, "overlap": None, "distance": None, "best": None, "runner_up": None, "runner_up_score": None, "margin": None, "candidates": 0, "policy": "p",
    "retries": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        ({}, ["It opened event EEEEEEEEEEEEEEEE: no event from that time", "Compared with 0 events under policy p."]),
        ({"score": -1.25, "best": "B" * 16, "candidates": 1}, ["Compared with 1 event under policy p."]),
        ({"score": -1.25, "best": "B" * 16, "candidates": 3}, ["the nearest other, event BBBBBBBBBBBBBBBB, scores -1.25; +0.50 was needed.", "Compared with 3 events"]),
        ({"outcome": "attach", "score": 2.0, "runner_up": "F" * 16, "runner_up_score": 1.5},
         ["Another report on event EEEEEEEEEEEEEEEE: it scores +2.00; +0.50 was needed.",
          "The runner-up, event FFFFFFFFFFFFFFFF, scores +1.50."]),
        ({"outcome": "attach", "score": 0.5, "margin": -1.0, "runner_up": "F" * 16, "runner_up_score": 1.5},
         ["The runner-up, event FFFFFFFFFFFFFFFF, scores +1.50, but shares too few names, given how little has been decided so far."]),
        ({"outcome": "attach", "score": 2.0, "rewrite_of": "D" * 16},
         ["It says what story DDDDDDDDDDDDDDDD says, in much the same terms."]),
        ({"outcome": "duplicate", "duplicate_of": "D" * 16, "overlap": 0.917, "distance": 3},
         ["A copy of story DDDDDDDDDDDDDDDD: 92% of the shorter text", "differ in 3 of 64 bits"]),
        ({"score": -1.25, "best": "B" * 16, "closest": "C" * 16, "overlap": 0.79},
         ["Of this story and CCCCCCCCCCCCCCCC, 79% of the shorter text is in the other. It is not treated as a copy"]),
        ({"outcome": "revision", "revision_of": "D" * 16, "overlap": 0.96, "retries": 2},
         ["A new version of story DDDDDDDDDDDDDDDD", "stays in event EEEEEEEEEEEEEEEE. 96% of the shorter text is in the other.", "after 2 conflicts with other workers."]),
        ({"retries": 1}, ["after 1 conflict with other workers."]),
    ],
)  # fmt: skip
def test_reasons(given: dict[str, Any], sentences: list[str]) -> None:
    """Each outcome has its sentence, with the numbers that made it so."""
    told = because({**BASE, **given}, {})
    for sentence in sentences:
        assert sentence in told


def test_stats(cli: Cli, decided: Any) -> None:
    """Numbers of stories, events and outcomes, when the latest was decided, and what there is to do, for how long."""
    assert [row["oldest_waiting_s"] for row in cli("stats", "--json").lines()] == [None]
    hour_ago = message(TASK, {"files": ["later"]}, now_s() - 3_600)
    bootstrap.outbox().put([hour_ago])
    [row] = cli("stats", "--json").lines()
    assert (row["stories"], row["events"], row["records"], row["quarantined"]) == (4, 2, 4, 1)
    assert row["outcomes"] == {"revision": 1, "duplicate": 1, "attach": 0, "open": 2}
    assert (row["languages"], row["waiting"], row["held"]) == ({"en": 4}, 1, 0)
    age_s = time.time() - datetime.fromisoformat(row["latest"]).timestamp()
    assert -1 < age_s < 60
    assert 3_600 <= row["oldest_waiting_s"] < 3_660
    assert "stories" in cli("stats").out


def test_what_articles_say_is_shown_as_text(cli: Cli, here: Any, tmp_path: Path, inventor: Any) -> None:
    """A headline cannot steer a terminal, nor colour the table."""
    file = tmp_path / "evil.json"
    file.write_text(json.dumps({"title": "[red]\x1b[2JGone\x07[/red] [/]", "maintext": inventor.event()}))
    bootstrap.intake().files([str(file)], run="test")
    [event] = bootstrap.store().events()
    for argv in (
        ["events"],
        ["show", event.event],
        ["explain", event.stories[0]],
        ["tail", "--from-start", "--count", "1"],
    ):
        told = cli(*argv)
        assert told.code == 0, told.err
        assert "[red]" in told.out
        assert "\x1b[2J" not in told.out
        assert "\x07" not in told.out


# -- export and tail ----------------------------------------------------------------------------------

STORY_FIELDS = [
    "id", "file", "part", "first_paragraph", "paragraphs", "story", "event", "outcome", "duplicate_of", "rewrite_of", "title", "published",
]  # fmt: skip


def test_export_stories(cli: Cli, decided: Any, files: dict[str, Path]) -> None:
    """A line a story with the fields that others rely on, in the order of the decisions."""
    rows = cli("export").lines()
    assert rows == cli("export", "--what", "stories").lines()
    assert [row["file"] for row in rows] == [str(files[letter]) for letter in "abcd"]
    for row in rows:
        assert [name for name in row if name in STORY_FIELDS] == STORY_FIELDS
        assert (row["part"], row["first_paragraph"]) == (0, 0)
        assert ID.fullmatch(row["story"])
        assert ID.fullmatch(row["event"])
    assert [row["outcome"] for row in rows] == ["open", "duplicate", "open", "revision"]
    assert rows[1]["duplicate_of"] == rows[0]["story"]
    assert rows[1]["event"] == rows[0]["event"]
    assert [row["id"] for row in rows] == [str(files["a"]), str(files["b"]), str(files["c"]), "live-2"]
    assert (rows[2]["title"], rows[2]["published"]) == ("Live", "2024-05-06T00:00:00+00:00")
    assert rows[0]["paragraphs"] == 10


def test_export_of_several_parts(cli: Cli, here: Any) -> None:
    """The stories of a page follow each other in order of part, each where it begins in the page."""
    data = Path(__file__).parents[1] / "data"
    gold = json.loads((data / "gold.json").read_text())["files"]["07-page-of-four.txt"]["stories"]
    bootstrap.intake().files([str(data / "articles" / "07-page-of-four.txt")], run="test")
    rows = cli("export").lines()
    assert [row["part"] for row in rows] == [0, 1, 2, 3]
    assert [row["first_paragraph"] for row in rows] == [story["first_paragraph"] for story in gold]
    for row, following in itertools.pairwise(rows):
        assert row["first_paragraph"] + row["paragraphs"] <= following["first_paragraph"]
    assert len({row["story"] for row in rows}) == 4


def test_export_of_labels(cli: Cli, here: Any, tmp_path: Path, inventor: Any) -> None:
    """Texts as they stand in their files with the events of now, as evaluate takes them; what has no text is counted."""
    page = Path(__file__).parents[1] / "data" / "articles" / "07-page-of-four.txt"
    articles = [
        {"text": inventor.event(), "url": f"https://a.example/{at}", "published": "2024-05-06"} for at in "ab"
    ]
    files = {
        "two.jsonl": "\n".join(map(json.dumps, articles)),
        "gone.txt": inventor.event(),
        "other.txt": inventor.event(),
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    bootstrap.intake().files([str(page), *files], run="test", base=str(tmp_path))
    stories = cli("export").lines()
    assert cli("move", stories[5]["story"], stories[0]["event"]).code == 0
    (tmp_path / "gone.txt").unlink()
    (tmp_path / "other.txt").write_text("The ferry was late again.")
    told = cli("export", "--what", "labels")
    rows = told.lines()
    assert [row["id"] for row in rows] == [story["story"] for story in stories[:6]]
    assert [row["label"] for row in rows] == [story["event"] for story in [*stories[:5], stories[0]]]
    assert [row["placed"] for row in rows] == [False] * 5 + [True]
    lines = [line for line in page.read_text().splitlines() if line.strip()]
    for row, story in zip(rows[:4], stories, strict=False):
        first = story["first_paragraph"]
        assert row["text"].split("\n") == lines[first : first + story["paragraphs"]]
    assert [(row["text"], row["url"]) for row in rows[4:]] == [(one["text"], one["url"]) for one in articles]
    assert (
        "2 stories left out: seen from this folder, their file is missing, cannot be read or now contains"
        in told.err
    )
    assert told.err.strip().endswith("gone.txt.")
    (tmp_path / "labels.jsonl").write_text(told.out)
    [report] = cli("evaluate", "labels.jsonl", "--json").lines()
    assert (report["documents"], report["headlines"]) == (6, 0)
    assert report["gold_events"] == len({row["label"] for row in rows})


def test_export_events_and_decisions(cli: Cli, decided: Any) -> None:
    """Events with their stories, and the records of the stream with their ids."""
    events = cli("export", "--what", "events").lines()
    decisions = cli("export", "--what", "decisions").lines()
    assert [event["stories"][0] for event in events] == [
        row["story"] for row in decisions if row["outcome"] == "open"
    ]
    assert {story for event in events for story in event["stories"]} == {row["story"] for row in decisions}
    assert [row["id"] for row in decisions] == sorted(row["id"] for row in decisions)
    assert all({"features", "threshold"} <= row.keys() for row in decisions)


def test_export_of_nothing(cli: Cli) -> None:
    """An empty store exports nothing, and says so by 0."""
    for what in ("stories", "events", "decisions", "labels"):
        told = cli("export", "--what", what)
        assert (told.code, told.out) == (0, "")


def test_tail_from_the_start(cli: Cli, decided: Any) -> None:
    """The oldest records first, as many as asked for."""
    decisions = cli("export", "--what", "decisions").lines()
    assert cli("tail", "--from-start", "--count", "3", "--json").lines() == decisions[:3]
    shown = cli("tail", "--from-start", "--count", "4").out.splitlines()
    assert [line.split()[2:5] for line in shown] == [
        [row["outcome"], row["event_id"], row["story"]] for row in decisions
    ]
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", line) for line in shown)


@pytest.mark.parametrize("command", ["tail --from-start", "tail --from-start --json", "events", "formats"])
def test_a_reader_that_has_seen_enough(decided: Any, command: str) -> None:
    """0, and not a word: ``head`` goes as soon as it has its lines."""
    newsloom = f"{shlex.quote(sys.executable)} -m newsloom {command}"
    piped = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {newsloom} | true"], capture_output=True, timeout=60, check=False
    )
    assert (piped.returncode, piped.stdout, piped.stderr) == (0, b"", b"")


def test_a_terminal_that_lacks_some_letters(here: Any) -> None:
    """In a locale of one byte a character, what it has none for is shown escaped."""
    here.client.sadd("newsloom:languages", "ru")
    record = {"outcome": "open", "event_id": GONE, "title": "Née: мост", "file": "f"}
    here.client.xadd("loom:{ru}:decisions", {"type": "story_decided", **record})
    told = subprocess.run(
        [sys.executable, "-m", "newsloom", "tail", "--from-start", "--count", "1"],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, b"")
    assert told.stdout.decode("latin-1").rstrip().endswith(r"Née: \u043c\u043e\u0441\u0442")


@pytest.mark.parametrize("count", [100, 101, 250, 299])
def test_tail_of_many(cli: Cli, here: Any, count: int) -> None:
    """More records than one look brings come in order, none twice."""
    here.client.sadd("newsloom:languages", "en")
    for number in range(300):
        record = {"outcome": "open", "event_id": GONE, "title": str(number), "file": "f"}
        here.client.xadd("loom:{en}:decisions", {"type": "story_decided", **record})
    told = cli("tail", "--from-start", "--count", count, "--json").lines()
    assert [row["title"] for row in told] == [str(number) for number in range(count)]


def test_tail_goes_on_over_pages(cli: Cli, here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a count it follows on and on, until it is interrupted."""

    emit = output.emit

    def until_the_last(record: dict[str, Any]) -> None:
        if record["title"] == "229":
            raise KeyboardInterrupt
        emit(record)

    monkeypatch.setattr(output, "emit", until_the_last)
    here.client.sadd("newsloom:languages", "en")
    for number in range(230):
        record = {"outcome": "open", "event_id": GONE, "title": str(number), "file": "f"}
        here.client.xadd("loom:{en}:decisions", {"type": "story_decided", **record})
    told = cli("tail", "--from-start", "--json")
    assert [row["title"] for row in told.lines()] == [str(number) for number in range(229)]
    assert told.code == 130


def test_tail_follows(cli: Cli, decided: Any, files: Any, until: Callable[..., Any], inventor: Any) -> None:
    """Without --from-start it tells what comes after it was started, and nothing older."""
    new = files["a"].with_name("new.txt")
    new.write_text(inventor.event())

    def looks() -> int:
        told = bootstrap.client().info("commandstats").get("cmdstat_xrange")  # none before the first
        return int(told["calls"]) if told else 0

    before = looks()

    def ingest() -> None:
        until(lambda: looks() > before + 1, what="a tail that looks for the second time")
        article = Article(file=str(new), text=new.read_text())
        list(bootstrap.intake().ingest.article(article))  # not through the intake, which would log it here

    thread = threading.Thread(target=ingest)
    thread.start()
    told = cli("tail", "--count", "1", "--json").lines()
    thread.join()
    assert [row["file"] for row in told] == [str(new)]


def test_tail_ends_when_its_reader_has_gone(loom: Any, valkey: Any) -> None:
    """``newsloom tail | head`` comes to its end on a stream on which nothing more is told."""
    record = {"outcome": "open", "event_id": GONE, "title": "The mill stops", "file": "f"}
    valkey.client.sadd("newsloom:languages", "en")
    valkey.client.xadd("loom:{en}:decisions", {"type": "story_decided", **record})
    with loom.launch("tail", "--from-start", "--json", stdout=subprocess.PIPE) as tail:
        assert tail.stdout.readline()
        tail.stdout.close()
        try:
            assert tail.wait(timeout=30) == 0
        finally:
            tail.kill()


# -- feeding ------------------------------------------------------------------------------------------


def test_enqueue(cli: Cli, here: Any, files: dict[str, Path], tmp_path: Path) -> None:
    """Files as named, folders in order of name with all below them, hidden ones left out; in batches."""
    folder = files["a"].parent
    for hidden in (folder / ".hidden.txt", folder / ".git" / "x.txt", folder / "sub" / "f.txt.gz"):
        hidden.parent.mkdir(exist_ok=True)
        hidden.write_bytes(gzip.compress(b"text"))
    told = cli("enqueue", "in/d-page.json", "in", "--batch", "2", "--json")
    assert told.lines() == [{"enqueued": 7, "waiting": 4, "held": 0, "workers": 0}]
    taken: list[str] = []
    for raw in reversed(here.client.lrange("newsloom.ingest", 0, -1)):
        kwargs = _kwargs(raw)
        assert kwargs["base"] == str(tmp_path)
        assert len(kwargs["files"]) <= 2
        taken += kwargs["files"]
    names = [f"in/{files[letter].name}" for letter in "abcde"]
    assert taken == ["in/d-page.json", *names, "in/sub/f.txt.gz"]
    told = cli("enqueue", "in/d-page.json")
    assert told.out == "Files enqueued: 1. Messages waiting: 5; in progress: 0.\n"
    assert "No worker is ready: start one" in told.err
    assert "One that was just started takes some seconds." in told.err


def test_a_path_that_is_missing_beside_one_that_is_there(cli: Cli, here: Any, files: Any) -> None:
    """2: that the other was not sent either is said."""
    told = cli("enqueue", files["a"], "missing.json")
    assert (told.code, told.out) == (2, "")
    assert "'missing.json' does not exist. Nothing was enqueued." in told.err
    assert bootstrap.mailbox().depth().waiting == 0


@pytest.mark.parametrize("command", ["enqueue", "run"])
def test_no_file(cli: Cli, tmp_path: Path, command: str) -> None:
    """1: a folder without a file is most likely another than was meant."""
    (tmp_path / "in" / ".git").mkdir(parents=True)
    (tmp_path / "in" / ".hidden.txt").write_text("text")
    told = cli(command, "in")
    assert (told.code, told.out) == (1, "")
    assert "No file found in in; hidden files are skipped." in told.err


def test_a_folder_that_cannot_be_read(cli: Cli, files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, and why, and the others are enqueued: nothing is left out in silence."""
    real = os.scandir

    def scandir(folder: str) -> Any:
        if os.path.basename(folder) == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", folder)
        return real(folder)

    (files["a"].parent / "closed").mkdir()
    monkeypatch.setattr(os, "scandir", scandir)  # root may read everything
    told = cli("enqueue", "in", "--json")
    assert (told.code, told.lines()[0]["enqueued"]) == (0, 5)
    assert "The folder in/closed is skipped: Permission denied." in told.err


def _kwargs(raw: bytes) -> Any:

    return json.loads(json.loads(raw)["body"])[1]


# -- quarantine -----------------------------------------------------------------------------------------


def test_tail_goes_on_when_the_server_is_back(
    cli: Cli, decided: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was there before, so it will be again; nothing is told twice, and nothing left out."""
    whole = cli("tail", "--from-start", "--count", "3", "--json").lines()
    calls = itertools.count()

    def follow(self: Stream, last: Any, count: int, wait_s: float, real: Any = Stream.follow) -> Any:
        if next(calls) in {1, 2}:
            raise StoreUnavailable("it is being started")
        return real(self, last, 1, wait_s)

    monkeypatch.setattr(Stream, "follow", follow)
    monkeypatch.setattr("newsloom.cli.follow._AWAY_S", 0.0)
    told = cli("tail", "--from-start", "--count", "3", "--json")
    assert told.lines() == whole
    assert told.err.count("Waiting for the server") == 1


def test_a_record_in_quarantine_is_counted_as_elsewhere(cli: Cli, decided: Any) -> None:
    """By a person from 1, by a program from 0."""
    bootstrap.quarantine().put(
        Quarantined(file="/many.jsonl", reason="no_text", detail="d", at_s=1.0, record=3)
    )
    [line] = [line for line in cli("quarantine", "list").out.splitlines() if line.startswith("/many.jsonl")]
    assert line.split()[1] == "4"
    assert 3 in [row["record"] for row in cli("quarantine", "list", "--json").lines()]


def test_quarantine_list(cli: Cli, decided: Any, files: dict[str, Path]) -> None:
    """File, reason and a sentence, in both forms."""
    [row] = cli("quarantine", "list", "--json").lines()
    assert list(row) == ["file", "record", "reason", "detail", "at"]
    assert (row["file"], row["record"], row["reason"]) == (str(files["e"]), None, "truncated")
    shown = cli("quarantine", "list").out
    assert "1 in quarantine" in shown
    assert "truncated" in shown


def test_an_article_is_named_by_its_file_or_its_address(
    cli: Cli, decided: Any, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a page with versions the latest one is told; a file need not be there any more, nor its path be whole."""
    report, page = story_of(decided, files["a"]), story_of(decided, files["d"])
    for named, story in (
        (files["a"], report),
        (files["d"], page),
        ("https://paper.example/live?utm_source=mail#top", page),
    ):
        assert [row["story"] for row in cli("explain", named, "--json").lines()] == [story.member.story]
        assert [row["event"] for row in cli("show", named, "--json").lines()] == [story.event]
    monkeypatch.chdir(files["a"].parent)
    assert f"Event {report.event}: " in cli("show", files["a"].name).out
    files["a"].unlink()
    assert cli("explain", files["a"].name, "--json").lines()[0]["story"] == report.member.story
    told = cli("explain", files["e"])
    assert (told.code, " is in quarantine: truncated. " in " ".join(told.err.split())) == (4, True)
    for unknown in ("https://paper.example/other", "s3://bucket/a.json"):
        told = cli("explain", unknown)
        assert told.code == 4
        assert f"No story of {unknown} is known: " in told.err
        assert "`newsloom events WORD` finds events" in told.err


def test_the_file_of_an_earlier_version(cli: Cli, decided: Any, files: dict[str, Path]) -> None:
    """Its own story is told, and that there is a later one; where it holds something else by now, the latest."""
    first, second = story_of(decided, files["c"]), story_of(decided, files["d"])
    for command in ("show", "explain"):
        told = cli(command, files["c"], "--json")
        assert told.err == (
            f"{files['c']} is an earlier version: the latest is story {second.member.story}, {files['d']}.\n"
        )
        assert cli(command, files["d"], "--json").err == ""
    assert [row["story"] for row in told.lines()] == [first.member.story]
    files["c"].write_text(files["c"].read_text().replace("Live", "Rewritten"))
    told = cli("explain", files["c"], "--json")
    assert ([row["story"] for row in told.lines()], told.err) == ([second.member.story], "")


def test_an_article_is_named_by_the_id_that_it_came_with(cli: Cli, here: Any, inventor: Any) -> None:
    """Whatever tells its place: its address, its source, or its file, and then each version or row of that id."""
    text, other = inventor.event(), inventor.event()
    placed = [
        {"url": "https://paper.example/mill", "text": text},
        {"source": "paper.example", "text": text},
        {"text": text},
    ]
    for number, place in enumerate(placed):
        bootstrap.intake().articles(
            [{**place, "id": f"DOC-{number}"}, {**place, "id": "x", "url": None, "text": other}], run="s"
        )
    for number, story in enumerate(
        story for story in bootstrap.store().stories() if story.article_id.startswith("DOC")
    ):
        assert [row["story"] for row in cli("explain", f"DOC-{number}", "--json").lines()] == [
            story.member.story
        ]
        assert cli("show", f"DOC-{number}").code == 0
    assert cli("explain", "DOC-7").code == 4


def test_what_came_in_a_message_is_named_by_its_address_or_its_name(
    cli: Cli, here: Any, inventor: Any
) -> None:
    """That in the log is a name, too."""
    url = "https://paper.example/mill"
    bootstrap.intake().articles([{"url": url, "text": inventor.event()}], run="s")
    [story] = bootstrap.store().stories()
    for named in (story.file, url):
        assert cli("explain", named, "--json").lines()[0]["story"] == story.member.story


def test_an_article_is_named_as_it_is_shown(cli: Cli, here: Any, tmp_path: Path, inventor: Any) -> None:
    """The member of an archive, and an article that came in a message."""
    archive = tmp_path / "news.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name in ("one.txt", "two.txt"):
            packed.writestr(name, inventor.event())
    bootstrap.intake().files([str(archive)], run="r")
    bootstrap.intake().articles([{"text": inventor.event()}], run="s")
    stories = list(bootstrap.store().stories())
    assert len(stories) == 3
    for story in stories:
        assert [row["story"] for row in cli("explain", story.file, "--json").lines()] == [story.member.story]
    assert len(cli("explain", archive, "--json").lines()) == 2


@pytest.mark.parametrize("kept", [True, False])
def test_a_file_is_named_as_people_write(
    cli: Cli, here: Any, tmp_path: Path, inventor: Any, *, kept: bool
) -> None:
    """A Mac writes the marks of letters apart, in the name of a file that may be gone by now as well."""
    written = tmp_path / unicodedata.normalize("NFD", "Fähre.txt")
    written.write_text(inventor.event())
    bootstrap.intake().files([str(written)], run="r")
    [story] = bootstrap.store().stories()
    if not kept:
        written.unlink()
    named = tmp_path / unicodedata.normalize("NFC", "Fähre.txt")
    assert [row["story"] for row in cli("explain", named, "--json").lines()] == [story.member.story]


def test_a_file_of_many_articles_names_none(cli: Cli, tmp_path: Path) -> None:
    """Nobody wants to read the reasons of thousands."""
    many = tmp_path / "many.jsonl"
    many.write_text("".join(f'{{"maintext": "Mill {number} stopped."}}\n' for number in range(101)))
    told = cli("explain", many)
    assert told.code == 2
    assert "more than 100 articles" in " ".join(told.err.split())


def test_quarantine_drop(cli: Cli, decided: Any, files: dict[str, Path]) -> None:
    """Off the list, with all its records; the file stays."""
    bootstrap.quarantine().put(
        Quarantined(file=str(files["e"]), reason="no_text", detail="d", at_s=1.0, record=3)
    )
    bootstrap.quarantine().put(Quarantined(file="/other", reason="no_text", detail="d", at_s=1.0))
    assert cli("quarantine", "drop", files["e"]).code == 0
    assert files["e"].exists()
    assert [row["file"] for row in cli("quarantine", "list", "--json").lines()] == ["/other"]
    bootstrap.quarantine().put(Quarantined(os.path.abspath("in/e"), "no_text", "d", 1.0))
    assert cli("quarantine", "drop", "in/f").err.startswith("Not in quarantine: in/f. ")
    assert cli("quarantine", "drop", "in/e").out == "1 dropped.\n"
    assert cli("quarantine", "drop", "--all", "--json").lines() == [{"dropped": ["/other"]}]
    assert cli("quarantine", "list", "--json").out == ""


def test_quarantine_retry(cli: Cli, decided: Any, here: Any, files: dict[str, Path]) -> None:
    """On the queue again, and off the list."""
    assert cli("quarantine", "retry", "--all", "--json").lines() == [{"retried": [str(files["e"])]}]
    [raw] = here.client.lrange("newsloom.ingest", 0, -1)
    assert _kwargs(raw)["files"] == [str(files["e"])]


def test_quarantine_retry_of_what_was_decided(
    cli: Cli, decided: Any, here: Any, files: dict[str, Path], tmp_path: Path
) -> None:
    """A file that went after its decision is taken off the list, and one that is there again is tried again."""
    gone, back, never = str(files["a"]), str(files["b"]), str(tmp_path / "never")
    files["a"].unlink()
    for file in (gone, back, never):
        bootstrap.quarantine().put(Quarantined(file=file, reason="missing", detail="d", at_s=1.0))
    told = cli("quarantine", "retry", "--reason", "missing", "--json")
    assert told.lines() == [{"retried": [back, never]}]
    assert "1 file that was decided before it went missing" in " ".join(told.err.split())
    assert [_kwargs(raw)["files"] for raw in here.client.lrange("newsloom.ingest", 0, -1)] == [
        [never],
        [back],
    ]
    assert cli("quarantine", "list", "--reason", "missing", "--json").out == ""


@pytest.mark.parametrize("named", [False, True])
def test_quarantine_of_many(cli: Cli, decided: Any, here: Any, named: bool) -> None:
    """Twenty thousand entries, as when a disk is away, are not each compared with each other."""
    half = 10_000
    gone = [Quarantined(f"/srv/{number}", "missing", "d", 1.0) for number in range(half)]
    texts = [Quarantined(f"article:{number:016x}", "no_text", "d", 1.0) for number in range(half)]
    with here.client.pipeline() as pipe:
        pipe.hset(keys.QUARANTINE, mapping=dict(map(pack, [*gone, *texts])))
        pipe.sadd(keys.prefix("en") + "g:0", *(codec.raw(file_id(entry.path, 0)) for entry in gone))
        pipe.execute()
    chosen = [entry.file for entry in [*texts, *gone]] if named else ["--reason", "missing"]
    since_s = time.process_time()
    told = cli("quarantine", "retry", *chosen, "--json")
    took_s = time.process_time() - since_s
    assert told.lines() == [{"retried": []}]
    assert f"Taken off the list: {half} files that were decided before" in told.err
    assert (f"Not retried: {half} articles whose text is no longer kept" in told.err) == named
    assert took_s < 5


def test_quarantine_by_reason(cli: Cli, decided: Any, here: Any) -> None:
    """What was missing is tried again when the disk is back; and what cannot be tried is said."""
    for file, reason in (
        ("/a", "missing"),
        ("/b", "missing"),
        ("/c", "binary"),
        ("message:1:4", "no_path"),
    ):
        bootstrap.quarantine().put(Quarantined(file=file, reason=reason, detail="d", at_s=1.0))
    assert [row["file"] for row in cli("quarantine", "list", "--reason", "missing", "--json").lines()] == [
        "/a",
        "/b",
    ]
    assert cli("quarantine", "retry", "--reason", "missing", "--json").lines() == [{"retried": ["/a", "/b"]}]
    assert [_kwargs(raw)["files"] for raw in here.client.lrange("newsloom.ingest", 0, -1)] == [["/b"], ["/a"]]
    told = cli("quarantine", "retry", "message:1:4")
    assert (told.code, told.out) == (0, "0 retried.\n")
    assert "1 name in messages that is not a path; send the right one" in told.err
    assert cli("quarantine", "drop", "--reason", "no_path", "--json").lines() == [
        {"dropped": ["message:1:4"]}
    ]
    assert [row["file"] for row in cli("quarantine", "list", "--reason", "binary", "--json").lines()] == [
        "/c"
    ]
    told = cli("quarantine", "list", "--reason", "blocked")
    assert told.out.startswith("0 in quarantine")
    assert "No entry has reason blocked; present: binary, truncated." in told.err


@pytest.mark.parametrize("action", ["list", "retry", "drop"])
def test_quarantine_by_a_reason_that_is_none(cli: Cli, decided: Any, action: str) -> None:
    """2, and those there are: what is misspelt is not taken for a list that is empty."""
    told = cli("quarantine", action, "--reason", "truncted")
    assert (told.code, told.out) == (2, "")
    assert all(repr(reason) in told.err for reason in get_args(Reason))
    assert [entry.reason for entry in bootstrap.quarantine().entries()] == ["truncated"]


def test_quarantine_of_messages(cli: Cli, here: Any) -> None:
    """Those that lie aside are put back, or dropped."""
    here.client.lpush("newsloom.ingest:refused", "first", "second")
    assert cli("quarantine", "retry", "--messages").out == "2 messages retried.\n"
    assert here.client.lrange("newsloom.ingest", 0, -1) == [b"second", b"first"]
    here.client.lpush("newsloom.ingest:refused", "third")
    assert cli("quarantine", "retry", "--messages").out == "1 message retried.\n"
    here.client.lpush("newsloom.ingest:refused", "fourth")
    assert cli("quarantine", "drop", "--messages", "--json").lines() == [{"dropped": 1}]


def test_messages_that_lie_aside_are_shown(cli: Cli, here: Any) -> None:
    """When and why, and how each begins: opened where that can be done, without control codes and passwords."""
    path = "https://desk:hush@paper.example/a\x1b[2J.html"
    here.client.lpush(
        "newsloom.ingest:refused", message("theirs.add", {"files": [path]}, 1_000), b"\x1b]0;\xff"
    )
    why = b"\x1b[31mnewsloom has no task theirs.add"
    digest = hashlib.sha1(here.client.lindex("newsloom.ingest:refused", -1)).hexdigest()
    here.client.hset("newsloom.ingest:refused:why", digest, b"2000 " + why)
    first, second = cli("quarantine", "list", "--messages", "--json").lines()
    assert (first["queue"], first["at"], first["sent"], first["why"]) == (
        "newsloom.ingest", "1970-01-01T00:33:20+00:00", "1970-01-01T00:16:40+00:00", why.decode(),
    )  # fmt: skip
    assert first["message"].startswith('theirs.add [[], {"files": ["https://***@paper.example/a')
    assert [second[name] for name in ("at", "sent", "why", "message")] == [
        None, None, "the log says why", "\x1b]0;\ufffd"
    ]  # fmt: skip
    told = cli("quarantine", "list", "--messages")
    assert told.code == 0
    assert "2 refused messages" in told.out
    assert "1970-01-01 00:33" in told.out
    shown = " ".join(told.out.split())
    assert "newsloom has no task" in shown
    for harm in ("\x1b", "hush"):
        assert harm not in told.out + cli("quarantine", "list", "--messages", "--json").out
    assert cli("quarantine", "list", "--messages", "--reason", "empty").code == 2
    cli("quarantine", "drop", "--messages")
    assert cli("quarantine", "list", "--messages", "--json").out == ""
    assert not here.client.exists("newsloom.ingest:refused:why")


@pytest.mark.parametrize("action", ["retry", "drop"])
@pytest.mark.parametrize(
    "asked",
    [
        ["--messages", "a.txt"],
        ["--messages", "--all"],
        ["--messages", "--reason", "empty"],
        ["--all", "a.txt"],
    ],
)
def test_quarantine_of_two_kinds(cli: Cli, decided: Any, here: Any, action: str, asked: list[str]) -> None:
    """2: what was named besides would have been passed over, and all dropped; nothing is touched."""
    here.client.lpush("newsloom.ingest:refused", "first")
    told = cli("quarantine", action, *asked)
    assert (told.code, told.out) == (2, "")
    assert bootstrap.asides().count() == len(bootstrap.quarantine().entries()) == 1


def test_quarantine_retry_of_a_name_that_is_no_text(cli: Cli, here: Any, tmp_path: Path) -> None:
    """What is shown of it is no name of a file: the file itself is tried again."""
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    bootstrap.intake().files([path], run="r")
    assert [entry.reason for entry in bootstrap.quarantine().entries()] == ["missing"]
    Path(path).write_text("The old mill stopped its last wheel on Sunday, and nobody came to look.")
    assert cli("quarantine", "retry", "--all").code == 0
    [raw] = here.client.lrange("newsloom.ingest", 0, -1)
    assert _kwargs(raw)["files"] == [path]
    bootstrap.intake().files([path], run="s")
    assert bootstrap.quarantine().entries() == []


def test_quarantine_retry_against_a_fast_worker(
    cli: Cli, decided: Any, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker may refuse the file again before the command has ended: it is on the list afterwards."""

    def send(self: Outbox, batches: Any, base: str = "", real: Any = Outbox.send, **how: Any) -> int:
        batches = list(batches)
        for batch in batches:
            bootstrap.intake().files(batch, run="again")
        return int(real(self, batches, base, **how))

    monkeypatch.setattr(Outbox, "send", send)
    assert cli("quarantine", "retry", files["e"]).code == 0
    assert [entry.file for entry in bootstrap.quarantine().entries()] == [str(files["e"])]


# -- parts ------------------------------------------------------------------------------------------------


def test_the_table_shows_the_largest(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty events at most, the largest first, then the latest."""
    monkeypatch.setenv("COLUMNS", "120")
    events = [EventSummary(f"{n:016x}", "en", n % 7, 0.0, float(n), True, "t", (), n % 9) for n in range(50)]
    show_events(iter(events))
    title, _, *lines = capsys.readouterr().out.splitlines()
    assert title == "50 events, the 30 largest"
    shown = sorted(events, key=lambda event: (event.size, event.last_s), reverse=True)[:30]
    assert [line.split()[0] for line in lines] == [event.event for event in shown]
    told = {n: f"{n}+" if n == 8 else str(n) for n in range(9)}  # of more than the cap it is not known
    assert [line.split()[2] for line in lines] == [told[event.tellings] for event in shown]


def test_the_table_counts_what_there_is(cli: Cli, decided: Any, here: Any, files: dict[str, Path]) -> None:
    """Not the events that have expired by now."""
    story = story_of(decided, files["a"])
    here.client.delete(b"loom:{en}:e:" + bytes.fromhex(story.event))
    assert len(cli("events", "--json").lines()) == 1
    assert cli("events").out.splitlines()[0] == "1 event"


def test_a_narrow_terminal_shows_whole_ids(cli: Cli, decided: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 80 columns the ids, sizes and dates can still be read; the title gives way."""
    monkeypatch.setenv("COLUMNS", "80")
    rows = cli("events", "--json").lines()
    shown = cli("events").out
    for row in rows:
        line = next(line for line in shown.splitlines() if row["event"] in line)
        assert re.search(rf"\b{row['size']}\b", line)
        assert row["last"][:10] in line


def test_the_clients_reply_errors_are_told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that refuses a command is told as one line, without a password or a traceback."""

    def refuse(self: RedisStore) -> Any:
        raise redis.AuthenticationError("WRONGPASS invalid username-password pair")

    monkeypatch.setattr(RedisStore, "stories", refuse)
    told = cli("export")
    assert told.code == 3
    assert "WRONGPASS" in told.err


def test_a_full_server_is_told_as_one(cli: Cli, here: Any, files: dict[str, Path]) -> None:
    """It runs, and its address is right: what is wanted is room."""
    here.client.config_set("maxmemory", 1)
    try:
        told = cli("enqueue", files["e"])
    finally:
        here.client.config_set("maxmemory", 0)
    assert told.code == 3
    assert "Give it more memory" in told.err
    assert "No server" not in told.err


def test_who_only_looks_loads_no_parser() -> None:
    """What was decided is read off the store: parsers would double the time that it takes to start."""
    told = "import newsloom.cli.events, newsloom.cli.show, newsloom.cli.follow, newsloom.cli.byhand, newsloom.cli.quarantine, newsloom.store.redis, sys;"
    told += "print(*{'wordfreq', 'trafilatura', 'lxml', 'celery'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_who_only_sends_loads_nothing_that_decides() -> None:
    """A scraper's shell may call ``newsloom enqueue`` for every file: that must not read word lists each time."""
    told = "import newsloom.cli.feed, sys; print(*{'numpy', 'wordfreq', 'trafilatura', 'celery'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
