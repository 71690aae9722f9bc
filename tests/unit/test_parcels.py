"""What goes together: by count, by size and by age."""

from collections.abc import Iterator

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
    assert list(parcels(words.split(), 3, size=len, most_size=4)) == expected


def test_what_is_found_slowly_goes_meanwhile() -> None:
    """What has waited long enough does not wait for the rest, and whoever sends is not counted as waiting."""
    clock = {"s": 0.0}

    def found() -> Iterator[str]:
        for name, at_s in (("a", 0.0), ("b", 0.5), ("c", 1.0), ("d", 1.9), ("e", 9.0)):
            clock["s"] = at_s
            yield name

    told = list(parcels(found(), 100, age_s=1.0, now=lambda: clock["s"]))
    assert told == [["a", "b"], ["c", "d"], ["e"]]


def test_batches() -> None:
    """Full ones, and the rest at the end; none is empty."""
    assert list(batched(map(str, range(5)), 2)) == [["0", "1"], ["2", "3"], ["4"]]
    assert list(batched(map(str, range(4)), 2)) == [["0", "1"], ["2", "3"]]
    assert list(batched([], 2)) == []
