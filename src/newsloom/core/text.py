"""Text to terms: one pass over one normalised text."""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, pairwise

import langcodes
import regex

from newsloom.core.background import SEGMENTED
from newsloom.core.compounds import parts
from newsloom.core.forms import fold, normalise, spelling, untagged
from newsloom.core.remembered import Remembered
from newsloom.core.segment import segment
from newsloom.core.stems import shares, stemmed

# A number keeps its decimal and thousands marks together. Single letters are dropped: they are
# what apostrophes leave behind.
_PLAIN = re.compile(r"[^\W\d_][^\W_]+|\d+(?:[.,]\d+)*")
# The same where no letter and no digit is beyond ASCII, in three fifths of the time.
_ASCII = re.compile(r"[a-z][a-z0-9]+|[0-9]+(?:[.,][0-9]+)*")
# Combining marks belong to their letter: Thai, Hindi and Arabic cannot do without. ``re`` does
# not know them, ``regex`` does, at half the speed; so each text gets the one that it needs.
_MARKED = regex.compile(r"\p{N}+(?:[.,]\p{N}+)*|[\p{L}\p{M}][\p{L}\p{M}\p{N}]+|[\p{Han}\p{Thai}]", regex.V1)
_MARKS = regex.compile(r"[\p{M}\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]", regex.V1)
# Scripts written without spaces between words. The long mark belongs to no script, and to katakana.
_RUNS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー"
_UNSPACED = regex.compile(f"[{_RUNS}]+", regex.V1)
# A word of Chinese or Japanese is about two characters long, one of the other scripts without spaces four.
_SHORT = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー]", regex.V1)
_LONG = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]", regex.V1)
# The same where a list of words cuts the runs: those are apart from digits and Latin words beside them.
_APART = {
    language: regex.compile(
        rf"([{runs}]+)|\p{{N}}+(?:[.,]\p{{N}}+)*|[[\p{{L}}\p{{M}}]--[{runs}]][[\p{{L}}\p{{M}}\p{{N}}]--[{runs}]]+",
        regex.V1,
    )
    for language in SEGMENTED
    for script in [r"\p{Hangul}" if language == "ko" else _RUNS]
    for runs in [rf"[{script}]&&[\p{{L}}\p{{M}}〇]"]
}

#: Justified text has several in a row, and pages have those that do not break.
_BLANKS = re.compile(r"[^\S\n]{2,}|[^\S \n]")
# A capital after a word or a comma and one space: no sentence begins there, so a name does. Beyond ASCII
# what is no small letter is searched for, at half the speed, and looked at afterwards.
_NAME = re.compile(r"[A-Z](?:(?<=[^\W_] .)|(?<=, .))[^\W_]+")
_ANY_NAME = re.compile(r"[^\W\d_a-z](?:(?<=[^\W_] .)|(?<=, .))[^\W_]+")
_CASED_SCRIPTS = frozenset({"Latn", "Cyrl", "Grek", "Armn"})
#: Languages in which every noun has a capital, and words after which a name stands without an article.
_BEFORE_NAMES = {
    "de": frozenset("in aus nach von bei um für mit durch gegen und über zwischen bis ab laut".split()),
    "lb": frozenset("an zu aus no vun bei ëm fir mat duerch géint iwwer tëschent bis laut".split()),
}
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
#: Marks after which a capital may be that of any first word.
_ENDS = frozenset('.!?:;…„“”»«"–-()')
# Share of running text below which a term tells as a name does, where capitals do not say. 3e-6 and 3e-5 differ by .008 of F1
# at most.
_RARE = 1e-5
#: The same in Thai, whose list is so short that many common words are below the other.
_RARE_THAI = 3e-6


def terms(normal: str, language: str) -> list[str]:
    """The terms of a normalised text in order: case-folded words, numbers without thousands marks.

    A run of a script without spaces is cut by the list of the language's words; a run of another
    script, and one of a language without such a list, becomes overlapping pairs of characters.
    """
    folded = spelling(fold(normal), language)
    beyond = "" if normal.isascii() else "".join(char for char in set(normal) if not char.isascii())
    marked = _MARKS.search(beyond) is not None
    if not marked and not any(map(str.isalnum, beyond)):
        found = _ASCII.findall(folded)
    elif language in SEGMENTED:
        found = [
            term
            for word in _APART[language].finditer(folded)
            for term in (segment(word[1], language) if word[1] else [word[0]])
        ]
    elif not marked:
        found = _PLAIN.findall(folded)
    else:
        found = [term for word in _MARKED.findall(folded) for term in _pairs(word)]
    return [term.replace(",", "") if "," in term else term for term in found]


def names(lines: Sequence[str], body: Iterable[str], language: str) -> frozenset[str]:
    """Terms of these lines that tell who and where; ``body`` are all their terms, stemmed.

    The words that stand capitalised inside a sentence; in German, where all nouns do, see :func:`_rare_nouns`.
    In a script without capitals, and where a text has nothing but capitals or none, all rare terms, and none in
    a language that nobody has counted.
    """
    text = "".join(lines)
    if not cased(language) or text.isupper() or text.islower():
        found = list(body)
        return frozenset(compress(found, _rare(language).of(found)))
    if language in _BEFORE_NAMES:
        return _rare_nouns(lines, language)
    written: set[str] = set()
    for line in map(_one_blank, map(untagged, lines)):
        if line.isascii():
            written.update(_NAME.findall(line))
        else:
            written.update(name for name in _ANY_NAME.findall(normalise(line)) if name[0].isupper())
    return frozenset(stemmed({spelling(fold(name), language) for name in written}, language))


@functools.cache
def _rare(language: str) -> Remembered[str, bool]:
    """Of each term whether it tells as a name does where capitals do not say."""
    known, rare = shares(language), _RARE_THAI if language == "th" else _RARE
    return Remembered(lambda term: len(known) > 0 and known.get(term, 0.0) < rare and not term[0].isdecimal())


def _one_blank(line: str) -> str:
    """The line with one plain space for each run of blanks; nearly all lines have nothing else."""
    plain = line.isascii() and "  " not in line and "\t" not in line
    return line if plain else _BLANKS.sub(" ", line)


def _rare_nouns(lines: Sequence[str], language: str) -> frozenset[str]:
    """Of a language whose nouns all have a capital, those that are names.

    They are rare, and made of no other words, as most rare nouns are, or follow another or a word such as "in":
    other nouns have an article, as a rule.
    """
    known, before = shares(language), _BEFORE_NAMES[language]
    found: set[str] = set()
    for line in lines:
        inside = False
        for first, word in pairwise(["", *_TOKEN.findall(normalise(untagged(line)))]):
            if word[0].isupper() and word[1:]:
                name = fold(word)
                follows = first.lower() in before or (inside and first[0].isupper())
                if follows or (known and name.isalpha() and not parts(name, language)):
                    found.add(name)
            inside = bool(first) and first not in _ENDS
    return frozenset(name for name in stemmed(found, language) if known.get(name, 0.0) < _RARE)


def word_count(line: str) -> int:
    """About how many words a line has, in any script; for what only asks whether it is short."""
    count = len(line.split())
    if line.isascii():
        return count
    return count + len(_SHORT.findall(line)) // 2 + len(_LONG.findall(line)) // 4


@functools.cache
def cased(language: str) -> bool:
    """Whether its script has capitals, as far as is known: else names are all rare terms."""
    script = langcodes.Language.get(language).maximize().script
    return script is None or script in _CASED_SCRIPTS


def _pairs(word: str) -> Iterator[str]:
    position = 0
    for run in _UNSPACED.finditer(word):
        if run.start() > position:
            yield word[position : run.start()]
        piece = run.group()
        yield from (piece[i : i + 2] for i in range(max(1, len(piece) - 1)))
        position = run.end()
    if position < len(word):
        yield word[position:]
