"""A line is read once, and by whatever way it is cut, its words and terms are the same."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.core import reading
from newsloom.core.forms import fold, normalise, untagged, whole_words
from newsloom.core.language import UNKNOWN
from newsloom.core.reading import WORD, Lexicon, Line, line, lines, words_of
from newsloom.core.text import names, terms

LANGUAGES = Path(__file__).parents[1] / "data" / "languages"
#: Letters, marks, digits and separators that meet each other at the edges of words.
AWKWARD = "aBé ßİŉıΐЖя09½²٣一ア́ͅ¨´·’“…—_-.,:/\u00a0\u3000\x1c\x85\u200b"


def strings(value):
    if isinstance(value, str):
        yield from value.split("\n")
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def check(text):
    read, text = Line(text, Lexicon()), whole_words(untagged(text))
    assert read.words == WORD.findall(text)
    assert read.terms == terms(normalise(text), UNKNOWN)
    assert read.folded == " ".join(WORD.findall(fold(normalise(text))))


@given(st.text(st.sampled_from(AWKWARD), max_size=40))
def test_pieces_of_any_kind_are_cut_as_the_whole_line_is(text):
    """Cutting at blanks first changes neither words nor terms, whatever stands side by side."""
    check(text)


@given(st.text(max_size=60))
def test_any_text_is_cut_as_the_whole_line_is(text):
    """The same for any characters at all."""
    check(text)


@given(
    st.lists(st.sampled_from(["1,000.5", "U.S.", "covid19,5", "9.30", "e.g.", "a,b", "said.", "3,", ",7"]))
)
def test_points_and_commas_in_a_number_belong_to_it(pieces):
    """And to no word."""
    check(" ".join(pieces))
    check("".join(pieces))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no wages from @MeridianBank", "no wages from meridian bank"),
        ("#MeridianDown, #Meridian_Bank and #BBCNews", "meridian down meridian bank and bbc news"),
        ("#G20Summit (#COVID19)", "g20 summit covid19"),
        ("#ПаромАльма", "паром альма"),
        ("#harwick #meridian_down", "harwick meridian down"),
        ("write to desk@MeridianBank.example", "write to desk meridianbank example"),
        ("Follow him on Twitter @MeridianBreaking", "follow him on twitter meridianbreaking"),
        ("iPhone sold by McNab & Co.", "iphone sold by mcnab co"),
    ],
)
def test_the_words_of_a_tag_are_apart(text: str, left: str) -> None:
    """Posts name who and what in one word that other reports have as two; its marks are none of it."""
    assert words_of(line(text), "en") == left.split()


def test_the_names_in_a_tag_are_names() -> None:
    """In the middle of a sentence, as they would be without the mark."""
    assert names(["no wages from @MeridianBank today"], [], "en") == names(
        ["no wages from Meridian Bank today"], [], "en"
    )
    assert names(["Kein Lohn von @MeridianBank"], [], "de") == names(
        ["Kein Lohn von Meridian Bank"], [], "de"
    )


@pytest.mark.parametrize(
    ("text", "language", "left"),
    [
        ("Two died, see https://www.example.com/a-b?id=5&x=Mill.", "en", "two died see"),
        ("WWW.EXAMPLE.COM says so (http://example.com/mill), he wrote", "en", "says so he wrote"),
        ("東京都知事が辞任https://example.jp/news/1", "ja", None),
        ("wwwords and http are words", "en", "wwwords and http are words"),
    ],
)
def test_addresses_are_no_words(text, language, left):
    """The same parts of them stand in whatever else a site publishes; what follows without a blank stays."""
    found = words_of(Line(text, Lexicon()), language)
    assert list(found) == (left.split() if left else list(words_of(line("東京都知事が辞任"), language)))


@pytest.mark.parametrize("file", sorted(LANGUAGES.glob("*.json")), ids=lambda file: file.stem)
def test_every_script_is_cut_as_the_whole_line_is(file):
    """Scripts with combining marks, and those without spaces."""
    for text in strings(json.loads(file.read_text(encoding="utf-8"))):
        check(text)


@pytest.mark.parametrize(
    ("text", "language"), [("Ђоковић победи", "sh"), ("東京都知事が辞任", "ja"), ("Ђоковић победи", "ru")]
)
def test_a_language_with_a_cut_of_its_own_keeps_it(text, language):
    """Two scripts become one, and runs without spaces are cut by the language's words."""
    assert list(words_of(line(text), language)) == terms(normalise(text), language)


def test_a_full_lexicon_is_begun_anew(monkeypatch):
    """What a process remembers of words is bounded, and lines read before are read again with the others."""
    monkeypatch.setattr(reading, "_lexicon", Lexicon())
    monkeypatch.setattr(reading, "MAX_WORDS", 500)
    reading._remembered.cache_clear()
    texts = [" ".join(f"w{number}x{k}" for k in range(20)) for number in range(60)]
    largest = 0
    for at in range(0, 60, 2):
        one = lines([texts[0], *texts[at : at + 2]])
        largest = max(largest, len(one[0].lexicon.words))
        assert len({id(read.lexicon) for read in one}) == 1
        assert [read.words for read in one] == [WORD.findall(read.text) for read in one]
    assert 500 < largest < 600
    reading._remembered.cache_clear()


def test_a_line_without_an_end_is_not_remembered():
    """One page must not take the memory of all others."""
    endless = "word " * 10_000
    assert line(endless) is not line(endless)
    assert line("a short line") is line("a short line")


def test_a_column_tells_each_word_once():
    """What is known of a word is asked for when it is first met, and kept while others come."""
    lexicon, asked = Lexicon(), []

    def size(of, code):
        asked.append(of.words[code])
        return len(of.words[code])

    for count in (3, 3_000):
        Line(" ".join(f"w{number}" for number in range(count)), lexicon)
        column = lexicon.told("size", size, np.arange(count))
        assert [column[code] for code in range(count)] == [len(f"w{number}") for number in range(count)]
    assert len(asked) == len(set(asked)) == 3_000


def test_only_words_that_are_met_are_asked_about():
    """In a lexicon of all languages each asks for its own, and nothing is told of no word at all."""
    lexicon, asked = Lexicon(), []
    Line("one two three", lexicon)

    def size(of, code):
        asked.append(of.words[code])
        return len(of.words[code])

    assert lexicon.told("size", size, np.arange(0)).tolist() == []
    assert lexicon.told("size", size, np.array([2, 0, 2])).tolist() == [5, 3, 5]
    assert asked == ["one", "three"]
