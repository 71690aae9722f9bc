"""How much a term tells: prior knowledge of a language, corrected by what the stream has shown."""

import functools
import math

import wordfreq

from newsloom.core.model import Counts
from newsloom.core.policy import Policy

# wordfreq knows no term rarer than about 1 in 10^8; a rarer one is given this.
_RAREST = 1e-8
_TYPICAL_WORDS = 300


@functools.cache
def _frequencies(language: str) -> dict[str, float]:
    """Background frequency of each word, 0..1; empty for a language that wordfreq lacks."""
    try:
        return wordfreq.get_frequency_dict(language, wordlist="best")
    except LookupError:
        return {}


def chance(term: str, language: str) -> float:
    """Probability that a document of 300 words holds the term, going by the language alone."""
    if term[0].isdecimal():
        # wordfreq folds all numbers of one length together; short ones and years are commonplace.
        whole = term.partition(".")[0]
        if len(whole) <= 2:
            return 0.05
        return 0.05 if len(whole) == 4 and whole[:2] in {"19", "20"} else 0.005
    frequency = _frequencies(language).get(term, _RAREST)
    return -math.expm1(_TYPICAL_WORDS * math.log1p(-frequency))


def weigh(counts: Counts, language: str, policy: Policy) -> dict[str, float]:
    """Weight of each counted term: ``-ln((df + k p) / (n + k))``, never below 0.

    ``df`` of ``n`` stories seen so far hold the term and ``p`` is :func:`chance`; ``k`` says how
    many stories the prior is worth. It tells from the first story, and learns what is commonplace
    in this stream.
    """
    k = policy.prior_stories
    total = math.log(counts.stories + k)
    return {
        term: max(0.0, total - math.log(df + k * max(chance(term, language), policy.rarest)))
        for term, df in counts.terms.items()
    }
