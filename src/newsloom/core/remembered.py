"""What was found out of a word, or of its number, kept for the next time it is met."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")

#: Words of which it is remembered; then it begins anew.
_MOST = 50_000


class Remembered(dict[K, T]):
    """Word -> what ``tell`` says of it, which is asked once for each."""

    def __init__(self, tell: Callable[[K], T]) -> None:
        super().__init__()
        self._tell = tell

    def __missing__(self, word: K) -> T:
        self[word] = told = self._tell(word)
        return told

    def of(self, words: Iterable[K]) -> Iterator[T]:
        """The same of each of these, in order."""
        if len(self) > _MOST:
            self.clear()
        return map(self.__getitem__, words)
