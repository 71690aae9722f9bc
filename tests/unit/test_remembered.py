"""What is remembered of words has one bound in a process, and no say in what is told of them."""

import pytest

from newsloom.core import remembered
from newsloom.core.remembered import Remembered, Room


@pytest.fixture(autouse=True)
def room(monkeypatch):
    """For a hundred entries of this test, of which sixty stay where there are more."""
    monkeypatch.setattr(remembered, "_MOST", 100)
    monkeypatch.setattr(remembered, "_STAY", 60)
    monkeypatch.setattr(remembered, "_room", Room())


@pytest.fixture
def asked():
    """The words that were told of, in order."""
    return []


@pytest.fixture
def languages(asked):
    def tell(word):
        asked.append(word)
        return word.upper()

    return [Remembered(tell) for _ in range(40)]


def words(*numbers):
    return [f"word{number}" for number in numbers]


def test_each_word_is_told_of_once(languages, asked):
    """In the order in which they are asked for, as often as they are."""
    for _ in range(2):
        assert list(languages[0].of(words(1, 2, 1))) == ["WORD1", "WORD2", "WORD1"]
    assert asked == words(1, 2)


def test_all_languages_share_the_room(languages):
    """However many they are: no more than that and what one text adds, and the same is told of each word."""
    most = 0
    for turn in range(30):
        for language in languages:
            assert list(language.of(words(*range(turn, turn + 5)))) == [
                f"WORD{number}" for number in range(turn, turn + 5)
            ]
            most = max(most, sum(map(len, languages)))
    assert 60 < most <= 100 + 5


def test_the_language_of_most_stories_keeps_its_words(languages, asked):
    """Among others that come now and then, each with words that never come again."""
    busy, *others = languages
    busy_words = words(*range(40))
    for turn in range(200):
        list(busy.of(busy_words))
        list(others[turn % 39].of(words(*range(1_000 + 5 * turn, 1_005 + 5 * turn))))
    assert all(asked.count(word) == 1 for word in busy_words)


def test_what_holds_much_goes_first(languages, asked):
    """Languages that come in turn, of few words each, keep them beside one that brings ever new ones."""
    large, *others = languages[:9]
    for turn in range(50):
        list(large.of(words(*range(1_000 + 45 * turn, 1_045 + 45 * turn))))
        for language in others:
            list(language.of(words(0, 1, 2)))
    assert asked.count("word0") == len(others)


def test_one_text_of_more_words_than_there_is_room_for(languages):
    """They are remembered until the next is asked."""
    assert len(list(languages[0].of(words(*range(500))))) == 500
    list(languages[0].of(words(7)))
    assert sum(map(len, languages)) == 1


def test_what_is_gone_holds_no_room(asked):
    """A list of words that nobody has any more does not push out others'."""
    kept = Remembered(str.upper)
    list(kept.of(words(*range(50))))
    list(Remembered(asked.append).of(words(*range(60))))
    list(kept.of(words(1)))
    assert len(kept) == 50
