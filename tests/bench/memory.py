"""Redis bytes by kind of key, for each story and each event.

usage: memory.py [ARTICLES.jsonl[.gz]] [--articles 6000] [--json FILE] [--plot FILE]

Without a file the articles are generated: words by wordfreq's frequencies, and names of their own. Each is
an event of its own; then a third of them are told once more, by another outlet in other sentences, which
tells what a story costs whose event is there. They are decided in this process on a server started for it
and thrown away; no figure depends on how busy the machine is. `used` is what the server has allocated more
than before, `kinds` MEMORY USAGE summed.
"""

import contextlib
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import redis
from wordfreq import get_frequency_dict

from newsloom import server
from newsloom.bench._common import bars, count, finish, parser
from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.ingest import Ingest
from newsloom.readers import Limits, read
from newsloom.store.redis import RedisStore

KIND = re.compile(rb"loom:\{[^}]*\}:([a-z]+)")


def generated(count: int) -> Iterator[Article]:
    """Articles of 400 words in paragraphs of 50, each of an event of its own."""
    known = get_frequency_dict("en")
    words = [word for word in known if word.isalpha()][:60_000]
    chances = np.array([known[word] for word in words])
    rng = np.random.default_rng(1)
    for number in range(count):
        drawn = [words[at] for at in rng.choice(len(words), 400, p=chances / chances.sum())]
        drawn[::40] = [f"Name{number}x{at}" for at in range(10)]
        lines = [" ".join(drawn[at : at + 50]).capitalize() + "." for at in range(0, 400, 50)]
        name = f"/srv/articles/{number:06}.txt"
        yield Article(file=name, path=name, title=" ".join(drawn[:8]), text="\n".join(lines), language="en",
                      url=f"https://news.example/{number}", source="news.example", published_s=1.75e9 + 60 * number)  # fmt: skip


def told_again(article: Article, rng: random.Random) -> Article:
    """The same words in another order, an hour later: no copy, and the same event."""
    words, title = article.text.split(), (article.title or "").split()
    rng.shuffle(words)
    rng.shuffle(title)
    lines = [" ".join(words[at : at + 50]) + "." for at in range(0, len(words), 50)]
    name = f"{article.file}.again"
    return replace(article, file=name, path=name, title=" ".join(title), text="\n".join(lines),
                   url=f"{article.url}/again", source="other.example",
                   published_s=(article.published_s or 0.0) + 3_600)  # fmt: skip


def by_kind(client: Any) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for key in client.scan_iter(count=2_000):
        kind = KIND.match(key)
        found[kind[1].decode() if kind else key.decode()] += client.memory_usage(key, samples=0)
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def grown(client: Any, ingest: Ingest, articles: Iterable[Article]) -> dict[str, Any]:
    """What the server holds more for these articles."""

    def held() -> tuple[int, dict[str, int], dict[str, int]]:
        return client.info("memory")["used_memory"], by_kind(client), ingest.store.stats()

    used, kinds, stats = held()
    for article in articles:
        for _told in ingest.article(article):
            pass
    used_after, kinds_after, stats_after = held()
    used = used_after - used
    kinds = {kind: size - kinds.get(kind, 0) for kind, size in kinds_after.items()}
    stories, events = (stats_after[each] - stats.get(each, 0) for each in ("stories", "events"))
    return {
        "stories": stories,
        "events": events,
        "used_per_story": round(used / stories),
        "used_per_story_without_stream": round((used - kinds.get("decisions", 0)) / stories),
        "kinds_per_story": {kind: round(size / stories, 1) for kind, size in kinds.items()},
    }


def main(argv: Sequence[str] | None = None) -> None:
    options = parser(__doc__)
    options.add_argument("articles_file", type=Path, nargs="?", help="generated if not given")
    options.add_argument("--articles", type=count, default=6_000, help="how many of them")
    chosen = options.parse_args(argv)
    policy = Policy.load()
    source = (
        generated(chosen.articles)
        if chosen.articles_file is None
        else (each for each in read(str(chosen.articles_file), Limits()) if isinstance(each, Article))
    )
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name,
        contextlib.closing(server.start_or_join(Path(name))) as share,
    ):
        client = redis.Redis.from_url(share.url)
        ingest = Ingest(RedisStore(client, window_days=policy.window_days), policy)
        own = list(islice(source, chosen.articles))
        found = grown(client, ingest, own)
        if chosen.articles_file is None:
            rng = random.Random(1)
            found["told_again"] = grown(client, ingest, [told_again(each, rng) for each in own[::3]])
        client.close()
    kinds = {kind: size for kind, size in found["kinds_per_story"].items() if size >= 1}
    finish(chosen, found, lambda axes: bars(axes, kinds, "bytes a story", "What a story and its event take"))


if __name__ == "__main__":
    main()
