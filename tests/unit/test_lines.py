"""Which lines of a page are counted, and from when on they are furniture. All texts were written for these tests."""

import time
from dataclasses import replace

import pytest

from newsloom.core import lines
from newsloom.core.model import Article, Repeated
from newsloom.core.policy import Policy

POLICY = replace(
    Policy.load(), furniture_count=4, furniture_share=0.1, furniture_share_long=0.2, furniture_labels=1
)
PROMISE = "The Anders Courier is printed on paper from trees that grew within a day's walk."
NEWS = "The ferry left Port Anders at six."


def article(source=None, url=None):
    return Article(file="invented.txt", text=NEWS, source=source, url=url)


def test_a_source_is_its_name_else_the_host():
    """Case and the rest of the URL say nothing of where an article comes from; without both it is unknown."""
    assert lines.source_digest(article("Courier.example")) == lines.source_digest(article("courier.example "))
    assert lines.source_digest(article("courier.example")) == lines.source_digest(
        article(url="https://courier.example/ferry?page=2")
    )
    assert lines.source_digest(article("courier.example")) != lines.source_digest(article("herald.example"))
    assert len(lines.source_digest(article("courier.example"))) == 8
    assert lines.source_digest(article()) == b""
    assert lines.source_digest(article(" ")) == b""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("By Ines Corvald, 14:05", "by INES CORVALD - 9:17"),
        ("12 people like this page", "1,204 people like this page"),
        ("The Courier’s  newsletter", "The Courier's newsletter"),
    ],
)
def test_a_clock_or_a_counter_does_not_make_another_line(one, other):
    """Case, marks and figures are left out of a line's digest."""
    assert set(lines.digests([one]).values()) == set(lines.digests([other]).values())


def test_lines_known_by_their_wording_and_long_ones_are_not_asked_for():
    """What needs no learning costs no memory; nor does what is too long to stand on every page."""
    assert lines.digests(["Advertisement", "2:27", PROMISE, PROMISE, "word " * 400]).keys() == {PROMISE}


def test_what_one_article_asks_and_counts_is_bounded():
    """A thousand lines are asked for; the first and the last few are counted, each once."""
    page = [
        f"Line of the ticker, {'abcdefghij'[k % 10]}{'klmnopqrst'[k // 10 % 10]}{k // 100 * 'x'}."
        for k in range(1_200)
    ]
    found = lines.digests(page)
    assert len(found) == lines.MAX_ASKED
    few = lines.counted(found)
    every = list(found.values())
    assert few == (*every[:32], *every[-32:])
    assert all(len(digest) == lines.DIGEST_BYTES for digest in few)
    assert lines.counted({NEWS: b"same", PROMISE: b"same"}) == (b"same",)


@pytest.mark.parametrize(
    ("count", "articles", "furniture"),
    [(0, 0, False), (3, 3, False), (4, 4, True), (4, 40, True), (4, 41, False), (9, 41, True)],
)
def test_a_line_is_furniture_by_count_and_by_share(count, articles, furniture):
    """It stood in enough articles of its source, and in a large enough part of them."""
    found = lines.digests([PROMISE, NEWS])
    repeated = Repeated(articles, {found[PROMISE]: count} if count else {})
    assert lines.furniture(found, repeated, POLICY) == (frozenset({PROMISE}) if furniture else frozenset())


def test_a_long_line_needs_a_larger_share():
    """Background that is repeated through a running story is long, and is not on every page."""
    background = f"{NEWS} {PROMISE} {PROMISE}"
    found = lines.digests([PROMISE, background])
    for count, furniture in ((4, {PROMISE}), (8, {PROMISE, background})):
        repeated = Repeated(40, dict.fromkeys(found.values(), count))
        assert lines.furniture(found, repeated, POLICY) == furniture


LINK = "Mill at Ostrava to close"


def test_what_is_no_sentence_is_furniture_the_second_time():
    """A label, or a link to other news, in a text that says something new; the next version of an article
    repeats itself alone."""
    found = lines.digests([LINK, NEWS, "It came back at nine."])
    repeated = Repeated(400, {found[LINK]: 1, found[NEWS]: 1})
    assert lines.furniture(found, repeated, POLICY) == {LINK}
    assert lines.furniture(found, repeated, POLICY, told=True) == frozenset()
    assert lines.furniture(found, Repeated(1, {found[NEWS]: 1}), POLICY) == frozenset()


def test_a_copy_has_no_furniture_for_being_one():
    """All of it has been seen; it is told as a copy by just that."""
    found = lines.digests([LINK, NEWS])
    assert lines.furniture(found, Repeated(1, dict.fromkeys(found.values(), 1)), POLICY) == frozenset()


def test_a_text_is_new_where_it_says_a_sentence_that_its_source_has_not_said():
    """A copy, or a cut one, says none; another headline or byline makes no other text."""
    shown = Repeated(3, dict.fromkeys(lines.digests([PROMISE, NEWS]).values(), 1))
    assert not lines.is_new(lines.digests([NEWS, "By Ines Corvald"]), shown)
    assert lines.is_new(lines.digests([NEWS, "It came back at nine."]), shown)
    assert lines.is_new(lines.digests([NEWS]), Repeated())
    assert not lines.is_new({}, Repeated())


def test_when_a_line_is_furniture_is_part_of_the_policy():
    """Another count or another share is another policy."""
    versions = {
        POLICY.version,
        replace(POLICY, furniture_count=5).version,
        replace(POLICY, furniture_share=0.2).version,
        replace(POLICY, furniture_share_long=0.3).version,
        replace(POLICY, furniture_labels=2).version,
    }
    assert len(versions) == 5


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Ferry sinks off Ostley", "Ferry sinks off Ostley"),
        ("Ferry sinks off Ostley - The Anders Courier", "Ferry sinks off Ostley"),
        ("Ferry sinks off Ostley | THE ANDERS COURIER", "Ferry sinks off Ostley"),
        ("Ferry sinks off Ostley · anderscourier", "Ferry sinks off Ostley"),  # its host
        (
            "Ferry sinks off Ostley – Coast news | The Anders Courier",
            "Ferry sinks off Ostley",
        ),  # a section, learned
        ("Ferry sinks off Ostley – Video", "Ferry sinks off Ostley"),
        ("Ferry sinks – all saved", "Ferry sinks – all saved"),
        ("Ostley – Sorrel | 2:1", "Ostley – Sorrel | 2:1"),
        ("Ferry sinks, death toll rises - 40", "Ferry sinks, death toll rises - 40"),
        (
            "Ferry sinks off Ostley - Example",
            "Ferry sinks off Ostley - Example",
        ),  # no outlet is called by its country
        ("渡轮沉没_安德斯信使报", "渡轮沉没"),
        ("Anders-Ostley ferry sinks", "Anders-Ostley ferry sinks"),
        ("Anders Courier", ""),
        ("The Anders Courier", ""),
        ("- The Anders Courier", ""),
        ("The Anders Courier | News, Sport, Weather", ""),
        ("Top stories", ""),
        ("Sport: Ostley – Sorrel", "Sport: Ostley – Sorrel"),
        ("| |", ""),
        ("", ""),
    ],
)
def test_a_headline_ends_where_its_outlet_begins(title, headline):
    """What stands behind every headline of a source tells nothing of any; what is behind a single one does."""
    outlet = article("The Anders Courier", url="https://www.anderscourier.example:8080/ferry")
    learned = frozenset({"Coast news", "安德斯信使报"})
    assert lines.headline_of(title, outlet, learned) == headline


@pytest.mark.parametrize("between", [" ", "|1", " -", " - ", "|", "_"])
def test_a_headline_of_whatever_marks_costs_little(between):
    """A first line without a title is one, of any length: blanks in it cost the square of their number, years of 4 MB."""
    title = "Ferry" + between * 30_000 + "1"
    begun = time.process_time()
    lines.headline_of(title, article("The Anders Courier"), frozenset())
    lines.of_title(title)
    assert time.process_time() - begun < 1
