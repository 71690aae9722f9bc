"""``newsloom bridge``: items of scrapy-redis."""

import contextlib

import click
import structlog

from newsloom import bootstrap
from newsloom.cli.stop import Stop, Stopped
from newsloom.log import configure

log = structlog.get_logger()


@click.command()
@click.argument("key")
@click.option(
    "--batch", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Items in one message."
)
@click.option("--drain", is_flag=True, help="End when the list is empty.")
def bridge(key: str, batch: int, *, drain: bool) -> None:
    """Move the items of a scrapy-redis list (KEY, as in myspider:items) onto the queue, until SIGTERM.

    NEWSLOOM_BRIDGE_URL names the server of the list, if it is another one.
    """
    moving = bootstrap.bridge(key, batch)
    if (kind := moving.kind()) not in {"list", "none"}:
        raise click.UsageError(
            f"{key} holds a {kind} and no list: name the list of items, as in myspider:items."
        )
    configure(bootstrap.settings())
    stop = Stop()
    log.info("bridge_started", key=key, in_hand=moving.in_hand)
    with contextlib.suppress(Stopped):
        moving.run(stop, stop.waiting, drain=drain)
    log.info("bridge_stopped", key=key, items=moving.moved)
