"""bytes -> Article(s). One module a format; the registry asks them in turn.

Reasons that a file or a record of it is refused with:

================ =========================================================================
``missing``      there is no such file
``not_a_file``   a folder, a device, a pipe, a socket
``unreadable``   permission denied, or the disk failed
``empty``        no bytes, or white space only
``too_large``    past one of the limits
``binary``       not text: an image, a PDF, an archive, anything with NUL bytes
``unsupported``  a format that is known but not read: XML, feeds, WARC, other compression
``undecodable``  text in a charset that cannot be told
``malformed``    damaged: JSON that does not parse, compression that does not add up
``truncated``    cut short
``no_text``      read, but there is no text in it
================ =========================================================================
"""

from collections.abc import Iterator

from newsloom.core.model import Article
from newsloom.readers import html, json, refused, text
from newsloom.readers.base import BadRecord, Format, Limits
from newsloom.readers.source import opened

__all__ = ["FORMATS", "BadRecord", "Format", "Limits", "read"]

#: In the order they are asked; each is told by content, and text takes what is left.
FORMATS: tuple[Format, ...] = (refused.FORMAT, html.FORMAT, json.FORMAT, text.FORMAT)


def read(path: str, limits: Limits, *, start: int = 0) -> Iterator[Article | BadRecord]:
    """The articles of a file in their order, from record ``start`` on; earlier ones are not parsed.

    One record that cannot be read among others is a ``BadRecord`` and the rest goes on. A file that cannot be
    read at all raises ``BadFile``, on the first step of the iteration. The file is closed when the iterator
    ends or is closed. Memory is bounded by one article, time by the limits; no path makes it wait.
    """
    with opened(path, limits, start) as file:
        for candidate in FORMATS:
            if candidate.sniff(file):
                yield from candidate.read(file)
                return
