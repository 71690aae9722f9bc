"""Hashes of three words in a row."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.core import remembered, shingles
from newsloom.core.shingles import hash_of, hashes

WORDS = ("harbour", "ferry", "fog", "mayor", "наводнение", "洪水", "42", "x")


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_all_at_once_is_one_by_one(body):
    """The hashes of a text are those of its shingles, each by itself."""
    assert hashes(body).tolist() == [hash_of(one.encode()) for one in shingles.shingles(body)]


def test_order_tells():
    """Each order of three words, and each two of them, has a hash of its own."""
    found = {
        hash_of(" ".join(words).encode())
        for count in (2, 3)
        for words in itertools.permutations(WORDS, count)
    }
    assert len(found) == 8 * 7 + 8 * 7 * 6


def test_every_bit_of_a_word_reaches_every_bit():
    """Another word in one place turns half of the bits, whichever place: no bit follows a single word."""
    rows = [[f"w{number}", "fog", "mayor"] for number in range(2_000)]
    for place in range(3):
        found = np.concatenate([hashes(row[-place:] + row[:-place]) for row in rows])
        bits = np.unpackbits((found[1:] ^ found[:-1]).view(np.uint8)).reshape(-1, 64)
        assert np.abs(bits.mean(axis=0) - 0.5).max() < 0.06


def test_words_are_forgotten_in_time(monkeypatch):
    """What is remembered of words is bounded, and changes no hash."""
    body = [f"word{number}" for number in range(50)]
    before = hashes(body).tolist()
    monkeypatch.setattr(remembered, "_STAY", 0)
    monkeypatch.setattr(remembered._room, "left", -1)
    assert hashes(["other"]).tolist() == [hash_of(b"other")]
    assert len(shingles._words) == 1
    assert hashes(body).tolist() == before


@pytest.mark.parametrize("body", [[], ["one"], ["one", "two"]])
def test_a_short_text_is_one_shingle(body):
    """However short it is."""
    assert hashes(body).tolist() == [hash_of(" ".join(body).encode())]
