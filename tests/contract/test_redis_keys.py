"""What stands in Redis: every key as its table says, one hash tag a script."""

import re

import pytest

from newsloom.core.model import Outcome
from newsloom.core.views import DAY_S
from newsloom.reassigning import merge, part
from newsloom.store import counted, keys
from newsloom.store.quarantine import Quarantine, Quarantined, Taken
from newsloom.store.stream import Stream
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
def busy(redis_desk, place_of, monkeypatch, clean):
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
    quarantine = Quarantine(clean)
    quarantine.put(Quarantined("a.txt", "empty", "It holds nothing.", 1.0))
    quarantine.put(Quarantined("a.zip", "empty", "It holds nothing.", 1.0, record=4))
    quarantine.attempt("b.txt")
    return desk


def test_every_key_is_in_the_table_with_its_type_and_its_life(busy, clean):
    """No key that the table does not name, of another type, or without the end that it promises."""
    rows = table()
    seen = set()
    for key in clean.scan_iter(count=1000):
        matching = [name for name, (pattern, _, _) in rows.items() if pattern.fullmatch(key)]
        assert len(matching) == 1, (key, matching)
        _, kind, lives = rows[matching[0]]
        seen.add(matching[0])
        assert clean.type(key).decode() == kind, key
        left_s = clean.ttl(key)
        if lives == "retention":
            assert 59 * DAY_S < left_s <= 60 * DAY_S, key
        else:
            assert left_s == -1, key
    store_rows = {name for name in rows if "{xx}" in name} | {
        keys.LANGUAGES, keys.QUARANTINE, keys.QUARANTINE_ORDER, keys.QUARANTINE_RECORDS, keys.ATTEMPTS,
    }  # fmt: skip
    assert store_rows <= seen


def test_the_retention_is_a_setting(make_redis_desk, clean):
    """All that is known of an event ends after it, not after some other time."""
    desk = make_redis_desk(retention_s=1_000)
    event = desk.open("harbour ferry")
    desk.attach("ferry", event)
    lives = [clean.ttl(key) for key in clean.scan_iter(count=1000)]
    assert {left_s for left_s in lives if left_s != -1} <= set(range(900, 1_001))
    assert sum(left_s != -1 for left_s in lives) >= 9


@pytest.mark.parametrize("way", ["clean", "released", "oldest", "first"])
def test_what_leaves_quarantine_leaves_all_of_it(clean, way):
    """Nothing is kept of an entry that is no more, however it went."""
    quarantine = Quarantine(clean, most=3)
    entries = [Quarantined("a.zip", "empty", "d", float(n), record=n) for n in range(3)]
    for one in entries:
        quarantine.put(one)
    if way == "clean":
        quarantine.settled("r", clean=[Taken("a.zip")])
    elif way == "released":
        assert quarantine.release(entries) == 3
    elif way == "oldest":
        for n in range(3):
            quarantine.put(Quarantined(f"{n}.txt", "empty", "d", 9.0))
    else:
        quarantine = Quarantine(clean, listed=1)
        for one in reversed(entries):
            quarantine.put(one)
        assert clean.zcard(keys.QUARANTINE_RECORDS) == 1
        assert quarantine.release(entries) == 1
    left = 3 if way == "oldest" else 0
    assert (clean.hlen(keys.QUARANTINE), clean.zcard(keys.QUARANTINE_ORDER)) == (left, left)
    assert clean.zcard(keys.QUARANTINE_RECORDS) == 0


def test_each_script_touches_one_hash_tag(clean, busy, place_of):
    """As the server saw it: keys of one language only."""
    scripts: list[set[str]] = []
    with clean.monitor() as monitor:
        for language in ("en", "deu"):
            place = place_of("new page", language)
            query = busy.write("harbour ferry storm", language=language)
            busy.store.known(language, place)
            busy.store.counts(language, ["harbour"])
            busy.repeated(language, SHOWN.source, SHOWN.lines, SHOWN.runs)
            recalled = busy.recall(query)
            event = busy.commit(query, place=place, counted=["harbour"], recalled=recalled, shown=SHOWN)
            ((due, at),) = busy.store.young(language, 1).events
            busy.store.examined(language, due, at, 99)
            busy.attach("volcano", event, language=language)
            head, tail = busy.store.stories_of(language, event)
            leaving = frozenset([tail.member.story])
            part(busy.store, busy.store.standing(language, event), (head, tail), leaving, {})
        clean.echo("that is all")
        for seen in monitor.listen():
            verb, _, rest = seen["command"].partition(" ")
            if verb.upper() == "ECHO":
                break
            if verb.upper().startswith("EVAL"):
                scripts.append(set())
            elif seen["client_type"] == "lua" and verb != "TIME":
                scripts[-1].add(rest.split(" ")[0])
    scripts = [touched for touched in scripts if touched]  # one that the server did not know yet ran later
    assert len(scripts) >= 12
    for touched in scripts:
        local = touched
        assert local
        assert len({tuple(TAG.findall(key)) for key in local}) == 1, touched
        assert all(TAG.findall(key) in (["en"], ["deu"]) for key in local)


def test_the_record_stands_in_the_stream(busy, clean):
    """One record a decision, in order, found again by the id that the story keeps; and one a change."""
    stories = list(busy.store.stories())
    records = [record for record in Stream(clean).records() if record["type"] == "story_decided"]
    assert len(records) == len(stories) == 132
    assert {record["story"] for record in records} == {story.member.story for story in stories}
    for story in stories:
        assert Stream(clean).record(story)["outcome"] == story.outcome.value
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
