"""``merge``, ``move`` and ``forget``: what a person knows better. The program leaves it so."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import click
import structlog

from newsloom import bootstrap, byhand
from newsloom.cli import output
from newsloom.cli.named import known_event, known_story, stories_named
from newsloom.errors import Impossible
from newsloom.log import configure
from newsloom.reassigning import Changed

log = structlog.get_logger()

Records = Sequence[tuple[str, Mapping[str, Any]]]  #: type and record
P = ParamSpec("P")
T = TypeVar("T")


@click.command()
@click.argument("one", metavar="EVENT")
@click.argument("other", metavar="EVENT")
@output.json_option
def merge(one: str, other: str, *, as_json: bool) -> None:
    """Make one event of two; the older keeps its id. The second look does not split it, and may merge others with it."""
    changed = _possible(byhand.merge_events, bootstrap.store(), known_event(one), known_event(other))
    _tell(changed, as_json=as_json)


@click.command()
@click.argument("story_id", metavar="STORY")
@click.argument("event_id", metavar="EVENT|new")
@output.json_option
def move(story_id: str, event_id: str, *, as_json: bool) -> None:
    """Put a story into another event, or into a new one.

    Exactly that story moves. The others stay in their event, which keeps its id even if the story opened it. In the
    other event it comes last, and the second look neither splits that event nor merges it, until the story is moved back,
    which undoes the move. What moved to new is merged with nothing. An event whose only story leaves is merged into
    the other.
    """
    story = known_story(story_id)
    to = None if event_id == byhand.NEW else known_event(event_id, ", and new opens one")
    _tell(_possible(byhand.move_story, bootstrap.store(), story, to), as_json=as_json)


@click.command()
@click.argument("named", metavar="STORY|FILE|URL")
@click.option("--yes", is_flag=True, help="Do not ask.")
@output.json_option
def forget(named: str, *, yes: bool, as_json: bool) -> None:
    """Drop a story, or all versions of the stories of an article, for good.

    Its title and words, its record on the stream and its place in its event go. An article that is handed in
    again is decided anew. Files, logs, messages, those that were set aside too, and what others took from the stream
    are not touched: they are told by a record of type story_forgotten, and by one of type story_relinked for each
    story of its event that was a copy, a rewrite or a version of it. Versions of an article that says no address are all that came under the name
    of its file.
    """
    stories = stories_named(named, versions=0)
    if not yes:
        for story in stories:
            output.stderr.print(output.plain(f"{story.member.story}  {story.title or story.file}"))
        if not sys.stdin.isatty():  # what stands there may be meant for a loop around this
            raise click.UsageError("forget asks for confirmation, and this is not a terminal: add --yes.")
        click.confirm("Forget this for good?", abort=True, err=True)
    for story in stories:
        records = _possible(byhand.forget_story, bootstrap.store(), story)
        _log(records)
        if as_json:
            _emit(records)
            continue
        record = records[0][1]
        left, copies = record["size"], record["copies"]
        rest = f"lives on with {output.stories(left)}" if left else "is gone, it was alone there"
        kept = f", {copies} of them {'a copy' if copies == 1 else 'copies'} of it" if copies else ""
        output.stdout.print(f"Story {record['story']} is forgotten; event {record['event_id']} {rest}{kept}.")
    if aside := bootstrap.asides().count():
        output.stderr.print(
            f"{output.counted(aside, 'message')} set aside may hold the text as well: `newsloom quarantine list --messages` "
            "shows how they begin, `newsloom quarantine drop --messages` removes them.",
            style="yellow",
        )


def _possible(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return call(*args, **kwargs)
    except Impossible as error:
        raise click.UsageError(str(error)) from error


def _emit(records: Records) -> None:
    for kind, record in records:
        output.emit({"type": kind, **record})


def _log(records: Records) -> None:
    """A line each on standard error, as a worker logs what the second look changes; a person at a terminal is told."""
    if sys.stderr.isatty():
        return
    configure(bootstrap.settings(), lambda: sys.stderr)
    for kind, record in records:
        log.info(kind, **record)


def _tell(changed: Changed, *, as_json: bool) -> None:
    _log(changed.records)
    if as_json:
        _emit(changed.records)
        return
    stories = output.stories(sum(kind == "story_moved" for kind, _ in changed.records))
    moved = f"{stories} moved from event {changed.source} to {changed.target}"
    whole = f"Event {changed.source} is merged into {changed.target}, the one that lives on: {stories} moved."
    if changed.records[-1][1]["because"] == "moved":  # it was alone
        whole = f"{moved}. Event {changed.source} is empty and now points to {changed.target}."
    told = {
        "event_merged": whole,
        "event_split": f"{moved}, which is new.",
        "story_moved": f"{moved}.",
    }
    output.stdout.print(told[changed.kind])
    output.stdout.print("The second look leaves what is settled by hand alone.")
