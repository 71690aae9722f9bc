"""The README says what is so."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from newsloom import bootstrap, byhand
from newsloom.core.model import Outcome
from newsloom.errors import Reason
from newsloom.settings import Settings

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


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
    table = README.partition("| reason |")[2].partition("\n\n")[0]
    told = re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in table.splitlines()[2:]))
    assert sorted(told) == sorted(get_args(Reason))


def test_outcomes_are_told() -> None:
    """Each outcome stands in the README."""
    assert all(f"`{outcome}`" in README for outcome in Outcome)


def consumer(url: str) -> dict[str, Any]:
    """What the README's Python defines; records go to ``got``, and ``replaced`` is called to begin anew."""
    follow, anew = re.findall(r"```python\n((?:import redis|def begin_anew).*?)```", README, re.DOTALL)
    for recipe, placeholder in ((follow, "                ...  #"), (anew, "    ...  #")):
        assert recipe.count(placeholder) == 1
    # Each look at a stream on which nothing comes would take five seconds.
    source = follow.replace("                ...  #", "                got(record)  #").replace("5000", "20")
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
            names["follow"]("en")
    assert found == [0, 0, 1, 2]
    valkey.client.xadd("loom:{en}:decisions", {"type": "story_decided", "story": "3"})
    valkey.client.xtrim("loom:{en}:decisions", maxlen=1, approximate=False)  # without 2, which it was given
    with pytest.raises(RuntimeError, match="it dies"):
        names["follow"]("en")
    names["r"].close()
    assert found == [0, 0, 1, 2, 3]


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
        names["follow"]("en")
    names["r"].close()
    assert known == exported()
    assert len(known) == 5


if __name__ == "__main__":  # prints the table, for pasting
    print(settings_table())
