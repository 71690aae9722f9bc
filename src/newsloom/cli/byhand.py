"""``merge`` and ``move``: what a person knows better. The program leaves these events alone from then on."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

from newsloom import bootstrap, byhand
from newsloom.cli import output
from newsloom.cli.named import known_event, known_story
from newsloom.errors import Impossible
from newsloom.reassigning import Changed

P = ParamSpec("P")
T = TypeVar("T")


@click.command()
@click.argument("one", metavar="EVENT")
@click.argument("other", metavar="EVENT")
@output.json_option
def merge(one: str, other: str, *, as_json: bool) -> None:
    """Make one event of two; the older keeps its id."""
    changed = _possible(byhand.merge_events, bootstrap.store(), known_event(one), known_event(other))
    _tell(changed, as_json=as_json)


@click.command()
@click.argument("story_id", metavar="STORY")
@click.argument("event_id", metavar="EVENT|new")
@output.json_option
def move(story_id: str, event_id: str, *, as_json: bool) -> None:
    """Put a story into another event, or into a new one."""
    story = known_story(story_id)
    to = None if event_id == byhand.NEW else known_event(event_id)
    _tell(_possible(byhand.move_story, bootstrap.store(), story, to), as_json=as_json)


def _possible(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return call(*args, **kwargs)
    except Impossible as error:
        raise click.UsageError(str(error)) from error


def _tell(changed: Changed, *, as_json: bool) -> None:
    if as_json:
        for kind, record in changed.records:
            output.emit({"type": kind, **record})
        return
    moved = sum(kind == "story_moved" for kind, _ in changed.records)
    stories = "1 story" if moved == 1 else f"{moved} stories"
    told = {
        "event_merged": f"Event {changed.source} is merged into {changed.target}, the one that lives on: {stories} moved.",
        "event_split": f"{stories} moved from event {changed.source} to {changed.target}, which is new.",
        "story_moved": f"{stories} moved from event {changed.source} to {changed.target}.",
    }
    output.stdout.print(told[changed.kind], soft_wrap=True)
    output.stdout.print("The second look leaves what is settled by hand alone.")
