"""JSON: an object, an array of objects, or an object a line; each object is an article, or holds several."""

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain

import orjson

from newsloom.errors import BadFile
from newsloom.readers import frame
from newsloom.readers.base import HEAD_BYTES, Draft, Format, Input, Limits, Pending, blamed, oversized
from newsloom.readers.charset import decode
from newsloom.readers.fields import draft
from newsloom.readers.jsonsplit import Record, elements, lines
from newsloom.readers.records import COLLECTION, collected, drafted

_START = re.compile(rb'\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:[\[\]{]|"[^"\n]*"\s*[,\]]|$))')
_NAMES = (".json", ".jsonl", ".ndjson", ".jl")


def sniff(file: Input) -> bool:
    return _START.match(file.head) is not None or file.name.endswith(_NAMES)


def read(file: Input) -> Iterator[Pending]:
    """Blank lines do not count. An object that only holds others, such as a feed, is parsed to count them."""
    some = False
    for record in _records(file):
        some = True
        if isinstance(record, bytes) and (frame.START.match(record) or COLLECTION.search(record)):
            yield from _inner(record, file.limits)
        else:
            yield partial(_drafted, record, file.limits)
    if not some:
        raise BadFile("no_text", "The file is JSON but contains no object; submit articles.")


def _records(file: Input) -> Iterator[Record]:
    """The records, unparsed. Two lines tell whether each line is one, or one takes several lines."""
    limit = file.limits.max_document_bytes  # of an object that holds several; of one article, see below
    rest = iter(partial(file.stream.readline, limit + 1), b"")
    start = [_next_line(rest)]
    with contextlib.suppress(BadFile):  # damage behind the first line is told when it is come to again
        start.append(_next_line(rest))
    start = [line for line in start if line]
    if start and not start[0].lstrip().startswith(b"["):
        if any(map(_is_object, start)):
            return lines(chain(start, rest), limit)
        if not start[0].lstrip().startswith(b"{"):
            raise BadFile(
                "malformed", "The file's name says JSON but its content is not; fetch the article again."
            )
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


def _object(record: Record, limits: Limits) -> dict[str, object]:
    if isinstance(record, BadFile):
        raise record
    # A bracket of two bytes becomes an object of a hundred.
    if record.count(b"[") + record.count(b"{") > limits.max_document_elements:
        raise BadFile(
            "too_large",
            f"It holds more than {limits.max_document_elements:,} lists and objects; submit single articles.",
        )
    data = _parsed(record)
    if isinstance(data, dict) and isinstance(data.get("@graph"), list):
        data = next((node for node in data["@graph"] if _holds_text(node)), data)
    if not isinstance(data, dict):
        raise BadFile("malformed", "It is JSON but not an object; an article is an object with named fields.")
    return data


def _inner(record: bytes, limits: Limits) -> Iterator[Pending]:
    """The records of an object that may hold several, each with what it says of all of them."""
    try:
        data = _object(record, limits)
        inner: Iterable[Mapping[str, object]] | None = collected(data)
        if inner is None:
            inner = frame.rows(data, limits)
    except BadFile as failure:
        yield partial(_drafted, failure, limits)
        return
    if inner is None:
        yield partial(_of, data, len(record), limits)
        return
    around = draft({name: value for name, value in data.items() if not isinstance(value, list)})
    shared = Draft(source=around.source, language=around.language, country=around.country)
    for one in inner:
        yield partial(_shared, one, shared, limits)


def _shared(record: Mapping[str, object], shared: Draft, limits: Limits) -> Draft:
    with blamed("The record"):
        return drafted(record, limits).over(shared)


def _drafted(record: Record, limits: Limits) -> Draft:
    return _of(_object(record, limits), len(record) if isinstance(record, bytes) else 0, limits)


def _of(data: dict[str, object], size: int, limits: Limits) -> Draft:
    if size > limits.max_article_bytes:
        raise oversized(limits.max_article_bytes, "record")
    with blamed("The record"):
        return drafted(data, limits)


def _holds_text(node: object) -> bool:
    return isinstance(node, dict) and draft(node).text is not None


FORMAT = Format(
    "JSON, JSON lines",
    "its first bracket; one object a line, an array, or any number of them end to end, cut short or not",
    "each object, each item of a JSON Feed, each result of a news engine's answer, each row of pandas; ninjs 1 to 3",
    sniff,
    read,
)
