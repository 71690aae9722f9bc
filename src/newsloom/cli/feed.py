"""``run`` and ``enqueue``: files in."""

import os
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from newsloom.addresses import is_address
from newsloom.cli import output
from newsloom.cli.work import concurrency_option, running
from newsloom.core.model import Outcome
from newsloom.errors import QueueFull
from newsloom.mailbox import filled
from newsloom.outbox import nothing

if TYPE_CHECKING:  # that brings numpy, which `enqueue` has no use for
    from newsloom.store.values import EventSummary

_LOOK_S = 0.05
#: Second looks at the end of a run. What is due after so many waits for a worker.
_MOST_LOOKS = 50
_EVENTS_SHOWN = 30
_OTHER_COLUMNS = 58  # characters of the table beside the title


class PathOrAddress(click.Path):
    """A path that there is, or an address, which only a worker looks at."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and is_address(value):
            return value
        return super().convert(value, param, ctx)


paths_argument = click.argument(
    "paths", nargs=-1, required=True, type=PathOrAddress(exists=True, path_type=Path), metavar="PATH..."
)


def batch_option(what: str, default: int | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--batch``; without a default the setting holds."""
    told = "" if default else "; NEWSLOOM_MESSAGE_FILES if not given"
    return click.option(
        "--batch",
        type=click.IntRange(1, 10_000),
        default=default,
        show_default=default is not None,
        help=f"{what} in one message, at most{told}.",
    )


def no_file(paths: Sequence[Path | str]) -> click.ClickException:
    """What is said where nothing was found."""
    return click.ClickException(
        f"There is no file in {', '.join(map(str, paths))}; hidden ones are left out. Name other folders."
    )


def _unreadable(error: OSError) -> None:
    output.stderr.print(
        f"The folder {error.filename} is left out: {error.strerror}. Give this user the right to read it.",
        style="red",
        markup=False,
        soft_wrap=True,
    )


def article_files(paths: Sequence[Path | str]) -> Iterator[str]:
    """The files and addresses named, and the files in the folders named, in order of name; hidden ones left out.

    A folder that cannot be read is told on standard error, and the others go on.
    """
    for path in paths:
        if isinstance(path, str) or not path.is_dir():
            yield str(path)
            continue
        for folder, folders, files in os.walk(path, onerror=_unreadable):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (os.path.join(folder, name) for name in sorted(files) if not name.startswith("."))


def send(
    paths: Sequence[Path | str],
    batch: int | None,
    *,
    wait: bool = True,
    waiting: Callable[[], None] = nothing,
) -> int:
    """Enqueue the files, as the queue has room; returns how many."""
    chosen = bootstrap.settings()
    batches = filled(article_files(paths), batch or chosen.message_files, chosen.message_age_s)
    return bootstrap.outbox().send(batches, base=os.getcwd(), wait=wait, waiting=waiting)


def tell_once() -> Callable[[], None]:
    """Says on standard error that the queue is full, when first called."""
    told: list[bool] = []

    def waiting() -> None:
        if not told:
            most = bootstrap.settings().queue_max
            output.stderr.print(
                f"The queue is full ({most:,} messages wait): waiting for the workers. Is one running?",
                style="yellow",
            )
            told.append(True)

    return waiting


@click.command()
@paths_argument
@batch_option("Files")
@click.option(
    "--when-full",
    type=click.Choice(["wait", "refuse"]),
    default="wait",
    show_default=True,
    help="Wait until the queue has room, or end with exit code 5.",
)
@output.json_option
def enqueue(paths: Sequence[Path | str], batch: int | None, when_full: str, *, as_json: bool) -> None:
    """Put files, and all files of folders, on the queue.

    Workers take them from there. Hidden files are left out; an address is for the worker to fetch.
    """
    try:
        count = send(paths, batch, wait=when_full == "wait", waiting=tell_once())
    except QueueFull as full:
        if as_json:
            output.emit({"enqueued": full.sent, "full": True, "first_refused": full.first})
        raise
    depth = bootstrap.mailbox().depth()
    if not count:
        raise no_file(paths)
    if as_json:
        output.emit({"enqueued": count, "waiting": depth.waiting, "held": depth.held})
    else:
        output.stdout.print(
            f"Files enqueued: {count}. Messages that wait: {depth.waiting}, in hand: {depth.held}."
        )
    if not bootstrap.settings().redis_url and not depth.held:
        output.stderr.print("If no worker runs they wait: start one with `newsloom worker`.", style="yellow")


@click.command()
@paths_argument
@batch_option("Files", 20)  # few, for a small folder shall go to all processes
@concurrency_option
@output.json_option
def run(paths: Sequence[Path | str], batch: int, concurrency: int | None, *, as_json: bool) -> None:
    """Ingest files with workers of its own, and show the events.

    All files of folders, too; hidden ones are left out. Its workers take whatever waits on the queue, and are counted
    with all that they did.
    """
    store = bootstrap.store()
    started = time.monotonic()
    log_path = bootstrap.settings().data_dir / "run.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log_path.open("ab") as log, running(concurrency, log) as worker:
            begin = log.tell()
            count = send(paths, batch, waiting=lambda: _demand_alive(worker, log_path))
            if not count:
                raise no_file(paths)
            _drain(worker, log_path, quiet=as_json)
            _look_again(worker)
    except KeyboardInterrupt:
        output.stderr.print(
            "Interrupted. What is enqueued and not decided stays on the queue: run again, or start `newsloom worker`.",
            style="yellow",
            soft_wrap=True,
        )
        raise
    told = _told(log_path, begin)
    summary: dict[str, Any] = {
        "files": count,
        "stories": sum(told["outcomes"].values()),
        "outcomes": told["outcomes"],
        "quarantined": told["quarantined"],
        "second_look": told["second_look"],
        "events": store.stats()["events"],
        "seconds": round(time.monotonic() - started, 3),
        "log": str(log_path),
    }
    if as_json:
        output.emit(summary)
        return
    show_events(largest(store.events()), summary["events"])
    _summarise(summary)


def _told(log_path: Path, begin: int) -> dict[str, Any]:
    """What the workers' log says of this run, from the byte where it began."""
    outcomes = dict.fromkeys((outcome.value for outcome in Outcome), 0)
    quarantined = 0
    second_look = dict.fromkeys(_CHANGES, 0)
    with log_path.open("rb") as lines:
        lines.seek(begin)
        for line in lines:
            entry = output.loads(line) if line.startswith(b"{") and line.endswith(b"}\n") else {}
            if entry.get("event") == "story_decided":
                outcomes[entry["outcome"]] += 1
            elif entry.get("event") in {"file_quarantined", "record_quarantined"}:
                quarantined += 1
            elif entry.get("event") in _CHANGES:
                second_look[entry["event"]] += 1
    return {"outcomes": outcomes, "quarantined": quarantined, "second_look": second_look}


def _demand_alive(worker: Any, log_path: Path) -> None:
    if worker.poll() is not None:
        raise click.ClickException(
            f"The worker ended with code {worker.returncode}; {log_path} says why. "
            "What is enqueued stays on the queue: run again, or start `newsloom worker`."
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
        most = 0
        while not (depth := mailbox.depth()).drained:
            _demand_alive(worker, log_path)
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
            time.sleep(_LOOK_S)  # between two looks at a condition


def largest(events: "Iterator[EventSummary]") -> "list[EventSummary]":
    """Largest first, then latest."""
    return sorted(events, key=lambda e: (-e.size, -e.last_s, e.event))[:_EVENTS_SHOWN]


def show_events(events: "Sequence[EventSummary]", total: int) -> None:
    """The table of events, a line each."""
    room = max(20, output.stdout.width - _OTHER_COLUMNS)
    output.table(
        f"{total} events" + (f", the {len(events)} largest" if total > len(events) else ""),
        {
            "event": {"style": "cyan", "no_wrap": True},
            "size": {"justify": "right", "no_wrap": True},
            "lang": {"no_wrap": True},
            "latest": {"no_wrap": True},
            "title": {"ratio": 1},
        },
        (
            (
                e.event,
                e.size,
                e.language,
                output.day(e.last_s),
                textwrap.shorten(e.title, room, placeholder=" …"),
            )
            for e in events
        ),
    )


_CHANGES = {
    "event_merged": "events that turned out to be another",
    "event_split": "events that turned out to hold two",
    "story_moved": "stories moved by that",
}
_MEANING = {
    Outcome.REPEAT: "seen before, from the same place",
    Outcome.REVISION: "a new version of an article",
    Outcome.DUPLICATE: "a copy of another story",
    Outcome.ATTACH: "a further telling of an event",
    Outcome.OPEN: "opened an event",
}


def _summarise(summary: dict[str, Any]) -> None:
    counts = summary["outcomes"]
    output.stdout.print(
        f"{summary['files']} files, {summary['stories']} stories in {summary['seconds']:.1f} s:"
    )
    for outcome in Outcome:
        output.stdout.print(
            f"  {counts[outcome.value]:>6} {outcome.value:<9} {_MEANING[outcome]}", markup=False
        )
    if any(summary["second_look"].values()):
        output.stdout.print("and by a second look at them:")
        for kind, count in summary["second_look"].items():
            name = kind.partition("_")[2]
            output.stdout.print(f"  {count:>6} {name:<9} {_CHANGES[kind]}", markup=False)
    if summary["quarantined"]:
        output.stdout.print(
            f"{summary['quarantined']} in quarantine: `newsloom quarantine list` says why.",
            style="yellow",
            markup=False,
        )
    output.stdout.print(f"Every decision with its reasons: {summary['log']}", markup=False, soft_wrap=True)
