"""The records of decisions and of changes as sentences."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from newsloom.cli.output import counted
from newsloom.core.copies import MOST
from newsloom.store.values import Stored


def because(record: dict[str, Any], titles: Mapping[str, str]) -> str:
    """Why the story is where it is, in a few lines for a person; ``titles`` has what to put behind ids of events."""
    outcome, event = record["outcome"], record["event_id"]
    best, runner_up = (f"{name}{titles.get(name, '')}" for name in (record["best"], record["runner_up"]))
    score, threshold = record["score"], record["threshold"]
    lines = []
    if outcome == "revision":
        told = (
            ""
            if record["overlap"] is None
            else f" {record['overlap']:.0%} of the shorter text is in the other."
        )
        lines.append(f"A new version of story {record['revision_of']}: it stays in event {event}.{told}")
    elif outcome == "duplicate":
        lines.append(
            f"A copy of story {record['duplicate_of']}: {record['overlap']:.0%} of the shorter text is in the "
            f"other, and the fingerprints differ in {record['distance']} of 64 bits. It joins event {event}."
        )
    elif outcome == "attach":
        lines.append(
            f"Another report on event {event}{titles.get(event, '')}: it scores {score:+.2f}; {threshold:+.2f} was needed."
        )
        if record["rewrite_of"]:
            lines.append(f"It says what story {record['rewrite_of']} says, in much the same terms.")
    elif score is None:
        lines.append(f"It opened event {event}: no event from that time shares its most significant terms.")
    else:
        lines.append(
            f"It opened event {event}: the nearest other, event {best}, scores {score:+.2f}; "
            f"{threshold:+.2f} was needed."
        )
    if outcome in ("attach", "open") and (record["overlap"] or 0.0) >= MOST:
        lines.append(
            f"Of this story and {record['closest']}, {record['overlap']:.0%} of the shorter text is in the other. It is not treated as a copy: names, "
            "figures or openings differ, or it is too short to tell."
        )
    if record["runner_up"]:
        short = (
            ", but shares too few names, given how little has been decided so far"
            if (record["margin"] or 0.0) < 0
            else ""
        )
        lines.append(f"The runner-up, event {runner_up}, scores {record['runner_up_score']:+.2f}{short}.")
    compared = record["candidates"]
    lines.append(
        f"Compared with {counted(compared, 'event')} under policy {record['policy']}"
        + (
            f", after {counted(record['retries'], 'conflict')} with other workers."
            if record["retries"]
            else "."
        )
    )
    return "\n".join(lines)


def relinked(story: Stored, record: dict[str, Any] | None, gone: Collection[str]) -> list[str]:
    """What of its decision is so no more, as a story that it was linked to is gone."""
    named = [record[link] for link in ("duplicate_of", "rewrite_of", "revision_of")] if record else []
    lines = [
        f"Story {link} is gone: it was forgotten, or has expired."
        for link in dict.fromkeys((*filter(None, named), *story.links))
        if link in gone or link not in story.links
    ]
    if record and (story.outcome.value, story.duplicate_of) != (record["outcome"], record["duplicate_of"]):
        of = f" of story {story.duplicate_of}" if story.duplicate_of else ""
        lines.append(f"Since then this story counts as {story.outcome.value}{of}.")
    return lines


def moved(record: dict[str, Any]) -> str:
    """Why the story was moved since."""
    way = f"It was moved from event {record['from']} to {record['event_id']}"
    if record["by"] == "person":
        told = {"event_merged": "merged the two", "moved": "put it there"}
        return f"{way}: a person {told[record['because']]}."
    if record["because"] == "event_merged":
        return (
            f"{way}: the two were one event. Of {counted(record['pairs'], 'pair')} of their stories {record['agreed']} "
            f"{'is' if record['agreed'] == 1 else 'are'} similar enough. Relative to how well each holds together, the two score {record['clears']:+.2f}; "
            f"merging takes {record['needed']:+.2f}. Policy {record['policy']}."
        )
    return (
        f"{way}: it held stories of two events. Relative to how well each part holds together, the two score "
        f"{record['clears']:+.2f}; below {record['needed']:+.2f} they are split. Policy {record['policy']}."
    )


def line_of(kind: str, record: dict[str, Any]) -> str:
    """A record of any type on a line: when, what, the event, the story or the other event, and who if it is no decision."""
    by = f"by {'a person' if record.get('by') == 'person' else 'the program'}"
    event, what = record["event_id"], kind.partition("_")[2]
    if kind == "event_merged":
        other, told = record["merged"], f"is the same event, {by}: {record['title']}"
    elif kind == "event_split":
        other, told = record["into"], f"is a separate event, {by}: {record['title']}"
    elif kind == "story_moved":
        other, told = record["story"], f"from {record['from']}, {by}: {record['title'] or record['file']}"
    elif kind == "story_relinked":
        other, told = record["story"], f"{record['outcome']}, {by}"
    elif kind == "story_forgotten":
        other, told = record["story"], by
    else:
        what, other, told = record["outcome"], record["story"], record["title"] or record["file"]
    at_s = int(record["id"].partition("-")[0]) // 1000  # an id of a stream begins with milliseconds
    when = datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{when}  {what:<9}  {event}  {other or '':16}  {told}"
