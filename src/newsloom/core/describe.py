"""Story -> Features, and Features with weights -> Profile."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import numpy.typing as npt
from simhash import Simhash

from newsloom.core.ages import ages
from newsloom.core.compounds import compared
from newsloom.core.days import days
from newsloom.core.forms import normalise
from newsloom.core.furniture import body
from newsloom.core.lines import headline_of, outlet
from newsloom.core.model import Features, Profile, Story
from newsloom.core.policy import Policy
from newsloom.core.reading import Line, lines, words_of
from newsloom.core.shingles import hash_of, hashes, shingles
from newsloom.core.text import names, terms, word_count

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SKETCH_SIZE = 64
SKETCH_BITS = 22  # of a hash: two texts share one by chance less than once in a hundred pairs
MAX_COUNT = 255  # a count is kept in a byte
LEAD_WORDS = 60
MAX_HEADLINE_WORDS = 20


def headline(paragraphs: Sequence[str], furniture: Collection[str] = ()) -> str | None:
    """The first line of the story, where it reads as a headline: short, no sentence, with a text below it."""
    told = body(paragraphs, furniture)
    if not told[1:]:
        return None
    line = paragraphs[told[0]].strip()
    whole = line.endswith(
        (".", "!", "”", '"', "…", ":", ";", ",", "。", "！", "：", "，", "、", "।", "۔", "،")
    )
    return None if whole or word_count(line) > MAX_HEADLINE_WORDS else line


def describe(story: Story, furniture: Collection[str] = ()) -> Features:
    """What the story is compared by. Page furniture is left out; `furniture` are lines learned to be such."""
    read, words = read_body(story, furniture)
    title = normalise(headline_of(story.title or "", story.article, furniture))
    title_words = terms(title, story.language)
    fingerprint, sketch = fingerprints(words)
    text = "\n".join((title, *(line.text for line in read)))
    body, title_terms = compared(words, story.language), compared(title_words, story.language)
    counts = Counter(body)
    counts.update(set(title_terms))
    return Features(
        words=len(words),
        simhash=fingerprint,
        sketch=sketch,
        terms={term: min(count, MAX_COUNT) for term, count in counts.items()},
        title=frozenset(title_terms),
        lead=frozenset(title_terms).union(body[:LEAD_WORDS]),
        names=names([line.text for line in read], body, story.language),
        ages=ages(text),
        days=days(words, {*words, *title_words}, text, story.language, story.published_s),
        outlet=outlet(story.article),
    )


def read_body(story: Story, furniture: Collection[str] = ()) -> tuple[list[Line], list[str]]:
    """The lines of a story that are no furniture, and their terms in order.

    Of a page of furniture alone, as a paywall leaves it, the title; all lines if it has none.
    """
    told = [story.paragraphs[i] for i in body(story.paragraphs, furniture)]
    told = told or ([story.title] if story.title else list(story.paragraphs))
    read = lines(told)
    return read, list(chain.from_iterable(words_of(line, story.language) for line in read))


def fingerprints(body: Sequence[str]) -> tuple[int, frozenset[int]]:
    """64-bit simhash of the word shingles, and the smallest of their hashes, 22 bits each.

    The sketch is a bottom-k sample (Broder 1997): two sketches tell how much of one text stands in
    the other. Both come from the same hashes, so no shingle is hashed twice.
    """
    found = hashes(body)
    bits = np.unpackbits(found.astype(">u8").view(np.uint8)).reshape(-1, 64)
    # A sum of bits as one product of matrices; in 32 bits it is exact for up to 2^24 shingles.
    sums = np.ones(len(bits), np.float32) @ bits.astype(np.float32)
    fingerprint = int.from_bytes(np.packbits(sums > len(bits) / 2).tobytes(), "big")
    # Of each hash the lower half is sampled, the first bits of it. Some more than wanted, for some are equal.
    lower = found.astype(np.uint32) >> (32 - SKETCH_BITS)
    wanted = 2 * SKETCH_SIZE
    sample = np.unique(np.partition(lower, wanted)[:wanted] if len(lower) > wanted else lower)
    if len(sample) < SKETCH_SIZE:
        sample = np.unique(lower)
    return fingerprint, frozenset(sample[:SKETCH_SIZE].tolist())


def simhash_of(body: Sequence[str]) -> int:
    """The fingerprint by the simhash package: slow, and what :func:`fingerprints` has to equal bit for bit."""
    # Pairs throughout: the package would carry a weight over to the next bare token.
    features = [(shingle, 1) for shingle in shingles(body)]
    return int(Simhash(features, f=64, hashfunc=hash_of).value)


def profile(features: Features, weights: Mapping[str, float], policy: Policy) -> Profile:
    """The heaviest terms of each view, and the views' norms under these weights."""
    terms = list(features.terms)
    weight = np.fromiter(map(weights.__getitem__, terms), np.float64, len(terms))
    value = _TF[np.fromiter(features.terms.values(), np.int64, len(terms))] * weight
    heaviest = _heaviest(terms, value, weight > policy.least_weight, policy.profile_terms)
    kept = frozenset(heaviest) | frozenset(
        term for term in features.title if weights[term] > policy.least_weight
    )
    body = {term: TF[features.terms[term]] for term in sorted(kept)}
    title, lead, named = features.title & kept, features.lead & kept, features.names & kept
    return Profile(
        simhash=features.simhash,
        sketch=features.sketch,
        words=features.words,
        body=body,
        title=title,
        lead=lead,
        names=named,
        ages=features.ages,
        days=features.days,
        outlet=features.outlet,
        norms=_norms(body, (title, lead, named), weights),
    )


def _heaviest(terms: Sequence[str], value: Numbers, told: Flags, count: int) -> list[str]:
    """So many of the terms that are told, the heaviest; of equals those that come first in the alphabet."""
    at = np.flatnonzero(told)
    if len(at) <= count:
        return [terms[k] for k in at.tolist()]
    values = value[at]
    least = np.partition(values, len(at) - count)[len(at) - count]
    above = [terms[k] for k in at[values > least].tolist()]
    return above + sorted(terms[k] for k in at[values == least].tolist())[: count - len(above)]


def reweighed(known: Profile, weights: Mapping[str, float]) -> Profile:
    """The profile with its norms under other weights, of its own terms at least."""
    norms = _norms(known.body, (known.title, known.lead, known.names), weights)
    found = replace(known, norms=norms)
    found.packed.extend(known.packed)  # of the same terms
    return found


def tf(count: int) -> float:
    """Weight of a term's repetitions: ``1 + ln(count)``."""
    return 1.0 + math.log(count)


#: The same of each count that is kept.
TF = (0.0, *(tf(count) for count in range(1, MAX_COUNT + 1)))
_TF = np.array(TF)


def _norms(
    body: Mapping[str, float], views: Iterable[frozenset[str]], weights: Mapping[str, float]
) -> tuple[float, float, float, float]:
    """Of the whole text, where repetitions count, then of title, lead and names, where they do not."""
    whole = math.sqrt(math.fsum((times * weights[term]) ** 2 for term, times in body.items()))
    title, lead, names = (math.sqrt(math.fsum(weights[term] ** 2 for term in view)) for view in views)
    return whole, title, lead, names
