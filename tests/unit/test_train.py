"""The join rule, fitted to labels."""

import json
import math
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from newsloom.core.decide import score
from newsloom.core.policy import VIEWS, Policy
from newsloom.evaluate import evaluate, labelled
from newsloom.train import Examples, examples, fit, halves, train

LABELLED = Path(__file__).parents[1] / "quality" / "labelled"
POLICY = Policy.load()


def pairs(views, same):
    """Examples of the given views, the rest of them 0."""
    names = tuple(sorted(POLICY.coefficients))
    rows = np.array([[row.get(name, 0.0) for name in names] for row in views])
    labels = tuple(("a", "a" if one else "b") for one in same)
    return Examples(names, rows, np.array(same), labels, np.ones(len(same)))


@pytest.fixture(scope="module")
def general():
    return labelled(LABELLED / "general.jsonl")


@pytest.fixture(scope="module")
def gathered(general):
    return examples(general, POLICY)


def test_examples_are_pairs_of_both_kinds(gathered, general):
    """Most pairs that carry one label are among them, and pairs that do not."""
    labels = [item.label for item in general]
    shared = sum(one == other for at, one in enumerate(labels) for other in labels[:at])
    assert gathered.same.sum() > shared  # each is seen from either side
    assert (~gathered.same).sum() > gathered.same.sum()
    assert np.isfinite(gathered.views).all()


def test_a_story_weighs_alike_in_events_of_any_size(gathered):
    """Its pairs with the rest of its event make up one at most, however many they are."""
    told = {}
    for (label, _), same, weight in zip(gathered.labels, gathered.same, gathered.weights, strict=True):
        if same:
            told.setdefault(label, set()).add(weight)
    assert all(len(weights) == 1 for weights in told.values())
    assert len(set.union(*told.values())) > 1
    assert (gathered.weights[~gathered.same] == 1).all()


def test_what_labels_say_is_learned():
    """Where names tell one event from two and nothing else does, names count for more."""
    rows = [{"body": 0.3, "names": 0.9}] * 300 + [{"body": 0.3, "names": 0.1}] * 300
    fitted = fit([pairs(rows, [True] * 300 + [False] * 300)], POLICY)
    assert fitted.coefficients["names"] > POLICY.coefficients["names"] + 2


def test_what_labels_say_nothing_of_stays():
    """Without an undated article the coefficient of undated pairs is the one of the policy before."""
    rows = [{"body": 0.5, "time": 0.9}] * 50 + [{"body": 0.1, "time": 0.2}] * 50
    fitted = fit([pairs(rows, [True] * 50 + [False] * 50)], POLICY)
    assert fitted.coefficients["undated"] == pytest.approx(POLICY.coefficients["undated"], abs=1e-3)


def test_likeness_never_speaks_against_an_event():
    """Labels at random, or against all reason, turn no sign."""
    rows = [{"body": 0.1, "crowd": 0.5}] * 300 + [{"body": 0.9, "crowd": 0.1}] * 300
    fitted = fit([pairs(rows, [True] * 300 + [False] * 300)], POLICY)
    assert fitted.coefficients["body"] >= 0
    assert fitted.coefficients["crowd"] <= 0


def test_each_set_weighs_alike():
    """Of a small set one pair in two is one event, of a large set one in four: with as many of one event, one in three."""
    small = pairs([{"names": 0.5}] * 40, [True] * 20 + [False] * 20)
    large = pairs([{"names": 0.5}] * 1600, [True] * 400 + [False] * 1200)
    fitted = fit([small, large], POLICY)
    logits = float(score(np.array([0.5 * (name == "names") for name in VIEWS]), fitted))
    assert 1 / (1 + math.exp(-logits)) == pytest.approx(1 / 3, abs=0.01)


@pytest.mark.parametrize("same", [True, False])
def test_one_kind_of_pair_teaches_nothing(same):
    """Labels that are all alike, or all different, are refused with what is missing."""
    with pytest.raises(ValueError, match="have the same label"):
        fit([pairs([{"body": 0.5}] * 10, [same] * 10)], POLICY)


def test_halves_share_no_event(general, gathered):
    """Every event is in one half, and no pair of examples crosses."""
    first, second = halves(general)
    assert first | second == {item.label for item in general}
    assert not first & second
    assert min(len(first), len(second)) > len(first | second) / 4
    assert all(one in first and other in first for one, other in gathered.of(first).labels)


def test_a_bad_rule_is_mended(general, gathered):
    """From a rule that looks at names alone, one comes that finds the events again."""
    bad = replace(
        POLICY, intercept=-3.0, coefficients={name: float(name == "names") for name in POLICY.coefficients}
    )
    assert evaluate(general, bad).bcubed.f1 < 0.75
    assert evaluate(general, fit([gathered], bad)).bcubed.f1 > 0.85


def test_the_command_writes_a_policy_that_evaluate_takes(cli, tmp_path):
    """The file holds coefficients and their provenance, scores of the other half too; its version is its own."""
    target = tmp_path / "policy.json"
    told = cli("train", LABELLED / "noisy.jsonl", "-o", target, "--json")
    assert told.code == 0, told.err
    provenance = json.loads(target.read_text())["provenance"]
    assert provenance["fitted_on"]["noisy.jsonl"]["articles"] == 25
    assert provenance["from_policy"] == POLICY.version
    assert len(provenance["bcubed_f1_of_the_other_half_of_events"]["noisy.jsonl"]) == 2
    items = labelled(LABELLED / "noisy.jsonl")
    shares = [[item for item in items if item.label not in half] for half in halves(items)]
    before = provenance["bcubed_f1_of_the_same_halves_with_from_policy"]["noisy.jsonl"]
    assert before == [evaluate(share, POLICY).bcubed.rounded()["f1"] for share in shares]
    row = orjson.loads(cli("evaluate", LABELLED / "noisy.jsonl", "--policy", target, "--json").out)
    assert row["policy"] == orjson.loads(told.out)["policy"] != POLICY.version
    assert row["bcubed"]["f1"] > 0.85


def test_what_gains_nothing_is_not_recommended(cli, tmp_path):
    """The policy that it started from does as well on the same halves: that one is to be kept."""
    told = cli("train", LABELLED / "noisy.jsonl", "-o", tmp_path / "policy.json")
    assert told.code == 0, told.err
    [row] = [line.split() for line in told.out.splitlines() if line.startswith("noisy.jsonl")]
    assert row[3] <= row[4]
    assert "no better than the shipped one: keep using that one" in " ".join(told.out.split())
    assert "NEWSLOOM_POLICY" not in told.out


def test_what_gains_something_is_recommended(cli, tmp_path, monkeypatch):
    """By how much, over the policy that it started from; and which views count no longer."""
    monkeypatch.setattr("newsloom.train.SHIFTS", (0.0,))  # wherever the bar is
    bad = {name: math.copysign(0.1, value) for name, value in POLICY.coefficients.items()} | {"names": 1.0}
    start, target = tmp_path / "bad.json", tmp_path / "policy.json"
    start.write_text(json.dumps({**asdict(POLICY), "intercept": -3.0, "coefficients": bad}))
    told = cli("train", LABELLED / "general.jsonl", "-o", target, "--policy", start)
    assert told.code == 0, told.err
    before = Policy.load(start).version
    assert f"over policy {before}, which it started from. Use it: NEWSLOOM_POLICY={target}" in told.out
    provenance = json.loads(target.read_text())["provenance"]
    gone = [name for name, value in Policy.load(target).coefficients.items() if bad[name] and not value]
    assert provenance["coefficients_gone_to_0"] == gone != []
    assert f"(coefficient 0): {', '.join(gone)}." in told.out


def test_labels_that_teach_nothing_are_said_to(cli, tmp_path):
    """One article of each event: an error that says what is missing, and no file."""
    line = {"text": "The ferry to Saltrey was late again on Monday.", "label": "ferry", "id": "1"}
    source, target = tmp_path / "alone.jsonl", tmp_path / "policy.json"
    source.write_bytes(orjson.dumps(line))
    told = cli("train", source, "-o", target)
    assert told.code == 1
    assert "have the same label" in told.err
    assert not target.exists()


def test_the_labels_are_not_written_over(cli, tmp_path):
    """It is said before the work begins."""
    source = tmp_path / "labelled.jsonl"
    source.write_text('{"label": "one", "text": "The old mill stopped its last wheel on Sunday."}\n')
    before = source.read_bytes()
    told = cli("train", source, "-o", tmp_path / "." / "labelled.jsonl")
    assert told.code == 2
    assert "would be overwritten" in told.err
    assert source.read_bytes() == before


def test_too_few_events_for_two_halves_are_said_to_be(cli, tmp_path, general, monkeypatch):
    """Two events can be fitted, and not one of them alone: an error that says so, and how to do without."""
    monkeypatch.setattr("newsloom.train.SHIFTS", (0.0,))  # wherever the bar is
    rows = [orjson.loads(line) for line in (LABELLED / "general.jsonl").read_bytes().splitlines()]
    kept = {label for label, _ in Counter(item.label for item in general).most_common(2)}
    source, target = tmp_path / "two.jsonl", tmp_path / "policy.json"
    source.write_bytes(b"\n".join(orjson.dumps(row) for row in rows if row["label"] in kept))
    told = cli("train", source, "-o", target)
    assert (told.code, target.exists()) == (1, False)
    assert "too few events" in " ".join(told.err.split())
    told = cli("train", source, "-o", target, "--no-held-out")
    assert (told.code, target.exists()) == (0, True)
    assert "Expect lower scores" in " ".join(told.out.split()), "what it was fitted on says little"


def test_a_half_without_events_has_no_score(monkeypatch):
    """All events of a small set may be in one half: its score is of the articles that there are."""
    monkeypatch.setattr("newsloom.train.SHIFTS", (0.0,))  # wherever the bar is
    large = labelled(LABELLED / "noisy.jsonl")
    small = [item for item in large if item.label in halves(large)[0]]
    found = train({"large": large, "small": small}, POLICY, when="2026-05-04").held_out
    assert [report.documents for report in found["small"]] == [len(small)]
    assert len(found["large"]) == 2
