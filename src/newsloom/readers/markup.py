"""Markup inside a text -> plain lines, all of it: for a body that a scraper cut out of its page already."""

import html
import re

from lxml import etree
from lxml.html import HtmlElement, document_fromstring

_TAG = re.compile(
    r"</?(?:p|div|br|h[1-6]|ul|ol|li|a|em|strong|b|i|span|article|section|blockquote|figure|img|table|td)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_PAGE = re.compile(r"\s*(?:<!doctype\s+html|<html\b|<head\b|<body\b)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
#: Elements that begin a new line.
_BLOCKS = frozenset(
    "address article aside blockquote body br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4"
    " h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
_SILENT = frozenset(("head", "script", "style", "noscript", "template", "iframe", "svg", "button", "select"))


def is_page(text: str) -> bool:
    """Whether this is a whole HTML page rather than a text with some tags in it."""
    return _PAGE.match(text[:2_000]) is not None


def plain(text: str) -> str:
    """``text`` with its tags and entities resolved, blocks on lines of their own; as it is without any."""
    if "<" in text and _TAG.search(text):
        return _without_tags(text)
    if "&" in text and _ENTITY.search(text):
        return html.unescape(text)
    return text


def _without_tags(text: str) -> str:
    try:
        root = document_fromstring(f"<div>{text}</div>")
    except (etree.LxmlError, ValueError):
        return html.unescape(_TAG.sub("\n", text))
    return "".join(_pieces(root))


def _pieces(root: HtmlElement) -> list[str]:
    pieces: list[str] = []
    silent = 0  # elements around this place that show nothing
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("start", "end"):
            name = element.tag
            if name in _SILENT:
                silent += 1 if event == "start" else -1
            if name in _BLOCKS:
                pieces.append("\n")
            if event == "start" and not silent and element.text:
                pieces.append(_flowing(element.text))
        if event != "start" and not silent and element.tail:
            pieces.append(_flowing(element.tail))
    return pieces


def _flowing(text: str) -> str:
    """Line ends in the source of a page are blanks on the screen."""
    return re.sub(r"\s*[\r\n]\s*", " ", text)
