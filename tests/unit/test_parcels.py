"""What goes together: by count and by size."""

import pytest

from newsloom.parcels import batched, parcels


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


def test_batches() -> None:
    """Full ones, and the rest at the end; none is empty."""
    assert list(batched(map(str, range(5)), 2)) == [["0", "1"], ["2", "3"], ["4"]]
    assert list(batched(map(str, range(4)), 2)) == [["0", "1"], ["2", "3"]]
    assert list(batched([], 2)) == []
