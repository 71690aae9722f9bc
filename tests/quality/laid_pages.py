"""Pages whose boundaries are known: single articles laid end to end, for fitting and judging the splitter.

The articles are found through NEWSLOOM_EVAL_DATA; they belong to their publishers and stay where they are.
"""

import gzip
import hashlib
import json
import os
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from newsloom.core import runs
from newsloom.core.body import body
from newsloom.core.furniture import is_telling
from newsloom.core.split import NOTHING

DATA = Path(os.environ.get("NEWSLOOM_EVAL_DATA", ""))
SETS = {
    "gva": "events/gva",
    "wikinews": "events/wikinews",
    "allsides": "events/allsides",
    "load": "load/stream",
}
SUBHEADS = (
    "Background|Analysis|Key points|What we know so far|What happens next?|The victims|Why it matters|Timeline|The big picture"
    "|How did we get here?|‘It was horrific’|Reaction|The investigation|Looking ahead|Who is affected?|By the numbers|What’s next"
    "|The details:|Go deeper|Political fallout|Warning signs|‘We need answers’|The aftermath|WHAT THEY SAID|Q: What happens now?"
).split("|")


@dataclass(frozen=True)
class Single:
    """One article, known to be one story."""

    kind: str  #: the set it comes from
    lines: tuple[str, ...]
    title: str | None
    event: str
    dev: bool  #: whether its event is part of splitting/dev
    fold: int  #: 0..9, the same for all articles of an event


@dataclass(frozen=True)
class Laid:
    """A page and the truth about it."""

    lines: tuple[str, ...]
    starts: tuple[int, ...]
    title: str | None
    seen: runs.Seen = NOTHING  #: what other files tell of it


def records(name: str) -> Iterable[dict[str, Any]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def read() -> tuple[list[Single], dict[str, list[Laid]]]:
    """All single articles without exact repeats, and the pages of splitting/dev by kind."""
    dev: dict[str, list[Laid]] = defaultdict(list)
    events, known = set(), set()
    for row in records("splitting/dev"):
        events.update(label.partition(":")[2] for label in row["labels"])
        known.update(line for line in row["paragraphs"] if len(line) > 80)
        dev[row["id"].partition("-")[0]].append(Laid(tuple(row["paragraphs"]), tuple(row["starts"]), None))
    singles: dict[tuple[str, ...], Single] = {}
    for kind, name in SETS.items():
        for row in records(name):
            lines = tuple(line.strip() for line in row["text"].split("\n") if line.strip())
            event = str(row.get("label") or row["id"])
            long = [line for line in lines if len(line) > 80]
            seen = event in events or sum(line in known for line in long) > len(long) / 5
            fold = int(hashlib.md5(event.encode(), usedforsecurity=False).hexdigest(), 16) % 10
            if lines:
                singles.setdefault(
                    lines, Single(kind, lines, (row.get("title") or "").strip() or None, event, seen, fold)
                )
    return list(singles.values()), dev


def subhead(lines: Sequence[str], at: int, rnd: random.Random) -> str:
    """A line as editors put between paragraphs: a stock phrase, or words of a paragraph or quote below it."""
    text = lines[min(len(lines) - 1, at + rnd.choice((0, 0, 0, 1, 2)))]
    quotes = re.findall(r"[“\"]([^“”\"]{12,200})[”\"]", text)
    quoted = bool(quotes) and rnd.random() < 0.7
    words = (rnd.choice(quotes) if quoted else text).split()
    if rnd.random() < 0.2 or len(words) < 4:
        return rnd.choice(SUBHEADS)
    size = rnd.randint(3, min(9, len(words)))
    first = rnd.randint(0, min(12, len(words) - size))
    line = " ".join(words[first : first + size]).strip(' ,.;:!?“”"‘’')
    if not line:
        return rnd.choice(SUBHEADS)
    line = line.title() if rnd.random() < 0.25 else line[0].upper() + line[1:]
    if rnd.random() < (0.6 if quoted else 0.12):
        return f"‘{line}’"
    return f"{line}?" if rnd.random() < 0.08 else line


def with_subheads(lines: tuple[str, ...], rnd: random.Random, share: float) -> tuple[str, ...]:
    if len(lines) < 8 or rnd.random() > share:
        return lines
    out = list(lines)
    places = rnd.sample(range(3, len(lines) - 1), min(rnd.randint(1, 4), len(lines) - 4))
    for at in sorted(places, reverse=True):
        out.insert(at, subhead(lines, at, rnd))
    return tuple(out)


def shortened(single: Single, rnd: random.Random) -> Single:
    """The article's first 4 to 9 paragraphs."""
    return replace(single, lines=single.lines[: rnd.randint(4, 9)])


def without_capitals(page: Laid) -> Laid:
    """The page as a script without capitals has it."""
    lines = tuple(line.lower() for line in page.lines)
    return replace(page, lines=lines, title=page.title.lower() if page.title else None)


def lay_briefs(singles: Sequence[Single], count: int, seed: int) -> list[Laid]:
    """Pages of 5 to 9 briefs: the first paragraph of an article each, or its first sentence, some with a headline."""
    rnd = random.Random(seed)
    leads: dict[Single, str] = {}
    for single in singles:
        fit = (line for line in single.lines[:3] if is_telling(line) and 15 <= len(line.split()) <= 90)
        if lead := next(fit, None):
            leads[single] = lead
    titles = ("Morning briefing", "News in brief", "What you need to know today", None)
    pages = []
    for _ in range(count):
        chosen = rnd.sample(list(leads), rnd.randint(5, 9))
        how = rnd.choice(("paragraph", "sentence", "headline", "list"))
        lines: list[str] = []
        starts = []
        for single in chosen:
            starts.append(len(lines))
            if how == "headline" and single.title:
                lines.append(single.title)
            lead = leads[single]
            if how == "sentence":
                lead = lead.partition(". ")[0].rstrip(".") + "."
            lines.append(f"• {lead}" if how == "list" else lead)
        pages.append(Laid(tuple(lines), tuple(starts), rnd.choice((*titles, chosen[0].title))))
    return pages


def lay(
    singles: Sequence[Single],
    count: int,
    seed: int,
    *,
    one: float = 0.45,
    headed: float = 0.15,
    subheads: float = 0.3,
) -> list[Laid]:
    """Pages of 1 to 5 articles, mostly of one set; `one`, `headed`, `subheads`: shares of pages made so."""
    rnd = random.Random(seed)
    by: dict[str, list[Single]] = defaultdict(list)
    for single in singles:
        by[single.kind].append(single)
    pages: list[Laid] = []
    while len(pages) < count:
        wanted = 1 if rnd.random() < one else rnd.randint(2, 5)
        pool = by[rnd.choice(list(by))]
        if rnd.random() < 0.15:
            pool = by[rnd.choice(list(by))] + pool
        chosen = [rnd.choice(pool)]
        while len(chosen) < wanted:
            other = rnd.choice(pool)
            if other.event not in {single.event for single in chosen} and 3 <= len(other.lines) <= 70:
                chosen.append(other)
        heads, share = rnd.random() < headed, 2 * subheads if rnd.random() < 0.5 else 0.0
        lines: list[str] = []
        starts = []
        for single in chosen:
            starts.append(len(lines))
            if heads and single.title and single.title[:40] != single.lines[0][:40]:
                lines.append(single.title)
            lines += with_subheads(single.lines, rnd, share)
        if len(lines) <= 220 and (wanted == 1 or len(chosen[0].lines) >= 3):
            pages.append(Laid(tuple(lines), tuple(starts), chosen[0].title if rnd.random() < 0.6 else None))
    return pages


def seen_before(pages: Sequence[Laid], share: float, seed: int = 1) -> list[Laid]:
    """The same pages, after files that held this share of their stories alone."""
    rnd = random.Random(seed)
    return [
        after(
            page,
            [
                page.lines[start:stop]
                for start, stop in pairwise([*page.starts, len(page.lines)])
                if rnd.random() < share
            ],
        )
        for page in pages
    ]


def after(page: Laid, stories: Iterable[Sequence[str]]) -> Laid:
    """The page, as it is seen after files that hold these stories."""
    known = {digest for story in stories for digest in runs.of_story(story, ())}
    return replace(page, seen=runs.seen(runs.of_page(page.lines), known, page.lines, ()))


def updates(singles: Sequence[Single], new: int, seed: int = 4) -> list[Laid]:
    """One-story pages: the first lines of another report of the same event on top of an article seen before.

    Harder than a real update, whose new lead is of the same hand as the rest.
    """
    rnd = random.Random(seed)
    events: dict[str, list[Single]] = defaultdict(list)
    for single in singles:
        if len(single.lines) >= 4:
            events[single.event].append(single)
    pages = []
    for reports in events.values():
        if len(reports) > 1:
            old, other = rnd.sample(reports, 2)
            lead = [other.lines[i] for i in body(other.lines)][:new]
            if len(set(old.lines) & set(other.lines)) < 2 and len(lead) == new:
                pages.append(after(Laid((*lead, *old.lines), (0,), None), [old.lines]))
    return pages
