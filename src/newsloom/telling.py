"""The records of decisions and of changes: one shape for the log line, the stream and ``explain``."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from newsloom.core.model import Decision, Profile, Story
from newsloom.store.changes import Standing
from newsloom.store.reassign import headline_after, headline_apart, headline_with, headline_without
from newsloom.store.values import Stored


def iso(time_s: float | None) -> str | None:
    """ISO 8601 in UTC, to the second."""
    return None if time_s is None else datetime.fromtimestamp(time_s, UTC).isoformat(timespec="seconds")


def telling(
    story: Story,
    decision: Decision,
    profile: Profile | None,
    retries: int,
    took_ms: Mapping[str, float],
    *,
    event_title: str | None = None,
) -> dict[str, Any]:
    """Field by field what README.md beside this module documents; ``profile`` is None for a repeat."""
    article = story.article
    return {
        "file": article.place,
        "index": article.index,
        "article": article.id or article.place,
        "story": story.id,
        "part": story.part,
        "parts": story.parts,
        "first_paragraph": story.first_paragraph,
        "paragraphs": len(story.paragraphs),
        "title": story.title,
        "source": article.source,
        "url": article.url,
        "language": story.language,
        "published": iso(story.published_s),
        "words": profile.words if profile else None,
        "simhash": f"{profile.simhash:016x}" if profile else None,
        "outcome": decision.outcome.value,
        "event_id": decision.event,
        "event_title": event_title,
        "duplicate_of": decision.duplicate_of,
        "rewrite_of": decision.rewrite_of,
        "revision_of": decision.revision_of,
        "closest": decision.closest,
        "distance": decision.distance,
        "overlap": _rounded(decision.overlap),
        "best": decision.best,
        "score": _rounded(decision.score),
        "threshold": _rounded(decision.threshold),
        "margin": _rounded(decision.margin),
        "runner_up": decision.runner_up,
        "runner_up_score": _rounded(decision.runner_up_score),
        "candidates": decision.candidates,
        "features": {name: _rounded(value) for name, value in decision.features.items()},
        "policy": decision.policy,
        "retries": retries,
        "took_ms": dict(took_ms),
    }


PROGRAM, PERSON = "program", "person"


def told_by(*, by_hand: bool, **evidence: Any) -> dict[str, Any]:
    """What all records of a change say: who made it, and what it rests on."""
    return {"by": PERSON if by_hand else PROGRAM, **evidence}


def merged(
    loser: Standing, survivor: Standing, moving: Sequence[Stored], told: Mapping[str, Any]
) -> dict[str, Any]:
    """``event_merged``: two events are one from now on."""
    return {
        "event_id": survivor.event,
        "merged": loser.event,
        "language": survivor.language,
        "title": headline_with(survivor, moving).title,
        "stories": len(moving),
        "size": survivor.size + loser.size,
        **told,
    }


def split(
    source: Standing, into: str, moving: Sequence[Stored], staying: Sequence[Stored], told: Mapping[str, Any]
) -> dict[str, Any]:
    """``event_split``: stories opened an event of their own together."""
    return {
        "event_id": source.event,
        "into": into,
        "language": source.language,
        "title": headline_without(source, moving, staying).title,
        "into_title": headline_apart(source, moving).title,
        "stories": len(moving),
        "size": source.size - len(moving),
        **told,
    }


def story_moved(
    story: Stored, into: str, because: str, told: Mapping[str, Any], **titles: str
) -> dict[str, Any]:
    """``story_moved``: a story is in another event from now on; ``titles`` where no other record says what those are called."""
    return {
        "story": story.member.story,
        "event_id": into,
        "from": story.event,
        "language": story.language,
        "title": story.title,
        "file": story.file,
        "because": because,
        **titles,
        **told,
    }


def forgotten(source: Standing, story: Stored, staying: Sequence[Stored]) -> dict[str, Any]:
    """``story_forgotten``: a story is known no more; nothing of what it told stands here."""
    copies = [one.member.story for one in staying if one.duplicate_of == story.member.story]
    return {
        "story": story.member.story,
        "event_id": story.event,
        "event_title": (headline_after(source, story, staying).title or None) if staying else None,
        "language": story.language,
        "size": len(staying),
        "copies": len(copies),
        "heir": copies[0] if copies else None,
        "by": PERSON,
    }


def story_relinked(story: Stored) -> dict[str, Any]:
    """``story_relinked``: what a story is by now that one is forgotten which it was a copy, rewrite or version of."""
    return {
        "story": story.member.story,
        "event_id": story.event,
        "language": story.language,
        "outcome": story.outcome.value,
        "duplicate_of": story.duplicate_of,
        "rewrite_of": story.rewrite_of,
        "revision_of": story.revision_of,
        "because": "story_forgotten",
        "by": PERSON,
    }


def evidence_of(**numbers: float | str) -> dict[str, Any]:
    """What a change rests on, its numbers rounded as those of a decision are."""
    return {name: _rounded(value) if isinstance(value, float) else value for name, value in numbers.items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
