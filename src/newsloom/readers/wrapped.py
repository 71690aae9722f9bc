"""Lines that were broken within a paragraph: at a fixed width, as in mail and old wires, or at links and emphases."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from newsloom.core.furniture import is_unfinished

# Where text is wrapped, no line is longer than its width, and most could not have taken another word and end within a
# sentence. None of 20,000 real articles that have a paragraph a line passes for such a text.
NARROWEST, WIDEST = 30, 100
SHARE, LEAST = 0.2, 2
# Where a page's text is taken string by string, one a line, as by BeautifulSoup's get_text("\n"), a link or an emphasis has
# its own, and its sentence goes on below it. Of 12,281 real articles 59 have two such places, most of them broken so.
LEAST_ON = 2
#: Words of a link or an emphasis within a sentence; more are a headline.
_SPAN_WORDS = 6
_CLOSING = tuple(",.;:!?)]”’»，。、；：！？）」』")
#: A longer word is none, but a line of a script without blanks, or an address.
_LONGEST_WORD = 20


def unwrapped(lines: Sequence[str]) -> Sequence[str]:
    """The lines with those joined that were one paragraph; all as they are where nothing says that they were wrapped.

    A paragraph ends before an empty line, before an indent, and where the next word would have had room.
    """
    told = sorted(len(line.rstrip()) for line in lines if line.strip())
    if len(told) <= LEAST:
        return lines
    width = told[int(0.9 * len(told))]  # a headline or an address may stand out
    if not NARROWEST <= width <= WIDEST:
        return lines
    broken = sum(
        _is_full(line, following, width) and _breaks_off(line, following)
        for line, following in pairwise(lines)
    )
    if broken < max(LEAST, SHARE * len(told)):
        return lines
    cut = [_is_word_cut(line, following) for line, following in pairwise(lines)]
    full = [_is_full(line, following, width) for line, following in pairwise(lines)]
    glue = ["" if of_one else " " if follows else None for of_one, follows in zip(cut, full, strict=True)]
    pieces = [
        line.strip()[:-1] if of_one else line.strip()
        for line, of_one in zip(lines, [*cut, False], strict=True)
    ]
    return list(_joined(pieces, glue))


def _is_full(line: str, following: str, width: int) -> bool:
    """Whether the next line's first word would not have fitted on this one."""
    words = following.split(None, 1)
    if not (words and line.strip()) or _indent(following) > _indent(line):
        return False
    return len(words[0]) <= _LONGEST_WORD and len(line.rstrip()) + 1 + len(words[0]) > width


def _breaks_off(line: str, following: str) -> bool:
    """Whether a sentence seems to go on from one line to the next, neither of which is empty; of capitals all may."""
    return is_unfinished(line) and (line.isupper() or not following.lstrip()[0].isupper())


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_word_cut(line: str, following: str) -> bool:
    """Whether a word was hyphenated at the end of the line. One that has a hyphen of its own there loses it."""
    end = line.rstrip()[-2:]
    return end[-1:] in ("-", "‐", "¬") and end[:1].isalpha() and following.lstrip()[:1].islower()


def rejoined(lines: Sequence[str]) -> Sequence[str]:
    """The lines with those joined that a link or an emphasis broke; all as they are where nothing says so."""
    on = [_goes_on(line, following) for line, following in pairwise(lines)]
    if sum(on) < LEAST_ON or not any(map(_has_capital, lines)):
        return lines  # in small letters throughout, they tell nothing of where a sentence goes on
    pieces = [line.strip() for line in lines]
    glue: list[str | None] = [None] * len(on)
    for k, (goes_on, then) in enumerate(zip(on, [*on[1:], False], strict=True)):
        # The first line may be a headline.
        if goes_on or (k and then and _is_span(pieces[k], pieces[k + 1])):
            glue[k] = "" if pieces[k + 1].startswith(_CLOSING) else " "
    return list(_joined(pieces, glue))


def _joined(pieces: Sequence[str], glue: Sequence[str | None]) -> Iterator[str]:
    """The pieces, each joined to the next by what stands between them; None where a paragraph ends."""
    paragraph = [pieces[0]]
    for between, piece in zip(glue, pieces[1:], strict=True):
        if between is None:
            yield "".join(paragraph)
            paragraph = [piece]
        else:
            paragraph += [between, piece]
    yield "".join(paragraph)


def _goes_on(line: str, following: str) -> bool:
    """Whether a sentence seems to go on: below it stands its comma or full stop, or a word that begins small."""
    more = following.lstrip()
    if not (more and line.strip()):
        return False
    return (more.startswith(_CLOSING) and not more.startswith("...")) or (
        is_unfinished(line) and more[0].islower()
    )


def _is_span(line: str, following: str) -> bool:
    """Whether what follows may be a name within a sentence, where it is known that the sentence goes on behind it."""
    return line[-1:].islower() and len(following.split()) <= _SPAN_WORDS


def _has_capital(line: str) -> bool:
    return line != line.lower()
