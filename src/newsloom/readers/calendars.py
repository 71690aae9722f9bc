"""Days of other calendars, written anew as days of the Gregorian one.

Iran and Afghanistan count solar years from the Hijra, Arabia lunar ones, Thailand years from the death of the Buddha,
Japan those of its emperor, Taiwan those of the republic. Which calendar it is, the names of its months tell, and the
year: 1300 to 1499 can be no Gregorian one of an article.
"""

import re
from collections.abc import Callable
from datetime import date

from hijridate import Hijri
from persiantools.jdatetime import JalaliDate

from newsloom.core.forms import spelling

#: Where a lunar year with these numbers is of our time, and a solar one to come.
_LUNAR_FROM = 1420
_SOLAR_LANGUAGES, _LUNAR_LANGUAGES = frozenset({"fa", "ps"}), frozenset({"ar", "ur"})
_BUDDHIST = range(2400, 2700)
_BUDDHIST_YEARS = 543
_HIJRI_YEAR, _ANY_YEAR = r"1[34]\d\d", r"(?:1[34]|2[4-6])\d\d"
#: Persian names, and what Afghanistan has in their place; as :func:`spelling` has them.
_SOLAR_MONTHS = {
    name: number
    for names in (
        "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر ابان اذر دی بهمن اسفند",
        "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت",
    )
    for number, name in enumerate(names.split(), 1)
} | {"امرداد": 5}
#: As Arabic, Persian and Urdu have them: without the article, a number in each gender, and with an epithet.
_LUNAR_MONTHS = tuple(
    re.compile(pattern)
    for pattern in (
        "(?:ال)?محرم(?:الحرام)?", "صفر(?:المظفر)?", "ربیع(?:ال)?اول", "ربیع(?:ال)?(?:ثانی|اخر)",
        "جمادی?(?:ال)?اول[یا]?", "جمادی?(?:ال)?(?:ثانیه?|اخره?|اخری)", "رجب(?:المرجب)?", "شعبان(?:المعظم)?",
        "رمضان(?:المبارک|الکریم)?", "شوال(?:المکرم)?", "(?:ذو|ذی)(?:ال)?قعده(?:الحرام)?", "(?:ذو|ذی)(?:ال)?حجه(?:الحرام)?",
    )
)  # fmt: skip
#: Neither blanks nor the words for month and year belong to a name.
_NO_NAME = re.compile(r"[\W\d_]|(?:ماه|سال|سنه|عام)$")

_IN_WORDS = re.compile(
    r"(?<!\d)(?P<day>\d\d?)\s*(?:من\s+)?(?P<month>[^\W\d_]+(?:[\s\u200c]+[^\W\d_]+){0,2})[\s،,]*"
    rf"(?P<year>{_HIJRI_YEAR})(?!\d)"
)
_MARK = r"\s?[/.-]\s?"
_IN_NUMBERS = re.compile(
    rf"(?<![\d./-])(?:(?P<year>{_ANY_YEAR}){_MARK}(?P<month>\d\d?){_MARK}(?P<day>\d\d?)"
    rf"|(?P<first>\d\d?){_MARK}(?P<second>\d\d?){_MARK}(?P<last>{_ANY_YEAR}))(?![\d/-])"
)
#: Years before the first of each era; 元 is the first.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867, "民國": 1911, "民国": 1911}
_ERA = re.compile(rf"({'|'.join(_ERAS)})\s?(元|\d{{1,3}})\s?年")
#: By a letter: R8.11.19.
_LETTERS = {"R": 2018, "H": 1988, "S": 1925}
_LETTER = re.compile(r"(?<![^\W_])([RHS])\s?(\d\d?)[./-](\d\d?)[./-](\d\d?)(?!\d)", re.ASCII)
#: Of three digits it is a year of the republic: of itself before the word for year, in Chinese anywhere.
_REPUBLIC = re.compile(r"(?<!\d)(1[0-2]\d)\s?年(?=\s?\d)")
_REPUBLIC_NUMBERS = re.compile(r"(?<![\d./-])(1[0-2]\d)(?=([./-])\d\d?\2\d\d?(?![\d./-]))", re.ASCII)
_REPUBLIC_YEARS = 1911
#: Thai years may leave out their century: 22 พ.ย. 69.
_THAI_YEAR = re.compile(r"(?<!\d)(\d\d?\s?[ก-๙]+\.?(?:[ก-๙]+\.?)?\s?)(\d\d)(?!\d|[:.]\d)")


def gregorian(text: str, language: str | None) -> str:
    """The text of a date, its digits being ASCII, with days of other calendars as 2026-11-22, or with a year of ours.

    In numbers the day stands first, or the year. What a calendar does not have, such as a 13th month, stays as it is.
    """
    text = _IN_NUMBERS.sub(lambda found: _numbered(found, language), text)
    if language in {None, "ja"}:
        text = _LETTER.sub(_lettered, text)
    if language == "zh":
        text = _REPUBLIC_NUMBERS.sub(_republican, text)
    if text.isascii():
        return text
    text = _ERA.sub(lambda found: f"{_ERAS[found[1]] + (1 if found[2] == '元' else int(found[2]))}年", text)
    text = _REPUBLIC.sub(lambda found: f"{_republican(found)}年", text)
    return _THAI_YEAR.sub(r"\g<1>25\2", _IN_WORDS.sub(_worded, text))


def common_year(year: int) -> int:
    """The Gregorian number of a year that may be one of Thailand's."""
    return year - _BUDDHIST_YEARS if year in _BUDDHIST else year


def _numbered(found: re.Match[str], language: str | None) -> str:
    names = ("year", "month", "day") if found["year"] else ("last", "second", "first")
    year, month, day = (int(found[name]) for name in names)
    if year in _BUDDHIST:
        return _written(date, common_year(year), month, day) or found[0]
    is_solar = language in _SOLAR_LANGUAGES or (language not in _LUNAR_LANGUAGES and year < _LUNAR_FROM)
    return _written(_solar if is_solar else _lunar, year, month, day) or found[0]


def _worded(found: re.Match[str]) -> str:
    name = _NO_NAME.sub("", _NO_NAME.sub("", spelling(found["month"], "fa")))
    year, day = int(found["year"]), int(found["day"])
    if name in _SOLAR_MONTHS:
        return _written(_solar, year, _SOLAR_MONTHS[name], day) or found[0]
    lunar = (number for number, month in enumerate(_LUNAR_MONTHS, 1) if month.fullmatch(name))
    return _written(_lunar, year, next(lunar, 0), day) or found[0]


def _lettered(found: re.Match[str]) -> str:
    return _written(date, _LETTERS[found[1]] + int(found[2]), int(found[3]), int(found[4])) or found[0]


def _republican(found: re.Match[str]) -> str:
    return str(_REPUBLIC_YEARS + int(found[1]))


def _solar(year: int, month: int, day: int) -> date:
    return JalaliDate(year, month, day).to_gregorian()


def _lunar(year: int, month: int, day: int) -> date:
    """By the calendar of Umm al-Qura, which Saudi Arabia has; where the moon is awaited it may be a day off."""
    return Hijri(year, month, day).to_gregorian()


def _written(calendar: Callable[[int, int, int], date], year: int, month: int, day: int) -> str | None:
    try:
        return calendar(year, month, day).isoformat()
    except (ValueError, OverflowError):
        return None
