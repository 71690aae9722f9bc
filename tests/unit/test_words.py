"""A list of words in few bytes tells what a dict does."""

from hypothesis import given
from hypothesis import strategies as st

from newsloom.core.words import NOT_LISTED, Words

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.dictionaries(WORDS, st.floats(0, 1)), st.lists(WORDS))
def test_it_is_the_dict_that_it_was_made_of(shares, others):
    """In the same order, to the last bit of each share, and with nothing else."""
    words = Words(shares)
    assert list(words.items()) == list(shares.items())
    assert [words.get(word) for word in others] == [shares.get(word) for word in others]
    by_rank = {word: rank for rank, word in enumerate(shares)}
    asked = [*shares, *others]
    for _ in range(2):  # found, then remembered
        assert list(words.ranks(asked)) == [by_rank.get(word, NOT_LISTED) for word in asked]
    assert [words.word(rank) for rank in range(len(words))] == list(shares)
