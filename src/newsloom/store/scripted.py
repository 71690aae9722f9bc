"""A client of Redis with newsloom's scripts: what every part of the Redis store stands on."""

from typing import Any

from newsloom.store import codec, keys
from newsloom.store.script import Script, text
from newsloom.store.values import Caps

#: Each script, and what stands above it: Redis lets one script call no other.
_SCRIPTS = {
    "known": ("whole", "event", "version"),
    "counts": ("whole",),
    "fold": ("whole",),
    "repeated": ("whole",),
    "recall": ("whole", "directories", "lists", "event"),
    "decided": ("whole",),
    "commit": ("whole", "directories", "lists", "event", "version", "learn"),
    "warm": ("whole", "directories", "learn"),
    "reassign": ("whole", "directories", "lists", "event", "members"),
    "forget": ("whole", "directories", "lists", "event", "members"),
    "looked": ("whole",),
    "crowded": ("whole",),
}

#: What the scripts and Python go by alike.
_SHARED = {
    "DIRECTORY": keys.DIRECTORY,
    "DATED": codec.DATED,
    "JOINED": codec.JOINED,
    "LISTED": codec.LISTED,
    "PARTED": codec.PARTED,
    "PLACED": codec.PLACED,
}


class Scripted:
    """Runs the Lua files beside this module."""

    def __init__(self, client: Any, caps: Caps | None = None) -> None:
        self._redis = client
        self.caps = caps or Caps()
        self._scripts = {name: Script(client, lua(*above, name)) for name, above in _SCRIPTS.items()}

    def _run(self, name: str, language: str, *args: Any) -> Any:
        prefix = keys.prefix(language)
        # One key is enough to send the script to the right node: all keys share its hash tag.
        return self._scripts[name](keys=[prefix + "seq"], args=[prefix, *args])


def lua(*names: str) -> str:
    """These files, one below the other, and what they share with Python above all."""
    return "\n".join((*(f"local {name} = {value}" for name, value in _SHARED.items()), text(*names)))
