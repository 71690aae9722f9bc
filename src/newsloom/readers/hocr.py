"""hOCR: a scanned page, recognised line by line, as Tesseract and others write it."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby, islice

import regex
import trafilatura
from lxml import etree

from newsloom.errors import BadFile
from newsloom.readers import html, values
from newsloom.readers.base import Draft, Format, Input, Limits, Pending, blamed
from newsloom.readers.charset import decode
from newsloom.readers.xmltree import bound_attributes

_START = re.compile(rb"""\sclass\s*=\s*["']?(?:ocr_line|ocrx_line)\b""")
_LINES = frozenset(("ocr_line", "ocrx_line", "ocr_header", "ocr_textfloat", "ocr_caption"))
_BLOCKS = frozenset(("ocr_par", "ocr_carea", "ocr_page"))
#: The end of a line within a word, whose hyphen goes; before a capital it is part of a name, and stays. ¬ never is.
_CUT = regex.compile(r"(?<=\p{L})(?:[-‐](?=\n\p{Ll})|[¬\xad])\n|(?<=\p{L}[-‐])\n(?=\p{Lu})")


def sniff(file: Input) -> bool:
    return _START.search(file.head) is not None and html.sniff(file)


def read(file: Input) -> Iterator[Pending]:
    """The file is one article, without a title: which line is a headline is not told."""
    yield partial(_drafted, file.whole, file.limits)


def _drafted(whole: Callable[[], bytes], limits: Limits) -> Draft:
    text, most = decode(whole()), limits.max_document_elements
    bound_attributes(text)
    with blamed("The scanned page"):
        tree = trafilatura.load_html(text)
        elements = [] if tree is None else list(islice(tree.iter(etree.Element), most + 1))
        if len(elements) > most:
            raise BadFile("too_large", f"The scan has more than {most:,} elements; split it into pages.")
        lines = [one for one in elements if _LINES & _classes(one)]
        paragraphs = [list(some) for _, some in groupby(lines, key=_block)]
        tags = [tag for one in lines for tag in (one.get("lang"), _block(one).get("lang")) if tag]
    found = "\n".join(_CUT.sub("", "\n".join(map(_text, some))).replace("\n", " ") for some in paragraphs)
    if not any(map(str.isalnum, found)):
        raise BadFile("no_text", "No text was recognised on the scanned page; submit one with text.")
    return Draft(text=found, language=values.language(tags[0]) if tags else None)


def _classes(element: etree._Element) -> set[str]:
    return set((element.get("class") or "").split())


def _block(line: etree._Element) -> etree._Element:
    """The paragraph that a line stands in, else the area or page."""
    return next(
        (one for one in line.iterancestors() if _BLOCKS & _classes(one)), line.getroottree().getroot()
    )


def _text(line: etree._Element) -> str:
    words = [one for one in line.iter(etree.Element) if "ocrx_word" in _classes(one)] or [line]
    return " ".join(" ".join("".join(one.itertext()).split()) for one in words)


FORMAT = Format(
    "hOCR",
    "elements of class ocr_line",
    "the file: a paragraph for each of its own, with the words that lines cut joined",
    sniff,
    read,
)
