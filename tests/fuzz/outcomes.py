"""What has to hold for any bytes at all: one outcome, told in time, and nothing in it that harms."""

import bz2
import contextlib
import gzip
import io
import lzma
import random
import tarfile
import time
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from newsloom.core.model import Article
from newsloom.core.split import split
from newsloom.errors import BadFile
from newsloom.readers import BadRecord, Limits, read
from newsloom.readers.unpack import zstd
from newsloom.readers.values import MAX_LINE_CHARS

SAMPLES = Path(__file__).parents[1] / "data" / "formats"
#: Small, so that they are met; the time they leave is what is measured.
LIMITS = Limits(max_article_bytes=1 << 20, max_document_bytes=1 << 20, max_expanded_bytes=1 << 24)

#: Pieces that mean something to one reader or another.
PIECES = [
    b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&amp;", b"&#0;", b"&#xd800;", b"&nbsp;", b"<?xml",
    b'<!DOCTYPE x [<!ENTITY a "b">]>', b"&a;", b"<item>", b"</item>", b"<entry>", b"<p>", b"</p>", b"<html>",
    b'<script type="application/ld+json">', b"</script>", b"xmlns:x='y'", b"encoding='utf-7'", b"{", b"}", b"[", b"]",
    b'"', b"\\", b"\\u0000", b"\\ud800", b":", b",", b";", b"\t", b"\r", b"\n", b"\r\n\r\n", b"null", b"1e999", b"-1",
    b"99999999999999999999", b"\0", b"\x1b[31m", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xc3\x83\xc2\xa9",
    b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06",
    b"WARC/1.0\r\n", b"Content-Length: 99999999999\r\n", b"Transfer-Encoding: chunked\r\n", b"PAR1", b"ustar",
    b"\n\x0c   1 of 30 DOCUMENTS\n\n", b"\nLENGTH: 9 words\n\n", b"\nLANGUAGE: ", b"\n\n   ",
    b'{"items":[', b'"articles":{"results":[', b'{"bodies":[{"value":', b"2024-05-01", b"Wed, 32 May 2024 99:00:00 XYZ",
]  # fmt: skip


def seeds() -> list[bytes]:
    """Every sample, and the same in the packings and archives that are read."""
    plain = [path.read_bytes() for path in sorted(SAMPLES.iterdir())]
    return [*plain, *packed(plain)]


def packed(plain: list[bytes]) -> Iterator[bytes]:
    for pack in (gzip.compress, bz2.compress, lzma.compress, zstd.compress):
        yield pack(plain[0])
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(plain[::4]):
            archive.writestr(f"folder/{number}", data)
    yield zipped.getvalue()
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w") as archive:
        for number, data in enumerate(plain[1::4]):
            info = tarfile.TarInfo(f"folder/{number}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    yield tarred.getvalue()
    yield gzip.compress(tarred.getvalue())


def mutated(data: bytes, rng: random.Random) -> bytes:
    """``data`` after one to eight accidents."""
    for _ in range(rng.randint(1, 8)):
        at, end = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
        kind = rng.randrange(7)
        if kind == 0:
            data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
        elif kind == 1:
            data = data[:at] + rng.choice(PIECES) * rng.choice((1, 1, 1, 2, 50)) + data[at:]
        elif kind == 2:
            data = data[:at] + data[min(end, at + rng.choice((1, 8, 200))) :]
        elif kind == 3:
            data = data[:at]
        elif kind == 4:
            data = data[:at] + data[at : at + 300] * rng.choice((2, 3, 30)) + data[at + 300 :]
        elif kind == 5:
            data = data[:at] + bytes(rng.randrange(256) for _ in range(rng.randint(1, 16))) + data[at:]
        else:
            data = data[:at] + rng.choice(PIECES) + data[min(end, at + 40) :]
    return data


def outcome(path: str, limits: Limits = LIMITS, start: int = 0) -> str:
    """How reading a file ends: ``read``, ``partly``, or the reason of the refusal; fails on anything else."""
    try:
        found = list(read(path, limits, start=start))
    except BadFile as bad:
        assert bad.reason.isidentifier()
        assert bad.detail.endswith((".", "!", ")"))
        assert bad.detail.isprintable(), bad.detail
        return bad.reason
    assert [record.index for record in found] == list(range(start, start + len(found)))
    for record in found:
        if isinstance(record, BadRecord):
            assert record.reason.isidentifier()
            assert record.detail.isprintable(), record.detail
        else:
            check(record)
    return "partly" if any(isinstance(record, BadRecord) for record in found) else "read"


def check(article: Article) -> None:
    """An article that can be split, stored, logged and shown."""
    lines = article.text.split("\n")
    assert all(line and line == line.strip() for line in lines)
    article.text.encode()
    assert not set("\0\x1b\u202e\u2066\u2028\x85") & set(article.text)
    for name in (
        article.title,
        article.id,
        article.url,
        article.source,
        article.language,
        article.member or "x",
    ):
        if name is not None:
            assert 0 < len(name) <= 4 * MAX_LINE_CHARS + 100
            name.encode()
            assert not set("\0\x1b\n\r\u202e\u2066\u2028\x85") & set(name)
    assert article.published_s is None or article.published_s <= time.time()


def cut_all(path: str) -> None:
    """The splitter takes whatever the readers let through."""
    with contextlib.suppress(BadFile):
        for record in read(path, LIMITS):
            if isinstance(record, Article):
                cut(record)


def cut(article: Article) -> None:
    """The splitter leaves no paragraph out and takes none twice."""
    paragraphs = article.text.split("\n")
    found = split(paragraphs, article.title)
    assert found
    assert all(0 <= one.start < one.stop <= len(paragraphs) for one in found)
    assert all(one.stop <= two.start for one, two in pairwise(found))
