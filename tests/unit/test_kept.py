"""Refused articles of messages are kept to be tried again, as far as there is room."""

from typing import Any

from newsloom.store import keys
from newsloom.store.kept import Kept


def test_what_is_kept_is_found(valkey: Any) -> None:
    """Each by its name, until it is forgotten."""
    kept = Kept(valkey.client, 1_000)
    kept.keep("a", b"one")
    kept.keep("b", b"two")
    assert kept.find(["b", "a", "c"]) == [b"two", b"one", None]
    kept.forget(["a", "c"])
    assert kept.find(["a", "b"]) == [None, b"two"]
    kept.forget(["b"])
    assert (valkey.client.exists(keys.KEPT, keys.KEPT_ORDER), valkey.client.get(keys.KEPT_BYTES)) == (0, b"0")


def test_the_oldest_go_when_there_is_no_room(valkey: Any) -> None:
    """The sum of all stays within the bound, however many come; one that alone is too large is not kept."""
    kept = Kept(valkey.client, 1_000)
    for number in range(50):
        gone = kept.keep(f"n{number}", b"x" * 100)
        assert gone == ([f"n{number - 10}"] if number >= 10 else []), "who had to go is told"
        assert int(valkey.client.get(keys.KEPT_BYTES)) <= 1_000
    assert [
        name for name, text in zip(range(50), kept.find([f"n{n}" for n in range(50)]), strict=True) if text
    ] == list(range(40, 50))
    assert valkey.client.zcard(keys.KEPT_ORDER) == valkey.client.hlen(keys.KEPT) == 10
    kept.keep("n45", b"y" * 100)  # kept again: it is the newest now, and counted once
    kept.keep("more", b"x" * 450)
    assert kept.find(["n45", "n44", "n46", "n47"]) == [b"y" * 100, None, b"x" * 100, b"x" * 100]
    kept.keep("huge", b"x" * 1_001)
    assert kept.find(["huge"]) == [None]
    assert int(valkey.client.get(keys.KEPT_BYTES)) == 0
