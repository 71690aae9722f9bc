"""The store that all workers share, in Redis 7 or a server compatible with it."""

import bisect
import heapq
import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgpack
import orjson

from newsloom.core.decide import Earlier
from newsloom.core.model import Candidate, Counts, Decision, Outcome, Repeated
from newsloom.core.views import DAY_S, Query
from newsloom.errors import Conflict
from newsloom.store import codec, keys
from newsloom.store.available import available
from newsloom.store.base import (
    BAND_CAP,
    CAPPED,
    CHANGED,
    JOURNAL_CAP,
    Asked,
    Caps,
    Commit,
    EventSummary,
    Known,
    Place,
    Quarantined,
    Question,
    Recalled,
    Stored,
    bands,
    joins_members,
    order,
    stored,
)
from newsloom.store.redis_upkeep import RedisUpkeep
from newsloom.store.repeats import RedisRepeats, packed
from newsloom.store.together import Steps, call

_PAGE = 500
_DIRECTORY = 128  #: ids a key, as in lists.lua


class RedisStore(RedisUpkeep, RedisRepeats):
    """See :mod:`newsloom.store.base` for what it promises and :mod:`newsloom.store.keys` for what it keeps."""

    def __init__(self, client: Any, caps: Caps | None = None, window_days: float = 7.0) -> None:
        super().__init__(client, caps)
        self._window_s = window_days * DAY_S
        self._bounds = msgpack.packb(
            {
                "postings": self._caps.postings,
                "members": self._caps.members,
                "journal": JOURNAL_CAP,
                "band": BAND_CAP,
                "stream": self._caps.stream,
                "retention": self._caps.retention_s,
                "generation": self._caps.generation,
                "young": self._caps.young,
            },
        )

    @available
    def known(self, language: str, place: Place) -> Known:
        return self._alone(self._known(language, place))

    def _known(self, language: str, place: Place) -> Steps[Known]:
        segments, decided, previous, earlier, learned = yield call(
            "known", language, codec.raw(place.article), codec.raw(place.place), self._caps.learned
        )
        before = [codec.unpack_story(story.hex(), value) for story, value in earlier]
        return Known(
            segments=codec.unpack_segments(segments),
            decided={
                part: Decision(story.hex(), event.hex(), Outcome.REPEAT, policy="", threshold=0.0)
                for part, story, event in decided
            },
            earlier=tuple(Earlier(event=story.event, member=story.member) for story in before),
            previous=previous.hex() if previous else None,
            learned=bool(learned),
        )

    @available
    def counts(self, language: str, terms: Sequence[str]) -> Counts:
        stories, *counts = self._run(
            "counts", language, self._caps.generation, b"".join(map(codec.term_key, terms))
        )
        return Counts(stories=stories, terms=dict(zip(terms, counts, strict=True)))

    @available
    def look_up(self, asked: Sequence[Asked]) -> list[tuple[Known, Repeated]]:
        found = self._drive(
            [
                steps
                for one in asked
                for steps in (
                    self._known(one.language, one.place),
                    self._repeated(one.language, one.source, one.lines, one.runs),
                )
            ]
        )
        return list(zip(found[::2], found[1::2], strict=True))

    @available
    def settle(self, commit: Commit | None, then: Question | None) -> Recalled | None:
        steps: list[Steps[Any]] = [] if commit is None else [self._commit(commit)]
        if then is not None:
            steps.append(self._recall(then.query, then.terms, then.max_distance_bits))
        found = self._drive(steps)
        return found[-1] if then is not None else None

    @available
    def recall(self, query: Query, terms: Sequence[str], max_distance_bits: int) -> Recalled:
        return self._alone(self._recall(query, terms, max_distance_bits))

    def _recall(self, query: Query, terms: Sequence[str], max_distance_bits: int) -> Steps[Recalled]:
        story = query.story
        version, capped, *rows = yield call(
            "recall",
            story.language,
            "" if story.published_s is None else repr(story.published_s),
            repr(story.arrived_s),
            repr(self._window_s),
            self._caps.candidates,
            query.profile.simhash.to_bytes(8, "big"),
            max_distance_bits,
            b"".join(map(codec.term_key, terms)),
            struct.pack(f"<{len(terms)}d", *(query.weights[term] ** 2 for term in terms)),
            b"".join(codec.band_keys(bands(query.profile.simhash))),
            self._caps.read,
        )
        return Recalled(
            version=int(version),
            terms=tuple(terms),
            candidates=tuple(
                Candidate(
                    event=event.hex(),
                    size=int(size),
                    members=tuple(
                        codec.unpack_member(story.hex(), value)
                        for story, value in zip(members[::2], members[1::2], strict=True)
                    ),
                )
                for event, size, *members in rows
            ),
            capped=bool(capped),
        )

    @available
    def commit(self, commit: Commit) -> str:
        return self._alone(self._commit(commit))

    def _commit(self, commit: Commit) -> Steps[str]:
        story, decision = commit.query.story, commit.decision
        if not commit.recalled.version:
            # The first of its language, or of a server that lost its data: whoever commits after it
            # has seen it. Not in the script, for the list lies on another node than the index.
            self._redis.sadd(keys.LANGUAGES, story.language)
        status, detail = yield call(
            "commit",
            story.language,
            commit.recalled.version,
            codec.raw(story.id),
            codec.raw(decision.event),
            decision.outcome.value,
            b"".join(codec.raw(candidate.event) for candidate in commit.recalled.candidates),
            b"".join(map(codec.term_key, commit.recalled.terms)),
            codec.pack_story(stored(commit, "")),
            "" if story.published_s is None else repr(story.published_s),
            repr(story.arrived_s),
            story.label,
            codec.raw(commit.place.article),
            codec.raw(commit.place.place),
            codec.pack_segments(commit.segments),
            codec.raw(commit.known.previous or ""),
            story.part,
            b"".join(map(codec.term_key, commit.counted)),
            commit.query.profile.simhash.to_bytes(8, "big"),
            b"".join(codec.band_keys(bands(commit.query.profile.simhash))),
            int(joins_members(decision.outcome)),
            orjson.dumps(commit.record),
            story.id,
            int(commit.recalled.capped),
            codec.raw(decision.revision_of or decision.duplicate_of or ""),
            self._bounds,
            packed(commit.shown, self._caps),
        )
        if status != b"ok":
            raise Conflict(f"stale for story {story.id}: {detail.decode()}")
        return str(detail.decode())

    @available
    def story(self, story_id: str) -> Stored | None:
        value = self._find("s:", story_id, self._redis.get)
        return codec.unpack_story(story_id, value) if value else None

    @available
    def event(self, event_id: str) -> EventSummary | None:
        for language in self.languages():
            found = self._summary(language, codec.raw(event_id))
            if found:
                return found
        return None

    def events(self) -> Iterator[EventSummary]:
        for language in self.languages():
            told: set[str] = set()
            for story in self._stories(language):
                if story.event not in told:
                    told.add(story.event)
                    summary = self._summary(language, codec.raw(story.event))
                    if summary:
                        yield summary

    def stories(self) -> Iterator[Stored]:
        for language in self.languages():
            yield from self._stories(language)

    @available
    def record(self, story: Stored) -> dict[str, Any] | None:
        """The full record of a story's decision, as long as the stream still holds it."""
        found = self._redis.xrange(keys.decisions(story.language), story.record, story.record)
        return orjson.loads(found[0][1][b"record"]) if found else None

    def records(self) -> Iterator[dict[str, Any]]:
        """All records that the streams hold, oldest first."""
        return heapq.merge(
            *(self._records(keys.decisions(language)) for language in self.languages()),
            key=lambda told: order(told["id"]),
        )

    def _records(self, stream: str) -> Iterator[dict[str, Any]]:
        after = "-"
        while page := self._page(stream, after):
            for record_id, fields in page:
                told = {"id": record_id.decode(), "type": fields[b"type"].decode()}
                yield {**told, **orjson.loads(fields[b"record"])}
            after = f"({page[-1][0].decode()}"

    @available
    def _page(self, stream: str, after: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
        return list(self._redis.xrange(stream, min=after, count=_PAGE))

    @available
    def newest(self, language: str) -> str:
        """Id of the newest record in a language's stream; "0" if there is none."""
        found = self._redis.xrevrange(keys.decisions(language), count=1)
        return str(found[0][0].decode()) if found else "0"

    @available
    def follow(self, last: Mapping[str, str], count: int, wait_s: float) -> list[tuple[str, str, str, bytes]]:
        """Records that came after those ids, by language: language, id, type, record as JSON; waits if there are none.

        A language that has no id yet is told from its beginning.
        """
        found = []
        for language in self.languages():  # one by one: on a cluster they lie on several nodes
            after = last.get(language, "0")
            since = "-" if after == "0" else f"({after}"
            page = self._redis.xrange(keys.decisions(language), min=since, count=count)
            found += [(language, name.decode(), fields) for name, fields in page]
        found = sorted(found, key=lambda each: order(each[1]))[:count]
        if not found:
            time.sleep(wait_s)  # between two looks: one command cannot wait for several nodes
        return [(name, at, fields[b"type"].decode(), fields[b"record"]) for name, at, fields in found]

    @available
    def quarantine(self, entry: Quarantined) -> None:
        self._redis.hset(keys.QUARANTINE, *codec.pack_quarantined(entry))

    @available
    def quarantined(self) -> list[Quarantined]:
        found = self._redis.hscan_iter(keys.QUARANTINE, count=_PAGE)
        entries = [codec.unpack_quarantined(name, value) for name, value in found]
        return sorted(entries, key=lambda entry: (entry.at_s, entry.file, entry.record or 0))

    @available
    def release(self, entries: Sequence[Quarantined]) -> int:
        pages = [entries[start : start + _PAGE] for start in range(0, len(entries), _PAGE)]
        packed = ([each for entry in page for each in codec.pack_quarantined(entry)] for page in pages)
        return sum(self._scripts["release"](keys=[keys.QUARANTINE], args=args) for args in packed)

    @available
    def attempt(self, file: str) -> int:
        return int(self._redis.hincrby(keys.ATTEMPTS, _field(file), 1))

    @available
    def settled(self, file: str, *, clean: bool = False) -> None:
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.hdel(keys.ATTEMPTS, _field(file))
            if clean:
                pipe.hdel(keys.QUARANTINE, codec.quarantine_field(file, None))
            pipe.execute()

    @available
    def stats(self) -> dict[str, Any]:
        totals: dict[str, int] = {}
        languages, records = {}, 0
        for language in self.languages():
            records += int(self._redis.xlen(keys.decisions(language)))
            counters = self._redis.hgetall(keys.prefix(language) + "stats")
            found = {name.decode(): int(value) for name, value in counters.items()}
            if "stories" in found:
                languages[language] = found["stories"]
            for name, value in found.items():
                totals[name] = totals.get(name, 0) + value
        return {
            "stories": totals.get("stories", 0),
            "events": totals.get("events", 0),
            "outcomes": {outcome.value: totals.get(f"outcome:{outcome.value}", 0) for outcome in Outcome},
            "languages": languages,
            "quarantined": int(self._redis.hlen(keys.QUARANTINE)),
            "records": records,
            "learned": totals.get("learned", 0),
            **{name: totals.get(name, 0) for name in (*CAPPED, *CHANGED)},
        }

    def _find(self, kind: str, hex_id: str, get: Callable[[bytes], Any]) -> Any:
        for language in self.languages():
            value = get(f"{keys.prefix(language)}{kind}".encode() + codec.raw(hex_id))
            if value:
                return value
        return None

    @available
    def _summary(self, language: str, event: bytes) -> EventSummary | None:
        prefix = keys.prefix(language).encode()
        while (value := self._redis.get(prefix + b"e:" + event)) and len(value) == codec.EVENT_BYTES:
            event = value  # where it was merged into
        if not value:
            return None
        found = codec.PackedEvent(value)
        return EventSummary(
            event=event.hex(),
            language=language,
            size=found.size,
            first_s=found.first_s,
            last_s=found.last_s,
            title=found.title,
            stories=tuple(self._listed(prefix, event, found)),
        )

    @available
    def _stories_page(self, language: str, number: int) -> list[tuple[bytes, bytes | None]]:
        prefix = keys.prefix(language).encode()
        packed = self._redis.get(prefix + b"o:%d" % number) or b""
        stories = [packed[at : at + 8] for at in range(0, len(packed), 8)]
        values = self._redis.mget([prefix + b"s:" + story for story in stories]) if stories else []
        return list(zip(stories, values, strict=True))

    @available
    def _directory(self, language: str) -> range:
        """The keys of the directory of stories that have not expired: they do so in order."""
        prefix = keys.prefix(language)
        count = int(self._redis.hget(prefix + "stats", "stories") or 0)
        keys_in_all = range(-(-count // _DIRECTORY))
        gone = bisect.bisect_left(keys_in_all, 1, key=lambda n: int(self._redis.exists(f"{prefix}o:{n}")))
        return keys_in_all[gone:]

    def _stories(self, language: str) -> Iterator[Stored]:
        for number in self._directory(language):
            for story, value in self._stories_page(language, number):
                if value:
                    yield codec.unpack_story(story.hex(), value)


def _field(file: str) -> bytes:
    return file.encode("utf-8", "surrogatepass")
