"""Articles that are decided together are decided as if each came alone."""

import itertools
import time

import pytest

from newsloom.batch import Batch
from newsloom.core.model import Article, Outcome
from newsloom.core.policy import Policy
from newsloom.errors import Conflict
from newsloom.ingest import Ingest
from newsloom.store.memory import MemoryStore
from newsloom.store.redis import RedisStore
from newsloom.store.values import Caps, Question

START_S, HOUR_S = 1_700_000_000.0, 3_600.0
POLICY = Policy.load()


class Clock:
    """An hour later each time that it is asked."""

    def __init__(self):
        self.now_s = START_S

    def __call__(self):
        self.now_s += HOUR_S
        return self.now_s


def told(pairs):
    """All that was decided, without what is measured in milliseconds."""
    return [
        (number, one.decision, {name: value for name, value in one.record.items() if name != "took_ms"})
        for number, one in pairs
    ]


def alone(store, stream):
    ingest = Ingest(store, POLICY, now=Clock())
    return told((number, one) for number, article in enumerate(stream) for one in ingest.article(article))


def together(store, stream, size):
    ingest, found = Ingest(store, POLICY, now=Clock()), []
    for start in range(0, len(stream), size):
        found += told((start + at, one) for at, one in ingest.articles(stream[start : start + size]))
    return found


FURNITURE = "Sign here for the evening post of the Courier and all of its letters"
STORIES = (
    "Two ferries met in the fog off the harbour at Port Ellery and nine people were hurt, the harbour office said.",
    "Meridian Bank will close sixty branches by the autumn and move the counters into post offices, it said.",
    "A cyclist died under a lorry at the Linfield crossing, where the council had planned a bridge for years.",
    "The mayor of Ostley resigned over the sale of the old gasworks, hours before the council was to meet.",
)


def page(number, *paragraphs, **fields):
    return Article(file=f"{number}.txt", text="\n".join(paragraphs), language="en", **fields)


def test_a_decision_that_names_its_event_says_so(store):
    """One that opens it without a headline, and a new version of the first story that has another; no other does."""
    leak, url = STORIES[0], "https://courier.example/1"
    titles = ("Two dead", "Two dead", "CORRECTION: three dead", None, "RETRACTED")
    stream = [
        page(number, f"{leak} Edition {number}.", url=url, title=title) for number, title in enumerate(titles)
    ]
    stream += [page(9, STORIES[1]), page(10, f"{STORIES[1]} It will.", title="Sixty branches close")]
    records = [record for _, _, record in together(store, stream, 4)]
    assert [record["outcome"] for record in records[:6]] == ["open", *["revision"] * 4, "open"]
    assert records[6]["outcome"] != "open"
    told = [record["event_title"] for record in records]
    assert told == [None, None, "CORRECTION: three dead", None, "RETRACTED", STORIES[1], None]
    assert [event.title for event in store.events()] == ["RETRACTED", STORIES[1]]


@pytest.mark.parametrize("lines", [480, 12, 6])
def test_what_a_source_repeats_is_learned_within_a_batch(lines):
    """A line becomes furniture in the middle of a batch, for the very next article; others are forgotten."""
    stream = [
        page(number, STORIES[number % 4], f"{number} {FURNITURE}", *extra, source="courier.example")
        for number in range(16)
        for extra in [[f"Only here: {'x' * k}{number}" for k in range(number % 5)]]
    ]
    caps = Caps(lines=lines)
    found = together(MemoryStore(caps), stream, 16)
    assert found == alone(MemoryStore(caps), stream)
    assert {record["words"] for _, _, record in found[:3]} != {record["words"] for _, _, record in found[9:]}


def test_a_page_is_cut_by_stories_of_its_own_batch():
    """A story seen alone shows where it begins on a page that comes right after it."""
    long = [f"{story} {other}" for story, other in zip(STORIES, STORIES[1:] + STORIES[:1], strict=True)]
    first, second = long[:2], [long[2], STORIES[3] + " He gave no reason but his health and his age."]
    stream = [page("second", *second), page("both", *first, *second), page("first", *first)]
    assert together(MemoryStore(), stream, 3) == alone(MemoryStore(), stream)


def test_an_article_that_comes_twice_in_a_batch_is_a_repeat():
    """And one with the same address and another text is a version."""
    address = {"url": "https://courier.example/ferries"}
    stream = [
        page(1, STORIES[0], **address),
        page(1, STORIES[0], **address),
        page(2, STORIES[0] + " One of them later died.", **address),
    ]
    found = [decision.outcome for _, decision, _ in together(MemoryStore(), stream, 3)]
    assert found == [Outcome.OPEN, Outcome.REPEAT, Outcome.REVISION]


SHORT = "CO2: 417,3 ppm"  # in no language


@pytest.mark.parametrize("size", [1, 3, 8])
def test_what_tells_no_language_is_of_that_of_its_page_or_source(make_store, size):
    """A feed's line comes before the article and after it; where neither page nor source is known, nobody knows."""
    german = (
        "Zwei Fähren sind im Nebel vor dem Hafen zusammengestoßen, neun Menschen wurden verletzt, so das Amt."
    )
    bulletin, courier = {"source": "bulletin.example"}, {"source": "courier.example"}
    stream = [
        Article(file="0", text=SHORT, **courier),
        *(
            Article(file=f"{number}", text=f"{story} {number}", **courier)
            for number, story in enumerate(STORIES, 1)
        ),
        Article(file="6", text=german, url="https://bulletin.example/nebel", **bulletin),
        Article(file="7", text=SHORT + ".", url="https://bulletin.example/nebel", **bulletin),
        Article(file="8", text=SHORT + "!", **courier),
        Article(file="9", text=SHORT, **bulletin),
    ]
    found = together(make_store(), stream, size)
    assert [record["language"] for _, _, record in found] == ["und", *["en"] * 4, "de", "de", "en", "und"]
    assert found[6][1].outcome is Outcome.REVISION
    assert found == alone(MemoryStore(), stream)


class Overtaken:
    """A store in which another worker gets on between a recall and its commit, so many times."""

    def __init__(self, store, other, refused):
        self._store = store
        self._other = other
        self._left = refused

    def __getattr__(self, name):
        return getattr(self._store, name)

    def commit_and_recall(self, commit, then):
        if self._left:
            self._left -= 1
            self._other()
        return self._store.commit_and_recall(commit, then)


@pytest.mark.parametrize("refused", [1, 3])
def test_what_was_overtaken_is_decided_anew_and_the_batch_goes_on(make_store, refused):
    """Another worker tells of the same events meanwhile: nobody opens one twice, and all are told in order."""
    store = make_store()
    others = iter(range(100, 200))

    def other():
        number = next(others)
        story = STORIES[(number - 100) % 4].replace("said", "told us")
        list(Ingest(store, POLICY, now=Clock()).article(page(number, story)))

    stream = [page(number, story) for number, story in enumerate(STORIES)]
    found = list(Ingest(Overtaken(store, other, refused), POLICY, now=Clock()).articles(stream))
    assert [number for number, _ in found] == [0, 1, 2, 3]
    assert [one.record["retries"] for _, one in found] == [int(number < refused) for number in range(4)]
    assert len(list(store.events())) == len(STORIES)
    assert {one.story.id for _, one in found} <= {story.member.story for story in store.stories()}


def test_weights_know_of_every_story_that_is_compared(make_store):
    """Another worker's first story comes between the counts and the recall: its names are no longer new."""
    store, other = make_store(), page(100, STORIES[0].replace("said", "told us"))

    class Between(Overtaken):
        def recall(self, question):
            if self._left:
                self._left -= 1
                self._other()
            return self._store.recall(question)

    def first():
        list(Ingest(store, POLICY, now=Clock()).article(other))

    ((_, late),) = Ingest(Between(store, first, 1), POLICY, now=Clock()).articles([page(0, STORIES[0])])
    calm = make_store()
    list(Ingest(calm, POLICY, now=Clock()).article(other))
    ((_, expected),) = Ingest(calm, POLICY, now=Clock()).articles([page(0, STORIES[0])])
    assert late.decision.score == expected.decision.score
    assert late.decision.event == expected.decision.event


def test_a_refused_commit_lets_the_question_behind_it_be_heard(make_store):
    """The conflict is raised; what was asked together with it has done no harm."""
    store = make_store()
    ingest = Ingest(store, POLICY, now=Clock())
    commits = []

    class Noting(Overtaken):
        def commit(self, commit):
            commits.append(commit)
            return self._store.commit(commit)

    list(Ingest(Noting(store, None, 0), POLICY, now=Clock()).articles([page(0, STORIES[0])]))
    with pytest.raises(Conflict):
        store.commit_and_recall(commits[-1], Question(commits[-1].query, (), 0.6))
    assert [one.decision.outcome for one in ingest.article(page(0, STORIES[0]))] == [Outcome.REPEAT]


@pytest.mark.parametrize("kept", [[], ["recall"], ["commit"], ["known"], ["repeated"]])
def test_scripts_that_the_server_forgot_are_sent_again(clean, kept):
    """A restart or SCRIPT FLUSH between two round trips loses no commit, makes none twice and changes no order."""

    class Flushing(RedisStore):
        def commit(self, commit):
            self.flush()
            return super().commit(commit)

        def commit_and_recall(self, commit, then):
            self.flush()
            return super().commit_and_recall(commit, then)

        def known_and_repeated(self, asked):
            self.flush()
            return super().known_and_repeated(asked)

        def flush(self):
            clean.script_flush()
            for name in kept:
                clean.script_load(self._scripts.by_name[name].text)

    stream = [page(number, story) for number, story in enumerate(STORIES * 2)]
    found = together(Flushing(clean), stream, 8)
    assert found == alone(MemoryStore(), stream)


def test_scripts_that_the_server_forgets_all_the_time(clean):
    """Scripts that are forgotten again before they are called by their digest cost time, and no article."""

    def forgetting(*args, run=clean.execute_command, **options):
        if args[0] == "EVALSHA":
            run("SCRIPT FLUSH")
        return run(*args, **options)

    stream = [page(number, story) for number, story in enumerate(STORIES * 2)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clean, "execute_command", forgetting)
        found = together(RedisStore(clean), stream, 8)
    assert found == alone(MemoryStore(), stream)


def test_what_an_article_without_stories_took(monkeypatch):
    """It is not told of the next one."""
    batch = Batch(MemoryStore(), POLICY, Clock())
    # A thousand seconds later each time that it is asked.
    ticks = itertools.count(time.perf_counter(), 1_000.0)
    monkeypatch.setattr(time, "perf_counter", lambda: next(ticks))
    empty, full = batch.open([page(0), page(1, STORIES[0])])
    assert not empty.stories
    assert full.watches[0].took_ms["split"] == pytest.approx(1e6, rel=0.1)
