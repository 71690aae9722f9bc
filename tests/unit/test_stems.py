"""Forms of a word that are one term, and what goes by words all the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.core.background import frequencies
from newsloom.core.describe import describe
from newsloom.core.model import Article, Story
from newsloom.core.stems import shares, stemmed
from newsloom.core.text import names, terms
from newsloom.store.lexicon import NUMBERED, lexicon


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ru", "губернатор губернатора губернатору губернатором"),
        ("ru", "верхнелесск верхнелесска верхнелесску"),
        ("pl", "strajk strajku strajki strajkiem"),
        ("pl", "modrzewnik modrzewniku modrzewnicki modrzewnickiej"),
        ("ru", "волгоград волгограде волгоградский волгоградской"),
        ("cs", "olomouc olomoucký"),
        ("sh", "kragujevac kragujevca kragujevački"),
        ("fi", "haukijoki haukijoella"),
        ("el", "θεσσαλονίκη θεσσαλονίκης"),
        ("he", "משטרה המשטרה במשטרה משטרת"),
        ("he", "ירושלים בירושלים ולירושלים"),
        ("cs", "starosta starosty starostou"),
        ("de", "brand brandes brände"),
        ("es", "incendio incendios"),
        ("fi", "talo talossa talosta"),
        ("tr", "yangın yangında yangından"),
        ("ar", "مدينة المدينة"),
        ("sh", "vatra vatre vatru"),
        ("uk", "пожежа пожежі пожежею"),
        ("bg", "правителство правителството правителства"),
    ],
)
def test_the_forms_of_a_word_are_one_term(language, forms):
    """Two outlets need not use the same case or number to be found to tell the same."""
    assert len(set(stemmed(forms.split(), language))) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "fires fired fire"),
        ("zh", "火灾 消防"),
        ("ka", "ხანძარი ხანძრის"),
        ("ru", "12.5 2025 а320 covid19"),
        ("tr", "2025 12.5"),
    ],
)
def test_other_words_stay_as_they_are(language, words):
    """English, where stems gain nothing, languages without a stemmer, and numbers."""
    assert stemmed(words.split(), language) == words.split()


@pytest.mark.parametrize(
    "forms", ["märta marta", "erdoğan erdogan", "gyökeres gyokeres", "łódź lodz", "tromsø tromso", "ærø aero"]
)
def test_a_foreign_name_is_one_with_its_marks_or_without(forms):
    """In English some outlets write them and some do not."""
    assert len(set(stemmed(forms.split(), "en"))) == 1


@given(
    st.lists(st.text(min_size=1, max_size=30)),
    st.sampled_from(["ru", "ar", "de", "tr", "uk", "fa", "el", "en"]),
)
def test_each_word_has_one_term(words, language):
    """Whatever it is made of: none is lost, none is empty, and equal words have equal terms."""
    found = stemmed(words, language)
    assert len(found) == len(words)
    assert all(found)
    assert dict(zip(words, found, strict=True)) == dict(zip(words, stemmed(words, language), strict=True))


@pytest.mark.parametrize("language", ["ru", "de", "uk"])
def test_a_term_is_as_frequent_as_all_its_forms(language):
    """None of the running text is lost, none is counted twice."""
    assert sum(shares(language).values()) == pytest.approx(sum(frequencies(language).values()))


def test_a_form_weighs_what_its_term_tells():
    """ "школы" is no rarer than "школа"."""
    words, school = frequencies("ru"), stemmed(["школа"], "ru")
    forms = [word for word in words if stemmed([word], "ru") == school]
    assert len(forms) > 5
    assert shares("ru")[school[0]] == pytest.approx(sum(words[form] for form in forms))


def test_what_goes_by_words_and_what_by_terms():
    """Copies are of words; events, names and the word list that is stored are of terms."""
    told, again = (
        Story("0" * 16, Article("a.txt", line), "ru", 0, 1, 0, (line,), None, None, 0.0)
        for line in (
            "О губернаторе Ларисе Мещаниновой сообщили",
            "О губернаторах Ларисы Мещаниновой сообщили",
        )
    )
    one, other = describe(told), describe(again)
    assert (one.terms, one.names) == (other.terms, other.names)
    assert one.simhash != other.simhash
    assert one.names <= one.terms.keys()
    listed = tuple(shares("ru"))
    ranked, others = lexicon("ru").numbered([*listed, "зырнок"])
    assert ranked == dict(enumerate(listed[:NUMBERED]))
    assert others == [*listed[NUMBERED:], "зырнок"]
    assert list(map(lexicon("ru").terms.__getitem__, ranked)) == list(ranked.values())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Das Feuer in Hohenwalde brach am Abend aus.", {"hohenwald"}),
        ("Nach Angaben der Polizei sagte Bürgermeister Holger Rathjen nichts.", {"rathj"}),
        ("Bei dem Großbrand half die Drehleiter der Feuerwehrleute.", set()),
        ("Die Schadenssumme nannte er nicht.", set()),
    ],
)
def test_german_names_are_nouns_without_an_article(line, expected):
    """All nouns have a capital there; those that tell who and where follow "in" or a first name."""
    found = names([line], stemmed(terms(line, "de"), "de"), "de")
    assert expected <= found
    assert found.isdisjoint({"grossbrand", "drehleit", "feuerwehrleut", "schadenssumm"})
