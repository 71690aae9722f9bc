"""What speaks for and against a story starting at a paragraph, as one row of numbers each.

`Page` holds the paragraphs that are no furniture (the body) and everything measured on them once. `near`
gives the rows that need no other boundary; `between` those that compare two neighbouring segments.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from newsloom.core import cohesion, cues
from newsloom.core.cohesion import Array, Index, Vectors, View
from newsloom.core.furniture import is_telling
from newsloom.core.reading import Line, lines

#: Paragraphs on either side of a gap that are compared as blocks; the last is the whole page.
WORD_BLOCKS = (1, 2, 3, 5, 8, 13, 20, 1 << 30)
NAME_BLOCKS = (2, 4, 8, 16, 1 << 30)
#: Those of them whose cosine is compared with the neighbouring gaps' too.
WORD_DIPS, NAME_DIPS = (3, 8), (8, 16)
#: Those of them whose cosine is compared with the cohesion within either block too.
WORD_CONTRASTS, NAME_CONTRASTS = (5, 8, 20), (4, 8, 16)

#: Log-odds that stand for the end of the page, as surely a boundary as any.
END = 6.0


@dataclass(frozen=True, slots=True)
class Page:
    """The body of a page, measured; n paragraphs."""

    words: View
    names: View
    lead: Array  #: (n,) log-odds that a paragraph is worded as the first of a story
    close: Array  #: (n,) log-odds that it is worded as the last
    length: Array  #: (n,) words
    title: Array  #: (n,) cosine with the page's title; all 0 where it has none
    quote: Array  #: (n,) 1 where it opens with a quotation mark
    telling: Array  #: (n,) 1 where it is a sentence, or long; headlines, names and table rows are not
    skipped: Array  #: (n,) what was left out right before it: 0 nothing, 1 furniture, 2 a sign-off


def measure(
    body: Sequence[str], skipped: Sequence[int], title: str | None, wording: cues.Wording, language: str
) -> Page:
    """Measure the paragraphs of a page's body in a language; `skipped` as in `Page`, by paragraph."""
    *read, titled = lines([*body, title or ""])
    words, names = cohesion.vectors(read, language)
    worded = np.array(cues.scores(read, wording))
    return Page(
        words=cohesion.view(words),
        names=cohesion.view(names),
        lead=worded[:, 0],
        close=worded[:, 1],
        length=np.array([float(len(one.words)) for one in read]),
        title=_title_cosine(titled, words, language),
        quote=worded[:, 2],
        telling=np.array([float(is_telling(line)) for line in body]),
        skipped=np.array(skipped, dtype=np.float64),
    )


def _title_cosine(title: Line, words: Vectors, language: str) -> Array:
    wanted, _ = cohesion.vectors([title], language)
    if not len(wanted.term):
        return np.zeros(words.n)
    weights = np.zeros(title.lexicon.numbers)
    weights[wanted.term] = wanted.weight**2
    both = np.bincount(words.row, weights[words.term], words.n)
    size = np.sqrt(float(wanted.norms[0]) * np.maximum(words.norms, 1e-9))
    return np.asarray(both / size)


def _near(values: Array, steps: Sequence[int], fill: float = 0.0) -> list[Array]:
    """Along each row the values so many places on, for each of `steps` (within 3); `fill` beyond the ends."""
    width = values.shape[1]
    beyond = np.full((len(values), 3), fill)
    padded = np.concatenate([beyond, values, beyond], axis=1)
    return [padded[:, 3 + step : 3 + step + width] for step in steps]


def _rank(values: Array) -> Array:
    """Along each row the share of values that are smaller, 0..1."""
    rank = np.empty(values.shape)
    order = np.argsort(values, axis=1, kind="stable")
    np.put_along_axis(rank, order, np.arange(values.shape[1], dtype=float)[None], axis=1)
    return np.asarray(rank / max(1, values.shape[1] - 1))


def near(page: Page) -> Array:
    """Rows for gaps 1..n-1 (row k: a story starts at paragraph k+1), columns as tests/quality/columns.py names them."""
    n = len(page.length)
    gap = np.arange(1, n)
    rows: list[Array] = []
    for seen, blocks, dips, contrasts in (
        (page.words, WORD_BLOCKS, WORD_DIPS, WORD_CONTRASTS),
        (page.names, NAME_BLOCKS, NAME_DIPS, NAME_CONTRASTS),
    ):
        size = np.array(blocks)[:, None]
        a, b = np.maximum(gap - size, 0), np.minimum(gap + size, n)
        cosine = seen.cosine(a, gap, b)
        rows += [cosine, cosine - np.sort(cosine, axis=1)[:, (n - 1) // 2, None]]
        dip = cosine[[blocks.index(block) for block in dips]]
        before, after, before3, after3 = _near(dip, (-1, 1, -3, 3), 0.5)
        rows += [dip - 0.5 * (after + before), dip - np.minimum(after3, before3)]
        rows.append(_rank(dip))
        some = [blocks.index(block) for block in contrasts]
        a, b = a[some], b[some]
        across, left, right = seen.mean_cross(a, gap, b), seen.mean_within(a, gap), seen.mean_within(gap, b)
        rows += [across, across - 0.5 * (left + right), across - np.minimum(left, right)]
        cut = seen.cut[None, 1:] / max(1e-9, float(seen.cut.mean()))
        before, after = _near(cut, (-2, 2))
        rows += [cut, cut - 0.5 * (after + before), _rank(cut)]
        told, again, fresh = (
            seen.told[None],
            seen.again[None],
            seen.fresh[None] / max(1e-9, float(seen.fresh.mean())),
        )
        rows += [moved[:, 1:] for moved in _near(told, (-1, 0, 1, 2), 0.5)]
        rows += [moved[:, 1:] for moved in _near(again, (-2, -1, 0, 1), 0.5)]
        rows.append(sum(_near(fresh, (1, 2)), start=fresh)[:, 1:])
    worded = np.stack([page.lead, page.close])
    rows += [moved[:, 1:] for moved in _near(worded, (-2, -1, 0, 1, 2), -4.0)]
    rows += [_rank(worded[:1, 1:]), _rank(worded[1:, :-1]), worded[:1, 1:] - page.lead[0]]
    length = np.minimum(page.length[None], 150.0)
    rows += [moved[:, 1:] for moved in _near(length, (-1, 0, 1))]
    rows += [page.quote[None, :-1], _near(page.quote[None], (1,))[0][:, 1:], page.skipped[None, 1:]]
    titled = np.concatenate([[0.0], np.cumsum(page.title)])
    if titled[n]:
        soon = np.minimum(gap + 8, n)
        mean = float(titled[n]) / n
        rows.append((titled[soon] - titled[gap])[None] / (soon - gap) / mean)
        rows.append((titled[n] - titled[gap])[None] / (n - gap) / mean)
    else:
        rows.append(np.full((2, n - 1), -1.0))
    rows += [np.minimum(gap, 40.0)[None], np.minimum(n - gap, 40.0)[None], np.full((1, n - 1), min(n, 150.0))]
    return np.concatenate(rows).T


def between(page: Page, a: Index, i: Index, b: Index, odds: Array) -> Array:
    """Rows for a story starting at i when its neighbours start at a and at b; odds: (n,) of `near`, by start."""
    rows = [odds[i]]
    for seen in (page.words, page.names):
        left, right = seen.mean_within(a, i), seen.mean_within(i, b)
        across, least = seen.mean_cross(a, i, b), np.minimum(left, right)
        rows += [seen.cosine(a, i, b), across, left, right]
        rows += [across - 0.5 * (left + right), across - least, across / (0.02 + least)]
    rows += [np.minimum(i - a, 40.0), np.minimum(b - i, 40.0)]
    rows += [odds[a], np.append(odds, END)[b], np.full(len(i), odds[1:].max())]
    words = np.append(0.0, np.cumsum(page.length))
    rows += [page.lead[i] - page.lead[a], np.log1p(words[i] - words[a]), np.log1p(words[b] - words[i])]
    return np.stack(rows, axis=1)
