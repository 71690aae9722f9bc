"""The store that all workers share, in Redis 7 or a server compatible with it."""

import struct
from collections.abc import Sequence
from typing import Any

import msgpack

from newsloom.core.decide import Earlier
from newsloom.core.model import Candidate, Counts, Decision, Outcome, Repeated
from newsloom.core.views import DAY_S
from newsloom.errors import Conflict
from newsloom.store import codec, keys, records
from newsloom.store.available import available
from newsloom.store.counted import RedisCounts, pack_terms
from newsloom.store.redis_upkeep import RedisUpkeep
from newsloom.store.repeats import pack_shown, repeated
from newsloom.store.scripts import Call
from newsloom.store.values import (
    COPIES_CAP,
    HASH_CAP,
    JOURNAL_CAP,
    Asked,
    Caps,
    Commit,
    Known,
    Lesson,
    Place,
    Question,
    Recalled,
    Spoken,
    heading,
    replaced,
    stored,
)


class RedisStore(RedisUpkeep):
    """See :mod:`newsloom.store.base` for what it promises and :mod:`newsloom.store.keys` for what it keeps.

    Three layers, in a module each: what is read, who is in an event, and here what decides.
    """

    def __init__(self, client: Any, caps: Caps | None = None, window_days: float = 7.0) -> None:
        super().__init__(client, caps)
        self._window_s = window_days * DAY_S
        self._counts = RedisCounts(self._scripts, self.caps.generation)
        self._bounds = msgpack.packb(
            {
                "postings": self.caps.postings,
                "members": self.caps.members,
                "journal": JOURNAL_CAP,
                "hash": HASH_CAP,
                "stream": self.caps.stream,
                "retention": self.caps.retention_s,
                "generation": self.caps.generation,
                "young": self.caps.young,
                "files": self.caps.files,
            },
        )

    @available
    def known(self, language: str, place: Place) -> Known:
        return self._scripts.alone(self._known(language, place))

    def _known(self, language: str, place: Place) -> Call[Known]:
        def read(reply: Any) -> Known:
            segments, decided, previous, earlier, learned = reply
            before = [codec.unpack_story(language, story.hex(), value) for story, value, _ in earlier]
            return Known(
                segments=codec.unpack_segments(segments),
                decided={
                    part: Decision(story.hex(), event.hex(), Outcome.REPEAT, policy="", threshold=0.0)
                    for part, story, event in decided
                },
                earlier=tuple(Earlier(event=story.event, member=story.member) for story in before),
                headlines={story.hex(): title.decode() for story, _, title in earlier if title is not None},
                previous=previous.hex() if previous else None,
                learned=bool(learned),
            )

        args = (codec.raw(place.article), codec.raw(place.place), self.caps.learned)
        return Call("known", language, args, read)

    def counts(self, language: str, terms: Sequence[str]) -> Counts:
        return self._counts.counts(language, terms)

    @available
    def known_and_repeated(self, asked: Sequence[Asked]) -> list[tuple[Known, Repeated]]:
        calls = [(self._known(one.language, one.place), repeated(one, self.caps)) for one in asked]
        found = self._scripts.together([call for pair in calls for call in pair])
        return list(zip(found[::2], found[1::2], strict=True))

    @available
    def spoken(self, place: Place, source: bytes) -> dict[str, Spoken]:
        languages = self.languages()
        with self._redis.pipeline(transaction=False) as pipe:
            for language in languages:
                pipe.exists(keys.of(language, keys.PLACE, codec.raw(place.place)))
                pipe.hget(keys.of(language, keys.SOURCE, source), "n")
            found = pipe.execute()
        return {
            language: Spoken(bool(page), int(articles or 0))
            for language, page, articles in zip(languages, found[::2], found[1::2], strict=True)
        }

    @available
    def commit_and_recall(self, commit: Commit, then: Question) -> Recalled:
        recalled: Recalled
        _, recalled = self._scripts.together([self._commit(commit), self._recall(then)])
        return recalled

    @available
    def recall(self, question: Question) -> Recalled:
        return self._scripts.alone(self._recall(question))

    @available
    def recall_all(self, questions: Sequence[Question]) -> list[Recalled]:
        return self._scripts.together(list(map(self._recall, questions)))

    def _recall(self, question: Question) -> Call[Recalled]:
        query, terms = question.query, question.terms
        story = query.story

        def candidate(event: bytes, size: int, *members: bytes) -> Candidate:
            told = zip(members[::2], members[1::2], strict=True)
            unpacked = (codec.unpack_member(story.language, member.hex(), value) for member, value in told)
            return Candidate(event.hex(), int(size), tuple(unpacked))

        def read(reply: Any) -> Recalled:
            version, met, capped, events, *rows = reply
            return Recalled(
                version=int(version),
                terms=tuple(terms[:met]),
                candidates=tuple(candidate(*row) for row in rows[:events]),
                copies=tuple(
                    candidate(*row) for row in rows[events:] if question.may_copy(codec.sketch_of(row[3]))
                ),
                capped=bool(capped),
            )

        args = (
            "" if story.published_s is None else repr(story.published_s),
            repr(story.arrived_s),
            repr(self._window_s),
            self.caps.candidates,
            b"".join(map(codec.term_key, terms)),
            struct.pack(f"<{len(terms)}d", *(query.weights[term] ** 2 for term in terms)),
            b"".join(codec.hash_keys(query.smallest)),
            self.caps.read,
            COPIES_CAP,
        )
        return Call("recall", story.language, args, read)

    @available
    def commit(self, commit: Commit) -> None:
        self._scripts.alone(self._commit(commit))

    def _commit(self, commit: Commit) -> Call[None]:
        story, decision = commit.query.story, commit.decision
        if not commit.recalled.version:
            # The first of its language, or of a server that lost its data: whoever commits after it
            # has seen it. Not in the script, for the list lies on another node than the index.
            self._redis.sadd(keys.LANGUAGES, story.language)

        def read(reply: Any) -> None:
            status, detail = reply
            if status != b"ok":
                raise Conflict(f"stale for story {story.id}: {detail.decode()}")

        args = (
            commit.recalled.version,
            codec.raw(story.id),
            codec.raw(decision.event),
            decision.outcome.value,
            b"".join(codec.raw(candidate.event) for candidate in commit.recalled.candidates),
            b"".join((*map(codec.term_key, commit.recalled.terms), *codec.hash_keys(commit.query.smallest))),
            b"".join(map(codec.term_key, commit.terms)),
            codec.pack_story(stored(commit, "")),
            "" if story.published_s is None else repr(story.published_s),
            repr(story.arrived_s),
            heading(story, decision, commit.known),
            codec.raw(commit.place.article),
            codec.raw(commit.place.place),
            codec.pack_segments(commit.segments),
            codec.raw(commit.known.previous or ""),
            story.part,
            pack_terms(story.language, commit.counted),
            b"".join(codec.hash_keys(commit.query.posted)),
            int(not decision.redundant),
            msgpack.packb(records.pack(records.DECIDED, commit.record), use_bin_type=False),
            int(commit.recalled.capped),
            codec.raw(decision.revision_of or decision.duplicate_of or ""),
            self._bounds,
            pack_shown(commit.shown, self.caps),
            codec.raw(replaced(commit) or ""),
            codec.raw(commit.closes),
        )
        return Call("commit", story.language, args, read)

    @available
    def learn(self, language: str, place: Place, lessons: Sequence[Lesson]) -> bool:
        self._redis.sadd(keys.LANGUAGES, language)  # not in the script, as in a commit
        packed = [
            each
            for one in lessons
            for each in (pack_terms(language, one.counted), pack_shown(one.shown, self.caps))
        ]
        return bool(
            self._scripts.run(
                "warm",
                language,
                codec.raw(place.article),
                codec.raw(place.place),
                self.caps.generation,
                self.caps.learned,
                self.caps.retention_s,
                *packed,
            )
        )

    @available
    def decided(self, files: Sequence[str]) -> list[bool]:
        ids = b"".join(map(codec.raw, files))
        calls = [Call("decided", language, (ids, self.caps.files), list) for language in self.languages()]
        found: list[list[int]] = self._scripts.together(calls)
        return [any(known) for known in zip(*found, strict=True)] if found else [False] * len(files)
