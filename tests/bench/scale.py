"""What a decision costs as the archive grows: recall, decide and commit beside so many active events.

usage: scale.py [--sizes 1000 10000 100000 1000000] [--stories 300] [--json FILE] [--plot FILE]

Events are generated with the statistics of real words: text by wordfreq's frequencies, names by Zipf's law, two
words of an event's own. They are written in bulk, as the commit script would write them (tests/unit/test_bench.py
compares the two). Then new stories, half of them tellings of known events, are decided one by one, through the
real scripts. The figure to quote is the ratio of CPU time, of this process and of the server together, within
one run: machines differ, and are busy with other things.
"""

import argparse
import contextlib
import itertools
import json
import math
import random
import struct
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import redis
from wordfreq import get_frequency_dict

from newsloom import server
from newsloom.bench._common import count
from newsloom.core.decide import decide, event_id
from newsloom.core.describe import POSTED, SOUGHT
from newsloom.core.likeness import Query
from newsloom.core.model import Article, Counts, Decision, Member, Outcome, Profile, Story
from newsloom.core.policy import Policy
from newsloom.core.weights import weigh
from newsloom.store import codec, keys
from newsloom.store.redis import RedisStore
from newsloom.store.values import HASH_CAP, Caps, Commit, Known, Place, Question, Recalled, Stored

WORDS, NAMES = 60_000, 300_000
DRAWN, NAMED, KEYS = 260, 10, Policy.load().index_terms
NOW_S, DAY_S, SPAN_DAYS = 1_750_000_000.0, 86_400, 30
ENTRY, OWN, FILL, TURN, DIRECTORY = 9, 48, 96, 8, 128  # as in lists.lua
ROOM = b"\xff" * 7 + b"\0\0"
BLOCK = 50  #: stories drawn at a time
RETENTION_S = Caps().retention_s
PREFIX = keys.prefix("en").encode()


@dataclass(frozen=True)
class World:
    """Words by weight, the heaviest first, and how frequent each is."""

    terms: list[str]
    weights: np.ndarray
    drawn: np.ndarray  #: cumulated chance of the words of running text, by index
    named: np.ndarray  #: the same of names

    @classmethod
    def of(cls, policy: Policy) -> "World":
        counted = get_frequency_dict("en")
        words = [word for word in counted if word.isalpha() and len(word) > 2][:WORDS]
        names = [f"N{number:x}".lower() + "son" for number in range(NAMES)]
        terms = words + names
        weighed = weigh(Counts(0, dict.fromkeys(terms, 0)), "en", policy)
        order = sorted(terms, key=lambda term: (-weighed[term], term))
        place = {term: at for at, term in enumerate(order)}
        text, zipf = np.zeros(len(order)), np.zeros(len(order))
        for word in words:
            text[place[word]] = counted[word]
        for rank, name in enumerate(names, 1):
            zipf[place[name]] = 1 / rank
        return cls(
            order,
            np.array([weighed[term] for term in order]),
            np.cumsum(text) / text.sum(),
            np.cumsum(zipf) / zipf.sum(),
        )

    def rows(self, first: int, count: int, seed: int = 1) -> Iterator[tuple[int, list[str], list[str]]]:
        """Stories by number: the heaviest terms of each, those of its own in front, and its names."""
        rng = np.random.default_rng((seed, first))
        named = np.searchsorted(self.named, rng.random((count, NAMED)))
        text = np.searchsorted(self.drawn, rng.random((count, DRAWN)))
        both = np.sort(np.concatenate((named, text), axis=1), axis=1)
        terms = self.terms
        for at in range(count):
            seen = list(dict.fromkeys(both[at].tolist()))[:98]
            own = [f"own{first + at:x}", f"own{first + at:x}b"]
            yield (
                first + at,
                own + [terms[i] for i in seen],
                own + [terms[i] for i in set(named[at].tolist())],
            )


def smallest_of(number: int) -> tuple[int, ...]:
    """The smallest of as many shingle hashes as its text has."""
    chance = random.Random(f"shingles {number}")
    return tuple(sorted(chance.getrandbits(32) for _ in range(DRAWN))[:SOUGHT])


def story_of(number: int, terms: Sequence[str], names: Iterable[str]) -> tuple[Story, Profile]:
    chance = random.Random(number)
    at_s = NOW_S - chance.randrange(SPAN_DAYS * DAY_S)
    article = Article(file=f"/srv/articles/{number:09}.json", text="...", language="en", published_s=at_s)
    story = Story(
        id=f"{chance.getrandbits(64):016x}",
        article=article,
        language="en",
        part=0,
        parts=1,
        first_paragraph=0,
        paragraphs=("...",),
        title=" ".join(terms[:8]),
        published_s=at_s,
        arrived_s=NOW_S,
    )
    body = dict.fromkeys(sorted(terms), 1.0)
    profile = Profile(
        simhash=chance.getrandbits(64),
        sketch=frozenset(chance.getrandbits(19) for _ in range(64)),
        words=DRAWN,
        body=body,
        title=frozenset(terms[:8]),
        lead=frozenset(terms[:20]),
        names=frozenset(names) & body.keys(),
        ages=frozenset(),
        norms=(80.0, 25.0, 40.0, 25.0),
    )
    return story, profile


def stored(story: Story, profile: Profile) -> Stored:
    return Stored(
        event=event_id(story.id),
        member=Member(story.id, story.published_s, story.arrived_s, profile),
        record_id="0-0",
        article_id=story.article.file,
        file=story.article.file,
        index=0,
        part=0,
        parts=1,
        first_paragraph=0,
        paragraphs=1,
        language="en",
        outcome=Outcome.OPEN,
        duplicate_of=None,
        rewrite_of=None,
        redundant=False,
        revision_of=None,
        title=story.title,
        source=None,
        url=None,
    )


def day_of(time_s: float) -> int:
    return math.floor(time_s / DAY_S) + 25_567


def fill(client: Any, world: World, count: int) -> None:
    """Write so many events as their commits would have: stories, events, directories and posting lists."""
    tags, numbers, days = (np.zeros(count * (KEYS + POSTED), dtype=kind) for kind in ("<u4", ">u4", ">u2"))
    at = 0
    stories, events = bytearray(), bytearray()
    with client.pipeline(transaction=False) as pipe:
        for first in range(0, count, BLOCK):
            for number, terms, names in world.rows(first, min(BLOCK, count - first)):
                story, profile = story_of(number, terms, names)
                told = stored(story, profile)
                event, name = codec.raw(told.event), codec.raw(story.id)
                value = event + codec.pack_record(told.record_id) + codec.pack_story(told)
                pipe.set(PREFIX + b"s:" + name, value, ex=RETENTION_S)
                title = (story.title or "").encode()
                head = struct.pack(">IddBIH8s", 1, story.time_s, story.time_s, 1, number, 1, name)
                pipe.set(PREFIX + b"e:" + event, head + name + title, ex=RETENTION_S)
                stories += name
                events += event
                hashes = codec.hash_keys(smallest_of(number)[:POSTED])
                lists = [*map(codec.term_key, terms[:KEYS]), *hashes]
                tags[at : at + len(lists)] = [int.from_bytes(key[:3], "little") for key in lists]
                numbers[at : at + len(lists)] = number
                days[at : at + KEYS] = day_of(story.time_s)
                at += len(lists)
            pipe.execute()
        for kind, ids in ((b"o:", stories), (b"i:", events)):
            for chunk, start in enumerate(range(0, len(ids), 8 * DIRECTORY)):
                pipe.set(
                    PREFIX + kind + b"%d" % chunk, bytes(ids[start : start + 8 * DIRECTORY]), ex=RETENTION_S
                )
        pipe.execute()
    entries, buckets = _lists(client, tags[:at], numbers[:at], days[:at])
    client.hset(
        PREFIX + b"stats",
        mapping={
            "opened": count, "stories": count, "events": count, "buckets": buckets, "entries": entries,
        },
    )  # fmt: skip
    client.set(PREFIX + b"seq", count)
    client.sadd(keys.LANGUAGES, "en")


def _lists(client: Any, tags: np.ndarray, numbers: np.ndarray, days: np.ndarray) -> tuple[int, int]:
    """Posting lists: those of many entries as strings of their own, the rest in buckets; entries and buckets."""
    order = np.lexsort((numbers, days, tags))
    tags, numbers, days = tags[order], numbers[order], days[order]
    _, starts, sizes = np.unique(tags, return_index=True, return_counts=True)
    long = sizes > OWN
    packed = np.zeros(len(tags), dtype=[("tag", "V3"), ("number", ">u4"), ("day", ">u2")])
    packed["tag"] = tags.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3].copy().view("V3").ravel()
    packed["number"], packed["day"] = numbers, days
    short = np.rec.fromarrays((days, numbers), dtype=[("day", ">u2"), ("number", ">u4")])
    keep = np.ones(len(tags), dtype=bool)
    with client.pipeline(transaction=False) as pipe:
        for start, size in zip(starts[long], sizes[long], strict=True):
            entry = packed[start]
            cap = HASH_CAP if not days[start] else Caps().postings
            latest = range(start + max(0, size - cap), start + size)
            key = PREFIX + b"h:" + bytes(entry["tag"])
            pipe.set(key, short[latest.start : latest.stop].tobytes(), ex=RETENTION_S)
            keep[start + 1 : start + size] = False
            packed[start] = (bytes(entry["tag"]), 0xFFFF_FFFF, 0xFFFF)
            if len(pipe) >= 5_000:
                pipe.execute()
        pipe.execute()
        packed, hashes = packed[keep], tags[keep].astype(np.int64)
        buckets = max(1, -(-len(packed) // FILL))
        power = 1 << (buckets.bit_length() - 1)
        where = hashes % (2 * power)
        where = np.where(where >= buckets, hashes % power, where)
        order = np.argsort(where, kind="stable")
        packed, where = packed[order], where[order]
        edges = np.flatnonzero(np.diff(where, prepend=-1, append=buckets))
        for start, stop in itertools.pairwise(edges):
            bucket = packed[start:stop].tobytes() + (TURN - (stop - start) % TURN) * ROOM
            pipe.set(PREFIX + b"t:%d" % where[start], bucket, ex=RETENTION_S)
            if len(pipe) >= 5_000:
                pipe.execute()
        pipe.execute()
    return len(packed), buckets


def commit_of(query: Query, decision: Decision, recalled: Recalled, terms: Sequence[str]) -> Commit:
    name = query.story.id
    return Commit(
        query, decision, recalled, terms, Place(name, name), Known(), ((0, 1),), (), {"story": name}
    )


def query_of(world: World, policy: Policy, number: int, terms: Sequence[str], names: Iterable[str]) -> Query:
    story, profile = story_of(number, terms, names)
    weights = weigh(Counts(0, dict.fromkeys(terms, 0)), "en", policy)
    return Query(story, profile, weights, smallest_of(number))


def new_stories(world: World, policy: Policy, events: int, count: int) -> list[Query]:
    """Half of them of new events, half second tellings: the names of a known event, and half of its words."""
    found = []
    known = random.Random(7).sample(range(events), count // 2)
    for fresh, (number, drawn, own) in enumerate(world.rows(10**9, count, seed=2)):
        terms, names = drawn, own
        if fresh % 2:
            number_of = known[fresh // 2]
            block = number_of // BLOCK * BLOCK
            _, theirs, called = next(
                one for one in world.rows(block, min(BLOCK, events - block)) if one[0] == number_of
            )
            terms, names = list(dict.fromkeys([*theirs[:50], *drawn[2:50]])), called
        found.append(query_of(world, policy, number, terms, names))
    return found


def measure(client: Any, store: RedisStore, queries: Sequence[Query], policy: Policy) -> dict[str, float]:
    def cpu_s() -> np.ndarray:
        used = client.info("cpu")
        return np.array([time.process_time(), used["used_cpu_user"] + used["used_cpu_sys"]])

    wall, candidates, attached, began = [], 0, 0, cpu_s()
    for query in queries:
        start = time.perf_counter()
        asked = Question(query, query.keys(policy.recall_terms), policy.min_overlap)
        recalled = store.recall(asked)
        decision = decide(query, recalled.candidates, policy, copies=recalled.copies, seen=20_000)
        store.commit(commit_of(query, decision, recalled, asked.terms[: policy.index_terms]))
        wall.append(time.perf_counter() - start)
        candidates += len(recalled.candidates)
        attached += decision.outcome is Outcome.ATTACH
    here, there = 1_000 * (cpu_s() - began) / len(queries)
    return {
        "cpu_ms": round(here + there, 3),
        "server_cpu_ms": round(there, 3),
        "wall_ms_median": round(1_000 * float(np.median(wall)), 3),
        "candidates": round(candidates / len(queries), 2),
        "attached": attached,
    }


def plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 3.6))
    sizes = [row["events"] for row in rows]
    axes.semilogx(sizes, [row["cpu_ms"] for row in rows], "o-", label="CPU of worker and server, ms")
    axes.semilogx(sizes, [row["candidates"] for row in rows], "s--", label="events compared")
    axes.set_xlabel("active events")
    axes.set_ylim(bottom=0)
    axes.set_title("One decision: recall, decide, commit")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def report(rows: Sequence[dict[str, Any]], file: Path | None, picture: Path | None) -> None:
    told = {row["events"]: row["cpu_ms"] for row in rows}
    found: dict[str, Any] = {"rows": rows}
    if {10_000, 1_000_000} <= told.keys():
        found["million_over_ten_thousand"] = round(told[1_000_000] / told[10_000], 2)
        print(json.dumps({"million_over_ten_thousand": found["million_over_ten_thousand"]}))
    if file:
        file.write_text(json.dumps(found, indent=1) + "\n")
    if picture:
        plot(rows, picture)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=count, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--stories", type=count, default=300)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    chosen = parser.parse_args(argv)
    policy = Policy.load()
    world, rows = World.of(policy), []
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        contextlib.closing(server.start_or_join(Path(folder))) as share,
    ):
        client = redis.Redis.from_url(share.url)
        client.config_set("appendonly", "no")
        empty = client.info("memory")["used_memory"]
        for size in chosen.sizes:
            client.flushall()
            began = time.perf_counter()
            fill(client, world, size)
            store = RedisStore(client, window_days=policy.window_days)
            filled = client.info("memory")["used_memory"] - empty
            queries = new_stories(world, policy, size, 2 * chosen.stories)
            measure(client, store, queries[chosen.stories :], policy)  # warms both sides up
            row = {"events": size, **measure(client, store, queries[: chosen.stories], policy)}
            row |= {"bytes_per_event": round(filled / size), "filled_s": round(time.perf_counter() - began)}
            rows.append(row)
            print(json.dumps(row), flush=True)
            report(
                rows, chosen.json, chosen.plot
            )  # a run of hours shall leave something when it is broken off
        client.close()


if __name__ == "__main__":
    main()
