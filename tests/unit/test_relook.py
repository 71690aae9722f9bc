"""The second look's rule: a table of cases, then the look itself on a store in memory."""

import contextlib
import dataclasses
import itertools
import math

import numpy as np
import pytest

from newsloom import byhand
from newsloom.core.decide import Earlier, event_id
from newsloom.core.likeness import BODY, Lens, Query
from newsloom.core.model import Article, Candidate, Decision, Member, Outcome, Profile, Story
from newsloom.core.policy import VIEWS, Policy
from newsloom.core.relook import Pair, ask, divide, linkage, pairs, surroundings_of, union
from newsloom.core.views import DAY_S, Surroundings
from newsloom.errors import StoreUnavailable
from newsloom.reassigning import merge, part
from newsloom.relook import SecondLook
from newsloom.store.memory import MemoryStore
from newsloom.store.values import Caps, Commit, Known, Place, Question
from newsloom.survey import Knowledge

NOW_S = 1_700_000_000.0
NONE = frozenset()
#: A rule that can be worked out by hand: ten times the cosine, less five; 6 in 10 in common make two
#: events one, and parts with less than 3 in 10 in common are two.
POLICY = dataclasses.replace(
    Policy.load(),
    intercept=-5.0,
    coefficients={"body": 10.0},
    best_share=0.0,
    cohesion=0.0,
    most_gathered=0.0,
    threshold=0.0,
    window_days=7,
    caution=0.0,
    look_caution=0.0,
    prior_stories=1e9,  # the stream teaches nothing here
    merge_at=1.0,
    merge_quorum=0.6,
    split_at=-2.0,
)
WEIGHTS = dict.fromkeys("abcdefghijklmnopqrstuvwxyz", 3.0)


def profile(terms, weights=WEIGHTS, words=200):
    norm = math.sqrt(sum(weights[t] ** 2 for t in terms))
    empty = 0.0
    return Profile(
        0,
        NONE,
        words,
        dict.fromkeys(terms, 1.0),
        NONE,
        NONE,
        NONE,
        NONE,
        (norm, empty, empty, empty),
    )


def member(terms, name=None, at_s=NOW_S, words=200):
    return Member(name or terms, at_s, at_s, profile(terms, words=words))


ALONE = Surroundings(crowd=0.0, own=0.0, spread=0.0)


def event(name, *texts):
    return Candidate(name, len(texts), tuple(map(member, texts)))


def asked(terms):
    return Lens.of(ask(member(terms), "en", WEIGHTS))


# -- the pieces ----------------------------------------------------------------------------------


def test_a_member_is_measured_by_the_weights_of_now():
    """Its norms are those that it would have if it came today."""
    known = Member("m", None, 5.0, profile("abcd", dict.fromkeys("abcd", 9.0)))
    query = ask(known, "en", WEIGHTS)
    assert query.profile == profile("abcd")
    assert (query.story.id, query.story.published_s, query.story.arrived_s) == ("m", None, 5.0)
    assert query.story.language == "en"


@pytest.mark.parametrize(
    ("size", "fellows", "count"),
    [(10, set(), 7), (60, set(), 7), (10, {"abstuvwx"}, 6), (14, {"abstuvwx"}, 2), (60, {"abstuvwx"}, 0)],
    ids=["another", "another that is large", "its own", "its own, growing", "its own, and large"],
)
def test_the_crowd_around_a_known_story_leaves_itself_out(size, fellows, count):
    """Nine others, each with a quarter of its words: from the third on they count, and what is usual for the rest."""
    others = tuple(member("ab" + letters) for letters in itertools.repeat("stuvwx", 9))
    found = [Candidate("e", size, (member("abcdefgh"), *others))]
    expected = (count * 0.25 + (10 - count) * POLICY.usual_crowd) / 10
    assert surroundings_of(asked("abcdefgh"), found, fellows, POLICY).crowd == pytest.approx(expected)


def told(*texts):
    """Every pair of these stories, without a crowd."""
    members = [member(text) for text in texts]
    return pairs([asked(text) for text in texts], [ALONE] * len(texts), members, POLICY, 0)


def test_pairs():
    """Each with each but itself, both ways, above what is needed."""
    found = told("abcd", "abef")
    assert {pair: each.clears for pair, each in found.items()} == {
        ("abcd", "abef"): 0.0,
        ("abef", "abcd"): 0.0,
    }
    assert {each.views[BODY] for each in found.values()} == {0.5}


@pytest.mark.parametrize(
    ("seen", "titled", "clears"),
    [(0, "", -9.5), (300, "", -0.5 - 9.0 / math.e), (0, "a", -0.5), (9_000, "", -0.5)],
)
def test_a_look_is_cautious_at_first(seen, titled, clears):
    """Of what is alike in neither names nor headline nor lead, and the less so the more has been decided."""
    careful = dataclasses.replace(
        POLICY, look_caution=9.0, look_stories=300.0, threshold=0.5, coefficients={"body": 10.0}
    )
    one, other = (
        dataclasses.replace(
            each,
            profile=dataclasses.replace(each.profile, title=frozenset(titled), norms=(6.0, 3.0, 0.0, 0.0)),
        )
        for each in (member("abcd"), member("abef"))
    )
    found = pairs([Lens.of(ask(one, "en", WEIGHTS))], [ALONE], [other], careful, seen)
    assert [each.clears for each in found.values()] == [pytest.approx(clears, abs=1e-3)]


def test_a_crowd_counts_against_a_pair():
    """By the mean of the crowds on both sides."""
    policy = dataclasses.replace(POLICY, coefficients={"body": 10.0, "crowd": -10.0})
    other = dataclasses.replace(member("abcx"), crowd=0.3)
    (found,) = pairs([asked("abcd")], [Surroundings(0.1, 0.0, 0.0)], [other], policy, 0).values()
    assert found.clears == pytest.approx(7.5 - 5.0 - 2.0)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (["abcd"], ["abce"], 2.5 - 0.2 * (1.0 + 1.0) / 2),
        (["abcd"], ["abce", "abxy"], (2.5 + 1.25) / 2 - 0.2 * (1.0 + 0.0) / 2),
        (["abcd", "abce"], ["abxy"], 0.0 - 0.2 * (2.5 + 1.0) / 2),
    ],
    ids=["two lone stories", "the best pair counts twice", "a tight event asks for more"],
)
def test_linkage(one, other, expected):
    """Mean and best of the pairs across, less a share of what holds either part together."""
    policy = dataclasses.replace(POLICY, best_share=0.5, cohesion=0.2, lone=1.0)
    found = linkage(told(*one, *other), [*map(member, one)], [*map(member, other)], policy)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("most", "expected"), [(0.0, -2.5), (0.3, -2.0), (1.0, 10 * 0.25 * math.sqrt(3) - 5)]
)
def test_what_many_say_together_links_them(most, expected):
    """One story in four terms in common with each of three that share nothing; as far as that may count."""
    policy = dataclasses.replace(POLICY, most_gathered=most)
    one, other = ["abcd", "efgh", "ijkl"], ["aeim"]
    found = linkage(told(*one, *other), [*map(member, one)], [*map(member, other)], policy)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("words", "expected"),
    [(200, (2.5 + 0.0) / 2 - 0.2 * (2.5 + 1.0) / 2), (9, 2.5 / 1.2 - 0.2 * (0.96 + 0.04 * 2.5 + 1.0) / 2)],
    ids=["a telling", "a headline"],
)
def test_a_headline_weighs_less(words, expected):
    """Across as in what holds its part together: where it is alike to one, little more is asked of the others."""
    policy = dataclasses.replace(POLICY, cohesion=0.2, lone=1.0, full_words=50)
    one, other = [member("abcd"), member("abce", words=words)], [member("abdx")]
    assert linkage(told("abcd", "abce", "abdx"), one, other, policy) == pytest.approx(expected)


def test_headlines_do_not_outvote_tellings():
    """The two tellings agree, the three other pairs do not: the quorum is one of weight."""
    policy = dataclasses.replace(POLICY, merge_at=-4.0, split_at=-4.0, full_words=50)
    one = [member("abcd"), member("mnop", words=4)]
    other = [member("abce"), member("qrst", words=4)]
    found = told("abcd", "mnop", "abce", "qrst")
    assert union(found, one, other, policy).agreed == 1
    assert union(found, one, other, dataclasses.replace(policy, full_words=1)) is None


@pytest.mark.parametrize(
    ("one", "other", "agreed"),
    [
        (["abcdef"], ["abcdxy"], 1),
        (["abcdef"], ["abcxyz"], None),
        (["abcdef", "abcdeg"], ["abcdxy"], 2),
        (["abcdef", "mnopqr"], ["abcdef"], None),
        (["abcdef", "abcghi", "abcjkl"], ["abcdef", "abcdeg"], None),
    ],
    ids=[
        "two singletons",
        "not alike enough",
        "all agree",
        "a foreign member",
        "the mean without the quorum",
    ],
)
def test_a_union(one, other, agreed):
    """Six in ten in common on average, and so for six in ten of the pairs."""
    known = told(*dict.fromkeys((*one, *other, "abcdef"))) | _same(one, other)
    found = union(known, [*map(member, one)], [*map(member, other)], POLICY)
    assert (found and found.agreed) == agreed
    if found:
        assert found.pairs == len(one) * len(other)
        assert found.clears >= POLICY.merge_at


@pytest.mark.parametrize(
    ("one", "other", "is_one"), [("abc", "abd", False), ("abc", "abcd", False), ("abcde", "abcdx", True)]
)
def test_stubs_are_not_merged(one, other, is_one):
    """However alike: an item of two or three words says too little; a headline of five is enough."""
    policy = dataclasses.replace(POLICY, merge_at=-2.0, split_at=-2.0)
    found = union(told(one, other), [member(one)], [member(other)], policy)
    assert (found is not None) is is_one
    assert union(told(one, other), [member(one)], [member(other)], dataclasses.replace(policy, merge_terms=0))


@pytest.mark.parametrize(("days", "is_one"), [(7, True), (8, False)])
def test_no_union_reaches_further_than_an_event(days, is_one):
    """An anniversary that is told in the same words is not merged, as its story would not have been attached."""
    late = member("abcdex", at_s=NOW_S + days * 86_400)
    found = union(told("abcdef", "abcdex"), [member("abcdef")], [late], POLICY)
    assert (found is not None) is is_one


def test_two_that_one_template_tells_of_are_not_merged():
    """A crash in another town, told in the same words but for names and figures, is another crash."""
    names, figures = frozenset("uvwxyz"), ("12", "47", "61", "88")

    def filled(name, who, sketch):
        made = profile([*"abcdefghijkl", *who], {**WEIGHTS, **dict.fromkeys(figures, 3.0)})
        return Member(
            name, NOW_S, NOW_S, dataclasses.replace(made, names=names & set(who), sketch=frozenset(sketch))
        )

    one = filled("one", ("u", "v", "w", "12", "47"), range(60))
    other = filled("other", ("x", "y", "z", "61", "88"), range(30, 90))
    again = filled("again", ("u", "v", "w", "12", "47"), range(30, 90))
    alike = Pair(9.0, told("abcdef", "abcdeg")["abcdef", "abcdeg"].views)
    found = dict.fromkeys(itertools.permutations(("one", "other", "again"), 2), alike)
    assert union(found, [one], [again], POLICY)
    assert union(found, [one], [other], POLICY) is None


def _same(one, other):
    """Two stories of one text are wholly alike."""
    alike = np.eye(len(VIEWS))[BODY]
    return {(text, text): Pair(5.0, alike) for text in {*one} & {*other}}


@pytest.mark.parametrize(
    ("texts", "stay", "leave"),
    [
        (["abcd"], None, None),
        (["abcd", "abef"], None, None),
        (["abcd", "efgh"], ["abcd"], ["efgh"]),
        (["abcd", "abce", "abcf"], None, None),
        (["abcd", "abce", "wxyz", "wxyv"], ["abcd", "abce"], ["wxyz", "wxyv"]),
        (["wxyz", "abcd", "wxyv", "abce"], ["wxyz", "wxyv"], ["abcd", "abce"]),
        (["abcd", "abce", "wxyz"], ["abcd", "abce"], ["wxyz"]),
        (["abcd", "wxyz", "wxyv"], ["abcd"], ["wxyz", "wxyv"]),
        (["abcd", "ijkl", "qrst"], ["abcd", "qrst"], ["ijkl"]),
    ],
    ids=[
        "one story", "two halfway alike", "two strangers", "one event", "two tight halves", "in any order",
        "one that is foreign", "the first is foreign", "three strangers: one at a time",
    ],
)  # fmt: skip
def test_a_division(texts, stay, leave):
    """The part with the first story stays; the part least like it leaves."""
    found = divide(told(*texts), [*map(member, texts)], POLICY)
    assert (found and (list(found.stay), list(found.leave))) == (stay and (stay, leave))
    if found:
        assert found.clears < POLICY.split_at


def test_what_is_merged_is_not_split_again():
    """A policy by which the two rules would undo each other is refused."""
    with pytest.raises(ValueError, match="split_at"):
        dataclasses.replace(POLICY, split_at=POLICY.merge_at + 0.1)


# -- the look --------------------------------------------------------------------------------------


class Desk:
    """Writes stories straight into events, right or wrong."""

    def __init__(self, caps=None):
        self.store = MemoryStore(caps or Caps(), window_days=POLICY.window_days)
        self.numbers = itertools.count(1)
        self.now_s = NOW_S
        self.looking = SecondLook(self.store, POLICY, now=lambda: self.now_s)

    def write(self, letters, event=None, language="en", outcome=Outcome.ATTACH, sketch=NONE, **follows):
        """Commit a story of these words; returns its event and its id."""
        terms = [f"qz{letter}zq" for letter in letters]  # no language knows them
        number = next(self.numbers)
        story_id = f"{number:016x}"
        article = Article(file=f"{number}.txt", text=letters, language=language)
        story = Story(story_id, article, language, 0, 1, 0, (letters,), letters, NOW_S, NOW_S + number)
        weights = dict.fromkeys(terms, 9.0)
        simhash = number * 0x0001_0001_0001_0001
        kept = dataclasses.replace(profile(terms, weights), simhash=simhash, sketch=sketch)
        versions = [self.store.story(name) for kind, name in follows.items() if kind == "revision_of"]
        query = Query(story, kept, weights)
        into = event or event_id(story_id)
        self.store.commit(
            Commit(
                query=query,
                decision=Decision(story_id, into, outcome if event else Outcome.OPEN, "test", 0.0, **follows),
                recalled=self.store.recall(Question(query, tuple(terms), 0)),
                terms=terms,
                place=Place(f"{number:016x}", f"{number:016x}"),
                known=Known(earlier=tuple(Earlier(one.event, one.member) for one in versions)),
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
    assert (whole["pairs"], whole["agreed"], whole["needed"]) == (1, 1, 1.0)
    assert whole["clears"] == 3.75
    assert whole["policy"] == POLICY.version
    assert (story["from"], story["event_id"], story["because"]) == (other, one, "event_merged")
    assert desk.groups() == [["abcdefgh", "abcdefgx"]]


def test_one_event_that_it_fails_at_does_not_end_it(desk, monkeypatch, capsys):
    """The others have their turn, and that one comes again when the stream has doubled."""
    bad = desk.open("klmnopqr")
    desk.open("abcdefgh"), desk.open("abcdefgx")
    real = desk.store.standing

    def standing(language, event):
        if event == bad:
            raise ZeroDivisionError
        return real(language, event)

    monkeypatch.setattr(desk.store, "standing", standing)
    assert [kind for kind, _, _ in desk.look()] == ["event_merged"]
    assert bad in capsys.readouterr().out
    assert bad not in dict(desk.store.young("en", 9).events)


def test_a_language_whose_node_is_away_ends_one_look(desk, monkeypatch):
    """The next one begins with the others, and comes to their end."""
    for language in ("de", "en", "fr"):
        for text in ("abcdefgh", "klmnopqr"):
            desk.open(text, language=language)
    real = desk.store.young

    def young(language, limit):
        if language == "de":
            raise StoreUnavailable("its node is away")
        return real(language, limit)

    monkeypatch.setattr(desk.store, "young", young)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            desk.look()
    assert [real(language, 9).events for language in ("en", "fr")] == [(), ()]


@pytest.mark.parametrize("end", ["time", "death"])
def test_no_language_waits_for_ever(desk, monkeypatch, end):
    """Where a look ends with the first of many, by the time or by a death, the next looks begin with others."""
    languages = ["de", "en", "fr", "sv"]
    for language in languages:
        for text in ("abcdefgh", "klmnopqr", "stuvwxyz"):
            desk.open(text, language=language)
    looked = []
    real = desk.store.standing

    def standing(language, event):
        looked.append(language)
        if end == "death":
            raise KeyboardInterrupt
        return real(language, event)

    monkeypatch.setattr(desk.store, "standing", standing)
    for _ in languages:
        left = iter([True, True, False])
        with contextlib.suppress(KeyboardInterrupt):
            desk.look(go_on=lambda left=left: next(left))
    each = 1 if end == "death" else 2
    assert looked == [language for language in languages for _ in range(each)]


def test_a_language_that_the_time_did_not_reach_is_the_next(desk):
    """It had its turn only if one of its events had."""
    for text in ("abcdefgh", "klmnopqr"):
        for language in ("de", "sv"):
            desk.open(text, language=language)
    left = iter([True, True, False])
    desk.look(go_on=lambda: next(left))
    assert desk.store.in_turn() == ["sv", "de"]


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
    desk.write("vwxyz", one, outcome=Outcome.DUPLICATE, redundant=True, duplicate_of=foreign)
    desk.write("fghi", one, outcome=Outcome.DUPLICATE, redundant=True, duplicate_of=first)
    desk.write("vwxyq", one, rewrite_of=foreign, redundant=True)
    desk.write("stuv", one, outcome=Outcome.DUPLICATE, redundant=True, duplicate_of="f" * 16)  # that is gone
    (changed,) = desk.looking.look(100)
    assert (changed.kind, changed.source, changed.target) == ("event_split", one, event_id(foreign))
    assert desk.groups() == [
        ["abcdefgh", "abcdefgi", "fghi"],
        ["qrstuvwx", "qrstuvwy", "stuv", "vwxyq", "vwxyz"],
    ]
    (kind, whole), *moves = changed.records
    assert (kind, whole["event_id"], whole["into"]) == ("event_split", one, event_id(foreign))
    assert (whole["stories"], whole["size"]) == (5, 3)
    assert whole["clears"] == -5.0
    assert {record["because"] for _, record in moves} == {"event_split"}
    assert desk.look() == []


def test_the_versions_of_an_article_go_together(desk):
    """The newest is looked at, and the others go with it; the part with the first story keeps the id."""
    text = frozenset(range(40))  # of which each version has the most part
    one, first = desk.write("abcdefgh", sketch=text)
    _, second = desk.write("mnop", one, outcome=Outcome.REVISION, sketch=text, revision_of=first)
    _, told = desk.write("abcdefgi", one)
    desk.write("abcdefgj", one)
    desk.write("qrstuvwx", one, outcome=Outcome.REVISION, sketch=text, revision_of=second)
    assert desk.look() == [("event_split", one, event_id(told))]
    assert desk.groups() == [["abcdefgh", "mnop", "qrstuvwx"], ["abcdefgi", "abcdefgj"]]
    assert desk.look() == []


def test_two_events_are_judged_with_each_other_around_them():
    """As they would be if they were one: a look-up that finds one event at most makes no difference."""
    found = []
    for candidates in (1, 24):
        desk = Desk(Caps(candidates=candidates))
        one, other = desk.open("abcdefgh"), desk.open("abcdefgx", "abcdefgy", "abcdefgz", "abcdefgw")
        knowledge = Knowledge(desk.store, POLICY, "en", 0)
        mine, theirs = (desk.store.standing("en", event).members for event in (one, other))
        survey = knowledge.survey(mine)
        found.append((survey.surroundings, knowledge.beside(survey, theirs).surroundings))
    (alone, beside), (wide, same) = found
    assert beside == wide == same != alone


def test_a_story_that_goes_to_and_fro_comes_to_rest(desk):
    """Whatever merges again what a look has split: it gives up in the end."""
    one = desk.open("abcdefgh", "qrstuvwx")
    looks = 0
    while found := desk.look():
        looks += 1
        [(kind, source, target)] = found
        assert (kind, source) == ("event_split", one)
        merge(desk.store, desk.store.standing("en", target), desk.store.standing("en", one), {})
    assert looks == 4
    assert desk.groups() == [["abcdefgh", "qrstuvwx"]]


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


def test_what_a_person_merged_is_not_split(desk):
    """What else is the same event is merged with it all the same, and with what it then is."""
    one, two, store = desk.open("abcdefgh"), desk.open("qrstuvwx"), desk.store
    byhand.merge_events(store, store.event(one), store.event(two))
    assert desk.look() == []
    third = desk.open("abcdefgj")  # like half of it
    desk.looking = dataclasses.replace(
        desk.looking, policy=dataclasses.replace(POLICY, merge_quorum=0.5, merge_at=-1.0)
    )
    assert desk.look() == [("event_merged", third, one)]
    assert store.standing("en", one).joined
    assert desk.look() == []


def test_what_a_person_moved_out_is_not_merged(desk):
    """Not with what it was in, nor with anything else; what it was in is looked at as before."""
    one, store = desk.open("abcdefgh", "abcdefgi", "qrstuvwx"), desk.store
    out, other, store = store.event(one).stories[1], desk.open("abcdefgj"), desk.store
    apart = byhand.move_story(store, store.story(out), None).target
    found = [(kind, source) for _ in range(3) for kind, source, _ in desk.look()]
    assert found == [("event_split", one), ("event_merged", other)]
    assert store.story(out).event == apart
    assert sorted(desk.groups()) == [["abcdefgh", "abcdefgj"], ["abcdefgi"], ["qrstuvwx"]]


def test_what_a_person_moved_in_stays(desk):
    """It is not split off, nor is its event merged with what it came from, until the move is taken back."""
    one, other, store = desk.open("abcdefgh", "abcdefgi"), desk.open("abcdefgj"), desk.store
    moved = store.event(one).stories[1]
    byhand.move_story(store, store.story(moved), store.event(other))
    assert store.story(moved).placed
    assert desk.look() == []
    byhand.move_story(store, store.story(moved), store.event(one))
    assert not store.story(moved).placed
    assert desk.look() == [("event_merged", other, one)]

    foreign = desk.open("klmnopqr")
    byhand.move_story(store, store.story(store.event(foreign).stories[0]), store.event(one))
    assert desk.look() == []
    assert desk.groups() == [["abcdefgh", "abcdefgi", "abcdefgj", "klmnopqr"]]
    byhand.move_story(store, store.story(store.event(one).stories[-1]), None)
    desk.open("abcdefgk")
    assert [kind for kind, *_ in desk.look()] == ["event_merged"]


def test_what_a_person_brings_back_from_a_split_stays(desk):
    """It is the program that moved it: to bring it back is a decision, not the taking back of one."""
    one, store = desk.open("abcdefgh", "qrstuvwx"), desk.store
    split = store.event(one).stories[1]
    assert [kind for kind, *_ in desk.look()] == ["event_split"]
    byhand.move_story(store, store.story(split), store.event(one))
    assert store.story(split).placed
    assert desk.look() == []


def test_a_move_is_taken_back_though_its_event_was_merged_meanwhile(desk):
    """What it was in lives on in another, and there it is as it was."""
    old, one, other = desk.open("abcdefgh"), desk.open("abcdefgi", "abcdefgj"), desk.open("stuv")
    store = desk.store
    moved = store.event(one).stories[1]
    byhand.move_story(store, store.story(moved), store.event(other))
    assert desk.look() == [("event_merged", one, old)]
    byhand.move_story(store, store.story(moved), store.event(one))
    assert (store.story(moved).event, store.story(moved).placed) == (old, False)


def test_a_move_that_is_taken_back_leaves_what_was_placed_before(desk):
    """A person put it there, then elsewhere, then there again: it stays."""
    one, two, three, store = (
        desk.open("abcdefgh"),
        desk.open("qrstuvwx", "klmnopqr"),
        desk.open("yz"),
        desk.store,
    )
    moved = store.event(two).stories[1]
    for event in (one, three, one):
        byhand.move_story(store, store.story(moved), store.event(event))
    assert store.story(moved).placed
    assert desk.look() == []


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


def test_a_story_that_goes_from_one_to_the_other_during_the_look(desk, monkeypatch):
    """Another look, whose turn was over, moves it between the reading of the two: this one leaves them, and goes on."""
    one, other, rest = desk.open("abcdefgh", "abcdefgi"), desk.open("abcdefgx"), desk.open("klmnopqr")
    standing = desk.store.standing
    stories = desk.store.stories_of("en", one)

    def late(language, event):
        if event == other:
            monkeypatch.undo()
            leaving = frozenset([stories[1].member.story])
            new = part(desk.store, standing(language, one), stories, leaving, {}).target
            merge(desk.store, standing(language, new), standing(language, other), {})
        return standing(language, event)

    monkeypatch.setattr(desk.store, "standing", late)
    desk.look()
    assert len(desk.groups()) == 2
    assert rest in [event.event for event in desk.store.events()]


def test_a_story_that_comes_again_during_the_look(desk):
    """Forgotten and handed in again, it may be kept by other terms than the look has measured it by."""
    standing = desk.store.standing("en", desk.open("abcdefgh"))
    known = Knowledge(desk.store, POLICY, "en", 0)
    before = known.survey(standing.members)
    (one,) = standing.members
    anew = dataclasses.replace(one, profile=profile(["qzyzq"], {"qzyzq": 9.0}))
    assert known.survey([anew]).members == before.members


def test_an_event_whose_stories_go_before_it_is_split(desk, monkeypatch):
    """That is a conflict and no bug: it stays due, and is looked at in the next look."""
    event = desk.open("abcdefgh", "qrstuvwx")
    due = desk.store.young("en", 9).events
    monkeypatch.setattr(desk.store, "stories_of", lambda *_: ())
    assert desk.look() == []
    assert desk.store.young("en", 9).events == due
    monkeypatch.undo()
    assert [kind for kind, *_ in desk.look()] == ["event_split"]
    assert event in [one.event for one in desk.store.events()]


def test_an_event_that_is_gone_is_due_no_more(desk):
    """It stood in the list when the look began, and was merged before its turn."""
    desk.open("abcdefgh"), desk.open("abcdefgx"), desk.open("abcdefgy")
    assert len(desk.look()) == 2
    assert desk.look() == []
    assert len(desk.groups()) == 1


def test_many_stories_are_not_all_remembered(desk, monkeypatch):
    """What is measured for one event is forgotten in time, and measured again: the outcome is the same."""
    monkeypatch.setattr("newsloom.survey._REMEMBERED", 0)
    for letters in ("abcdefgh", "klmnopqr", "abcdefgx", "klmnopqy"):
        desk.open(letters)
    assert len(desk.look()) == 2
    assert desk.groups() == [["abcdefgh", "abcdefgx"], ["klmnopqr", "klmnopqy"]]
