"""What a server says of itself: whether it takes writes, and whether it keeps what it took.

Told by PING and INFO, not by CONFIG, which managed servers forbid.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import redis

from newsloom.store.available import available

_APPEND_ONLY = (
    "The server has no append-only file: if it dies, what it acknowledged since its last snapshot is lost. "
    "Set appendonly yes."
)
_EVICTS = (
    "The server drops keys when its memory is full (maxmemory-policy {policy}): decisions would go wrong without an error. "
    "Set maxmemory-policy noeviction."
)


@dataclass(frozen=True, slots=True)
class Health:
    """Of one server; of a cluster, of its primaries."""

    refuses: str | None = None  #: why it takes no writes now
    forgets: tuple[str, ...] = ()  #: how it may lose what it acknowledged, each with what to set


@available
def there(client: Any) -> None:
    """See that it answers, be it that it cannot write now. Raises ``StoreUnavailable``."""
    with contextlib.suppress(redis.exceptions.BusyLoadingError):
        _unwritable(client)


@available
def health(client: Any) -> Health:
    """Ask the server; what its user may not ask counts as in order. Raises ``StoreUnavailable``."""
    nodes = _nodes(client)
    return Health(_unwritable(client) or _refuses(nodes), tuple(dict.fromkeys(_forgets(nodes))))


def _unwritable(client: Any) -> str | None:
    try:
        client.ping()  # a server that cannot write to its disk turns even this down, and says why
    except redis.exceptions.NoPermissionError:
        return None
    except redis.ResponseError as error:
        return str(error)
    return None


def _refuses(nodes: Iterable[Mapping[str, Any]]) -> str | None:
    for node in nodes:
        limit = node.get("maxmemory", 0)
        if node.get("role") == "slave" and node.get("slave_read_only", 1):
            return "It is a read-only replica: name the primary."
        if limit and node.get("used_memory", 0) >= limit and node.get("maxmemory_policy") == "noeviction":
            return f"Its memory is full (maxmemory {limit} bytes): give it more."
    return None


def _forgets(nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for node in nodes:
        policy = node.get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            yield _EVICTS.format(policy=policy)
        if not node.get("aof_enabled", 1):
            yield _APPEND_ONLY


def _nodes(client: Any) -> list[Mapping[str, Any]]:
    """INFO of each node that takes writes."""
    try:
        if not isinstance(client, redis.RedisCluster):
            return [client.info()]
        found = client.info(target_nodes=redis.RedisCluster.PRIMARIES)
    except redis.exceptions.NoPermissionError:
        return []
    # One node alone answers for itself.
    return list(found.values()) if all(isinstance(one, dict) for one in found.values()) else [found]
