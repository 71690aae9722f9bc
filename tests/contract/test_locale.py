"""A server compares strings by the locale that it was started in; what is decided does not depend on it."""

import random
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.core.views import DAY_S
from newsloom.ingest import Ingest
from newsloom.store.memory import MemoryStore
from newsloom.store.redis import RedisStore
from newsloom.store.values import Caps

SOURCES = Path("/usr/share/i18n/locales/en_US")
START_S = 1_700_000_000.0


@pytest.fixture
def dictionary_order(tmp_path, monkeypatch):
    """Processes started from here on sort as an English dictionary does, where bytes that are no text are all alike."""
    localedef = shutil.which("localedef")
    if localedef is None or not SOURCES.exists():
        pytest.skip("there is no localedef, or no source of a locale, to make one that sorts unlike bytes")
    folder = tmp_path / "locales"
    folder.mkdir()
    subprocess.run(
        [localedef, "-i", str(SOURCES), "-f", "UTF-8", str(folder / "en_US.UTF-8")], check=True, timeout=60
    )
    monkeypatch.setenv("LOCPATH", str(folder))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")  # before all others


def articles(count):
    """News of a ferry, each of an event of its own, in no order of their days: the lists of its words grow long."""
    chance = random.Random(5)
    for number in range(count):
        names = " ".join(f"Name{chance.randrange(40)}x" for _ in range(4))
        text = f"The ferry at Brackwell was late for the {number}th time, said {names}, and the harbour was closed again."
        day = chance.randrange(200)
        yield Article(file=f"{number}.txt", text=text, language="en", published_s=START_S + day * DAY_S)


def test_the_order_of_bytes_is_that_of_their_numbers(dictionary_order, own_server):
    """Long lists stay in order of day, the window holds, the latest events are kept: as in memory."""
    assert own_server.client.eval("return ('a' < 'B') and 1 or 0", 0) == 1  # bytes say no
    policy = replace(Policy.load(), window_days=40.0, threshold=1e9)  # each an event of its own
    caps = Caps(postings=60, candidates=6, read=10_000)
    ours, theirs = (
        Ingest(store, policy, now=lambda: START_S + 300 * DAY_S)
        for store in (
            MemoryStore(caps, policy.window_days),
            RedisStore(own_server.client, caps, policy.window_days),
        )
    )
    for article in articles(150):
        (one,), (other,) = ours.article(article), theirs.article(article)
        assert one.decision == other.decision
    assert theirs.store.stats()["postings_capped"] == ours.store.stats()["postings_capped"] > 0
