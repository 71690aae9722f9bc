"""What was found out of a word, or of its number, kept for the next time it is met."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar
from weakref import WeakValueDictionary

K = TypeVar("K")
T = TypeVar("T")

#: Entries in all of a process, about 70 bytes each; when there are more, so many stay.
_MOST, _STAY = 300_000, 225_000


class Remembered(dict[K, T]):
    """Word -> what ``tell`` says of it, which is asked once for each.

    There are several for each language, and one room for all of them.
    """

    def __init__(self, tell: Callable[[K], T]) -> None:
        super().__init__()
        self._tell = tell
        self.asked = 0  #: when it was last, counted in what any of them was asked
        _room.add(self)

    def __missing__(self, word: K) -> T:
        self[word] = told = self._tell(word)
        _room.left -= 1
        return told

    def of(self, words: Iterable[K]) -> Iterator[T]:
        """The same of each of these, in order."""
        _room.asked += 1
        self.asked = _room.asked
        if _room.left < 0:
            _room.make()
        return map(self.__getitem__, words)


class Room:
    """What a process has for all that is remembered.

    What goes first is what holds much and was not asked for long: the language of most stories keeps its words beside
    forty others, and of many that come in turn each keeps some.
    """

    def __init__(self) -> None:
        self._all: WeakValueDictionary[int, Remembered[Any, Any]] = WeakValueDictionary()
        self.left = _MOST  #: entries that may be added before they are counted
        self.asked = 0  #: how often any was

    def add(self, one: Remembered[Any, Any]) -> None:
        self._all[id(one)] = one

    def make(self) -> None:
        last = sorted(self._all.values(), key=lambda one: len(one) * (1 + self.asked - one.asked))
        held = sum(map(len, last))
        while held > _STAY:
            goes = last.pop()
            held -= len(goes)
            goes.clear()
        self.left = _MOST - held


_room = Room()
