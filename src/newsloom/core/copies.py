"""Near-duplicates: how far apart two texts are, how much of one stands in the other, and whether that is the news."""

import functools
import math
from bisect import bisect_right
from collections.abc import Collection

from newsloom.core.describe import SKETCH_SIZE, TF
from newsloom.core.model import Profile
from newsloom.core.policy import Policy

# Hashes that a share has to rest on; where fewer can be compared, the rest counts as not shared. Of a page of
# thousands of words and a short text one or two are in range, and a phrase that many use would make a copy.
LEAST_COMPARED = 10
# Overlap from which on a template is suspected, from which on small print is, and up to which either is.
SOME, MOST, WHOLE = 0.2, 0.6, 0.95
# Template: names and figures in common, as a share, are less than all words by so much, and with the overlap make less
# than the other; where nearly all is the same, a few corrected names are a correction. No pair of real copies is such.
LESS, TOGETHER = 0.18, 1.4
#: Of two versions the share of the shorter that stands in the other, from which on they tell of one thing; and how much shorter
#: than the older the newer may be to stand for it.
KEPT = 0.3
LONGER = 1.5  #: times the words of its original, from which on a copy tells more than that does
TOLD_BELOW = 0.8  #: of what a lead names, the share that a copy names below its own lead: sentences were put on top or moved
ENOUGH = 4  #: names and figures without which a template is not told from a correction
# Small print: the share of the lead's terms that stand in the other.
LEAD = 0.3
# Notice: of a headline, of so many terms at least, the share that stands in the text at most; and below how much in
# common two headlines tell of two things. What is much longer than a notice, which has 74 words at most, is an article, below
# headlines of which one was scraped wrongly.
HEADLINE, ANNOUNCED, SAME_HEADLINE, NOTICE_WORDS = 3, 0.2, 0.5, 250
#: Overlaps that differ by no more are the same: two samples of 64 hashes tell one by a twentieth more or less.
AS_MUCH = 0.06
#: Of what two stories share, the part that is not known to be their house's doing, up to which they are no copies.
NEXT_TO_NOTHING = 0.1


def distance(one: int, other: int) -> int:
    """Hamming distance of two fingerprints, in bits."""
    return (one ^ other).bit_count()


# Young events are compared again and again.
@functools.lru_cache(maxsize=8_192)
def _ordered(sample: frozenset[int]) -> tuple[int, ...]:
    return tuple(sorted(sample))


# A decision asks twice for each pair: as a view and to tell a copy.
@functools.lru_cache(maxsize=1024)
def containment(one: frozenset[int], other: frozenset[int], full: int) -> float:
    """Part of the shorter text's shingles that stand in the other, 0..1, from bottom-k samples.

    A sample of ``full`` hashes was cut off at its largest; below the lower of the two cut-offs both
    samples are complete, and only that range is compared (Broder 1997). The share is exact where neither
    was cut off; else it has to rest on ``LEAST_COMPARED`` hashes.
    """
    shared = one & other
    if not shared:
        return 0.0
    sizes, least_compared = (len(one), len(other)), LEAST_COMPARED
    least, most = _ordered(one), _ordered(other)
    bounds = [sample[-1] if len(sample) >= full else math.inf for sample in (least, most)]
    if bounds[0] != bounds[1]:
        bound = min(bounds)
        shared = frozenset(h for h in shared if h <= bound)
        longer = most if bounds[0] < bounds[1] else least
        below = bisect_right(longer, bound)
        sizes = (len(one), below) if longer is most else (below, len(other))
    elif bounds[0] == math.inf:
        least_compared = 1
    return len(shared) / max(min(sizes), least_compared)


def overlap(one: Profile, other: Profile) -> float:
    """:func:`containment` of two stories."""
    return in_common(one.sketch, other.sketch)


def in_common(one: frozenset[int], other: frozenset[int]) -> float:
    """:func:`containment` of two sketches."""
    return 0.0 if one.isdisjoint(other) else containment(one, other, SKETCH_SIZE)


def is_copy(one: Profile, other: Profile, policy: Policy) -> bool:
    """Whether the text that they share makes one a copy of the other.

    A short text has too few shingles to be sure by a part of them: there all must agree.
    """
    if not one.words:
        return False  # nothing but punctuation: all such texts share one fingerprint
    shared = overlap(one, other)
    if min(one.words, other.words) < policy.min_copy_words:
        enough = shared == 1.0 and one.simhash == other.simhash
    else:
        enough = shared >= policy.min_overlap
    return enough and not by_house(one, other, shared)


def stands_for(newer: Profile, older: Profile) -> bool:
    """Whether a version tells what the one before it told.

    An address may be used again, for other news each day; and a page that was read whole comes once more as the summary
    of a feed, or behind a wall.
    """
    return overlap(newer, older) >= KEPT and newer.words >= older.words * KEPT


def extends(copy: Profile, original: Profile) -> bool:
    """Whether a copy tells so much more that it stands for its original: an article that a feed's summary went before."""
    return copy.words >= LONGER * original.words


def by_house(one: Profile, other: Profile, shared: float) -> bool:
    """Whether it is their house's doing that two stories share text: a notice, a template, small print, a round-up.

    ``shared`` is their :func:`overlap`.

    A notice to readers who do not pay, or have not consented, stands in the place of articles: below headlines that
    differ, a text that has next to nothing of either.

    A template is filled in with other names and figures: of those the shorter text has less in common with the
    longer than of its words at large. A forecast or a market report is filled in anew each day by its outlet, for other
    days. An office names itself below whatever it releases, so the lead of the one is held against that of the other
    as well, unless that names the same further down. Of small print, and of a round-up, it has in common what is not
    told first. And where a notice stands below the first words of each article, the longer text has little of
    what the headline of the shorter announces. All but the first are not asked of a text that stands in the
    other as a whole: it may be cut from one so long that its profile lacks most of what is in both.
    """
    short, long = _shorter_first(one, other)
    if shared >= MOST and _is_notice(short, long):
        return True
    if filled_in(one, other, shared):
        return True
    if not MOST <= shared < WHOLE:
        return False
    if _of_another_day(one, other):
        return True
    telling = _telling(short)
    in_lead = telling & short.lead
    told_below = _share(in_lead, long.body) >= TOLD_BELOW
    other_lead = not told_below and _is_filled_in(in_lead, short.lead - telling, long.lead, shared)
    announced = short.title & _text(short)
    other_news = len(announced) >= HEADLINE and _share(announced, long.body) < SAME_HEADLINE
    return other_lead or other_news or _share(short.lead, long.body) < LEAD


def filled_in(one: Profile, other: Profile, shared: float) -> bool:
    """Whether two stories are one template, filled in with other names and figures; ``shared`` is their :func:`overlap`."""
    short, long = _shorter_first(one, other)
    return SOME <= shared < WHOLE and _is_filled_in(_telling(short), short.body, long.body, shared)


def _shorter_first(one: Profile, other: Profile) -> tuple[Profile, Profile]:
    return (one, other) if one.words <= other.words else (other, one)


def _telling(story: Profile) -> frozenset[str]:
    return story.names | {term for term in story.body if term[0].isdecimal()}


def _is_filled_in(
    telling: Collection[str], words: Collection[str], others: Collection[str], shared: float
) -> bool:
    """Whether names and figures, ``telling``, are other ones between the same ``words``."""
    less = min(TOGETHER - shared, _share(words, others) - LESS)
    return len(telling) >= ENOUGH and _share(telling, others) < less


def _of_another_day(one: Profile, other: Profile) -> bool:
    """Whether one outlet tells of other days in the one than in the other."""
    told = bool(one.outlet and one.days and other.days)
    return told and one.outlet == other.outlet and one.days.isdisjoint(other.days)


def _is_notice(short: Profile, long: Profile) -> bool:
    """Whether a text that stands in another is news of neither headline, which differ."""
    few, many = sorted((short.title, long.title), key=len)
    if short.words > NOTICE_WORDS or len(few) < HEADLINE or _share(few, many) >= SAME_HEADLINE:
        return False
    text = _text(short)
    return _share(few, text) <= ANNOUNCED and _share(many, text) <= ANNOUNCED


def _text(profile: Profile) -> frozenset[str]:
    """Terms of a story below its headline; what is in both is there twice or more."""
    return frozenset(
        term for term, times in profile.body.items() if times > TF[1] or term not in profile.title
    )


def _share(terms: Collection[str], known: Collection[str]) -> float:
    """Of the terms, those that are known; all of none."""
    return sum(term in known for term in terms) / len(terms) if terms else 1.0
