"""Why a labelled event came out badly, by the evidence of the decisions that made it so."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from newsloom.core.model import Decision, Outcome

NAMED = 3  #: other events that are named
_SHORT = "opened {} logits short of the right event"


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled article, and what became of it."""

    label: str
    language: str
    decision: Decision
    event: str  #: that it is in at the end


def reasons(label: str, judged: Sequence[Judged]) -> str:
    """What is wrong with the event of that label, and why; ``judged`` are all articles in the order decided."""
    return "; ".join(_told(label, judged))


def _told(label: str, judged: Sequence[Judged]) -> Iterator[str]:
    mine = [one for one in judged if one.label == label]
    where = Counter(one.event for one in mine)
    if len(where) > 1:
        yield f"in {len(where)} pieces"
    others = {event: Counter(one.label for one in judged if one.event == event) for event in where}
    mixed = [event for event, _ in where.most_common() if len(others[event]) > 1]
    for event in mixed[:NAMED]:
        del others[event][label]
        yield f"{_part(where[event], len(mine))} in an event with {_named(others[event])}"
    if len(mixed) > NAMED:
        yield f"{len(mixed) - NAMED} more pieces in events with others"
    if mixed:
        yield _joined(label, [one for one in judged if one.event in mixed])
    yield from _parted(mine)


def _part(some: int, size: int) -> str:
    if size == 1:
        return "its article is"
    return f"{'all' if some == size else some} of its {size} articles {'is' if some == 1 else 'are'}"


def _named(labels: Counter[str]) -> str:
    count = labels.total()
    names = ", ".join(name for name, _ in labels.most_common(NAMED)) + (", …" if len(labels) > NAMED else "")
    return f"{count} {'other' if count == 1 else 'others'} ({names})"


def _joined(label: str, judged: Iterable[Judged]) -> str:
    """How articles of this label came together with others: those that joined an event with none of their own."""
    labels: dict[str, set[str]] = {}
    over, copies, versions = [], 0, 0
    for one in judged:
        there = labels.setdefault(one.decision.event, set())
        if there and one.label not in there and label in {*there, one.label}:
            copies += one.decision.outcome is Outcome.DUPLICATE
            versions += one.decision.outcome is Outcome.REVISION
            if one.decision.outcome is Outcome.ATTACH and one.decision.score is not None:
                over.append(one.decision.score - one.decision.threshold)
        there.add(one.label)
    told = [f"{len(over)} joined wrongly, with {_between(over)} logits to spare"] if over else []
    told += [f"{copies} as {'a copy' if copies == 1 else 'copies'}"] if copies else []
    told += [f"{versions} as versions of one article"] if versions else []
    return ", ".join(told) or "put together by the second look"


def _parted(mine: Sequence[Judged]) -> Iterator[str]:
    """Why articles of one label are in several events: of each, what kept it from those that came before it."""
    kept = [
        (_kept(one, apart), one.decision)
        for at, one in enumerate(mine)
        if (apart := [other for other in mine[:at] if other.event != one.event])
    ]
    short = [one.threshold - one.score for why, one in kept if why == _SHORT and one.score is not None]
    for why, count in Counter(why for why, _ in kept if why).items():
        yield f"{count} {why.format(_between(short) if short else '')}"


def _kept(one: Judged, apart: Sequence[Judged]) -> str | None:
    """What kept an article from these, which are of its label; nothing if it followed another that was kept."""
    decision = one.decision
    if all(other.language != one.language for other in apart):
        return "in another language, which is never joined"
    if decision.outcome is not Outcome.OPEN:
        told = decision.event in {other.decision.event for other in apart}
        return "split off by the second look" if told else None
    if decision.score is None:
        return "opened with nothing to compare"
    # An event that was merged since then went by another id.
    right = {event for other in apart for event in (other.event, other.decision.event)}
    return _SHORT if decision.best in right else "opened where another event came nearer than the right one"


def _between(values: Sequence[float]) -> str:
    low, high = f"{min(values):.1f}", f"{max(values):.1f}"
    return low if low == high else f"{low} to {high}"
