"""What events are like after stories went from one to another, or for good. Pure, and the same for both stores."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from newsloom.core.model import Member, Outcome
from newsloom.store.changes import Forgetting, Reassignment, Standing
from newsloom.store.values import Stored, compared, rank

MOVES_KEPT = 16  #: latest moves of a story that can be told


@dataclass(frozen=True, slots=True)
class Shape:
    """What is kept of an event beside its list of stories."""

    members: tuple[str, ...]
    first_s: float
    last_s: float
    dated: bool
    title: str
    joined: bool  #: see :class:`Standing`
    parted: bool


@dataclass(frozen=True, slots=True)
class Lists:
    """The posting lists that change."""

    left: tuple[str, ...]  #: terms that the stories that go alone carry: a target takes the source's place
    shared: tuple[str, ...]  #: terms that others carry too: the target stands beside the source


def source_after(change: Reassignment, cap: int) -> Shape | None:
    """None: nothing stays."""
    return _rest(change.source, change.moving, change.staying, change.source.title, cap)


def rest_after(change: Forgetting, cap: int) -> Shape | None:
    """None: it was alone. The headline of what is forgotten is as well."""
    return _rest(change.source, [change.story], change.staying, "", cap)


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
            links |= {"revision_of": story.revision_of}
        if links:
            changed[one.member.story] = replace(one, **links)
    return changed


def _rest(
    source: Standing, leaving: Sequence[Stored], staying: Sequence[Stored], otherwise: str, cap: int
) -> Shape | None:
    if not staying:
        return None
    first_s, last_s, dated = _times(staying)
    return Shape(
        members=_kept((story.member for story in _joining(staying)), cap),
        first_s=first_s,
        last_s=last_s,
        dated=dated,
        title=title_without(source, leaving, staying, otherwise),
        joined=source.joined,
        parted=source.parted,
    )


def title_without(
    source: Standing, leaving: Sequence[Stored], staying: Sequence[Stored], otherwise: str
) -> str:
    """The headline of an event that stories leave; ``otherwise``: where none of the rest has any."""
    # Its first story stays, and so does who bears the headline: another, where the first has none.
    gone = {story.title for story in leaving} - {story.title for story in staying}
    headed = rank(staying[0]) < rank(leaving[0]) and source.title not in gone
    return source.title if headed else _title(staying, otherwise)


def title_with(target: Standing, moving: Sequence[Stored]) -> str:
    """The headline of an event that stories join: theirs where the first of them is its first from now on."""
    return _title(moving, target.title) if rank(moving[0]) < target.began else target.title


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
        title=title_with(target, moving) if target else _title(moving, change.source.title),
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


def _title(stories: Sequence[Stored], otherwise: str) -> str:
    """The first headline: how a story without one begins is not kept."""
    return next((story.title for story in stories if story.title), otherwise)
