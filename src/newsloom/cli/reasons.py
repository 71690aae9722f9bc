"""A decision record as sentences."""

from typing import Any


def because(record: dict[str, Any]) -> str:
    """Why the story is where it is, in a few lines for a person."""
    outcome, event = record["outcome"], record["event_id"]
    score, threshold = record["score"], record["threshold"]
    lines = []
    if outcome == "revision":
        lines.append(f"A new version of story {record['revision_of']}: it stays in event {event}.")
    elif outcome == "duplicate":
        lines.append(
            f"A copy of story {record['duplicate_of']}: {record['overlap']:.0%} of the shorter text stands in the "
            f"other, the fingerprints differ in {record['distance']} of 64 bits. It joins event {event}."
        )
    elif outcome == "attach":
        lines.append(
            f"A further telling of event {event}: it scores {score:+.2f}, and {threshold:+.2f} was needed."
        )
    elif score is None:
        lines.append(f"It opened event {event}: no event of its time shares its heaviest terms.")
    else:
        lines.append(
            f"It opened event {event}: the best other scores {score:+.2f}, and {threshold:+.2f} was needed."
        )
    if record["runner_up"]:
        lines.append(f"The runner-up, event {record['runner_up']}, scores {record['runner_up_score']:+.2f}.")
    lines.append(
        f"Compared with {record['candidates']} events under policy {record['policy']}"
        + (f", after {record['retries']} conflicts with other workers." if record["retries"] else ".")
    )
    return "\n".join(lines)
