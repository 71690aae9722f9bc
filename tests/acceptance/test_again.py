"""``newsloom run``: the whole job, and nothing the second time."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ARTICLES = Path(__file__).parents[1] / "data" / "articles"


def state(cli_on: Callable[..., Any], loom: Any) -> dict[str, Any]:
    """All that can be seen of what was decided."""
    seen: dict[str, Any] = {
        what: cli_on("export", "--what", what).out for what in ("stories", "events", "decisions")
    }
    [stats] = cli_on("stats", "--json").lines()
    seen["stats"] = {
        name: value for name, value in stats.items() if name not in {"since_look_s", "look_took_s"}
    }
    seen["records"] = loom.client.xlen("loom:{en}:decisions")
    seen["quarantine"] = [
        (entry["file"], entry["reason"]) for entry in cli_on("quarantine", "list", "--json").lines()
    ]
    return seen


def test_a_folder_run_twice(loom: Any, cli_on: Callable[..., Any]) -> None:
    """The second run of a whole folder changes nothing, to the byte."""
    [first] = loom.command("run", ARTICLES, "--concurrency", "2", "--json").lines()
    before = state(cli_on, loom)
    [second] = loom.command("run", ARTICLES, "--concurrency", "2", "--json").lines()
    assert state(cli_on, loom) == before
    assert first["files"] == second["files"] == len(list(ARTICLES.iterdir()))
    assert first["events"] == second["events"] > 1
    new = {name: count for name, count in second["outcomes"].items() if name != "repeat"}
    assert set(new.values()) == {0}
    assert first["quarantined"] == second["quarantined"] == 1


def test_two_runs_at_once(loom: Any) -> None:
    """Each tells what its own workers did, whoever sent it: together that is every story once."""
    articles = sorted(ARTICLES.glob("0*.txt"))
    half = len(articles) // 2
    runs = [
        loom.launch("run", *some, "--concurrency", "1", "--json", stdout=subprocess.PIPE)
        for some in (articles[:half], articles[half:])
    ]
    told = [json.loads(run.communicate(timeout=120)[0]) for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sum(each["files"] for each in told) == len(articles)
    assert (
        sum(each["stories"] for each in told) == loom.client.xlen("loom:{en}:decisions") > len(articles) / 2
    )
    assert told[0]["log"] != told[1]["log"]


def test_a_run_that_reads_nothing(loom: Any) -> None:
    """It ends with 1, in either form, and says how much is in quarantine; with 0 as soon as anything was read."""
    (loom.folder / "broken.json").write_text("{")
    (loom.folder / "empty.txt").touch()
    told = loom.command("run", "broken.json", "empty.txt", "--concurrency", "1", code=1)
    assert "2 files, 0 stories in " in told.out
    assert "2 in quarantine" in told.out
    [row] = loom.command("run", "broken.json", "--concurrency", "1", "--json", code=1).lines()
    assert (row["files"], row["stories"], row["quarantined"]) == (1, 0, 1)
    article = ARTICLES / "01-port-ellery-blast-wire.txt"
    [row] = loom.command("run", "broken.json", article, "--concurrency", "1", "--json").lines()
    assert (row["outcomes"]["open"], row["quarantined"]) == (1, 1)


def test_dates_that_were_not_understood_in_a_run(loom: Any) -> None:
    """How many of all files, and one of them with its file; none: no word of it."""
    names = ["a.jsonl", "b.jsonl"]
    for name, dates in zip(names, (["soon", "2024-05-01", "later"], ["May 2024"]), strict=True):
        rows = ({"text": f"The mill {name} stopped number {date}.", "date": date} for date in dates)
        (loom.folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    told = loom.command("run", *names, "--concurrency", "1")
    assert "3 dates were not understood or are in the future, for example “" in told.out
    assert ": their articles count as undated." in told.out
    [row] = loom.command("run", "b.jsonl", "--concurrency", "1", "--json").lines()
    assert row["unread_dates"] == 1
    assert row["unread_first"] == {"file": "b.jsonl", "date": "May 2024"}
    [row] = loom.command(
        "run", ARTICLES / "01-port-ellery-blast-wire.txt", "--concurrency", "1", "--json"
    ).lines()
    assert (row["unread_dates"], row["unread_first"]) == (0, None)


def test_a_message_that_is_put_aside_in_a_run(loom: Any) -> None:
    """It is told: what newsloom failed at shall not look like a folder of nothing."""
    (loom.folder / "empty.txt").touch()
    loom.client.lpush("newsloom.ingest", "no message")
    told = loom.command("run", "empty.txt", "--concurrency", "1", code=1)
    assert "1 refused message" in told.out
    loom.client.lpush("newsloom.ingest", "no message")
    [row] = loom.command("run", "empty.txt", "--concurrency", "1", "--json", code=1).lines()
    assert (row["quarantined"], row["refused_messages"]) == (1, 1)


def test_the_first_command(
    embedded_loom: Any, processes_of: Callable[[Any], list[int]], until: Callable[..., Any]
) -> None:
    """A newcomer's first command shows events and outcomes, starts its own server and leaves nothing running;
    what it found is there for the next command, whose output may be cut off by its reader."""
    ran = embedded_loom.command("run", ARTICLES, "--concurrency", "2")
    for outcome in ("duplicate", "attach", "open", "revision", "repeat"):
        assert re.search(rf"\b[1-9]\d* {outcome}\b", ran.out), ran.out
    assert "quarantine" in ran.out
    until(lambda: not processes_of(embedded_loom), what="the end of all processes")
    export = f"{shlex.quote(sys.executable)} -m newsloom export"
    piped = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {export} | head -n 1"],
        env=embedded_loom.env, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert (piped.returncode, piped.stderr) == (0, b"")
    [line] = piped.stdout.splitlines()
    assert os.path.exists(json.loads(line)["file"])
    until(lambda: not processes_of(embedded_loom), what="the end of all processes")
