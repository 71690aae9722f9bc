"""How well the paragraphs of a page hold together, measured at every gap between two of them.

Paragraphs are vectors of rare words (weighted by how rare a word is in the language at large) and of
names. One Gram matrix each and its two-dimensional running sums give the cosine of any two blocks of
paragraphs in constant time, after Choi (2000) and Hearst (1997). On top of it stand links: which words
and names a gap would cut apart, and how much of what follows was told before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import log
from operator import mul
from typing import Any

import numpy as np
import numpy.typing as npt
from wordfreq import get_frequency_dict

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.signedinteger[Any]]

WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[A-ZÀ-ÖØ-ÞΑ-ΩЀ-Я](?<=[\w,;:’] .)[\w’'-]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
#: Natural log of the frequency from which on a word says nothing about the topic (about 1 in 400).
_COMMON = -6.0
#: Frequency of a word that the background list does not hold.
_UNSEEN = 5e-7
#: Weight of two characters of a script that is written without spaces.
_BIGRAM = 4.0
#: Words of one paragraph that count; bounds the work on a page without line breaks.
_MAX_WORDS = 400
#: Characters of the longest word that counts; what is longer is an address or a code.
_LONGEST = 40
#: Paragraphs after which a word told again is no longer a thread of the same story.
REACH = 15


@lru_cache(maxsize=1)
def _background() -> dict[str, float]:
    """English word -> share of running text. In another language all words weigh alike, which costs sharpness:
    cohesion rises everywhere, so that a page is rather left whole than cut wrongly.
    """
    return get_frequency_dict("en", wordlist="small")


@lru_cache(maxsize=1 << 16)
def term(word: str) -> tuple[str, float]:
    """A lower-case word's term (plural s dropped) and weight: 0 for a word too common to tell topics."""
    if len(word) < 2 or (word.isdigit() and len(word) < 3):
        return word, 0.0
    frequency = _background().get(word, _UNSEEN)
    if len(word) == 2 and frequency == _UNSEEN and word.isalpha() and word.isascii():
        return word, 0.0
    weight = max(0.0, _COMMON - log(frequency))
    stem = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
    return stem, weight


def _terms(words: Sequence[str]) -> dict[str, float]:
    vector: dict[str, float] = {}
    for word in dict.fromkeys(map(str.lower, words[:_MAX_WORDS])):
        if not word.isascii() and _CJK.search(word):
            run = word[:_MAX_WORDS]
            vector.update((run[i : i + 2], _BIGRAM) for i in range(max(1, len(run) - 1)))
        elif len(word) <= _LONGEST:
            stem, weight = term(word)
            if weight > 0.0:
                vector[stem] = weight
    return vector


@dataclass(frozen=True, slots=True)
class View:
    """One kind of terms over n paragraphs."""

    sums: Array  #: (n+1, n+1) running sums of the Gram matrix
    unit: Array  #: (n+1, n+1) the same of the paragraphs' cosines, without the diagonal
    cut: Array  #: (n,) weight of links that a boundary before paragraph i would cut, within REACH
    told: Array  #: (n,) share of paragraph i's weight told within REACH before it
    again: Array  #: (n,) share of paragraph i's weight told again within REACH after it
    fresh: Array  #: (n,) weight of paragraph i first told there and told again later

    def cosine(self, a: Index, i: Index, b: Index) -> Array:
        """Cosine of blocks [a, i) and [i, b), elementwise."""
        s = self.sums
        left = s[i, i] - s[a, i] - s[i, a] + s[a, a]
        right = s[b, b] - s[i, b] - s[b, i] + s[i, i]
        cross = s[i, b] - s[i, i] - s[a, b] + s[a, i]
        return np.asarray(cross / np.sqrt(np.maximum(left * right, 1e-9)))

    def mean_cross(self, a: Index, i: Index, b: Index) -> Array:
        """Mean cosine of a paragraph of [a, i) with one of [i, b)."""
        s = self.unit
        cross = s[i, b] - s[i, i] - s[a, b] + s[a, i]
        return np.asarray(cross / np.maximum((i - a) * (b - i), 1))

    def mean_within(self, a: Index, b: Index) -> Array:
        """Mean cosine of two different paragraphs of [a, b); 0 where there is only one."""
        s = self.unit
        inner = s[b, b] - s[a, b] - s[b, a] + s[a, a]
        return np.asarray(inner / np.maximum((b - a) * (b - a - 1), 1))


def view(vectors: Sequence[dict[str, float]]) -> View:
    """Measure paragraphs given as term -> weight."""
    n = len(vectors)
    places: dict[str, list[int]] = {}
    weights: dict[str, float] = {}
    for i, vector in enumerate(vectors):
        weights.update(vector)
        for name in vector:
            places.setdefault(name, []).append(i)
    norm = np.array([sum(map(mul, vector.values(), vector.values())) for vector in vectors])
    gram = np.zeros((n, n))
    cut, told, again, fresh = np.zeros(n + 1), np.zeros(n), np.zeros(n), np.zeros(n)
    shared = [(weights[name], rows) for name, rows in places.items() if len(rows) > 1]
    if shared:
        counts = np.array([len(rows) for _, rows in shared])
        row = np.fromiter(chain.from_iterable(rows for _, rows in shared), int, int(counts.sum()))
        weight = np.repeat([weight for weight, _ in shared], counts)
        matrix = np.zeros((len(shared), n))
        matrix[np.repeat(np.arange(len(shared)), counts), row] = weight
        gram = matrix.T @ matrix
        opens = np.cumsum(counts) - counts  # where in `row` each term's places begin
        fresh = _summed(row[opens], weight[opens], n)
        link = np.ones(len(row), dtype=bool)
        link[opens] = False
        link[1:] &= row[1:] - row[:-1] <= REACH
        after = np.flatnonzero(link)
        before, weight, after = row[after - 1], weight[after], row[after]
        cut = _summed(before + 1, weight, n + 1) - _summed(after + 1, weight, n + 1)
        told = _summed(after, weight * weight, n)
        again = _summed(before, weight * weight, n)
    np.fill_diagonal(gram, norm)
    root = np.sqrt(np.maximum(norm, 1e-9))
    cosines = gram / np.outer(root, root)
    np.fill_diagonal(cosines, 0.0)
    floor = np.maximum(norm, 1e-9)
    return View(_running(gram), _running(cosines), np.cumsum(cut)[:n], told / floor, again / floor, fresh)


def _summed(places: Index, weights: Array, size: int) -> Array:
    """(size,) sum of the weights at each place."""
    return np.asarray(np.bincount(places, weights, size), dtype=np.float64)


def _running(matrix: Array) -> Array:
    out = np.zeros((len(matrix) + 1, len(matrix) + 1))
    out[1:, 1:] = matrix.cumsum(0).cumsum(1)
    return out


def word_vectors(words: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """Rare terms of each paragraph with their weights."""
    return [_terms(line) for line in words]


def name_vectors(paragraphs: Sequence[str], words: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """Names in each paragraph: words written with a capital inside a sentence somewhere on the page."""
    names = {name.partition("’")[0].partition("'")[0] for line in paragraphs for name in _NAME.findall(line)}
    found = []
    for line in words:
        vector: dict[str, float] = {}
        for word in line[:_MAX_WORDS]:
            if word in names and 1 < len(word) <= _LONGEST:
                weight = term(word.lower())[1]
                if weight > 0.0:
                    vector[word] = weight
        found.append(vector)
    return found
