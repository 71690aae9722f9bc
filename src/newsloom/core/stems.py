"""One term for the forms of a word: губернатор, губернатора and губернатору are one governor.

Where words are inflected, two tellings share few of them as they are written. In English stems change F1 by less than .005, so
there words stay as they are. Only what decides which event a story belongs to goes by stems: copies are of words.
"""

import functools
import unicodedata
from collections.abc import Callable, Iterable

import Stemmer

from newsloom.core.background import frequencies, listed
from newsloom.core.remembered import Remembered
from newsloom.core.words import Words

#: Languages that write nouns together: what such a word is made of is compared as well, see compounds.py.
COMPOUNDING = frozenset({"de", "sv"})
#: Languages whose terms are words as they are written, though there is a stemmer.
_PLAIN = frozenset({"en"})
# Languages that inflect at the end and have no stemmer: there a word's beginning stands for it, without the
# vowels it ends on.
_BY_BEGINNING = frozenset({"be", "bg", "is", "lv", "mk", "sk", "sl", "uk"})
# The same, in more letters, of what a stemmer leaves: it knows few endings of names, and of a name an adjective is made,
# волгоградский of Волгоград. Not where words are looked for in compounds, nor in Arabic, which bends words within.
_WHOLE = COMPOUNDING | {"ar"}
_BEGINNING, _OF_STEM, _LEAST = 6, 7, 3  #: letters; the last stay, whatever they are
_VOWELS = "aeiouyáéíóúýāēīūаеиоуыэюяіїєёйьъўαεηιουωάέήίόύώ"
# In Hebrew "and", "the", "in", "to", "from" are written on in front.
_PARTICLES = "והבלמכש"
_HEBREW_ENDINGS = ("ים", "ות", "ה", "ת", "י")
#: Languages in which marks belong to foreign names alone, which one outlet writes and the next does not: Märta is Marta.
_UNMARKED = frozenset({"en"})
#: Letters that are no letter and a mark, and what those write for them who have no such letter.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
#: As the Arabic stemmer knows the letters that have a Persian form here.
_ARABIC = str.maketrans("یک", "يك")
#: Indexes that languages share, and the code by which their stemmer goes.
_NAMED = {"sh": "sr"}


@functools.cache
def _stem(language: str) -> Callable[[str], str] | None:
    """What makes a term of a word; None where words stay as they are."""
    cut: Callable[[str], str]
    if language in _PLAIN:
        return None
    if language in _BY_BEGINNING:
        cut = functools.partial(_beginning, letters=_BEGINNING)
    elif language == "he":
        cut = _hebrew
    else:
        try:
            stem = Stemmer.Stemmer(_NAMED.get(language, language), 0).stemWord  # words are remembered here
        except KeyError:
            return None

        def whole(word: str) -> str:
            if language == "ar":
                word = word.translate(_ARABIC)
            return stem(word) or word

        cut = whole if language in _WHOLE else lambda word: _beginning(whole(word), _OF_STEM)
    return lambda word: cut(word) if word.isalpha() else word


@functools.cache
def _stems(language: str) -> Remembered[str, str] | None:
    stem = _stem(language)
    return None if stem is None else Remembered(stem)


def _beginning(word: str, letters: int) -> str:
    cut = word[:letters]
    return cut[:_LEAST] + cut[_LEAST:].rstrip(_VOWELS)


def _hebrew(word: str) -> str:
    while len(word) > _LEAST and word[0] in _PARTICLES:
        word = word[1:]
    for ending in _HEBREW_ENDINGS:
        if word.endswith(ending) and len(word) >= 2 + len(ending):
            return word.removesuffix(ending)
    return word


def stemmed(words: Iterable[str], language: str) -> list[str]:
    """The terms that these words are compared by, in order."""
    if language in _UNMARKED:
        return [word if word.isascii() else _unmarked(word) for word in words]
    known = _stems(language)
    return list(words if known is None else known.of(words))


@functools.lru_cache(maxsize=50_000)
def _unmarked(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.translate(_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)) or word


@functools.cache
def shares(language: str) -> Words:
    """Share of running text, 0..1, of each term: of all forms of a word together."""
    stem = _stem(language)
    if stem is None:
        found = frequencies(language)
        return found if isinstance(found, Words) else Words(found)
    known: dict[str, float] = {}
    for word, share in listed(language).items():
        term = stem(word)  # not remembered: the stream meets few of them
        known[term] = known.get(term, 0.0) + share
    return Words(known)
