"""Floors for the events found on labelled articles: no change may fall below them unnoticed."""

import os
from pathlib import Path

import pytest

from newsloom.core.policy import Policy
from newsloom.evaluate import evaluate, labelled

SETS = Path(os.environ.get("NEWSLOOM_EVAL_DATA", "")) / "events"


@pytest.mark.eval
@pytest.mark.skipif(not os.environ.get("NEWSLOOM_EVAL_DATA"), reason="NEWSLOOM_EVAL_DATA is not set")
@pytest.mark.parametrize(("name", "articles", "floor"), [("wikinews", 419, 0.75), ("gva", 1200, 0.90)])
def test_events_of_labelled_articles(name: str, articles: int, floor: float) -> None:
    """General news and look-alike incidents, one policy: BCubed F1 holds and no event swallows others."""
    report = evaluate(labelled(SETS / f"{name}.jsonl.gz")[:articles], Policy.load())
    assert report.bcubed.f1 >= floor
    assert report.largest_found <= 3 * report.largest_gold
    assert report.split <= 0.02 * report.documents
