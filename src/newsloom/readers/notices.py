"""What a site says for itself: walls in front of its articles, errors, and pages about the site.

The wordings are data, by language, in ``notices.json``, in either script of a language that has two: ``missing``, ``walls`` and
``pages`` are whole headings, ``said`` how the sentences below them begin, ``consents`` how those begin that ask for consent
(with a dot-dot-dot behind it, if they go on to name ``cookies``). Only ``missing``, that there is no such page, condemns a text alone: news may be headed as the others are, and tells something then.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from itertools import chain
from typing import NamedTuple

from newsloom.core.forms import fold, spelling
from newsloom.core.furniture import is_furniture
from newsloom.core.text import word_count

#: Words from which on a headline tells something by itself: behind a paywall there is nothing else.
HEADLINE_WORDS = 3
#: Words of a sentence, and of all sentences together, from which on something is told below such a heading.
_SENTENCE_WORDS, _TOLD_WORDS = 9, 20

#: Longest heading, in characters, longest name of a site behind it, and as much of a sentence as is looked at.
_HEAD_CHARS, _SITE_CHARS, _SAID_CHARS = 160, 45, 320
#: Behind an apology, or another word of its own, that a sentence begins with.
_APOLOGY_ENDS = (", ", "، ", "，", "、", "。", " ")

#: Vowels of Indian scripts are no letters to a pattern.
_END = re.compile(r"(?<=[\w\u0900-\u0dff][\w\u0900-\u0dff])\s?[.!?…]+(?:\s+|$)|[。！？؟।۔]+\s*")
#: In front of the name of a site behind a heading; behind a dash there may be news as well.
_SITE = re.compile(r"\s*\||\s[-–—·•]\s")
_EDGES = re.compile(r"^\W+|\W+$")
#: What is one letter to a reader, beside what :func:`spelling` knows; joiners only shape the letters beside them.
_MARKS = str.maketrans("’‘“”„«»ı", "''" + 5 * '"' + "i", "\u200b\u200c\u200e\u200f")
#: The number of an answer of HTTP, or of a site's guard, which stands before or behind what it means.
_STATUS = r"(?<![\d.,])(?:error )?(?:code )?(?:4\d\d|5[0-3]\d|(?<=error )1\d\d\d)(?![\d.,]?\d)"
#: Between what is said together: an interjection, a number, what it means.
_BETWEEN = re.compile(rf"{_STATUS}|[.!?…:,،。！？，：]|\s[-–—|]\s")
#: Languages of which a wording is known in one script; what that does to others it does to the table as well.
_TWO_SCRIPTS = ("zh", "sh")
#: How many partners it is that a site shares with.
_COUNT = re.compile(r"\d[\d.,]* ?")
#: A site that speaks of itself.
_ADDRESS = re.compile(r"^[a-z\d-]+(?:\.[a-z\d-]+)+ ")
#: Behind a wording that may begin other sentences as well.
_OPEN = " …"
#: Of headings; what any part of a heading is decides, in this order.
_KINDS = ("missing", "walls", "pages")


class Notice(NamedTuple):
    """What a site says, in place of an article."""

    said: str  #: to quote it
    is_wall: bool  #: whether an article may stand behind it


class _Wordings(NamedTuple):
    headings: dict[str, str]  #: to the kind of it, a key of the file
    consents: tuple[str, ...]
    open_consents: tuple[str, ...]  #: those that only are one if they name cookies
    cookies: tuple[str, ...]
    said: tuple[str, ...]  #: those of consents too


@cache
def _wordings() -> _Wordings:
    data = json.loads(resources.files(__package__).joinpath("notices.json").read_text(encoding="utf-8"))
    known = {kind: tuple(map(_lower, chain.from_iterable(data[kind].values()))) for kind in data}
    sure = tuple(wording for wording in known["consents"] if not wording.endswith(_OPEN))
    return _Wordings(
        # Of the kinds of one heading the first counts.
        headings={_EDGES.sub("", heading): kind for kind in reversed(_KINDS) for heading in known[kind]},
        consents=sure,
        open_consents=tuple(
            wording.removesuffix(_OPEN) for wording in known["consents"] if wording.endswith(_OPEN)
        ),
        cookies=known["cookies"],
        said=sure + known["said"],
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
    if found := _headed(lines, has_title=bool(title)):
        return found
    if is_walled and sum(counts) < _SENTENCE_WORDS and word_count(lines[0]) < HEADLINE_WORDS:
        return Notice(lines[0], is_wall=True)
    if sum(counts) < HEADLINE_WORDS and any(_is_said(line) for line in lines):
        return Notice(next(filter(_is_said, lines)), is_wall=True)
    return None


def _headed(lines: list[str], *, has_title: bool) -> Notice | None:
    """The title, or the first line, that a site has for what it says."""
    for line in lines[: 1 + has_title]:
        # Behind a dash the headline of an article may stand, if nothing else does.
        if found := _heading(line, may_have_dash=len(lines) > 1):
            return Notice(line, is_wall=found != "pages")
        # Said in the title and again where the text begins, it is not what somebody quotes.
        if has_title and lines[1:] and not _told(lines[0]) and all(map(_is_own, _sentences(lines[1])[:1])):
            return Notice(lines[0], is_wall=True)
    return None


def _banner(lines: list[str]) -> Notice | None:
    """What asks for consent below a headline. Behind a paywall that tells the news; such a banner hides it for a moment only."""
    below = [line for line in lines if not _heading(line)]
    if below and _asks_consent(below[0]) and sum(_counts(below)) < HEADLINE_WORDS:
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


def is_missing(line: str) -> bool:
    """Whether a line is a heading that says that there is no such page; no headline says that and no more."""
    return _heading(line) == "missing"


def without_banners(text: str) -> str:
    """The lines of a text that do not ask for consent to cookies."""
    return "\n".join(line for line in text.split("\n") if not _is_banner(line))


def _is_banner(line: str) -> bool:
    words = _wordings()
    lowered = _lower(line[:_SAID_CHARS])
    return lowered.startswith(words.consents + words.open_consents) and _names_cookies(lowered)


def _names_cookies(lowered: str) -> bool:
    return any(word in lowered for word in _wordings().cookies)


def _heading(line: str, *, may_have_dash: bool = True) -> str | None:
    """The kind of a heading, with a site's name behind it or not; None if it is none."""
    if len(line) > _HEAD_CHARS:
        return None
    plain = _lower(line)
    sites = [site.start() for site in _SITE.finditer(plain) if may_have_dash or site[0].strip() == "|"]
    ends = [len(plain), *(start for start in reversed(sites) if len(plain) - start <= _SITE_CHARS)]
    return next(filter(None, (_kind(plain[:end]) for end in ends)), None)


def _kind(plain: str) -> str | None:
    known = _wordings().headings
    plain = _EDGES.sub("", plain)
    if plain in known:
        return known[plain]
    # An error has a number, but a number alone may be a count.
    parts = [bare for part in _BETWEEN.split(plain) if (bare := _EDGES.sub("", part))] or plain.split()[:1]
    kinds = {known.get(part) for part in parts}
    return None if None in kinds else next((kind for kind in _KINDS if kind in kinds), None)


def _told(line: str) -> list[str]:
    """The sentences of a line that are not the site's own."""
    return [one for one in _sentences(line) if not _is_own(one)]


def _sentences(line: str) -> list[str]:
    return [one for one in map(str.strip, _END.split(line)) if one]


def _is_own(sentence: str) -> bool:
    return bool(_heading(sentence)) or _is_said(sentence)


def _is_said(sentence: str) -> bool:
    return _begins(sentence, _wordings().said)


def _asks_consent(sentence: str) -> bool:
    return _begins(sentence, _wordings().consents)


def _begins(sentence: str, wordings: tuple[str, ...]) -> bool:
    """Whether a sentence begins with one of these, behind an apology or not, or asks for consent to cookies."""
    bare = _COUNT.sub("", _ADDRESS.sub("", _lower(sentence[:_SAID_CHARS]))).lstrip("\"'*•¿¡-–— ")
    if bare.startswith(wordings):
        return True
    words = _wordings()
    if bare.startswith(words.open_consents) and _names_cookies(bare):
        return True
    return any(
        rest.startswith(wordings) and _EDGES.sub("", said) in words.headings
        for said, _, rest in (bare.partition(mark) for mark in _APOLOGY_ENDS)
    )


def _lower(line: str) -> str:
    # Composed and without case first: what is one letter to a reader is one of those.
    folded = fold(line).translate(_MARKS)
    for language in _TWO_SCRIPTS:
        folded = spelling(folded, language)
    return " ".join(folded.split())
