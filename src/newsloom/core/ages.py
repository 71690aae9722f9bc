"""How old the people are that a story tells of: what keeps look-alike incidents apart.

Two shootings in one town share nearly all of their words; that the one victim was 17 and the other 34
is what a reader goes by. A number of two digits weighs next to nothing as a term, so ages are kept
beside the terms.
"""

import re

#: Ages are bytes: years up to this, months above it.
MAX_YEARS = 120
_MONTHS_FROM = 128
_MAX_MONTHS = 36

_DIGITS = re.compile(r"\d+")
# Each number is looked at with what stands around it: one search for all would try every letter.
_AFTER = re.compile(
    r"""(?: [-‐–\ ](?P<months>months?)[-‐–\ ]old\b | [-‐–\ ]years?[-‐–\ ]olds?\b
    | -?jährig | \ Jahre\ alt | -?jarige | \ jaar\ oud | -?år(?:ig|ing|s) | \ år\ gammel | -?vuotia
    | [-‐–\ ]?летн | -?річн | [-‐–]latk | [-‐–]letni | [-‐–]roč | \ yaşında | enne\b | \ ?(?:[岁歲歳才살]|세(?!기)) )""",
    re.VERBOSE,
)
_TOLD_BEFORE = re.compile(r"\b[Aa]ged? (?:of )?$")
_UNIT = re.compile(r" (?:años|anos|ans|anni|лет)\b")
_UNIT_BEFORE = re.compile(r"(?:\b(?:de|di|em|von)|,|в возрасте) $")
_APART = re.compile(r"[,.;](?:\s|$)")
_LONGEST_BEFORE = 12


def ages(normal: str) -> frozenset[int]:
    """Ages told in a normalised text: years as they are, months of small children above 128.

    "34-year-old", "aged 34", "de 34 años", "34-jährige", "34岁", and a number set apart by commas behind
    a name: "Ann Corvald, 34, of Ostley".
    """
    found = set()
    for digits in _DIGITS.finditer(normal):
        start, end = digits.span()
        if end - start > 3:
            continue
        age = int(digits.group())
        after = _AFTER.match(normal, end) if normal[start - 1 : start] not in {".", ","} else None
        if after is not None and after["months"]:
            found.add(_MONTHS_FROM + min(age, _MAX_MONTHS))
        elif age <= MAX_YEARS and (after is not None or _told(normal, start, end)):
            found.add(age)
    return frozenset(found)


def _told(normal: str, start: int, end: int) -> bool:
    before = normal[max(0, start - _LONGEST_BEFORE) : start]
    if not before.endswith(" "):
        return False
    if before.endswith(", ") and end - start < 3 and _APART.match(normal, end):
        return True
    if _TOLD_BEFORE.search(before) is not None:
        return True
    return _UNIT.match(normal, end) is not None and _UNIT_BEFORE.search(before) is not None
