"""Stored values as bytes.

A story is a prefix that scripts rewrite in place, then what is compared of it, then the rest: a recall
reads no further than the second. Both begin with a byte that tells their form, so that a later version
can read what an earlier one wrote. Numbers are big-endian, as the scripts read them.
"""

import functools
import struct
from collections.abc import Sequence
from itertools import compress
from operator import attrgetter

import msgpack
import numpy as np
import xxhash

from newsloom.core.days import DAYS_FROM, WEEKDAYS
from newsloom.core.describe import TF
from newsloom.core.model import Member, Outcome, Profile
from newsloom.errors import StoreDiffers
from newsloom.store.lexicon import lexicon, other_words
from newsloom.store.numbers import deflated, distances, gaps, halves, inflated
from newsloom.store.values import Stored

# A story that moves has its event and its record written anew, and one that is looked at again its crowd. Stream
# record: milliseconds (6 bytes), number among those (4). A bit that no time has for ages stands before it where a person
# put the story into its event: so the stories of an event are in the order of these bytes.
EVENT_BYTES = 8
RECORD_BYTES = 10
CROWD = struct.Struct(">d")
CROWD_AT = EVENT_BYTES + RECORD_BYTES
PLACED = 1 << 47
_SIZE = struct.Struct(">I")  #: bytes of what is compared
_SIZE_AT = CROWD_AT + CROWD.size
PREFIX_BYTES = _SIZE_AT + _SIZE.size

_FORM = 4
# Form, simhash, words, outlet, times of publication (NaN if unknown) and arrival, norms, check of the word list, terms that
# it ranks, terms that it does not, ages, weekdays and days, hashes of the sketch, bytes of those and of the ranks.
_MEMBER = struct.Struct(">BQIHdd4fHHHHHH")
# Of each term four bits tell its views and whether its count stands behind them: with as many more, or in a byte.
_TITLE, _LEAD, _NAME, _MANY = 1, 2, 4, 8
_ESCAPE = 15
_IS_TITLE, _IS_LEAD, _IS_NAME, _IS_MANY = (
    bytes(chr(digit) in "0123456789abcdef" and bool(int(chr(digit), 16) & flag) for digit in range(256))
    for flag in (_TITLE, _LEAD, _NAME, _MANY)
)
#: Of the rest, what stands before the outcome and what behind it.
_PLACE = ("article_id", "file", "index", "part", "parts", "first_paragraph", "paragraphs", "language")
_SHOWN = ("title", "source", "url")
_EVENT = struct.Struct(">IddBIH8s")
DATED, JOINED, LISTED, PARTED = 1, 2, 4, 8  #: flags of an event
_RECORD = struct.Struct(">HII")
_NAN = float("nan")


def raw(hex_id: str) -> bytes:
    """The 8 bytes of an id of 16 hex digits."""
    return bytes.fromhex(hex_id)


def ids(joined: bytes) -> list[str]:
    """Ids that stand joined, 8 bytes each."""
    return [joined[at : at + 8].hex() for at in range(0, len(joined), 8)]


@functools.lru_cache(maxsize=1 << 16)
def term_key(term: str) -> bytes:
    """The 4 bytes that stand for a term in counts and the journal; posting lists go by the first 3.

    Two terms share them by chance once in 4 billion pairs, and a list once in 16 million; a decision
    compares the terms themselves, so all that comes of it is an event compared for nothing.
    """
    return xxhash.xxh32_digest(term.encode())


def hash_keys(smallest: Sequence[int]) -> list[bytes]:
    """The same for shingle hashes: as they are, their last bits in front, for the first of a small number say little."""
    return [one.to_bytes(4, "little") for one in smallest]


def pack_story(story: Stored) -> bytes:
    """All of a story but its event and its stream record, which the commit script puts in front."""
    told = _pack_member(story.member, story.language)
    follows = (story.duplicate_of, story.rewrite_of, story.revision_of)
    decided = (_OUTCOMES.index(story.outcome), story.redundant, *(raw(one or "") for one in follows))
    rest = (*attrgetter(*_PLACE)(story), *decided, *attrgetter(*_SHOWN)(story))
    return b"".join(
        (
            CROWD.pack(story.member.crowd),
            _SIZE.pack(len(told)),
            told,
            bytes([_FORM]),
            deflated(msgpack.packb(rest)),
        )
    )


def _pack_member(member: Member, language: str) -> bytes:
    profile, known = member.profile, lexicon(language)
    title, lead, names = profile.title, profile.lead, profile.names
    ranked, others = known.numbered(profile.body)
    ranks, spelled = sorted(ranked), sorted(others)
    terms = [*map(ranked.__getitem__, ranks), *spelled]
    counts = [_COUNTS[profile.body[term]] for term in terms]
    flags = [
        (term in title) | (term in lead) << 1 | (term in names) << 2 | (count > 1) << 3
        for term, count in zip(terms, counts, strict=True)
    ]
    many = [count for count in counts if count > 1]
    more = [min(count - 2, _ESCAPE) for count in many]
    beyond = bytes([count for count in many if count - 2 >= _ESCAPE])
    numbers = gaps(sorted(profile.sketch), ranks)
    aged_and_dated = profile.ages | profile.weekdays | profile.days  # each has bytes of its own
    head = _MEMBER.pack(
        _FORM,
        profile.simhash,
        profile.words,
        profile.outlet,
        _NAN if member.published_s is None else member.published_s,
        member.arrived_s,
        *profile.norms,
        known.check,
        len(ranks),
        len(spelled),
        len(aged_and_dated),
        len(profile.sketch),
        len(numbers),
    )
    return b"".join(
        (
            head,
            bytes(sorted(aged_and_dated)),
            numbers,
            halves(flags + more),
            beyond,
            "\n".join(spelled).encode(),
        )
    )


@functools.lru_cache(maxsize=2_048)
def unpack_member(language: str, story_id: str, value: bytes) -> Member:
    """The part of a stored story that is compared with new ones.

    Young events are recalled again and again; the latest stories are kept unpacked.
    """
    crowd, size = CROWD.unpack_from(value, CROWD_AT)[0], _SIZE.unpack_from(value, _SIZE_AT)[0]
    told = value[PREFIX_BYTES : PREFIX_BYTES + size]
    _demand_form(told[0])
    (_, simhash, words, outlet, published_s, arrived_s, in_body, in_title, in_lead, in_names,
     check, ranked, unranked, aged, sketched, numbered) = _MEMBER.unpack_from(told)  # fmt: skip
    known = lexicon(language)
    if check != known.check:
        raise other_words(language)
    ages_end = _MEMBER.size + aged
    at = ages_end + numbered
    aged_and_dated = told[_MEMBER.size : ages_end]
    apart = distances(told[ages_end:at])
    terms = list(map(known.terms.__getitem__, np.cumsum(apart[sketched:]).tolist()))
    count = ranked + unranked
    digits = told[at : at + (count + 1) // 2 + count].hex().encode()  # one for each half of a byte
    flags = digits[:count]
    many = flags.translate(_IS_MANY)
    more = [int(digit, 16) for digit in digits[count : count + sum(many)].decode()]
    at += (count + len(more) + 1) // 2
    counts = [1] * count
    for place, extra in zip(compress(range(count), many), more, strict=True):
        if extra == _ESCAPE:
            counts[place] = told[at]
            at += 1
        else:
            counts[place] = extra + 2
    if unranked:
        terms += told[at:].decode().split("\n")
    return Member(
        story=story_id,
        published_s=None if published_s != published_s else published_s,  # noqa: PLR0124  # NaN
        arrived_s=arrived_s,
        profile=Profile(
            simhash=simhash,
            sketch=frozenset(np.cumsum(apart[:sketched]).tolist()),
            words=words,
            body=dict(zip(terms, [TF[count] for count in counts], strict=True)),
            title=frozenset(compress(terms, flags.translate(_IS_TITLE))),
            lead=frozenset(compress(terms, flags.translate(_IS_LEAD))),
            names=frozenset(compress(terms, flags.translate(_IS_NAME))),
            ages=frozenset([byte for byte in aged_and_dated if byte < DAYS_FROM and byte not in WEEKDAYS]),
            days=frozenset([byte for byte in aged_and_dated if byte >= DAYS_FROM]),
            weekdays=frozenset([byte for byte in aged_and_dated if byte in WEEKDAYS]),
            norms=(in_body, in_title, in_lead, in_names),
            outlet=outlet,
        ),
        crowd=crowd,
    )


def sketch_of(value: bytes) -> frozenset[int]:
    """The sketch alone of a stored story: most of those that share a hash turn out to share no text."""
    _demand_form(value[PREFIX_BYTES])
    *_, aged, sketched, numbered = _MEMBER.unpack_from(value, PREFIX_BYTES)
    at = PREFIX_BYTES + _MEMBER.size + aged
    return frozenset(np.cumsum(distances(value[at : at + numbered])[:sketched]).tolist())


def unpack_story(language: str, story_id: str, value: bytes) -> Stored:
    at = PREFIX_BYTES + _SIZE.unpack_from(value, _SIZE_AT)[0]
    _demand_form(value[at])
    rest = msgpack.unpackb(inflated(value[at + 1 :]))
    place, (outcome, redundant, duplicate, rewrite, revision), shown = rest[:-8], rest[-8:-3], rest[-3:]
    record, placed = _record(value[EVENT_BYTES:CROWD_AT])
    return Stored(
        event=value[:EVENT_BYTES].hex(),
        member=unpack_member(language, story_id, value[:at]),
        record_id=record,
        placed=placed,
        outcome=_OUTCOMES[outcome],
        duplicate_of=duplicate.hex() or None,
        rewrite_of=rewrite.hex() or None,
        redundant=redundant,
        revision_of=revision.hex() or None,
        **dict(zip(_PLACE + _SHOWN, place + shown, strict=True)),
    )


def event_of(value: bytes) -> tuple[bytes, bool]:
    """The event of a story as Redis keeps it, and whether a person put it there; nothing else of it is read."""
    return value[:EVENT_BYTES], _record(value[EVENT_BYTES:CROWD_AT])[1]


def as_stored(story: Stored) -> Stored:
    """The story as it will be read back: numbers that only weigh are kept in half their bytes."""
    value = raw(story.event) + pack_record(story.record_id, placed=story.placed) + pack_story(story)
    return unpack_story(story.language, story.member.story, value)


def pack_record(record: str, *, placed: bool = False) -> bytes:
    """A stream record's id as a story keeps it; none is all zeros."""
    ms, _, number = record.partition("-")
    return (int(ms or 0) | placed * PLACED).to_bytes(6, "big") + int(number or 0).to_bytes(4, "big")


def _record(packed: bytes) -> tuple[str, bool]:
    """The record's id, and whether a person put the story into its event."""
    high, low, number = _RECORD.unpack(packed)
    ms = high << 32 | low
    return f"{ms & ~PLACED}-{number}", ms >= PLACED


def _demand_form(form: int) -> None:
    if form != _FORM:
        raise StoreDiffers(
            f"A story is stored in form {form}, but this newsloom reads form {_FORM}: run the version that wrote it, "
            "or start with an empty Redis."
        )


class PackedEvent:
    """An event as event.lua writes it."""

    __slots__ = (
        "dated", "first_s", "head", "joined", "last_s", "listed", "members", "parted", "size", "title",
    )  # fmt: skip

    def __init__(self, value: bytes) -> None:
        self.size, self.first_s, self.last_s, flags, _, count, head = _EVENT.unpack_from(value)
        self.dated, self.joined, self.parted = bool(flags & DATED), bool(flags & JOINED), bool(flags & PARTED)
        self.listed = bool(flags & LISTED)  #: whether its stories stand in a list of their own
        self.head = head.hex()  #: the story whose headline it bears
        end = _EVENT.size + 8 * count
        self.members = ids(value[_EVENT.size : end])
        self.title = value[end:].decode()


def pack_segments(segments: Sequence[tuple[int, int]]) -> bytes:
    return bytes(msgpack.packb([number for pair in segments for number in pair]))


def unpack_segments(packed: bytes) -> tuple[tuple[int, int], ...]:
    numbers = msgpack.unpackb(packed) if packed else []
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def stories_of_version(value: bytes) -> list[str]:
    """The stories of a version of a page, in order of their parts, as version.lua lays it out."""
    before = 2 + int.from_bytes(value[:2], "big")
    parts = sorted(value[at : at + 10] for at in range(before + 1 + value[before], len(value), 10))
    return [part[2:].hex() for part in parts]


_OUTCOMES = tuple(Outcome)
_COUNTS = {value: count for count, value in enumerate(TF)}
