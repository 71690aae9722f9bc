"""Real pages and real files of agencies: none is guessed at, and pages are read no worse than by trafilatura."""

import gzip
import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest
import trafilatura

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import BadRecord, Limits, read

DATA = os.environ.get("NEWSLOOM_EVAL_DATA")
pytestmark = [
    pytest.mark.eval,
    pytest.mark.skipif(not DATA, reason="NEWSLOOM_EVAL_DATA points to no labelled articles"),
]
FOLDER = Path(DATA or "")


def f1(found: str, wanted: str) -> float:
    """Of the words of two texts, each as often as it stands there."""
    one, two = (Counter(re.findall(r"\w+", text.lower())) for text in (found, wanted))
    common = (one & two).total()
    return 2 * common / ((one.total() + two.total()) or 1)


def text_of(path: Path) -> str:
    try:
        found = next(read(str(path), Limits()))
    except BadFile:
        return ""
    return found.text if isinstance(found, Article) else ""


def test_pages_are_read_no_worse_than_by_trafilatura() -> None:
    """Mean F1 of words over real pages."""
    rows = [
        json.loads(line) for line in (FOLDER / "html" / "ground_truth.jsonl").read_text("utf-8").splitlines()
    ]
    ours = [f1(text_of(FOLDER / "html" / row["file"]), row["text"]) for row in rows]
    plain = [
        f1(
            trafilatura.extract(gzip.decompress((FOLDER / "html" / row["file"]).read_bytes())) or "",
            row["text"],
        )
        for row in rows
    ]
    print(
        f"mean F1 of words over {len(rows)} pages: {sum(ours) / len(rows):.3f}, trafilatura {sum(plain) / len(rows):.3f}"
    )
    assert sum(ours) >= sum(plain)
    assert sum(ours) / len(rows) > 0.94


@pytest.mark.parametrize(
    "path", sorted((FOLDER / "formats").iterdir()) if DATA else [], ids=lambda path: path.name
)
def test_files_of_agencies_are_read_or_refused(path: Path) -> None:
    """An article with a title and a text, or a reason; a file of several has all of them."""
    try:
        found = list(read(str(path), Limits()))
    except BadFile as bad:
        assert bad.reason in ("no_text", "unsupported")
        return
    assert not any(isinstance(record, BadRecord) for record in found)
    assert all(isinstance(record, Article) and record.title for record in found)
