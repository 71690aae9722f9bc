"""Scores are those of the literature, worked out by hand."""

import json
from pathlib import Path

import pytest

from newsloom.cli import main
from newsloom.core.policy import Policy
from newsloom.core.scores import Score, bcubed, pairwise, worst_events
from newsloom.errors import BadFile
from newsloom.evaluate import evaluate, labelled
from newsloom.labels import read_labels

#: Two labelled events of three and two; one document of the first stands with the second.
GOLD = {"a": "x", "b": "x", "c": "x", "d": "y", "e": "y"}
FOUND = {"a": "1", "b": "1", "c": "2", "d": "2", "e": "2"}
ARTICLES = Path(__file__).parents[1] / "data" / "articles"


def test_bcubed() -> None:
    """A mean over documents of how pure its event is, and how whole."""
    score = bcubed(GOLD, FOUND)
    assert score.precision == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3) / 5)
    assert score.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    assert score.rounded() == {"precision": 0.7333, "recall": 0.7333, "f1": 0.7333}


def test_pairwise() -> None:
    """Pairs found together, and pairs that belong together."""
    score = pairwise(GOLD, FOUND)
    assert (score.precision, score.recall) == (2 / 4, 2 / 4)
    assert score.f1 == 0.5


def test_nothing_to_score() -> None:
    """No documents, no pairs: scores are numbers all the same."""
    assert bcubed({}, {}) == Score(0.0, 0.0)
    assert Score(0.0, 0.0).f1 == 0.0
    assert pairwise({"a": "x"}, {"a": "1"}) == Score(1.0, 1.0)


def test_worst_events() -> None:
    """What came out badly is named, the worst first; what came out whole is not."""
    worst = worst_events({**GOLD, "f": "z"}, {**FOUND, "f": "3"}, count=5)
    assert [(row.label, row.size, row.f1) for row in worst] == [("x", 3, 0.8), ("y", 2, 0.8)]
    assert worst_events(GOLD, FOUND, count=1) == worst[:1]


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Three tellings of one event and one of another, labelled, the dates out of order."""
    blast = [ARTICLES / name for name in ("01-port-ellery-blast-wire.txt", "06-port-ellery-blast-street.txt")]
    other = ARTICLES / "05-wexcombe-hoard-raid.txt"
    rows = [
        {"label": "raid", "text": other.read_text(encoding="utf-8"), "published": "2026-03-04"},
        {"label": "blast", "text": blast[0].read_text(encoding="utf-8"), "published": "2026-03-02"},
        {"label": "blast", "text": blast[1].read_text(encoding="utf-8")},
    ]
    path = tmp_path / "sample.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_evaluate_runs_the_decision_code(sample: Path) -> None:
    """Labelled articles come in order of publication, and the events that are found are scored."""
    items = labelled(sample)
    assert [item.label for item in items] == ["blast", "blast", "raid"]
    counted: list[int] = []
    report = evaluate(items, Policy.load(), seen=counted.append)
    assert counted == [1, 2, 3]
    assert (report.bcubed.f1, report.found_events, report.largest_found, report.worst) == (1.0, 2, 2, [])


def test_a_line_without_label_is_named(tmp_path: Path) -> None:
    """Whoever forgot a label learns of the line."""
    path = tmp_path / "unlabelled.jsonl"
    path.write_text('{"text": "A bridge has opened."}\n', encoding="utf-8")
    with pytest.raises(BadFile, match="label"):
        labelled(path)


def test_what_a_site_said_in_place_of_an_article_is_left_out(sample: Path) -> None:
    """A blocked scraper's answer belongs to no event, whatever its label says."""
    answer = {"label": "raid", "title": "403 Forbidden", "text": "nginx/1.18.0", "published": "2026-03-04"}
    sample.write_text(json.dumps(answer) + "\n" + sample.read_text(encoding="utf-8"), encoding="utf-8")
    labels = read_labels(sample)
    assert [item.label for item in labels.items] == ["blast", "blast", "raid"]
    assert [(one.index, one.reason) for one in labels.left_out] == [(0, "blocked")]


def test_the_command(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """`newsloom evaluate` prints a table, or JSON, and needs no server."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", "redis://127.0.0.1:1")
    for argv in (["evaluate", str(sample)], ["evaluate", str(sample), "--json", "--shift", "99"]):
        monkeypatch.setattr("sys.argv", ["newsloom", *argv])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code
    table, _, row = capfdbinary.readouterr().out.rstrip().rpartition(b"\n")
    assert b"BCubed" in table
    assert json.loads(row)["found_events"] == 3
