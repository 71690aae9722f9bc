"""``newsloom worker``: a Celery worker, and how other commands start one."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import IO

import click

from newsloom import bootstrap

_PARENT_PIPE = "NEWSLOOM_PARENT_PIPE"


concurrency_option = click.option(
    "--concurrency",
    type=click.IntRange(1, 256),
    help="Worker processes; default: NEWSLOOM_CONCURRENCY, else one per core.",
)


@click.command()
@concurrency_option
def worker(concurrency: int | None) -> None:
    """Run a worker until SIGTERM.

    On SIGTERM it finishes the files in progress and returns the rest to the queue.
    """
    from newsloom.worker import alive  # Celery is slow to import, and only needed here
    from newsloom.worker.app import WORKER_ARGS, app

    settings = bootstrap.settings()
    alive.begin()
    bootstrap.warm()
    _end_with_parent()
    # -Ofair: a child gets its next message when it is done, so that none waits behind a long one.
    # A name of its own, for several may run on one host, and who asks them wants to know which one answers.
    named = ["--hostname", f"newsloom-{os.getpid()}@%h"]
    argv = ["--quiet", "worker", "-Ofair", *WORKER_ARGS, *named, "--loglevel", settings.log_level.upper()]
    app.worker_main([*argv, "--concurrency", str(concurrency)] if concurrency else argv)


@contextlib.contextmanager
def running(concurrency: int | None, log: IO[bytes]) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker for the time of the block, its output in ``log``; it ends with this process, whatever ends it."""
    read_end, write_end = os.pipe()
    # -P: a `queue.py` in the folder that the command is called in is no module of ours.
    argv = [sys.executable, "-P", "-m", "newsloom", "worker"]
    if concurrency:
        argv += ["--concurrency", str(concurrency)]
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        pass_fds=(read_end,),
        # Its log is read, whatever people want to see of theirs.
        env={
            **os.environ,
            _PARENT_PIPE: str(read_end),
            "NEWSLOOM_LOG_FORMAT": "json",
            "NEWSLOOM_LOG_LEVEL": "info",
        },
        start_new_session=True,  # Ctrl-C reaches the command, which then ends its worker in order
    )
    os.close(read_end)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=bootstrap.settings().hard_time_limit_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(write_end)


def _end_with_parent() -> None:
    """Stop when the command that started this worker is gone, a killed one included.

    It holds the other end of a pipe; the kernel closes that, and reading ends.
    """
    number = os.environ.pop(_PARENT_PIPE, None)
    if number is None:
        return

    def wait() -> None:
        with os.fdopen(int(number), "rb", 0) as pipe:
            pipe.read(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()
