"""Cleaning of single values: text, lines, addresses, outlets, languages."""

import re
from functools import cache, lru_cache
from urllib.parse import SplitResult, urlsplit

import ftfy
from babel import Locale
from ftfy.badness import is_bad
from langcodes import Language
from langcodes.tag_parser import LanguageTagError

from newsloom.readers.wrapped import rejoined, unwrapped

#: Separators that some tools split lines at and others do not: made blanks, so that all agree.
_BLANKED = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
#: Controls that show nothing, and direction overrides and isolates: any line of a text may become the title of
#: a story, and there they can rewrite the log line they are shown in. And all else that shows nothing (Unicode's default
#: ignorable code points), such as soft hyphens, marks of byte order or of direction, and what allows or forbids to break a
#: line: of one word they would make two for all who read after us, and of a copy another text. But in Lao, Burmese and
#: Khmer a zero-width space is what stands between two words, and joiners shape those of scripts that join; in html.py two
#: old vowels of Khmer stand in for these.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u180b-\u180f\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
    "|(?<![\u0e80-\u109f\u1780-\u17ff])\u200b"
    "|(?<=[A-Za-z\u00aa-\u052f])[\u200c\u200d]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")  #: half a character: no encoder takes it
_C0 = bytes((*range(9), 11, 12, *range(14, 32), 127))
#: All that is dropped or made a blank, in UTF-8, and joiners, which may be. Searching bytes for a fixed beginning is ten times as fast as
#: searching text for a class of characters, and every text passes here.
_RARE = (
    re.compile(b"\xc2[\x80-\x9f\xad]"),
    re.compile(b"\xcd\x8f"),
    re.compile(b"\xd8\x9c"),
    re.compile(b"\xe1(?:\x85[\x9f\xa0]|\xa0[\x8b-\x8f])"),
    re.compile(b"\xe2\x80[\x8b-\x8f\xa8-\xae]"),
    re.compile(b"\xe2\x81[\xa0-\xaf]"),
    re.compile(b"\xe3\x85\xa4"),
    re.compile(b"\xef(?:\xb8[\x80-\x8f]|\xbb\xbf|\xbe\xa0)"),
    re.compile(b"\xf3\xa0"),
)

#: Line ends that were escaped twice, by JSON in JSON or in a table.
_ESCAPED = re.compile(r"(?:\\r)?\\n")

#: What no line without mojibake in it need be searched further for: its characters come in pairs, all but two.
_SUSPECT = re.compile("[^\x00-\x7f][^\x00-\x7f]|[\xc2\xc3]")

MAX_LINE_CHARS = 1_000  #: of a title, an id or a name; more is an accident or an attack
MAX_URL_CHARS = 4_096

#: Query parameters that tell where a reader came from, not what is read.
_TRACKING = frozenset(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid mc_cid mc_eid mkt_tok"
    " _ga _gl _hsenc _hsmi cmpid ocid ncid s_cid smid smtyp sref icid ito xtor at_medium at_campaign"
    " ref_src ref_url taid spm guccounter guce_referrer guce_referrer_sig".split()
)
_TRACKING_PREFIXES = ("utm_", "at_custom", "pk_", "mtm_", "hsa_", "vero_")

#: What stands where there is no value, as JavaScript, Python, pandas and Excel write it.
_MISSING = frozenset(
    ("", "none", "null", "nil", "n/a", "na", "nan", "-nan", "undefined", "-", "nat", "<na>", "#n/a")
)
_MISSING_CHARS = max(map(len, _MISSING))

#: A fragment by which a page of one address shows many articles.
_ROUTE = re.compile(r"!?/[^#]*[^/#]")
#: ``en-GB``, ``zh_Hant_TW.UTF-8``.
_REGION = re.compile(r"\s*[A-Za-z]{2,3}[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2})(?![A-Za-z0-9])", re.ASCII)
_HOST = re.compile(r"((?:[\w-]+\.)+[^\W\d_][\w-]+|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?", re.ASCII)


def missing(text: str) -> bool:
    """Whether this only says that there is nothing."""
    return len(text) <= _MISSING_CHARS + 8 and text.strip().lower() in _MISSING


def cleaned(text: str) -> str:
    """``text`` without what breaks encoders, terminals, line counts and words; the rest stays as it is."""
    if _is_clean(text):
        return text
    text = _BLANKED.sub(" ", text)
    return _SURROGATES.sub("\ufffd", _DROPPED.sub("", text))


def _is_clean(text: str) -> bool:
    try:
        data = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return len(data.translate(None, _C0)) == len(data) and not any(rare.search(data) for rare in _RARE)


def mended(line: str) -> str:
    """One line, with UTF-8 that was read in another charset on its way here read right."""
    # Before cleaning: half of the bytes of such a line are controls in the wrong charset.
    if line.isascii() or not _SUSPECT.search(line) or not is_bad(line):
        return line
    return ftfy.fix_encoding(line)


def paragraphs(text: str) -> str:
    """Non-empty lines, stripped and mended, in order; an empty string where there are none.

    Lines end at LF, CR or CR LF, and a line of white space only is empty. What was broken at a fixed width is joined. Where
    there is no line end, but some that were escaped, those are.
    """
    if "\\n" in text and "\n" not in text and text.count("\\n") > 1:
        text = _ESCAPED.sub("\n", text)
    if not text.isascii():
        text = "\n".join(map(mended, text.split("\n")))
    lines = rejoined(unwrapped(cleaned(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")))
    return "\n".join(filter(None, map(str.strip, lines)))


def line(text: str) -> str | None:
    """``text`` on one line, for a title or a name; None where nothing is left."""
    # Cut before the work, generously, and after it, exactly.
    words = cleaned(mended(text[: 4 * MAX_LINE_CHARS])).split()
    return " ".join(words)[:MAX_LINE_CHARS].rstrip() or None


def url(text: str) -> str | None:
    """Address of one page: http or https, without fragment, password and tracking parameters.

    A fragment that is a path, as in ``#!/2024/mill`` and ``#/2024/mill``, stays: there it alone tells the pages of a
    site apart. None for anything else, the bare address of a site included: shared by all its pages, it would make
    each of them pass for a new version of the last.
    """
    parts = _split(text)
    if parts is None:
        return None
    route = parts.fragment if _ROUTE.match(parts.fragment) else ""
    if not (parts.path.strip("/") or parts.query or route):
        return None
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _tracks(pair))
    name = parts.hostname or ""
    name = f"[{name}]" if ":" in name else name  # as it is written of IPv6
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    result = f"{parts.scheme}://{name}{port}{parts.path}"
    result = f"{result}?{query}" if query else result
    return f"{result}#{route}" if route else result


def is_front(text: str) -> bool:
    """Whether it is the address of a site rather than of a page of it."""
    return host(text) is not None and url(text) is None


def only_links(text: str) -> bool:
    """Whether a text is nothing but addresses."""
    return all(word.lower().startswith(("http://", "https://", "www.")) for word in text.split())


def host(text: str) -> str | None:
    """Host of an address, without ``www.``."""
    parts = _split(text)
    return None if parts is None or parts.hostname is None else parts.hostname.removeprefix("www.")


def source(text: str) -> str | None:
    """An outlet: a host without ``www.`` and port where an address or a host is given, else the name as it is."""
    if found := host(text):
        return found
    name = line(text)
    named = name and _HOST.fullmatch(name)
    return named[1].lower().removeprefix("www.") if named else name


def _split(text: str) -> SplitResult | None:
    text = cleaned(text[: MAX_URL_CHARS + 1]).strip().replace(" ", "%20")
    if len(text) > MAX_URL_CHARS or text[:4].lower() != "http":
        return None
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a broken IPv6 host, a port that is no number
        return None
    return parts if usable else None


def _tracks(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


@lru_cache(maxsize=1_024)
def language(text: str) -> str | None:
    """ISO 639-1 code of ``en-GB``, ``en_US.UTF-8``, ``eng`` or ``English``; None for anything else."""
    if len(text) > 40:
        return None
    name = text.strip().lower()
    code = _language_names().get(name)
    if code is None:
        try:
            code = Language.get(re.split(r"[-_.@ ]", name, maxsplit=1)[0]).language
        except LanguageTagError:
            return None
    return code if code in _language_codes() else None


def country(text: str) -> str | None:
    """The country that a language's tag names, in small letters: ``gb`` of ``en-GB``."""
    found = _REGION.match(text)
    return found and found[1].lower()


@cache
def _language_names() -> dict[str, str]:
    """English names of languages, in lower case -> ISO 639-1."""
    english = Locale("en").languages
    return {english[code].lower(): code for code in _language_codes()}


@cache
def _language_codes() -> frozenset[str]:
    return frozenset(code for code in map(str, Locale("en").languages) if len(code) == 2)
