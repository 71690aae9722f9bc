"""``newsloom evaluate``: how well does it do on your own labels?"""

from dataclasses import replace
from pathlib import Path

import click
from rich.progress import Progress

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.core.policy import Policy
from newsloom.core.scores import Worst
from newsloom.evaluate import LOOK_EVERY, Labelled, Report, labelled
from newsloom.evaluate import evaluate as run

_STEPS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--policy", "policy_file", type=click.Path(exists=True, path_type=Path), help="Policy to judge."
)
@click.option("--threshold", type=float, help="Logits to use in place of the policy's threshold.")
@click.option("--no-look", is_flag=True, help="Leave out the second look.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw precision and recall over the threshold.")
@output.json_option
def evaluate(
    files: tuple[Path, ...],
    policy_file: Path | None,
    threshold: float | None,
    plot: Path | None,
    *,
    no_look: bool,
    as_json: bool,
) -> None:
    """Run the decision code over labelled articles and score the events it finds.

    FILES are JSON lines with the fields of an article and "label", the event; .gz is fine. Nothing of
    it goes to a server.
    """
    policy = bootstrap.read_policy(policy_file) if policy_file else bootstrap.policy()
    if threshold is not None:
        policy = replace(policy, threshold=threshold)
    for file in files:
        items = labelled(file)
        report = _run(items, policy, file.name, look=not no_look, quiet=as_json)
        if as_json:
            output.emit({"file": str(file), **report.row()})
        else:
            _show(file, report)
        if plot:
            target = plot if len(files) == 1 else plot.with_stem(f"{plot.stem}-{file.stem}")
            _draw(target, items, policy, file.name, quiet=as_json)


def _run(items: list[Labelled], policy: Policy, name: str, *, look: bool = True, quiet: bool) -> Report:
    with Progress(console=output.stderr, disable=quiet, transient=True) as progress:
        task = progress.add_task(name, total=len(items))
        return run(
            items,
            policy,
            look_every=LOOK_EVERY if look else 0,
            seen=lambda number: progress.update(task, completed=number),
        )


def _show(file: Path, report: Report) -> None:
    output.table(
        f"{file.name}: {report.documents} articles, {report.gold_events} labelled events, "
        f"{report.found_events} found, policy {report.policy}",
        {
            "": {},
            "precision": {"justify": "right"},
            "recall": {"justify": "right"},
            "F1": {"justify": "right"},
        },
        (
            (name, f"{score.precision:.4f}", f"{score.recall:.4f}", f"{score.f1:.4f}")
            for name, score in (
                ("BCubed, as told at once", report.told),
                ("BCubed, after the second look", report.bcubed),
                ("pairwise, after the second look", report.pairwise),
            )
        ),
    )
    output.stdout.print(
        f"Largest event: {report.largest_found} articles, {report.largest_gold} by label. "
        f"Articles seen as several stories: {report.split}.",
        markup=False,
    )
    if report.worst:
        output.table(
            "The events that cost most",
            {
                "label": {"ratio": 1},
                "size": {"justify": "right"},
                "F1": {"justify": "right"},
                "why": {"ratio": 1},
            },
            ((row.label, row.size, f"{row.f1:.2f}", _why(row)) for row in report.worst),
        )


def _why(row: Worst) -> str:
    reasons = []
    if row.pieces > 1:
        reasons.append(f"in {row.pieces} pieces")
    if row.strangers:
        reasons.append(f"with {row.strangers} of other events")
    return ", ".join(reasons)


def _draw(target: Path, items: list[Labelled], policy: Policy, name: str, *, quiet: bool) -> None:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise click.ClickException("--plot needs matplotlib: pip install 'newsloom[plot]'") from None
    thresholds = [policy.threshold + step for step in _STEPS]
    scores = [
        _run(items, replace(policy, threshold=at), f"{name} at {at:+.1f}", quiet=quiet).bcubed
        for at in thresholds
    ]
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(thresholds, [score.precision for score in scores], marker="o", label="precision")
    axes.plot(thresholds, [score.recall for score in scores], marker="o", label="recall")
    axes.plot(thresholds, [score.f1 for score in scores], marker="o", label="F1")
    axes.axvline(policy.threshold, color="grey", linestyle=":", label="policy")
    axes.set(xlabel="threshold, logits", ylabel="BCubed", title=name)
    axes.grid(alpha=0.3)
    axes.legend()
    try:
        figure.savefig(target, dpi=120)
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--plot {target}: {error}") from error
    output.stderr.print(f"Plot: {target}", markup=False)
