"""What events are like after stories went from one to another, or for good. Pure, and the same for both stores."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from newsloom.core.model import Member, Outcome
from newsloom.store.changes import Forgetting, Headline, Reassignment, Standing
from newsloom.store.values import Stored, compared, rank

MOVES_KEPT = 16  #: latest moves of a story that can be told


@dataclass(frozen=True, slots=True)
class Shape:
    """What is kept of an event beside its list of stories."""

    members: tuple[str, ...]
    first_s: float
    last_s: float
    dated: bool
    headline: Headline
    joined: bool  #: see :class:`Standing`
    parted: bool


@dataclass(frozen=True, slots=True)
class Lists:
    """The posting lists that change."""

    left: tuple[str, ...]  #: terms that the stories that go alone carry: a target takes the source's place
    shared: tuple[str, ...]  #: terms that others carry too: the target stands beside the source


def source_after(change: Reassignment, cap: int) -> Shape | None:
    """None: nothing stays."""
    if not change.staying:
        return None
    named = headline_without(change.source, change.moving, change.staying)
    return _rest(change.source, change.staying, named, cap)


def rest_after(change: Forgetting, cap: int) -> Shape | None:
    """None: it was alone."""
    if not change.staying:
        return None
    return _rest(
        change.source, change.staying, headline_after(change.source, change.story, change.staying), cap
    )


def inherited(story: Stored, staying: Sequence[Stored]) -> dict[str, Stored]:
    """The rest of its event that is linked to a story that goes for good, as it is from then on, by id.

    The first copy takes its place: it is what the story was, and other copies and rewrites are of that. A version is
    one of the version before it.
    """
    gone = story.member.story
    heir = next((one.member.story for one in staying if one.duplicate_of == gone), None)
    # A version of its own address the heir is none.
    stands = {
        "outcome": Outcome.ATTACH if story.outcome is Outcome.REVISION else story.outcome,
        "duplicate_of": story.duplicate_of,
        "rewrite_of": story.rewrite_of,
        "redundant": story.redundant,
    }
    changed = {}
    for one in staying:
        links: dict[str, Any] = {}
        if one.member.story == heir:
            links |= stands
        elif one.duplicate_of == gone:
            links |= {"duplicate_of": heir}
        if one.rewrite_of == gone:
            links |= {"rewrite_of": heir, "redundant": one.redundant and heir is not None}
        if one.revision_of == gone:
            # Of none before it, it is a version no more.
            links |= {"revision_of": story.revision_of}
            if story.revision_of is None and one.outcome is Outcome.REVISION:
                links |= {"outcome": Outcome.ATTACH}
        if links:
            changed[one.member.story] = replace(one, **links)
    return changed


def _rest(source: Standing, staying: Sequence[Stored], headline: Headline, cap: int) -> Shape:
    first_s, last_s, dated = _times(staying)
    return Shape(
        members=_kept((story.member for story in _joining(staying)), cap),
        first_s=first_s,
        last_s=last_s,
        dated=dated,
        headline=headline,
        joined=source.joined,
        parted=source.parted,
    )


def headline_without(source: Standing, leaving: Sequence[Stored], staying: Sequence[Stored]) -> Headline:
    """What an event is called that stories leave: as before, where the others have no headline."""
    return _left(source, leaving, staying) or source.headline


def headline_after(source: Standing, story: Stored, staying: Sequence[Stored]) -> Headline:
    """What an event is called that a story leaves for good: its headline goes with it."""
    return _left(source, [story], staying) or Headline("", staying[0].member.story)


def _left(source: Standing, leaving: Sequence[Stored], staying: Sequence[Stored]) -> Headline | None:
    # Its first story stays, and so does the one that names it: another, where the first has no headline.
    named = source.headline.story not in {story.member.story for story in leaving}
    gone = {story.title for story in leaving} - {story.title for story in staying}
    if named and source.headline.title not in gone and rank(staying[0]) < rank(leaving[0]):
        return source.headline
    return headline_of(staying)


def headline_with(target: Standing, moving: Sequence[Stored]) -> Headline:
    """What an event is called that stories join: by theirs where the first of them is its first from now on."""
    if rank(moving[0]) < target.began:
        return headline_of(moving) or target.headline
    return _newest(target.headline, moving)


def headline_apart(source: Standing, moving: Sequence[Stored]) -> Headline:
    """What an event is called that stories of another open together: as that, where they have no headline."""
    return headline_of(moving) or source.headline


def headline_of(stories: Sequence[Stored]) -> Headline | None:
    """What these are called: by the newest version of the first that has a headline.

    None where none has any: how a story begins is not kept.
    """
    found = next((Headline(story.title, story.member.story) for story in stories if story.title), None)
    return found and _newest(found, stories)


def _newest(headline: Headline, stories: Sequence[Stored]) -> Headline:
    for story in stories:
        if story.revision_of == headline.story:
            headline = Headline(story.title or headline.title, story.member.story)
    return headline


def target_after(change: Reassignment, cap: int) -> Shape:
    target, moving = change.target, change.moving
    first_s, last_s, dated = _times(moving, target)
    known = target.members if target is not None else ()
    ends = (*([target] if target else ()), *([change.source] if change.merges else ()))
    return Shape(
        members=_kept((*known, *(story.member for story in _joining(moving))), cap),
        first_s=first_s,
        last_s=last_s,
        dated=dated,
        headline=headline_with(target, moving) if target else headline_apart(change.source, moving),
        joined=(change.by_hand and change.merges) or any(end.joined for end in ends),
        parted=(change.by_hand and target is None) or any(end.parted for end in ends),
    )


def lists(going: Sequence[Stored], staying: Sequence[Stored]) -> Lists:
    """A posting list holds an event under terms of its stories; which of them, it knows alone."""
    stay = {term for story in staying for term in story.member.profile.body}
    gone = {term for story in going for term in story.member.profile.body}
    return Lists(left=tuple(sorted(gone - stay)), shared=tuple(sorted(gone & stay)))


def _joining(stories: Sequence[Stored]) -> Sequence[Stored]:
    """Those that are compared; a part that has copies alone is known by its first."""
    return compared(stories) or stories[:1]


def _kept(members: Iterable[Member], cap: int) -> tuple[str, ...]:
    """The first and the latest to arrive, as a commit keeps them."""
    arrived = sorted(members, key=lambda member: (member.arrived_s, member.story))
    if len(arrived) > cap:
        arrived = [arrived[0], *arrived[len(arrived) - cap + 1 :]]
    return tuple(member.story for member in arrived)


def _times(stories: Sequence[Stored], event: Standing | None = None) -> tuple[float, float, bool]:
    """First and last, and whether they are of publication: where any is, arrivals do not count."""
    spans = [(s.member.time_s, s.member.time_s, s.member.published_s is not None) for s in stories]
    if event is not None:
        spans.append((event.first_s, event.last_s, event.dated))
    dated = any(span[2] for span in spans)
    told = [span for span in spans if span[2] == dated]
    return min(span[0] for span in told), max(span[1] for span in told), dated
