"""TEI: what trafilatura and corpora write; a header that describes, a body of paragraphs."""

import re
from collections.abc import Iterator
from functools import partial

from lxml import etree

from newsloom.readers import dates, values
from newsloom.readers.base import Draft, Format, Input, Pending, blamed
from newsloom.readers.markup import flat_all
from newsloom.readers.xmltree import children, descendants, given, language, parsed, rooted, said

#: trafilatura writes an outlet's name, and its host behind it.
_OUTLET = re.compile(r"[^()]*\(([\w-]+(?:\.[\w-]+)+)\)")
_BESIDE = frozenset(("note", "figure", "graphic", "table", "fw", "byline", "dateline"))


def read(file: Input) -> Iterator[Pending]:
    """Each ``TEI`` element, of a corpus or alone, is an article."""
    root = parsed(file)
    for text in descendants(root, "tei", "tei.2"):
        yield partial(_draft, text)


@blamed("The document")
def _draft(root: etree._Element) -> Draft:
    described = [one for name in ("filedesc", "profiledesc") for one in children(root, "teiheader", name)]
    stamps = [
        one.get("when") or said(one)
        for part in described
        for one in descendants(part, "date")
        if _is_date(one)
    ]
    fetched = [said(one) for part in described for one in descendants(part, "date") if not _is_date(one)]
    addresses = [one.get("target", "") for part in described for one in descendants(part, "ptr", "ref")]
    outlets = [said(one) for part in described for one in descendants(part, "publisher")]
    named = [one for part in described for one in descendants(part, "idno")]
    ids = [said(one) for one in named if one.get("type") != "fingerprint"]
    url = next(filter(None, map(values.url, addresses)), None)
    return Draft(
        text=_text(root),
        summary=said(root, "teiheader", "profiledesc", "abstract"),
        title=values.line(said(root, "teiheader", "filedesc", "titlestmt", "title") or ""),
        url=url,
        # The name of a site may be a guess of trafilatura's.
        source=values.host(url) if url else _outlet(next(filter(None, outlets), "")),
        language=values.language(
            given(root, "ident", "teiheader", "profiledesc", "langusage", "language") or language(root) or ""
        ),
        published_s=dates.best(map(dates.parse, stamps)),
        fetched_s=dates.fetched(fetched),
        id=values.line(next(filter(None, ids), "")),
    )


def _outlet(name: str) -> str | None:
    hosted = _OUTLET.fullmatch(name)
    return values.source(hosted[1] if hosted else name)


def _is_date(element: etree._Element) -> bool:
    """Not when the file was fetched."""
    return element.get("type") not in ("download", "access")


def _text(root: etree._Element) -> str | None:
    """Of the body, without the comments of readers."""
    parts = (
        part
        for body in children(root, "text", "body")
        for part in (children(body, "div") or [body])
        if part.get("type") != "comments"
    )
    return flat_all(parts, silent=_BESIDE)


FORMAT = Format(
    "TEI",
    "its root element, TEI or teiCorpus",
    "each TEI element",
    rooted("tei", "tei.2", "teicorpus"),
    read,
)
