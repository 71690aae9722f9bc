"""Records as entries of a stream: a field of the entry for each field of the record.

Redis keeps the names of an entry's fields once for all entries beside it that have the same. So every decision
has all of them, most of the time some empty, in about half the bytes of its JSON.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from newsloom.core.policy import VIEWS

DECIDED = "story_decided"

# The fields of a decision in the order of the log, and the value that stands in the stream as an empty one.
_DECISION: Mapping[str, Any] = {
    "file": None, "index": 0, "article": None, "story": None, "part": 0, "parts": 1, "first_paragraph": 0,
    "paragraphs": None, "title": None, "source": None, "url": None, "language": None, "published": None,
    "words": None, "simhash": None, "outcome": None, "event_id": None, "event_title": None, "duplicate_of": None, "rewrite_of": None, "revision_of": None,
    "closest": None, "distance": None, "overlap": None, "best": None, "score": None, "threshold": None, "margin": None,
    "runner_up": None, "runner_up_score": None, "candidates": None, "features": {}, "policy": None, "retries": 0,
}  # fmt: skip
# Whatever else there is, of a decision or of a change, is text: an id may consist of digits.
_NUMBERS = frozenset({
    "index", "part", "parts", "first_paragraph", "paragraphs", "words", "distance", "overlap", "score", "threshold",
    "margin", "runner_up_score", "candidates", "retries", "stories", "size", "copies", "pairs", "agreed", "clears", "needed",
})  # fmt: skip
#: Fields that are usually what another field of the record is; then they stand in the stream as empty ones.
_AS = {"article": ("file",), "closest": ("duplicate_of", "revision_of")}
_VIEW = "features."  #: and the view's name


def pack(kind: str, record: Mapping[str, Any]) -> list[str]:
    """Names and values of an entry, one after the other, the record's type in front; null is empty."""
    entry = ["type", kind]
    for name, value in _of_decision(record) if kind == DECIDED else record.items():
        entry += name, "" if value is None else str(value)
    return entry


def _of_decision(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields of each decision, whatever became of the story: usual values are null."""
    for name, usual in _DECISION.items():
        value = record.get(name)
        if name == "features":
            for view in VIEWS:
                yield _VIEW + view, value.get(view, 0.0) or 0 if value else None
        else:
            yield (
                name,
                None if value == usual or value == _other(name, record) else value,
            )


def unpack(entry: Mapping[bytes, bytes]) -> tuple[str, dict[str, Any]]:
    """The type and the record of an entry, with all of its fields."""
    kind, record, features = "", {}, {}
    for raw, value in entry.items():
        name = raw.decode()
        if name == "type":
            kind = value.decode()
        elif name.startswith(_VIEW):
            if value:
                features[name.removeprefix(_VIEW)] = float(value)
        else:
            record[name] = _value(name, value)
    if kind != DECIDED:
        return kind, record
    filled = {name: usual if record.get(name) is None else record[name] for name, usual in _DECISION.items()}
    others = {name: filled[name] or _other(name, filled) for name in _AS}
    return kind, filled | others | {"features": features}


def _other(name: str, record: Mapping[str, Any]) -> Any:
    """What a field usually is by other fields."""
    return next(filter(None, (record.get(other) for other in _AS.get(name, ()))), None)


def _value(name: str, value: bytes) -> Any:
    if not value:
        return None
    return orjson.loads(value) if name in _NUMBERS else value.decode()
