"""Finding copies, and events, beside libraries that do a part of that: on the same articles in one run.

Each does as much of the job as it can, one article after another: datasketch's MinHashLSH with its Redis
storage, and the simhash package's index in memory, find copies; scikit-learn's TF-IDF with a scan of all
centroids finds events. Of newsloom the copy tier alone (fingerprint, sample, look-up and commit in Redis, on
the same words of the text that the others get) and the whole way, splitting included. Each tenth article is
printed by another outlet as well, without the last third of its paragraphs; `joined` of `copies` were found.
"""

import math
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import redis

from newsloom import server
from newsloom.bench import _common
from newsloom.core.decide import decide
from newsloom.core.describe import fingerprints
from newsloom.core.identity import article_id, place_id, story_id
from newsloom.core.likeness import Query
from newsloom.core.model import Article, Outcome, Profile, Story
from newsloom.core.policy import Policy
from newsloom.core.shingles import shingles
from newsloom.core.text import terms
from newsloom.ingest import Ingest
from newsloom.store.memory import MemoryStore
from newsloom.store.redis import RedisStore
from newsloom.store.values import Commit, Known, Place, Question

_BATCH = 64
_COPIED = 10  #: of so many articles one comes again
_NOTHING: frozenset[str] = frozenset()


def copies_by_newsloom(store: RedisStore, articles: Sequence[Article], policy: Policy) -> Iterator[bool]:
    """The copy tier alone: no splitting, no terms, no events but the one of each original."""
    policy = replace(policy, window_days=-1.0)  # no event takes another telling
    late: Commit | None = None
    for article in articles:
        place = place_id(article)
        version = Place(place, article_id(place, article))
        story = Story(
            id=story_id(version.article, 0, "en"), article=article, language="en", part=0, parts=1,
            first_paragraph=0, paragraphs=(), title=article.title, published_s=None, arrived_s=time.time(),
        )  # fmt: skip
        body = terms(article.text, "en")
        fingerprint, sketch, smallest = fingerprints(body)
        profile = Profile(
            simhash=fingerprint, sketch=sketch, words=len(body), body={}, title=_NOTHING, lead=_NOTHING,
            names=_NOTHING, ages=frozenset(), norms=(0.0, 0.0, 0.0, 0.0),
        )  # fmt: skip
        query = Query(story, profile, {}, smallest)
        question = Question(query, (), policy.min_overlap)
        recalled = store.recall(question) if late is None else store.commit_and_recall(late, question)
        decision = decide(query, recalled.candidates, policy, copies=recalled.copies)
        late = Commit(query, decision, recalled, (), version, Known(), ((0, 1),), [], {})
        yield decision.outcome is Outcome.DUPLICATE
    if late is not None:
        store.commit(late)


def all_by_newsloom(store: RedisStore, articles: Sequence[Article], policy: Policy) -> Iterator[bool]:
    """The whole way, in batches as a worker does it."""
    ingest = Ingest(store, policy)
    for at in range(0, len(articles), _BATCH):
        for _, one in ingest.articles(articles[at : at + _BATCH]):
            yield one.decision.outcome is Outcome.DUPLICATE


def copies_by_datasketch(socket_path: str, articles: Sequence[Article]) -> Iterator[bool]:
    from datasketch import MinHash, MinHashLSH

    storage = {"type": "redis", "basename": b"peer", "redis": {"unix_socket_path": socket_path}}
    # A text without its last third has two thirds of its shingles in common with the whole.
    index = MinHashLSH(threshold=0.5, num_perm=128, storage_config=storage)
    for number, article in enumerate(articles):
        sketch = MinHash(num_perm=128)
        sketch.update_batch(set(map(str.encode, shingles(terms(article.text, "en")))))
        yield bool(index.query(sketch))
        index.insert(str(number), sketch)


def copies_by_simhash(articles: Sequence[Article]) -> Iterator[bool]:
    from simhash import Simhash, SimhashIndex

    index = SimhashIndex([], k=3)
    for number, article in enumerate(articles):
        fingerprint = Simhash([(shingle, 1) for shingle in shingles(terms(article.text, "en"))])
        yield bool(index.get_near_dups(fingerprint))
        index.add(str(number), fingerprint)


def events_by_tfidf(articles: Sequence[Article]) -> Iterator[bool]:
    """Weights from all articles, known beforehand, which flatters it."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [f"{article.title or ''}\n{article.text}" for article in articles]
    vectorizer = TfidfVectorizer(sublinear_tf=True, max_features=20_000, dtype=np.float32).fit(texts)
    centroids = np.zeros((len(texts), len(vectorizer.vocabulary_)), np.float32)
    used = 0
    for text in texts:
        (row,) = vectorizer.transform([text]).toarray()
        scores = centroids[:used] @ row
        best = int(scores.argmax()) if used else 0
        if used and scores[best] >= 0.3 * float(np.linalg.norm(centroids[best])):
            centroids[best] += row
            yield True
        else:
            centroids[used] = row
            used += 1
            yield False


@contextmanager
def _server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        share = server.start_or_join(Path(folder))
        try:
            yield share.socket_path
        finally:
            share.close()


def _with_copies(articles: Sequence[Article]) -> Iterator[Article]:
    """Each tenth article comes again after nine others, cut."""
    for number, article in enumerate(articles, 1):
        yield article
        if number % _COPIED == 0:
            original = articles[number - _COPIED]
            paragraphs = original.text.split("\n")
            text = "\n".join(paragraphs[: math.ceil(len(paragraphs) * 2 / 3)])
            yield replace(
                original, file=f"again-{original.file}", url=f"https://again.example/{number}", text=text
            )


def _measured(run: Callable[[str], Iterator[bool]], count: int) -> dict[str, Any]:
    with _server() as socket_path:
        client = redis.Redis(unix_socket_path=socket_path)
        before, began, cpu_s = _server_cpu_s(client), time.perf_counter(), time.process_time()
        joined = sum(run(socket_path))
        took_s = time.perf_counter() - began
        spent_s = time.process_time() - cpu_s + _server_cpu_s(client) - before
        client.close()
    return {"per_s": round(count / took_s, 1), "cpu_ms": round(1000 * spent_s / count, 3), "joined": joined}


def _server_cpu_s(client: Any) -> float:
    used = client.info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])


def main(argv: Sequence[str] | None = None) -> None:
    chosen = _common.parser(__doc__, articles=2000).parse_args(argv)
    originals = [
        Article(
            file=f"{number}.json", text=row["text"], title=row.get("title"), url=row.get("url"), language="en"
        )
        for number, row in enumerate(_common.articles(chosen))
    ]
    articles = list(_with_copies(originals))
    policy = replace(Policy.load(), window_days=7.0)
    Ingest(MemoryStore(), policy).warm()
    runs: dict[str, Callable[[str], Iterator[bool]]] = {
        "newsloom, copies alone": lambda path: copies_by_newsloom(_store(path), articles, policy),
        "newsloom, the whole way": lambda path: all_by_newsloom(_store(path), articles, policy),
        "datasketch MinHashLSH, Redis": lambda path: copies_by_datasketch(path, articles),
        "simhash.SimhashIndex, memory": lambda _: copies_by_simhash(articles),
        "TF-IDF, scan of centroids": lambda _: events_by_tfidf(articles),
    }
    found: dict[str, Any] = {
        **_common.machine(),
        "articles": len(articles),
        "copies": len(articles) - len(originals),
    }
    found["runs"] = {name: _measured(run, len(articles)) for name, run in runs.items()}
    ours, theirs = found["runs"]["newsloom, copies alone"], found["runs"]["datasketch MinHashLSH, Redis"]
    found["copies_over_datasketch"] = round(ours["per_s"] / theirs["per_s"], 2)
    found["copies_over_datasketch_by_cpu"] = round(theirs["cpu_ms"] / ours["cpu_ms"], 2)
    _common.finish(
        chosen,
        found,
        lambda axes: _common.bars(
            axes,
            {name: one["per_s"] for name, one in found["runs"].items()},
            "stories a second",
            "One process",
        ),
    )


def _store(socket_path: str) -> RedisStore:
    return RedisStore(redis.Redis.from_url(f"unix://{quote(socket_path)}"), None, 7.0)


if __name__ == "__main__":
    main()
