"""The README says what is so."""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from newsloom import bootstrap, byhand
from newsloom.core.model import Outcome
from newsloom.core.policy import VIEWS
from newsloom.errors import Reason
from newsloom.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WATCHING = (ROOT / "worker" / "README.md").read_text(encoding="utf-8")
WORKING = (ROOT / "src" / "newsloom" / "README.md").read_text(encoding="utf-8")
LEVELS = {"debug": "debug", "info": "info", "warning": "warning", "error": "error", "exception": "error"}
CHANGES = {"event_merged", "event_split", "story_moved", "story_forgotten", "story_relinked"}


def table(first: str, text: str = README) -> list[list[str]]:
    """The cells of each row of the table whose first heading is ``first``."""
    rows = text.partition(f"| {first} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([\w.]+)`", cell)


def settings_table() -> str:
    """The README's table of settings, as the settings themselves tell it."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default_factory or field.default is None else f"`{field.default}`"
        if name == "data_dir":
            default = "`~/.local/share/newsloom`"
        rows.append(f"| `NEWSLOOM_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def test_settings_table_is_the_settings() -> None:
    """Each setting stands in the README with its default and its meaning, and no other does."""
    assert settings_table() in README
    named = set(re.findall(r"NEWSLOOM_[A-Z_]+", README))
    assert named <= {f"NEWSLOOM_{name.upper()}" for name in Settings.model_fields} | {"NEWSLOOM_EVAL_DATA"}


def test_reasons_are_told() -> None:
    """Each reason of quarantine stands in its table, and no other does."""
    told = [name for row in table("reason") for name in names_in(row[0])]
    assert sorted(told) == sorted(get_args(Reason))


def test_outcomes_are_told() -> None:
    """Each outcome stands in the README."""
    assert all(f"`{outcome}`" in README for outcome in Outcome)


def test_what_stats_counts_is_told(cli: Any, here: Any) -> None:
    """Each field of `stats --json` stands in its table, and no other does."""
    (found,) = cli("stats", "--json").lines()
    assert sorted(
        name for row in table("field of `stats --json`", WATCHING) for name in names_in(row[0])
    ) == sorted(found)


def test_views_are_told() -> None:
    """Each view stands in its table, in order."""
    told = (ROOT / "src" / "newsloom" / "core" / "README.md").read_text(encoding="utf-8")
    assert [name for row in table("view", told) for name in names_in(row[0])] == list(VIEWS)


def texts(node: ast.AST) -> list[str]:
    return [
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]


def events_of(called: ast.Call, inside: ast.FunctionDef, module: ast.Module) -> set[str]:
    """What a line of the log may be called: its first argument is a name, or a variable of the function."""
    name = called.args[0]
    if isinstance(name, ast.Constant):
        return {name.value}
    if isinstance(name, ast.Attribute):  # of `Waiting`, which is given both names where it is made
        return set()
    assert isinstance(name, ast.Name)
    handed = [argument.arg for argument in inside.args.args if argument.arg != "self"]
    if name.id in handed:
        at = handed.index(name.id)
        calls = [
            one
            for one in ast.walk(module)
            if isinstance(one, ast.Call) and getattr(one.func, "attr", "") == inside.name
        ]
        return {text for one in calls for text in texts(one.args[at])}
    for one in ast.walk(inside):
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == name.id:
            return set(texts(one.value))
        if isinstance(one, ast.For) and ast.unparse(one.target) == f"({name.id}, record)":
            return CHANGES
    raise AssertionError(f"{inside.name} logs {name.id}, and nobody knows what that is")


def logged() -> Iterator[tuple[str, str]]:
    """Each event that newsloom logs by name, and its level."""
    for path in [*(ROOT / "src" / "newsloom").rglob("*.py"), *(ROOT / "worker").glob("*.py")]:
        module = ast.parse(path.read_text(encoding="utf-8"))
        by_name = "structlog" in ast.unparse(module)  # what the standard library logs are sentences
        functions = [one for one in ast.walk(module) if isinstance(one, ast.FunctionDef)]
        for called in (one for one in ast.walk(module) if isinstance(one, ast.Call)):
            logger, _, method = ast.unparse(called.func).rpartition(".")
            if method == "Waiting":
                yield from ((name, "warning") for name in texts(called))
            elif by_name and method in LEVELS and logger in {"log", "structlog.get_logger()"}:
                (inside, *_) = [one for one in functions if called in ast.walk(one)]
                yield from ((name, LEVELS[method]) for name in events_of(called, inside, module))


def test_each_line_of_the_log_is_told() -> None:
    """Each event stands in the table of the log with its level, and no other does."""
    told = [(name, row[1]) for row in table("event", WATCHING) for name in names_in(row[0])]
    assert sorted(told) == sorted(set(logged()))


def consumer(url: str) -> dict[str, Any]:
    """What the Python told there defines; records go to ``got``, and ``replaced`` is called to begin anew."""
    [follow] = re.findall(r"```python\n(import redis.*?)```", README, re.DOTALL)
    [anew] = re.findall(r"```python\n(def begin_anew.*?)```", WORKING, re.DOTALL)
    for recipe, placeholder in ((follow, "                        ...  #"), (anew, "    ...  #")):
        assert recipe.count(placeholder) == 1
    # Each look at a stream on which nothing comes would take five seconds.
    source = follow.replace(
        "                        ...  #", "                        got(record)  #"
    ).replace("5000", "20")
    source += anew.replace("    ...  #", "    replaced()  #")
    names: dict[str, Any] = {}
    exec(source.replace("redis://localhost:6379/0", url), names)
    return names


def test_the_consumer_of_the_readme(valkey: Any) -> None:
    """It begins at the start, is given again what it did not acknowledge, and waits where nothing comes.

    What has left the stream meanwhile does not keep it from going on.
    """
    names = consumer(valkey.url)
    for number in range(2):
        valkey.client.xadd("loom:{en}:decisions", {"type": "story_decided", "story": str(number)})
    found: list[int] = []

    def got(record: dict[str, str]) -> None:
        found.append(int(record["story"]))
        if found in ([0], [0, 0, 1, 2], [0, 0, 1, 2, 3]):
            raise RuntimeError("it dies, before it has acknowledged")
        if found[-1] == 1:
            valkey.client.xadd("loom:{en}:decisions", {"type": "story_decided", "story": "2"})

    names["got"] = got
    for _ in range(2):
        with pytest.raises(RuntimeError, match="it dies"):
            names["follow"]()
    assert found == [0, 0, 1, 2]
    valkey.client.xadd("loom:{en}:decisions", {"type": "story_decided", "story": "3"})
    valkey.client.xtrim("loom:{en}:decisions", maxlen=1, approximate=False)  # without 2, which it was given
    with pytest.raises(RuntimeError, match="it dies"):
        names["follow"]()
    names["r"].close()
    assert found == [0, 0, 1, 2, 3]


def test_the_consumer_of_the_readme_outlives_its_server(
    mortal_valkey: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for one that is away, and finds languages that are new."""
    names = consumer(mortal_valkey.url)
    found: list[str] = []

    def decided(language: str) -> None:
        mortal_valkey.client.sadd("newsloom:languages", language)
        mortal_valkey.client.xadd(
            f"loom:{{{language}}}:decisions", {"type": "story_decided", "story": language}
        )

    def got(record: dict[str, str]) -> None:
        found.append(record["story"])
        if found == ["de"]:
            mortal_valkey.kill()
        if record["story"] == "fi":
            raise EOFError

    failed = itertools.count(1)

    def sleep(_: float) -> None:
        if next(failed) == 20:  # away for longer than a client's own patience
            mortal_valkey.start()
            decided("fi")

    monkeypatch.setattr("redis.retry.sleep", sleep)
    names["got"] = got
    decided("de")
    with pytest.raises(EOFError):
        names["follow"]()
    names["r"].close()
    assert found == ["de", "fi"]


def test_evaluating_from_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lines of the README, on a table of labelled articles."""
    [told] = re.findall(r"```python\n(from newsloom.core.policy.*?)```", WORKING, re.DOTALL)
    rows = ["id,label,text", "7,mill,The mill stopped its last wheel.", "8,ferry,A ferry sank in the fog."]
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    monkeypatch.chdir(tmp_path)
    exec(told, {})
    f1, _, events = capsys.readouterr().out.partition(" ")
    assert (float(f1), list(ast.literal_eval(events))) == (1.0, ["7", "8"])


def test_beginning_anew_as_the_readme_says(
    cli: Any, here: Any, inventor: Any, plain_policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an absence longer than the stream is kept, an export and what followed since tell what there is.

    Whatever was changed while the export was taken, or had been given to the consumer before.
    """
    monkeypatch.setenv("NEWSLOOM_POLICY", str(plain_policy))
    names, stream, store = consumer(here.url), "loom:{en}:decisions", bootstrap.store()
    texts = [inventor.event() for _ in range(4)]

    def submit(*numbers: int, tail: str = "") -> None:
        articles = [{"title": f"Report {number}", "text": texts[number] + tail} for number in numbers]
        bootstrap.intake().articles(articles, run="test")

    def exported() -> dict[str, list[Any]]:
        links = ("event", "outcome", "duplicate_of", "rewrite_of", "revision_of")
        return {row["story"]: [row[link] or "" for link in links] for row in cli("export").lines()}

    submit(0, 1, 2)
    submit(0, 1, tail="\nOur own reporter saw it too.")
    mill, ferry, tram = store.events()
    here.client.xgroup_create(stream, "newsroom", id="0")
    here.client.xreadgroup(
        "newsroom", "desk-1", {stream: ">"}, count=4
    )  # it dies; one of these is no longer so
    byhand.move_story(store, store.story(mill.stories[1]), ferry)
    here.client.xtrim(stream, maxlen=3, approximate=False)
    known: dict[str, list[Any]] = {}

    def replaced() -> None:
        byhand.merge_events(store, tram, ferry)
        known.update(exported())
        byhand.move_story(store, store.story(ferry.stories[0]), None)
        byhand.forget_story(store, store.story(mill.stories[0]))
        submit(3)

    def got(record: dict[str, str]) -> None:
        kind = record["type"]
        if kind == "story_decided":
            kept = ("event_id", "outcome", "duplicate_of", "rewrite_of", "revision_of")
            known[record["story"]] = [record[name] for name in kept]
        elif kind == "story_moved":
            known[record["story"]][0] = record["event_id"]
        elif kind == "story_relinked":
            links = ("outcome", "duplicate_of", "rewrite_of", "revision_of")
            known[record["story"]][1:] = [record[name] for name in links]
        elif kind == "story_forgotten":
            known.pop(record["story"], None)
        if record.get("title") == "Report 3":
            raise EOFError

    names |= {"replaced": replaced, "got": got}
    names["begin_anew"]()
    with pytest.raises(EOFError):
        names["follow"]()
    names["r"].close()
    assert known == exported()
    assert len(known) == 5


if __name__ == "__main__":  # prints the table, for pasting
    print(settings_table())
