"""Captions of a broadcast -> the text that was spoken: WebVTT, SubRip, SBV, SubStation Alpha, TTML.

The lines of a cue are as long as a screen is wide and tell nothing of sentences, so the cues run on. Of sixty real pages made
into captions, 167 of 183 boundaries of stories are then found, by the sentences of one line, and between 2 and 138 where
pauses or speakers, or a hyphen that passes for one, cut it into paragraphs. Of speech without a stop, which has no
sentences, 80 are found by pauses between stories, and none without.

pysubs2 reads all of these, but takes remarks and styles between the cues of WebVTT for text, and a minute for 40,000 line ends
in one of SubRip.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from lxml import etree

from newsloom.core.sentences import sentences
from newsloom.errors import BadFile
from newsloom.readers import values
from newsloom.readers.base import Draft, Format, Input, Pending, blamed
from newsloom.readers.charset import decode
from newsloom.readers.markup import flat
from newsloom.readers.xmltree import descendants, language, parsed, root_name

#: Seconds without a cue after which a paragraph begins: within a report, captions follow each other within one or two.
PAUSE_S = 3.0
#: Words to a sentence on the average, beyond which a text has no stops: recognised speech without punctuation.
_WORDS = 60

_TIME = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
#: ``00:00:01,000 --> 00:00:02,000`` with what says where it is shown, and ``0:00:01.000,0:00:02.000``.
_TIMING = re.compile(rf"[ \t]*({_TIME})(?:[ \t]*-->[ \t]*|,)({_TIME})(?:[ \t].*)?")
_DIALOGUE = re.compile(
    rf"Dialogue:[^,]*,\s*({_TIME})\s*,\s*({_TIME})\s*,[^,]*,([^,]*),[^,]*,[^,]*,[^,]*,[^,]*,(.*)"
)
_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)(?::\d+(?:\.\d+)?)?")
_OFFSET = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}

_START = re.compile(
    rb"\s*+(?:WEBVTT(?=\s)|\[Script Info\]"
    rb"|(?:\d{1,9}[ \t]*+[\r\n]{1,2})?[ \t]*+%(time)b(?:[ \t]*-->[ \t]*|,)%(time)b(?:[ \t\r\n]|$))"
    % {b"time": _TIME.encode()}
)
_LANGUAGE = re.compile(r"Language:[ \t]*(\S+)", re.IGNORECASE)
#: Blocks of WebVTT that nobody is shown.
_UNSEEN = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")

_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,80})?[ \t]+([^<>]{1,80})>")
_TAG = re.compile(r"</?[a-zA-Z0-9][^<>]{0,200}>|\{[\\*][^{}]{0,400}\}")
#: What is heard and not said: ``[MUSIC]``, ``(APPLAUSE)``, and what is sung.
_NOTE = re.compile(
    r"\[[^\[\]]{0,80}\]|^[ \t]*\([^()]{0,80}\)[ \t]*$|\([A-Z][A-Z ]{4,80}\)|[♪♫][^♪♫]{0,200}[♪♫]|[♪♫]",
    re.MULTILINE,
)
#: How a change of speaker is marked, ``>>`` and ``-``; ``>>>`` is one of subject.
_TURN = re.compile(r">{2,}|^[ \t]*-[ \t]*(?=[^\W\d_])", re.MULTILINE)
_MARK = ">>"


@dataclass(frozen=True, slots=True)
class _Cue:
    """What is shown together. Its lines still have their tags."""

    start_s: float | None  #: None if it is not understood
    end_s: float | None
    text: str


def sniff(file: Input) -> bool:
    return _START.match(file.head) is not None or root_name(file.head).lower() == "tt"


def read(file: Input) -> Iterator[Pending]:
    """The file is one article, without a title."""
    yield partial(_drafted, file)


def _drafted(file: Input) -> Draft:
    tag: str | None
    if root_name(file.head).lower() == "tt":
        root = parsed(file)
        with blamed("The caption file"):
            cues, tag = list(_of_ttml(root)), language(root)
    else:
        lines = re.split(r"\r\n|\r|\n", decode(file.whole()))
        cues = list(_of_substation(lines) if lines[0].lstrip().startswith("[") else _of_blocks(lines))
        found = next(filter(None, map(_LANGUAGE.match, lines[:10])), None)
        tag = found and found[1]
    text = _laid_out(list(_paragraphs(cues)))
    if not any(map(str.isalnum, text)):
        raise BadFile(
            "no_text", "The caption file contains no words that are spoken; submit one with captions."
        )
    return Draft(text=text, language=values.language(tag or ""))


def _of_blocks(lines: Iterable[str]) -> Iterator[_Cue]:
    """The cues of WebVTT, SubRip and SBV: a line of times, and below it lines of text.

    An empty line ends a cue, and right above the next one may stand its number or its name. Some programs leave empty
    lines within a cue of SubRip, or none between two.
    """
    times: re.Match[str] | None = None
    blocks: list[list[str]] = [[]]
    is_webvtt = False
    for line in lines:
        is_webvtt = is_webvtt or line.startswith("WEBVTT")
        found = _TIMING.fullmatch(line)
        if found:
            if blocks[-1] and (len(blocks) > 1 if is_webvtt else blocks[-1][-1].strip().isdecimal()):
                blocks[-1].pop()
            yield from _of_block(times, blocks, is_webvtt=is_webvtt)
            times, blocks = found, [[]]
        elif line.strip():
            blocks[-1].append(line)
        elif blocks[-1] or len(blocks) == 1:
            blocks.append([])
    yield from _of_block(times, blocks, is_webvtt=is_webvtt)


def _of_block(times: re.Match[str] | None, blocks: list[list[str]], *, is_webvtt: bool) -> Iterator[_Cue]:
    shown = [block for block in blocks if block and not (is_webvtt and _UNSEEN.match(block[0]))]
    lines = [line for block in (shown[:1] if is_webvtt else shown) for line in block if "-->" not in line]
    if times and lines:
        yield _Cue(_clock_s(times[1]), _clock_s(times[2]), "\n".join(lines))


def _of_substation(lines: Iterable[str]) -> Iterator[_Cue]:
    for line in lines:
        if found := _DIALOGUE.match(line):
            text = re.sub(r"\\[Nn]", "\n", found[4]).replace("\\h", " ")
            yield _Cue(_clock_s(found[1]), _clock_s(found[2]), _spoken_by(found[3].strip(), text))


def _of_ttml(root: etree._Element) -> Iterator[_Cue]:
    for element in descendants(root, "p"):
        said = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
        text = html.escape(flat(element, silent=frozenset(("metadata",))), quote=False)
        yield _Cue(_clock_s(said.get("begin", "")), _end_s(said), _spoken_by(said.get("agent", ""), text))


def _spoken_by(name: str, text: str) -> str:
    """The text with its speaker as WebVTT has it."""
    return f"<v {name}>{text}" if name else text


def _end_s(said: Mapping[str, str]) -> float | None:
    if "end" in said:
        return _clock_s(said["end"])
    start_s, lasts_s = _clock_s(said.get("begin", "")), _clock_s(said.get("dur", ""))
    return None if start_s is None or lasts_s is None else start_s + lasts_s


def _clock_s(text: str) -> float | None:
    """Seconds of ``1:02:03.4``, of ``1:02:03:12`` without its frames, and of ``62.5s``; None of ticks and frames alone."""
    if offset := _OFFSET.fullmatch(text[:40]):
        return float(offset[1]) * _SECONDS[offset[2]]
    if ":" in text and (clock := _CLOCK.fullmatch(text[:40])):
        hours, minutes, seconds = clock[1] or 0, clock[2] or 0, clock[3].replace(",", ".")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    return None


def _laid_out(paragraphs: Sequence[str]) -> str:
    """In one line where it has sentences, for these are found later; else in its paragraphs, which are all there is."""
    line = " ".join(paragraphs)
    if line.count(" ") < _WORDS * len(sentences(line)):
        return line
    return "\n".join(paragraphs)


def _paragraphs(cues: Iterable[_Cue]) -> Iterator[str]:
    """What is said, a paragraph for each speaker and after each pause."""
    words: list[str] = []
    shown: list[list[str]] = []  # lines of the cue before, as words
    speaker, ended_s = "", None
    for cue in cues:
        lines, speaker = _said(cue.text, speaker)
        if not lines:
            continue
        if cue.start_s is not None and ended_s is not None and cue.start_s - ended_s >= PAUSE_S:
            words.append(_MARK)
            shown = []
        words += _new([word for line in lines for word in line], shown)
        shown, ended_s = lines, cue.end_s
    for is_mark, some in groupby(words, key=_MARK.__eq__):
        if not is_mark:
            yield " ".join(some)


def _said(text: str, speaker: str) -> tuple[list[list[str]], str]:
    """The lines of a cue as words, with a mark where another speaker begins, and who spoke last."""
    first, *turns = _VOICE.split(text)
    marked = [first]
    for name, said in zip(turns[::2], turns[1::2], strict=True):
        marked.append(said if name == speaker else f" {_MARK} {said}")
        speaker = name
    text = _NOTE.sub(" ", html.unescape(_TAG.sub("", "".join(marked))))
    lines = [line.split() for line in _TURN.sub(f" {_MARK} ", text).split("\n")]
    return [line for line in lines if any(word != _MARK for word in line)], speaker


def _new(words: list[str], shown: list[list[str]]) -> list[str]:
    """What a cue adds: as captions roll, it begins with the last lines of the one before, or what these had so far."""
    for first in range(len(shown)):
        before = [word for line in shown[first:] for word in line]
        if words[: len(before)] == before:
            return words[len(before) :]
    return words


FORMAT = Format(
    "captions",
    "`WEBVTT`, `[Script Info]`, the root element tt, or a line of two times at the top: WebVTT, SubRip, SBV, SSA, TTML",
    "the whole file: what is spoken, a paragraph for each speaker and after each pause, without notes of sounds",
    sniff,
    read,
)
