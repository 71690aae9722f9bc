"""Lines that lead away from the story they stand in: headlines of other news, bylines, counters, credits.

A headline, a subhead, a caption are taken up by the sentences of their story; what leads elsewhere is not.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import chain

from newsloom.core.furniture import is_telling
from newsloom.core.stems import stemmed
from newsloom.core.weights import chance

# Of what a line tells, the least share that its story has to take up. Of 1,100 headlines of the three real sets 2 in 100
# are below this in their own article, 76 to 91 in another of the same day.
TAKEN_UP = 0.2
#: The same of a sentence that takes up such a line right above it.
BELOW = 0.25
#: Sentences without which a text cannot say what it takes up, and words without which a line leads nowhere.
LEAST_SENTENCES, LEAST_WORDS = 3, 3
#: A word that a document holds by chance so often tells nothing, and rarer ones tell no more than the rarest.
_COMMON, _RAREST = 0.6, 1e-4


def lead_away(
    lines: Sequence[str], terms: Sequence[Sequence[str]], headline: Iterable[str], language: str
) -> set[int]:
    """Indices of such lines, with the terms of each and of the story's headline.

    A sentence is none by itself, but it goes with the headline it stands below. Where most of a text is no sentence, as
    in a list, a live blog or Thai, or would lead away, as in a round-up, nothing does.
    """
    sentences = {k for k, line in enumerate(lines) if is_telling(line)}
    others = [k for k in range(len(lines)) if len(terms[k]) >= LEAST_WORDS and k not in sentences]
    if not others or len(sentences) < LEAST_SENTENCES:
        return set()
    own = [frozenset(stemmed(found, language)) for found in terms]
    asked = frozenset[str]().union(
        *(own[k] for k in others), *(own[k + 1] for k in others if k + 1 in sentences)
    )
    # How many sentences hold a term, and the headline
    held = Counter(chain(set(stemmed(headline, language)), *(own[k] & asked for k in sentences)))

    def taken_up(k: int, without: frozenset[str]) -> float:
        """By the story, without one of its sentences."""
        return _share(own[k], [term for term in own[k] if held[term] > (term in without)], language)

    away: set[int] = set()
    for k in others:
        below = own[k + 1] if k + 1 in sentences else frozenset()
        if taken_up(k, below) >= TAKEN_UP:
            continue
        if _share(own[k], own[k] & below, language) < TAKEN_UP:
            away.add(k)
        elif taken_up(k + 1, below) < BELOW:
            away.update((k, k + 1))
    told = sum(len(lines[k]) for k in sentences - away)
    return away if 2 * told > sum(map(len, lines)) else set()


def _share(line: Collection[str], common: Iterable[str], language: str) -> float:
    """Of what a line tells, the share that is in common; all of nothing."""
    told = math.fsum(_weight(term, language) for term in line)
    return math.fsum(_weight(term, language) for term in common) / told if told else 1.0


@lru_cache(65_536)
def _weight(term: str, language: str) -> float:
    """How much a term tells before any stream has shown which are common, in nats."""
    found = chance(term, language)
    return -math.log(max(found, _RAREST)) if found < _COMMON else 0.0
