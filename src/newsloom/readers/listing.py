"""Pages that announce articles in place of being one: front pages, sections, results of a search.

Taken for an article such a page would be like each of those that it announces, and chain their events.
"""

from collections.abc import Collection, Sequence

from lxml import etree
from lxml.html import HtmlElement

from newsloom.core.furniture import is_furniture
from newsloom.core.text import word_count
from newsloom.readers import around, values
from newsloom.readers.around import bare
from newsloom.readers.markup import flat

_HEADINGS = etree.XPath(
    "//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5][.//a[@href] or parent::a[@href]]"
)
_PARAGRAPHS = etree.XPath(".//p")
_ANCHORS = etree.XPath("//a[@href]")
_LINKS = etree.XPath("ancestor-or-self::a/@href | .//a/@href")
_KINDS = etree.XPath('//meta[@property="og:type"]/@content')
_PUBLISHED = etree.XPath('//meta[@property="article:published_time"]/@content')

#: Linked headlines with a text below each, from which on a page may be a list of them; and how many are looked at.
_FEW, _MANY = 3, 100
#: Elements around such a headline that may be the box of its teaser, and paragraphs of a teaser: more are an article's.
_BOXES, _TOLD = 3, 3
#: Share of the text, in characters, that stands in links or below linked headlines, from which on nothing else is told.
_MOSTLY = 0.8
#: Lines that are links to other pages, from which on a page may be a list of them; and how many links are looked at.
_FEW_LINKS, _MANY_LINKS = 5, 500
#: Words beside them that make an article of a page headed like a section; of a line that tells something; of a headline.
_OWN_WORDS, _LINE_WORDS, _HEADLINE_WORDS = 25, 6, 3
_STOPS = (".", "!", "?", "…", "。", "！", "？", "؟", "।")
#: How servers head what is in a folder.
_FOLDER = "Index of /"
#: Kinds of page, of schema.org, that are not articles.
_OTHER_KINDS = frozenset(
    ("AboutPage", "CheckoutPage", "CollectionPage", "ContactPage", "ProfilePage", "SearchResultsPage")
)


def is_said(tree: HtmlElement) -> bool:
    """Whether a page says that it is an article."""
    return bool(_PUBLISHED(tree)) or any("article" in str(kind).lower() for kind in _KINDS(tree))


def is_other(kinds: Collection[str]) -> bool:
    """Whether a page says by these types of its JSON-LD that it is something else."""
    return not _OTHER_KINDS.isdisjoint(kinds)


def is_index(addresses: Sequence[str], title: str | None) -> bool:
    """Whether a page is the front page of its site, by its own addresses, or a folder, by its title."""
    if title and title.startswith(_FOLDER):
        return True
    return any(map(values.is_front, addresses)) and not any(map(values.url, addresses))


def announces(tree: HtmlElement, addresses: Sequence[str], title: str | None, text: str) -> bool:
    """Whether a page is not an article, though it does not say so.

    Most of what was found to be its text stands below headlines, of several other pages; or nearly all of it is links
    to such, beside which nothing is told.
    """
    lines = list(map(bare, text.split("\n")))
    headings = [heading for heading in _HEADINGS(tree)[:_MANY] if _leads_on(heading, addresses)]
    teased = [_told_below(heading, headings) for heading in headings]
    found = [some for some in teased if not some.isdisjoint(lines)]
    below = frozenset().union(*found)
    if len(found) >= _FEW and _is_most(lines, below):
        return True
    links = leading(tree, addresses)
    onward = {line for line in lines if is_linked(line, links)} | below
    # Beside links stand menus and times, which tell nothing; an article may be followed by more links than it has words.
    full = [line for line in lines if line in onward or _tells(line)]
    if sum(line in onward for line in full) < _FEW_LINKS or not _is_most(full, onward):
        return False
    told = sum(word_count(line) for line in set(full) - onward if line != title and not is_furniture(line))
    # Under the name of a section stands what it is about; under a headline a sentence is an article.
    return told < (_OWN_WORDS if title and word_count(title) < _HEADLINE_WORDS else 1)


def leading(tree: HtmlElement, addresses: Sequence[str]) -> list[str]:
    """The lines of links to other pages than this one, whose own addresses are given; the longest first."""
    links = (link for link in _ANCHORS(tree)[:_MANY_LINKS] if _leads_on(link, addresses))
    return sorted(around.lines(links), key=len, reverse=True)


def _tells(line: str) -> bool:
    """Whether it is a sentence, or as long as one."""
    return line.endswith(_STOPS) or word_count(line) >= _LINE_WORDS


def _is_most(lines: Sequence[str], some: Collection[str]) -> bool:
    """Whether these are most of the text."""
    return sum(len(line) for line in lines if line in some) >= _MOSTLY * sum(map(len, lines))


def is_linked(line: str, links: Sequence[str]) -> bool:
    """Whether at least half of a line is the text of links, the longest first; the rest may be a date."""
    rest = line
    for link in links:
        if link and link in rest:
            rest = rest.replace(link, "", 1)
            if 2 * len(rest) <= len(line):
                return True
    return False


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
