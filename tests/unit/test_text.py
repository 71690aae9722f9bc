"""One text has one form, and the same terms whatever machine typed it."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsloom.core.forms import fold, normalise, untagged
from newsloom.core.stems import stemmed
from newsloom.core.text import names, terms

#: Letters, digits, marks of punctuation and spaces of several scripts.
TEXTS = st.text(
    st.characters(
        categories=("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "Po", "Pd", "Zs"), max_codepoint=0xFFFF
    )
)
PLAIN = st.text(st.characters(categories=("Lu", "Ll", "Nd", "Po", "Pd", "Zs"), max_codepoint=0x52F))


def terms_of(text, language="en"):
    return terms(normalise(text), language)


def names_of(text, language="en"):
    return names([text], stemmed(terms_of(text, language), language), language)


# One form


@pytest.mark.parametrize(
    "text", ["Zürich café señor", "Đặng Thị Ngọc Thịnh", "Ελλάδα", "Йошкар-Ола", "หมู่บ้าน", "बाढ़ पीड़ित", "각하"]
)
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_composed_and_decomposed_text_are_one(text, form):
    """A scraper on another system writes accents apart: the terms and names are the same."""
    other = normalise(unicodedata.normalize(form, text))
    assert other == normalise(text)
    assert (terms_of(other), names_of(other)) == (terms_of(text), names_of(text))


@given(TEXTS)
def test_normalising_is_done_once_and_for_all(text):
    """A normalised text is its own normal form."""
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [("ﬁre", "fire"), ("Ａ１", "A1"), ("1\u00a0000", "1 000"), ("x²", "x2"), ("ﬀ…", "ff...")],
)
def test_compatible_forms_are_one(text, normal):
    """Ligatures, full-width letters and no-break spaces are what they stand for."""
    assert normalise(text) == normal


@given(st.text(st.characters(categories=("Cs", "Ll", "Zs"))))
def test_lone_surrogates_do_not_crash(text):
    """Halves of a pair become a mark that no term holds; what comes out can be written as UTF-8."""
    normal = normalise(text)
    assert normal.encode("utf-8").decode("utf-8") == normal
    assert all(term.isprintable() for term in terms(normal, "en"))


def test_a_lone_surrogate_parts_words():
    """It stands for a character that nobody knows."""
    assert terms_of("har\ud800bour fire") == ["har", "bour", "fire"]


# Terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ferry SANK at dawn.", ["the", "ferry", "sank", "at", "dawn"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("snake_case and well-known", ["snake", "case", "and", "well", "known"]),
        ("it's the mayor's", ["it", "the", "mayor"]),
        ("l’été d'Anna", ["été", "anna"]),
        ("A1 1st 4x4", ["a1", "1", "st", "4", "x4"]),
        ("a b c", []),
        ("", []),
        ("... – !? \n\t", []),
    ],
)
def test_words(text, expected):
    """Words are folded, parted at anything but letters and digits, and single letters dropped."""
    assert terms_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,200 people", ["1200", "people"]),
        ("1,234,567.89", ["1234567.89"]),
        ("magnitude 6.4, 3 dead", ["magnitude", "6.4", "3", "dead"]),
        ("in 2024.", ["in", "2024"]),
        ("5-4", ["5", "4"]),
        ("1.200", ["1.200"]),
        ("10,000火", ["10000", "火"]),
        ("१२ लोग", ["12", "लोग"]),
        ("١٬٢٣٤ قتيلا، ٣٫٥", ["1234", "قتیلا", "3.5"]),
    ],
)
def test_numbers(text, expected):
    """A number is one term, its thousands marks left out and its decimals kept."""
    assert terms_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("हिन्दी समाचार", ["हिंदी", "समाचार"]),
        ("बाढ़ में", ["बाढ", "में"]),
        ("الأَخبار العاجلة", ["الاخبار", "العاجله"]),
        ("חֲדָשׁוֹת", ["חדשות"]),
        ("தமிழ் செய்தி", ["தமிழ்", "செய்தி"]),
    ],
)
def test_combining_marks_belong_to_their_letter(text, expected):
    """Hindi, Arabic, Hebrew and Tamil words are not cut at their vowel signs."""
    assert terms_of(text) == expected


@pytest.mark.parametrize(
    ("language", "spellings"),
    [
        ("uk", "п'ять п’ять пʼять п`ять"),
        ("be", "аб'ява аб’ява"),
        ("ar", "مُحَمَّد محمد محـــمد"),
        ("ar", "القاهرة القاهره"),
        ("ar", "مصطفى مصطفي"),
        ("ar", "إسلام اسلام"),
        ("fa", "كرماني کرمانی"),
        ("he", "יִשְׂרָאֵל ישראל"),
        ("hi", "नवम्बर नवंबर"),
        ("mr", "पाँच पांच"),
        ("hi", "फ़ैसला फैसला"),
        ("sh", "Đoković Djokovic Ђоковић"),
        ("vi", "thuỷ thủy"),
        ("th", "๒๕๖๙ 2569"),
    ],
)
def test_spellings_of_one_word_are_one_term(language, spellings):
    """What differs from keyboard to keyboard tells nothing."""
    assert len(set(terms_of(spellings, language))) == 1


def test_a_tone_stays_where_it_belongs():
    """Behind q, and where a consonant closes the syllable, there is but one place for it."""
    assert terms_of("quý hoàn toàn", "vi") == ["quý", "hoàn", "toàn"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東京都", ["東京", "京都"]),
        ("火", ["火"]),
        ("火 災", ["火", "災"]),
        ("東京で火災", ["東京", "京で", "で火", "火災"]),
        ("2024年の地震", ["2024", "年の", "の地", "地震"]),
        ("NHK放送", ["nhk", "放送"]),
        ("대한민국 뉴스", ["대한민국", "뉴스"]),
    ],
)
def test_foreign_scripts_without_spaces_become_pairs(text, expected):
    """In a text of another language Chinese and Japanese are told apart by overlapping pairs."""
    assert terms_of(text) == expected


def test_foreign_thai_becomes_pairs_with_its_marks():
    """No character of a Thai text is lost, vowel signs and tone marks included."""
    text = normalise("น้ำท่วมกรุงเทพ")
    found = terms(text, "en")
    assert all(len(term) == 2 for term in found)
    assert found[0] + "".join(term[1:] for term in found[1:]) == text


@given(PLAIN)
def test_a_foreign_word_changes_no_other_term(text):
    """One Chinese word in a text makes it go another way; all its other terms stay as they were."""
    assert terms_of(text + " 火") == [*terms_of(text), "火"]


@given(TEXTS)
@example("A\u01f0")  # case folding takes this letter apart, and it is composed again
def test_terms_are_clean(text):
    """A term is never empty, is folded, and holds no space, comma or line break: lists are joined by those."""
    for term in terms_of(text):
        assert term
        assert not any(c.isspace() or c in ",_\x1f" for c in term)
        assert term == fold(term)


@pytest.mark.parametrize(
    ("upper", "lower"), [("İSTANBUL", "İstanbul"), ("ΟΔΟΣ", "οδος"), ("МОСКВА", "москва")]
)
def test_capitals_are_the_same_words(upper, lower):
    """A headline in capitals holds the terms of the text below it."""
    assert terms_of(upper) == terms_of(lower)
    assert len(terms_of(upper)) == 1


@pytest.mark.parametrize("word", ["Μαΐου", "ΜΑΪ́ΟΥ", "Ταΰγετος", "ǰazz", "İzmir"])
def test_folding_does_not_cut_a_word(word):
    """Letters that fold to a letter and a mark are letters still: the Greek for May is one word."""
    assert len(terms_of(f"στις 5 {word} 2024")) == 4


def test_a_turkish_capital_keeps_its_word_whole():
    """The dotted capital folds to two characters, which belong to one word and to one letter."""
    assert len(terms_of("İzmir'de İstanbul")) == 3
    (name,) = names_of("ve İstanbul")
    assert name in terms_of("ve İstanbul")


# Names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Police said Amara Holt was in Port Ellery.", {"amara", "holt", "port", "ellery"}),
        ("Yesterday, Brackwell burned.", {"brackwell"}),
        ("The fire. Then rain.", set()),
        ("First line\nSecond line", set()),
        ("said  Amara\u00a0Holt in\tPort Ellery", {"amara", "holt", "port", "ellery"}),
        ("The  fire.  Then rain.", set()),
        ("в Москве Иван", {"москве", "иван"}),
        ("nothing here", set()),
        ("at I B", set()),
        ("in Élan", {"elan"}),
        ("w Łodzi", {"lodzi"}),
        ("东京 火灾", set()),
    ],
)
def test_names(text, expected):
    """Capitalised words count where no sentence begins."""
    assert names_of(text) == expected


@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_where_all_letters_are_of_one_case_rare_terms_are_names(case):
    """A wire in capitals would have names only, and a transcript without any none."""
    names = {"amara", "brackwell", "ellerby"}
    assert names_of(case("Police said that Amara Brackwell was found near Ellerby on Tuesday")) == names


@given(
    st.lists(
        st.sampled_from(["in Brackwell", "Amara Holt said", "the Straße", "at 5 pm", "火災"]), max_size=8
    )
)
def test_names_are_terms(pieces):
    """Each name is found among the terms of the text, or it could not be compared."""
    text = " ".join(pieces)
    assert names_of(text) <= set(stemmed(terms_of(text), "en"))


@given(PLAIN)
def test_names_of_any_text_are_terms(text):
    """The same for any text of the European scripts."""
    assert names_of(text) <= set(stemmed(terms_of(untagged(text)), "en"))
