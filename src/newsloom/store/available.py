"""One translation of what redis-py raises when the server cannot be used."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import redis

from newsloom.errors import StoreUnavailable

P = ParamSpec("P")
T = TypeVar("T")

_AWAY = (redis.ConnectionError, redis.TimeoutError)
# Replies of a server that is there and cannot write now: a full disk or memory, a start, a failover.
_NOT_NOW = ("MISCONF", "OOM", "LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN")


def available(method: Callable[P, T]) -> Callable[P, T]:
    """Say ``StoreUnavailable`` where the server cannot be reached or cannot write now."""

    @functools.wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except _AWAY as error:
            raise StoreUnavailable(f"Redis cannot be reached: {error}") from error
        except redis.ResponseError as error:
            if any(word in str(error)[:200] for word in _NOT_NOW):
                raise StoreUnavailable(f"Redis cannot write now: {error}") from error
            raise

    return call
