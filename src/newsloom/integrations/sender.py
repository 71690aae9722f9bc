"""Sends articles in batches from a thread of its own, so that a scraper never waits for Redis."""

import atexit
import json
import logging
import os
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from datetime import time as clock
from typing import Any

import redis

from newsloom.errors import BadFile, BadSetting, StoreUnavailable
from newsloom.mailbox import ARTICLES_BYTES
from newsloom.outbox import Outbox
from newsloom.parcels import parcels
from newsloom.settings import Settings
from newsloom.store.patience import BRIEF, BRIEF_S

log = logging.getLogger(__name__)

_AWAY_S = 1.0  #: between two tries at a server that is away
#: So many batches may be in hand: then whoever adds more has to wait.
_BATCHES_IN_HAND = 4


class Closing(Exception):
    """It is time to end, and the queue has no room."""


class Sender:
    """Articles in hand: they go when a batch is full, when the oldest has waited long enough, and at the end.

    What cannot be sent until the end stands in a file then, which ``newsloom enqueue`` takes; a batch that newsloom
    fails at, at once.
    """

    def __init__(self, outbox: Outbox, batch: int, age_s: float, unsent: str) -> None:
        self._outbox = outbox
        self._batch = batch
        self._age_s = age_s
        self._unsent = unsent
        self._articles: list[tuple[bytes, float]] = []
        self._changed = threading.Condition()
        self._closing_s: float | None = None  #: when to give up
        self._warned = False
        self._away = False  #: whether the server could not be used at the last try
        self.sent = 0  #: articles put on the queue
        self.unsent = 0  #: articles put into the file
        self._thread = threading.Thread(target=self._run, name="newsloom", daemon=True)
        self._thread.start()
        atexit.register(self.close, 0.0)  # of a crawl that is told to end twice, nobody closes the pipelines

    @property
    def full(self) -> bool:
        """Whether so much is in hand that nothing should be added."""
        # Of a thread that has ended nobody may wait for room: the rest is for the end, as all that is not sent.
        return len(self._articles) >= _BATCHES_IN_HAND * self._batch and self._thread.is_alive()

    def add(self, article: Mapping[str, Any]) -> None:
        """Take an article; values and names in it may be dates, bytes or anything else that can be made text."""
        text = _line(article).encode()
        with self._changed:
            self._articles.append((text, time.monotonic()))
            self._changed.notify_all()

    def close(self, timeout_s: float) -> int:
        """Send what is left within ``timeout_s``; returns how many articles are in the file instead, then or before.

        A try that was begun in time may take ``BRIEF_S`` more. What is in hand of one that takes longer is in the file
        as well: if it comes through after all, the article is sent twice, which is found as a repeat.
        """
        atexit.unregister(self.close)
        with self._changed:
            self._closing_s = time.monotonic() + timeout_s
            self._changed.notify_all()
        self._thread.join(max(0.0, timeout_s) + BRIEF_S)
        with self._changed:
            left, self._articles = self._articles, []  # a thread that lives on finds nothing more to send
        if left:
            self._put_aside([text for text, _ in left])
        return self.unsent

    def _put_aside(self, left: Sequence[bytes]) -> None:
        path = self._written(left)
        log.error(
            "%d articles could not be sent; they are in %s now: newsloom enqueue %s", len(left), path, path
        )
        self.unsent += len(left)

    def _written(self, left: Sequence[bytes]) -> str:
        """Append to the file of the unsent, or where that cannot be written to a temporary one; returns its path."""
        lines = [text + b"\n" for text in left]
        try:
            with open(self._unsent, "ab") as file:
                file.writelines(lines)
        except OSError:
            # Under a name that nobody can have laid out for us.
            with tempfile.NamedTemporaryFile(
                suffix=f"-{os.path.basename(self._unsent)}", delete=False
            ) as other:
                other.writelines(lines)
            self._unsent = other.name  # of what follows, too
        return self._unsent

    def _run(self) -> None:
        while batch := self._next():
            try:
                self._outbox.put([self._outbox.items(batch)], self._waiting)
            except Closing:
                return
            except (StoreUnavailable, redis.RedisError) as error:
                if not self._away:  # once, not at each try
                    log.warning(
                        "newsloom's server cannot be used, %d articles wait: %s", len(self._articles), error
                    )
                    self._away = True
                with self._changed:
                    if self._closing_s is not None and time.monotonic() > self._closing_s:
                        return
                    self._changed.wait_for(lambda: self._closing_s is not None, _AWAY_S)
                if self._closing_s is not None:
                    time.sleep(_AWAY_S / 4)  # between the last tries
                continue
            except Exception:  # a bug: whoever adds would wait for its batch for ever
                log.exception("newsloom crashed on %d articles", len(batch))
                self._put_aside(batch)
            else:
                self._told_back()
                self.sent += len(batch)
            with self._changed:
                del self._articles[: len(batch)]
                self._changed.notify_all()

    def _told_back(self) -> None:
        if self._away:
            log.warning("newsloom's server is back")
            self._away = False

    def _next(self) -> list[bytes]:
        """The next batch, when it is due; none when all is sent and nothing more will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._articles or self._closing_s is not None)
            if self._articles:
                due_s = self._articles[0][1] + self._age_s - time.monotonic()
                self._changed.wait_for(
                    lambda: len(self._articles) >= self._batch or self._closing_s is not None, max(0.0, due_s)
                )
            texts = (text for text, _ in self._articles)
            return next(parcels(texts, self._batch, size=len, most_size=ARTICLES_BYTES), [])

    def _waiting(self) -> None:
        """Called at each poll of a full queue."""
        if self._closing_s is not None and time.monotonic() > self._closing_s:
            raise Closing
        if not self._warned:
            log.warning("newsloom's queue is full (%d messages): waiting for its workers", self._outbox.most)
            self._warned = True


def queue_url(settings: Settings) -> str:
    """The server of the queue; ``BadSetting`` where none is named, for a scraper runs no server of its own."""
    given = settings.broker_url or settings.redis_url
    if given is None:
        raise BadSetting("NEWSLOOM_REDIS_URL is not set: say where newsloom's queue is, redis://host:6379/0")
    return given.get_secret_value()


def make_sender(settings: Settings, name: str, batch: int, age_s: float) -> Sender:
    """For the server and the queue of the settings; ``name`` goes into the name of the file for the unsent."""
    client = redis.Redis.from_url(queue_url(settings), **BRIEF)  # the sender tries again by itself
    safe = "".join(char if char.isalnum() else "-" for char in name)
    unsent = os.path.abspath(f"newsloom-unsent-{safe}-{os.getpid()}.jsonl")
    return Sender(Outbox(client, settings.queue, settings.queue_max), batch, age_s, unsent)


def _line(article: Mapping[str, Any]) -> str:
    try:
        return json.dumps(article, default=_plain)
    except TypeError:  # a name in it is no text, as those of the headers of an answer are
        return json.dumps(_named(article), default=_plain)


def _named(value: Any) -> Any:
    """The same with names that JSON has a form for."""
    if isinstance(value, Mapping):
        return {
            name if isinstance(name, str | int | float | None) else str(_plain(name)): _named(inner)
            for name, inner in value.items()
        }
    return [_named(inner) for inner in value] if isinstance(value, list | tuple) else value


def _plain(value: object) -> object:
    """What JSON has no form for: a date keeps its zone."""
    if isinstance(value, datetime | date | clock):
        return value.isoformat()
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        # Here, for it takes a second, and few items hold such bytes.
        from newsloom.readers.charset import decode
    try:
        return decode(value)
    except BadFile:  # no text: whoever reads it will say so
        return value.decode("utf-8", "replace")
