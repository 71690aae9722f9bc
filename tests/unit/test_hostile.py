"""What is out to do harm, or looks like it: each is refused or tamed with a reason, in bounded time and memory."""

import bz2
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import BadRecord, Limits, read
from newsloom.readers.unpack import zstd

LIMITS = Limits()
MIB = 1 << 20
#: Processor seconds and bytes that any of these may take; most take a hundredth. Generous, for slow machines.
SECONDS, BYTES = 30, 600 * MIB

HOSTILE = Path(__file__).parents[1] / "data" / "hostile"


def outcome(path: Path | str, limits: Limits = LIMITS) -> list[str]:
    """``read`` for an article, else a reason; within the bounds."""
    started = time.process_time()
    try:
        found = [one.reason if isinstance(one, BadRecord) else "read" for one in read(str(path), limits)]
    except BadFile as bad:
        assert bad.detail.isprintable()
        found = [bad.reason]
    assert time.process_time() - started < SECONDS
    return found


def only(path: Path) -> Article:
    (found,) = read(str(path), LIMITS)
    assert isinstance(found, Article)
    return found


def line(count: int) -> bytes:
    return b'{"text": "A"}\n{"text": "' + b"a" * count + b'"}\n{"text": "B"}\n'


PACKS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd.compress
}  # fmt: skip


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize("pack", PACKS)
def test_bombs(tmp_path: Path, pack: str) -> None:
    """What unpacks to hundreds of times its size is given up on, be it one article or a line among others."""
    path = tmp_path / "a"
    path.write_bytes(PACKS[pack](b"a" * (20 * MIB)))
    assert outcome(path) == ["too_large"]
    # The line is too large for an article, and then for the budget of the file.
    path.write_bytes(PACKS[pack](line(70 * MIB)))
    assert outcome(path) == ["read", "too_large", "too_large"]
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert outcome(path) == ["read", "too_large", "too_large"]


def test_a_zip_bomb(tmp_path: Path) -> None:
    """An archive has one budget for all of its members: past it, no further one is opened."""
    path = tmp_path / "a"
    path.write_bytes(zipped({f"{n}.json": line(5 * MIB) for n in range(20)}))
    found = outcome(path)
    assert found[-1] == "too_large"
    assert found.count("read") < 30  # 64 MiB, of two readable lines in 5


def test_overlapping_members(tmp_path: Path) -> None:
    """Members that share their bytes are paid for one by one."""
    data = bytearray(zipped({"a": line(2 * MIB), "b": b"x"}))
    entry = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    first = bytes(data[entry : data.index(b"PK\x01\x02", entry + 4)])
    count = 2_000
    data[entry:end] = first * count
    end = data.index(b"PK\x05\x06")
    data[end + 8 : end + 12] = count.to_bytes(2, "little") * 2
    data[end + 12 : end + 16] = (len(first) * count).to_bytes(4, "little")
    path = tmp_path / "a"
    path.write_bytes(bytes(data))
    found = outcome(path, Limits(max_expanded_bytes=50 * MIB))
    assert found[-1] in {"too_large", "malformed"}  # newer Pythons see it and read no more
    assert found.count("read") < 100


def test_a_table_of_contents_without_end(tmp_path: Path) -> None:
    """What an archive says of its own book-keeping is not believed."""
    path = tmp_path / "a"
    data = bytearray(zipped({"a.txt": b"text"}))
    end = data.index(b"PK\x05\x06")
    data[end + 12 : end + 16] = (0xFFFFFF00).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    assert outcome(path) == ["malformed"]
    header = tarfile.TarInfo("a")
    header.type, header.size = b"x", 1 << 32
    path.write_bytes(gzip.compress(header.tobuf() + b"11 a=b\n" * MIB))
    assert outcome(path) == ["too_large"]


def test_compression_of_nothing(tmp_path: Path) -> None:
    """A million empty files laid end to end cost no time."""
    path = tmp_path / "a"
    for pack in PACKS.values():
        path.write_bytes(pack(b"") * 100_000)
        assert outcome(path) == ["malformed"]


ENTITIES = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
BOMB = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{ENTITIES}]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY j SYSTEM "file://{secret}">]>'
XML = {
    "nitf": "<nitf><body><body.head><hedline><hl1>A &j;</hl1></hedline></body.head></body></nitf>",
    "newsml": "<NewsML><NewsItem><HeadLine>A &j;</HeadLine></NewsItem></NewsML>",
    "g2": "<newsItem><contentMeta><headline>A &j;</headline></contentMeta></newsItem>",
    "tei": "<TEI><text><body><p>A &j;</p></body></text></TEI>",
    "trafilatura": "<doc><main><p>A &j;</p></main></doc>",
    "rss": '<rss version="2.0"><channel><item><title>A &j;</title></item></channel></rss>',
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A &j;</title></entry></feed>',
    "html": "<html><body><article><p>A word in a page. &j;</p></article></body></html>",
}


@pytest.mark.parametrize("name", XML)
def test_entities(tmp_path: Path, name: str) -> None:
    """No entity is expanded without end, and none brings in a file."""
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    path = tmp_path / "a"
    for doctype in (BOMB, OUTSIDE.format(secret=secret)):
        path.write_text('<?xml version="1.0"?>\n' * (name != "html") + doctype + XML[name])
        try:
            found = only(path)
        except BadFile as bad:
            assert bad.reason == "malformed"
        else:
            assert "hunter2" not in found.text + (found.title or "")
            assert len(found.text) < 10_000


def test_a_line_of_500_mb(tmp_path: Path) -> None:
    """It is left out, and the lines around it are read. Half a gigabyte is written for this, and not held."""
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(b'{"text": "A"}\n{"text": "')
        for _ in range(500):
            file.write(b"a" * MIB)
        file.write(b'"}\n{"text": "B"}\n')
    assert outcome(path) == ["read", "too_large", "read"]
    path.unlink()


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b'{"text": "',
        b"<html><p>",
        b"title,text\n",
        b"<rss><channel>",
        b"WARC/1.0\r\n",
        b"1 of 2 DOCUMENTS\n",
    ],
)
def test_a_file_of_2_gb(tmp_path: Path, head: bytes) -> None:
    """A hole of two gigabytes on disk costs neither its size nor its reading."""
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.write(head)
        file.truncate(2 << 30)
    assert outcome(path, Limits(max_file_bytes=(2 << 30) - 1)) == ["too_large"]
    started = time.process_time()
    if head.startswith(b"{"):  # read to its end, for another record may follow
        path.write_bytes(head + bytes(64 * MIB))
    assert set(outcome(path)) <= {"too_large", "binary", "truncated"}
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "data",
    [
        '{"text":' + "[" * 3_000_000,
        '{"text":' + '{"a":' * 600_000,
        '{"text":' + "[" * 300_000 + "]" * 300_000 + "}",
        '{"text": "A", "more": [' + "[]," * 1_000_000 + "1]}",
        "[" * 3_000_000,
        '{"items": [' + "[" * 150_000 + "]" * 150_000 + "]}",
    ],
)
def test_json_without_end(tmp_path: Path, data: str) -> None:
    """Brackets within brackets, closed or not, are refused before anything is built of them."""
    path = tmp_path / "a"
    path.write_text(data)
    assert set(outcome(path)) <= {"truncated", "too_large", "malformed"}


LONG = {
    "blanks": json.dumps({"text": "A mill." + " " * MIB + "x"}),
    "cuts": json.dumps({"text": "A mill." + "… [+12 chars" * 100_000}),
    "blanks in markup": json.dumps({"body_html": "<p>A mill." + " " * MIB + "x</p>"}),
    "links in Markdown": json.dumps({"text": "A mill. " + "![a](/" * 20_000}),
    "lines in Markdown": json.dumps({"text": "[A mill](/mill) " + "*a_\n" * 30_000}),
    "blanks in XML": "<nitf><body><body.content><p>A mill."
    + " " * MIB
    + "x</p></body.content></body></nitf>",
}


@pytest.mark.parametrize("name", LONG)
def test_texts_that_take_a_pattern_minutes(tmp_path: Path, name: str) -> None:
    """What is looked for in a text costs no more than its length."""
    path = tmp_path / "a"
    path.write_text(LONG[name])
    assert outcome(path) == ["read"]


@pytest.mark.parametrize("deep", ['{"sections": [{"headline": %s}]}', '[{"value": %s}]', '{"content": %s}'])
@pytest.mark.parametrize(
    "record",
    ['{"content": %s}', '{"articles": [{"title": "A"}], "body": %s}', '{"@graph": [{"content": %s}]}'],
)
def test_values_within_values(tmp_path: Path, deep: str, record: str) -> None:
    """As deep as JSON may go: they cost their own record at most, not those around it."""
    value = '"B"'
    while value.count("[") + value.count("{") < 900:
        value = deep % value
    path = tmp_path / "a"
    path.write_text('{"text": "A"}\n' + record % value + '\n{"text": "C"}\n')
    found = outcome(path)
    assert (found[0], found[-1], len(found)) == ("read", "read", 3)


NUISANCE = "A \x1b[31mred\x1b]0;title\x07 \u202etfel\u2066 \x00\ud800 \x9b2J line"


@pytest.mark.parametrize("field", ["title", "text", "url", "source", "id", "language"])
def test_nothing_that_a_terminal_obeys(tmp_path: Path, field: str) -> None:
    """No escape, no control, no override of direction and no half of a character is left in any field."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"text": "Text.", field: NUISANCE}))
    found = only(path)
    kept = "".join(filter(None, (found.title, found.text, found.url, found.source, found.id, found.language)))
    assert not set("\x1b\x07\x9b\0\u202e\u2066\ud800") & set(kept)
    kept.encode()


def test_refusals_show_nothing_that_a_terminal_obeys(tmp_path: Path) -> None:
    """What a refusal quotes of the file, or of the name of a member, is made harmless."""
    path = tmp_path / "a"
    path.write_bytes(b"WARC/1.0\x1b]0;owned\x07\r\n")
    assert outcome(path) == ["malformed"]
    path.write_bytes(zipped({"\x1b[31m\u202egnp.exe": b"\0", "b\n\x1b[2J": b"\0"}))
    details = [one.detail for one in read(str(path), LIMITS) if isinstance(one, BadRecord)]
    assert len(details) == 2
    assert all(detail.isprintable() and "\u202e" not in detail for detail in details)


def test_a_title_of_a_megabyte(tmp_path: Path) -> None:
    """It is cut to what a title may be; the article is read."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"text": "Text.", "title": "t" * MIB, "id": "i" * MIB, "source": "s" * MIB}))
    found = only(path)
    assert [len(one or "") for one in (found.title, found.id, found.source)] == [1_000] * 3


TOP = "<!DOCTYPE html><html><head><title>A</title></head><body>"
PAGES = {
    "comments": "<!---->" * 1_150 + "x",
    "declarations": "<?xml?>" * 1_150 + "x",
    "tables": TOP + "<table><tr><td>" * 4_000 + "word",
    "crossed tags": TOP + "<a><p><b><div>" * 10_000 + "word",
    "open tags": TOP + "<b><p>word" * 6_000,
    "one paragraph": TOP + "<p>" + "word " * 400_000,
    "one word": TOP + "<p>" + "w" * 2_000_000,
    "digits": TOP + "<p>" + "1" * 1_000_000,
    "dates": TOP + "<p>" + "May 1, 2024, " * 100_000,
    "one attribute": TOP + '<p class="' + "x" * 1_000_000 + '">word</p>',
    "links": TOP + '<a href="http://e.com/a">x</a> ' * 10_000,
    "spans": TOP + "<p>" + "<span>word </span>" * 5_000,
    "metas": TOP.replace("<title>", '<meta property="og:url" content="http://e.com/a">' * 10_000 + "<title>"),
    "linked data": TOP.replace("<title>", '<script type="application/ld+json">[{"@type":"NewsArticle"}]</script>' * 8_000 + "<title>"),
    "elements": TOP + "<p>word</p>" * 300_000,
    "a class": TOP + '<article><div class="date ' + "<!--" * 100_000 + '"><p>word</p></div></article>',
    "an author": TOP.replace("<title>", '<meta name="author" content="' + "<!--{[(" * 100_000 + '"><title>') + "<p>word",
    "a day": TOP.replace("<title>", '<meta property="article:published_time" content="' + "<!--" * 100_000 + '"><title>'),
    "a person": TOP.replace("<title>", '<script type="application/ld+json">{"@type":"NewsArticle","author":"'
    + "<!--" * 100_000 + '"}</script><title>'),
    "attributes": TOP + "<p " + " ".join(f"a{n}=1" for n in range(60_000)) + ">word</p>",
    "brackets": TOP + "<" * 1_000_000,
    "entities": TOP + "<p>" + "&amp;" * 200_000,
    "blanks": TOP + "<p>" + " " * 1_000_000 + "word</p>",
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_pages_that_take_a_parser_minutes(tmp_path: Path, name: str) -> None:
    """Each is read or refused, and soon."""
    path = tmp_path / "a.html"
    path.write_text(PAGES[name])
    assert set(outcome(path)) <= {"read", "no_text", "too_large", "malformed", "unsupported"}


FEED = '<?xml version="1.0"?><rss version="2.0"><channel>'
FEEDS = {
    "elements": FEED + "<a>" * 300_000,
    "nested": FEED + "<a>" * 50_000,
    "not well-formed": FEED + "&" + "<item><title>a & b</title></item>" * 15_000,
    "attributes": FEED + "<item " + " ".join(f'a{n}="1"' for n in range(60_000)) + "/>",
    "large item": FEED + "<item><title>a</title><description>" + "&lt;p&gt;x" * 500_000 + "</description></item></channel></rss>",
    "sections": FEED + "<item><title>" + "<![CDATA[" * 100_000,
    "date": FEED + "<item><title>a</title><pubDate>" + "May 1 " * 500_000 + "</pubDate></item></channel></rss>",
}  # fmt: skip


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_that_take_a_parser_minutes(tmp_path: Path, name: str) -> None:
    """Each is read or refused, and soon."""
    path = tmp_path / "a"
    path.write_text(FEEDS[name])
    assert set(outcome(path)) <= {"read", "no_text", "too_large", "malformed", "truncated"}


def test_quotes_that_are_never_closed(tmp_path: Path) -> None:
    """In a table they cost the rows that they swallow, up to the size of one article, and no more."""
    path = tmp_path / "a.csv"
    path.write_bytes(
        b'title,text\nA,one\nB,"'
        + b"two\n" * 20_000
        + b'"\nC,three\n'
        + b"D,"
        + b"x" * 30_000
        + b"\nE,five\n"
    )
    found = outcome(path, Limits(max_article_bytes=20_000))
    assert found[0] == "read"
    assert "too_large" in found
    assert found[-1] == "read"


NUMBER = "1 of 3 DOCUMENTS\n\n"
HEAD = NUMBER + "    Gazette\n\n    May 1, 2024\n\nMill\n\nLENGTH: 9 words\n\n"
BUNDLES = {
    "a line": HEAD + "w" * 3_000_000,
    "a line of blanks": HEAD + "A mill." + " " * 3_000_000 + "x",
    "a number in blanks": " " * 60_000 + NUMBER + " " * 3_000_000 + "2 of 3 DOCUMENTS",
    "digits": "1" * 3_000_000 + " of 3 DOCUMENTS\n",
    "digits below a cover": "Print Request: All Documents: " + "1, " * 20_000 + "x\n" + "1 " * 100_000,
    "numbers": NUMBER * 100_000,
    "lines": HEAD + "a\n" * 1_500_000,
    "paragraphs": HEAD + "a\n\n" * 1_000_000,
    "growing indents": HEAD + "".join(" " * n + "a\n" for n in range(2_000)),
    "tags": HEAD + "DATELINE: a\n" * 250_000 + "b",
    "tags below": HEAD + "a\n\n" + "PERSON: a\n" * 250_000,
    "updates": HEAD + "a\n\n" + "UPDATE: 1 May 2024 or so\n" * 10_000,
    "colons": HEAD + "a:" * 1_500_000,
    "copyrights": HEAD + "Copyright " + "(c) " * 700_000,
    "a source": NUMBER + "    Gazette\n" * 250_000 + "\n\nMill",
    "a date": NUMBER + "    Gazette\n\n    May 1, 2024 " + "1, 2024 " * 300_000,
    "dates": NUMBER + "    Gazette\n\n" + "    May 1 or so\n" * 200_000,
    "clocks": NUMBER + "    Gazette\n\n    May 1, 2024\n" + "    10:15 AM or so\n" * 200_000,
    "a title": NUMBER + "    Gazette\n\n    May 1, 2024\n\n" + "Mill\n" * 500_000 + "\nLENGTH: 9 words\n\nx",
    "languages": HEAD + "a\n\nLANGUAGE: " + "; " * 1_000_000,
    "an address": HEAD + "a\n\nURL: http://" + "a/\n" * 700_000,
}  # fmt: skip


@pytest.mark.parametrize("name", BUNDLES)
def test_bundles_that_take_a_pattern_minutes(tmp_path: Path, name: str) -> None:
    """Each is read or refused, and soon."""
    path = tmp_path / "a"
    path.write_text(BUNDLES[name])
    started = time.process_time()
    assert set(outcome(path)) <= {"read", "no_text", "too_large"}
    assert time.process_time() - started < SECONDS / 2


def test_a_document_without_end(tmp_path: Path) -> None:
    """It is left out, and those around it are read."""
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.write(f"{HEAD}A mill.\n{HEAD}".encode())
        for _ in range(100):
            file.write(b"a" * MIB)
        file.write(f"\n{HEAD}A ferry.\n".encode())
    assert outcome(path) == ["read", "too_large", "read"]


def test_devices_and_pipes(tmp_path: Path) -> None:
    """None of them is opened, so none is waited for; a link to one is one."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    (tmp_path / "link").symlink_to("/dev/zero")
    for path in (fifo, tmp_path / "link", Path("/dev/zero"), Path("/dev/tty"), tmp_path):
        assert outcome(path) == ["not_a_file"]


@pytest.mark.parametrize("path", sorted(HOSTILE.iterdir()), ids=lambda path: path.name)
def test_what_once_broke_something(path: Path) -> None:
    """Found by fuzzing, and kept: each has an outcome now."""
    assert outcome(path)


MEMORY = """
import resource, sys
from newsloom.readers import Limits, read
from newsloom.errors import BadFile
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    for _ in read(sys.argv[1], Limits()):
        pass
except BadFile:
    pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10)
"""


@pytest.mark.parametrize(
    "make",
    [
        lambda: gzip.compress(line(150 * MIB)),
        lambda: zstd.compress(b"[" * (200 * MIB)),
        lambda: zipped({"a": b"a" * (60 * MIB), "b": line(60 * MIB)}),
        lambda: b'{"text": "A", "more": [' + b"[]," * 1_000_000 + b"1]}",
        lambda: FEED.encode() + b"<item><title>" + b"a" * (15 * MIB),
        lambda: b"WARC/1.0\r\n" + b"a" * (50 * MIB),
        lambda: HEAD.encode() + b"a" * (50 * MIB),
        BUNDLES["paragraphs"].encode,
    ],
    ids=["gzip", "zstd", "zip", "json", "feed", "warc", "bundle", "paragraphs"],
)
def test_memory_is_bounded(tmp_path: Path, make: Callable[[], bytes]) -> None:
    """A process of its own, so that what is measured is this file's."""
    path = tmp_path / "a"
    path.write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)], capture_output=True, check=True, text=True
    )
    assert int(done.stdout) < BYTES
