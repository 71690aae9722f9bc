"""Several questions to Redis in one round trip.

A method of the Redis store that runs one script is written as steps: it yields the script's call and is
sent the reply. So it can be driven alone, or together with others; what they say is the same.
"""

from collections.abc import Generator, Sequence
from typing import Any, TypeVar

import redis

from newsloom.store import keys
from newsloom.store.scripted import Scripted

T = TypeVar("T")


#: A script that is to be run: its name, the language and its arguments.
Call = tuple[str, str, *tuple[Any, ...]]
Steps = Generator[Call, Any, T]


class RedisTogether(Scripted):
    """Drives the steps of a store's methods."""

    def _alone(self, steps: Steps[T]) -> T:
        found: T = self._drive([steps])[0]
        return found

    def _drive(self, steps: Sequence[Steps[Any]]) -> list[Any]:
        """Run the calls in one round trip, and send each its reply; returns the results, or raises the first error.

        None but the first may write.
        """
        found: list[Any] = []
        failed: list[Exception] = []
        for one, reply in zip(steps, self._replies([next(one) for one in steps]), strict=True):
            try:
                one.send(reply)
            except StopIteration as end:
                found.append(end.value)
            except Exception as error:  # noqa: BLE001  # the others have run and are heard first
                failed.append(error)
        if failed:
            raise failed[0]
        return found

    def _replies(self, calls: Sequence[Call]) -> list[Any]:
        if len(calls) < 2:
            return [self._run(*call) for call in calls]
        with self._redis.pipeline(transaction=False) as pipe:
            for script, language, *args in calls:
                prefix, sha = keys.prefix(language), self._scripts[script].sha
                # Not pipe.evalsha, which a cluster's pipeline refuses.
                pipe.execute_command("EVALSHA", sha, 1, prefix + "seq", prefix, *args, **self._at(prefix))
            replies = list(pipe.execute(raise_on_error=False))
        for at, reply in enumerate(replies):
            if isinstance(reply, redis.exceptions.NoScriptError):
                # Those behind it were to run after it, so they run again; nothing but the first one writes.
                return [*replies[:at], *(self._run(*call) for call in calls[at:])]
            if isinstance(reply, Exception):
                raise reply
        return replies

    def _at(self, prefix: str) -> dict[str, Any]:
        """What tells a pipeline the node of a script's keys. Of a cluster, it would ask any node, which may be away."""
        if not isinstance(self._redis, redis.RedisCluster):
            return {}
        client: Any = self._redis  # whose method has no types
        return {"target_nodes": client.get_node_from_key(prefix + "seq")}
