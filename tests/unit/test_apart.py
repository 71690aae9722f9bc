"""Lines that lead away from their story. All texts here were written for these tests."""

import pytest

from newsloom.core.apart import lead_away
from newsloom.core.forms import normalise
from newsloom.core.text import terms

STORY = (
    "The ferry Anna Brandt sank off Ostley in the fog on Monday night, and all 31 on board were saved.",
    "Captain Joren Haal had radioed that the engine room of the ferry was flooding.",
    "Fishing boats from Ostley took the passengers aboard before the coast guard arrived.",
)
HEADLINE = "Ferry sinks off Ostley, all saved"


def away(lines, language="en", headline=HEADLINE):
    told = [terms(normalise(line), language) for line in lines]
    return lead_away(lines, told, terms(normalise(headline), language), language)


@pytest.mark.parametrize(
    "line",
    [
        "Goat elected mayor of mountain village for a third time",
        "By Ines Corvald, Staff Writer",
        "Share on Facebook 34 comments",
        "icorvald@courier.example 555-0147",
        "Calder Index 5,432.10 +0.4%",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_what_the_story_does_not_take_up_leads_away(line, place):
    """Wherever it stands."""
    page = [*STORY[:place], line, *STORY[place:]]
    assert away(page) == {place}


@pytest.mark.parametrize(
    "line",
    [
        "Fishing boats to the rescue",
        "Captain Haal on the bridge of the Anna Brandt last year",
        "All saved",  # two words lead nowhere
        "And that was it",  # tells nothing
        "Goat elected mayor of mountain village for a third time.",
        "A mountain village has elected its goat " * 5,
    ],
)
def test_what_belongs_to_the_story_stays(line):
    """Subheads, captions; and sentences, whatever they tell."""
    assert away([*STORY, line]) == set()


GOAT = "Goat elected mayor of mountain village for a third time"
LOTTE = "The goat, which villagers of the mountain call Lotte, was elected with nine votes."


def test_a_sentence_goes_with_the_headline_that_it_takes_up():
    """A teaser is both, below the story and within it."""
    assert away([*STORY, GOAT, LOTTE]) == {3, 4}
    assert away([*STORY[:2], GOAT, LOTTE, *STORY[2:]]) == {2, 3}
    ours = "Captain Haal of the ferry Anna Brandt was elected mayor of a mountain village."
    assert away([*STORY, GOAT, ours]) == set()


def test_sentences_in_a_row_lead_away_and_one_alone_does_not():
    """The last paragraph may be far from the rest; what follows it, and is as far, is not the story's own."""
    last = "Nobody could say on Tuesday whether there will be an inquiry."
    notes = [
        "Readers are asked to be kind to each other.",
        "Those who want no more letters may write to the desk.",
        "A crossword waits on the last page.",
    ]
    assert away([*STORY, last]) == set()
    assert away([*STORY, last, *STORY]) == set()
    assert away([*STORY, *notes]) == {3, 4, 5}
    assert away([*notes, "Weather and tides", *STORY]) == {0, 1, 2, 3}


def test_a_text_that_says_little_takes_up_nothing():
    """Of two sentences no line can be told to lead away, nor of texts that share nothing."""
    assert away([*STORY[:2], GOAT]) == set()
    briefs = [
        GOAT,
        "The goat was elected mayor with nine votes of the village.",
        "Mill stops for good",
        "The mill of Sorrel stopped its last wheel.",
        "Bank shuts branches",
        "The bank will shut 62 of its branches by May.",
    ]
    assert away(briefs, headline="") == set()
    assert away([]) == set()


def test_a_list_stays():
    """What is no sentence, as most of a live blog or of a table, has enough in common."""
    berths = [f"Harbour of Ostley, berth number {k}" for k in range(9)]
    assert away([*STORY, *berths]) == set()


def test_the_headline_takes_up_as_well():
    """What it announces is the story's own, though no sentence says it again."""
    line = "Goat elected mayor of village"
    assert away([*STORY, line]) == {3}
    assert away([*STORY, line], headline="Goat elected mayor") == set()


def test_words_are_compared_without_their_endings():
    """In a language that inflects its words another form of one is the same."""
    story = [
        "Паром затонул у берегов Остлея в ночь на понедельник.",
        "Капитан парома Йорен Хааль сообщил о воде в машинном отделении.",
        "Рыбаки из посёлка спасли всех пассажиров.",
    ]
    assert away([*story, "Спасение пассажиров у Остлея"], "ru", "") == set()
    assert away([*story, "Выборы мэра в горной деревне"], "ru", "") == {3}
