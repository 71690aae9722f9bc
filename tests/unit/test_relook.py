"""The second look's rule: a table of cases, then the look itself on a store in memory."""

import dataclasses
import itertools
import math

import pytest

from newsloom import byhand
from newsloom.core.decide import event_id
from newsloom.core.model import Article, Candidate, Decision, Member, Outcome, Profile, Story
from newsloom.core.policy import Policy
from newsloom.core.relook import Ballot, Division, ask, closer, divide, favourite, union, vote
from newsloom.core.views import DAY_S, Query
from newsloom.relook import SecondLook
from newsloom.store.base import Commit, Known, Place
from newsloom.store.memory import MemoryStore

NOW_S = 1_700_000_000.0
NONE = frozenset()
#: A rule that can be worked out by hand: ten times the cosine, less five; a vote takes 6 in 10 in
#: common, and parts with less than 3 in 10 in common are two.
POLICY = dataclasses.replace(
    Policy.load(),
    intercept=-5.0,
    coefficients={"body": 10.0},
    threshold=0.0,
    window_days=7,
    caution=0.0,
    prior_stories=1e9,  # the stream teaches nothing here
    merge_margin=1.0,
    merge_quorum=0.6,
    split_margin=2.0,
)
WEIGHTS = dict.fromkeys("abcdefghijklmnopqrstuvwxyz", 3.0)


def profile(terms, weights=WEIGHTS):
    norm = math.sqrt(sum(weights[t] ** 2 for t in terms))
    empty = 0.0
    return Profile(
        0,
        NONE,
        200,
        dict.fromkeys(terms, 1.0),
        NONE,
        NONE,
        NONE,
        NONE,
        (norm, empty, empty, empty, empty),
    )


def member(terms, name=None, at_s=NOW_S):
    return Member(name or terms, at_s, at_s, profile(terms))


def event(name, *texts):
    return Candidate(name, len(texts), tuple(map(member, texts)))


def asked(terms):
    return ask(member(terms), "en", WEIGHTS)


# -- the pieces ----------------------------------------------------------------------------------


def test_a_member_is_measured_by_the_weights_of_now():
    """Its norms are those that it would have if it came today."""
    known = Member("m", None, 5.0, profile("abcd", dict.fromkeys("abcd", 9.0)))
    query = ask(known, "en", WEIGHTS)
    assert query.profile == profile("abcd")
    assert (query.story.id, query.story.published_s, query.story.arrived_s) == ("m", None, 5.0)
    assert query.story.language == "en"


@pytest.mark.parametrize(
    ("others", "choice"),
    [
        ([], None),
        ([event("own", "abcdefghij")], None),
        ([event("own", "abcdefghij"), event("e", "abcdefzyxw")], "e"),
        ([event("e", "abcdezyxwv")], None),
        ([event("d", "abcdefzyxw"), event("e", "abcdefgyxw")], "e"),
        ([Candidate("e", 1, (member("abcdefghij", at_s=NOW_S + 8 * DAY_S),))], None),
    ],
    ids=["nobody", "its own event", "alike", "alike, not enough", "the best of two", "of another week"],
)
def test_a_vote(others, choice):
    """For the best other event that clears the bar by the margin, or for none."""
    assert vote(asked("abcdefghij"), others, "own", POLICY, 0).choice == choice


def ballots(*choices):
    return [Ballot(str(number), choice, 1.5) for number, choice in enumerate(choices)]


@pytest.mark.parametrize(
    ("ours", "theirs", "votes"),
    [
        (["F"], ["E"], 2),
        (["F"], [None], None),
        ([None], ["E"], None),
        (["F", "F", None], ["E", None], 3),
        (["F", None, None], ["E", None], None),
        (["F", "F", "F"], [None, None], None),
        (["F", "F"], ["E", None, None], 3),
        (["G", "F"], ["E", "E"], 3),
    ],
    ids=[
        "two singletons", "one side only", "the other side only", "a quorum", "none", "no voice on the other side",
        "just a quorum", "one goes elsewhere",
    ],
)  # fmt: skip
def test_a_quorum(ours, theirs, votes):
    """Six in ten of the members of both, and someone on each side."""
    found = union("E", ballots(*ours), "F", ballots(*theirs), POLICY)
    assert (found and found.votes) == votes
    if found:
        assert (found.voters, found.clears) == (len(ours) + len(theirs), 1.5)


def test_the_favourite():
    """The event with most votes; a tie goes to the smaller id, no votes to none."""
    assert favourite(ballots("G", "F", "F", None)) == "F"
    assert favourite(ballots("G", "F")) == "F"
    assert favourite(ballots(None)) is None
    assert favourite([]) is None


@pytest.mark.parametrize(
    ("texts", "parts"),
    [
        (["abcd", "efgh"], None),
        (["abcd", "abce", "abcf"], None),
        (["abcd", "abce", "wxyz", "wxyv"], [["abcd", "abce"], ["wxyz", "wxyv"]]),
        (["wxyz", "abcd", "wxyv", "abce"], [["wxyz", "wxyv"], ["abcd", "abce"]]),
        (["abcd", "abce", "wxyz"], [["abcd", "abce"], ["wxyz"]]),
        (["abcd", "wxyz", "wxyv"], [["abcd"], ["wxyz", "wxyv"]]),
        (["abcd", "abef", "abgh", "efgh"], None),
        (["abcd", "cdef", "efgh", "ghij"], None),
        (["abcd", "ijkl", "qrst"], None),
    ],
    ids=[
        "two are never parted", "one event", "two tight halves", "in any order", "one that is foreign",
        "the first is foreign", "loosely linked", "a chain", "all foreign to each other",
    ],
)  # fmt: skip
def test_a_division(texts, parts):
    """Two parts that have next to nothing in common, each nearer to itself; else none."""
    found = divide([asked(text) for text in texts], [member(text) for text in texts], POLICY, 0)
    assert (found and [[one.story for one in part] for part in found.parts]) == parts
    if found:
        assert found.cross < -POLICY.split_margin < found.within


def test_who_is_no_member_goes_to_the_closer_part():
    """By the join rule between the two."""
    division = Division(((member("abcd"), member("abce")), (member("wxyz"),)), -5.0, 2.0)
    assert closer(asked("abqr"), division, POLICY, 0) == 0
    assert closer(asked("xyqr"), division, POLICY, 0) == 1


@pytest.mark.parametrize("quorum", [0.4, 1.1])
def test_a_quorum_is_more_than_half(quorum):
    """A policy with another is refused."""
    with pytest.raises(ValueError, match="merge_quorum"):
        dataclasses.replace(POLICY, merge_quorum=quorum)


# -- the look --------------------------------------------------------------------------------------


class Desk:
    """Writes stories straight into events, right or wrong."""

    def __init__(self):
        self.store = MemoryStore(window_days=POLICY.window_days)
        self.numbers = itertools.count(1)
        self.now_s = NOW_S
        self.looking = SecondLook(self.store, POLICY, now=lambda: self.now_s)

    def write(self, letters, event=None, language="en", outcome=Outcome.ATTACH, **follows):
        """Commit a story of these words; returns its event and its id."""
        terms = [f"qz{letter}zq" for letter in letters]  # no language knows them
        number = next(self.numbers)
        story_id = f"{number:016x}"
        article = Article(file=f"{number}.txt", text=letters, language=language)
        story = Story(story_id, article, language, 0, 1, 0, (letters,), letters, NOW_S, NOW_S + number)
        weights = dict.fromkeys(terms, 9.0)
        kept = dataclasses.replace(profile(terms, weights), simhash=number * 0x0001_0001_0001_0001)
        query = Query(story, kept, weights)
        into = event or event_id(story_id)
        self.store.commit(
            Commit(
                query=query,
                decision=Decision(story_id, into, outcome if event else Outcome.OPEN, "test", 0.0, **follows),
                recalled=self.store.recall(query, tuple(terms), 0),
                place=Place(f"{number:016x}", f"{number:016x}"),
                known=Known(),
                segments=((0, 1),),
                counted=(),
                record={},
            )
        )
        return into, story_id

    def open(self, *texts, language="en"):
        """An event of these stories."""
        event = None
        for text in texts:
            event, _ = self.write(text, event, language)
        return event

    def look(self, limit=100, **how):
        return [(one.kind, one.source, one.target) for one in self.looking.look(limit, **how)]

    def groups(self):
        return [sorted(self.store.story(s).title for s in event.stories) for event in self.store.events()]


@pytest.fixture
def desk():
    return Desk()


def test_two_singletons_that_clear_the_bar_now_become_one(desk):
    """The older keeps its id; why is told, of the whole and of the story that moved."""
    one, other = desk.open("abcdefgh"), desk.open("abcdefgx")
    (changed,) = desk.looking.look(100)
    assert (changed.kind, changed.source, changed.target) == ("event_merged", other, one)
    (kind, whole), (moved, story) = changed.records
    assert (kind, moved) == ("event_merged", "story_moved")
    assert (whole["event_id"], whole["merged"], whole["size"], whole["by"]) == (one, other, 2, "program")
    assert (whole["votes"], whole["voters"], whole["quorum"]) == (2, 2, 0.6)
    assert whole["clears"] == 3.75
    assert whole["policy"] == POLICY.version
    assert (story["from"], story["event_id"], story["because"]) == (other, one, "event_merged")
    assert desk.groups() == [["abcdefgh", "abcdefgx"]]


def test_the_same_look_twice_changes_nothing(desk):
    """What was found is found once; then nothing is due until the stream has doubled."""
    desk.open("abcdefgh"), desk.open("abcdefgx"), desk.open("klmnopqr")
    assert len(desk.look()) == 1
    assert desk.look() == []
    before = list(desk.store.events())
    assert desk.look() == []
    assert list(desk.store.events()) == before
    assert desk.store.young("en", 9).events == ()


def test_a_chain_does_not_become_one(desk):
    """A is like B and B like C, and the tellings of A and C are not alike: no quorum comes of it."""
    desk.open("abcdefgh", "abcdefgi", "abcdefgj")
    desk.open("efghklmn")
    desk.open("klmnpqrs", "klmnpqrt", "klmnpqru")
    assert desk.look() == []
    assert [len(group) for group in desk.groups()] == [3, 1, 3]


def test_look_alike_incidents_stay_apart(desk):
    """Half the words in common is not enough, however often the kind of thing happens."""
    for place in ("efgh", "ijkl", "mnop", "qrst"):
        desk.open("abcd" + place, "abcd" + place)
    assert desk.look() == []
    assert [len(group) for group in desk.groups()] == [2, 2, 2, 2]


def test_an_event_of_two_halves_is_split(desk):
    """The half with the first story keeps the id; copies and versions go with what they follow."""
    one, first = desk.write("abcdefgh")
    _, foreign = desk.write("qrstuvwx", one)
    desk.write("abcdefgi", one)
    desk.write("qrstuvwy", one)
    desk.write("vwxyz", one, outcome=Outcome.DUPLICATE, duplicate_of=foreign)
    desk.write("fghi", one, outcome=Outcome.DUPLICATE, duplicate_of=first)
    desk.write("stuv", one, outcome=Outcome.DUPLICATE, duplicate_of="f" * 16)  # that is gone
    (changed,) = desk.looking.look(100)
    assert (changed.kind, changed.source, changed.target) == ("event_split", one, event_id(foreign))
    assert desk.groups() == [["abcdefgh", "abcdefgi", "fghi"], ["qrstuvwx", "qrstuvwy", "stuv", "vwxyz"]]
    (kind, whole), *moves = changed.records
    assert (kind, whole["event_id"], whole["into"]) == ("event_split", one, event_id(foreign))
    assert (whole["stories"], whole["size"]) == (4, 3)
    assert whole["cross"] == -5.0
    assert {record["because"] for _, record in moves} == {"event_split"}
    assert desk.look() == []


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_look_is_bounded(desk, limit):
    """By the number of events, whichever languages they are in; the next look goes on."""
    for letter in "abc":
        desk.open(letter, language="en")
        desk.open(letter, language="fi")
    due = 6
    while due:
        desk.look(limit)
        left = sum(len(desk.store.young(language, 9).events) for language in ("en", "fi"))
        assert max(0, due - limit) <= left < due
        due = left


def test_a_look_ends_when_it_is_told_to(desk):
    """What was not come to is still due."""
    desk.open("abcdefgh"), desk.open("abcdefgx")
    assert desk.look(go_on=lambda: False) == []
    assert len(desk.store.young("en", 9).events) == 2


def test_an_event_is_looked_at_again_when_the_stream_has_doubled(desk):
    """Until it is old: then never more."""
    event = desk.open("abcdefgh")
    desk.look()
    assert desk.store._indexes["en"].young == {event: 2}
    desk.now_s += 8 * DAY_S
    desk.open("klmnop")
    desk.look()
    assert desk.store._indexes["en"].young == {}


def test_what_was_settled_by_hand_is_left(desk):
    """Neither merged nor split, on either side, and due no more."""
    one, two = desk.open("abcdefgh"), desk.open("qrstuvwx")
    store = desk.store
    byhand.merge_events(store, store.event(one), store.event(two))
    desk.write("abcdefgi", one)
    third = desk.open("abcdefgj")
    assert desk.look() == []
    assert [event.event for event in store.events()] == [one, third]
    assert one not in store._indexes["en"].young


def test_an_event_that_changes_during_the_look_is_left_for_the_next(desk, monkeypatch):
    """A story joins between the reading and the change: nothing is lost, and the next look finds it."""
    one, other = desk.open("abcdefgh"), desk.open("abcdefgx")
    reassign = desk.store.reassign

    def late(change):
        monkeypatch.undo()
        desk.write("abcdefgy", one)
        reassign(change)

    monkeypatch.setattr(desk.store, "reassign", late)
    (found,) = desk.look()  # the second event's turn comes in the same look
    assert found == ("event_merged", other, one)
    assert len(desk.groups()) == 1


def test_an_event_that_is_gone_is_due_no_more(desk):
    """It stood in the list when the look began, and was merged before its turn."""
    desk.open("abcdefgh"), desk.open("abcdefgx"), desk.open("abcdefgy")
    assert len(desk.look()) == 2
    assert desk.look() == []
    assert len(desk.groups()) == 1


def test_many_stories_are_not_all_remembered(desk, monkeypatch):
    """What is measured for one event is forgotten in time, and measured again: the outcome is the same."""
    monkeypatch.setattr("newsloom.relook._REMEMBERED", 0)
    for letters in ("abcdefgh", "klmnopqr", "abcdefgx", "klmnopqy"):
        desk.open(letters)
    assert len(desk.look()) == 2
    assert desk.groups() == [["abcdefgh", "abcdefgx"], ["klmnopqr", "klmnopqy"]]
