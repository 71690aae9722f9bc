"""A few words of news on a page full of other things: a headline of the page's own, and what is told right below it.

Where most of a page is links, forms and notices, trafilatura takes those for its text, or nothing. The headline shows
where to look: it leads nowhere, and the sentences below it go on about the same.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from newsloom.core.forms import normalise
from newsloom.core.furniture import is_furniture, is_telling
from newsloom.core.text import terms, word_count
from newsloom.readers import around
from newsloom.readers.listing import is_linked, leading
from newsloom.readers.markup import flat
from newsloom.readers.notices import HEADLINE_WORDS, is_notice

_NAMED = etree.XPath('//title/text() | //meta[@property="og:title"]/@content')
_SITES = etree.XPath('//meta[@property="og:site_name"]/@content')
#: A heading beside a field to be filled in is that of a form; what stands in the page itself may be beside any.
_OF_FORM = "parent::*[not(self::body or self::main or self::article)]//*[self::input or self::textarea]"
_FIRST = etree.XPath("//h1")
_HEADINGS = etree.XPath(
    f"//*[self::h2 or self::h3 or contains(@class, 'headline')][not({_OF_FORM})]"
    "[not(.//a[not(starts-with(@href, '#'))])]"
)
#: Headings that are looked at, and lines below each.
_MANY, _LINES = 50, 20
#: Words of a line that tells something without a full stop, and of all that has to be told.
_LINE_WORDS, _LEAST_WORDS = 4, 3
#: Letters that words of one topic begin with, whatever their endings; a word of a script without spaces is short.
_STEM_CHARS, _SHORT_CHARS = 4, 2
_FIRST_SHORT = "\u1100"
#: The Arabic article, which is written as one with its word.
_ARTICLE = "ال"
#: What stands in place of the rest of a text.
_CUT = ("…", "...", "[…]", "[...]")


class Flash(NamedTuple):
    """News in a few words."""

    headline: str
    text: str  #: a paragraph a line, the headline not among them


def find(tree: HtmlElement, addresses: Sequence[str]) -> Flash | None:
    """The flash of a page with these addresses of its own; None where nothing is told below a headline of its own.

    A heading that is neither the first nor in the title counts if no other is told below.
    """
    body = tree.find("body")
    lines = [] if body is None else [line for line in map(around.bare, flat(body).split("\n")) if line]
    named = [str(name) for name in _NAMED(tree)]
    first, other = around.lines(_FIRST(tree)), around.lines(_HEADINGS(tree)[:_MANY])
    main = {line for line in lines if line in first or any(line in name for name in named)}
    # The name of a site stands behind its copyright, and above what the site is about.
    sites = [*map(str, _SITES(tree)), *(line for line in lines if "©" in line)]
    skipped = around.frames(tree)
    links = leading(tree, addresses)
    found: list[Flash] = []
    # One of the first kind settles it.
    candidates = (
        [n for n, line in enumerate(lines) if line in kind][:_MANY] for kind in (main, other - main)
    )
    for index in chain.from_iterable(candidates):
        headline = lines[index]
        if headline in skipped or is_linked(headline, links) or is_notice(headline):
            continue
        if any(headline in site for site in sites):
            continue
        told = list(_told(headline, lines[index + 1 : index + 1 + _LINES], links, skipped))
        if sum(map(word_count, told)) < _LEAST_WORDS:
            continue
        one = Flash(headline, "\n".join(told))
        goes_on = any(_goes_on(headline, line) for line in told)
        # Below the name of a section stands what it is about, in full.
        if headline in main and (goes_on or word_count(headline) >= HEADLINE_WORDS or told[0].endswith(_CUT)):
            return one
        if goes_on:
            found.append(one)
    return found[0] if len(found) == 1 else None


def _told(
    headline: str, below: Sequence[str], links: Sequence[str], skipped: Collection[str]
) -> Iterator[str]:
    """The lines below a headline that tell something, up to the first link to other news."""
    for line in below:
        is_link = is_linked(line, links)
        if is_link and word_count(line) >= HEADLINE_WORDS:
            return
        if is_link or line in skipped or is_furniture(line) or is_notice(line):
            continue
        if is_telling(line) or word_count(line) >= _LINE_WORDS or _goes_on(headline, line):
            yield line


def _goes_on(headline: str, line: str) -> bool:
    """Whether they have a word in common, whatever its ending.

    What has all of a short headline is about a section, or an author.
    """
    words = _stems(headline)
    common = words & _stems(line)
    return bool(common) and line != headline and (common < words or word_count(headline) >= HEADLINE_WORDS)


def _stems(line: str) -> frozenset[str]:
    words = (word.removeprefix(_ARTICLE) for word in terms(normalise(line), ""))
    return frozenset(
        word[:_SHORT_CHARS] if word >= _FIRST_SHORT else word[:_STEM_CHARS]
        for word in words
        if word >= _FIRST_SHORT or len(word) >= _STEM_CHARS
    )
