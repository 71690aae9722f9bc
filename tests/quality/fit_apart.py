"""Fit the log-odds of newsloom/core/apart.py: does a line belong to the story of its page?

    NEWSLOOM_EVAL_DATA=... python tests/quality/fit_apart.py

Pages are laid from articles of the labelled sets, half of them cut short, with headlines and beginnings of articles on
other events, and with what stands around the articles of real pages. Fits on half of the pages and prints the
coefficients in the module's order; the shipped ones were fitted on pages laid in the same way. Prints how those do on
the other half. Takes a minute; needs the extra `train`.
"""

import gzip
import json
import math
import os
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from lxml import html
from sklearn.linear_model import LogisticRegression

from newsloom.core import apart
from newsloom.core.body import body
from newsloom.core.forms import normalise
from newsloom.core.furniture import is_telling
from newsloom.core.text import terms

Line = tuple[str, bool]  #: a line, and whether it is of the story
Page = tuple[str, list[Line]]  #: headline and lines

SETS = {"gva": 500, "wikinews": 400, "allsides": 700}  #: articles of each
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“])")
_LETTERS = re.compile(r"[^\w]+")


def surroundings(folder: Path) -> list[tuple[list[str], list[str]]]:
    """Of each real page the lines above its article and below it."""
    found = []
    for truth in map(json.loads, (folder / "ground_truth.jsonl").read_text(encoding="utf-8").splitlines()):
        page = html.fromstring(
            gzip.decompress((folder / truth["file"]).read_bytes()).decode("utf-8", "replace")
        )
        article = _LETTERS.sub(" ", truth["text"].lower())
        above: list[str] = []
        below: list[str] = []
        begun = False
        for element in page.iter("p", "li", "h2", "h3"):
            line = " ".join(element.text_content().split())
            if len(line) > 40 and _LETTERS.sub(" ", line.lower())[:50] in article:
                begun, below = True, []
            elif line and len(line) <= 600 and "{" not in line and line not in above + below:
                (below if begun else above).append(line)
        found.append((above, below))
    return found


def _foreign(lines: Sequence[str]) -> list[Line]:
    return [(line, False) for line in lines]


def _some(lines: Sequence[str], most: int, chance: random.Random) -> list[Line]:
    size = min(len(lines), chance.randint(1, most))
    start = chance.randrange(len(lines) - size + 1)
    return _foreign(lines[start : start + size])


def _teaser(others: Sequence[dict[str, Any]], chance: random.Random) -> list[str]:
    other = chance.choice(others)
    return [other["title"], _SENTENCE_END.split(other["text"].strip().split("\n")[0])[0]]


def laid(articles: Sequence[dict[str, Any]], around: Sequence[tuple[list[str], list[str]]]) -> Iterator[Page]:
    """A page for each article; of every ten three have the article alone."""
    chance = random.Random(1)
    for at, article in enumerate(articles):
        told = [line for line in article["text"].split("\n") if line.strip()]
        if chance.random() < 0.5:
            told = told[: chance.randint(3, 8)]
        page: list[Line] = [(line, True) for line in told]
        near = articles[max(0, at - 15) : at + 15]
        others = [one for one in near if one["label"] != article["label"]]

        if others and chance.random() < 0.7:
            above, below = chance.choice(around)
            if chance.random() < 0.4:
                page = _some(above, 8, chance) + page
            if chance.random() < 0.6:
                page += _some(below, 10, chance)
            if chance.random() < 0.4:
                page += _foreign(
                    [line for _ in range(chance.randint(1, 4)) for line in _teaser(others, chance)]
                )
            if chance.random() < 0.4:
                place = chance.randint(1, len(page))
                page[place:place] = _foreign(_teaser(others, chance)[: chance.randint(1, 2)])
        yield article["title"], page


def measured(page: Page) -> tuple[list[str], list[list[str]], list[str], list[bool]]:
    """Its lines that are no furniture, their terms, those of the headline, and which are of the story."""
    headline, lines = page
    kept = body([line for line, _ in lines])
    told = [lines[k][0] for k in kept]
    return (
        told,
        [terms(normalise(line), "en") for line in told],
        terms(normalise(headline), "en"),
        [lines[k][1] for k in kept],
    )


def main() -> None:
    data = Path(os.environ["NEWSLOOM_EVAL_DATA"])
    chance, articles = random.Random(5), []
    for name, most in SETS.items():
        with gzip.open(data / "events" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            known = [
                one for one in map(json.loads, file) if one.get("title") and one["text"].count("\n") >= 2
            ]
        articles += sorted(
            chance.sample(known, min(most, len(known))), key=lambda one: one.get("published") or ""
        )
    pages = [measured(page) for page in laid(articles, surroundings(data / "html"))]
    chance.shuffle(pages)
    half = len(pages) // 2
    rows: dict[bool, list[list[float]]] = {True: [], False: []}
    labels: dict[bool, list[bool]] = {True: [], False: []}
    for told, found, headline, own in pages[:half]:
        sentences = [is_telling(line) for line in told]
        for sentence, share, label in zip(
            sentences,
            apart._shares([dict.fromkeys(one) for one in found], sentences, frozenset(headline), "en"),
            own,
            strict=True,
        ):
            shares = (share.elsewhere, share.apart, share.headline)
            pairs = [value for one in shares for value in (one, min(one, apart._PLENTY))]
            rows[sentence].append([*pairs, math.log1p(share.weight)])
            labels[sentence].append(label)
    for sentence, name in ((True, "_SENTENCE"), (False, "_LINE")):
        model = LogisticRegression(max_iter=3_000).fit(np.array(rows[sentence]), labels[sentence])
        print(name, model.intercept_.round(2), model.coef_.round(2), f"{len(labels[sentence])} lines")
    words = {True: [0, 0], False: [0, 0]}
    for told, found, headline, own in pages[half:]:
        away = apart.lead_away(told, found, headline, "en")
        for k, (line, label) in enumerate(zip(told, own, strict=True)):
            words[label][0] += len(line.split())
            words[label][1] += len(line.split()) * (k in away)
    for label, name in ((True, "of the story"), (False, "of others")):
        print(f"words {name} that lead away: {words[label][1] / words[label][0]:.3f} of {words[label][0]}")


if __name__ == "__main__":
    main()
