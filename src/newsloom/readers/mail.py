"""E-mail: its subject is the title, its text the first part that is not attached, plain before HTML.

A release or a newsletter that was saved as text begins with the same lines; two of them tell it from a text that only
has a line like one.
"""

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import Message
from email.parser import HeaderParser
from functools import partial

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from newsloom.errors import BadFile
from newsloom.readers import dates, markup, masthead, values
from newsloom.readers.base import Draft, Format, Input, Limits, Pending, blamed
from newsloom.readers.charset import decode

#: The lines above the first empty one; of a mailbox, which has a line of its own above each e-mail, none.
_HEADERS = re.compile(rb"\s*+(?:[A-Za-z][\w-]{1,40}:[ \t][^\r\n]*\r?\n(?:[ \t]+[^\s][^\r\n]*\r?\n)*+){2,}+")
#: What only e-mail has, or both of which hardly anything else has.
_ALONE = re.compile(
    rb"^(?:Message-ID|MIME-Version|Received|Return-Path|Delivered-To):", re.IGNORECASE | re.MULTILINE
)
_FROM, _SUBJECT = (
    re.compile(rb"^" + name + rb":", re.MULTILINE | re.IGNORECASE) for name in (b"From", b"Subject")
)
#: What stands in front of the subject of an answer, or of what was sent on.
_AGAIN = re.compile(r"(?:(?:re|fwd?|aw|wg|tr|rv|sv|vs)\s*:\s*)+", re.IGNORECASE)
#: A header of a part that nobody writes, and that takes the square of its length to read.
_ENDLESS = re.compile(rb"^Content-[\w-]+:(?:[^\n]|\n[ \t]){4096}", re.IGNORECASE | re.MULTILINE)


def _headers(file: Input) -> bytes:
    found = _HEADERS.match(file.head)
    return found[0] if found else b""


def sniff(file: Input) -> bool:
    headers = _headers(file)
    if not headers:
        return False
    is_named = file.name.endswith(".eml") or _ALONE.search(headers) is not None
    return is_named or (_FROM.search(headers) is not None and _SUBJECT.search(headers) is not None)


def read(file: Input) -> Iterator[Pending]:
    yield partial(_drafted, _headers(file), partial(file.whole, file.limits.max_document_bytes), file.limits)


def _drafted(headers: bytes, whole: Callable[[], bytes], limits: Limits) -> Draft:
    data = whole().lstrip()
    if data.count(b"\n--") > limits.max_elements or _ENDLESS.search(data):
        raise BadFile("malformed", "The e-mail has too many parts, or too long a header; submit its text.")
    with blamed("The e-mail"):
        # As text: a program that saved it may have left its letters as they are.
        said = HeaderParser(policy=policy.default).parsestr(decode(headers.lstrip()))
        title, date, name = (str(said.get(field) or "") for field in ("Subject", "Date", "Message-ID"))
        text = _text(message_from_bytes(data))
    if not any(map(str.isalnum, text)):
        raise BadFile("no_text", "The e-mail has no text beside what is attached to it; submit that.")
    found = Draft(
        text=text,
        title=values.line(_AGAIN.sub("", title, count=1)),
        published_s=dates.best([dates.parse(date)]),
        unread_date=dates.unread([date]),
        id=values.line(name.strip(" <>")),
    )
    return found if found.published_s is not None else found.over(masthead.dated(text))


def _text(message: Message) -> str:
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    shown = [part for part in parts if part.get_content_disposition() != "attachment"]
    for kind in ("plain", "html"):
        for part in shown:
            data = part.get_payload(decode=True)
            if part.get_content_subtype() == kind and isinstance(data, bytes) and data.strip():
                text = decode(data, part.get_content_charset())
                return markup.plain(text) if kind == "plain" else _flat(text)
    return ""


def _flat(page: str) -> str:
    tree = document_fromstring(page.encode(), HTMLParser(encoding="utf-8"))
    etree.strip_elements(tree, "head", "title", with_tail=False)
    return markup.flat(tree)


FORMAT = Format(
    "e-mail",
    "the lines above its text, such as `Message-ID:`, or both `From:` and `Subject:`",
    "the e-mail, without what is attached to it; its subject is the title",
    sniff,
    read,
)
