"""Two tellings of one event meet and a look-alike stays apart, in every kind of script."""

import json
from pathlib import Path

import pytest

from newsloom.core.model import Article, Outcome
from newsloom.core.policy import Policy
from newsloom.ingest import Ingest
from newsloom.store.memory import MemoryStore

FOLDER = Path(__file__).parents[1] / "data" / "languages"
CASES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
MORNING_S = 1_760_000_000.0
HOUR_S = 3_600.0


def ingest_of():
    policy = Policy.load()
    return Ingest(MemoryStore(window_days=policy.window_days), policy, now=lambda: MORNING_S + 90 * HOUR_S)


def decide(ingest, told, name, hours, declared=None):
    article = Article(
        file=name,
        path=name,
        text=told["text"],
        title=told["title"],
        language=declared,
        published_s=MORNING_S + hours * HOUR_S,
    )
    (one,) = ingest.article(article)
    return one


@pytest.mark.parametrize("language", CASES)
def test_tellings_join_and_a_look_alike_does_not(language):
    """The shipped policy, from an empty store: the hardest moment, for all caution is still on."""
    case, ingest = CASES[language], ingest_of()
    first, second = (
        decide(ingest, told, f"{n}.txt", 5 * n) for n, told in enumerate(case["tellings"])
    )
    other = decide(ingest, case["other"], "other.txt", 12)
    assert first.story.language == second.story.language == other.story.language == language
    assert second.decision.outcome is Outcome.ATTACH, (second.decision.score, second.decision.threshold)
    assert second.decision.event == first.decision.event
    assert other.decision.outcome is Outcome.OPEN
