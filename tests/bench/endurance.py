"""Memory of a worker process over a hundred thousand stories: flat, or does it grow?

Articles are generated, each with names that no other has, so that whatever remembers words, lines or stories
fills up: the worst case for a process that runs all day. The figure to quote is what the worker's child holds
at the end over what it held after a fifth of the stories.
"""

import functools
import itertools
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import redis

from newsloom import server
from newsloom.bench import _common
from newsloom.bench.memory import generated
from newsloom.store.redis import RedisStore


def held_mb(worker: psutil.Process) -> float:
    """Memory that the children of a worker have for themselves, the largest of them."""
    return float(max(child.memory_full_info().uss for child in worker.children(recursive=True)) / 1e6)


def measure(folder: Path, stories: int, step: int) -> list[dict[str, float]]:
    """Of one worker process, after each so many stories."""
    env = {"NEWSLOOM_DATA_DIR": str(folder / "data"), "NEWSLOOM_LOG_FORMAT": "json"}
    share, log, told = server.start_or_join(folder / "data"), folder / "worker.log", []
    client = redis.Redis(unix_socket_path=share.socket_path)
    store, articles = RedisStore(client), generated(stories)
    argv = [sys.executable, "-m", "newsloom"]
    with _common.process([*argv, "worker", "--concurrency", "1"], env, log) as worker:
        for count in range(step, stories + 1, step):
            lines = folder / f"{count}.jsonl"
            with lines.open("w", encoding="utf-8") as out:
                for article in itertools.islice(articles, step):
                    fields = {"title": article.title, "text": article.text, "url": article.url}
                    out.write(json.dumps({**fields, "published": article.published_s}) + "\n")
            with _common.process([*argv, "enqueue", str(lines)], env, folder / "enqueue.log") as enqueue:
                enqueue.wait()
            decided = functools.partial(_decided, store, count)
            _common.until(decided, worker, log, pause_s=1.0)
            told.append({"stories": count, "child_mb": round(held_mb(psutil.Process(worker.pid)), 1)})
            print(json.dumps(told[-1]), file=sys.stderr, flush=True)
            lines.unlink()
            os.truncate(log, 0)
    share.close()
    return told


def _decided(store: RedisStore, stories: int) -> bool:
    return bool(store.stats()["stories"] >= stories)


def main(argv: Sequence[str] | None = None) -> None:
    options = _common.parser(__doc__)
    options.add_argument("--stories", type=_common.count, default=100_000)
    options.add_argument("--step", type=_common.count, default=5_000, help="stories between two looks")
    chosen = options.parse_args(argv)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        rows = measure(Path(name), chosen.stories, chosen.step)
    early = rows[max(0, len(rows) // 5 - 1)]
    grown = round(rows[-1]["child_mb"] / early["child_mb"], 3)
    found = {**_common.machine(), "last_over_first_fifth": grown, "looks": rows}
    _common.finish(chosen, found, lambda axes: _draw(axes, rows))


def _draw(axes: Any, rows: Sequence[dict[str, float]]) -> None:
    axes.plot([row["stories"] for row in rows], [row["child_mb"] for row in rows], "o-", color="#4477aa")
    axes.set(xlabel="stories decided", ylabel="MB", title="Memory of a worker's child process")
    axes.set_ylim(bottom=0)


if __name__ == "__main__":
    main()
