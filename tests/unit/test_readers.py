"""Opening, sniffing, plain text and compression."""

import codecs
import gzip
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import BadRecord, Limits, read
from newsloom.readers.charset import charset_of, decode

LIMITS = Limits()
STORY = "Ferry stuck off Port Merrow\n\nThe ferry Alma ran aground on Monday.\n  Nobody was hurt.  \n\n"


def write(folder: Path, data: bytes, name: str = "a.txt") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def one(path: str, limits: Limits = LIMITS) -> Article:
    (found,) = read(path, limits)
    assert isinstance(found, Article)
    return found


def reason(path: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(BadFile) as caught:
        list(read(path, limits))
    assert caught.value.detail.endswith(".")
    return caught.value.reason


def test_paragraphs_are_the_non_empty_lines(tmp_path: Path) -> None:
    """The n-th line of the text is the n-th line of the file that is not only white space."""
    found = one(write(tmp_path, STORY.encode()))
    assert found.text.split("\n") == [line.strip() for line in STORY.splitlines() if line.strip()]
    assert (found.title, found.published_s, found.id) == (None, None, None)


@pytest.mark.parametrize(
    ("matter", "title"),
    [
        ('title: "The mill: \\"closed\\" for good"', 'The mill: "closed" for good'),
        ("tags:\n- mill\ntitle: 'The \"old\" mill' closed\nfingerprint: 12ab", "'The \"old\" mill' closed"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_front_matter_is_no_text(tmp_path: Path, matter: str, title: str, end: str) -> None:
    """What a text or Markdown file says of itself in front tells its fields, however it is quoted."""
    found = one(write(tmp_path, f"---\n{matter}\n---\n\n{STORY}".replace("\n", end).encode()))
    assert (found.title, found.text) == (title, one(write(tmp_path, STORY.encode())).text)


@pytest.mark.parametrize("matter", ["Ferry: still stuck\n---", "title: The mill closed", "---"])
def test_dashes_alone_are_no_front_matter(tmp_path: Path, matter: str) -> None:
    """Nothing of the text is left out where nothing known is said, or no end of it is in sight."""
    found = one(write(tmp_path, f"---\n{matter}\n{STORY}".encode()))
    assert found.text.startswith(f"---\n{matter}\nFerry stuck")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", "\n \t\n", "\r\n\u00a0\r\n"])
def test_any_line_end_parts_paragraphs(tmp_path: Path, end: str) -> None:
    """Unix, Windows and old Mac line ends, with blank lines or without, give the same paragraphs."""
    assert one(write(tmp_path, end.join(["one", "two", "three"]).encode())).text == "one\ntwo\nthree"


def test_text_is_tamed(tmp_path: Path) -> None:
    """Controls go, separators that only some tools know become blanks, all else stays as it was."""
    data = "The\x07 mayor\u2028said\x0cso \u2014 \u201cyes\u201d\tand\u00a0no".encode()
    assert one(write(tmp_path, data)).text == "The mayor said so \u2014 \u201cyes\u201d\tand\u00a0no"


ENGLISH = (
    "The ferry \u201cAlma\u201d is free again and nobody was hurt, the harbour office of Port Merrow said. "
    * 3
)
GERMAN = (
    "Die F\u00e4hre lief am Sonntag vor dem Hafen auf Grund. Gr\u00f6\u00dfere Sch\u00e4den gab es nicht."
)
RUSSIAN = "\u041f\u0430\u0440\u043e\u043c \u0441\u0435\u043b \u043d\u0430 \u043c\u0435\u043b\u044c \u0443 \u0432\u0445\u043e\u0434\u0430 \u0432 \u043f\u043e\u0440\u0442 \u0432 \u0432\u043e\u0441\u043a\u0440\u0435\u0441\u0435\u043d\u044c\u0435 \u0432\u0435\u0447\u0435\u0440\u043e\u043c, \u043d\u0438\u043a\u0442\u043e \u043d\u0435 \u043f\u043e\u0441\u0442\u0440\u0430\u0434\u0430\u043b."

JAPANESE = "フェリーは日曜日の夜、港の入り口で座礁した。けが人はなく、船体の損傷も小さいという。運航会社は原因を調べている。"


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-32"),
        (GERMAN, "cp1252"),
        (ENGLISH, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "iso2022_jp"),
        (JAPANESE, "iso2022_jp_ext"),
    ],
)
def test_any_charset(tmp_path: Path, text: str, charset: str) -> None:
    """A text reads the same in whatever charset it was saved."""
    assert one(write(tmp_path, text.encode(charset))).text == text.strip()


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("El transbordador encalló cerca de la isla. Según el capitán, ningún niño resultó herido, y mañana volverá a cruzar.", "cp1252"),
        ("Färjan gick på grund utanför hamnen. Ingen skadades, sade kaptenen på måndagen, och båten går åter på lördag.", "cp1252"),
        ("Prom utknął na mieliźnie koło wyspy. Według kapitana nikt nie został ranny, a łódź wróci jutro na trasę.", "cp1250"),
        ("Trajekt uvízl na mělčině u ostrova. Podle kapitána nebyl nikdo zraněn a loď se zítra vrátí na trať.", "iso8859_2"),
        ("Feribot adanın yakınında karaya oturdu. Kaptan kimsenin yaralanmadığını, geminin yarın yeniden çalışacağını söyledi.", "cp1254"),
        ("Feribotul a eşuat lângă insulă. Căpitanul spune că nimeni nu a fost rănit şi că vasul revine mâine.", "cp1250"),
        ("العبارة جنحت قرب الجزيرة. وقال القبطان إن أحدا لم يصب بأذى وإنها ستعود غدا إلى العمل.", "cp1256"),
    ],
)  # fmt: skip
def test_the_words_tell_a_code_page(tmp_path: Path, text: str, charset: str) -> None:
    """In each of these nearly all bytes are letters of some language: of one reading the words are known."""
    data = text.encode(charset)
    assert decode(data) == text
    assert data.decode(charset_of(data)) == text
    assert one(write(tmp_path, data)).text == text


@pytest.mark.parametrize("declared", ['<meta charset="iso-2022-jp">', ""])
def test_japanese_of_seven_bits_in_a_page(tmp_path: Path, declared: str) -> None:
    """Its bytes are those of ASCII, so UTF-8 would do; its escape sequences tell."""
    page = f"<html><head>{declared}<title>座礁</title></head><body><article><p>{JAPANESE}</p></article></body></html>"
    found = one(write(tmp_path, page.encode("iso2022_jp"), "a.html"))
    assert (found.title, found.text) == ("座礁", JAPANESE)
    assert charset_of(page.encode("iso2022_jp")) == "iso2022_jp_ext"


def test_a_terminal_s_escape_sequences_are_no_japanese(tmp_path: Path) -> None:
    """Colours begin with the same character."""
    assert decode(f"\x1b[1m{ENGLISH}\x1b[0m".encode()) == f"\x1b[1m{ENGLISH}\x1b[0m"


def test_big_endian_marks(tmp_path: Path) -> None:
    """UTF-16 is told by its mark in either byte order."""
    data = codecs.BOM_UTF16_BE + GERMAN.encode("utf-16-be")
    assert one(write(tmp_path, data)).text == GERMAN


def test_damaged_utf8_stays_utf8(tmp_path: Path) -> None:
    """One broken byte, or a last character cut in two, does not turn the rest into another charset."""
    data = GERMAN.encode()
    assert one(write(tmp_path, data.replace(b"Sonntag", b"S\xffnntag"))).text == GERMAN.replace(
        "So", "S\ufffd"
    )
    assert one(write(tmp_path, b"All is well at " + "\u00e9".encode()[:1])).text == "All is well at \ufffd"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (gzip.compress(b""), "empty"),
        (b"text with a \0 in it", "binary"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (bytes(range(1, 32)) * 20, "binary"),
        (b"\xff\xfe" + bytes(range(0xD8, 0xE0)) * 60, "binary"),
        (b"%PDF-1.7 ...", "unsupported"),
        (b"PK\x03\x04....", "malformed"),
        (b"WARC/1.0\r\n", "malformed"),
        (b'<?xml version="1.0"?>\n<rss><channel/></rss>', "no_text"),
        (b"<rss version='2.0'><channel></channel></rss>", "no_text"),
        (
            b"<html><head><title>Just a moment...</title></head><body><p>Enable JavaScript and cookies to continue</p></body></html>",
            "blocked",
        ),
        (
            b"<html><title>404 Not Found</title><body><h1>404 Not Found</h1><hr>nginx/1.18.0</body></html>",
            "blocked",
        ),
        (
            b'{"title": "Access Denied", "text": "Sorry, you have been blocked.", "url": "https://a.example/b"}',
            "blocked",
        ),
        (gzip.compress(STORY.encode())[:-4], "truncated"),
        (gzip.compress(STORY.encode())[:-8] + b"12345678", "malformed"),
    ],
)
def test_refused_content(tmp_path: Path, data: bytes, expected: str) -> None:
    """What cannot be read is refused with the reason why."""
    assert reason(write(tmp_path, data)) == expected


def test_refused_paths(tmp_path: Path) -> None:
    """Only a regular file is read, and nothing else is waited for."""
    fifo, sock = tmp_path / "fifo", tmp_path / "s"
    os.mkfifo(fifo)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(sock))
        cases = {
            str(tmp_path / "nothing"): "missing",
            str(tmp_path / "nothing" / "below"): "missing",
            "a\0b": "missing",
            "a\ud800b": "missing",
            "": "missing",
            str(tmp_path): "not_a_file",
            str(fifo): "not_a_file",
            str(sock): "not_a_file",
            "/dev/zero": "not_a_file",
            str(loop): "unreadable",
            "x" * 5_000: "unreadable",
        }
        assert {path: reason(path) for path in cases} == cases


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_permission_denied(tmp_path: Path) -> None:
    """A file that the worker may not read says so."""
    path = write(tmp_path, b"text")
    os.chmod(path, 0)
    assert reason(path) == "unreadable"


def test_permission_denied_by_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, also where the tests run as root."""

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, b"text")
    monkeypatch.setattr(os, "open", refuse)
    assert reason(path) == "unreadable"


def test_a_failing_disk_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the disk in the middle of a file is a reason, not an exception of another kind."""

    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    path = write(tmp_path, b"text")
    monkeypatch.setattr(os, "read", fail)
    assert reason(path) == "unreadable"


@pytest.mark.parametrize(
    ("limits", "pack"),
    [
        (Limits(max_file_bytes=99), bytes),
        (Limits(max_article_bytes=99), bytes),
        (Limits(max_article_bytes=99), gzip.compress),
        (Limits(max_expanded_bytes=99), gzip.compress),
    ],
)
def test_limits(tmp_path: Path, limits: Limits, pack: Callable[[bytes], bytes]) -> None:
    """Each limit refuses what is past it."""
    assert reason(write(tmp_path, pack(b"word " * 20)), limits) == "too_large"


def test_a_bomb_costs_one_article(tmp_path: Path) -> None:
    """A gigabyte of blanks in a megabyte is given up on at the limit of an article."""
    bomb = gzip.compress(gzip.compress(b"word " * 20_000_000, 9), 9)
    assert len(bomb) < 100_000
    assert reason(write(tmp_path, bomb)) == "too_large"


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz", "a.json", "a"])
def test_gzip_is_told_by_content(tmp_path: Path, name: str) -> None:
    """Once or twice compressed, whatever the name says."""
    packed = gzip.compress(STORY.encode()) if name != "a.json" else gzip.compress(b'{"text": "One\\nTwo"}')
    expected = "One\nTwo" if name == "a.json" else one(write(tmp_path, STORY.encode(), "plain.txt")).text
    assert one(write(tmp_path, packed, name)).text == expected
    assert one(write(tmp_path, gzip.compress(packed), name)).text == expected


PAGE = (
    b"<!DOCTYPE html><html><head><title>T</title></head><body><p>The ferry is free again.</p></body></html>"
)


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("a.txt", PAGE, "The ferry is free again."),
        ("a.json", PAGE, "The ferry is free again."),
        ("a.html", b'{"text": "From JSON"}', "From JSON"),
        ("a.txt", b'[{"text": "From an array"}]', "From an array"),
        ("a.json", b'{"text": "One"}\n{"text": "Two"}', "One"),
        ("a.html", b"No tag in here.", "No tag in here."),
        ("a.txt", b"[Reuters] The ferry is free.", "[Reuters] The ferry is free."),
        ("a.txt", b"{curly} words & a < b", "{curly} words & a < b"),
        ("a.txt", b"I wrote <html> by hand.", "I wrote <html> by hand."),
    ],
)
def test_told_by_content(tmp_path: Path, name: str, data: bytes, text: str) -> None:
    """The content tells the format, against the name where they disagree."""
    first = next(read(write(tmp_path, data, name), LIMITS))
    assert isinstance(first, Article)
    assert first.text == text


@pytest.mark.parametrize("data", [STORY.encode(), PAGE, b'{"text": "One"}'])
def test_start_past_the_only_article(tmp_path: Path, data: bytes) -> None:
    """Going on after the last record gives nothing, and is no failure."""
    assert list(read(write(tmp_path, data), LIMITS, start=1)) == []


FRAGMENTS = [
    b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\", b"\n", b"null", b"1e999", b"<p>", b"</p>", b"<html>",
    b"<!--", b"&#0;",
    b'{"text":', b'"title"', b'"date"', b"\\ud800", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b\x08", b"\0",
    b"word ", b"\xc3\xa9",
    b'<script type="application/ld+json">', b"</script>", b'{"@type":"NewsArticle","headline":"A"}',
    b"<meta charset=utf-16>",
]  # fmt: skip
NASTY = st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=12), max_size=30).map(b"".join)
NAMES = st.sampled_from(["a", "a.txt", "a.html", "a.json", "a.jsonl.gz"])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200) | NASTY, name=NAMES, packed=st.booleans(), start=st.integers(0, 2))
def test_any_bytes(tmp_path: Path, data: bytes, name: str, *, packed: bool, start: int) -> None:
    """Whatever the bytes: articles with a text, bad records with a reason, or BadFile. Nothing else."""
    path = write(tmp_path, gzip.compress(data) if packed else data, name)
    limits = Limits(max_article_bytes=150)
    try:
        found = list(read(path, limits, start=start))
    except BadFile as bad:
        assert bad.reason.isidentifier()
        assert bad.detail
        return
    indices = [record.index for record in found]
    assert indices == list(range(start, start + len(found)))
    for record in found:
        if isinstance(record, BadRecord):
            assert record.reason.isidentifier()
            assert record.detail
        else:
            lines = record.text.split("\n")
            assert all(line and line == line.strip() for line in lines)
            record.text.encode()
            assert record.title is None or record.title.encode()
