"""Inputs that nobody would send on purpose: real ones, changed at random."""

import base64
import bz2
import gzip
import json
import lzma
import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"
SEED_BYTES, MUTANT_BYTES = 100_000, 300_000

#: What has a meaning to some parser, terminal or encoder on the way.
BITS = (
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\x1b[2J\x1b]0;x\x07", "\u202e\u2066".encode(), b"\r\n\r\n", b"{", b"}", b"[", b"]", b'"',
    b"\\", b"\\ud800", b"<", b">", b"&", b"<![CDATA[", b"<!DOCTYPE a [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>", b"&a;",
    b"<script>", b"</html>", b"NaN", b"1e999", b"9" * 400, b"-", b"'", b"WARC/1.0\r\n", b"PK\x03\x04", b"\x1f\x8b\x08", b"%s%n",
    b"${jndi:x}", b"../../../etc/passwd", b"; rm -rf /", b"null", b"true", b"2024-02-30", b"\xe2\x80\xa8", b"\xf0\x9f\x92\xa9" * 9,
)  # fmt: skip
#: What stands in the place of a value.
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**70, 1e308, "", "x", "\x00", "\x1b[31m", "\u202e", "\ud800", "9" * 500, [], [[]], {}, {"a": {}}, ["x"],
    [None], "x" * 20_000, "2024-02-30T99:99", "http://[::1", "file:///etc/passwd", "newsloom.ingest",
)  # fmt: skip
ENDINGS = (
    ".txt",
    ".json",
    ".jsonl",
    ".html",
    ".xml",
    ".gz",
    ".warc",
    ".csv",
    ".parquet",
    ".zip",
    ".tar",
    ".zst",
    "",
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file, a message of an article, or a message that may be none."""

    kind: str
    name: str = ""
    content: bytes = b""
    message: bytes = b""


class Mutations:
    """As many as one likes, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        folders = (DATA / name for name in ("articles", "formats", "hostile", "languages"))
        files = sorted(
            path for folder in folders if folder.is_dir() for path in folder.rglob("*") if path.is_file()
        )
        self._seeds = [(path.name, path.read_bytes()[:SEED_BYTES]) for path in files]
        self._articles = [article for name, content in self._seeds if (article := _article(name, content))]

    def files(self, count: int) -> Iterator[Mutant]:
        for number in range(count):
            name, content = self._random.choice(self._seeds)
            for _ in range(self._random.choice((0, 1, 1, 2, 3, 8))):
                content = self._changed(content)[:MUTANT_BYTES]
            if self._random.random() < 0.15:
                content = self._random.choice((gzip.compress, bz2.compress, lzma.compress))(content)
                if self._random.random() < 0.5:
                    content = self._changed(content)
            ending = Path(name).suffix if self._random.random() < 0.7 else self._random.choice(ENDINGS)
            yield Mutant("file", f"{number}{ending}", content)

    def articles(self, count: int) -> Iterator[dict[str, Any]]:
        for _ in range(count):
            article = deepcopy(self._random.choice(self._articles))
            for _ in range(self._random.choice((0, 1, 2, 5))):
                self._change_value(article)
            yield article

    def messages(self, bodies: list[dict[str, Any]]) -> Iterator[bytes]:
        """The messages of these arguments, each with something wrong in its envelope or its body."""
        for kwargs in bodies:
            envelope = _envelope(kwargs, f"{self._random.getrandbits(64):016x}")
            how = self._random.random()
            if how < 0.35:
                self._change_value(envelope)
                yield json.dumps(envelope).encode()
            elif how < 0.7:
                body = json.loads(base64.b64decode(envelope["body"]))
                self._change_value(body)
                envelope["body"] = base64.b64encode(json.dumps(body).encode()).decode()
                yield json.dumps(envelope).encode()
            else:
                yield self._changed(json.dumps(envelope).encode())

    def _changed(self, data: bytes) -> bytes:  # noqa: PLR0911  # a table of changes
        """One change: of a bit, of a piece, or of the order."""
        pick = self._random
        if not data:
            return pick.choice(BITS)
        at = pick.randrange(len(data))
        to = min(len(data), at + int(pick.paretovariate(0.6)))
        how = pick.randrange(9)
        if how == 0:
            return data[:at] + bytes([data[at] ^ (1 << pick.randrange(8))]) + data[at + 1 :]
        if how == 1:
            return data[:at]
        if how == 2:
            return data[:at] + data[to:]
        if how == 3:
            return data[:to] + data[at:to] * pick.choice((1, 2, 50, 2_000)) + data[to:]
        if how == 4:
            return data[:at] + pick.choice(BITS) * pick.choice((1, 1, 3, 3_000)) + data[at:]
        if how == 5:
            return data[:at] + pick.randbytes(to - at) + data[to:]
        if how == 6:
            other = pick.choice(self._seeds)[1]
            return data[:at] + other[pick.randrange(len(other) or 1) :]
        if how == 7:
            return data + data
        return data[at:]

    def _change_value(self, value: Any) -> None:
        """One change somewhere in a value of JSON: a name or a value."""
        pick = self._random
        while True:
            keys = list(value) if isinstance(value, dict) else list(range(len(value)))
            if not keys:
                return
            key = pick.choice(keys)
            if isinstance(value[key], dict | list) and value[key] and pick.random() < 0.7:
                value = value[key]
                continue
            how = pick.randrange(3)
            if how == 0 and isinstance(value, dict):
                value[str(pick.choice(VALUES))[:50]] = value.pop(key)
            elif how == 1:
                del value[key]
            else:
                value[key] = deepcopy(pick.choice(VALUES))
            return


def _article(name: str, content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) and name.endswith(".json") else None


def _envelope(kwargs: dict[str, Any], task_id: str) -> dict[str, Any]:
    """A message with all that a sender may write."""
    body = [[], kwargs, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}]
    return {
        "body": base64.b64encode(json.dumps(body).encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {
            "lang": "py", "task": "newsloom.ingest", "id": task_id, "root_id": task_id, "parent_id": None, "group": None,
            "retries": 0, "eta": None, "expires": None, "timelimit": [None, None], "origin": "a", "ignore_result": True,
            "shadow": None, "argsrepr": "()", "kwargsrepr": "{}", "stamps": {},
        },
        "properties": {
            "correlation_id": task_id, "reply_to": "", "delivery_mode": 2, "priority": 0, "body_encoding": "base64",
            "delivery_info": {"exchange": "", "routing_key": "newsloom.ingest"}, "delivery_tag": task_id,
        },
    }  # fmt: skip
