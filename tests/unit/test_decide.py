"""Decisions as values: a table of cases."""

import dataclasses
import json
import math

import pytest

from newsloom.core.decide import Earlier, decide, event_id
from newsloom.core.likeness import Query
from newsloom.core.model import Article, Candidate, Member, Outcome, Profile, Story
from newsloom.core.policy import Policy
from newsloom.core.views import DAY_S

#: A rule that can be worked out by hand: ten times the cosine, less five.
POLICY = dataclasses.replace(
    Policy.load(),
    intercept=-5.0,
    coefficients={"body": 10.0},
    threshold=0.0,
    window_days=7,
    caution=0.0,
    best_share=0.5,
    min_overlap=0.6,
    min_copy_words=16,
)
WEIGHTS = dict.fromkeys("abcdefgh", 3.0)
NONE = frozenset()


def profile(terms, sketch=(), words=200, simhash=0):
    norm = math.sqrt(sum(WEIGHTS[t] ** 2 for t in terms))
    return Profile(
        simhash,
        frozenset(sketch),
        words,
        dict.fromkeys(terms, 1.0),
        NONE,
        NONE,
        NONE,
        NONE,
        (norm, 0.0, 0.0, 0.0),
    )


def member(terms, name="m", published_s=0.0, arrived_s=0.0, **more):
    return Member(name, published_s, arrived_s, profile(terms, **more))


def event(name, *members):
    return Candidate(name, len(members), members)


def query(terms="abcd", published_s=0.0, arrived_s=0.0, parts=1, url="https://one.example/a", **more):
    article = Article(file="invented.txt", text="x", url=url)
    story = Story("story", article, "en", 0, parts, 0, ("x",), None, published_s, arrived_s)
    return Query(story, profile(terms, **more), WEIGHTS)


COPY = tuple(range(20))
OPENED = event_id("story")
LATE = 8 * DAY_S
EARLIER = Earlier("old", member("efgh", name="v1", sketch=COPY))


@pytest.mark.parametrize(
    ("asked", "candidates", "earlier", "outcome", "into"),
    [
        (query(), [], (), Outcome.OPEN, OPENED),
        (query(), [event("e", member("efgh"))], (), Outcome.OPEN, OPENED),
        (query(), [event("e", member("abcd"))], (), Outcome.ATTACH, "e"),
        (query(), [event("e", member("abef"))], (), Outcome.ATTACH, "e"),
        (query(), [event("e", member("aefg"))], (), Outcome.OPEN, OPENED),
        (query(), [event("d", member("abef")), event("e", member("abce"))], (), Outcome.ATTACH, "e"),
        (query(), [event("e", member("abcd")), event("d", member("abcd"))], (), Outcome.ATTACH, "d"),
        (query(), [event("e", member("abcd", published_s=LATE))], (), Outcome.OPEN, OPENED),
        (query(), [event("e", member("abcd", published_s=None, arrived_s=LATE))], (), Outcome.OPEN, OPENED),
        (query(published_s=None), [event("e", member("abcd", published_s=LATE))], (), Outcome.ATTACH, "e"),
        (query(sketch=COPY), [event("e", member("efgh", sketch=COPY))], (), Outcome.DUPLICATE, "e"),
        (query(sketch=COPY), [event("e", member("efgh", sketch=(*COPY[:12], *range(50, 58))))], (), Outcome.DUPLICATE, "e"),
        (query(sketch=COPY), [event("e", member("efgh", sketch=(*COPY[:9], *range(50, 61))))], (), Outcome.OPEN, OPENED),
        (query(sketch=COPY, words=9), [event("e", member("efgh", sketch=COPY, words=9))], (), Outcome.DUPLICATE, "e"),
        (query(sketch=COPY, words=9), [event("e", member("efgh", sketch=COPY, words=9, simhash=1))], (), Outcome.OPEN, OPENED),
        (query(sketch=COPY), [event("d", member("abcd")), event("e", member("efgh", sketch=COPY))], (), Outcome.DUPLICATE, "e"),
        (query(sketch=COPY), [event("e", member("efgh", published_s=LATE, sketch=COPY))], (), Outcome.DUPLICATE, "e"),
        (query(), [event("e", member("abcd", sketch=COPY))], (EARLIER,), Outcome.REVISION, "old"),
        (query(sketch=COPY), [event("e", member("abcd", sketch=COPY))], (EARLIER,), Outcome.REVISION, "old"),
        (query(parts=2, sketch=COPY), [], (EARLIER,), Outcome.REVISION, "old"),
        (query(parts=2, sketch=range(50, 70)), [], (EARLIER,), Outcome.OPEN, OPENED),
        (query(url=None, sketch=COPY), [event("e", member("abcd"))], (EARLIER,), Outcome.REVISION, "old"),
        (query(url=None), [event("e", member("abcd"))], (EARLIER,), Outcome.ATTACH, "e"),
    ],
    ids=[
        "nothing recalled", "nothing alike", "alike", "at the threshold", "below the threshold", "the best of two",
        "a tie goes to the smaller id", "dated, out of the window", "undated member, arrived out of the window",
        "undated story, by arrival", "copy", "copy by a part", "too small a part", "short and the same",
        "short and not quite the same", "a copy goes before what is alike", "a copy of old", "revision",
        "a revision goes before a copy", "the same part of a page", "a part that was added",
        "a revision of a file", "another article under a file's name",
    ],
)  # fmt: skip
def test_outcome(asked, candidates, earlier, outcome, into):
    """The first rule that holds decides, in the order revision, copy, attach, open."""
    decision = decide(asked, candidates, POLICY, earlier=earlier, seen=10_000)
    assert (decision.outcome, decision.event) == (outcome, into)
    assert decide(asked, candidates[::-1], POLICY, earlier=earlier, seen=10_000) == decision


def test_evidence():
    """A decision says what it was compared with and how near the others came."""
    best = event("e", member("abcd", name="m1"), member("abef", name="m2"))
    decision = decide(query(), [event("d", member("abef")), best], POLICY, seen=10**6)
    assert decision.candidates == 2
    assert decision.score == pytest.approx(3.75)  # of the members 5 and 0, half by the best, half by the mean
    assert (decision.runner_up, decision.runner_up_score) == ("d", pytest.approx(0.0))
    assert decision.margin == pytest.approx(3.75)
    assert decision.best is None  # the story is in it
    assert decision.policy == POLICY.version
    assert decision.features["body"] == pytest.approx(0.875)
    assert decision.crowd == pytest.approx((0.5 + 9 * POLICY.usual_crowd) / 10)
    assert (decision.duplicate_of, decision.revision_of) == (None, None)


def test_a_rewrite_is_told():
    """What joins an event and tells what one of its stories does, in much the same words; in part only, it is none."""
    told = event("e", member("abgh", name="other"), member("abcf", name="told"))
    rewrite = decide(query(), [told], dataclasses.replace(POLICY, min_rewrite=0.75), seen=10**6)
    telling = decide(query(), [told], dataclasses.replace(POLICY, min_rewrite=0.76), seen=10**6)
    assert (rewrite.outcome, rewrite.event, rewrite.rewrite_of) == (Outcome.ATTACH, "e", "told")
    assert telling == dataclasses.replace(rewrite, rewrite_of=None, policy=telling.policy)


def test_a_third_to_tell_the_same_is_redundant():
    """Two show how near to each other the tellings are; it names the nearest."""
    policy = dataclasses.replace(POLICY, min_rewrite=0.75)
    first, second, other = member("abcf", name="a"), member("abcd", name="b"), member("abgh", name="c")
    for told, expected in ((second, other), ("b", False)), ((first, second, other), ("b", True)):
        decision = decide(query(), [event("e", *told)], policy, seen=10**6)
        assert (decision.rewrite_of, decision.redundant) == expected


def test_possible_copies_are_nothing_but_that():
    """What was found by its text is joined if it is a copy; else all is as if it had not been found."""
    asked, candidates = query(sketch=COPY), [event("d", member("abef")), event("e", member("abce"))]
    copied = decide(asked, candidates, POLICY, copies=[event("f", member("abcd", name="o", sketch=COPY))])
    assert (copied.outcome, copied.event, copied.duplicate_of) == (Outcome.DUPLICATE, "f", "o")
    assert (copied.best, copied.candidates) == ("e", 2)
    other = decide(asked, candidates, POLICY, copies=[event("f", member("abcd", name="o", sketch=(99,)))])
    assert other == decide(asked, candidates, POLICY)


@pytest.mark.parametrize(("words", "redundant"), [(50, True), (299, True), (300, False)])
def test_a_copy_half_as_long_again_is_not_redundant(words, redundant):
    """An article that its summary went before tells what that does not."""
    asked = query(sketch=COPY, words=words)
    decision = decide(asked, [event("e", member("efgh", name="m", sketch=COPY, words=200))], POLICY)
    assert (decision.outcome, decision.duplicate_of, decision.redundant) == (
        Outcome.DUPLICATE,
        "m",
        redundant,
    )


def test_only_what_joins_is_a_rewrite():
    """A copy is one, a version is one, and what opens an event is told nowhere yet."""
    old = event("e", member("abcd", name="old", published_s=LATE))
    copied = event("e", member("abcd", name="copied", sketch=COPY))
    for asked, candidates, earlier in (
        (query(), [old], ()),
        (query(sketch=COPY), [copied], ()),
        (query(), [event("e", member("abcd"))], (EARLIER,)),
    ):
        assert decide(asked, candidates, POLICY, earlier=earlier, seen=10**6).rewrite_of is None


def test_a_story_apart_tells_from_what():
    """What it opened an event beside: whoever looks closer asks for it."""
    decision = decide(query(), [event("d", member("aefg")), event("e", member("efgh"))], POLICY, seen=10**6)
    assert (decision.outcome, decision.best) == (Outcome.OPEN, "d")


def test_copy_names_the_earliest():
    """Of stories that share as much, the one that arrived first is the original, whatever date another gives itself, then
    the smallest id."""
    members = [
        member("abcd", name="late", published_s=0.0, arrived_s=9.0, sketch=COPY),
        member("abcd", name="b", published_s=1.0, arrived_s=1.0, sketch=COPY),
        member("abcd", name="a", published_s=1.0, arrived_s=1.0, sketch=COPY),
    ]
    decision = decide(query(sketch=COPY), [event("e", *members)], POLICY)
    assert (decision.duplicate_of, decision.distance, decision.overlap) == ("a", 0, 1.0)


def test_what_holds_the_original_and_more_is_not_the_original():
    """Of a copy with a word changed a round-up may share a hash more: the fingerprint tells which of them it is near."""
    round_up = member("abcd", name="round-up", sketch=COPY, words=800, simhash=0xFFFF)
    original = member("abcd", name="original", arrived_s=9.0, sketch=(*COPY[:19], 50), simhash=1)
    decision = decide(query(sketch=COPY), [event("e", round_up, original)], POLICY)
    assert (decision.duplicate_of, decision.distance, decision.overlap) == ("original", 1, 0.95)


def test_the_evidence_names_who_shares_the_text():
    """Of a new version that is the one before, however much another has of it; else whoever shares most."""
    held = event("e", member("efgh", name="other", sketch=(*COPY[:9], *range(50, 61))))
    apart = decide(query(sketch=COPY), [held], POLICY)
    assert (apart.outcome, apart.closest, apart.overlap) == (Outcome.OPEN, "other", 0.45)
    changed = Earlier("old", member("efgh", name="v1", sketch=(*COPY[:5], *range(60, 75)), simhash=3))
    revised = decide(query(sketch=COPY), [held], POLICY, earlier=(changed,))
    assert (revised.revision_of, revised.closest, revised.distance, revised.overlap) == ("v1", "v1", 2, 0.25)


def test_a_notice_does_not_hide_the_original():
    """A notice stands in the story as a whole and is no original of it; the original shares a little less."""
    notice = member("efgh", name="notice", sketch=COPY[:4], words=10, simhash=1)
    original = member("efgh", name="original", sketch=(*COPY[:18], 50, 51))
    decision = decide(query(sketch=COPY), [event("d", notice), event("e", original)], POLICY)
    assert (decision.outcome, decision.duplicate_of, decision.overlap) == (Outcome.DUPLICATE, "original", 0.9)
    alone = decide(query(sketch=COPY), [event("d", notice)], POLICY)
    assert (alone.outcome, alone.overlap) == (Outcome.OPEN, 1.0)


def test_revision_of_one_part():
    """Of the earlier version's stories the one with most text in common was revised."""
    other = Earlier("other", member("abcd", name="v2", sketch=range(40, 60)))
    decision = decide(query(parts=2, sketch=COPY), [], POLICY, earlier=(other, EARLIER))
    assert (decision.revision_of, decision.event) == ("v1", "old")


@pytest.mark.parametrize(("seen", "outcome"), [(0, Outcome.OPEN), (10_000, Outcome.ATTACH)])
def test_caution(seen, outcome):
    """While little has been seen, more is asked of an event."""
    careful = dataclasses.replace(POLICY, caution=2.0, caution_stories=300.0)
    decision = decide(query(), [event("e", member("abef"), member("abe"))], careful, seen=seen)
    assert decision.outcome is outcome
    assert decision.threshold == pytest.approx(2.0 * math.exp(-seen / 300.0))


def test_names_need_no_caution():
    """An event that shares names with the story is taken from the first story on."""
    careful = dataclasses.replace(POLICY, caution=2.0, caution_alike=0.2)
    named = {"names": frozenset("ab"), "norms": (6.0, 0.0, 0.0, math.sqrt(18.0))}
    mine, other = (dataclasses.replace(profile(terms), **named) for terms in ("abcd", "abef"))
    asked = dataclasses.replace(query(), profile=mine)
    decision = decide(asked, [event("e", Member("m", 0.0, 0.0, other))], careful, seen=0)
    assert (decision.outcome, decision.threshold) == (Outcome.ATTACH, 0.0)


def test_an_event_that_clears_its_bar_comes_first():
    """Another may score more, and be short of what it needs: it lacks the names."""
    careful = dataclasses.replace(POLICY, caution=4.0, caution_alike=0.2)
    named = {"names": frozenset("ab"), "norms": (6.0, 0.0, 0.0, math.sqrt(18.0))}
    mine, other = (dataclasses.replace(profile(terms), **named) for terms in ("abcd", "abef"))
    asked = dataclasses.replace(query(), profile=mine)
    nameless = event("d", member("abce"))
    decision = decide(asked, [nameless, event("e", Member("m", 0.0, 0.0, other))], careful, seen=0)
    assert (decision.outcome, decision.event) == (Outcome.ATTACH, "e")
    assert (decision.runner_up, decision.score, decision.margin) == ("d", 0.0, -2.5)
    assert decide(asked, [nameless], careful, seen=0).outcome is Outcome.OPEN


def test_few_names_need_less_caution():
    """Half of the names that are enough, half of the caution."""
    careful = dataclasses.replace(POLICY, caution=2.0, caution_alike=0.2)
    named = {"names": frozenset("a"), "norms": (6.0, 0.0, 0.0, math.sqrt(90.0))}
    mine, other = (dataclasses.replace(profile(terms), **named) for terms in ("abcd", "abef"))
    asked = dataclasses.replace(query(), profile=mine)
    decision = decide(asked, [event("e", Member("m", 0.0, 0.0, other))], careful, seen=0)
    assert decision.features["names"] == pytest.approx(0.1)
    assert decision.threshold == pytest.approx(1.0)


@pytest.mark.parametrize(("language", "threshold"), [("ru", 0.0), ("zh", 0.5)])
def test_more_is_needed_where_all_rare_terms_are_names(language, threshold):
    """In a script without capitals look-alikes have more in common."""
    asked = query()
    asked = dataclasses.replace(asked, story=dataclasses.replace(asked.story, language=language))
    policy = dataclasses.replace(POLICY, uncased=0.5)
    decision = decide(asked, [event("e", Member("m", 0.0, 0.0, asked.profile))], policy, seen=0)
    assert decision.threshold == pytest.approx(threshold)


def test_policy_version():
    """What decides is named by its content; where it was fitted does not count."""
    assert dataclasses.replace(POLICY, provenance={"when": "today"}).version == POLICY.version
    assert dataclasses.replace(POLICY, threshold=0.1).version != POLICY.version


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("no json", "not a policy"),
        ("{}", "not a policy"),
        ('{"min_overlap": 0}', "not a policy"),
        ("[1]", "not a JSON object"),
        (
            json.dumps({**dataclasses.asdict(POLICY), "size": 1.0}),
            "there is no size; it may be of another version",
        ),
        (
            json.dumps({k: v for k, v in dataclasses.asdict(POLICY).items() if k != "intercept"}),
            "it lacks intercept;",
        ),
        (json.dumps(dataclasses.asdict(POLICY) | {"coefficients": {"size": 1.0}}), "no view is called size"),
    ],
)
def test_bad_policy(tmp_path, content, reason):
    """A file that is no policy is named in the error."""
    path = tmp_path / "policy.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=reason) as raised:
        Policy.load(path)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_overlap": 0.0}, {"min_overlap": 1.1}, {"prior_stories": 0}, {"rarest": 0.0},
        {"fade_days": 0}, {"caution_stories": -1.0}, {"caution_alike": 0},
    ],
)  # fmt: skip
def test_bounds(wrong):
    """Numbers out of their range are refused."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        dataclasses.replace(POLICY, **wrong)
