"""``newsloom warm``: what it says, and how it ends."""

import json
from pathlib import Path

import orjson
import pytest

from newsloom import bootstrap


@pytest.fixture
def archive(tmp_path: Path, inventor) -> Path:
    """Three texts, a labelled file of two articles, and a file that is none."""
    folder = tmp_path / "archive"
    (folder / "2024").mkdir(parents=True)
    for number in range(3):
        (folder / f"{number}.txt").write_text(inventor.event(), encoding="utf-8")
    rows = [{"label": f"event {number}", "text": inventor.event()} for number in range(2)]
    (folder / "2024" / "rows.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8"
    )
    (folder / "z.pdf").write_bytes(b"%PDF-1.7\0")
    return folder


def test_an_archive_is_learned_from_once(cli, archive):
    """All articles of files and folders, labelled or not; the second time none."""
    told = cli("warm", archive, "--json")
    assert told.code == 0
    row = orjson.loads(told.out)
    assert (row["learned"], row["known"], row["refused"]) == (5, 0, 1)
    assert row["refused_first"][0]["file"].endswith("z.pdf")
    again = orjson.loads(cli("warm", archive, "--json").out)
    assert (again["learned"], again["known"]) == (0, 5)
    stats = orjson.loads(cli("stats", "--json").out)
    assert (stats["learned"], stats["stories"], stats["events"], stats["records"]) == (5, 0, 0, 0)


def test_for_people(cli, archive, inventor):
    """How many were learned from, and which file could not be read and why."""
    told = cli("warm", archive)
    assert told.code == 0
    assert "5 articles learned from; 0 already known" in told.out
    assert "z.pdf: unsupported: " in told.err
    (archive / "new.txt").write_text(inventor.event(), encoding="utf-8")
    assert "1 article learned from; 5 already known" in cli("warm", archive).out


def test_dates_that_were_not_understood_are_told(cli, tmp_path, inventor):
    """How many, the first, and where; nothing where there are none."""
    path = tmp_path / "rows.jsonl"
    for dates, expected in {
        ("2024-05-01",): "",
        (
            "in spring",
        ): f"1 date was not understood or is in the future, “in spring” in {path}: its article counts as undated.",
        (
            "soon",
            "2999-05-01",
            "2024-05-01",
        ): f"2 dates were not understood or are in the future, for example “soon” in {path}: their articles count as undated.",
    }.items():
        rows = [{"text": inventor.event(), "date": date} for date in dates]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        told = cli("warm", path)
        assert expected in told.out
        assert bool(expected) == ("not understood" in told.out)
    row = orjson.loads(cli("warm", path, "--json").out)
    assert (row["unread_dates"], row["unread_first"]) == (2, {"file": str(path), "date": "soon"})
    assert row["known"] == 3


def test_what_was_decided_is_known(cli, archive):
    """Files that the workers have had teach nothing more."""
    bootstrap.intake().files([str(archive / "0.txt")], run="test")
    assert orjson.loads(cli("warm", archive, "--json").out)["known"] == 1


def test_nothing_to_learn_from(cli, archive, tmp_path):
    """1: nothing could be read, or there is no file; 2: no such path."""
    told = cli("warm", archive / "z.pdf")
    assert told.code == 1
    assert "unsupported" in told.err
    empty = tmp_path / "empty"
    empty.mkdir()
    told = cli("warm", empty)
    assert (told.code, told.out) == (1, "")
    assert "No file found in" in told.err
    assert cli("warm", tmp_path / "nowhere").code == 2
    assert cli("warm").code == 2


def test_no_server(cli, archive, monkeypatch):
    """3: and what to check."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", "unix:///nowhere/s.sock")
    monkeypatch.setattr(bootstrap, "_patience", bootstrap.BRIEF)
    told = cli("warm", archive, "--json")
    assert (told.code, told.out) == (3, "")
    assert "NEWSLOOM_REDIS_URL" in told.err
