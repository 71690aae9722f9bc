"""Damaged samples through the readers, as many as asked: ``python tests/fuzz/mutate.py [COUNT] [SEED]``.

Prints how they ended, the slowest, and what broke; exits with 1 if anything did. A file that broke something is
kept beside the others of its kind in the folder that is named.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import outcomes

LIMIT_S = 20.0


def main(count: int, seed: int) -> int:
    rng, seeds = random.Random(seed), outcomes.seeds()
    seen: Counter[str] = Counter()
    slowest, broken = (0.0, 0), []
    folder = Path(tempfile.mkdtemp(prefix="newsloom-mutated-"))
    for number in range(count):
        path = folder / rng.choice(("a", "a.html", "a.json", "a.csv", "a.xml", "a.txt"))
        path.write_bytes(outcomes.mutated(rng.choice(seeds), rng))
        started = time.process_time()
        try:
            seen[outcomes.outcome(str(path))] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            kept = path.rename(folder / f"broke-{number}{path.suffix}")
            broken.append(f"{kept}: {error!r}")
            continue
        slowest = max(slowest, (time.process_time() - started, number))
        path.unlink()
    print(
        f"{count} inputs, seed {seed}: {sum(seen.values())} with one outcome, {len(broken)} broke something"
    )
    print(", ".join(f"{name} {times}" for name, times in seen.most_common()))
    print(f"slowest: number {slowest[1]}, {slowest[0]:.2f} s of processor time")
    print(*broken, sep="\n")
    return 1 if broken or slowest[0] > LIMIT_S else 0


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(numbers + [10_000, 1][len(numbers) :])))
