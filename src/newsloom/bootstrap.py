"""The only place where adapters are built. Each is built once in a process, when first asked for.

What decides is imported by the function that builds it: it brings word lists and parsers, a second's worth,
and most commands only send files or ask for counts.
"""

import contextlib
import functools
import gc
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis

from newsloom import ending, server
from newsloom.asides import Asides
from newsloom.bridge import Bridge
from newsloom.core.policy import Policy
from newsloom.errors import BadSetting, StoreUnavailable
from newsloom.handover import Plan
from newsloom.mailbox import Mailbox
from newsloom.outbox import Outbox
from newsloom.settings import CLUSTERS, Settings
from newsloom.store import keys
from newsloom.store.available import available
from newsloom.store.health import Health, health, there
from newsloom.store.kept import Kept
from newsloom.store.ledger import Ledger
from newsloom.store.looks import Looks
from newsloom.store.patience import BRIEF, PATIENT
from newsloom.store.quarantine import Quarantine
from newsloom.store.turn import Turn
from newsloom.watch import Watch

if TYPE_CHECKING:
    from newsloom.intake import Intake
    from newsloom.readers import Limits
    from newsloom.relook import SecondLook
    from newsloom.store.redis import RedisStore
    from newsloom.store.stream import Stream
    from newsloom.warming import Warming

#: What the servers are called in what is told.
STORE, QUEUE = "Redis", "Redis of the queue"

_patience: Mapping[str, Any] = PATIENT
_at_first: Mapping[str, Any] | None = None  # until the server has answered once; None: as ever after

# Values make no cycles; parsers of HTML make some.
_YOUNG = 20_000  #: objects made until the young ones are looked through


@functools.cache
def settings() -> Settings:
    return Settings()


def hurry() -> None:
    """For a command that somebody waits for: where there is no server, or none that answers, it says so within seconds."""
    global _patience  # noqa: PLW0603  # a process runs one command
    _patience = BRIEF


def hurry_at_first() -> None:
    """The same for a command that may run for hours, until the server has answered once: from then on it waits
    for one that restarts.
    """
    global _at_first  # noqa: PLW0603
    _at_first = BRIEF


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
    return _connected(_redis_url())


@functools.cache
def broker() -> Any:
    """The client of the queue's server."""
    return _connected(broker_url()) if settings().broker_url else client()


def _connected(url: str) -> Any:
    if _at_first:
        with contextlib.closing(_client(url, _at_first)) as asked:
            there(asked)
    return _client(url, _patience)


@available
def _client(url: str, patience: Mapping[str, Any]) -> Any:
    # No health check: it is a PING, which a server that cannot write to its disk turns down, though it could be read.
    if not url.startswith(CLUSTERS):
        return redis.Redis.from_url(url, **patience)
    return redis.RedisCluster.from_url(  # asks its nodes at once; it tries again by itself
        url.replace("+cluster", "", 1),
        retry_on_error=[redis.ConnectionError, redis.TimeoutError, redis.exceptions.BusyLoadingError],
        **{name: value for name, value in patience.items() if name != "retry"},
    )


@functools.cache
def healths() -> dict[str, Health]:
    """How the servers are, by the name they go by in what is told: the store's, and the queue's if it is another.

    Each for itself: that one does not answer says nothing of the other.
    """
    urls = {STORE: _redis_url(), QUEUE: broker_url()}
    if urls[QUEUE] == urls[STORE]:
        del urls[QUEUE]
    found = {}
    for name, url in urls.items():
        try:
            with contextlib.closing(_client(url, BRIEF)) as asked:
                found[name] = health(asked)
        except StoreUnavailable as error:
            found[name] = Health(refuses=str(error), lost=error)
    return found


def read_policy(path: Path | None) -> Policy:
    """The policy in a file, or the shipped one. Raises ``BadSetting`` that names the file."""
    try:
        return Policy.load(path)
    except OSError as error:
        raise BadSetting(
            f"The policy file {path} cannot be read: {error.strerror}. Name one that can, or omit it to use the shipped policy."
        ) from error
    except ValueError as error:
        raise BadSetting(
            f"{error}. Omit it here and unset NEWSLOOM_POLICY to use the shipped policy; `newsloom train` fits that to your labels."
        ) from error


@functools.cache
def policy() -> Policy:
    return read_policy(settings().policy)


@functools.cache
def store() -> "RedisStore":
    from newsloom.store.redis import RedisStore
    from newsloom.store.values import Caps

    chosen = settings()
    caps = Caps(
        postings=chosen.posting_cap,
        candidates=chosen.candidate_cap,
        members=chosen.member_cap,
        stream=chosen.stream_max_records,
        retention_s=chosen.retention_s,
    )
    return RedisStore(client(), caps, policy().window_days)


def stream() -> "Stream":
    from newsloom.store.stream import Stream

    return Stream(client())


@functools.cache
def asides() -> Asides:
    return Asides(broker(), settings().queue)


@functools.cache
def mailbox() -> Mailbox:
    return Mailbox(broker(), settings().queue, settings().lease_s)


@functools.cache
def outbox() -> Outbox:
    return Outbox(broker(), settings().queue, settings().queue_max)


@functools.cache
def quarantine() -> Quarantine:
    most = settings().quarantine_max
    return Quarantine(client(), most, listed=most // 100)


@functools.cache
def kept() -> Kept:
    return Kept(client(), settings().kept_mb << 20)


@functools.cache
def intake(interrupts: tuple[type[BaseException], ...] = ()) -> "Intake":
    from newsloom.attempts import Attempts
    from newsloom.closing import Closing
    from newsloom.ingest import Ingest
    from newsloom.intake import Intake
    from newsloom.sources import Sources

    chosen = settings()
    return Intake(
        attempts=Attempts(quarantine(), chosen.max_attempts),
        ingest=Ingest(store(), policy()),
        mailbox=mailbox(),
        closing=Closing(quarantine(), mailbox(), kept()),
        sources=Sources(chosen.allowed_roots, chosen.allowed_urls or (), limits().max_file_bytes, interrupts),
        limits=limits(),
        slice_articles=chosen.slice_articles,
        # A file that is begun after half the time still has the other half.
        patience_s=chosen.soft_time_limit_s / 2,
        interrupts=interrupts,
        ends=ending.told,
    )


def warming() -> "Warming":
    from newsloom.warming import Warming

    return Warming(store(), policy())


def limits() -> "Limits":
    from newsloom.readers import Limits

    chosen = settings()
    return Limits(
        max_file_bytes=chosen.max_file_mb << 20,
        max_article_bytes=chosen.max_article_mb << 20,
        max_document_bytes=max(chosen.max_document_mb, chosen.max_article_mb) << 20,
        max_expanded_bytes=chosen.max_expanded_mb << 20,
        max_expansion=chosen.max_expansion,
        max_layers=chosen.max_layers,
        max_elements=chosen.max_elements,
    )


def bridge(key: str, batch: int) -> Bridge:
    """From a list on the server that is named for it, else on newsloom's."""
    given = settings().bridge_url
    source = _connected(given.get_secret_value()) if given else client()
    return Bridge(source, key, outbox(), batch)


def watch(plan: Plan, waiting: Callable[[], None]) -> Watch:
    ledger = Ledger(client(), os.fsencode(plan.folder), settings().queue)
    return Watch(plan, outbox(), ledger, waiting)


def second_look() -> "SecondLook":
    from newsloom.relook import SecondLook

    return SecondLook(store(), policy())


def looks() -> Looks:
    return Looks(client())


def turn() -> Turn:
    return Turn(client(), keys.LOOK_TURN)


def warm() -> None:
    """Load what every process of a worker needs, before it forks: they share those pages."""
    from newsloom.ingest import Ingest
    from newsloom.store.memory import MemoryStore

    Ingest(MemoryStore(), policy()).warm()
    # What is loaded now stays: neither looked through for garbage again and again, nor copied by that.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
