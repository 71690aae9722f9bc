"""What was found out of a word, kept for the next time it is met."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

#: Words of which it is remembered; then it begins anew.
_MOST = 50_000


class Remembered(dict[str, T]):
    """Word -> what ``tell`` says of it, which is asked once for each."""

    def __init__(self, tell: Callable[[str], T]) -> None:
        super().__init__()
        self._tell = tell

    def __missing__(self, word: str) -> T:
        self[word] = told = self._tell(word)
        return told

    def of(self, words: Iterable[str]) -> Iterator[T]:
        """The same of each of these, in order."""
        if len(self) > _MOST:
            self.clear()
        return map(self.__getitem__, words)
