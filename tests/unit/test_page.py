"""What the stories of a page are called. All texts here were written for these tests."""

import pytest

from newsloom.core.model import Article, Repeated
from newsloom.core.policy import Policy
from newsloom.page import cut, open_sheet
from newsloom.store.values import Known

FERRY = (
    "The ferry Anna Brandt sank off Ostley in the fog on Monday night, and all 31 on board were saved.",
    "Captain Joren Haal had radioed that the engine room of the ferry was flooding.",
)
BANK = (
    "Bank raises rates",
    "The central bank of Calder raised its key rate to 4.5 percent on Tuesday, the third rise this year.",
    "Its governor, Ines Corvald, said that prices were still growing too fast.",
)


def titles(*stories, title):
    """Of a page that was cut so when it came first."""
    lines = [line for story in stories for line in story]
    segments, start = [], 0
    for story in stories:
        segments.append((start, start + len(story)))
        start += len(story)
    article = Article(file="page.txt", text="\n".join(lines), title=title, language="en")
    page = cut(open_sheet(article), Known(segments=tuple(segments)), Repeated(), Policy.load())
    return [story.title for story in page.stories(1.8e9)]


@pytest.mark.parametrize(
    "title", ["Ferry sinks off Ostley, all saved", "All saved as ferry sinks - The Courier"]
)
def test_the_headline_of_a_page_is_that_of_its_first_story(title):
    """As on a page that goes on with the next article below it."""
    assert titles(FERRY, BANK, title=title) == [title, "Bank raises rates"]


@pytest.mark.parametrize("title", ["Morning briefing", "Tuesday in five minutes", "Bank raises rates"])
def test_a_headline_that_its_first_story_does_not_take_up_is_not_its_own(title):
    """An event would be called after the digest that told of it first."""
    assert titles(FERRY, BANK, title=title) == [None, "Bank raises rates"]
    assert titles(BANK, FERRY, title="Morning briefing") == ["Bank raises rates", None]


def test_a_page_of_one_story_keeps_its_headline():
    """However little the two have in common: there is no other story that it could be of."""
    assert titles(FERRY, title="What a night") == ["What a night"]
