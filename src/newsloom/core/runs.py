"""Runs of paragraphs that other files hold: where on a page a known story begins or ends.

Of each story the store keeps two digests: of its first two and of its last two paragraphs that tell
something. On a new page every pair of neighbouring paragraphs is looked up. A hit is strong evidence and
no proof: an update puts new paragraphs on top of the old text, and stays one story.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import xxhash

from newsloom.core.body import body
from newsloom.core.furniture import is_telling
from newsloom.core.reading import line

#: Words that a run needs; fewer may be a formula that many stories open or close with.
MIN_WORDS = 25
#: Telling paragraphs of a page that are looked up.
MAX_PARAGRAPHS = 1_000


@dataclass(frozen=True, slots=True)
class Seen:
    """Where known stories begin and end on a page, by index of the paragraph; both inclusive."""

    starts: frozenset[int] = frozenset()
    ends: frozenset[int] = frozenset()


NOTHING = Seen()


@dataclass(frozen=True, slots=True)
class Run:
    """Two neighbouring paragraphs of a page, as the beginning or the end of a story."""

    digest: bytes  #: 8 bytes
    start: int  #: index of the first of them
    stop: int  #: index of the second
    last: bool  #: whether it is a story's end
    across: int | None  #: index of the telling paragraph that stands between them


def of_page(paragraphs: Sequence[str]) -> list[Run]:
    """Every run that a known story might begin or end with.

    What this source's furniture is becomes known in the same look-up, so pairs around one paragraph
    are asked for as well; `seen` leaves out those that were not parted by furniture.
    """
    told = _telling(paragraphs, frozenset())[:MAX_PARAGRAPHS]
    marks = {i: line(paragraphs[i]).mark for i in told}
    pairs = [(i, k, None) for i, k in pairwise(told)] + [
        (i, k, j) for i, j, k in zip(told, told[1:], told[2:], strict=False)
    ]
    return [
        Run(_digest(marks[i], marks[k], last=last), i, k, last, j)
        for i, k, j in pairs
        if _long_enough(marks[i], marks[k])
        for last in (False, True)
    ]


def of_story(paragraphs: Sequence[str], furniture: Collection[str]) -> tuple[bytes, ...]:
    """The runs by which a story is known again: its first, its last; those that are long enough."""
    told = _telling(paragraphs, furniture)
    if len(told) < 2:
        return ()
    edges = [(False, told[:2]), (True, told[-2:])]
    found = [(last, line(paragraphs[i]).mark, line(paragraphs[k]).mark) for last, (i, k) in edges]
    return tuple(_digest(one, other, last=last) for last, one, other in found if _long_enough(one, other))


def seen(
    runs: Sequence[Run], known: Collection[bytes], paragraphs: Sequence[str], furniture: Collection[str]
) -> Seen:
    """Where known stories begin and end, as far as the hits do not contradict each other.

    A page that was seen before as one story may hold an older story's text inside it. So a beginning
    counts only where no known story is under way, and an end only if none ends later without a beginning
    in between.
    """
    marks: list[tuple[int, bool]] = []
    for run in runs:
        if run.digest not in known or paragraphs[run.start] in furniture or paragraphs[run.stop] in furniture:
            continue
        if run.across is None or paragraphs[run.across] in furniture:
            marks.append((run.stop if run.last else run.start, run.last))
    marks = sorted(set(marks))
    starts = [at for k, (at, last) in enumerate(marks) if not last and (k == 0 or marks[k - 1][1])]
    ends = [at for k, (at, last) in enumerate(marks) if last and (k + 1 == len(marks) or not marks[k + 1][1])]
    return Seen(frozenset(starts), frozenset(ends))


def _telling(paragraphs: Sequence[str], furniture: Collection[str]) -> list[int]:
    """Headlines, bylines and figures are left out: they differ from page to page.

    A page of furniture alone keeps its lines: by something it has to be known again.
    """
    return [i for i in body(paragraphs, furniture) or range(len(paragraphs)) if is_telling(paragraphs[i])]


def _long_enough(one: tuple[int, bytes], other: tuple[int, bytes]) -> bool:
    return one[0] + other[0] >= MIN_WORDS


def _digest(one: tuple[int, bytes], other: tuple[int, bytes], *, last: bool) -> bytes:
    return xxhash.xxh3_64_digest(one[1] + other[1], seed=int(last))
