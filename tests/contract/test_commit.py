"""What a commit leaves behind, and when it is refused."""

from dataclasses import replace

import pytest

from newsloom.core.describe import POSTED, SOUGHT
from newsloom.core.model import Outcome
from newsloom.errors import Conflict
from newsloom.store import keys
from newsloom.store.values import JOURNAL_CAP, Known, compared

SHARED = (3, 14, 159)  #: hashes of shingles


def test_an_empty_store_knows_nothing(desk, store, place_of):
    """Nothing is recalled, known, counted or listed before the first commit."""
    query = desk.write("harbour ferry fog")
    recalled = desk.recall(query)
    assert (recalled.version, recalled.candidates) == (0, ())
    assert recalled.terms == tuple(query.profile.body)
    assert store.known("en", place_of("page")) == Known(segments=(), decided={}, earlier=(), previous=None)
    assert store.counts("en", ["harbour"]).stories == 0
    assert store.counts("en", ["harbour"]).terms == {"harbour": 0}
    assert store.story(query.story.id) is None
    assert store.event(query.story.id) is None
    assert list(store.events()) == []
    assert list(store.stories()) == []


def test_what_was_only_asked_about_is_not_listed(store, desk, place_of):
    """A language counts from its first story, not from the first question about it."""
    store.known("fi", place_of("page"))
    store.counts("fi", ["satama"])
    desk.recall(desk.write("satama lautta", language="fi"))
    assert store.stats()["languages"] == {}


def test_after_a_commit_all_views_agree(desk, store, place_of):
    """The story, its event, the lists and the statistics tell one and the same."""
    query = desk.write("harbour ferry fog 12", title="Ferry waits in fog", language="en", file="a/b.txt")
    place = place_of("page")
    event = desk.commit(query, place=place, counted=["harbour", "ferry"])

    stored = store.story(query.story.id)
    assert stored is not None
    assert (stored.event, stored.outcome, stored.language) == (event, Outcome.OPEN, "en")
    assert (stored.file, stored.article_id, stored.title) == ("a/b.txt", "a/b.txt", "Ferry waits in fog")
    assert (stored.part, stored.parts, stored.first_paragraph, stored.paragraphs) == (0, 1, 0, 1)
    assert (stored.duplicate_of, stored.revision_of, stored.source, stored.url) == (None, None, None, None)
    assert stored.member.profile == query.profile
    assert (stored.member.story, stored.member.time_s) == (query.story.id, desk.now_s)

    summary = store.event(event)
    assert summary is not None
    assert (summary.event, summary.size, summary.stories) == (event, 1, (query.story.id,))
    assert (summary.first_s, summary.last_s) == (desk.now_s, desk.now_s)
    assert (summary.title, summary.language) == ("Ferry waits in fog", "en")
    assert list(store.events()) == [summary]
    assert list(store.stories()) == [stored]

    known = store.known("en", place)
    assert known.segments == ((0, 1),)
    assert {part: (d.story, d.event, d.outcome) for part, d in known.decided.items()} == {
        0: (query.story.id, event, Outcome.REPEAT)
    }
    (candidate,) = desk.recall(desk.write("ferry queue")).candidates
    assert (candidate.event, candidate.size, candidate.members) == (event, 1, (stored.member,))
    assert store.counts("en", ["harbour", "queue"]).terms == {"harbour": 1, "queue": 0}
    assert store.counts("en", []).stories == 1
    stats = store.stats()
    assert (stats["stories"], stats["events"]) == (1, 1)
    assert stats["outcomes"] == {"revision": 0, "duplicate": 0, "attach": 0, "open": 1}
    assert stats["languages"] == {"en": 1}


def test_an_event_without_a_headline_is_called_by_its_first_words(desk, store):
    """The title of an event is its first story's headline, else how that begins."""
    event = desk.open("harbour ferry fog")
    desk.attach("harbour ferry wreck", event, title="A headline that came later")
    assert store.event(event).title == "harbour ferry fog"


def test_the_newest_version_of_its_first_story_names_an_event(desk, store, place_of):
    """A correction or a retraction does; one of another article does not, nor one without a headline."""
    pages = {}

    def submit(page, outcome=Outcome.REVISION, **how):
        query, version = desk.write("harbour ferry", **how), f"{len(list(store.stories()))}"
        known = store.known("en", place_of(page, version))
        (before, _) = pages.get(page, (None, None))
        event = desk.commit(
            query,
            outcome,
            known.earlier[0].event if known.earlier else pages.get("wire", (None, None))[1],
            place=place_of(page, version),
            known=known,
            revision_of=before,
        )
        pages[page] = query.story.id, event
        return store.event(event).title

    assert submit("wire", Outcome.OPEN, title="Two dead in leak") == "Two dead in leak"
    assert submit("reprint", Outcome.ATTACH, title="Two dead in leak") == "Two dead in leak"
    assert submit("reprint", title="Leak: what we know") == "Two dead in leak"
    assert submit("wire", title="Three dead in leak") == "Three dead in leak"
    assert submit("reprint", title="Leak: the day after") == "Three dead in leak"
    assert submit("wire", title="RETRACTED: dead in leak") == "RETRACTED: dead in leak"
    assert submit("wire") == "RETRACTED: dead in leak"


def test_stale_where_an_event_is_called_by_another_story_meanwhile(desk, store, contents, place_of):
    """What the record says of the headline is so."""
    wire = desk.write("harbour ferry", title="Two dead in leak")
    event = desk.commit(wire, place=place_of("wire", "1"))
    known = store.known("en", place_of("wire", "2"))
    assert known.headlines == {wire.story.id: "Two dead in leak"}
    other = replace(known, headlines={desk.attach("ferry", event): "Two dead in leak"})
    revised = desk.write("harbour", title="Three dead in leak")
    how = {"place": place_of("wire", "2"), "revision_of": next(iter(other.headlines))}
    before = contents(store)
    with pytest.raises(Conflict):
        desk.commit(revised, Outcome.REVISION, event, known=other, **how)
    assert contents(store) == before


def test_of_two_stories_that_revise_one_the_first_names_the_event(desk, store, place_of):
    """The other is decided again, and then leaves the headline as it is."""
    wire = desk.write("harbour ferry", title="Two dead in leak")
    event = desk.commit(wire, place=place_of("wire", "1"))
    known, segments = store.known("en", place_of("wire", "2")), ((0, 1), (1, 2))
    how = {"place": place_of("wire", "2"), "segments": segments, "revision_of": wire.story.id}
    page = [desk.write("harbour", part=part, parts=2, title=f"Part {part}") for part in (0, 1)]
    desk.commit(page[0], Outcome.REVISION, event, known=known, **how)
    with pytest.raises(Conflict):
        desk.commit(page[1], Outcome.REVISION, event, known=known, **how)
    desk.commit(page[1], Outcome.REVISION, event, known=store.known("en", place_of("wire", "2")), **how)
    assert (store.event(event).title, store.event(event).size) == ("Part 0", 3)


def test_an_event_keeps_its_id_as_it_grows(desk, store):
    """Whatever joins, the event's id and the order of its stories stay."""
    event, other = desk.open("harbour ferry fog"), desk.open("orchard frost apples")
    before = [story.event for story in store.stories()]
    copied = desk.write("harbour ferry fog", title="A copy")
    first = store.event(event).stories[0]
    desk.commit(copied, Outcome.DUPLICATE, event, duplicate_of=first)
    attached = desk.attach("ferry wreck", event)
    revised = desk.write("orchard frost pears")
    desk.commit(revised, Outcome.REVISION, other, revision_of=store.event(other).stories[0])
    assert [story.event for story in store.stories()] == [*before, event, event, other]
    assert [summary.event for summary in store.events()] == [event, other]
    assert store.event(event).stories == (first, copied.story.id, attached)
    assert store.event(event).size == 3
    assert store.story(copied.story.id).duplicate_of == first
    assert store.story(revised.story.id).revision_of == store.event(other).stories[0]
    assert store.stats()["outcomes"] == {
        "revision": 1, "duplicate": 1, "attach": 1, "open": 2,
    }  # fmt: skip
    assert store.stats()["events"] == 2


def test_an_article_stands_for_the_summary_that_went_before(desk, store):
    """It is a copy of that, and what later stories are compared with; of its counts the stream learns as of any other."""
    event = desk.open("harbour ferry")
    (summary,) = store.event(event).stories
    article = desk.write("harbour ferry fog quay siren tugs dawn")
    desk.commit(article, Outcome.DUPLICATE, event, duplicate_of=summary, redundant=False)
    later = desk.attach("siren dawn", event)
    (candidate,) = desk.recall(desk.write("tugs")).candidates
    assert (candidate.size, [member.story for member in candidate.members]) == (3, [article.story.id, later])
    assert [one.member.story for one in compared(list(store.stories()))] == [article.story.id, later]


def test_one_rewrite_more_is_not_compared(desk, store):
    """It tells nothing that others do not, in much the same words; it is a story of the event all the same."""
    event = desk.open("harbour ferry fog")
    (first,) = store.event(event).stories
    rewrite = desk.write("harbour ferry fog quay")
    desk.commit(rewrite, Outcome.ATTACH, event, rewrite_of=first, redundant=True)
    (candidate,) = desk.recall(desk.write("quay")).candidates
    assert (candidate.size, [member.story for member in candidate.members]) == (2, [first])
    assert store.event(event).stories == (first, rewrite.story.id)
    assert store.story(rewrite.story.id).rewrite_of == first


def test_lists_come_in_order_of_commit(desk, store):
    """Stories and events of a language are listed as they were committed, whatever their dates."""
    dates = [500.0, 300.0, None, 400.0, 100.0]
    events = [desk.open(f"topic{i}", published_s=date) for i, date in enumerate(dates)]
    assert [summary.event for summary in store.events()] == events
    assert [story.event for story in store.stories()] == events


def test_more_stories_than_a_page_are_all_listed(desk, store, monkeypatch):
    """Listing goes on past the first page of answers."""
    monkeypatch.setattr(keys, "PAGE", 100)
    event = desk.open("harbour")
    stories = [desk.attach("harbour", event) for _ in range(300)]  # a page of all stories has 128
    assert [story.member.story for story in store.stories()][1:] == stories
    assert list(store.event(event).stories[1:]) == stories
    assert [story.member.story for story in store.stories_of("en", event)][1:] == stories
    assert store.stats()["stories"] == 301


def test_languages_are_apart(desk, store):
    """The same words in another language recall nothing, conflict with nothing and are counted apart."""
    waiting = desk.write("radio", language="pl", hashes=SHARED)
    recalled = desk.recall(waiting)
    event = desk.open("radio", language="en", hashes=SHARED)
    other = desk.commit(waiting, recalled=recalled)
    assert desk.recalled_events(desk.write("radio", language="en")) == [event]
    listed = {language: [each.event for each in store.events(language)] for language in ("en", "pl", "de")}
    assert listed == {"en": [event], "pl": [other], "de": []}
    told = {language: [each.event for each in store.stories(language)] for language in ("en", "pl", "de")}
    assert told == listed
    assert store.stats()["languages"] == {"en": 1, "pl": 1}
    assert store.event(event).language == "en"


# Idempotence


def test_committing_twice_equals_once(desk, store, contents):
    """The second commit of a story is a conflict and leaves no trace, on a fresh recall as well."""
    query = desk.write("harbour ferry fog")
    recalled = desk.recall(query)
    event = desk.commit(query, recalled=recalled, counted=["harbour"])
    before = contents(store)
    with pytest.raises(Conflict):
        desk.commit(query, recalled=recalled, counted=["harbour"])
    with pytest.raises(Conflict):
        desk.commit(query, counted=["harbour"])
    with pytest.raises(Conflict):
        desk.commit(query, Outcome.ATTACH, event, counted=["harbour"])
    assert contents(store) == before


# What a decision relied on


def refused(desk, contents, query, recalled, *decided):
    """Whether a commit is refused and changes nothing, and goes through once it is recalled anew."""
    before = contents(desk.store)
    with pytest.raises(Conflict):
        desk.commit(query, *decided, recalled=recalled, counted=["x"])
    unchanged = contents(desk.store) == before
    desk.commit(query, *decided)
    return unchanged


def test_stale_where_a_compared_event_has_changed(desk, contents):
    """A candidate grew by a story that shares neither a term nor a shingle hash with the one in hand."""
    event = desk.open("harbour ferry")
    query = desk.write("harbour queue")
    recalled = desk.recall(query)
    desk.attach("captain inquiry", event)
    assert refused(desk, contents, query, recalled, Outcome.ATTACH, event)


def test_stale_where_an_empty_list_has_gained_something(desk, contents):
    """Nothing was recalled, and meanwhile an event was opened that shares one term."""
    query = desk.write("harbour ferry fog")
    recalled = desk.recall(query)
    assert recalled.candidates == ()
    desk.open("orchard fog")
    assert refused(desk, contents, query, recalled)


def test_stale_where_a_list_has_gained_a_further_event(desk, contents):
    """The list held an event already; that it holds two now makes the decision stale."""
    event = desk.open("harbour ferry")
    query = desk.write("harbour fog")
    recalled = desk.recall(query)
    desk.open("harbour crane")
    assert refused(desk, contents, query, recalled, Outcome.ATTACH, event)


def test_stale_where_a_list_that_was_only_read_has_gained_something(desk, contents):
    """A story is not entered under all terms that it looks for others by; what comes under those counts as well."""
    query = desk.write("harbour fog")
    recalled = desk.recall(query)
    desk.open("fog")
    before = contents(desk.store)
    with pytest.raises(Conflict):
        desk.commit(query, recalled=recalled, terms=["harbour"])
    assert contents(desk.store) == before


@pytest.mark.parametrize("at", [0, POSTED - 1])
@pytest.mark.parametrize("place", [0, SOUGHT - 1])
def test_stale_where_a_copy_may_have_arrived(desk, contents, at, place):
    """A story without a shared term, but posted under a shingle hash that the one in hand looks under."""
    query = desk.write("harbour ferry", hashes=[100 + i if i != place else 7 for i in range(SOUGHT)])
    recalled = desk.recall(query)
    desk.open("orchard frost", hashes=[200 + i if i != at else 7 for i in range(SOUGHT)])
    assert refused(desk, contents, query, recalled)


def test_a_shingle_that_no_list_has_is_no_conflict(desk):
    """What arrived shares a hash that it is not posted under."""
    query = desk.write("harbour ferry", hashes=(7,))
    recalled = desk.recall(query)
    desk.open("orchard frost", hashes=[*range(100, 100 + POSTED), 7])
    desk.commit(query, recalled=recalled)


@pytest.mark.parametrize("behind", [1, 7, 60])
def test_unrelated_commits_are_no_conflict(desk, store, behind):
    """What shares no event, no term and no shingle hash may be written in between, any number of times."""
    event = desk.open("harbour ferry")
    query = desk.write("harbour fog")
    recalled = desk.recall(query)
    other = desk.open("orchard0")
    for i in range(1, behind):
        desk.attach(f"orchard{i}", other)
    desk.commit(query, Outcome.ATTACH, event, recalled=recalled)
    assert store.event(event).size == 2


def test_a_term_that_begins_like_another_is_another(desk):
    """Lists are told apart by the whole term."""
    query = desk.write("harbour")
    recalled = desk.recall(query)
    desk.open("harbourside harb arbour")
    desk.commit(query, recalled=recalled)


def test_stale_where_the_journal_has_overflowed(desk, store, contents):
    """As far as the journal reaches, an unrelated past is told from a related one; beyond it, no decision stands."""
    first, second = desk.write("harbour ferry"), desk.write("lighthouse keeper")
    recalled = desk.recall(first), desk.recall(second)
    event = desk.open("orchard0")
    for i in range(1, JOURNAL_CAP):
        desk.attach(f"orchard{i}", event)
    desk.commit(first, recalled=recalled[0])
    assert refused(desk, contents, second, recalled[1])
    assert store.stats()["stories"] == JOURNAL_CAP + 2


def test_stale_where_the_oldest_entry_of_the_journal_matters(desk, contents):
    """The first of many commits since the recall counts as much as the last."""
    query = desk.write("harbour ferry")
    recalled = desk.recall(query)
    desk.open("ferry wreck")
    event = desk.open("orchard")
    for i in range(30):
        desk.attach(f"pears{i}", event)
    assert refused(desk, contents, query, recalled)


def test_stale_where_the_place_has_got_another_version(desk, store, contents, place_of):
    """Two versions of one page, with nothing in common, decided at once: the second is told of the first."""
    first, second = desk.write("harbour ferry"), desk.write("orchard frost")
    one, two = place_of("page", "1"), place_of("page", "2")
    known = store.known("en", two)
    recalled = desk.recall(second)
    event = desk.commit(first, place=one)
    before = contents(store)
    with pytest.raises(Conflict):
        desk.commit(second, place=two, known=known, recalled=recalled)
    assert contents(store) == before
    known = store.known("en", two)
    assert [earlier.event for earlier in known.earlier] == [event]
    desk.commit(second, Outcome.REVISION, event, place=two, known=known, revision_of=first.story.id)


@pytest.mark.parametrize("outcome", [Outcome.ATTACH, Outcome.DUPLICATE, Outcome.REVISION])
def test_nothing_joins_an_event_that_is_not_there(desk, store, contents, outcome):
    """An event that is gone cannot be joined: the story is decided again."""
    desk.open("orchard frost")
    before = contents(store)
    with pytest.raises(Conflict):
        desk.commit(desk.write("harbour"), outcome, "00000000deadbeef")
    assert contents(store) == before


def test_stale_where_the_index_was_lost(redis_desk, contents, clean):
    """A recall from before the server lost its data cannot be committed to the index that begins anew."""
    redis_desk.open("orchard")
    query = redis_desk.write("harbour")
    recalled = redis_desk.recall(query)
    clean.flushdb()
    assert refused(redis_desk, contents, query, recalled)


def test_texts_of_any_kind_survive(desk, store):
    """Titles, terms and paths in any script come back as they went in."""
    title = 'Пожар 火災 — «อัคคีภัย» \x1f\t"quoted" {en} %s \\n ʻ'
    query = desk.write("пожар 火災 อัคคีภัย {en} : %d", title=title, file="dir with space/ü:{x}.txt")
    event = desk.commit(query)
    assert store.event(event).title == title
    assert store.story(query.story.id).file == "dir with space/ü:{x}.txt"
    kept = store.story(query.story.id).member.profile
    assert kept == replace(query.profile, norms=kept.norms)
    assert kept.norms == pytest.approx(query.profile.norms)  # in half their bytes
    assert desk.recalled_events(desk.write("火災")) == [event]


def test_a_story_without_a_term_is_kept(desk, store):
    """Nothing to index by is no reason to lose a story; its shingles still find it."""
    query = desk.write("", hashes=SHARED)
    event = desk.commit(query)
    assert store.story(query.story.id).member.profile == query.profile
    assert desk.recalled_copies(desk.write("", hashes=SHARED)) == [(event, query.story.id)]
