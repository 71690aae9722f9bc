"""``newsloom evaluate``, run on the sample in tests/quality."""

from pathlib import Path

import orjson

SAMPLE = Path(__file__).parents[1] / "quality" / "labelled" / "lookalike.jsonl"


def test_the_scores_as_json(cli):
    """All articles are counted, both scores are there, and what the second look did."""
    told = cli("evaluate", SAMPLE, "--json")
    row = orjson.loads(told.out)
    assert told.code == 0
    assert row["documents"] == sum(row["outcomes"].values()) == 60
    assert 0 < row["pairwise"]["f1"] <= 1
    assert 0 < row["bcubed"]["f1"] <= 1
    assert row["changes"]["event_merged"] > 0
    assert 0 < row["bcubed_as_told"]["f1"] < row["bcubed"]["f1"]


def test_without_the_second_look(cli):
    """Nothing is merged or split, and the events are other ones."""
    look, first = (orjson.loads(cli("evaluate", SAMPLE, "--json", *how).out) for how in ((), ("--no-look",)))
    assert first["changes"] == {}
    assert first["bcubed"] != look["bcubed"]
    assert first["bcubed"] == first["bcubed_as_told"]
