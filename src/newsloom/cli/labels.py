"""What ``evaluate`` and ``train`` are given: labelled articles, a policy to begin with, places to write to."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.labels import BAD_SHOWN, Labelled, Labels, place_told, read_labels


def labelled_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``LABELLED...``, and how they are read: see ``labels_of``."""
    for option in (
        click.option(
            "--skip-bad",
            is_flag=True,
            help="Skip records that are not labelled articles, instead of failing on them.",
        ),
        click.option(
            "--label-field",
            "field",
            metavar="NAME",
            help="Field that names the event; default: label, else event_id or cluster.",
        ),
        click.argument(
            "files",
            nargs=-1,
            required=True,
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="LABELLED...",
        ),
    ):
        command = option(command)
    return command


def policy_option(told: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--policy FILE``, of which the command is given the policy."""
    return click.option(
        "--policy",
        type=click.Path(exists=True, path_type=Path),
        callback=lambda _, __, file: bootstrap.read_policy(file) if file else bootstrap.policy(),
        help=f"{told}; default: NEWSLOOM_POLICY, else the shipped one.",
    )


def labels_of(file: Path, field: str | None, *, skip_bad: bool) -> Labels:
    """The labelled articles of a file; what of it is left out is named on standard error."""
    labels = read_labels(file, field, skip_bad=skip_bad)
    if not labels.items:
        raise click.ClickException(f"{file}: contains no usable labelled article.")
    for bad in labels.left_out[:BAD_SHOWN]:
        output.stderr.print(f"Left out: {place_told(file, bad)}", style="yellow")
    if (more := len(labels.left_out) - BAD_SHOWN) > 0:
        output.stderr.print(f"Left out: {output.counted(more, 'more record')} of {file}", style="yellow")
    return labels


def unread_dates(file: Path, items: Sequence[Labelled]) -> output.Unread:
    """The dates of these articles that were not understood, said once on standard error."""
    unread = output.Unread()
    for item in items:
        if item.article.unread_date is not None:
            unread.add(1, item.article.unread_date, str(file))
    unread.show(output.stderr)
    return unread


def demand_names(names: Sequence[object], because: str) -> None:
    """The command ends where two files have one name; ``because`` says what the names are needed for."""
    if len(set(names)) < len(names):
        raise click.UsageError(f"two of the files have the same name: rename one, because {because}")


def demand_folder(option: str, target: Path) -> None:
    """The command ends, before the work begins, where the folder of what it is to write is missing."""
    if not target.absolute().parent.is_dir():
        raise click.UsageError(f"{option} {target}: there is no folder {target.absolute().parent}")


def demand_no_labels(option: str, target: Path, files: Sequence[Path]) -> None:
    """The command ends where it would write over the labels."""
    if target.exists() and any(target.samefile(file) for file in files):
        raise click.UsageError(
            f"{option} {target}: this is a file of labels and would be overwritten: give another"
        )
