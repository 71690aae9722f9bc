"""``newsloom evaluate``: how well does it do on your own labels?"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.cli.feed import article_files
from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.core.scores import Score
from newsloom.errors import BadFile
from newsloom.evaluate import LOOK_EVERY, Labelled, Report, labelled, shuffled_within_days
from newsloom.evaluate import evaluate as run
from newsloom.log import configure
from newsloom.readers import Limits, read

_STEPS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)


labelled_argument = click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="LABELLED...",
)


def policy_option(told: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--policy FILE``, of which the command is given the policy."""
    return click.option(
        "--policy",
        type=click.Path(exists=True, path_type=Path),
        callback=lambda _, __, file: bootstrap.read_policy(file) if file else bootstrap.policy(),
        help=f"{told}; NEWSLOOM_POLICY, or the shipped one, if not given.",
    )


@click.command()
@labelled_argument
@policy_option("Policy to judge")
@click.option(
    "--shift", type=float, default=0.0, help="Move the score that an event has to reach by this many logits."
)
@click.option("--first", type=click.IntRange(1), help="Judge this many articles of each file, the earliest.")
@click.option(
    "--warm",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="Learn from these articles first, as `newsloom warm` does, except those to be judged.",
)
@click.option(
    "--shuffle-within-day", "seed", type=int, help="Shuffle the articles of each day with this seed."
)
@click.option("--no-look", is_flag=True, help="Leave out the second look.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw precision and recall over the threshold.")
@click.option(
    "--assignments",
    "found",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write which event each article was put in, as JSON lines.",
)
@output.json_option
def evaluate(
    files: tuple[Path, ...],
    *,
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
    """Score the events found in articles that you labelled.

    LABELLED are JSON lines with the fields of an article and "label", the event; .gz is fine. Nothing of
    it goes to a server. --assignments writes id, label and event of each article, in the order decided; the id is
    the article's own, else the file and the record in it, from 0. Of several LABELLED each has a file or picture of
    its own.
    """
    try:
        policy = replace(policy, threshold=policy.threshold + shift)
    except ValueError as error:
        raise click.UsageError(f"--shift {shift}: {error}") from error
    pictures = [None] * len(files) if plot is None else _of_each(_picture(plot), files)
    targets = [None] * len(files) if found is None else _assignments(found, files)
    configure(bootstrap.settings(), lambda: sys.stderr)
    for file, picture, target in zip(files, pictures, targets, strict=True):
        items = labelled(file)[:first]
        if seed is not None:
            items = shuffled_within_days(items, seed)

        def judge(policy: Policy, name: str, items: Sequence[Labelled] = items) -> Report:
            with Progress(console=output.stderr, disable=as_json, transient=True) as progress:
                task = progress.add_task(name, total=len(items))
                return run(
                    items,
                    policy,
                    look_every=0 if no_look else LOOK_EVERY,
                    warm=_archive(warm),
                    seen=lambda number: progress.update(task, completed=number),
                )

        report = judge(policy, file.name)
        if as_json:
            output.emit({"file": str(file), **report.row()})
        else:
            _show(file, report, look=not no_look)
        if target:
            _write(target, items, report)
        if picture:
            _draw(picture, judge, policy, file.name)


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


def _show(file: Path, report: Report, *, look: bool) -> None:
    scores: list[tuple[str, Score]] = [("BCubed, as told at once", report.told)]
    if look:
        scores.append(("BCubed, after the second look", report.bcubed))
    scores.append(("pairs of articles" + (", after it" if look else ""), report.pairwise))
    warmed = f", {report.warmed} learned from before" if report.warmed else ""
    output.table(
        f"{file.name}: {output.counted(report.documents, 'article')}{warmed}, "
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
        f"Articles seen as several stories: {report.split}."
        + (f" Events by the second look: {changes}." if changes else ""),
    )
    if report.worst:
        output.table(
            "The events that cost most",
            {
                "label": {"ratio": 1},
                "size": {"justify": "right"},
                "F1": {"justify": "right"},
                "why": {"ratio": 2},
            },
            ((row.label, row.size, f"{row.f1:.2f}", why) for row, why in report.worst),
        )


def demand_names(names: Sequence[object], because: str) -> None:
    """The command ends where two files have one name; ``because`` says what the names are needed for."""
    if len(set(names)) < len(names):
        raise click.UsageError(f"two of the files have the same name: rename one, {because}")


def demand_folder(option: str, target: Path) -> None:
    """The command ends, before the work begins, where the folder of what it is to write is missing."""
    if not target.absolute().parent.is_dir():
        raise click.UsageError(f"{option} {target}: there is no folder {target.absolute().parent}")


def demand_no_labels(option: str, target: Path, files: Sequence[Path]) -> None:
    """The command ends where it would write over the labels."""
    if target.exists() and any(target.samefile(file) for file in files):
        raise click.UsageError(f"{option} {target}: this is a file of labels, and would be overwritten")


def _of_each(target: Path, files: Sequence[Path]) -> list[Path]:
    """What is written of each file: with several, it is named after it."""
    if len(files) == 1:
        return [target]
    targets = [target.with_stem(f"{target.stem}-{file.stem}") for file in files]
    demand_names(targets, "what is written of each is named after it")
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
                row = {"id": item.article.id or item.article.path, "label": item.label, "event": event}
                file.write(output.json_line(row))
        part.replace(target)
    except OSError as error:
        raise click.UsageError(f"--assignments {target}: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    output.stderr.print(f"Assignments: {target}")


def _picture(plot: Path) -> Path:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise click.ClickException("--plot needs matplotlib: pip install 'newsloom[plot]'") from None
    demand_folder("--plot", plot)
    if not plot.suffix:
        return plot.with_suffix(".png")
    known = Figure().canvas.get_supported_filetypes()
    if plot.suffix[1:].lower() not in known:
        raise click.UsageError(f"--plot {plot}: this is not a picture format; use one of {', '.join(known)}")
    return plot


def _draw(target: Path, judge: Callable[[Policy, str], Report], policy: Policy, name: str) -> None:
    from matplotlib.figure import Figure

    thresholds = [policy.threshold + step for step in _STEPS]
    reports = [judge(replace(policy, threshold=at), f"{name} at {at:+.1f}") for at in thresholds]
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.add_subplot()
    for what, colour in (("precision", "C0"), ("recall", "C1"), ("f1", "C2")):
        label = "F1" if what == "f1" else what
        after = [getattr(report.bcubed, what) for report in reports]
        told = [getattr(report.told, what) for report in reports]
        axes.plot(thresholds, after, color=colour, marker="o", label=label)
        if told != after:
            axes.plot(
                thresholds, told, color=colour, linestyle="--", alpha=0.6, label=f"{label}, as told at once"
            )
    axes.axvline(policy.threshold, color="grey", linestyle=":", label="policy")
    axes.set(xlabel="threshold, logits", ylabel="BCubed", title=name)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    try:
        figure.savefig(target, dpi=120)
    except OSError as error:
        raise click.UsageError(f"--plot {target}: {error}") from error
    output.stderr.print(f"Plot: {target}")
