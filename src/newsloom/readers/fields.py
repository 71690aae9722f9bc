"""A record of any scraper -> Draft, by the names of its fields."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from operator import itemgetter
from typing import TypeVar

from newsloom.readers import dates, markup, richtext, values
from newsloom.readers.base import Draft
from newsloom.readers.names import NAMES, places

_RANK = itemgetter(0)

#: An object that is only wrapped in another (Elasticsearch, JSON-LD, story-indexer, loose items) counts as its
#: fields.
_WRAPPERS = frozenset(
    ("_source", "article", "item", "mainEntity", "content_metadata", "rss_entry", "fields", "links")
)
#: An answer of an API about one article, or what is known of it: what is beside such an object is told of the article as
#: well, and comes first.
_ANSWERS = frozenset(("data", "attributes", "result", "response", "post", "meta", "metadata"))
_LAYERS = 2  #: as many of either around one another
#: Where the value of an object stands: MongoDB, JSON-LD, schema.org, the APIs of news engines and of WordPress.
_INNER = (
    "name", "@value", "value", "main", "$date", "$oid", "@id", "url", "uri", "title", "text", "href",
    "content", "#text", "rendered", "$numberLong", "basic",
)  # fmt: skip
#: Roles that ninjs gives to one of several headlines, descriptions or bodies.
_MAIN_ROLE = "main"
_MINOR_ROLES = frozenset(("creditline", "writer", "byline", "copyright", "ednote", "slugline"))
#: What NewsAPI and GNews put where they cut a text. Of blanks a few, for a thousand in a row would cost their cube.
_CUT = re.compile(r"(?:…|\.\.\.)?\s{0,3}\[\+?\d{1,9} chars\]\s*\Z")
_STRUCT_TIME = 9  #: numbers of a time
_T = TypeVar("_T")

#: Texts of one record that are looked at, and characters by which two are known as one.
_MAX_TEXTS, _SAME_CHARS = 4, 60
#: Updates of a live blog that are looked at; a long day has some hundreds.
_MAX_UPDATES = 1_000


def draft(record: Mapping[str, object]) -> Draft:
    """What ``record`` says, whatever it calls it. Never an exception, whatever stands in it."""
    under = _sorted(record)
    tags = list(_strings(under["language"]))
    language = _first(map(values.language, tags))
    told = [_moment(one) for one in under["published"]]
    published_s = dates.best(dates.parse(one, language) for one in told)
    url = _first(map(values.url, _strings(under["url"])))
    return Draft(
        text=_text(chain(map(_updates, under["updates"]), map(_body, under["text"]))),
        page=_first(map(_string, under["page"])),
        summary=_first(map(_plain, map(joined, under["summary"]))),
        title=_first(map(values.line, map(markup.plain, _strings(under["title"])))),
        url=url,
        source=_first(map(values.source, _strings(under["source"]))),
        language=language,
        country=_first(map(values.country, tags)),
        published_s=published_s,
        day_first_s=dates.swapped(told, language),
        unread_date=dates.unread(told, language) if published_s is None else None,
        modified_s=dates.best(dates.parse(_moment(one), language) for one in under["modified"]),
        fetched_s=dates.fetched(map(_moment, under["fetched"])),
        id=_first(map(values.line, _strings(under["id"]))),
        status=_first(map(values.line, _strings(under["status"]))),
        embargoed_s=_first(dates.parse(_moment(one)) for one in under["embargoed"]),
        front=(url is None and _is_front(under)) or None,
    )


def header(fields: Mapping[str, str]) -> Draft:
    """The same of what stands above a text: its source is the host of its address, unless ``source`` names another.

    That is what trafilatura's JSON says; in its other formats stands the name of the site instead, which may be a guess.
    """
    found = draft(fields)
    if found.url and "source" not in map(str.lower, fields):
        return replace(found, source=values.host(found.url))
    return found


def _is_front(under: Mapping[str, Sequence[object]]) -> bool:
    """Whether an address that it gives is that of a site; what also names its outlet is not its address."""
    outlets = set(_strings(under["source"]))
    return any(values.is_front(text) for text in _strings(under["url"]) if text not in outlets)


def _text(candidates: Iterator[str | None]) -> str | None:
    """The best of several texts: the first, or one that tells the same and keeps its paragraphs.

    Agencies send a text as one long line and, beside it, with its markup.
    """
    texts = [text for text in candidates if text is not None][:_MAX_TEXTS]
    texts = [text for text in texts if not markup.is_xml(text)] or texts[:1]
    if not texts or markup.is_page(texts[0]) or markup.is_xml(texts[0]):
        return texts[0] if texts else None
    best = _CUT.sub("", markup.plain(texts[0]))
    if "\n" in best.strip():
        return best
    start = "".join(best.split())[:_SAME_CHARS]
    for other in texts[1:]:
        plain = markup.plain(other)
        if "\n" in plain.strip() and start in "".join(plain.split()) and len(plain) * 5 >= len(best) * 4:
            return plain
    return best


def _updates(value: object) -> str | None:
    """The text of a live blog: its updates as its page shows them, the latest first, each below its headline.

    Where one of them has no time, they stay as they come.
    """
    some = value[:_MAX_UPDATES] if isinstance(value, list) else [value]
    told = [(at_s, text) for at_s, text in map(_update, some) if text.strip()]
    if all(at_s is not None for at_s, _ in told):
        told.sort(key=lambda one: one[0] or 0, reverse=True)
    return "\n".join(text for _, text in told) or None


def _update(record: object) -> tuple[float | None, str]:
    """When an update was published, and its text. Objects in it are not looked into: they may be nested without end."""
    under = _sorted(record if isinstance(record, dict) else {}, 0)
    title = _first(map(values.line, map(markup.plain, _strings(under["title"])))) or ""
    text = _text(map(_body, under["text"])) or _first(map(_plain, map(joined, under["summary"]))) or ""
    # Some systems make the headline of the beginning of the text.
    headed = " ".join(text.split()).startswith(title.rstrip(" .…"))
    at_s = dates.best(map(dates.parse, map(_scalar, under["published"])))
    return at_s, text if headed else f"{title}\n{text}"


def _plain(text: str | None) -> str | None:
    return text and markup.plain(text)


def _sorted(record: Mapping[str, object], layers: int = _LAYERS) -> dict[str, list[object]]:
    """Field of a Draft -> its candidates in the record, the best first."""
    ranked: dict[str, list[tuple[int, object]]] = {field: [] for field in NAMES}
    wrapped: list[Mapping[str, object]] = []
    answers: list[Mapping[str, object]] = []
    for name, value in record.items():
        if layers and isinstance(value, dict) and name in _WRAPPERS:
            wrapped.append(value)
        elif layers and isinstance(value, dict) and name in _ANSWERS:
            answers.append(value)
        elif value is not None:
            for field, rank in places(name):
                ranked[field].extend((rank, one) for one in _variants("" if field == "page" else name, value))
    found = {field: [value for _, value in sorted(some, key=_RANK)] for field, some in ranked.items()}
    for inner in wrapped[:2]:
        # What the outer object says of itself (an id, a date) stands behind the inner one's word.
        for field, some in _sorted(inner, layers - 1).items():
            found[field] = some + found[field]
    for inner in answers[:2]:
        for field, some in _sorted(inner, layers - 1).items():
            found[field] += some
    return found


def _variants(name: str, value: object) -> list[object]:
    """A list of variants, as ninjs has it, one by one, the main one first; anything else is one value."""
    if not (isinstance(value, list) and value and all(_is_variant(one) for one in value)):
        return [_marked(name, value)]
    if len(value) > 1 and not any(_tells_apart(one) for one in value):
        return [value]  # blocks of one text
    ranked = sorted(
        value[:20], key=lambda one: (one.get("role") in _MINOR_ROLES, one.get("role") != _MAIN_ROLE)
    )
    kinds = (str(one.get("contenttype") or one.get("contentType")) for one in ranked)
    return [_marked(kind[-20:], one["value"]) for kind, one in zip(kinds, ranked, strict=True)]


def _marked(kind: str, value: object) -> object:
    """What is said to be markup, made to look like it: a line end there is no end of a paragraph."""
    if not (isinstance(value, str) and kind.lower().endswith("html")):
        return value
    return value if markup.is_page(value) or values.missing(value) else f"<p>{value}</p>"


def _is_variant(value: object) -> bool:
    return isinstance(value, dict) and "value" in value and isinstance(value.get("role"), str | None)


def _tells_apart(variant: Mapping[str, object]) -> bool:
    """Whether it says what it is among others: by a role, or a kind of content, which feeds call its type."""
    said = (variant.get("role"), variant.get("contenttype"), variant.get("contentType"))
    return any(said) or "/" in str(variant.get("type"))[:80]


def _strings(candidates: Iterable[object]) -> Iterable[str]:
    return (text for value in candidates if (text := _string(value)) is not None)


def _first(candidates: Iterable[_T | None]) -> _T | None:
    return next((candidate for candidate in candidates if candidate is not None), None)


def _string(value: object) -> str | None:
    found = _scalar(value)
    return None if found is None else str(found)


def _scalar(value: object, depth: int = 0) -> str | int | float | None:
    """A string that says something, or a number, out of however many lists and objects around it."""
    if isinstance(value, str):
        return None if values.missing(value) else value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value if abs(value) < 1e18 else None  # which leaves out NaN, and digits without end
    if depth > 3:
        return None
    inner: Iterable[object] = ()
    if isinstance(value, list):
        inner = value[:3]
    elif isinstance(value, dict):
        inner = (value[name] for name in _INNER if name in value)
    return next((found for one in inner if (found := _scalar(one, depth + 1)) is not None), None)


def _moment(value: object) -> str | int | float | None:
    """What may be a date: a scalar, or the nine numbers of a ``time.struct_time``, in UTC as feedparser gives it."""
    if isinstance(value, list) and len(value) == _STRUCT_TIME and all(type(one) is int for one in value):
        year, month, day, hour, minute, second = value[:6]
        return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
    return _scalar(value)


def _body(value: object) -> str | None:
    """A text as ``joined`` takes it, a tree of blocks, or as fundus writes it: a summary, and sections with headlines."""
    if not (isinstance(value, dict) and isinstance(value.get("sections"), list)):
        plain, tree = joined(value), richtext.text(value)
        # The other way round: of what is no tree, no more than a part is found.
        return tree if tree and len(tree) * 2 > len(plain or "") else plain
    sections = [one for one in value["sections"] if isinstance(one, dict)]
    parts = [part for one in sections for part in (one.get("headline"), one.get("paragraphs"))]
    return joined([value.get("summary"), *parts]) or _string(value)


def joined(value: object, depth: int = 2) -> str | None:
    """A text, or a list of its paragraphs, or one of sections that are lists of them."""
    if not depth or not isinstance(value, list):
        return _string(value)
    return "\n".join(text for one in value if (text := joined(one, depth - 1)) is not None) or None
