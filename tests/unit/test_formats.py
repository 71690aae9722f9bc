"""Every format that is read, from a sample of it; all of them tell the same two stories."""

import bz2
import gzip
import io
import json
import lzma
import pickle
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pyarrow as pa
import pytest
from click.testing import CliRunner
from pyarrow import parquet

from newsloom.cli.main import cli
from newsloom.core.identity import place_id, tells_its_place
from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import FORMATS, BadRecord, Limits, read, registry
from newsloom.readers.names import NAMES
from newsloom.readers.source import opened
from newsloom.readers.unpack import zstd

SAMPLES = Path(__file__).parents[1] / "data" / "formats"
LIMITS = Limits()

SITE = "https://gazette.example.com/2024/05"
FERRY_TEXT = (
    "PORT MERROW — The ferry Alma was pulled off a sandbank outside Port Merrow early on Wednesday, the harbour office said.\n"
    "Two tugs worked through the night with 212 passengers on board. Nobody was hurt, and no fuel leaked into the bay.\n"
    "The crossing to Ostley opens again at noon, said Ines Calder, the harbour master, who thanked the crews of both tugs."
)
LIBRARY_TEXT = (
    "LINFIELD — The town library of Linfield opened its doors again on Thursday, two years after a burst pipe flooded the cellar.\n"
    "The repairs cost 3.1 million crowns, a third more than planned, the council said.\n"
    "Some 40,000 books were dried page by page; 600 could not be saved, said the librarian, Oskar Brandt."
)
FERRY = {
    "title": "Ferry Alma pulled free off Port Merrow",
    "text": FERRY_TEXT,
    "url": f"{SITE}/01/ferry-alma",
    "source": "gazette.example.com",
    "language": "en",
    "published_s": datetime(2024, 5, 1, 8, 30, tzinfo=UTC).timestamp(),
}
LIBRARY = {
    **FERRY,
    "title": "Linfield library reopens after two years of works",
    "text": LIBRARY_TEXT,
    "url": f"{SITE}/02/linfield-library",
    "published_s": datetime(2024, 5, 2, 7, tzinfo=UTC).timestamp(),
}
URN = "urn:newsml:gazette.example.com:20240501:alma"
BY_ID = {**FERRY, "url": None}
#: A feed without dates: what its addresses hold.
FERRY_DAY, LIBRARY_DAY = ({"published_s": datetime(2024, 5, day, tzinfo=UTC).timestamp()} for day in (1, 2))
#: Pages keep the headline above the text; what is read of them is otherwise the same.
HEADED = {"text": f"{FERRY['title']}\n{FERRY_TEXT}"}
BARE: dict[str, object] = dict.fromkeys(("title", "url", "source", "language", "published_s"))

#: Sample -> the format that knows it, and what is in it.
EXPECTED: dict[str, tuple[str, list[dict[str, object] | str]]] = {
    "plain-cp1252.txt": ("plain text", [{**BARE, "text": FERRY_TEXT}]),
    "page-jsonld.html": ("HTML, XHTML", [{**FERRY, **HEADED}]),
    "page-opengraph.html": ("HTML, XHTML", [{**FERRY, **HEADED}]),
    "page-microdata.html": ("HTML, XHTML", [FERRY]),
    "page.xhtml": ("HTML, XHTML", [{**FERRY, **HEADED}]),
    "trafilatura.csv": ("CSV", [{**FERRY, "language": None}]),
    "trafilatura.html": ("HTML, XHTML", [{**FERRY, **FERRY_DAY, "language": None}]),
    "front-matter.md": ("plain text", [FERRY]),
    "mail.eml": ("e-mail", [{**FERRY, "url": None, "source": None, "language": None, "id": "alma@gazette.example.com"}]),
    "scrapy.xml": ("XML of Scrapy", [FERRY, LIBRARY]),
    "trafilatura.xml": ("trafilatura XML", [FERRY]),
    "tei.xml": ("TEI", [FERRY]),
    "news-please.json": ("JSON, JSON lines", [FERRY]),
    "newspaper4k.json": ("JSON, JSON lines", [FERRY]),
    "trafilatura.json": ("JSON, JSON lines", [FERRY]),
    "scrapy.jsonl": ("JSON, JSON lines", [FERRY, LIBRARY]),
    "story-indexer.json": ("JSON, JSON lines", [FERRY]),
    "event-registry.json": ("JSON, JSON lines", [{**FERRY, "id": "8100000001"}, {**LIBRARY, "id": "8100000002"}]),
    "schema-org.json": ("JSON, JSON lines", [FERRY]),
    "concatenated-objects.json": ("JSON, JSON lines", [FERRY, LIBRARY]),
    "concatenated-arrays.json": ("JSON, JSON lines", [FERRY, LIBRARY]),
    "cut-array.json": ("JSON, JSON lines", [FERRY, LIBRARY, "truncated"]),
    "ninjs-1.json": ("JSON, JSON lines", [{**BY_ID, "id": f"{URN}-1"}]),
    "ninjs-2.json": ("JSON, JSON lines", [{**BY_ID, "id": f"{URN}-1"}]),
    "ninjs-3.json": ("JSON, JSON lines", [{**BY_ID, "id": f"{URN}-1"}]),
    "newsml-1.2.xml": ("NewsML 1.2", [{**BY_ID, "id": URN}]),
    "newsml-g2.xml": ("NewsML-G2", [{**BY_ID, "id": URN}, {**LIBRARY, "url": None}]),
    "nitf.xml": ("NITF", [{**BY_ID, "id": "alma-20240501"}]),
    "rss-0.90.rdf": ("RSS, Atom", [FERRY, LIBRARY]),
    "rss-0.91.xml": ("RSS, Atom", [{**FERRY, **FERRY_DAY}, {**LIBRARY, **LIBRARY_DAY}]),
    "rss-1.0.rdf": ("RSS, Atom", [FERRY, LIBRARY]),
    "rss-2.0.xml": ("RSS, Atom", [{**FERRY, "id": "alma-1"}, LIBRARY]),
    "atom-0.3.xml": ("RSS, Atom", [FERRY]),
    "atom-1.0.xml": ("RSS, Atom", [{**FERRY, "id": "tag:gazette.example.com,2024:alma"}, LIBRARY]),
    "json-feed.json": ("JSON, JSON lines", [{**FERRY, "id": "alma"}, LIBRARY]),
    "crawl.warc": (
        "WARC",
        [
            {**FERRY, **HEADED, "id": "00000000-0000-4000-8000-000000000003"},
            {**LIBRARY, "text": f"{LIBRARY['title']}\n{LIBRARY_TEXT}", "id": "00000000-0000-4000-8000-000000000006"},
        ],
    ),
    "nexis.txt": ("LexisNexis text", [FERRY, LIBRARY]),
    "crawl.csv": ("CSV", [FERRY, LIBRARY]),
    "crawl-semicolons.csv": ("CSV", [{**FERRY, "language": None}]),
}  # fmt: skip


def told(path: Path | str, limits: Limits = LIMITS, start: int = 0) -> list[Article | BadRecord]:
    return list(read(str(path), limits, start=start))


def assert_found(found: list[Article | BadRecord], expected: list[dict[str, object] | str]) -> None:
    assert len(found) == len(expected)
    for index, (record, wanted) in enumerate(zip(found, expected, strict=True)):
        assert record.index == index
        if isinstance(wanted, str):
            assert isinstance(record, BadRecord)
            assert record.reason == wanted
        else:
            assert isinstance(record, Article)
            assert {name: getattr(record, name) for name in wanted} == wanted


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_read(name: str) -> None:
    """Text with its paragraphs, title, time, address, outlet and language, whatever the format."""
    known, expected = EXPECTED[name]
    assert_found(told(SAMPLES / name), expected)
    with opened(str(SAMPLES / name), LIMITS) as (file, _):
        assert next(one.name for one in FORMATS if one.sniff(file)) == known


@pytest.mark.parametrize("name", EXPECTED)
def test_the_name_of_a_file_tells_nothing(tmp_path: Path, name: str) -> None:
    """The content tells the format, whatever the file is called."""
    path = tmp_path / "a"
    path.write_bytes((SAMPLES / name).read_bytes())
    assert_found(told(path), EXPECTED[name][1])


@pytest.mark.parametrize("name", EXPECTED)
def test_a_later_start_gives_the_rest(name: str) -> None:
    """Records keep their numbers, so that a file can be gone on with anywhere."""
    everything = told(SAMPLES / name)
    for start in range(len(everything) + 2):
        assert told(SAMPLES / name, start=start) == everything[start:]


@pytest.mark.parametrize("charset", ["utf-16", "utf-8-sig", "cp1252", "iso-8859-15"])
@pytest.mark.parametrize("name", ["rss-2.0.xml", "atom-1.0.xml", "nitf.xml", "newsml-g2.xml", "tei.xml"])
def test_xml_in_any_charset(tmp_path: Path, name: str, charset: str) -> None:
    """By its marks, by what it declares, or against what it declares."""
    text = (SAMPLES / name).read_text(encoding="utf-8").replace("—", "\u00b7").replace("Alma", "Älma")
    declared = re.sub('(?i)encoding="utf-8"', f'encoding="{charset}"', text)
    for document in (text, declared):
        path = tmp_path / "a"
        path.write_bytes(document.encode(charset))
        found = told(path)[0]
        assert isinstance(found, Article)
        assert found.title == "Ferry Älma pulled free off Port Merrow"
        assert "The ferry Älma was pulled off" in found.text


def test_mojibake_is_mended() -> None:
    """A text that was taken for another charset somewhere on its way reads as the one that was not."""
    (mended,), (whole,) = told(SAMPLES / "mojibake.txt"), told(SAMPLES / "plain-utf16.txt")
    assert isinstance(mended, Article)
    assert isinstance(whole, Article)
    assert mended.text == whole.text
    assert "Fähre „Alma“" in whole.text


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd.compress
}  # fmt: skip
PACKED = (
    "scrapy.jsonl",
    "crawl.warc",
    "crawl.csv",
    "rss-2.0.xml",
    "nitf.xml",
    "page.xhtml",
    "plain-cp1252.txt",
)


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("name", PACKED)
def test_compressed(tmp_path: Path, name: str, packing: str) -> None:
    """Compressed once, twice, or in pieces laid end to end, under the right name or none at all."""
    data, pack = (SAMPLES / name).read_bytes(), PACKINGS[packing]
    half = len(data) // 2
    for number, packed in enumerate(
        (pack(data), pack(gzip.compress(data)), pack(data[:half]) + pack(data[half:]))
    ):
        path = tmp_path / f"{name}.{packing}{number}"
        path.write_bytes(packed)
        assert_found(told(path), EXPECTED[name][1])


@pytest.mark.parametrize("packing", PACKINGS)
def test_cut_compression(tmp_path: Path, packing: str) -> None:
    """What came before the cut is read, and the cut is told."""
    # Lines that pack badly, so that there are several blocks.
    numbers = [" ".join(str((n + at) * 104_729 % 999_983) for at in range(60)) for n in range(0, 180_000, 60)]
    lines = [json.dumps({"text": f"Ferry {some}"}) for some in numbers]
    assert len("".join(lines)) > 1_200_000
    path = tmp_path / "a"
    path.write_bytes(PACKINGS[packing]("\n".join(lines).encode())[:-200])
    found = told(path)
    assert isinstance(found[-1], BadRecord)
    assert found[-1].reason == "truncated"
    assert all(isinstance(one, Article) for one in found[:-2])


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(members: dict[str, bytes], kind: int = tarfile.PAX_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=kind) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


ARCHIVES: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "zip": zipped,
    "zip, stored": lambda members: zipped(members, zipfile.ZIP_STORED),
    "tar": tarred,
    "tar, GNU": lambda members: tarred(members, tarfile.GNU_FORMAT),
    "tar, old": lambda members: tarred(members, tarfile.USTAR_FORMAT),
    "tar.gz": lambda members: gzip.compress(tarred(members)),
    "tar.xz": lambda members: lzma.compress(tarred(members)),
    "zip.zst": lambda members: zstd.compress(zipped(members)),
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_archives(tmp_path: Path, kind: str) -> None:
    """Each member is a file of its own, compressed or not; its articles are numbered with those of the others."""
    members = {
        "2024/" + "a" * 90 + "/scrapy.jsonl": (SAMPLES / "scrapy.jsonl").read_bytes(),
        "picture.jpg": b"\xff\xd8\xff\xe0\0\0",
        "nitf.xml.bz2": bz2.compress((SAMPLES / "nitf.xml").read_bytes()),
        "empty.txt": b"",
        "more.tar": tarred({"crawl.csv": (SAMPLES / "crawl.csv").read_bytes()}),
    }
    path = tmp_path / "a"
    path.write_bytes(ARCHIVES[kind](members))
    found = told(path)
    assert_found(found, [FERRY, LIBRARY, "binary", BY_ID, "empty", FERRY, LIBRARY])
    assert [one.member if isinstance(one, Article) else one.detail.split(":")[0] for one in found] == [
        next(iter(members)), next(iter(members)), "Member picture.jpg", "nitf.xml.bz2", "Member empty.txt",
        "more.tar!crawl.csv", "more.tar!crawl.csv",
    ]  # fmt: skip
    assert isinstance(found[5], Article)
    assert found[5].place == f"{path}!more.tar!crawl.csv"
    for start in range(9):
        assert told(path, start=start) == found[start:]


def test_nesting_is_bounded(tmp_path: Path) -> None:
    """Four layers are unpacked, five are not."""
    data = (SAMPLES / "scrapy.jsonl").read_bytes()
    path = tmp_path / "a"
    path.write_bytes(zipped({"a.tar.gz": gzip.compress(tarred({"b.jsonl.gz": gzip.compress(data)}))}))
    assert_found(told(path), [FERRY, LIBRARY])
    path.write_bytes(
        zipped({"a.tar.gz": gzip.compress(tarred({"b.zip": zipped({"c.jsonl.gz": gzip.compress(data)})}))})
    )
    with pytest.raises(BadFile, match="packed more than 4 times"):
        told(path)
    for _ in range(4):
        data = gzip.compress(data)
    path.write_bytes(data)
    assert_found(told(path), [FERRY, LIBRARY])
    path.write_bytes(gzip.compress(data))
    with pytest.raises(BadFile, match="packed more than 4 times"):
        told(path)


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("cut", [0.4, 0.6])
def test_cut_archives(tmp_path: Path, kind: str, cut: float) -> None:
    """An archive cut short is refused, or gives what it holds and tells the rest: it never passes for whole."""
    whole = ARCHIVES[kind](
        {f"{n}.json": json.dumps({"text": f"Ferry {n * 7919 % 10007}"}).encode() * 9 for n in range(60)}
    )
    path = tmp_path / "a"
    path.write_bytes(whole[: int(len(whole) * cut)])
    try:
        found = told(path)
    except BadFile as bad:
        assert kind == "zip"
        assert bad.reason == "malformed"
    else:
        assert isinstance(found[-1], BadRecord)
        assert found[-1].reason in ("truncated", "malformed")


def test_office_documents_are_no_archives(tmp_path: Path) -> None:
    """A document of a word processor is a ZIP file; its parts are no articles."""
    path = tmp_path / "a.docx"
    path.write_bytes(zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}))
    with pytest.raises(BadFile) as caught:
        told(path)
    assert caught.value.reason == "unsupported"


def rows() -> list[dict[str, object]]:
    return [
        {"title": str(one["title"]), "maintext": str(one["text"]), "url": one["url"], "language": "en",
         "date_publish": datetime.fromtimestamp(float(str(one["published_s"])), UTC), "pixels": b"\xff" * 9,
         "source_domain": "gazette.example.com"}
        for one in (FERRY, LIBRARY)
    ]  # fmt: skip


@pytest.mark.parametrize("compression", ["snappy", "zstd", "none"])
def test_parquet(tmp_path: Path, compression: str) -> None:
    """A row is an article, in a file of its own, compressed as a whole, and in an archive."""
    path = tmp_path / "a"
    parquet.write_table(
        pa.Table.from_pylist(rows() * 40), str(path), compression=compression, row_group_size=30
    )
    data = path.read_bytes()
    for packed in (data, gzip.compress(data), zipped({"crawl.parquet": data})):
        path.write_bytes(packed)
        assert_found(told(path), [FERRY, LIBRARY] * 40)
        assert told(path, start=77) == told(path)[77:]
    path.write_bytes(data[:-20])
    with pytest.raises(BadFile) as caught:
        told(path)
    assert caught.value.reason == "malformed"


def test_parquet_of_columns_in_columns(tmp_path: Path) -> None:
    """A date within a column of objects is a date as well."""
    path = tmp_path / "a"
    parquet.write_table(pa.Table.from_pylist([{"article": row} for row in rows()]), str(path))
    assert_found(told(path), [FERRY, LIBRARY])


def test_parquet_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who did not install the extra is told how."""
    monkeypatch.setattr("newsloom.readers.parquet.find_spec", lambda _: None)
    path = tmp_path / "a"
    path.write_bytes(b"PAR1 and more")
    with pytest.raises(BadFile, match=r"pip install 'newsloom\[parquet\]'"):
        told(path)


def warc_record(kind: str, content_type: str, payload: bytes) -> bytes:
    return (
        (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://mirror.example.com/a\r\n"
            f"WARC-Date: 2024-05-03T06:00:00Z\r\nContent-Type: {content_type}\r\nContent-Length: {len(payload)}\r\n\r\n"
        ).encode()
        + payload
        + b"\r\n\r\n"
    )


def warc_answer(payload: bytes, headers: bytes = b"") -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + headers + b"\r\n"
    return warc_record("response", "application/http; msgtype=response", http + payload)


def test_a_web_archive_as_crawlers_write_it(tmp_path: Path) -> None:
    """Every record compressed alone; a large page, the same in chunks, one compressed by its server, and text made of one."""
    page = (SAMPLES / "page-jsonld.html").read_bytes()
    page = page.replace(b"<article>", b"<!-- " + b"larger than any buffer " * 10_000 + b"--><article>")
    pieces = [page[at : at + 5_000] for at in range(0, len(page), 5_000)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    records = [
        warc_record("warcinfo", "application/warc-fields", b"software: a test\r\n"),
        warc_answer(page),
        warc_answer(chunks, b"Transfer-Encoding: chunked\r\n"),
        warc_answer(gzip.compress(page), b"Content-Encoding: gzip\r\n"),
        warc_answer(zlib.compress(page), b"Content-Encoding: deflate\r\n"),
        warc_answer(
            zlib.compress(page)[2:-4], b"Content-Encoding: deflate\r\n"
        ),  # bare, as some servers have it
        warc_answer(brotli.compress(page), b"Content-Encoding: br\r\n"),
        warc_answer(b"\xef\xbb\xbf" + page, b"Content-Encoding: br\r\n"),  # the crawler has unpacked it
        warc_answer(bytes(range(200, 255)), b"Content-Encoding: deflate\r\n"),
        warc_answer(zlib.compress(page)[:-200], b"Content-Encoding: deflate\r\n"),
        warc_answer(b"\x8b\x02\x80" + bytes(range(200, 255)), b"Content-Encoding: br\r\n"),
        warc_answer(brotli.compress(page)[:-200], b"Content-Encoding: br\r\n"),
        warc_answer(brotli.compress(bytes(64 << 20)), b"Content-Encoding: br\r\n"),
        warc_answer(b"\x1f\x9d\x90", b"Content-Encoding: compress\r\n"),
        warc_answer(b""),
        warc_record("conversion", "text/plain", FERRY_TEXT.encode()),
    ]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(map(gzip.compress, records)))
    found = told(path)
    assert_found(
        found,
        [{**FERRY, **HEADED}] * 7
        + [
            "malformed",
            "truncated",
            "malformed",
            "truncated",
            "too_large",
            "unsupported",
            "no_text",
            {
                **BARE,
                "text": FERRY_TEXT,
                "url": "https://mirror.example.com/a",
                "source": "mirror.example.com",
            },
        ],
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("<urn:uuid:5a1f>", "5a1f"),
        (" urn:uuid:5a1f ", "5a1f"),
        ("<https://crawl.example.com/5a1f>", "https://crawl.example.com/5a1f"),
        ("<>", None),
    ],
)
def test_a_record_of_a_web_archive_has_an_id(tmp_path: Path, said: str, expected: str | None) -> None:
    """By which several of one file are told apart; where each comes from is told by its address, where it has one."""
    record = warc_record("conversion", "text/plain", FERRY_TEXT.encode())
    path = tmp_path / "a.warc"
    places = []
    for address in (b"https://mirror.example.com/a", b"file:///a"):
        named = record.replace(b"WARC-Date", f"WARC-Record-ID: {said}\r\nWARC-Date".encode(), 1)
        path.write_bytes(record + named.replace(b"https://mirror.example.com/a", address, 1))
        without, found = told(path)
        assert isinstance(without, Article)
        assert isinstance(found, Article)
        assert (without.id, found.id) == (None, expected)
        places.append(place_id(without) == place_id(found))
    assert places == [True, False]
    assert not tells_its_place(found)


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("https://mirror.example.com/", False),
        ("<http://www.mirror.example.com>", False),
        ("https://mirror.example.com/?p=17", True),
    ],
)
def test_a_front_page_is_no_article(tmp_path: Path, address: str, read: bool) -> None:
    """A crawl has that of every site in it; what was fetched under any other address is an article."""
    front = warc_answer(b"<html><body><h1>Gazette</h1><p>The ferry is free again.</p></body></html>")
    front = front.replace(b"https://mirror.example.com/a", address.encode(), 1)
    path = tmp_path / "a.warc"
    path.write_bytes(front + warc_answer((SAMPLES / "page-jsonld.html").read_bytes()))
    assert_found(told(path), [{}] * read + [{**FERRY, **HEADED}])


def test_a_crawl_of_a_browser(tmp_path: Path) -> None:
    """WACZ: of all that is packed together only what was answered, and of that only what is a page by itself."""
    answer = warc_answer((SAMPLES / "page-jsonld.html").read_bytes())
    warc = b"".join(
        gzip.compress(answer.replace(b"WARC-Date", b"WARC-Resource-Type: %s\r\nWARC-Date" % kind, 1))
        for kind in (b"document", b"xhr", b"Document", b"fetch")
    )
    members = {
        "datapackage.json": json.dumps({"title": "A crawl", "wacz_version": "1.1.1"}).encode(),
        "pages/pages.jsonl": b'{"id": "pages", "title": "All Pages"}\n{"url": "https://a.example/b", "text": "Home Ferry"}\n',
        "archive/a.warc.gz": warc,
        "indexes/index.cdx.gz": gzip.compress(b"com,example)/ 2024 {}\n"),
        "logs/crawl.log": b'{"message": "done"}\n',
    }
    path = tmp_path / "a.wacz"
    path.write_bytes(zipped(members))
    assert_found(told(path), [{**FERRY, **HEADED}] * 2)
    del members["archive/a.warc.gz"]
    path.write_bytes(zipped(members))
    assert len(told(path)) == 5, "else it is an archive of files, as any"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", f"title,text,url\nFerry,It sank.,{SITE}/01/ferry\n"),
        ("a.html", f'<html><head><link rel="canonical" href="{SITE}/01/ferry"></head><body><p>It sank off the mole.</p></body></html>'),
        ("a.jsonl", json.dumps({"title": "Ferry", "text": "It sank.", "link": f"{SITE}/01/ferry"})),
        ("a.xml", f'<doc url="{SITE}/01/ferry"><main><p>It sank.</p></main></doc>'),
    ],
)  # fmt: skip
def test_the_day_in_an_address_dates_what_has_no_date(tmp_path: Path, name: str, data: str) -> None:
    """Whatever the format, for it is the article that is dated."""
    path = tmp_path / name
    path.write_text(data)
    assert_found(told(path), [FERRY_DAY])


TEI = (
    "<TEI><teiHeader><fileDesc><sourceDesc><biblFull><publicationStmt><publisher>Ferry news</publisher>"
    '<ptr type="URL" target="{url}"/></publicationStmt></biblFull></sourceDesc></fileDesc></teiHeader>'
    "<text><body><p>It sank.</p></body></text></TEI>"
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xml", '<doc sitename="Ferry news" hostname="gazette.example.com:8080" url="{url}"><main><p>It sank.</p></main></doc>'),
        ("a.md", "---\nsitename: Ferry news\nhostname: example.com\nurl: {url}\n---\nIt sank.\n"),
        ("tei.xml", TEI),
        ("a.json", '{{"text": "It sank.", "source": "{url}", "source-hostname": "Ferry news", "url": "{url}"}}'),
        ("b.json", '{{"text": "It sank.", "hostname": "www.gazette.example.com:8080", "url": "{url}"}}'),
        ("b.md", "---\nsource: gazette.example.com\nurl: https://mirror.example.org/1\n---\nIt sank.\n"),
    ],
)  # fmt: skip
def test_whatever_trafilatura_writes_its_source_is_the_host(tmp_path: Path, name: str, data: str) -> None:
    """What it takes for the name of the site may be a headline; one outlet must not become two."""
    path = tmp_path / name
    path.write_text(data.format(url="https://gazette.example.com:8080/2024/05/01/ferry"))
    (found,) = told(path)
    assert isinstance(found, Article)
    assert found.source == "gazette.example.com"


def test_nothing_is_published_after_it_was_fetched(tmp_path: Path) -> None:
    """A date after that of the crawl is wrong, and a missing date stays missing."""
    data = (SAMPLES / "crawl.warc").read_bytes()
    path = tmp_path / "a"
    path.write_bytes(data.replace(b"WARC-Date: 2024-05-03T06", b"WARC-Date: 2024-05-01T23"))
    found = told(path)
    articles = [one for one in found if isinstance(one, Article)]
    assert [one.published_s for one in articles] == [FERRY["published_s"], None]
    assert [one.fetched_s for one in articles] == [datetime(2024, 5, 1, 23, tzinfo=UTC).timestamp()] * 2


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"text": "a", "datePublished": "2999-01-01T10:00:00Z", "pubDate": "2024-05-01T08:30:00Z"}, "2024-05-01T08:30:00+00:00"),
        ({"text": "a", "datePublished": "2999-01-01T10:00:00Z"}, None),
        ({"text": "a", "date": "2024-05-01", "createdAt": "2024-05-01T08:30:00Z"}, "2024-05-01T08:30:00+00:00"),
        ({"text": "a", "date": "2024-05-01", "createdAt": "2024-06-01T08:30:00Z"}, "2024-05-01T00:00:00+00:00"),
        ({"text": "a", "pubDate": "Wed, 01 May 2024 08:30:00 BST"}, "2024-05-01T07:30:00+00:00"),
        ({"text": "a", "pubDate": "Wed, 01 May 2024 08:30:00 EDT"}, "2024-05-01T12:30:00+00:00"),
        ({"text": "a"}, None),
        ({"text": "a", "url": f"{SITE}/01/ferry"}, "2024-05-01T00:00:00+00:00"),
        ({"text": "a", "url": f"{SITE}/01/ferry", "date": "soon"}, "2024-05-01T00:00:00+00:00"),
        ({"text": "a", "url": f"{SITE}/01/ferry", "date": "2024-05-03"}, "2024-05-03T00:00:00+00:00"),
        ({"text": "a", "url": f"{SITE}/01/ferry", "date": "2024-05-01T08:30:00Z"}, "2024-05-01T08:30:00+00:00"),
        ({"text": "a", "url": "https://gazette.example.com/2999/01/01/ferry"}, None),
        ({"text": "a", "url": "https://gazette.example.com/2024/05/ferry"}, None),
        ({"text": "a", "updated": "x", "updated_parsed": [2024, 5, 1, 8, 30, 0, 2, 122, 0]}, "2024-05-01T08:30:00+00:00"),
        ({"text": "a", "published_parsed": [2024, 5, 1, 8, 30, 0, 2, 122, 0], "updated": "2024-05-01T09:00:00Z"}, "2024-05-01T08:30:00+00:00"),
        ({"text": "a", "published_parsed": [2024, 13, 1, 8, 30, 0, 2, 122, 0]}, None),
        ({"text": "a", "dateModified": "2024-05-01T08:30:00Z", "scraped_at": "2024-05-01T07:00:00"}, "2024-05-01T08:30:00+00:00"),
        ({"text": "a", "modified": "2024-05-01T10:30:00", "modified_gmt": "2024-05-01T08:30:00"}, "2024-05-01T08:30:00+00:00"),
        ({"text": "a", "url": f"{SITE}/01/ferry", "modified": "2024-06-01T08:30:00Z"}, "2024-05-01T00:00:00+00:00"),
        ({"@type": "VideoObject", "description": "a", "uploadDate": "2024-05-01T08:30:00Z"}, "2024-05-01T08:30:00+00:00"),
    ],
)  # fmt: skip
def test_the_best_date(tmp_path: Path, data: dict[str, str], expected: str | None) -> None:
    """Never one from the future; a day is made precise by a time on it; zones go by name as well; that of the
    address where there is no other, and then that of the last change."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(data))
    (found,) = told(path)
    assert isinstance(found, Article)
    told_s = found.published_s
    assert (None if told_s is None else datetime.fromtimestamp(told_s, UTC).isoformat()) == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ('<?xml version="1.0"?><urlset><url/></urlset>', "unsupported"),
        ('<?xml version="1.0"?><inventory/>', "unsupported"),
        ('<rss version="2.0"><channel><title>A</title></channel></rss>', "no_text"),
        ("<nitf><body><body.content><p>Half of", "truncated"),
        ("<nitf><body></head></nitf>", "malformed"),
        ("<nitf><body/></nitf>", "no_text"),
        ('{"version": "https://jsonfeed.org/version/1", "title": "A", "items": []}', "no_text"),
        ('{"$schema": "x", "title": "A", "properties": {}}', "unsupported"),
        ("title,text\n", "no_text"),
        ("NaN\n", "no_text"),
        ("WARC/1.0\r\n", "malformed"),
        ("%PDF-1.7", "unsupported"),
        ('window.YTD.tweets.part0 = [ {"tweet": {"full_text": "Ferry"}} ]', "unsupported"),
        ("From b@a.example Tue May 12 06:50:00 2026\nFrom: b@a.example\nMIME-Version: 1.0\n\nThe ferry.", "unsupported"),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, data: str, reason: str) -> None:
    """What holds no article says why."""
    path = tmp_path / "a"
    path.write_text(data)
    with pytest.raises(BadFile) as caught:
        told(path)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"%PDF-1.7", "a PDF document; extract its text with pdftotext"),
        (b"{\\rtf1 Ferry}", "a Rich Text document; save it as plain text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an office document or a message of Outlook; save it as plain text"),
        (b"850STL25.01", "captions in EBU STL; convert it to SubRip"),
        (b"Rar!\x1a\x07", "a RAR archive; unpack it"),
        (b"SQLite format 3\0", "a database; export its articles as JSON lines or CSV"),
        (b"From b@a.example Mon Mar  2 16:30:00 2026\nFrom: b@a.example\n\nThe ferry.", "a mailbox; save each message as a file"),
        (b'<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"/>', "a scanned page in ALTO; convert it to hOCR"),
        (b'<?xml version="1.0"?><pc:PcGts xmlns:pc="x"/>', "a scanned page in PAGE XML; convert it to hOCR"),
        (b'<mets:mets xmlns:mets="http://www.loc.gov/METS/"/>', "lists scanned pages; submit these as hOCR"),
        (b"<urlset><url/></urlset>", "a sitemap; submit the pages that it lists"),
        (b'<opml version="2.0"/>', "a list of feeds; submit the feeds"),
    ],
)  # fmt: skip
def test_what_is_not_read_says_what_to_do(tmp_path: Path, data: bytes, detail: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(BadFile, match=re.escape(detail)) as caught:
        told(path)
    assert caught.value.reason == "unsupported"


def test_a_cut_feed_tells_so(tmp_path: Path) -> None:
    """Whole items are read; the one that breaks off is not taken for a text, and the cut is told."""
    data = (SAMPLES / "rss-2.0.xml").read_bytes()
    path = tmp_path / "a"
    path.write_bytes(data[: data.index(b"Some 40,000")])
    assert_found(told(path), [FERRY, "truncated"])


@pytest.mark.parametrize(("language", "day"), [("pl", "2024-11-12"), ("hr-HR", "2024-10-12"), ("", None)])
def test_a_month_of_a_feed_is_that_of_its_language(tmp_path: Path, language: str, day: str | None) -> None:
    """What a feed calls listopad is November in one language and October in another."""
    path = tmp_path / "a"
    item = "<item><title>Ferry</title><pubDate>12 listopada 2024, 10:00</pubDate></item>"
    path.write_text(f'<rss version="2.0"><channel><language>{language}</language>{item}</channel></rss>')
    stamp = datetime.fromisoformat(f"{day}T10:00Z").timestamp() if day else None
    assert_found(told(path), [{"published_s": stamp}])


FEED = """<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Gazette</title>
<link>https://gazette.example.com</link><item><title>Ferry</title>
<link>https://gazette.example.com/ferry/?utm_source=rss&#038;a=1&#038;b=2</link>{}</item></channel></rss>"""
PICTURE = '<media:content url="x"><media:description type="html">The ferry on its sandbank, as seen by all.</media:description></media:content>'
FOOT = """<p>The post <a rel="x" href="https://gazette.example.com/ferry/?a=1&#038;b=2">Ferry</a> appeared first on
<a href='https://gazette.example.com'>Merrow Gazette</a>.</p>"""
LINKS = '<p>Read <a href="https://gazette.example.com/mill/">this</a> on <a href="https://gazette.example.com">the site</a>.</p>'


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (PICTURE + "<description>It is free.</description>", "It is free."),
        ("<description>It is free.</description>" + PICTURE, "It is free."),
        (PICTURE, "The ferry on its sandbank, as seen by all."),
        ("<media:description/><description>It is free.</description>", "It is free."),
        (f"<description><![CDATA[<p>It is free.</p>\n{FOOT}\n]]></description>", "It is free."),
        (f"<description><![CDATA[<p>It is free.</p>{FOOT}<p>Two.</p>]]></description>", "It is free.\nThe post Ferry appeared first on Merrow Gazette.\nTwo."),
        (f"<description><![CDATA[<p>It is free.</p>{LINKS}]]></description>", "It is free.\nRead this on the site."),
    ],
)  # fmt: skip
def test_what_a_feed_says_beside_the_text(tmp_path: Path, item: str, text: str) -> None:
    """What is said of a picture is the text where nothing else is said; that the item is from its site is none."""
    path = tmp_path / "a"
    path.write_text(FEED.format(item))
    assert_found(told(path), [{"title": "Ferry", "text": text}])


def test_a_feed_without_addresses(tmp_path: Path) -> None:
    """Links that are no addresses are not those of the item and its site, which has none either."""
    links = FEED.format(f"<description><![CDATA[<p>It is free.</p>{LINKS}]]></description>")
    path = tmp_path / "a"
    path.write_text(links.replace("https://gazette.example.com", "/en"))
    assert_found(told(path), [{"title": "Ferry", "text": "It is free.\nRead this on the site.", "url": None}])


def test_a_release_that_is_laid_out_like_a_letter_is_read(tmp_path: Path) -> None:
    """Saved as text it has fewer lines above it, in any charset, and may be an answer."""
    text = "\nFROM: Merrow Harbour Office\nSubject: Fwd: Re: Fähre frei\nDate: Wed, 1 May 2024 08:30:00 +0000\n\nDie Fähre ist frei."
    wanted = {"text": "Die Fähre ist frei.", "title": "Fähre frei", "published_s": FERRY["published_s"]}
    for charset in ("utf-8", "cp1252", "utf-16"):
        (tmp_path / "a.txt").write_bytes(text.encode(charset))
        assert_found(told(tmp_path / "a.txt"), [wanted])
    (tmp_path / "a.txt").write_text("From: the harbour\nTo: the sea\n\nA ferry sails again.")
    assert_found(
        told(tmp_path / "a.txt"),
        [{"title": None, "text": (tmp_path / "a.txt").read_text().replace("\n\n", "\n")}],
    )


MAIL = "From: a@gazette.example.com\nSubject: Ferry\nMIME-Version: 1.0\n{}"


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ("Content-Type: text/html\n\n<html><head><title>Gazette</title></head><table><tr><td>It is free.</td></tr></table></html>", "It is free."),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nA list.\n--b\nContent-Type: text/html\n\n<p>It is free.</p>\n--b--", "It is free."),
        ("\nIt is =C3=A4 free.", "It is =C3=A4 free."),
        ("Content-Transfer-Encoding: quoted-printable\n\nIt is =C3=A4 free.", "It is ä free."),
    ],
)  # fmt: skip
def test_the_text_of_an_e_mail_is_what_is_not_attached(tmp_path: Path, rest: str, text: str) -> None:
    """HTML where there is nothing plain; its title is none of the text."""
    (tmp_path / "a").write_text(MAIL.format(rest))
    assert_found(told(tmp_path / "a"), [{"title": "Ferry", "text": text}])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (MAIL.format("Content-Type: image/png\n\nabc"), "no_text"),
        (MAIL.format("Content-Type: text/plain;" + '"\\;' * 20_000 + "\n\nIt is free."), "malformed"),
        (MAIL.format("Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n" * 60_000), "malformed"),
        (MAIL.format("Content-Type: message/rfc822\n\n" * 20_000), "malformed"),
        ("From a@gazette.example.com Wed May 1 08:30:00 2024\n" + MAIL.format("\nIt is free."), "unsupported"),
    ],
)  # fmt: skip
def test_what_is_no_e_mail_with_a_text_is_refused(tmp_path: Path, data: str, reason: str) -> None:
    """Pictures alone, harmful ones, and a mailbox of many."""
    (tmp_path / "a").write_text(data)
    with pytest.raises(BadFile) as caught:
        told(tmp_path / "a")
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (
            {"name": "Gazette", "messages": [{"id": 1, "text": "One."}, {"id": 2, "text": "Two."}]},
            ["One.", "Two."],
        ),
        ({"assets": [{"title": "A", "content": "One."}]}, ["One."]),
        ({"data": {"posts": [{"title": "A", "html": "<p>One.</p>"}]}}, ["One."]),
    ],
)
def test_further_collections(tmp_path: Path, data: object, texts: list[str]) -> None:
    """Of a channel, a content system, an answer of GraphQL."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(data))
    assert [getattr(one, "text", None) for one in told(path)] == texts


def test_an_export_of_blogger(tmp_path: Path) -> None:
    """Its settings, template and comments are no articles."""
    kinds = ["template", "settings", "post", "comment", "page"]
    entries = "".join(
        f'<entry><id>tag:{n}</id><category scheme="x" term="http://schemas.google.com/blogger/2008/kind#{kind}"/>'
        f"<title>{kind} {n}</title><content>The ferry is free.</content></entry>"
        for n, kind in enumerate(kinds)
    )
    path = tmp_path / "a.xml"
    path.write_text(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Gazette</title>{entries}</feed>')
    assert [getattr(one, "title", None) for one in told(path)] == ["post 2", "page 4"]


def test_what_wordpress_did_not_publish_is_no_article(tmp_path: Path) -> None:
    """Drafts and what was thrown away; of the date of a draft no year is made."""
    items = "".join(
        f"<item><title>{status}</title><pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate>"
        f"<wp:post_type>post</wp:post_type><wp:status>{status}</wp:status></item>"
        for status in ("draft", "publish", "trash", "pending", "private")
    )
    path = tmp_path / "a.xml"
    spaces = 'xmlns:wp="http://wordpress.org/export/1.2/"'
    path.write_text(f'<rss version="2.0" {spaces}><channel><title>Gazette</title>{items}</channel></rss>')
    assert_found(told(path), [{"title": "publish", "published_s": None}, {"title": "private"}])


def test_an_export_of_wordpress(tmp_path: Path) -> None:
    """Posts, pages and kinds of a site's own are articles; files, menus and the like are not, nor are they counted."""
    kinds = ["attachment", "post", "nav_menu_item", "page", "wp_global_styles", "recipe", "attachment"]
    items = "".join(
        f"<item><title>{kind} {n}</title><content:encoded/><wp:post_type>{kind}</wp:post_type></item>"
        for n, kind in enumerate(kinds)
    )
    spaces = (
        'xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    path = tmp_path / "a.xml"
    path.write_text(f'<rss version="2.0" {spaces}><channel><title>Gazette</title>{items}</channel></rss>')
    found = read(str(path), Limits())
    assert [(one.index, one.title) for one in found if isinstance(one, Article)] == [
        (0, "post 1"),
        (1, "page 3"),
        (2, "recipe 5"),
    ]


def test_formats_are_listed() -> None:
    """`newsloom formats` names every reader and every packing."""
    listed = CliRunner().invoke(cli, ["formats", "--json"])
    assert listed.exit_code == 0
    rows = [json.loads(line) for line in listed.output.splitlines()]
    names = [row["format"] for row in rows if "format" in row]
    assert set(names) >= {one.name for one in registry.FORMATS} | {
        ".gz",
        ".bz2",
        ".xz",
        ".zst",
        ".zip",
        ".tar",
    }
    shown = CliRunner().invoke(cli, ["formats"])
    assert shown.exit_code == 0
    assert "NewsML-G2" in shown.output
    assert all(line == line.rstrip() for line in shown.output.splitlines()), "nothing fills the last column"


def test_a_pickle_is_told_from_other_binary_data(tmp_path: Path) -> None:
    """Scrapy exports to one, and to formats that are read."""
    for protocol in (4, 5):
        (tmp_path / "a").write_bytes(pickle.dumps({"text": FERRY_TEXT}, protocol))
        with pytest.raises(BadFile, match="is a pickle of Python; export jsonlines or csv instead") as caught:
            list(read(str(tmp_path / "a"), Limits()))
        assert caught.value.reason == "unsupported"


def test_names_of_fields_are_listed() -> None:
    """`newsloom formats` tells what a field may be called, so that nobody has to look into the code for it."""
    rows = [json.loads(line) for line in CliRunner().invoke(cli, ["formats", "--json"]).output.splitlines()]
    told = {row["field"]: row["names"] for row in rows if "field" in row}
    assert list(told) == list(NAMES)
    assert all(tuple(told[field][: len(names)]) == names for field, names in NAMES.items())
    assert "body_*" in told["text"]
    shown = CliRunner().invoke(cli, ["formats"]).output.replace(",", " ").split()
    assert {name for names in told.values() for name in names} <= set(shown)


def test_members_that_cannot_be_unpacked(tmp_path: Path) -> None:
    """Encrypted, or packed in a way that cannot be bounded, damaged: each is told, and the others are read."""
    text = FERRY_TEXT.encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/", b"")
        archive.writestr("locked.txt", text)
        archive.writestr("odd.txt", text, zipfile.ZIP_BZIP2)
        archive.writestr("damaged.txt", text, zipfile.ZIP_STORED)
        archive.writestr("whole.txt", text)
    data = bytearray(packed.getvalue().replace(b"Nobody was hurt", b"Nobody was HURT"))
    locked = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[locked + 8] |= 1
    path = tmp_path / "a"
    path.write_bytes(bytes(data))
    assert_found(told(path), ["unsupported", "unsupported", "malformed", {**BARE, "text": FERRY_TEXT}])


def test_a_tar_archive_holds_more_than_files(tmp_path: Path) -> None:
    """Folders, links and devices in it are no members, and lead nowhere."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for kind, name in (
            (tarfile.DIRTYPE, "d"),
            (tarfile.SYMTYPE, "l"),
            (tarfile.LNKTYPE, "h"),
            (tarfile.CHRTYPE, "c"),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("a.txt")
        info.size = len(FERRY_TEXT.encode())
        archive.addfile(info, io.BytesIO(FERRY_TEXT.encode()))
    path = tmp_path / "a"
    path.write_bytes(packed.getvalue())
    assert_found(told(path), [{**BARE, "text": FERRY_TEXT}])


def test_hidden_members_are_left_out_as_hidden_files_are(tmp_path: Path) -> None:
    """What a Mac puts beside each file; the folder that an archive was made in is not hidden by its point."""
    text = FERRY_TEXT.encode()
    names = ("./a.txt", ".DS_Store", "news/._a.txt", ".git/a.txt", "__MACOSX/a.txt", "news/../b.txt")
    zipped, tarred = tmp_path / "a.zip", tmp_path / "a.tar"
    with zipfile.ZipFile(zipped, "w") as archive:
        for name in names:
            archive.writestr(name, text)
    with tarfile.open(tarred, mode="w") as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text))
    for path in (zipped, tarred):
        assert_found(told(path), [{**BARE, "text": FERRY_TEXT}] * 2)


NITF = '<?xml version="1.0"?><nitf><body><body.content><p>One.</p><p>Two.</p></body.content></body></nitf>'
INLINE = NITF.partition("?>")[2]
ITEM = "<newsItem guid='urn:a'><contentMeta><headline>A ferry</headline>{}</contentMeta>{}</newsItem>"


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (json.dumps({"title": "A", "bodies": [{"role": "nitf", "value": NITF}]}), ["One.\nTwo."]),
        (json.dumps({"title": "A", "body": "<?xml version='1.0'?><other/>"}), ["unsupported"]),
        (json.dumps({"headline": "A", "body_html": "One\nline.<br>Two."}), ["One line.\nTwo."]),
        (json.dumps({"headline": "A", "body_anything": "One.", "body": None}), ["One."]),
        (json.dumps({"hits": {"hits": [{"_source": {"maintext": "One."}}, {"_source": {"maintext": "Two."}}]}}), ["One.", "Two."]),
        (json.dumps({"status": "ok", "articles": [{"title": "A", "content": "One."}, {"content": ["Two."]}]}), ["One.", "Two."]),
        (json.dumps({"title": "One.", "data": [{"a": 1}]}), ["One."]),
        (json.dumps({"text": "One.", "items": [{"text": "Two."}]}), ["One."]),
        (json.dumps({"response": {"results": [{"webTitle": "A", "fields": {"bodyText": "One."}}]}}), ["One."]),
        (json.dumps({"items": [{"title": "A"}]}) + "\n" + json.dumps({"text": "B"}), ["A", "B"]),
        (json.dumps({"html": "<html><body><article><p>One word in a page.</p></article></body></html>"}), ["One word in a page."]),
        (f"<NewsML><NewsItem><NewsComponent><ContentItem><DataContent>{INLINE}</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>", ["One.\nTwo."]),
        ("<NewsML><NewsItem><NewsLines><HeadLine>A ferry</HeadLine></NewsLines></NewsItem></NewsML>", ["A ferry"]),
        (ITEM.format("", f"<contentSet><inlineXML contenttype='application/nitf+xml'>{INLINE}</inlineXML></contentSet>"), ["One.\nTwo."]),
        (ITEM.format("<description>A caption.</description>", ""), ["A caption."]),
        ("<docs><doc title='A'><main><p>One.</p></main></doc><doc title='B'><main><p>Two.</p></main></doc></docs>", ["One.", "Two."]),
        ("<teiCorpus><TEI><text><body><p>One.</p></body></text></TEI><TEI><text><body><p>Two.</p></body></text></TEI></teiCorpus>", ["One.", "Two."]),
        ("title;body\nFähre;Größe\n", ["Größe"]),
        ('title,text\nA,One.\n,\n\n"B","Two\nlines."\n', ["One.", "no_text", "Two\nlines."]),
        ("sep=;\nOne.\n", ["sep=;\nOne."]),
        ("title, of a text: a list of names\nOne.", ["title, of a text: a list of names\nOne."]),
    ],
)  # fmt: skip
def test_further_shapes(tmp_path: Path, data: str, texts: list[str]) -> None:
    """What agencies and engines wrap their articles in, and what only looks like a table."""
    path = tmp_path / "a"
    path.write_text(data, encoding="cp1252" if "Größe" in data else "utf-8")
    try:
        found = [one.text if isinstance(one, Article) else one.reason for one in told(path)]
    except BadFile as bad:
        found = [bad.reason]
    assert found == texts


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
def test_a_table_whatever_its_lines_end_with(tmp_path: Path, end: str) -> None:
    """And one of another kind inside a row begins another, as it does for whatever reads tables; quoted it is text."""
    path = tmp_path / "a.csv"
    rows = (
        "title,text",
        "Ferry,It sank.",
        'Mill,"It stood.\rIt stopped."',
        "Bridge,It fell.\rHarbour,It froze.",
    )
    path.write_text(end.join([*rows, ""]), newline="")
    assert_found(
        told(path),
        [
            {"title": "Ferry", "text": "It sank."},
            {"title": "Mill", "text": "It stood.\nIt stopped."},
            {"title": "Bridge", "text": "It fell."},
            {"title": "Harbour", "text": "It froze."},
        ],
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize(
    ("told_by", "mark"),
    [("sep=;", ";"), ("\ufeffsep=,", ","), ('"sep=;"', ";"), ("SEP=\t", "\t"), ("sep=^", "^")],
    ids=repr,
)
def test_a_table_that_tells_excel_what_parts_its_columns(
    tmp_path: Path, end: str, told_by: str, mark: str
) -> None:
    """That line is no row, and what it says is believed."""
    path = tmp_path / "a"
    rows = [("text", "title"), ('"It sank; so, they said."', "Ferry"), ("It stood.", "Mill")]
    path.write_text(end.join([told_by, *map(mark.join, rows), ""]), newline="")
    expected = [{"title": "Ferry", "text": "It sank; so, they said."}, {"title": "Mill", "text": "It stood."}]
    assert_found(told(path), expected)
    assert [one.index for one in told(path, start=1)] == [1]


def test_tables_of_nothing_known(tmp_path: Path) -> None:
    """A Parquet file without a column of any known name says so; a row past the limit costs only itself."""
    path = tmp_path / "a"
    parquet.write_table(pa.table({"x": [1], "y": [2]}), str(path))
    with pytest.raises(BadFile, match="no column with a known name"):
        told(path)
    parquet.write_table(pa.table({"text": ["One.", "a" * 9_000, "Two."]}), str(path))
    assert [one.text if isinstance(one, Article) else one.reason for one in told(path, Limits(max_article_bytes=5_000))] == [
        "One.", "too_large", "Two.",
    ]  # fmt: skip


LONG = "It sank off the mole, they said."
NO_COLUMN = "The table has no column for a text or title, only "


@pytest.mark.parametrize(
    ("name", "data", "names"),
    [
        ("a.csv", "h1,artikeltext,adresse\nFerry,It sank.,https://a.example/1\n", "“h1”, “artikeltext”, “adresse”"),
        ("a.csv", f"h1;artikeltext\nFerry;{LONG}\nMill;{LONG}", "“h1”, “artikeltext”"),
        ("a.csv", f"h1,artikeltext\nFerry,{LONG}\nMill,It stood.\n", "“h1”, “artikeltext”"),
        ("a.csv", f',h1,artikeltext\n0,Ferry,"{LONG}"\n', "“h1”, “artikeltext”"),
        ("a.csv", f'0,Ferry free,"{LONG}"\n1,Mill shut,"One.\nTwo, three."\n', "“0”, “Ferry free”, “It sank off the mole they said”"),
        ("a.csv", f'"h1","artikel ""text"""\n"Ferry","{LONG}"\n', "“h1”, “artikel 'text'”"),
        ("a.csv", f'"One.\nTwo, three.",Ferry,"{LONG * 4_000}"', "“One. Two three.”, “Ferry”, “It sank off the mole they said”"),
        ("a.csv", "a,b\n1,2", "“a”, “b”"),
        ("A.CSV", "a,b", "“a”, “b”"),
        ("a.csv", "h1, artikeltext, adresse\nFerry, It sank., x\n", "“h1”, “artikeltext”, “adresse”"),
        ("a.csv", "h1, artikel\nFerry, It sank.\nMill, It stood.\n", "“h1”, “artikel”"),
        ("a.csv", "Export\n\nh1,artikel\nFerry,It sank.\n", "“Export”"),
        ("a.csv", "sep=^\nh1^artikel\nFerry^It sank.\n", "“h1”, “artikel”"),
        ("a.csv", "url,date\nhttps://a.example/1,2024-05-01\n", "“url”, “date”"),
        ("a.csv", "h1,Größe\nFähre,It sank.\n", "“h1”, “Größe”"),
        ("a.csv", ",".join(f"c{n}" for n in range(99)) + "\n", "“c0”, “c1”, “c2”, “c3”, “c4”, “c5”, “c6”, “c7” and others"),
        ("a.tsv", "h1\tartikeltext\nFerry\tIt sank, they said.\n", "“h1”, “artikeltext”"),
        ("a.tab", "\th1\tartikeltext\n0\tFerry\tIt sank.\n", "“h1”, “artikeltext”"),
        ("a.txt", f'h1,artikeltext,adresse\nA,"{LONG}",x\nB,"One.\nTwo.",x\nC,"{LONG}",x\n', "“h1”, “artikeltext”, “adresse”"),
        ("a", "h1|artikel|adresse\nA|It sank.|https://a.example/1\nB|It stood.|https://a.example/2\n", "“h1”, “artikel”, “adresse”"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packing", ["", "gz", "zip"])
def test_a_table_of_names_that_nobody_knows(
    tmp_path: Path, name: str, data: str, names: str, packing: str
) -> None:
    """It is refused once, and told by its columns: its rows glued together would be one article, of any event."""
    raw = data.encode("cp1252")
    path = tmp_path / f"{name}.{packing}".rstrip(".")
    path.write_bytes(zipped({name: raw}) if packing == "zip" else gzip.compress(raw) if packing else raw)
    with pytest.raises(BadFile) as caught:
        told(path)
    assert caught.value.reason == "no_text"
    assert f"{NO_COLUMN}{names}; name one of them text or title" in caught.value.detail
    assert "`newsloom formats`" in caught.value.detail


POEM = "Fog,rain,wind,\nfog,rain,wind,\nand the bell,the bell,the bell,\n"
TEXTS = {
    "prose": FERRY_TEXT,
    "one line": "The ferry, an old one, sank.",
    "even commas": "The ferry, an old one, sank.\nTwo tugs, both small, came.\nThe sea, a calm one, rose.",
    "numbers": "40,000 books were dried\n3,1 million crowns; 600 were lost\n60,000 were saved",
    "American quotes": '"It is free," said Calder.\n"Good," and left, he said. "Free," she said, "as air."\nThe end.',
    "entities": "The harbour&#8217;s ferry is free\nIt&#8217;s gone; it&#8217;s late",
    "low quotes": "Die Fähre ,,Alma'' ist frei\nSie lag fest.",
    "a list": "- Ferry, free\n- Mill; shut\n- Library | open",
    "a Markdown table": "| Port | Day | Ships |\n| --- | --- | --- |\n| Merrow | Monday | 3 |\n| Linfield | Friday | 2 |",
    "indented": "\tThe ferry is free.\n\tThe mill is shut.\n\t\tThe end.",
    "one column": 'h1\n"The ferry is free, they say."\n"The mill, too."\n',
}  # fmt: skip
#: What would be a table if it were named like one.
LISTS = {
    "a poem without blanks": POEM,
    "results": "Merrow;3;1\nLinfield;2;2\nOstley;0;5\nBrackwell;0;6",
    "standings": "Merrow\t12\t3\nLinfield\t11\t2\nOstley\t9\t5\nBrackwell\t1\t6",
    "a tight Markdown table": "|Port|Day|Page|\n|-|-|-|\n|Merrow|Mon|https://a.example/1|\n|Linfield|Fri|https://a.example/2|",
    "one without its edges": "Port|Day|Page\n---|---|---\nMerrow|Mon|https://a.example/1\nLinfield|Fri|https://a.example/2",
    "links": "Ferry,https://a.example/1\nMill,https://a.example/2\nBridge,https://a.example/3",
    "a text below a row": "a,b,c\nThe ferry is free, they say.\nIt lay there for a week.",
    "two rows": 'a,b,c\nA,"One, two.",x\n',
}  # fmt: skip


@pytest.mark.parametrize("name", ["a", "a.txt", "a.md", "a.csv", "a.tsv"])
@pytest.mark.parametrize("kind", TEXTS | LISTS)
def test_what_is_no_table(tmp_path: Path, kind: str, name: str) -> None:
    """Prose, lists and verse are texts, even in a file that is named like a table."""
    path = tmp_path / name
    path.write_text((TEXTS | LISTS)[kind])
    if kind in LISTS and name in ("a.csv", "a.tsv"):
        with pytest.raises(BadFile, match=NO_COLUMN):
            told(path)
    else:
        (found,) = told(path)
        assert isinstance(found, Article)


def test_a_table_with_one_known_name(tmp_path: Path) -> None:
    """Is read under any name of the file, if it is plainly one; with nothing below its names it says so."""
    path = tmp_path / "a"
    path.write_text(f'h1,artikel,text\nA,x,"{LONG}"\nB,y,"{LONG}"\n')
    assert_found(told(path), [{**BARE, "text": LONG}] * 2)
    path = tmp_path / "a.csv"
    for data in ("title,text", "title,text\n"):
        path.write_text(data)
        with pytest.raises(BadFile) as caught:
            told(path)
        assert caught.value.reason == "no_text"
        assert NO_COLUMN not in caught.value.detail


def test_a_table_in_an_archive_is_refused_alone(tmp_path: Path) -> None:
    """What lies beside it is read."""
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a.csv": b"a,b\n1,2\n", "b.txt": FERRY_TEXT.encode()}))
    assert_found(told(path), ["no_text", {**BARE, "text": FERRY_TEXT}])
