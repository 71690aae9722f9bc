"""The day that an address holds."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

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


def parse(address: str) -> float | None:
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
        day = datetime(int(found["year"]), number, int(found["day"]), tzinfo=UTC)
    except ValueError:  # the 30th of February
        return None
    return day.timestamp() or None  # the first moment of 1970 is what programs write for no date
