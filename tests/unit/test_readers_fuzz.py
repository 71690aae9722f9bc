"""Any bytes at all, and every sample after accidents: one outcome each, soon, and nothing else."""

import random
import time
from collections import Counter
from pathlib import Path

import outcomes
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SEEDS = outcomes.seeds()
SECONDS = 20  #: of processor time that any small file may take; most take a thousandth
NAMES = st.sampled_from(["a", "a.txt", "a.html", "a.json", "a.csv", "a.xml", "a.jsonl.gz", "a.warc"])


def put(folder: Path, data: bytes, name: str = "a") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize("seed", range(8))
def test_mutated_samples(tmp_path: Path, seed: int) -> None:
    """Each of some hundred damaged samples has one outcome within the limit, and so does splitting what is read."""
    rng = random.Random(seed)
    seen: Counter[str] = Counter()
    for _ in range(100):
        path = put(
            tmp_path, outcomes.mutated(rng.choice(SEEDS), rng), rng.choice(("a", "a.html", "a.json", "a.csv"))
        )
        started = time.process_time()
        seen[outcomes.outcome(path)] += 1
        assert time.process_time() - started < SECONDS
    assert len(seen) > 3, "the accidents are all of one kind"


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.sampled_from(SEEDS),
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 64), st.sampled_from(outcomes.PIECES) | st.binary(max_size=8)),
        min_size=1, max_size=6,
    ),
    name=NAMES,
    start=st.integers(0, 2),
)  # fmt: skip
def test_samples_with_pieces_put_in(
    tmp_path: Path, seed: bytes, cuts: list[tuple[float, int, bytes]], name: str, start: int
) -> None:
    """Wherever a piece that means something is put in, in place of however much."""
    data = seed
    for place, length, piece in cuts:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + length :]
    outcomes.outcome(put(tmp_path, data, name), start=start)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.lists(st.sampled_from(outcomes.PIECES) | st.binary(max_size=12), max_size=40).map(b"".join),
    name=NAMES,
)
def test_nothing_but_pieces(tmp_path: Path, data: bytes, name: str) -> None:
    """Files made of nothing but what readers look for."""
    outcomes.outcome(put(tmp_path, data, name))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.sampled_from(SEEDS), random_seed=st.integers(0, 1 << 32))
def test_what_is_read_can_be_split(tmp_path: Path, seed: bytes, random_seed: int) -> None:
    """The splitter takes whatever the readers let through."""
    path = put(tmp_path, outcomes.mutated(seed, random.Random(random_seed)))
    outcomes.cut_all(path)
