"""``merge``, ``move`` and ``forget``: what a person knows better. The program leaves it so."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
import structlog

from newsloom import bootstrap, byhand
from newsloom.cli import output
from newsloom.cli.called import called, headline, quoted
from newsloom.cli.named import event_named, is_id, stories_named, story_named
from newsloom.core.decide import event_id
from newsloom.errors import Impossible
from newsloom.log import configure
from newsloom.reassigning import free_event
from newsloom.store.values import EventSummary, Stored

log = structlog.get_logger()

Records = Sequence[tuple[str, Mapping[str, Any]]]  #: type and record


@click.command()
@click.argument("one", metavar="EVENT|FILE|URL")
@click.argument("other", metavar="EVENT|FILE|URL")
@output.json_option
def merge(one: str, other: str, *, as_json: bool) -> None:
    """Merge two events; the older keeps its id. The second look will not split the result, but may merge others into it.

    A file, URL or article id stands for the event of its stories.
    """
    events = event_named(one), event_named(other)
    earlier = [
        (given.lower(), event)
        for given, event in zip((one, other), events, strict=True)
        if _merged(given, event)
    ]
    if earlier and events[0].event == events[1].event:
        raise Impossible(
            f"Both are event {events[0].event}{quoted(events[0].title)}: "
            f"{' and '.join(given for given, _ in earlier)} had already been merged into it."
        )
    titles = {event.event: quoted(event.title) for event in events}
    changed = byhand.merge_events(bootstrap.store(), *events)
    _log(changed.records)
    if as_json:
        _emit(changed.records)
        return
    for given, event in earlier:
        output.stdout.print(
            f"Event {given} had already been merged into {event.event}, so that one was merged."
        )
    moved = output.stories(sum(kind == "story_moved" for kind, _ in changed.records))
    output.stdout.print(
        f"Event {changed.source}{titles.get(changed.source, '')} was merged into {changed.target}"
        f"{titles.get(changed.target, '')}, which survives: {moved} moved."
    )
    output.stdout.print("The second look will not split it.")


@click.command()
@click.argument("named", metavar="STORY|FILE|URL")
@click.argument("into", metavar="EVENT|FILE|URL|new")
@output.json_option
def move(named: str, into: str, *, as_json: bool) -> None:
    """Put a story into another event, or into a new one.

    A file, URL or article id may stand for the story if the article has only one, and for the event if its stories
    are all in one event. Only that story moves. The others stay in their event, which keeps its id even if the story
    opened it. In its new event the story is listed last, and the second look neither splits nor merges that event until
    the story is moved back, which undoes the move. An event made with new is never merged. If an event's only story
    leaves, the event is merged into the other one; new brings it back.
    """
    store, story = bootstrap.store(), story_named(named)
    to = None if into.lower() == byhand.NEW else event_named(into, " (new opens an event)")
    earlier = to is not None and _merged(into, to)
    if earlier and to and to.event == story.event:
        raise Impossible(_there_already(story, into.lower()))
    title, left = headline(story), store.event(story.event)
    # An event that was merged away comes back under its id.
    opens = free_event(store, story.language, story.member.story)
    again = to is None and store.event(opens) is not None
    changed = byhand.move_story(store, story, to)
    _log(changed.records)
    if as_json:
        _emit(changed.records)
        return
    if earlier and to:
        output.stdout.print(f"Event {into.lower()} was merged into {to.event}, so the story was moved there.")
    target = store.event(changed.target)
    own = title if title and left and title != left.title else ""
    told = (
        f"Story {story.member.story}{quoted(own)} was moved from event {changed.source}"
        f"{quoted(left.title) if left else ''} to {changed.target}"
    )
    if changed.kind == "event_split":
        told += f", which is {'back' if again and changed.target == opens else 'new'}."
    else:
        told += f"{quoted(target.title) if target else ''}."
    if changed.kind == "event_merged":  # it was alone
        told += f" Event {changed.source} is empty and now points to {changed.target}."
    else:
        told += _copies_left(story, changed.source)
    output.stdout.print(told)
    moved = store.story(story.member.story)
    if changed.kind == "event_split":
        output.stdout.print("The second look will not merge that event with others.")
    elif moved and moved.placed:
        output.stdout.print("The second look will neither split that event nor merge it with others.")
    else:
        output.stdout.print("This undoes the earlier move: the second look may change both events again.")


@click.command()
@click.argument("named", metavar="STORY|FILE|URL")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@output.json_option
def forget(named: str, *, yes: bool, as_json: bool) -> None:
    """Remove a story, or all versions of an article's stories, for good.

    Removes its title and words, its record on the stream and its place in its event. If the article is submitted
    again, it is decided anew. The stream gets a record of type story_forgotten, and one of type story_relinked for each
    story of its event that was a copy, a rewrite or a version of it. Files, logs, messages (refused ones too) and
    articles in quarantine are not touched: see quarantine drop. If an article states no URL, its versions are all
    that came under the same file name.
    """
    stories = stories_named(named, all_versions=True)
    if not yes:
        for story in stories:
            output.stderr.print(output.plain(f"{story.member.story}  {called(story)}"))
        if not sys.stdin.isatty():  # what stands there may be meant for a loop around this
            raise Impossible("forget asks for confirmation, and this is not a terminal: add --yes.")
        if not click.confirm("Forget this for good?", err=True):
            output.stderr.print("Nothing was forgotten.")
            sys.exit(output.FAILED)
    for story in stories:
        records = byhand.forget_story(bootstrap.store(), story)
        _log(records)
        if as_json:
            _emit(records)
            continue
        record = records[0][1]
        left, copies = record["size"], record["copies"]
        rest = f"still has {output.stories(left)}" if left else "is gone, as it had no other story"
        kept = f", {copies} of them {'a copy' if copies == 1 else 'copies'} of it" if copies else ""
        output.stdout.print(
            f"Story {record['story']} was forgotten; event {record['event_id']} {rest}{kept}."
        )
    if aside := bootstrap.asides().count():
        output.stderr.print(
            f"{output.counted(aside, 'refused message')} may contain the text as well: `newsloom quarantine list --messages` "
            "shows how they begin, `newsloom quarantine drop --messages` removes them.",
            style="yellow",
        )


def _merged(given: str, found: EventSummary) -> bool:
    """Whether the id of an event was given that was merged into the one that was found."""
    return is_id(given) and given.lower() != found.event


def _there_already(story: Stored, merged: str) -> str:
    """What is said where a story is to go back to an event that is now part of the one that it is in."""
    mine = event_id(story.member.story) == merged
    undo = "undoes that" if mine else "opens a separate event for it"
    return (
        f"Event {merged} was merged into {story.event}, where story {story.member.story} is already: "
        f"`newsloom move {story.member.story} new` {undo}."
    )


def _copies_left(story: Stored, source: str) -> str:
    """A sentence on the copies of a story that stay in the event that it left, if there are any."""
    stories = bootstrap.store().stories_of(story.language, source)
    copies = sum(one.duplicate_of == story.member.story for one in stories)
    told = output.counted(copies, "copy", "copies")
    return f" {told} of it {'stays' if copies == 1 else 'stay'} in {source}." if copies else ""


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
