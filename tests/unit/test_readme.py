"""The README says what is so."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

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


def test_the_consumer_of_the_readme(valkey: Any) -> None:
    """It begins at the start, is given again what it did not acknowledge, and waits where nothing comes.

    What has left the stream meanwhile does not keep it from going on.
    """
    recipe = re.search(r"```python\n(import json, redis\n.*?)```", README, re.DOTALL)
    assert recipe
    assert recipe[1].count("                ...\n") == 1
    # Each look at a stream on which nothing comes would take five seconds.
    source = (
        recipe[1]
        .replace("                ...\n", "                got(record)\n")
        .replace("block=5000", "block=20")
    )
    names: dict[str, Any] = {}
    exec(source.replace("redis://localhost:6379/0", valkey.url), names)
    for number in range(2):
        valkey.client.xadd("loom:{en}:decisions", {"type": "story_decided", "record": json.dumps(number)})
    found: list[int] = []

    def got(record: int) -> None:
        found.append(record)
        if found in ([0], [0, 0, 1, 2], [0, 0, 1, 2, 3]):
            raise RuntimeError("it dies, before it has acknowledged")
        if record == 1:
            valkey.client.xadd("loom:{en}:decisions", {"type": "story_decided", "record": "2"})

    names["got"] = got
    for _ in range(2):
        with pytest.raises(RuntimeError, match="it dies"):
            names["follow"]("en")
    assert found == [0, 0, 1, 2]
    valkey.client.xadd("loom:{en}:decisions", {"type": "story_decided", "record": "3"})
    valkey.client.xtrim("loom:{en}:decisions", maxlen=1, approximate=False)  # without 2, which it was given
    with pytest.raises(RuntimeError, match="it dies"):
        names["follow"]("en")
    names["r"].close()
    assert found == [0, 0, 1, 2, 3]


if __name__ == "__main__":  # prints the table, for pasting
    print(settings_table())
