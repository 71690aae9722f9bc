"""What the second look and a person's hand need of Redis: events as they stand, and their change."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgpack
import orjson

from newsloom.errors import Conflict
from newsloom.store import codec, keys
from newsloom.store.available import available
from newsloom.store.base import JOURNAL_CAP, Reassignment, Standing, Stored, Young, order
from newsloom.store.reassign import MOVES_KEPT, Shape, lists, source_after, target_after
from newsloom.store.scripted import Scripted

_PAGE = 500


class RedisUpkeep(Scripted):
    """The part of :class:`newsloom.store.redis.RedisStore` that changes who is in an event."""

    @available
    def languages(self) -> list[str]:
        return sorted(name.decode() for name in self._redis.smembers(keys.LANGUAGES))

    @available
    def young(self, language: str, limit: int) -> Young:
        prefix = keys.prefix(language)
        version = int(self._redis.get(prefix + "seq") or 0)
        due = self._redis.zrangebyscore(
            prefix + "young", "-inf", version, start=0, num=limit, withscores=True
        )
        return Young(version, tuple((event.hex(), int(score)) for event, score in due))

    @available
    def looked(self, language: str, event: str, due: int, again: int | None) -> None:
        self._run("looked", language, codec.raw(event), due, "" if again is None else again)

    @available
    def crowded(self, language: str, crowds: Mapping[str, float]) -> None:
        told = [codec.raw(story) + codec.CROWD.pack(crowd) for story, crowd in crowds.items()]
        self._run("crowded", language, codec.CROWD_AT, b"".join(told))

    @available
    def standing(self, language: str, event: str) -> Standing | None:
        prefix, raw = keys.prefix(language).encode(), codec.raw(event)
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.get(prefix + b"seq")  # first: what changes after it is in the journal
            pipe.hmget(prefix + b"e:" + raw, "n", "f", "l", "d", "t", "m", "hand")
            pipe.lindex(prefix + b"es:" + raw, 0)
            version, (size, first, last, dated, title, listed, hand), head = pipe.execute()
        if size is None:
            return None
        stories = [listed[at : at + codec.EVENT_BYTES] for at in range(0, len(listed), codec.EVENT_BYTES)]
        *values, began = self._redis.mget([prefix + b"s:" + story for story in (*stories, head)])
        members = [
            codec.unpack_member(story.hex(), value)
            for story, value in zip(stories, values, strict=True)
            if value
        ]
        return Standing(
            event=event,
            language=language,
            version=int(version),
            size=int(size),
            first_s=float(first),
            last_s=float(last),
            dated=dated == b"1",
            title=title.decode(),
            members=tuple(members),
            began=order(codec.unpack_story(head.hex(), began).record) if began else (),
            hand=hand is not None,
        )

    @available
    def stories_of(self, language: str, event: str) -> tuple[Stored, ...]:
        prefix = keys.prefix(language).encode()
        stories = self._redis.lrange(prefix + b"es:" + codec.raw(event), 0, -1)
        found = []
        for start in range(0, len(stories), _PAGE):
            page = stories[start : start + _PAGE]
            values = self._redis.mget([prefix + b"s:" + story for story in page])
            found += [codec.unpack_story(s.hex(), v) for s, v in zip(page, values, strict=True) if v]
        return tuple(found)

    @available
    def reassign(self, change: Reassignment) -> None:
        source, target, caps = change.source, change.target, self._caps
        version = min(source.version, target.version) if target else source.version
        posted = lists(change)
        before = source_after(change, caps.members)
        status, detail = self._run(
            "reassign",
            source.language,
            msgpack.packb(
                {
                    "source": codec.raw(source.event),
                    "target": codec.raw(change.into),
                    "version": version,
                    "fresh": target is None,
                    "hand": change.by_hand,
                    "stories": [codec.raw(story.member.story) for story in change.moving],
                    "all": before is None,
                    "before": _packed(before) if before else None,
                    "after": _packed(target_after(change, caps.members)),
                    "left": posted.left,
                    "shared": posted.shared,
                    "due": ["" if due is None else due for due in change.due(version)],
                    "stream": keys.DECISIONS,
                    "entries": _entries(change),
                    "caps": {
                        "journal": JOURNAL_CAP,
                        "postings": caps.postings,
                        "stream": caps.stream,
                        "retention": caps.retention_s,
                        "moves": MOVES_KEPT,
                    },
                },
                use_bin_type=False,  # Lua has one kind of string
            ),
        )
        if status != b"ok":
            raise Conflict(f"event {source.event} or {change.into} has changed: {detail.decode()}")

    @available
    def moves(self, story: Stored) -> list[dict[str, Any]]:
        """The records of a story's latest moves, oldest first, as far as the stream still holds them."""
        key = f"{keys.prefix(story.language)}mv:".encode() + codec.raw(story.member.story)
        found = [self._redis.xrange(keys.DECISIONS, at, at) for at in self._redis.lrange(key, 0, -1)]
        return [orjson.loads(entries[0][1][b"record"]) for entries in found if entries]


def _packed(shape: Shape) -> list[Any]:
    members = b"".join(codec.raw(story) for story in shape.members)
    return [repr(shape.first_s), repr(shape.last_s), "1" if shape.dated else "0", members, shape.title]


def _entries(change: Reassignment) -> Sequence[tuple[str, str, str, bytes, bytes]]:
    """Of the stream: type, field that says what it is of, that id, record, and the story that moved."""
    told = [
        ("story_moved", "story", m["story"], orjson.dumps(m), codec.raw(m["story"])) for m in change.moves
    ]
    if not change.record:
        return told
    return [(change.kind, "event", change.record["event_id"], orjson.dumps(change.record), b""), *told]
