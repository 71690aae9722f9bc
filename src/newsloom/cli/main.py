"""The group of commands, and what becomes of an error."""

import difflib
import errno
import importlib
import io
import os
import sys
from typing import cast

import click
import pydantic
import redis

from newsloom import __version__, bootstrap
from newsloom.cli import output
from newsloom.errors import (
    BadFile,
    BadSetting,
    Impossible,
    NewsloomError,
    NoRoom,
    QueueFull,
    ServerError,
    StoreUnavailable,
)
from newsloom.settings import problems, strangers

# Command -> the module beside this one that holds it, and how its help begins.
_COMMANDS = {
    "bench": ("bench", "Run a benchmark; without a name, list them."),
    "bridge": ("bridge", "Enqueue the items of a scrapy-redis list as they come."),
    "enqueue": ("feed", "Put files, and all files in folders, on the queue."),
    "evaluate": ("evaluate", "Score the events found against your own labels."),
    "events": ("events", "List events, the largest first, or find some by words."),
    "explain": ("show", "Say why a story, or each story of an article, is where it is."),
    "export": ("follow", "Write stories, events, decisions or labels as JSON lines."),
    "forget": ("byhand", "Remove a story, or all versions of an article's stories, for good."),
    "formats": ("formats", "List the formats that newsloom reads."),
    "merge": ("byhand", "Merge two events; the older keeps its id."),
    "move": ("byhand", "Put a story into another event, or into a new one."),
    "quarantine": ("quarantine", "List, retry or drop files that could not be read."),
    "run": ("run", "Ingest files with temporary workers, and show the events."),
    "show": (
        "show",
        "Show an event and its stories; or the event of a story, or the events of an article's stories.",
    ),
    "stats": ("stats", "Show what was decided since the beginning, and what is left to do."),
    "tail": ("follow", "Follow decisions and later changes as they are made."),
    "train": ("train", "Fit the join rule to your own labels."),
    "warm": ("warm", "Learn from an archive before the first story arrives."),
    "watch": ("watch", "Enqueue the files in a folder as they arrive."),
    "worker": ("work", "Run a worker until SIGTERM."),
}

_ASKING = {"events", "show", "explain", "merge", "move", "forget", "tail", "stats", "quarantine", "export"}
# They go on for long: only at first they do not wait for a server without a word.
_SENDING = {"run", "enqueue", "warm", "watch", "bridge"}

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


class _Commands(click.Group):
    """A command is imported when it is asked for: who puts a file on the queue need not load what reads it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"newsloom.cli.{_COMMANDS[cmd_name][0]}")
        return cast("click.Command", getattr(module, cmd_name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if near := difflib.get_close_matches(args[0], _COMMANDS, n=1):
                raise click.UsageError(f"{error.message} Did you mean '{near[0]}'?", ctx) from error
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List them without importing each for a line of its help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newsloom")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Tell which event each news article belongs to, the moment its file arrives.

    Settings come from the environment (NEWSLOOM_*); without NEWSLOOM_REDIS_URL newsloom runs a server
    of its own. Exit codes: 0 done, 1 failed, 2 wrong usage or setting, 3 no server, 4 not found,
    5 the queue is full. run and warm exit with 1 if nothing could be read.
    """
    if ctx.invoked_subcommand != "worker":  # its log tells it
        for _, told in strangers(os.environ):
            output.stderr.print(told, style="yellow")
    if ctx.invoked_subcommand in _ASKING:
        bootstrap.hurry()
    elif ctx.invoked_subcommand in _SENDING:
        bootstrap.hurry_at_first()


@cli.result_callback()
@click.pass_context
def _tell_health(ctx: click.Context, _: object) -> None:
    """A server whose disk is full can be read: that nothing is decided meanwhile shall not go unnoticed."""
    if ctx.invoked_subcommand not in _ASKING:
        return
    for server, health in bootstrap.healths().items():
        wrong = "does not answer" if health.lost else "accepts no writes"
        told = [f"{server} {wrong}, so nothing is being decided: {health.refuses}"] if health.refuses else []
        if ctx.invoked_subcommand == "stats":
            told += [f"{server} may forget. {detail}" for detail in health.forgets]
        for line in told:
            output.stderr.print(line, style="yellow")


def main() -> None:
    """Run the command line; every foreseeable failure is one line and an exit code.

    What is not foreseen is a bug, and keeps its traceback.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # its charset may lack letters of a title
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except pydantic.ValidationError as error:
        for told in problems(error):
            output.stderr.print(told, style="red")
        code = output.USAGE
    except (NewsloomError, redis.RedisError, OSError) as error:
        code = _failed(error)
    sys.exit(code)


def _failed(error: Exception) -> int:
    """Say in one line what is foreseen of an error, and return the exit code; raises what is not."""
    told, code = str(error), output.USAGE
    if isinstance(error, StoreUnavailable | redis.RedisError):
        told, code = output.no_server(error), output.UNAVAILABLE
    elif isinstance(error, ServerError):
        code = output.UNAVAILABLE
    elif isinstance(error, NoRoom):
        code = output.FAILED
    elif isinstance(error, QueueFull):
        code = output.FULL
    elif isinstance(error, OSError) and error.errno in _NO_ROOM:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is flushed at the end
        told, code = f"Not everything could be written: {error.strerror}.", output.FAILED
    # A BadFile is one that the command itself was to read.
    elif not isinstance(error, BadSetting | BadFile | Impossible):
        raise error
    output.stderr.print(told, style="red")
    return code
