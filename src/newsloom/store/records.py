"""Records of decisions as the stream keeps them: JSON without what goes without saying."""

from collections.abc import Mapping
from typing import Any

import orjson

from newsloom.core.policy import VIEWS

# Of a decision, what is usual: most records hold it, and it would be a third of them. The same order as in the log.
_USUAL: Mapping[str, Any] = {
    "file": None, "index": 0, "article": None, "story": None, "part": 0, "parts": 1, "first_paragraph": 0,
    "paragraphs": None, "title": None, "source": None, "url": None, "language": None, "published": None,
    "words": None, "simhash": None, "outcome": None, "event_id": None, "duplicate_of": None, "rewrite_of": None, "revision_of": None,
    "distance": None, "overlap": None, "best": None, "score": None, "threshold": None, "margin": None,
    "runner_up": None, "runner_up_score": None, "candidates": None, "features": {}, "policy": None, "retries": 0,
}  # fmt: skip
_VIEWS = dict.fromkeys(VIEWS, 0.0)
_OF_THE_MOMENT = "took_ms"  # in the log alone


def pack(record: Mapping[str, Any]) -> bytes:
    """A decision as JSON: without what is null or usual, views of 0, and the article's id where it is the file."""
    told = {
        name: {view: value for view, value in given.items() if value} if name == "features" else given
        for name, given in record.items()
        if name != _OF_THE_MOMENT and given is not None and given != _USUAL.get(name)
    }
    if told.get("article") == told.get("file"):
        told.pop("article", None)
    return orjson.dumps(told)


def unpack(kind: str, value: bytes) -> dict[str, Any]:
    """A record of the stream with all of its fields. That of a change is kept as it is."""
    told: dict[str, Any] = orjson.loads(value)
    if kind != "story_decided":
        return told
    features = told.get("features")
    filled = {**_USUAL, "article": told.get("file"), **told}
    return {**filled, "features": {**_VIEWS, **features} if features else {}}
