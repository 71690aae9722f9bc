"""``newsloom quarantine``: what could not be read."""

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, get_args

import click

from newsloom import bootstrap
from newsloom.addresses import GIVEN
from newsloom.cli import output
from newsloom.cli.feed import tell_once
from newsloom.core.identity import file_id
from newsloom.errors import Reason
from newsloom.mailbox import ARTICLES_BYTES
from newsloom.parcels import parcels
from newsloom.store.quarantine import Quarantined
from newsloom.telling import iso

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def quarantine() -> None:
    """List, retry or drop files that could not be read."""


_reason_option = click.option(
    "--reason",
    type=click.Choice(get_args(Reason)),
    metavar="REASON",
    help="Only those with this reason, such as missing.",
)
_messages_option = click.option(
    "--messages",
    is_flag=True,
    help="The refused messages: malformed, or newsloom crashed on them.",
)


def _selection(command: F) -> F:
    """What a command takes: files by name, of one reason or all; or the messages that lie aside."""
    for option in (
        output.json_option,
        _messages_option,
        _reason_option,
        click.option("--all", "everything", is_flag=True, help="All files that are in quarantine."),
        click.argument("files", nargs=-1, metavar="[FILE]..."),
    ):
        command = option(command)
    return command


@quarantine.command("list")
@_reason_option
@_messages_option
@output.json_option
def listing(*, reason: str | None, messages: bool, as_json: bool) -> None:
    """List what is in quarantine, with the reasons."""
    _demand_one_kind((), reason, everything=False, messages=messages)
    if messages:
        _list_messages(as_json=as_json)
        return
    entries = _for_reason(bootstrap.quarantine().entries(), reason)
    if as_json:
        for entry in entries:
            output.emit(
                {
                    "file": entry.file,
                    "record": entry.record,
                    "reason": entry.reason,
                    "detail": entry.detail,
                    "at": iso(entry.at_s),
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
        ((e.file, None if e.record is None else e.record + 1, e.reason, e.detail) for e in entries),
    )


def _list_messages(*, as_json: bool) -> None:
    found = bootstrap.asides().listed()
    if as_json:
        for each in found:
            output.emit(
                {
                    "queue": each.queue,
                    "at": iso(each.at_s),
                    "sent": iso(each.sent_s),
                    "why": each.why,
                    "message": each.begins,
                }
            )
        return
    output.table(
        output.counted(len(found), "refused message"),
        {"refused": {"no_wrap": True}, "why": {"style": "yellow", "ratio": 1}, "message": {"ratio": 1}},
        ((output.day(each.at_s), each.why, each.begins) for each in found),
    )


def _for_reason(listed: list[Quarantined], reason: str | None) -> list[Quarantined]:
    """Those that are there for a reason; all if it is None."""
    found = [entry for entry in listed if reason in {None, entry.reason}]
    if listed and not found:  # another may be meant
        reasons = sorted({entry.reason for entry in listed})
        output.stderr.print(f"No entry has reason {reason}; present: {', '.join(reasons)}.", style="yellow")
    return found


def _chosen(files: Sequence[str], reason: str | None, *, everything: bool) -> list[Quarantined]:
    listed = bootstrap.quarantine().entries()
    known = {entry.file for entry in listed}
    # As listed, or as it was submitted from this folder.
    named = {file: file if file in known else os.path.abspath(file) for file in files}
    place = {file: number for number, file in enumerate(named.values())}
    if reason is not None:
        return [entry for entry in _for_reason(listed, reason) if not files or entry.file in place]
    if everything:
        return listed
    if not files:
        raise click.UsageError(
            "Name files as `newsloom quarantine list` shows them, or give --reason REASON, --messages or --all."
        )
    missing = [file for file, name in named.items() if name not in known]
    if missing:
        output.stderr.print(
            f"Not in quarantine: {', '.join(missing)}. `newsloom quarantine list` shows what is.",
            style="red",
        )
        raise click.exceptions.Exit(output.NOT_FOUND)
    return sorted((entry for entry in listed if entry.file in place), key=lambda entry: place[entry.file])


@quarantine.command()
@_selection
def retry(
    files: Sequence[str], reason: str | None, *, everything: bool, messages: bool, as_json: bool
) -> None:
    """Enqueue files again; what still cannot be read comes back.

    A missing file that was decided before it was moved or deleted is only taken off the list.
    """
    _demand_one_kind(files, reason, everything=everything, messages=messages)
    if messages:
        _told_messages("retried", bootstrap.asides().retry(), as_json=as_json)
        return
    listed = _chosen(files, reason, everything=everything)
    chosen = [entry for entry in listed if entry.reason != "no_path"]
    if lost := len(listed) - len(chosen):
        output.stderr.print(
            f"Not retried: {output.counted(lost, 'name')} in messages that {'is not a path' if lost == 1 else 'are not paths'}; send the right {'one' if lost == 1 else 'ones'}.",
            style="yellow",
        )
    if gone := _decided_and_gone(chosen):
        bootstrap.quarantine().release(gone)
        output.stderr.print(
            f"Taken off the list: {output.counted(len(gone), 'file that was', 'files that were')} decided before "
            f"{'it' if len(gone) == 1 else 'they'} went missing: "
            f"{', '.join(_files(gone)[:10])}.",
            style="yellow",
        )
        off = frozenset(gone)
        chosen = [entry for entry in chosen if entry not in off]
    articles, forgotten = _articles(chosen)
    if forgotten:
        output.stderr.print(
            f"Not retried: {output.counted(len(forgotten), 'article')} whose text is no longer kept; send again: "
            f"{', '.join(forgotten[:10])}.",
            style="yellow",
        )
        chosen = [entry for entry in chosen if entry.file in articles or not entry.file.startswith(GIVEN)]
    # On the queue first: a death in between leaves a file in both places, never in neither.
    outbox, waiting = bootstrap.outbox(), tell_once()
    paths = dict.fromkeys(entry.path for entry in chosen if entry.file not in articles)
    outbox.send(([path] for path in paths), waiting=waiting)
    most = bootstrap.settings().message_files
    for batch in parcels(articles.values(), most, size=len, most_size=ARTICLES_BYTES):
        outbox.put([outbox.items(batch)], waiting)
    # A worker may have been there already: what it has put back on the list is another entry.
    bootstrap.quarantine().release(chosen)
    _told("retried", chosen, as_json=as_json)


@quarantine.command()
@_selection
def drop(
    files: Sequence[str], reason: str | None, *, everything: bool, messages: bool, as_json: bool
) -> None:
    """Take files off the list. The files themselves are not touched."""
    _demand_one_kind(files, reason, everything=everything, messages=messages)
    if messages:
        _told_messages("dropped", bootstrap.asides().drop(), as_json=as_json)
        return
    chosen = _chosen(files, reason, everything=everything)
    bootstrap.quarantine().release(chosen)
    bootstrap.kept().forget([file for file in _files(chosen) if file.startswith(GIVEN)])
    _told("dropped", chosen, as_json=as_json)


def _articles(entries: Sequence[Quarantined]) -> tuple[dict[str, bytes], list[str]]:
    """The articles of messages among them as JSON, by name; and the names of those that are not kept any more."""
    names = [file for file in _files(entries) if file.startswith(GIVEN)]
    texts = dict(zip(names, bootstrap.kept().find(names), strict=True))
    known = {name: text for name, text in texts.items() if text is not None}
    return known, [name for name in names if name not in known]


def _decided_and_gone(entries: Sequence[Quarantined]) -> list[Quarantined]:
    """Of files that are missing those of which nothing is missed: their message came again after they were put away."""
    missing = [one for one in entries if one.reason == "missing" and not os.path.lexists(one.path)]
    decided = bootstrap.store().decided([file_id(one.path, one.record or 0) for one in missing])
    return [one for one, known in zip(missing, decided, strict=True) if known]


def _files(entries: Sequence[Quarantined]) -> list[str]:
    """Each file once, however many of its records are listed."""
    return list({entry.path: entry.file for entry in entries}.values())


def _demand_one_kind(files: Sequence[str], reason: str | None, *, everything: bool, messages: bool) -> None:
    """What is asked for besides would be passed over, and more retried or dropped than was meant."""
    if messages and (files or everything or reason is not None):
        raise click.UsageError(
            "--messages means all refused messages: they have no file or reason to choose by. Leave those out."
        )
    if everything and files:
        raise click.UsageError("--all includes the files named: leave out one or the other.")


def _told_messages(what: str, count: int, *, as_json: bool) -> None:
    if as_json:
        output.emit({what: count})
    else:
        output.stdout.print(f"{output.counted(count, 'message')} {what}.")


def _told(what: str, entries: Sequence[Quarantined], *, as_json: bool) -> None:
    files = _files(entries)
    if as_json:
        output.emit({what: files})
    else:
        output.stdout.print(f"{len(files)} {what}.")
