"""What stories repeat: the lines of a source, counted, and the runs that stories begin and end with."""

import pytest

from newsloom.core.model import Outcome, Repeated
from newsloom.store.values import Shown, Spoken

COURIER, HERALD = b"courier.", b"herald.."
COOKIES, LIKE = b"cook", b"like"


def lines(*numbers):
    return tuple(number.to_bytes(4, "big") for number in numbers)


def run(number):
    return number.to_bytes(8, "big")


@pytest.fixture
def show(desk):
    """Commits one more story that shows these things; of a desk with other caps where one is given."""

    def call(source=COURIER, shown_lines=(), runs=(), on=desk, place=None, **how):
        query = on.write("", **how)
        on.commit(query, place=place, shown=Shown(source, tuple(shown_lines), tuple(runs)))
        return query

    return call


def test_lines_are_counted_by_source(desk, show):
    """As often as articles of that very source, in that language, held them."""
    for number in range(3):
        show(COURIER, (COOKIES, *lines(number)))
    show(HERALD, (COOKIES, LIKE))
    ask = [COOKIES, LIKE, *lines(2)]
    assert desk.repeated("en", COURIER, ask, []) == Repeated(3, {COOKIES: 3, lines(2)[0]: 1})
    assert desk.repeated("en", HERALD, ask, []) == Repeated(1, {COOKIES: 1, LIKE: 1})
    assert desk.repeated("de", COURIER, ask, []) == Repeated()
    assert desk.repeated("en", b"unknown.", ask, []) == Repeated()


def test_what_is_spoken_where(desk, show, place_of):
    """Of each language: whether the page was seen in it, and how many articles of the source."""
    assert desk.store.spoken(place_of("a"), COURIER) == {}
    show(COURIER, (COOKIES,), place=place_of("a"))
    show(COURIER, (COOKIES,), place=place_of("b"))
    desk.commit(desk.write("ferry", language="de"), place=place_of("c"), shown=Shown(HERALD, (LIKE,)))
    assert desk.store.spoken(place_of("b"), COURIER) == {"de": Spoken(False, 0), "en": Spoken(True, 2)}
    assert desk.store.spoken(place_of("c"), HERALD) == {"de": Spoken(True, 1), "en": Spoken(False, 0)}
    assert desk.store.spoken(place_of("d"), b"") == {"de": Spoken(False, 0), "en": Spoken(False, 0)}


def test_without_a_source_nothing_is_counted(desk, show):
    """Articles of unknown origin are not one source; their runs are known all the same."""
    show(b"", (COOKIES,), (run(1),))
    assert desk.repeated("en", b"", [COOKIES], [run(1), run(2)]) == Repeated(runs=frozenset({run(1)}))


def test_a_story_refused_shows_nothing(desk):
    """What a commit learns it learns with the decision, or not at all."""
    query = desk.write("ferry")
    recalled = desk.recall(query)
    shown = Shown(COURIER, (COOKIES,), (run(1),))
    desk.commit(query, recalled=recalled, shown=shown)
    before = desk.repeated("en", COURIER, [COOKIES], [run(1)])
    with pytest.raises(Exception, match="story"):
        desk.commit(query, recalled=recalled, shown=shown)
    with pytest.raises(Exception, match="gone"):
        desk.commit(desk.write("ferry"), Outcome.ATTACH, "0" * 16, shown=shown)
    assert desk.repeated("en", COURIER, [COOKIES], [run(1)]) == before


def test_lines_of_a_source_are_bounded_and_furniture_outlives_the_rest(make_desk, show):
    """However many lines go by, no more than the cap are kept; what stands on every page stays known."""
    desk = make_desk(lines=20)
    for number in range(200):
        show(COURIER, (COOKIES, *lines(*range(100 + 7 * number, 107 + 7 * number))), on=desk)
        every = [COOKIES, *lines(*range(100, 107 + 7 * number))]
        repeated = desk.repeated("en", COURIER, every, [])
        assert len(repeated.lines) <= 20
        assert repeated.lines[COOKIES] >= 0.95 * repeated.articles - 1
    assert repeated.articles <= 102


def test_furniture_that_a_source_gives_up_is_forgotten(make_desk, show):
    """A line that no page holds any more loses its count by halves, and is gone in the end."""
    desk = make_desk(lines=40)
    for number in range(40):
        show(COURIER, (COOKIES, *lines(*range(10 * number, 10 * number + 5))), on=desk)
    assert desk.repeated("en", COURIER, [COOKIES], []).lines[COOKIES] == 40
    for number in range(40, 900):
        show(COURIER, (LIKE, *lines(*range(10 * number, 10 * number + 5))), on=desk)
    repeated = desk.repeated("en", COURIER, [COOKIES, LIKE], [])
    assert COOKIES not in repeated.lines
    assert repeated.lines[LIKE] == repeated.articles


def test_an_article_of_very_many_lines_does_not_break_the_bound(make_desk, show):
    """Only as many lines of one article are counted as fit half of what is kept of a source."""
    desk = make_desk(lines=20)
    for number in range(3):
        show(COURIER, lines(*range(100 * number, 100 * number + 60)), on=desk)
    assert len(desk.repeated("en", COURIER, lines(*range(300)), []).lines) <= 20


def test_where_every_line_is_furniture_counts_are_halved(make_desk, show):
    """Forgetting what was seen once does not make room then."""
    desk = make_desk(lines=20)
    for first in (0, 10, 20):
        for _ in range(4):
            show(COURIER, lines(*range(first, first + 10)), on=desk)
    repeated = desk.repeated("en", COURIER, lines(*range(30)), [])
    assert repeated.articles < 12
    assert set(lines(*range(20, 30))) <= repeated.lines.keys()
    assert len(repeated.lines) <= 20


def test_runs_are_known_in_their_language(desk, show):
    """A run that a story begins or ends with is found again, another is not."""
    show(runs=(run(1), run(2)))
    ask = [run(number) for number in (1, 2, 3)]
    assert desk.repeated("en", b"", [], ask).runs == {run(1), run(2)}
    assert desk.repeated("de", b"", [], ask).runs == frozenset()
    assert desk.repeated("en", b"", [], []).runs == frozenset()


def test_runs_are_forgotten_after_two_generations(make_desk, show):
    """The stories of this generation and of the one before are known, older ones are not."""
    desk = make_desk(runs=3)
    for number in range(9):
        show(runs=(run(number),), on=desk)
        known = desk.repeated("en", b"", [], [run(k) for k in range(9)]).runs
        oldest = max(0, 3 * (number // 3) - 3)
        assert known == {run(k) for k in range(oldest, number + 1)}


def test_a_page_may_ask_for_thousands(desk, show):
    """More than fit one call of a Redis command."""
    show(COURIER, (COOKIES,), (run(3_999),))
    repeated = desk.repeated(
        "en", COURIER, [*lines(*range(2_500)), COOKIES], [run(number) for number in range(4_000)]
    )
    assert repeated == Repeated(1, {COOKIES: 1}, frozenset({run(3_999)}))


def test_an_article_stays_cut_as_its_first_commit_says(desk, place_of):
    """Two workers that knew more and less of a page cut it differently; the later one is refused."""
    place = place_of("page")
    desk.commit(desk.write("harbour"), place=place, segments=((0, 4),))
    late = desk.write("ferry", part=1)
    with pytest.raises(Exception, match=r"segments|otherwise"):
        desk.commit(late, place=place, segments=((0, 2), (2, 4)))
    assert desk.store.known("en", place).segments == ((0, 4),)


def test_a_source_takes_the_compact_form(redis_desk, clean, show):
    """At its bound a source's lines cost some 5 kB: the server keeps them as one list, not as a table."""
    for number in range(60):
        show(COURIER, (COOKIES, *lines(*range(100 * number, 100 * number + 60))), on=redis_desk)
    key = b"loom:{en}:l:" + COURIER
    assert clean.object("encoding", key) == b"listpack"
    assert clean.memory_usage(key) < 6_000
    assert clean.ttl(key) > 0
