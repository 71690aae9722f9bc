"""One translation of what redis-py raises when the server cannot be used, or its address is none."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

import redis

from newsloom.errors import BadSetting, StoreRefuses, StoreUnavailable

P = ParamSpec("P")
T = TypeVar("T")

_AWAY = (
    redis.ConnectionError,
    redis.TimeoutError,
    redis.exceptions.RedisClusterException,  # no node answers, or none has these keys
    redis.exceptions.SlotNotCoveredError,
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
#: As a script is told it.
_FORBIDDEN_IN_SCRIPT = "ACL failure in script"


@contextmanager
def addressed(setting: str) -> Iterator[None]:
    """Say ``BadSetting`` where redis-py cannot make anything of an address; ``setting`` is where it stands."""
    try:
        yield
    except TypeError as error:
        unknown = str(error).rpartition(" ")[2]
        raise BadSetting(
            f"{setting} ends in a parameter that there is not: {unknown}. For TLS there are ssl_ca_certs, "
            "ssl_certfile and ssl_keyfile, for the rest see redis-py."
        ) from error
    except ValueError:  # without its words, which may hold a part of the password
        raise BadSetting(
            f"{setting} is no address: write redis://host:port/number, with user:password@ before the host where "
            "it asks for them, their special characters percent-encoded"
        ) from None


def made_for(url: str, setting: str, **options: Any) -> Any:
    """A client of the server at an address. Raises ``BadSetting``, also where it would fail at its first use only."""
    with addressed(setting):
        client = redis.Redis.from_url(url, **options)
        client.connection_pool.make_connection()  # it connects to nothing yet, but knows its parameters
    return client


def available(method: Callable[P, T]) -> Callable[P, T]:
    """Say ``StoreUnavailable`` where the server cannot be reached, and ``StoreRefuses`` where it cannot do this now."""

    @functools.wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except _AWAY as error:
            raise StoreUnavailable(f"Redis cannot be reached: {error}") from error
        except redis.ResponseError as error:
            if isinstance(error, _NOT_NOW) or str(error).startswith(_NOT_NOW_CODES):
                raise StoreRefuses(
                    f"Redis cannot write now: {error}. Give it memory or room on its disk; of a replica, name the primary."
                ) from error
            if isinstance(error, redis.exceptions.NoPermissionError) or _FORBIDDEN_IN_SCRIPT in str(error):
                raise StoreRefuses(
                    f"Redis does not permit it: {error}. Give its user the keys and commands that the README names."
                ) from error
            raise

    return call
