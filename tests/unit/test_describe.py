"""Fingerprints, samples and terms of a story."""

import json
import math
import random
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simhash import Simhash

from newsloom.core.copies import containment, distance
from newsloom.core.days import WEEKDAYS
from newsloom.core.describe import (
    LEAD_WORDS,
    MAX_COUNT,
    SKETCH_BITS,
    SKETCH_SIZE,
    SOUGHT,
    TF,
    describe,
    fingerprints,
    headline,
    profile,
    simhash_of,
)
from newsloom.core.forms import normalise
from newsloom.core.model import Article, Story
from newsloom.core.policy import Policy
from newsloom.core.shingles import hash_of
from newsloom.core.text import terms

LANGUAGES = Path(__file__).parents[1] / "data" / "languages"

WORDS = ("harbour", "ferry", "fog", "mayor", "inquiry", "captain", "dawn", "siren", "crew", "quay")
BODIES = st.lists(st.sampled_from(WORDS) | st.text("abc", min_size=1, max_size=3), max_size=400)


def story(*paragraphs, title=None):
    article = Article(file="invented.txt", text="\n".join(paragraphs), title=title)
    return Story(
        id="0" * 16,
        article=article,
        language="en",
        part=0,
        parts=1,
        first_paragraph=0,
        paragraphs=paragraphs,
        title=title,
        published_s=None,
        arrived_s=0.0,
    )


def shingles_of(body):
    return [" ".join(body[i : i + 3]) for i in range(max(1, len(body) - 2))]


def long_text(words=300, seed=5):
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) + str(chance.randrange(40)) for _ in range(words))


# Fingerprints


@given(BODIES)
def test_the_fingerprint_is_that_of_the_simhash_package(body):
    """Exactly Simhash of the 3-word shingles, each counted once a place."""
    expected = Simhash([(shingle, 1) for shingle in shingles_of(body)], f=64, hashfunc=hash_of)
    assert fingerprints(body)[0] == expected.value


@pytest.mark.parametrize("file", sorted(LANGUAGES.glob("*.json")), ids=lambda file: file.stem)
def test_the_fingerprint_of_real_prose_is_the_packages(file):
    """In every script, and for texts of all lengths."""
    for article in json.loads(file.read_text(encoding="utf-8"))["tellings"]:
        body = terms(normalise(article["text"]), file.stem)
        for size in (0, 1, 2, 3, 4, 7, len(body)):
            assert fingerprints(body[:size])[0] == simhash_of(body[:size])
        assert fingerprints(body * 40)[0] == simhash_of(body * 40)


@given(BODIES)
def test_the_fingerprint_is_the_majority_of_each_bit(body):
    """Charikar's definition, written out; a tie is no bit."""
    hashes = [hash_of(shingle.encode()) for shingle in shingles_of(body)]
    expected = sum(1 << bit for bit in range(64) if sum(h >> bit & 1 for h in hashes) * 2 > len(hashes))
    assert fingerprints(body)[0] == expected


@given(BODIES)
def test_the_order_of_the_shingles_does_not_matter(body):
    """The package's value for the shingles in any order, repeated ones added up, is the same."""
    counted = {}
    for shingle in shingles_of(body):
        counted[shingle] = counted.get(shingle, 0) + 1.0
    pairs = sorted(counted.items(), key=lambda pair: pair[0][::-1])
    other = Simhash(pairs, f=64, hashfunc=hash_of)
    assert fingerprints(body)[0] == other.value


def sketch_of(hashes):
    """The smallest of the upper bits of each lower half, written out."""
    return frozenset(sorted({(h & 0xFFFF_FFFF) >> (32 - SKETCH_BITS) for h in hashes})[:SKETCH_SIZE])


@given(BODIES)
def test_the_sketch_is_the_smallest_hashes(body):
    """At most 64 distinct hashes of 22 bits, the smallest of all the shingles'."""
    assert fingerprints(body)[1] == sketch_of(hash_of(s.encode()) for s in shingles_of(body))


@given(BODIES)
def test_copies_find_each_other_by_the_smallest_hashes(body):
    """The first few of the lower halves, whole and in order."""
    lower = sorted({hash_of(s.encode()) & 0xFFFF_FFFF for s in shingles_of(body)})
    assert fingerprints(body)[2] == tuple(lower[:SOUGHT])


@pytest.mark.parametrize("words", [49, 50, 52, 53, 199, 202, 203, 450, 5_000])
def test_long_texts_are_hashed_like_short_ones(words):
    """The package works in batches; their edges do not show."""
    body = long_text(words).split()
    hashes = [hash_of(shingle.encode()) for shingle in shingles_of(body)]
    expected = sum(1 << bit for bit in range(64) if sum(h >> bit & 1 for h in hashes) * 2 > len(hashes))
    fingerprint, sketch, _ = fingerprints(body)
    assert fingerprint == expected
    assert sketch == sketch_of(hashes)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composed_and_decomposed_texts_are_copies(form):
    """One text typed on two systems has one fingerprint."""
    text = "Die Fähre von Brückwell fährt nicht, sagte Bürgermeisterin Zoë Müller am Morgen."
    assert describe(story(unicodedata.normalize(form, text))) == describe(story(text))


def test_layout_does_not_matter():
    """Line breaks, capitals and typographic spaces are no part of a text's identity."""
    one = describe(
        story("The ferry sank at dawn, the harbour office said.", "Its crew of twelve was saved at once.")
    )
    other = describe(
        story("THE FERRY SANK\u00a0AT DAWN, the harbour office said. Its crew of twelve was saved at once.")
    )
    assert (one.simhash, one.sketch, one.terms) == (other.simhash, other.sketch, other.terms)


def test_an_edited_copy_is_near_and_another_text_is_not():
    """One changed word moves few bits and little of the sketch; another text moves half of both."""
    text = long_text()
    words = text.split()
    words[150] = "wreckage"
    one, edited, other = (describe(story(t)) for t in (text, " ".join(words), long_text(seed=6)))
    assert distance(one.simhash, edited.simhash) <= 8
    assert containment(one.sketch, edited.sketch, SKETCH_SIZE) > 0.9
    assert distance(one.simhash, other.simhash) > 16
    assert containment(one.sketch, other.sketch, SKETCH_SIZE) < 0.1


def test_a_cut_copy_is_contained():
    """Two thirds of a text stand wholly in it, though the fingerprints differ."""
    text = long_text()
    whole, cut = describe(story(text)), describe(story(" ".join(text.split()[:200])))
    assert containment(whole.sketch, cut.sketch, SKETCH_SIZE) > 0.9


# Terms


def test_features_of_a_story():
    """Terms with their number, the headline's counted once more; names and the lead."""
    features = describe(
        story("A ferry left Ostley at 5.30.", "The ferry sank.", title="Ferry sinks off Ostley")
    )
    assert features.words == 8  # a single letter is none
    assert features.terms == {
        "ferry": 3, "left": 1, "ostley": 2, "at": 1, "5.30": 1, "the": 1, "sank": 1, "sinks": 1, "off": 1,
    }  # fmt: skip
    assert features.title == {"ferry", "sinks", "off", "ostley"}
    assert features.lead == {"ferry", "left", "ostley", "at", "5.30", "the", "sank", "sinks", "off"}
    assert features.names == {"ostley"}
    assert (features.ages, features.days) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    "text", ["Un homme de 34\u00a0ans a disparu.", "A 34\u2011year\u2011old man is missing."]
)
def test_ages_are_told_whatever_machine_typed_them(text):
    """A blank or a hyphen at which no line breaks is like any other."""
    assert describe(story(text)).ages == {34}


def test_the_lead_ends():
    """What stands after the first words is no lead."""
    words = [f"word{i}" for i in range(LEAD_WORDS + 20)]
    features = describe(story(" ".join(words)))
    assert features.lead == set(words[:LEAD_WORDS])
    assert set(features.terms) == set(words)


def test_counts_fit_a_byte():
    """A word repeated endlessly counts 255 times; its repetitions are words all the same."""
    features = describe(story(" ".join(["ferry"] * 1_000), title="Ferry"))
    assert features.terms == {"ferry": MAX_COUNT}
    assert features.words == 1_000


@pytest.mark.parametrize("text", ["...", "– !? –", "…", "a", "\u200b", "\ud800", "🔥🔥🔥"])
def test_a_text_without_a_word_has_features(text):
    """Punctuation alone is described without an error: no terms, the value of the empty text."""
    features = describe(story(text))
    assert (features.words, features.terms, features.names) == (0, {}, frozenset())
    assert features.simhash == describe(story("?!")).simhash
    assert len(features.sketch) == 1


def test_furniture_inside_a_story_is_left_out():
    """Buttons and appeals between its paragraphs change nothing that a story is compared by."""
    first = "The ferry sank at dawn off Ostley, the harbour office said on Monday morning."
    second = "Its crew of twelve was saved by a trawler that had heard the siren in the fog."
    bare = describe(story(first, second))
    page = describe(
        story("Share", first, "Advertisement", "Sign up for our newsletter", second, "All rights reserved")
    )
    assert page == bare


def test_a_page_of_furniture_alone_is_described():
    """Where there is nothing else, what there is counts."""
    assert describe(story("Share", "Advertisement")).terms == {"share": 1, "advertisement": 1}


def test_a_page_of_furniture_alone_is_told_by_its_title():
    """Two pages behind one paywall have its words in common, and no news."""
    stub = story("Subscribe to continue reading.", "Log in to comment", title="Ferry sinks off Ostley")
    assert describe(stub) == describe(story("Ferry sinks off Ostley", title="Ferry sinks off Ostley"))


@settings(max_examples=50)
@given(st.text(st.characters(codec=None), min_size=1))
def test_any_text_can_be_described(text):
    """No text crashes the description; the fingerprint has 64 bits, the sample 22 and no more than its size."""
    features = describe(story(text, title=text[:5] or None))
    assert 0 <= features.simhash < 2**64
    assert all(0 <= h < 2**22 for h in features.sketch)
    assert 1 <= len(features.sketch) <= SKETCH_SIZE
    assert features.title | features.lead <= features.terms.keys()


# Headlines


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Ferry sinks off Ostley", "The ferry sank."], "Ferry sinks off Ostley"),
        (["  Ferry sinks off Ostley ", "The ferry sank."], "Ferry sinks off Ostley"),
        (["Did the ferry sink?", "It did."], "Did the ferry sink?"),
        (["Ferry sinks off Ostley"], None),
        ([], None),
        (["The ferry sank.", "Its crew was saved."], None),
        (["«Il a coulé»", "Le ferry."], "«Il a coulé»"),
        (["He said “it sank”", "The ferry."], None),
        (["渡轮沉没。", "船员获救。"], None),
        (["नाव डूबी।", "सब बचे।"], None),
        (["渡轮沉没", "船员获救。"], "渡轮沉没"),
        (["渡轮沉没！", "船员获救。"], None),
        (["渡轮沉没" * 9, "船员获救。"], "渡轮沉没" * 9),
        (["渡轮沉没" * 20, "船员获救。"], None),
        (["เรือจม", "ลูกเรือปลอดภัย"], "เรือจม"),
        (["เรือข้ามฟากจมกลางทะเล" * 5, "ลูกเรือปลอดภัย"], None),
        (["広告", "フェリーが沈んだ。"], None),
        (["Share", "The ferry sank."], None),
        (["Share", "Ferry sinks off Ostley", "The ferry sank."], "Ferry sinks off Ostley"),
        (["one " * 20, "text"], ("one " * 20).strip()),
        (["one " * 21, "text"], None),
    ],
)
def test_a_headline_is_a_short_first_line_above_a_text(lines, expected):
    """No full stop, no more than 20 words, no furniture, and something below it."""
    assert headline(lines) == expected


def test_a_headline_is_looked_for_below_flags_and_mastheads():
    """What an agency or a paper puts above each text is none."""
    told = ["FERRY PULLED FREE", "THE FERRY ALMA WAS PULLED OFF A SANDBANK OUTSIDE PORT MERROW ON TUESDAY."]
    for above in (
        ["BC-FERRY, 1ST LD", "URGENT", "EDS: UPDATES"],
        ["THE HERALD, MONDAY, MARCH 9, 2026     Page 4"],
    ):
        assert headline([*above, *told, "(MORE)"]) == told[0]


def test_a_story_without_a_headline_is_called_by_its_first_line_of_news():
    """A flash of one sentence has none above it; of nothing but flags the first stands in."""
    assert story("BC-FERRY", "URGENT", "THE FERRY SANK.", "(MORE)").label == "THE FERRY SANK."
    assert story("URGENT", "(MORE)").label == "URGENT"


def test_a_headline_is_looked_for_below_what_the_source_repeats():
    """A learned line at the top is neither the headline nor in its way; nor is one below it a text."""
    notice = "The Courier wishes you a calm day"
    assert (
        headline([notice, "Ferry sinks off Ostley", "The ferry sank."], {notice}) == "Ferry sinks off Ostley"
    )
    assert headline(["Ferry sinks off Ostley", notice], {notice}) is None


def test_learned_furniture_is_no_part_of_the_description():
    """At the edges or inside: terms, names, lead and fingerprint are those of the text without it."""
    notice = "The Anders Courier remembers its readers by means of small files."
    text = ("A ferry sank off Ostley on Monday.", "Its captain Ines Corvald was saved.")
    assert describe(story(notice, text[0], notice, text[1], notice), {notice}) == describe(story(*text))
    assert describe(story(notice), {notice}) == describe(story(notice))


# Profiles


def policy(**changes):
    values = {
        "prior_stories": 300, "rarest": 1e-4, "least_weight": 0.5, "profile_terms": 4, "index_terms": 3, "recall_terms": 3,
        "window_days": 7, "fade_days": 10, "min_overlap": 0.6, "min_copy_words": 16,
        "min_rewrite": 0.9,
        "furniture_count": 4, "furniture_share": 0.05, "furniture_share_long": 0.2,
        "furniture_labels": 1,
        "threshold": 0.0, "intercept": 0.0, "coefficients": {},
        "best_share": 0.5, "usual_crowd": 0.06,
    } | changes  # fmt: skip
    return Policy(**values)


def test_weekdays_stand_in_for_a_missing_date():
    """Those of the lead; where the day of publication is known they are days."""
    lead = (
        "The ferry sank off Brackwell on Friday night, " + "and nobody was hurt, " * 15 + "the harbour said."
    )
    undated = story(lead, "A crane will lift it next Tuesday.")
    assert describe(undated).weekdays == {WEEKDAYS[4]}
    assert describe(undated).days == frozenset()
    dated = describe(replace(undated, published_s=1_764_000_000.0))
    assert dated.weekdays == frozenset()
    assert len(dated.days) == 2


def test_a_headline_that_stands_in_the_text_as_well_counts_once():
    """In whatever case, and behind marks of Markdown; where nothing else is told, it is the text."""
    lines = (
        "A ferry is stuck off the harbour wall in fog.",
        "Tugs will tow it in at dawn, the company said.",
    )
    bare = describe(story(*lines, title="Ferry Stuck In Fog"))
    for on_top in ("Ferry Stuck In Fog", "FERRY STUCK IN FOG", "# Ferry stuck in fog"):
        assert describe(story(on_top, *lines, title="Ferry Stuck In Fog")) == bare
    assert describe(story("Ferry Stuck In Fog", title="Ferry Stuck In Fog")).words == 4


def test_a_profile_keeps_the_heaviest_terms():
    """Those of most weight times repetitions, and the headline's where they weigh anything at all."""
    features = describe(story("ferry ferry ferry fog dawn siren the 12", title="Quay the"))
    weights = {"ferry": 1.0, "fog": 3.0, "dawn": 2.0, "siren": 1.5, "the": 0.1, "12": 2.5, "quay": 0.6}
    kept = profile(features, weights, policy(profile_terms=3))
    assert dict(kept.body) == {"12": 1.0, "ferry": TF[3], "fog": 1.0, "quay": 1.0}
    assert kept.title == {"quay"}
    assert list(kept.body) == sorted(kept.body)
    assert kept.norms[0] == pytest.approx(math.sqrt(sum((kept.body[t] * weights[t]) ** 2 for t in kept.body)))
    assert kept.norms[1] == pytest.approx(0.6)


def test_a_text_of_commonplaces_has_an_empty_profile():
    """No term above the least weight: nothing is kept and every norm is 0."""
    features = describe(story("the of and"))
    kept = profile(features, {"the": 0.1, "of": 0.5, "and": 0.0}, policy())
    assert kept.body == {}
    assert kept.norms == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(("count", "weight"), [(1, 1.0), (2, 1 + math.log(2)), (255, 1 + math.log(255))])
def test_repetitions_count_by_their_logarithm(count, weight):
    """1 + ln(count)."""
    assert TF[count] == weight
