"""Story -> Features, and Features with weights -> Profile."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import xxhash
from simhash import Simhash

from newsloom.core.forms import normalise
from newsloom.core.furniture import body, story_lines
from newsloom.core.model import Features, Profile, Story
from newsloom.core.policy import Policy
from newsloom.core.text import names, terms, word_count

SHINGLE_WORDS = 3
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
    lines = [story.paragraphs[i] for i in story_lines(story.paragraphs, furniture)] or list(story.paragraphs)
    text = normalise("\n".join(lines))
    body = terms(text, story.language)
    title = normalise(story.title or "")
    title_terms = terms(title, story.language)
    fingerprint, sketch = fingerprints(body)
    counts = Counter(body)
    counts.update(set(title_terms))
    return Features(
        words=len(body),
        simhash=fingerprint,
        sketch=sketch,
        terms={term: min(count, MAX_COUNT) for term, count in counts.items()},
        title=frozenset(title_terms),
        lead=frozenset(title_terms).union(body[:LEAD_WORDS]),
        names=names(text, body, story.language),
    )


def fingerprints(body: list[str]) -> tuple[int, frozenset[int]]:
    """64-bit simhash of the word shingles, and the smallest of their hashes, 22 bits each.

    The sketch is a bottom-k sample (Broder 1997): two sketches tell how much of one text stands in
    the other. Both come from the same xxh3 hashes, so no shingle is hashed twice.
    """
    if len(body) <= SHINGLE_WORDS:
        shingles = [" ".join(body)]
    else:
        shingles = [" ".join(words) for words in zip(body, body[1:], body[2:], strict=False)]
    digests: list[bytes] = []

    def hashfunc(shingle: bytes) -> bytes:
        digests.append(xxhash.xxh3_64_digest(shingle))
        return digests[-1]

    # Pairs throughout: the package would carry a weight over to the next bare token.
    fingerprint = Simhash([(shingle, 1) for shingle in shingles], f=64, hashfunc=hashfunc).value
    # The package's first call probes the hash function. Of each 64-bit digest the lower half is sampled.
    lower = np.frombuffer(b"".join(digests[1:]), dtype=">u4")[1::2] >> (32 - SKETCH_BITS)
    sample = np.unique(lower)[:SKETCH_SIZE]
    return int(fingerprint), frozenset(sample.tolist())


def profile(features: Features, weights: Mapping[str, float], policy: Policy) -> Profile:
    """The heaviest terms of each view, and the views' norms under these weights."""
    told = {
        term: tf(count) * weights[term]
        for term, count in features.terms.items()
        if weights[term] > policy.least_weight
    }
    heaviest = sorted(told, key=lambda term: (-told[term], term))[: policy.profile_terms]
    kept = frozenset(heaviest) | (features.title & told.keys())
    title, lead, named = features.title & kept, features.lead & kept, features.names & kept
    numbers = frozenset(term for term in kept if term[0].isdecimal())
    return Profile(
        simhash=features.simhash,
        sketch=features.sketch,
        words=features.words,
        body={term: tf(features.terms[term]) for term in sorted(kept)},
        title=title,
        lead=lead,
        names=named,
        numbers=numbers,
        norms=(
            math.sqrt(math.fsum(told[term] ** 2 for term in kept)),
            _norm(title, weights),
            _norm(lead, weights),
            _norm(named, weights),
            _norm(numbers, weights),
        ),
    )


def reweighed(known: Profile, weights: Mapping[str, float]) -> Profile:
    """The profile with its norms under other weights, of its own terms at least."""
    return replace(
        known,
        norms=(
            math.sqrt(math.fsum((times * weights[term]) ** 2 for term, times in known.body.items())),
            _norm(known.title, weights),
            _norm(known.lead, weights),
            _norm(known.names, weights),
            _norm(known.numbers, weights),
        ),
    )


def tf(count: int) -> float:
    """Weight of a term's repetitions: ``1 + ln(count)``."""
    return 1.0 + math.log(count)


def _norm(view: Iterable[str], weights: Mapping[str, float]) -> float:
    return math.sqrt(math.fsum(weights[term] ** 2 for term in view))
