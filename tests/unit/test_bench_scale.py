"""The benchmark's short cut writes what the commits of the same stories write."""

import struct
from typing import Any

from newsloom.bench import scale
from newsloom.core.decide import event_id
from newsloom.core.model import Decision, Outcome
from newsloom.core.policy import Policy
from newsloom.store.redis import RedisStore
from newsloom.store.values import Recalled

EVENTS = 400


def contents(client: Any) -> dict[bytes, Any]:
    """Stories without their stream record, events, directories, and all posting lists by tag."""
    found: dict[bytes, Any] = {}
    buckets = int(client.hget("loom:{en}:stats", "buckets"))
    entries = 0
    for key in client.scan_iter(match=b"loom:{en}:*", count=1_000):
        kind, _, name = key.removeprefix(b"loom:{en}:").partition(b":")
        if kind == b"s":
            value = client.get(key)
            found[key] = value[:8] + value[18:]
        elif kind in {b"e", b"f", b"h", b"i", b"o"}:
            found[key] = client.get(key)
        elif kind == b"t":
            value = client.get(key)
            assert len(value) % (9 * scale.TURN) == 0
            for at in range(0, len(value.partition(scale.ROOM)[0]), 9):
                entry = value[at : at + 9]
                tag = struct.unpack("<I", entry[:3] + b"\0")[0]
                power = 1 << (buckets.bit_length() - 1)
                home = tag % (2 * power)
                assert int(name) == (home if home < buckets else tag % power)
                found.setdefault(entry[:3], []).append(entry)
                entries += 1
    assert entries == int(client.hget("loom:{en}:stats", "entries"))
    return {key: sorted(value) if len(key) == 3 else value for key, value in found.items()}


def test_events_written_in_bulk_are_those_of_commits(valkey: Any) -> None:
    """Posting lists entry by entry, each in its bucket; stories and events byte for byte."""
    policy, client = Policy.load(), valkey.client
    world = scale.World.of(policy)
    store = RedisStore(client, window_days=policy.window_days)
    number = 0
    for first in range(0, EVENTS, scale.BLOCK):
        for at, terms, names in world.rows(first, min(scale.BLOCK, EVENTS - first)):
            query = scale.query_of(world, policy, at, terms, names)
            name = query.story.id
            decision = Decision(name, event_id(name), Outcome.OPEN, policy=policy.version, threshold=0.0)
            recalled = Recalled(number, tuple(terms[: scale.KEYS]), ())
            store.commit(scale.commit_of(query, decision, recalled, recalled.terms))
            number += 1
    committed = contents(client)
    client.flushall()
    scale.fill(client, world, EVENTS)
    written = contents(client)
    assert sum(len(key) == 3 for key in written) > 1_000
    assert written.keys() == committed.keys()
    for key, value in written.items():
        assert value == committed[key], key
