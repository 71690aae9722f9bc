"""What can be looked up in the store in memory: stories, events, figures."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from newsloom.store.memory_index import Index
from newsloom.store.values import (
    CAPPED,
    CHANGED,
    COUNTED,
    EventSummary,
    Stored,
    rank,
)


class MemoryLook:
    """The part of :class:`newsloom.store.memory.MemoryStore` that tells what it holds."""

    _indexes: defaultdict[str, Index]
    _outcomes: Counter[str]

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
