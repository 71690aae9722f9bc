"""What is recognised but not read: told by its signature, refused with what to do instead."""

import re
from collections.abc import Iterator

from newsloom.errors import BadFile
from newsloom.readers import values
from newsloom.readers.base import Format, Input, Pending
from newsloom.readers.xmltree import root_name

_PICKLE = "a pickle of Python"
#: First bytes -> what the file is; each of these holds articles that some tool can get out.
_PACKED = (
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x1f\x9d", "compressed with compress"),
    (b"\x04\x22\x4d\x18", "compressed with LZ4"),
    (b"{\\rtf", "a Rich Text document"),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"SQLite format 3", "a database"),
    (b"\x80\x04\x95", _PICKLE),
    (b"\x80\x05\x95", _PICKLE),
    (b"window.YTD.", "a program that holds tweets"),
)
#: The headers of an e-mail, or of the first in a mailbox; what is only laid out like one has neither of these.
_MAIL = re.compile(
    rb"(?:From \S+[^\r\n]*\r?\n)?(?:[A-Z][\w-]{1,40}:[ \t][^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*+){2,}+"
)
_MAIL_ALONE = re.compile(
    rb"^(?:Message-ID|MIME-Version|Received|Return-Path|Delivered-To):", re.IGNORECASE | re.MULTILINE
)
_MAILS = (".eml", ".mbox", ".mbx")
_XML = re.compile(rb"\s*<\?xml\b(?!.{0,4000}?<html\b)", re.IGNORECASE | re.DOTALL)
_LISTS = {"urlset": "a sitemap", "sitemapindex": "a list of sitemaps", "opml": "a list of feeds"}


def _kind(file: Input) -> str | None:
    head = file.head
    packed = next((kind for magic, kind in _PACKED if head.startswith(magic)), None)
    if packed:
        return packed
    mail = _MAIL.match(head[:16_384])
    if mail and (file.name.endswith(_MAILS) or _MAIL_ALONE.search(mail[0])):
        return "e-mail"
    root = root_name(head)
    if root.lower() in _LISTS:
        return f"{_LISTS[root.lower()]} that only lists URLs"
    if _XML.match(head):
        return f"an unsupported kind of XML ({values.line(root) or 'no root element'})"
    return None


def sniff(file: Input) -> bool:
    return _kind(file) is not None


def read(file: Input) -> Iterator[Pending]:
    kind = _kind(file)
    # Loading one would run what it says.
    instead = "export jsonlines or csv instead" if kind == _PICKLE else "submit articles"
    raise BadFile("unsupported", f"The file is {kind}; {instead}. See `newsloom formats`.")


FORMAT = Format("others", "their first bytes", "none: they are refused", sniff, read)
