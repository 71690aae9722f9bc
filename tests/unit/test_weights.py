"""How much a term tells."""

import math

import pytest
import wordfreq

from newsloom.core.background import frequencies
from newsloom.core.describe import describe, profile
from newsloom.core.forms import normalise
from newsloom.core.language import index_code
from newsloom.core.likeness import Query
from newsloom.core.model import Article, Counts, Story
from newsloom.core.policy import Policy
from newsloom.core.stems import stemmed
from newsloom.core.text import terms
from newsloom.core.weights import chance, weigh

POLICY = Policy.load()


@pytest.mark.parametrize(
    ("common", "rare", "language"),
    [
        ("the", "harbour", "en"),
        ("harbour", "zyxgavel", "en"),
        ("12", "375000", "en"),
        ("2014", "4711", "en"),
        ("que", "terremoto", "es"),
        ("что", "землетрясение", "ru"),
    ],
)
def test_commonplace_terms_are_likely(common, rare, language):
    """A common word is more likely than a rare one, in any language; so are short numbers and years."""
    assert 0 < chance(rare, language) < chance(common, language) < 1


def test_news_is_not_general_text():
    """What all news says is commonplace from the first story on, though rare elsewhere."""
    assert chance("spokesman", "en") > 0.05
    assert chance("doesn", "en") > 0.1


def test_unknown_language():
    """A language without word frequencies still gets weights: of what the stream shows."""
    counts = Counts(1000, {"ab": 0, "cd": 900})
    weights = weigh(counts, "xx", POLICY)
    assert weights["ab"] > weights["cd"] > 0


def test_formula():
    """Weight is -ln((df + k p) / (n + k)), with p no less than the floor."""
    counts = Counts(700, {"zyxgavel": 3})
    k = POLICY.prior_stories
    expected = -math.log((3 + k * POLICY.rarest) / (700 + k))
    assert weigh(counts, "en", POLICY)["zyxgavel"] == pytest.approx(expected)


def test_never_below_nought():
    """A term in every story tells nothing."""
    assert weigh(Counts(10**6, {"the": 10**6}), "en", POLICY)["the"] == pytest.approx(0.0, abs=1e-6)


def test_learns():
    """The more stories hold a term, the less it tells."""
    told = [weigh(Counts(1000, {"shooting": df}), "en", POLICY)["shooting"] for df in (0, 10, 100, 900)]
    assert told == sorted(told, reverse=True)


# Every language that has a list

#: Read from wordfreq, not written down here, and the one list that comes with newsloom.
LANGUAGES = sorted({*wordfreq.available_languages("best"), "th"})


def ranked(language):
    """The words of a language, the most frequent first, that are terms here."""
    index = index_code(language)
    listed = wordfreq.top_n_list(language, 4_000) if language != "th" else list(frequencies("th"))[:4_000]
    words = [word for word in listed if terms(normalise(word), index) == [word] and not word[0].isdigit()]
    first: dict[str, str] = {}  # of each term the form that is met most
    for word, term in zip(words, stemmed(words, index), strict=True):
        first.setdefault(term, word)
    return index, list(first.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_stop_words_weigh_little_in_every_language(language):
    """The 30 most frequent words weigh less than a sixth of what a rare one does, from the first story on."""
    index, words = ranked(language)
    stop = stemmed(words[:30], index)
    weights = weigh(Counts(0, dict.fromkeys([*stop, "zyxgavel"], 0)), index, POLICY)
    assert max(weights[term] for term in stop) < weights["zyxgavel"] / 6
    assert sum(weights[term] for term in stop) / 30 < 2 * POLICY.least_weight


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_story_is_found_by_stop_words(language):
    """A text that opens with them and repeats them all is found by its rarer words."""
    index, words = ranked(language)
    telling = words[-3 * POLICY.index_terms :]
    lines = (" ".join(words[:30]),) * 2 + (" ".join(telling),)
    story = Story("0" * 16, Article("invented.txt", "\n".join(lines)), index, 0, 1, 0, lines, None, None, 0.0)
    features = describe(story)
    weights = weigh(Counts(0, dict.fromkeys(features.terms, 0)), index, POLICY)
    found = Query(story, profile(features, weights, POLICY), weights).keys(POLICY.index_terms)
    assert found
    assert not set(found) & set(stemmed(words[:30], index))


@pytest.mark.parametrize(
    ("variant", "language"),
    [
        ("no", "nb"),
        ("tl", "fil"),
        ("sh", "sh"),
        ("zh-Hans", "zh"),
        ("pt-BR", "pt"),
        ("gl", "es"),
        ("be", "ru"),
    ],
)
def test_a_variant_has_the_list_of_its_language(variant, language):
    """And a language without a list that of a close one."""
    word = wordfreq.top_n_list(language, 1)[0]
    assert frequencies(variant)[word] == frequencies(language)[word]


@pytest.mark.parametrize("language", ["und", "lo", "ka", "sq", "xx"])
def test_no_list_is_better_than_a_foreign_one(language):
    """Every term weighs alike until the stream has shown what is commonplace."""
    assert frequencies(language) == {}


@pytest.mark.parametrize(
    ("language", "term"),
    [("fa", "شود"), ("ca", "pel"), ("uk", "ім"), ("he", "צה"), ("th", normalise("น้ำ")), ("el", "μαΐου")],
)
def test_the_list_has_the_terms_of_a_text(language, term):
    """What stands on either side of a joiner, an apostrophe or a dot, and signs in their normal form."""
    assert frequencies(language)[term] > 1e-5
