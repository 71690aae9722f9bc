"""The XML that Scrapy exports: ``items``, whose elements are the fields of an item."""

from collections.abc import Iterator
from functools import partial

from lxml import etree

from newsloom.readers.base import Draft, Format, Input, Limits, Pending, blamed
from newsloom.readers.records import drafted
from newsloom.readers.xmltree import children, parsed, root_name


def sniff(file: Input) -> bool:
    return root_name(file.head) == "items"


def read(file: Input) -> Iterator[Pending]:
    """Each ``item`` is an article."""
    for item in children(parsed(file), "item"):
        yield partial(_drafted, item, file.limits)


@blamed("The item")
def _drafted(item: etree._Element, limits: Limits) -> Draft:
    return drafted({str(field.tag): _value(field) for field in item.iterchildren(etree.Element)}, limits)


def _value(element: etree._Element) -> object:
    """As it was in the item: a text; a list, each entry of which is a ``value``; or an object."""
    inner = list(element.iterchildren(etree.Element))
    if not inner:
        return element.text or ""
    if all(one.tag == "value" for one in inner):
        return [_value(one) for one in inner]
    return {str(one.tag): _value(one) for one in inner}


FORMAT = Format("XML of Scrapy", "its root element, items", "each item", sniff, read)
