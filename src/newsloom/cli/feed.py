"""``enqueue``: files in, and what every command that takes files shares."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from newsloom import bootstrap
from newsloom.addresses import is_address
from newsloom.cli import output
from newsloom.errors import QueueFull
from newsloom.outbox import nothing
from newsloom.parcels import parcels


class PathOrAddress(click.Path):
    """A path that there is, or an address, which only a worker looks at."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and is_address(value):
            return value
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:  # before the first of them is sent
            self.fail(f"{error.message} Nothing was enqueued.", param, ctx)


paths_argument = click.argument(
    "paths", nargs=-1, required=True, type=PathOrAddress(exists=True, path_type=Path), metavar="PATH..."
)


def batch_option(what: str, default: int | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--batch``; without a default the setting holds."""
    told = "" if default else "; default: NEWSLOOM_MESSAGE_FILES"
    return click.option(
        "--batch",
        type=click.IntRange(1, 10_000),
        default=default,
        show_default=default is not None,
        help=f"{what} per message, at most{told}.",
    )


def no_file(paths: Sequence[Path | str]) -> click.ClickException:
    """What is said where nothing was found."""
    return click.ClickException(
        f"No file found in {', '.join(map(str, paths))}; hidden files are skipped. Give other folders."
    )


def _unreadable(error: OSError) -> None:
    output.stderr.print(
        f"The folder {error.filename} is skipped: {error.strerror}. Make it readable for this user.",
        style="red",
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
    batches = parcels(article_files(paths), batch or chosen.message_files, age_s=chosen.message_age_s)
    return bootstrap.outbox().send(batches, base=os.getcwd(), wait=wait, waiting=waiting)


def tell_once() -> Callable[[], None]:
    """Says on standard error that the queue is full, when first called."""
    told: list[bool] = []

    def waiting() -> None:
        if not told:
            most = bootstrap.settings().queue_max
            output.stderr.print(
                f"The queue is full ({most:,} messages): waiting for the workers. Is one running?",
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
    help="If the queue is full: wait for room, or exit with code 5.",
)
@output.json_option
def enqueue(paths: Sequence[Path | str], batch: int | None, when_full: str, *, as_json: bool) -> None:
    """Put files, and all files in folders, on the queue.

    Workers take them from there. Hidden files are left out; URLs are fetched by the worker.
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
        output.emit(
            {"enqueued": count, "waiting": depth.waiting, "held": depth.held, "workers": depth.workers}
        )
    else:
        output.stdout.print(
            f"Files enqueued: {count}. Messages waiting: {depth.waiting}; in progress: {depth.held}."
        )
    if not depth.workers and not depth.held:
        output.stderr.print(
            "No worker is ready: start one with `newsloom worker`. One that was just started takes some seconds.",
            style="yellow",
        )
