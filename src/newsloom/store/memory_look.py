"""What can be looked up in the store in memory: stories, events, files refused and tried, figures."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from newsloom.store import quarantine
from newsloom.store.memory_index import Index
from newsloom.store.quarantine import Quarantined, Taken
from newsloom.store.values import (
    CAPPED,
    CHANGED,
    COUNTED,
    Caps,
    EventSummary,
    Stored,
    rank,
)
from newsloom.tame import printable


class MemoryLook:
    """The part of :class:`newsloom.store.memory.MemoryStore` that tells what it holds."""

    _indexes: defaultdict[str, Index]
    _quarantine: dict[bytes, Quarantined]
    _attempts: Counter[str]
    _outcomes: Counter[str]
    caps: Caps

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
                    title=event.title,
                    stories=tuple(event.stories),
                    tellings=len(event.members),
                )

    def stories(self, language: str | None = None) -> Iterator[Stored]:
        for each, index in self._indexes.items():
            if language in {None, each}:
                yield from index.stories.values()

    def quarantine(self, entry: Quarantined) -> list[Quarantined]:
        kept = replace(entry, file=printable(entry.file))
        self._quarantine[quarantine.pack(kept)[0]] = kept
        if kept.record is not None:
            first, last = quarantine.span(Taken(kept.file))
            for field in sorted(name for name in self._quarantine if first <= name < last)[
                self.caps.listed :
            ]:
                del self._quarantine[field]
        gone = []
        while len(self._quarantine) > self.caps.quarantined:
            oldest = min(self._quarantine, key=lambda name: (self._quarantine[name].at_s, name))
            gone.append(self._quarantine.pop(oldest))
        return gone

    def quarantined(self) -> list[Quarantined]:
        return sorted(
            self._quarantine.values(), key=lambda entry: (entry.at_s, entry.file, entry.record or 0)
        )

    def release(self, entries: Sequence[Quarantined]) -> int:
        named = {quarantine.pack(entry)[0]: entry for entry in entries}
        gone = [name for name, entry in named.items() if self._quarantine.get(name) == entry]
        for name in gone:
            del self._quarantine[name]
        return len(gone)

    def attempt(self, name: str) -> int:
        self._attempts[name] += 1
        return self._attempts[name]

    def tried(self, names: Sequence[str]) -> list[int]:
        return [self._attempts[name] for name in names]

    def settled(self, *names: str, clean: Sequence[Taken] = ()) -> None:
        for name in names:
            self._attempts.pop(name, None)
        for taken in clean:
            if not taken.first:
                self._quarantine.pop(quarantine.field_of(taken.file, None, taken.name), None)
            first, last = quarantine.span(taken)
            for field in [field for field in self._quarantine if first <= field < last]:
                if quarantine.is_of(field, taken):
                    del self._quarantine[field]

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
            "quarantined": len(self._quarantine),
        }
