"""``newsloom bridge``: items of scrapy-redis."""

import contextlib

import click
import structlog

from newsloom import bootstrap
from newsloom.bridge import Bridge
from newsloom.cli.feed import batch_option
from newsloom.cli.stop import Stop, Stopped
from newsloom.errors import Impossible
from newsloom.log import configure

log = structlog.get_logger()


@click.command()
@click.argument("key", metavar="KEY")
@batch_option("Items", 20)
@click.option("--drain", is_flag=True, help="Exit when the list is empty.")
def bridge(key: str, batch: int, *, drain: bool) -> None:
    """Enqueue the items of a scrapy-redis list as they come.

    Runs until SIGTERM. KEY is the list, such as myspider:items; NEWSLOOM_BRIDGE_URL names its server, if that is
    a different one.
    """
    if not key:  # a list of that name would be waited for without end
        raise click.UsageError(
            "the name of the list is empty: give the list of items, such as myspider:items."
        )
    configure(bootstrap.settings())
    stop = Stop()
    moving = stop.until_there(lambda: _of_a_list(key, batch))
    if moving is None:
        return
    log.info("bridge_started", key=key, in_hand=moving.in_hand)
    try:
        with contextlib.suppress(Stopped):
            moving.run(stop, stop.waiting, drain=drain)
    except Impossible as error:
        raise click.ClickException(str(error)) from error
    log.info("bridge_stopped", key=key, items=moving.moved)


def _of_a_list(key: str, batch: int) -> Bridge:
    found = bootstrap.bridge(key, batch)
    if (kind := found.kind()) not in {"list", "none"}:
        raise click.UsageError(
            f"{key} is a {kind}, not a list: give the list of items, such as myspider:items."
        )
    return found
