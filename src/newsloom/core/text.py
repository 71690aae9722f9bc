"""Text to terms: one pass over one normalised text."""

import re
import unicodedata
from collections.abc import Iterator

import regex

# A number keeps its decimal and thousands marks together. Single letters are dropped: they are
# what apostrophes leave behind.
_PLAIN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_][^\W_]+")
# Combining marks belong to their letter: Thai, Hindi and Arabic cannot do without. ``re`` does
# not know them, ``regex`` does, at half the speed; so each text gets the one that it needs.
_MARKED = regex.compile(r"\p{N}+(?:[.,]\p{N}+)*|[\p{L}\p{M}][\p{L}\p{M}\p{N}]+|[\p{Han}\p{Thai}]", regex.V1)
_MARKS = regex.compile(r"[\p{M}\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]", regex.V1)
# Scripts written without spaces between words are told apart by pairs of characters.
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+", regex.V1)
# A capital after a word or a comma and one space: no sentence begins there, so a name does (any
# noun in German, where this view says less).
_NAME = re.compile(r"(?:(?<=[^\W_] )|(?<=, ))[^\W\d_a-z][^\W_]+")


def normalise(text: str) -> str:
    """NFKC without lone surrogates: one text has one form, whatever machine typed it."""
    return unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))


def fold(normal: str) -> str:
    """Without case. What folds to a letter and a mark is composed again; the Turkish dotted i is an i."""
    folded = normal.casefold()
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", folded.replace("i\u0307", "i"))


def terms(normal: str) -> list[str]:
    """The terms of a normalised text in order: case-folded words, numbers without thousands marks.

    A run of a script without spaces becomes overlapping pairs of characters.
    """
    folded = fold(normal)
    if normal.isascii() or _MARKS.search(normal) is None:
        found = _PLAIN.findall(folded)
    else:
        found = [term for word in _MARKED.findall(folded) for term in _pairs(word)]
    return [term.replace(",", "") if "," in term else term for term in found]


def names(normal: str) -> frozenset[str]:
    """The terms that stand capitalised inside a sentence."""
    return frozenset(fold(name) for name in _NAME.findall(normal) if name[0].isupper())


def _pairs(word: str) -> Iterator[str]:
    position = 0
    for run in _UNSPACED.finditer(word):
        if run.start() > position:
            yield word[position : run.start()]
        piece = run.group()
        yield from (piece[i : i + 2] for i in range(max(1, len(piece) - 1)))
        position = run.end()
    if position < len(word):
        yield word[position:]
