"""What is recognised but not read: told by its signature, refused with what to do instead."""

import re
from collections.abc import Iterator

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers.base import Format, Input

#: First bytes -> what the file is; each of these holds articles that some tool can get out.
_PACKED = (
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ\0", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"WARC/", "a web archive (WARC)"),
    (b"PAR1", "a Parquet table"),
    (b"{\\rtf", "a Rich Text document"),
    (b"%PDF-", "a PDF document"),
)
_XML = re.compile(
    rb"\s*(?:<\?xml\b(?!.{0,4000}?<html\b)|<(?:rss|feed|rdf:rdf|newsml|newsitem|newsmessage|nitf|urlset|sitemapindex)\b)",
    re.IGNORECASE | re.DOTALL,
)


def _kind(head: bytes) -> str | None:
    packed = next((kind for magic, kind in _PACKED if head.startswith(magic)), None)
    return packed or ("XML that is no web page" if _XML.match(head) else None)


def sniff(file: Input) -> bool:
    return _kind(file.head) is not None


def read(file: Input) -> Iterator[Article]:
    raise BadFile(
        "unsupported", f"The file is {_kind(file.head)}, which is not read yet; hand in text, HTML or JSON."
    )


FORMAT = Format("refused", sniff, read)
