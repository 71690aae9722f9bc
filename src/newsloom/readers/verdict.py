"""Whether a page that does not say so is an article, and if not, whether there is a flash on it."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from lxml.html import HtmlElement

from newsloom.errors import BadFile
from newsloom.readers import around, flash, listing, refusal
from newsloom.readers.base import Draft
from newsloom.readers.notices import is_headline, is_notice

#: Words that a page has to have outside of links and frames, its title included.
_LEAST_WORDS = 3
_ANNOUNCES = "The page lists articles but is not one; submit those."


def judged(
    tree: HtmlElement, found: Draft, kinds: Collection[str], addresses: Sequence[str], *, is_known: bool
) -> Draft:
    """The article of a page; if there is none, the flash on it, or the site's own words. ``BadFile`` without either.

    ``found`` is what was taken for the article, ``kinds`` are the types of its JSON-LD, ``addresses`` those that the page
    gives as its own; ``is_known`` is whether something beside the page says that it is an article.
    """
    if listing.is_index(addresses, found.title):
        raise BadFile("no_text", _ANNOUNCES)
    if listing.is_other(kinds) and not is_known:
        raise BadFile("no_text", "The page says that it is not an article; submit articles.")
    text = found.text or ""
    own: list[str] = []
    rest: set[str] = set()  # lines that tell something, or are the headline
    if listing.announces(tree, addresses, found.title, text):
        objection: BadFile | None = BadFile("no_text", _ANNOUNCES)
    elif is_known:
        return found
    else:
        own = around.own(tree, text)
        objection = _objection(found.title, text, own, is_walled=around.is_walled(tree))
        if objection is None:
            rest = {line for line in own if line != found.title and not is_notice(line)}
    if len(rest) > 1:
        return found
    told = flash.find(tree, addresses)
    lines = [told.headline, *told.text.split("\n")] if told else []
    # It takes the place of what tells nothing, or of itself among links.
    if (
        told
        and (rest <= {told.headline} or {*own} <= {found.title, *lines})
        and not _objection(told.headline, told.text, lines)
    ):
        return replace(found, title=told.headline, text=told.text)
    if objection:
        raise objection
    return found


def _objection(
    title: str | None, text: str, own: Sequence[str], *, is_walled: bool = False
) -> BadFile | None:
    """Why neither a text, of which these lines are its own, nor the title is an article; None if nothing says so."""
    if said := refusal.objection(title, "\n".join(own), is_walled=is_walled):
        return said
    if text and not is_headline(title) and around.words({*own, title or ""}) < _LEAST_WORDS:
        return BadFile(
            "no_text",
            f"The page has fewer than {_LEAST_WORDS} words of its own; submit the page of an article.",
        )
    return None
