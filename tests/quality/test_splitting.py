"""Splitting on real pages, where NEWSLOOM_EVAL_DATA says they are.

The shipped coefficients were fitted on the articles these pages are made of, so these floors only catch
what breaks later; how well the method does on articles it has not seen stands in split.json.
"""

import gzip
import json
import os
from pathlib import Path

import pytest

from newsloom.core.split import split

DATA = Path(os.environ.get("NEWSLOOM_EVAL_DATA", ""))
pytestmark = pytest.mark.skipif(
    not (DATA / "splitting/dev.jsonl.gz").is_file(),
    reason="NEWSLOOM_EVAL_DATA is not set: no real pages to split",
)


def test_story_starts_are_found_on_real_pages() -> None:
    """F1 of exact inner starts at least 0.90; at most 2 in 100 one-story pages cut."""
    hit = found = true = ones = cut = 0
    with gzip.open(DATA / "splitting/dev.jsonl.gz", "rt", encoding="utf-8") as file:
        for page in map(json.loads, file):
            got = {segment.start for segment in split(page["paragraphs"])} - {0}
            want = set(page["starts"]) - {0}
            hit, found, true = hit + len(got & want), found + len(got), true + len(want)
            ones, cut = ones + (not want), cut + (not want and bool(got))
    assert 2 * hit / (found + true) >= 0.90
    assert cut <= 0.02 * ones


def test_the_seed_pages_are_split_exactly() -> None:
    """Two pages of four stories, three of one."""
    seeds = DATA.parent / "seeds"
    if not (seeds / "gold.json").is_file():
        pytest.skip("no seed pages beside the evaluation data")
    for name, truth in json.loads((seeds / "gold.json").read_text("utf-8"))["files"].items():
        lines = [line.strip() for line in (seeds / name).read_text("utf-8").splitlines() if line.strip()]
        assert [segment.start for segment in split(lines)] == truth["starts"], name
        assert [segment.start for segment in split(lines, lines[0])] == truth["starts"], name
