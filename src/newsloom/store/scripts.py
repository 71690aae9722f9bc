"""The scripts of the Redis store, and how they are run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import redis

from newsloom.store import codec, keys
from newsloom.store.script import Script, text

#: Each script, and what stands above it: Redis lets one script call no other.
_SCRIPTS = {
    "known": ("whole", "event", "version"),
    "counts": ("whole",),
    "fold": ("whole",),
    "repeated": ("whole",),
    "recall": ("whole", "directories", "lists", "event"),
    "decided": ("whole",),
    "commit": ("whole", "directories", "lists", "event", "version", "learn"),
    "warm": ("whole", "directories", "learn"),
    "reassign": ("whole", "directories", "lists", "event", "members"),
    "forget": ("whole", "directories", "lists", "event", "members"),
    "examined": ("whole",),
    "crowded": ("whole",),
}

#: What the scripts and Python go by alike.
_SHARED = {
    "DIRECTORY": keys.DIRECTORY,
    "DATED": codec.DATED,
    "JOINED": codec.JOINED,
    "LISTED": codec.LISTED,
    "PARTED": codec.PARTED,
    "PLACED": codec.PLACED,
}


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A script that is to be run: alone, or in one round trip with others."""

    name: str
    language: str
    args: tuple[Any, ...]
    read: Callable[[Any], T]  #: what its reply says


class Scripts:
    """The Lua files beside this module, run by one client."""

    def __init__(self, client: Any) -> None:
        self._redis = client
        self.by_name = {name: Script(client, lua(*above, name)) for name, above in _SCRIPTS.items()}

    def run(self, name: str, language: str, *args: Any) -> Any:
        prefix = keys.prefix(language)
        # One key is enough to send the script to the right node: all keys share its hash tag.
        return self.by_name[name](keys=[prefix + "seq"], args=[prefix, *args])

    def alone(self, call: Call[T]) -> T:
        return call.read(self.run(call.name, call.language, *call.args))

    def together(self, calls: Sequence[Call[Any]]) -> list[Any]:
        """Run them in one round trip; returns what each says, or raises the first error. None but the first may write."""
        if len(calls) < 2:
            return list(map(self.alone, calls))
        with self._redis.pipeline(transaction=False) as pipe:
            for call in calls:
                prefix, sha = keys.prefix(call.language), self.by_name[call.name].sha
                # Not pipe.evalsha, which a cluster's pipeline refuses.
                pipe.execute_command(
                    "EVALSHA", sha, 1, prefix + "seq", prefix, *call.args, **self._at(prefix)
                )
            replies = list(pipe.execute(raise_on_error=False))
        found: list[Any] = []
        for at, (call, reply) in enumerate(zip(calls, replies, strict=True)):
            if isinstance(reply, redis.exceptions.NoScriptError):
                # Those behind it were to run after it, so they run again; nothing but the first one writes.
                return [*found, *map(self.alone, calls[at:])]
            if isinstance(reply, Exception):
                raise reply
            found.append(call.read(reply))
        return found

    def _at(self, prefix: str) -> dict[str, Any]:
        """What tells a pipeline the node of a script's keys. Of a cluster, it would ask any node, which may be away."""
        if not isinstance(self._redis, redis.RedisCluster):
            return {}
        client: Any = self._redis  # whose method has no types
        return {"target_nodes": client.get_node_from_key(prefix + "seq")}


def lua(*names: str) -> str:
    """These files, one below the other, and what they share with Python above all."""
    return "\n".join((*(f"local {name} = {value}" for name, value in _SHARED.items()), text(*names)))
