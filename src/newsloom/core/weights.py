"""How much a term tells: prior knowledge of a language, corrected by what the stream has shown."""

import functools
import json
import math
from importlib import resources

import numpy as np

from newsloom.core.model import Counts
from newsloom.core.policy import NEWS, Policy
from newsloom.core.remembered import Remembered
from newsloom.core.stems import shares

# wordfreq knows no term rarer than about 1 in 10^8; a rarer one is given this.
_RAREST = 1e-8
_TYPICAL_WORDS = 300
# Stories that wordfreq's knowledge is worth beside the news counts.
_WORDFREQ_STORIES = 200


@functools.cache
def _news(language: str) -> tuple[int, dict[str, int]]:
    """Stories counted, and of each lower-case word that news uses unlike other text, how many hold it."""
    file = resources.files(__package__).joinpath(NEWS)
    known = json.loads(file.read_text(encoding="utf-8")).get(language)
    return (known["stories"], known["terms"]) if known else (0, {})


def chance(term: str, language: str) -> float:
    """Probability that a news document of 300 words holds the term, before the stream told any.

    By the language's word frequencies, mixed with counts of news where the two differ.
    """
    if term[0].isdecimal():
        # wordfreq folds all numbers of one length together; short ones and years are commonplace.
        whole = term.partition(".")[0]
        if len(whole) <= 2:
            return 0.05
        return 0.05 if len(whole) == 4 and whole[:2] in {"19", "20"} else 0.005
    frequency = shares(language).get(term, _RAREST)
    general = -math.expm1(_TYPICAL_WORDS * math.log1p(-min(frequency, 0.5)))
    stories, terms = _news(language)
    if term not in terms:
        return general
    return (terms[term] + _WORDFREQ_STORIES * general) / (stories + _WORDFREQ_STORIES)


@functools.cache
def chances(language: str) -> Remembered[str, float]:
    """Of each term its :func:`chance`."""
    return Remembered(functools.partial(chance, language=language))


def weigh(counts: Counts, language: str, policy: Policy) -> dict[str, float]:
    """Weight of each counted term: ``-ln((df + k p) / (n + k))``, never below 0.

    ``df`` of ``n`` stories seen so far hold the term and ``p`` is :func:`chance`; ``k`` says how
    many stories the prior is worth. It tells from the first story, and learns what is commonplace
    in this stream.
    """
    k = policy.prior_stories
    priors = np.fromiter(chances(language).of(counts.terms), np.float64, len(counts.terms))
    held = np.fromiter(counts.terms.values(), np.float64, len(counts.terms))
    total = math.log(counts.stories + k)
    weights = np.maximum(0.0, total - np.log(held + k * np.maximum(priors, policy.rarest)))
    return dict(zip(counts.terms, weights.tolist(), strict=True))
