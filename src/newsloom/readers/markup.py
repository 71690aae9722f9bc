"""Markup inside a text, HTML or Markdown -> plain lines, all of it: for a body that was cut out of its page already."""

import html
import re
from collections.abc import Iterable

from lxml import etree
from lxml.html import document_fromstring
from markdown_it import MarkdownIt

#: The tags that are left in texts, by which markup is told: those that stand on lines of their own, and those in a line.
_APART = "p|div|br|h[1-6]|ul|ol|li|article|section|blockquote|figure|table|td|tr|th|main|header|footer|pre|center|hr"
_WITHIN = "a|em|strong|b|i|span|img|sup|sub|u|small|code|font"
_TAG = re.compile(rf"</?(?:{_APART}|{_WITHIN})\b[^<>]{{0,2000}}>", re.IGNORECASE)
#: Any of these says where paragraphs end; where there is none, line ends do.
_BLOCK_TAG = re.compile(rf"</?(?:{_APART})\b", re.IGNORECASE)
#: A tag, which may have line ends of its own, or the end of a line.
_LINE_END = re.compile(r"(<[^<>]*>)|\r\n|\r|\n")
#: A line end and the white space around it, begun where that does: a run of blanks would cost its square.
_SOFT_END = re.compile(r"(?<![^\S\r\n])[^\S\r\n]*+[\r\n]\s*+")
# Markdown, as crawlers that feed language models write it, is told by its links and pictures: what else marks it hardly
# stands in the way of a word. A line end stays one: much of it has a paragraph a line.
_MARKDOWN = re.compile(
    r"\]\(\s?<?(?:https?:/|[/#.?]|data:|mailto:)|^ {0,3}\[[^\]\n]+\]: +https?:/", re.IGNORECASE | re.MULTILINE
)
_MARKDOWN_CHARS = 1_000_000  #: of a longer text it stays as it is: rendering it costs some 20 s
_RENDER = MarkdownIt("commonmark", {"breaks": True}).enable("table").render
_PAGE = re.compile(r"\s*(?:<!doctype\s+html|<html\b|<head\b)", re.IGNORECASE)
_XML = re.compile(r"\s*(?:<\?xml\b(?!.{0,1000}?<html\b)|<nitf\b)", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
#: Elements that begin a new line: of HTML, then of NITF, TEI and trafilatura's own XML.
_BLOCKS = frozenset(
    "address article aside blockquote body br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4"
    " h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul"
    " abstract block bq credit fn hedline hl1 hl2 hr nitf-table note pre quote"
    " ab head item lb list row cell sp speaker stage lg l trailer".split()
)
_SILENT = frozenset(("script", "style", "noscript", "template", "iframe", "svg", "button", "select"))


def is_xml(text: str) -> bool:
    """Whether this is an XML document, NITF most likely."""
    return _XML.match(text[:2_000]) is not None


def is_page(text: str) -> bool:
    """Whether this is a whole HTML page rather than a text with some tags in it."""
    return _PAGE.match(text[:2_000]) is not None


def plain(text: str) -> str:
    """``text`` with its tags, entities and Markdown resolved, blocks on lines of their own; as it is without any.

    Of a text with no block in it, but with an emphasis or a link that was left, the lines stay as they are.
    """
    if len(text) <= _MARKDOWN_CHARS and _MARKDOWN.search(text):
        return _without_tags(_RENDER(text))
    if "<" in text and _TAG.search(text):
        return _without_tags(text if _BLOCK_TAG.search(text) else _LINE_END.sub(_broken, text))
    if "&" in text and _ENTITY.search(text):
        return html.unescape(text)
    return text


def _broken(found: re.Match[str]) -> str:
    return found[1] or "<br>"


def _without_tags(text: str) -> str:
    try:
        root = document_fromstring(f"<div>{text}</div>")
    except (etree.LxmlError, ValueError):
        return html.unescape(_TAG.sub("\n", text))
    return flat(root, silent=_SILENT | {"head"})


def flat(root: etree._Element, *, silent: frozenset[str] = _SILENT) -> str:
    """All text under ``root``, blocks on lines of their own, without what stands in ``silent`` elements.

    Elements go by their local names, so HTML and XML of any namespace will do.
    """
    pieces: list[str] = []
    hushed = 0  # silent elements around this place
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("start", "end"):
            name = local(element)
            if name in silent:
                hushed += 1 if event == "start" else -1
            if name in _BLOCKS:
                pieces.append("\n")
            if event == "start" and not hushed and element.text:
                pieces.append(_flowing(element.text))
        if event != "start" and not hushed and element.tail and element is not root:
            pieces.append(_flowing(element.tail))
    return "".join(pieces)


def flat_all(roots: Iterable[etree._Element], *, silent: frozenset[str]) -> str | None:
    """The same of several elements, one below the other; None where there is no text in any."""
    text = "\n".join(flat(root, silent=silent) for root in roots)
    return text if text.strip() else None


def local(element: etree._Element) -> str:
    """The name of an element in lower case, without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _flowing(text: str) -> str:
    """Line ends in the source of a page are blanks on the screen."""
    return _SOFT_END.sub(" ", text)
