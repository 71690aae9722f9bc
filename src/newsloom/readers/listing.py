"""Pages that announce articles in place of being one: front pages, sections, results of a search.

Taken for an article such a page would be like each of those that it announces, and chain their events.
"""

from collections.abc import Collection, Sequence

from lxml import etree
from lxml.html import HtmlElement

from newsloom.readers import values
from newsloom.readers.markup import flat

_HEADINGS = etree.XPath(
    "//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5][.//a[@href] or parent::a[@href]]"
)
_PARAGRAPHS = etree.XPath(".//p")
_LINKS = etree.XPath("ancestor-or-self::a/@href | .//a/@href")
_KINDS = etree.XPath('//meta[@property="og:type"]/@content')
_PUBLISHED = etree.XPath('//meta[@property="article:published_time"]/@content')

#: Linked headlines with a text below each, from which on a page may be a list of them; and how many are looked at.
_FEW, _MANY = 3, 100
#: Elements around such a headline that may be the box of its teaser, and paragraphs of a teaser: more are an article's.
_BOXES, _TOLD = 3, 3
#: Share of the text, in characters, that stands below linked headlines, from which on nothing else is told.
_MOSTLY = 0.8


def is_said(tree: HtmlElement) -> bool:
    """Whether a page says that it is an article."""
    return bool(_PUBLISHED(tree)) or any("article" in str(kind).lower() for kind in _KINDS(tree))


def announces(tree: HtmlElement, addresses: Sequence[str], text: str) -> bool:
    """Whether a page that does not say so is none.

    By its own addresses it is the front page of its site; or most of what was found to be its text stands below
    headlines, of several other pages.
    """
    if any(map(values.is_front, addresses)) and not any(map(values.url, addresses)):
        return True
    headings = [heading for heading in _HEADINGS(tree)[:_MANY] if _leads_on(heading, addresses)]
    if len(headings) < _FEW:
        return False
    lines = [" ".join(line.split()) for line in text.split("\n")]
    teased = [_told_below(heading, headings) for heading in headings]
    found = [some for some in teased if not some.isdisjoint(lines)]
    told = sum(len(line) for line in lines if any(line in some for some in found))
    return len(found) >= _FEW and told >= _MOSTLY * sum(map(len, lines))


def _leads_on(heading: HtmlElement, own: Sequence[str]) -> bool:
    """Whether it links to another page than this one, whose own addresses are given."""
    links = [str(link).partition("#")[0] for link in _LINKS(heading)]
    return any(link and not any(address.endswith(link) for address in own) for link in links)


def _told_below(heading: HtmlElement, headings: Collection[HtmlElement]) -> frozenset[str]:
    """The paragraphs of the largest box, within :data:`_BOXES`, that holds no other of the headings."""
    told: list[HtmlElement] = []
    for box, _ in zip(heading.iterancestors(), range(_BOXES), strict=False):
        if any(other in headings for other in box.iter("h1", "h2", "h3", "h4", "h5") if other is not heading):
            break
        told = _PARAGRAPHS(box)
        if len(told) > _TOLD:
            return frozenset()
    return frozenset(" ".join(flat(paragraph).split()) for paragraph in told) - {""}
