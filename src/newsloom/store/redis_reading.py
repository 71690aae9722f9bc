"""What can be read in Redis: stories, events, figures."""

import bisect
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from newsloom.parcels import batched
from newsloom.store import codec, keys
from newsloom.store.available import available
from newsloom.store.scripts import Scripts
from newsloom.store.stream import languages
from newsloom.store.values import CAPPED, CHANGED, COUNTED, Caps, EventSummary, Stored, order, rank


class RedisReading:
    """The layer that tells of what was decided; those above write, and decide."""

    def __init__(self, client: Any, caps: Caps | None = None) -> None:
        self.caps = caps or Caps()
        self._redis = client
        self._scripts = Scripts(client)

    def languages(self) -> list[str]:
        return languages(self._redis)

    @available
    def story(self, story_id: str) -> Stored | None:
        for language in self.languages():
            value = self._redis.get(keys.of(language, keys.STORY, codec.raw(story_id)))
            if value:
                return codec.unpack_story(language, story_id, value)
        return None

    @available
    def event(self, event_id: str) -> EventSummary | None:
        """An event; of one that was merged, the one it went to.

        None also where all of its stories have expired, as they may before an event that was merged or split late.
        """
        for language in self.languages():
            (found,) = self._summaries(language, [codec.raw(event_id)])
            if found and self.stories_of(language, found.event):
                return found
        return None

    def events(self, language: str | None = None) -> Iterator[EventSummary]:
        for each in self.languages() if language is None else [language]:
            told: set[bytes] = set()
            for page in self._events_met(each):
                # Since its story was read an event may have been merged into one that was told.
                met = dict.fromkeys(event for event in page if event not in told)
                for summary in self._summaries(each, list(met)):
                    if summary and (event := codec.raw(summary.event)) not in told:
                        told.add(event)
                        yield summary

    def _events_met(self, language: str) -> Iterator[list[bytes]]:
        """The events of each page of stories; a story that a person put into one is not its first if others are there."""
        later = []
        for page in self._pages(language):
            found = self._events_of(language, page)
            yield [event for event, placed in found if not placed]
            later += [event for event, placed in found if placed]
        yield later

    def stories(self, language: str | None = None) -> Iterator[Stored]:
        for each in self.languages() if language is None else [language]:
            for page in self._pages(each):
                yield from self._stories_page(each, page)

    @available
    def stories_of(self, language: str, event: str) -> tuple[Stored, ...]:
        value = self._redis.get(keys.of(language, keys.EVENT, codec.raw(event)))
        if not value or len(value) == codec.EVENT_BYTES:
            return ()
        found = codec.PackedEvent(value)
        listed = found.members
        if found.listed:
            stories = self._redis.lrange(keys.of(language, keys.STORIES, codec.raw(event)), 0, -1)
            listed = [story.hex() for story in stories]
        pages = (self._stories_page(language, page) for page in batched(listed, keys.PAGE))
        # One that expired may have come back to another event since.
        return tuple(sorted((story for page in pages for story in page if story.event == event), key=rank))

    @available
    def versions(self, language: str, place: str) -> list[tuple[Stored, ...]]:
        """The stories of each version of the article at a place, oldest version first; expired ones are left out."""
        kept = self._redis.hgetall(keys.of(language, keys.PLACE, codec.raw(place)))
        named = [codec.stories_of_version(value) for article, value in kept.items() if article]
        found = [tuple(self._stories_page(language, stories)) for stories in named]
        return sorted(filter(None, found), key=lambda stories: order(stories[0].record_id))

    @available
    def gone(self, stories: Sequence[Stored]) -> set[str]:
        """The stories that these are linked to, and that are known no more."""
        linked = sorted({(story.language, link) for story in stories for link in story.links})
        with self._redis.pipeline(transaction=False) as pipe:
            for language, link in linked:
                pipe.exists(keys.of(language, keys.STORY, codec.raw(link)))
            known = pipe.execute()
        return {link for (_, link), there in zip(linked, known, strict=True) if not there}

    @available
    def stats(self) -> dict[str, Any]:
        totals: dict[str, int] = {}
        languages, kept = {}, 0
        for language in self.languages():
            kept += int(self._redis.xlen(keys.decisions(language)))
            counters = self._redis.hgetall(keys.prefix(language) + "stats")
            found = {name.decode(): int(value) for name, value in counters.items()}
            if "stories" in found:
                languages[language] = found["stories"]
            for name, value in found.items():
                totals[name] = totals.get(name, 0) + value
        return {
            "stories": totals.get("stories", 0),
            "events": totals.get("events", 0),
            "outcomes": {o.value: totals.get(f"outcome:{o.value}", 0) for o in COUNTED},
            "languages": languages,
            "records": kept,
            "learned": totals.get("learned", 0),
            **{name: totals.get(name, 0) for name in (*CAPPED, *CHANGED)},
        }

    @available
    def _stories_page(self, language: str, ids: Sequence[str]) -> list[Stored]:
        """The stories of these ids, without those that are gone."""
        values = self._stories(language, map(codec.raw, ids))
        return [
            codec.unpack_story(language, story, value)
            for story, value in zip(ids, values, strict=True)
            if value
        ]

    @available
    def _events_of(self, language: str, stories: Sequence[str]) -> list[tuple[bytes, bool]]:
        """The event of each story, and whether a person put it there; without those that are gone."""
        values = self._stories(language, map(codec.raw, stories))
        return [codec.event_of(value) for value in values if value]

    def _stories(self, language: str, raw: Iterable[bytes]) -> list[bytes | None]:
        """What is kept of the stories of these ids, 8 bytes each."""
        begins = keys.of(language, keys.STORY, b"")
        return list(self._redis.mget([begins + story for story in raw]))

    @available
    def _summaries(self, language: str, events: Sequence[bytes]) -> list[EventSummary | None]:
        """These events as they stood at one moment; of a merged one that which it went to, None for one that is gone."""
        asked = list(events)
        found: list[EventSummary | None] = [None] * len(asked)
        left = list(range(len(asked)))
        while left:
            with self._redis.pipeline(transaction=True) as pipe:  # or stories may be elsewhere by then
                for at in left:
                    pipe.get(keys.of(language, keys.EVENT, asked[at]))
                    pipe.lrange(keys.of(language, keys.STORIES, asked[at]), 0, -1)
                replies = pipe.execute()
            merged = []
            for at, value, listed in zip(left, replies[::2], replies[1::2], strict=True):
                if value and len(value) == codec.EVENT_BYTES:
                    asked[at] = value
                    merged.append(at)
                elif value:
                    found[at] = _summary(language, asked[at], value, listed)
            left = merged
        return found

    @available
    def _directory(self, language: str) -> range:
        """The keys of the directory of stories that have not expired: they do so in order."""
        prefix = keys.prefix(language)
        count = int(self._redis.hget(prefix + "stats", "stories") or 0)
        keys_in_all = range(-(-count // keys.DIRECTORY))
        gone = bisect.bisect_left(keys_in_all, 1, key=lambda n: int(self._redis.exists(f"{prefix}o:{n}")))
        return keys_in_all[gone:]

    @available
    def _ids(self, language: str) -> bytes:
        """Its stories in order of commit, 8 bytes each; one that expired and came back stands where it was decided last."""
        names = [f"{keys.prefix(language)}o:{number}" for number in self._directory(language)]
        pages = map(self._redis.mget, batched(names, keys.PAGE))
        joined = b"".join(part for page in pages for part in page if part)
        latest_first = np.frombuffer(joined, ">u8")[::-1]
        _, places = np.unique(latest_first, return_index=True)
        return latest_first[np.sort(places)[::-1]].tobytes()

    def _pages(self, language: str) -> Iterator[list[str]]:
        """Ids of its stories in order of commit, as many as are read at once."""
        ids, size = self._ids(language), 8 * keys.PAGE
        for start in range(0, len(ids), size):
            yield codec.ids(ids[start : start + size])


def _summary(language: str, event: bytes, value: bytes, listed: Sequence[bytes]) -> EventSummary:
    found = codec.PackedEvent(value)
    return EventSummary(
        event=event.hex(),
        language=language,
        size=found.size,
        first_s=found.first_s,
        last_s=found.last_s,
        dated=found.dated,
        title=found.title,
        stories=tuple(story.hex() for story in listed) if found.listed else tuple(found.members),
        tellings=len(found.members),
    )
