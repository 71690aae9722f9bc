"""One form for what is one text: composed, without case, in one script."""

import functools
import gzip
import unicodedata
from importlib import resources

import msgpack


def normalise(text: str) -> str:
    """NFKC without lone surrogates: one text has one form, whatever machine typed it."""
    return unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))


def fold(normal: str) -> str:
    """Without case. What folds to a letter and a mark is composed again; the Turkish dotted i is an i."""
    folded = normal.casefold()
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", folded.replace("i\u0307", "i"))


def one_script(folded: str, language: str) -> str:
    """A folded text in the script of its language's word list, so that reports in either script meet.

    Traditional Chinese becomes simplified, character by character, as wordfreq does for look-ups; a
    character that stands for two is merged in both texts. Serbian Cyrillic becomes Latin, which is
    lossless but for a few foreign names. Thai digits, which some outlets write, become the others.
    """
    if folded.isascii():
        return folded
    if language == "zh":
        return folded.translate(_simplified())
    if language == "sh":
        return folded.translate(_LATIN)
    if language == "th":
        return folded.translate(_DIGITS)
    return folded


@functools.cache
def _simplified() -> dict[int, str]:
    # wordfreq's own module for this does not import without a segmenter that nothing else needs.
    packed = resources.files("wordfreq").joinpath("data", "_chinese_mapping.msgpack.gz").read_bytes()
    known: dict[int, str] = msgpack.unpackb(gzip.decompress(packed), strict_map_key=False)
    return known


_LATIN = str.maketrans(
    dict(
        zip(
            "абвгдђежзијклљмнњопрстћуфхцчџш",
            "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š".split(),
            strict=True,
        )
    )
)

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
