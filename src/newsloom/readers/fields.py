"""A record of any scraper -> Draft -> Article: the one table of field names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from operator import itemgetter
from typing import TypeVar

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import dates, values

#: Field of a Draft -> names it goes by, the best first, in lower case without ``_``, ``-`` and blanks.
#: news-please, newspaper4k, trafilatura, story-indexer, Scrapy items and schema.org NewsArticle.
NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        "maintext", "articlebody", "text", "articletext", "fulltext", "bodytext", "plaintext",
        "contenttext", "textcontent", "body", "content", "article", "story", "paragraphs", "rawtext",
        "contenthtml", "bodyhtml", "bodyxhtml", "articlehtml",
    ),
    "page": ("html", "rawhtml", "pagehtml"),
    "summary": ("description", "summary", "abstract", "lead", "excerpt", "standfirst", "metadescription"),
    "title": ("title", "headline", "articletitle", "heading", "titlepage", "titlerss", "name"),
    "published": (
        "datepublish", "datepublished", "published", "publishedat", "publishdate", "publishedon", "pubdate",
        "publicationdate", "publisheddate", "publishedtime", "publishtime", "firstpublished",
        "firstpublishedat", "date", "datetime", "datetimepub", "datecreated", "createdat",
    ),
    "url": (
        "canonicallink", "canonicalurl", "canonical", "url", "link", "articleurl", "mainentityofpage", "@id",
        "permalink", "originalurl", "finalurl", "weburl", "source",
    ),
    "source": (
        "source", "sourcedomain", "sourcename", "domain", "hostname", "sitename", "site", "sourcehostname",
        "publisher", "outlet", "provider", "newspaper", "sourceurl", "ispartof",
    ),
    "language": ("language", "lang", "inlanguage", "metalang", "languagecode"),
    "id": ("id", "articleid", "guid", "uuid", "identifier", "docid", "documentid"),
}  # fmt: skip

#: Name -> the fields that it may be, each with its place among the names of that field.
_PLACES: dict[str, list[tuple[str, int]]] = {}
for _field, _names in NAMES.items():
    for _rank, _name in enumerate(_names):
        _PLACES.setdefault(_name, []).append((_field, _rank))
_RANK = itemgetter(0)

#: An object that is only wrapped in another (Elasticsearch, JSON-LD, loose items) counts as its fields.
_WRAPPERS = frozenset(("_source", "article", "item", "mainEntity"))
#: Where the value of an object stands: MongoDB, JSON-LD, schema.org and the APIs of news engines.
_INNER = (
    "name", "@value", "value", "$date", "$oid", "@id", "url", "uri", "title", "text", "href", "content",
    "#text",
)  # fmt: skip
_MISSING = frozenset(("", "none", "null", "nil", "n/a", "na", "nan", "undefined", "-", "nat"))
_MISSING_CHARS = max(map(len, _MISSING))
_T = TypeVar("_T")
_FOLD = str.maketrans("", "", "_- ")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a record says of its article, each field cleaned, none of them certain."""

    text: str | None = None  #: as it stood, markup included
    page: str | None = None  #: a whole HTML page
    summary: str | None = None
    title: str | None = None
    url: str | None = None
    source: str | None = None
    language: str | None = None
    published_s: float | None = None
    id: str | None = None

    def over(self, other: "Draft") -> "Draft":
        """This draft, its gaps filled from the other."""
        gaps = {f.name: getattr(other, f.name) for f in fields(self) if getattr(self, f.name) is None}
        return replace(self, **gaps)

    def article(self, path: str, index: int = 0) -> Article:
        """The article; its text is the summary or the title if there is no other. ``BadFile`` if neither."""
        text = self.text and values.paragraphs(self.text)
        text = text or values.paragraphs(self.summary or "") or self.title
        if not text:
            raise BadFile("no_text", "It has neither text nor title under any known name; rename its fields.")
        return Article(
            file=path,
            text=text,
            index=index,
            id=self.id,
            title=self.title,
            url=self.url,
            source=self.source or (values.host(self.url) if self.url else None),
            language=self.language,
            published_s=self.published_s,
        )


def draft(record: Mapping[str, object]) -> Draft:
    """What ``record`` says, whatever it calls it. Never an exception, whatever stands in it."""
    under = _sorted(record)
    return Draft(
        text=_first(map(_joined, under["text"])),
        page=_first(map(_string, under["page"])),
        summary=_first(map(_joined, under["summary"])),
        title=_first(map(values.line, _strings(under["title"]))),
        url=_first(map(values.url, _strings(under["url"]))),
        source=_first(map(values.source, _strings(under["source"]))),
        language=_first(map(values.language, _strings(under["language"]))),
        published_s=_first(map(dates.parse, map(_scalar, under["published"]))),
        id=_first(map(values.line, _strings(under["id"]))),
    )


def _sorted(record: Mapping[str, object], *, unwrap: bool = True) -> dict[str, list[object]]:
    """Field of a Draft -> its candidates in the record, the best first."""
    ranked: dict[str, list[tuple[int, object]]] = {field: [] for field in NAMES}
    wrapped: list[Mapping[str, object]] = []
    for name, value in record.items():
        if unwrap and isinstance(value, dict) and name in _WRAPPERS:
            wrapped.append(value)
        elif value is not None:
            for field, rank in _PLACES.get(name.lower().translate(_FOLD), ()):
                ranked[field].append((rank, value))
    found = {field: [value for _, value in sorted(some, key=_RANK)] for field, some in ranked.items()}
    for inner in wrapped[:2]:
        # What the outer object says of itself (an id, a date) stands behind the inner one's word.
        for field, some in _sorted(inner, unwrap=False).items():
            found[field] = some + found[field]
    return found


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
        return None if len(value) <= _MISSING_CHARS + 8 and value.strip().lower() in _MISSING else value
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


def _joined(value: object) -> str | None:
    """A text, or a list of its paragraphs."""
    if not isinstance(value, list):
        return _string(value)
    return "\n".join(text for one in value if (text := _string(one)) is not None) or None
