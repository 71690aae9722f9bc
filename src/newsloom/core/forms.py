"""One form for what is one text: composed, without case, in one script and one spelling."""

import functools
import gzip
import re
import unicodedata
from importlib import resources

import msgpack
import regex

#: Languages that have rules of their own in :func:`spelling`, word by word; Chinese has them for the whole line.
OWN_SPELLING = frozenset({"sh", "vi"})
#: What Cyrillic words are written with inside, and no two keyboards alike.
_APOSTROPHE = re.compile("(?<=[\u0400-\u0481\u048a-\u052f])['`‘’ʼʹ′](?=[\u0400-\u0481\u048a-\u052f])")

#: What is tagged begins a word and has a capital; an address of e-mail does not begin with its mark.
_TAG = regex.compile(r"(?<![\w/&])[#@](?=\w*\p{Lu})(\w+)")
#: Where one word of a tag ends and another begins; of several capitals the last is that of the next: BBCNews.
_SEAM = regex.compile(r"(?<=[\p{Ll}\p{Nd}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})")


def normalise(text: str) -> str:
    """NFKC without lone surrogates: one text has one form, whatever machine typed it."""
    return whole_words(unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8")))


def whole_words(text: str) -> str:
    """The text without the apostrophes inside Cyrillic words: п'ять is one word, and many write no п’ять."""
    return text if text.isascii() else _APOSTROPHE.sub("", text)


def untagged(text: str) -> str:
    """The line with the words of its mentions and hashtags apart: @MeridianBank and #Meridian_Bank are the Meridian Bank.

    A line that says where somebody is to be found ("Twitter: @GazetteBreaking") tells of no more than that.
    """
    if ("#" not in text and "@" not in text) or "Twitter" in text:
        return text
    apart: str = _TAG.sub(lambda tag: _SEAM.sub(" ", tag[1].replace("_", " ")), text)
    return apart


def fold(normal: str) -> str:
    """Without case. What folds to a letter and a mark is composed again; the Turkish dotted i is an i."""
    folded = normal.casefold()
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", folded.replace("i\u0307", "i"))


def spelling(folded: str, language: str) -> str:
    """A folded text in the script of its language's word list and in one spelling, so that all reports meet.

    Of every language: decimal digits as ASCII has them; Arabic and Hebrew without vowel signs, Arabic letters that
    are typed for one another as one; and Devanagari with one sign for a nasal and without the dots of loan words.

    Traditional Chinese becomes simplified, character by character, as wordfreq does for look-ups; a
    character that stands for two is merged in both texts. Serbian Cyrillic becomes Latin, without the
    marks that some leave out. The tone of an open Vietnamese syllable stands on its first vowel.
    """
    if folded.isascii():
        return folded
    if not _VARYING.isdisjoint(folded):
        folded = _NASAL.sub("ं", folded.translate(_VARIANTS))
    if language == "zh":
        return folded.translate(_simplified())
    if language == "sh":
        return folded.translate(_LATIN)
    if language == "vi":
        return _TONE.sub(lambda vowels: _TONES[vowels[0]], folded)
    return folded


@functools.cache
def _simplified() -> dict[int, str]:
    # wordfreq's own module for this does not import without a segmenter that nothing else needs.
    packed = resources.files("wordfreq").joinpath("data", "_chinese_mapping.msgpack.gz").read_bytes()
    known: dict[int, str] = msgpack.unpackb(gzip.decompress(packed), strict_map_key=False)
    return known


#: Serbian and Croatian in the letters that every keyboard has; of running words one in four hundred is then another's.
_LATIN = str.maketrans(
    dict(
        zip(
            "абвгдђежзијклљмнњопрстћуфхцчџшčćđšž",
            "a b v g d dj e z z i j k l lj m n nj o p r s t c u f h c c dz s c c dj s z".split(),
            strict=True,
        )
    )
)

_HAN_PLANES = 0x20000  #: from here on there are no digits
#: Letter, digit or mark -> what stands for it; None where that is nothing.
_VARIANTS: dict[int, str | None] = {
    code: str(unicodedata.decimal(chr(code))) for code in range(128, _HAN_PLANES) if chr(code).isdecimal()
}
# Hamza and madda on an alif are left out as often as not, the dots of a final letter in Egypt; machines without Persian
# letters have Arabic ones for them. The marks of thousands and of decimals are those of Arabic digits.
_VARIANTS |= zip(map(ord, "أإآٱيىكةۀہۃ٬٫"), "ااااییکهههه,.", strict=True)
# Vowel signs of Arabic and Hebrew, and what stretches an Arabic word.
_VARIANTS |= dict.fromkeys(
    (0x640, *range(0x64B, 0x660), 0x670, *range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7)
)
# Devanagari: the dot below, that of a candrabindu, and joiners, which only say how letters are drawn.
_VARIANTS |= {0x93C: None, 0x901: "\u0902", 0x200D: None}
#: Asked for as a set: a class of so many characters takes an expression 26 times as long.
_VARYING = frozenset("ङञणनम").union(map(chr, _VARIANTS))
#: A nasal without a vowel before a stop of its own row, which may as well be written as a dot above.
_NASAL = re.compile("ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])")

#: Open syllables with their tone on the second vowel -> on the first: hoà is hòa. After q the u is none.
_TONES = dict(
    zip(
        "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split(),
        "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split(),
        strict=True,
    )
)
_TONE = re.compile(rf"(?<!q)(?:{'|'.join(_TONES)})(?![^\W\d_])")
