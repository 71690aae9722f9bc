"""NITF: a text of a news agency with its headline, its parts marked up one by one."""

from collections.abc import Iterator
from functools import partial

from lxml import etree

from newsloom.errors import BadFile
from newsloom.readers import dates, values
from newsloom.readers.base import Draft, Format, Input, Limits, Pending, blamed
from newsloom.readers.markup import flat_all
from newsloom.readers.xmltree import children, descendants, given, language, parsed, rooted, said, tree

#: What stands in a body beside the text.
_BESIDE = frozenset(("media", "table", "nitf-table", "custom-table", "script", "style", "fn"))


def read(file: Input) -> Iterator[Pending]:
    yield partial(_drafted, file)


def _drafted(file: Input) -> Draft:
    root = parsed(file)
    with blamed("The document"):
        return draft_of(root)


def inside(text: str, limits: Limits) -> Draft:
    """The article of a NITF document that is a field of something else."""
    root = tree(text, limits)
    found = descendants(root, "nitf")
    if not found:
        raise BadFile("unsupported", "Its text is an unsupported kind of XML; submit the text itself.")
    with blamed("The document"):
        return draft_of(found[0])


def draft_of(root: etree._Element) -> Draft:
    """The article of a ``nitf`` element."""
    stamps = (
        given(root, "norm", "head", "docdata", "date.release"),
        given(root, "norm", "head", "docdata", "date.issue"),
        given(root, "date.publication", "head", "pubdata"),
        given(root, "norm", "body", "body.head", "dateline", "story.date"),
    )
    outlets = (
        given(root, "name", "head", "pubdata"),
        given(root, "regsrc", "head", "docdata", "doc-id"),
        said(root, "body", "body.head", "distributor"),
    )
    titles = (
        said(root, "body", "body.head", "hedline", "hl1"),
        said(root, "body", "body.head", "hedline"),
        said(root, "head", "title"),
    )
    status = given(root, "management-status", "head", "docdata")
    return Draft(
        text=flat_all(children(root, "body", "body.content"), silent=_BESIDE),
        summary=said(root, "body", "body.head", "abstract"),
        title=values.line(next(filter(None, titles), "")),
        url=values.url(given(root, "ex-ref", "head", "pubdata") or ""),
        source=values.source(next(filter(None, outlets), "")),
        language=values.language(language(root) or root.get("baselang") or ""),
        published_s=dates.best(map(dates.parse, stamps)),
        id=values.line(given(root, "id-string", "head", "docdata", "doc-id") or ""),
        status=status,
        # What has no embargo has a time of release as well.
        embargoed_s=dates.parse(stamps[0]) if (status or "").lower() == "embargoed" else None,
    )


FORMAT = Format("NITF", "its root element, nitf", "the document", rooted("nitf"), read)
