"""Lines of a page that are no part of the news: told one by one, by how they are worded.

The cues are static and narrow on purpose: a line that is wrongly kept costs a little similarity, a line
that is wrongly dropped is lost to everyone after this step. What one source repeats on page after page
is learned from its frequency (lines.py) and handed in; this module only knows what any reader would skip.
"""

from functools import lru_cache

from newsloom.core.wordings import (
    ANYWHERE,
    ASIDE,
    AUTHOR,
    BETWEEN,
    BYLINE,
    CAPTION_START,
    CLOSING,
    CREDIT_END,
    DAY_END,
    DAY_FIRST,
    FIRST,
    FLAG,
    HINTS,
    LABEL,
    LEAVE,
    LEGAL,
    LINKED,
    MORE,
    NAME,
    OPENING,
    SIGN_OFF,
    SLUG,
    STAMP,
    TEASERS,
)

#: Longest line, in characters, that an unanchored cue may condemn; real paragraphs quote such words too.
MAX_CUE_CHARS = 260
#: Characters from which on a paragraph tells something even without a full stop.
LONG = 160

#: Characters of a masthead, of a small word in its name and of a year.
_MASTHEAD_CHARS, _SMALL, _YEAR = 120, 3, 4

CLOSERS = "\"'”’»)] \t\n\r\u00a0"
_NO_ENDS = ("?", "？", "؟", "…", "...")
_ARROWS, _OPENERS = CLOSERS + "→>›|", "[(«【–-"
_LINK_CHARS = max(map(len, MORE))
_STOPS = (".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔", "။", "។", "։", "።")


def _from_first_word(line: str) -> str:
    """The line without the marks in front; matching them in each pattern would take quadratic time."""
    first = FIRST.search(line)
    return line[first.start() :].rstrip() if first else ""


def is_furniture(paragraph: str) -> bool:
    """Whether a line belongs to the page and not to the news on it; one without a word does."""
    if len(paragraph) > MAX_CUE_CHARS:
        return _whatever_its_length(_from_first_word(paragraph))
    return _worded_so(paragraph)


def _whatever_its_length(line: str) -> bool:
    if not line or LEGAL.match(line):
        return True
    return bool(LINKED.match(line)) and (len(line) <= MAX_CUE_CHARS or is_unfinished(line))


# Each line of a page is asked about by the look-up, the splitter and the description.
@lru_cache(maxsize=4096)
def _worded_so(paragraph: str) -> bool:
    line = _from_first_word(paragraph)
    if _whatever_its_length(line) or LABEL.fullmatch(line) or STAMP.fullmatch(line) or OPENING.match(line):
        return True
    if (
        (ASIDE.fullmatch(paragraph) and is_unfinished(paragraph))
        or DAY_FIRST.fullmatch(line)
        or FLAG.fullmatch(line)
        or SLUG.fullmatch(line)
        or _is_masthead(line)
        or is_sign_off(paragraph)
        or is_teaser_heading(paragraph)
    ):
        return True
    parts = BETWEEN.split(line)
    if parts[1:] and all(BYLINE.fullmatch(part) or is_furniture(part) for part in parts):
        return True
    lowered = line.lower()
    return any(hint in lowered for hint in HINTS) and bool(ANYWHERE.search(line))


def _is_masthead(line: str) -> bool:
    """Whether it is a name and a day, in capitals or with the weekday; what a headline dates has neither."""
    # Searching every line for names of months would take as long as all the rest.
    if len(line) > _MASTHEAD_CHARS or not any(
        len(word) >= _YEAR and word[:_YEAR].isdecimal() for word in line.rsplit(None, 3)[1:]
    ):
        return False
    if (day := DAY_END.search(line)) is None:
        return False
    name = line[: day.start()]
    named = all(not word[0].islower() or len(word) <= _SMALL for word in name.split())
    return named and bool(NAME.match(name)) and (day["weekday"] is not None or line.isupper())


def is_sign_off(paragraph: str) -> bool:
    """Whether a line closes a story with credits or rights; such a line is furniture."""
    if len(paragraph) > MAX_CUE_CHARS:
        return False
    head = paragraph[:110].lower()
    if any(wording in head for wording in CLOSING):
        return True
    return bool(SIGN_OFF.match(_from_first_word(paragraph)))


def is_author_note(paragraph: str) -> bool:
    """Whether a line tells who wrote the story it stands below; anywhere else it may be news."""
    return len(paragraph) <= 2 * MAX_CUE_CHARS and bool(AUTHOR.match(_from_first_word(paragraph)))


def is_teaser_heading(paragraph: str) -> bool:
    """Whether a line stands over links to other pages, such as "You may also like"."""
    return len(paragraph) <= 60 and bool(TEASERS.fullmatch(_from_first_word(paragraph)))


def is_leave_link(paragraph: str) -> bool:
    """Whether a line is that by which readers leave a newsletter; such a line is furniture."""
    return len(paragraph) <= MAX_CUE_CHARS and bool(LEAVE.search(paragraph)) and is_furniture(paragraph)


def is_caption(paragraph: str) -> bool:
    """Whether a line describes a picture: part of its story, but a poor witness of what comes next."""
    if len(paragraph) > 400:
        return False
    if CAPTION_START.match(_from_first_word(paragraph)):
        return True
    tail = paragraph[-90:]
    credited = "(" in tail or ":" in tail or (is_unfinished(tail) and ("/" in tail or len(paragraph) <= 200))
    return credited and bool(CREDIT_END.search(tail))


def is_unfinished(paragraph: str) -> bool:
    """Whether a line ends as headlines and subheads do, without a full stop; a link to the rest of it ends none."""
    end = paragraph.rstrip(CLOSERS)
    return not (end.endswith(_STOPS) or _is_linked_sentence(end))


def _is_linked_sentence(line: str) -> bool:
    """Whether it is a sentence with a link to the rest behind it; a question or a text cut short leads elsewhere."""
    tail = line.rstrip(_ARROWS)
    last = tail[-_LINK_CHARS:].lower()
    if not last.endswith(MORE):
        return False
    longest = max(len(label) for label in MORE if last.endswith(label))
    told = tail[:-longest].rstrip(_ARROWS + _OPENERS)
    return told.endswith(_STOPS) and not told.endswith(_NO_ENDS)


def is_telling(paragraph: str) -> bool:
    """Whether a line is a sentence, or long; headlines, names and table rows are not."""
    return len(paragraph) >= LONG or not is_unfinished(paragraph)
