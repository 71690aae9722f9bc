"""How well predicted events match labelled ones."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall, each in 0..1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def rounded(self) -> dict[str, float]:
        return {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
        }


@dataclass(frozen=True, slots=True)
class Worst:
    """A labelled event that came out badly."""

    label: str
    size: int  #: documents
    f1: float  #: of the predicted event that matches it best


def bcubed(gold: Mapping[str, str], found: Mapping[str, str]) -> Score:
    """BCubed precision and recall (Bagga and Baldwin 1998): a mean over documents.

    ``gold`` and ``found`` map each document to its event; both hold the same documents.
    """
    if not gold:
        return Score(0.0, 0.0)
    golds, founds = Counter(gold.values()), Counter(found[doc] for doc in gold)
    both = Counter((label, found[doc]) for doc, label in gold.items())
    precision = sum(n * n / founds[event] for (_, event), n in both.items())
    recall = sum(n * n / golds[label] for (label, _), n in both.items())
    return Score(precision / len(gold), recall / len(gold))


def pairwise(gold: Mapping[str, str], found: Mapping[str, str]) -> Score:
    """Precision and recall over pairs of documents in one event."""
    hits = _pairs(Counter((label, found[doc]) for doc, label in gold.items()).values())
    told = _pairs(Counter(found[doc] for doc in gold).values())
    real = _pairs(Counter(gold.values()).values())
    return Score(hits / told if told else 1.0, hits / real if real else 1.0)


def worst_events(gold: Mapping[str, str], found: Mapping[str, str], count: int) -> list[Worst]:
    """The labelled events that cost most: lowest F1 of their best match, weighed by size."""
    members: dict[str, list[str]] = defaultdict(list)
    for doc, label in gold.items():
        members[label].append(doc)
    sizes = Counter(found[doc] for doc in gold)
    rows = []
    for label, docs in members.items():
        parts = Counter(found[doc] for doc in docs)
        f1 = max(2 * n / (sizes[event] + len(docs)) for event, n in parts.items())
        rows.append(Worst(label, len(docs), f1))
    rows = [row for row in rows if row.f1 < 1]
    return sorted(rows, key=lambda row: (-(1 - row.f1) * row.size, row.label))[:count]


def _pairs(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)
