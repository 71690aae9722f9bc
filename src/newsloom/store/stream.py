"""The streams of records, one a language, for whoever reads them."""

import heapq
import time
from collections.abc import Iterator, Mapping
from typing import Any

from newsloom.store import keys, records
from newsloom.store.available import available
from newsloom.store.values import Stored, order


@available
def languages(client: Any) -> list[str]:
    """Codes of the languages that have an index, in order."""
    return sorted(name.decode() for name in client.smembers(keys.LANGUAGES))


class Stream:
    """The records that the server still holds."""

    def __init__(self, client: Any) -> None:
        self._redis = client

    @available
    def record(self, story: Stored) -> dict[str, Any] | None:
        """The full record of a story's decision, as long as the stream still holds it."""
        found = self._redis.xrange(keys.decisions(story.language), story.record_id, story.record_id)
        return records.unpack(found[0][1])[1] if found else None

    def records(self) -> Iterator[dict[str, Any]]:
        """All records that the streams hold, oldest first."""
        return heapq.merge(
            *(self._records(keys.decisions(language)) for language in languages(self._redis)),
            key=lambda told: order(told["id"]),
        )

    def _records(self, stream: str) -> Iterator[dict[str, Any]]:
        after = "-"
        while page := self._page(stream, after):
            for record_id, fields in page:
                yield _named(record_id, fields)
            after = f"({page[-1][0].decode()}"

    @available
    def _page(self, stream: str, after: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
        return list(self._redis.xrange(stream, min=after, count=keys.PAGE))

    @available
    def newest(self, language: str) -> str:
        """Id of the newest record in a language's stream; "0" if there is none."""
        found = self._redis.xrevrange(keys.decisions(language), count=1)
        return str(found[0][0].decode()) if found else "0"

    @available
    def follow(self, last: Mapping[str, str], count: int, wait_s: float) -> list[tuple[str, dict[str, Any]]]:
        """Records that came after those ids, by language: language and record; waits if there are none.

        A language that has no id yet is told from its beginning.
        """
        found = []
        for language in languages(self._redis):  # one by one: on a cluster they lie on several nodes
            after = last.get(language, "0")
            since = "-" if after == "0" else f"({after}"
            page = self._redis.xrange(keys.decisions(language), min=since, count=count)
            found += [(language, record_id, fields) for record_id, fields in page]
        found = sorted(found, key=lambda each: order(each[1].decode()))[:count]
        if not found:
            time.sleep(wait_s)  # asked again and again: one command cannot wait for several nodes
        return [(language, _named(record_id, fields)) for language, record_id, fields in found]


def _named(record_id: bytes, fields: Mapping[bytes, bytes]) -> dict[str, Any]:
    """A record of any type, with its id and that type in front."""
    kind, record = records.unpack(fields)
    return {"id": record_id.decode(), "type": kind, **record}
