"""``run`` and ``enqueue``: files in."""

import itertools
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.cli.work import running
from newsloom.core.model import Outcome
from newsloom.store.base import EventSummary

_LOOK_S = 0.05
_EVENTS_SHOWN = 30

paths_argument = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH..."
)
batch_option = click.option(
    "--batch", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Files in one message."
)


def article_files(paths: Sequence[Path]) -> Iterator[str]:
    """The files named, and those in the folders named, in order of name; hidden ones left out."""
    for path in paths:
        if not path.is_dir():
            yield str(path)
            continue
        for folder, folders, files in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (os.path.join(folder, name) for name in sorted(files) if not name.startswith("."))


def send(paths: Sequence[Path], batch: int) -> int:
    """Enqueue the files; returns how many."""
    files = article_files(paths)
    return bootstrap.mailbox().send(iter(lambda: list(itertools.islice(files, batch)), []), base=os.getcwd())


@click.command()
@paths_argument
@batch_option
@output.json_option
def enqueue(paths: Sequence[Path], batch: int, *, as_json: bool) -> None:
    """Put files, or all files of folders, on the queue of the running workers."""
    count = send(paths, batch)
    depth = bootstrap.mailbox().depth()
    if as_json:
        output.emit({"enqueued": count, "waiting": depth.waiting, "held": depth.held})
    else:
        output.stdout.print(
            f"{count} files enqueued; {depth.waiting} messages wait, {depth.held} are in hand."
        )
    if not bootstrap.settings().redis_url and not depth.held:
        output.stderr.print(
            "Without a running worker they wait: start one with `newsloom worker`.", style="yellow"
        )


@click.command()
@paths_argument
@batch_option
@click.option("--concurrency", type=click.IntRange(1, 256), help="Worker processes; one a core if not given.")
@output.json_option
def run(paths: Sequence[Path], batch: int, concurrency: int | None, *, as_json: bool) -> None:
    """Ingest files, or all files of folders, with workers of its own, and show the events."""
    store = bootstrap.store()
    before, started = store.stats(), time.monotonic()
    log_path = bootstrap.settings().data_dir / "run.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("ab") as log, running(concurrency, log) as worker:
        count = send(paths, batch)
        _drain(worker, log_path, quiet=as_json)
    after = store.stats()
    outcomes = {name: after["outcomes"][name] - before["outcomes"][name] for name in after["outcomes"]}
    summary: dict[str, Any] = {
        "files": count,
        "stories": after["stories"] - before["stories"],
        "events_opened": after["events"] - before["events"],
        "events": after["events"],
        "quarantined": after["quarantined"],
        "outcomes": outcomes,
        "seconds": round(time.monotonic() - started, 3),
        "log": str(log_path),
    }
    if as_json:
        output.emit(summary)
        return
    show_events(largest(store.events()), after["events"])
    _summarise(summary)


def _drain(worker: Any, log_path: Path, *, quiet: bool) -> None:
    """Wait until nothing waits and nothing is in hand."""
    mailbox, store = bootstrap.mailbox(), bootstrap.store()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("messages"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=output.stderr, disable=quiet, transient=True) as progress:
        task = progress.add_task("starting the workers", total=None)
        most = 0
        while not (depth := mailbox.depth()).drained:
            if worker.poll() is not None:
                raise click.ClickException(
                    f"The worker ended with code {worker.returncode}; {log_path} says why. "
                    "What is enqueued stays on the queue: run again, or start `newsloom worker`."
                )
            most = max(most, depth.waiting + depth.held)
            if not quiet:
                stats = store.stats()
                done = most - depth.waiting - depth.held
                progress.update(
                    task,
                    total=most,
                    completed=done,
                    description=f"{stats['stories']} stories, {stats['events']} events",
                )
            time.sleep(_LOOK_S)  # between two looks at a condition


def largest(events: Iterator[EventSummary]) -> list[EventSummary]:
    """Largest first, then latest."""
    return sorted(events, key=lambda e: (-e.size, -e.last_s, e.event))[:_EVENTS_SHOWN]


def show_events(events: Sequence[EventSummary], total: int) -> None:
    """The table of events."""
    output.table(
        f"{total} events" + (f", the {len(events)} largest" if total > len(events) else ""),
        {
            "event": {"style": "cyan", "min_width": 16},
            "size": {"justify": "right", "min_width": 4},
            "lang": {"min_width": 4},
            "latest": {"min_width": 16},
            "title": {"ratio": 1, "no_wrap": True, "overflow": "ellipsis"},
        },
        ((e.event, e.size, e.language, output.day(e.last_s), e.title) for e in events),
    )


_MEANING = {
    Outcome.REPEAT: "seen before",
    Outcome.REVISION: "new versions of an article",
    Outcome.DUPLICATE: "copies of another story",
    Outcome.ATTACH: "further tellings of an event",
    Outcome.OPEN: "opened an event",
}


def _summarise(summary: dict[str, Any]) -> None:
    counts = summary["outcomes"]
    told = ", ".join(f"{counts[o.value]} {_MEANING[o]}" for o in Outcome if counts[o.value])
    output.stdout.print(
        f"{summary['files']} files, {summary['stories']} new stories in {summary['seconds']:.1f} s: {told or 'nothing new'}.",
        markup=False,
    )
    if summary["quarantined"]:
        output.stdout.print(
            f"{summary['quarantined']} in quarantine: `newsloom quarantine list` says why.",
            style="yellow",
            markup=False,
        )
    output.stdout.print(f"Every decision with its reasons: {summary['log']}", markup=False, soft_wrap=True)
