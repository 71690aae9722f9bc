"""Runs by which a story is known again on another page. All texts here were written for these tests."""

from newsloom.core import runs
from newsloom.core.runs import Seen

STORY = (
    "A passenger ferry with 214 people on board ran aground off the island of Sorrel on Tuesday, the coastguard said.",
    "No one was seriously hurt, but eleven passengers were treated for bruises and shock on the quay.",
    "The Lady Margarethe had left Port Anders shortly after 6am when the crew lost control of the rudder.",
    "Ferry services between Port Anders and Sorrel are suspended until Thursday, the operator said in a statement.",
)
ABOVE = (
    "Meridian Bank will close 62 of its branches and cut about 900 jobs by the end of next year.",
    "The lender said branch visits had fallen by 58 per cent in five years, and that most payments were made by phone.",
)
BELOW = (
    "Astronomers at the Calder Observatory have found a planet made almost wholly of iron, circling a dim red star.",
    "It races around its star once every nine hours, so close that its surface is probably molten, they said.",
)
PROMISE = "The Anders Courier is printed on paper from trees that grew within a day's walk of its presses."


def seen(page, *stories, furniture=frozenset()):
    known = {digest for story in stories for digest in runs.of_story(story, ())}
    return runs.seen(runs.of_page(page), known, page, furniture)


def test_a_known_story_is_found_where_it_stands():
    """Its first and its last two paragraphs tell its beginning and its end, both inclusive."""
    assert seen(ABOVE + STORY + BELOW, STORY) == Seen(frozenset({2}), frozenset({5}))
    assert seen(STORY, STORY) == Seen(frozenset({0}), frozenset({3}))
    assert seen(ABOVE + BELOW, STORY) == Seen()


def test_a_story_of_two_paragraphs_begins_and_ends_with_them():
    """One pair makes both digests, and they differ."""
    assert len(set(runs.of_story(ABOVE, ()))) == 2
    assert seen(STORY + ABOVE, ABOVE) == Seen(frozenset({4}), frozenset({5}))


def test_layout_and_lines_that_tell_nothing_do_not_matter():
    """Another page has other headlines, subheads and prompts, and writes in capitals."""
    page = (
        *ABOVE,
        "FERRY AGROUND",
        STORY[0].upper(),
        "Advertisement",
        STORY[1],
        "‘A grinding noise’",
        *STORY[2:],
    )
    assert seen(page, ("Ferry with 214 on board runs aground", *STORY)) == Seen(
        frozenset({3}), frozenset({8})
    )


def test_a_page_of_furniture_alone_keeps_its_lines():
    """By something it has to be known again."""
    assert len(runs.of_story(ABOVE, ABOVE)) == 2
    assert runs.of_story(ABOVE, ABOVE) == runs.of_story(ABOVE, ())


def test_short_runs_tell_nothing():
    """Fewer than 25 words may be a formula, and one paragraph is no run."""
    assert runs.of_story(("This is what happened.", "It is a running story."), ()) == ()
    assert len(runs.of_story((*STORY, "He laughed.", "She did too."), ())) == 1
    assert runs.of_story(STORY[:1], ()) == ()
    assert runs.of_story((), ()) == ()
    assert runs.of_page(("He laughed.", "She did too.")) == []


def test_learned_furniture_parts_no_run():
    """A line that this source puts between any two paragraphs, at the edges too, is looked past; others are not."""
    page = (*ABOVE, STORY[0], PROMISE, *STORY[1:], PROMISE)
    assert seen(page, STORY, furniture={PROMISE}) == Seen(frozenset({2}), frozenset({6}))
    assert seen(page, STORY) == Seen(frozenset(), frozenset({6}))
    assert runs.of_story((PROMISE, *STORY, PROMISE), {PROMISE}) == runs.of_story(STORY, ())
    known = runs.of_story((PROMISE, *STORY), ())
    assert runs.seen(
        runs.of_page((*ABOVE, PROMISE, *STORY)), known, (*ABOVE, PROMISE, *STORY), {PROMISE}
    ) == Seen(frozenset(), frozenset({6}))


def test_an_update_seen_before_is_not_parted_from_the_story_inside_it():
    """A beginning while a known story is under way, or an end before its end, is that of an older version."""
    update = ABOVE + STORY
    assert seen(update, STORY, update) == Seen(frozenset({0}), frozenset({5}))
    longer = STORY + BELOW
    assert seen(longer, STORY, longer) == Seen(frozenset({0}), frozenset({5}))


def test_known_stories_in_a_row_are_all_found():
    """Each ends before the next begins, so nothing speaks against any."""
    page = ABOVE + STORY + BELOW
    assert seen(page, ABOVE, STORY, BELOW) == Seen(frozenset({0, 2, 6}), frozenset({1, 5, 7}))
