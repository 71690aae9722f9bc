"""A Scrapy item pipeline: every item of a spider is an article for newsloom.

    ITEM_PIPELINES = {"newsloom.integrations.scrapy.NewsloomPipeline": 900}
    NEWSLOOM_REDIS_URL = "redis://localhost:6379/0"

Settings are Scrapy's, or the environment's: NEWSLOOM_REDIS_URL, NEWSLOOM_BROKER_URL, NEWSLOOM_QUEUE,
NEWSLOOM_QUEUE_MAX. Where the queue is full the crawl slows down until there is room.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from itemadapter import ItemAdapter
from pydantic import ValidationError

from newsloom.errors import BadSetting
from newsloom.integrations.sender import Sender, make_sender, queue_url
from newsloom.settings import Settings, problems

log = logging.getLogger(__name__)

_POLL_S = 0.1  #: between two polls of a sender that has too much in hand
_SETTINGS = ("redis_url", "broker_url", "queue", "queue_max")


class NewsloomPipeline:
    """Sends items in batches. A subclass may say what of an item is sent (``article``), and how often."""

    batch: ClassVar[int] = 20  #: articles in one message
    age_s: ClassVar[float] = 2.0  #: how long the first of them waits for others
    close_s: ClassVar[float] = 30.0  #: how long a spider that ends waits for a server that is away

    def __init__(self, settings: Settings, crawler: Any) -> None:
        self._settings = settings
        self._crawler = crawler
        self._sender: Sender | None = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Raises ``BadSetting``, which ends the crawl before it begins; Scrapy's NotConfigured would drop the items."""
        names = {field: f"NEWSLOOM_{field.upper()}" for field in _SETTINGS}
        given = {field: crawler.settings[name] for field, name in names.items() if crawler.settings.get(name)}
        try:
            settings = Settings(**given)
        except ValidationError as error:
            raise BadSetting("; ".join(problems(error))) from None
        queue_url(settings)
        return cls(settings, crawler)

    def article(self, item: Any) -> Mapping[str, Any] | None:
        """The fields that are sent, under any name that newsloom knows; None if the item is not an article."""
        return ItemAdapter(item).asdict()

    def open_spider(self, spider: Any = None) -> None:  # noqa: ARG002  # older Scrapys give one
        name = getattr(self._crawler.spider or self._crawler.spidercls, "name", None)
        self._sender = make_sender(self._settings, name or "spider", self.batch, self.age_s)

    async def process_item(self, item: Any, spider: Any = None) -> Any:  # noqa: ARG002
        article = self.article(item)
        if article is not None and (sender := self._sender) is not None:
            sender.add(article)
            while sender.full and self._holds_up:
                await _pause()
        return item

    @property
    def _holds_up(self) -> bool:
        """Whether the crawl waits with the item: it does not with what ``start`` yields, nor where it is to end.

        Scrapy tells its pipelines when the last item is through: one that went on waiting for room would keep the
        spider from ending, and what is in hand from its file. Scrapy 2.19 never looks again after an item of ``start``.
        """
        engine = self._crawler.engine
        slot = getattr(engine, "_slot", None) or getattr(engine, "slot", None)  # its name before Scrapy 2.14
        return slot is not None and slot.closing is None and bool(engine.scraper.slot.active)

    def close_spider(self, spider: Any = None) -> None:  # noqa: ARG002
        if self._sender is not None:
            unsent = self._sender.close(self.close_s)
            log.info("%d articles sent to newsloom", self._sender.sent)
            self._crawler.stats.set_value("newsloom/sent", self._sender.sent)
            self._crawler.stats.set_value("newsloom/unsent", unsent)


async def _pause() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:  # a reactor of Twisted's own
        from twisted.internet import reactor
        from twisted.internet.task import deferLater

        await deferLater(reactor, _POLL_S)
    else:
        await asyncio.sleep(_POLL_S)
