"""Days: how each language tells them, and what is made of a weekday."""

from datetime import UTC, datetime

import pytest

from newsloom.core.ages import MAX_MONTHS, MAX_YEARS, MONTHS_FROM
from newsloom.core.days import DAYS_FROM, WEEKDAYS, days, weekdays
from newsloom.core.forms import normalise
from newsloom.core.text import terms

TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()
THIRD_OF_MAY = DAYS_FROM + (31 + 29 + 31 + 30 + 3) % 90
FRIDAY_BEFORE = DAYS_FROM + (366 - 31 - 10) % 90  # 20 November


def told(text, language="en", published_s=TUESDAY):
    body = terms(normalise(text), language)
    return days(body, set(body), text, language, published_s)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It sank on May 3, 2014, on a Friday.", "en"),
        ("FRIDAY: the 3rd May", "en"),
        ("Am Freitag, dem 3. Mai", "de"),
        ("el viernes 3 de mayo", "es"),
        ("na sexta-feira, 3 de maio", "pt"),
        ("в пятницу, 3 мая", "ru"),
        ("Am Freitagabend, 3. Mai", "de"),
        ("u petak, 3. maja", "sh"),
        ("у петак, 3. маја", "sh"),
        ("शुक्रवार 3 मई", "hi"),
        ("جمعه ۳ مه", "fa"),
        ("Ijumaa, 3 Mei", "sw"),
        ("natten till fredagen den 3 maj", "sv"),
        ("vrijdagochtend 3 mei", "nl"),
        ("ביום שישי, ב-3 במאי", "he"),
        ("يوم الجمعة 3 أيار/مايو", "ar"),
        ("الجمعة ٣ ماي", "ar"),
        ("يوم الجمعه 3 ايار", "ar"),
        ("у п'ятницю, 3 травня", "uk"),
        ("у п’ятницю, 3 травня", "uk"),
        ("у пʼятницю, 3 травня", "uk"),
        ("thứ Sáu, sáng 3/5", "vi"),
        ("thứ Sáu, ngày 3 tháng 5", "vi"),
        ("เมื่อวันศุกร์ที่ 3 พ.ค.", "th"),
        ("วันศุกร์ 3 พฤษภาคม 2557", "th"),
        ("5月3日星期五", "zh"),
        ("5月3日(金曜日)", "ja"),
        ("5월 3일 금요일", "ko"),
    ],
)
def test_days_are_found(text, language):
    """A date, and the last such weekday before publication."""
    assert told(text, language) == {THIRD_OF_MAY, FRIDAY_BEFORE}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("On FRIDAY night", "en"), ("Am Freitagabend", "de"), ("sexta-feira", "pt"), ("vào thứ Sáu", "vi"),
        ("5月3日星期五", "zh"), ("3日(金曜日)", "ja"), ("금요일", "ko"),
    ],
)  # fmt: skip
def test_weekdays_are_found(text, language):
    """By themselves, for a story that has no date."""
    assert weekdays(terms(normalise(text), language), text, language) == {WEEKDAYS[4]}


def test_weekdays_are_nobodys_age():
    """What a story keeps of ages and of days stands in one row of bytes."""
    kept = {*range(MAX_YEARS + 1), *range(MONTHS_FROM, MONTHS_FROM + MAX_MONTHS + 1), *range(DAYS_FROM, 256)}
    assert kept.isdisjoint(WEEKDAYS)


def test_a_weekday_needs_a_date_to_be_told_from():
    """In an undated story it is no day; a date stands by itself."""
    assert told("On Friday, not on May 3", published_s=None) == {THIRD_OF_MAY}


def test_the_day_of_publication():
    """Today is told by its weekday, too: it is not a week ago."""
    assert told("on Tuesday") == told("on Nov. 24", published_s=None)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"), ("They may 3000 times", "en"), ("May 34 boats come?", "en"), ("February 30", "en"),
        ("in May 2014", "en"), ("la segunda parte", "pt"), ("on Friday", "xx"), ("2月30日", "zh"), ("el mar", "es"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_day(text, language):
    """Words that are months elsewhere, years, days that no month has; nothing in a language not known."""
    assert told(text, language) == frozenset()
