"""What the doorways take for a message."""

from typing import Any

import pydantic
import pytest

from newsloom.worker.tasks import Files, Part

NO_TEXT = "caf\udce9.txt"  #: as Python writes the byte E9 in a path
PART = {"file": "many.jsonl", "run": "r", "start": 10, "number": 1}


@pytest.mark.parametrize("path", ["/a.txt", "a b.txt", "наводнение.txt", NO_TEXT])
def test_any_path_is_taken(path: str) -> None:
    """One or many, in any characters, bytes that are no UTF-8 too."""
    assert Files.model_validate({"files": path}).files == [path]
    assert Files.model_validate({"files": [path, "b"], "base": path}).base == path
    part = Part.model_validate({**PART, "file": path, "base": path})
    assert (part.file, part.base) == (path, path)


@pytest.mark.parametrize(
    "message",
    [
        {}, {"files": [""]}, {"files": ""}, {"files": [1]}, {"files": ["a", None]}, {"files": [b"a"]}, {"files": 7},
        {"files": [["a"]]}, {"files": ["a"], "base": None}, {"files": ["a"], "base": 1}, {"files": ["a"], "more": 1},
    ],
)  # fmt: skip
def test_what_is_no_path_is_refused(message: dict[str, Any]) -> None:
    """A message is taken whole or not at all."""
    with pytest.raises(pydantic.ValidationError):
        Files.model_validate(message)


@pytest.mark.parametrize("wrong", [{"file": ""}, {"file": 1}, {"base": 1}, {"start": "first"}, {"run": None}])
def test_a_part_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    """The same for the rest of a large file."""
    with pytest.raises(pydantic.ValidationError):
        Part.model_validate({**PART, **wrong})
