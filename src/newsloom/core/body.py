"""Which lines of a page, or of a story, take part: neither furniture nor links to other pages."""

from collections.abc import Collection, Sequence
from itertools import takewhile

from newsloom.core.furniture import (
    CLOSERS,
    LONG,
    MAX_CUE_CHARS,
    is_author_note,
    is_furniture,
    is_leave_link,
    is_teaser_heading,
    is_unfinished,
)

# Lines that lead elsewhere, of so many words at least, that are links where nothing follows them. Three lines in place of two
# cost .02 to .04 of F1 where other news follows each article.
LINKS, LINK_WORDS = 2, 4
#: Lines of the address of whoever sent a newsletter.
ADDRESS_LINES = 4
_CUT = ("…", "...")


def body(paragraphs: Sequence[str], learned: Collection[str] = ()) -> list[int]:
    """Indices of the lines that take part, in order: neither furniture nor links to other pages.

    Left out: furniture anywhere, `learned` are lines known as such; who sent a newsletter from where, below its link for
    leaving it; and headlines of other news and beginnings of other texts, which follow a heading of theirs, wherever that
    stands, or are ``LINKS`` or more below the last sentence.
    """
    told = [i for i, line in enumerate(paragraphs) if not (line in learned or is_furniture(line))]
    while told[1:] and is_author_note(paragraphs[told[-1]]):
        told.pop()
    told = told[: _above_address(paragraphs, told)]
    links = _headed(paragraphs) | _below(paragraphs, told)
    return [i for i in told if i not in links]


def _above_address(paragraphs: Sequence[str], told: Sequence[int]) -> int:
    """How many of ``told`` stand above the link for leaving a newsletter, if only a few lines that are no sentences are below it."""
    below = list(takewhile(lambda i: is_unfinished(paragraphs[i]), reversed(told)))[:ADDRESS_LINES]
    for k, i in enumerate(reversed(below), len(told) - len(below)):
        if k and any(map(is_leave_link, paragraphs[told[k - 1] + 1 : i])):
            return k
    return len(told)


def _headed(paragraphs: Sequence[str]) -> set[int]:
    """Links with a heading, and the heading."""
    found: set[int] = set()
    headed = False
    for i, line in enumerate(paragraphs):
        headed = is_teaser_heading(line) or (headed and _leads_elsewhere(line))
        if headed:
            found.add(i)
    return found


def _below(paragraphs: Sequence[str], told: Sequence[int]) -> set[int]:
    """Links below the last sentence; ``told`` are the lines that are no furniture.

    What a colon announces is the story's own; and where most of a page is no sentence, as in a list, a live blog or
    Thai, such lines are the story.
    """
    below = list(takewhile(lambda i: _leads_elsewhere(paragraphs[i]), reversed(told)))
    found = {i for i in below if len(paragraphs[i].split()) >= LINK_WORDS}
    if len(found) < LINKS or len(below) == len(told) or is_unfinished(paragraphs[told[-len(below) - 1]]):
        return set()
    if any(paragraphs[i].rstrip(CLOSERS).endswith((":", "：")) for i in below):
        return set()
    sentences = sum(len(paragraphs[i]) for i in told if not is_unfinished(paragraphs[i]))
    return found if 2 * sentences > sum(len(paragraphs[i]) for i in told) else set()


def _leads_elsewhere(line: str) -> bool:
    """Whether a line has the form of a headline, or breaks off."""
    if line.rstrip(CLOSERS).endswith(_CUT):
        return len(line) <= MAX_CUE_CHARS
    return is_unfinished(line) and len(line) <= LONG
