"""The record of a decision: one shape for the log line, the stream and `explain`."""

import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from newsloom.core.model import Article, Decision, Outcome, Profile, Story
from newsloom.telling import iso, telling

WORKING = Path(__file__).parents[2] / "src" / "newsloom" / "README.md"


def documented() -> set[str]:
    """The fields of a decision, by their table."""
    rows = WORKING.read_text(encoding="utf-8").partition("| field of a decision |")[2].partition("\n\n")[0]
    return {name for row in rows.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split(" | ")[0])}


ARTICLE = Article(
    file="in/a.json",
    text="The ferry sank.",
    index=12,
    id="77",
    url="https://news.example/77",
    source="news.example",
    title="Ferry",
)
STORY = Story(
    id="aa" * 8,
    article=ARTICLE,
    language="en",
    part=1,
    parts=3,
    first_paragraph=4,
    paragraphs=("The ferry sank.", "All were saved."),
    title="Ferry",
    published_s=1_700_000_000.5,
    arrived_s=1_700_000_100.0,
)
PROFILE = Profile(
    simhash=0xAB, sketch=frozenset(), words=6, body={}, title=frozenset(), lead=frozenset(), names=frozenset(),
    ages=frozenset(), norms=(0.0, 0.0, 0.0, 0.0),
)  # fmt: skip
DECISION = Decision(
    story="aa" * 8,
    event="bb" * 8,
    outcome=Outcome.ATTACH,
    policy="0123456789ab",
    threshold=1.234567,
    candidates=4,
    distance=21,
    overlap=1 / 3,
    score=2.000049,
    margin=0.5,
    runner_up="cc" * 8,
    runner_up_score=1.5,
    features={"body": 0.66666666, "size": 0.0},
)


def test_a_record_holds_every_field_that_is_documented():
    """No field more, no field less, whatever the outcome."""
    assert telling(STORY, DECISION, PROFILE, 2, {"recall": 1.5}).keys() == documented()
    repeat = Decision("aa" * 8, "bb" * 8, Outcome.REPEAT, policy="", threshold=0.0)
    assert telling(STORY, repeat, None, 0, {}).keys() == documented()


def test_a_record_tells_the_story_and_the_decision():
    """Each value from where it belongs, numbers to four places."""
    record = telling(STORY, DECISION, PROFILE, 2, {"recall": 1.5})
    assert {name: record[name] for name in ("file", "article", "source", "url", "language", "title")} == {
        "file": "in/a.json", "article": "77", "source": "news.example", "url": "https://news.example/77",
        "language": "en", "title": "Ferry",
    }  # fmt: skip
    assert record["index"] == 12
    assert (record["part"], record["parts"], record["first_paragraph"], record["paragraphs"]) == (1, 3, 4, 2)
    assert (record["outcome"], record["event_id"], record["story"]) == ("attach", "bb" * 8, "aa" * 8)
    assert (record["score"], record["threshold"], record["margin"], record["overlap"]) == (
        2.0,
        1.2346,
        0.5,
        0.3333,
    )
    assert (record["runner_up"], record["runner_up_score"], record["candidates"]) == ("cc" * 8, 1.5, 4)
    assert record["features"] == {"body": 0.6667, "size": 0.0}
    assert (record["words"], record["distance"], record["retries"]) == (6, 21, 2)
    assert record["took_ms"] == {"recall": 1.5}


@pytest.mark.parametrize("simhash", [0, 0xAB, 2**63, 2**64 - 1])
def test_a_fingerprint_is_16_hex_digits(simhash):
    """A number of 64 bits is more than many readers of JSON can hold."""
    record = telling(STORY, DECISION, replace(PROFILE, simhash=simhash), 0, {})
    assert record["simhash"] == f"{simhash:016x}"
    assert len(record["simhash"]) == 16


def test_an_article_without_an_id_is_called_by_its_path():
    """So every record names its article."""
    story = replace(STORY, article=replace(ARTICLE, id=None))
    assert telling(story, DECISION, PROFILE, 0, {})["article"] == "in/a.json"


def test_a_record_is_json():
    """It goes to the stream and the log as it is: plain values, an outcome that is text."""
    record = telling(STORY, DECISION, PROFILE, 0, {"recall": 1.5})
    assert orjson.loads(orjson.dumps(record)) == record
    assert type(record["outcome"]) is str


def test_the_record_keeps_its_own_milliseconds():
    """The stop-watch runs on; what was told stays as it was."""
    took = {"recall": 1.5}
    record = telling(STORY, DECISION, PROFILE, 0, took)
    took["recall"] = 99.0
    assert record["took_ms"] == {"recall": 1.5}


@pytest.mark.parametrize(
    ("time_s", "text"),
    [
        (None, None),
        (0.0, "1970-01-01T00:00:00+00:00"),
        (1_700_000_000.9, "2023-11-14T22:13:20+00:00"),
        (-1.0, "1969-12-31T23:59:59+00:00"),
        (4_102_444_800, "2100-01-01T00:00:00+00:00"),
    ],
)
def test_times_are_iso_8601_in_utc(time_s, text):
    """To the second; no date is none."""
    assert iso(time_s) == text


def test_a_member_of_an_archive_is_named():
    """The record says which member of which archive a story is from."""
    story = replace(STORY, article=replace(ARTICLE, file="in/a.zip", member="day/b.json", id=None))
    record = telling(story, DECISION, PROFILE, 0, {})
    assert record["file"] == record["article"] == "in/a.zip!day/b.json"
