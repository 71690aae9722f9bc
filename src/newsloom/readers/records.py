"""A record -> Draft, whole pages and XML in it taken apart, and the records that lie in another one."""

import re
from collections.abc import Mapping
from dataclasses import replace

from newsloom.errors import BadFile
from newsloom.readers import html, markup, nitf
from newsloom.readers.base import Draft, Limits
from newsloom.readers.fields import draft

#: Where an object that is no article itself keeps several: JSON Feed and Scrapy Cloud, Event Registry, the APIs
#: of news engines and papers, Elasticsearch, Ghost and WordPress.com, Bing, Diffbot, AP, Telegram, BLOX, Sanity.
_COLLECTIONS = (
    ("items",), ("articles", "results"), ("articles",), ("results",), ("hits", "hits"), ("stories",),
    ("entries",), ("news",), ("data",), ("documents",), ("response", "results"), ("response", "docs"), ("posts",),
    ("value",), ("objects",), ("data", "items"), ("data", "articles"), ("data", "posts"), ("messages",), ("assets",),
    ("rows",), ("result",),
)  # fmt: skip
#: How many of the objects in a list are asked whether they are articles.
_LOOKED_AT = 20
#: What the bytes of such an object hold somewhere.
COLLECTION = re.compile(
    rb'"(?:%s)"\s*:\s*\[' % b"|".join(sorted({names[-1].encode() for names in _COLLECTIONS}))
)


def drafted(record: Mapping[str, object], limits: Limits) -> Draft:
    """What a record says of its article. ``BadFile`` for a record that is plainly none, or costs too much."""
    if "$schema" in record and ("properties" in record or "$id" in record):
        raise BadFile("unsupported", "It is a JSON schema, not an article; submit what it describes.")
    found = replace(draft(record), record=record) if limits.keep_records else draft(record)
    if found.text and markup.is_xml(found.text):
        inner = nitf.inside(found.text, limits)
        return replace(found, text=None).over(inner)
    if found.text and not markup.is_page(found.text):
        return found
    whole = found.text or found.page
    return (
        replace(found, text=None).over(html.page(whole, limits, is_known=bool(found.title)))
        if whole
        else found
    )


def collected(record: Mapping[str, object]) -> list[Mapping[str, object]] | None:
    """The records that this one is only a wrapping of, or None if it is one itself."""
    if not record.get("items") and "jsonfeed.org" in str(record.get("version"))[:80]:
        return []
    for names in _COLLECTIONS:
        inner: object = record
        for name in names:
            inner = inner.get(name) if isinstance(inner, Mapping) else None
        if isinstance(inner, list) and inner and all(isinstance(one, Mapping) for one in inner):
            if draft(record).text is not None or not any(map(tells, inner[:_LOOKED_AT])):
                return None
            return inner
    return None


def tells(record: Mapping[str, object]) -> bool:
    """Whether there is anything in it that an article has."""
    found = draft(record)
    return any((found.text, found.page, found.summary, found.title))
