"""How well the paragraphs of a page hold together, measured at every gap between two of them.

Paragraphs are vectors of rare words (weighted by how rare a word is in the language at large) and of
names. One Gram matrix each and its two-dimensional running sums give the cosine of any two blocks of
paragraphs in constant time, after Choi (2000) and Hearst (1997). On top of it stand links: which words
and names a gap would cut apart, and how much of what follows was told before.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt
from wordfreq import get_frequency_dict

from newsloom.core.language import UNKNOWN
from newsloom.core.reading import Lexicon, Line, joined
from newsloom.core.stems import shares, stemmed

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.signedinteger[Any]]

_NAME = re.compile(r"[A-ZÀ-ÖØ-ÞΑ-ΩЀ-Я](?<=[\w,;:’] .)[\w’'-]+")
#: Scripts without spaces, and Korean, which writes particles on to its words.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f\uac00-\ud7a3]")
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
#: Languages whose words are weighed as English ones: in one that nobody knows, nearly all weigh alike.
_AS_ENGLISH = frozenset({"en", UNKNOWN})
#: Paragraphs after which a word told again is no longer a thread of the same story.
REACH = 15


@lru_cache(maxsize=1)
def _background() -> dict[str, float]:
    """English word -> share of running text."""
    return get_frequency_dict("en", wordlist="small")


def term(word: str) -> tuple[str, float]:
    """A lower-case English word's term (plural s dropped) and weight: 0 for a word too common to tell topics."""
    if len(word) < 2 or (word.isdigit() and len(word) < 3):
        return word, 0.0
    frequency = _background().get(word, _UNSEEN)
    if len(word) == 2 and frequency == _UNSEEN and word.isalpha() and word.isascii():
        return word, 0.0
    weight = max(0.0, _COMMON - log(frequency))
    stem = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
    return stem, weight


@cache
def _terms(language: str) -> Callable[[str], tuple[str, float]]:
    """The same in another language; where nobody has counted its words, all weigh alike."""
    known = shares(language)

    def tell(word: str) -> tuple[str, float]:
        if len(word) < 2 or (word.isdecimal() and len(word) < 3):
            return word, 0.0
        (stem,) = stemmed([word], language)
        return stem, max(0.0, _COMMON - log(known.get(stem, _UNSEEN)))

    return tell


# What the lexicon keeps of each word: its number, its own and that of its term; the weight, below 0 where
# the word is cut into pieces first.
def _word(lexicon: Lexicon, code: int) -> int:
    return lexicon.number(lexicon.words[code]) if lexicon.words[code] else -1


def _lower(lexicon: Lexicon, code: int) -> int:
    return lexicon.number(lexicon.words[code].lower())


def _stem(lexicon: Lexicon, code: int) -> int:
    return lexicon.number(term(lexicon.words[code].lower())[0])


def _weight(lexicon: Lexicon, code: int) -> float:
    word = lexicon.words[code].lower()
    if not word.isascii() and _UNSPACED.search(word):
        return -_BIGRAM
    return term(word)[1] if len(word) <= _LONGEST else 0.0


# The same in another language, where marks may belong to letters: there terms are whole, and stand apart from words.
def _told(lexicon: Lexicon, code: int) -> int:
    return lexicon.number(lexicon.words[code] or lexicon.terms[code])


def _plain(lexicon: Lexicon, code: int) -> int:
    return lexicon.number(lexicon.terms[code] or lexicon.words[code].lower())


def _stem_in(lexicon: Lexicon, code: int, *, language: str) -> int:
    return lexicon.number(_terms(language)(lexicon.terms[code] or lexicon.words[code].lower())[0])


def _weight_in(lexicon: Lexicon, code: int, *, language: str) -> float:
    word, found = lexicon.words[code], lexicon.terms[code]
    if not word.isascii() and _UNSPACED.search(word):
        return -_BIGRAM
    if not found or len(found) > _LONGEST or _UNSPACED.search(found):
        return 0.0
    return _terms(language)(found)[1]


@cache
def _columns(language: str) -> tuple[tuple[str, Callable[[Lexicon, int], float]], ...]:
    """Name of each of these columns of the lexicon, and what fills it."""
    if language in _AS_ENGLISH:
        return ("word", _word), ("lower", _lower), ("stem", _stem), ("weight", _weight)
    stem, weight = partial(_stem_in, language=language), partial(_weight_in, language=language)
    return ("told", _told), ("plain", _plain), (f"stem {language}", stem), (f"weight {language}", weight)


def _pieces(word: str) -> list[str]:
    run = word.lower()[:_MAX_WORDS]
    return [run[i : i + 2] for i in range(max(1, len(run) - 1))]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Terms of n paragraphs: one entry for each paragraph and term, in order of terms, then of paragraphs."""

    n: int
    term: Index  #: number of the term
    row: Index  #: paragraph
    weight: Array

    @property
    def norms(self) -> Array:
        """(n,) squared length of each."""
        return _summed(self.row, self.weight * self.weight, self.n)


@dataclass(frozen=True, slots=True)
class View:
    """One kind of terms over n paragraphs."""

    sums: Array  #: (n+1, n+1) running sums of the Gram matrix
    unit: Array  #: (n+1, n+1) the same of the paragraphs' cosines, without the diagonal
    cut: Array  #: (n,) weight of links that a boundary before paragraph i would cut, within REACH
    told: Array  #: (n,) share of paragraph i's weight told within REACH before it
    again: Array  #: (n,) share of paragraph i's weight told again within REACH after it
    fresh: Array  #: (n,) weight of paragraph i first told there and told again later

    def cosines(self) -> Array:
        """(n, n) cosine of each paragraph with each other, and 0 with itself."""
        return np.diff(np.diff(self.unit, axis=0), axis=1)

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


def view(vectors: Vectors) -> View:
    """Measure paragraphs."""
    n, row = vectors.n, vectors.row
    norm = vectors.norms
    gram = np.zeros((n, n))
    cut, told, again, fresh = np.zeros(n + 1), np.zeros(n), np.zeros(n), np.zeros(n)
    first = _firsts(vectors.term)
    counts = np.diff(np.append(first, len(row)))
    shared = counts > 1
    if shared.any():
        # On the whole page a term weighs what it does where it stands last.
        weights = vectors.weight[(first + counts - 1)[shared]]
        row, counts = row[np.repeat(shared, counts)], counts[shared]
        weight = np.repeat(weights, counts)
        matrix = np.zeros((len(counts), n))
        matrix[np.repeat(np.arange(len(counts)), counts), row] = weight
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
    floor = np.maximum(norm, 1e-9)
    root = np.sqrt(floor)
    cosines = gram / np.outer(root, root)
    np.fill_diagonal(cosines, 0.0)
    return View(_running(gram), _running(cosines), np.cumsum(cut)[:n], told / floor, again / floor, fresh)


def _firsts(ordered: Index) -> Index:
    """Where each value of an ordered array stands first."""
    return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else ordered


def _summed(places: Index, weights: Array, size: int) -> Array:
    """(size,) sum of the weights at each place."""
    return np.asarray(np.bincount(places, weights, size), dtype=np.float64)


def _running(matrix: Array) -> Array:
    out = np.zeros((len(matrix) + 1, len(matrix) + 1))
    out[1:, 1:] = matrix.cumsum(0).cumsum(1)
    return out


def vectors(lines: Sequence[Line], language: str) -> tuple[Vectors, Vectors]:
    """Of each paragraph, in a language, its rare terms, and its names.

    Names are words written with a capital inside a sentence somewhere on the page. The first words of a
    paragraph count, each once; of two that are one term the later tells the weight.
    """
    n, lexicon = len(lines), lines[0].lexicon
    codes, sizes = joined(lines)
    row = np.repeat(np.arange(n), sizes)
    words, lower, stems, weights = _columns(language)
    word = lexicon.told(*words, codes)
    row, codes, word = row[word >= 0], codes[word >= 0], word[word >= 0]
    sizes = np.bincount(row, minlength=n)
    near = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes) < _MAX_WORDS
    weight = lexicon.told(*weights, codes)

    written = {
        name.partition("’")[0].partition("'")[0] for line in lines for name in _NAME.findall(line.text)
    }
    listed = np.zeros(lexicon.numbers, dtype=bool)
    listed[[lexicon.number(name) for name in written if name in lexicon.numbered]] = True
    named = near & (weight > 0.0) & listed[word]
    key, at = np.unique(word[named] * n + row[named], return_index=True)
    names = Vectors(n, key // n, key % n, weight[named][at])

    telling = near & (weight != 0.0)
    row, codes, weight = row[telling], codes[telling], weight[telling]
    small = lexicon.told(*lower, codes)  # which may be words that had no number before
    _, at = np.unique(row * lexicon.numbers + small, return_index=True)
    at.sort()
    row, codes, weight = row[at], codes[at], weight[at]
    stem = lexicon.told(*stems, codes)
    pairs = [
        (k, lexicon.number(piece))
        for k in np.flatnonzero(weight < 0.0)
        for piece in _pieces(lexicon.words[codes[k]])
    ]
    if pairs:
        spaced = weight > 0.0
        row = np.concatenate([row[spaced], row[[k for k, _ in pairs]]])
        stem = np.concatenate([stem[spaced], [number for _, number in pairs]])
        weight = np.concatenate([weight[spaced], np.full(len(pairs), _BIGRAM)])
    key = stem * n + row
    order = np.argsort(key, kind="stable")
    key = key[order]
    last = order[np.append(key[1:] != key[:-1], True)] if len(key) else order
    return Vectors(n, stem[last], row[last], weight[last]), names
