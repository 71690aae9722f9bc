"""What stands in Redis: every key as its table says, one hash tag a script."""

import re

import pytest

from newsloom.core.model import Outcome
from newsloom.core.views import DAY_S
from newsloom.reassigning import merge, part
from newsloom.store import counted, keys
from newsloom.store.quarantine import Quarantined, Taken
from newsloom.store.values import Lesson, Shown

TAG = re.compile(r"\{([^}]*)\}")
SHOWN = Shown(source=b"\0source\n", lines=(b"\0one", b"two\n"), runs=(b"the \nrun",))
#: What the names in capitals of the table stand for.
PARTS = {
    "{xx}": rb"\{[a-z]{2,3}\}",
    "TAG": rb"(?s:.{3})",
    "EVENT": rb"(?s:.{8})",
    "STORY": rb"(?s:.{8})",
    "PLACE": rb"(?s:.{8})",
    "SOURCE": rb"(?s:.{8})",
    "G": rb"\d+",
    "N": rb"\d+",
}


def table():
    """The rows of the table in keys.py: pattern of the key, type, life."""
    rows = re.findall(
        r"^((?:news)?loom:\S+) +(\w+) +(retention|for ever|capped|2 of them)", keys.__doc__, re.MULTILINE
    )
    names = re.compile("|".join(re.escape(name) for name in PARTS))
    found = {}
    for key, kind, lives in rows:
        pattern, at = b"", 0
        for name in names.finditer(key):
            pattern += re.escape(key[at : name.start()].encode()) + PARTS[name.group()]
            at = name.end()
        found[key] = (re.compile(pattern + re.escape(key[at:].encode())), kind, lives)
    return found


@pytest.fixture
def busy(redis_desk, place_of, monkeypatch):
    """A desk on which every kind of key has been written, in two languages."""
    desk = redis_desk
    monkeypatch.setattr(counted, "LOG_BYTES", 2)
    for language in ("en", "deu"):
        query = desk.write("harbour ferry fog", language=language)
        event = desk.commit(
            query, place=place_of("page", "1"), counted=["harbour", "zyrnok"], shown=SHOWN, closes="ab" * 8
        )
        revised = desk.write("harbour ferry wreck", language=language)
        desk.commit(
            revised,
            Outcome.REVISION,
            event,
            place=place_of("page", "2"),
            known=desk.store.known(language, place_of("page", "2")),
        )
        desk.attach("captain", event, language=language, published_s=None)
        desk.commit(desk.write("", language=language), Outcome.DUPLICATE, event)
        other = desk.open("orchard", language=language)
        one, two = (desk.store.standing(language, each) for each in (event, other))
        merge(desk.store, two, one, {})
        desk.store.learn(language, place_of("archive"), [Lesson(["harbour"], SHOWN)])
        for _ in range(60):
            desk.open("commonplace", language=language)
        desk.store.counts(language, ["harbour"])  # which sums up
        desk.commit(desk.write("quince", language=language), counted=["zyrnok"])
    desk.store.quarantine(Quarantined("a.txt", "empty", "It holds nothing.", 1.0))
    desk.store.quarantine(Quarantined("a.zip", "empty", "It holds nothing.", 1.0, record=4))
    desk.store.attempt("b.txt")
    return desk


def test_every_key_is_in_the_table_with_its_type_and_its_life(busy, clean):
    """No key that the table does not name, of another type, or without the end that it promises."""
    rows = table()
    seen = {fields[b"type"] for _, fields in clean.xrange(keys.decisions("en"))}
    assert seen == {b"story_decided", b"event_merged", b"story_moved"}


def test_a_move_is_found_again(busy):
    """By its story, with what it rests on; a story that was never moved has none."""
    moved = [story for story in busy.store.stories() if busy.store.moves(story)]
    assert [story.language for story in moved] == ["deu", "en"]
    for story in moved:
        ((record),) = busy.store.moves(story)
        assert (record["story"], record["event_id"]) == (story.member.story, story.event)
        assert (record["because"], record["by"]) == ("event_merged", "program")


def test_what_has_expired_is_passed_over(busy, clean):
    """A story, an event or a version that is gone is left out, and the rest is told."""
    events = list(busy.store.events())
    gone = busy.open("volcano", language="en")
    clean.delete(b"loom:{en}:e:" + bytes.fromhex(gone))
    story = busy.open("comet", language="en")
    clean.delete(b"loom:{en}:s:" + bytes.fromhex(busy.store.event(story).stories[0]))
    assert [e for e in busy.store.events() if e.event not in {gone, story}] == events
    assert busy.store.event(gone) is None
    assert busy.recalled_events(busy.write("volcano")) == []
    assert busy.recalled_events(busy.write("comet")) == []
