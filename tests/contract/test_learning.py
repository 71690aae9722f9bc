"""What the stream teaches, from the article to the decision, on both stores. All texts were written for these tests."""

from dataclasses import replace

import pytest

from newsloom.core.model import Article, Outcome
from newsloom.core.policy import Policy
from newsloom.ingest import Ingest

NOW_S = 1_700_000_000.0
POLICY = Policy.load()
NEVER = replace(POLICY, furniture_count=10**9, furniture_labels=10**9)  # learns nothing of furniture

NOTICE = (
    "The Anders Courier remembers its readers by means of small files, which some call cookies, and hands them to its 214 partners in trade, as the law of the islands has demanded since the spring of last year.",
    "Readers who would rather not be remembered may say so in the office on Quay Street, on weekdays before noon.",
)
LIKE = (
    "Articles You May Like",
    "Our gardener explains which roses outlast a winter by the sea and which had better stay in their pots",
    "Nine walks along the coast for families with a dog",
)
NEWS = (
    "A cargo train left the rails near Tolvik on Sunday night and spilled forty tons of salt.",
    "The brewer Halvard Moss will close its plant in Ystra, where 212 people work.",
    "Marit Tane of Skerry won the island marathon on Saturday in two hours and 31 minutes.",
    "Parliament voted on Thursday for a tax on empty houses in the old towns.",
    "A blue whale was seen in the Sound of Orrin, the first in sixty years, biologists said.",
    "The composer Ulla Brandvik died in Vessel Bay on Friday at the age of 91.",
)
BANK = (
    "Meridian Bank will close 62 of its branches and cut about 900 jobs by the end of next year as more customers move to its mobile app.",
    "The lender said branch visits had fallen by 58 per cent in five years, while nine out of ten payments were now made by phone.",
    "Chief executive Paula Strand said the decision was “painful but necessary” and promised that no village would be left without a cash machine.",
    "Unions reacted with anger. “This bank made record profits in spring and now it shows its staff the door,” said Dietmar Okell of the finance workers’ union.",
)
CYCLIST = (
    "A 34-year-old man has been charged with causing death by dangerous driving after a cyclist was killed in the town of Wexcombe.",
    "Leonard Pask, 61, a retired postman, was riding home from choir practice on Mill Road on Saturday evening when he was hit by a van.",
    "He died at the scene despite the efforts of two nurses who had been passing.",
    "Police said the driver, Gareth Dunmow of Lower Wexcombe, would appear before magistrates on Thursday.",
)
NEW_LEAD = "The van driver charged over the death of the cyclist Leonard Pask in Wexcombe has been released on bail, police said late on Wednesday."


def courier(number, *paragraphs, **fields):
    """A page of the Courier: its notice on top, its links below."""
    return page(
        f"courier-{number}.txt", *NOTICE, *paragraphs, *LIKE, **{"source": "courier.example", **fields}
    )


def page(name, *paragraphs, **fields):
    return Article(file=name, text="\n".join(paragraphs), language="en", published_s=NOW_S, **fields)


@pytest.fixture
def ingest(make_store):
    return Ingest(make_store(), POLICY, now=lambda: NOW_S)


@pytest.fixture
def unlearned(make_store):
    return Ingest(make_store(), NEVER, now=lambda: NOW_S)


def decided(ingest, article):
    return [one.decision for one in ingest.article(article)]


def outcome(ingest, article):
    (decision,) = decided(ingest, article)
    return decision.outcome


def cut(ingest, article):
    return [one.story.first_paragraph for one in ingest.article(article)]


# Furniture


def test_without_learning_stories_of_one_sentence_are_taken_for_copies_of_their_notice(unlearned):
    """What the next test is about: the notice makes up four fifths of these pages, and what is told first in them."""
    outcomes = [outcome(unlearned, courier(number, news)) for number, news in enumerate(NEWS)]
    assert outcomes.count(Outcome.DUPLICATE) == 1  # and others are not, for they tell of other days


def test_stories_that_share_only_what_their_source_repeats_stay_apart(ingest):
    """From the fifth page on the notice and the links are known, and each story is its own event."""
    told = [one for number, news in enumerate(NEWS) for one in ingest.article(courier(number, news))]
    assert [one.decision.outcome for one in told[4:]] == [Outcome.OPEN, Outcome.OPEN]
    assert len({one.decision.event for one in told}) == 5
    assert told[5].story.paragraphs == (*NOTICE, NEWS[5], *LIKE)  # the text itself stays whole
    assert told[5].record["words"] < 20


def test_another_source_is_not_concerned(ingest):
    """The same lines on the pages of another source are that one's text until it has shown them as often."""
    for number, news in enumerate(NEWS[:5]):
        decided(ingest, courier(number, news))
    (told,) = ingest.article(courier(5, NEWS[5], source="herald.example"))
    assert told.record["words"] > 60


def test_files_of_one_folder_teach_what_stands_on_all_of_them(ingest):
    """Texts that name no outlet, as a paper's archive has them: its masthead is no headline of theirs."""
    masthead = "The Anders Daily Courier"
    for number, news in enumerate(NEWS):
        article = page(f"{number}.txt", masthead, news, path=f"/archive/courier/{number}.txt")
        (told,) = ingest.article(article)
        assert told.decision.outcome is Outcome.OPEN
    (elsewhere,) = ingest.article(page("7.txt", masthead, BANK[0], path="/archive/herald/7.txt"))
    (told,) = ingest.article(page("8.txt", masthead, BANK[1], path="/archive/courier/8.txt"))
    assert (elsewhere.story.title, told.story.title) == (masthead, None)


def test_two_files_of_a_folder_may_share_a_headline(ingest):
    """Two outlets kept that of the agency: in what a single outlet writes it would be a label by now."""
    for number, news in enumerate((*NEWS[:2], *BANK[:2])):
        headed = ("Meridian Bank to close 62 branches",) if number > 1 else ()
        (told,) = ingest.article(page(f"{number}.txt", *headed, news, path=f"/incoming/{number}.txt"))
    assert told.story.title == "Meridian Bank to close 62 branches"


def test_copies_revisions_and_repeats_make_no_furniture(ingest):
    """However often a source brings one text, under other addresses or under one, its paragraphs stay news."""
    bank = page("bank.txt", *BANK, source="courier.example", url="https://courier.example/bank")
    decided(ingest, bank)
    for number in range(6):
        decided(ingest, bank)
        copy = replace(bank, file=f"copy-{number}.txt", url=f"https://courier.example/{number}")
        assert outcome(ingest, copy) is Outcome.DUPLICATE
    for number in range(6):
        longer = (
            bank.text
            + f"\nThe bank has {62 - number} branches on the islands, its spokesman said on day {number}."
        )
        assert outcome(ingest, replace(bank, text=longer)) is Outcome.REVISION
    (told,) = ingest.article(replace(bank, file="last.txt", url="https://courier.example/last"))
    assert told.decision.outcome is Outcome.DUPLICATE
    assert told.decision.overlap == 1.0


def test_learned_lines_hide_no_headline(ingest):
    """A story without a title is named by the headline under the notice."""
    for number, news in enumerate(NEWS):
        decided(ingest, courier(number, news))
    (told,) = ingest.article(courier(6, "Meridian Bank to close 62 branches", *BANK))
    assert told.story.title == "Meridian Bank to close 62 branches"


# Runs


def test_a_page_of_two_is_cut_where_a_known_story_begins(ingest):
    """Too short to be told apart by their wording; one of them was seen alone before."""
    both = page("both.txt", *BANK, *CYCLIST)
    alone = page("alone.txt", *CYCLIST, url="https://herald.example/cyclist")
    (first,) = decided(ingest, alone)
    told = list(ingest.article(both))
    assert [(one.story.first_paragraph, len(one.story.paragraphs)) for one in told] == [(0, 4), (4, 4)]
    assert told[0].decision.outcome is Outcome.OPEN
    assert told[1].decision.duplicate_of == first.story


def test_a_page_of_two_stays_whole_while_neither_was_seen(ingest):
    """What the test before is about; and a page that comes again stays cut as it was, whatever was learned."""
    both = page("both.txt", *BANK, *CYCLIST)
    assert cut(ingest, both) == [0]
    decided(ingest, page("alone.txt", *CYCLIST))
    assert cut(ingest, both) == [0]
    assert outcome(ingest, both) is Outcome.REPEAT


@pytest.mark.parametrize(
    "fields", [{}, {"url": "https://herald.example/cyclist"}], ids=["elsewhere", "same place"]
)
def test_an_update_with_a_new_lead_stays_one_story(ingest, fields):
    """New paragraphs on top of the old text, by another outlet or as a revision, part from nothing."""
    decided(ingest, page("first.txt", *CYCLIST, url="https://herald.example/cyclist"))
    update = page("update.txt", NEW_LEAD, *CYCLIST, **fields)
    assert cut(ingest, update) == [0]


def test_an_earlier_version_says_nothing_of_where_stories_begin(ingest):
    """Its text stands in the new version as a matter of course; a page that has grown is cut by its wording alone."""
    address = {"url": "https://herald.example/cyclist"}
    decided(ingest, page("first.txt", *CYCLIST, **address))
    assert cut(ingest, page("first.txt", *BANK, *CYCLIST, **address)) == [0]


def test_a_page_of_two_is_still_one_of_two_in_its_next_version(ingest):
    """Where it was cut before is known by then, whatever its own wording says; each part is a revision of its own."""
    address = {"url": "https://herald.example/both"}
    decided(ingest, page("alone.txt", *CYCLIST, url="https://herald.example/cyclist"))
    first = decided(ingest, page("both.txt", *BANK, *CYCLIST, **address))
    assert len(first) == 2
    told = list(
        ingest.article(page("both.txt", *BANK, *CYCLIST, "He will be buried in Wexcombe.", **address))
    )
    assert [one.story.first_paragraph for one in told] == [0, 4]
    assert [one.decision.revision_of for one in told] == [one.story for one in first]
    assert [one.decision.event for one in told] == [one.event for one in first]


def test_two_workers_that_know_more_and_less_cut_a_page_once(make_store):
    """Who commits first settles how an article is cut; the other takes up its parts."""
    store = make_store()
    both, alone = page("both.txt", *BANK, *CYCLIST), page("alone.txt", *CYCLIST)
    other = Ingest(store, POLICY, now=lambda: NOW_S)

    class Slow:
        """A worker's view of the store: while it thinks about the page, another one gets on."""

        overtaken = False

        def __getattr__(self, name):
            return getattr(store, name)

        def known_and_repeated(self, asked):
            found = store.known_and_repeated(asked)
            if not self.overtaken:
                self.overtaken = True
                decided(other, alone)
                assert cut(other, both) == [0, 4]
            return found

    told = list(Ingest(Slow(), POLICY, now=lambda: NOW_S).article(both))
    assert [one.story.first_paragraph for one in told] == [0, 4]
    assert {one.decision.outcome for one in told} == {Outcome.REPEAT}
    assert len(list(store.stories())) == 3


def test_what_a_source_puts_behind_its_headlines_is_learned(ingest):
    """Its title tells a story by the headline alone, from the source's second article on."""
    titles = []
    for number, news in enumerate(NEWS[:2]):
        title = f"{news.split(' in ')[0].removesuffix('.')} | Coast | HP Plus"
        (one,) = ingest.article(page(f"{number}.txt", news, title=title, source="hpost.example"))
        titles.append(ingest.store.story(one.story.id).member.profile.title)
        assert one.record["title"] == title  # as it was read
    assert [title & {"coast", "hp", "plus"} for title in titles] == [{"coast", "hp", "plus"}, set()]
    assert "brewer" in titles[1]


def test_the_headline_of_another_article_is_a_link(ingest):
    """A source's page that tells one thing, and names another that the source has told, is compared by the first."""
    list(
        ingest.article(
            page("1.txt", NEWS[0], title="Salt train derails at Tolvik | HP Plus", source="hpost.example")
        )
    )
    news = page(
        "2.txt", NEWS[1], "Salt train derails at Tolvik", "Mr Moss gave no reason.", source="hpost.example"
    )
    (one,) = ingest.article(news)
    body = ingest.store.story(one.story.id).member.profile.body
    assert "brewer" in body
    assert "tolvik" not in body


# Weights


def test_while_little_is_known_what_came_first_is_measured_by_what_is_known_now(ingest):
    """The same words are as like as can be, whatever the stream has learned of them since."""
    first = (
        "The salt train from Tolvik left the rails near the harbour at night and two of its crew were hurt."
    )
    decided(ingest, page("first.txt", first))
    for number, news in enumerate(NEWS[1:]):
        (other,) = decided(ingest, page(f"{number}.txt", news, "A crew told of it."))
        assert other.outcome is Outcome.OPEN
    (again,) = decided(ingest, page("again.txt", first))
    assert again.outcome is Outcome.DUPLICATE
    assert again.features["body"] == pytest.approx(1.0)
