"""Runs of paragraphs that other files hold: where on a page a known story begins or ends.

Of each story the store keeps two digests: of its first two and of its last two paragraphs that tell
something. On a new page every pair of neighbouring paragraphs is looked up. A hit is strong evidence and
no proof: an update puts new paragraphs on top of the old text, and stays one story.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import xxhash

from newsloom.core.furniture import is_telling, story_lines
from newsloom.core.text import normalise, terms

#: Words that a run needs; fewer may be a formula that many stories open or close with.
MIN_WORDS = 25
#: Telling paragraphs of a page that are looked up.
MAX_PARAGRAPHS = 1_000

_FIRST, _LAST = 0, 1  # what a digest is of; the hash's seed


@dataclass(frozen=True, slots=True)
class Seen:
    """Where known stories begin and end on a page, by index of the paragraph; both inclusive."""

    starts: frozenset[int] = frozenset()
    ends: frozenset[int] = frozenset()


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
    words = {i: _words(paragraphs[i]) for i in told}
    pairs = [(i, k, None) for i, k in pairwise(told)] + [
        (i, k, j) for i, j, k in zip(told, told[1:], told[2:], strict=False)
    ]
    return [
        Run(digest, i, k, bool(kind), j)
        for i, k, j in pairs
        for kind, digest in _digests(words[i], words[k], (_FIRST, _LAST))
    ]


def of_story(paragraphs: Sequence[str], furniture: Collection[str]) -> tuple[bytes, ...]:
    """The runs by which a story is known again: its first, its last; those that are long enough."""
    told = _telling(paragraphs, furniture)
    if len(told) < 2:
        return ()
    words = {i: _words(paragraphs[i]) for i in {*told[:2], *told[-2:]}}
    first = _digests(words[told[0]], words[told[1]], (_FIRST,))
    last = _digests(words[told[-2]], words[told[-1]], (_LAST,))
    return tuple(digest for _, digest in (*first, *last))


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
    """Headlines, bylines and figures are left out: they differ from page to page."""
    return [i for i in story_lines(paragraphs, furniture) if is_telling(paragraphs[i])]


def _words(paragraph: str) -> list[str]:
    return terms(normalise(paragraph))


def _digests(one: list[str], other: list[str], kinds: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    if len(one) + len(other) >= MIN_WORDS:
        text = " ".join(one) + "\n" + " ".join(other)
        for kind in kinds:
            yield kind, xxhash.xxh3_64_digest(text.encode(), seed=kind)
