"""The day of publication that stands above a plain text: in a masthead, on a line of its own, in a dateline.

A day that the story tells of is none. So it counts only where nothing of a sentence stands beside it, in the first few
lines, none of which is a sentence of the story yet; or between a place and a dash, as agencies begin.
"""

import re
from collections.abc import Sequence

from newsloom.core.days import weekday_names
from newsloom.core.forms import fold, normalise
from newsloom.core.furniture import is_furniture, is_telling
from newsloom.core.language import UNKNOWN, detect
from newsloom.readers import dates, values
from newsloom.readers.base import Draft

#: Lines that are looked at, and characters of each.
LINES, HEAD_CHARS = 10, 160
#: Words beside the day, and of a place.
_WORDS, _PLACE_WORDS = 10, 5

_YEAR = re.compile(r"\d{4}|年")
#: The article of a day, and the word in front of it or of the day, which may be a weekday.
_ARTICLE = re.compile(r"(?<!\S)(?:den|der|le|el|il)\s+$", re.IGNORECASE)
_LAST = re.compile(r"([^\W\d_]+)[.,،]?\s*$")
_MARK = r"(?:[,;:|·•–—(\[/]|\s-|\s\s|\t)"
_BREAK = re.compile(rf"{_MARK}\s*$")
#: In front of the day, at the beginning of the line or set apart.
_LABEL = re.compile(
    rf"(?:^|{_MARK})\W*(?:(?:strictly|first|last|for|not\ for)\s+)?(?:published|publication|posted|created|issued|updated|modified|release|embargo(?:ed)?"
    r"|veröffentlicht|aktualisiert|stand|sperrfrist|publié|mis\ à\ jour|publicado|actualizado|pubblicato|aggiornato|gepubliceerd|opublikowano"
    r"|опубликовано|обновлено)(?:\s+(?:on|at|for|until|am|vom|bis|le|el|il|op|em|a))?[\s\d:.]*$",
    re.IGNORECASE,
)
#: Behind the day: the number of a page, or a label that is set apart.
_PAGE = re.compile(
    r"\W*(?:(?:page|seite|pagina|página|p|s|no|nr|vol)\b\.?)?\s*(?:\d{1,4}|[A-Z]\d{0,2})?\W*", re.IGNORECASE
)
_APART = re.compile(r"\s*(?:\s[-–—]|[-–—|·•:;,)/\]]|\s\s)\s*(?P<label>[^.!?]*)")
_PLACE = re.compile(r"[\W\d_]*([^\W\d_][^\d:;!?]*?)(?:,|\s[-–—]|\s?\()\s*")
#: Between the day of a dateline and the story: an agency, and a dash.
_AGENCY = re.compile(r"[,.)]?\s*(?:\([^()]{2,40}\)|/[^/]{2,40}/)?[:.]?\s*(?:--+|[–—―]|-\s|(?<=[)/])\s*)\s*\S")


def dated(text: str) -> Draft:
    """What a text without a date of its own says of its publication above its story; an empty draft if nothing."""
    if not any(map(_YEAR.search, text.split("\n", 2 * LINES)[: 2 * LINES])):
        return Draft()
    lines = values.paragraphs(text).split("\n")
    known = None if (language := detect(text)) == UNKNOWN else language
    told = _told(lines, known)
    if told is None:
        return Draft()
    found_s = dates.best([dates.parse(told, known)])
    return Draft(
        published_s=found_s,
        day_first_s=dates.swapped([told], known),
        unread_date=dates.unread([told], known) if found_s is None else None,
    )


def _told(lines: Sequence[str], language: str | None) -> str | None:
    for line in lines[:LINES]:
        found = dates.beside(line[:HEAD_CHARS], language)
        if found is not None and _YEAR.search(found[1]):
            front, told, behind = found
            if len(line) <= HEAD_CHARS and _stands_alone(front, behind):
                return told
            if _is_place(front) and _AGENCY.match(behind):
                return told
        if is_telling(line) and not is_furniture(line):
            return None
    return None


def _stands_alone(front: str, behind: str) -> bool:
    """Whether a line says a day and, set apart from it, no more than the name of a paper or a label."""
    before = _without_weekday(front)
    if len(before.split()) > _WORDS:
        return False
    if before and not (_BREAK.search(before) or _LABEL.search(before)):
        return False
    if _PAGE.fullmatch(behind):
        return True
    apart = _APART.fullmatch(behind)
    return apart is not None and len(apart["label"].split()) <= _WORDS


def _without_weekday(front: str) -> str:
    """What stands in front of a day, without its weekday and its article."""
    before = _ARTICLE.sub("", front)
    last = _LAST.search(before)
    return before[: last.start()] if last and fold(normalise(last[1])) in weekday_names() else before


def _is_place(front: str) -> bool:
    place = _PLACE.fullmatch(_without_weekday(front))
    return place is not None and len(place[1].split()) <= _PLACE_WORDS and not place[1][0].islower()
