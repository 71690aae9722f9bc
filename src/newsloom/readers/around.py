"""What stands around the article of a page: menus, forms, boxes that ask for consent, links to other pages.

It is told by elements and by the names that scripts know them by, which are the same in every language.
"""

from collections.abc import Iterable

from lxml import etree
from lxml.html import HtmlElement

from newsloom.core.furniture import is_furniture
from newsloom.core.text import word_count
from newsloom.readers.markup import flat

_NAMES = "translate(concat(@id, ' ', @class), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
_CONSENT = " or ".join(
    f"contains({_NAMES}, '{name}')"
    for name in ("cookie", "consent", "gdpr", "onetrust", "didomi", "usercentrics", "qc-cmp", "sp_message")
)
_FRAMES = etree.XPath(
    "//nav | //footer | //label | //button | //option | //dialog | //noscript"
    " | //*[@role='navigation' or @role='dialog' or @role='alertdialog' or @role='contentinfo' or @role='search']"
    f" | //*[self::div or self::section or self::aside or self::form][{_CONSENT}]"
)
_LINKS = etree.XPath("//a[@href]")
_WALLS = etree.XPath(
    "//input[@type='password'] | //*[contains(@class, 'g-recaptcha') or contains(@class, 'h-captcha') or contains(@class, 'cf-turnstile')]"
)
#: All that has no text for a reader; what stands in ``noscript`` may have been read.
_SILENT = frozenset(("script", "style", "template"))


def own(tree: HtmlElement, text: str) -> list[str]:
    """The lines of a page's text that stand neither in a frame nor in a link, and are no furniture."""
    around = frames(tree) | lines(_LINKS(tree))
    return [line for line in text.split("\n") if bare(line) not in around and not is_furniture(line)]


def frames(tree: HtmlElement) -> set[str]:
    """The lines that stand in menus, forms, boxes that ask for consent."""
    return lines(_FRAMES(tree))


def is_walled(tree: HtmlElement) -> bool:
    """Whether a page asks for a password, or for proof of being human."""
    return bool(_WALLS(tree))


def words(lines: Iterable[str]) -> int:
    """About how many words different lines have together."""
    return sum(map(word_count, set(map(bare, lines))))


def lines(elements: Iterable[HtmlElement]) -> set[str]:
    """What stands on the lines of these elements."""
    return {bare(line) for element in elements for line in flat(element, silent=_SILENT).split("\n")}


def bare(line: str) -> str:
    """A line of a page's text as it stands in the page, without what marks it as one of a list."""
    return " ".join(line.removeprefix("- ").split())
