"""Plain text: the whole file is one article, each non-empty line one paragraph, unless lines were broken at a width."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from newsloom.errors import BadFile
from newsloom.readers import markup, masthead, values
from newsloom.readers.base import Draft, Format, Input, Pending
from newsloom.readers.charset import decode
from newsloom.readers.fields import header
from newsloom.readers.names import knows

#: What trafilatura and others that write text or Markdown say of it above it, in lines of YAML between two of dashes.
_MATTER = re.compile(r"---[ \t]*\n(.{1,20000}?)\n---[ \t]*(?:\n|$)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z][\w -]{0,40}):[ \t]+(.+)")
_QUOTED = re.compile(r"^([\"'])(.*)\1$")


def read(file: Input) -> Iterator[Pending]:
    """The n-th line of the article's text is the n-th non-empty line of the file, both from 0, unless it has markup, or its
    lines were broken at a fixed width: then those of a paragraph are one.

    Lines in front that say title, date or address are left out of both. A headline and a masthead stay in the text: whether
    the first line is one is for the splitter to tell.
    """
    yield partial(_dated, file.whole)


def _dated(whole: Callable[[], bytes]) -> Draft:
    found = drafted(whole)
    return found if found.published_s is not None else found.over(masthead.dated(found.text or ""))


def drafted(whole: Callable[[], bytes]) -> Draft:
    said, text = _told(decode(whole()).replace("\r\n", "\n"))
    text = markup.plain(text)
    if values.missing(text) or not any(map(str.isalnum, text)):
        raise BadFile("no_text", "The file has no line with text in it; fetch the article again.")
    return replace(said, text=text, page=None)


def _told(text: str) -> tuple[Draft, str]:
    """What is said of a text in front of it, and the text."""
    matter = _MATTER.match(text)
    if matter is None:
        return Draft(), text
    lines = (_FIELD.fullmatch(line.rstrip()) for line in matter[1].split("\n"))
    fields = {line[1]: _QUOTED.sub(r"\2", line[2]).replace('\\"', '"') for line in lines if line}
    return (header(fields), text[matter.end() :]) if knows(fields) else (Draft(), text)


#: Last in the registry: what nothing else knows is text, or is refused on decoding.
FORMAT = Format(
    "plain text",
    "anything that is text, in any charset",
    "the whole file, a paragraph per line, without front matter between two lines of dashes",
    lambda _: True,
    read,
)
