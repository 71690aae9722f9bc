"""JSON-LD: what a page tells machines of its article."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import replace

import orjson
from lxml import etree
from lxml.html import HtmlElement

from newsloom.readers import dates, values
from newsloom.readers.base import Draft
from newsloom.readers.fields import draft

_LD = etree.XPath('//script[contains(@type, "ld+json")]')
_ARTICLE_TYPE = re.compile(r"\w*(?:article|posting|report)", re.IGNORECASE)
#: A comma behind the last of a list, outside of strings, where JSON has none.
_LAST_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+"?)|,(?=\s*+[]}])', re.DOTALL)


def said(tree: HtmlElement) -> tuple[Draft, str | None, Collection[str]]:
    """What JSON-LD says of the page's article (of the page itself only the time), the text of a live blog, and all types.

    The scripts are written anew on the way: on JSON that does not parse, trafilatura falls back to regular
    expressions whose time grows with the square of their input.
    """
    found, live, stamps = Draft(), None, []
    types: set[str] = set()
    for script in _LD(tree):
        try:
            data = _parsed(script.text or "")
            script.text = orjson.dumps(_shortened(data)).decode()
        except (ValueError, TypeError, RecursionError):
            script.text = None
            continue
        for node in _nodes(data):
            kinds = node.get("@type")
            kinds = [
                kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)
            ]
            types.update(kinds)
            if any(map(_ARTICLE_TYPE.fullmatch, kinds)):
                one = draft(node)
                found = found.over(one)
                stamps.append(one.published_s)
                live = live or (one.text if "LiveBlogPosting" in kinds else None)
            elif "WebPage" in kinds:
                stamps.append(dates.parse(node.get("datePublished")))
    # An identifier there is a number that means something to the outlet's own system only.
    return replace(found, id=None, published_s=dates.best(stamps)), live, types


def _parsed(text: str) -> object:
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return json.loads(_LAST_COMMA.sub(r"\1", text), strict=False)


def _shortened(data: object, name: str = "") -> object:
    """Cut to the length of a title or an address, all but the text of the article: see ``html``."""
    if isinstance(data, str):
        return data if name == "articleBody" else data[: values.MAX_LINE_CHARS]
    if isinstance(data, dict):
        return {key[: values.MAX_LINE_CHARS]: _shortened(value, key) for key, value in data.items()}
    return [_shortened(one) for one in data] if isinstance(data, list) else data


def _nodes(data: object) -> Iterator[dict[str, object]]:
    """Objects at the top, in lists and in graphs."""
    for one in data[:50] if isinstance(data, list) else [data]:
        if isinstance(one, dict):
            yield one
            graph = one.get("@graph")
            if isinstance(graph, list):
                yield from (node for node in graph[:50] if isinstance(node, dict))
