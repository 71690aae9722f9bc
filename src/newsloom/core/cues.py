"""How a paragraph is worded: does it read as the opening of a story, or as its close?

A paragraph becomes a set of named features (its words, how it begins, its shape); a linear model over
them says how much it reads like a lead. Words written with a capital count only where they open the
paragraph: who and where a story is about must not decide, only how it is told.
"""

import re
from collections.abc import Mapping, Sequence

from newsloom.core.furniture import is_caption, is_unfinished
from newsloom.core.reading import Line

#: Words of a paragraph that are looked at; a lead has said what it is by then.
MAX_WORDS = 60
#: Words at its beginning that count as such.
OPENING = 3
#: Characters of a paragraph that patterns are searched in.
HEAD = 500

_DATELINE = re.compile(
    r"^[\W_]*(?:[A-ZÀ-ÞЀ-Я][\w.’'/-]*[, ]+){0,5}(?:[A-Z][a-z]{2,4}\.? \d{1,2},? )?(?:\([^)]{2,40}\)\s*)?(?:--|—|–|-|―)\s*[\"“‘A-ZÀ-ÞЀ-Я]"
)
_AGENCY = re.compile(r"\((?:AP|AFP|Reuters|UPI|Xinhua|dpa|EFE|ANSA|TASS|CNN|[A-Z]{3,5}|███)\)")
_UPPER_START = re.compile(r"^[\W_]*[A-ZÀ-ÞЀ-Я]{3,}[,\s(]")
_WEEKDAYS = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday today yesterday tonight".split()
)
_MONTHS = frozenset(
    "January February March April May June July August September October November December"
    " Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec".split()
)
_TITLES = frozenset("Mr Mrs Ms Miss Dr Sir Lord Lady Dame Herr Frau Señor Señora".split())
_AGE = re.compile(r", [0-9]{2},")
_QUOTE_OPEN = re.compile(r"^[\W_]*?[\"“”«„`']")
_QUOTES = ('"', "“", "”", "«", "»", "„", "``", "''")
_BYLINE = re.compile(r"^[\W_]*(?:By|Por|Par|Von|От)\s+[A-ZÀ-ÞЀ-Я]")
_FULL_NAME = re.compile(r"[A-ZÀ-ÞЀ-Я](?<=[\w,;:] .)[a-zà-ÿа-я]+ (?:[A-Z]\. )?[A-ZÀ-ÞЀ-Я][a-zà-ÿа-я]+")
#: Wordings that close a story; plain strings, in lower case, since searching those is fast.
_SIGN_OFF = (
    "contributed to this",
    "anyone with ",
    "rights reserved",
    "©",
    "copyright",
    "follow ",
    "originally published",
    "views expressed",
    "opinions expressed",
    "crime stoppers",
    "crimestoppers",
    "associated press",
    "reporting by",
    "edited by",
    "editing by",
    "www.",
    "http",
    ".com",
    "@",
)
_PHONE = re.compile(r"[0-9]{3}[-.) ]{1,2}[0-9]{3,4}[-.][0-9]{3,4}")
# Some marks are apostrophes within, too: those in front are not given back, or a line of nothing else would take for ever.
_QUOTED_LINE = re.compile(r"[\"“”‘’'«»„`]++[^\"“”‘«»„`]{3,120}[\"“”’'«»`]+")
_LIST_MARK = re.compile(r"^\s*(?:[•·▪■*–—-]|\(?\d{1,2}[.)]|[a-z]\))\s")
_SPEAKER = re.compile(r"^\s*(?:[A-Z][\w.’' -]{1,40}:|Q[.:]|A[.:]|Q&A)\s")
_SENTENCE = re.compile(r"[.!?。！？][\"'”’»)]*\s+(?=[\"“‘«A-ZÀ-ÞЀ-Я])")


def cues(line: Line) -> list[str]:
    """Names of the features a paragraph has."""
    words = line.words
    found = ["w:" + word for word in dict.fromkeys(words[:MAX_WORDS]) if word.islower()]
    found.extend(f"{k}:{word.lower()}" for k, word in enumerate(words[:OPENING], 1))
    return found + _told(line.text, words, _SIGN_OFF)


def _told(paragraph: str, words: Sequence[str], sign_offs: Sequence[str]) -> list[str]:
    """Those of the features that are no words."""
    found = []
    if not _CALENDAR.isdisjoint(words):
        found += [name for name, wanted in _WORDS if not wanted.isdisjoint(words)]
    if words:
        if len(words) == 1:
            found.append("alone")
        if not words[0][0].isupper():
            found.append("low start")
    head = paragraph[:HEAD]
    found += _shape(paragraph, head, words)
    found += _quotes(head)
    found += [name for name, pattern in _STARTS if pattern.match(head)]
    if "(" in head and _AGENCY.search(head):
        found.append("agency")
    found += [name for name, pattern in _SHAPES if pattern.search(head)]
    if "year-old" in head or "year old" in head or _AGE.search(head):
        found.append("age")
    if sign_offs:
        lowered = head.lower()
        if any(wording in lowered for wording in sign_offs):
            found.append("sign off")
    if is_caption(paragraph):
        found.append("caption")
    return found


def _shape(paragraph: str, head: str, words: Sequence[str]) -> list[str]:
    """Length, sentences, and whether it ends as headlines do."""
    count = len(words)
    sentences = min(len(_SENTENCE.findall(head)), 3)
    found = [f"n:{min(count // 8, 12)}", f"s:{sentences}"]
    unfinished = is_unfinished(paragraph)
    if unfinished and count > 16:
        found.append("open end")
    elif unfinished:
        capitals = sum(1 for word in words if word[0].isupper())
        found += ["headline", f"headline caps {min(4, 5 * capitals // (count + 1))}"]
    elif sentences == 0 and count >= 14:
        found.append(f"one sentence {min(count // 10, 5)}")
    if count <= 16 and _QUOTED_LINE.fullmatch(paragraph):
        found.append("quoted line")
    return found


def _quotes(head: str) -> list[str]:
    """Where quotation marks stand."""
    opens = _QUOTE_OPEN.match(head) is not None
    marks = sum(map(head.count, _QUOTES))
    found = [f"q:{min(marks, 4)}"]
    if opens:
        found.append("quote start")
    if marks <= 2 and head.endswith(('"', "”", "''")):
        found.append("quote all" if opens else "quote end")
    return found


_WORDS = (("weekday", _WEEKDAYS), ("date", _MONTHS), ("title surname", _TITLES))
_CALENDAR = _WEEKDAYS | _MONTHS | _TITLES
_STARTS = (
    ("dateline", _DATELINE),
    ("upper start", _UPPER_START),
    ("byline", _BYLINE),
    ("list", _LIST_MARK),
    ("speaker", _SPEAKER),
)
_SHAPES = (("phone", _PHONE), ("full name", _FULL_NAME))


class Wording:
    """Two linear models over the features: log-odds of opening and of closing a story.

    ``weights`` holds a pair for each feature, and the models' constants under the empty name; unknown
    features weigh nothing.
    """

    def __init__(self, weights: Mapping[str, Sequence[float]]) -> None:
        self.weights = weights
        self.words = {
            name[2:]: tuple(pair)
            for name, pair in weights.items()
            if name.startswith("w:") and name[2:].islower()
        }
        self.first = [
            {name[2:]: tuple(pair) for name, pair in weights.items() if name.startswith(f"{k}:")}
            for k in range(1, OPENING + 1)
        ]


def scores(lines: Sequence[Line], wording: Wording) -> list[tuple[float, float, float]]:
    """Of each paragraph its log-odds of opening and of closing a story, and 1 where it opens with a quotation."""
    page = "\n".join([line.text[:HEAD] for line in lines]).lower()
    sign_offs = [phrase for phrase in _SIGN_OFF if phrase in page]
    weights, known = wording.weights, wording.words
    found = []
    for line in lines:
        words = line.words
        opens, closes = weights.get("", (0.0, 0.0))
        pairs: list[Sequence[float] | None] = [known.get(word) for word in dict.fromkeys(words[:MAX_WORDS])]
        names = _told(line.text, words, sign_offs)
        pairs += [weights.get(name) for name in names]
        pairs += [first.get(word.lower()) for first, word in zip(wording.first, words, strict=False)]
        for pair in pairs:
            if pair is not None:
                opens += pair[0]
                closes += pair[1]
        found.append((opens, closes, float("quote start" in names)))
    return found
