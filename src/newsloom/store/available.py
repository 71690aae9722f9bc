"""One translation of what redis-py raises when the server cannot be used."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import redis

from newsloom.errors import StoreRefuses, StoreUnavailable

P = ParamSpec("P")
T = TypeVar("T")

_AWAY = (
    redis.ConnectionError,
    redis.TimeoutError,
    redis.exceptions.RedisClusterException,  # no node answers, or none has these keys
    redis.exceptions.SlotNotCoveredError,
    redis.exceptions.ClusterError,  # one node names the other, and that one the first
)
# Replies of a server that is there and cannot write now: a full disk or memory, a start, a failover.
# redis-py turns some error codes into types and takes them off the message; the rest keep theirs.
_NOT_NOW = (
    redis.exceptions.OutOfMemoryError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.MasterDownError,
    redis.exceptions.ClusterDownError,
    redis.exceptions.TryAgainError,
)
_NOT_NOW_CODES = ("MISCONF", "NOREPLICAS", "BUSY")
#: What redis-py puts between a command and the reply to it, of one in a pipeline.
_IN_PIPELINE = " of pipeline caused error: "
#: As a script is told it.
_FORBIDDEN_IN_SCRIPT = "ACL failure in script"
_MOVING_IN_SCRIPT = "access a non local key"
_OTHER_KIND = "WRONGTYPE"


def available(method: Callable[P, T]) -> Callable[P, T]:
    """Say ``StoreUnavailable`` where the server cannot be reached, and ``StoreRefuses`` where it cannot do this now."""

    @functools.wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except redis.exceptions.MovedError as error:
            raise StoreUnavailable(
                "Redis is a node of a cluster: start its URL with redis+cluster://, or rediss+cluster:// with TLS"
            ) from error
        except redis.ResponseError as error:
            if isinstance(error, _NOT_NOW) or _reply(error).startswith(_NOT_NOW_CODES):
                raise StoreRefuses(
                    f"Redis cannot write now: {_clause(error)}. Give it more memory or disk space; if it is a replica, use the primary."
                ) from error
            if isinstance(error, redis.exceptions.NoPermissionError) or _FORBIDDEN_IN_SCRIPT in str(error):
                raise StoreRefuses(
                    f"Redis denies access: {_clause(error)}. Grant its user the keys and commands that worker/README.md lists."
                ) from error
            if _reply(error).startswith(_OTHER_KIND):
                raise StoreRefuses(
                    f"A newsloom key has the wrong type; another program wrote it: {_clause(error)}. Remove the key, or give "
                    "newsloom a database of its own."
                ) from error
            if _MOVING_IN_SCRIPT in str(error):
                raise StoreRefuses(
                    "Redis Cluster is moving keys from one node to another. Waiting work continues when that is done."
                ) from error
            raise
        except redis.AuthenticationError as error:
            # In its own words a command of the protocol was called wrongly.
            raise StoreRefuses(
                "Redis requires a password, or a different one from that in its URL: correct the setting."
            ) from error
        except _AWAY as error:
            raise StoreUnavailable(f"Redis cannot be reached: {error}") from error

    return call


def _clause(error: redis.ResponseError) -> str:
    """What the server said, to stand before a full stop: some of its replies end in one."""
    return str(error).rstrip(".")


def _reply(error: redis.ResponseError) -> str:
    told = str(error)
    return told.rpartition(_IN_PIPELINE)[2] if told.startswith("Command # ") else told
