"""What is recognised but not read: told by its signature, refused with what to do instead."""

import re
from collections.abc import Iterator

from newsloom.errors import BadFile
from newsloom.readers import values
from newsloom.readers.base import Format, Input, Pending
from newsloom.readers.xmltree import root_name

_UNPACK, _SAVE = "unpack it", "save it as plain text"
_PICKLE = "a pickle of Python"
_EXPORT = "export jsonlines or csv instead"  #: of a pickle: loading one would run what it says
#: First bytes -> what the file is, and what gets the articles out of it.
_PACKED = (
    (b"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"\x1f\x9d", "compressed with compress", _UNPACK),
    (b"\x04\x22\x4d\x18", "compressed with LZ4", _UNPACK),
    (b"{\\rtf", "a Rich Text document", _SAVE),
    (b"%PDF-", "a PDF document", "extract its text with pdftotext"),
    (b"\xd0\xcf\x11\xe0", "an office document or a message of Outlook", _SAVE),
    (b"850STL", "captions in EBU STL", "convert it to SubRip"),
    (b"SQLite format 3", "a database", "export its articles as JSON lines or CSV"),
    (b"\x80\x04\x95", _PICKLE, _EXPORT),
    (b"\x80\x05\x95", _PICKLE, _EXPORT),
    (b"window.YTD.", "a program that holds tweets", "remove all that stands before its first square bracket"),
)
#: What stands above each e-mail in a mailbox.
_MAILBOX = re.compile(rb"From \S+[^\r\n]*\d\r?\n[A-Z][\w-]{1,40}:[ \t]")
_XML = re.compile(rb"\s*<\?xml\b(?!.{0,4000}?<html\b)", re.IGNORECASE | re.DOTALL)
_HOCR = "convert it to hOCR or plain text"
#: Root element, in lower case -> the same of kinds of XML.
_ROOTS = {
    "urlset": ("a sitemap", "submit the pages that it lists"),
    "sitemapindex": ("a list of sitemaps", "submit the pages that these list"),
    "opml": ("a list of feeds", "submit the feeds"),
    "alto": ("a scanned page in ALTO", _HOCR),
    "pcgts": ("a scanned page in PAGE XML", _HOCR),
    "mets": ("a METS file, which only lists scanned pages", "submit these as hOCR or plain text"),
}


def _kind(file: Input) -> tuple[str, str] | None:
    """What the file is, and what to do instead; None of what may be read."""
    head = file.head
    packed = next(((kind, instead) for magic, kind, instead in _PACKED if head.startswith(magic)), None)
    if packed:
        return packed
    if _MAILBOX.match(head):
        return "a mailbox", "save each message as a file of its own"
    root = root_name(head)
    if root.lower() in _ROOTS:
        return _ROOTS[root.lower()]
    if _XML.match(head):
        return f"an unsupported kind of XML ({values.line(root) or 'no root element'})", "submit articles"
    return None


def sniff(file: Input) -> bool:
    return _kind(file) is not None


def read(file: Input) -> Iterator[Pending]:
    kind, instead = _kind(file) or ("of an unsupported kind", "submit articles")
    raise BadFile("unsupported", f"The file is {kind}; {instead}. See `newsloom formats`.")


FORMAT = Format("others", "their first bytes", "none: they are refused", sniff, read)
