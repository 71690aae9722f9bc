"""What the second look and a person's hand need of Redis: events as they stand, and their change."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgpack

from newsloom.core.decide import event_id
from newsloom.errors import Conflict
from newsloom.store import codec, keys, records
from newsloom.store.available import available
from newsloom.store.changes import Forgetting, Headline, Reassignment, Standing, Young
from newsloom.store.reassign import MOVES_KEPT, Shape, lists, rest_after, source_after, target_after
from newsloom.store.redis_reading import RedisReading
from newsloom.store.values import JOURNAL_CAP, Stored, order, rank


class RedisUpkeep(RedisReading):
    """The layer that changes who is in an event."""

    @available
    def in_turn(self) -> list[str]:
        turns = {name.decode(): at for at, name in enumerate(self._redis.lrange(keys.LOOK_ORDER, 0, -1))}
        return sorted(self.languages(), key=lambda language: turns.get(language, -1))

    @available
    def takes_turn(self, language: str) -> None:
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.lrem(keys.LOOK_ORDER, 0, language)
            pipe.rpush(keys.LOOK_ORDER, language)
            pipe.execute()

    @available
    def young(self, language: str, limit: int) -> Young:
        prefix = keys.prefix(language)
        version = int(self._redis.get(prefix + "seq") or 0)
        due = self._redis.zrangebyscore(
            prefix + "young", "-inf", version, start=0, num=limit, withscores=True
        )
        return Young(version, tuple((event.hex(), int(score)) for event, score in due))

    @available
    def examined(self, language: str, event: str, due: int, again: int | None) -> None:
        self._scripts.run("examined", language, codec.raw(event), due, "" if again is None else again)

    @available
    def crowded(self, language: str, crowds: Mapping[str, float]) -> None:
        told = [codec.raw(story) + codec.CROWD.pack(crowd) for story, crowd in crowds.items()]
        self._scripts.run("crowded", language, codec.CROWD_AT, b"".join(told))

    @available
    def standing(self, language: str, event: str) -> Standing | None:
        raw = codec.raw(event)
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.get(keys.prefix(language) + "seq")  # first: what changes after it is in the journal
            pipe.get(keys.of(language, keys.EVENT, raw))
            pipe.lindex(keys.of(language, keys.STORIES, raw), 0)
            version, value, head = pipe.execute()
        if not value or len(value) == codec.EVENT_BYTES:
            return None
        found = codec.PackedEvent(value)
        first = head if found.listed and head else codec.raw(found.members[0])
        *values, began = self._stories(language, [*map(codec.raw, found.members), first])
        members = [
            codec.unpack_member(language, story, value)
            for story, value in zip(found.members, values, strict=True)
            if value and _is_in(raw, value)
        ]
        return Standing(
            event=event,
            language=language,
            version=int(version),
            size=found.size,
            first_s=found.first_s,
            last_s=found.last_s,
            dated=found.dated,
            headline=Headline(found.title, found.head),
            members=tuple(members),
            began=rank(codec.unpack_story(language, first.hex(), began))
            if began and _is_in(raw, began)
            else (),
            joined=found.joined,
            parted=found.parted,
        )

    @available
    def reassign(self, change: Reassignment) -> None:
        source, target, caps = change.source, change.target, self.caps
        version = min(source.version, target.version) if target else source.version
        posted = lists(change.moving, change.staying)
        before = source_after(change, caps.members)
        self._change(
            "reassign",
            source.language,
            f"event {source.event} or {change.into}",
            {
                "source": codec.raw(source.event),
                "target": codec.raw(change.into),
                "version": version,
                "fresh": target is None,
                "stories": [codec.raw(story.member.story) for story in change.moving],
                "heads": [_head(story, change.into) for story in change.moving],
                "opened": [codec.raw(event_id(story.member.story)) for story in change.moving],
                "all": before is None,
                "before": _packed(before) if before else None,
                "after": _packed(target_after(change, caps.members)),
                "left": list(map(codec.term_key, posted.left)),
                "shared": list(map(codec.term_key, posted.shared)),
                "due": ["" if due is None else due for due in change.due(version)],
                "entries": _entries(change),
                "caps": {
                    "journal": JOURNAL_CAP,
                    "postings": caps.postings,
                    "stream": caps.stream,
                    "retention": caps.retention_s,
                    "moves": MOVES_KEPT,
                },
            },
        )

    @available
    def forget(self, change: Forgetting) -> None:
        source, caps = change.source, self.caps
        rest = rest_after(change, caps.members)
        self._change(
            "forget",
            source.language,
            f"event {source.event}",
            {
                "story": codec.raw(change.story.member.story),
                "event": codec.raw(source.event),
                "version": source.version,
                "rest": _packed(rest) if rest else None,
                "left": list(map(codec.term_key, lists([change.story], change.staying).left)),
                "changed": [(codec.raw(one.member.story), codec.pack_story(one)) for one in change.changed],
                "entries": [records.pack(kind, record) for kind, record in change.records],
                "caps": {"journal": JOURNAL_CAP, "stream": caps.stream},
            },
        )

    def _change(self, script: str, language: str, what: str, change: Mapping[str, Any]) -> None:
        # Lua has one kind of string.
        status, detail = self._scripts.run(script, language, msgpack.packb(change, use_bin_type=False))
        if status != b"ok":
            raise Conflict(f"{what} has changed: {detail.decode()}")

    @available
    def times_moved(self, language: str, stories: Sequence[str]) -> list[int]:
        with self._redis.pipeline(transaction=False) as pipe:
            for story in stories:
                pipe.llen(_moves_key(language, story))
            return list(pipe.execute())

    @available
    def moves(self, story: Stored) -> list[dict[str, Any]]:
        key = _moves_key(story.language, story.member.story)
        found = [
            self._redis.xrange(keys.decisions(story.language), at, at)
            for at in self._redis.lrange(key, 0, -1)
            if order(at.decode()) > order(story.record_id)
        ]
        return [records.unpack(entries[0][1])[1] for entries in found if entries]


def _is_in(event: bytes, story: bytes) -> bool:
    """Whether a story that an event lists is there; one that expired may have come back to another since."""
    return story[: codec.EVENT_BYTES] == event


def _head(story: Stored, event: str) -> bytes:
    """What scripts rewrite of a story that moves."""
    return codec.raw(event) + codec.pack_record(story.record_id, placed=story.placed)


def _moves_key(language: str, story: str) -> bytes:
    return keys.of(language, keys.MOVES, codec.raw(story))


def _packed(shape: Shape) -> list[Any]:
    members = b"".join(codec.raw(story) for story in shape.members)
    named, marks = shape.headline, (shape.joined, shape.parted)
    return [shape.first_s, shape.last_s, shape.dated, members, named.title, *marks, codec.raw(named.story)]


def _entries(change: Reassignment) -> Sequence[tuple[list[str], bytes]]:
    """Of the stream: names and values of fields, and the story that moved."""
    told = [(records.pack("story_moved", move), codec.raw(move["story"])) for move in change.moves]
    return [(records.pack(change.kind, change.record), b""), *told] if change.record else told
