"""HTML: trafilatura finds the article in the page; what the page declares of itself comes first."""

import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import Any

import trafilatura
from lxml import etree
from lxml.html import HtmlElement

from newsloom.errors import BadFile
from newsloom.readers import around, jsonld, listing, published, refusal, values
from newsloom.readers.base import Draft, Format, Input, Limits, Pending, blamed
from newsloom.readers.charset import decode
from newsloom.readers.fields import draft
from newsloom.readers.markup import flat
from newsloom.readers.notices import is_notice, without_banners
from newsloom.readers.xmltree import bound_attributes

_START = re.compile(
    rb"\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*+<(?:!doctype\s+html|html|head|body|title|meta|div|p|article|section|main"
    rb"|h[1-6]|table|span|script|link|br|a)\b",
    re.IGNORECASE | re.DOTALL,
)
_FRAME = re.compile(r"<html\b", re.IGNORECASE)
_BLOCK = re.compile(rb"</p>|<p\b[^<>]*>|<br\s*/?>|</div>", re.IGNORECASE)
_CHARSET = re.compile(
    rb"""<(?:meta\b[^<>]*?\bcharset|\?xml\b[^<>]*?\bencoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)

#: How a page has the joiners that Persian, Indian scripts and emoji are written with, and what stands in for them: vowels of
#: Khmer that nobody writes.
_JOINED = ("\u200c", "\u200d", "&zw", "&#820", "&#x200", "&#X200")
_STAND_INS = str.maketrans("\u200c\u200d", "\u17b4\u17b5")
_JOINERS = str.maketrans("\u17b4\u17b5", "\u200c\u200d")

_MAIN_ARTICLE, _ARTICLE = etree.XPath("//main//article"), etree.XPath("//article")
#: Characters of a text that may be filled up, and of the article in it.
_SHORT_CHARS, _LEAST_CHARS = 1_000, 40
_ITEM = etree.XPath('//*[contains(@itemtype, "schema.org/") and contains(@itemtype, "Article")]')
_PROPERTIES = etree.XPath(
    './/*[@itemprop="headline" or @itemprop="datePublished" or @itemprop="inLanguage" or @itemprop="articleBody"'
    ' or @itemprop="url" or @itemprop="mainEntityOfPage"]'
)
_LANGUAGES = etree.XPath(
    '/html/@lang | /html/@*[name()="xml:lang"] | //meta[@property="og:locale"]/@content'
    ' | //meta[translate(@http-equiv, "CL", "cl")="content-language"]/@content'
)
#: Pages that trafilatura wrote, which hold a fingerprint, have a name of their own for it. Elsewhere it may be anything.
_LINKS = etree.XPath(
    '//link[@rel="canonical"]/@href | //meta[@property="og:url"]/@content'
    ' | //meta[@name="url" and ../meta[@name="fingerprint"]]/@content'
)
#: Where a page sends whoever opens it, and after how long; a browser that runs scripts heeds no ``noscript``.
_REFRESH = etree.XPath(
    '//meta[translate(@http-equiv, "REFSH", "refsh")="refresh" and not(ancestor::noscript)]/@content'
)
#: Within seconds; a front page that loads itself again waits for minutes.
_AT_ONCE = re.compile(r"\s*\d(?:\.\d*)?\s*[;,]\s*url\s*=", re.IGNORECASE)


def sniff(file: Input) -> bool:
    if _START.match(file.head[:8_192]):
        return True
    if file.name.endswith((".html", ".htm", ".xhtml")) and re.search(rb"<[a-zA-Z]+[^<>]*>", file.head):
        return not file.head.lstrip().startswith(b"<?xml")
    return file.head[:1] not in (b"{", b"[") and len(_BLOCK.findall(file.head[:8_192])) >= 4


def read(file: Input) -> Iterator[Pending]:
    yield partial(drafted, file.whole, file.limits)


def drafted(whole: Callable[[], bytes], limits: Limits, charset: str | None = None) -> Draft:
    """The article of a page; ``charset`` as told beside it, by HTTP headers. ``BadFile`` where it has none."""
    data = whole()
    declared = _CHARSET.search(data[:4_096])
    # Browsers skip NULs in a page, and so do we; a file full of them is told apart by the sniffing.
    text = decode(data.replace(b"\0", b""), charset or (declared and declared[1].decode("ascii")))
    found = page(text, limits)
    if not found.text:
        refusal.check(found.title, found.title or "")
        raise BadFile("no_text", "The page contains no article text; submit the page of an article.")
    return found


def page(text: str, limits: Limits, *, is_known: bool = False) -> Draft:
    """The article of a page; its text is None where the page has none. ``BadFile`` if it costs too much, only leads to another page, or is not an article.

    ``is_known`` is whether something beside the page says that it is an article.
    """
    bound_attributes(text)
    with blamed("The page"):
        tree = trafilatura.load_html(
            text if _FRAME.search(text[:8_192]) else f"<html><body>{text}</body></html>"
        )
    if tree is None:
        return Draft()
    # trafilatura takes some 0.1 ms for each; pages of newspapers have 500 to 10,000.
    if sum(1 for _ in tree.iter()) > limits.max_elements:
        raise BadFile(
            "too_large", f"The page has more than {limits.max_elements:,} elements; submit a single article."
        )
    if any(map(_AT_ONCE.match, _REFRESH(tree))):
        raise BadFile("no_text", "The page only redirects to another one; submit its target.")
    with blamed("The page"):
        marked = _microdata(tree)
        _shorten(tree)
        declared, live, kinds = jsonld.said(tree)
        linked = declared.over(marked)
        addresses = list(map(str, _LINKS(tree)))
        said = _declared(tree, linked, addresses)
        said = published.dated(tree, said, linked, text)
        found = _joined(tree) if any(mark in text for mark in _JOINED) else _extracted(tree)
        told = without_banners(found.text or "")
        # Of a short article trafilatura may see nothing beside a banner that asks for consent to cookies.
        is_covered = told != (found.text or "") and all(map(is_notice, around.own(tree, told)))
        found = replace(found, text=None if is_covered else told or None)
        if found.text and len(found.text) <= _SHORT_CHARS:
            found = replace(found, text=_inside(found.text, _article_element(tree)))
        # Of a live blog a page may hold the latest updates only, or none: a script loads the others.
        if live and len(live) > len(found.text or ""):
            found = replace(found, text=live)
        is_article = listing.is_said(tree) or any((linked.title, linked.url, linked.text))
        if not is_article or is_covered:
            flash = refusal.check_page(
                tree, found.title, found.text or "", kinds, addresses, is_known=is_known
            )
            if flash:
                found = replace(found, title=flash.headline, text=flash.text)
    return said.over(found).over(linked)


def _article_element(tree: HtmlElement) -> str:
    """What stands in the one element that a page has for its article; empty where it has none, or several."""
    elements = _MAIN_ARTICLE(tree) or _ARTICLE(tree)
    return flat(elements[0]) if len(elements) == 1 else ""


def _inside(text: str, article: str) -> str:
    """A short text without the lines that stand outside the element of the article; without such an element, the text as it is.

    Where it holds a paragraph or two, trafilatura takes it for too little, and menus and other news with it, or for it; and
    the headline may come after the first of them.
    """
    if len(article) < _LEAST_CHARS:
        return text
    whole = " ".join(article.split())
    kept = [line for line in text.split("\n") if " ".join(line.split()) in whole]
    first = next((line for line in values.paragraphs(article).split("\n") if line in kept), None)
    if first:
        kept.remove(first)
        kept.insert(0, first)
    return "\n".join(kept) if sum(map(len, kept)) >= _LEAST_CHARS else values.paragraphs(article)


def _shorten(tree: HtmlElement) -> None:
    """Cut attributes to the length of a title or an address.

    trafilatura and htmldate search it with regular expressions whose time grows with the square of it.
    """
    for element in tree.iter(etree.Element):
        for name, value in element.items():
            if len(value) > values.MAX_LINE_CHARS:
                element.set(name, value[: values.MAX_LINE_CHARS])


def _joined(tree: HtmlElement) -> Draft:
    """The article with its joiners, which trafilatura drops with all that Python does not print."""
    tree = deepcopy(tree)
    for element in tree.iter():
        element.text = element.text and element.text.translate(_STAND_INS)
        element.tail = element.tail and element.tail.translate(_STAND_INS)
    for element in tree.iter(etree.Element):
        for name, value in element.items():
            element.set(name, value.translate(_STAND_INS))
    found = _extracted(tree)
    return replace(
        found,
        text=found.text and found.text.translate(_JOINERS),
        title=found.title and found.title.translate(_JOINERS),
        source=found.source and found.source.translate(_JOINERS),
    )


def _extracted(tree: HtmlElement) -> Draft:
    """The article as trafilatura sees it. It fetches nothing: it is given a tree, not an address."""
    found: Any = trafilatura.bare_extraction(
        tree,
        include_comments=False,
        with_metadata=True,
        # The thorough search for a date takes longer than the rest together: only where nothing else helps.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None:
        return Draft()
    return Draft(
        text=values.paragraphs(found.text or "") or None,
        title=values.line(found.title or ""),
        url=values.url(found.url or ""),
        source=values.source(found.hostname or found.sitename or ""),
    )


def _declared(tree: HtmlElement, linked: Draft, addresses: Sequence[str]) -> Draft:
    """What the page says of itself in its head."""
    links = [address for link in addresses if (address := values.url(link))]
    tags = _LANGUAGES(tree)
    return Draft(
        title=linked.title,
        url=links[0] if links else None,
        # The address is the same in every format that an outlet is scraped in; its name is not.
        source=values.host(links[0]) if links else None,
        language=next(filter(None, map(values.language, tags)), linked.language),
        country=next(filter(None, map(values.country, tags)), linked.country),
    )


def _microdata(tree: HtmlElement) -> Draft:
    """What the first article says of itself in attributes of its elements."""
    scope = next(iter(_ITEM(tree)), None)
    if scope is None:
        return Draft()
    said: dict[str, object] = {}
    for element in _PROPERTIES(scope)[:200]:
        value = next(filter(None, map(element.get, ("content", "datetime", "href"))), None) or flat(element)
        said.setdefault(element.get("itemprop"), value)
    return replace(draft(said), id=None)


FORMAT = Format(
    "HTML, XHTML",
    "markup",
    "the page: text by trafilatura; date, title, address and language from JSON-LD, OpenGraph, microdata, meta",
    sniff,
    read,
)
