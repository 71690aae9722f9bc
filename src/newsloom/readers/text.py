"""Plain text: the whole file is one article, each non-empty line one paragraph."""

from collections.abc import Callable, Iterator
from functools import partial

from newsloom.errors import BadFile
from newsloom.readers.base import Format, Input, Pending
from newsloom.readers.charset import decode
from newsloom.readers.fields import Draft
from newsloom.readers.values import paragraphs


def read(file: Input) -> Iterator[Pending]:
    """The n-th line of the article's text is the n-th non-empty line of the file, both from 0.

    A headline stays in the text: whether the first line is one is for the splitter to tell.
    """
    yield partial(drafted, file.whole)


def drafted(whole: Callable[[], bytes]) -> Draft:
    text = paragraphs(decode(whole()))
    if not any(map(str.isalnum, text)):
        raise BadFile("no_text", "The file has no line with text in it; fetch the article again.")
    return Draft(text=text)


#: Last in the registry: what nothing else knows is text, or is refused on decoding.
FORMAT = Format(
    "plain text",
    "anything that is text, in any charset",
    "the whole file, a paragraph a line",
    lambda _: True,
    read,
)
