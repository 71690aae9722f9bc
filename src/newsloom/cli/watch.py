"""``newsloom watch``: a folder that scrapers drop files into."""

import contextlib
import os
from pathlib import Path

import click
import structlog

from newsloom import bootstrap
from newsloom.cli.feed import batch_option
from newsloom.cli.stop import Stop, Stopped
from newsloom.handover import Plan
from newsloom.log import configure

log = structlog.get_logger()


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
@click.option(
    "--move-to",
    type=click.Path(file_okay=False, path_type=Path),
    help="Move each complete file to this folder before it is enqueued; without this, files stay. "
    "It is created if its parent exists.",
)
@click.option(
    "--settle",
    "settle_s",
    type=click.FloatRange(0.1, 3600),
    default=2.0,
    show_default=True,
    help="Seconds without a change after which a file is complete.",
)
@batch_option("Files", 20)
def watch(folder: Path, move_to: Path | None, settle_s: float, batch: int) -> None:
    """Enqueue the files in a folder as they arrive.

    Includes all folders below it, and runs until SIGTERM. Files that arrived while nothing was watching are found at
    the start. Hidden files and those that end in .part, .tmp and the like are skipped until they are renamed.
    """
    target = None if move_to is None else _target(folder, move_to)
    plan = Plan(os.path.abspath(folder), batch, settle_s, target)
    configure(bootstrap.settings())
    stop = Stop()
    watching = stop.until_there(lambda: bootstrap.watch(plan, stop.waiting))
    if watching is None:
        return
    log.info("watch_started", folder=plan.folder, move_to=plan.move_to)
    with contextlib.suppress(Stopped):
        watching.run(stop)
    log.info("watch_stopped", folder=plan.folder, files=watching.sent)


def _target(folder: Path, move_to: Path) -> str:
    try:
        move_to.mkdir(exist_ok=True)
    except FileNotFoundError:  # several levels are more likely mistyped than meant
        raise click.UsageError(
            f"--move-to: the folder {move_to.parent} does not exist. Create it first, or give another."
        ) from None
    except OSError as error:
        raise click.UsageError(
            f"--move-to: the folder {move_to} cannot be created: {error.strerror}. Create it first, or give another."
        ) from error
    if folder.resolve().is_relative_to(move_to.resolve()):
        raise click.UsageError("--move-to must not be the watched folder or a folder that contains it.")
    if folder.stat().st_dev != move_to.stat().st_dev:
        raise click.UsageError(
            "--move-to must be on the same file system as the watched folder, so that files move atomically."
        )
    if (inside := move_to.resolve()).is_relative_to(watched := folder.resolve()):
        # By the name that a scan of the folder meets it under: what is moved must not be found as new.
        return os.path.join(os.path.abspath(folder), inside.relative_to(watched))
    return os.path.abspath(move_to)
