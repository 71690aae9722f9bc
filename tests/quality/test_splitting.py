"""Splitting: our own articles in many languages laid end to end, and real pages where NEWSLOOM_EVAL_DATA says they are.

The shipped coefficients were fitted on the articles that the real pages are made of, so these floors only catch
what breaks later; how well the method does on articles it has not seen stands in split.json. Nothing was fitted to
our own.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from laid_pages import DATA, Laid, read, seen_before, updates

from newsloom.core.split import split

OWN = Path(__file__).parent / "labelled"
LANGUAGES = sorted(file.stem for file in OWN.glob("??.jsonl"))

on_real_pages = pytest.mark.skipif(
    not (DATA / "splitting/dev.jsonl.gz").is_file(),
    reason="NEWSLOOM_EVAL_DATA is not set: no real pages to split",
)


@pytest.fixture(scope="module")
def singles() -> list:
    return read()[0]


@pytest.fixture(scope="module")
def pages() -> list[Laid]:
    return [page for pages in read()[1].values() for page in pages]


def own_pages(language: str, count: int) -> list[Laid]:
    """Pages of one to four of our articles of different events, each below its headline."""
    rnd = random.Random(language)
    rows = map(json.loads, (OWN / f"{language}.jsonl").read_text("utf-8").splitlines())
    articles = [
        (row["label"], (row["title"], *row["text"].split("\n")))
        for row in rows
        if row["text"].count("\n") > 1
    ]
    pages = []
    for _ in range(count):
        chosen = dict(rnd.sample(articles, rnd.choice((1, 1, 2, 3, 4))))
        starts, lines = [], []
        for article in chosen.values():
            starts.append(len(lines))
            lines += article
        pages.append(Laid(tuple(lines), tuple(starts), None))
    return pages


def judged(pages: Sequence[Laid], language: str = "en") -> tuple[float, float]:
    """F1 of exact inner starts, and the share of one-story pages that are cut."""
    hit = found = true = ones = cut = 0
    for page in pages:
        got = {segment.start for segment in split(page.lines, language=language, seen=page.seen)} - {0}
        want = set(page.starts) - {0}
        hit, found, true = hit + len(got & want), found + len(got), true + len(want)
        ones, cut = ones + (not want), cut + (not want and bool(got))
    return 2 * hit / max(1, found + true), cut / max(1, ones)


@pytest.fixture(scope="module")
def alone(pages: list[Laid]) -> tuple[float, float]:
    """How well they are cut where nothing was seen before."""
    return judged(pages)


@on_real_pages
def test_story_starts_are_found_on_real_pages(alone: tuple[float, float]) -> None:
    """F1 of exact inner starts at least 0.90; at most 2 in 100 one-story pages cut."""
    f1, cut = alone
    assert f1 >= 0.90
    assert cut <= 0.02


@on_real_pages
def test_what_other_files_hold_helps_and_cuts_no_more_pages(
    pages: list[Laid], alone: tuple[float, float]
) -> None:
    """With half of the stories seen before, more starts are found and no more one-story pages are cut."""
    f1, cut = alone
    told_f1, told_cut = judged(seen_before(pages, 0.5))
    assert told_f1 > f1
    assert told_cut <= cut


@on_real_pages
def test_updates_stay_one_story(singles: list) -> None:
    """One new paragraph, or five, by another hand on top of an article seen before: at most 2 in 100 are cut."""
    for new in (1, 5):
        pages = updates([single for single in singles if single.kind == "allsides"], new)
        assert len(pages) > 500
        assert judged(pages)[1] <= 0.02


@on_real_pages
def test_the_seed_pages_are_split_exactly() -> None:
    """Two pages of four stories, three of one."""
    seeds = DATA.parent / "seeds"
    if not (seeds / "gold.json").is_file():
        pytest.skip("no seed pages beside the evaluation data")
    for name, truth in json.loads((seeds / "gold.json").read_text("utf-8"))["files"].items():
        lines = [line.strip() for line in (seeds / name).read_text("utf-8").splitlines() if line.strip()]
        assert [segment.start for segment in split(lines)] == truth["starts"], name
        assert [segment.start for segment in split(lines, lines[0])] == truth["starts"], name


def test_pages_in_other_languages_are_cut() -> None:
    """Half of the inner starts and more, by F1, in the mean of thirty languages; and hardly a page of one story."""
    found = [judged(own_pages(language, 25), language) for language in LANGUAGES]
    assert len(found) >= 30
    assert sum(f1 for f1, _ in found) / len(found) >= 0.5
    assert sum(cut for _, cut in found) / len(found) <= 0.02
