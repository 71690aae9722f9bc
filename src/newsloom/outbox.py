"""Putting messages on the queue, as long as there is room: whoever is faster than the workers has to wait.

Light on purpose: scrapers import it, and a scraper has neither Celery nor models to load.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from newsloom.errors import QueueFull
from newsloom.mailbox import articles_message, files_message, now_s
from newsloom.parcels import parcels
from newsloom.store.available import available
from newsloom.store.script import Script

#: Messages put in one step, at most; and bytes, if there is more than one.
_STEP_MESSAGES, _STEP_BYTES = 200, 4 << 20
_STEP_AGE_S = 0.5  #: what has waited for so long goes when the next message is filled
FIRST_POLL_S: Final = 0.05
POLL_S: Final = 1.0  #: between two polls of a queue that stays full

# KEYS: queue. ARGV: how many may wait, messages. Returns how many there was room for.
_OFFER = """
local room = tonumber(ARGV[1]) - redis.call('LLEN', KEYS[1])
local put = math.min(room, #ARGV - 1)
for i = 2, put + 1 do redis.call('LPUSH', KEYS[1], ARGV[i]) end
return math.max(put, 0)
"""


def nothing() -> None:
    """What is done while waiting, unless told otherwise."""


class Outbox:
    """The way onto a queue in which so many messages may wait. Raises ``StoreUnavailable``."""

    def __init__(self, client: Any, queue: str, most: int) -> None:
        self.queue = queue
        self.most = most
        self._offer = Script(client, _OFFER)

    @available
    def offer(self, messages: Sequence[bytes]) -> int:
        """Put as many as there is room for behind all others, in order; returns how many."""
        return int(self._offer(keys=[self.queue], args=[self.most, *messages]))

    def put(self, messages: Sequence[bytes], waiting: Callable[[], None] = nothing) -> None:
        """Put all, and wait for room as often as it takes.

        ``waiting`` is called at each poll of a full queue; what it raises ends the wait, with a part of
        the messages put.
        """
        poll_s = FIRST_POLL_S
        while messages:
            put = self.offer(messages)
            messages = messages[put:]
            if messages:
                waiting()
                poll_s = FIRST_POLL_S if put else min(2 * poll_s, POLL_S)
                time.sleep(poll_s)  # asked again and again: a list of Redis tells nobody that it has room

    def send(
        self,
        batches: Iterable[Sequence[str]],
        base: str = "",
        *,
        wait: bool = True,
        waiting: Callable[[], None] = nothing,
    ) -> int:
        """Put one message for each batch of paths; returns how many paths that were.

        Raises ``QueueFull`` where there is no room and ``wait`` is false: what was put before stays put.
        """
        sent = 0
        packed = ((self.files(batch, base), batch) for batch in batches)
        for step in parcels(
            packed, _STEP_MESSAGES, size=lambda one: len(one[0]), most_size=_STEP_BYTES, age_s=_STEP_AGE_S
        ):
            messages = [one for one, _ in step]
            if wait:
                self.put(messages, waiting)
            elif (put := self.offer(messages)) < len(messages):
                sent += sum(len(batch) for _, batch in step[:put])
                raise QueueFull(self.most, sent, step[put][1][0])
            sent += sum(len(batch) for _, batch in step)
        return sent

    def files(self, files: Sequence[str], base: str = "") -> bytes:
        """The message that names these files."""
        return files_message(files, base, now_s())

    def articles(self, articles: Sequence[object]) -> bytes:
        """The message that holds these articles."""
        return articles_message(articles, now_s())

    def items(self, items: Sequence[bytes]) -> bytes:
        """The message that holds these articles, each a JSON text.

        What is not JSON, or nested too deep for a message, goes as its text, which the worker refuses and keeps.
        """
        articles = [_article(item) for item in items]
        try:
            return self.articles(articles)
        except RecursionError:  # one of them: the others go as ever
            return self.articles(
                [
                    article if self._holds(article) else _text(item)
                    for item, article in zip(items, articles, strict=True)
                ]
            )

    def _holds(self, article: object) -> bool:
        try:
            self.articles([article])
        except RecursionError:
            return False
        return True


def _article(item: bytes) -> object:
    try:
        return json.loads(item)
    except (RecursionError, ValueError):
        return _text(item)


def _text(item: bytes) -> str:
    return item.decode("utf-8", "replace")
