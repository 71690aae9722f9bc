"""The queue as its senders see it, on a real server."""

import json
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from newsloom.errors import StoreUnavailable
from newsloom.mailbox import (
    LOOK_TASK,
    PRIORITIES,
    SLICE_TASK,
    TASK,
    Depth,
    Mailbox,
    Running,
    Slice,
    Totals,
    message,
    now_s,
    when_sent,
)
from newsloom.outbox import Outbox

QUEUE = "test.mailbox"


@pytest.fixture
def mailbox(valkey: Any) -> Mailbox:
    return Mailbox(valkey.client, QUEUE)


def opened(raw: bytes) -> tuple[str, Any]:
    """The task of a message and its keyword arguments."""
    found = json.loads(raw)
    args, kwargs, _ = json.loads(found["body"])
    assert args == []
    return found["headers"]["task"], kwargs


def waiting(valkey: Any) -> list[tuple[str, Any]]:
    """The messages in the order in which they are taken."""
    return [opened(raw) for raw in reversed(valkey.client.lrange(QUEUE, 0, -1))]


def test_a_message_is_the_one_of_the_readme() -> None:
    """No field more: they would double a message of one file. Every message has an id of its own."""
    first, second = (json.loads(message(TASK, {"files": ["a"]}, 7)) for _ in range(2))
    headers = {"task": TASK, "id": first["headers"]["id"]}
    assert first == {
        "headers": headers,
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "properties": {"timestamp": 7},
        "body": '[[], {"files": ["a"]}, {}]',
    }
    assert headers["id"] != second["headers"]["id"]
    assert json.loads(message(TASK, {"files": ["a"]}, None))["properties"] == {}


def test_what_was_not_begun_is_next(mailbox: Mailbox, valkey: Any) -> None:
    """Files handed back, and the rest of a large file, are taken before all others."""
    Outbox(valkey.client, QUEUE, 9).send([["later"]])
    mailbox.hand_back(["b", "c"], "/folder")
    assert mailbox.hand_on("many", Slice(run="r", start=100, number=1), "/folder")
    assert waiting(valkey) == [
        (SLICE_TASK, {"file": "many", "run": "r", "start": 100, "number": 1, "base": "/folder"}),
        (TASK, {"files": ["b", "c"], "base": "/folder"}),
        (TASK, {"files": ["later"]}),
    ]


def test_articles_that_were_not_begun_come_in_messages_of_some_size(
    mailbox: Mailbox, valkey: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a sender packed tightly may be larger when it is packed again, and a message has a greatest size."""
    monkeypatch.setattr("newsloom.mailbox.ARTICLES_BYTES", 100)
    articles = [{"text": "\u65b0" * size} for size in (5, 8, 40, 1, 1)]  # six bytes a letter
    mailbox.hand_back_articles(articles)
    found = []
    while packed := valkey.client.rpop(QUEUE):  # as a worker takes them
        found.append(json.loads(json.loads(packed)["body"])[1]["articles"])
    assert found == [articles[:1], articles[1:2], articles[2:3], articles[3:]]


def test_the_rest_is_handed_on_once(mailbox: Mailbox, valkey: Any) -> None:
    """A slice that is delivered again hands nothing on again; another run of the same file does."""
    rest = Slice(run="r", start=100, number=1)
    assert mailbox.hand_on("many", rest)
    assert not mailbox.hand_on("many", rest)
    assert mailbox.hand_on("many", Slice(run="other", start=100, number=1))
    assert len(waiting(valkey)) == 2
    assert valkey.client.ttl("newsloom:run:r") > 86_400


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_totals_come_with_the_last_slice_done(mailbox: Mailbox, order: tuple[int, ...]) -> None:
    """Whichever slice is done last tells the totals; a slice done twice counts once, and is not the first to tell."""
    told: list[Any] = []
    for number in order:
        part = Slice(run="r", start=10 * number, number=number)
        counts = {"articles": 10 + number, "open": 1} if number else {"articles": 10}
        told += (mailbox.done(part, last=number == 2, counts=counts) for _ in range(2))
    totals = {"articles": 33, "open": 2}
    assert told == [None, None, None, None, Totals(totals), Totals(totals, first=False)]


def test_an_example_comes_with_the_totals(mailbox: Mailbox) -> None:
    """Of the first slice that had one; a text that looks like a number is one all the same."""
    told = []
    for number, first in enumerate(("", "41701", "soon")):
        counts = {"articles": 10} | ({"unread_dates": 2, "unread_first": first} if first else {})
        told.append(
            mailbox.done(Slice(run="r", start=10 * number, number=number), last=number == 2, counts=counts)
        )
    assert told == [None, None, Totals({"articles": 30, "unread_dates": 4, "unread_first": "41701"})]


def test_a_run_that_is_complete_can_be_begun_again(mailbox: Mailbox, valkey: Any) -> None:
    """A sender may use a message's id again. Until its run is complete, the same id is a redelivery; after
    that, its first slice begins afresh, and a later slice that is delivered once more hands nothing on."""
    parts = [Slice(run="r", start=10 * number, number=number) for number in range(3)]

    def take(part: Slice) -> tuple[bool, Any]:
        handed = part.number < 2 and mailbox.hand_on("many", parts[part.number + 1])
        return handed, mailbox.done(part, last=part.number == 2, counts={"articles": 10})

    for _ in range(2):
        assert take(parts[0]) == (True, None)
        assert take(parts[0]) == (False, None)
        assert take(parts[1]) == (True, None)
        assert take(parts[2]) == (False, Totals({"articles": 30}))
        for part in parts[1:]:
            assert take(part) == (False, Totals({"articles": 30}, first=False))
    assert [kwargs["number"] for _, kwargs in waiting(valkey)] == [2, 1, 2, 1]


def test_depth_counts_what_waits_and_what_is_held(mailbox: Mailbox, valkey: Any) -> None:
    """Every priority counts, and of the held lists those of this queue alone."""
    assert mailbox.depth() == Depth(0, 0)
    assert mailbox.depth().drained
    for suffix in PRIORITIES:
        valkey.client.lpush(QUEUE + suffix, b"waits")
    other = "test.mailbox.other"
    for queue in (QUEUE, QUEUE + PRIORITIES[2], other):
        held = f"{queue}:held:{'0' * 32}"
        valkey.client.lpush(held, b"held")
        valkey.client.zadd("newsloom:leases", {held: 1})
    assert mailbox.depth() == Depth(waiting=4, held=2)
    assert not mailbox.depth().drained


def test_the_workers_that_live_say_what_they_run(mailbox: Mailbox, valkey: Any) -> None:
    """Those of this queue; one that says nothing counts as well."""
    said = Running("0123abcd", "0.1.0")
    soon_ms = 1_000 * (valkey.client.time()[0] + 4)
    for number, (queue, words) in enumerate([(QUEUE, str(said)), (QUEUE, ""), (f"{QUEUE}.other", str(said))]):
        valkey.client.zadd("newsloom:workers", {f"{queue}:held:{number:032}{words}": soon_ms})
    assert sorted(mailbox.depth().running, key=str) == sorted([Running(), said], key=str)
    assert mailbox.depth().workers == 2


@pytest.mark.parametrize(
    ("properties", "sent"),
    [
        ({"timestamp": 1767225600}, 1767225600), ({"timestamp": 1767225600.9}, 1767225600), ({}, None), (None, None), ([], None),
        ({"timestamp": None}, None), ({"timestamp": "1767225600"}, None), ({"timestamp": True}, None), ({"timestamp": -1}, None),
        ({"timestamp": 1767225600000}, None), ({"timestamp": float("nan")}, None), ({"timestamp": [1]}, None),
    ],
)  # fmt: skip
def test_when_a_message_was_sent(properties: object, sent: int | None) -> None:
    """In seconds, as AMQP has it; whatever else anybody may write there, milliseconds too, says nothing."""
    assert when_sent(properties) == sent


def test_the_oldest_is_the_next(mailbox: Mailbox, valkey: Any) -> None:
    """Of whatever priority; what does not say when it was sent, or is no message, hides no other priority's."""
    assert mailbox.oldest_s() is None
    before_s = now_s()
    Outbox(valkey.client, QUEUE, 99).send([["a"], ["b"]])
    assert before_s <= (mailbox.oldest_s() or 0) <= now_s()
    low = QUEUE + PRIORITIES[-1]
    valkey.client.lpush(low, message(TASK, {"files": ["c"]}, 1_000), b"later, and no message")
    assert mailbox.oldest_s() == 1_000
    valkey.client.rpop(low)
    assert before_s <= (mailbox.oldest_s() or 0)
    valkey.client.rpush(QUEUE, message(TASK, {"files": ["d"]}, None))
    assert mailbox.oldest_s() is None


def test_the_oldest_in_hand(mailbox: Mailbox, valkey: Any) -> None:
    """Of each worker what it took first; neither of another queue, nor of upkeep."""
    assert mailbox.oldest_held_s() is None
    for number, (queue, sent) in enumerate(
        [
            (QUEUE, (3_000, 4_000)),
            (QUEUE + PRIORITIES[1], (2_000,)),
            (f"{QUEUE}.upkeep", (1_000,)),
            (QUEUE, (None,)),
        ]
    ):
        held = f"{queue}:held:{number:032}"
        for sent_s in sent:
            valkey.client.lpush(held, message(TASK, {"files": ["a"]}, sent_s))
        valkey.client.zadd("newsloom:leases", {held: 1})
    assert mailbox.oldest_held_s() == 2_000
    valkey.client.zrem("newsloom:leases", f"{QUEUE}{PRIORITIES[1]}:held:{1:032}")
    assert mailbox.oldest_held_s() == 3_000
    assert mailbox.oldest_s() is None


def test_what_comes_back_was_sent_when_it_was_sent_first(mailbox: Mailbox, valkey: Any) -> None:
    """Files, articles and the rest of a large file that stand in front of all others do not make these look young."""
    for hand_back in (
        lambda sent: mailbox.hand_back(["b"], sent_s=sent),
        lambda sent: mailbox.hand_back_articles([{"text": "x"}], sent),
        lambda sent: mailbox.hand_on("many", Slice(f"r:{sent}", 100, 1, sent)),
    ):
        for sent in (1_000, None):  # who did not say when is not taken to have sent it now
            hand_back(sent)
            assert mailbox.oldest_s() == sent


def test_upkeep_has_a_queue_of_its_own(mailbox: Mailbox, valkey: Any) -> None:
    """A second look that is asked for is no article: neither waiting nor in hand."""
    mailbox.look()
    valkey.client.lpush(f"{QUEUE}.upkeep:held:{'0' * 32}", b"held")
    valkey.client.zadd("newsloom:leases", {f"{QUEUE}.upkeep:held:{'0' * 32}": 1})
    assert mailbox.depth().drained
    assert mailbox.upkeep_depth() == Depth(waiting=1, held=1)
    assert opened(valkey.client.lindex(f"{QUEUE}.upkeep", 0)) == (LOOK_TASK, {})


def test_no_server() -> None:
    """Every method, of the outbox too, says that the server is away."""
    client = redis.Redis(unix_socket_path="/nowhere/s.sock", retry=Retry(NoBackoff(), 0))
    mailbox = Mailbox(client, QUEUE)
    part = Slice(run="r", start=0, number=0)
    for call in (
        lambda: Outbox(client, QUEUE, 9).send([["a"]]),
        lambda: mailbox.hand_back(["a"]),
        lambda: mailbox.hand_on("a", part),
        lambda: mailbox.done(part, last=True, counts={}),
        mailbox.look,
        mailbox.depth,
        mailbox.upkeep_depth,
        mailbox.oldest_s,
        mailbox.oldest_held_s,
    ):
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            call()
