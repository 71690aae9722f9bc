"""Terms by number: the rank that a language's word list gives them, in place of their letters."""

import functools
from collections.abc import Iterable
from itertools import islice

import xxhash

from newsloom.core.remembered import Remembered
from newsloom.core.stems import shares
from newsloom.errors import StoreDiffers

# Of 102 terms that a story of news keeps, 95 are among these. The lists of wordfreq are frozen.
NUMBERED = 1 << 16


class Lexicon:
    """The most frequent words of a language, each with its rank."""

    __slots__ = ("_words", "check", "terms")

    def __init__(self, language: str) -> None:
        self._words = shares(language)
        self.terms = Remembered(self._words.word)  #: by rank
        #: By which another list is noticed: what is stored cannot be read with it.
        self.check = xxhash.xxh32_intdigest("\n".join(islice(self._words, NUMBERED)).encode()) & 0xFFFF

    def numbered(self, terms: Iterable[str]) -> tuple[dict[int, str], list[str]]:
        """Those of different terms that are in it, by rank, and the others, both in the order that they came in."""
        asked = list(terms)
        ranked: dict[int, str] = {}
        others: list[str] = []
        for rank, term in zip(self._words.ranks(asked), asked, strict=True):
            if 0 <= rank < NUMBERED:
                ranked[rank] = term
            else:
                others.append(term)
        return ranked, others


lexicon = functools.cache(Lexicon)


def other_words(language: str) -> StoreDiffers:
    """What is stored goes by another word list."""
    return StoreDiffers(
        f"The data stored for language {language} was written with a different word list: run newsloom with the versions of "
        "wordfreq, langcodes and PyStemmer that wrote it, or start with an empty Redis."
    )
