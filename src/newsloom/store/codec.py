"""Stored values as bytes. A story is a fixed prefix, then MessagePack."""

import functools
import struct
from typing import Any

import msgpack
import numpy as np
import orjson

from newsloom.core.describe import TF
from newsloom.core.model import Member, Outcome, Profile
from newsloom.store.base import Quarantined, Stored, printable

# The prefix can be rewritten in place: when a story moves to another event, and when it is looked at again.
EVENT_BYTES = 8
RECORD_BYTES = 24
CROWD = struct.Struct("<d")
CROWD_AT = EVENT_BYTES + RECORD_BYTES
PREFIX_BYTES = CROWD_AT + CROWD.size

_TITLE, _LEAD, _NAME = 1, 2, 4
_NORMS = struct.Struct("<4d")


def raw(hex_id: str) -> bytes:
    """The 8 bytes of an id of 16 hex digits."""
    return bytes.fromhex(hex_id)


def pack_story(story: Stored) -> bytes:
    """All of a story but its event and its stream record, which the commit script puts in front."""
    member = story.member
    profile = member.profile
    terms = list(profile.body)
    flags = bytes(
        _TITLE * (term in profile.title) | _LEAD * (term in profile.lead) | _NAME * (term in profile.names)
        for term in terms
    )
    packed: bytes = msgpack.packb(
        (
            member.published_s,
            member.arrived_s,
            profile.simhash,
            profile.words,
            np.array(sorted(profile.sketch), dtype="<u4").tobytes(),
            "\n".join(terms),
            bytes(_COUNTS[value] for value in profile.body.values()),
            flags,
            bytes(sorted(profile.ages)),
            _NORMS.pack(*profile.norms),
            (
                story.article_id,
                story.file,
                story.index,
                story.part,
                story.parts,
                story.first_paragraph,
                story.paragraphs,
                story.language,
                story.outcome.value,
                story.duplicate_of,
                story.revision_of,
                story.title,
                story.source,
                story.url,
            ),
        )
    )
    return CROWD.pack(member.crowd) + packed


@functools.lru_cache(maxsize=4_096)
def unpack_member(story_id: str, value: bytes) -> Member:
    """The part of a stored story that is compared with new ones.

    Young events are recalled again and again; the latest stories are kept unpacked.
    """
    return _member(story_id, value, msgpack.unpackb(value[PREFIX_BYTES:]))


def unpack_story(story_id: str, value: bytes) -> Stored:
    fields = msgpack.unpackb(value[PREFIX_BYTES:])
    (
        article_id,
        file,
        index,
        part,
        parts,
        first,
        paragraphs,
        language,
        outcome,
        duplicate,
        revision,
        title,
        source,
        url,
    ) = fields[10]
    return Stored(
        event=value[:EVENT_BYTES].hex(),
        member=_member(story_id, value, fields),
        record=value[EVENT_BYTES:CROWD_AT].decode().strip(),
        article_id=article_id,
        file=file,
        index=index,
        part=part,
        parts=parts,
        first_paragraph=first,
        paragraphs=paragraphs,
        language=language,
        outcome=Outcome(outcome),
        duplicate_of=duplicate,
        revision_of=revision,
        title=title,
        source=source,
        url=url,
    )


def _member(story_id: str, value: bytes, fields: Any) -> Member:
    published_s, arrived_s, simhash, words, sketch, joined, counts, flags, ages, norms, _ = fields
    terms = joined.split("\n") if joined else []
    marked = list(zip(terms, flags, strict=True))
    return Member(
        story=story_id,
        published_s=published_s,
        arrived_s=arrived_s,
        profile=Profile(
            simhash=simhash,
            sketch=frozenset(np.frombuffer(sketch, dtype="<u4").tolist()),
            words=words,
            body={term: TF[count] for term, count in zip(terms, counts, strict=True)},
            title=frozenset(term for term, flag in marked if flag & _TITLE),
            lead=frozenset(term for term, flag in marked if flag & _LEAD),
            names=frozenset(term for term, flag in marked if flag & _NAME),
            ages=frozenset(ages),
            norms=_NORMS.unpack(norms),
        ),
        crowd=CROWD.unpack_from(value, CROWD_AT)[0],
    )


def quarantine_field(file: str, record: int | None) -> bytes:
    return orjson.dumps([printable(file), record])


def pack_quarantined(entry: Quarantined) -> tuple[bytes, bytes]:
    """Field and value; equal entries are equal bytes."""
    value = {"reason": entry.reason, "detail": entry.detail, "at_s": entry.at_s}
    return quarantine_field(entry.file, entry.record), orjson.dumps(value)


def unpack_quarantined(field: bytes, value: bytes) -> Quarantined:
    file, record = orjson.loads(field)
    return Quarantined(file=file, record=record, **orjson.loads(value))


_COUNTS = {value: count for count, value in enumerate(TF)}
