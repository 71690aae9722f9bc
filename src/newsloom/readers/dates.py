"""Whatever stands for a date -> POSIX seconds."""

import math
import re
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from dateutil import parser

from newsloom.readers import calendars, shown, values

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
_SHORT_DAY = re.compile(r"\d\d([./-])\d\d?\1\d\d?(?!\d)", re.ASCII)
#: A day either number of which may be the month.
_EITHER = re.compile(
    r"(?<![\d/.-])(?:0?[1-9]|1[0-2])([/-])(?:0?[1-9]|1[0-2])\1(?:\d{4}|\d\d)(?![\d/-])", re.ASCII
)
_RFC_2822 = re.compile(
    r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d\d?:\d\d(?!.*[AaPp]\.?[Mm]\b).*", re.ASCII
)
_ISO_START = re.compile(r"\d{4}-?\d\d-?\d\d", re.ASCII)
_WIDE = str.maketrans("／．：－，（）", "/.:-,()")
#: Of direction, which pages set between numbers, of vowels and of length.
_MARKS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u0640\u064b-\u0652\u0670]")
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
_O_CLOCK = re.compile(r"(?<=\d[:.]\d\d)\s?(?:Uhr|h)$", re.ASCII)
#: The half of a day behind its clock, as Arabic has it, or in front of it.
_HALF = re.compile(r"(?P<clock>\d:\d\d(?::\d\d)?)\s?(?:(?P<morning>ص|صباحا)|م|مساء)(?!\w)")
_EAST_HALF = re.compile(
    r"(?:(?P<morning>上午|午前|오전)|下午|午後|午后|오후)\s?(?P<clock>\d\d?\s?[:點点時时시]\s?\d\d(?::\d\d)?)[분分]?"
)
#: dateutil takes what a date leaves out from a default; parsing against two shows what was left out.
_DEFAULTS = (datetime(1904, 1, 1), datetime(2008, 2, 2))  # noqa: DTZ001 - a zone would hide a missing one


def parse(value: object, language: str | None = None, *, day_first: bool = False) -> float | None:
    """POSIX seconds of a date as scrapers write it; None for anything else, never an exception.

    Read are ISO 8601, RFC 2822, words ("May 1, 2024 10:00 EST", "1. Mai 2024, 10:00 Uhr"), and numbers: seconds,
    milli-, micro- or nanoseconds since 1970, a day as 20240501, a moment as 202405011200 or 20240501120000 (which is
    no millisecond of 1976).

    * Without a time zone it is UTC; a day alone is its first moment in UTC.
    * 5/1/2024 has the month first, unless ``day_first``, and 1.5.2024 the day.
    * Five digits are the day that a spreadsheet means by them, which counts from 1899.
    * What names no year, month or day is not a date; nor is the first moment of 1970, which programs write for none.
    * 1405/09/01, 1448/06/12 and 2569-11-22 are days of other calendars: see :mod:`newsloom.readers.calendars`.
    * ``language`` is that of the article, if known: one name is one month in Polish and another in Croatian. A month
      that no language settles makes no date.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _number(value)
    if not isinstance(value, str):
        return None
    text = _plain(value)
    if not text or len(text) > MAX_CHARS or _NO_YEAR in text:
        return None
    if _NUMBER.fullmatch(text):
        return _number(float(text))
    text = _O_CLOCK.sub("", _ZONE_AGAIN.sub(r"\1", _OFFSET.sub(_offset, text)))
    text = _common(text, language)
    found = (
        _iso(text)
        or _rfc(text)
        or _words(text, language, day_first=day_first)
        or shown.parse(text, language, day_first=day_first)
    )
    return None if found is None else _seconds(found)


def beside(line: str, language: str | None) -> tuple[str, str, str] | None:
    """What stands before the day that a line shows, the day with the clock behind it, and what stands behind; None where it shows none."""
    text = _common(_plain(line), language)
    found = shown.placed(text, language)
    if found is None:
        return None
    stop = len(text) if shown.is_clock(text[found.stop :]) else found.stop
    return text[: found.start], text[found.start : stop], text[stop:]


def _common(text: str, language: str | None) -> str:
    """With days of other calendars and halves of a day as all programs write them."""
    if not text.isascii():
        text = _EAST_HALF.sub(_half, _HALF.sub(_half, text))
    return calendars.gregorian(text, language)


def _plain(text: str) -> str:
    """With the digits and signs that all programs know in place of Arabic and wide ones, and no marks between them."""
    text = text.strip()
    if text.isascii():
        return text
    text = _MARKS.sub("", text).translate(_WIDE)
    return _ANY_DIGIT.sub(lambda digit: str(int(digit[0])), text)


def best(stamps: Iterable[float | None]) -> float | None:
    """The publication time among what was given as one, the most trustworthy first.

    What lies in the future cannot be a date of publication, and is passed over. A day is made more precise by a time on
    that very day (in whatever time zone) that is given further down; another day's is of something else.
    """
    now_s = time.time()
    known = [stamp for stamp in stamps if stamp is not None and stamp <= now_s]
    if not known or known[0] % DAY_S:
        return known[0] if known else None
    same = (stamp for stamp in known if stamp % DAY_S and -DAY_S / 2 < stamp - known[0] < 1.5 * DAY_S)
    return next(same, known[0])


def fetched(told: Iterable[object]) -> float | None:
    """When an article was fetched, by the first of what was told that is a date; of a day alone, the end of it."""
    stamp = next((stamp for one in told if (stamp := parse(one)) is not None), None)
    return stamp if stamp is None or stamp % DAY_S else stamp + DAY_S


def swapped(told: Sequence[object], language: str | None = None) -> float | None:
    """The best of what was told, with the day first where either number may be the month; None where neither may.

    What lies in the future is an infinity: it is doubtful, and no publication.
    """
    if not any(
        isinstance(one, str) and len(one) <= MAX_CHARS and _EITHER.search(_plain(one)) for one in told
    ):
        return None
    found = best(parse(one, language, day_first=True) for one in told)
    return math.inf if found is None else found


def unread(told: Sequence[object], language: str | None = None) -> str | None:
    """How the first begins of what was told for a date, where nothing of it is one of the past; None where something is, or nothing was told.

    What programs write for none tells nothing.
    """
    said = [str(one) for one in told if one is not None and not _NO_DATE.fullmatch(str(one))]
    if not said or best(parse(one, language) for one in told) is not None:
        return None
    shown = values.line(said[0])
    return shown and shown[:_SHOWN_CHARS]


def _offset(found: re.Match[str]) -> str:
    return f"{found[1]}{int(found[2]):02}{found[3] or '00'}"


def _half(found: re.Match[str]) -> str:
    return f"{found['clock']} {'AM' if found['morning'] else 'PM'}"


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


def _words(text: str, language: str | None, *, day_first: bool) -> datetime | None:
    short = _SHORT_DAY.match(text) if language in shown.YEAR_IN_FRONT else None
    day_first = not short and bool(_DOTTED_DAY.search(text) or (day_first and _EITHER.search(text)))
    try:
        one, two = (
            parser.parse(text, default=default, dayfirst=day_first, yearfirst=bool(short), tzinfos=_zone)
            for default in _DEFAULTS
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
    for found in shown.LOCAL_DAY.finditer(" ".join(text.split())):
        numbers, told = shown.numbers(found["month"]), (int(found["year"]), int(found["day"]))
        if len(numbers) > 1 and read.month in numbers and told == (read.year, read.day):
            return parse(found[0], language)
    return day_s


def _zone(name: str | None, offset_s: int | None) -> tzinfo:
    if offset_s is not None and abs(offset_s) < 86_400:
        return timezone(timedelta(seconds=offset_s))
    return timezone(timedelta(hours=shown.ZONES.get((name or "").upper(), 0)))


def _seconds(found: datetime) -> float | None:
    try:
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        # A feed of Thailand may have its years behind English months.
        seconds = aware.replace(year=calendars.common_year(aware.year)).timestamp()
    except (ValueError, OverflowError):  # a day at the edge of the calendar
        return None
    return seconds if seconds and _EARLIEST.timestamp() <= seconds <= _LATEST_S else None
