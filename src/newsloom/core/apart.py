"""Lines that lead away from the story they stand in: headlines of other news and what they announce, bylines, notes.

What a line tells, its story tells as well: a headline, a caption, a paragraph share words with the sentences around
them. What comes from elsewhere shares few. A headline of other news is told by that alone. A sentence is not, for the
last paragraph of an article is often as far from the rest; but several in a row, and headlines among them, above the
story or below it are.
"""

import functools
import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from newsloom.core.furniture import is_telling
from newsloom.core.remembered import Remembered
from newsloom.core.stems import stemmed
from newsloom.core.weights import chances

# Of what a line tells, the least share that its story has to take up: 1 to 2 in 100 headlines are below it in their own article.
TAKEN_UP = 0.2
#: The same of a sentence that takes up such a line right above it.
BELOW = 0.25
#: Sentences without which a text cannot say what it takes up, and words without which a line leads nowhere.
LEAST_SENTENCES, LEAST_WORDS = 3, 3
#: A word that a document holds by chance so often tells nothing, and rarer ones tell no more than the rarest.
_COMMON, _RAREST = 0.6, 1e-4

# Log-odds that a line is of the story: a constant; of what it tells, the share that the story tells elsewhere, the same
# without the lines next to it, and the share that the headline tells, each with a coefficient and one up to _PLENTY; and
# how much it tells. Fitted by tests/quality/fit_apart.py.
_SENTENCE = (-1.63, (-1.44, 8.66), (0.30, 6.94), (5.71, 5.15), 0.32)
_LINE = (-4.29, (-1.39, 3.04), (2.21, 3.32), (3.52, 2.91), 0.55)
_PLENTY = 0.25
#: No line that is no sentence says more than this against those around it.
_LEAST_ODDS = -1.5
#: Log-odds that have to be made up for to begin the story late, to end it early, and to go on with it after that.
_BEGIN, _END, _RESUME = 3.0, 1.5, 4.0
#: Sentences that have to be left of a story, and the share of its text, else none leads away from it.
_LEFT, _STORY = 2, 0.1


def lead_away(
    lines: Sequence[str], terms: Sequence[Sequence[str]], headline: Iterable[str], language: str
) -> set[int]:
    """Indices of such lines, with the terms of each and of the story's headline.

    Where a text is a list, a live blog or Thai, and has hardly a sentence, none is.
    """
    sentences = [is_telling(line) for line in lines]
    if sum(sentences) < LEAST_SENTENCES:
        return set()
    own = [dict.fromkeys(stemmed(found, language)) for found in terms]
    shares = _shares(own, sentences, frozenset(stemmed(headline, language)), language)
    odds = [_log_odds(sentence, found) for sentence, found in zip(sentences, shares, strict=True)]
    away = {k for k, of_story in enumerate(_story(odds)) if not of_story}
    if sum(sentence and k not in away for k, sentence in enumerate(sentences)) < _LEFT:
        away = set()
    for k, sentence in enumerate(sentences):
        if sentence or len(terms[k]) < LEAST_WORDS or shares[k].but_below >= TAKEN_UP:
            continue
        if shares[k].elsewhere < TAKEN_UP:
            away.add(k)
        elif shares[k + 1].elsewhere < BELOW:
            away.update((k, k + 1))
    left = sum(len(line) for k, line in enumerate(lines) if sentences[k] and k not in away)
    return away if left > _STORY * sum(map(len, lines)) else set()


def takes_up(story: Iterable[str], headline: Iterable[str], language: str) -> bool:
    """Whether a story tells of what a headline announces, by the terms of both; a headline that tells nothing is of none."""
    own, announced = frozenset(stemmed(story, language)), dict.fromkeys(stemmed(headline, language))
    weight = dict(zip(announced, _telling(language).of(announced), strict=True))
    told = sum(much for term, much in weight.items() if term in own)
    return told > 0.0 and told >= TAKEN_UP * sum(weight.values())


class _Shares(NamedTuple):
    """Of what a line tells, the shares that are told elsewhere."""

    elsewhere: float  #: by the headline or another sentence
    apart: float  #: by the headline or a sentence that is not next to it
    but_below: float  #: by the headline or a sentence that is not right below it
    headline: float
    weight: float  #: how much it tells, in nats


def _shares(
    own: Sequence[Collection[str]], sentences: Sequence[bool], headline: Collection[str], language: str
) -> list[_Shares]:
    """Of each line, with its terms and whether it is a sentence."""
    telling = _telling(language)
    nothing: Collection[str] = ()
    told = [found if sentence else nothing for found, sentence in zip(own, sentences, strict=True)]
    held = Counter(chain.from_iterable(told))  # how many sentences hold a term
    found = []
    for line, sentence, above, below in zip(
        own, sentences, [nothing, *told], [*told[1:], nothing], strict=False
    ):
        weight = elsewhere = apart = but_below = announced = 0.0
        for term, much in zip(line, telling.of(line), strict=True):
            if not much:
                continue
            weight += much
            if term in headline:
                announced += much
                continue
            others = held[term] - sentence
            if others:
                elsewhere += much
                others -= term in below
                but_below += much * (others > 0)
                apart += much * (others > (term in above))
        if not weight:
            found.append(_Shares(_PLENTY, _PLENTY, _PLENTY, _PLENTY, 0.0))
            continue
        found.append(
            _Shares(
                elsewhere=(elsewhere + announced) / weight,
                apart=(apart + announced) / weight,
                but_below=(but_below + announced) / weight,
                headline=announced / weight,
                weight=weight,
            )
        )
    return found


@functools.cache
def _telling(language: str) -> Remembered[str, float]:
    """Of each term how much it tells, in nats; 0 where it is common."""
    known = chances(language)

    def tell(term: str) -> float:
        held = known[term]
        return 0.0 if held >= _COMMON else -math.log(max(held, _RAREST))

    return Remembered(tell)


def _log_odds(sentence: bool, shares: _Shares) -> float:  # noqa: FBT001
    constant, *coefficients, much = _SENTENCE if sentence else _LINE
    odds = constant + much * math.log1p(shares.weight)
    for share, (more, some) in zip(
        (shares.elsewhere, shares.apart, shares.headline), coefficients, strict=True
    ):
        odds += more * share + some * min(share, _PLENTY)
    return odds if sentence else max(odds, _LEAST_ODDS)


def _story(odds: Sequence[float]) -> list[bool]:
    """Which lines are of the story: the likeliest way from above it through it and below it (Viterbi)."""
    above, inside, below = 0.0, odds[0], -math.inf
    steps = []
    for odd in odds[1:]:
        inside_from = max((inside, 1), (above - _BEGIN, 0), (below - _RESUME, 2))
        below_from = max((below, 2), (inside - _END, 1))
        steps.append((0, inside_from[1], below_from[1]))
        inside, below = inside_from[0] + odd, below_from[0]
    at = 1 if inside >= below else 2
    way = [at]
    for step in reversed(steps):
        at = step[at]
        way.append(at)
    return [at == 1 for at in reversed(way)]
