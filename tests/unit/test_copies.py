"""Near-duplicates: what is a copy, and what only looks like one."""

import dataclasses
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsloom.core.copies import WHOLE, by_house, containment, distance, is_copy, overlap, stands_for
from newsloom.core.describe import SKETCH_SIZE, TF, fingerprints
from newsloom.core.model import Profile
from newsloom.core.policy import Policy

POLICY = Policy.load()
WORDS = [
    f"{a}{b}{c}"
    for a in ("har", "fer", "mun", "sol")
    for b in ("bo", "ri", "ta", "ke")
    for c in ("ur", "nd", "st")
]
LEAD = ["lifeboat", "launch", "tide", "crew", "rescue"]
NAMES = ["brevik", "lovegrove", "saturday", "anders"]
HASHES = st.frozensets(st.integers(0, 2**32 - 1), max_size=SKETCH_SIZE)


def text(seed, count):
    rnd = random.Random(seed)
    return [f"{rnd.choice(WORDS)}{rnd.randrange(40)}" for _ in range(count)]


def described(words):
    simhash, sketch, _ = fingerprints(words)
    none = frozenset()
    return Profile(simhash, sketch, len(words), {}, none, none, none, none, (0.0,) * 4)


def told(house, lead, names, seed):
    """A profile of a story whose words are its house's, but for these."""
    words = [*lead, *names, *house, *text(seed, 20)]
    simhash, sketch, _ = fingerprints(words)
    body = dict.fromkeys(words, 1.0)
    return Profile(
        simhash,
        sketch,
        len(words),
        body,
        frozenset(),
        frozenset(lead),
        frozenset(names),
        frozenset(),
        (1.0,) * 4,
    )


def copied(one, other):
    return is_copy(described(one), described(other), POLICY)


ORIGINAL = text(1, 400)
FILLED = "the body of {} was found near {} on {} police in {} said they had arrested {} aged {} and asked anyone with information about the shooting to call detectives at {}"


def template(seed):
    rnd = random.Random(seed)
    blanks = [f"{rnd.choice(WORDS)} {rnd.choice(WORDS)}{rnd.randrange(99)}" for _ in range(7)]
    return (FILLED.format(*blanks) + " " + " ".join(text(seed, 60))).split()


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        ("the same text", ORIGINAL, True),
        ("another headline", [*text(2, 8), *ORIGINAL], True),
        (
            "three words corrected",
            [*ORIGINAL[:50], "a", *ORIGINAL[51:200], "b", *ORIGINAL[201:300], "c", *ORIGINAL[301:]],
            True,
        ),
        ("cut to 40 %", ORIGINAL[:160], True),
        ("the end cut off and the start", ORIGINAL[120:280], True),
        ("paragraphs added", [*ORIGINAL[:200], *text(3, 150), *ORIGINAL[200:], *text(4, 100)], True),
        ("another text", text(5, 400), False),
        ("only house boilerplate shared", [*text(6, 300), *ORIGINAL[340:]], False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_copies(name, other, expected):
    """Cut, extended and corrected copies are found, in either order; a shared boilerplate is not enough."""
    assert copied(ORIGINAL, other) is expected
    assert copied(other, ORIGINAL) is expected


@pytest.mark.parametrize("seed", range(10, 20))
def test_template(seed):
    """Two incidents told by one template with other names filled in are two stories."""
    assert not copied(template(seed), template(seed + 100))


@pytest.mark.parametrize("count", [1, 2, 3, 8, POLICY.min_copy_words - 1])
def test_short(count):
    """A short text is a copy only where it is the same, word for word."""
    short = ORIGINAL[:count]
    assert copied(short, short)
    assert not copied(short, [*short[:-1], "other"])
    assert not copied(short, ORIGINAL)


@pytest.mark.parametrize(
    ("newer", "stands"),
    [
        (lambda old: [*text(2, 40), *old], True), (lambda old: [*old[:60], *text(2, 60)], True), (lambda old: old[:60], True),
        (lambda old: old[:25], False), (lambda old: text(3, 150), False),
    ],
    ids=["extended", "half told anew", "cut", "its summary", "other news"],
)  # fmt: skip
def test_the_newest_version_stands_for_the_one_before(newer, stands):
    """Where it tells that anew; what is left of it in a feed, or before a wall, does not."""
    old = text(1, 150)
    assert stands_for(described(newer(old)), described(old)) is stands


def test_distance():
    """Hamming bits of 64."""
    assert [distance(0, 0), distance(0b1011, 0b0010), distance(0, 2**64 - 1)] == [0, 2, 64]


@given(HASHES, HASHES)
def test_containment_is_a_share(one, other):
    """Symmetric, within 0..1, and 1 for a text itself."""
    share = containment(one, other, SKETCH_SIZE)
    assert share == containment(other, one, SKETCH_SIZE)
    assert 0 <= share <= 1
    if one:
        assert containment(one, one, SKETCH_SIZE) == 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(100, 900), st.floats(0.0, 1.0))
def test_containment_estimates_the_share(seed, count, kept):
    """From samples of 96 the share of a text that stands in another comes out within .25."""
    whole, strange = text(seed, count), text(seed + 20_000, count)
    cut = int(kept * count)
    mixed = [*whole[:cut], *strange[cut:]]
    found = containment(fingerprints(whole)[1], fingerprints(mixed)[1], SKETCH_SIZE)
    assert abs(found - kept) < 0.25


@pytest.mark.parametrize("pages", [2_000, 5_000, 16_000])
def test_a_phrase_in_common_makes_no_copy(pages):
    """A short text and a page of thousands of words have few hashes to compare: one phrase of both is no share."""
    for seed in range(40):
        phrase = text(90_000 + seed, 12)
        short = [*text(seed, 70), *phrase]
        page = [*text(50_000 + seed, pages), *phrase]
        assert containment(fingerprints(short)[1], fingerprints(page)[1], SKETCH_SIZE) < 0.6


def test_a_text_of_few_words_is_compared_as_a_whole():
    """Where no sample was cut off, the share is exact, however few words there are."""
    words = "ferry runs aground off the cape".split()
    whole, half = fingerprints(words)[1], fingerprints([*words[:4], "near", "cape"])[1]
    assert containment(whole, whole, SKETCH_SIZE) == 1.0
    assert containment(whole, half, SKETCH_SIZE) == 0.5


HOUSE = text(7, 60)


@pytest.mark.parametrize(
    ("name", "lead", "names", "expected"),
    [
        ("the same news, edited", LEAD, NAMES, False),
        ("a template filled in", LEAD, [f"{name}x" for name in NAMES], True),
        ("small print below other news", [f"{word}x" for word in LEAD], NAMES, True),
        ("a name corrected", LEAD, [*NAMES[1:], "corrected"], False),
        ("no names at all", LEAD, [], False),
        ("one figure, corrected", LEAD, ["12"], False),
    ],
)
def test_what_the_house_has_in_common(name, lead, names, expected):
    """Most of the wording is the same; who and where, or what is told first, is not."""
    one, other = told(HOUSE, LEAD, NAMES, 21), told(HOUSE, lead, names, 22)
    shared = overlap(one, other)
    assert POLICY.min_overlap <= shared < WHOLE
    assert by_house(one, other, shared) is by_house(other, one, shared) is expected
    assert is_copy(one, other, POLICY) is not expected


@pytest.mark.parametrize(
    ("outlets", "days", "copy"),
    [
        ((7, 7), ({201}, {202}), False),
        ((7, 7), ({201, 203}, {202, 203}), True),
        ((7, 8), ({201}, {202}), True),
        ((0, 0), ({201}, {202}), True),
        ((7, 7), ({201}, set()), True),
    ],
    ids=["another day", "one day in common", "other outlets", "outlets unknown", "no day told"],
)
def test_what_an_outlet_fills_in_anew_each_day_makes_no_copies(outlets, days, copy):
    """A forecast of two days has most of its words in common, and even places and figures."""
    one, other = (
        dataclasses.replace(told(HOUSE, LEAD, NAMES, seed), outlet=outlet, days=frozenset(told_of))
        for seed, outlet, told_of in zip((21, 22), outlets, days, strict=True)
    )
    assert POLICY.min_overlap <= overlap(one, other) < WHOLE
    assert is_copy(one, other, POLICY) is is_copy(other, one, POLICY) is copy


def test_a_text_that_stands_in_another_as_a_whole_is_a_copy():
    """However little of it the profile of a long text has room for."""
    cut = dataclasses.replace(told(HOUSE, LEAD, NAMES, 21), words=80)
    whole = dataclasses.replace(told(HOUSE, [], [], 22), words=4_000)
    assert not by_house(cut, whole, 1.0)
    assert by_house(cut, whole, 0.9)


# Names itself below whatever it releases.
OFFICE = ["police", "customs", "zealand", "stoppers", "media", "crime"]


@pytest.mark.parametrize(("changed", "filled_in"), [(4, True), (1, False)])
def test_an_office_that_names_itself_below_each_release(changed, filled_in):
    """Most names in common are its own: those of the lead tell another case from a correction."""

    def release(names, seed):
        profile = told([*HOUSE, *OFFICE], LEAD, names, seed)
        return dataclasses.replace(
            profile, lead=frozenset([*LEAD, *names]), names=frozenset([*names, *OFFICE])
        )

    one = release(NAMES, 21)
    other = release([*(f"{name}x" for name in NAMES[:changed]), *NAMES[changed:]], 22)
    shared = overlap(one, other)
    assert POLICY.min_overlap <= shared < WHOLE
    assert by_house(one, other, shared) is by_house(other, one, shared) is filled_in


def test_a_copy_with_a_paragraph_on_top_is_no_other_release():
    """Its lead tells the same with other names than the original's; but further down it names all of those."""
    own = ["northgate", "selwick", "orla", "haim"]
    original, copy = told(HOUSE, LEAD, NAMES, 21), told([*NAMES, *HOUSE], LEAD, own, 22)
    original = dataclasses.replace(original, lead=frozenset([*LEAD, *NAMES]))
    copy = dataclasses.replace(copy, lead=frozenset([*LEAD, *own]), names=frozenset([*own, *NAMES]))
    shared = overlap(original, copy)
    assert POLICY.min_overlap <= shared < WHOLE
    assert not by_house(original, copy, shared)
    assert is_copy(copy, original, POLICY)


NOTICE = text(8, 70)  # what stands in the place of an article, for readers who have not paid or consented
ON_THE_SILO, ON_THE_MAYOR = ["silo", "blast", "docks", "three"], ["mayor", "bribery", "bridge", "docks"]


def headed(title, words):
    """A profile of a text under a headline."""
    counts = Counter(words) + Counter(set(title))
    body = {term: TF[count] for term, count in counts.items()}
    return dataclasses.replace(described(words), title=frozenset(title), body=body)


@pytest.mark.parametrize("length", [70, POLICY.min_copy_words - 1])
@pytest.mark.parametrize(
    ("mine", "theirs", "above", "copied"),
    [
        (ON_THE_SILO, ON_THE_MAYOR, [], False),
        (ON_THE_SILO, ON_THE_SILO[:3], [], True),  # one article, found at two addresses
        (ON_THE_SILO, ON_THE_MAYOR, ["silo"], True),  # a text of which a headline tells
        (ON_THE_SILO[:2], ON_THE_MAYOR, [], True),  # too few words to tell by
        ([], ON_THE_MAYOR, [], True),
    ],
)
def test_a_notice_in_the_place_of_articles_makes_no_copies(length, mine, theirs, above, copied):
    """The same text stands below headlines that differ, and has nothing of either."""
    words = [*above, *NOTICE][:length]
    one, other = headed(mine, words), headed(theirs, words)
    assert by_house(one, other, 1.0) is by_house(other, one, 1.0) is not copied
    assert is_copy(one, other, POLICY) is copied


def test_an_article_below_a_headline_of_another_is_a_copy():
    """No notice is that long: a byline was scraped for a headline, or that of the neighbouring article."""
    words = text(9, 300)
    one, other = headed(ON_THE_SILO, words), headed(ON_THE_MAYOR, words)
    assert is_copy(one, other, POLICY)


@pytest.mark.parametrize("same_news", [True, False])
def test_a_notice_below_the_first_words_makes_no_copies(same_news):
    """The headline of the shorter tells of its own first words, which the longer has if it is a copy."""
    first = [*ON_THE_SILO, *text(30, 12)]
    one = headed(ON_THE_SILO, [*first, *NOTICE])
    other = headed(ON_THE_MAYOR, [*(first if same_news else text(31, 16)), *NOTICE, *text(32, 8)])
    shared = overlap(one, other)
    assert POLICY.min_overlap <= shared
    assert by_house(one, other, shared) is by_house(other, one, shared) is not same_news
