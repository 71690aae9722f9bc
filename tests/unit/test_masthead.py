"""The day of publication above a plain text. All texts here were written for these tests."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsloom.core.model import Article
from newsloom.readers import Limits, read
from newsloom.readers.dates import DAY_S

STORY = "The ferry Alma was pulled off a sandbank outside Port Merrow on Tuesday. Nobody was hurt.\nThe line opens again on 4 June 2024."


def published(folder: Path, text: str) -> datetime | None:
    path = folder / "a.txt"
    path.write_text(text, encoding="utf-8")
    (found,) = read(str(path), Limits())
    assert isinstance(found, Article)
    return None if found.published_s is None else datetime.fromtimestamp(found.published_s, UTC)


@pytest.mark.parametrize(
    ("above", "day"),
    [
        ("THE MERROW HERALD, WEDNESDAY, MAY 5, 1954", (1954, 5, 5)),
        ("THE MERROW HERALD, WEDNESDAY, MAY 5, 1954                    3", (1954, 5, 5)),
        ("THE MERROW COURIER          Thursday, March 12, 2026          Page 3", (2026, 3, 12)),
        ("Merrower Bote, Mittwoch, 5. Mai 1954", (1954, 5, 5)),
        ("MERROW EVENING NEWS, CHANNEL NINE, 11 MARCH 2026", (2026, 3, 11)),
        ("11 March 2026", (2026, 3, 11)),
        ("Ferry pulled free\nThursday 12 March 2026, 16:10", (2026, 3, 12, 16, 10)),
        ("Fähre wieder frei\n\n16. März 2026", (2026, 3, 16)),
        ("Merrow Ferries plc\nTel: 01632 960 118\nFOR IMMEDIATE RELEASE - March 3, 2026", (2026, 3, 3)),
        ("PRESS RELEASE\n\nTuesday 10 March 2026 - FOR IMMEDIATE RELEASE", (2026, 3, 10)),
        ("STRICTLY EMBARGOED UNTIL 00:01 SUNDAY 22 MARCH 2026\n\nFerry pulled free", (2026, 3, 22)),
        ("Published: 3 March 2026 | By Ines Corvald", (2026, 3, 3)),
        ("2026-03-11T10:30:00Z", (2026, 3, 11, 10, 30)),
        ("Posted 13.03.2026", (2026, 3, 13)),
        ("le 12 mars 2026 à 10h02", (2026, 3, 12, 10, 2)),
        ("среда, 11 марта 2026 г.", (2026, 3, 11)),
        ("渡轮脱险\n2026年3月11日", (2026, 3, 11)),
        ("۲۰ اسفند ۱۴۰۴", (2026, 3, 11)),
    ],
)  # fmt: skip
def test_a_day_above_the_story_is_that_of_its_publication(
    tmp_path: Path, above: str, day: tuple[int, ...]
) -> None:
    """On a line of its own, with the name of a paper in front, or beside a label."""
    assert published(tmp_path, f"{above}\n\n{STORY}") == datetime(*day, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    "place", ["PORT MERROW, March 10, 2026 (CALDER PRESS) - ", "MERROW, 10 mars 2026 – ", "Merrow, 10. März 2026 /cp/ -- ", "MERROW, Ostley (March 10, 2026) — "]
)  # fmt: skip
def test_a_dateline_with_its_year_tells_the_day(tmp_path: Path, place: str) -> None:
    """Between a place and a dash, as agencies begin."""
    assert published(tmp_path, f"Ferry pulled free\n{place}{STORY}") == datetime(2026, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        f"{STORY}\n\n11 March 2026",
        "The mill will close on 11 March 2026\n\n" + STORY,
        "On March 11, 2026, the mill stopped its last wheel, the council of Merrow said in a note.",
        "The mill stopped on Wednesday, March 11, 2026.\n" + STORY,
        "The mill, which stopped its wheel on Wednesday,\nMarch 11, 2026, and never turned again, is to be a museum of the river.",
        "The album was released on 11 March 2026\n" + STORY,
        "Ferry pulled free\nPORT MERROW, March 10 (CALDER PRESS) - " + STORY,
        "Ferry pulled free\n1 April",
        "Ferry pulled free\nby 11/12\n" + STORY,
        "Statistics: 12 ships 2026 harbour\n" + STORY,
    ],
)  # fmt: skip
def test_a_day_that_the_story_tells_of_is_none(tmp_path: Path, text: str) -> None:
    """In a sentence, below one, or without a year it says nothing of the publication."""
    assert published(tmp_path, text) is None


def test_the_language_of_the_text_says_which_month_it_is(tmp_path: Path) -> None:
    """Listopad is November in Poland, October in Croatia."""
    text = "12 listopada 2025\n\nProm Alma ugrzązł we wtorek na mieliźnie przed portem, ale nikt nie został ranny."
    assert published(tmp_path, text) == datetime(2025, 11, 12, tzinfo=UTC)


def test_what_front_matter_says_comes_first(tmp_path: Path) -> None:
    """The masthead is asked where nothing else is said."""
    text = f"---\ntitle: Ferry\ndate: 2026-03-12\n---\nTHE HERALD, MAY 5, 1954\n\n{STORY}"
    assert published(tmp_path, text) == datetime(2026, 3, 12, tzinfo=UTC)


def test_a_day_to_come_is_no_publication(tmp_path: Path) -> None:
    """It is reported as one that was not understood."""
    path = tmp_path / "a.txt"
    path.write_text(f"THE HERALD, MAY 5, 2954\n\n{STORY}")
    (found,) = read(str(path), Limits())
    assert isinstance(found, Article)
    assert (found.published_s, found.unread_date) == (None, "MAY 5, 2954")
    assert DAY_S == 86_400
