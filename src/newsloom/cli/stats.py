"""``stats``: what was decided, what there is to do, and how the servers are."""

from collections import Counter
from typing import Any

import click

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.errors import StoreUnavailable
from newsloom.mailbox import now_s
from newsloom.telling import iso

# What a bare name would be taken for something else.
_MEANING = {
    "candidates_capped": "candidates_capped (usual: the best were compared)",
    "waiting": "waiting (messages, of one or many files)",
    "held": "held (messages in progress)",
}


@click.command()
@output.json_option
def stats(*, as_json: bool) -> None:
    """Show what was decided since the beginning, and what is left to do.

    If the store and the queue are on different servers and one does not answer, the counts of the other are still
    shown; the exit code is 3.
    """
    healths = bootstrap.healths()
    refuse = {server: one.refuses for server, one in healths.items() if one.refuses}
    lost = {server: one.lost for server, one in healths.items() if one.lost}
    found: dict[str, Any] = {}
    for server, part in ((bootstrap.STORE, _decided), (bootstrap.QUEUE, _to_do)):
        name = server if server in healths else bootstrap.STORE
        if name not in lost:  # to ask it once more would take as long again
            try:
                found |= part()
            except StoreUnavailable as error:  # such as a cluster that lacks a node
                lost[name], refuse[name] = error, str(error)
    if found and as_json:
        forget = {server: one.forgets for server, one in healths.items() if one.forgets}
        output.emit(found | {"servers_refuse": refuse, "servers_may_forget": forget})
    elif found:
        _show(found)
    for why in lost.values():
        raise why


def _decided() -> dict[str, Any]:
    """The part of the store."""
    store, stream = bootstrap.store(), bootstrap.stream()
    # An id of a stream begins with the milliseconds of its record.
    latest_ms = max(
        [int(stream.newest(language).partition("-")[0]) for language in store.languages()], default=0
    )
    look = bootstrap.looks().told()
    return store.stats() | {
        "latest": iso(latest_ms / 1000) if latest_ms else None,
        "since_look_s": None if look.ended_s is None else _age_s(round(look.ended_s)),
        "look_took_s": look.took_s,
        "look_failed": look.failed,
        "quarantined": bootstrap.quarantine().count(),
    }


def _to_do() -> dict[str, Any]:
    """The part of the queue."""
    mailbox, most = bootstrap.mailbox(), bootstrap.settings().queue_max
    depth = mailbox.depth()
    return {
        "waiting": depth.waiting,
        "oldest_waiting_s": _age_s(mailbox.oldest_s()),
        "queue_max": most,
        "full": depth.waiting >= most,
        "held": depth.held,
        "oldest_held_s": _age_s(mailbox.oldest_held_s()),
        "refused_messages": bootstrap.asides().count(),
        "workers": depth.workers,
        "policies": Counter(one.policy for one in depth.running if one.policy),
        "versions": Counter(one.version for one in depth.running if one.version),
    }


def _age_s(time_s: int | None) -> int | None:
    """Two clocks, the sender's and this one: they may differ."""
    return None if time_s is None else max(0, now_s() - time_s)


def _show(found: dict[str, Any]) -> None:
    rows = []
    for name, value in found.items():
        if isinstance(value, dict):
            rows += [(f"{name}: {key}", count) for key, count in value.items()]
        else:
            rows.append((_MEANING.get(name, name), "" if value is None else value))
    output.table("newsloom", {"what": {}, "count": {"justify": "right"}}, rows)
