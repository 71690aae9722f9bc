"""Stored stories are read back as they were written."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from newsloom.core.days import DAYS_FROM, WEEKDAYS
from newsloom.core.describe import MAX_COUNT, SKETCH_SIZE, TF
from newsloom.core.model import Member, Outcome, Profile
from newsloom.core.stems import shares
from newsloom.store.codec import (
    CROWD_AT,
    EVENT_BYTES,
    pack_record,
    pack_story,
    raw,
    sketch_of,
    unpack_member,
    unpack_story,
)
from newsloom.store.lexicon import NUMBERED
from newsloom.store.values import Stored

IDS = st.integers(0, 2**64 - 1).map(lambda number: f"{number:016x}")
RECORDS = st.tuples(st.integers(0, 2**47 - 1), st.integers(0, 2**32 - 1)).map(
    lambda pair: f"{pair[0]}-{pair[1]}"
)
TEXTS = st.text(st.characters(codec="utf-8"))
LANGUAGES = st.sampled_from(["en", "de", "zh", "tlh"])  #: the last has no list
WORDS = st.sampled_from(tuple(shares("en"))[:NUMBERED]) | st.text(
    st.characters(categories=("Ll", "Lo", "Mn", "Nd")), min_size=1
)
TIMES = st.floats(-1e11, 1e11) | st.integers(-(10**11), 10**11)
NORMS = st.floats(0, 2**20, width=32)  # as they are kept


@st.composite
def profiles(draw):
    body = draw(st.dictionaries(WORDS, st.integers(1, MAX_COUNT).map(TF.__getitem__), max_size=30))
    view = st.sets(st.sampled_from(sorted(body))) if body else st.just(set())
    return Profile(
        simhash=draw(st.integers(0, 2**64 - 1)),
        sketch=frozenset(draw(st.sets(st.integers(0, 2**32 - 1), max_size=SKETCH_SIZE))),
        words=draw(st.integers(0, 10**6)),
        body=body,
        title=frozenset(draw(view)),
        lead=frozenset(draw(view)),
        names=frozenset(draw(view)),
        ages=frozenset(draw(st.sets(st.integers(0, DAYS_FROM - 1), max_size=5))) - {*WEEKDAYS},
        norms=draw(st.tuples(NORMS, NORMS, NORMS, NORMS)),
        days=frozenset(draw(st.sets(st.integers(DAYS_FROM, 255), max_size=5))),
        weekdays=frozenset(draw(st.sets(st.sampled_from(WEEKDAYS), max_size=5))),
    )


@st.composite
def stories(draw):
    return Stored(
        event=draw(IDS),
        member=Member(
            story=draw(IDS),
            published_s=draw(st.none() | TIMES),
            arrived_s=draw(TIMES),
            profile=draw(profiles()),
            crowd=draw(st.floats(0, 1)),
        ),
        record_id=draw(RECORDS),
        article_id=draw(TEXTS),
        file=draw(TEXTS),
        index=draw(st.integers(0, 10**6)),
        part=draw(st.integers(0, 10**4)),
        parts=draw(st.integers(1, 10**4)),
        first_paragraph=draw(st.integers(0, 10**6)),
        paragraphs=draw(st.integers(1, 10**6)),
        language=draw(LANGUAGES),
        outcome=draw(st.sampled_from(Outcome)),
        duplicate_of=draw(st.none() | IDS),
        rewrite_of=draw(st.none() | IDS),
        redundant=draw(st.booleans()),
        revision_of=draw(st.none() | IDS),
        title=draw(st.none() | TEXTS),
        source=draw(st.none() | TEXTS),
        url=draw(st.none() | TEXTS),
        placed=draw(st.booleans()),
    )


def written(story):
    """As the commit script puts it together."""
    return raw(story.event) + pack_record(story.record_id, placed=story.placed) + pack_story(story)


@given(stories(), IDS)
def test_a_story_comes_back_as_it_was(story, event):
    """Every field, exactly: weights to the last bit, norms to half of theirs.

    What is compared comes back alone, whatever stands in the prefix; the 8 bytes of the event stand first and
    nowhere else.
    """
    value, name = written(story), story.member.story
    back = unpack_story(story.language, name, value)
    assert back == story
    assert type(back.outcome) is Outcome
    compared = b"\xff" * CROWD_AT + pack_story(story)
    assert unpack_member(story.language, name, compared) == story.member
    assert sketch_of(compared) == story.member.profile.sketch
    moved = unpack_story(story.language, name, raw(event) + value[EVENT_BYTES:])
    assert moved == replace(story, event=event)


def test_each_count_is_one_byte():
    """All 255 weights are told apart and come back equal."""
    for count in range(1, MAX_COUNT + 1):
        profile = Profile(
            simhash=0, sketch=frozenset(), words=count, body={"fog": TF[count]}, title=frozenset(), lead=frozenset(),
            names=frozenset(), ages=frozenset(), norms=(0.5, 0.0, 3.25, 0.0),
        )  # fmt: skip
        member = Member(story="0" * 16, published_s=None, arrived_s=0.0, profile=profile)
        story = Stored(
            event="0" * 16, member=member, record_id="1-0", article_id="a", file="a", index=0, part=0, parts=1,
            first_paragraph=0, paragraphs=1, language="en", outcome=Outcome.OPEN, duplicate_of=None, rewrite_of=None, redundant=False, revision_of=None,
            title=None, source=None, url=None,
        )  # fmt: skip
        assert unpack_member("en", "0" * 16, b"x" * CROWD_AT + pack_story(story)) == member
