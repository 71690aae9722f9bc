"""The only place where adapters are built. Each is built once in a process, when first asked for."""

import functools
from pathlib import Path
from typing import Any

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from newsloom import server
from newsloom.core.policy import Policy
from newsloom.errors import BadSetting
from newsloom.ingest import Ingest
from newsloom.intake import Intake
from newsloom.mailbox import Mailbox
from newsloom.readers import Limits
from newsloom.relook import SecondLook
from newsloom.settings import CLUSTERS, Settings
from newsloom.store.available import available
from newsloom.store.base import Caps
from newsloom.store.memory import MemoryStore
from newsloom.store.redis import RedisStore
from newsloom.store.turn import Turn

# A server that restarts is back within seconds; a worker waits that long before it gives the message
# back, and Celery waits on from there.
_RETRY = Retry(ExponentialBackoff(cap=2.0, base=0.05), retries=12)


@functools.cache
def settings() -> Settings:
    return Settings()


@functools.cache
def _embedded(data_dir: Path) -> server.Server:
    """This process's share in newsloom's own server: held until the process ends."""
    return server.start_or_join(data_dir)


def _redis_url() -> str:
    """The server that is given, else newsloom's own, started if need be."""
    given = settings().redis_url
    return given.get_secret_value() if given else _embedded(settings().data_dir).url


def broker_url() -> str:
    """The server of the queue: the same, unless another is given."""
    given = settings().broker_url
    return given.get_secret_value() if given else _redis_url()


@functools.cache
def client() -> Any:
    """A redis-py client. Its replies are typed as unions of all they might be, so it is not."""
    return _client(_redis_url(), "NEWSLOOM_REDIS_URL")


@functools.cache
def broker() -> Any:
    """The client of the queue's server."""
    return _client(broker_url(), "NEWSLOOM_BROKER_URL") if settings().broker_url else client()


@available
def _client(url: str, setting: str) -> Any:
    known = {
        "retry_on_error": [redis.ConnectionError, redis.TimeoutError, redis.exceptions.BusyLoadingError],
        "socket_timeout": 30,
        "socket_connect_timeout": 10,
        "health_check_interval": 30,
    }
    try:
        if url.startswith(CLUSTERS):  # asks its nodes at once; it tries again by itself
            return redis.RedisCluster.from_url(url.replace("+cluster", "", 1), **known)
        return redis.Redis.from_url(url, retry=_RETRY, **known)
    except ValueError:  # without its words, which may hold a part of the password
        raise BadSetting(
            f"{setting} is no address: write redis://user:password@host:port/number, with special "
            "characters of the password percent-encoded"
        ) from None


def read_policy(path: Path | None) -> Policy:
    """The policy in a file, or the shipped one. Raises ``BadSetting`` that names the file."""
    try:
        return Policy.load(path)
    except (OSError, ValueError) as error:
        raise BadSetting(str(error)) from error


@functools.cache
def policy() -> Policy:
    return read_policy(settings().policy)


@functools.cache
def store() -> RedisStore:
    chosen = settings()
    caps = Caps(
        postings=chosen.posting_cap,
        candidates=chosen.candidate_cap,
        members=chosen.member_cap,
        stream=chosen.stream_max_records,
        retention_s=chosen.retention_s,
    )
    return RedisStore(client(), caps, policy().window_days)


@functools.cache
def mailbox() -> Mailbox:
    return Mailbox(broker(), settings().queue, settings().upkeep_queue)


@functools.cache
def intake(interrupts: tuple[type[BaseException], ...] = ()) -> Intake:
    chosen = settings()
    return Intake(
        store=store(),
        ingest=Ingest(store(), policy()),
        mailbox=mailbox(),
        limits=Limits(max_article_bytes=chosen.max_article_mb << 20),
        slice_articles=chosen.slice_articles,
        max_attempts=chosen.max_attempts,
        # A file that is begun after half the time still has the other half.
        patience_s=chosen.soft_time_limit_s / 2,
        interrupts=interrupts,
    )


def second_look() -> SecondLook:
    return SecondLook(store(), policy())


def turn() -> Turn:
    return Turn(client())


def warm() -> None:
    """Load what every process of a worker needs, before it forks: they share those pages."""
    Ingest(MemoryStore(), policy()).warm()
