"""``newsloom train``: the join rule, fitted to your own labels."""

import json
import shlex
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import click

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.cli.labels import (
    demand_folder,
    demand_names,
    demand_no_labels,
    labelled_options,
    labels_of,
    policy_option,
    unread_dates,
)
from newsloom.core.policy import Policy
from newsloom.evaluate import Report
from newsloom.log import configure
from newsloom.train import Trained, mean_f1
from newsloom.train import train as run


@click.command()
@labelled_options
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Policy file to write.",
)
@policy_option("Policy to start from")
@click.option("--no-held-out", is_flag=True, help="Skip the scores on held-out events.")
@output.json_option
def train(
    files: tuple[Path, ...],
    target: Path,
    policy: Policy,
    *,
    field: str | None,
    skip_bad: bool,
    no_held_out: bool,
    as_json: bool,
) -> None:
    """Fit the join rule to your own labels.

    Writes a policy file. LABELLED are as for `newsloom evaluate`. Each file weighs the same, however large. Only the
    rule's coefficients change; everything else is kept from the policy that it starts from.
    """
    if find_spec("scipy") is None:  # asked for here, before the work begins
        raise click.ClickException("train needs scipy: pip install 'newsloom[train]'")
    demand_folder("--output", target)
    demand_no_labels("--output", target, files)
    names = [file.name for file in files]
    demand_names(names, "the policy lists its training files by name")
    configure(bootstrap.settings(), lambda: sys.stderr)
    labels = {file.name: labels_of(file, field, skip_bad=skip_bad) for file in files}
    sets = {name: found.items for name, found in labels.items()}
    for file in files:
        unread_dates(file, sets[file.name])
    with output.status(quiet=as_json) as say:
        try:
            trained = run(
                sets,
                policy,
                when=datetime.now(UTC).date().isoformat(),
                held_out=not no_held_out,
                step=say,
            )
        except ValueError as error:
            raise click.ClickException(f"{', '.join(names)}: {error}") from error
    try:
        target.write_text(json.dumps(asdict(trained.policy), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"--output {target}: {error}") from error
    if as_json:
        left_out = {name: len(found.left_out) for name, found in labels.items()}
        output.emit({"policy": trained.policy.version, **trained.policy.provenance, "left_out": left_out})
    else:
        _show(trained, policy, target)


def _show(trained: Trained, policy: Policy, target: Path) -> None:
    right = {"justify": "right"}
    columns = ("articles", "F1, fitted on it", "F1, other half", "before, same half")
    output.table(
        f"Policy {trained.policy.version}, in {target}",
        {"set": {}, **dict.fromkeys(columns, right)},
        (
            (
                name,
                report.documents,
                f"{report.bcubed.f1:.4f}",
                _mean(trained.held_out[name]),
                _mean(trained.before[name]),
            )
            for name, report in trained.fitted.items()
        ),
    )
    if trained.dropped:
        output.stdout.print(f"Views that no longer count (coefficient 0): {', '.join(trained.dropped)}.")
    use = f"Use it: NEWSLOOM_POLICY={shlex.quote(str(target))}."
    if not any(trained.held_out.values()):
        output.stdout.print(f"{use} Expect lower scores on articles that it was not fitted on.")
        return
    output.stdout.print(
        "Compare the last two columns only with each other: half of the events, without the articles of the others, "
        "are easier than all of them."
    )
    shipped = policy.version == Policy.load().version
    before = "the shipped one" if shipped else f"policy {policy.version}, which it started from"
    output.stdout.print(
        f"On events that it was not fitted on it gains {trained.gain:.4f} over {before}. {use}"
        if round(trained.gain, 4) > 0
        else f"On events that it was not fitted on it does no better than {before}: keep using that one."
    )


def _mean(reports: list[Report]) -> str:
    return f"{mean_f1(reports):.4f}" if reports else ""
