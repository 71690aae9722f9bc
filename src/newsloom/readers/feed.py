"""RSS 0.9 to 2.0 and Atom: feedparser reads the feed, each item is an article."""

import calendar
import html
import re
from collections.abc import Iterator, Mapping
from functools import partial
from io import BytesIO
from typing import Any

import feedparser

from newsloom.errors import BadFile
from newsloom.readers import dates, markup, values
from newsloom.readers.base import Draft, Format, Input, Limits, Pending, blamed, oversized
from newsloom.readers.xmltree import rooted, text_of

#: What the text is handed over in, whatever it came in.
_UTF8 = {"content-type": "application/xml; charset=utf-8"}
#: What is said of a picture. Feedparser takes it for what is said of the item, unless it has another name.
_CAPTION = re.compile(r"(</?media):description\b[^<>]*?(/?>)", re.IGNORECASE)
#: The line that WordPress sites put below each text: a link to it, and one to the site.
_LINK = r"""<a\b(?>[^<>]*?\bhref=["']([^<>"']++)["'])[^<>]*+>[^<>]*+</a>"""
_FOOT = re.compile(rf"<p>[^<>]*+{_LINK}[^<>]*+{_LINK}[^<>]*+</p>\s*\Z")
_FOOT_CHARS = 4_000
#: What feedparser calls the times of an item, the most trustworthy first.
_DATES = ("published", "created", "updated")
#: What an export of WordPress holds beside posts, pages and what a site has invented: files, menus, styles, old versions.
_NO_ARTICLES = frozenset(
    (
        "attachment", "nav_menu_item", "revision", "custom_css", "customize_changeset", "oembed_cache", "user_request",
        "wp_block", "wp_template", "wp_template_part", "wp_global_styles", "wp_navigation", "wp_font_family", "wp_font_face",
    )
)  # fmt: skip
_UNPUBLISHED = frozenset(("draft", "auto-draft", "pending", "trash"))
#: What Blogger calls an entry of its export begins so, be it a post, a page, a comment, a setting or a template.
_KIND = "http://schemas.google.com/blogger/2008/kind#"
_KINDS = (f"{_KIND}post", f"{_KIND}page")
_ITEM_END = re.compile(r"</(?:\w{1,20}:)?(?:item|entry)\s*>", re.IGNORECASE)
_END = re.compile(r"</(?:\w{1,20}:)?(?:rss|rdf|feed)\s*>", re.IGNORECASE)


def read(file: Input) -> Iterator[Pending]:
    """The items in their order. Of a feed that is cut short, the last one is told to be so.

    What WordPress and Blogger export beside what was published is not an article, and is not counted.
    """
    text = _CAPTION.sub(r"\1:caption\2", text_of(file))
    with blamed("The feed"):
        # From a stream: a string might be taken for an address or a path.
        feed: Any = feedparser.parse(
            BytesIO(text.encode()), response_headers=_UTF8, sanitize_html=False, resolve_relative_uris=False
        )
        entries = list(feed.entries)
    cut = bool(feed.bozo) and _END.search(text[-2_000:]) is None
    if cut and len(_ITEM_END.findall(text)) < len(entries):
        entries.pop()  # it breaks off somewhere in its text
    for entry in entries:
        if _is_article(entry):
            yield partial(_draft, entry, feed.feed, file.limits)
    if cut:
        raise BadFile(
            "truncated", "The feed is cut short; everything before the cut was read. Copy it again."
        )


def _is_article(entry: Any) -> bool:
    terms = [str(tag.get("term")) for tag in entry.get("tags", ())]
    return (
        entry.get("wp_post_type") not in _NO_ARTICLES
        and entry.get("wp_status") not in _UNPUBLISHED
        and all(term in _KINDS for term in terms if term.startswith(_KIND))
    )


@blamed("The item")
def _draft(entry: Any, around: Any, limits: Limits) -> Draft:
    contents = [one.get("value", "") for one in entry.get("content", ()) if _is_text(one)]
    contents.append(entry.get("summary", ""))
    if not any(contents):
        contents.append(entry.get("media_caption", ""))
    if max(map(len, contents)) > limits.max_article_bytes:
        raise oversized(limits.max_article_bytes, "item")
    # The whole text where the feed has it, which is the longer one.
    text = max((markup.plain(_footless(one, entry, around)) for one in contents), key=len)
    tag = entry.get("title_detail", {}).get("language") or around.get("language", "") or ""
    language = values.language(tag)
    # By way of dict, for asked itself an entry gives one date for another.
    told = {name: dict.get(entry, name) for name in _DATES}
    published_s = dates.best(_stamps(entry, told, language))
    links = [entry.get("feedburner_origlink", ""), entry.get("link", ""), entry.get("id", "")]
    return Draft(
        text=text if text.strip() else None,
        title=values.line(markup.plain(entry.get("title", ""))),
        url=next(filter(None, map(values.url, links)), None),
        source=_outlet(entry, around),
        language=language,
        country=values.country(tag),
        published_s=published_s,
        day_first_s=dates.swapped(list(told.values()), language),
        unread_date=dates.unread(list(told.values()), language) if published_s is None else None,
        id=values.line(entry.get("id", "")),
    )


def _footless(text: str, entry: Any, around: Any) -> str:
    """A text without what says that it is from its own page of this very site, in whatever language."""
    foot = _FOOT.search(text, max(0, len(text) - _FOOT_CHARS))
    if foot is None:
        return text
    page, site = map(html.unescape, foot.groups())
    # Where one of them is no address of its own there is nothing to compare.
    address, home = values.url(entry.get("link", "")), values.host(around.get("link", ""))
    own = address and home and (values.url(page), values.host(site)) == (address, home)
    return text[: foot.start()] if own else text


def _is_text(content: Any) -> bool:
    return str(content.get("type", "text/")).startswith(("text/", "application/xhtml"))


def _stamps(entry: Any, told: Mapping[str, object], language: str | None) -> Iterator[float | None]:
    for name, one in told.items():
        # Our reading knows the zones by name; feedparser's knows the dates of more languages.
        yield dates.parse(one, language)
        parts = dict.get(entry, f"{name}_parsed")
        yield None if parts is None else float(calendar.timegm(parts))


def _outlet(entry: Any, around: Any) -> str | None:
    """The paper that the item is from: by its own address, else the feed's."""
    origin = entry.get("source", {})
    named = (
        origin.get("href", ""),
        entry.get("feedburner_origlink", ""),
        entry.get("link", ""),
        around.get("link", ""),
    )
    return next(filter(None, map(values.host, named)), None) or values.line(around.get("title", ""))


FORMAT = Format(
    "RSS, Atom",
    "its root element: rss, RDF or feed",
    "each item or entry; of an export of WordPress each post, page and kind of its own",
    rooted("rss", "rdf", "feed"),
    read,
)
