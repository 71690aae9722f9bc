"""How a document of LexisNexis is laid out: source and date, title and tags, its text, and tags again."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from newsloom.readers import dates, markup, values
from newsloom.readers.base import Draft

#: Tags by what they are good for, in English, German, French, Spanish and Dutch downloads. Above the text:
_HEADLINES = frozenset(("HEADLINE", "TITRE", "KOP"))
_LENGTHS = frozenset(("LENGTH", "LÄNGE", "LONGUEUR", "LONGITUD", "LENGTE"))
_HIGHLIGHT = "HIGHLIGHT"
_HEADS = (
    _HEADLINES
    | _LENGTHS
    | frozenset(
        "HIGHLIGHT BYLINE AUTHOR AUTOR AUTEUR SECTION RUBRIK RUBRIQUE SECCIÓN SECCION DATELINE"
        " SHOW ANCHOR ANCHORS GUEST GUESTS REPORTER REPORTERS TRANSCRIPT".split()
    )
)
#: Before the first word of the text, in older downloads.
_BODIES = frozenset(("BODY", "TEKST"))
#: Above or below.
_PICTURES = frozenset(("GRAPHIC", "GRAFIK"))
#: Below.
_URL = "URL"
_LANGUAGES = ("LANGUAGE", "SPRACHE", "LANGUE", "IDIOMA", "TAAL")
_FEET = frozenset(
    (
        _URL,
        *_LANGUAGES,
        *(
            "SUBJECT PUB-SUBJECT LOAD-DATE DATE-CHARGEMENT FECHA-CARGA CORRECTION-DATE JOURNAL-CODE CODE-REVUE ACC-NO"
            " PUBLICATION-TYPE TYPE-PUBLICATION TIPO-PUBLICACIÓN TIPO-PUBLICACION PUB-TYPE DOCUMENT-TYPE".split()
        ),
    )
)
#: When a German document was put in. Many a text has a paragraph that begins so, but none with a date behind it.
_UPDATE = "UPDATE"
#: What it is about, each with its weight in per cent; without one, it is a line of the text.
_TERMS = frozenset("COMPANY ORGANIZATION TICKER INDUSTRY PERSON CITY STATE COUNTRY GEOGRAPHIC".split())
_TAGS = _HEADS | _BODIES | _PICTURES | _FEET | _TERMS | {_UPDATE}

_COPYRIGHT = re.compile(r"\s*(?:Copyright\b|©)[\s©(c),]{0,9}(?:19|20)\d\d\b", re.IGNORECASE)
_RIGHTS = re.compile(
    r"\s*(?:All rights reserved|Alle Rechte vorbehalten|Tous droits r[ée]serv[ée]s|Todos los derechos reservados)\b",
    re.IGNORECASE,
)
#: Without one a line is no date, which dateutil would take its time to find.
_YEAR = re.compile(r"(?:19|20)\d\d")
#: A day at the beginning of a line, whatever stands behind it: an edition, a zone that nobody else calls so.
_DAY = re.compile(r"[^\W\d]{3,9}\.? \d\d?, \d{4}\b")
_CLOCK = re.compile(r"\d\d?:\d\d(?::\d\d)? ?[AP]\.?M\b.{0,20}", re.IGNORECASE)

#: Blocks that the text may begin behind, and lines above the title that may hold the date.
_HEAD_BLOCKS, _ABOVE_LINES = 24, 20


class _Block(NamedTuple):
    """Lines with a blank one or a tag before them."""

    tag: str  #: empty where there is none
    lines: list[str]

    @property
    def centred(self) -> bool:
        return not self.tag and all(line[0].isspace() for line in self.lines)

    def value(self, between: str = " ") -> str:
        """What it says, on one line, without the tag."""
        text = between.join(map(str.strip, self.lines))
        return text[len(self.tag) + 1 :].strip() if self.tag else text


def draft(text: str) -> Draft:
    """What a document says, without the line of its number."""
    blocks = _blocks(text.replace("\r\n", "\n").replace("\f", "\n"))
    # Only these are kept: a text may have a million.
    head = list(islice(blocks, _HEAD_BLOCKS))
    above = _above(head)
    begin = _begin(head, above)
    source, published_s = _source_and_time(head[:above])
    paragraphs: list[str] = []
    foot: dict[str, _Block] = {}
    for block in chain(head[begin:], blocks):
        if foot or _is_foot(block):
            foot.setdefault(block.tag, block)
        elif block.tag in _BODIES:
            paragraphs.append(block.value())
        else:
            paragraphs += _paragraphs(block.lines)
    told = {block.tag: block.value() for block in reversed(head[above:begin]) if block.tag}
    plain = [block.value() for block in head[above:begin] if not block.tag]
    title = next((told[tag] for tag in _HEADLINES if tag in told), None) or (plain.pop(0) if plain else "")
    tongues = (foot[tag].value()[:200] for tag in _LANGUAGES if tag in foot)
    return Draft(
        # Nothing below the tags: then what else is above them is no second headline.
        text=markup.plain("\n".join(paragraphs or plain)).strip() or None,
        summary=told.get(_HIGHLIGHT),
        title=values.line(markup.plain(title)),
        url=values.url(foot[_URL].value("")) if _URL in foot else None,
        source=source,
        language=_language(tongues),
        published_s=published_s,
    )


def _blocks(text: str) -> Iterator[_Block]:
    tag, lines = "", list[str]()
    for line in text.split("\n"):
        said = _tag(line)
        if lines and (said or not line.strip()):
            yield _Block(tag, lines)
            tag, lines = "", []
        if line.strip():
            tag = said or tag
            lines.append(line)
    if lines:
        yield _Block(tag, lines)


def _tag(line: str) -> str:
    """The tag that the line begins with, if it is one of those that are known."""
    name, colon, value = line.partition(":")
    return name if colon and name in _TAGS and (not value or value[0].isspace()) else ""


def _above(blocks: Sequence[_Block]) -> int:
    """How many blocks stand above title and tags: source, date, edition, and in older downloads the copyright.

    They are centred. A name may fill its line, though, and some hands took the blanks away: then a date tells.
    """
    count = _centred(blocks, 0)
    if not any(map(_time, _lines(blocks[:count]))):
        for more in (1, 2):
            added = blocks[count : count + more]
            if not any(block.tag for block in added) and any(map(_time, _lines(added))):
                return _centred(blocks, count + more)
    return count


def _centred(blocks: Sequence[_Block], start: int) -> int:
    """Where what is centred from there on ends."""
    ends = (at for at in range(start, len(blocks)) if not (blocks[at].centred or _is_copyright(blocks[at])))
    return next(ends, len(blocks))


def _lines(blocks: Iterable[_Block]) -> list[str]:
    return list(islice((line for block in blocks for line in block.lines), _ABOVE_LINES))


def _source_and_time(above: Sequence[_Block]) -> tuple[str | None, float | None]:
    """The source stands before the date, and the time of day behind it, if at all, on its line or a later one."""
    names: list[list[str]] = []
    lines = _lines(above)
    at = next((at for at, line in enumerate(lines) if _time(line) is not None), None)
    left = len(lines) if at is None else at
    for block in above:
        names.append(_names(block.lines[:left]))
        left -= len(block.lines)
        if left <= 0:
            break
    # Without a date, there may be anything below the source.
    known = [name for name in (names if at is None else reversed(names)) if name]
    source = values.source(" ".join(known[0])) if known else None
    if at is None:
        return source, None
    stamps = [_time(lines[at])]
    if day := _DAY.match(lines[at].strip()):
        clocks = filter(_CLOCK.fullmatch, map(str.strip, lines[at + 1 :]))
        stamps += [dates.parse(f"{day[0]} {clock}") for clock in clocks]
    return source, dates.best(stamps)


def _names(lines: Sequence[str]) -> list[str]:
    """The lines without those of the copyright; of what is below such a line, the last alone may be the source."""
    kept = [line.strip() for line in lines if not (_COPYRIGHT.match(line) or _RIGHTS.match(line))]
    return kept if len(kept) == len(lines) else kept[-1:]


def _time(line: str) -> float | None:
    if not _YEAR.search(line):
        return None
    line = line.strip()
    found = dates.parse(line)
    if found is None and (day := _DAY.match(line)):
        found = dates.parse(day[0])
    return found


def _begin(head: Sequence[_Block], above: int) -> int:
    """Where the text begins: behind the length and the tags that follow it; without one, behind the last tag below a title."""
    begin = next((at + 1 for at, block in enumerate(head) if block.tag in _LENGTHS), 0)
    titles = 0
    for at in () if begin else range(above, len(head)):
        if head[at].tag in _HEADS:
            begin = at + 1
        elif head[at].tag or titles:
            break
        else:
            titles = 1
    if not begin:  # a title and the text, or one of the two alone
        untagged = [not block.tag for block in head[above : above + 2]]
        return above + (untagged == [True, True])
    while begin < len(head) and head[begin].tag in _HEADS | _PICTURES:
        begin += 1
    return begin


def _is_foot(block: _Block) -> bool:
    """Whether it ends the text."""
    if block.tag == _UPDATE:
        return dates.parse(block.value()) is not None
    if block.tag in _TERMS:
        return "%)" in block.value()
    return block.tag in _FEET or block.tag in _PICTURES or _is_copyright(block)


def _is_copyright(block: _Block) -> bool:
    return not block.tag and _COPYRIGHT.match(block.lines[0]) is not None


def _paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """The lines, which were broken at a width, as one; wires begin a paragraph with an indent alone."""
    held: list[str] = []
    before = 0
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if held and indent > before:
            yield " ".join(held)
            held = []
        held.append(line.strip())
        before = indent
    yield " ".join(held)


def _language(told: Iterable[str]) -> str | None:
    """Of ``GERMAN; DEUTSCH`` and the like the first name that is known."""
    names = (name.strip() for one in told for name in re.split("[;/,]", one))
    return next(filter(None, map(values.language, names)), None)
