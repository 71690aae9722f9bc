"""WARC: what a crawler was answered; each HTML page in it is an article."""

import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from functools import partial
from io import BufferedReader, BytesIO
from typing import Any

import brotli
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.limitreader import LimitReader

from newsloom.errors import BadFile
from newsloom.readers import dates, html, text, values
from newsloom.readers.base import FAULTS, MIB, Draft, Format, Input, Limits, Pending, oversized
from newsloom.readers.unpack import Budget, Unpacked, buffered, packing

#: Headers of one record, its HTTP headers among them.
_HEADER_BYTES = MIB
_STEP_BYTES = 64 << 10
_DOCUMENT = "document"
_PAGES = ("text/html", "application/xhtml+xml")


def sniff(file: Input) -> bool:
    return file.head.startswith(b"WARC/")


def read(file: Input) -> Iterator[Pending]:
    """The pages in their order: responses that succeeded, resources, and the plain text that was made of them.

    Other records (requests, redirects, pictures, robots.txt) are not articles, and are not counted.
    """
    stream = _Metered(file.stream)
    # The signatures and digests of some crawlers are wrong; what they answer is read all the same.
    records = iter(_Records(stream, check_digests=False))
    while True:
        stream.allowed = _HEADER_BYTES
        try:
            record = next(records)
        except StopIteration:
            return
        except (ArchiveLoadFailed, EOFError, OSError, *FAULTS) as error:
            raise BadFile(
                "malformed", f"The web archive is damaged ({str(error).strip()[:120]}); copy it again."
            ) from error
        stream.allowed = None
        if not isinstance(record.raw_stream, LimitReader):
            raise BadFile("malformed", "A record of the web archive has no length; write the archive again.")
        kind = _kind(record)
        if kind:
            yield partial(_drafted, record, kind, file.limits)
        # Here, not in the iterator, where it would count as headers.
        while record.raw_stream.read(_STEP_BYTES):
            pass
        if record.raw_stream.limit > 0:
            raise BadFile("truncated", "The web archive ends in the middle of a record; copy it again.")


class _Records(ArchiveIterator):  # type: ignore[misc]  # untyped
    INC_RECORD = ""  # what it would write to standard error of a record whose length is wrong


class _Metered:
    """A stream that gives so much for headers, and any amount while a record is read."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        self.allowed: int | None = _HEADER_BYTES

    def read(self, count: int = -1) -> bytes:
        data = self._stream.read(count)
        if self.allowed is not None:
            self.allowed -= len(data)
            if self.allowed < 0:
                raise BadFile("too_large", "A record has implausibly large headers; inspect the file.")
        return data


def _kind(record: Any) -> str:
    """``html`` or ``text`` for what is an article, else nothing."""
    said = record.rec_headers
    address = _address(record)
    if values.is_front(address):
        return ""  # the front page of a site: like each of the stories that it announces, it would chain their events
    if record.rec_type == "conversion":
        return "text" if (said.get_header("Content-Type") or "").lower().startswith("text/plain") else ""
    if record.rec_type == "resource":
        kind = said.get_header("Content-Type")
    # Browsertrix says what a browser asked for: a script that loads a part of a page is answered in HTML as well.
    elif (said.get_header("WARC-Resource-Type") or _DOCUMENT).lower() != _DOCUMENT:
        return ""
    elif record.rec_type == "response" and record.http_headers is not None:
        if not (record.http_headers.get_statuscode() or "").startswith("2"):
            return ""
        kind = record.http_headers.get_header("Content-Type")
    else:
        return ""
    return "html" if (kind or "").lower().lstrip().startswith(_PAGES) else ""


def _address(record: Any) -> str:
    return (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")


def _id(record: Any) -> str | None:
    """What the crawler calls the record, once for all: several pages of one file are told apart by it."""
    said = (record.rec_headers.get_header("WARC-Record-ID") or "").strip("<> ")
    return values.line(said.removeprefix("urn:uuid:"))


def _drafted(record: Any, kind: str, limits: Limits) -> Draft:
    address = values.url(_address(record))
    fetched_s = dates.parse(record.rec_headers.get_header("WARC-Date"))
    http = record.http_headers
    if kind == "text":
        found = text.drafted(partial(_whole, record, limits))
    else:
        declared = ((http and http.get_header("Content-Type")) or "").lower().partition("charset=")[2]
        charset = declared.strip("\"' ;").partition(";")[0]
        found = html.drafted(partial(_whole, record, limits), limits, charset or None)
    source = values.host(address) if address else None
    return found.over(
        Draft(url=address, source=source, fetched_s=fetched_s, until_s=fetched_s, id=_id(record))
    )


def _whole(record: Any, limits: Limits) -> bytes:
    """The page as the server meant it: out of its chunks, and unpacked in bounded steps."""
    http = record.http_headers
    encoding = ((http and http.get_header("Content-Encoding")) or "").lower().strip()
    if encoding:
        http.remove_header("Content-Encoding")  # warcio would unpack it whole
    limit = limits.max_article_bytes
    read = bytearray()
    try:
        stream = record.content_stream()
        while len(read) <= limit and (piece := stream.read(_STEP_BYTES)):  # it gives what it has at hand
            read += piece
    except (ArchiveLoadFailed, EOFError, OSError, *FAULTS) as error:
        raise BadFile(
            "malformed", f"The record is damaged ({str(error)[:120]}); fetch the page again."
        ) from error
    data = bytes(read)
    if len(data) <= limit and (how := packing(data)):
        data = buffered(Unpacked(BytesIO(data), how, Budget(limits, len(data)))).read(limit + 1)
    elif encoding == "deflate" and not _is_markup(data):
        data = _inflated(data, limit)
    elif encoding == "br" and not _is_markup(data):
        data = _unbrotlied(data, limit)
    elif encoding == "compress" and not _is_markup(data):
        raise BadFile("unsupported", "The page is compressed with `compress`; have the crawler ask for gzip.")
    if len(data) > limit:
        raise oversized(limit, "page")
    return data


def _is_markup(data: bytes) -> bool:
    """Whether a page is there as it is, whatever its headers say: many crawlers unpack it and leave them."""
    return data.removeprefix(BOM_UTF8).lstrip()[:1] == b"<"


def _inflated(data: bytes, limit: int) -> bytes:
    """Unpacked as servers mean deflate: with the header of zlib, or bare; one byte more than the limit at most."""
    for window_bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        unpacker = zlib.decompressobj(window_bits)
        try:
            page = unpacker.decompress(data, limit + 1)
        except zlib.error as error:
            reason = error
            continue
        if not unpacker.eof and len(page) <= limit:
            raise BadFile("truncated", "The compressed page ends too early; fetch it again.")
        return page
    raise BadFile("malformed", f"The record is damaged ({reason}); fetch the page again.") from reason


def _unbrotlied(data: bytes, limit: int) -> bytes:
    """The same of Brotli, which no first bytes tell."""
    unpacker, page = brotli.Decompressor(), bytearray()
    try:
        piece = unpacker.process(data, output_buffer_limit=_STEP_BYTES)
        while piece and len(page) <= limit:
            page += piece
            piece = b"" if unpacker.is_finished() else unpacker.process(b"", output_buffer_limit=_STEP_BYTES)
    except brotli.error as error:
        raise BadFile("malformed", f"The record is damaged ({error}); fetch the page again.") from error
    if not unpacker.is_finished() and len(page) <= limit:
        raise BadFile("truncated", "The compressed page ends too early; fetch it again.")
    return bytes(page)


FORMAT = Format(
    "WARC",
    "its first line, WARC/1",
    "each HTML page that was answered, resource, or plain text of a page",
    sniff,
    read,
    is_uniform=False,
)
