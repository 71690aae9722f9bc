"""NewsML-G2: items alone, or several in a message; the text is HTML, NITF or plain inside an item."""

import math
from collections.abc import Iterator
from functools import partial

from lxml import etree

from newsloom.readers import dates, markup, nitf, values
from newsloom.readers.base import Draft, Format, Input, Pending, blamed
from newsloom.readers.markup import flat
from newsloom.readers.xmltree import children, descendants, given, language, parsed, rooted, said

_BESIDE = frozenset(("script", "style", "head", "figure", "aside", "table", "media"))


def read(file: Input) -> Iterator[Pending]:
    """Each ``newsItem`` with a text is an article; where none has one, each with a headline or caption.

    The pictures and packages of a message belong to its texts.
    """
    root = parsed(file)
    sent = said(root, "header", "sent")
    items = descendants(root, "newsitem")
    for item in [one for one in items if _contents(one)] or items:
        yield partial(_draft, item, sent)


@blamed("The news item")
def _draft(item: etree._Element, sent: str | None) -> Draft:
    stamps = (
        said(item, "itemmeta", "firstcreated"),
        said(item, "contentmeta", "contentcreated"),
        said(item, "itemmeta", "versioncreated"),
        sent,
    )
    outlets = (
        said(item, "itemmeta", "provider", "name"),
        given(item, "literal", "itemmeta", "provider"),
        (given(item, "qcode", "itemmeta", "provider") or "").rpartition(":")[2],
        said(item, "rightsinfo", "copyrightholder", "name"),
    )
    tag = given(item, "tag", "contentmeta", "language") or language(item)
    title = values.line(said(item, "contentmeta", "headline") or said(item, "itemmeta", "title") or "")
    guid = item.get("guid", "")
    return Draft(
        text=_text(item, title),
        summary=said(item, "contentmeta", "description"),
        title=title,
        url=values.url(guid),
        source=values.source(next(filter(None, outlets), "")),
        language=values.language(tag or ""),
        published_s=dates.best(map(dates.parse, stamps)),
        id=values.line(guid),
        status=given(item, "qcode", "itemmeta", "pubstatus") or given(item, "uri", "itemmeta", "pubstatus"),
        embargoed_s=_embargoed_s(item),
    )


def _embargoed_s(item: etree._Element) -> float | None:
    """When its embargo ends; an empty element is one until further notice."""
    if not children(item, "itemmeta", "embargoed"):
        return None
    told = said(item, "itemmeta", "embargoed")
    return dates.parse(told) if told else math.inf


def _contents(item: etree._Element) -> list[etree._Element]:
    """What holds text inside an item, in its order."""
    inline = [one for part in children(item, "contentset") for one in part]
    return [
        one
        for one in inline
        if markup.local(one) in ("inlinexml", "inlinedata")
        and (one.get("contenttype") or "text/").startswith(("text/", "application/nitf", "application/x"))
        and any(map(str.isalnum, "".join(one.itertext())))
    ]


def _text(item: etree._Element, title: str | None) -> str | None:
    for content in _contents(item):
        whole = descendants(content, "nitf")
        text = nitf.draft_of(whole[0]).text if whole else None
        if text is None:
            is_data = markup.local(content) == "inlinedata"
            text = markup.plain(content.text or "") if is_data else flat(content, silent=_BESIDE)
        lines = values.paragraphs(text).split("\n")
        if lines[0] == title:  # it stands above the text as well
            lines = lines[1:]
        if any(lines):
            return "\n".join(lines)
    return None


FORMAT = Format(
    "NewsML-G2",
    "its root element, newsMessage or newsItem",
    "each newsItem with a text",
    rooted("newsmessage", "newsitem"),
    read,
)
