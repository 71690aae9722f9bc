"""``newsloom bench``: how fast is it on this machine?"""

import ast
import importlib
import pkgutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from newsloom import bench as benches
from newsloom.cli import output


def names() -> list[str]:
    """Of the modules in the package those that are benchmarks."""
    return sorted(one.name for one in pkgutil.iter_modules(benches.__path__) if not one.name.startswith("_"))


def _measures(name: str) -> str:
    """The first line of what a benchmark says of itself, without importing it and what it needs."""
    source = Path(benches.__path__[0], f"{name}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="...")
def bench(name: str | None, arguments: Sequence[str]) -> None:
    """Run a benchmark; without a name, list them."""
    if name is None or name in ("--help", "-h"):
        for each in names():
            output.stdout.print(f"{each:<12} {_measures(each)}")
        output.stderr.print("`newsloom bench NAME` runs one, `newsloom bench NAME --help` lists its options.")
        return
    if name not in names():
        raise click.UsageError(f"no benchmark is called {name}; choose one of {', '.join(names())}")
    _module(name).main(list(arguments))


def _module(name: str) -> Any:
    try:
        return importlib.import_module(f"{benches.__name__}.{name}")
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("newsloom"):
            raise
        raise click.ClickException(f"{name} needs {error.name}: pip install 'newsloom[bench]'") from None
