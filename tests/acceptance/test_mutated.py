"""Mutated files and messages through a live worker: no death, no hang past the limit, one outcome each.

Some hundreds in every run; as many as MUTATIONS says where that is set.
"""

import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.mutations import Mutations

from newsloom.mailbox import TASK, Mailbox, message, now_s
from newsloom.store import keys

COUNT = int(os.environ.get("MUTATIONS", "300"))
ROUND = 250
SEED = int(os.environ.get("MUTATIONS_SEED", "5"))
QUEUE = "newsloom.ingest"
REFUSED = f"{QUEUE}{keys.REFUSED}"
SOFT_S, HARD_S = 20, 30
CLOSING = ("file_ingested", "file_quarantined")


class Ear:
    """What a worker logs, each line once."""

    def __init__(self, worker: Any) -> None:
        self._log = worker.log.open("rb")
        self._rest = b""

    def lines(self) -> list[dict[str, Any]]:
        *whole, self._rest = (self._rest + self._log.read()).split(b"\n")
        return [json.loads(line) for line in whole]

    def close(self) -> None:
        self._log.close()


@pytest.mark.timeout(300 + COUNT)
def test_mutated(
    request: pytest.FixtureRequest, loom: Any, tmp_path: Path, until: Callable[..., Any]
) -> None:
    """Every file and every article is ingested or quarantined with a reason, once; every message that is none
    is refused, once; the worker and its children live."""
    loom.settings |= {"NEWSLOOM_SOFT_TIME_LIMIT_S": str(SOFT_S), "NEWSLOOM_HARD_TIME_LIMIT_S": str(HARD_S)}
    mutations, mailbox = Mutations(SEED), Mailbox(loom.client, QUEUE)
    worker = loom.worker(2)
    worker.ready()
    children = worker.children()
    ear = Ear(worker)
    request.addfinalizer(ear.close)
    done, outcomes, slowest_s = 0, Counter[str](), 0.0
    while done < COUNT:
        count = min(ROUND, COUNT - done)
        folder = tmp_path / f"round-{done}"
        folder.mkdir()
        sent: list[bytes] = []
        files = []
        for mutant in mutations.files(count * 7 // 10):
            (folder / mutant.name).write_bytes(mutant.content)
            files.append(str(folder / mutant.name))
            sent.append(message(TASK, {"files": [files[-1]]}, now_s()))
        articles = list(mutations.articles(count * 3 // 20))
        for number, article in enumerate(articles):
            article[f"unknown {done} {number}"] = 1  # or two of them would be one
            sent.append(message(TASK, {"articles": [article]}, now_s()))
        bodies: list[dict[str, Any]] = [
            {"files": [files[at]]} if at % 2 else {"articles": [article]}
            for at, article in enumerate(mutations.articles(count - len(sent)))
        ]
        messages = list(mutations.messages(bodies))
        began = time.monotonic()
        loom.client.delete(REFUSED)
        loom.client.lpush(QUEUE, *sent)
        until(lambda: mailbox.depth().drained, timeout_s=60 + count, what=f"all of round {done}")
        lines = ear.lines()
        closed = Counter(line["file"] for line in lines if line.get("event") in CLOSING)
        assert {file: closed[file] for file in files if closed[file] != 1} == {}, "not one outcome each"
        assert sum(closed.values()) == len(sent), "not one outcome each"
        assert loom.client.llen(REFUSED) == 0
        outcomes.update(line.get("reason", "ingested") for line in lines if line.get("event") in CLOSING)
        # Messages that may be none: what became of them is counted, for they may name anything by now.
        loom.client.lpush(QUEUE, *messages)
        until(lambda: mailbox.depth().drained, timeout_s=60 + count, what=f"the messages of round {done}")
        lines = ear.lines()
        ends = [line for line in lines if line.get("event") in CLOSING]
        aside = int(loom.client.llen(REFUSED))
        assert len(ends) + aside == len(messages), "not one outcome each"
        outcomes.update(line.get("reason", "ingested") for line in ends)
        outcomes["refused message"] += aside
        slowest_s = max(slowest_s, time.monotonic() - began)
        done += count
        assert worker.process.poll() is None, worker.errors.read_text()[-3000:]
        for file in folder.iterdir():
            file.unlink()
    assert worker.children() == children, "a child died"
    whole = worker.log.read_text()
    assert not re.search(r"WorkerLost|time limit \(|SIGKILL|signal 9", whole, re.IGNORECASE)
    assert loom.client.hlen(keys.ATTEMPTS) == 0
    assert outcomes["ingested"] > COUNT / 10, outcomes
    assert outcomes.total() == COUNT
    print(f"{COUNT} mutated inputs: {dict(outcomes.most_common())}")
    assert worker.stop() == 0
