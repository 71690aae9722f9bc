"""``merge``, ``move`` and ``forget``, and what the other commands say of what was changed."""

import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsloom import bootstrap
from newsloom.cli.reasons import line_of, moved

Cli = Callable[..., Any]
GONE = "0123456789abcdef"
FINNISH = (
    "Lautta odotti satamassa koko yön, koska sumu ei hälvennyt. Kapteeni kertoi matkustajille, että matka "
    "jatkuu vasta aamulla, kun näkyvyys on parempi. Kaupungin edustajat järjestivät odottajille ruokaa."
)


@pytest.fixture
def events(
    here: Any, tmp_path: Path, inventor: Any, plain_policy: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Any]:
    """Three events in order of their first stories: one of two stories, one of one, a Finnish one."""
    monkeypatch.setenv("NEWSLOOM_POLICY", str(plain_policy))
    text = inventor.event()
    contents = {
        "a.json": {"title": "The mill stopped", "maintext": text},
        "b.json": {"title": "The mill stopped, a copy", "maintext": text + "\nOur own reporter saw it too."},
        "c.json": {"title": "A ferry waits", "maintext": inventor.event()},
        "d.json": {"title": "Lautta", "maintext": FINNISH, "language": "fi"},
    }
    for name, fields in contents.items():
        (tmp_path / name).write_text(json.dumps(fields))
    bootstrap.intake().files(sorted(contents), run="test", base=str(tmp_path))
    found = {event.title: event for event in bootstrap.store().events()}
    return [found[title] for title in ("The mill stopped", "A ferry waits", "Lautta")]


def test_merge(cli: Cli, events: list[Any]) -> None:
    """The older survives, whichever is named first; what was merged away is shown as such, and listed no more."""
    mill, ferry, _ = events
    told = cli("merge", ferry.event, mill.event)
    assert told.code == 0
    assert told.out.startswith(
        f"Event {ferry.event} “A ferry waits” was merged into {mill.event} “The mill stopped”, which survives: 1 story moved."
    )
    [row] = cli("show", ferry.event, "--json").lines()
    assert (row["event"], row["merged_into"], row["size"]) == (mill.event, mill.event, 3)
    assert cli("show", mill.event, "--json").lines()[0]["merged_into"] is None
    shown = cli("show", ferry.event).out
    assert f"Event {ferry.event} was merged into {mill.event}." in shown
    assert f"Event {mill.event}: The mill stopped\n" in shown
    assert "\n3 stories, " in shown
    for argv in (["events", "--json"], ["export", "--what", "events"]):
        assert ferry.event not in {row["event"] for row in cli(*argv).lines()}
    assert {row["event"] for row in cli("export").lines()} == {mill.event, events[2].event}
    [stats] = cli("stats", "--json").lines()
    assert (stats["events"], stats["merged"], stats["moved"]) == (2, 1, 1)


def test_merge_as_json(cli: Cli, events: list[Any]) -> None:
    """The records that other programs find in the stream, a line each."""
    mill, ferry, _ = events
    whole, story = cli("merge", mill.event, ferry.event, "--json").lines()
    assert (whole["type"], whole["event_id"], whole["merged"]) == ("event_merged", mill.event, ferry.event)
    assert (whole["by"], whole["stories"], whole["size"]) == ("person", 1, 3)
    assert (story["type"], story["story"]) == ("story_moved", ferry.stories[0])
    assert (story["from"], story["event_id"], story["because"]) == (ferry.event, mill.event, "event_merged")
    streamed = cli("export", "--what", "decisions").lines()[-2:]
    assert [{k: v for k, v in row.items() if k != "id"} for row in streamed] == [whole, story]


def test_move(cli: Cli, events: list[Any]) -> None:
    """A story into another event: only that is told, and why it is there."""
    mill, ferry, _ = events
    told = cli("move", mill.stories[1], ferry.event)
    assert told.out.startswith(
        f"Story {mill.stories[1]} “The mill stopped, a copy” was moved from event {mill.event} “The mill stopped” to "
        f"{ferry.event} “A ferry waits”.\n"
    )
    assert bootstrap.store().event(ferry.event).size == 2
    explained = " ".join(cli("explain", mill.stories[1]).out.split())
    assert "A copy of story" in explained
    assert f"It was moved from event {mill.event} to {ferry.event}: a person put it there." in explained
    [row] = cli("explain", mill.stories[1], "--json").lines()
    assert row["event"] == ferry.event
    assert [move["because"] for move in row["moves"]] == ["moved"]
    assert cli("explain", ferry.stories[0], "--json").lines()[0]["moves"] == []


def test_move_out(cli: Cli, events: list[Any]) -> None:
    """A story into an event of its own, whoever opened the one that it leaves: the others stay there, under its id."""
    mill, _, _ = events
    whole, story = cli("move", mill.stories[1], "new", "--json").lines()
    assert (whole["type"], whole["event_id"], whole["stories"]) == ("event_split", mill.event, 1)
    assert (story["story"], story["event_id"]) == (mill.stories[1], whole["into"])
    assert cli("merge", mill.event, whole["into"]).code == 0
    told = cli("move", mill.stories[0], "new").out
    into = bootstrap.store().story(mill.stories[0]).event
    assert (
        f"from event {mill.event} “The mill stopped” to {into}, which is new. 1 copy of it stays in {mill.event}."
        in told
    )
    assert bootstrap.store().event(mill.event).stories == (mill.stories[1],)
    sentences = " ".join(cli("explain", mill.stories[1]).out.split())
    assert sentences.count("a person put it there") == 1
    assert sentences.count("a person merged the two") == 1


def test_move_of_the_only_story(cli: Cli, events: list[Any]) -> None:
    """That it was moved is told first, then what became of the event that it left."""
    mill, ferry, _ = events
    told = cli("move", ferry.stories[0], mill.event)
    assert told.out.startswith(
        f"Story {ferry.stories[0]} was moved from event {ferry.event} “A ferry waits” to {mill.event} “The mill stopped”. "
        f"Event {ferry.event} is empty and now points to {mill.event}."
    )
    assert "a person put it there" in " ".join(cli("explain", ferry.stories[0]).out.split())
    whole, story = cli("export", "--what", "decisions").lines()[-2:]
    assert (whole["type"], whole["merged"], whole["size"]) == ("event_merged", ferry.event, 3)
    assert (story["type"], story["because"], story["by"]) == ("story_moved", "moved", "person")


def test_what_was_moved_is_told_when_the_decision_is_forgotten(cli: Cli, events: list[Any]) -> None:
    """The stream has let the older record go."""
    mill, ferry, _ = events
    cli("move", mill.stories[1], ferry.event)
    story = bootstrap.store().story(mill.stories[1])
    bootstrap.client().xdel("loom:{en}:decisions", story.record_id)
    told = " ".join(cli("explain", mill.stories[1]).out.split())
    assert "was trimmed from the stream" in told
    assert "a person put it there" in told


def test_forget(cli: Cli, events: list[Any]) -> None:
    """By a story's id: what is left of its event is told, and then nothing knows the story."""
    mill, _, _ = events
    told = cli("forget", mill.stories[0], "--yes")
    assert " ".join(told.out.split()) == (
        f"Story {mill.stories[0]} was forgotten; event {mill.event} still has 1 story, 1 of them a copy of it."
    )
    assert cli("explain", mill.stories[0]).code == 4
    [told] = cli("forget", mill.stories[1], "--yes", "--json").lines()
    assert told["type"] == "story_forgotten"
    assert (told["story"], told["event_id"], told["size"]) == (mill.stories[1], mill.event, 0)
    assert cli("show", mill.event).code == 4
    [stats] = cli("stats", "--json").lines()
    assert (stats["events"], stats["forgotten"]) == (2, 2)
    lines = cli("tail", "--from-start", "--count", "5").out.splitlines()
    assert sorted(line.split()[2] for line in lines[2:]) == ["forgotten", "forgotten", "relinked"]
    assert f"relinked   {mill.event}  {mill.stories[1]}  open, by a person" in {line[21:] for line in lines}


def test_a_copy_whose_original_is_forgotten(cli: Cli, events: list[Any]) -> None:
    """In the same event it takes its place, and `explain` says so; in another it names what is gone, and that it is."""
    mill, ferry, _ = events
    first, copy = mill.stories
    cli("move", copy, ferry.event)
    assert [row["gone"] for row in cli("export").lines()] == [[]] * 4
    cli("forget", first, "--yes")
    assert {row["story"]: row["gone"] for row in cli("export").lines() if row["gone"]} == {copy: [first]}
    [row] = cli("explain", copy, "--json").lines()
    assert (row["outcome"], row["duplicate_of"], row["gone"]) == ("duplicate", first, [first])
    assert f"of {first}, which is gone" in cli("show", ferry.event).out
    assert f"Story {first} is gone" in " ".join(cli("explain", copy).out.split())


def test_a_copy_that_takes_the_place_of_a_forgotten_story(cli: Cli, events: list[Any]) -> None:
    """Its decision is told as it was made, then what has become of it."""
    first, copy = events[0].stories
    rows = cli("forget", first, "--yes", "--json").lines()
    assert [row["type"] for row in rows] == ["story_forgotten", "story_relinked"]
    assert (rows[1]["story"], rows[1]["outcome"], rows[1]["duplicate_of"]) == (copy, "open", None)
    told = " ".join(cli("explain", copy).out.split())
    assert f"A copy of story {first}" in told
    assert (
        f"Story {first} is gone: it was forgotten, or has expired. Since then this story counts as open."
        in told
    )
    assert cli("explain", copy, "--json").lines()[0]["gone"] == []


def test_what_a_person_does_is_logged(cli: Cli, events: list[Any]) -> None:
    """On standard error, a line for each record of the stream."""
    mill, ferry, _ = events
    for argv in (
        ["merge", mill.event, ferry.event],
        ["move", ferry.stories[0], "new"],
        ["forget", mill.stories[0], "--yes"],
    ):
        ran = cli(*argv, "--json")
        logged = [json.loads(line) for line in ran.err.splitlines() if line.startswith("{")]
        for line, told in zip(logged, ran.lines(), strict=True):
            assert line.pop("time")
            assert (line.pop("level"), line.pop("event")) == ("info", told.pop("type"))
            assert line == told
            assert line["by"] == "person"


def test_a_text_in_messages_that_were_set_aside(cli: Cli, events: list[Any], here: Any) -> None:
    """A takedown does not reach them: it says so, and what it names removes them."""
    mill, ferry, _ = events
    assert "refused message" not in cli("forget", mill.stories[0], "--yes").err
    here.client.lpush("newsloom.ingest:refused", "the mill stopped", "the ferry waits")
    told = cli("forget", ferry.stories[0], "--yes", "--json")
    assert [row["type"] for row in told.lines()] == ["story_forgotten"]
    assert "2 refused messages may contain the text as well" in told.err
    [named] = re.findall("`newsloom ([^`]* drop [^`]*)`", told.err)
    assert cli(*named.split()).code == 0
    assert here.client.exists("newsloom.ingest:refused") == 0


def test_forget_an_article(cli: Cli, events: list[Any], tmp_path: Path, inventor: Any) -> None:
    """By its file: each version that is known."""
    ferry = events[1]
    story = bootstrap.store().story(ferry.stories[0])
    file = tmp_path / "c.json"
    text = json.loads(file.read_text())["maintext"]
    file.write_text(json.dumps({"title": "A ferry waits still", "maintext": f"{text}\n{inventor.event(3)}"}))
    bootstrap.intake().files(["c.json"], run="test", base=str(tmp_path))
    assert bootstrap.store().event(ferry.event).size == 2
    rows = cli("forget", str(file), "--yes", "--json").lines()
    assert [row["event_id"] for row in rows] == [ferry.event] * 2
    assert rows[1]["story"] == story.member.story
    assert cli("explain", str(file)).code == 4


def test_forget_an_article_of_which_a_version_is_gone(
    cli: Cli, events: list[Any], tmp_path: Path, inventor: Any
) -> None:
    """A takedown by file finds all that is left, whichever version was forgotten before; and so do `show` and `explain`."""
    file, url = tmp_path / "e.json", "https://paper.example/bridge"
    versions = []
    for number in range(4):
        article = {"title": f"Bridge closed, report {number}", "maintext": inventor.event(), "url": url}
        file.write_text(json.dumps(article))
        bootstrap.intake().files(["e.json"], run="test", base=str(tmp_path))
        [row] = cli("explain", str(file), "--json").lines()
        versions.append(row["story"])
    assert len(set(versions)) == 4
    for number in (1, 3):  # in the middle, and the latest
        assert cli("forget", versions[number], "--yes").code == 0
    assert [row["story"] for row in cli("explain", str(file), "--json").lines()] == [versions[2]]
    assert versions[0] in cli("show", str(file)).out
    rows = cli("forget", str(file), "--yes", "--json").lines()
    assert [row["story"] for row in rows] == [versions[2], versions[0]]
    assert cli("explain", str(file)).code == 4


def test_forget_a_story_that_no_later_version_took_up(cli: Cli, here: Any, tmp_path: Path) -> None:
    """A page that held four stories and now holds the first: a takedown finds all five."""
    lines = (Path(__file__).parents[1] / "data/articles/07-page-of-four.txt").read_text().splitlines()
    file, told = tmp_path / "e.txt", []
    for part in (lines, lines[:3]):
        file.write_text("\n".join(part))
        bootstrap.intake().files(["e.txt"], run="test", base=str(tmp_path))
        told.append([row["story"] for row in cli("explain", str(file), "--json").lines()])
    assert list(map(len, told)) == [4, 1]
    rows = cli("forget", str(file), "--yes", "--json").lines()
    assert [row["story"] for row in rows] == told[1] + told[0]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal on standard input: what is written here was typed at it."""
    typed, read = os.openpty()
    with os.fdopen(read) as stdin, os.fdopen(typed, "wb", buffering=0):
        monkeypatch.setattr("sys.stdin", stdin)
        yield typed


@pytest.mark.parametrize(("answer", "code"), [(b"n\n", 1), (b"\x04", 130)])
def test_forget_asks_first(cli: Cli, events: list[Any], terminal: int, answer: bytes, code: int) -> None:
    """What would be forgotten is shown; without a yes it stays."""
    mill, *_ = events
    os.write(terminal, answer)
    told = cli("forget", mill.stories[0])
    assert told.code == code
    assert ("Nothing was forgotten." in told.err) == (code == 1)
    assert f"{mill.stories[0]}  The mill stopped" in told.err
    assert bootstrap.store().story(mill.stories[0]) is not None


def test_forget_asks_nobody(cli: Cli, events: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """2 without a terminal, and what to say there, after what would be forgotten; a line that is meant for another program is no answer."""
    mill, *_ = events
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    told = cli("forget", mill.stories[0])
    assert (told.code, told.out) == (2, "")
    assert f"{mill.stories[0]}  The mill stopped" in told.err
    assert "add --yes" in told.err
    assert "Usage" not in told.err
    assert sys.stdin.read() == "y\n"
    assert bootstrap.store().story(mill.stories[0]) is not None


def test_wrong_usage(cli: Cli, events: list[Any]) -> None:
    """2: one event twice, two languages, a story that is there or alone; nothing is changed."""
    mill, ferry, lautta = events
    before = cli("export").out
    for argv, said in (
        (["merge", mill.event, mill.event], f"Both are event {mill.event}."),
        (["merge", mill.event, lautta.event], "An event has one language, and these differ"),
        (["move", mill.stories[0], lautta.event], "An event has one language"),
        (["move", mill.stories[0], mill.event], f"is already in event {mill.event}"),
        (["move", ferry.stories[0], "new"], f"is alone in event {ferry.event}"),
        (["move", "", "new"], "'' was not found: give the file"),
        (["move", mill.stories[0], ""], "(new opens an event)."),
        (["merge", mill.event], "Missing argument"),
    ):
        told = cli(*argv)
        assert (told.code, told.out) == (2, ""), argv
        assert said in " ".join(told.err.split())
        assert ("Usage: " in told.err) == ("argument" in said or "not found" in said or "new opens" in said)
    assert cli("export").out == before


def test_not_found(cli: Cli, events: list[Any]) -> None:
    """4: and what was not found."""
    mill, *_ = events
    for argv in (
        ["merge", mill.event, GONE],
        ["merge", GONE, mill.event],
        ["move", GONE, mill.event],
        ["move", mill.stories[0], GONE],
        ["forget", GONE, "--yes"],
    ):
        told = cli(*argv)
        assert (told.code, told.out) == (4, ""), argv
        assert GONE in told.err
    told = cli("move", mill.stories[0], "nwe")
    assert told.code == 4
    assert "(new opens an event)" in told.err


def test_the_wrong_kind_of_id(cli: Cli, events: list[Any]) -> None:
    """4: what it is, and of which event; nothing is changed."""
    mill, ferry, _ = events
    before, story = cli("export").out, mill.stories[1]
    for argv in (
        ["merge", story, ferry.event],
        ["merge", ferry.event, story],
        ["move", ferry.stories[0], story],
    ):
        told = cli(*argv)
        assert (told.code, told.out) == (4, ""), argv
        assert told.err == f"{story} is a story, in event {mill.event}: name an event.\n"
    for argv in (["move", mill.event, "new"], ["explain", mill.event], ["forget", mill.event, "--yes"]):
        told = cli(*argv)
        assert (told.code, told.out) == (4, ""), argv
        assert told.err.startswith(f"{mill.event} is an event: name a story of it.")
    assert cli("export").out == before


def test_corrections_by_file(cli: Cli, events: list[Any], tmp_path: Path) -> None:
    """As `show` takes it, where it names one story, or one event; else 2, with the ids to choose from."""
    mill, ferry, _ = events
    assert cli("move", tmp_path / "b.json", tmp_path / "c.json").code == 0
    assert bootstrap.store().story(mill.stories[1]).event == ferry.event
    assert cli("merge", tmp_path / "a.json", tmp_path / "b.json").code == 0
    assert bootstrap.store().story(ferry.stories[0]).event == mill.event
    page = Path(__file__).parents[1] / "data/articles/07-page-of-four.txt"
    bootstrap.intake().files([str(page)], run="test")
    rows = cli("explain", page, "--json").lines()
    for argv, field in ((["move", page, "new"], "story"), (["merge", mill.event, page], "event")):
        told = cli(*argv)
        assert (told.code, told.out) == (2, "")
        assert ", ".join(row[field] for row in rows) in told.err


def test_an_event_that_was_merged_away_is_named(cli: Cli, events: list[Any], inventor: Any) -> None:
    """It is said where it went, what undoes that, and that its id is there again then."""
    mill, ferry, _ = events
    bootstrap.intake().articles([{"title": "The other", "text": inventor.event()}], run="t")
    other = next(event for event in bootstrap.store().events() if event.title == "The other")
    cli("move", ferry.stories[0], mill.event)
    told = cli("move", other.stories[0], ferry.event)
    assert told.out.startswith(
        f"Event {ferry.event} was merged into {mill.event}, so the story was moved there.\n"
    )
    told = cli("merge", ferry.event, mill.event)
    assert (told.code, told.err) == (
        2,
        f"Both are event {mill.event} “The mill stopped”: {ferry.event} had already been merged into it.\n",
    )
    undo = f"`newsloom move {ferry.stories[0]} new` undoes that."
    assert undo in cli("move", ferry.stories[0], ferry.event).err
    assert "opens a separate event for it." in cli("move", mill.stories[0], ferry.event).err
    assert f"to {ferry.event}, which is back." in cli("move", ferry.stories[0], "new").out
    told = cli("merge", ferry.event, other.event)
    assert told.out.startswith(
        f"Event {other.event} had already been merged into {mill.event}, so that one was merged.\n"
    )


def test_tail_tells_changes(cli: Cli, events: list[Any]) -> None:
    """A line each, and their type as JSON."""
    mill, ferry, _ = events
    cli("merge", mill.event, ferry.event)
    cli("move", ferry.stories[0], "new")
    lines = cli("tail", "--from-start", "--count", "8").out.splitlines()
    assert [line.split()[2] for line in lines[4:]] == ["merged", "moved", "split", "moved"]
    assert (
        lines[5][21:]
        == f"moved      {mill.event}  {ferry.stories[0]}  from {ferry.event}, by a person: A ferry waits"
    )
    assert (
        lines[6][21:]
        == f"split      {mill.event}  {ferry.event}  is a separate event, by a person: The mill stopped"
    )
    rows = cli("tail", "--from-start", "--count", "8", "--json").lines()
    assert [row["type"] for row in rows] == [
        *["story_decided"] * 4, "event_merged", "story_moved", "event_split", "story_moved"
    ]  # fmt: skip


PROGRAM = {"from": "E" * 16, "event_id": "F" * 16, "by": "program", "policy": "p"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"because": "event_merged", "pairs": 4, "agreed": 3, "clears": 2.5, "needed": -1.75},
         "the two were one event. Of 4 pairs of their stories 3 are similar enough. Relative to how well each holds together, the two score +2.50; merging takes -1.75"),
        ({"because": "event_merged", "pairs": 1, "agreed": 1, "clears": 2.5, "needed": -1.75},
         "Of 1 pair of their stories 1 is similar enough. Relative to how well each holds together, the two score +2.50; merging takes -1.75"),
        ({"because": "event_split", "clears": -3.25, "needed": -2.25},
         "it held stories of two events. Relative to how well each part holds together, the two score -3.25; below -2.25 they are split"),
    ],
)  # fmt: skip
def test_what_the_program_moved_is_explained(given: dict[str, Any], said: str) -> None:
    """With the numbers that made it so."""
    told = moved({**PROGRAM, **given})
    assert told.startswith("It was moved from event EEEEEEEEEEEEEEEE to FFFFFFFFFFFFFFFF: ")
    assert said in told


def test_a_story_without_a_headline_is_told_by_its_file() -> None:
    """In the line of a move as in that of a decision."""
    record = {
        "id": "1767225600000-0",
        "event_id": "E",
        "story": "S",
        "from": "F",
        "title": None,
        "file": "a.txt",
    }
    told = line_of("story_moved", {**record, "by": "program"})
    assert told.endswith("  S                 from F, by the program: a.txt")
    told = line_of("story_decided", {**record, "outcome": "open"})
    assert told == "2026-01-01 00:00:00  open       E  S                 a.txt"
