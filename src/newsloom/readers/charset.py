"""Bytes -> text, whatever the charset."""

import re

from charset_normalizer import from_bytes

from newsloom.core.background import frequencies
from newsloom.core.forms import spelling
from newsloom.core.language import detect
from newsloom.errors import BadFile

#: What pages declare -> the superset that browsers decode it with (WHATWG Encoding Standard, 4.2).
_SUPERSETS = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "big5": "big5hkscs",
}
#: What a text may be guessed to be: the charsets that pages were written in before UTF-8. Left to choose
#: among all, the guesser takes the quotation marks of English in cp1252 for letters of some code page of DOS.
_GUESSES = [
    "cp1252", "cp1250", "cp1251", "koi8_r", "koi8_u", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "cp1258", "iso8859_2", "iso8859_5", "iso8859_7", "cp874", "gb18030", "big5hkscs", "cp932", "euc_jp",
    "cp949",
]  # fmt: skip
#: Those of them that the guesser takes for one another, for nearly all bytes are letters in each: known words tell them apart.
_CONFUSED = ("cp1252", "cp1250", "cp1254", "cp1257", "cp1258", "iso8859_2", "cp1256")
_WORD, _BEYOND = re.compile(r"[^\W\d_]+"), re.compile(r"[^\x00-\x7f]")
#: What fonts had for the comma below of Romanian, and word lists have not.
_CEDILLAS = str.maketrans("şţ", "șț")
_SAMPLE = 20_000  #: bytes
_SENSE = 0.1  #: share of what is beyond ASCII that stands in known words, below which a reading makes none
#: Never believed from a declaration: they were told by their marks, or are no charsets at all.
_UNTRUSTED = re.compile(r"utf[-_]?(?:16|32|7|8)|idna|punycode|.*escape|mbcs|oem|undefined|palmos")

#: Escape sequences that switch to two bytes a character, as no terminal has them; and the codec for them.
_SHIFT, _JIS = re.compile(rb"\x1b\$(?:[@B]|\(D)"), "iso2022_jp_ext"

#: Control characters that prose does not hold: C0 without tab, line ends, form feed and escape.
_CONTROLS = bytes((*range(1, 9), *range(14, 27), *range(28, 32), 127))

_HIGH = bytes(range(128, 256))

_BINARY = "The file contains binary data, not text; submit the article itself."


def decode(data: bytes, declared: str | None = None) -> str:
    """Text of ``data``: ISO-2022-JP by its marks, UTF-8 where that works out, else the declared charset, else the likeliest.

    Raises ``BadFile``: ``binary`` for what is not text, ``undecodable`` for text in no known charset.
    """
    if b"\0" in data:
        raise BadFile("binary", _BINARY)
    text = _shifted(data) or _utf8(data) or _as_declared(data, declared) or _guessed(data)
    odd = len(data) - len(data.translate(None, _CONTROLS)) + text.count("\ufffd")
    if odd > 2 and odd * 20 > len(text):
        raise BadFile("binary", _BINARY)
    return text


def charset_of(head: bytes) -> str:
    """The charset, by Python's name, of what begins with ``head`` and is too long to be decoded as a whole."""
    if _shifted(head) is not None:
        return _JIS
    if _utf8(head) is not None:
        return "utf-8"
    return _likeliest(head) or "cp1252"


def _shifted(data: bytes) -> str | None:
    """Text whose escape sequences say where Japanese begins: its bytes are ASCII, and so UTF-8."""
    if not _SHIFT.search(data):
        return None
    text = data.decode(_JIS, "replace")
    return text if text.count("\ufffd") * 100 <= len(text) else None


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":  # only the last character was cut
            return data.decode("utf-8", "replace")
    # A few damaged bytes do not make it another charset: in one of those, hardly any byte above 127
    # would be part of a well-formed UTF-8 sequence.
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for character in text if character > "\x7f") - broken
    return text if whole > broken else None


def _as_declared(data: bytes, declared: str | None) -> str | None:
    if not declared:
        return None
    name = declared.strip().lower()[:40]
    if _UNTRUSTED.fullmatch(name):
        return None
    try:
        text = data.decode(_SUPERSETS.get(name, name), "replace")
    except (LookupError, ValueError):  # unknown, or a codec that is no charset
        return None
    return text if text.count("\ufffd") * 100 <= len(text) else None


def _guessed(data: bytes) -> str:
    # Fewer than one byte in a hundred above 127 are the quotation marks and names of an English text: the
    # other languages of these charsets have more, and so few are too few to guess from.
    high = len(data) - len(data.translate(None, _HIGH))
    if high * 100 < len(data):
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            pass
    name = _likeliest(data)
    if name is None:
        raise BadFile("undecodable", "The charset of the text could not be determined; save it as UTF-8.")
    return data.decode(name, "replace")


def _likeliest(data: bytes) -> str | None:
    best = from_bytes(data, cp_isolation=_GUESSES).best()
    if best is not None and best.encoding not in _CONFUSED:
        return best.encoding
    readings = {name: text for name in _CONFUSED if (text := _decoded(data[:_SAMPLE], name)) is not None}
    known = {name: _known(text) for name, text in readings.items()}
    likely = max(known, key=lambda name: known[name], default=None)
    if likely is not None and known[likely] >= _SENSE:
        return likely
    return None if best is None else best.encoding


def _decoded(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _known(text: str) -> float:
    """Of the characters beyond ASCII the share that stands in words of the text's language, 0..1."""
    language = detect(text)
    words, beyond = frequencies(language), len(_BEYOND.findall(text))
    found = [word for word in map(str.casefold, _WORD.findall(text)) if not word.isascii()]
    told = "".join(
        word for word in found if spelling(word, language) in words or word.translate(_CEDILLAS) in words
    )
    return len(_BEYOND.findall(told)) / max(1, beyond)
