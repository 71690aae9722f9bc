"""Whether a text, or a page, is refused as no article: all rules meet here, whatever the format.

Each rule stands where its matter is: ``answers`` of servers and their guards, ``notices`` of a site, pages that only are a
``listing`` of articles, what stands ``around`` an article, a ``flash`` among other things. What is told by the first bytes of a
file is in ``unsupported``.
"""

import re
from collections.abc import Collection, Sequence

from lxml.html import HtmlElement

from newsloom.errors import BadFile
from newsloom.readers import around, flash, listing
from newsloom.readers.answers import MAX_CHARS, answer
from newsloom.readers.flash import Flash
from newsloom.readers.notices import is_headline, is_notice, notice

#: Words that a page has to have outside of links and frames, its title included.
_LEAST_WORDS = 3
_ANNOUNCES = "The page lists articles but is not one; submit those."
#: What files for crawlers and for sellers of advertisements, robots.txt and ads.txt, have on each line.
_FOR_PROGRAMS = re.compile(
    r"(?:user-agent|(?:dis)?allow|sitemap|crawl-delay|host|clean-param|request-rate|visit-time|content-signal)\s*:.*|#.*"
    r"|[\w.-]+\.\w+\s*,\s*+[^,]+,\s*(?:direct|reseller)\b.*",
    re.IGNORECASE,
)
#: Lines of a file that are looked at.
_FIRST_LINES = 200


def check(title: str | None, text: str) -> None:
    """Raise ``BadFile`` if this is what a site says in place of an article, whatever format it came in."""
    if found := _of_text(title, text):
        raise found


def check_page(
    tree: HtmlElement,
    title: str | None,
    text: str,
    kinds: Collection[str],
    addresses: Sequence[str],
    *,
    is_known: bool,
) -> Flash | None:
    """Raise ``BadFile`` if a page that does not say so is not an article, nor holds a flash.

    ``title`` and ``text`` are what was taken for the article, ``kinds`` are the types of its JSON-LD, ``addresses`` those
    that the page gives as its own; ``is_known`` is whether something beside the page says that it is an article. Returns
    the flash, if it is to take the place of that.
    """
    if listing.is_index(addresses, title):
        raise BadFile("no_text", _ANNOUNCES)
    if listing.is_other(kinds) and not is_known:
        raise BadFile("no_text", "The page says that it is not an article; submit articles.")
    own: list[str] = []
    rest: set[str] = set()  # lines that tell something, or are the headline
    if listing.announces(tree, addresses, title, text):
        objection: BadFile | None = BadFile("no_text", _ANNOUNCES)
    elif is_known:
        return None
    else:
        own = around.own(tree, text)
        objection = _of_lines(title, text, own, is_walled=around.is_walled(tree))
        if objection is None:
            rest = {line for line in own if line != title and not is_notice(line)}
    if len(rest) > 1:
        return None
    told = flash.find(tree, addresses)
    lines = [told.headline, *told.text.split("\n")] if told else []
    # It takes the place of what tells nothing, or of itself among links.
    if (
        told
        and (rest <= {told.headline} or {*own} <= {title, *lines})
        and not _of_lines(told.headline, told.text, lines)
    ):
        return told
    if objection:
        raise objection
    return None


def _of_text(title: str | None, text: str, *, is_walled: bool = False) -> BadFile | None:
    """What is wrong if a site said this in place of an article; for ``is_walled`` see :func:`notice`."""
    if _is_for_programs(text):
        return BadFile("no_text", "It is a file for crawlers, such as robots.txt; submit article pages.")
    if said := answer(title, text):
        return BadFile("blocked", f"The site answered “{said[:80]}” in place of an article; fetch it again.")
    found = notice(title, text, is_walled=is_walled) if len(text) <= MAX_CHARS else None
    if found and found.is_wall:
        return BadFile(
            "blocked",
            f"The site answered “{found.said[:80]}” in place of an article; fetch it as a reader with access would.",
        )
    if found:
        return BadFile(
            "no_text", f"It is the site's own page “{found.said[:80]}” and not an article; submit articles."
        )
    return None


def _of_lines(title: str | None, text: str, own: Sequence[str], *, is_walled: bool = False) -> BadFile | None:
    """The same of the text of a page, of which these lines are its own; it may have too few of them as well."""
    if said := _of_text(title, "\n".join(own), is_walled=is_walled):
        return said
    if text and not is_headline(title) and around.words({*own, title or ""}) < _LEAST_WORDS:
        return BadFile(
            "no_text",
            f"The page has fewer than {_LEAST_WORDS} words of its own; submit the page of an article.",
        )
    return None


def _is_for_programs(text: str) -> bool:
    lines = text.split("\n", _FIRST_LINES)[:_FIRST_LINES]
    return all(map(_FOR_PROGRAMS.fullmatch, lines)) and any(not line.startswith("#") for line in lines)
