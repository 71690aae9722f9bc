"""Do more workers change what comes out? Labelled articles through Redis and real workers, scored.

    python tests/quality/workers.py LABELLED.jsonl[.gz] [--workers 1 4] [--first N] [--shuffle-within-day SEED]

Each article becomes a file of its own, in order of publication, one file a message, so that several
workers have neighbours in hand at once. `newsloom run` does the rest on a server of its own, the second
look included. Prints a JSON line for each number of workers: BCubed, events found, and decisions that
had to be taken again because another worker got on; and how far F1 moves. Exit code 1: by more than 0.01.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsloom.core.scores import bcubed
from newsloom.evaluate import Labelled, labelled, shuffled_within_days

MOST = 0.01  #: BCubed F1 that the number of workers may move


def newsloom(data: Path, *argv: str) -> str:
    """Run a command on a server of its own under the folder; returns what it printed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLOOM_")}
    env |= {"NEWSLOOM_DATA_DIR": str(data)}
    ran = subprocess.run(
        [sys.executable, "-m", "newsloom", *argv], env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    return ran.stdout


def measured(items: list[Labelled], workers: int) -> dict[str, Any]:
    """The scores of the events that so many workers find."""
    with tempfile.TemporaryDirectory(prefix="newsloom-") as name:
        folder, data = Path(name) / "articles", Path(name) / "data"
        folder.mkdir()
        for number, item in enumerate(items):
            article = item.article
            row = {
                "id": article.id,
                "title": article.title,
                "text": article.text,
                "url": article.url,
                "source": article.source,
                "language": article.language,
                "published": article.published_s,
            }
            told = {key: value for key, value in row.items() if value is not None}
            (folder / f"{number:06}.json").write_text(json.dumps(told), encoding="utf-8")
        began = time.monotonic()
        newsloom(data, "run", str(folder), "--batch", "1", "--concurrency", str(workers), "--json")
        took_s = time.monotonic() - began
        stories = rows(data, "stories")
        records = [row for row in rows(data, "decisions") if row["type"] == "story_decided"]
    gold = {str(number): item.label for number, item in enumerate(items)}
    told = {place(record): record["event_id"] for record in records if record["part"] == 0}
    found = {place(story): story["event"] for story in stories if story["part"] == 0}
    if lost := gold.keys() - found.keys():
        raise SystemExit(f"{len(lost)} articles were not decided, such as that of line {min(map(int, lost))}")
    return {
        "workers": workers,
        "bcubed_as_told": bcubed(gold, told).rounded(),
        "bcubed": bcubed(gold, found).rounded(),
        "events": len(set(found.values())),
        "retries": sum(record["retries"] for record in records),
        "seconds": round(took_s, 1),
    }


def rows(data: Path, what: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in newsloom(data, "export", "--what", what).splitlines()]


def place(row: Mapping[str, Any]) -> str:
    """The article's place in the order of publication."""
    return str(int(Path(row["file"]).stem))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--first", type=int)
    parser.add_argument("--shuffle-within-day", type=int, dest="seed")
    args = parser.parse_args()
    items = labelled(args.labelled)[: args.first]
    if args.seed is not None:
        items = shuffled_within_days(items, args.seed)
    scores = []
    for workers in args.workers:
        told = measured(items, workers)
        print(json.dumps(told), flush=True)
        scores.append(told["bcubed"]["f1"])
    moved = max(scores) - min(scores)
    print(json.dumps({"f1_moves_by": round(moved, 4), "may": MOST}))
    sys.exit(moved > MOST)


if __name__ == "__main__":
    main()
