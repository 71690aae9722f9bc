"""``newsloom evaluate``: how well does it do on your own labels?"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
from rich.progress import Progress

from newsloom import __version__, bootstrap
from newsloom.cli import output
from newsloom.cli.feed import article_files
from newsloom.cli.labels import (
    demand_folder,
    demand_names,
    demand_no_labels,
    labelled_options,
    labels_of,
    policy_option,
    unread_dates,
)
from newsloom.cli.plot import STEPS, draw, picture_file, points
from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.core.scores import Score
from newsloom.errors import BadFile
from newsloom.evaluate import LOOK_EVERY, Report
from newsloom.evaluate import evaluate as run
from newsloom.labels import Labelled, Labels, shuffled_within_days
from newsloom.log import configure
from newsloom.readers import Limits, read


@click.command()
@labelled_options
@policy_option("Policy to evaluate")
@click.option(
    "--shift",
    type=float,
    default=0.0,
    help="Raise the score that an event must reach by this many logits (lower it if negative).",
)
@click.option(
    "--first",
    type=click.IntRange(1),
    help="Evaluate only the earliest articles of each file, at most this many.",
)
@click.option(
    "--warm",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="Learn from these articles first, as `newsloom warm` does, except those to be scored.",
)
@click.option(
    "--shuffle-within-day", "seed", type=int, help="Shuffle the articles of each day with this seed."
)
@click.option("--no-look", is_flag=True, help="Skip the second look.")
@click.option(
    "--plot",
    type=click.Path(path_type=Path),
    help=f"Plot precision and recall against the threshold; takes {len(STEPS)} times as long.",
)
@click.option(
    "--assignments",
    "found",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the event of each article to this file, as JSON lines.",
)
@output.json_option
def evaluate(
    files: tuple[Path, ...],
    *,
    field: str | None,
    skip_bad: bool,
    policy: Policy,
    shift: float,
    first: int | None,
    warm: tuple[Path, ...],
    seed: int | None,
    no_look: bool,
    plot: Path | None,
    found: Path | None,
    as_json: bool,
) -> None:
    """Score the events found against your own labels.

    LABELLED are files of JSON, CSV or Parquet with the fields of an article and "label", its event; .gz is fine.
    Everything runs locally, without a server. --assignments writes the id, label and event of each article, in the
    order decided; the id is the article's own, else the file and the number of the record, from 0. With several
    LABELLED, each gets its own assignments file and plot.
    """
    policy = _moved(policy, shift)
    pictures = [None] * len(files) if plot is None else _of_each(picture_file(plot), files)
    targets = [None] * len(files) if found is None else _assignments(found, files)
    configure(bootstrap.settings(), lambda: sys.stderr)
    judge = _Judge(look=not no_look, warm=warm, quiet=as_json)
    for file, picture, target in zip(files, pictures, targets, strict=True):
        labels = labels_of(file, field, skip_bad=skip_bad)
        items = labels.items[:first]
        unread = unread_dates(file, items)
        if seed is not None:
            items = shuffled_within_days(items, seed)

        report = judge(policy, file.name, items)
        if not as_json:
            _show(file, report, labels, unread, look=not no_look)
        _warn_of_headlines(file, report)
        if target:
            _write(target, items, report)
        sweep = judge.sweep(policy, file.name, items, report) if picture else {}
        if as_json:
            told = {
                "file": str(file),
                **report.row(),
                **unread.row(),
                "left_out": len(labels.left_out),
                "newsloom": __version__,
                "threshold": policy.threshold,
                "shift": shift,
                "first": first,
                "seed": seed,
                "look": not no_look,
                "warm": list(map(str, warm)),
            }
            output.emit(told | ({"sweep": points(sweep)} if picture else {}))
        if picture:
            draw(picture, sweep, policy, file.name)


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges policies, all in the same way."""

    look: bool
    warm: Sequence[Path]
    quiet: bool  #: whether no bar shows how far it is

    def __call__(self, policy: Policy, name: str, items: Sequence[Labelled]) -> Report:
        with Progress(console=output.stderr, disable=self.quiet, transient=True) as progress:
            task = progress.add_task(name, total=len(items))
            return run(
                items,
                policy,
                look_every=LOOK_EVERY if self.look else 0,
                warm=_archive(self.warm),
                seen=lambda number: progress.update(task, completed=number),
            )

    def sweep(
        self, policy: Policy, name: str, items: Sequence[Labelled], report: Report
    ) -> dict[float, Report]:
        """Reports by threshold, around that of the policy, whose report this is."""
        others = [replace(policy, threshold=policy.threshold + step) for step in STEPS]
        return {
            other.threshold: self(other, f"{name} at {other.threshold:+.1f}", items) if step else report
            for step, other in zip(STEPS, others, strict=True)
        }


def _warn_of_headlines(file: Path, report: Report) -> None:
    if report.headlines * 2 > report.documents:
        output.stderr.print(
            f"{file}: {report.headlines} of {output.counted(report.documents, 'article')} have only a headline and no text, "
            "as in an export of stories: the scores say little about full articles.",
            style="yellow",
        )


def _moved(policy: Policy, shift: float) -> Policy:
    try:
        return replace(policy, threshold=policy.threshold + shift)
    except ValueError as error:
        raise click.UsageError(f"--shift {shift}: {error}") from error


def _archive(paths: Sequence[Path]) -> Iterator[Article]:
    """The articles of files and folders; what of them cannot be read is named and left out."""
    for file in article_files(paths):
        try:
            for record in read(file, Limits()):
                if isinstance(record, Article):
                    yield record
                else:
                    _left_out(f"{file}, record {record.index + 1}", record.detail)
        except BadFile as error:
            _left_out(file, error.detail)


def _left_out(place: str, why: str) -> None:
    output.stderr.print(f"--warm leaves out {place}: {why}", style="yellow")


def _show(file: Path, report: Report, labels: Labels, unread: output.Unread, *, look: bool) -> None:
    scores: list[tuple[str, Score]] = [("BCubed, as first decided", report.bcubed_as_told)]
    if look:
        scores.append(("BCubed, after the second look", report.bcubed))
    scores.append(("pairs of articles" + (", after the second look" if look else ""), report.pairwise))
    rest = [
        f"{report.undated} undated"
        + (f" ({unread.count} with a date that was not understood)" if unread.count else ""),
        f"{output.counted(len(labels.left_out), 'record')} left out" if labels.left_out else "",
        f"{report.warmed} learned from before" if report.warmed else "",
    ]
    output.table(
        f"{file.name}: {output.counted(report.documents, 'article')}, {', '.join(filter(None, rest))}, "
        f"{output.counted(report.gold_events, 'labelled event')}, "
        f"{report.found_events} found, policy {report.policy}",
        {
            "": {},
            "precision": {"justify": "right"},
            "recall": {"justify": "right"},
            "F1": {"justify": "right"},
        },
        (
            (name, f"{score.precision:.4f}", f"{score.recall:.4f}", f"{score.f1:.4f}")
            for name, score in scores
        ),
    )
    changes = ", ".join(f"{count} {kind.partition('_')[2]}" for kind, count in sorted(report.changes.items()))
    output.stdout.print(
        f"Largest event: {output.counted(report.largest_found, 'article')}, {report.largest_gold} by label. "
        f"Articles split into several stories: {report.split}."
        + (f" Second look: events {changes}." if changes else ""),
    )
    if report.worst:
        output.table(
            "The events that cost the most F1",
            {
                "label": {"ratio": 1},
                "size": {"justify": "right"},
                "F1": {"justify": "right"},
                "why": {"ratio": 2},
            },
            ((row.label, row.size, f"{row.f1:.2f}", why) for row, why in report.worst),
        )


def _of_each(target: Path, files: Sequence[Path]) -> list[Path]:
    """What is written of each file: with several, it is named after it."""
    if len(files) == 1:
        return [target]
    targets = [target.with_stem(f"{target.stem}-{file.stem}") for file in files]
    demand_names(targets, "the files written are named after them")
    return targets


def _assignments(found: Path, files: Sequence[Path]) -> list[Path]:
    demand_folder("--assignments", found)
    targets = _of_each(found, files)
    for target in targets:
        demand_no_labels("--assignments", target, files)
    return targets


def _write(target: Path, items: Sequence[Labelled], report: Report) -> None:
    """The event of each article, all at once: who waits for the file finds it whole."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            for item, event in zip(items, report.events, strict=True):
                file.write(output.json_line({"id": item.id, "label": item.label, "event": event}))
        part.replace(target)
    except OSError as error:
        raise click.UsageError(f"--assignments {target}: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    output.stderr.print(f"Assignments: {target}")
