"""Captions read as what was spoken."""

import time
from pathlib import Path

import pytest

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import Limits, read

FERRY = (
    "The ferry Alma was pulled off a sandbank outside Port Merrow early on Wednesday, the harbour office said. "
    "Two tugs worked through the night."
)
LINES = (
    "The ferry Alma was pulled off a", "sandbank outside Port Merrow early", "on Wednesday, the harbour office said.",
    "Two tugs worked through the night.",
)  # fmt: skip


def one(folder: Path, text: str | bytes, name: str = "a") -> Article:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (found,) = read(str(path), Limits())
    assert isinstance(found, Article)
    return found


def text(folder: Path, captions: str) -> str:
    return one(folder, captions).text


def srt(*cues: tuple[str, float, str]) -> str:
    """Cues of two seconds, each with its number, its beginning and its lines."""
    return "".join(f"{number}\n{at(s)} --> {at(s + 2)}\n{lines}\n\n" for number, s, lines in cues)


def at(seconds: float) -> str:
    return f"00:{int(seconds) // 60:02}:{seconds % 60:06.3f}".replace(".", ",")


def running(*lines: str, every_s: float = 2.0) -> str:
    return srt(*((str(n + 1), n * every_s, line) for n, line in enumerate(lines)))


VTT = """WEBVTT - News at six
Kind: captions
Language: en-GB

STYLE
::cue { color: white }

NOTE The name of the ship was checked.

opening
00:01.000 --> 00:03.000 align:start position:0%
The ferry Alma was <i>pulled</i> off a
sandbank outside Port Merrow early

NOTE
Two lines
of a remark

00:03.000 --> 00:05.000
on Wednesday, the harbour office said.

last
00:05.000 --> 00:07.000
Two tugs worked <00:06.000><c.loud>through</c> the night.
"""
SBV = "0:00:01.000,0:00:03.000\n" + "\n\n0:00:03.000,0:00:05.000\n".join(LINES) + "\n"
ASS = """[Script Info]
Title: News

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,Checked.
Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,{\\i1}The ferry Alma{\\i0} was pulled off a\\Nsandbank outside Port Merrow early
Dialogue: 0,0:00:03.00,0:00:05.00,Default,,0,0,0,,on Wednesday, the harbour office said. Two\\htugs worked through the night.
"""
TTML = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xml:lang="en-GB">
<head><metadata><title xmlns="">News</title></metadata><styling><style xml:id="s1" tts:color="white"/></styling></head>
<body><div><p begin="1s" end="00:00:03.000">The ferry <span tts:fontStyle="italic">Alma</span> was pulled off a<br/>sandbank
outside Port Merrow early</p><p begin="00:00:03:12" dur="2s">on Wednesday, the harbour office said. Two tugs worked through the
night.</p></div></body></tt>
"""
KINDS = {
    "WebVTT": VTT,
    "SubRip": running("\n".join(LINES[:2]), *LINES[2:]),
    "SubRip without numbers": "".join(f"{at(n)} --> {at(n + 1)}\n{line}\n\n" for n, line in enumerate(LINES)),
    "SubRip without empty lines": running(*LINES).replace("\n\n", "\n"),
    "SubRip with empty lines": running("\n\n".join(LINES[:2]), *LINES[2:]),
    "SBV": SBV,
    "SubStation Alpha": ASS,
    "TTML": TTML,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["a", "a.txt", "a.json.srt"])
def test_what_was_spoken_is_one_text(tmp_path: Path, kind: str, end: str, name: str) -> None:
    """Without numbers, times, names of cues, remarks and tags, whatever the file is called; nobody gave it a headline."""
    found = one(tmp_path, KINDS[kind].replace("\n", end), name)
    assert found.text == FERRY
    assert found.title is None


@pytest.mark.parametrize(("kind", "language"), [("WebVTT", "en"), ("TTML", "en"), ("SubRip", None)])
def test_its_language(tmp_path: Path, kind: str, language: str | None) -> None:
    assert one(tmp_path, KINDS[kind]).language == language


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "cp1252"])
def test_in_any_charset(tmp_path: Path, charset: str) -> None:
    found = one(tmp_path, running("Die Fähre lief", "vor Übersee auf Grund.").encode(charset))
    assert found.text == "Die Fähre lief vor Übersee auf Grund."


def test_captions_that_roll_are_read_once(tmp_path: Path) -> None:
    """As automatic ones do: each cue shows the line before again, or what the line held so far."""
    rolling = """WEBVTT

00:00:00.000 --> 00:00:02.000 align:start position:0%
 
the<00:00:00.500><c> ferry</c><00:00:01.000><c> alma</c>

00:00:01.990 --> 00:00:02.000 align:start position:0%
the ferry alma
 

00:00:02.000 --> 00:00:04.000 align:start position:0%
the ferry alma
was<00:00:02.500><c> pulled</c><00:00:03.000><c> off</c>

00:00:04.000 --> 00:00:06.000
was pulled off a

00:00:06.000 --> 00:00:08.000
was pulled off a sandbank
"""  # noqa: W293
    assert text(tmp_path, rolling) == "the ferry alma was pulled off a sandbank"


def test_what_is_said_twice_stays(tmp_path: Path) -> None:
    """After a pause nothing rolls; and part of a line that comes again is no line."""
    assert text(tmp_path, srt(("1", 0, "Never."), ("2", 20, "Never."))) == "Never. Never."
    assert text(tmp_path, running("He said that", "that was all.")) == "He said that that was all."


#: Speech as it is recognised, without a stop.
SPEECH = " ".join(["the ferry alma was pulled off a sandbank outside port merrow early on wednesday"] * 6)


@pytest.mark.parametrize(
    "captions",
    [
        srt(("1", 0, SPEECH), ("2", 5, "two tugs worked through the night")),
        running(SPEECH, ">> two tugs worked through the night"),
        running(f"{SPEECH} >>> two tugs worked through the night"),
        running(SPEECH, "- two tugs worked through the night"),
        "WEBVTT\n\n" + running(f"<v Anna>{SPEECH}", "<v.loud Ben Cole>two tugs</v> worked through the night").replace(",", "."),
        "WEBVTT\n\n" + running(SPEECH, "&gt;&gt; two tugs worked through the night").replace(",", "."),
    ],
)  # fmt: skip
def test_paragraphs_of_speech_without_stops(tmp_path: Path, captions: str) -> None:
    """They begin after a pause and with another speaker: there are no sentences to go by."""
    assert text(tmp_path, captions) == f"{SPEECH}\ntwo tugs worked through the night"


def test_a_voice_goes_on(tmp_path: Path) -> None:
    """A cue of who spoke before begins no paragraph, nor does a breath."""
    captions = "WEBVTT\n\n" + running(f"<v Anna>{SPEECH}", "<v Anna>two tugs", "worked", every_s=4).replace(
        ",", "."
    )
    assert text(tmp_path, captions) == f"{SPEECH} two tugs worked"


def test_punctuated_captions_are_one_line(tmp_path: Path) -> None:
    """Their sentences tell more of where a story begins than pauses and speakers, and are told from a line alone."""
    cues = [(str(n), n * 9.0, f">> {line}") for n, line in enumerate(LINES * 4)]
    assert text(tmp_path, srt(*cues)) == " ".join([FERRY] * 4)


def test_sounds_are_not_spoken(tmp_path: Path) -> None:
    captions = running(
        "[MUSIC]", "♪ Over the sea\nto Skye ♪", "(engines)", "(SIGHS) They worked [beep] all night. ♪"
    )
    assert text(tmp_path, captions) == "They worked all night."


def test_marks_in_a_text_are_kept(tmp_path: Path) -> None:
    """What is escaped is no tag, a figure is no speaker, and a year at the end of a cue is not the next one's number."""
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\n5 &lt; 6\n-3 degrees in\n1984\n\n00:02.000 --> 00:03.000\nNOTE that.\n"
    assert text(tmp_path, vtt) == "5 < 6 -3 degrees in 1984"
    assert text(tmp_path, running("Built in\n1984", "NOTE that.")) == "Built in 1984 NOTE that."
    assert text(tmp_path, TTML.replace("Alma", "&lt;b&gt; &amp;amp;")).startswith("The ferry <b> &amp; was")


@pytest.mark.parametrize(
    "captions",
    ["WEBVTT\n", "WEBVTT\n\nNOTE nothing yet\n", "[Script Info]\nTitle: News\n", running("[♪♪♪]", "♪ ♪"), "<tt><body/></tt>"],
)  # fmt: skip
def test_nothing_spoken(tmp_path: Path, captions: str) -> None:
    with pytest.raises(BadFile, match="contains no words that are spoken") as caught:
        one(tmp_path, captions, "a.vtt")
    assert caught.value.reason == "no_text"


def test_damage_costs_its_cue(tmp_path: Path) -> None:
    """A time that is none is left out, a cut file gives what it holds."""
    damaged = running(*LINES).replace("00:00:02,000 --> 00:00:04,000", "00:00:0l --> 00:00:04")
    assert "-->" not in text(tmp_path, damaged)
    assert text(tmp_path, running(*LINES)[:-30]).startswith(FERRY[:90])


@pytest.mark.parametrize(
    "prose",
    ["WEBVTT is a format for captions.\nIt is read.", "At 10:15:00.0 it began.\nThe end.", "[Script]\nScene one: a ferry."],
)  # fmt: skip
def test_prose_about_captions(tmp_path: Path, prose: str) -> None:
    assert text(tmp_path, prose.replace("WEBVTT is", "WEBVTT: it is")).count("\n") == 1


@pytest.mark.parametrize(
    "hostile",
    ["a" + "\n" * 500_000 + "b", "<v " * 300_000, "<a" * 300_000, "{\\" * 300_000, "♪(" * 300_000, "[" * 500_000, "- " * 300_000,
     "00:" * 200_000, ">" * 500_000],
)  # fmt: skip
def test_no_captions_take_long(tmp_path: Path, hostile: str) -> None:
    """Time grows with the length, not with its square."""
    began_s = time.monotonic()
    for captions in (
        running(hostile),
        f"WEBVTT\n\n{running(hostile)}",
        ASS + f"Dialogue: 0,0:00:05.00,0:00:06.00,,,0,0,0,,{hostile}",
    ):
        one(tmp_path, captions + running("The ferry."))
    assert time.monotonic() - began_s < 20


def test_blanks_in_front_take_no_time(tmp_path: Path) -> None:
    """Whether a file is one of captions is asked of any file."""
    began_s = time.monotonic()
    assert text(tmp_path, "\n" + " " * 65_000 + "12 ferries sank.") == "12 ferries sank."
    assert time.monotonic() - began_s < 10
