"""Stories a second, from the first message to the last decision, beside no-op Celery tasks over stock kombu.

With one worker process and with two; as messages of one file, messages of many, and one file of JSON lines.
`took_ms` is the time of each step as the workers log it, a mean over the stories: where the time goes.
Everything runs on servers started for this and thrown away. The figure to quote is the ratio to the no-op
tasks, one a message, of the same run; where other programs keep the machine busy, the ratio of CPU time.
"""

import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import redis

from newsloom import bootstrap, server
from newsloom.bench import _common

NOOP_APP = """
from celery import Celery
app = Celery("noop", broker={broker!r})
app.conf.update(task_ignore_result=True, task_default_queue="noop", worker_send_task_events=False)
@app.task(name="noop")
def noop(files=None):
    pass
"""


def noop(folder: Path, tasks: int, workers: int) -> dict[str, float]:
    """No-op tasks, one a message, sent beforehand."""
    share = server.start_or_join(folder / f"noop-{workers}")
    client = redis.Redis(unix_socket_path=share.socket_path)
    (folder / "noop_app.py").write_text(NOOP_APP.format(broker=f"redis+socket://{share.socket_path}"))
    names: dict[str, Any] = {}
    exec((folder / "noop_app.py").read_text(), names)
    for number in range(tasks):
        names["noop"].apply_async(kwargs={"files": [f"article-{number}.json"]})
    argv = [sys.executable, "-m", "celery", "-A", "noop_app", "worker", "-c", str(workers), "-l", "WARNING"]
    argv += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    log = folder / "noop.log"
    with _common.process(argv, {"PYTHONPATH": str(folder)}, log) as worker:
        # It has begun: the start-up is left out.
        _common.until(lambda: client.llen("noop") < tasks - 20, worker, log)
        began, left, cpu_s = time.perf_counter(), client.llen("noop"), _spent(worker.pid, client)
        _common.until(lambda: client.llen("noop") == 0 and client.hlen("unacked") == 0, worker, log)
        took_s, spent_s = time.perf_counter() - began, _spent(worker.pid, client) - cpu_s
    share.close()
    return {"per_s": left / took_s, "cpu_ms": 1000 * spent_s / left}


def newsloom(folder: Path, paths: Sequence[str], workers: int, batch: int) -> dict[str, Any]:
    """From enqueue to the last decision, the workers being up."""
    data = folder / f"newsloom-{workers}-{batch}-{len(paths)}"
    env = {"NEWSLOOM_DATA_DIR": str(data), "NEWSLOOM_LOG_FORMAT": "json", "NEWSLOOM_LOOK_EVERY_S": "0"}
    kept = {name: os.environ.get(name) for name in env}
    os.environ.update(env)
    _forget()
    share = server.start_or_join(data)
    client = redis.Redis(unix_socket_path=share.socket_path)
    log = folder / "worker.log"
    argv = [sys.executable, "-m", "newsloom", "worker", "--concurrency", str(workers)]
    with _common.process(argv, env, log) as worker:
        _common.until(lambda: "ready." in log.read_text(errors="replace"), worker, log)
        mailbox, store = bootstrap.mailbox(), bootstrap.store()
        began, cpu_s = time.perf_counter(), _spent(worker.pid, client)
        bootstrap.outbox().send([paths[at : at + batch] for at in range(0, len(paths), batch)])
        _common.until(lambda: mailbox.depth().drained, worker, log)
        took_s, spent_s = time.perf_counter() - began, _spent(worker.pid, client) - cpu_s
        stories = store.stats()["stories"]
    used, took_ms = client.info("memory")["used_memory"], _steps(log)
    share.close()
    for name, value in kept.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
    _forget()
    return {
        "stories": stories,
        "per_s": stories / took_s,
        "cpu_ms": 1000 * spent_s / stories,
        "redis_bytes_per_story": used / stories,
        "took_ms": took_ms,
    }


def _forget() -> None:
    """What this process has built for other settings."""
    for built in vars(bootstrap).values():
        if hasattr(built, "cache_clear"):
            built.cache_clear()


def _steps(log: Path) -> dict[str, float]:
    """Milliseconds of each step, a mean over the stories decided."""
    took: Counter[str] = Counter()
    stories = 0
    for line in log.read_text(errors="replace").splitlines():
        if '"story_decided"' in line:
            took.update(json.loads(line)["took_ms"])
            stories += 1
    return _rounded({step: value / stories for step, value in took.items()})


def _spent(pid: int, client: Any) -> float:
    """CPU seconds of the workers and of the server so far."""
    used = client.info("cpu")
    return _common.cpu_s(pid) + float(used["used_cpu_user"]) + float(used["used_cpu_sys"])


def main(argv: Sequence[str] | None = None) -> None:
    options = _common.parser(__doc__, articles=2000)
    options.add_argument(
        "--workers", type=_common.count, nargs="*", default=[1, 2], help="worker processes, in turn"
    )
    options.add_argument(
        "--batch", type=_common.count, default=100, help="files of a message that holds many"
    )
    chosen = options.parse_args(argv)
    rows = _common.articles(chosen)
    found: dict[str, Any] = {**_common.machine(), "articles": len(rows), "runs": []}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        lines = folder / "articles.jsonl"
        lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
        files = []
        for number, row in enumerate(rows):
            path = folder / f"{number:06}.json"
            path.write_text(json.dumps(row))
            files.append(str(path))
        for workers in chosen.workers:
            beside = noop(folder, 3 * len(rows), workers)
            found["runs"].append({"run": "no-op tasks", "workers": workers, **_rounded(beside)})
            for run, paths, batch in (
                (f"messages of {chosen.batch} files", files, chosen.batch),
                ("one file of JSON lines", [str(lines)], 1),
                ("messages of one file", files, 1),
            ):
                one = newsloom(folder, paths, workers, batch)
                ratios = {
                    "of_noop": one["per_s"] / beside["per_s"],
                    "of_noop_by_cpu": beside["cpu_ms"] / one["cpu_ms"],
                }
                found["runs"].append({"run": run, "workers": workers, **_rounded(one | ratios)})
    _common.finish(chosen, found, lambda axes: _draw(axes, found["runs"]))


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _short(value) if isinstance(value, int | float) else value for name, value in values.items()
    }


def _short(value: float) -> float:
    return round(value, 3) if value < 100 else round(value)


def _draw(axes: Any, runs: Sequence[dict[str, Any]]) -> None:
    values = {f"{run['run']}, {run['workers']} worker(s)": run["per_s"] for run in runs}
    _common.bars(axes, values, "stories, or tasks, a second", "From enqueue to the last decision")


if __name__ == "__main__":
    main()
