"""When a page was published: what it declares, what htmldate finds on it, what it shows."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import dropwhile, islice

import htmldate
from lxml import etree
from lxml.html import HtmlElement

from newsloom.readers import dates
from newsloom.readers.base import Draft
from newsloom.readers.markup import flat

#: Behind a day, the rest of a moment of it, as programs write it. Without a zone it is no better known than the day.
_HOUR = r"[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?[+-]\d\d:?\d\d|Z)"
#: Moments of one day that are looked at.
_MAX_MOMENTS = 20
#: Publication times that a page declares, the most trustworthy first.
_DATES = tuple(
    etree.XPath(path)
    for path in (
        '//meta[@property="article:published_time" or @name="article:published_time"]/@content',
        '//*[@itemprop="datePublished"]/@content | //*[@itemprop="datePublished"]/@datetime',
        '//meta[@property="og:published_time"]/@content',
        '//meta[@name="parsely-pub-date" or @name="sailthru.date" or @name="pubdate"]/@content',
        '//meta[@name="publish-date" or @name="publication_date" or @name="DC.date.issued"]/@content',
        "//time[@pubdate]/@datetime",
        '//meta[@name="date"]/@content',
    )
)
#: Classes of elements that show a date, and how many of these are looked at.
_SHOWS = re.compile(r"date|time|publish", re.IGNORECASE)
_MAX_SHOWN = 5
_TWO_NUMBERS = re.compile(r"\d\D+\d")


def dated(tree: HtmlElement, said: Draft, linked: Draft, text: str) -> Draft:
    """``said`` with the time that the page declares; else with what htmldate finds on it; else with what it shows.

    ``linked`` is what its data says of itself, ``text`` its source.
    """
    known = said.over(linked)  # all that tells how to read it
    language, day_first = known.language, known.is_day_first

    def read(told: list[str]) -> Iterator[float | None]:
        return (dates.parse(one, language, day_first=day_first) for one in told)

    told = [str(stamp) for path in _DATES for stamp in path(tree)[:3]]
    found_s = dates.best([linked.settled(day_first).published_s, *read(told)])
    if found_s is None:
        found_s = _searched(tree, language)
    if found_s is None:
        shown = _shown(tree)
        found_s = dates.best(read(shown))
        if found_s is None:
            return replace(said, unread_date=dates.unread([*told, *shown], language))
    return replace(said, published_s=_timed(found_s, text))


def _searched(tree: HtmlElement, language: str | None) -> float | None:
    found = htmldate.find_date(tree, original_date=True, extensive_search=True)
    if found is not None and found.endswith("-01"):
        # Of a month or a year, be it that of the copyright, the thorough search makes the first day; the other does not.
        found = htmldate.find_date(tree, original_date=True, extensive_search=False)
    return dates.reread(dates.parse(found), " ".join(tree.itertext()), language)


def _shown(tree: HtmlElement) -> list[str]:
    """What the page shows for dates, in its order, from its headline or article on: above them stands that of today."""
    elements = dropwhile(lambda one: one.tag not in {"h1", "article", "main"}, tree.iter(etree.Element))
    dated = (one for one in elements if one.tag == "time" or _SHOWS.search(one.get("class", "")))
    texts = map(flat, islice(dated, _MAX_SHOWN))
    return [text for text in texts if len(text) <= dates.MAX_CHARS and _TWO_NUMBERS.search(text)]


def _timed(published_s: float, text: str) -> float | None:
    """The day of publication with its hour, where the page tells of a moment of that day anywhere, as in data of its scripts."""
    if published_s % dates.DAY_S:
        return published_s
    day = datetime.fromtimestamp(published_s, UTC).date().isoformat()
    moments = islice(re.finditer(day + _HOUR, text), _MAX_MOMENTS)
    return dates.best([published_s, *(dates.parse(moment[0]) for moment in moments)])
