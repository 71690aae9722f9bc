"""Story -> Features, and Features with weights -> Profile."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from simhash import Simhash

from newsloom.core import reading
from newsloom.core.ages import ages
from newsloom.core.apart import lead_away, takes_up
from newsloom.core.body import body
from newsloom.core.compounds import compared
from newsloom.core.days import days, weekdays
from newsloom.core.forms import normalise
from newsloom.core.lines import headline_of, outlet
from newsloom.core.model import Features, Member, Profile, Story
from newsloom.core.packed import LEAD, NAMES, TITLE, numbering, pack
from newsloom.core.policy import Policy
from newsloom.core.reading import Line, lines, words_of
from newsloom.core.shingles import hash_of, hashes, shingles
from newsloom.core.text import names, word_count

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint32]

SKETCH_SIZE = 64
SKETCH_BITS = 22  # of a hash: two texts share one by chance less than once in a hundred pairs
# Copies find each other by the smallest hashes: a story is posted under the first few, each in 9 bytes of the store, so that
# one that has the share c of its text meets it with the chance 1 - (1 - c)^POSTED; and it looks under more of its own, for
# in a text around a copy those of the original stand further down. Of 7,472 copies, cut, edited and embedded in 26 ways, 6
# and 16 find 99.0 in 100, 5 and 16 98.6, 4 and 16 97.8, 3 and 16 95.8; 6 and 12 98.4, 6 and 8 97.1, 6 and 24 99.4. Bands of
# the simhash, four of 16 bits and 10 bits apart at most, found 14.
POSTED, SOUGHT = 6, 16
MAX_COUNT = 255  # a count is kept in a byte
LEAD_WORDS = 60
LEAD_CHARS = 200  #: of a text whose script knows no blanks between words
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


def is_headed(paragraphs: Sequence[str], title: str, language: str, furniture: Collection[str] = ()) -> bool:
    """Whether the title of a page is that of the first of its stories, and not of the page as "Morning briefing" is."""
    read = [reading.line(paragraphs[i]) for i in body(paragraphs, furniture)]
    told = [word for line in read for word in words_of(line, language)]
    return takes_up(told, words_of(reading.line(title), language), language)


def describe(story: Story, furniture: Collection[str] = ()) -> Features:
    """What the story is compared by. Page furniture is left out; `furniture` are lines learned to be such."""
    headed = headline_of(story.title or "", story.article, furniture)
    read, words = read_body(story, headed, furniture)
    title = reading.line(headed or headline(story.paragraphs, furniture) or "")
    title_words = words_of(title, story.language)
    fingerprint, sketch, smallest = fingerprints(words)
    text = normalise("\n".join(line.text for line in (title, *read)))
    body, title_terms = compared(words, story.language), compared(title_words, story.language)
    counts = Counter(body)
    counts.update(set(title_terms))
    lead_weekdays: frozenset[int] = frozenset()
    if story.published_s is None:
        lead_weekdays = weekdays([*title_words, *words[:LEAD_WORDS]], text[:LEAD_CHARS], story.language)
    return Features(
        words=len(words),
        simhash=fingerprint,
        sketch=sketch,
        smallest=smallest,
        terms={term: min(count, MAX_COUNT) for term, count in counts.items()},
        title=frozenset(title_terms),
        lead=frozenset(title_terms).union(body[:LEAD_WORDS]),
        names=names([line.text for line in read], body, story.language),
        ages=ages(text),
        days=days(words, {*words, *title_words}, text, story.language, story.published_s),
        weekdays=lead_weekdays,
        outlet=outlet(story.article),
    )


def read_body(story: Story, headed: str, furniture: Collection[str] = ()) -> tuple[list[Line], list[str]]:
    """The lines of a story below its headline that are no furniture and do not lead away, and their terms in order.

    Of a page of furniture alone, as a paywall leaves it, the title; all lines if it has none.
    """
    told = [story.paragraphs[i] for i in body(story.paragraphs, furniture)]
    told = told or ([story.title] if story.title else list(story.paragraphs))
    told = _below(headed, told)
    read = lines(told)
    words = [words_of(line, story.language) for line in read]
    away = lead_away(told, words, words_of(reading.line(headed), story.language), story.language)
    read = [line for k, line in enumerate(read) if k not in away]
    return read, [word for k, found in enumerate(words) if k not in away for word in found]


def _below(headed: str, told: list[str]) -> list[str]:
    """The lines without those that tell the headline once more, if others are left: its capitals are no names."""
    title, most = reading.line(headed).folded, 2 * len(headed)  # whoever marks it up may double its length
    return [line for line in told if len(line) > most or reading.line(line).folded != title] or told


def fingerprints(body: Sequence[str]) -> tuple[int, frozenset[int], tuple[int, ...]]:
    """64-bit simhash of the word shingles, and the smallest of their hashes: a sketch of 22 bits each, a few whole, 32 bits each.

    The sketch is a bottom-k sample (Broder 1997): two sketches tell how much of one text stands in
    the other. All come from the same hashes, so no shingle is hashed twice. The few are in order.
    """
    found = hashes(body)
    bits = np.unpackbits(found.astype(">u8").view(np.uint8)).reshape(-1, 64)
    # A sum of bits as one product of matrices; in 32 bits it is exact for up to 2^24 shingles.
    sums = np.ones(len(bits), np.float32) @ bits.astype(np.float32)
    fingerprint = int.from_bytes(np.packbits(sums > len(bits) / 2).tobytes(), "big")
    # Of each hash the lower half is sampled, for the sketch the first bits of it; some are equal.
    lower = _different(np.sort(found.astype(np.uint32)))
    sketch = _different(lower >> np.uint32(32 - SKETCH_BITS))[:SKETCH_SIZE]
    return fingerprint, frozenset(sketch.tolist()), tuple(lower[:SOUGHT].tolist())


def _different(ordered: Hashes) -> Hashes:
    first = np.ones(len(ordered), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


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
    found = Profile(
        simhash=features.simhash,
        sketch=features.sketch,
        words=features.words,
        body={term: TF[features.terms[term]] for term in sorted(kept)},
        title=features.title & kept,
        lead=features.lead & kept,
        names=features.names & kept,
        ages=features.ages,
        days=features.days,
        weekdays=features.weekdays,
        outlet=features.outlet,
        norms=(0.0, 0.0, 0.0, 0.0),
    )
    return reweighed([found], weights)[0]


def _heaviest(terms: Sequence[str], value: Numbers, told: Flags, count: int) -> list[str]:
    """So many of the terms that are told, the heaviest; of equals those that come first in the alphabet."""
    at = np.flatnonzero(told)
    if len(at) <= count:
        return [terms[k] for k in at.tolist()]
    values = value[at]
    least = np.partition(values, len(at) - count)[len(at) - count]
    above = [terms[k] for k in at[values > least].tolist()]
    return above + sorted(terms[k] for k in at[values == least].tolist())[: count - len(above)]


def reweighed(known: Sequence[Profile], weights: Mapping[str, float]) -> list[Profile]:
    """The profiles with their norms under these weights, of their own terms at least: of the whole text, where
    repetitions count, then of title, lead and names, where they do not.
    """
    if not known:
        return []
    m, terms = len(known), numbering()
    held = [pack(one, terms) for one in known]
    codes = np.concatenate([one.codes for one in held])
    weight = np.fromiter((weights[term] for one in known for term in one.body), np.float64, len(codes))
    value = weight * np.concatenate([one.times for one in held])
    whose = np.repeat(np.arange(m), [len(one.body) for one in known])
    squares = [
        value * value,
        *(np.where(codes & flag, weight * weight, 0.0) for flag in (TITLE, LEAD, NAMES)),
    ]
    norms = np.sqrt([np.bincount(whose, each, m) for each in squares]).T.tolist()
    found = [replace(one, norms=tuple(norm)) for one, norm in zip(known, norms, strict=True)]
    for one, packed in zip(found, held, strict=True):
        one.packed.append(packed)  # of the same terms
    return found


def measured(members: Sequence[Member], weights: Mapping[str, float]) -> list[Member]:
    """The members with the norms of now."""
    profiles = reweighed([member.profile for member in members], weights)
    return [replace(member, profile=known) for member, known in zip(members, profiles, strict=True)]


#: Weight of a term's repetitions, by how many there are: ``1 + ln(count)``.
TF = (0.0, *(1.0 + math.log(count) for count in range(1, MAX_COUNT + 1)))
_TF = np.array(TF)
