"""What a language's words are, and how frequent each is: wordfreq's lists, and one of our own for Thai."""

import functools
import re
from importlib import resources

import langcodes
import wordfreq

from newsloom.core.forms import fold, normalise

# wordfreq has no list for Thai. This one is counted in the Thai National Corpus, as the PyThaiNLP
# project publishes it under CC0 (pythainlp 5.4.0, corpus/tnc_freq.txt): its 30,000 most frequent words
# in Thai script, a word and its count a line. The package itself is 67 MB.
_THAI = "words_th.txt"
_THAI_WORDS = 33_535_657  #: running words of that corpus
# How far a list's language may be from the text's, by langcodes: up to this, who reads one is likely to
# read the other. Galician is served by Spanish, Belarusian by Russian; further on Lao would be by English.
_MAX_DISTANCE = 25
#: Languages that share an index and have a list each: a word's share is the mean of theirs.
_TOGETHER = {"id": ("id", "ms")}
#: Marks inside wordfreq's words at which a term ends: "doesn't", a Persian joiner, "pel·lícula", "צה"ל".
_INNER = re.compile("['\"\u200c·:]")


@functools.cache
def frequencies(language: str) -> dict[str, float]:
    """Share of running text, 0..1, of each term; empty for a language that nobody has counted."""
    if language == "th":
        return _thai()
    lists = [
        wordfreq.get_frequency_dict(code, wordlist="best")
        for code in _TOGETHER.get(language) or filter(None, [_list_code(language)])
    ]
    known: dict[str, float] = {}
    for listed in lists:
        for word, share in listed.items():
            known[word] = known.get(word, 0.0) + share / len(lists)
    for word in [word for word in known if not word.isalnum()]:
        parts = _INNER.split(fold(normalise(word)))
        if parts != [word]:
            for part in parts:
                if len(part) > 1:
                    known[part] = known.get(part, 0.0) + known[word]
    return known


def _list_code(language: str) -> str | None:
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
