"""A copy is found by its text alone: however large the event of its original is, and however long ago that was."""

import random
from dataclasses import replace

import pytest

from newsloom.core.model import Article, Outcome
from newsloom.core.policy import Policy
from newsloom.core.views import DAY_S
from newsloom.ingest import Ingest
from newsloom.store.values import Caps

POLICY = Policy.load()
NOW_S = 1_800_000_000.0
WORDS = (
    "harbour ferry crew captain pier storm engine rescue report morning deck cargo mayor signal coast".split()
)


def text(seed):
    """Five paragraphs of 40 words."""
    chance = random.Random(seed)
    words = [f"{chance.choice(WORDS)}{chance.choice('abcdefgh')}" for _ in range(200)]
    return "\n".join(" ".join(words[at : at + 40]).capitalize() + "." for at in range(0, 200, 40))


def shortened(told):
    return "\n".join(told.split("\n")[:4])


def reworded(told):
    chance = random.Random(3)
    return "".join(
        f"{word}x" if chance.random() < 0.08 else word for word in told.replace(" ", " \0").split("\0")
    )


def embedded(told):
    return "\n".join((text(98), told, text(99)))


def decide(ingest, told, name, published_s):
    article = Article(file=name, path=name, text=told, title=None, language="en", published_s=published_s)
    (one,) = ingest.article(article)
    return one.decision


@pytest.mark.parametrize("edit", [str, shortened, reworded, embedded])
def test_of_a_large_event(make_store, edit):
    """Of each of its stories, though later ones are compared with two of them only."""
    anything = replace(POLICY, threshold=-50.0)  # joins any event of its time
    ingest = Ingest(make_store(Caps(members=2), POLICY.window_days), anything, now=lambda: NOW_S)
    told = [decide(ingest, text(seed), f"{seed}.txt", NOW_S) for seed in range(6)]
    assert len({one.event for one in told}) == 1
    for seed, original in enumerate(told):
        copy = decide(ingest, edit(text(seed)), f"copy{seed}.txt", NOW_S)
        assert (copy.outcome, copy.duplicate_of) == (Outcome.DUPLICATE, original.story)


@pytest.mark.parametrize("edit", [str, shortened, reworded, embedded])
def test_of_years_ago(make_store, edit):
    """It joins the event of its original, which is no candidate for another telling."""
    ingest = Ingest(make_store(None, POLICY.window_days), POLICY, now=lambda: NOW_S)
    before_s = NOW_S - 3 * 365 * DAY_S
    original = decide(ingest, text(1), "original.txt", before_s)
    copy = decide(ingest, edit(text(1)), "copy.txt", NOW_S)
    assert (copy.outcome, copy.duplicate_of) == (Outcome.DUPLICATE, original.story)
    assert (copy.event, copy.candidates) == (original.event, 0)
    assert ingest.store.event(original.event).size == 2
