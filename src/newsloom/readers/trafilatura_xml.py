"""The XML that trafilatura writes: a ``doc`` whose attributes are the fields of its JSON."""

from collections.abc import Iterator
from functools import partial

from lxml import etree

from newsloom.readers.base import Draft, Format, Input, Pending, blamed
from newsloom.readers.fields import header
from newsloom.readers.markup import flat_all
from newsloom.readers.xmltree import children, descendants, parsed, root_name

_BESIDE = frozenset(("graphic", "table"))


def sniff(file: Input) -> bool:
    return root_name(file.head) == "doc" or (
        root_name(file.head) in ("docs", "corpus", "collection")
        and b"<doc" in file.head
        and b"<main" in file.head
    )


def read(file: Input) -> Iterator[Pending]:
    """Each ``doc`` is an article."""
    root = parsed(file)
    for doc in descendants(root, "doc"):
        yield partial(_drafted, doc)


@blamed("The document")
def _drafted(doc: etree._Element) -> Draft:
    fields = {str(name): str(value) for name, value in doc.attrib.items()}
    return Draft(text=flat_all(children(doc, "main"), silent=_BESIDE)).over(header(fields))


FORMAT = Format("trafilatura XML", "its root element, doc", "each doc", sniff, read)
