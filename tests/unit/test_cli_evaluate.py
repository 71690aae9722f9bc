"""``newsloom evaluate``, run on the sample in tests/quality."""

import bz2
import gzip
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from newsloom import __version__
from newsloom.core.policy import Policy
from newsloom.core.scores import bcubed
from newsloom.evaluate import evaluate, labelled, shuffled_within_days

LABELLED = Path(__file__).parents[1] / "quality" / "labelled"
SAMPLE = LABELLED / "lookalike.jsonl"


def row_of(told):
    assert told.code == 0, told.err
    return orjson.loads(told.out)


def row(cli, *how):
    return row_of(cli("evaluate", SAMPLE, "--json", *how))


@pytest.fixture(scope="module")
def plain():
    """The report on all of the sample, as it is."""
    return evaluate(labelled(SAMPLE), Policy.load()).row()


def test_the_scores_as_json(cli, plain):
    """All articles are counted, both scores are there, what the second look did, and what came out badly."""
    found = row(cli)
    how = {
        "newsloom": __version__, "threshold": Policy.load().threshold, "shift": 0.0, "first": None, "seed": None,
        "look": True, "warm": [], "unread_dates": 0, "unread_first": None, "left_out": 0,
    }  # fmt: skip
    assert found == {"file": str(SAMPLE), **plain, "seconds": found["seconds"], **how}
    assert found["documents"] == sum(found["outcomes"].values()) == 60
    assert 0 < found["pairwise"]["f1"] <= 1
    assert 0 < found["bcubed"]["f1"] <= 1
    assert found["changes"]["event_merged"] > 0
    assert 0 < found["bcubed_as_told"]["f1"] < found["bcubed"]["f1"]
    assert all(0 < worst["f1"] < 1 and worst["why"] for worst in found["worst"])


@pytest.mark.parametrize("command", [["evaluate"], ["train", "-o", "policy.json", "--no-held-out"]])
def test_what_is_left_out_is_told_beside_the_report(cli, tmp_path, monkeypatch, command):
    """On standard error: what follows on standard output is JSON, and nothing else."""
    monkeypatch.chdir(tmp_path)
    refused = {"label": "raid", "title": "403 Forbidden", "text": "nginx/1.18.0"}
    labels = tmp_path / "labels.jsonl"
    labels.write_bytes(orjson.dumps(refused) + b"\n" + SAMPLE.read_bytes())
    told = cli(*command, labels, "--json")
    assert told.code == 0, told.err
    assert len(told.lines()) == 1
    assert f"Left out: {labels}, record 1: " in told.err


def test_without_the_second_look(cli, plain):
    """Nothing is merged or split, and the events are other ones."""
    first = row(cli, "--no-look")
    assert first["changes"] == {}
    assert first["bcubed"] != plain["bcubed"]
    assert first["bcubed"] == first["bcubed_as_told"]


def test_a_bad_event_says_why(cli):
    """By the logits that parted it, and by those that let a stranger in and the stranger's name."""
    told = cli("evaluate", SAMPLE, "--shift", "-4", "--no-look")
    assert "logits to spare" in " ".join(told.out.split())
    told = cli("evaluate", SAMPLE, "--shift", "4", "--no-look")
    assert "logits short of the right event" in " ".join(told.out.split())
    assert "second look" not in told.out


def test_the_threshold_moves_by_a_shift(cli):
    """Higher: more events, and none that are more impure. The version of the policy says that it is another."""
    low, high = row(cli, "--shift", "-2", "--no-look"), row(cli, "--shift", "2", "--no-look")
    assert low["found_events"] < high["found_events"]
    assert low["bcubed"]["precision"] <= high["bcubed"]["precision"]
    policy = Policy.load()
    assert high["policy"] == replace(policy, threshold=policy.threshold + 2).version


def test_the_first_articles_alone(cli):
    """As many as asked for, the earliest."""
    assert row(cli, "--first", "25")["documents"] == 25


def test_what_is_judged_teaches_nothing(cli, plain):
    """An archive may hold the judged articles too: of the 60 that stand there, the 35 others are learned from."""
    assert row(cli, "--first", "25", "--warm", SAMPLE)["warmed"] == 35
    taught = row(cli, "--warm", LABELLED / "general.jsonl")
    assert (plain["warmed"], taught["warmed"]) == (0, 81)
    assert any(taught[what] != plain[what] for what in ("bcubed", "outcomes", "changes", "worst"))
    told = cli("evaluate", SAMPLE, "--first", "5", "--warm", LABELLED / "copies.jsonl")
    assert "learned from before" in told.out


def test_what_of_an_archive_cannot_be_read_is_named(cli, tmp_path):
    """A file, and a record; the rest teaches."""
    (tmp_path / "a.json").write_text('{"text": "The mill', encoding="utf-8")
    rows = '{"text": "The mill stopped its last wheel on Sunday."}\n{"id": "7"}\n'
    (tmp_path / "b.jsonl").write_text(rows, encoding="utf-8")
    told = cli("evaluate", SAMPLE, "--first", "3", "--warm", tmp_path, "--json")
    assert (told.code, orjson.loads(told.out)["warmed"]) == (0, 1)
    assert f"leaves out {tmp_path / 'a.json'}: The file is cut short" in told.err
    assert f"leaves out {tmp_path / 'b.jsonl'}, record 2: " in told.err


def test_a_labelled_file_that_is_broken_is_named(cli, tmp_path):
    """2: which file, and why."""
    (tmp_path / "a.json").write_text('{"text": "The mill', encoding="utf-8")
    told = cli("evaluate", tmp_path / "a.json")
    assert (told.code, told.out) == (2, "")
    assert f"{tmp_path / 'a.json'}: The file is cut short" in " ".join(told.err.split())


ROWS = [
    {"text": "The mill stopped.", "title": "Mill", "label": "mill", "id": 7},
    {"text": "The ferry sank.", "title": "Ferry", "label": "ferry", "id": 8},
]


def test_labels_are_read_from_any_format(cli, tmp_path):
    """Whatever has named fields: an array, objects end to end or wrapped in another, CSV, Parquet."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    for name, content in {
        "array.json": orjson.dumps(ROWS),
        "ended.json": b" ".join(orjson.dumps(row, option=orjson.OPT_INDENT_2) for row in ROWS),
        "wrapped.json": orjson.dumps({"articles": ROWS, "label": "of both"}),
        "table.csv": b"id,label,title,text\n7,mill,Mill,The mill stopped.\n8,ferry,Ferry,The ferry sank.\n",
        "table.tsv": b"label\ttext\nmill\tThe mill stopped.\nferry\tThe ferry sank.\n",
    }.items():
        (tmp_path / name).write_bytes(content)
    parquet.write_table(pa.Table.from_pylist(ROWS), tmp_path / "table.parquet")
    for file in tmp_path.iterdir():
        found = [(item.label, item.article.text) for item in labelled(file)]
        assert found == [("mill", "The mill stopped."), ("ferry", "The ferry sank.")], file.name
    assert row_of(cli("evaluate", tmp_path / "table.csv", "--json"))["gold_events"] == 2


@pytest.mark.parametrize(
    ("fields", "argv", "said"),
    [
        ({"event_id": 1}, [], None),
        ({"cluster": 1}, [], None),
        ({"label": "a", "event_id": 1, "topic": "b"}, [], None),
        ({"topic": "b"}, ["--label-field", "topic"], None),
        (
            {"cluster": 1, "event_id": 1},
            [],
            'may be named by "event_id" or "cluster": say which (--label-field)',
        ),
        ({"topic": "b"}, [], 'no record names its event in a field "label" or "event_id" or "cluster"'),
        ({"label": "b"}, ["--label-field", "topic"], 'no record names its event in a field "topic"'),
    ],
)
def test_the_field_that_names_the_event(cli, tmp_path, fields, argv, said):
    """As it is told, else the one there is; which of two is not guessed."""
    (tmp_path / "a.jsonl").write_bytes(orjson.dumps({"text": "The mill stopped.", **fields}))
    told = cli("evaluate", tmp_path / "a.jsonl", "--json", *argv)
    if said is None:
        assert row_of(told)["gold_events"] == 1
    else:
        assert (told.code, told.out) == (2, "")
        assert said in told.err


def test_all_bad_records_are_named_at_once(cli, tmp_path):
    """2, with the first of them and how many more there are; without them it goes on if asked to, and counts them."""
    good = b'{"text": "The mill stopped.", "label": 1}'
    (tmp_path / "a.jsonl").write_bytes(
        b"\n".join([good, b'{"text": "The ferry', b'{"label": 1}', *[b'{"text": "A"}'] * 4])
    )
    told = cli("evaluate", tmp_path / "a.jsonl", "--json")
    assert (told.code, told.out) == (2, "")
    lines = told.err.splitlines()
    assert [f"a.jsonl, record {at}: " in line for at, line in enumerate(lines, 2)] == [True] * 5 + [False] * 2
    assert lines[5:] == ["and 1 more record.", "Fix them, or leave them out (--skip-bad)."]
    report = cli("evaluate", tmp_path / "a.jsonl", "--json", "--skip-bad")
    assert (row_of(report)["documents"], row_of(report)["left_out"]) == (1, 6)
    assert f"Left out: {tmp_path / 'a.jsonl'}, record 3: " in report.err
    assert "1 more record of" in report.err
    assert "6 records left out" in cli("evaluate", tmp_path / "a.jsonl", "--skip-bad").out


def test_nothing_is_left_to_judge(cli, tmp_path):
    """1: an answer of a site is no article, and there is nothing else."""
    (tmp_path / "a.jsonl").write_bytes(
        b'{"text": "403 Forbidden nginx/1.18.0", "title": "403 Forbidden", "label": 1}\n' * 2
    )
    told = cli("evaluate", tmp_path / "a.jsonl")
    assert (told.code, told.out) == (1, "")
    assert "contains no usable labelled article" in told.err


def test_dates_that_are_missing_or_not_understood_are_told(cli, tmp_path):
    """Counted in the table and as JSON, with an example on standard error."""
    dates = ["2024-05-06", "the day before", "in spring", None]
    rows = [{"text": f"Mill {at} stopped.", "label": at, "published": date} for at, date in enumerate(dates)]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    told = cli("evaluate", tmp_path / "a.jsonl", "--json")
    found = row_of(told)
    assert (found["undated"], found["unread_dates"]) == (3, 2)
    assert found["unread_first"] == {"file": str(tmp_path / "a.jsonl"), "date": "the day before"}
    assert (
        told.err.count("2 dates were not understood or are in the future, for example “the day before”") == 1
    )
    assert "3 undated (2 with a date that was not understood)" in cli("evaluate", tmp_path / "a.jsonl").out


def test_headlines_alone_are_said_to_be(cli, tmp_path):
    """An export of stories has no texts; its scores are those of headlines."""
    rows = [{"title": f"Mill {at} stops its last wheel", "event": at} for at in range(3)]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    told = cli("evaluate", tmp_path / "a.jsonl", "--label-field", "event", "--json")
    assert row_of(told)["headlines"] == 3
    assert "3 of 3 articles have only a headline and no text" in told.err
    assert "headline" not in cli("evaluate", SAMPLE, "--first", "3").err


def test_labels_are_read_as_the_articles_are(cli, tmp_path):
    """Compressed or not, whatever the name says; behind a byte order mark; beside NaN, as tables are exported."""
    lines = (
        b'{"text": "The mill stopped.", "label": 1, "score": NaN}\n{"text": "A ferry sank.", "label": 2}\n'
    )
    for name, content in {
        "a.jsonl.gz": lines,
        "b.jsonl": gzip.compress(lines),
        "c.jsonl.bz2": bz2.compress(lines),
        "d.jsonl": b"\xef\xbb\xbf" + lines,
        "e.jsonl": lines.decode().encode("utf-16"),
    }.items():
        (tmp_path / name).write_bytes(content)
        assert [item.label for item in labelled(tmp_path / name)] == ["1", "2"]


@pytest.mark.parametrize("label", ["NaN", "null", '""', None])
def test_an_article_without_a_label_is_named(cli, tmp_path, label):
    """2: a missing cell of a table, however it is written, is no event."""
    row = '{"text": "A ferry sank."' + ("}" if label is None else f', "label": {label}}}')
    (tmp_path / "a.jsonl").write_text(
        f'{{"text": "The mill stopped.", "label": "nan"}}\n{row}\n', encoding="utf-8"
    )
    told = cli("evaluate", tmp_path / "a.jsonl")
    assert (told.code, told.out) == (2, "")
    assert f'{tmp_path / "a.jsonl"}, record 2: Its "label", the name of its event, is missing.' in told.err


def test_the_order_within_a_day_is_mixed(cli):
    """By a seed, the same each time; the days stay in order."""
    items = labelled(SAMPLE)
    mixed = shuffled_within_days(items, 1)
    assert mixed != items
    assert mixed == shuffled_within_days(items, 1) != shuffled_within_days(items, 2)
    assert sorted(map(id, mixed)) == sorted(map(id, items))
    days = [item.article.published_s // 86_400 for item in mixed if item.article.published_s is not None]
    assert days == sorted(days)
    assert row(cli, "--shuffle-within-day", "1")["documents"] == 60


def test_what_stands_before_all_dates_is_mixed(tmp_path):
    """Undated articles at the front of a set, or all of one, are of one day as well."""
    rows = [{"text": f"The mill number {number} stopped.", "label": number} for number in range(20)]
    rows.append({"text": "The ferry sank.", "label": "ferry", "published": "2024-05-06"})
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    items = labelled(tmp_path / "a.jsonl")
    mixed = shuffled_within_days(items, 1)
    assert mixed != items
    assert mixed[-1] is items[-1]
    assert sorted(map(id, mixed)) == sorted(map(id, items))


def test_what_was_found_is_written(cli, tmp_path):
    """The event of each article, in the order decided: by it the scores can be told again."""
    target = tmp_path / "found.jsonl"
    target.write_text("of another run")
    report = row(cli, "--assignments", target)
    rows = [orjson.loads(line) for line in target.read_bytes().splitlines()]
    items = labelled(SAMPLE)
    assert [each["label"] for each in rows] == [item.label for item in items]
    assert [set(each) for each in rows] == [{"id", "label", "event"}] * 60
    gold, found = ({str(at): each[name] for at, each in enumerate(rows)} for name in ("label", "event"))
    assert bcubed(gold, found).rounded() == report["bcubed"]
    assert list(tmp_path.iterdir()) == [target]


def test_an_article_is_found_again_by_its_id(cli, tmp_path):
    """Its own as it is given, else its place; several files write one each, and in none of them is a label lost."""
    rows = [
        {"text": "The mill stopped.", "label": "mill", "date": "2024-05-02"},
        {"text": "A ferry sank.", "label": 7, "id": "b"},
        {"text": "A bridge opened.", "label": 7, "article_id": 12},
    ]
    for name in ("one", "two"):
        (tmp_path / f"{name}.jsonl").write_bytes(b"\n\n".join(map(orjson.dumps, rows)))
    files = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    assert cli("evaluate", *files, "--assignments", tmp_path / "found.jsonl").code == 0
    for file in files:
        found = map(orjson.loads, (tmp_path / f"found-{file.name}").read_bytes().splitlines())
        assert [(each["id"], each["label"]) for each in found] == [
            (f"{file}#0", "mill"),
            ("b", "7"),
            (12, "7"),
        ]


def test_where_it_cannot_be_written_is_told_before_the_work(cli, tmp_path):
    """2, and no score yet: there is no folder, it is one, or it holds the labels."""
    labels = tmp_path / "a.jsonl"
    labels.write_bytes(SAMPLE.read_bytes())
    for target, why in (
        (tmp_path / "nowhere" / "found.jsonl", f"there is no folder {tmp_path / 'nowhere'}"),
        (tmp_path, "is a directory"),
        (labels, "would be overwritten"),
    ):
        told = cli("evaluate", labels, "--first", "3", "--assignments", target)
        assert (told.code, told.out) == (2, "")
        assert why in " ".join(told.err.split())
    assert labels.read_bytes() == SAMPLE.read_bytes()


def test_precision_and_recall_are_drawn(cli, tmp_path):
    """A picture for each file, and its points as JSON; a place where none can be written is told before the work."""
    target = tmp_path / "curve.png"
    told = cli("evaluate", SAMPLE, "--first", "5", "--plot", target, "--json", "--shift", "1")
    found = row_of(told)
    assert target.read_bytes().startswith(b"\x89PNG")
    assert [point["threshold"] - found["threshold"] for point in found["sweep"]] == [
        at / 2 for at in range(-4, 5)
    ]
    assert found["sweep"][4]["bcubed"] == found["bcubed"]
    higher = row(cli, "--first", "5", "--shift", "3")
    assert found["sweep"][8] == {name: higher[name] for name in found["sweep"][8]}
    told = cli("evaluate", SAMPLE, "--plot", tmp_path / "nowhere" / "curve.png")
    assert told.code == 2
    assert "there is no folder" in " ".join(told.err.split())


def test_a_picture_that_cannot_be_drawn_is_told_before_the_work(cli, tmp_path):
    """2, and no score yet: nine times the work would be for nothing."""
    told = cli("evaluate", SAMPLE, "--first", "5", "--plot", tmp_path / "curve.picture")
    assert (told.code, told.out) == (2, "")
    assert "use one of" in told.err


def test_the_file_that_was_drawn_is_named(cli, tmp_path):
    """A name without an ending gets that of a PNG, and is told so."""
    told = cli("evaluate", SAMPLE, "--first", "5", "--plot", tmp_path / "curve")
    assert (tmp_path / "curve.png").exists()
    assert "curve.png" in told.err


def test_each_file_has_a_picture_of_its_own(cli, tmp_path):
    """Named after it; two that would be drawn over one another are refused before the work."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "set.jsonl").write_bytes(SAMPLE.read_bytes())
    other = LABELLED / "copies.jsonl"
    told = cli("evaluate", tmp_path / "a" / "set.jsonl", other, "--first", "3", "--plot", tmp_path / "curve")
    assert told.code == 0
    assert {picture.name for picture in tmp_path.glob("*.png")} == {"curve-set.png", "curve-copies.png"}
    told = cli("evaluate", *tmp_path.glob("?/set.jsonl"), "--first", "3", "--plot", tmp_path / "curve")
    assert (told.code, told.out) == (2, "")
    assert "the same name" in told.err
