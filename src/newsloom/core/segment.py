"""Words of a script that is written without spaces between them.

The most probable path of words, each by its share of running text: what jieba does without its hidden
Markov model, for every language that has a list of words. So a term is an entry of the list that
weighs it, by construction, and no dictionary is loaded but that one list.
"""

import functools
import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

import regex

from newsloom.core.background import frequencies

#: Characters of the longest word that is tried.
_LONGEST = 16
# A character that the list lacks; its rarest entries have 1e-8.
_UNKNOWN = math.log(1e-9)
# A run of katakana that the list lacks is a foreign name more likely than a chain of short words,
# and the less likely one the longer it is.
_FOREIGN = math.log(0.3)
_KATAKANA = regex.compile(rf"(?<![\p{{Katakana}}ー])[\p{{Katakana}}ー]{{3,{_LONGEST}}}(?![\p{{Katakana}}ー])")
#: A lone character commoner than this is a word of its own; rarer ones side by side are a broken name.
_PARTICLE = 1e-3
_MARK = regex.compile(r"\p{M}")


def segment(run: str, language: str) -> list[str]:
    """The words of an unbroken run of letters. Joined they are the run, but for names that no list
    holds: those become overlapping pairs of their pieces.
    """
    return list(_mended(_path(run, language), frequencies(language)))


@functools.cache
def _reach(language: str) -> dict[str, int]:
    """First two characters -> characters of the longest entry that begins so."""
    reach: dict[str, int] = {}
    for word in frequencies(language):
        size = len(word)
        if 1 < size <= _LONGEST and size > reach.get(word[:2], 1):
            reach[word[:2]] = size
    return reach


def _path(run: str, language: str) -> list[str]:
    """The words whose shares have the largest product."""
    known, reach, log = frequencies(language), _reach(language), math.log
    size = len(run)
    foreign = {match.start(): match.end() for match in _KATAKANA.finditer(run)}
    best = [0.0] + [-math.inf] * size  # of the run up to each place
    back = [0] * (size + 1)
    for start in range(size):
        base = best[start]
        if base + _UNKNOWN > best[start + 1]:
            best[start + 1], back[start + 1] = base + _UNKNOWN, start
        for stop in range(start + 1, min(size, start + reach.get(run[start : start + 2], 1)) + 1):
            share = known.get(run[start:stop])
            if share is not None:
                value = base + log(share)
                if value > best[stop]:
                    best[stop], back[stop] = value, start
        if start in foreign:
            stop = foreign[start]
            value = base + _UNKNOWN + _FOREIGN * (stop - start)
            if value > best[stop]:
                best[stop], back[stop] = value, start
    cuts = [size]
    while cuts[-1]:
        cuts.append(back[cuts[-1]])
    return [run[start:stop] for stop, start in pairwise(cuts)][::-1]


def _mended(words: list[str], known: Mapping[str, float]) -> Iterator[str]:
    """Lone rare characters side by side as overlapping pairs; a mark stays with its letter."""
    broken: list[str] = []
    for word in words:
        if broken and _MARK.match(word):
            broken[-1] += word
        elif len(word) == 1 and known.get(word, 0.0) < _PARTICLE:
            broken.append(word)
        else:
            yield from _pairs(broken)
            broken = []
            yield word
    yield from _pairs(broken)


def _pairs(pieces: list[str]) -> Iterator[str]:
    if len(pieces) < 2:
        yield from pieces
    else:
        yield from (one + other for one, other in pairwise(pieces))
