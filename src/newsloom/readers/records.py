"""A record -> Draft, whole pages and XML in it taken apart, and the records that lie in another one."""

import re
from collections.abc import Mapping
from dataclasses import replace

from newsloom.errors import BadFile
from newsloom.readers import html, markup, nitf, values
from newsloom.readers.base import Draft, Limits
from newsloom.readers.fields import draft, joined
from newsloom.readers.names import places

#: Where an object that is no article itself keeps several: JSON Feed and Scrapy Cloud, Event Registry, the APIs
#: of news engines and papers, Elasticsearch, Ghost and WordPress.com, Bing, Diffbot, AP, Telegram, BLOX, Sanity.
_COLLECTIONS = (
    ("items",), ("articles", "results"), ("articles",), ("results",), ("hits", "hits"), ("stories",),
    ("entries",), ("news",), ("data",), ("documents",), ("response", "results"), ("response", "docs"), ("posts",),
    ("value",), ("objects",), ("data", "items"), ("data", "articles"), ("data", "posts"), ("messages",), ("assets",),
    ("rows",), ("result",),
)  # fmt: skip
#: Words of a text that is no remark: a news brief has more, a line about its author fewer. Those on other things are told by name.
_LONG_WORDS = 40
_BESIDE = re.compile(
    r"bio|author|byline|right|licen[cs]e|terms|disclaimer|note|notice|keyword|tag|comment|prompt",
    re.IGNORECASE,
)
_STOP = re.compile(r"\w[.!?؟।](?:\s|$)|[。！？]")
#: Two letters of a script without blanks are one, about.
_WORD = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]{2}|[^\s\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+"
)
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
    if found.title and not (found.text or found.page or found.summary):
        _demand_no_text_elsewhere(record)
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


def _demand_no_text_elsewhere(record: Mapping[str, object]) -> None:
    """``BadFile`` for a record of a title alone that holds a text under a name that nobody knows: it would be lost."""
    unread = (
        (len(_WORD.findall(text)), name)
        for name, value in record.items()
        if not places(name) and not _BESIDE.search(name) and (text := joined(value)) and _STOP.search(text)
    )
    words, name = max(unread, default=(0, ""))
    if words >= _LONG_WORDS:
        raise BadFile(
            "no_text",
            f"Only its title has a known name; rename “{values.line(name)}”, which holds {words:,} words, to text. See "
            "`newsloom formats`.",
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
