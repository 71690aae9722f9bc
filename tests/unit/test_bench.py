"""The benchmarks run, and say what they promise to say."""

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from newsloom.bench import end_to_end, endurance, peers
from newsloom.cli.bench import bench, names

COPIES = Path(__file__).parents[1] / "quality" / "labelled" / "copies.jsonl"


@pytest.mark.parametrize("given", [[], ["--help"]])
def test_benchmarks_are_listed_with_what_they_measure(given, monkeypatch):
    """Each module of the folder is one, also where what it needs is not installed; `_common` is not."""
    monkeypatch.setattr("newsloom.cli.bench._module", lambda name: pytest.fail(f"{name} was imported"))
    found = CliRunner().invoke(bench, given)
    assert found.exit_code == 0
    assert all(len(line.split()) > 2 for line in found.stdout.splitlines())
    assert [line.split()[0] for line in found.stdout.splitlines()] == names()
    assert {"end_to_end", "peers"} <= set(names())
    assert not [name for name in names() if name.startswith("_")]


def test_an_unknown_benchmark_is_a_wrong_usage():
    """It says which there are."""
    found = CliRunner().invoke(bench, ["speed"])
    assert found.exit_code == 2
    assert "peers" in found.output


def test_without_articles_it_says_what_to_give(monkeypatch):
    """Neither a file nor the folder of articles that the variable names."""
    monkeypatch.delenv("NEWSLOOM_EVAL_DATA", raising=False)
    with pytest.raises(SystemExit, match="give a file of JSON lines"):
        peers.main([])


def test_a_file_without_articles(tmp_path):
    """It is named, rather than measured."""
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    with pytest.raises(SystemExit, match=r"empty\.jsonl is empty"):
        peers.main([str(empty)])


@pytest.mark.parametrize(
    "given",
    [
        "end_to_end --articles",
        "end_to_end --workers 2",
        "endurance --step",
        "memory --articles",
        "scale --sizes 9",
    ],
)
def test_nothing_is_not_measured(given):
    """A size of 0 is a wrong usage, which says so."""
    found = CliRunner().invoke(bench, [*given.split(), "0"])
    assert found.exit_code == 2
    assert "0 is less than 1" in found.stderr


def test_peers_do_the_job_on_the_same_articles(tmp_path, capsys):
    """Copies are found by the copy tier alone, and by the other libraries that find them; the rates are of this run."""
    target, plot = tmp_path / "peers.json", tmp_path / "peers.png"
    since_s = time.perf_counter()
    peers.main([str(COPIES), "--json", str(target), "--plot", str(plot)])
    took_s = time.perf_counter() - since_s
    found = json.loads(target.read_text())
    assert json.loads(capsys.readouterr().out) == found
    runs, copies = found["runs"], 15 + found["copies"]
    assert found["articles"] == len(COPIES.read_text().splitlines()) + found["copies"]
    assert runs["newsloom, the whole way"]["joined"] == copies
    # Alone it knows no names, by which a template that was filled in is told from a copy.
    assert runs["newsloom, copies alone"]["joined"] >= copies
    ours, theirs = runs["newsloom, copies alone"], runs["datasketch MinHashLSH, Redis"]
    # At this threshold a template that was filled in is taken for a copy as well.
    assert copies / 2 < theirs["joined"] <= copies + 1
    assert found["copies_over_datasketch"] == pytest.approx(ours["per_s"] / theirs["per_s"], abs=0.01)
    assert found["copies_over_datasketch_by_cpu"] == pytest.approx(
        theirs["cpu_ms"] / ours["cpu_ms"], abs=0.01
    )
    assert sum(found["articles"] / one["per_s"] for one in runs.values()) < took_s
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_end_to_end_counts_every_story(tmp_path):
    """Each way of handing in decides all of them, beside no-op tasks of the same run."""
    target, since_s = tmp_path / "end.json", time.perf_counter()
    end_to_end.main(
        f"{COPIES} --articles 12 --workers 1 --batch 6 --json {target} --plot {tmp_path / 'end.png'}".split()
    )
    took_s = time.perf_counter() - since_s
    noop, *runs = json.loads(target.read_text())["runs"]
    assert noop["run"] == "no-op tasks"
    assert [run["stories"] for run in runs] == [12, 12, 12]
    for run in runs:  # each figure is rounded, to three digits at least
        assert run["of_noop"] == pytest.approx(run["per_s"] / noop["per_s"], rel=0.01, abs=0.001)
        assert run["of_noop_by_cpu"] == pytest.approx(noop["cpu_ms"] / run["cpu_ms"], rel=0.01, abs=0.001)
    assert sum(run["stories"] / run["per_s"] for run in runs) < took_s
    assert (tmp_path / "end.png").read_bytes().startswith(b"\x89PNG")


def test_endurance_looks_at_a_worker_again_and_again(tmp_path, capsys):
    """After each so many stories it tells what the worker's child holds."""
    target = tmp_path / "endurance.json"
    endurance.main(f"--stories 40 --step 20 --json {target} --plot {tmp_path / 'endurance.png'}".split())
    found = json.loads(target.read_text())
    assert json.loads(capsys.readouterr().out) == found
    assert [look["stories"] for look in found["looks"]] == [20, 40]
    first, last = (look["child_mb"] for look in found["looks"])
    assert found["last_over_first_fifth"] == round(last / first, 3)
    assert 10 < first < 1_000  # not bytes, and not of a process that has begun nothing
