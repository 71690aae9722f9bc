"""Fit the coefficients of the join rule: src/newsloom/core/policy.json.

    python tests/quality/fit_policy.py LABELLED.jsonl[.gz]... [-o policy.json] [--rounds N] [--held-out]

Each file is run through the real description, recall and views in its order. In the first round every
story goes where its label says; in the later ones where the rule fitted so far puts it, so that it also
learns from events that are split or mixed, as it will meet them (Ross et al. 2011, dataset aggregation).
A candidate is a positive example where most of its stories carry the story's label. Every file counts
the same, whatever its size. `--held-out` fits on one half of the labels and reports BCubed of the other,
and leaves each file out in turn. Needs scipy.
"""

import argparse
import dataclasses
import gzip
import hashlib
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from newsloom.core.decide import decide, event_id
from newsloom.core.describe import describe, headline, profile
from newsloom.core.identity import article_id, place_id, story_id
from newsloom.core.language import detect
from newsloom.core.model import Article, Decision, Features, Outcome, Story
from newsloom.core.policy import Policy
from newsloom.core.views import Lens, Query, event_views, field_views, in_window
from newsloom.core.weights import weigh
from newsloom.store.base import Commit, Place
from newsloom.store.memory import MemoryStore

ARRIVED_S = 4e9
L2 = 1.0
#: Logits added to the fitted intercept. The fit weighs every candidate of a story, most of them wrong;
#: what counts is the best one, and there BCubed is highest a little below even odds.
LEAN = 0.25
#: Likeness must not count against an event, nor its rivals for it: a coefficient of the other sign only
#: makes up for another view, and goes wrong on the next stream. All others are 0 or more.
SIGNS: dict[str, tuple[float | None, float | None]] = {"rival": (None, 0.0), "undated": (None, None)}


@dataclasses.dataclass(frozen=True)
class Labelled:
    """A story with its label, described once for all runs."""

    story: Story
    place: Place
    label: str
    features: Features

    @property
    def half(self) -> int:
        return hashlib.blake2b(self.label.encode(), digest_size=1).digest()[0] % 2


@dataclasses.dataclass(frozen=True)
class Examples:
    views: np.ndarray  #: examples x views
    right: np.ndarray  #: examples; 1.0 where the candidate is the story's event
    half: np.ndarray  #: examples; half of the labels that the story belongs to


def read(path: Path) -> list[Labelled]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        return [_labelled(json.loads(line), i, path.name) for i, line in enumerate(lines)]


def _labelled(row: dict[str, str], index: int, file: str) -> Labelled:
    when = datetime.fromisoformat(row["published"]) if row.get("published") else None
    lines = tuple(line for line in row["text"].split("\n") if line.strip())
    article = Article(
        file=file,
        text="\n".join(lines) or row["title"],
        index=index,
        id=row["id"],
        title=row.get("title"),
        url=row.get("url"),
        source=row.get("source"),
        language=row.get("lang"),
        published_s=(when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() if when else None,
    )
    place = place_id(article)
    version = Place(place=place, article=article_id(place, article))
    story = Story(
        id=story_id(version.article, 0),
        article=article,
        language=detect(article.text, article.language),
        part=0,
        parts=1,
        first_paragraph=0,
        paragraphs=lines or (article.text,),
        title=article.title or headline(lines),
        published_s=article.published_s,
        arrived_s=ARRIVED_S,
    )
    return Labelled(story, version, row["label"], describe(story))


def run(
    stories: Sequence[Labelled], policy: Policy, *, taught: bool = False, collect: bool = False
) -> tuple[dict[str, str], Examples | None]:
    """Story -> event of a run in order; `taught` puts every story where its label says."""
    store = MemoryStore(window_days=policy.window_days)
    told: dict[str, str] = {}
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    views: list[list[float]] = []
    right: list[float] = []
    half: list[int] = []
    for item in stories:
        counts = store.counts(item.story.language, list(item.features.terms))
        weights = weigh(counts, item.story.language, policy)
        query = Query(item.story, profile(item.features, weights, policy), weights)
        recalled = store.recall(query, query.keys(policy.index_terms), policy.max_distance_bits)
        young = [c for c in recalled.candidates if in_window(item.story, c, policy)]
        same = [labels[c.event].most_common(1)[0][0] == item.label for c in young]
        if collect:
            lens = Lens.of(query)
            for row, hit in zip(
                field_views([event_views(lens, c, policy) for c in young]), same, strict=True
            ):
                views.append([row[name] for name in policy.coefficients])
                right.append(float(hit))
                half.append(item.half)
        known = store.known(item.story.language, item.place)
        decision = decide(query, recalled.candidates, policy, earlier=known.earlier, seen=counts.stories)
        if taught:
            mine = [c for c, hit in zip(young, same, strict=True) if hit]
            event = max(mine, key=lambda c: (c.size, c.event)).event if mine else event_id(item.story.id)
            decision = Decision(
                item.story.id,
                event,
                Outcome.ATTACH if mine else Outcome.OPEN,
                policy.version,
                policy.threshold,
            )
        copied = decision.outcome in {Outcome.DUPLICATE, Outcome.REVISION}
        store.commit(
            Commit(
                query=query,
                decision=decision,
                recalled=recalled,
                place=item.place,
                known=known,
                segments=((0, 1),),
                counted=[] if copied else list(item.features.terms),
                record={},
            )
        )
        told[item.story.id] = decision.event
        labels[decision.event][item.label] += 1
    return told, Examples(np.array(views), np.array(right), np.array(half)) if collect else None


def fit(sets: Sequence[Sequence[Examples]], policy: Policy, *, half: int | None) -> Policy:
    """Logistic regression with an L2 penalty and the signs of `SIGNS`; all sets weigh the same."""
    x, y, w = [], [], []
    for runs in sets:
        for examples in runs:
            kept = slice(None) if half is None else examples.half == half
            x.append(examples.views[kept])
            y.append(examples.right[kept])
            w.append(np.full(len(y[-1]), 1000 / y[-1].sum()))
    views, right, weight = np.vstack(x), np.concatenate(y), np.concatenate(w)
    spread = views.std(axis=0) + 1e-9
    scaled = views / spread
    sign = np.where(2 * right - 1 > 0, 1.0, -1.0)

    def loss(guess: np.ndarray) -> tuple[float, np.ndarray]:
        margins = sign * (guess[0] + scaled @ guess[1:])
        pull = -sign * weight * expit(-margins)
        value = weight @ np.logaddexp(0.0, -margins) + 0.5 * L2 * guess[1:] @ guess[1:]
        return float(value), np.concatenate([[pull.sum()], scaled.T @ pull + L2 * guess[1:]])

    bounds = [(None, None), *(SIGNS.get(name, (0.0, None)) for name in policy.coefficients)]
    found = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x
    intercept, slopes = found[0], found[1:] / spread
    return dataclasses.replace(
        policy,
        intercept=round(float(intercept) + LEAN, 4),
        coefficients={n: round(float(c), 4) for n, c in zip(policy.coefficients, slopes, strict=True)},
    )


def train(
    sets: Sequence[Sequence[Labelled]], policy: Policy, rounds: int, *, half: int | None = None
) -> Policy:
    seen: list[list[Examples]] = [[] for _ in sets]
    for number in range(rounds):
        for stories, runs in zip(sets, seen, strict=True):
            _, examples = run(stories, policy, taught=number == 0, collect=True)
            assert examples is not None
            runs.append(examples)
        policy = fit(seen, policy, half=half)
    return policy


def bcubed(stories: Sequence[Labelled], told: dict[str, str], half: int | None = None) -> dict[str, float]:
    """BCubed of the stories of one half of the labels, all others standing around them."""
    label = {item.story.id: item.label for item in stories}
    gold, found = Counter(label.values()), Counter(told[s] for s in label)
    both = Counter((label[s], told[s]) for s in label)
    judged = [item.story.id for item in stories if half is None or item.half == half]
    precision = sum(both[label[s], told[s]] / found[told[s]] for s in judged) / len(judged)
    recall = sum(both[label[s], told[s]] / gold[label[s]] for s in judged) / len(judged)
    figures = {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}
    return {name: round(value, 4) for name, value in figures.items()} | {
        "events": len(found),
        "biggest": max(found.values()),
    }


def report(
    names: Sequence[str], sets: Sequence[Sequence[Labelled]], policy: Policy, rounds: int
) -> Iterator[tuple[str, dict[str, float]]]:
    for half in (0, 1):
        fitted = train(sets, policy, rounds, half=half)
        for name, stories in zip(names, sets, strict=True):
            yield f"{name}, other half {1 - half}", bcubed(stories, run(stories, fitted)[0], 1 - half)
    for i, name in enumerate(names):
        others = [stories for j, stories in enumerate(sets) if j != i]
        if others:
            yield f"{name}, left out", bcubed(sets[i], run(sets[i], train(others, policy, rounds))[0])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--held-out", action="store_true")
    asked = parser.parse_args()
    names = [path.name.partition(".")[0] for path in asked.labelled]
    sets = [read(path) for path in asked.labelled]
    start = Policy.load()
    figures = dict(report(names, sets, start, asked.rounds)) if asked.held_out else {}
    for name, figure in figures.items():
        print(name, figure, flush=True)
    fitted = train(sets, start, asked.rounds)
    whole = {
        name: bcubed(stories, run(stories, fitted)[0]) for name, stories in zip(names, sets, strict=True)
    }
    for name, figure in whole.items():
        print(name, figure, flush=True)
    if asked.output:
        content = dataclasses.asdict(fitted)
        content["provenance"] = {
            "fitted_on": {name: len(stories) for name, stories in zip(names, sets, strict=True)},
            "when": time.strftime("%Y-%m-%d", time.gmtime()),
            "rounds": asked.rounds,
            "bcubed_fitted": whole,
            "bcubed_held_out": figures,
        }
        asked.output.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
