"""What the second look and a person's hand need of the store in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from newsloom.core.decide import event_id
from newsloom.errors import Conflict
from newsloom.store.changes import Forgetting, Headline, Reassignment, Standing, Young
from newsloom.store.codec import term_key
from newsloom.store.memory_index import LIST_BYTES, Event, Index, day_of
from newsloom.store.memory_reading import MemoryReading
from newsloom.store.reassign import MOVES_KEPT, Shape, lists, rest_after, source_after, target_after
from newsloom.store.values import Stored, rank


class MemoryUpkeep(MemoryReading):
    """The layer that changes who is in an event."""

    def in_turn(self) -> list[str]:
        turns = {name: at for at, name in enumerate(self._turns)}
        return sorted(self.languages(), key=lambda language: turns.get(language, -1))

    def takes_turn(self, language: str) -> None:
        self._turns.pop(language, None)
        self._turns[language] = None

    def young(self, language: str, limit: int) -> Young:
        index = self._indexes[language]
        due = sorted((at, event) for event, at in index.young.items() if at <= index.version)
        return Young(index.version, tuple((event, at) for at, event in due[:limit]))

    def examined(self, language: str, event: str, due: int, again: int | None) -> None:
        with self._lock:
            young = self._indexes[language].young
            if young.get(event) == due:
                del young[event]
                if again is not None:
                    young[event] = again

    def crowded(self, language: str, crowds: Mapping[str, float]) -> None:
        stories = self._indexes[language].stories
        for story, crowd in crowds.items():
            known = stories.get(story)
            if known is not None:
                stories[story] = replace(known, member=replace(known.member, crowd=crowd))

    def standing(self, language: str, event: str) -> Standing | None:
        with self._lock:
            index = self._indexes[language]
            found = index.events.get(event)
            if found is None:
                return None
            return Standing(
                event=event,
                language=language,
                version=index.version,
                size=len(found.stories),
                first_s=found.first_s,
                last_s=found.last_s,
                dated=found.dated,
                headline=found.headline,
                members=tuple(index.stories[story].member for story in found.members),
                began=rank(index.stories[found.stories[0]]),
                joined=found.joined,
                parted=found.parted,
            )

    def reassign(self, change: Reassignment) -> None:
        with self._lock:
            index = self._indexes[change.source.language]
            source, target = self._changed(index, change)
            after, before = target_after(change, self.caps.members), source_after(change, self.caps.members)
            moved = {story.member.story for story in change.moving}
            index.moves.update(moved)
            for one in change.moving:
                story = one.member.story
                index.put(story, change.into, placed=one.placed)
                if event_id(story) in index.merged:
                    index.merged[event_id(story)] = change.into
            source.stories = index.in_order(story for story in source.stories if story not in moved)
            target.stories = index.in_order((*target.stories, *moved))
            _reshape(target, after)
            if change.target is None:
                index.opened.append(change.into)
            index.events[change.into] = target
            index.merged.pop(change.into, None)
            if before is None:
                del index.events[change.source.event]
                index.merged[change.source.event] = change.into
            else:
                _reshape(source, before)
            gained = self._post(index, change, source.number, target.number, day_of(after.last_s))
            for event, due in zip(
                (change.source.event, change.into), change.due(change.source.version), strict=True
            ):
                index.young.pop(event, None)
                if due is not None:
                    index.young[event] = due
            index.changed.update(moved=len(moved), merged=before is None, split=change.target is None)
            index.version += 2
            index.journal.append((change.source.event, frozenset()))
            index.journal.append((change.into, frozenset(gained)))
            self._records += [dict(record) for record in (change.record, *change.moves) if record]

    def forget(self, change: Forgetting) -> None:
        with self._lock:
            name, story = change.source.event, change.story.member.story
            index = self._indexes[change.source.language]
            event = index.events.get(name)
            if event is None or name in dict(index.since(change.source.version)):
                raise Conflict(f"event {name} has changed")
            event.stories = index.in_order(other for other in event.stories if other != story)
            rest = rest_after(change, self.caps.members)
            if rest is None:
                del index.events[name]
                index.young.pop(name, None)
            else:
                _reshape(event, rest)
            for term in lists([change.story], change.staying).left:
                index.postings[term_key(term)[:LIST_BYTES]].pop(event.number, None)
            del index.stories[story], index.moves[story]
            index.stories.update({one.member.story: one for one in change.changed})
            index.changed["forgotten"] += 1
            index.version += 1
            index.journal.append((name, frozenset()))
            self._records += [dict(record) for _, record in change.records]

    def times_moved(self, language: str, stories: Sequence[str]) -> list[int]:
        return [min(self._indexes[language].moves[story], MOVES_KEPT) for story in stories]

    def moves(self, story: Stored) -> list[dict[str, Any]]:
        name = story.member.story
        found = [record for record in self._records if record.get("story") == name and "from" in record]
        return found[len(found) - min(self._indexes[story.language].moves[name], MOVES_KEPT) :]

    def _changed(self, index: Index, change: Reassignment) -> tuple[Event, Event]:
        """Both events, if they are as they were read."""
        source, target = change.source, change.target
        since = dict(index.since(min(one.version for one in (source, target) if one))).keys()
        ends = index.events.get(source.event), index.events.get(change.into)
        if since & {source.event, change.into} or ends[0] is None or (target is None) != (ends[1] is None):
            raise Conflict(f"event {source.event} or {change.into} has changed")
        return ends[0], ends[1] or Event(
            0.0, 0.0, dated=False, headline=Headline("", ""), number=len(index.opened)
        )

    def _post(self, index: Index, change: Reassignment, old: int, new: int, day: int) -> list[bytes]:
        """Put the target into the source's posting lists; returns the terms of those that it entered."""
        posted, gained = lists(change.moving, change.staying), []
        for term in (*posted.left, *posted.shared):
            key = term_key(term)
            events = index.postings[key[:LIST_BYTES]]
            if old not in events:
                continue
            if term in posted.left:
                del events[old]
            gained.append(key)
            index.capped["postings_capped"] += index.post(key, new, day, self.caps.postings)
        return gained


def _reshape(event: Event, shape: Shape) -> None:
    event.members = list(shape.members)
    event.first_s, event.last_s, event.dated = shape.first_s, shape.last_s, shape.dated
    event.headline = shape.headline
    event.joined, event.parted = shape.joined, shape.parted
