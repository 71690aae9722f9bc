"""XML -> a tree, with everything off that could fetch, expand or grow: for formats of news agencies."""

import re
from collections.abc import Callable
from html.entities import html5
from typing import Any

from lxml import etree

from newsloom.errors import BadFile
from newsloom.readers.base import Input, Limits
from newsloom.readers.charset import decode
from newsloom.readers.markup import local

#: Attributes of one tag; libxml2 compares each with all others.
MAX_ATTRIBUTES = 2_000

_PROLOG = rb"(?:\s+|<\?.{0,4000}?\?>|<!--.{0,20000}?-->|<!DOCTYPE[^<>\[]{0,2000}(?:\[.{0,20000}?\]\s*)?>)*+"
_ROOT = re.compile(_PROLOG + rb"<([A-Za-z_][\w.:-]{0,100})(?=[\s/>])", re.DOTALL | re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml\b[^<>]*?\bencoding\s*=\s*["']([\w.:-]{2,40})""", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml\b[^<>]*?\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*+(?:\[[^\]]*+\]\s*+)?>", re.IGNORECASE)
#: Where a document type stands, if there is one.
_DOCTYPE_CHARS = 100_000
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30};)")
_OF_XML = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))
#: What XML forbids although it stands in feeds and articles: C0 controls, halves of characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: Nothing is loaded, fetched or expanded; libxml2's own limits on depth and size stay on.
_PARSER: dict[str, Any] = {
    "resolve_entities": False, "load_dtd": False, "no_network": True, "dtd_validation": False,
    "huge_tree": False, "recover": False, "remove_pis": True, "remove_comments": True,
}  # fmt: skip


def root_name(head: bytes) -> str:
    """The local name of the element that a document begins with, as written; empty if it is not XML."""
    found = _ROOT.match(head)
    return found[1].rpartition(b":")[2].decode("ascii", "replace") if found else ""


def rooted(*names: str) -> Callable[[Input], bool]:
    """What sniffs a format whose root element has one of these local names, in lower case."""
    return lambda file: root_name(file.head).lower() in names


def text_of(file: Input) -> str:
    """The whole file, in whatever charset it is, without its declaration and without what XML forbids.

    ``BadFile`` for one with more tags than a parser should be given.
    """
    data = file.whole(file.limits.max_document_bytes)
    declared = _DECLARED.search(data[:1_000])
    return _bounded(decode(data, declared and declared[1].decode("ascii")), file.limits)


def _bounded(text: str, limits: Limits) -> str:
    if text.count("<") > limits.max_document_elements:
        raise BadFile("too_large", f"It has more than {limits.max_document_elements:,} tags; split it.")
    bound_attributes(text)
    return _DECLARATION.sub("", _FORBIDDEN.sub(" ", text), count=1).lstrip()


def parsed(file: Input) -> etree._Element:
    """The root of the whole file. ``BadFile`` for what is damaged, cut short or out to do harm."""
    return _tree(text_of(file))


def tree(text: str, limits: Limits) -> etree._Element:
    """The root of a document that is at hand as text already."""
    return _tree(_bounded(text, limits))


def _tree(text: str) -> etree._Element:
    doctype = _DOCTYPE.search(text[:_DOCTYPE_CHARS])
    if doctype is not None:
        if "<!ENTITY" in doctype[0].upper():
            raise BadFile(
                "malformed", "It declares entities of its own, as attacks on XML readers do; write them out."
            )
        text = text[: doctype.start()] + text[doctype.end() :]
    try:
        return etree.fromstring(_NAMED.sub(_resolved, text), etree.XMLParser(**_PARSER))
    except (etree.LxmlError, ValueError) as error:
        if isinstance(error, etree.XMLSyntaxError) and (
            error.code == etree.ErrorTypes.ERR_TAG_NOT_FINISHED or not text.rstrip().endswith(">")
        ):
            raise BadFile("truncated", "The XML ends in the middle; copy it again.") from error
        raise BadFile("malformed", f"It is not XML ({str(error)[:120]}); fetch it again.") from error


def _resolved(name: re.Match[str]) -> str:
    """Entities of HTML, which a document type that nobody loads would declare."""
    character = None if name[1] in _OF_XML else html5.get(name[1])
    return name[0] if character is None else "".join(f"&#{ord(one)};" for one in character)


def bound_attributes(text: str) -> None:
    """``BadFile`` for a tag with more attributes than a parser takes in a second."""
    for piece in text.split(">"):
        if len(piece) <= 4 * MAX_ATTRIBUTES:
            continue
        tag = piece.partition("<")[2]
        # A comment may be as long as it likes.
        if not tag.startswith("!") and len(tag.split(None, MAX_ATTRIBUTES)) > MAX_ATTRIBUTES:
            raise BadFile("too_large", f"A tag has more than {MAX_ATTRIBUTES:,} attributes; fetch it again.")


def children(element: etree._Element, *names: str) -> list[etree._Element]:
    """The elements that are reached by these local names in lower case, one below the other."""
    found = [element]
    for name in names:
        found = [child for one in found for child in one if local(child) == name]
    return found


def descendants(element: etree._Element, *names: str) -> list[etree._Element]:
    """All elements of these local names in lower case, in document order, itself included."""
    return [one for one in element.iter(etree.Element) if local(one) in names]


def said(element: etree._Element, *names: str) -> str | None:
    """The text of the first element that is reached by these names and has any, on one line."""
    texts = (" ".join("".join(one.itertext()).split()) for one in children(element, *names))
    return next(filter(None, texts), None)


def given(element: etree._Element, name: str, *names: str) -> str | None:
    """The attribute ``name`` of the first element that is reached by these names and has it."""
    attributes = (one.get(name, "").strip() for one in children(element, *names))
    return next(filter(None, attributes), None)


def language(element: etree._Element) -> str | None:
    """What ``xml:lang`` says for this element."""
    for one in (element, *element.iterancestors()):
        if found := one.get("{http://www.w3.org/XML/1998/namespace}lang"):
            return str(found)
    return None
