"""Articles that stand in a message itself: no file, no disk in common."""

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from newsloom.addresses import GIVEN
from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import BadRecord, Limits, read
from newsloom.readers.base import spooling


@dataclass(frozen=True, slots=True)
class Given:
    """One of the articles of a message."""

    name: str  #: what stands for a file name: made of what it says, so that it is the same each time
    text: bytes  #: the article as a line of JSON
    problem: BadFile | None = None  #: why it can be no article, where that is plain

    def read(self, limits: Limits) -> Iterator[Article | BadRecord]:
        """Its articles, by way of a temporary file: what is true of files is true of it.

        Raises ``BadFile``, and ``NoRoom`` where that file cannot be written.
        """
        if self.problem:
            raise self.problem
        with contextlib.ExitStack() as kept:
            with spooling():
                file = kept.enter_context(
                    # Unbuffered: what finds no room would be written once more as it is closed.
                    tempfile.NamedTemporaryFile(prefix="newsloom-", suffix=".json", buffering=0)
                )
                rest = memoryview(self.text)
                while rest:
                    rest = rest[file.write(rest) :]
            yield from read(file.name, limits)


def given(article: object, place: str) -> Given:
    """An article of a message, under a name made of its content.

    ``place``, its message and its position there, names one that is nested too deep to be written as JSON.
    """
    try:
        # Escaped, for half a surrogate pair has no other form; sorted, for the order of names says nothing.
        text = json.dumps(article, sort_keys=True, separators=(",", ":")).encode()
    except (RecursionError, TypeError, ValueError):
        problem = BadFile("malformed", "The JSON is nested too deeply; send the fields directly.")
        return Given(f"{GIVEN}{place}", b"", problem)
    digest = hashlib.blake2b(text, digest_size=8, person=b"given").hexdigest()
    if isinstance(article, dict):
        return Given(GIVEN + digest, text)
    told = "It is not a JSON object; an article is an object with named fields."
    return Given(GIVEN + digest, text, BadFile("malformed", told))
