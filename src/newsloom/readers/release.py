"""Whether an agency lets its item be published: one that is withdrawn or not released yet is no article."""

import math
import re
import shlex
import time
from datetime import UTC, datetime

from newsloom.errors import BadFile

#: The words of IPTC for it, in NewsML 1.2, G2, ninjs and NITF, and others that agencies use.
_WITHDRAWN = frozenset(("canceled", "cancelled", "killed", "withdrawn"))
_HELD = frozenset(("withheld", "embargoed"))
_SCHEME = re.compile(r".*[:/#]")


def check(status: str | None, embargoed_s: float | None, name: str | None) -> None:
    """``BadFile`` for what its agency withdrew, or holds back for now.

    ``status`` is a word, or a code or an address that ends in one; ``embargoed_s`` is when the embargo ends, an infinity if
    nobody knows. One that is over does not count, nor does a status that only told of it. ``name`` is what people call
    the article by: its URL or id.
    """
    said = _word(status)
    told = f" {name}" if name else ""
    if said in _WITHDRAWN:
        known = shlex.quote(name) if name else "URL-or-id"
        raise BadFile(
            "withdrawn",
            f"Its agency withdrew the article{told}; `newsloom forget {known}` removes what was decided before.",
        )
    until_s = math.inf if embargoed_s is None and said in _HELD else embargoed_s
    if until_s is not None and until_s > time.time():
        raise BadFile(
            "embargoed",
            f"Its agency holds the article{told} back {_until(until_s)}; `newsloom quarantine retry --reason "
            "embargoed` then submits it again.",
        )


def is_held(status: str | None) -> bool:
    """Whether an item has such a status for now, so that what is said of its next one tells when that ends."""
    return _word(status) in _HELD


def _word(status: str | None) -> str:
    return _SCHEME.sub("", status or "").strip().lower()


def _until(end_s: float) -> str:
    try:
        return f"until {datetime.fromtimestamp(end_s, UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError):  # no end is known
        return "until further notice"
