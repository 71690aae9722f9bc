"""A server that is gone, or that cannot write: said as such, and nothing is half done."""

import pytest
import redis

from newsloom.cli.output import no_server
from newsloom.core.model import Decision, Outcome
from newsloom.errors import StoreRefuses, StoreUnavailable
from newsloom.store import keys
from newsloom.store.changes import Reassignment
from newsloom.store.kept import Kept
from newsloom.store.ledger import Ledger
from newsloom.store.quarantine import Quarantine, Quarantined, Taken
from newsloom.store.redis import RedisStore
from newsloom.store.stream import Stream
from newsloom.store.values import Asked, Commit, Known, Lesson, Question, Shown

OPENED = Decision("ab" * 8, "cd" * 8, Outcome.OPEN, policy="test", threshold=0.0)
METHODS = {
    "known": lambda desk, _query, place: desk.store.known("en", place),
    "counts": lambda desk, _query, _place: desk.store.counts("en", ["fog"]),
    "recall": lambda desk, query, _place: desk.recall(query),
    "commit": lambda desk, query, place: desk.commit(query, recalled=desk.earlier, place=place),
    "commit_and_recall": lambda desk, query, place: desk.store.commit_and_recall(
        Commit(query, OPENED, desk.earlier, ["fog"], place, Known(), ((0, 1),), [], {}),
        Question(query, ("fog",), 0.6),
    ),
    "learn": lambda desk, _query, place: desk.store.learn("en", place, [Lesson(["fog"], Shown())]),
    "known_and_repeated": lambda desk, _query, place: desk.store.known_and_repeated(
        [Asked("en", place, b"courier.", [], [])]
    ),
    "tried": lambda desk, _query, _place: desk.quarantine.tried(["a"]),
    "story": lambda desk, query, _place: desk.store.story(query.story.id),
    "event": lambda desk, query, _place: desk.store.event(query.story.id),
    "events": lambda desk, _query, _place: list(desk.store.events()),
    "stories": lambda desk, _query, _place: list(desk.store.stories()),
    "records": lambda desk, _query, _place: list(desk.stream.records()),
    "put": lambda desk, _query, _place: desk.quarantine.put(Quarantined("a", "empty", "", 1.0)),
    "entries": lambda desk, _query, _place: desk.quarantine.entries(),
    "release": lambda desk, _query, _place: desk.quarantine.release([Quarantined("a", "empty", "", 1.0)]),
    "attempt": lambda desk, _query, _place: desk.quarantine.attempt("a"),
    "settled": lambda desk, _query, _place: desk.quarantine.settled("a", clean=[Taken("a")]),
    "languages": lambda desk, _query, _place: desk.store.languages(),
    "in_turn": lambda desk, _query, _place: desk.store.in_turn(),
    "takes_turn": lambda desk, _query, _place: desk.store.takes_turn("en"),
    "young": lambda desk, _query, _place: desk.store.young("en", 9),
    "examined": lambda desk, query, _place: desk.store.examined("en", query.story.id, 1, 2),
    "standing": lambda desk, query, _place: desk.store.standing("en", query.story.id),
    "stories_of": lambda desk, query, _place: desk.store.stories_of("en", query.story.id),
    "moves": lambda desk, _query, _place: desk.store.moves(desk.stored),
    "reassign": lambda desk, _query, _place: desk.store.reassign(desk.change),
    "stats": lambda desk, _query, _place: desk.store.stats(),
}
WRITES = ("commit", "learn", "put", "attempt", "reassign")


@pytest.fixture
def own_desk(own_server, redis_desk):
    """A desk on a server that may be stopped, with one event in it."""
    redis_desk.store = RedisStore(own_server.client)
    redis_desk.stream = Stream(own_server.client)
    redis_desk.quarantine = Quarantine(own_server.client)
    event = redis_desk.open("harbour ferry fog")
    store = redis_desk.store
    (redis_desk.stored,) = moving = store.stories_of("en", event)
    redis_desk.change = Reassignment(  # as if it had a story more
        store.standing("en", event),
        None,
        "ab" * 8,
        moving,
        moving,
        by_hand=False,
        merges=False,
        record={},
        moves=(),
    )
    return redis_desk


@pytest.fixture
def starved(own_server):
    """Lets the server run out of memory, and gives it back."""

    def limit(maxmemory):
        own_server.client.config_set("maxmemory", maxmemory)

    return limit


def test_every_method_says_that_the_server_is_gone(own_desk, own_server, place_of):
    """StoreUnavailable from each of them, listings included; never an error of the client library."""
    query = own_desk.write("ferry fog")
    own_desk.earlier = own_desk.recall(query)
    own_server.stop()
    wrong = []
    for name, method in METHODS.items():
        try:
            method(own_desk, query, place_of("page"))
        except StoreUnavailable:
            continue
        except Exception as error:  # noqa: BLE001 - the claim is about the type of all of them
            wrong.append((name, type(error).__name__))
        else:
            wrong.append((name, "no error"))
    assert wrong == []


def test_every_method_says_that_it_is_not_permitted(own_desk, own_server, place_of):
    """A user without the keys: no article's fault, and no error of the client library."""
    query = own_desk.write("ferry fog")
    own_desk.earlier = own_desk.recall(query)
    own_server.client.acl_setuser(
        "default", enabled=True, nopass=True, keys=["none"], categories=["+@all"], reset=True, reset_keys=True
    )
    wrong = []
    for name, method in METHODS.items():
        try:
            method(own_desk, query, place_of("page"))
        except StoreRefuses as error:
            assert "denies access" in str(error)
        except Exception as error:  # noqa: BLE001 - the claim is about the type of all of them
            wrong.append((name, repr(error)))
        else:
            wrong.append((name, "no error"))
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "key"), [("attempt", keys.ATTEMPTS), ("settled", keys.ATTEMPTS), ("commit", "loom:{en}:seq")]
)
def test_a_key_that_holds_what_others_put_there(own_desk, own_server, place_of, name, key):
    """Another program uses the same name: no article's fault either, whichever way the command takes."""
    query = own_desk.write("ferry fog")
    own_desk.earlier = own_desk.recall(query)
    own_server.client.delete(key)
    own_server.client.rpush(key, "theirs")
    with pytest.raises(StoreRefuses, match="another program"):
        METHODS[name](own_desk, query, place_of("page"))
    own_server.client.delete(key)


@pytest.mark.parametrize("name", ["events", "stories", "records"])
def test_a_listing_that_is_cut_off_says_so(own_desk, own_server, name, monkeypatch):
    """The server goes while a long list is being read."""
    monkeypatch.setattr(keys, "PAGE", 100)
    for i in range(200):  # a page of all stories has 128
        own_desk.open(f"topic{i}")
    listing = iter(getattr(own_desk.stream if name == "records" else own_desk.store, name)())
    next(listing)
    own_server.stop()
    with pytest.raises(StoreUnavailable):
        list(listing)


@pytest.mark.parametrize("name", WRITES)
def test_a_full_memory_is_a_reason_to_wait(own_desk, starved, dump, place_of, name):
    """Nothing is written, not even in part; with room again the same call goes through."""
    connection = own_desk.store._redis
    query = own_desk.write("ferry fog")
    own_desk.earlier = own_desk.recall(query)
    before = dump(connection)
    starved(1)
    with pytest.raises(StoreUnavailable):
        METHODS[name](own_desk, query, place_of("page"))
    assert dump(connection) == before
    starved(0)
    METHODS[name](own_desk, query, place_of("page"))
    assert dump(connection) != before


def test_a_server_that_wants_a_password_is_told_as_such(own_server, tmp_path):
    """It is reached, and in its own words a command of the protocol is what was called wrongly."""
    own_server.client.config_set("requirepass", "hush")
    for address in (f"unix://{tmp_path}/s", f"unix://:other@{tmp_path}/s"):
        with (
            redis.Redis.from_url(address) as stranger,
            pytest.raises(StoreRefuses, match="requires a password") as refused,
        ):
            RedisStore(stranger).stats()
        assert "HELLO" not in no_server(refused.value)
        assert "that the server is running" not in no_server(refused.value)


def test_nothing_joins_while_the_memory_is_full(own_desk, starved, dump, own_server):
    """The other branch of the commit: a story for an event that exists."""
    (event,) = (summary.event for summary in own_desk.store.events())
    query = own_desk.write("ferry", published_s=None)
    recalled = own_desk.recall(query)
    before = dump(own_server.client)
    starved(1)
    with pytest.raises(StoreUnavailable):
        own_desk.commit(query, Outcome.ATTACH, event, recalled=recalled)
    assert dump(own_server.client) == before
    starved(0)
    own_desk.commit(query, Outcome.ATTACH, event, recalled=recalled)
    assert own_desk.store.event(event).size == 2


def test_reading_goes_on_while_the_memory_is_full(own_desk, starved, place_of):
    """What stands in the store can still be looked up."""
    starved(1)
    query = own_desk.write("ferry")
    assert len(own_desk.recall(query).candidates) == 1
    assert own_desk.store.counts("en", ["fog"]).stories == 0
    assert own_desk.store.known("en", place_of("page")).segments == ()
    assert len(list(own_desk.store.events())) == 1
    assert own_desk.store.stats()["stories"] == 1


def test_what_was_kept_can_be_forgotten_while_the_memory_is_full(own_server, starved):
    """Whoever drops the quarantine to make room must not be refused for want of it."""
    kept = Kept(own_server.client, 100)
    kept.keep("article:1", b"x" * 60)
    starved(1)
    kept.forget(["article:1", "article:2"])
    assert kept.find(["article:1"]) == [None]
    starved(0)
    for name in ("article:2", "article:3"):
        kept.keep(name, b"x" * 50)
    assert None not in kept.find(["article:2", "article:3"]), "its room was given back"


def test_a_read_only_replica_is_a_reason_to_wait(own_desk, own_server, dump):
    """During a failover writes are refused: that passes."""
    query = own_desk.write("ferry")
    recalled = own_desk.recall(query)
    before = dump(own_server.client)
    own_server.client.config_set("replica-read-only", "yes")
    own_server.client.replicaof("127.0.0.1", "1")
    with pytest.raises(StoreUnavailable):
        own_desk.commit(query, recalled=recalled)
    with pytest.raises(StoreUnavailable):
        own_desk.quarantine.attempt("a")
    own_server.client.replicaof("NO", "ONE")
    assert dump(own_server.client) == before
    own_desk.commit(query, recalled=recalled)


def test_a_server_that_takes_no_writes_is_a_reason_to_wait(own_desk, own_server, dump):
    """As where its disk is full, or its replicas are away: whether a command comes alone or with others."""
    quarantine, query = own_desk.quarantine, own_desk.write("ferry")
    recalled = own_desk.recall(query)
    before = dump(own_server.client)
    own_server.client.config_set("min-replicas-to-write", 1)
    for write in (
        lambda: own_desk.commit(query, recalled=recalled),
        lambda: quarantine.attempt("a"),
        lambda: quarantine.settled("a", clean=[Taken("a")]),
        lambda: Ledger(own_server.client, b"folder", "queue").advance(1, [b"new"], []),
    ):
        with pytest.raises(StoreRefuses, match="NOREPLICAS"):
            write()
    own_server.client.config_set("min-replicas-to-write", 0)
    assert dump(own_server.client) == before
    own_desk.commit(query, recalled=recalled)
