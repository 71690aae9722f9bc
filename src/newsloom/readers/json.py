"""JSON: an object, an array of objects, or an object a line; each object is an article."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain

import orjson

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import html, markup, values
from newsloom.readers.base import HEAD_BYTES, BadRecord, Format, Input
from newsloom.readers.charset import decode
from newsloom.readers.fields import Draft, draft
from newsloom.readers.jsonsplit import Record, elements, lines

_START = re.compile(rb'\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:[\[\]{]|"[^"\n]*"\s*[,\]]|$))')
_NAMES = (".json", ".jsonl", ".ndjson", ".jl")


def sniff(file: Input) -> bool:
    return _START.match(file.head) is not None or file.name.endswith(_NAMES)


def read(file: Input) -> Iterator[Article | BadRecord]:
    """Records are counted from 0, the unreadable ones with the others; blank lines are no records.

    A file of one record that cannot be read raises ``BadFile``, as a file in any other format does; beside
    others it is a ``BadRecord``.
    """
    alone: BadFile | None = None  # what is wrong with the first record, until a second one shows up
    index = -1
    for index, record in enumerate(_until_damaged(_records(file))):
        if alone is not None:
            yield BadRecord(0, alone.reason, alone.detail)
            alone = None
        if index < file.start:
            continue
        try:
            yield _article(record, file.path, index)
        except BadFile as failure:
            if index == 0:
                alone = failure
            else:
                yield BadRecord(index, failure.reason, failure.detail)
    if alone is not None:
        raise alone
    if index < 0:
        raise BadFile("no_text", "The file is JSON without any object in it; hand in articles.")


def _until_damaged(records: Iterator[Record]) -> Iterator[Record]:
    """The records; damage to the stream behind the first one (compression, disk) comes as the last one."""
    first = next(records, None)
    if first is None:
        return
    yield first
    try:
        yield from records
    except BadFile as failure:
        yield failure


def _records(file: Input) -> Iterator[Record]:
    """The records, unparsed. Two lines tell whether each line is one, or one takes several lines."""
    limit = file.limits.max_article_bytes
    rest = iter(partial(file.stream.readline, limit + 1), b"")
    start = [line for line in (_next_line(rest), _next_line(rest)) if line]
    if start and not start[0].lstrip().startswith(b"["):
        if any(map(_is_object, start)):
            return lines(chain(start, rest), limit)
        if not start[0].lstrip().startswith(b"{"):
            raise BadFile("malformed", "The file is named like JSON but holds none; fetch the article again.")
    return elements(chain(start, iter(partial(file.stream.read1, HEAD_BYTES), b"")), limit)


def _next_line(rest: Iterator[bytes]) -> bytes:
    return next((line for line in rest if line.strip()), b"")


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(_parsed(line), dict)
    except BadFile:
        return False


def _parsed(record: bytes) -> object:
    try:
        return orjson.loads(record)
    except orjson.JSONDecodeError as error:
        problem = str(error)
    # orjson is strict; scrapers write NaN, raw tabs, halves of surrogate pairs and other charsets.
    try:
        return json.loads(decode(record), strict=False)
    except (ValueError, RecursionError) as error:
        raise BadFile("malformed", f"It is not JSON ({problem[:120]}); write it again.") from error


def _article(record: Record, path: str, index: int) -> Article:
    if isinstance(record, BadFile):
        raise record
    data = _parsed(record)
    if isinstance(data, dict) and isinstance(data.get("@graph"), list):
        data = next((node for node in data["@graph"] if _holds_text(node)), data)
    if not isinstance(data, dict):
        raise BadFile("malformed", "It is JSON but no object; an article is an object with named fields.")
    return _resolved(draft(data)).article(path, index)


def _holds_text(node: object) -> bool:
    return isinstance(node, dict) and draft(node).text is not None


def _resolved(found: Draft) -> Draft:
    """The draft with its markup turned into text; a whole page in it is read as one."""
    whole = found.text if found.text and markup.is_page(found.text) else None if found.text else found.page
    if whole is not None:
        return replace(_resolved(replace(found, text=None, page=None)), text=None).over(html.page(whole))
    return replace(
        found,
        text=found.text and markup.plain(found.text),
        summary=found.summary and markup.plain(found.summary),
        title=found.title and values.line(markup.plain(found.title)),
    )


FORMAT = Format("json", sniff, read)
