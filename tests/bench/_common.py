"""What the benchmarks share: articles, processes and their CPU time, and what becomes of the findings."""

import argparse
import gzip
import json
import os
import platform
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil


def count(text: str) -> int:
    """What an option says how many of: one at least."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def parser(description: str | None, *, articles: int = 0) -> argparse.ArgumentParser:
    """The options that every benchmark has; and those of one over a file of articles, so many unless told otherwise."""
    options = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    if articles:
        options.add_argument(
            "articles_file",
            type=Path,
            nargs="?",
            default=_given(),
            help="JSON lines with the fields of an article, .gz is fine; "
            "$NEWSLOOM_EVAL_DATA/load/stream.jsonl.gz if not given",
        )
        options.add_argument("--articles", type=count, default=articles, help="how many of them")
    options.add_argument("--json", type=Path, help="write what was found there")
    options.add_argument("--plot", type=Path, help="draw it there; needs the extra `plot`")
    return options


def _given() -> Path | None:
    folder = os.environ.get("NEWSLOOM_EVAL_DATA")
    return Path(folder) / "load" / "stream.jsonl.gz" if folder else None


def articles(chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """The first so many of the file."""
    path: Path | None = chosen.articles_file
    if path is None or not path.is_file():
        raise SystemExit(f"no articles: {path or 'give a file of JSON lines, or set NEWSLOOM_EVAL_DATA'}")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for _, line in zip(range(chosen.articles), lines, strict=False)]
    if not found:
        raise SystemExit(f"no articles: {path} is empty")
    return found


def machine() -> dict[str, Any]:
    return {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}


def finish(chosen: argparse.Namespace, found: dict[str, Any], draw: Callable[[Any], None]) -> None:
    """Print, write and draw. ``draw`` is handed the axes."""
    text = json.dumps(found, indent=1)
    print(text)
    if chosen.json:
        chosen.json.write_text(text + "\n", encoding="utf-8")
    if chosen.plot:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7, 4), layout="constrained")
        draw(figure.add_subplot())
        figure.savefig(chosen.plot, dpi=120)


def bars(axes: Any, values: dict[str, float], unit: str, title: str) -> None:
    """One bar a name, with its number."""
    shown = axes.barh(list(values), list(values.values()), color="#4477aa")
    axes.bar_label(shown, fmt="%.4g", padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set(xlabel=unit, title=title)


@contextmanager
def process(argv: Sequence[str], env: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that is asked to end afterwards, and waited for."""
    with log.open("wb") as out:
        running = subprocess.Popen(argv, env={**os.environ, **env}, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(timeout=60)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def until(
    condition: Callable[[], bool],
    running: "subprocess.Popen[bytes]",
    log: Path,
    timeout_s: float = 1800.0,
    pause_s: float = 0.005,
) -> None:
    """Wait for a condition, as long as the process lives."""
    end = time.monotonic() + timeout_s
    while not condition():
        if running.poll() is not None or time.monotonic() > end:
            tail = log.read_text(errors="replace")[-2000:]
            raise SystemExit(f"the worker ended ({running.poll()}), or took too long:\n{tail}")
        time.sleep(pause_s)  # between two looks at the condition


def cpu_s(pid: int) -> float:
    """CPU time of a process and its children so far, in seconds."""
    total = 0.0
    top = psutil.Process(pid)
    for one in (top, *top.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total
