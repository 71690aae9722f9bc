"""``newsloom warm``: an archive teaches, and opens no event."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.cli.feed import article_files, no_file
from newsloom.warming import Refused, Taught, Undated

_REFUSED_SHOWN = 20


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH..."
)
@output.json_option
def warm(paths: Sequence[Path], *, as_json: bool) -> None:
    """Learn from an archive before the first story arrives.

    From then on it knows which words, lines and openings are commonplace; the caution of an empty index remains. PATHs
    are article files, labelled or not, or folders of them. No event is opened and nothing is put on the stream.
    Articles already learned from or decided are skipped, so you may submit an archive again, also after an
    interruption. Exit code 1 if nothing could be read.
    """
    counts: Counter[str] = Counter()
    refused: list[Refused] = []
    unread = output.Unread()
    with output.status(quiet=as_json) as say:
        for each in bootstrap.warming().files(article_files(paths), bootstrap.limits()):
            if isinstance(each, Undated):
                unread.add(1, each.date, each.file)
                continue
            if isinstance(each, Refused):
                counts["refused"] += 1
                if len(refused) < _REFUSED_SHOWN:
                    refused.append(each)
            else:
                counts[each] += 1
            say(
                f"{output.counted(counts[Taught.LEARNED], 'article')} learned from, "
                f"{counts[Taught.KNOWN]} known, {counts['refused']} refused"
            )
    if not counts:
        raise no_file(paths)
    if as_json:
        output.emit(
            {
                **{taught.value: counts[taught] for taught in Taught},
                "refused": counts["refused"],
                "refused_first": [_row(each) for each in refused],
                **unread.row(),
            }
        )
    else:
        _show(counts, refused)
        unread.show()
    if not counts[Taught.LEARNED] + counts[Taught.KNOWN]:
        raise click.exceptions.Exit(output.FAILED)


def _row(each: Refused) -> dict[str, object]:
    return {"file": each.file, "record": each.record, "reason": each.reason, "detail": each.detail}


def _show(counts: Counter[str], refused: Sequence[Refused]) -> None:
    output.stdout.print(
        f"{output.counted(counts[Taught.LEARNED], 'article')} learned from; "
        f"{counts[Taught.KNOWN]} already known, not counted twice.",
    )
    for each in refused:
        place = each.file if each.record is None else f"{each.file}, record {each.record + 1}"
        output.stderr.print(output.plain(f"{place}: {each.reason}: {each.detail}"), style="yellow")
    if counts["refused"] > len(refused):
        output.stderr.print(
            f"and {counts['refused'] - len(refused)} more that cannot be read.", style="yellow"
        )
