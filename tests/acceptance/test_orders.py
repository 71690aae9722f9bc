"""From any order of arrival, and from concurrent workers, the same events: those that a person sees."""

import functools
import itertools
import json
import os
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from newsloom import batch, page
from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.errors import BadFile
from newsloom.mailbox import Mailbox
from newsloom.readers import Limits, read
from newsloom.relook import SecondLook
from newsloom.store.memory import MemoryStore

DATA = Path(__file__).parents[1] / "data"
Key = tuple[str, int, int]  #: file, article in it, part of that


@dataclass(frozen=True)
class Texts:
    """Article files, and what a person says of them."""

    folder: Path
    events: dict[Key, str]
    copies: tuple[frozenset[Key], ...]  #: stories of one text
    unreadable: frozenset[str] = frozenset()

    @property
    def names(self) -> list[str]:
        return sorted({name for name, _, _ in self.events} | self.unreadable)

    def partition(self) -> set[frozenset[Key]]:
        return parted((key, event) for key, event in self.events.items())


def parted(pairs: Iterable[tuple[Key, str]]) -> set[frozenset[Key]]:
    found: dict[str, set[Key]] = {}
    for key, event in pairs:
        found.setdefault(event, set()).add(key)
    return {frozenset(keys) for keys in found.values()}


def _key(spelt: str, article: int = 0) -> Key:
    name, _, part = spelt.partition("#")
    return name, article, int(part)


@pytest.fixture(scope="module")
def seeds() -> Texts:
    """Five pages of real news; their gold says: seven events, one with five stories."""
    given = os.environ.get("NEWSLOOM_EVAL_DATA")
    folder = Path(given or "").parent / "seeds"
    if not given or not (folder / "gold.json").exists():
        pytest.skip("NEWSLOOM_EVAL_DATA does not point beside a folder of seeds with gold.json")
    gold = json.loads((folder / "gold.json").read_text())
    events = {
        (name, 0, part): event
        for name, found in gold["files"].items()
        for part, event in enumerate(found["events"])
    }
    assert sorted(map(len, parted(events.items()))) == [1] * 6 + [5]
    return Texts(folder, events, tuple(frozenset(map(_key, group)) for group in gold["copies"]))


@pytest.fixture(scope="module")
def texts() -> Texts:
    """The project's own texts."""
    gold = json.loads((DATA / "gold.json").read_text())
    events: dict[Key, str] = {}
    for name, found in gold["files"].items():
        for article, stories in itertools.groupby(found["stories"], lambda story: story.get("article", 0)):
            for part, story in enumerate(stories):
                events[name, article, part] = story["event"]
    many = {name for name, article, _ in events if article}
    copies = tuple(
        # In a file of many articles the number is that of the article.
        frozenset(
            (
                _key(f"{s.partition('#')[0]}#0", int(s.partition("#")[2]))
                if s.partition("#")[0] in many
                else _key(s)
            )
            for s in group
        )
        for group in gold["copies"]
    )
    return Texts(DATA / "articles", events, copies, frozenset(gold["quarantined"]))


@pytest.fixture
def memoised(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pure steps of a text are taken once for all orders."""
    split, describe, detect = page.split, batch.describe, page.detect

    @functools.cache
    def split_once(paragraphs: tuple[str, ...], title: str | None, **known: Any) -> Any:
        return split(paragraphs, title, **known)

    described: dict[tuple[Any, ...], Any] = {}

    def describe_once(story: Any, furniture: Any) -> Any:
        mark = (story.title or "", *story.paragraphs, furniture)
        if mark not in described:
            described[mark] = describe(story, furniture)
        return described[mark]

    def split_with(paragraphs: Any, title: Any, **known: Any) -> Any:
        return split_once(tuple(paragraphs), title, **known)

    monkeypatch.setattr(page, "split", split_with)
    monkeypatch.setattr(batch, "describe", describe_once)
    monkeypatch.setattr(page, "detect", functools.cache(detect))


def articles_of(texts: Texts) -> dict[str, list[Article]]:
    """The articles of each file; a file that cannot be read has none."""
    found: dict[str, list[Article]] = {}
    for name in texts.names:
        path = str(texts.folder / name)
        found[name] = []
        try:
            for record in read(path, Limits()):
                assert isinstance(record, Article)
                found[name].append(replace(record, file=name, path=path))
        except BadFile:
            assert name in texts.unreadable
    return found


@dataclass(frozen=True)
class Seen:
    """One decision, by the place of its story."""

    key: Key
    story: str
    event: str
    outcome: str
    duplicate_of: str | None


def decide_all(articles: Iterable[Article], ingested: Callable[..., Any]) -> list[Seen]:
    return [
        Seen(
            (told.story.article.file, told.story.article.index, told.story.part),
            told.story.id,
            told.decision.event,
            told.decision.outcome.value,
            told.decision.duplicate_of,
        )
        for told in ingested(MemoryStore(), list(articles))
    ]


def copies_are_recognised(seen: Sequence[Seen], texts: Texts) -> None:
    """Of the stories of one text all but the first to arrive are copies of one of the others."""
    keys = {each.story: each.key for each in seen}
    for group in texts.copies:
        mine = [each for each in seen if each.key in group]
        assert len(mine) == len(group)
        for each in mine[1:]:
            assert each.outcome == "duplicate", (each, [other.key for other in mine])
            assert keys[each.duplicate_of or ""] in group, each


# -- in this process ------------------------------------------------------------------------------


@pytest.mark.eval
def test_seeds_in_all_orders(seeds: Texts, ingested: Callable[..., Any], memoised: None) -> None:
    """All 120 orders of the five seeds: seven events, one with five stories; copies are told as such."""
    articles = articles_of(seeds)
    wrong = []
    for order in itertools.permutations(seeds.names):
        seen = decide_all((article for name in order for article in articles[name]), ingested)
        if parted((each.key, each.event) for each in seen) != seeds.partition():
            wrong.append(order)
        else:
            copies_are_recognised(seen, seeds)
    assert not wrong, f"{len(wrong)} of 120 orders give other events, first {wrong[0]}"


def test_own_texts_in_order_of_name(texts: Texts, ingested: Callable[..., Any]) -> None:
    """The project's own texts, one after the other: every outcome as their gold says."""
    gold = json.loads((DATA / "gold.json").read_text())["files"]
    articles = articles_of(texts)
    seen = decide_all((article for name in texts.names for article in articles[name]), ingested)
    assert parted((each.key, each.event) for each in seen) == texts.partition()
    hinted = {
        (name, article, part): story["outcome_hint"]
        for name, found in gold.items()
        for article, stories in itertools.groupby(found["stories"], lambda story: story.get("article", 0))
        for part, story in enumerate(stories)
    }
    assert {each.key: each.outcome for each in seen} == hinted
    copies_are_recognised(seen, texts)


@pytest.mark.parametrize("order", ["reversed", *range(8)])
def test_own_texts_in_other_orders(
    texts: Texts, ingested: Callable[..., Any], memoised: None, order: str | int
) -> None:
    """The same events from the last to the first, and in random orders."""
    names = texts.names[::-1]
    if isinstance(order, int):
        random.Random(order).shuffle(names)
    articles = articles_of(texts)
    seen = decide_all((article for name in names for article in articles[name]), ingested)
    assert parted((each.key, each.event) for each in seen) == texts.partition()


@pytest.mark.parametrize("order", ["sorted", *range(4)])
@pytest.mark.parametrize("whose", ["texts", pytest.param("seeds", marks=pytest.mark.eval)])
def test_a_second_look_leaves_what_is_right(
    request: pytest.FixtureRequest, ingested: Callable[..., Any], memoised: None, whose: str, order: str | int
) -> None:
    """Look-alikes are not merged by it, nor is an event split, however little has been seen."""
    texts = request.getfixturevalue(whose)
    names = list(texts.names)
    if isinstance(order, int):
        random.Random(order).shuffle(names)
    articles, store, policy = articles_of(texts), MemoryStore(), Policy.load()
    told = list(ingested(store, [article for name in names for article in articles[name]]))
    keys = {one.story.id: (one.story.article.file, one.story.article.index, one.story.part) for one in told}
    while SecondLook(store, policy).look(100):
        pass
    found = {story.member.story: story.event for story in store.stories()}
    known = {keys[story] for story in found}  # of a repeat nothing is stored
    assert parted((keys[story], event) for story, event in found.items()) == {
        left for event in texts.partition() if (left := event & known)
    }


# -- in the hands of real workers ---------------------------------------------------------------------


def handed_in(
    loom: Any, texts: Texts, names: Sequence[str], concurrency: int, until: Callable[..., Any]
) -> list[Seen]:
    """One message a file, in this order; what the worker's log says of them."""
    mailbox = Mailbox(loom.client, "newsloom.ingest")
    loom.outbox.send([[str(texts.folder / name)] for name in names])
    loom.worker(concurrency)
    until(lambda: mailbox.depth().drained, what="an empty queue")
    expected = {(name, url): article for name, article, url in _urls(texts)}
    seen = []
    for line in loom.lines("story_decided"):
        name = os.path.basename(line["file"])
        article = expected.get((name, line["url"]), 0)
        key = (name, article, line["part"])
        seen.append(Seen(key, line["story"], line["event_id"], line["outcome"], line["duplicate_of"]))
    refused = {os.path.basename(line["file"]) for line in loom.lines("file_quarantined")}
    assert refused == texts.unreadable
    return seen


def _urls(texts: Texts) -> Iterable[tuple[str, int, str]]:
    """Articles of files of many, by their address: the log says it, and not their number."""
    gold = texts.folder.parent / "gold.json"
    if gold.exists():
        for name, found in json.loads(gold.read_text())["files"].items():
            for story in found["stories"]:
                if "url" in story:
                    yield name, story["article"], story["url"]


@pytest.mark.eval
@pytest.mark.parametrize("concurrency", [1, 2, 3, 4])
def test_seeds_in_the_hands_of_workers(
    seeds: Texts, loom: Any, until: Callable[..., Any], concurrency: int
) -> None:
    """The seeds in a random order, and in several hands at once."""
    names = list(seeds.names)
    random.Random(concurrency).shuffle(names)
    seen = handed_in(loom, seeds, names, concurrency, until)
    assert parted((each.key, each.event) for each in seen) == seeds.partition()
    for group in seeds.copies:
        # Who came first is not known here, so one of them may be no copy.
        outcomes = [each.outcome for each in seen if each.key in group]
        assert outcomes.count("duplicate") == len(group) - 1, outcomes


@pytest.mark.parametrize("concurrency", [1, 3])
def test_own_texts_in_the_hands_of_workers(
    texts: Texts, loom: Any, until: Callable[..., Any], concurrency: int
) -> None:
    """The project's own texts in a random order, in one hand and in several."""
    names = list(texts.names)
    random.Random(concurrency).shuffle(names)
    seen = handed_in(loom, texts, names, concurrency, until)
    assert parted((each.key, each.event) for each in seen) == texts.partition()
