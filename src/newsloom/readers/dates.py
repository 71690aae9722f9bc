"""Whatever stands for a date -> POSIX seconds."""

import math
import re
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import urlsplit

from dateutil import parser

from newsloom.core.days import months
from newsloom.core.forms import fold, normalise
from newsloom.core.language import index_code
from newsloom.readers import values

DAY_S = 86_400
MAX_CHARS = 80  #: longer than any date; dateutil's time grows with its input
_SHOWN_CHARS = 40  #: of what is none

#: 1970-01-01 and the day after 2099-12-31, as spreadsheets count days. Taken for seconds they are hours of that first day.
_SHEET_DAYS = (25_569, 73_051)

_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST_S = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,9})?", re.ASCII)
_COMPACT_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_COMPACT_MOMENT = re.compile(_COMPACT_DAY.pattern + r"(?:[01]\d|2[0-3])(?:[0-5]\d){1,2}", re.ASCII)
_DOTTED_DAY = re.compile(r"(?<!\d\s)(?<![\d.:/-])\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{4}|\d\d)\b", re.ASCII)
#: A day either number of which may be the month.
_EITHER = re.compile(
    r"(?<![\d/.-])(?:0?[1-9]|1[0-2])([/-])(?:0?[1-9]|1[0-2])\1(?:\d{4}|\d\d)(?![\d/-])", re.ASCII
)
#: Such days, and those that only one order makes a day, where a value begins in CSV, JSON (which may escape a slash), XML
#: and Python. What stands within a text is not what the file writes.
_WRITTEN = re.compile(
    rb"(?<![^\n\r\",;\t|>'])(0?[1-9]|[12]\d|3[01])(\\?/|-)(0?[1-9]|[12]\d|3[01])\2(?:\d{4}|\d\d)(?![\d/-])"
)
#: Languages in which the month stands before the day, as the Unicode CLDR has it.
_MONTH_FIRST = frozenset("en eu fa hu ja ko lt mn ps si zh".split())
#: Countries with the day first, as the hosts of their outlets end. Endings that are used by all the world (co, io, ly, me, tv)
#: tell nothing.
_DAY_FIRST = frozenset(
    "uk gb ie au nz in za pk lk bd ng gh ke ug tz zm zw bw na mt sg my hk jm tt bb gy fj pg"
    " de at ch li fr be nl lu es pt it gr cy dk no se fi ee lv pl cz sk si hr ba rs mk al bg ro md ua by ru kz ge az"
    " tr il eg sa ae qa kw om bh jo lb iq ye sy ps ma dz tn sd sn ci cm cd mg ao mz mx gt sv hn ni cr cu do ve ec pe bo"
    " cl py uy ar br id th vn kh eu cat".split()
)
_RFC_2822 = re.compile(r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d\d?:\d\d.*", re.ASCII)
_ISO_START = re.compile(r"\d{4}-?\d\d-?\d\d", re.ASCII)
_ANY_DIGIT = re.compile(r"\d")
_NO_YEAR = "-0001"  #: as WordPress writes the date of what was never published
#: What programs write for no date: zeros, and the first moment of 1970.
_NO_DATE = re.compile(r"(?:1970-01-01)?[\s0:./TZ+-]*")
#: A moment with nothing between day and time, as ASN.1 has it. Python would take the first digit of the hour for what
#: stands between them.
_RUN_ON = re.compile(r"^(\d{8})(\d{4})", re.ASCII)
#: A day with a zone, as XML Schema has it, which is none to Python, or a time.
_ZONED_DAY = re.compile(r"^(\d{4}-\d\d-\d\d)(?:Z|\+\d\d:\d\d)$", re.ASCII)
#: An offset by the name of UTC. dateutil would take its sign as POSIX does, the other way round than all who write it.
_OFFSET = re.compile(r"(?<![A-Za-z])(?:UTC|GMT)\s?([+-])(\d{1,2})(?::?(\d\d))?(?!\d)", re.ASCII)
#: JavaScript, Java and Go name the zone again behind its offset.
_ZONE_AGAIN = re.compile(
    r"(:\d\d(?:\.\d{1,9})?\s?(?:[+-]\d\d:?\d\d|Z))\s?(?:\([^()]*\)|\[[^][]*\]|[A-Z]{3,5})$", re.ASCII
)
#: A day with its month in words of any language, or as the east of Asia writes it: "Montag, 4. Mai 2026", "4 de mayo de 2026".
#: dateparser knows these too, at 25 ms each and seconds for what it does not know, and a 13th month as a day of January.
_LOCAL_DAY = re.compile(
    r"(?<!\d)(?P<day>\d\d?)(?:er\b|[.º])?\s*(?:de\s)?\s*(?P<month>[^\s\d.,]+)[.,]*\s+(?:del?\s+)?(?P<year>\d{4})(?!\d)(?:\s?г)?"
)
_EAST_DAY = re.compile(r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d\d?)\s?[月월]\s?(?P<day>\d\d?)\s?[日號号일]")
#: As English has it, with other words before or behind, which dateutil will not have: "Load-Date: March 3, 2014".
_ENGLISH_DAY = re.compile(
    r"(?P<month>[^\W\d_]+)\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?!\d)"
)
_O_CLOCK = re.compile(r"(?<=\d[:.]\d\d)\s?(?:Uhr|h)$", re.ASCII)
#: All that stands behind such a day. Halves of a day and zones have other names in each language: then it is the day alone.
_CLOCK = re.compile(
    r"(?:[^\w:]|\b(?:um|à|às|a las|alle|om|klo?|в|о|at)\b)*([01]?\d|2[0-3])\s?[:.h時时시]\s?([0-5]\d)(?::[0-5]\d)?\s?[分분]?"
)

_YEAR, _DAY = r"(?P<year>(?:19|20)\d\d)", r"(?P<day>0?[1-9]|[12]\d|3[01])"
_MONTHS = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())
_MONTH = (
    r"(?P<month>0?[1-9]|1[0-2]|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
#: Where the path of an address holds a day: as folders of its own, else at either end of a name. What stands within
#: a name is what the article is about, as the 12 of /2014/10/12-things is.
_PATH_DAYS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"/{_YEAR}[/_-]{_MONTH}[/_-]{_DAY}(?:/|$)",
        rf"/{_YEAR}([_-]){_MONTH}\2{_DAY}(?![0-9a-z])",
        rf"[_-]{_YEAR}-{_MONTH}-{_DAY}(?:/|\.[a-z]{{3,5}}$|$)",
    )
)

#: dateutil takes what a date leaves out from a default; parsing against two shows what was left out.
_DEFAULTS = (datetime(1904, 1, 1), datetime(2008, 2, 2))  # noqa: DTZ001 - a zone would hide a missing one

#: Hours from UTC. An abbreviation is believed only here; any other is read as UTC.
_ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "IST": 5.5, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "EST": -5, "EDT": -4, "ET": -5, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip


def parse(value: object, language: str | None = None, *, day_first: bool = False) -> float | None:
    """POSIX seconds of a date as scrapers write it; None for what is none, never an exception.

    Read are ISO 8601, RFC 2822, words ("May 1, 2024 10:00 EST", "1. Mai 2024, 10:00 Uhr"), and numbers: seconds,
    milli-, micro- or nanoseconds since 1970, a day as 20240501, a moment as 202405011200 or 20240501120000 (which is
    no millisecond of 1976).

    * Without a time zone it is UTC; a day alone is its first moment in UTC.
    * 5/1/2024 has the month first, unless ``day_first``, and 1.5.2024 the day.
    * Five digits are the day that a spreadsheet means by them, which counts from 1899.
    * What names no year, month or day is no date; nor is the first moment of 1970, which programs write for none.
    * ``language`` is that of the article, if known: one name is one month in Polish and another in Croatian. A month
      that no language settles makes no date.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _number(value)
    if not isinstance(value, str):
        return None
    text = _ascii(value.strip())
    if not text or len(text) > MAX_CHARS or _NO_YEAR in text:
        return None
    if _NUMBER.fullmatch(text):
        return _number(float(text))
    text = _O_CLOCK.sub("", _ZONE_AGAIN.sub(r"\1", _OFFSET.sub(_offset, text)))
    found = _iso(text) or _rfc(text) or _words(text, day_first=day_first) or _local(text, language)
    return None if found is None else _seconds(found)


def _ascii(text: str) -> str:
    """With the digits that all programs know in place of Arabic ones and others."""
    return text if text.isascii() else _ANY_DIGIT.sub(lambda digit: str(int(digit[0])), text)


def best(stamps: Iterable[float | None]) -> float | None:
    """The publication time among what was given as one, the most trustworthy first.

    What lies in the future is no publication, and is passed over. A day is made more precise by a time on
    that very day (in whatever time zone) that is given further down; another day's is of something else.
    """
    now_s = time.time()
    known = [stamp for stamp in stamps if stamp is not None and stamp <= now_s]
    if not known or known[0] % DAY_S:
        return known[0] if known else None
    same = (stamp for stamp in known if stamp % DAY_S and -DAY_S / 2 < stamp - known[0] < 1.5 * DAY_S)
    return next(same, known[0])


def swapped(told: Sequence[object], language: str | None = None) -> float | None:
    """The best of what was told, with the day first where either number may be the month; None where neither may.

    What lies in the future is an infinity: it is doubtful, and no publication.
    """
    if not any(
        isinstance(one, str) and len(one) <= MAX_CHARS and _EITHER.search(_ascii(one)) for one in told
    ):
        return None
    found = best(parse(one, language, day_first=True) for one in told)
    return math.inf if found is None else found


def unread(told: Sequence[object], language: str | None = None) -> str | None:
    """How the first begins of what was told for a date, where nothing of it is one; None where something is, or nothing was told.

    A date in the future is understood, and what programs write for none tells nothing.
    """
    said = [str(one) for one in told if one is not None and not _NO_DATE.fullmatch(str(one))]
    if not said or any(parse(one, language) is not None for one in told):
        return None
    shown = values.line(said[0])
    return shown and shown[:_SHOWN_CHARS]


@lru_cache(maxsize=8)
def order(head: bytes) -> bool | None:
    """Whether the days in what a file begins with have the day first; None where none of them says, or they disagree."""
    days = _WRITTEN.findall(head)
    first, second = (any(int(day[place]) > 12 for day in days) for place in (0, 2))
    return None if first == second else first


def puts_day_first(language: str | None, countries: Iterable[str]) -> bool:
    """Whether the day stands first in this language, or in one of these countries, by their codes or endings of hosts."""
    return (language or "en") not in _MONTH_FIRST or not _DAY_FIRST.isdisjoint(countries)


def _offset(found: re.Match[str]) -> str:
    return f"{found[1]}{int(found[2]):02}{found[3] or '00'}"


def of_url(address: str) -> float | None:
    """The first moment in UTC of the day that the path of an address holds; None without a year, a month and a day.

    As newspapers have it: /2014/04/28/story, /2014/apr/28/story, /2016-02/24/story, /2023-10-05-story,
    /story-2023-10-05. ``htmldate`` reads no names of months, and takes a day from anywhere in a name.
    """
    try:
        path = urlsplit(address).path.lower()
    except ValueError:  # a broken IPv6 host
        return None
    found = next(filter(None, (pattern.search(path) for pattern in _PATH_DAYS)), None)
    if found is None:
        return None
    month = found["month"]
    try:
        number = int(month) if month.isdigit() else 1 + _MONTHS.index(month[:3])
        return _seconds(datetime(int(found["year"]), number, int(found["day"]), tzinfo=UTC))
    except ValueError:  # the 30th of February
        return None


def _number(value: float) -> float | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    digits = str(value).removesuffix(".0")
    if _COMPACT_DAY.fullmatch(digits) or _COMPACT_MOMENT.fullmatch(digits):
        found = _iso(f"{digits[:8]}T{digits[8:] or '00'}")
        return None if found is None else _seconds(found)
    if _SHEET_DAYS[0] < value < _SHEET_DAYS[1]:
        return float(round((value - _SHEET_DAYS[0]) * DAY_S))
    for per_second in (1, 1e3, 1e6, 1e9):
        # 1e8 is March 1973: below it, a number is a year, a counter or a mistake.
        if 1e8 <= (seconds := value / per_second) <= 1e10:
            return seconds
    return None


def _iso(text: str) -> datetime | None:
    if not _ISO_START.match(text):
        return None
    try:
        return datetime.fromisoformat(_ZONED_DAY.sub(r"\1", _RUN_ON.sub(r"\1T\2", text)))
    except ValueError:
        return None


def _rfc(text: str) -> datetime | None:
    if not _RFC_2822.fullmatch(text):
        return None
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, LookupError, OverflowError):
        return None
    # The standard library knows the zones of America only.
    return found if found.tzinfo else found.replace(tzinfo=_zone(text.rpartition(" ")[2], None))


def _words(text: str, *, day_first: bool) -> datetime | None:
    day_first = bool(_DOTTED_DAY.search(text) or (day_first and _EITHER.search(text)))
    try:
        one, two = (
            parser.parse(text, default=default, dayfirst=day_first, tzinfos=_zone) for default in _DEFAULTS
        )
    # ParserError is a ValueError; the others escape from dateutil on nonsense.
    except (ValueError, OverflowError, TypeError, ArithmeticError, LookupError, AttributeError):
        return None
    return one if one.date() == two.date() else None


def reread(day_s: float | None, text: str, language: str | None) -> float | None:
    """A day that somebody read in a text, read anew where its month is one of two by its name.

    ``htmldate`` takes such a name as the first language has it that comes to its mind.
    """
    if day_s is None:
        return None
    read = datetime.fromtimestamp(day_s, UTC)
    # White space of any length would cost its square.
    for found in _LOCAL_DAY.finditer(" ".join(text.split())):
        numbers, told = _numbers(found["month"]), (int(found["year"]), int(found["day"]))
        if len(numbers) > 1 and read.month in numbers and told == (read.year, read.day):
            return parse(found[0], language)
    return day_s


def _numbers(month: str, language: str | None = None) -> frozenset[int]:
    """The months that go by this name, in any language or in the one that is given, if that has the name."""
    known = months().get(fold(normalise(month)), {})
    own = known.get(index_code(language) or "") if language else None
    return frozenset(known.values() if own is None else (own,))


def _local(text: str, language: str | None) -> datetime | None:
    found = _EAST_DAY.search(text) or _ENGLISH_DAY.search(text) or _LOCAL_DAY.search(text)
    if found is None:
        return None
    named = found["month"]
    numbers = {int(named)} if named.isdecimal() else _numbers(named, language)
    if len(numbers) != 1:
        return None
    (month,) = numbers
    clock = _CLOCK.fullmatch(text, found.end())
    hour, minute = map(int, clock.groups()) if clock else (0, 0)
    try:
        return datetime(int(found["year"]), month, int(found["day"]), hour, minute, tzinfo=UTC)
    except ValueError:
        return None


def _zone(name: str | None, offset_s: int | None) -> tzinfo:
    if offset_s is not None and abs(offset_s) < 86_400:
        return timezone(timedelta(seconds=offset_s))
    return timezone(timedelta(hours=_ZONES.get((name or "").upper(), 0)))


def _seconds(found: datetime) -> float | None:
    try:
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        seconds = aware.timestamp()
    except (ValueError, OverflowError):  # a day at the edge of the calendar
        return None
    return seconds if seconds and _EARLIEST.timestamp() <= seconds <= _LATEST_S else None
