"""What a source repeats: lines that stand on page after page are furniture, learned from their frequency.

A line is known by a short digest of its words. The store counts, for each source, in how many articles a
line stood; `furniture` says which lines of a page that makes furniture of. A paragraph of background that
an outlet repeats through a running story stays below the share, as long as the outlet has other news; long
lines need a larger share for that reason. What is no sentence needs none: it is a label, or a link to other
news, and such links are gone before they have stood on a twentieth of all pages.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from posixpath import dirname

import xxhash

from newsloom.core import reading
from newsloom.core.forms import fold, normalise
from newsloom.core.furniture import LONG, is_furniture, is_telling
from newsloom.core.model import Article, Repeated
from newsloom.core.policy import Policy

#: Longest line that is counted. Nearly all that recur have less than 300 characters, but an appeal or rules for comments may be
#: long, and cost .05 of F1 where each page has one such.
MAX_CHARS = 1_500
#: Lines of one article that are counted, half of them its first: furniture stands at the edges, and one
#: endless page must not push out what was learned from a hundred others.
MAX_COUNTED = 64
#: Lines of one article that are looked up; the store answers them at once.
MAX_ASKED = 1_000
#: Two lines of the few hundred kept of a source share a digest once in 30,000 sources.
DIGEST_BYTES = 4

_DIGITS = re.compile(r"\d+(?: \d+)*")
# What sites put between a headline and their section or name: a mark between blanks, or a bar.
_BREAK = re.compile(r"(?<!\s)\s++[-–—·•»/:]\s+|(?:(?<!\s)\s++)?[|｜]\s*|_")

# What sites call themselves and their sections, where a scraper takes that for the title of every page.
_SECTIONS = frozenset(
    "and articles breaking business culture daily entertainment finance for from headlines health home homepage in international latest"
    " life live local magazine money national news newspaper online opinion page politics science sport sports stories story tech technology the"
    " today top travel uk us video videos weather welcome to world your".split()
)


def source_digest(article: Article) -> bytes:
    """8 bytes of the outlet's name or the URL's host, else of the folder that its file is in; empty where none is known."""
    return _digest(_outlet(article)) or _digest(dirname(article.path))


def is_folder(article: Article) -> bool:
    """Whether its source is but a folder, into which many outlets may write."""
    return not _outlet(article)


def outlet(article: Article) -> int:
    """The outlet's name or the URL's host in 16 bits, by which two stories are told to be of one; 0 where it is not known."""
    return int.from_bytes(_digest(_outlet(article))[:2], "big")


def _outlet(article: Article) -> str:
    return fold(normalise(article.source or _host(article))).strip()


def _digest(name: str) -> bytes:
    return xxhash.xxh3_64_digest(name.encode()) if name else b""


def of_title(title: str) -> list[str]:
    """A title as lines: other pages link to it, and a source puts its name or a section behind each headline."""
    return [line for line in (title, *_BREAK.split(title)) if line]


def headline_of(title: str, article: Article, learned: Collection[str]) -> str:
    """The title without what its source puts behind every headline: its name, and what it was ``learned`` to repeat.

    Nothing is left of a title that only names the outlet and its sections.
    """
    breaks = [found for found in _BREAK.finditer(title) if found.start()]
    names = _names(article)
    if all(_squeezed(part) in names or _is_section(part) for part in _BREAK.split(title)):
        return ""
    end = len(title)
    while breaks:
        tail = title[breaks[-1].end() : end]
        label = is_furniture(tail) and not tail[:1].isdecimal()  # figures are a result, or how many died
        if not (label or tail in learned or _squeezed(tail) in names):
            break
        end = breaks.pop().start()
    return title[:end]


def _is_section(part: str) -> bool:
    return _SECTIONS.issuperset(reading.line(part).folded.split())


def _names(article: Article) -> set[str]:
    """By what names an outlet may call itself: that which is told, and the labels of its host."""
    source = article.source or ""
    labels = (label for host in (source, _host(article)) for label in host.split(".")[:-1])
    return {_squeezed(name) for name in (source, *labels)}


def _host(article: Article) -> str:
    return (article.url or "").partition("://")[2].partition("/")[0]


def _squeezed(name: str) -> str:
    return reading.line(name).folded.replace(" ", "")


def digests(paragraphs: Sequence[str]) -> dict[str, bytes]:
    """Line -> digest, in order, of the lines that may be furniture and are not known as such by their wording.

    Case, marks and figures do not count: a clock or a counter in a line does not make another line of it.
    """
    found: dict[str, bytes] = {}
    for line in paragraphs:
        if len(line) > MAX_CHARS or line in found or is_furniture(line):
            continue
        words = _DIGITS.sub("0", reading.line(line).folded)
        found[line] = xxhash.xxh3_64_digest(words.encode())[:DIGEST_BYTES]
        if len(found) == MAX_ASKED:
            break
    return found


def counted(found: Mapping[str, bytes]) -> tuple[bytes, ...]:
    """Of `digests` those by which the source's counts grow, each once."""
    unique = list(dict.fromkeys(found.values()))
    half = MAX_COUNTED // 2
    return tuple(unique[:half] + unique[half:][-half:])


def furniture(
    found: Mapping[str, bytes],
    repeated: Repeated,
    policy: Policy,
    *,
    told: bool = False,
    shared: bool = False,
) -> frozenset[str]:
    """The lines that this source repeats so often that they are no part of the news.

    What is no sentence is a label, or a link to other news: those are soon told, in a text that says something
    new. Were it a copy, all would seem to be repeated. ``told``: the article has been counted itself; ``shared``: the
    source is a folder, in which such a line may be the headline of an agency that two outlets kept.
    """
    shares = (policy.furniture_share, policy.furniture_share_long)
    least = [max(policy.furniture_count, share * repeated.articles) for share in shares]
    label = policy.furniture_labels + told if is_new(found, repeated) and not shared else least[0]
    return frozenset(
        line
        for line, digest in found.items()
        if repeated.lines.get(digest, 0)
        >= (least[len(line) >= LONG] if is_telling(line) else min(least[0], label))
    )


def is_new(found: Mapping[str, bytes], repeated: Repeated) -> bool:
    """Whether a sentence stands here that the source has not shown yet; none does in a mere copy."""
    return any(is_telling(line) for line, digest in found.items() if digest not in repeated.lines)
