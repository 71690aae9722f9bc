"""What a person decides: two events are one, a story belongs elsewhere, or nowhere. The program leaves it so."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from newsloom.core.model import Outcome
from newsloom.errors import Conflict, Impossible
from newsloom.reassigning import Changed, merge, move, older, part
from newsloom.store.base import Store
from newsloom.store.changes import Forgetting, Standing
from newsloom.store.reassign import inherited
from newsloom.store.values import EventSummary, Stored
from newsloom.telling import forgotten, story_relinked

NEW = "new"
#: Stories that join meanwhile make a change stale: it is read and made again.
_persist = Retrying(retry=retry_if_exception_type(Conflict), stop=stop_after_attempt(100), reraise=True)


def merge_events(store: Store, one: EventSummary, other: EventSummary) -> Changed:
    """Make one of two events; the older keeps its id. Raises ``Impossible`` where they are one or foreign."""
    _same_language(one.language, other)
    if one.event == other.event:
        raise Impossible(f"Both are event {one.event}.")

    def change() -> Changed:
        survivor, loser = older(_standing(store, one), _standing(store, other))
        # What was moved out of the one to open the other is taken back.
        survivor, loser = (
            replace(mine, parted=mine.parted and not _parted_from(store, mine, its))
            for mine, its in ((survivor, loser), (loser, survivor))
        )
        return merge(store, loser, survivor, {}, by_hand=True)

    return _persist(change)


def move_story(store: Store, story: Stored, to: EventSummary | None) -> Changed:
    """Put a story into another event, or with ``None`` into one of its own.

    That story moves and no other: the rest keep the event's id, whoever opened it. An event whose only story leaves
    is merged into the other. Raises ``Impossible``.
    """
    if to is not None:
        _same_language(story.language, to)

    def change() -> Changed:
        found, source, stories = _with_its_event(store, story)
        if to is None:
            if len(stories) == 1:
                raise Impossible(f"Story {found.member.story} is alone in event {source.event}.")
            return part(store, source, stories, frozenset([found.member.story]), {}, by_hand=True)
        target = _standing(store, to)
        if target.event == source.event:
            raise Impossible(f"Story {found.member.story} is already in event {source.event}.")
        now = {"because": "moved", "from": source.event, "event_id": target.event}
        placed = _placed(store, [*store.moves(found), now])
        return move(store, source, target, stories, found.member.story, placed=placed)

    return _persist(change)


def forget_story(store: Store, story: Stored) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """Drop a story, as if it had expired; returns type and record of that, then of each story that it changes.

    Its event lives on under the same id, as long as others are in it; of its copies there the first stands for it. An
    article that is handed in again is decided anew. Raises ``Impossible``.
    """

    def change() -> tuple[tuple[str, Mapping[str, Any]], ...]:
        found, source, stories = _with_its_event(store, story)
        others = [one for one in stories if one.member.story != found.member.story]
        changed = inherited(_without_what_is_gone(store, found), others)
        staying = tuple(changed.get(one.member.story, one) for one in others)
        relinked = [("story_relinked", story_relinked(one)) for one in changed.values()]
        records = (("story_forgotten", forgotten(source, found, others)), *relinked)
        store.forget(Forgetting(source, found, staying, tuple(changed.values()), records))
        return records

    return _persist(change)


def _placed(store: Store, moves: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a story is where a person put it: moves that were taken back count as little as those that took them."""
    standing: list[Mapping[str, Any]] = []
    for one in moves:
        latest = standing[-1] if standing else None
        by_hand = latest is not None and latest["because"] == one["because"] == "moved"
        if latest and by_hand and _now(store, latest["from"]) == _now(store, one["event_id"]):
            standing.pop()
        else:
            standing.append(one)
    return bool(standing) and standing[-1]["because"] == "moved"


def _now(store: Store, event: str) -> str:
    """The event, or what it was merged into since."""
    found = store.event(event)
    return found.event if found else event


def _parted_from(store: Store, one: Standing, other: Standing) -> bool:
    """Whether a person opened an event with a story of the other."""
    return any(
        move["because"] == "moved"
        and move["event_id"] == one.event
        and _now(store, move["from"]) == other.event
        for story in store.stories_of(one.language, one.event)
        for move in store.moves(story)
    )


def _without_what_is_gone(store: Store, story: Stored) -> Stored:
    """The story without links to what was forgotten or has expired: of that nobody is to be a copy."""

    def there(link: str | None) -> bool:
        return link is not None and store.story(link) is not None

    copied, rewritten, revised = map(there, (story.duplicate_of, story.rewrite_of, story.revision_of))
    orphan = story.duplicate_of is not None and not copied
    return replace(
        story,
        outcome=Outcome.ATTACH if orphan else story.outcome,
        duplicate_of=story.duplicate_of if copied else None,
        rewrite_of=story.rewrite_of if rewritten else None,
        redundant=story.redundant and (copied or rewritten),
        revision_of=story.revision_of if revised else None,
    )


def _with_its_event(store: Store, story: Stored) -> tuple[Stored, Standing, tuple[Stored, ...]]:
    """A story as it is by now, the event that it is in, and all stories of that."""
    found = store.story(story.member.story)
    source = store.standing(story.language, found.event) if found else None
    if found is None or source is None:
        raise Impossible(f"Story {story.member.story} is gone.")
    return found, source, store.stories_of(source.language, source.event)


def _same_language(language: str, event: EventSummary) -> None:
    if language != event.language:
        raise Impossible(
            f"An event has one language, and these differ: event {event.event} is {event.language}, the other is {language}."
        )


def _standing(store: Store, event: EventSummary) -> Standing:
    standing = store.standing(event.language, event.event)
    # Without members it may live on: what was compared has expired, and copies of it have not.
    if standing is None or not (standing.members or store.stories_of(event.language, event.event)):
        raise Impossible(f"Event {event.event} has since been merged into another, or is gone.")
    return standing
