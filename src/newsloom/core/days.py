"""The days that a story tells of: what keeps look-alike incidents of one town apart.

"On Friday night" weighs nothing as a term, and means another day in each week. Told from the day of
publication it is a date, as "Jan. 5" is, and two reports of one happening name the same dates. Kept beside
the ages, as bytes: a day of the year modulo 90, so that it meets another season's only. Where the publication of
neither is known, the weekdays that they begin with are held against each other.
"""

import functools
import json
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

from newsloom.core.ages import MAX_YEARS, MONTHS_FROM
from newsloom.core.forms import spelling

_NAMES = "days.json"  #: months and weekdays by language: see tests/quality/name_days.py
DAYS_FROM = 166  #: bytes below are ages, but for those of the weekdays
WEEKDAYS = range(MAX_YEARS + 1, MONTHS_FROM)  #: Monday first; the seven bytes that are nobody's age
_SEASON = 90
_LEAP_YEAR = 2000
# In a script without spaces it is told by characters, and terms may be cut otherwise.
_EAST_DATE = re.compile(r"(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日号號일]")
_EAST_WEEKDAY = re.compile(
    r"(?:星期|[周週]|[礼禮]拜)([一二三四五六日天])|([月火水木金土日])曜|([월화수목금토일])요일"
)
_EAST = {
    character: number
    for week in ("一二三四五六日", "月火水木金土日", "월화수목금토일")
    for number, character in enumerate(week)
} | {"天": 6}
_EASTERN = frozenset({"ja", "ko", "zh"})
_VIETNAMESE_DATE = re.compile(
    r"\b(?:ngày|sáng|trưa|chiều|tối|đêm) (?P<day>\d{1,2})[/-](?P<month>\d{1,2})(?!\d)", re.IGNORECASE
)


class _Names(NamedTuple):
    months: Mapping[str, int]  #: January is 1
    weekdays: Mapping[str, int]  #: Monday is 0
    opening: frozenset[str]  #: first terms of the months
    begun: frozenset[str]  #: first terms of those weekdays that are two


def days(
    body: Sequence[str], terms: AbstractSet[str], text: str, language: str, published_s: float | None
) -> frozenset[int]:
    """Days told in a story, from :data:`DAYS_FROM` on.

    ``body`` are its terms in order, ``terms`` the same once each. A weekday is the last such day before
    publication or that very day; in a story without a date it tells nothing.
    """
    if language in _EASTERN:
        dates = {(int(month), int(day)) for month, day in _EAST_DATE.findall(text)}
    elif language == "th":
        dates = {(_names(language).months[month], int(day)) for day, month in _thai().date.findall(text)}
    else:
        names = _names(language)
        dates = set() if names.opening.isdisjoint(terms) else _dates(body, names)
        if language == "vi":
            dates |= {(int(told["month"]), int(told["day"])) for told in _VIETNAMESE_DATE.finditer(text)}
    if published_s is not None:
        published = datetime.fromtimestamp(published_s, UTC).date()
        for weekday in _weekdays(body, terms, text, language):
            told = published - timedelta((published.weekday() - weekday) % 7)
            dates.add((told.month, told.day))
    return frozenset(map(_byte, dates)) - {0}


def weekdays(lead: Sequence[str], text: str, language: str) -> frozenset[int]:
    """Weekdays told in a story's lead, as bytes of :data:`WEEKDAYS`; its terms in order, and its text."""
    return frozenset(WEEKDAYS[weekday] for weekday in _weekdays(lead, set(lead), text, language))


def _weekdays(body: Sequence[str], terms: AbstractSet[str], text: str, language: str) -> set[int]:
    """Numbers of the weekdays told, Monday being 0."""
    if language in _EASTERN:
        return {_EAST["".join(told)] for told in _EAST_WEEKDAY.findall(text)}
    names = _names(language)
    if language == "th":
        return {names.weekdays[name] for name in _thai().weekday.findall(text)}
    found = {names.weekdays[name] for name in names.weekdays.keys() & terms}
    if not names.begun.isdisjoint(terms):
        pairs = map(" ".join, pairwise(body))
        found.update(names.weekdays[pair] for pair in pairs if pair in names.weekdays)
    return found


@functools.cache
def months() -> Mapping[str, Mapping[str, int]]:
    """What months are called, in full and cut short: name -> language -> number, January being 1.

    "Listopad" is November in Polish and Czech and October in Croatian, and so it is with "lis", "lip" and "srp".
    """
    found: dict[str, dict[str, int]] = {}
    for language, names in _known().items():
        for name, number in names["months"].items():
            found.setdefault(name, {})[language] = number
    return found


@functools.cache
def weekday_names() -> frozenset[str]:
    """What weekdays are called in any language, in full and cut short."""
    return frozenset(name for names in _known().values() for name in names["weekdays"])


def _dates(body: Sequence[str], names: _Names) -> set[tuple[int, int]]:
    """Months with the number behind them, else with the one before: "Jan. 5", "5 January", "5 de enero"."""
    found = set()
    for at, term in enumerate(body):
        if term not in names.opening:
            continue
        name = next(filter(names.months.__contains__, (" ".join(body[at : at + 2]), term)), None)
        if name is None:
            continue
        behind = at + 1 + name.count(" ")
        for near in (*body[behind : behind + 1], *body[max(0, at - 2) : at][::-1]):
            if len(near) <= 2 and near.isdecimal():
                found.add((names.months[name], int(near)))
                break
    return found


def _byte(day: tuple[int, int]) -> int:
    """0 for a day that there is not."""
    try:
        return DAYS_FROM + date(_LEAP_YEAR, *day).timetuple().tm_yday % _SEASON
    except ValueError:
        return 0


class _Thai(NamedTuple):
    date: re.Pattern[str]  #: day and name of the month
    weekday: re.Pattern[str]


@functools.cache
def _thai() -> _Thai:
    months, weekdays = ("|".join(sorted(map(re.escape, names), reverse=True)) for names in _names("th")[:2])
    return _Thai(re.compile(rf"(?<!\d)(\d{{1,2}}) ?({months})"), re.compile(weekdays))


@functools.cache
def _known() -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    text = resources.files(__package__).joinpath(_NAMES).read_text(encoding="utf-8")
    known: dict[str, dict[str, dict[str, int]]] = json.loads(text)
    return known


@functools.cache
def _names(language: str) -> _Names:
    known = {
        kind: {spelling(name, language): number for name, number in told.items()}
        for kind, told in _known().get(language, {"months": {}, "weekdays": {}}).items()
    }
    opening = frozenset(name.partition(" ")[0] for name in known["months"])
    begun = frozenset(name.partition(" ")[0] for name in known["weekdays"] if " " in name)
    return _Names(known["months"], known["weekdays"], opening, begun)
