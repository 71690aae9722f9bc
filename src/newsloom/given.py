"""Articles that stand in a message itself: no file, no disk in common."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from typing import cast

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import BadRecord, Limits
from newsloom.readers import json as json_reader
from newsloom.readers.base import HEAD_BYTES, Input

PREFIX = "article:"


@dataclass(frozen=True, slots=True)
class Given:
    """One of the articles of a message."""

    name: str  #: what stands for a file name: made of what it says, so that it is the same each time
    text: bytes  #: the article as a line of JSON
    problem: str = ""  #: why it can be no article, where that is plain

    def read(self, limits: Limits) -> Iterator[Article | BadRecord]:
        """As the JSON reader reads a file of it."""
        if self.problem:
            raise BadFile("malformed", self.problem)
        stream = cast(BufferedReader, BufferedReader(BytesIO(self.text)))  # of bytes, not of a file
        return json_reader.read(
            Input(path=self.name, name="", stream=stream, head=self.text[:HEAD_BYTES], limits=limits)
        )


def given(article: object, place: str) -> Given:
    """``place`` names an article that cannot even be written down: its message, and where it stands in that."""
    try:
        # Escaped, for half a surrogate pair has no other form; sorted, for the order of names says nothing.
        text = json.dumps(article, sort_keys=True, separators=(",", ":")).encode()
    except (RecursionError, TypeError, ValueError):
        return Given(f"{PREFIX}{place}", b"", "It is nested deeper than any article is; send its fields.")
    digest = hashlib.blake2b(text, digest_size=8, person=b"given").hexdigest()
    problem = (
        "" if isinstance(article, dict) else "It is no object; an article is an object with named fields."
    )
    return Given(PREFIX + digest, text, problem)
