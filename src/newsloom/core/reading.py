"""A line read once: its words as written and its terms, which every later step takes from here.

The splitter, the look-ups, the description all ask for the words of the same lines. So each line is cut
once, and what is known of a word is kept beside it: a word that was met before costs one look into a
dictionary, and what is told of all words of a page is told by a few numpy calls over their numbers.
"""

import re
import threading
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import chain, zip_longest
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import xxhash

from newsloom.core.background import SEGMENTED
from newsloom.core.forms import OWN_SPELLING, fold, normalise, spelling, untagged, whole_words
from newsloom.core.language import UNKNOWN
from newsloom.core.remembered import Remembered
from newsloom.core.text import terms

Codes = npt.NDArray[np.int64]

#: Different words of which a process remembers what it found out; then it begins anew.
MAX_WORDS = 50_000
#: Lines remembered: those of the pages of a batch; longer ones are not, for their sake who has little memory.
_LINES, _LINE_CHARS = 4_096, 16_000

WORD = re.compile(r"[^\W_]+")
# Marks at which no word and no number goes on become blanks. Points and commas stay: a number may hold them.
_MARKS = bytes(byte if chr(byte).isalnum() or byte in b".," else 32 for byte in range(128)) + bytes(128)
#: The same beyond ASCII, as far as nearly every text has them.
_BEYOND = "’‘“”–—…•\u00a0"
#: An address on the web, which tells of no event; characters beyond ASCII end it, for they may follow without a blank.
_ADDRESS = re.compile(r"(?:https?://|\bwww\.)[!-;=?-~]+", re.IGNORECASE)
# All but Latin, Greek and Cyrillic without combining marks, and without what NFKC makes such marks of.
_STRANGE = re.compile(
    "[^\\0-\xa7\xa9-\xae\xb0-\xb3\xb5-\xb7\xb9-\u024f\u0370-\u0373\u0376\u0377\u037b-\u037f\u0386-\u0482\u048a-\u052f"
    "\u1e00-\u1eff\u2000-\u2016\u2018-\u203d\u203f-\u205e\u20a0-\u20bf]"
)


class Lexicon(dict[str | bytes, int]):
    """Piece of a line -> its code; below 0 where it is not one word and its term."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []  #: of each code as it is written; empty where it stands for a term only
        self.terms: list[str] = []  #: of each code its term; empty where it has none
        self.folded: list[str] = []  #: of each code its word without case
        self._codes: dict[tuple[str, str], int] = {}
        self._parts: list[list[int]] = [[]]
        self._lock = threading.RLock()
        self._columns: dict[str, tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]] = {}
        self.numbered: dict[str, int] = {}  #: words and parts of words that have a number

    def _learn(self, piece: str | bytes) -> int:
        text = piece if isinstance(piece, str) else piece.decode()
        with self._lock:
            if text.isascii() and text.isalpha():  # nearly all: a word and its term
                self[piece] = code = self.code(text, text.lower() if len(text) > 1 else "")
                return code
            pairs = list(zip_longest(WORD.findall(text), terms(normalise(text), UNKNOWN), fillvalue=""))
            codes = [self.code(word, term) for word, term in pairs]
            if len(codes) == 1:
                found = codes[0]
            else:
                self._parts.append(codes)
                found = 1 - len(self._parts)
            self[piece] = found
            return found

    def code(self, word: str, term: str) -> int:
        """The number of a word with its term."""
        with self._lock:
            found = self._codes.get((word, term))
            if found is None:
                found = len(self.words)
                self.words.append(word)
                self.terms.append(term)
                plain = word.isascii() and word.isalnum()
                self.folded.append(word.lower() if plain else " ".join(WORD.findall(fold(normalise(word)))))
                self._codes[word, term] = found
            return found

    def cut(self, pieces: Sequence[str | bytes]) -> list[int]:
        """Codes of the words and terms of these pieces, in order."""
        known = list(map(self.get, pieces))
        if None in known:
            known = [self._learn(p) if code is None else code for p, code in zip(pieces, known, strict=True)]
        found = cast("list[int]", known)
        if found and min(found) < 0:
            return list(chain.from_iterable([code] if code >= 0 else self._parts[-code] for code in found))
        return found

    @property
    def numbers(self) -> int:
        """One more than the largest number of a word so far."""
        return len(self.numbered)

    def number(self, word: str) -> int:
        with self._lock:
            return self.numbered.setdefault(word, len(self.numbered))

    def told(self, name: str, tell: Callable[["Lexicon", int], float], codes: Codes) -> npt.NDArray[Any]:
        """(n,) of each of these codes the number that `tell` gives it, which is asked once for each.

        Only words that are met are asked about: what is told of a word in one language, nobody asks of all others.
        """
        with self._lock:
            column, known = self._columns.get(name) or (codes[:0], np.zeros(0, dtype=bool))
            if len(known) < len(self.words):
                more = max(1_024, 2 * len(self.words)) - len(known)
                column = np.append(column, np.zeros(more, column.dtype))
                known = np.append(known, np.zeros(more, dtype=bool))
            fresh = np.unique(codes[~known[codes]])
            if len(fresh):
                found = np.array([tell(self, code) for code in fresh.tolist()])
                column = column.astype(np.result_type(column, found), copy=False)
                column[fresh], known[fresh] = found, True
            self._columns[name] = column, known
            return column[codes]


class Line:
    """A line, cut. `words` and `terms` are in order, each for itself; all but the codes is told when asked for."""

    __slots__ = ("_folded", "_mark", "_strange", "_terms", "_words", "codes", "lexicon", "text")

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self.lexicon = lexicon
        self._strange, self.codes = _cut(text, lexicon)  #: of its words and terms in the lexicon
        self._words: list[str] | None = None
        self._terms: list[str] | None = None
        self._mark: tuple[int, bytes] | None = None
        self._folded: str | None = None

    @property
    def words(self) -> list[str]:
        """As they are written: unbroken runs of letters and digits."""
        if self._words is None:
            self._words = list(filter(None, map(self.lexicon.words.__getitem__, self.codes)))
        return self._words

    @property
    def terms(self) -> list[str]:
        """As `text.terms` cuts them where the language is not known."""
        if self._terms is None:
            self._terms = list(filter(None, map(self.lexicon.terms.__getitem__, self.codes)))
        return self._terms

    @property
    def mark(self) -> tuple[int, bytes]:
        """How many terms it has, and 8 bytes that tell them."""
        if self._mark is None:
            self._mark = len(self.terms), xxhash.xxh3_64_digest(" ".join(self.terms).encode())
        return self._mark

    @property
    def folded(self) -> str:
        """Its words without case, a blank between two of them."""
        if self._folded is None:
            if self._strange:
                self._folded = " ".join(WORD.findall(fold(normalise(untagged(self.text)))))
            else:
                self._folded = " ".join(filter(None, map(self.lexicon.folded.__getitem__, self.codes)))
        return self._folded


def _cut(text: str, lexicon: Lexicon) -> tuple[bool, list[int]]:
    """Whether a mark may belong to a letter here; and the codes."""
    plain = text = whole_words(_plain(text))
    if not text.isascii():
        for mark in _BEYOND:
            if mark in plain:
                plain = plain.replace(mark, " ")
        if not plain.isascii():
            if _STRANGE.search(plain):
                # What a mark belongs to is told by the whole line, so words and terms are no pairs.
                words = [lexicon.code(word, "") for word in WORD.findall(text)]
                return True, words + [lexicon.code("", term) for term in terms(normalise(text), UNKNOWN)]
            return False, lexicon.cut(plain.split())
    # Most points and commas end a word; the rest is looked at with its piece.
    ascii_only = plain.encode().translate(_MARKS).replace(b". ", b" ").replace(b", ", b" ").rstrip(b" .,")
    return False, lexicon.cut(ascii_only.split())


def _plain(text: str) -> str:
    """Without addresses, and with the words of tags apart."""
    return untagged(_ADDRESS.sub(" ", text) if "://" in text or "www." in text else text)


_lexicon = Lexicon()


@lru_cache(maxsize=_LINES)
def _remembered(text: str) -> Line:
    return Line(text, _lexicon)


def line(text: str) -> Line:
    """The line, read."""
    return _remembered(text) if len(text) <= _LINE_CHARS else Line(text, _lexicon)


def lines(texts: Sequence[str]) -> list[Line]:
    """The lines, read; all by one lexicon."""
    global _lexicon  # noqa: PLW0603  # what this process remembers of words
    if len(_lexicon.words) > MAX_WORDS:
        _lexicon = Lexicon()
        _remembered.cache_clear()
    found = [line(text) for text in texts]
    if any(one.lexicon is not found[0].lexicon for one in found):  # it was full in between
        found = [Line(text, found[0].lexicon) for text in texts]
    return found


def words_of(read: Line, language: str) -> Sequence[str]:
    """The terms of a line in its language, but for addresses. In most it does not matter which one it is."""
    if language in SEGMENTED:
        return terms(normalise(_plain(read.text)), language)
    return list(_spelt(language).of(read.terms)) if language in OWN_SPELLING else read.terms


@cache
def _spelt(language: str) -> Remembered[str, str]:
    return Remembered(lambda term: spelling(term, language))


def joined(read: Sequence[Line]) -> tuple[Codes, Codes]:
    """Codes of all lines one after another, and how many each line has."""
    sizes = np.fromiter((len(one.codes) for one in read), np.int64, len(read))
    codes = np.fromiter(chain.from_iterable(one.codes for one in read), np.int64, int(sizes.sum()))
    return codes, sizes
