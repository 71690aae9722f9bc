"""What the stream leaves out of a decision's record, whoever reads it through the store gets back."""

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.core.model import Article, Decision, Outcome, Story
from newsloom.core.policy import VIEWS
from newsloom.store.records import pack, unpack
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
    ),
    st.integers(0, 2),
    st.sampled_from([None, "1234", "/srv/a.txt"]),
)
def test_a_record_comes_back_whole(decision, number, article_id):
    """Every field with its value, in the order of the log; the time that steps took is in the log alone."""
    features = decision.features
    if features and not any(features.values()):
        features = {}
    story = replace(
        STORY, part=number, parts=number + 1, article=replace(ARTICLE, id=article_id, index=number)
    )
    record = telling(story, replace(decision, features=features), None, number, {"split": 1.0})
    del record["took_ms"]
    back = unpack("story_decided", pack({**record, "took_ms": {"split": 1.0}}))
    assert back == record
    assert list(back) == list(record)


def test_what_goes_without_saying_is_left_out():
    """No null, no zero but those that tell something, no file twice."""
    record = telling(
        STORY, replace(OPENED, distance=0, features=dict.fromkeys(VIEWS, 0.0) | {"body": 0.25}), None, 0, {}
    )
    kept = orjson.loads(pack(record))
    assert kept.keys() == {
        "file", "story", "paragraphs", "title", "source", "url", "language", "published", "outcome", "event_id",
        "distance", "threshold", "candidates", "features", "policy",
    }  # fmt: skip
    assert (kept["distance"], kept["features"]) == (0, {"body": 0.25})


@pytest.mark.parametrize("kind", ["story_moved", "event_merged", "event_split"])
def test_the_record_of_a_change_is_kept_as_it_is(kind):
    """It has fields of its own."""
    assert unpack(kind, b'{"story":"1","size":0}') == {"story": "1", "size": 0}
