"""``run``: files in by workers of its own, and the events that came of them."""

import math
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click
import orjson
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
from newsloom.cli.events import show_events
from newsloom.cli.feed import batch_option, no_file, paths_argument, send
from newsloom.cli.work import concurrency_option, running
from newsloom.core.model import Outcome
from newsloom.errors import BadSetting

_KEPT_LOGS = 10  #: of the latest runs
_POLL_S = 0.05
_TELL_S = 1.0  #: between two counts of all languages
#: Second looks at the end of a run. What is due after so many waits for a worker.
_MOST_LOOKS = 50
_CHANGES = {
    "event_merged": "events that turned out to be the same as another",
    "event_split": "events that turned out to hold two",
    "story_moved": "stories moved by these",
}
_MEANING = {
    Outcome.REPEAT: "seen before, from the same place",
    Outcome.REVISION: "a new version of an article",
    Outcome.DUPLICATE: "a copy of another story",
    Outcome.ATTACH: "another report on an event",
    Outcome.OPEN: "opened an event",
}


@click.command()
@paths_argument
@batch_option("Files", 20)  # few, for a small folder shall go to all processes
@concurrency_option
@output.json_option
def run(paths: Sequence[Path | str], batch: int, concurrency: int | None, *, as_json: bool) -> None:
    """Ingest files with temporary workers, and show the events.

    Folders are read with all their files, except hidden ones. The workers take whatever is waiting on the queue, and
    the counts include all of it. Exit code 1 if nothing could be read.
    """
    store, asides = bootstrap.store(), bootstrap.asides()
    started = time.monotonic()
    aside = asides.count()
    with _opened(bootstrap.settings().data_dir / "runs") as log:
        log_path = Path(log.name)
        try:
            with running(concurrency, log) as worker:
                count = send(paths, batch, waiting=lambda: _demand_alive(worker, log_path))
                if not count:
                    raise no_file(paths)
                _drain(worker, log_path, quiet=as_json)
                _look_again(worker)
        except KeyboardInterrupt:
            output.stderr.print(
                "Interrupted. Files not yet decided stay on the queue: run again, or start `newsloom worker`.",
                style="yellow",
            )
            raise
        told = _told(log)
    summary: dict[str, Any] = {
        "files": count,
        "stories": sum(told["outcomes"].values()),
        "outcomes": told["outcomes"],
        "quarantined": told["quarantined"],
        **told["unread"].row(),
        "refused_messages": max(0, asides.count() - aside),
        "second_look": told["second_look"],
        "events": store.stats()["events"],
        "seconds": round(time.monotonic() - started, 3),
        "log": str(log_path),
    }
    if as_json:
        output.emit(summary)
    else:
        show_events(store.events())
        _summarise(summary, told["unread"])
    # None of these is no failure: another worker may have taken what waited, and logs it elsewhere.
    if (summary["quarantined"] or summary["refused_messages"]) and not summary["stories"]:
        raise click.exceptions.Exit(output.FAILED)


def _opened(folder: Path) -> BinaryIO:
    """A log of this run's own, for another may go on at the same time; those of the latest runs are kept."""
    # In order of their names they are in order of time.
    path = folder / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S.%f}-{os.getpid()}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(folder.glob("*.log"))[: 1 - _KEPT_LOGS]:
            old.unlink(missing_ok=True)  # a run that still goes on has it open
        return path.open("a+b")
    except OSError as error:
        raise BadSetting(
            f"The log of the run cannot be written to {folder}: {error.strerror}. Set NEWSLOOM_DATA_DIR to a folder "
            "that you own, with free space."
        ) from error


def _told(log: BinaryIO) -> dict[str, Any]:
    """What the log says that the workers of this run did."""
    outcomes = dict.fromkeys((outcome.value for outcome in Outcome), 0)
    quarantined = 0
    second_look = dict.fromkeys(_CHANGES, 0)
    unread = output.Unread()
    log.seek(0)
    for line in log:
        entry = orjson.loads(line) if line.startswith(b"{") and line.endswith(b"}\n") else {}
        if entry.get("event") == "story_decided":
            outcomes[entry["outcome"]] += 1
        elif entry.get("event") in {"file_quarantined", "record_quarantined"}:
            quarantined += 1
        elif entry.get("event") == "file_ingested" and "unread_dates" in entry:
            unread.add(entry["unread_dates"], entry["unread_first"], entry["file"])
        elif entry.get("event") in _CHANGES:
            second_look[entry["event"]] += 1
    return {"outcomes": outcomes, "quarantined": quarantined, "second_look": second_look, "unread": unread}


def _demand_alive(worker: Any, log_path: Path) -> None:
    if worker.poll() is not None:
        raise click.ClickException(
            f"The worker exited with code {worker.returncode}; {log_path} says why. "
            "Enqueued files stay on the queue: run again, or start `newsloom worker`."
        )


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
        most, told_s = 0, -math.inf
        while not (depth := mailbox.depth()).drained:
            _demand_alive(worker, log_path)
            most = max(most, depth.waiting + depth.held)
            progress.update(task, total=most, completed=most - depth.waiting - depth.held)
            if not quiet and time.monotonic() - told_s >= _TELL_S:
                stats, told_s = store.stats(), time.monotonic()
                counts = f"{output.stories(stats['stories'])}, {output.counted(stats['events'], 'event')}"
                progress.update(task, description=counts)
            time.sleep(_POLL_S)  # asked again and again: a queue tells nobody that it ran empty


def _look_again(worker: Any) -> None:
    """Have the workers look at young events again, until none is due. A worker that ended is no harm."""
    mailbox, store = bootstrap.mailbox(), bootstrap.store()
    if not bootstrap.settings().look_every_s:
        return
    for _ in range(_MOST_LOOKS):
        due = any(store.young(language, 1).events for language in store.languages())
        if not due or worker.poll() is not None:
            return
        mailbox.look()
        while not mailbox.upkeep_depth().drained and worker.poll() is None:
            time.sleep(_POLL_S)  # asked again and again: a queue tells nobody that it ran empty


def _summarise(summary: dict[str, Any], unread: output.Unread) -> None:
    counts = summary["outcomes"]
    output.stdout.print(
        f"{output.counted(summary['files'], 'file')}, {output.stories(summary['stories'])} "
        f"in {summary['seconds']:.1f} s:"
    )
    for outcome in Outcome:
        output.stdout.print(f"  {counts[outcome.value]:>6} {outcome.value:<9} {_MEANING[outcome]}")
    if any(summary["second_look"].values()):
        output.stdout.print("then changed by the second look:")
        for kind, count in summary["second_look"].items():
            name = kind.partition("_")[2]
            output.stdout.print(f"  {count:>6} {name:<9} {_CHANGES[kind]}")
    unread.show()
    if summary["quarantined"]:
        output.stdout.print(
            f"{summary['quarantined']} in quarantine: `newsloom quarantine list` says why.",
            style="yellow",
        )
    if summary["refused_messages"]:
        output.stdout.print(
            f"{output.counted(summary['refused_messages'], 'refused message')}, malformed or because of a bug: "
            "`newsloom quarantine list --messages` says why, `newsloom quarantine retry --messages` tries again.",
            style="yellow",
        )
    output.stdout.print(f"Every decision and its reasons: {summary['log']}")
