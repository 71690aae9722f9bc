"""The README says what is so."""

import re
from pathlib import Path

from newsloom.core.model import Outcome
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


def test_outcomes_are_told() -> None:
    """Each outcome stands in the README."""
    assert all(f"`{outcome}`" in README for outcome in Outcome)


if __name__ == "__main__":  # prints the table, for pasting
    print(settings_table())
