"""``newsloom quarantine``: what could not be read."""

from collections.abc import Sequence

import click

from newsloom import bootstrap
from newsloom.cli import output


@click.group()
def quarantine() -> None:
    """Files that could not be read: list them, try them again, or drop them from the list."""


@quarantine.command("list")
@output.json_option
def listing(*, as_json: bool) -> None:
    """List what is in quarantine, with the reasons."""
    entries = bootstrap.store().quarantined()
    if as_json:
        for entry in entries:
            output.emit(
                {
                    "file": entry.file,
                    "record": entry.record,
                    "reason": entry.reason,
                    "detail": entry.detail,
                    "at": output.day(entry.at_s),
                }
            )
        return
    output.table(
        f"{len(entries)} in quarantine",
        {
            "file": {"overflow": "fold"},
            "record": {"justify": "right"},
            "reason": {"style": "yellow"},
            "detail": {"ratio": 1},
        },
        ((e.file, e.record, e.reason, e.detail) for e in entries),
    )


def _chosen(files: Sequence[str], *, everything: bool) -> list[str]:
    known = list(dict.fromkeys(entry.file for entry in bootstrap.store().quarantined()))
    if everything:
        return known
    if not files:
        raise click.UsageError("Name files as `newsloom quarantine list` shows them, or say --all.")
    missing = [file for file in files if file not in known]
    if missing:
        output.stderr.print(f"Not in quarantine: {', '.join(missing)}", style="red", markup=False)
        raise click.exceptions.Exit(output.NOT_FOUND)
    return list(files)


@quarantine.command()
@click.argument("files", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that are in quarantine.")
@output.json_option
def retry(files: Sequence[str], *, everything: bool, as_json: bool) -> None:
    """Enqueue files again; those that still cannot be read come back."""
    # A message that was no message names no file: its sender has to send it again.
    chosen = [file for file in _chosen(files, everything=everything) if not file.startswith("message:")]
    before = set(bootstrap.store().quarantined())
    # On the queue first: a death in between leaves a file in both places, never in neither.
    bootstrap.mailbox().send([[file] for file in chosen])
    # A worker may have been there already: what it has put back on the list stays.
    again = {entry.file for entry in set(bootstrap.store().quarantined()) - before}
    for file in chosen:
        if file not in again:
            bootstrap.store().release(file)
    _told("retried", chosen, as_json=as_json)


@quarantine.command()
@click.argument("files", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that are in quarantine.")
@output.json_option
def drop(files: Sequence[str], *, everything: bool, as_json: bool) -> None:
    """Take files off the list. The files themselves are not touched."""
    chosen = _chosen(files, everything=everything)
    for file in chosen:
        bootstrap.store().release(file)
    _told("dropped", chosen, as_json=as_json)


def _told(what: str, files: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        output.emit({what: list(files)})
    else:
        output.stdout.print(f"{len(files)} {what}.")
