"""Why a labelled event came out badly."""

from typing import Any

import pytest

from newsloom.core.mistakes import Judged, reasons
from newsloom.core.model import Decision, Outcome


def judged(label: str, told: str, event: str = "", language: str = "en", **evidence: Any) -> Judged:
    """An article that joined the event ``told``, or opened it if nothing else is said, and is in ``event`` at the end."""
    evidence = {"outcome": Outcome.OPEN, **evidence}
    return Judged(label, language, Decision("0", told, policy="p", threshold=2.0, **evidence), event or told)


def attached(score: float) -> dict[str, Any]:
    return {"outcome": Outcome.ATTACH, "score": score}


MINE, COPY = judged("x", "1"), {"outcome": Outcome.DUPLICATE}
OTHERS = [judged("y", "2"), judged("y", "2", **attached(4.0)), judged("z", "2", **attached(2.5))]


@pytest.mark.parametrize(
    ("articles", "told"),
    [
        ([MINE, judged("x", "2", best="1", score=1.8)], "in 2 pieces; 1 opened 0.2 logits short of the right event"),
        (
            [MINE, judged("y", "3"), judged("x", "2", best="3", score=1.8)],
            "in 2 pieces; 1 opened where another event came nearer than the right one",
        ),
        # The event that it came nearest to had taken in the one of its label.
        (
            [judged("x", "1", "4"), judged("x", "2", best="4", score=1.0)],
            "in 2 pieces; 1 opened 1.0 logits short of the right event",
        ),
        ([MINE, judged("x", "2")], "in 2 pieces; 1 opened with nothing to compare"),
        (
            [MINE, judged("x", "2", language="fr"), judged("x", "2", language="fr", **attached(3.0))],
            "in 2 pieces; 2 in another language, which is never joined",
        ),
        ([MINE, judged("x", "1", "2", **attached(3.0))], "in 2 pieces; 1 split off by the second look"),
        # What came together later was not kept apart; what followed another was not either.
        (
            [MINE, judged("x", "2", "1"), judged("x", "3", best="1", score=1.5), judged("x", "3", **attached(3.0))],
            "in 2 pieces; 1 opened 0.5 logits short of the right event",
        ),
        (
            [MINE, *OTHERS, judged("x", "2", **attached(2.1)), judged("x", "2", **attached(3.0))],
            "in 2 pieces; 2 of its 3 articles are in an event with 3 others (y, z); 1 joined wrongly, with 0.1 logits to spare",
        ),
        ([*OTHERS, judged("x", "2", **COPY)], "its article is in an event with 3 others (y, z); 1 as a copy"),
        (
            [MINE, judged("y", "2", "1"), judged("x", "1", **attached(9.0))],
            "all of its 2 articles are in an event with 1 other (y); put together by the second look",
        ),
    ],
)  # fmt: skip
def test_the_reasons(articles: list[Judged], told: str) -> None:
    """Where its articles are, what joined that should not have, and what kept them from the right event."""
    assert reasons("x", articles) == told
