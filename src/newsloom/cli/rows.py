"""Events and stories as ``events``, ``show``, ``explain`` and ``export`` write them for programs."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from newsloom import bootstrap
from newsloom.parcels import batched
from newsloom.store.values import EventSummary, Stored
from newsloom.telling import iso

_AT_ONCE = 500  #: stories whose links are asked for at once


def event_row(event: EventSummary) -> dict[str, Any]:
    """An event as it is exported."""
    return {
        "event": event.event,
        "language": event.language,
        "size": event.size,
        "tellings": event.tellings,
        "first": iso(event.first_s),
        "last": iso(event.last_s),
        "dated": event.dated,
        "title": event.title,
        "stories": list(event.stories),
    }


def story_rows(stories: Iterable[Stored]) -> Iterator[dict[str, Any]]:
    """Stories as they are exported."""
    for some in batched(stories, _AT_ONCE):
        gone = bootstrap.store().gone(some)
        yield from (_story_row(story, gone) for story in some)


def _story_row(story: Stored, gone: Collection[str]) -> dict[str, Any]:
    return {
        "id": story.article_id,
        "file": story.file,
        "index": story.index,
        "part": story.part,
        "parts": story.parts,
        "first_paragraph": story.first_paragraph,
        "paragraphs": story.paragraphs,
        "story": story.member.story,
        "event": story.event,
        "outcome": story.outcome.value,
        "duplicate_of": story.duplicate_of,
        "rewrite_of": story.rewrite_of,
        "revision_of": story.revision_of,
        "gone": [link for link in story.links if link in gone],
        "title": story.title,
        "published": iso(story.member.published_s),
        "arrived": iso(story.member.arrived_s),
        "language": story.language,
        "source": story.source,
        "url": story.url,
        "words": story.member.profile.words,
        "simhash": f"{story.member.profile.simhash:016x}",
    }
