"""Files that are known as decided, for a while."""

from typing import Any

import pytest


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_file_is_known_as_decided(desk: Any, language: str) -> None:
    """By the story that closes it, in whatever language."""
    desk.open("harbour", language="en")
    desk.commit(desk.write("ferry", language=language), closes="00ff" * 4)
    desk.commit(desk.write("orchard", language=language))
    assert desk.store.decided(["00ff" * 4, "ab" * 8]) == [True, False]


def test_of_an_empty_store(desk: Any) -> None:
    """Nothing is known."""
    assert desk.store.decided(["00ff" * 4]) == [False]
    assert desk.store.decided([]) == []


def test_files_are_forgotten(make_desk: Any) -> None:
    """After two generations of stories at most, and after one at least."""
    desk = make_desk(files=3)
    known = []
    files = [f"{number:016x}" for number in range(8)]
    for number, file in enumerate(files):
        desk.commit(desk.write(f"harbour {number}"), closes=file)
        known.append(sum(desk.store.decided(files)))
    assert known == [1, 2, 3, 4, 5, 6, 4, 5]
