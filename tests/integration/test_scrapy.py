"""Scrapy itself, crawling a paper that is served on loopback, with newsloom's pipeline."""

import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import redis
from pydantic import SecretStr
from redis.backoff import NoBackoff
from redis.retry import Retry

from newsloom.integrations import sender as sending
from newsloom.integrations.sender import Sender, make_sender
from newsloom.outbox import Outbox
from newsloom.settings import Settings
from newsloom.store.redis import RedisStore

QUEUE = "newsloom.ingest"
PAGES = 45


@pytest.fixture(scope="module")
def paper(make_inventor: Callable[[int], Any], serve: Callable[..., Any]) -> Iterator[str]:
    """A front page that links to so many articles."""
    inventor = make_inventor(7)
    texts = tuple(inventor.event() for _ in range(PAGES))

    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        number = path.strip("/")
        if not number:
            body = "".join(f'<a href="/{n}">{n}</a>' for n in range(len(texts)))
        elif number.isdigit():
            paragraphs = "".join(f"<p>{line}</p>" for line in texts[int(number)].split("\n"))
            body = f"<h1>Story {number}</h1><time>2024-05-06T07:08:09+02:00</time><article>{paragraphs}</article>"
        else:
            return 404, {}, b""
        page = f"<!doctype html><html lang=en><head><title>Paper</title></head><body>{body}</body></html>"
        return 200, {"Content-Type": "text/html; charset=utf-8"}, page.encode()

    with serve(answer) as address:
        yield f"{address}/"


SPIDER = """
import datetime, os, sys
import scrapy
from scrapy.crawler import CrawlerProcess
from newsloom.integrations.scrapy import NewsloomPipeline

start, url, reactor = sys.argv[1:]

class Article(scrapy.Item):
    title, text, url, published = (scrapy.Field() for _ in range(4))

class PaperSpider(scrapy.Spider):
    name = "paper"
    start_urls = [start]

    async def start(self):
        for number in range(int(os.environ.get("STARTS", 0))):
            yield Article(title=f"Start {number}", text="It began on Sunday.", url=f"{start}start/{number}")
        self.logger.info("start is through")
        if "STARTS" not in os.environ:
            async for request in super().start():
                yield request

    def parse(self, response):
        for link in response.css("a::attr(href)").getall():
            yield response.follow(link, self.parse_article)

    def parse_article(self, response):
        yield Article(
            title=response.css("h1::text").get(), url=response.url,
            text="\\n".join(response.css("article p::text").getall()),
            published=datetime.datetime.fromisoformat(response.css("time::text").get()),
        )

class Pipeline(NewsloomPipeline):
    batch = 5
    close_s = float(os.environ.get("CLOSE_S", 30.0))

process = CrawlerProcess({
    "ITEM_PIPELINES": {Pipeline: 900},
    "NEWSLOOM_REDIS_URL": url, "TWISTED_REACTOR": reactor or None, "LOG_LEVEL": "INFO", "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0, "TELNETCONSOLE_ENABLED": False, "ROBOTSTXT_OBEY": False,
})
process.crawl(PaperSpider)
process.start()
assert not set("celery kombu numpy trafilatura wordfreq".split()) & set(sys.modules), "it should be light"
"""
ASYNCIO = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
SELECT = "twisted.internet.selectreactor.SelectReactor"


def crawl(loom: Any, paper: str, reactor: str = ASYNCIO, **env: str) -> "subprocess.Popen[bytes]":
    """A crawl of the paper, its log in ``crawl.log``."""
    env |= {name: value for name, value in loom.env.items() if name != "NEWSLOOM_REDIS_URL"}
    spider = loom.folder / "spider.py"  # in a file: Scrapy looks at its source
    spider.write_text(SPIDER)
    with (loom.folder / "crawl.log").open("wb") as log:
        argv = [sys.executable, str(spider), paper, loom.url, reactor]
        return subprocess.Popen(argv, env=env, cwd=loom.folder, stderr=log)


def told(loom: Any) -> str:
    """What the crawl logged."""
    return str((loom.folder / "crawl.log").read_text())


def messages(client: Any) -> list[list[Any]]:
    raw = reversed(client.lrange(QUEUE, 0, -1))
    return [json.loads(json.loads(each)["body"])[1]["articles"] for each in raw]


@pytest.mark.parametrize("reactor", [ASYNCIO, SELECT])
def test_a_spider(loom: Any, valkey: Any, paper: str, until: Callable[..., Any], reactor: str) -> None:
    """Every item is an article on the queue, in batches, and becomes a story with its title, address and date."""
    assert crawl(loom, paper, reactor).wait(timeout=120) == 0, told(loom)
    assert f"{PAGES} articles sent to newsloom" in told(loom)
    sizes = [len(articles) for articles in messages(valkey.client)]
    assert sum(sizes) == PAGES
    assert max(sizes) <= 5
    if reactor is SELECT:
        return
    loom.worker(2)
    store = RedisStore(valkey.client)
    until(lambda: len(loom.lines("file_ingested")) == PAGES, what="all articles")
    stories = {story.url: story for story in store.stories()}
    assert set(stories) == {f"{paper}{n}" for n in range(PAGES)}
    for number in range(PAGES):
        story = stories[f"{paper}{number}"]
        assert story.title == f"Story {number}"
        assert story.member.published_s == 1714972089.0, "07:08:09 in a zone two hours ahead"


def test_a_full_queue_holds_the_crawl(loom: Any, valkey: Any, paper: str, until: Callable[..., Any]) -> None:
    """No more messages wait than may, the items wait in the pipeline, and none is lost."""
    loom.settings["NEWSLOOM_QUEUE_MAX"] = "1"
    valkey.client.lpush(QUEUE, "another sender's")
    found: list[Any] = []
    with crawl(loom, paper) as crawling:
        until(lambda: "queue is full" in told(loom), what="a full queue")
        assert valkey.client.rpop(QUEUE) == b"another sender's"
        while crawling.poll() is None:
            assert valkey.client.llen(QUEUE) <= 1
            for articles in messages(valkey.client):
                found += articles
                valkey.client.rpop(QUEUE)
            time.sleep(0.02)  # a worker's pace
    found += [article for articles in messages(valkey.client) for article in articles]
    assert sorted(article["url"] for article in found) == sorted(f"{paper}{n}" for n in range(PAGES))


def unsent_after_sigterm(loom: Any, crawling: subprocess.Popen[bytes]) -> set[str]:
    """The crawl is told to end, and does; the addresses of what is in its file of the unsent then."""
    crawling.terminate()
    try:
        assert crawling.wait(timeout=60) == 0
    finally:
        crawling.kill()
    (unsent,) = loom.folder.glob("newsloom-unsent-paper-*.jsonl")
    return {json.loads(line)["url"] for line in unsent.read_text().splitlines()}


@pytest.mark.parametrize("reactor", [ASYNCIO, SELECT])
def test_a_crawl_ends_while_the_queue_is_full(
    loom: Any, valkey: Any, paper: str, until: Callable[..., Any], reactor: str
) -> None:
    """SIGTERM does not wait for room: what was scraped by then stands in the file."""
    loom.settings["NEWSLOOM_QUEUE_MAX"] = "1"
    valkey.client.lpush(QUEUE, "another sender's")
    with crawl(loom, paper, reactor, CLOSE_S="0.1") as crawling:
        until(lambda: "queue is full" in told(loom), what="a full queue")
        found = unsent_after_sigterm(loom, crawling)
    assert f"'item_scraped_count': {len(found)}," in told(loom)
    assert valkey.client.llen(QUEUE) == 1


@pytest.mark.parametrize("reactor", [ASYNCIO, SELECT])
def test_what_start_yields(
    loom: Any, valkey: Any, paper: str, until: Callable[..., Any], reactor: str
) -> None:
    """Items that are of no answer, as those of a data base: they hold up nothing, the end of the spider neither."""
    loom.settings["NEWSLOOM_QUEUE_MAX"] = "1"
    valkey.client.lpush(QUEUE, "another sender's")
    with crawl(loom, paper, reactor, CLOSE_S="0.1", STARTS="50") as crawling:
        until(lambda: "start is through" in told(loom), what="all items on their way")
        found = unsent_after_sigterm(loom, crawling)
    assert found == {f"{paper}start/{n}" for n in range(50)}


def test_without_an_address(loom: Any, paper: str) -> None:
    """A spider that does not know where newsloom is does not start, rather than drop what it finds."""
    loom.url = ""
    crawl(loom, paper).wait(timeout=120)
    assert "NEWSLOOM_REDIS_URL is not set" in told(loom)
    assert "Spider opened" not in told(loom)


@pytest.mark.parametrize(
    ("url", "settings", "line"),
    [
        (
            "redis:/:hush@nowhere",
            {},
            "NEWSLOOM_REDIS_URL: give a redis://, rediss:// or unix:// URL, or ",
        ),
        (
            "redis://host/0",
            {"NEWSLOOM_QUEUE_MAX": "0"},
            "NEWSLOOM_QUEUE_MAX: it should be greater than or equal to 1",
        ),
    ],
)
def test_a_setting_that_is_wrong(
    loom: Any, paper: str, url: str, settings: dict[str, str], line: str
) -> None:
    """The crawl ends before it begins, with the line that the commands say of the same; no item is lost to a pipeline
    that Scrapy would have left out, and no password is shown."""
    loom.url = url
    loom.settings |= settings
    crawl(loom, paper).wait(timeout=120)
    assert any(
        told_line.startswith(f"newsloom.errors.BadSetting: {line}") for told_line in told(loom).splitlines()
    )
    assert "Spider opened" not in told(loom)
    assert not [word for word in ("validation error", "hush") if word in told(loom)]


@pytest.mark.parametrize("given", ["redis://:hush/hush@host:6379/0", "rediss://host/0?ssl_ca_cert=/ca.pem"])
def test_an_address_that_is_mistyped(given: str) -> None:
    """The same: its sender would end at the first article, and the spider wait for it for ever. No password is shown."""
    with pytest.raises(ValueError, match=r"not a valid URL|does not know") as told:
        make_sender(Settings(redis_url=SecretStr(given)), "paper", 1, 1.0)
    assert "hush" not in str(told.value)


# -- the sender ---------------------------------------------------------------------------------------


def test_by_age_and_by_size(valkey: Any, tmp_path: Path, until: Callable[..., Any]) -> None:
    """A full batch goes at once, a lone article when it has waited, a large one in a message of its own."""
    sender = Sender(Outbox(valkey.client, QUEUE, 99), 3, 0.5, str(tmp_path / "unsent.jsonl"))
    for number in range(7):
        sender.add({"n": number})
    until(lambda: valkey.client.llen(QUEUE) == 2, timeout_s=0.4, what="two full batches")
    until(lambda: valkey.client.llen(QUEUE) == 3, what="the lone one")
    for number in range(3):
        sender.add({"n": number, "text": "x" * (3 << 20)})
    assert sender.close(10.0) == 0
    assert [[article["n"] for article in articles] for articles in messages(valkey.client)] == [
        [0, 1, 2], [3, 4, 5], [6], [0], [1], [2],
    ]  # fmt: skip
    assert sender.sent == 10
    assert not (tmp_path / "unsent.jsonl").exists()


def test_names_that_are_no_text(valkey: Any, tmp_path: Path) -> None:
    """An item that holds the headers of its answer, whose names are bytes, is sent as any other."""
    sender = Sender(Outbox(valkey.client, QUEUE, 99), 3, 0.1, str(tmp_path / "unsent.jsonl"))
    sender.add({"title": "Mühle", "headers": [{b"Date": [b"today"], (1, 2): {date(2024, 5, 6): 1}}]})
    assert sender.close(10.0) == 0
    assert messages(valkey.client) == [
        [{"title": "Mühle", "headers": [{"Date": ["today"], "[1, 2]": {"2024-05-06": 1}}]}]
    ]


def test_a_body_in_another_charset(valkey: Any, tmp_path: Path) -> None:
    """The bytes of an answer are read as a file of them would be; what is no text is left for the worker to refuse."""
    body = "Вчера вечером старая мельница остановила своё последнее колесо.\n" * 3
    sender = Sender(Outbox(valkey.client, QUEUE, 99), 3, 0.1, str(tmp_path / "unsent.jsonl"))
    sender.add({"body": body.encode("cp1251"), "picture": b"\x89PNG\r\n\x1a\n\0\0"})
    assert sender.close(10.0) == 0
    assert messages(valkey.client) == [[{"body": body, "picture": "\ufffdPNG\r\n\x1a\n\0\0"}]]


def test_an_article_that_is_nested_too_deep(valkey: Any, tmp_path: Path) -> None:
    """One that fits on a line and not in a message goes as text, for the worker to refuse; the others as ever."""

    class Shallow(Outbox):
        def articles(self, articles: Any) -> bytes:
            if {"deep": 1} in articles:
                raise RecursionError
            return super().articles(articles)

    sender = Sender(Shallow(valkey.client, QUEUE, 99), 3, 0.1, str(tmp_path / "unsent.jsonl"))
    for article in ({"n": 0}, {"deep": 1}, {"n": 2}, {"n": 3}):
        sender.add(article)
    assert sender.close(10.0) == 0
    assert messages(valkey.client) == [[{"n": 0}, '{"deep": 1}', {"n": 2}], [{"n": 3}]]


def test_what_is_left_is_written_where_it_can_be(
    mortal_valkey: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the crawler's folder takes no file, the one for what is temporary does; of an outage one line is told."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    mortal_valkey.kill()
    impatient = redis.Redis(unix_socket_path=str(mortal_valkey.socket), retry=Retry(NoBackoff(), 0))
    sender = Sender(Outbox(impatient, QUEUE, 99), 1, 0.1, str(tmp_path / "no such folder" / "unsent.jsonl"))
    sender.add({"n": 1})
    assert sender.close(1.0) == 1
    (unsent,) = tmp_path.glob("*-unsent.jsonl")
    assert unsent.read_text() == '{"n": 1}\n'
    assert f"newsloom enqueue {unsent}" in caplog.text
    assert caplog.text.count("cannot be used") == 1


def test_a_server_that_is_away(
    mortal_valkey: Any, tmp_path: Path, until: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Articles wait for it; what is left at the end stands in a file that ``newsloom enqueue`` takes."""
    unsent = tmp_path / "unsent.jsonl"
    mortal_valkey.kill()
    impatient = redis.Redis(unix_socket_path=str(mortal_valkey.socket), retry=Retry(NoBackoff(), 0))
    sender = Sender(Outbox(impatient, QUEUE, 99), 1, 0.1, str(unsent))
    sender.add({"n": 0})
    until(lambda: "cannot be used" in caplog.text, what="a warning")
    mortal_valkey.start()
    until(lambda: sender.sent == 1, what="the article")
    mortal_valkey.kill()
    sender.add({"title": "Mühle", "n": 1})
    sender.add({"n": 2})
    assert sender.close(0.3) == 2
    assert [json.loads(line)["n"] for line in unsent.read_text().splitlines()] == [1, 2]
    assert f"newsloom enqueue {unsent}" in caplog.text


def test_a_server_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is frozen, or a firewall that swallows all, keeps no spider from ending: its articles are in the file."""
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        sender = make_sender(Settings(redis_url=SecretStr(address)), "paper", 1, 0.1)
        sender.add({"n": 1})
        since_s = time.monotonic()
        assert sender.close(0.3) == 1
        assert time.monotonic() - since_s < 10
    (unsent,) = tmp_path.glob("newsloom-unsent-paper-*.jsonl")
    assert unsent.read_text() == '{"n": 1}\n'


def test_a_try_that_takes_too_long(valkey: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it hangs at: the end does not wait for it, and what comes through after all is the batch in hand."""
    monkeypatch.setattr(sending, "BRIEF_S", 0.1)
    begun, goes_on = threading.Event(), threading.Event()

    class Hanging(Outbox):
        def put(self, *args: Any) -> None:
            begun.set()
            goes_on.wait(60)
            super().put(*args)

    unsent = tmp_path / "unsent.jsonl"
    sender = Sender(Hanging(valkey.client, QUEUE, 99), 1, 0.1, str(unsent))
    sender.add({"n": 0})
    sender.add({"n": 1})
    assert begun.wait(60)
    assert sender.close(0.0) == 2
    assert unsent.read_text() == '{"n": 0}\n{"n": 1}\n'
    goes_on.set()
    sender._thread.join(60)
    assert not sender._thread.is_alive()
    assert messages(valkey.client) == [[{"n": 0}]]


def test_a_bug_costs_its_batch(
    valkey: Any, tmp_path: Path, until: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """What newsloom fails at is in the file at once, with its traceback in the log, and what follows is sent: nobody
    waits for room that the batch would take for ever."""

    class Buggy(Outbox):
        def articles(self, articles: Any) -> bytes:
            return super().articles([1 / article["n"] and article for article in articles])

    unsent = tmp_path / "unsent.jsonl"
    sender = Sender(Buggy(valkey.client, QUEUE, 99), 1, 0.1, str(unsent))
    for number in (1, 0, 0, 0, 0, 2):
        sender.add({"n": number})
    until(lambda: sender.sent == 2, what="the others")
    assert not sender.full
    assert unsent.read_text() == '{"n": 0}\n' * 4
    assert "ZeroDivisionError" in caplog.text
    assert f"newsloom enqueue {unsent}" in caplog.text
    sender.add({"n": 0})
    assert sender.close(10.0) == 5
    assert [articles[0]["n"] for articles in messages(valkey.client)] == [1, 2]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_for_a_thread_that_has_ended(valkey: Any, tmp_path: Path) -> None:
    """Whatever ended it: what is in hand then stands in the file at the end."""

    class Ending(Outbox):
        def articles(self, articles: Any) -> bytes:
            raise SystemExit

    sender = Sender(Ending(valkey.client, QUEUE, 99), 1, 0.1, str(tmp_path / "unsent.jsonl"))
    for number in range(6):
        sender.add({"n": number})
    sender._thread.join()
    assert not sender.full
    assert sender.close(10.0) == 6
    assert len((tmp_path / "unsent.jsonl").read_text().splitlines()) == 6


def test_a_program_that_ends_without_closing(valkey: Any, tmp_path: Path) -> None:
    """As a crawl does that is told to end twice: what is in hand stands in the file."""
    unsent = tmp_path / "unsent.jsonl"
    program = f"""
import redis
from newsloom.integrations.sender import Sender
from newsloom.outbox import Outbox
client = redis.Redis(unix_socket_path={str(valkey.socket)!r})
client.lpush({QUEUE!r}, "another sender's")
sender = Sender(Outbox(client, {QUEUE!r}, 1), 20, 60.0, {str(unsent)!r})
for number in range(3):
    sender.add({{"n": number}})
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    assert [json.loads(line)["n"] for line in unsent.read_text().splitlines()] == [0, 1, 2]


def test_a_queue_that_stays_full(valkey: Any, tmp_path: Path) -> None:
    """The same for a queue without room: nothing is dropped."""
    sender = Sender(Outbox(valkey.client, QUEUE, 1), 1, 0.1, str(tmp_path / "unsent.jsonl"))
    for number in range(6):
        sender.add({"n": number})
    assert sender.full
    assert sender.close(0.3) == 5
    assert [articles[0]["n"] for articles in messages(valkey.client)] == [0]
