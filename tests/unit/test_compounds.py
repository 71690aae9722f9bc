"""Words that are made of words, and the stories that share them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.core.compounds import compared, parts
from newsloom.core.describe import describe
from newsloom.core.model import Article, Story
from newsloom.core.stems import shares, stemmed


@pytest.mark.parametrize(
    ("language", "word", "made_of"),
    [
        ("de", "wohnungsbrand", "wohnung brand"),
        ("de", "brandursache", "brand ursache"),
        ("de", "möbelhändlers", "möbel händler"),
        ("de", "schadenssumme", "schaden summe"),
        ("sv", "kundtjänst", "kund tjänst"),
        ("sv", "bussolycka", "buss olycka"),
    ],
)
def test_a_compound_is_compared_by_its_words_too(language, word, made_of):
    """With the stems that they have alone, whatever joins them."""
    assert list(parts(word, language)) == stemmed(made_of.split(), language)
    assert compared([word], language) == [*stemmed([word], language), *stemmed(made_of.split(), language)]


@pytest.mark.parametrize(
    "word", ["zusammen", "regierung", "gesellschaft", "brand", "kxqjwvzpfg", "2025er8841", ""]
)
def test_other_words_are_made_of_none(word):
    """Those that are met more often than what they could be cut into, short ones, and names nobody knows."""
    assert parts(word, "de") == ()


@given(
    st.lists(st.text(min_size=1, max_size=40), max_size=20),
    st.sampled_from(["de", "sv", "nl", "ru", "en", "zh"]),
)
def test_what_a_story_is_compared_by_holds_all_of_its_stems(words, language):
    """In order; elsewhere than in German and Swedish nothing else."""
    found, stems = compared(words, language), stemmed(words, language)
    rest = iter(found)
    assert all(stem in rest for stem in stems)
    if language not in {"de", "sv"}:
        assert found == stems
    assert all(term in shares(language) for term in set(found) - set(stems))


def test_tellings_meet_in_the_words_of_their_compounds():
    """One outlet writes of a Wohnungsbrand, another of a Brand in a Wohnung."""
    one, other = (
        describe(Story("0" * 16, Article("a.txt", line), "de", 0, 1, 0, (line,), line, None, 0.0))
        for line in ("Wohnungsbrand gelöscht", "Brand in einer Wohnung")
    )
    assert {"brand", "wohnung"} <= one.terms.keys() & other.terms.keys()
    assert {"brand", "wohnung"} <= one.title & other.title
