"""What a server says of itself: whether it takes writes, and whether it keeps what it took.

Told by PING and INFO, not by CONFIG, which managed servers forbid.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import redis

from newsloom.errors import StoreUnavailable
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

    refuses: str | None = None  #: why it takes no writes now, or does not answer
    forgets: tuple[str, ...] = ()  #: how it may lose what it acknowledged, each with what to set
    lost: StoreUnavailable | None = None  #: why it does not answer


@available
def there(client: Any) -> None:
    """See that it answers, be it that it cannot write now. Raises ``StoreUnavailable``."""
    with contextlib.suppress(redis.exceptions.BusyLoadingError):
        _unwritable(client)


@available
def health(client: Any) -> Health:
    """Ask the server; what its user may not ask counts as in order. Raises ``StoreUnavailable``."""
    answers = [_asked(client)] if not isinstance(client, redis.RedisCluster) else _of_nodes(client)
    told = [info for _, info in answers]
    unwritable = next((why for why, _ in answers if why), None)
    return Health(unwritable or _refuses(told), tuple(dict.fromkeys(_forgets(told))))


def _asked(client: Any) -> tuple[str | None, Mapping[str, Any]]:
    """Why it takes no writes, if it says so, and its INFO, if that may be asked for."""
    unwritable = _unwritable(client)
    try:
        return unwritable, client.info()
    except redis.exceptions.NoPermissionError:
        return unwritable, {}


def _of_nodes(cluster: Any) -> list[tuple[str | None, Mapping[str, Any]]]:
    """The same of each primary, asked by itself: the cluster's own client would look for it for a minute."""
    answers = []
    for node in cluster.get_primaries():
        try:
            answers.append(_asked(cluster.get_redis_connection(node)))
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise redis.ConnectionError(f"{node.name} does not answer: {error}") from error
    return answers


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
            return "It is a read-only replica: use the primary."
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
