"""Whether 03/04/2014 is in March or April: what the file's other dates, the language and the country say."""

import re
from collections.abc import Iterable
from functools import lru_cache

#: A day in numbers, where a value begins in CSV, JSON (which may escape a slash), XML and Python.
#: What stands within a text is not what the file writes.
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


@lru_cache(maxsize=8)
def told(head: bytes) -> bool | None:
    """Whether the days in what a file begins with have the day first; None where none of them says, or they disagree."""
    days = _WRITTEN.findall(head)
    first, second = (any(int(day[place]) > 12 for day in days) for place in (0, 2))
    return None if first == second else first


def usual(language: str | None, countries: Iterable[str]) -> bool:
    """Whether the day stands first in this language, or in one of these countries, by their codes or endings of hosts."""
    return (language or "en") not in _MONTH_FIRST or not _DAY_FIRST.isdisjoint(countries)
