"""What can be read in the store in memory: stories, events, figures."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from newsloom.store.memory_index import Index
from newsloom.store.values import (
    CAPPED,
    CHANGED,
    COUNTED,
    Caps,
    EventSummary,
    Stored,
    rank,
)


class MemoryReading:
    """The layer that tells of what was decided; those above write, and decide."""

    def __init__(self, caps: Caps | None = None) -> None:
        self.caps = caps or Caps()
        self._indexes: defaultdict[str, Index] = defaultdict(Index)
        self._records: list[dict[str, Any]] = []
        self._turns: dict[str, None] = {}  #: languages in the order in which the second look came to them
        self._outcomes: Counter[str] = Counter()
        self._lock = threading.Lock()

    def languages(self) -> list[str]:
        return sorted(name for name, index in self._indexes.items() if index.stories or index.repeats.learned)

    def story(self, story_id: str) -> Stored | None:
        return next((i.stories[story_id] for i in self._indexes.values() if story_id in i.stories), None)

    def event(self, event_id: str) -> EventSummary | None:
        for index in self._indexes.values():
            while event_id in index.merged:
                event_id = index.merged[event_id]
        return next((e for e in self.events() if e.event == event_id), None)

    def events(self, language: str | None = None) -> Iterator[EventSummary]:
        for each, index in self._indexes.items():
            if language not in {None, each}:
                continue
            in_order = sorted(index.events.items(), key=lambda item: rank(index.stories[item[1].stories[0]]))
            for event_id, event in in_order:
                yield EventSummary(
                    event=event_id,
                    language=each,
                    size=len(event.stories),
                    first_s=event.first_s,
                    last_s=event.last_s,
                    dated=event.dated,
                    title=event.headline.title,
                    stories=tuple(event.stories),
                    tellings=len(event.members),
                )

    def stories(self, language: str | None = None) -> Iterator[Stored]:
        for each, index in self._indexes.items():
            if language in {None, each}:
                yield from index.stories.values()

    def stories_of(self, language: str, event: str) -> tuple[Stored, ...]:
        index = self._indexes[language]
        found = index.events.get(event)
        return tuple(index.stories[story] for story in index.in_order(found.stories)) if found else ()

    def stats(self) -> dict[str, Any]:
        return {
            "stories": sum(len(index.committed) for index in self._indexes.values()),
            "events": sum(len(index.events) for index in self._indexes.values()),
            "outcomes": {o.value: self._outcomes[o] for o in COUNTED},
            "languages": {
                name: len(index.committed) for name, index in sorted(self._indexes.items()) if index.committed
            },
            "learned": sum(index.repeats.learned for index in self._indexes.values()),
            **{name: sum(index.capped[name] for index in self._indexes.values()) for name in CAPPED},
            **{name: sum(index.changed[name] for index in self._indexes.values()) for name in CHANGED},
        }
