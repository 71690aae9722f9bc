"""Terms by number: the rank that a language's word list gives them, in place of their letters."""

import functools
from itertools import islice

import xxhash

from newsloom.core.stems import shares
from newsloom.errors import StoreDiffers

# Of 102 terms that a story of news keeps, 95 are among these. The lists of wordfreq are frozen.
NUMBERED = 1 << 16


class Lexicon:
    """The most frequent words of a language, each with its rank."""

    __slots__ = ("check", "ranks", "terms")

    def __init__(self, language: str) -> None:
        self.terms = tuple(islice(shares(language), NUMBERED))  #: by rank
        self.ranks = {term: rank for rank, term in enumerate(self.terms)}
        #: By which another list is noticed: what is stored cannot be read with it.
        self.check = xxhash.xxh32_intdigest("\n".join(self.terms).encode()) & 0xFFFF


lexicon = functools.cache(Lexicon)


def other_words(language: str) -> StoreDiffers:
    """What is stored goes by another word list."""
    return StoreDiffers(
        f"What is stored of language {language} goes by another word list than this newsloom has: run it with the "
        "wordfreq, langcodes and PyStemmer that wrote it, or begin with an empty Redis."
    )
