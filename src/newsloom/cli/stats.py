"""``stats``: what was decided, what there is to do, and how the servers are."""

import click

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.mailbox import now_s
from newsloom.telling import iso

# What a bare name would be taken for something else.
_MEANING = {
    "candidates_capped": "candidates_capped (usual: the best were compared)",
    "waiting": "waiting (messages, of one or many files)",
    "held": "held (messages that workers have in hand)",
}


@click.command()
@output.json_option
def stats(*, as_json: bool) -> None:
    """Count what was decided since the beginning, and what there is to do."""
    depth, store = bootstrap.mailbox().depth(), bootstrap.store()
    found = store.stats()
    # An id of a stream begins with the milliseconds of its record.
    latest_ms = max(
        [int(store.newest(language).partition("-")[0]) for language in store.languages()], default=0
    )
    found |= {"latest": iso(latest_ms / 1000) if latest_ms else None}
    most = bootstrap.settings().queue_max
    oldest_s = bootstrap.mailbox().oldest_s()
    # Two clocks, the sender's and this one: they may differ.
    age_s = None if oldest_s is None else max(0, now_s() - oldest_s)
    found |= {
        "waiting": depth.waiting,
        "oldest_waiting_s": age_s,
        "held": depth.held,
        "workers": depth.workers,
    }
    found |= {"queue_max": most, "full": depth.waiting >= most}
    found |= {"refused_messages": bootstrap.asides().count()}
    found |= {"policy": bootstrap.policy().version}
    if as_json:
        healths = bootstrap.healths()
        found |= {"servers_refuse": {server: one.refuses for server, one in healths.items() if one.refuses}}
        found |= {
            "servers_may_forget": {server: one.forgets for server, one in healths.items() if one.forgets}
        }
        output.emit(found)
        return
    rows = []
    for name, value in found.items():
        if isinstance(value, dict):
            rows += [(f"{name}: {key}", count) for key, count in value.items()]
        else:
            rows.append((_MEANING.get(name, name), "" if value is None else value))
    output.table("newsloom", {"what": {}, "count": {"justify": "right"}}, rows)
