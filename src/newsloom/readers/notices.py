"""What a site says for itself: walls in front of its articles, errors, and pages about the site.

The wordings are data, by language, in ``notices.json``: ``walls`` and ``pages`` are whole headings, ``said`` how the sentences
below them begin, ``consents`` how those begin that ask for consent. None of them condemns a text alone: news may be headed
so, and tells something then.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from itertools import chain
from typing import NamedTuple

from newsloom.core.forms import fold
from newsloom.core.furniture import is_furniture
from newsloom.core.text import word_count

#: Words from which on a headline tells something by itself: behind a paywall there is nothing else.
HEADLINE_WORDS = 3
#: Words of a sentence, and of all sentences together, from which on something is told below such a heading.
_SENTENCE_WORDS, _TOLD_WORDS = 9, 20

_END = re.compile(r"(?<=\w\w)\s?[.!?…؟।]+(?:\s+|$)|[。！？]")
#: The name of a site behind a heading; behind a dash there may be news as well.
_SITE = re.compile(r"\s*\|.{1,60}|(?P<dash>\s[-–—·•]\s).{1,40}")
_EDGES = re.compile(r"^\W+|\W+$")
_MARKS = str.maketrans({"’": "'", "‘": "'", "\xa0": " "})
#: The number of an answer of HTTP, or of a site's guard, which stands before or behind what it means.
_STATUS = re.compile(r"(?<![\d.,])(?:error )?(?:code )?(?:4\d\d|5[0-3]\d|(?<=error )1\d\d\d)(?![\d.,]?\d)")
#: How many partners it is that a site shares with.
_COUNT = re.compile(r"\d[\d.,]* ?")


class Notice(NamedTuple):
    """What a site says, in place of an article."""

    said: str  #: to quote it
    is_wall: bool  #: whether an article may stand behind it


class _Wordings(NamedTuple):
    walls: frozenset[str]
    pages: frozenset[str]
    consents: tuple[str, ...]
    said: tuple[str, ...]  #: those too


@cache
def _wordings() -> _Wordings:
    data = json.loads(resources.files(__package__).joinpath("notices.json").read_text(encoding="utf-8"))
    walls, pages, consents, said = (
        list(chain.from_iterable(data[kind].values())) for kind in ("walls", "pages", "consents", "said")
    )
    return _Wordings(
        walls=frozenset(map(_plain, walls)),
        pages=frozenset(map(_plain, pages)),
        consents=tuple(map(_lower, consents)),
        said=tuple(map(_lower, (*consents, *said))),
    )


def notice(title: str | None, text: str, *, is_walled: bool = False) -> Notice | None:
    """What a site says for itself where its text tells nothing else; None of what may be an article.

    ``is_walled`` is whether a page asks for a password or for proof of being human, which an article's may do as well.
    """
    lines = list(dict.fromkeys(filter(None, [title and title.strip(), *map(str.strip, text.split("\n"))])))
    if is_headline(title):
        return _banner(lines[1:])
    counts = _counts(lines)
    if not lines or sum(counts) >= _TOLD_WORDS or max(counts, default=0) >= _SENTENCE_WORDS:
        return None
    for line in lines[:2] if title else lines[:1]:
        # Behind a dash the headline of an article may stand, if nothing else does.
        if found := _heading(line, may_have_dash=len(lines) > 1):
            return Notice(line, found == "wall")
    if is_walled and sum(counts) < _SENTENCE_WORDS and word_count(lines[0]) < HEADLINE_WORDS:
        return Notice(lines[0], is_wall=True)
    if sum(counts) < HEADLINE_WORDS and any(_is_said(line) for line in lines):
        return Notice(next(filter(_is_said, lines)), is_wall=True)
    return None


def _banner(lines: list[str]) -> Notice | None:
    """What asks for consent below a headline. Behind a paywall that tells the news; such a banner hides it for a moment only."""
    below = [line for line in lines if not _heading(line)]
    if below and _is_said(below[0], _wordings().consents) and sum(_counts(below)) < HEADLINE_WORDS:
        return Notice(lines[0], is_wall=True)
    return None


def _counts(lines: Iterable[str]) -> list[int]:
    """Words of each sentence that is not the site's own."""
    told = (line for line in lines if not _heading(line) and not is_furniture(line))
    return [word_count(sentence) for line in told for sentence in _told(line)]


def is_headline(title: str | None) -> bool:
    """Whether a title may tell the news by itself."""
    return title is not None and word_count(title) >= HEADLINE_WORDS and not is_notice(title)


def is_notice(line: str) -> bool:
    """Whether a line says only what sites say for themselves."""
    return bool(_heading(line)) or not _told(line)


def _heading(line: str, *, may_have_dash: bool = True) -> str | None:
    words = _wordings()
    site = _SITE.search(line)
    bare = line[: site.start()] if site and (may_have_dash or not site["dash"]) else line
    plain = _plain(bare)
    if _STATUS.search(plain):
        # A number alone may be a count.
        plain = _EDGES.sub("", _STATUS.sub("", plain)) or plain.split()[0]
    return "wall" if plain in words.walls else "page" if plain in words.pages else None


def _told(line: str) -> list[str]:
    """The sentences of a line that are not the site's own."""
    return [
        one for one in map(str.strip, _END.split(line)) if one and not _heading(one) and not _is_said(one)
    ]


def _is_said(sentence: str, wordings: tuple[str, ...] = ()) -> bool:
    bare = _COUNT.sub("", _lower(sentence)).lstrip("\"'“„«»*•¿¡-–— ")
    return bare.startswith(wordings or _wordings().said)


def _plain(line: str) -> str:
    return _EDGES.sub("", _lower(line))


def _lower(line: str) -> str:
    return " ".join(fold(line.translate(_MARKS)).split())
