"""A large file is read in parts, by several processes: each goes on where it stopped."""

import csv
import gzip
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from newsloom.bookmark import Bookmark
from newsloom.errors import BadFile
from newsloom.readers import Limits, read

ARTICLES, PART = 1_000, 100
#: One read more or less, of a stream and of what lies in it.
STEP_BYTES = 3 * (64 << 10)
TEXTS = [f"{n} bells rang. {os.urandom(600).hex()}" for n in range(ARTICLES)]
ROWS = [{"title": f"Story {n}", "text": text} for n, text in enumerate(TEXTS)]


def _lines() -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)


def _csv() -> bytes:
    out = io.StringIO()
    table = csv.DictWriter(out, ["title", "text"])
    table.writeheader()
    table.writerows(ROWS)
    return out.getvalue().encode()


def _tar(mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for number, text in enumerate(TEXTS):
            info = tarfile.TarInfo(f"{number}.txt")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(TEXTS):
            archive.writestr(f"{number}.txt", text)
    return out.getvalue()


def _warc() -> bytes:
    packed = []
    for number, text in enumerate(TEXTS):
        head = f"WARC-Type: conversion\r\nWARC-Target-URI: https://mill.example/{number}"
        about = f"Content-Type: text/plain\r\nContent-Length: {len(text)}"
        packed.append(gzip.compress(f"WARC/1.0\r\n{head}\r\n{about}\r\n\r\n{text}\r\n\r\n".encode()))
    return b"".join(packed)


def _parquet() -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(ROWS), out, row_group_size=PART)
    return out.getvalue()


KINDS: dict[str, Callable[[], bytes]] = {
    "a.jsonl": _lines,
    "a.jsonl.gz": lambda: gzip.compress(_lines()),
    "a.json": lambda: b"[" + b",\n".join(_lines().splitlines()) + b"]",
    "a.csv": _csv,
    "a.tar": lambda: _tar("w"),
    "a.tar.gz": lambda: _tar("w:gz"),
    "a.zip": _zip,
    "a.warc.gz": _warc,
    "a.parquet": _parquet,
}


def bytes_read() -> int:
    """What this process read so far, of files or anything else (needs /proc)."""
    return int(Path("/proc/self/io").read_text().split()[1])


def part(bookmark: Bookmark, path: Path, start: int) -> list[Any]:
    """As a task asks for it: the records of a part."""
    return filled(bookmark, path, start)[0]


def filled(bookmark: Bookmark, path: Path, start: int) -> tuple[list[Any], bool]:
    """The records of a part, and whether others follow."""
    records: list[Any] = []
    more = bookmark.fill(records, str(path), Limits(), start, PART)
    return records, more


@pytest.mark.parametrize("name", KINDS)
def test_a_part_costs_the_same_wherever_it_lies(name: str, tmp_path: Path) -> None:
    """Two processes take turns at a file: for each part, no more is read than its own and the other's share,
    where one that comes anew at the end walks through nearly all of it. The records are those of the file."""
    path = tmp_path / name
    path.write_bytes(KINDS[name]())
    share = path.stat().st_size * PART / ARTICLES
    processes, cost, found = (Bookmark(), Bookmark()), [], []
    for number, start in enumerate(range(0, ARTICLES, PART)):
        before = bytes_read()
        records, more = filled(processes[number % 2], path, start)
        cost.append(bytes_read() - before)
        assert (len(records), more) == (PART, start + PART < ARTICLES)
        found += records
    assert found == list(read(str(path), Limits()))
    assert max(cost[2:]) <= 2 * share + STEP_BYTES
    assert max(cost[:2]) <= 8 * share, "to open it, its index is read as well, if it has one"
    before = bytes_read()
    part(Bookmark(), path, ARTICLES - PART)
    assert bytes_read() - before > 0.8 * path.stat().st_size


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "many.jsonl"
    path.write_bytes(b"".join(_lines().splitlines(keepends=True)[: 3 * PART]))
    return path


def test_a_part_that_comes_again(many: Path) -> None:
    """Behind the bookmark or before it, once more or further on: a part holds the same records."""
    bookmark = Bookmark()
    whole = list(read(str(many), Limits()))
    for start in (0, 0, PART, 2 * PART, 2 * PART, PART, 0, 2 * PART, 3 * PART - 1, 0):
        assert part(bookmark, many, start) == whole[start : start + PART]


def test_a_part_is_bounded_by_its_texts(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends before the record that would take it past the bound; one record alone may be larger."""
    whole = list(read(str(many), Limits()))
    lengths = [len(record.text) for record in whole]
    for bound, most in ((sum(lengths[:3]), 3), (sum(lengths[:3]) - 1, 2), (1, 1)):
        monkeypatch.setattr("newsloom.bookmark.PART_CHARACTERS", bound)
        assert filled(Bookmark(), many, 0) == (whole[:most], True)


@pytest.mark.parametrize("how", ["replaced", "written over"])
def test_another_file_in_its_place(many: Path, how: str) -> None:
    """What is read is the file that lies there now, not the one that the bookmark is in."""
    bookmark = Bookmark()
    part(bookmark, many, 0)
    rows = [json.dumps({"title": "Later", "text": row["text"]}) for row in ROWS[: 3 * PART]]
    target = many.with_name("other.jsonl") if how == "replaced" else many
    target.write_text("\n".join(rows))
    target.rename(many)
    assert {record.title for record in part(bookmark, many, PART)} == {"Later"}
    many.unlink()
    with pytest.raises(BadFile, match="no such file"):
        part(bookmark, many, 2 * PART)


def test_no_more_than_one_file_is_open(many: Path) -> None:
    """It is closed at its end, and when another is begun; damage ends it as well."""

    def open_files() -> int:
        return sum(str(many.parent) in os.path.realpath(each) for each in Path("/proc/self/fd").iterdir())

    bookmark, other = Bookmark(), many.with_name("other.jsonl.gz")
    other.write_bytes(gzip.compress(many.read_bytes())[:-5_000])
    part(bookmark, many, 0)
    assert open_files() == 1
    part(bookmark, other, 0)
    assert open_files() == 1
    for start in (PART, 2 * PART):
        part(bookmark, other, start)
    assert open_files() == 0
    part(bookmark, many, 0)
    part(bookmark, many, 2 * PART)
    assert open_files() == 0
