"""One running worker: articles in the message, addresses, folders that may be read, and a bare LPUSH."""

import itertools
import json
import os
import re
import shlex
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.test_deaths import DEADLY

from newsloom.asides import Asides
from newsloom.given import given
from newsloom.mailbox import Mailbox
from newsloom.store import keys
from newsloom.store.quarantine import Quarantine
from newsloom.store.redis import RedisStore

QUEUE = "newsloom.ingest"
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
CLOSING = ("file_ingested", "file_quarantined")
SEEDS = itertools.count(900)


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes]:
    """What the paper serves: the test puts it there."""
    return {}


@pytest.fixture(scope="module")
def paper(pages: dict[str, bytes], serve: Callable[..., Any]) -> Iterator[str]:
    with serve(lambda path: (200 if path in pages else 404, {}, pages.get(path, b""))) as address:
        yield address


@pytest.fixture(scope="module")
def running(
    shared_valkey: Any, tmp_path_factory: pytest.TempPathFactory, make_loom: Callable[..., Any], plain_policy: Path, paper: str
) -> Iterator[Any]:  # fmt: skip
    """A worker that may read one folder and one address, and takes large files in slices of four articles."""
    shared_valkey.clear()
    found = make_loom(tmp_path_factory.mktemp("ways"), shared_valkey.url)
    inside = found.folder / "inside"
    inside.mkdir()
    a_file = found.folder / "a-file"
    a_file.touch()
    found.settings |= {
        "NEWSLOOM_POLICY": str(plain_policy),
        "NEWSLOOM_ALLOWED_ROOTS": f"{inside}:{found.folder}/mistyped:{a_file}",
        "NEWSLOOM_ALLOWED_URLS": f"{paper}/open/ s3://no-such-bucket/",
        "NEWSLOOM_SLICE_ARTICLES": "4",
        "NEWSLOOM_QUEU_MAX": "5",
    }
    found.worker(2).ready()
    yield found
    found.close()


@pytest.fixture
def text(make_inventor: Callable[[int], Any]) -> Callable[[], str]:
    """A text of its own each time, whatever the test."""
    inventor = make_inventor(next(SEEDS))
    return lambda: str(inventor.event())


@pytest.fixture
def closed(running: Any, until: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Wait for the outcome of each name; the closing lines by name."""

    def wait(*names: str) -> dict[str, Any]:
        def found() -> dict[str, Any]:
            lines = [line for event in CLOSING for line in running.lines(event) if line["file"] in names]
            assert len(lines) == len({line["file"] for line in lines}), "one outcome each"
            return {line["file"]: line for line in lines}

        until(lambda: set(names) == set(found()), timeout_s=30.0, what=f"an outcome of {names}")
        return found()

    return wait


def test_articles_in_the_message(
    running: Any, text: Callable[[], str], closed: Callable[..., Any], until: Callable[..., Any]
) -> None:
    """A scraper that shares no disk: each article has its outcome, and is a story with its fields."""
    url = f"https://mill.example/{uuid.uuid4()}"
    articles = [
        {"title": "Mill stops", "maintext": text(), "url": url, "date_publish": "2024-05-06 07:08:09"},
        {"title": ""},
        17,
        {"headline": "Ferry sinks", "articleBody": text()},
    ]
    outbox = running.outbox
    outbox.put([outbox.articles(articles)])
    names = [given(article, "").name for article in articles]
    ends = closed(*names)
    assert [ends[name].get("reason") for name in names] == [None, "no_text", "malformed", None]
    stories = {story.file: story for story in RedisStore(running.client).stories()}
    assert (stories[names[0]].title, stories[names[0]].url) == ("Mill stops", url)
    assert stories[names[3]].title == "Ferry sinks"
    told = [line["outcome"] for line in running.lines("story_decided") if line["file"] == names[0]]
    assert told == ["open"]
    outbox.put([outbox.articles(articles[:1])])
    until(
        lambda: (
            [line["outcome"] for line in running.lines("story_decided") if line["file"] == names[0]][1:]
            == ["repeat"]
        ),
        what="a repeat",
    )


def test_a_bare_push(running: Any, until: Callable[..., Any]) -> None:
    """The README's recipe for any language, word for word: one Redis command, which a client types."""
    recipes = re.findall(r"^LPUSH newsloom\.ingest .*$", README, re.MULTILINE)
    assert len(recipes) == 2
    for number, recipe in enumerate(recipes):
        file = running.folder / "inside" / f"recipe-{number}.txt"
        file.write_text(
            f"The recipe number {number} was followed to the letter by a cook who could not read."
        )
        command = shlex.split(recipe.replace("/srv/articles/1.json", str(file)))
        running.client.execute_command(*command)
        wanted = str(file) if "files" in recipe else "article:"
        until(
            lambda wanted=wanted: [line for line in running.lines("file_ingested") if line["file"].startswith(wanted)],
            timeout_s=30.0,
            what=recipe,
        )  # fmt: skip
    assert Asides(running.client, QUEUE).count() == 0


def test_folders_that_are_none(running: Any) -> None:
    """A worker says at its start which of those that may be read are not there, before all files in them are refused."""
    told = running.lines("root_missing")
    assert [line["folder"] for line in told] == [f"{running.folder}/mistyped", f"{running.folder}/a-file"]
    assert all(line["level"] == "warning" and "NEWSLOOM_ALLOWED_ROOTS" in line["detail"] for line in told)


def test_a_setting_that_is_none(running: Any) -> None:
    """A worker's log says it once, and which one was meant most likely."""
    [told] = running.lines("setting_unknown")
    assert (told["level"], told["variable"]) == ("warning", "NEWSLOOM_QUEU_MAX")
    assert told["detail"].endswith("is ignored; did you mean NEWSLOOM_QUEUE_MAX?")


def test_folders_that_may_be_read(running: Any, text: Callable[[], str], closed: Callable[..., Any]) -> None:
    """A path outside, a link that leads outside, a fifo and a device are refused; a file inside is read."""
    inside, outside = running.folder / "inside", running.folder / "outside.txt"
    outside.write_text("A secret.")
    good, link, fifo = inside / "good.txt", inside / "link.txt", inside / "fifo"
    good.write_text(text())
    link.symlink_to(outside)
    os.mkfifo(fifo)
    upwards = f"{inside}/../outside.txt"
    files = [str(good), str(link), str(fifo), str(outside), "/dev/zero", "/etc/passwd"]
    running.outbox.send([[*files, upwards]])
    ends = closed(*files, upwards)
    assert [ends[file].get("reason") for file in (*files, upwards)] == [
        None, "not_allowed", "not_a_file", "not_allowed", "not_allowed", "not_allowed", "not_allowed",
    ]  # fmt: skip
    assert "A secret" not in running.workers[0].log.read_text()


def test_addresses(
    running: Any, paper: str, pages: dict[str, bytes], text: Callable[[], str], closed: Callable[..., Any]
) -> None:
    """One that is allowed is fetched and read like a file, a large one in slices; another is refused."""
    lines = [json.dumps({"maintext": text()}) for _ in range(9)]
    pages |= {
        "/open/one.txt": text().encode(),
        "/open/many.jsonl": "\n".join(lines).encode(),
        "/secret.txt": b"A secret.",
    }
    names = [
        f"{paper}/open/one.txt",
        f"{paper}/open/many.jsonl",
        f"{paper}/open/gone.txt",
        f"{paper}/secret.txt",
    ]
    with_password = "https://user:geheim@news.example/open/a.txt"
    running.outbox.send([[*names, with_password]])
    ends = closed(*names, "https://***@news.example/open/a.txt")
    assert [ends[name].get("reason") for name in names] == [None, None, "missing", "not_allowed"]
    assert ends[names[1]]["articles"] == 9
    stories = [story for story in RedisStore(running.client).stories() if story.file in names]
    assert sorted((story.file, story.index) for story in stories) == sorted(
        [(names[0], 0), *((names[1], index) for index in range(9))]
    )
    assert "geheim" not in running.workers[0].log.read_text()
    assert b"geheim" not in b"".join(running.client.hgetall(keys.QUARANTINE))


def test_a_deadly_article(mortal_loom: Any, inventor: Any, until: Callable[..., Any], tmp_path: Path) -> None:
    """An article that killed its worker three times goes to quarantine with its text, its neighbours go on, and
    a worker that can bear it ingests it on retry."""
    bad = {"text": f"{inventor.event()}\nPOISON INGEST"}
    articles = [{"text": inventor.event()}, bad, {"text": inventor.event()}]
    outbox, mailbox = mortal_loom.outbox, Mailbox(mortal_loom.client, QUEUE)
    outbox.put([outbox.articles(articles)])
    mortal_loom.settings["DEATHS"] = str(tmp_path / "deaths")
    deadly = mortal_loom.worker(1, DEADLY)
    until(lambda: mailbox.depth().drained, what="an empty queue")
    store, name = RedisStore(mortal_loom.client), given(bad, "").name
    quarantine = Quarantine(mortal_loom.client)
    assert [(entry.file, entry.reason) for entry in quarantine.entries()] == [(name, "killed_worker")]
    assert (tmp_path / "deaths").read_text() in {"xxx", "xxxx"}, "three alone, at most one more in company"
    assert len(list(store.stories())) == 2
    assert mortal_loom.client.hlen(keys.ATTEMPTS) == 0
    deadly.kill()
    mortal_loom.worker(1)
    mortal_loom.command("quarantine", "retry", name)
    until(lambda: len(list(store.stories())) == 3 and mailbox.depth().drained, what="the article")
    assert quarantine.entries() == []
    assert mortal_loom.client.exists(keys.KEPT) == 0
