"""How much a term tells."""

import math

import pytest

from newsloom.core.model import Counts
from newsloom.core.policy import Policy
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
