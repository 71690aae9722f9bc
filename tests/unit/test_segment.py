"""Chinese, Japanese, Korean and Thai are cut into words that the list of their language weighs."""

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from newsloom.core.background import SEGMENTED, frequencies
from newsloom.core.forms import fold, normalise, spelling
from newsloom.core.segment import _path, segment
from newsloom.core.stems import stemmed
from newsloom.core.text import names, terms, word_count

FOLDER = Path(__file__).parents[1] / "data" / "languages"
TEXTS = {
    path.stem: [told["title"] + "\n" + told["text"] for told in [*case["tellings"], case["other"]]]
    for path in sorted(FOLDER.glob("*.json"))
    for case in [json.loads(path.read_text(encoding="utf-8"))]
}
UNBROKEN = {
    "ja": "のはをにがで東京地震火事学校ポリマータンクー々社長健司",
    "ko": "에서는을이가서울대한민국화재병원박정우남청군",
    "th": "ที่การน้ำท่วมเขื่อนกรุงเทพนายสมชาย",
    "zh": "的是在了北京大学发生火灾林素芬陈启明中国",
}


def terms_of(text, language):
    return terms(normalise(text), language)


def names_of(text, language):
    return names([text], stemmed(terms_of(text, language), language), language)


def plain_terms(normal):
    """What the terms of a text with spaces between its words are, written out a second time."""
    folded = spelling(fold(normal), "")
    if regex.search(r"\p{M}", normal) is None:
        found = re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_][^\W_]+", folded)
    else:
        found = regex.findall(r"\p{N}+(?:[.,]\p{N}+)*|[\p{L}\p{M}][\p{L}\p{M}\p{N}]+", folded)
    return [term.replace(",", "") for term in found]


@pytest.mark.parametrize("language", ["ar", "de", "es", "hi", "ru"])
def test_words_between_spaces_stay_what_they_are(language):
    """The policy was fitted on such terms: no list of words touches them."""
    for text in TEXTS[language]:
        assert terms_of(text, language) == plain_terms(normalise(text))


def test_english_words_stay_what_they_are():
    """The same for the language that the policy was fitted on."""
    text = "It's 1,200 people's ﬁrst café in St. John's, A1-rated; the naïve O’Neill paid $4.5m."
    assert terms_of(text, "en") == plain_terms(normalise(text))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("zh", "他们在北京大学发生火灾", ["他们", "在", "北京大学", "发生", "火灾"]),
        ("zh", "共有１２人受傷", ["共有", "12", "人", "受伤"]),
        ("zh", "iPhone售價1,200元，A股下跌", ["iphone", "售价", "1200", "元", "股", "下跌"]),
        ("ja", "東京で大きな火事がありました", ["東京", "で", "大きな", "火事", "が", "あり", "まし", "た"]),
        ("ja", "ﾎﾟﾘﾏｰのタンク", ["ポリマー", "の", "タンク"]),
        ("ja", "人々がNHKニュースを見た", ["人々", "が", "nhk", "ニュース", "を", "見", "た"]),
        ("ja", "ヴァルドーラ市", ["ヴァルドーラ", "市"]),
        ("ko", "서울에서 큰 불이 났습니다", ["서울", "에서", "큰", "불", "이", "났", "습니다"]),
        ("ko", "소방당국은 16일 3명을", ["소방", "당국", "은", "16", "일", "3", "명", "을"]),
        ("th", "น้ำท่วมกรุงเทพ", ["น้ำท่วม", "กรุงเทพ"]),
        ("th", "ตำรวจ 12 คนในโรงเรียน", ["ตำรวจ", "12", "คนใน", "โรงเรียน"]),
        ("th", "๑๒ คน", ["12", "คน"]),
        ("ko", "北 핵실험", ["핵실험"]),
        ("zh", "the ferry SANK", ["the", "ferry", "sank"]),
    ],
)
def test_words(language, text, expected):
    """Words of the list, numbers and Latin words beside them; particles are terms of their own."""
    assert terms_of(text, language) == [fold(normalise(term)) for term in expected]


@pytest.mark.parametrize("language", sorted(SEGMENTED))
def test_nine_of_ten_words_are_weighed(language):
    """What a text is cut into is what the list of its language knows; pairs it hardly ever knew."""
    found = [term for text in TEXTS[language] for term in terms_of(text, language) if not term[0].isdecimal()]
    known = sum(term in frequencies(language) for term in found)
    assert known / len(found) > 0.9


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("zh", "臺灣總統府發言人證實", "台湾总统府发言人证实"),
        ("zh", "雲嶺煤礦", "云岭煤矿"),
        ("sh", "Председник Љубомир Џајић", "Predsednik Ljubomir Džajić"),
    ],
)
def test_two_scripts_of_one_language_meet(language, one, other):
    """A report in traditional characters has the terms of one in simplified ones; Cyrillic those of Latin."""
    assert terms_of(one, language) == terms_of(other, language)
    assert terms_of(one, "en") != terms_of(other, "en")


@pytest.mark.parametrize(
    ("language", "before", "name", "after"),
    [("ko", "", "남청군", "의 한 창고"), ("zh", "县长", "芬蔡", "宣布")],
)
def test_a_name_that_no_list_holds_is_no_heap_of_single_characters(language, before, name, after):
    """Each of its characters is common enough; side by side they tell who or where."""
    found = terms_of(before + name + after, language)
    assert name[:2] in found
    assert not set(name) & set(found)


@pytest.mark.parametrize("language", sorted(UNBROKEN))
@given(data=st.data())
@settings(max_examples=60)
def test_nothing_is_lost_and_nothing_invented(language, data):
    """Each piece stands in the run, and each character in a piece."""
    run = fold(normalise(data.draw(st.text(UNBROKEN[language], min_size=1, max_size=40))))
    found = segment(run, language)
    assert all(found)
    assert all(piece in run for piece in found)
    assert set("".join(found)) == set(run)


@pytest.mark.parametrize("language", sorted(UNBROKEN))
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_no_way_of_cutting_is_more_probable(language, data):
    """The path found is the best of all, tried one by one."""
    letters = re.sub("[ァ-ー]", "", UNBROKEN[language])  # a foreign word may be one whole that no list holds
    run = fold(normalise(data.draw(st.text(letters, min_size=1, max_size=9))))
    known = frequencies(language)

    def value(pieces):
        return sum(math.log(known[piece]) if piece in known else math.log(1e-9) for piece in pieces)

    def cuts(rest):
        if not rest:
            yield []
        for stop in range(1, len(rest) + 1):
            if stop == 1 or rest[:stop] in known:
                yield from ([rest[:stop], *more] for more in cuts(rest[stop:]))

    assert value(_path(run, language)) == pytest.approx(max(value(pieces) for pieces in cuts(run)))


def test_a_mark_stays_with_its_letter():
    """A Thai letter that is part of no word keeps the signs above it."""
    run = normalise("ฎ้ฏ๊")
    assert segment(run, "th") == [run]
    assert segment(run[:2], "th") == [run[:2]]


def test_a_megabyte_without_a_space_is_cut():
    """The work grows with the length of a text and no faster."""
    found = terms_of("云岭煤矿发生透水事故" * 20_000, "zh")
    assert found[:5] == ["云岭", "煤矿", "发生", "透水", "事故"]
    assert len(found) == 100_000


def test_no_word_is_endless():
    """A run of katakana that nobody would write is cut into the words that it repeats."""
    assert terms_of("ポリマー" * 1_000, "ja") == ["ポリマー"] * 1_000


# Names


@pytest.mark.parametrize(
    ("language", "text", "within", "without"),
    [
        ("zh", "省长林素芬赶到云岭煤矿，说3人死亡", {"云岭", "林素"}, {"说", "3", "死亡", "省长"}),
        ("ko", "박정우 시장은 서울에서 12명이 햇살병원에", {"정우"}, {"은", "에서", "12", "서울"}),
        ("ar", "وقال الوزير سامر البرقاوي إن", {"برقاو", "سامر"}, {"قال", "وزير", "ان"}),
        ("hi", "मुख्यमंत्री रघुवीर चौहान ने कहा", {"रघुवीर"}, {"ने", "कहा"}),
        ("de", "als die Feuerwehr in Unterharl am Montag mit Birgit Ostermann kam",
         {"unterharl", "ostermann"}, {"montag", "feuerwehr", "kam"}),
    ],
)  # fmt: skip
def test_rare_terms_are_names_where_capitals_tell_none(language, text, within, without):
    """Scripts without capitals, and German with one on every noun: who and where, but no day and no duty."""
    found = names_of(text, language)
    assert within <= found
    assert not without & found


@pytest.mark.parametrize("text", ["ထိုင်း သတင်း", "საქართველო ახალი ამბები"])
def test_a_language_that_nobody_counted_has_no_names(text):
    """What is rare in it is not known: the caution of the cold start stays on."""
    assert names_of(text, "my" if "ထ" in text else "ka") == frozenset()


# Length


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("one two three", 3, 3),
        ("в Москве пожар", 3, 3),
        ("云岭煤矿发生透水事故 11人被困", 6, 9),
        ("東海ポリマー爆発、溶剤タンクの点検手順に不備か", 10, 15),
        ("เขื่อนดินแม่ปิงหลวงแตก น้ำท่วมสามหมู่บ้าน", 9, 15),
    ],
)
def test_about_how_many_words(text, least, most):
    """Near enough to tell a headline from a paragraph, in any script."""
    assert least <= word_count(text) <= most


# Laziness


def test_no_list_is_loaded_before_its_language_comes():
    """Importing costs nothing of the lists; an English story loads the English one alone."""
    code = (
        "import newsloom.core.describe, newsloom.core.background as b, newsloom.core.text as t;"
        "t.terms('the ferry', 'en'); assert b.frequencies.cache_info().currsize == 0;"
        "t.terms('\u706b\u707e', 'zh'); assert b.frequencies.cache_info().currsize == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
