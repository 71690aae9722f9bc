"""Lines that were broken at a fixed width, as in mail, old wires and much that was made for a terminal."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from newsloom.core.furniture import is_unfinished

# Where text is wrapped, no line is longer than its width, and most could not have taken another word and end within a
# sentence. None of 20,000 real articles that have a paragraph a line passes for such a text; of those wrapped at 60, 72
# and 80 characters hardly any is missed.
NARROWEST, WIDEST = 30, 100
SHARE, LEAST = 0.2, 2
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
    return list(_joined(lines, width)) if broken >= max(LEAST, SHARE * len(told)) else lines


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


def _joined(lines: Sequence[str], width: int) -> Iterator[str]:
    pieces = [lines[0].strip()]
    for line, following in pairwise(lines):
        if _is_word_cut(line, following):
            pieces[-1] = pieces[-1][:-1]
        elif _is_full(line, following, width):
            pieces.append(" ")
        else:
            yield "".join(pieces)
            pieces = []
        pieces.append(following.strip())
    yield "".join(pieces)


def _is_word_cut(line: str, following: str) -> bool:
    """Whether a word was hyphenated at the end of the line. One that has a hyphen of its own there loses it."""
    end = line.rstrip()[-2:]
    return end[-1:] in ("-", "‐") and end[:1].isalpha() and following.lstrip()[:1].islower()
