"""What scrapers, APIs and formats call the fields of an article: the one table of names."""

from collections.abc import Iterable

#: Field of a Draft -> names it goes by, the best first, in lower case without ``_``, ``-`` and blanks.
#: news-please, newspaper4k, trafilatura, story-indexer, Event Registry, Scrapy items, schema.org, JSON Feed,
#: ninjs 1 to 3, the APIs of papers, of news engines and of what papers are written with, and tables of crawls. What
#: WordPress calls a date has no zone and is that of the paper; its ``date_gmt`` is UTC.
NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        "maintext", "articlebody", "text", "articletext", "fulltext", "bodytext", "plaintext",
        "contenttext", "textcontent", "body", "content", "article", "story", "paragraphs", "rawtext",
        "contenthtml", "bodymain", "bodies", "bodyhtml", "bodyxhtml", "bodyrichtext", "articlehtml",
        "cleanedtext", "postcontent", "markdown", "contentelements", "ocrtext", "transcript",
    ),
    "page": ("html", "rawhtml", "pagehtml"),
    "updates": ("liveblogupdate",),
    "summary": (
        "description", "summary", "abstract", "lead", "leadparagraph", "excerpt", "standfirst",
        "metadescription", "descriptiontext", "descriptionmain", "descriptions",
    ),
    "title": (
        "title", "headline", "articletitle", "heading", "headlinemain", "headlines", "titlepage", "titlerss",
        "webtitle", "posttitle", "name",
    ),
    "published": (
        "datepublish", "datepublished", "published", "publishedat", "publishdate", "publishedon", "pubdate",
        "publicationdate", "publisheddate", "publishedtime", "publishtime", "webpublicationdate",
        "publishingdate", "firstpublished", "firstpublishedat", "dategmt", "postdategmt", "datetimepub", "date", "datetime",
        "postdate", "firstcreated", "datecreated", "createdat", "created", "contentcreated", "versioncreated", "seendate",
        "createdontime", "publishedparsed", "uploaddate",
    ),
    "modified": (
        "datemodified", "modifiedgmt", "modified", "modifiedat", "modifieddate", "datemodify", "lastmodified",
        "updated", "updatedat", "dateupdated", "updatedparsed",
    ),
    "fetched": (
        "datedownload", "datedownloaded", "downloadedat", "downloaddate", "fetched", "fetchedat", "fetchdate", "fetchtime",
        "crawled", "crawledat", "crawldate", "crawltime", "datecrawled", "scraped", "scrapedat", "scrapedate",
        "scrapetime", "datescraped", "retrieved", "retrievedat", "retrieveddate", "dateretrieved", "accessdate", "warcdate",
        "indexeddate", "filedate", "epoch", "timestamp",
    ),
    "url": (
        "canonicallink", "canonicalurl", "canonical", "url", "link", "articleurl", "mainentityofpage", "@id",
        "permalink", "webpageurl", "originalurl", "finalurl", "weburl", "pageurl", "ogurl", "alternate", "uri", "source",
    ),
    "source": (
        "source", "sourcedomain", "sourcename", "canonicaldomain", "domain", "hostname", "sitename", "site",
        "sourcehostname", "publisher", "publication", "outlet", "provider", "newspaper", "sourceurl",
        "ispartof", "infosources", "copyrightholder", "homepageurl", "uploader",
    ),
    "language": ("language", "lang", "inlanguage", "metalang", "languagecode", "langcode", "humanlanguage"),
    "id": ("id", "articleid", "guid", "uuid", "identifier", "docid", "documentid", "uri", "urn"),
    "status": ("pubstatus",),
    "embargoed": ("embargoed",),
}  # fmt: skip
#: Any of these is something to read.
CONTENT = {"text", "title", "page", "summary"}
#: ninjs 1 lets anyone invent ``body_...``: such names come after those of the table.
PREFIXES = {"body_": "text", "headline_": "title", "description_": "summary"}

#: Name -> the fields that it may be, each with its place among the names of that field.
_PLACES: dict[str, list[tuple[str, int]]] = {}
for _field, _names in NAMES.items():
    for _rank, _name in enumerate(_names):
        _PLACES.setdefault(_name, []).append((_field, _rank))
_FOLD = str.maketrans("", "", "_- ")


def knows(names: Iterable[str]) -> set[str]:
    """The fields of a Draft that these names stand for."""
    return {field for name in names for field, _ in places(name)}


def places(name: str) -> list[tuple[str, int]]:
    """The fields that a name may stand for, each with its place among the names of that field, the best first."""
    lower = name.lower()
    found = _PLACES.get(lower.translate(_FOLD))
    if found is None:
        return [(field, 99) for prefix, field in PREFIXES.items() if lower.startswith(prefix)]
    return found
