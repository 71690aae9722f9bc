"""A record comes back from the stream as it was told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.core.model import Article, Decision, Outcome, Story
from newsloom.core.policy import VIEWS
from newsloom.store.records import DECIDED, pack, unpack
from newsloom.telling import telling

ARTICLE = Article(
    file="/srv/a.txt", text="Fog.", title="Fog", source="courier.example", url="https://courier.example/1"
)
STORY = Story(
    id="1" * 16, article=ARTICLE, language="en", part=0, parts=1, first_paragraph=0, paragraphs=("Fog.",), title="Fog",
    published_s=1.7e9, arrived_s=1.7e9,
)  # fmt: skip
OPENED = Decision(story=STORY.id, event=STORY.id, outcome=Outcome.OPEN, policy="0" * 12, threshold=0.5)
NUMBERS = st.none() | st.just(0.0) | st.floats(-100, 100)


def kept(kind, record):
    """The entry as a client of Redis reads it."""
    packed = pack(kind, record)
    return {name.encode(): value.encode() for name, value in zip(packed[::2], packed[1::2], strict=True)}


@given(
    st.builds(
        replace,
        st.just(OPENED),
        distance=st.none() | st.integers(0, 64),
        overlap=NUMBERS,
        score=NUMBERS,
        margin=NUMBERS,
        candidates=st.integers(0, 3),
        features=st.just({})
        | st.fixed_dictionaries(dict.fromkeys(VIEWS, st.just(0.0) | st.floats(0.001, 2))),
        duplicate_of=st.none() | st.just("2" * 16),
        rewrite_of=st.none() | st.just("3" * 16),
        closest=st.sampled_from(["2" * 16, "4" * 16]),
    ),
    st.integers(0, 2),
    st.sampled_from([None, "1234", "/srv/a.txt"]),
)
def test_a_record_comes_back_whole(decision, number, article_id):
    """Every field with its value, in the order of the log; the time that steps took is in the log alone."""
    story = replace(
        STORY, part=number, parts=number + 1, article=replace(ARTICLE, id=article_id, index=number)
    )
    record = telling(story, decision, None, number, {"split": 1.0})
    kind, back = unpack(kept(DECIDED, record))
    del record["took_ms"]
    assert (kind, back) == (DECIDED, record)
    assert list(back) == list(record)


def test_decisions_have_the_same_fields():
    """So that Redis keeps their names once; what goes without saying is empty."""
    opened = kept(DECIDED, telling(STORY, OPENED, None, 0, {}))
    views = dict.fromkeys(VIEWS, 0.0) | {"body": 0.25}
    other = kept(DECIDED, telling(STORY, replace(OPENED, distance=0, features=views), None, 0, {}))
    assert list(opened) == list(other)
    assert {name for name, value in opened.items() if value} == {
        b"type", b"file", b"story", b"paragraphs", b"title", b"source", b"url", b"language", b"published", b"outcome",
        b"event_id", b"threshold", b"candidates", b"policy",
    }  # fmt: skip
    assert (other[b"distance"], other[b"features.body"], other[b"features.title"]) == (b"0", b"0.25", b"0")


@pytest.mark.parametrize("kind", ["story_moved", "event_merged", "event_split", "story_forgotten"])
def test_the_record_of_a_change_has_fields_of_its_own(kind):
    """Ids and titles are text though they be digits, numbers are numbers, null is null."""
    record = {"story": "1" * 16, "title": "1984", "size": 0, "clears": -0.5, "heir": None, "policy": "1" * 12}
    assert unpack(kept(kind, record)) == (kind, record)
