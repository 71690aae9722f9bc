"""Ids: where an article comes from, which version of it this is, and its stories."""

import hashlib
import re
from urllib.parse import quote, unquote, unquote_to_bytes

from newsloom.core.model import Article

#: What stands before the host of a page in the caches that serve it to telephones.
_CACHE = re.compile(
    r"\Ahttps?://(?:[\w-]+\.cdn\.ampproject\.org/[acv]/(?:s/)?|(?:www\.)?google\.[a-z.]{2,6}/amp/(?:s/)?)"
)
#: What an address may begin with, hold among its parameters and end with, and lead to one page all the same.
_FRONT = re.compile(r"\A(?:https?://)?(?:(?:www|m|mobile|amp)\.(?=[^/?#]+\.))?([^/?#]*)(?:/amp(?=/[^/?#]))?")
_FOR_TELEPHONES = re.compile(r"amp(?:=.{0,4})?|outputtype=amp|outputtype=mobile", re.IGNORECASE)
_BACK = re.compile(r"(?<=[^/])(?:/+amp)?/*\Z|\.amp(?=(?:\.html?)?\Z)", re.IGNORECASE)

_HOST = re.compile(r"\A((?:https?://)?)([^/?#]*)")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_ALL_ASCII = "".join(map(chr, range(128)))

#: Ids that whoever gives them owns, and nobody else does (RFC 8141, RFC 4151): those of agencies' items and of feeds' entries.
_UNIQUE = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:\S+|tag:[^\s,]+,\d{4}(?:-\d\d){0,2}:\S+", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+(?:\.0)?")  #: of a row, as tables have it that once held an empty cell


def _digest(kind: bytes, *parts: str) -> str:
    """16 hex digits; parts are kept apart, so that ("ab", "c") and ("a", "bc") differ."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=8, person=kind).hexdigest()


def tells_its_place(article: Article) -> bool:
    """Whether the article says itself where it comes from.

    Else it goes by its file, whose name may be used again, or by a number, which may be that of a row: tables of one
    outlet, a year in each, count anew.
    """
    if article.url or _is_unique(article.id):
        return True
    return bool(article.id and article.source and not _NUMBER.fullmatch(article.id))


def place_id(article: Article) -> str:
    """The article's place: its canonical URL, else its id, at its source or unique by itself, else its path.

    Any other id without a source is no more than a row number of some file, so it counts with the path.
    """
    if article.url:
        return _digest(b"place", "url", _page(article.url))
    if article.id and _is_unique(article.id):
        return _digest(b"place", "id", article.id)
    if article.id and article.source:
        return _digest(b"place", "id", article.source, article.id)
    member = (article.member,) if article.member else ()
    path = article.path or article.file
    return _digest(b"place", "path", path, *member, article.id or str(article.index))


def _is_unique(told: str | None) -> bool:
    return bool(told and _UNIQUE.fullmatch(told))


def _page(url: str) -> str:
    """One form for all addresses that lead to one page.

    With ``http`` and with ``https``, with ``www.`` and without, with a slash at its end and without: one tool keeps the
    address that it asked for, another the one that it was led to. And a feed links to the page for telephones or to its
    AMP, ``m.``, ``amp.``, ``/amp``, which tells what the page tells. Letters beyond ASCII are escaped, or not.
    """
    path, _, query = _FRONT.sub(r"\1", _in_ascii(_CACHE.sub("", url))).partition("?")
    wanted = [pair for pair in query.split("&") if pair and not _FOR_TELEPHONES.fullmatch(pair)]
    return "https://" + _BACK.sub("", path) + ("?" + "&".join(wanted) if wanted else "")


def _in_ascii(url: str) -> str:
    """As programs send it (RFC 3987, 3.1; RFC 3986, 6.2.2): the host in Punycode, the rest escaped where it must be."""
    if url.isascii() and "%" not in url:
        return url
    escaped = quote(_HOST.sub(_punycode, url, count=1), safe=_ALL_ASCII, errors="surrogatepass")
    return _ESCAPE.sub(lambda found: quote(unquote_to_bytes(found[0]), safe=""), escaped)


def _punycode(front: re.Match[str]) -> str:
    try:
        return front[1] + unquote(front[2], errors="strict").encode("idna").decode("ascii")
    except UnicodeError:  # no host, or none that there can be
        return front[0]


def article_id(place: str, article: Article) -> str:
    """The article's version: its place and its content."""
    return _digest(b"article", place, article.title or "", article.text)


def file_id(path: str, start: int) -> str:
    """A file, or the part of it that begins at a record."""
    return _digest(b"file", path, str(start))


def story_id(article_key: str, part: int, language: str) -> str:
    """A part of a version, in one language: a line that may be in either goes by what its page claims, and two
    pages may claim different ones.
    """
    return _digest(b"story", article_key, str(part), language)
