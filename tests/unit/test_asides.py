"""Messages that were put aside, on a real server."""

import base64
import hashlib
import json
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from newsloom.asides import Asides
from newsloom.errors import StoreUnavailable
from newsloom.mailbox import PRIORITIES, TASK, message

QUEUE = "test.asides"


@pytest.fixture
def asides(valkey: Any) -> Asides:
    return Asides(valkey.client, QUEUE)


def test_what_lay_aside_is_put_back_in_order(asides: Asides, valkey: Any) -> None:
    """Behind what waits, each on the list of its priority, upkeep on that of upkeep; or it is dropped."""
    low, upkeep = QUEUE + PRIORITIES[-1], f"{QUEUE}.upkeep"
    valkey.client.lpush(QUEUE, "waits")
    for queue in (QUEUE, low, upkeep):
        valkey.client.lpush(f"{queue}:refused", "first", "second")
        valkey.client.hset(f"{queue}:refused:why", hashlib.sha1(b"second").hexdigest(), "60 it is no JSON")
    assert [(each.queue, each.at_s, each.why, each.begins) for each in asides.listed()] == [
        known
        for queue in (QUEUE, low, upkeep)
        for known in ((queue, None, "the log says why", "first"), (queue, 60, "it is no JSON", "second"))
    ]
    assert asides.count() == asides.retry() == 6
    assert valkey.client.lrange(QUEUE, 0, -1) == [b"second", b"first", b"waits"]
    assert valkey.client.lrange(low, 0, -1) == valkey.client.lrange(upkeep, 0, -1) == [b"second", b"first"]
    assert asides.count() == asides.retry() == asides.drop() == 0
    assert not valkey.client.keys("*:why")
    for queue in (QUEUE, upkeep):
        valkey.client.lpush(f"{queue}:refused", "third")
    assert asides.drop() == 2
    assert asides.count() == 0


def test_of_a_large_message_that_lies_aside_only_its_beginning_is_read(
    asides: Asides, valkey: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message may have any size, and there may be a thousand."""
    valkey.client.lpush(f"{QUEUE}:refused", message(TASK, {"files": ["a" * 9_000]}, 7))
    [told] = asides.listed()
    assert told.sent_s == 7
    assert told.begins == f'{TASK} [[], {{"files": ["{"a" * 200}'[:200]
    monkeypatch.setattr("newsloom.asides._OPENED_BYTES", 1_000)
    [told] = asides.listed()
    assert told.sent_s is None
    assert told.begins.startswith('{"headers":{"task":"newsloom.ingest",')


def test_a_body_that_celery_wrote_is_shown_as_its_text(asides: Asides, valkey: Any) -> None:
    """Celery's own senders write it in base64."""
    body = '[[], {"files": ["a"]}, {}]'
    packed = {
        "body": base64.b64encode(body.encode()).decode(),
        "headers": {"task": TASK},
        "properties": {"body_encoding": "base64"},
    }
    valkey.client.lpush(f"{QUEUE}:refused", json.dumps(packed))
    assert [told.begins for told in asides.listed()] == [f"{TASK} {body}"]


def test_no_server() -> None:
    """Every method says that the server is away."""
    asides = Asides(redis.Redis(unix_socket_path="/nowhere/s.sock", retry=Retry(NoBackoff(), 0)), QUEUE)
    for call in (asides.count, asides.listed, asides.retry, asides.drop):
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            call()
