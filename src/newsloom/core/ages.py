"""How old the people are that a story tells of: what keeps look-alike incidents apart.

Two shootings in one town share nearly all of their words; that the one victim was 17 and the other 34
is what a reader goes by. A number of two digits weighs next to nothing as a term, so ages are kept
beside the terms.
"""

import re

#: Ages are bytes: years up to this, months above it.
MAX_YEARS = 120
MONTHS_FROM = 128
MAX_MONTHS = 36

_DIGITS = re.compile(r"\d+")
# Each number is looked at with what stands around it: one search for all would try every letter.
_AFTER = re.compile(
    r"""(?: [-‐–\ ](?P<months>months?)[-‐–\ ]old\b | [-‐–\ ]years?[-‐–\ ]olds?\b
    | [-‐–]?[Jj]ährig | \ Jahre\ alt | -?[Jj]arige | \ jaar\ oud
    | [-‐–]?år(?:ig|ing|s) | \ år\ (?:gammal|gammel|gaml[ae]) | [-‐–]?vuotia | \ ára\b
    | [-‐–\ ]?летн | -?річн | [-‐–]гадов | [-‐–]годиш | [-‐–]lat(?:k|ek) | [-‐–]letn | [-‐–]?let(?:[ýáéí]|ou) | [-‐–]roč
    | [-‐–]godi[sš]nj | [-‐–]годишњ | \ yaşında | enne\b | \ éves | [-‐–]?aasta[ns]e | [-‐–]?χρον | \ tuổi
    | [\ \u200c]?ساله | \ ?वर्षीय | \ ?(?:[岁歲歳才살]|세(?!기)) )""",
    re.VERBOSE,
)
_AND = r"(?:,? (?:y|i|e|et|ed|und|and|og|och|en|и|і|a|à|o|ou|bis|to) |, )"
_AMONG = rf"(?:\d{{1,3}}{_AND})*"  #: other numbers, of which it ends a list
_TOLD_BEFORE = re.compile(
    rf"(?:\b[Aa]ge[ds]? (?:of |between )?{_AMONG}|\b(?:[Bb]er)?[Uu]sia |\b[Uu]mur |อายุ ?|\bב[ןת] (?:ה-)?|العمر )$"
)
#: What stands before a number of years, which may be a term in prison or any other, and what behind: not behind any
#: number of others, as a text may be one list of numbers.
_UNITS = [
    (re.compile(rf"(?:{before}) {_AMONG}$"), re.compile(rf"(?:{_AND}\d{{1,3}}){{0,8}} (?:{after})"))
    for before, after in (
        (
            r"\b(?:de|di|em|con|à|a los|aos|ten[íi]a|tiene|tinha|tem|avait|aveva)(?: unos| unas| entre| circa)?|,",
            r"(?:años|anos|anys|ans|anni)\b(?! de (?:c[áa]rcel|pris|prison|r[ée]clus|cadeia))",
        ),
        (r"\bde", r"de ani\b"),
        (r"\b[Ii]m Alter (?:von|zwischen)", r"Jahren\b"),
        (r"в возрасте|\bвіком|[ву] віці|на възраст", r"(?:лет|года|років|роки|години)\b"),
        (r"\bw wieku", r"lat\b"),
        (r"\bve věku|\bvo veku", r"(?:let|rokov)\b"),
        (r"\bu dobi od", r"godin"),
        (r"\bi en [åa]lder a[vf]", r"år\b"),
    )
]
_APART = re.compile(r"[,.;](?:\s|$)")
_LONGEST_BEFORE = 40


def ages(normal: str) -> frozenset[int]:
    """Ages told in a normalised text: years as they are, months of small children above 128.

    "34-year-old", "aged 34", "de 34 años", "34-Jährige", "34岁"; a number set apart by commas behind a name, "Ann
    Corvald, 34, of Ostley", or one of two digits in brackets behind a word with a capital, "Ann Corvald (34)".
    """
    found = set()
    for digits in _DIGITS.finditer(normal):
        start, end = digits.span()
        if end - start > 3:
            continue
        age = int(digits.group())
        after = _AFTER.match(normal, end) if normal[start - 1 : start] not in {".", ","} else None
        if after is not None and after["months"]:
            found.add(MONTHS_FROM + min(age, MAX_MONTHS))
        elif age <= MAX_YEARS and (after is not None or _told(normal, start, end)):
            found.add(age)
    return frozenset(found)


def _told(normal: str, start: int, end: int) -> bool:
    before = normal[max(0, start - _LONGEST_BEFORE) : start]
    if before.endswith("("):
        # Behind a word that begins with no small letter, where there are such.
        first = before[:-1].rstrip().rpartition(" ")[2][:1]
        return end - start == 2 and normal[end : end + 1] == ")" and first.isalpha() and not first.islower()
    if before.endswith(", ") and end - start < 3 and _APART.match(normal, end):
        return True
    if _TOLD_BEFORE.search(before) is not None:
        return True
    return any(unit.match(normal, end) and aged.search(before) for aged, unit in _UNITS)
