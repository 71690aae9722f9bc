"""A table that pandas wrote as one JSON object -> its rows."""

import re
from collections.abc import Iterable, Iterator, Mapping

from newsloom.errors import BadFile
from newsloom.readers.base import Limits
from newsloom.readers.names import CONTENT, knows
from newsloom.readers.records import tells

#: Such an object begins with an object or a list, and MongoDB's names for kinds are no labels of rows.
START = re.compile(rb'\s*\{\s*"(?:[^"\\]|\\.)*+"\s*:\s*(?:\[|\{\s*(?!"\$))', re.DOTALL)
_SPLIT = ({"columns", "index", "data"}, {"columns", "data"})
#: What is another for each article, where a list of two texts may as well be the paragraphs of one.
_OF_EACH = {"title", "url", "id"}


def rows(record: Mapping[str, object], limits: Limits) -> Iterator[Mapping[str, object]] | None:
    """The rows of a table, whichever way it lies in ``record``, or None if that is not a table.

    It is not one if it says anything by itself: articles, too, hold objects with equal names.
    """
    found = _split(record) or _listed(record)
    if found is None and not tells(record):
        found = _by_label(record)
    if found is None:
        return None
    names, cells, count = found
    if count > limits.max_document_elements:
        raise BadFile("too_large", f"It holds more than {limits.max_document_elements:,} rows; split it.")
    return (dict(zip(names, row, strict=True)) for row in cells)


#: The names of the columns, the rows, and how many these are.
_Table = tuple[list[str], Iterable[Iterable[object]], int]


def _split(record: Mapping[str, object]) -> _Table | None:
    """Names here, rows there: ``orient="split"``."""
    names, data = record.get("columns"), record.get("data")
    if set(record) not in _SPLIT or not isinstance(names, list) or not isinstance(data, list):
        return None
    if not all(isinstance(row, list) and len(row) == len(names) for row in data):
        return None
    columns = [str(name) for name in names]
    return (columns, data, len(data)) if data and knows(columns) & CONTENT else None


def _listed(record: Mapping[str, object]) -> _Table | None:
    """A list for each column, as ``to_dict("list")`` gives."""
    columns = [column for column in record.values() if isinstance(column, list)]
    count = len(columns[0]) if columns else 0
    if count < 2 or not 1 < len(columns) == len(record) or any(len(column) != count for column in columns):
        return None
    apart = any(
        knows([name]) & _OF_EACH and _differ(column) for name, column in zip(record, columns, strict=True)
    )
    known = knows(record)
    return (list(record), zip(*columns, strict=True), count) if apart and known & CONTENT else None


def _differ(column: list[object]) -> bool:
    """Whether these are single values, and not all the same."""
    return len(set(map(str, column))) > 1 and not any(isinstance(one, list | dict) for one in column)


def _by_label(record: Mapping[str, object]) -> _Table | None:
    """An object for each column, or one for each row: ``orient="columns"`` and ``"index"``."""
    inner = [one for one in record.values() if isinstance(one, dict)]
    if not inner or len(inner) < len(record) or not inner[0]:
        return None
    labels = inner[0].keys()
    if any(one.keys() != labels for one in inner):
        return None
    if knows(record) & CONTENT:
        # One object alone, or with names that articles have, holds the parts of one text.
        if knows(labels) or not (len(inner) > 1 or all(map(str.isdecimal, labels))):
            return None
        return list(record), ([one[label] for one in inner] for label in labels), len(labels)
    if knows(labels) & CONTENT:
        return list(labels), ([one[label] for label in labels] for one in inner), len(inner)
    return None
