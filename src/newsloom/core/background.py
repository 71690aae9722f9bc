"""What a language's words are, and how frequent each is: wordfreq's lists, and one of our own for Thai."""

import functools
import re
from collections.abc import Iterator, Mapping
from importlib import resources

import langcodes

from newsloom.core.forms import OWN_SPELLING, fold, normalise, spelling
from newsloom.core.words import Words

# wordfreq has no list for Thai. This one is counted in the Thai National Corpus, as the PyThaiNLP
# project publishes it under CC0 (pythainlp 5.4.0, corpus/tnc_freq.txt): its 30,000 most frequent words
# in Thai script, a word and its count a line. The package itself is 67 MB.
_THAI = "words_th.txt"
_THAI_WORDS = 33_535_657  #: running words of that corpus
# How far a list's language may be from the text's, by langcodes: up to this, who reads one is likely to
# read the other. Galician is served by Spanish, Belarusian by Russian; further on Lao would be by English.
_MAX_DISTANCE = 25
#: Languages whose runs of letters are cut by their list; Korean has spaces, but particles stick to its words.
SEGMENTED = frozenset({"ja", "ko", "th", "zh"})
# A rarer word is as unlikely in a story of 300 words as one that no list holds, under any policy near the shipped one.
_TOLD_APART = 1e-7
#: Languages that share an index and have a list each: a word's share is the mean of theirs.
_TOGETHER = {"id": ("id", "ms")}
#: Languages whose lists have words in several spellings. What else stands there of them is foreign and rare, and a list that
#: changes is another: terms are stored by their ranks.
_RESPELT = OWN_SPELLING | {"ar", "bn", "fa", "he", "hi", "uk", "ur"}
#: Marks inside wordfreq's words at which a term ends: "doesn't", a Persian joiner, "pel·lícula", "צה"ל".
_INNER = re.compile("['\"\u200c·:]")


@functools.cache
def frequencies(language: str) -> Mapping[str, float]:
    """Share of running text, 0..1, of each word; empty for a language that nobody has counted."""
    found = listed(language)
    return found if language in SEGMENTED else Words(found)  # who cuts a text looks up thousands in it


def listed(language: str) -> dict[str, float]:
    """The same as a dict, counted anew."""
    if language == "th":
        return _thai()
    known: dict[str, float] = {}
    codes = _TOGETHER.get(language) or [code for code in [_list_code(language)] if code]
    for code in codes:
        for listed_as, share in _off_file(code, len(codes)):
            word = spelling(normalise(listed_as), language) if language in _RESPELT else listed_as
            known[word] = known[word] + share if word in known else share
    for word in [word for word in known if not word.isalnum()]:
        parts = [fold(normalise(part)) for part in _INNER.split(word)]
        if parts != [word]:
            for part in parts:
                if len(part) > 1:
                    known[part] = known.get(part, 0.0) + known[word]
    return known


def _off_file(code: str, lists: int) -> Iterator[tuple[str, float]]:
    """Words with their shares in one of so many lists, off wordfreq's file: its own look-ups keep a second copy."""
    import wordfreq  # here, for who asks for counts alone reads no list

    buckets = wordfreq.read_cBpack(wordfreq.available_languages("best")[code])
    for centibels, words in enumerate(buckets):
        share = wordfreq.cB_to_freq(-centibels) / lists
        if share < _TOLD_APART and code not in SEGMENTED:
            break
        for word in words:
            yield word, share


def _list_code(language: str) -> str | None:
    import wordfreq

    available = wordfreq.available_languages("best")
    if language in available:
        return language
    found, _ = langcodes.closest_match(language, list(available), max_distance=_MAX_DISTANCE)
    return found if found in available else None


def _thai() -> dict[str, float]:
    text = resources.files(__package__).joinpath(_THAI).read_text(encoding="utf-8")
    known: dict[str, float] = {}
    for line in text.splitlines():
        word, count = line.split()
        term = fold(normalise(word))  # as in any text, the vowel am is two characters
        known[term] = known.get(term, 0.0) + int(count) / _THAI_WORDS
    return known
