"""The picture that ``evaluate --plot`` draws: scores by thresholds around the policy's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from newsloom.cli import output
from newsloom.cli.labels import demand_folder
from newsloom.core.policy import Policy
from newsloom.evaluate import Report

STEPS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)  #: logits from it


def points(sweep: Mapping[float, Report]) -> list[dict[str, Any]]:
    """The points of a picture, as JSON."""
    return [
        {"threshold": at, "found_events": row["found_events"]}
        | {name: row[name] for name in ("bcubed_as_told", "bcubed")}
        for at, row in ((at, report.row()) for at, report in sweep.items())
    ]


def picture_file(plot: Path) -> Path:
    """Where the picture goes; the command ends, before the work begins, where none can be drawn there."""
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


def draw(target: Path, sweep: Mapping[float, Report], policy: Policy, name: str) -> None:
    """Precision, recall and F1 of a file over the threshold."""
    from matplotlib.figure import Figure

    thresholds, reports = list(sweep), list(sweep.values())
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.add_subplot()
    for what, colour in (("precision", "C0"), ("recall", "C1"), ("f1", "C2")):
        label = "F1" if what == "f1" else what
        after = [getattr(report.bcubed, what) for report in reports]
        told = [getattr(report.bcubed_as_told, what) for report in reports]
        axes.plot(thresholds, after, color=colour, marker="o", label=label)
        if told != after:
            axes.plot(
                thresholds, told, color=colour, linestyle="--", alpha=0.6, label=f"{label}, as first decided"
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
