"""Stories a second, from the first message to the last decision, beside no-op Celery tasks.

usage: end_to_end.py ARTICLES.jsonl[.gz] [--articles 2000] [--workers 2]

Everything runs on one server, started for this and thrown away, in one go; the figure to quote is the
ratio, for machines differ. Prints one JSON object.
"""

import argparse
import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import redis

NOOP_APP = """
from celery import Celery
app = Celery("noop", broker={broker!r})
app.conf.update(task_ignore_result=True, task_default_queue="noop", worker_send_task_events=False)
@app.task(name="noop")
def noop(files=None):
    pass
"""


def until(
    condition: Callable[[], bool], process: "subprocess.Popen[bytes]", timeout_s: float = 900.0
) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"the worker ended ({process.poll()}), or took too long")
        time.sleep(0.01)  # between two looks at the condition


def articles(path: Path, count: int) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for _, line in zip(range(count), lines, strict=False):
            yield json.loads(line)


def worker(argv: list[str], env: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as out:
        return subprocess.Popen(argv, env={**os.environ, **env}, stdout=out, stderr=subprocess.STDOUT)


def stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait(timeout=60)


def noop_rate(client: Any, socket_path: str, folder: Path, tasks: int, workers: int) -> float:
    """No-op tasks a second, one a message, sent beforehand."""
    broker = f"redis+socket://{socket_path}"
    (folder / "noop_app.py").write_text(NOOP_APP.format(broker=broker))
    sys.path.insert(0, str(folder))
    from noop_app import noop  # type: ignore[import-not-found]

    for number in range(tasks):
        noop.apply_async(kwargs={"files": [f"article-{number}.json"]})
    argv = [sys.executable, "-m", "celery", "-A", "noop_app", "worker", "-c", str(workers), "-l", "WARNING"]
    argv += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    log = folder / "noop.log"
    process = worker(argv, {"PYTHONPATH": str(folder)}, log)
    until(lambda: client.llen("noop") < tasks - 20, process)  # it has begun: leave the start-up out
    began, left = time.perf_counter(), client.llen("noop")
    until(lambda: client.llen("noop") == 0 and client.hlen("unacked") == 0, process)
    rate = left / (time.perf_counter() - began)
    stop(process)
    return float(rate)


def newsloom_rate(
    env: dict[str, str], folder: Path, paths: list[str], workers: int, batch: int
) -> tuple[float, int]:
    """Stories a second from enqueue to the last decision, the workers being up; and the stories."""
    from newsloom import bootstrap

    log = folder / f"worker-{batch}-{len(paths)}.log"
    argv = [sys.executable, "-m", "newsloom", "worker", "--concurrency", str(workers)]
    process = worker(argv, {**env, "NEWSLOOM_LOG_FORMAT": "json"}, log)
    until(lambda: "ready." in log.read_text(errors="replace"), process)
    mailbox, store = bootstrap.mailbox(), bootstrap.store()
    before, began = store.stats()["stories"], time.perf_counter()
    mailbox.send([paths[i : i + batch] for i in range(0, len(paths), batch)])
    until(lambda: mailbox.depth().drained, process)
    took = time.perf_counter() - began
    stories = store.stats()["stories"] - before
    stop(process)
    return stories / took, stories


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles_file", type=Path)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found: dict[str, Any] = {
            "machine": platform.machine(),
            "cores": os.cpu_count(),
            "workers": chosen.workers,
        }
        rows = list(articles(chosen.articles_file, chosen.articles))
        lines = folder / "articles.jsonl"
        lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
        files = []
        for number, row in enumerate(rows):
            path = folder / f"{number:06}.json"
            path.write_text(json.dumps(row))
            files.append(str(path))
        from newsloom import bootstrap, server

        for label, paths, batch in (
            ("json_lines", [str(lines)], 1),
            ("batches_of_20", files, 20),
            ("one_a_message", files, 1),
        ):
            data = folder / label
            env = {"NEWSLOOM_DATA_DIR": str(data)}
            os.environ.update(env)
            for built in (
                bootstrap.settings,
                bootstrap.client,
                bootstrap.broker,
                bootstrap.store,
                bootstrap.mailbox,
                bootstrap._embedded,
            ):
                built.cache_clear()
            share = server.start_or_join(data)
            client = redis.Redis(unix_socket_path=share.socket_path)
            if "noop_per_s" not in found:
                found["noop_per_s"] = round(
                    noop_rate(client, share.socket_path, folder, 3 * len(rows), chosen.workers)
                )
            rate, stories = newsloom_rate(env, folder, paths, chosen.workers, batch)
            found[label] = {
                "stories": stories,
                "stories_per_s": round(rate, 1),
                "of_noop": round(rate / found["noop_per_s"], 2),
                "redis_bytes_per_story": round(client.info("memory")["used_memory"] / stories),
            }
            share.close()
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
