"""``newsloom formats``: what can be read, and by what names fields are known."""

from importlib.util import find_spec

import click

from newsloom.cli import output
from newsloom.readers import FORMATS
from newsloom.readers.archive import ARCHIVES
from newsloom.readers.names import NAMES, PREFIXES
from newsloom.readers.unpack import PACKINGS


@click.command()
@output.json_option
def formats(*, as_json: bool) -> None:
    """List the formats that newsloom reads.

    Shows how each is recognised and what counts as an article in it, then the accepted names of fields in JSON, CSV
    and Parquet.
    """
    rows = [(one.name, one.told_by, one.articles, _needs(one.extra)) for one in FORMATS]
    rows += [
        (one.suffix, "its first bytes", f"those of the compressed file ({one.name})", "") for one in PACKINGS
    ]
    rows += [(suffix, told_by, "those of each member", "") for suffix, told_by in ARCHIVES]
    if as_json:
        for name, told_by, articles, needs in rows:
            output.emit({"format": name, "told_by": told_by, "articles": articles, "needs": needs or None})
        for field in NAMES:
            output.emit({"field": field, "names": _names(field)})
        return
    output.table(
        "Recognised by content, in this order; the file's name counts only where the content does not decide",
        {
            "format": {"style": "bold"},
            "recognised by": {},
            "articles": {"ratio": 1},
            "needs": {"style": "yellow"},
        },
        rows,
    )
    output.stdout.print()
    output.table(
        "Fields of JSON, CSV and Parquet: accepted names, the best first; capitals, spaces, _ and - are ignored",
        {"field": {"style": "bold"}, "names": {"ratio": 1}},
        ((field, ", ".join(_names(field))) for field in NAMES),
    )


def _names(field: str) -> list[str]:
    """What the field is called, and what else a name of it may begin with."""
    return [*NAMES[field], *(f"{prefix}*" for prefix, meant in PREFIXES.items() if meant == field)]


def _needs(extra: str) -> str:
    """What is still to be installed for it."""
    return f"pip install 'newsloom[{extra}]'" if extra == "parquet" and find_spec("pyarrow") is None else ""
