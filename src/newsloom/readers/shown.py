"""A day as pages show it to readers of any language, with a label in front and a clock beside it.

dateparser knows these too, at 25 ms each and seconds for what it does not know, and a 13th month as a day of January.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from newsloom.core.days import months
from newsloom.core.forms import fold, normalise, spelling
from newsloom.core.language import index_code
from newsloom.readers import calendars

#: Hours from UTC. An abbreviation is believed only here.
ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "IST": 5.5, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "EST": -5, "EDT": -4, "ET": -5, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip

#: A day with its month in words: "Montag, 4. Mai 2026", "4 de mayo de 2026", "4.mai.2026", "4/may/2026".
LOCAL_DAY = re.compile(
    r"(?<!\d)(?P<day>\d\d?)(?:er\b|[.º/-])?\s*(?:de\s)?\s*"
    # The Levant has names of two words, and puts Egypt's behind a slash; Thai ones are cut short with a point within.
    r"(?P<month>(?:كانون|تشرين)\s[^\W\d_]+|tháng\s\d\d?|[ก-๙]+\.[ก-๙]|[^\s\d.,/-]+)(?:/[^\s\d.,]+)?"
    r"(?:[./-]|[.,،]*\s+(?:del?\s+|năm\s+|พ\.ศ\.\s+)?)(?P<year>\d{4})(?!\d)(?:\s?г)?"
)
#: With the year in front, as Hungary, the Baltic and Kazakhstan have it: "2026 m. gegužės 4 d.", "2026. gada 4. maijs".
_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:\.\s?gada|\.|\s?m\.|\s?жылғы)?\s+"
    r"(?:(?P<month>[^\W\d_]+)\.?\s+(?P<day>\d\d?)(?!\d)|(?P<other_day>\d\d?)\.?\s+(?P<other_month>[^\W\d_]+))"
)
_EAST_DAY = re.compile(r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d\d?)\s?[月월]\s?(?P<day>\d\d?)\s?[日號号일]")
#: As English has it, with other words before or behind, which dateutil will not have: "Load-Date: March 3, 2014".
_ENGLISH_DAY = re.compile(
    r"(?P<month>[^\W\d_]+)\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?!\d)"
)
#: In numbers, with no more in front than three words or a clock: further down a sentence it may be any day.
_NUMBERS = re.compile(
    r"(?P<front>(?:[^\s\d]+\s+){0,3}[^\s\d]*|\W*\d\d?[:h]\d\d(?::\d\d)?\D{1,8})(?<![\d./-])(?<!\d:)(?:"
    r"(?P<year>(?:19|20)\d\d)(\.\s?|[/-])(?P<month>\d\d?)\3(?P<day>\d\d?)"
    r"|(?P<first>\d\d?)(?P<mark>\.\s?|[/-])(?P<second>\d\d?)(?P=mark)(?P<last>(?:19|20)\d\d|\d\d)"
    r")(?!\d|[./-]\d)(?:\s?r\b)?"
)
#: Where of two digits each those in front are the year.
YEAR_IN_FRONT = frozenset({"ja", "ko", "zh"})
_CENTURY_TURN = 70  #: two digits from here on are of the century before

#: Behind a day, after a weekday or words for "at". Zones have other names in each language: where what stands behind the
#: clock is none that is known, and neither a source nor another date with its label, it is the day alone.
_CLOCK = re.compile(
    r"[^\d:+]{0,24}(?P<hour>[01]?\d|2[0-3])\s?[:.h時时點点시]\s?(?P<minute>[0-5]\d)(?::[0-5]\d)?\s?[分분]?"
    r"(?:\s?(?P<half>[AaPp])\.?\s?[Mm]\b\.?)?(?:\s?(?:น\.|Uhr|h|配信|更新|公開|掲載)(?!\w))?"
    r"(?:\s?\(?(?:(?P<offset>[+-](?:0\d|1[0-4]):?[0-5]\d)|(?P<zone>[A-Z]{1,4})(?!\w)|بتوقيت\s[غج]رينتش)\)?)?"
    r"(?:\s*(?:[|/]|[^\W\d_]+\s?[:：]).*|\W*)"
)
_CLOCK_FIRST = re.compile(r"\W*(?P<hour>[01]?\d|2[0-3])[:h](?P<minute>[0-5]\d)(?::[0-5]\d)?\D{1,8}")
#: What begins every other verb in a text, and is a month in a date alone.
_MORE_MONTHS = {"می": {"fa": 5}}


class Placed(NamedTuple):
    """A day in a line of text."""

    day: datetime
    start: int  #: index of its first character
    stop: int  #: one past that of its last


def parse(text: str, language: str | None, *, day_first: bool) -> datetime | None:
    """The moment that a line of text shows, its digits being ASCII; None where it shows none.

    Without a zone that is known it is UTC. ``day_first`` is about slashes and hyphens; with dots the day stands first.
    """
    found = placed(text, language, day_first=day_first)
    return found and _timed(found.day, text[: found.start], text[found.stop :])


def placed(text: str, language: str | None, *, day_first: bool = False) -> Placed | None:
    """The day that a line of text shows, and where."""
    for pattern in (_EAST_DAY, _ENGLISH_DAY, LOCAL_DAY, _YEAR_FIRST):
        found = pattern.search(text)
        if found and (day := _worded(found, language)):
            return Placed(day, found.start(), found.end())
    found = _NUMBERS.match(text)
    if found and (day := _numbered(found, language, day_first=day_first)):
        return Placed(day, found.end("front"), found.end())
    return None


def is_clock(text: str) -> bool:
    """Whether it is what may stand behind a day: a clock."""
    return _CLOCK.fullmatch(text) is not None


def numbers(month: str, language: str | None = None) -> frozenset[int]:
    """The months that go by this name, in any language or in the one that is given, if that has the name."""
    name = fold(normalise(month))
    known = months().get(name) or months().get(spelling(name, "sh")) or _MORE_MONTHS.get(name, {})
    own = known.get(index_code(language) or "") if language else None
    return frozenset(known.values() if own is None else (own,))


def _worded(found: re.Match[str], language: str | None) -> datetime | None:
    told = found.groupdict()
    named = told["month"] or told["other_month"]
    known = {int(named)} if named.isdecimal() else numbers(named, language)
    if len(known) != 1:
        return None
    (month,) = known
    return _day(calendars.common_year(int(told["year"])), month, int(told["day"] or told["other_day"]))


def _numbered(found: re.Match[str], language: str | None, *, day_first: bool) -> datetime | None:
    if found["year"]:
        return _day(int(found["year"]), int(found["month"]), int(found["day"]))
    one, two, year = (int(found[name]) for name in ("first", "second", "last"))
    if len(found["last"]) == 2 and language in YEAR_IN_FRONT:
        return _day(2000 + one, two, year)
    if len(found["last"]) == 2:
        year += 1900 if year >= _CENTURY_TURN else 2000
    if found["mark"].startswith(".") or day_first or one > 12:
        one, two = two, one
    return _day(year, two, one) if one > 12 else _day(year, one, two)


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _timed(day: datetime, front: str, behind: str) -> datetime:
    """The day with the clock that stands beside it, if one does."""
    told = _CLOCK.fullmatch(behind)
    if told is None:
        told = _CLOCK_FIRST.fullmatch(front)
        return day if told is None else day.replace(hour=int(told["hour"]), minute=int(told["minute"]))
    zone: tzinfo | None = UTC
    if told["offset"]:
        zone = datetime.strptime(told["offset"], "%z").tzinfo
    elif told["zone"]:
        if told["zone"] not in ZONES:
            return day
        zone = timezone(timedelta(hours=ZONES[told["zone"]]))
    hour = int(told["hour"])
    if told["half"]:
        hour = hour % 12 + 12 * (told["half"] in "Pp")
    return day.replace(hour=hour, minute=int(told["minute"]), tzinfo=zone)
