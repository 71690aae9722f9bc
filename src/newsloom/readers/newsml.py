"""NewsML 1.2: components inside components, one of which holds the text."""

from collections.abc import Iterator
from functools import partial

from lxml import etree

from newsloom.readers import dates, nitf, release, values
from newsloom.readers.base import Draft, Format, Input, Pending, blamed
from newsloom.readers.markup import flat, local
from newsloom.readers.xmltree import children, descendants, given, language, parsed, rooted, said

#: Roles of components whose text is the article's.
_BODIES = frozenset(("body", "main", "main text", "text", "story", "article"))
_BESIDE = frozenset(("script", "style", "head", "title", "figure", "table", "media"))


def read(file: Input) -> Iterator[Pending]:
    """Each ``NewsItem`` is an article."""
    root = parsed(file)
    sent = said(root, "newsenvelope", "dateandtime")
    for item in children(root, "newsitem"):
        yield partial(_draft, item, sent)


@blamed("The news item")
def _draft(item: etree._Element, sent: str | None) -> Draft:
    stamps = (
        said(item, "newsmanagement", "firstcreated"),
        said(item, "newsmanagement", "thisrevisioncreated"),
        sent,
    )
    # Without the number of the revision: another version of the text is the same article.
    provider, day, number = (
        said(item, "identification", "newsidentifier", name)
        for name in ("providerid", "dateid", "newsitemid")
    )
    title = next(filter(None, map(said, descendants(item, "headline"))), None)
    tag = next((one.get("FormalName") for one in descendants(item, "language")), None) or language(item)
    status = given(item, "FormalName", "newsmanagement", "status")
    changes = said(item, "newsmanagement", "statuswillchange", "dateandtime")
    return Draft(
        text=_text(item),
        title=values.line(title or ""),
        source=values.source(provider or ""),
        language=values.language(tag or ""),
        published_s=dates.best(map(dates.parse, stamps)),
        id=values.line(f"urn:newsml:{provider}:{day}:{number}") if provider and day and number else None,
        status=status,
        # A usable one may be withdrawn then.
        embargoed_s=dates.parse(changes) if release.is_held(status) else None,
    )


def _text(item: etree._Element) -> str | None:
    """The text of the components that say they hold it, else of the longest one that holds any."""
    found: list[tuple[bool, str]] = []
    for content in descendants(item, "datacontent"):
        component = next(one for one in content.iterancestors() if one is item or _is_component(one))
        role = (given(component, "FormalName", "role") or "").lower()
        kind = (given(content.getparent(), "FormalName", "mimetype") or "").lower()
        if kind.startswith(("image/", "video/", "audio/")) or kind.endswith(("css", "javascript")):
            continue
        whole = descendants(content, "nitf")
        text = nitf.draft_of(whole[0]).text if whole else flat(content, silent=_BESIDE)
        if text and text.strip():
            found.append((role in _BODIES, text))
    bodies = [text for is_body, text in found if is_body]
    if bodies:
        return "\n".join(bodies)
    return max((text for _, text in found), key=len, default=None)


def _is_component(element: etree._Element) -> bool:
    return local(element) == "newscomponent"


FORMAT = Format("NewsML 1.2", "its root element, NewsML", "each NewsItem", rooted("newsml"), read)
