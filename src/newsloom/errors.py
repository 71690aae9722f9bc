"""Failures, each named by what happens next."""

from typing import Literal

#: Why a file, a record or a message is in quarantine: stable codes, for programs.
Reason = Literal[
    "missing", "not_a_file", "unreadable", "not_allowed", "empty", "no_text", "blocked", "withdrawn", "embargoed", "binary", "unsupported",
    "undecodable", "malformed", "truncated", "too_large", "too_slow", "killed_worker", "failed", "no_path",
]  # fmt: skip


class NewsloomError(Exception):
    """Base of all errors that newsloom raises on purpose."""


class BadFile(NewsloomError):
    """A file, or one record of it, that can never be read: it goes to quarantine.

    ``detail`` is one sentence for a person: what is wrong and what to do.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type["BadFile"], tuple[Reason, str]]:
        return type(self), (self.reason, self.detail)


class BadSetting(NewsloomError):
    """A setting or an option has a value that cannot be used: a person has to change it first."""


class Impossible(NewsloomError):
    """What a person asked for cannot be done: the message says why."""


class NotNow(NewsloomError):
    """An external condition, for which no article is to blame: wait and try again, nothing was decided."""


class StoreUnavailable(NotNow):
    """Redis cannot be reached."""


class StoreRefuses(StoreUnavailable):
    """Redis answers and cannot do this now: wait until somebody has done what the message says.

    Its memory or its disk is full, or the user lacks a permission. No article is at fault, so none is refused.
    """


class StoreDiffers(StoreRefuses):
    """What is stored for a language has another version, or used a different word list."""


class NoRoom(NotNow):
    """There is no room, or no folder, for temporary files."""


class Conflict(NewsloomError):
    """Another worker wrote something this decision relied on: recall and decide again."""


class Stuck(NewsloomError):
    """Conflict after conflict on one story, though no other worker commits: what is stored of it is inconsistent."""


class QueueFull(NewsloomError):
    """The queue holds as many messages as it may: send the rest later, or start more workers.

    ``sent`` files were enqueued before, ``first`` is the first that was not.
    """

    def __init__(self, most: int, sent: int, first: str) -> None:
        super().__init__(
            f"The queue is full: no more than {most:,} may wait (NEWSLOOM_QUEUE_MAX). {sent:,} {'file was' if sent == 1 else 'files were'} "
            f"enqueued; {first} and the files after it were not. Send these later, start more workers, or wait for room "
            "(--when-full wait)."
        )
        self.sent = sent
        self.first = first


class ServerError(NewsloomError):
    """The embedded server could not be started: the message says why and what to do."""
