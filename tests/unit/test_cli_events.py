"""``newsloom events``: an event found by what one knows of it, and a table that is not cut where nobody reads it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsloom import bootstrap
from newsloom.cli.events import show_events
from newsloom.store.values import EventSummary

Cli = Callable[..., Any]
LONG = (
    "Inspectors find that the kitchens, the laundry and two of the older halls of Barlinnie are unfit for use"
)


@pytest.fixture
def found(
    cli: Cli, tmp_path: Path, inventor: Any, plain_policy: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[str]]:
    """The titles of the events that are listed for an argument line, of four that there are."""
    monkeypatch.setenv("NEWSLOOM_POLICY", str(plain_policy))
    halls = inventor.event()
    contents = {
        "inspectors.json": {"title": LONG, "maintext": halls, "date_publish": "2024-05-06 22:00"},
        "halls-revisited.json": {
            "title": "The halls again", "maintext": f"{halls}\nOur own reporter saw it too.", "source": "Leith Courier",
            "date_publish": "2024-05-09 08:00",
        },
        "ferry.json": {"title": "STRASSE und Fähre", "maintext": inventor.event(), "date_publish": "2024-05-08"},
        "untitled.txt": inventor.event(),
    }  # fmt: skip
    for name, fields in contents.items():
        (tmp_path / name).write_text(fields if isinstance(fields, str) else json.dumps(fields))
    bootstrap.intake().files(list(contents), run="test", base=str(tmp_path))

    def titles(*argv: str) -> list[str]:
        told = cli("events", *argv, "--json")
        assert told.code == 0
        return [row["title"] for row in told.lines()]

    assert len(titles()) == 3
    return titles


@pytest.mark.parametrize(
    "words",
    [
        ["barlinnie"], ["LAUNDRY", "Barlinnie"], ["older halls"], ["inspect"],
        ["inspectors.json"], ["courier"], ["barlinnie", "again"], ["leith", "revisited", "kitchens"],
    ],
)  # fmt: skip
def test_an_event_is_found_by_words(found: Callable[..., list[str]], words: list[str]) -> None:
    """Of its title, and of the title, file and source of any of its stories, in any case and order."""
    assert found(*words) == [LONG]


def test_an_event_is_found_in_any_spelling(
    cli: Cli, tmp_path: Path, plain_policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As its story would be compared: vowel signs, digits, tone marks, and Chinese in either script."""
    titles = {"ar": "زلزال يضرب القاهرة 12", "vi": "Cháy lớn ở Thanh Hoá", "zh": "臺灣颱風"}
    texts = {
        "ar": "ضرب زلزال العاصمة المصرية فجر اليوم ولم تقع إصابات، بحسب معهد البحوث.",
        "vi": "Đám cháy bùng phát tại một nhà kho trong thành phố vào sáng nay, không có ai bị thương.",
        "zh": "氣象局表示，颱風今晚登陸，學校和公司明天停班停課。",
    }
    monkeypatch.setenv("NEWSLOOM_POLICY", str(plain_policy))
    for language, title in titles.items():
        fields = {"title": title, "maintext": texts[language], "language": language}
        (tmp_path / f"{language}.json").write_text(json.dumps(fields))
    bootstrap.intake().files([f"{language}.json" for language in titles], run="test", base=str(tmp_path))
    words = {"ar": ["زِلزال", "القاهره", "١٢"], "vi": ["Hóa"], "zh": ["台湾"]}
    for language, title in titles.items():
        for word in words[language]:
            assert [row["title"] for row in cli("events", word, "--json").lines()] == [title], word


def test_an_id_is_no_word(found: Callable[..., list[str]], cli: Cli) -> None:
    """Where it is looked for as one, it is said who takes it."""
    [event, *_] = [row["event"] for row in cli("events", "--json").lines()]
    told = cli("events", event)
    assert told.out.startswith("0 events")
    assert f"to look up an id, use `newsloom show {event}`" in told.err


def test_each_word_has_to_be_there(found: Callable[..., list[str]], cli: Cli) -> None:
    """In one event; and in other letters, a title is the same."""
    assert found("barlinnie", "Fähre") == []
    assert found("barlinnie", "--language", "de") == []
    assert found("straße") == found("Fa\u0308hre") == ["STRASSE und Fähre"]
    assert cli("events", "barlinnie", "ferry").out.splitlines()[0] == "0 events"
    [untitled] = set(found()) - {LONG, "STRASSE und Fähre"}
    assert found(*untitled.split()[:4], "--limit", "1") == [untitled]  # how its first story begins


@pytest.mark.parametrize(
    ("argv", "listed"),
    [
        (["--since", "2024-05-09", "--until", "2024-05-09"], {LONG}),
        (["--since", "2024-05-06", "--until", "2024-05-06"], {LONG}),
        (["--since", "2024-05-07", "--until", "2024-05-07"], set()),  # its stories are of the days around
        (["--since", "2024-05-07", "--until", "2024-05-08"], {"STRASSE und Fähre"}),
        (["--since", "2024-05-05", "--until", "2024-05-10"], {LONG, "STRASSE und Fähre"}),
        (["--until", "2024-05-06"], {LONG}),
        (["--until", "2024-05-05"], set()),
        (["--until", "2024-05-08"], {LONG, "STRASSE und Fähre"}),
        (["--since", "2024-05-10", "--until", "2024-05-11"], set()),
        (["ferry", "--since", "2024-05-08"], {"STRASSE und Fähre"}),
    ],
)
def test_events_of_some_days(found: Callable[..., list[str]], argv: list[str], listed: set[str]) -> None:
    """Those that have a story of them, the last day whole."""
    assert set(found(*argv)) == listed


def test_days_within_the_life_of_an_event(found: Callable[..., list[str]], cli: Cli, tmp_path: Path) -> None:
    """Neither its first story nor its latest is of them, but one between is."""
    first = json.loads((tmp_path / "inspectors.json").read_text())["maintext"]
    told = {"maintext": f"{first}\nA word more.", "title": "Halls", "date_publish": "2024-05-07 12:00"}
    (tmp_path / "between.json").write_text(json.dumps(told))
    bootstrap.intake().files(["between.json"], run="test", base=str(tmp_path))
    assert set(found("--since", "2024-05-07", "--until", "2024-05-07")) == {LONG}


@pytest.mark.parametrize("day", ["yesterday", "2013-02-30"])
def test_what_is_not_a_day(cli: Cli, day: str) -> None:
    """2: and how one is written."""
    told = cli("events", "--since", day)
    assert (told.code, told.out) == (2, "")
    assert f"{day} is not a day. Give one as 2026-05-04." in told.err


def test_days_the_wrong_way_round(cli: Cli) -> None:
    """2, rather than nothing found."""
    told = cli("events", "--since", "2026-05-04", "--until", "2026-05-03")
    assert (told.code, told.out) == (2, "")
    assert "--until 2026-05-03 is before --since 2026-05-04." in told.err


def test_a_narrow_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows titles, and does without what is of less use."""
    monkeypatch.setenv("COLUMNS", "60")
    show_events([EventSummary("f" * 16, "en", 3, 0.0, 0.0, True, "Ferry runs aground", (), 2)])
    _, head, line = capsys.readouterr().out.splitlines()
    assert head.split() == ["event", "size", "latest", "title"]
    assert line.rstrip().endswith("Ferry runs aground")


def test_in_a_pipe_a_table_is_whole(
    found: Callable[..., list[str]], cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reads it may look for a word at the end of a title; who says how wide it may be is obeyed."""
    monkeypatch.delenv("COLUMNS", raising=False)
    assert LONG in cli("events").out
    path = f"/srv/{'articles/' * 20}a.txt"
    bootstrap.intake().files([path], run="test")
    assert path in cli("quarantine", "list").out
    monkeypatch.setenv("COLUMNS", "100")
    assert "Inspectors find" in (told := cli("events").out)
    assert "unfit for use" not in told
