"""Articles in the message: read like JSON files, each with an outcome and a way to be tried again."""

import itertools
import json
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsloom import bootstrap
from newsloom.core.model import Article
from newsloom.errors import BadFile, NoRoom, StoreUnavailable
from newsloom.given import given
from newsloom.ingest import Ingest
from newsloom.readers import Limits, read
from newsloom.store import keys
from newsloom.store.quarantine import Quarantined

TEXT = "The old mill at the river stopped its last wheel on Sunday, and nobody came to see it stop."


def sent(here: Any) -> list[Any]:
    """The arguments of the messages that wait."""
    waiting = here.client.lrange("newsloom.ingest", 0, -1)
    return [json.loads(json.loads(raw)["body"])[1] for raw in waiting]


def refused() -> list[tuple[str, str]]:
    return [(entry.file, entry.reason) for entry in bootstrap.quarantine().entries()]


@pytest.mark.parametrize(
    "article",
    [
        {"title": "Mill stops", "maintext": TEXT, "url": "https://mill.example/1", "date_publish": "2024-05-06 07:08:09"},
        {"headline": "Mill stops", "articleBody": TEXT, "datePublished": "2024-05-06", "inLanguage": "en"},
        {"text": f"<p>{TEXT}</p><p>And no more.</p>", "id": 17, "source": "mill.example"},
        {"text": TEXT + "\x00\x1b[31m\ud800", "title": "a\u202eb", "published": float("nan")},
        {"_source": {"title": "Wrapped", "text": TEXT}},
    ],
)  # fmt: skip
def test_it_is_read_as_a_file_of_it_is(article: dict[str, Any], tmp_path: Any) -> None:
    """Field by field the same article, under whatever names its fields go."""
    one = given(article, "m:0")
    file = tmp_path / "a.json"
    file.write_bytes(json.dumps(article).encode())
    (found,), (wanted,) = one.read(Limits()), read(str(file), Limits())
    assert isinstance(found, Article)
    assert isinstance(wanted, Article)
    fields = ("text", "title", "url", "source", "language", "published_s", "id", "index")
    assert [getattr(found, name) for name in fields] == [getattr(wanted, name) for name in fields]


def test_its_name_says_what_it_is() -> None:
    """The same article has the same name in any message, in any order of its fields; another has another."""
    one, again = given({"a": 1, "b": 2}, "m:0"), given({"b": 2, "a": 1}, "n:7")
    assert one == again
    assert given({"a": 1, "b": 3}, "m:0").name != one.name


@pytest.mark.parametrize("value", ["text", 7, None, [], [{"text": TEXT}]])
def test_what_is_no_object(value: object) -> None:
    """It is refused with a reason, by itself."""
    with pytest.raises(BadFile) as failure:
        list(given(value, "m:0").read(Limits()))
    assert failure.value.reason == "malformed"


def test_nested_without_end() -> None:
    """Deeper than can be written down again: refused under the place where it stood."""
    deep: Any = "x"
    for _ in range(100_000):
        deep = {"a": deep}
    one = given(deep, "m:3")
    assert one.name == "article:m:3"
    with pytest.raises(BadFile, match="nested"):
        list(one.read(Limits()))
    while isinstance(deep, dict):  # or its deletion would need a stack as deep
        deep = deep.pop("a")


def test_articles_of_a_message(here: Any, inventor: Any) -> None:
    """Each has its outcome, in order; one that is bad costs itself alone; the same message again changes nothing."""
    articles = [
        {"title": "One", "text": inventor.event(), "url": "https://one.example/1"},
        {"title": ""},
        "not a JSON object",
        {"text": inventor.event()},
        {"text": "x" * (5 << 20)},
    ]
    for run in ("r", "r", "s"):
        bootstrap.intake().articles(articles, run=run)
    stories = list(bootstrap.store().stories())
    assert (stories[0].title, stories[0].url) == ("One", "https://one.example/1")
    assert len(stories) == 2
    assert [name for name, _ in refused()] == [given(articles[at], "").name for at in (1, 2, 4)]
    assert [reason for _, reason in refused()] == ["no_text", "malformed", "too_large"]


def test_no_room_for_what_is_temporary(here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is no article's fault: none is refused, and its message is handed back until there is some."""
    articles = [{"text": TEXT, "title": "One"}, {"text": "b"}]
    folder = tmp_path / "temporary"
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    for sent_again in range(4):  # more often than a worker may die over it
        with pytest.raises(NoRoom, match="TMPDIR"):
            bootstrap.intake().articles(articles[sent_again % 2 :], run="r")
    assert refused() == []
    folder.mkdir()
    bootstrap.intake().articles(articles, run="r")
    assert (len(list(bootstrap.store().stories())), refused()) == (2, [])
    assert list(folder.iterdir()) == []


def test_handed_back_when_time_is_up(here: Any) -> None:
    """What was not begun goes back on the queue as it came."""
    replace(bootstrap.intake(), patience_s=-1.0).articles(
        [{"text": TEXT}, {"text": "b"}, {"text": "c"}], run="r", sent_s=1_000
    )
    assert bootstrap.mailbox().oldest_s() == 1_000
    assert len(list(bootstrap.store().stories())) == 1
    assert sent(here) == [{"articles": [{"text": "b"}, {"text": "c"}]}]


def test_tried_again(here: Any, cli_on: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """``quarantine retry`` sends the very article again; once it is ingested neither its entry nor its text is kept."""
    article = {"text": TEXT, "title": "A\ud800", "url": "https://mill.example/1"}

    def bug(self: Ingest, articles: Sequence[Article]) -> Any:
        raise ZeroDivisionError("a bug")

    with monkeypatch.context() as broken:
        broken.setattr(Ingest, "articles", bug)
        bootstrap.intake().articles([article], run="r")
    name = given(article, "").name
    assert refused() == [(name, "failed")]
    assert cli_on("quarantine", "retry", name, "--json").lines() == [{"retried": [name]}]
    assert refused() == []
    (kwargs,) = sent(here)
    assert kwargs == {"articles": [article]}
    assert here.client.hlen(keys.KEPT) == 1, "until it has an outcome"
    bootstrap.intake().articles(kwargs["articles"], run="s")
    assert [story.url for story in bootstrap.store().stories()] == ["https://mill.example/1"]
    assert here.client.exists(keys.KEPT, keys.KEPT_ORDER) == 0


def test_many_tried_again(here: Any, cli_on: Callable[..., Any]) -> None:
    """Many small articles go in one message, large ones in messages of a bounded size."""
    small = [{"n": number} for number in range(50)]
    large = [{"n": number, "text": " " * (3 << 20)} for number in range(2)]
    bootstrap.intake().articles([*small, *large], run="r")
    assert cli_on("quarantine", "retry", "--all").out == "52 retried.\n"
    messages = [[article["n"] for article in kwargs["articles"]] for kwargs in sent(here)]
    assert sorted(map(len, messages)) == [1, 51]
    assert sorted(itertools.chain(*messages)) == sorted([*range(50), 0, 1])


def test_many_tried_again_on_a_full_queue(
    here: Any, cli_on: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, until: Callable[..., Any]
) -> None:
    """That it is full is said once, not for each article."""
    monkeypatch.setenv("NEWSLOOM_QUEUE_MAX", "1")
    monkeypatch.setenv("NEWSLOOM_MESSAGE_FILES", "1")
    bootstrap.intake().articles([{"n": number} for number in range(4)], run="r")
    bootstrap.quarantine().put(Quarantined("/a", "missing", "d", 1.0))
    bootstrap.quarantine().put(Quarantined("/b", "missing", "d", 1.0))
    here.client.lpush("newsloom.ingest", "another's")

    def scripts() -> int:
        return int(here.client.info("commandstats")["cmdstat_evalsha"]["calls"])

    def slow_worker() -> None:
        for _ in range(6):
            before = scripts()
            until(lambda before=before: scripts() >= before + 2, what="a message that finds no room")
            here.client.rpop("newsloom.ingest")

    worker = threading.Thread(target=slow_worker)
    worker.start()
    told = cli_on("quarantine", "retry", "--all")
    worker.join()
    assert told.out == "6 retried.\n"
    assert told.err.count("The queue is full") == 1


def test_a_text_that_is_forgotten(
    here: Any, cli_on: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a bound to what is kept; past it the entry stays, and a retry says what to do."""
    monkeypatch.setenv("NEWSLOOM_KEPT_MB", "1")
    first, second = {"x": "a" * 600_000}, {"x": "b" * 600_000}
    bootstrap.intake().articles([first, second], run="r")
    names = [given(each, "").name for each in (first, second)]
    told = cli_on("quarantine", "retry", "--all", "--json")
    assert told.lines() == [{"retried": [names[1]]}]
    assert names[0] in told.err.replace("\n", "")
    assert "1 article whose text is no longer kept; send again: " in told.err
    assert refused() == [(names[0], "no_text")]
    assert cli_on("quarantine", "drop", "--all", "--json").lines() == [{"dropped": [names[0]]}]


def test_dropped(here: Any, cli_on: Callable[..., Any]) -> None:
    """``quarantine drop`` forgets the text as well."""
    bootstrap.intake().articles([{"x": "a"}], run="r")
    assert here.client.hlen(keys.KEPT) == 1
    cli_on("quarantine", "drop", "--all")
    assert here.client.exists(keys.KEPT, keys.KEPT_ORDER) == 0


def test_a_server_that_goes_away(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message goes back as it came; no article is held to blame."""

    def away(self: Ingest, articles: Sequence[Article]) -> Any:
        raise StoreUnavailable("away")

    with monkeypatch.context() as broken:
        broken.setattr(Ingest, "articles", away)
        for _ in range(5):
            with pytest.raises(StoreUnavailable):
                bootstrap.intake().articles([{"text": TEXT}], run="r")
    bootstrap.intake().articles([{"text": TEXT}], run="r")
    assert len(list(bootstrap.store().stories())) == 1
    assert here.client.hlen(keys.ATTEMPTS) == 0


def test_deaths_are_counted(here: Any) -> None:
    """An article that was begun three times without an end is refused, kept, and its neighbours go on."""
    bad, good = {"text": TEXT}, {"text": "Another mill, at another river, which goes on as it did."}
    for _ in range(3):
        bootstrap.quarantine().attempt("r:0#0")
    bootstrap.intake().articles([bad, good], run="r")
    assert refused() == [(given(bad, "").name, "killed_worker")]
    assert len(list(bootstrap.store().stories())) == 1
    assert bootstrap.kept().find([given(bad, "").name]) == [given(bad, "").text]
