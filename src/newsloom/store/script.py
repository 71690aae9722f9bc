"""A script that Redis runs, sent as a whole only where the server does not know it."""

import hashlib
from collections.abc import Sequence
from importlib import resources
from typing import Any

from redis.exceptions import NoScriptError


class Script:
    """Called by its digest. A server that started anew, or was told to forget its scripts, is sent the text with the call.

    That is one step. redis-py's own script is loaded first and called again then: where scripts are forgotten in
    between, that call fails, and whatever was in hand pays for it.
    """

    def __init__(self, client: Any, text: str) -> None:
        self._redis = client
        self.text = text
        self.sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()  # as Redis names it

    def __call__(self, keys: Sequence[Any], args: Sequence[Any] = ()) -> Any:
        given = (len(keys), *keys, *args)
        try:
            return self._redis.evalsha(self.sha, *given)
        except NoScriptError:
            return self._redis.eval(self.text, *given)


def text(*names: str) -> str:
    """These Lua files, one below the other."""
    folder = resources.files(__package__)
    return "\n".join(folder.joinpath(f"{name}.lua").read_text(encoding="utf-8") for name in names)
