"""Both stores, and a desk that writes invented stories straight into them."""

import contextlib
import hashlib
import itertools
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from newsloom import server
from newsloom.core.decide import event_id
from newsloom.core.describe import SOUGHT
from newsloom.core.likeness import Query
from newsloom.core.model import Article, Decision, Outcome, Profile, Repeated, Story
from newsloom.store.base import Store
from newsloom.store.memory import MemoryStore
from newsloom.store.redis import RedisStore
from newsloom.store.values import Asked, Caps, Commit, Known, Place, Question, Recalled, Shown

NOW_S = 1_700_000_000.0
LEAST_OVERLAP = 0.6


def connect(url: str) -> Any:
    """A client that reports a lost server at once."""
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=20)


def digest(text: str) -> int:
    """64 bits that look random and are the same in every run."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


@dataclass
class Desk:
    """Writes stories by their terms alone, so that a test says which lists they share."""

    store: Store
    now_s: float = NOW_S
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def write(
        self,
        words: str,
        *,
        published_s: float | None = NOW_S,
        arrived_s: float = NOW_S,
        language: str = "en",
        part: int = 0,
        parts: int = 1,
        weights: Mapping[str, float] | None = None,
        title: str | None = None,
        hashes: Sequence[int] | None = None,
        file: str = "invented.txt",
    ) -> Query:
        """A story that nobody has committed yet; ``hashes``: those of its shingles, in order, else none that others have."""
        terms = words.split()
        weighed = dict(weights or dict.fromkeys(terms, 2.0))
        number = next(self.numbers)
        story_id = f"{digest(f'story {number}'):016x}"
        article = Article(file=file, text=words or "...", language=language, published_s=published_s)
        story = Story(
            id=story_id,
            article=article,
            language=language,
            part=part,
            parts=parts,
            first_paragraph=part,
            paragraphs=(words or "...",),
            title=title,
            published_s=published_s,
            arrived_s=arrived_s,
        )
        norm = sum(weighed[term] ** 2 for term in terms) ** 0.5
        profile = Profile(
            simhash=number,
            sketch=frozenset([digest(term) & 0xFFFF_FFFF for term in terms] if hashes is None else hashes),
            words=len(terms),
            body=dict.fromkeys(sorted(terms), 1.0),
            title=frozenset(),
            lead=frozenset(terms),
            names=frozenset(terms[:1]),
            ages=frozenset(),
            norms=(norm, 0.0, norm, weighed[terms[0]] if terms else 0.0),
        )
        return Query(
            story, profile, weighed, tuple([1_000_000 + number] if hashes is None else hashes[:SOUGHT])
        )

    def recall(self, query: Query, overlap: float = LEAST_OVERLAP) -> Recalled:
        return self.store.recall(Question(query, tuple(query.profile.body), overlap))

    def repeated(
        self, language: str, source: bytes, lines: Sequence[bytes], runs: Sequence[bytes]
    ) -> Repeated:
        """What a page that asks for these lines and runs is told of them."""
        ((_, found),) = self.store.known_and_repeated(
            [Asked(language, place_of("a page"), source, lines, runs)]
        )
        return found

    def recalled_events(self, query: Query) -> list[str]:
        return [candidate.event for candidate in self.recall(query).candidates]

    def recalled_copies(self, query: Query) -> list[tuple[str, str]]:
        """Event and story of each that it may be a copy of, beside those of the candidates."""
        found = self.recall(query).copies
        return [(one.event, member.story) for one in found for member in one.members]

    def commit(
        self,
        query: Query,
        outcome: Outcome = Outcome.OPEN,
        event: str | None = None,
        *,
        recalled: Recalled | None = None,
        terms: Sequence[str] | None = None,
        place: Place | None = None,
        known: Known | None = None,
        segments: tuple[tuple[int, int], ...] = ((0, 1),),
        counted: Sequence[str] = (),
        shown: Shown | None = None,
        duplicate_of: str | None = None,
        rewrite_of: str | None = None,
        redundant: bool | None = None,
        revision_of: str | None = None,
        closes: str = "",
    ) -> str:
        """Commit what was decided, on a recall of this moment unless another is given; returns the event."""
        story = query.story
        event = event or event_id(story.id)
        self.store.commit(
            Commit(
                query=query,
                decision=Decision(
                    story.id,
                    event,
                    outcome,
                    policy="test",
                    threshold=0.0,
                    duplicate_of=duplicate_of,
                    rewrite_of=rewrite_of,
                    redundant=outcome is Outcome.DUPLICATE if redundant is None else redundant,
                    revision_of=revision_of,
                ),
                recalled=recalled or self.recall(query),
                terms=tuple(query.profile.body) if terms is None else terms,
                place=place or place_of(story.id),
                known=known or Known(),
                segments=segments,
                counted=counted,
                record={"story": story.id, "outcome": outcome.value},
                shown=shown or Shown(),
                closes=closes,
            )
        )
        return event

    def open(self, words: str, *, place: Place | None = None, **how: Any) -> str:
        """Write and commit a story that opens an event; returns the event."""
        return self.commit(self.write(words, **how), place=place)

    def attach(self, words: str, event: str, **how: Any) -> str:
        """Write and commit a story that joins an event; returns the story."""
        query = self.write(words, **how)
        self.commit(query, Outcome.ATTACH, event)
        return query.story.id


def place_of(name: str, version: str = "") -> Place:
    return Place(
        place=f"{digest('place ' + name):016x}", article=f"{digest(f'article {name} {version}'):016x}"
    )


@pytest.fixture(name="place_of")
def place_of_fixture() -> Callable[..., Place]:
    return place_of


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of a server of these tests' own."""
    with contextlib.closing(server.start_or_join(tmp_path_factory.mktemp("contract"))) as own:
        connection = connect(own.url)
        yield connection
        connection.close()


@pytest.fixture
def clean(client: Any) -> Any:
    """The same client, and nothing in the server."""
    client.flushdb()
    return client


@pytest.fixture(params=["memory", "redis"])
def make_store(request: pytest.FixtureRequest) -> Callable[..., Store]:
    """Builds an empty store of either kind, with given caps and window."""
    if request.param == "memory":
        return MemoryStore
    clean = request.getfixturevalue("clean")

    def make(caps: Caps | None = None, window_days: float = 7.0) -> Store:
        clean.flushdb()
        return RedisStore(clean, caps, window_days)

    return make


@pytest.fixture
def make_desk(make_store: Callable[..., Store]) -> Callable[..., Desk]:
    def make(*, window_days: float = 7.0, **caps: int) -> Desk:
        return Desk(make_store(replace(Caps(), **caps), window_days))

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


@pytest.fixture
def store(desk: Desk) -> Store:
    return desk.store


@pytest.fixture
def redis_desk(clean: Any) -> Desk:
    """A desk on Redis, for what only Redis promises."""
    return Desk(RedisStore(clean))


@pytest.fixture
def make_redis_desk(clean: Any) -> Callable[..., Desk]:
    return lambda **caps: Desk(RedisStore(clean, replace(Caps(), **caps)))


@pytest.fixture
def contents(request: pytest.FixtureRequest) -> Callable[[Store], Any]:
    """All that a store holds; of Redis every key, byte for byte."""

    def tell(store: Store) -> Any:
        stats = {name: value for name, value in store.stats().items() if name != "at_s"}
        seen = (list(store.stories()), list(store.events()), stats)
        if isinstance(store, RedisStore):
            connection = request.getfixturevalue("client")
            return (*seen, dump(connection))
        return seen

    return tell


def dump(connection: Any) -> dict[bytes, Any]:
    return {key: connection.dump(key) for key in connection.scan_iter(count=1000)}


@pytest.fixture(name="dump")
def dump_fixture() -> Callable[[Any], dict[bytes, Any]]:
    return dump


@dataclass
class Own:
    """A server that a test may stop or starve."""

    client: Any
    process: subprocess.Popen[str]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Own]:
    """A bare server without persistence, which nothing brings back once it is stopped."""
    socket = tmp_path / "s"
    with subprocess.Popen(
        [server._server_binary(), "--port", "0", "--unixsocket", str(socket), "--save", "", "--logfile", ""],
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert any("Ready to accept connections" in line for line in process.stdout)
            connection = connect(f"unix://{socket}")
            yield Own(connection, process)
            connection.close()
        finally:
            process.terminate()
