"""Eight workers that decide at once, without Celery: each round, one story each of one event.

usage: deciders.py STORIES.json ADDRESS; the file holds rounds of (name, text) pairs, one for each process.
A process waits for all others before each story. Prints one JSON line a decision.
"""

import json
import multiprocessing
import os
import sys
from dataclasses import replace
from pathlib import Path

import redis

from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.ingest import Ingest
from newsloom.store.memory import MemoryStore
from newsloom.store.redis import RedisStore

PROCESSES = 8


def main() -> None:
    rounds = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    policy = replace(Policy.load(), intercept=-4.0, coefficients={"body": 12.0}, threshold=0.0, caution=0.0)
    Ingest(MemoryStore(), policy).warm()
    context = multiprocessing.get_context("fork")  # nothing else runs in this process
    barrier = context.Barrier(PROCESSES)

    def work(number: int) -> None:
        client = redis.Redis.from_url(sys.argv[2])
        use = Ingest(RedisStore(client), policy)
        told = []
        for stories in rounds:
            name, text = stories[number]
            barrier.wait(60)
            told += [each.record for each in use.article(Article(file=name, text=text, language="en"))]
        client.close()
        os.write(1, b"".join(json.dumps(record).encode() + b"\n" for record in told))

    children = [context.Process(target=work, args=(number,)) for number in range(PROCESSES)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    sys.exit(max(child.exitcode or 0 for child in children))


if __name__ == "__main__":
    main()
