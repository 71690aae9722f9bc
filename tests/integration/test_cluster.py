"""The store on Redis Cluster: three nodes on loopback, each with a third of the slots."""

import contextlib
import gc
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.crc import key_slot

from newsloom import bootstrap, server
from newsloom.core.model import Article, Outcome
from newsloom.core.policy import Policy
from newsloom.errors import BadSetting, StoreRefuses, StoreUnavailable
from newsloom.ingest import Ingest
from newsloom.relook import SecondLook
from newsloom.store.ledger import Ledger
from newsloom.store.memory import MemoryStore
from newsloom.store.quarantine import Quarantine, Quarantined, Taken
from newsloom.store.redis import RedisStore
from newsloom.store.values import Asked, Lesson, Place, Shown

# redis-py's client of a cluster leaves a socket to one of its nodes to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

SLOTS = 16_384
NODES = 3
LANGUAGES = ("en", "de", "es", "fr", "it", "pt")


def _free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, as the bus that is put beside them."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(2 * count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nodes in order of their slots."""

    ports: Sequence[int]
    nodes: Sequence["subprocess.Popen[bytes]"]

    @property
    def url(self) -> str:
        return f"redis+cluster://127.0.0.1:{self.ports[-1]}"

    def number(self, key: str) -> int:
        """Of the node that has the key."""
        return key_slot(key.encode()) * NODES // SLOTS


@contextlib.contextmanager
def _cluster(folders: Callable[[str], Path], until: Callable[..., Any], **more: str) -> Iterator[Cluster]:
    """A cluster that stands."""
    ports = _free_ports(NODES)
    with contextlib.ExitStack() as stack:
        nodes, processes = [], []
        for number in range(NODES):
            folder = folders(f"node{number}")
            options = {
                "port": ports[number], "cluster-port": ports[NODES + number], "bind": "127.0.0.1", "dir": folder,
                "cluster-enabled": "yes", "cluster-node-timeout": "5000", "save": "", "logfile": folder / "log", **more,
            }  # fmt: skip
            argv = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
            process = stack.enter_context(subprocess.Popen([str(server._server_binary()), *argv]))
            stack.callback(process.terminate)
            processes.append(process)
            nodes.append(stack.enter_context(redis.Redis(port=ports[number])))
        for node in nodes:
            until(lambda node=node: _answers(node), what="an answer from a node")
        edges = [number * SLOTS // NODES for number in range(NODES + 1)]
        for node, (low, high) in zip(nodes, pairwise(edges), strict=True):
            node.execute_command("CLUSTER ADDSLOTSRANGE", low, high - 1)
        for number in range(1, NODES):
            nodes[0].execute_command("CLUSTER MEET", "127.0.0.1", ports[number], ports[NODES + number])
        for node in nodes:
            until(lambda node=node: _stands(node), what="a cluster that stands")
        yield Cluster(ports[:NODES], processes)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, until: Callable[..., Any]) -> Iterator[str]:
    """Address of a node of a cluster that stands."""
    with _cluster(tmp_path_factory.mktemp, until) as found:
        yield found.url
        gc.collect()  # here, where it is known whose socket it is, and not in the middle of another test


def _answers(node: Any) -> bool:
    with contextlib.suppress(redis.RedisError):
        return bool(node.ping())
    return False


def _stands(node: Any) -> bool:
    info = node.execute_command("CLUSTER INFO")
    state = info if isinstance(info, dict) else dict(line.split(":") for line in info.decode().split())
    return state["cluster_state"] == "ok" and state["cluster_known_nodes"] == str(NODES)


@pytest.fixture
def store(cluster: str, here_on: Any, monkeypatch: pytest.MonkeyPatch) -> RedisStore:
    """As a worker builds it, the queue being on another server; the cluster is empty."""
    monkeypatch.setenv("NEWSLOOM_BROKER_URL", here_on.url)
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", cluster)
    bootstrap.client().flushall(target_nodes="primaries")
    return bootstrap.store()


def _stream() -> list[Article]:
    """Each event told twice and once more as a copy, in six languages."""
    found = []
    for language in LANGUAGES:
        for place in ("Brackwell", "Ostley"):
            lead = f"A ferry burned in the harbour of {place} on Monday morning, and forty people were taken ashore."
            more = f"Nobody knows yet why the ferry burned, and the mayor of {place} called for patience until then."
            late = (
                f"An inquiry into the ferry of {place} begins next week under Judge Amara Holt, it was said."
            )
            for number, text in enumerate((f"{lead}\n{more}", f"{lead}\n{more}", f"{late}\n{lead}")):
                name = f"{language}-{place}-{number}.txt"
                found.append(Article(file=name, path=name, text=text, language=language))
    return found


def _told(store: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Outcome, str]]:
    monkeypatch.setattr("newsloom.page.detect", lambda _, claimed, title: claimed)
    ingest = Ingest(store, Policy.load(), now=lambda: 1_700_000_000.0)
    return [
        (one.story.language, one.decision.outcome, one.decision.event)
        for article in _stream()
        for one in ingest.article(article)
    ]


def test_a_cluster_decides_as_one_server_does(store: RedisStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six languages spread over nodes: decisions, listings, records and the second look are those of one store."""
    memory = MemoryStore(window_days=Policy.load().window_days)
    told = _told(store, monkeypatch)
    assert told == _told(memory, monkeypatch)
    assert {outcome for _, outcome, _ in told} >= {Outcome.OPEN, Outcome.DUPLICATE}
    spread = {bootstrap.client().get_node_from_key(f"loom:{{{name}}}:seq").name for name in LANGUAGES}
    assert len(spread) > 1
    assert {e.event: e.stories for e in store.events()} == {e.event: e.stories for e in memory.events()}
    assert len(list(bootstrap.stream().records())) == len(told)
    assert len(bootstrap.stream().follow({}, 1_000, 0.0)) == len(told)
    looks = [SecondLook(one, Policy.load(), now=lambda: 1_700_000_000.0) for one in (store, memory)]
    assert sorted(map(str, looks[0].look(100))) == sorted(map(str, looks[1].look(100)))
    assert store.gone([replace(story, revision_of="0" * 16) for story in store.stories()]) == {"0" * 16}
    quarantine = Quarantine(bootstrap.client())
    quarantine.put(Quarantined("a.txt", "empty", "It holds nothing.", 1.0))
    quarantine.attempt("a.txt")
    quarantine.settled("a.txt", clean=[Taken("a.txt")])
    assert store.stats()["stories"] == len(told)
    assert quarantine.count() == 0


def test_a_batch_of_several_languages_comes_to_the_same(
    store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commits and recalls of one pipeline reach the nodes of their languages."""
    told = _told(MemoryStore(window_days=Policy.load().window_days), monkeypatch)
    bootstrap.client().script_flush()
    ingest = Ingest(store, Policy.load(), now=lambda: 1_700_000_000.0)
    found = [one for _, one in ingest.articles(_stream())]
    assert [(one.story.language, one.decision.outcome, one.decision.event) for one in found] == told


def test_one_pipeline_asks_several_nodes(store: RedisStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once they have the scripts, no call of a batch is a round trip of its own."""
    asked = [Asked(language, Place("0" * 16, "1" * 16), b"", [], []) for language in LANGUAGES]
    before = store.known_and_repeated(asked)

    def alone(*_: Any) -> None:
        pytest.fail("a script was run alone")

    monkeypatch.setattr(store._scripts, "run", alone)
    assert store.known_and_repeated(asked) == before


def test_an_archive_and_what_is_kept_beside_the_index(store: RedisStore) -> None:
    """Learning, the ledger of a watched folder and refused articles need no more than one node each."""
    place = Place("0" * 16, "1" * 16)
    for language in LANGUAGES:
        assert store.learn(language, place, [Lesson(["barge"], Shown(runs=(b"run-0001",)))])
        assert not store.learn(language, place, [Lesson(["barge"], Shown())])
        assert store.counts(language, ["barge"]).terms == {"barge": 1}
    assert store.languages() == sorted(LANGUAGES)
    ledger = Ledger(bootstrap.client(), b"/srv/articles", "queue")
    ledger.advance(5, [b"deep"], [b"gone"])
    assert (ledger.mark(), ledger.folders()) == (5, {b"deep"})
    kept = bootstrap.kept()
    kept.keep("message/1", b"{}")
    assert kept.find(["message/1", "message/2"]) == [b"{}", None]
    kept.forget(["message/1"])
    assert kept.find(["message/1"]) == [None]


def test_a_turn_is_taken_on_a_cluster(store: RedisStore) -> None:
    """One at a time looks at young events there too."""
    one, other = bootstrap.turn(), bootstrap.turn()
    assert one.take()
    assert not other.take()
    assert one.keep()
    one.give_back()
    assert other.take()
    other.give_back()


def test_a_language_that_is_being_moved_is_waited_for(
    store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However far its keys have come, neither node writes or tells a part of it; then all goes on."""
    told, connected = _told(store, monkeypatch), bootstrap.client()
    slot, left = connected.keyslot("loom:{en}:seq"), connected.get_node_from_key("loom:{en}:seq")
    taken = next(node for node in connected.get_primaries() if node.name != left.name)
    old, new = (connected.get_redis_connection(node) for node in (left, taken))
    names = [node.execute_command("CLUSTER MYID").decode() for node in (old, new)]
    known = old.execute_command("CLUSTER", "GETKEYSINSLOT", slot, 10_000)
    ingest = Ingest(store, Policy.load(), now=lambda: 1_700_000_000.0)
    more = Article(file="a", path="a", text="A crane fell on the quay of Ostley on Friday.", language="en")
    new.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", names[0])
    old.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", names[1])
    for some in (known[: len(known) // 2], known[len(known) // 2 :], []):
        with pytest.raises(StoreRefuses, match="moving"):
            list(ingest.article(more))
        if some:
            old.execute_command("MIGRATE", taken.host, taken.port, "", 0, 5_000, "KEYS", *some)
    for node in connected.get_primaries():
        connected.get_redis_connection(node).execute_command("CLUSTER SETSLOT", slot, "NODE", names[1])
    assert store.stats()["stories"] == len(told)
    (one,) = ingest.article(more)
    assert one.decision.outcome is Outcome.OPEN
    assert store.stats()["stories"] == len(told) + 1


def test_a_node_that_does_not_answer_hides_no_queue(
    store: RedisStore, cluster: str, cli_on: Callable[..., Any], until: Callable[..., Any]
) -> None:
    """How much waits is told all the same, and which node it is."""
    bootstrap.outbox().send([["a.txt"]])
    *_, node = [node for node in bootstrap.client().get_primaries() if not cluster.endswith(str(node.port))]
    connection = redis.Redis(port=node.port)
    pid = connection.info("server")["process_id"]
    os.kill(pid, signal.SIGSTOP)
    try:
        ran = cli_on("stats", "--json")
    finally:
        os.kill(pid, signal.SIGCONT)
        until(lambda: _stands(connection), what="a cluster that stands")
        connection.close()
        bootstrap.broker().delete("newsloom.ingest")
    (row,) = ran.lines()
    assert (ran.code, row["waiting"]) == (3, 1)
    assert str(node.port) in row["servers_refuse"]["Redis"]


def test_the_queue_lies_elsewhere(store: RedisStore, here_on: Any) -> None:
    """What is enqueued is on the broker; nothing of the index is."""
    bootstrap.outbox().send([["a.txt"]])
    assert here_on.client.llen("newsloom.ingest") == 1
    here_on.client.delete("newsloom.ingest")
    assert not list(here_on.client.scan_iter("loom:{*"))


@pytest.mark.parametrize("key", ["paper:items", "{paper}:items"])
def test_a_list_of_items_on_a_cluster(store: RedisStore, here_on: Any, key: str) -> None:
    """A bridge takes from a list on a cluster as from any other, and leaves nothing in hand."""
    bootstrap.client().rpush(key, *(b'{"title": "Mill stops"}' for _ in range(3)))
    bridge = bootstrap.bridge(key, 2)
    assert [bridge.step() for _ in range(3)] == [2, 1, 0]
    assert here_on.client.llen("newsloom.ingest") == 2
    here_on.client.delete("newsloom.ingest")
    assert not bootstrap.client().exists(bridge.in_hand)
    bridge.run(threading.Event(), lambda: None, drain=True)


def test_a_cluster_alone_is_refused(cluster: str, here_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery's queue cannot lie on a cluster: the message says what to set."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", cluster)
    with pytest.raises((ValueError, BadSetting), match="NEWSLOOM_BROKER_URL"):
        bootstrap.settings()


def test_a_node_that_is_taken_for_a_server_says_so(cluster: str) -> None:
    """What it answers, the number of a slot and another address, tells nobody what to do."""
    node = RedisStore(redis.Redis.from_url(cluster.replace("redis+cluster", "redis")))
    told = []
    for language in LANGUAGES:
        try:
            node.young(language, 1)
        except StoreUnavailable as error:
            told.append(str(error))
    assert told
    assert all("start its URL with redis+cluster://" in one for one in told)


@pytest.fixture
def spread_loom(
    make_loom: Any, mortal_valkey: Any, tmp_path: Path, tmp_path_factory: Any, until: Callable[..., Any]
) -> Iterator[tuple[Any, Cluster]]:
    """A newsloom on a cluster of its own, of which any part may work without the others."""
    with _cluster(tmp_path_factory.mktemp, until, **{"cluster-require-full-coverage": "no"}) as cluster:
        settings = {"NEWSLOOM_REDIS_URL": cluster.url, "NEWSLOOM_BROKER_URL": mortal_valkey.url}
        loom = make_loom(tmp_path, mortal_valkey.url, {**settings, "NEWSLOOM_MAX_ATTEMPTS": "2"})
        yield loom, cluster
        loom.close()


@pytest.mark.parametrize("trouble", ["dead", "full"])
def test_a_node_in_trouble_stops_its_own_languages_alone(
    spread_loom: tuple[Any, Cluster], tmp_path: Path, until: Callable[..., Any], trouble: str
) -> None:
    """Messages that must wait, more of them than there are processes, let the others by; all are done in the end."""
    loom, cluster = spread_loom
    texts = {  # long enough to tell the language by themselves: else it is asked what others of their source were
        "it": "Il vecchio mulino di Ostley ha fermato domenica la sua ultima ruota, e nessuno è venuto a guardare.\n"
        "Il sindaco ha detto che la diga resterà aperta fino alla primavera, quando il consiglio deciderà del ponte.",
        "en": "The old mill of Ostley stopped its last wheel on Sunday, and nobody came to look at it.\n"
        "The mayor said that the weir would stay open until spring, when the council will decide about the bridge.",
    }
    for language, text in texts.items():
        (tmp_path / f"{language}.txt").write_text(text)
    number = cluster.number("loom:{it}:seq")
    assert number not in {cluster.number("loom:{en}:seq"), cluster.number("newsloom:attempts")}
    with redis.Redis(port=cluster.ports[number]) as node:
        if trouble == "full":
            node.config_set("maxmemory", 1)
        else:
            cluster.nodes[number].kill()
        for language in ("it", "it", "it", "it", "en"):
            loom.outbox.send([[str(tmp_path / f"{language}.txt")]])
        loom.worker(2).ready()

        def decided() -> list[str]:
            return [line["language"] for line in loom.lines("story_decided")]

        until(lambda: decided() == ["en"], what="all that can be decided")
        if trouble == "full":
            node.config_set("maxmemory", 0)
            until(lambda: len(loom.lines("file_ingested")) == 5, what="all of it")
