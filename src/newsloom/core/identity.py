"""Ids: where an article comes from, which version of it this is, and its stories."""

import hashlib
import re

from newsloom.core.model import Article

#: What an address may begin with and lead to one page all the same.
_SAME_PAGE = re.compile(r"\Ahttps?://(?:www\.)?")


def _digest(kind: bytes, *parts: str) -> str:
    """16 hex digits; parts are kept apart, so that ("ab", "c") and ("a", "bc") differ."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=8, person=kind).hexdigest()


def tells_its_place(article: Article) -> bool:
    """Whether the article says itself where it comes from. Else it goes by its file, whose name may be used again."""
    return bool(article.url or (article.id and article.source))


def place_id(article: Article) -> str:
    """The article's place: its canonical URL, else its id at its source, else its path.

    A page is the same with ``http`` and with ``https``, with ``www.`` and without: one tool keeps the address that it
    asked for, another the one that it was led to. An id without a source is no more than a row number of some file, so
    it counts with the path.
    """
    if article.url:
        return _digest(b"place", "url", _SAME_PAGE.sub("https://", article.url))
    if article.id and article.source:
        return _digest(b"place", "id", article.source, article.id)
    member = (article.member,) if article.member else ()
    path = article.path or article.file
    return _digest(b"place", "path", path, *member, article.id or str(article.index))


def article_id(place: str, article: Article) -> str:
    """The article's version: its place and its content."""
    return _digest(b"article", place, article.title or "", article.text)


def story_id(article_key: str, part: int, language: str) -> str:
    """A part of a version, in one language: a line that may be in either goes by what its page claims, and two
    pages may claim different ones.
    """
    return _digest(b"story", article_key, str(part), language)
