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

_AGE = re.compile(
    r"""(?<![\d.,])(\d{1,3})(?:
      [-‐–\ ](?P<months>months?)[-‐–\ ]old\b | [-‐–\ ]years?[-‐–\ ]olds?\b
    | -?jährig | \ Jahre\ alt | -?jarige | \ jaar\ oud | -?år(?:ig|ing|s) | \ år\ gammel | -?vuotia
    | [-‐–\ ]?летн | -?річн | [-‐–]latk | [-‐–]letni | [-‐–]roč | \ yaşında | enne\b | \ ?(?:[岁歲歳才살]|세(?!기))
    )
    | \b[Aa]ged?\ (?:of\ )?(\d{1,3})\b
    | (?:\b(?:de|di|em|von)|,|в\ возрасте)\ (\d{1,3})\ (?:años|anos|ans|anni|лет)\b
    | ,\ (\d{1,2})(?=[,.;](?:\s|$))
    """,
    re.VERBOSE,
)


def ages(normal: str) -> frozenset[int]:
    """Ages told in a normalised text: years as they are, months of small children above 128.

    "34-year-old", "aged 34", "de 34 años", "34-jährige", "34岁", and a number set apart by commas behind
    a name: "Ann Corvald, 34, of Ostley".
    """
    found = set()
    for match in _AGE.finditer(normal):
        age = int(next(number for number in match.groups() if number and number.isdecimal()))
        if match["months"]:
            found.add(_MONTHS_FROM + min(age, _MAX_MONTHS))
        elif age <= MAX_YEARS:
            found.add(age)
    return frozenset(found)
