"""Ages of people: how each language tells them, and what only looks like one."""

import time

import pytest

from newsloom.core.ages import MAX_YEARS, ages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A 34-year-old man and a 4-month-old girl were saved.", {34, 132}),
        ("A 3 year old, and two 9-year-olds", {3, 9}),
        ("Ann Corvald, 34, of Ostley; Tom Brandt, 17.", {17, 34}),
        (
            "The victims, aged 12 and 40; one at age 7; men aged between 22, 24 and 51",
            {7, 12, 22, 24, 40, 51},
        ),
        ("Ann Corvald (34) und Tom Brandt (7) und Platz 3 (1) und Tore (34.) und (56) am Ende", {34}),
        ("Un hombre de 34 años, un homme de 35 ans, un uomo di 36 anni, Paul, 12 ans", {12, 34, 35, 36}),
        ("Ein 34-jähriger und die 5jährige, beide nicht 22 Jahre alt", {5, 22, 34}),
        ("Ein 34-Jähriger, die 19-Jährigen und Kinder im Alter von 8, 9 und 11 Jahren", {8, 9, 11, 19, 34}),
        ("Dos hombres de 24 y 29 años; tenía 61 años; un varón de unos 50 años", {24, 29, 50, 61}),
        (
            "Mężczyzna w wieku 34 lat, 19-latek i 20-latka; 35letý muž, žena ve věku 36 let",
            {19, 20, 34, 35, 36},
        ),
        ("34-godišnji muškarac, 35-годишен мъж, o femeie de 36 de ani, 37χρονος", {34, 35, 36, 37}),
        ("34 éves férfi, 35-aastane mees, pria berusia 36 tahun, 37 tuổi, ชายอายุ 38 ปี", {34, 35, 36, 37, 38}),
        ("בן 34, يبلغ من العمر 35 عاما, 36 वर्षीय, ۳۷ ساله", {34, 35, 36, 37}),
        ("34-летний мужчина, ребёнок в возрасте 12 лет", {12, 34}),
        ("34岁男子 17歳の 61세 남성, 滝本清さん(62)は, 송말순(73) 씨", {17, 34, 61, 62, 73}),
        ("Een 34-jarige man, en 35-årig mand, il 22enne", {22, 34, 35}),
    ],
)
def test_ages_are_found(text, expected):
    """Years as they are; months of small children apart from them."""
    assert ages(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "de 34 personas", "13,500 people in 2013", "30세기", "a 5.34-year-old", "20-somethings",
        "Haftstrafe von 12 Jahren", "condenado a una pena de 12 años de cárcel", "une peine de 12 ans de prison",
        "il y a 12 ans", "hace 12 años", "the 51 (of 100) senators", "в десяти городов (34) и", "on May 3, 2014",
        f"a {MAX_YEARS + 1}-year-old bridge", "34 years in prison",
    ],
)  # fmt: skip
def test_what_only_looks_like_an_age(text):
    """Counts, dates, sums and terms are none."""
    assert ages(text) == frozenset()


def test_a_list_of_numbers_costs_what_its_length_does() -> None:
    """Behind each of them the list is not read to its end: this took a minute."""
    started_s = time.process_time()
    assert ages("100, " * 8_000) == frozenset()
    assert time.process_time() - started_s < 5
