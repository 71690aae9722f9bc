"""What an archive teaches, on both stores. All texts were written for these tests."""

import gzip
import json
from dataclasses import replace

import pytest

from newsloom.core.model import Article, Outcome
from newsloom.core.policy import Policy
from newsloom.ingest import Ingest
from newsloom.readers import Limits
from newsloom.relook import SecondLook
from newsloom.store.values import Lesson, Shown
from newsloom.warming import Refused, Taught, Warming

NOW_S = 1_700_000_000.0
POLICY = Policy.load()
APART = replace(POLICY, threshold=1e9)  # every story opens an event

NOTICE = (
    "The Lindau Herald keeps small files on its readers' machines, called cookies by the law of the canton.",
    "It shows them to its 94 partners, so that all of them may tell who has read which page and for how long.",
)
LIKE = (
    "Articles You May Like",
    "Seven soups for the week in which the furnace is broken and the guests still come",
)
NEWS = (
    "A barge with gravel ran aground below the mill of Ebnat on Monday and has blocked the upper canal since.",
    "The watchmaker Ruedi Kolb will close his workshop in Sargach after 61 years, he told his three apprentices.",
    "Ursina Fehr of Wildhus won the cheese carriers' run on Sunday, eleven seconds ahead of her own mother.",
    "The parish of Amden votes in June on whether its bells may ring at night, the council said on Tuesday.",
    "Two lynxes were seen above the Speer lake, the first for a century, the wardens of the reserve reported.",
    "The organ builder Hannes Zogg died in Buchsen on Thursday at the age of 88, his family announced.",
)
STRIKE = (
    "The drivers of the lake buses in Rorsach have begun a strike of two days over the roster of the summer months, their union said.",
    "Some 4,000 commuters on the eastern shore had to walk or to take the boat, which was full from the first landing stage on.",
    "A spokesman of the bus company called the strike “a blow to those who can least afford it” and asked the canton to mediate.",
    "Talks are to be taken up again on Friday in the town hall, under the eyes of the mayor, who was a driver once himself.",
)
AVALANCHE = (
    "An avalanche buried a hut of the alpine club under the Sandgrat pass on Wednesday night, minutes after the last guests had left it.",
    "Nobody was hurt, the warden Flurin Caduff said, but the kitchen, the bunks and forty years of guest books are gone.",
    "The institute for snow research had raised the level of danger for the northern slopes only that afternoon.",
    "Whether the hut is built again in the same place will be for the club's general meeting to say, he added.",
)  # fmt: skip


def page(number, *paragraphs, **fields):
    return Article(
        file=f"{number}.txt", text="\n".join(paragraphs), language="en", published_s=NOW_S, **fields
    )


def herald(number, *paragraphs):
    return page(
        number, *NOTICE, *paragraphs, *LIKE, source="herald.example", url=f"https://herald.example/{number}"
    )


ARCHIVE = tuple(herald(number, news) for number, news in enumerate(NEWS))


@pytest.fixture
def store(make_store):
    return make_store()


@pytest.fixture
def warming(store):
    return Warming(store, POLICY)


@pytest.fixture
def ingest(store):
    return Ingest(store, POLICY, now=lambda: NOW_S)


def known(store):
    """What the stream has taught of a few words of these texts."""
    return store.counts("en", ["barge", "canal", "herald", "strike", "drivers", "avalanche"])


def test_an_archive_opens_no_event(warming, store):
    """Its words are counted, and there is no story, no event, no record, and nothing to look at again."""
    assert [warming.article(article) for article in (page(1, *STRIKE), page(2, *AVALANCHE))] == [
        Taught.LEARNED
    ] * 2
    counts = known(store)
    assert (counts.stories, counts.terms["strike"], counts.terms["avalanche"]) == (2, 1, 1)
    assert (list(store.stories()), list(store.events())) == ([], [])
    stats = store.stats()
    assert (stats["learned"], stats["stories"], stats["events"], stats["languages"]) == (2, 0, 0, {})
    assert store.languages() == ["en"]
    assert SecondLook(store, POLICY).look(100) == []


def test_it_teaches_what_the_stream_would_have(make_store):
    """The counts of all words are those after the same articles came as a stream."""
    articles = [page(1, *STRIKE), page(2, *AVALANCHE), *ARCHIVE]
    terms = sorted({word for article in articles for word in article.text.lower().split() if word.isalpha()})
    store = make_store()
    for article in articles:
        Warming(store, POLICY).article(article)
    warmed = store.counts("en", terms)
    store = make_store()
    ingest = Ingest(store, APART, now=lambda: NOW_S)
    told = [one.decision.outcome for article in articles for one in ingest.article(article)]
    assert set(told[:2]) == {Outcome.OPEN}
    streamed = store.counts("en", terms)
    # While its notice is not known yet, the stream takes pages of one sentence for copies of the first.
    copies = told.count(Outcome.DUPLICATE)
    assert warmed.stories - streamed.stories in range(copies + 1)
    assert all(warmed.terms[word] - streamed.terms[word] in range(copies + 1) for word in terms)
    assert warmed.terms["commuters"] == streamed.terms["commuters"] == 1


def test_an_archive_handed_in_again_counts_once(warming, store, contents):
    """By another process, after an interruption, or for no reason: nothing changes."""
    for article in ARCHIVE[:4]:
        warming.article(article)
    for article in ARCHIVE:
        warming.article(article)
    before = contents(store), known(store)
    assert {warming.article(article) for article in ARCHIVE} == {Taught.KNOWN}
    assert (contents(store), known(store)) == before
    assert known(store).stories == len(ARCHIVE)


def test_two_at_once_count_an_article_once(store, place_of):
    """Both have found it new; the store takes it from one."""
    lessons = [Lesson(["barge"], Shown(runs=(b"run-0001",)))]
    assert store.learn("en", place_of("archive"), lessons)
    assert not store.learn("en", place_of("archive"), lessons)
    assert known(store).terms["barge"] == 1


def test_what_was_learned_from_is_decided_like_any_other_and_counts_no_second_time(warming, ingest, store):
    """The archive's articles may come with the stream as well."""
    for article in ARCHIVE:
        warming.article(article)
    before = known(store)
    outcomes = [one.decision.outcome for article in ARCHIVE for one in ingest.article(article)]
    assert outcomes == [Outcome.OPEN] * len(ARCHIVE)
    assert known(store) == before


def test_what_was_decided_teaches_nothing_more(warming, ingest, store, contents):
    """An archive that holds what the stream brought counts the rest only."""
    list(ingest.article(page(1, *STRIKE)))
    before = contents(store)
    assert warming.article(page(1, *STRIKE)) is Taught.KNOWN
    assert contents(store) == before
    assert warming.article(page(2, *AVALANCHE)) is Taught.LEARNED


def test_copies_in_an_archive_count_once(warming, store):
    """A wire report that twenty outlets ran is one report."""
    for number in range(20):
        outlet = {"source": f"outlet-{number}.example", "url": f"https://outlet-{number}.example/strike"}
        assert warming.article(page(number, *STRIKE, **outlet)) is Taught.LEARNED
    assert known(store).stories == 1
    assert known(store).terms["strike"] == 1


def test_furniture_is_learned_from_an_archive(warming, ingest):
    """The first page that is decided is compared by its own sentence, without the notice and the links."""
    for article in ARCHIVE[:5]:
        warming.article(article)
    (told,) = ingest.article(ARCHIVE[5])
    assert told.record["words"] < 25
    assert told.story.paragraphs == (*NOTICE, NEWS[5], *LIKE)


def test_without_the_archive_the_notice_counts(ingest):
    """What the test before is about."""
    (told,) = ingest.article(ARCHIVE[5])
    assert told.record["words"] > 50


def test_a_page_is_cut_where_a_story_of_the_archive_begins(warming, ingest):
    """As if the stream had brought that story."""
    both = page(1, *STRIKE, *AVALANCHE)
    warming.article(page(2, *AVALANCHE, url="https://herald.example/avalanche"))
    assert [one.story.first_paragraph for one in ingest.article(both)] == [0, 4]


def test_what_is_remembered_of_archives_is_bounded(make_desk, place_of):
    """Two generations of articles; what is older may be learned from again."""
    store = make_desk(learned=3).store
    places = [place_of(f"archive {number}") for number in range(8)]
    lessons = [Lesson(["barge"], Shown())]
    assert all(store.learn("en", place, lessons) for place in places)
    # The third generation holds the last two, the second the three before them.
    assert [store.learn("en", place, lessons) for place in places[3:]] == [False] * 5
    assert store.learn("en", places[0], lessons)


def test_files_and_folders_of_any_format_are_read(warming, tmp_path):
    """A text, compressed JSON lines with labels, a broken file and a broken record: each has its outcome."""
    (tmp_path / "a.txt").write_text("\n".join(STRIKE))
    rows = [json.dumps({"label": "x", "text": "\n".join(AVALANCHE)}), json.dumps({"label": "y"})]
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7\0\0")
    files = [str(tmp_path / name) for name in ("a.txt", "b.jsonl.gz", "c.pdf", "gone.txt")]
    told = list(warming.files(files, Limits()))
    assert told[:2] == [Taught.LEARNED] * 2
    assert all(isinstance(one, Refused) for one in told[2:])
    assert [(one.reason, one.record) for one in told[2:]] == [
        ("no_text", 1),
        ("unsupported", None),
        ("missing", None),
    ]
    assert list(warming.files(files, Limits()))[:2] == [Taught.KNOWN] * 2


def test_what_was_learned_leaves_the_caution(warming, ingest):
    """No event is known after it, so how crowded it is around a story is not known either."""
    for article in ARCHIVE:
        warming.article(article)
    (told,) = ingest.article(page("strike", *STRIKE))
    assert told.decision.threshold == pytest.approx(POLICY.threshold + POLICY.caution)
