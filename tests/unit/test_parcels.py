"""What goes together: by count, by size and by age."""

from collections.abc import Iterator

import pytest

from newsloom.parcels import filled, parcels


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", []),
        ("a b c", [["a", "b", "c"]]),
        ("a b c d", [["a", "b", "c"], ["d"]]),
        ("aa bb c", [["aa", "bb"], ["c"]]),
        ("a bbbbbb c d", [["a"], ["bbbbbb"], ["c", "d"]]),
    ],
)
def test_parcels(words: str, expected: list[list[str]]) -> None:
    """Three at most, four letters together; what is larger goes alone, and nothing is lost or turned around."""
    assert list(parcels(words.split(), 3, len, 4)) == expected


def test_messages_are_filled_up_to_a_size() -> None:
    """Full ones, and the rest at the end; none is empty."""
    assert list(filled(map(str, range(5)), 2, 60.0)) == [["0", "1"], ["2", "3"], ["4"]]
    assert list(filled(map(str, range(4)), 2, 60.0)) == [["0", "1"], ["2", "3"]]
    assert list(filled([], 2, 60.0)) == []


def test_messages_are_filled_up_to_an_age() -> None:
    """A sender that finds files slowly does not hold back those that it has found."""
    clock = {"s": 0.0}

    def found() -> Iterator[str]:
        for name, at_s in (("a", 0.0), ("b", 0.5), ("c", 1.0), ("d", 1.9), ("e", 9.0)):
            clock["s"] = at_s
            yield name

    told = list(filled(found(), 100, 1.0, now=lambda: clock["s"]))
    assert told == [["a", "b"], ["c", "d"], ["e"]]
