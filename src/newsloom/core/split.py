"""Several stories on one page: where each of them starts.

The paragraphs that are no furniture are scored gap by gap (`gaps.near`). Gaps with any chance become
candidates; then the segmentation as a whole is chosen: for two neighbouring segments the boundary between
them is scored on their full texts (`gaps.between`), and dynamic programming finds the set of boundaries
with the highest pseudo-likelihood, which counts the candidates passed over as well. A page has to earn its
first split: most pages hold one story, and a wrong cut does more harm than a missed one.

A page of briefs, a paragraph each, has no blocks to compare. It shows as a whole: no paragraph has much in common with
any other or with the headline of the page, and each is worded as the first of a story. How that is worded is known in
English only.

Where a story begins or ends that another file holds, log-odds are added to the boundary; but for an
update, which puts new paragraphs on top of the old ones: there both sides are of one kind.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import numpy as np

from newsloom.core import gaps, trees
from newsloom.core.body import body
from newsloom.core.cohesion import Array
from newsloom.core.cues import Wording
from newsloom.core.furniture import is_leave_link, is_sign_off
from newsloom.core.runs import NOTHING, Seen
from newsloom.core.trees import Trees

#: Body paragraphs measured at once; a longer page goes through in overlapping windows.
WINDOW = 400
#: Body paragraphs that two neighbouring windows share, half of them trusted to each.
OVERLAP = 80
#: Paragraphs on either side of a place where a known story begins or ends that are compared.
KIN_BLOCK = 8
#: How much more one such mark may speak against a boundary than for it.
LEAST = 2.0
#: The language in which it is known how the first paragraph of a story is worded.
WORDED = "en"
#: Telling paragraphs that a page of briefs has at least; of fewer it is hard to say that they have nothing in common.
LEAST_BRIEFS = 5
#: Lines at the end of a page among which a newsletter says how to leave it.
LAST_LINES = 10
#: Candidates looked at on one window, the most likely first; bounds the work on a hopeless page.
MAX_CANDIDATES = 40


class Segment(NamedTuple):
    """A story's place on its page."""

    start: int  #: index of its first paragraph
    stop: int  #: one past the index of its last


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned; see split.json for where from and how well."""

    #: Log-odds that a paragraph opens, and closes, a story; 0 where the language is not `WORDED`
    wording: Wording
    near: Trees
    between: Trees
    candidate: float  #: log-odds of `near` from which on a gap is a candidate
    start: float  #: log-odds taken off every boundary
    page: float  #: log-odds that the boundaries of a page have to make up for together
    seen: float  #: log-odds added where a story begins or ends that another file holds; twice where both
    kin: float  #: cosine of the paragraphs on either side at which one such mark alone says nothing
    #: Log-odds that a page is one of briefs: a constant, and coefficients of `briefs_views`; not elsewhere
    briefs: Array | None


def model_from(data: Mapping[str, Any], *, worded: bool = True) -> Model:
    """From the layout of split.json: for the language in which wording is known, or for all others."""
    found = data if worded else data["elsewhere"]
    return Model(
        wording=Wording(data["wording"] if worded else {}),
        near=trees.load(found["near"]["base"], found["near"]["trees"]),
        between=trees.load(found["between"]["base"], found["between"]["trees"]),
        briefs=np.array(data["briefs"]) if worded else None,
        **found["decode"],
    )


@cache
def shipped(*, worded: bool = True) -> Model:
    """The model in the package."""
    text = resources.files("newsloom.core").joinpath("split.json").read_text("utf-8")
    return model_from(json.loads(text), worded=worded)


def split(
    paragraphs: Sequence[str],
    title: str | None = None,
    *,
    language: str = WORDED,
    in_lines: bool = True,
    furniture: Collection[str] = frozenset(),
    seen: Seen = NOTHING,
    model: Model | None = None,
) -> tuple[Segment, ...]:
    """Cut a page into its stories.

    The segments cover all paragraphs in order; a page without paragraphs has none. `title` is the page's
    own headline, if known, `language` its ISO 639-1 code, `in_lines` whether the paragraphs are its own, and not the
    sentences of a text in one line, `furniture` are lines learned to be no part of the news, `seen` tells where
    stories begin and end that other files hold.
    """
    if not paragraphs:
        return ()
    kept = body(paragraphs, furniture)
    lines = [paragraphs[i] for i in kept]
    marked = Seen(
        starts=frozenset(k for k, i in enumerate(kept) if i in seen.starts),
        ends=frozenset(k for k, i in enumerate(kept) if i in seen.ends),
    )
    model = model or shipped(worded=language == WORDED)
    if not in_lines:  # of a story, too, a sentence may have little in common with any other
        model = replace(model, briefs=None)
    if any(map(is_leave_link, paragraphs[-LAST_LINES:])):
        title = None  # the subject of a newsletter tells of several of its stories
    inner = _starts(lines, left_out(paragraphs, kept), title, marked, model, language=language)
    # what stands above the first kept line belongs to the first story
    bounds = [0, *(kept[k] for k in inner), len(paragraphs)]
    return tuple(Segment(start, stop) for start, stop in pairwise(bounds))


def left_out(paragraphs: Sequence[str], kept: Sequence[int]) -> list[int]:
    """What stands between each kept paragraph and the one before: 0 nothing, 1 furniture, 2 a sign-off."""
    kinds = [0] * len(kept)
    for k, (before, after) in enumerate(pairwise(kept), 1):
        if after > before + 1:
            kinds[k] = 2 if any(map(is_sign_off, paragraphs[before + 1 : after])) else 1
    return kinds


def _starts(
    lines: Sequence[str],
    skipped: Sequence[int],
    title: str | None,
    seen: Seen,
    model: Model,
    *,
    language: str,
) -> list[int]:
    """Indices in `lines` at which a story starts, 0 left out."""
    starts: list[int] = []
    for first in range(0, max(1, len(lines) - OVERLAP), WINDOW - OVERLAP):
        window = lines[first : first + WINDOW]
        if len(window) < 2:
            continue
        low = OVERLAP // 2 if first else 0
        high = WINDOW - OVERLAP // 2 if first + WINDOW < len(lines) else WINDOW
        page = gaps.measure(window, skipped[first : first + WINDOW], title, model.wording, language)
        if len(window) == len(lines) and (briefs := _briefs(page, model)):
            return briefs
        odds = np.append(0.0, model.near.odds(gaps.near(page)))
        evidence = _evidence(page, _marked(page, odds, seen, first), model)
        likely = [k for k in range(1, len(window)) if odds[k] + evidence[k] > model.candidate]
        likely = sorted(likely, key=lambda k: -odds[k] - evidence[k])[:MAX_CANDIDATES]
        if likely:
            nodes = [0, *sorted(likely), len(window)]
            starts += [first + k for k in _decode(page, odds, nodes, evidence, model) if low <= k < high]
    return starts


def _briefs(page: gaps.Page, model: Model) -> list[int]:
    """Where each brief after the first starts, with the headline above it; none if this is no page of briefs."""
    told = np.flatnonzero(page.telling)
    if model.briefs is None or not LEAST_BRIEFS <= len(told) <= MAX_CANDIDATES:
        return []
    is_one = model.briefs @ [1.0, *briefs_views(page)] > 0.0
    return [int(k) + 1 for k in told[:-1]] if is_one else []


def briefs_views(page: gaps.Page) -> tuple[float, float, float]:
    """Of the telling paragraphs, three or more, what tells briefs from a story, in the mean.

    How much each but the first is worded as the first of a story, in log-odds; its cosine with the one it is most
    like; its cosine with the page's title.
    """
    told = np.flatnonzero(page.telling)
    nearest = page.words.cosines()[np.ix_(told, told)].max(axis=1)
    return float(page.lead[told[1:]].mean()), float(nearest.mean()), float(page.title[told].mean())


def _marked(page: gaps.Page, odds: Array, seen: Seen, first: int) -> Array:
    """(n,) how often it is known from other files that a story starts at a paragraph of this window.

    Runs are of telling paragraphs; the lines between two of those may be the close of one story or the
    headline of the next. Of these places the likeliest takes the mark.
    """
    marks = np.zeros(len(odds))
    told = [int(k) for k in np.flatnonzero(page.telling)]
    for before, after in pairwise(told):
        known = (first + before in seen.ends) + (first + after in seen.starts)
        if known:
            marks[before + 1 + int(np.argmax(odds[before + 1 : after + 1]))] = known
    return marks


def _evidence(page: gaps.Page, marks: Array, model: Model) -> Array:
    """(n,) log-odds that other files add to a story starting at a paragraph, by `_marked`.

    Where a known story begins or ends among paragraphs of its own kind, the page is an update of it rather
    than a page of two: the mark speaks against a boundary. Where one story ends and another begins, both
    known, there is no such doubt.
    """
    n = len(marks)
    k = np.flatnonzero(marks)
    evidence = np.zeros(n)
    like = page.words.cosine(np.maximum(k - KIN_BLOCK, 0), k, np.minimum(k + KIN_BLOCK, n))
    worth = np.where(marks[k] > 1, 1.0, np.maximum(1.0 - like / model.kin, -LEAST))
    evidence[k] = model.seen * marks[k] * worth
    return evidence


def _decode(page: gaps.Page, odds: Array, nodes: Sequence[int], evidence: Array, model: Model) -> list[int]:
    """The best set of boundaries among the candidates: Viterbi over pairs of neighbouring boundaries.

    score(a, i, b) is the log-odds of a story starting at i when its neighbours start at a and b. A set of
    boundaries is worth the log-probability of each under its own neighbours plus that of each candidate
    inside a segment being none, under the segment's ends.
    """
    c = len(nodes)
    triples = np.array(list(combinations(range(c), 3))).T
    a, i, b = np.array(nodes)[triples]
    score = np.zeros((c, c, c))
    score[tuple(triples)] = model.between.odds(gaps.between(page, a, i, b, odds)) - model.start + evidence[i]
    yes, no = -np.logaddexp(0.0, -score), -np.logaddexp(0.0, score)
    # best[p, q]: value of the best segmentation whose last segment is [p, q), its right boundary not counted yet
    best = np.full((c, c), -np.inf)
    back = np.zeros((c, c), dtype=int)
    told = np.append(0.0, np.cumsum(page.telling))[nodes]
    for q in range(1, c):
        if told[q] or q == c - 1:
            best[0, q] = no[0, 1:q, q].sum()
    for p in range(1, c):
        for q in range(p + 1, c):
            if told[q] == told[p]:
                continue  # headlines, names or figures alone are no story
            values = best[:p, p] + yes[:p, p, q]
            back[p, q] = int(np.argmax(values))
            best[p, q] = values[back[p, q]] + no[p, p + 1 : q, q].sum()
    last = int(np.argmax(best[1:-1, c - 1])) + 1
    if best[last, c - 1] - model.page <= best[0, c - 1]:
        return []
    starts, p, q = [], last, c - 1
    while p > 0:
        starts.append(nodes[p])
        p, q = int(back[p, q]), p
    return starts[::-1]
