"""Lines that lead away from the story they stand in: headlines of other news, bylines, counters, credits.

A headline, a subhead, a caption are taken up by the sentences of their story; what leads elsewhere is not.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from newsloom.core.furniture import is_telling
from newsloom.core.stems import stemmed
from newsloom.core.weights import chance

# Of what a line tells, the least share that its story has to take up. Of 1,100 headlines of the three real sets 2 in 100
# are below this in their own article, 76 to 91 in another of the same day.
TAKEN_UP = 0.2
#: Sentences without which a text cannot say what it takes up, and words without which a line leads nowhere.
LEAST_SENTENCES, LEAST_WORDS = 3, 3
#: A word that a document holds by chance so often tells nothing, and rarer ones tell no more than the rarest.
_COMMON, _RAREST = 0.6, 1e-4


def lead_away(
    lines: Sequence[str], terms: Sequence[Sequence[str]], headline: Iterable[str], language: str
) -> set[int]:
    """Indices of such lines, with the terms of each and of the story's headline.

    A sentence is never one. Where most of a text is no sentence, as in a list, a live blog or Thai, nothing is.
    """
    sentences = [k for k, line in enumerate(lines) if is_telling(line)]
    others = [k for k in range(len(lines)) if len(terms[k]) >= LEAST_WORDS and not is_telling(lines[k])]
    told = sum(len(lines[k]) for k in sentences)
    if not others or len(sentences) < LEAST_SENTENCES or 2 * told <= sum(map(len, lines)):
        return set()
    story = set(stemmed({*headline, *(term for k in sentences for term in terms[k])}, language))
    return {k for k in others if _taken_up(set(stemmed(terms[k], language)), story, language) < TAKEN_UP}


def _taken_up(line: Collection[str], story: Collection[str], language: str) -> float:
    """Of what a line tells, the share that the story tells as well; all of nothing."""
    weights = {term: weight for term in line if (weight := _weight(term, language))}
    common = math.fsum(weight for term, weight in weights.items() if term in story)
    return common / math.fsum(weights.values()) if weights else 1.0


@lru_cache(65_536)
def _weight(term: str, language: str) -> float:
    """How much a term tells before any stream has shown which are common, in nats."""
    found = chance(term, language)
    return -math.log(max(found, _RAREST)) if found < _COMMON else 0.0
