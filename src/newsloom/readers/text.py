"""Plain text: the whole file is one article, each non-empty line one paragraph."""

from collections.abc import Iterator

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers.base import Format, Input
from newsloom.readers.charset import decode
from newsloom.readers.values import paragraphs


def read(file: Input) -> Iterator[Article]:
    """The n-th line of the article's text is the n-th non-empty line of the file, both from 0.

    A headline stays in the text: whether the first line is one is for the splitter to tell.
    """
    if file.start:
        return
    text = paragraphs(decode(file.whole()))
    if not text:
        raise BadFile("no_text", "The file has no line with text in it; fetch the article again.")
    yield Article(file=file.path, text=text)


#: Last in the registry: what nothing else knows is text, or is refused on decoding.
FORMAT = Format("text", lambda _: True, read)
