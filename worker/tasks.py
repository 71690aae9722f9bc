"""Doorways: decode the message, call the library, map its errors to what becomes of the message."""

import os
import signal
import time
from collections.abc import Callable
from typing import Annotated, Any, Self

import structlog
from celery import Celery
from celery.exceptions import Reject, SoftTimeLimitExceeded
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, ValidationError, model_validator

from newsloom import bootstrap, ending
from newsloom.errors import Conflict, NotNow, StoreUnavailable
from newsloom.intake import Intake
from newsloom.mailbox import LOOK_TASK, SLICE_TASK, TASK, Slice, when_sent
from newsloom.tame import redacted
from newsloom.waiting import Waiting
from newsloom.work import not_a_path

log = structlog.get_logger()
#: A server that refuses, or a cluster of which no node answers, would be asked again as fast as that can be told.
_UNAVAILABLE_S = 2.0
_waiting = Waiting("message_waits", "message_goes_on", by_turns=True)  # of this process
_SHOWN_CHARACTERS = 300


def _file(value: object) -> str:
    if problem := not_a_path(value):
        raise ValueError(f"not a valid path: it {problem}")
    return str(value)


def _folder(value: object) -> str:
    return "" if value == "" else _file(value)


# Not pydantic's own ``str``, which refuses lone surrogates: so Python writes bytes that are no UTF-8.
File = Annotated[str, PlainValidator(_file)]
Folder = Annotated[str, PlainValidator(_folder)]


class Files(BaseModel):
    """What ``newsloom.ingest`` takes: one path or many, and where relative ones start from; or articles.

    An article is an object with its fields under any name that a JSON file may give them. A bad path or
    article is refused alone, and the rest of the message is done.
    """

    model_config = ConfigDict(extra="forbid")
    files: (
        Annotated[
            list[Any],
            BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
        ]
        | None
    ) = None
    base: Folder = ""
    articles: list[Any] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.files is None) == (self.articles is None):
            raise ValueError("there should be either files or articles")
        if not self.files and not self.articles:
            raise ValueError("there should be at least one file or article")
        return self


class Part(BaseModel):
    """What ``newsloom.ingest_slice`` takes: the rest of a large file."""

    model_config = ConfigDict(extra="forbid")
    file: File
    run: str
    start: int
    number: int
    base: Folder = ""


def register(app: Celery) -> None:
    """Give the app its tasks."""
    request = "newsloom.worker.consumer:Request"
    # typing=False: a wrong signature shall reach the doorway, which keeps the message, and not end in Celery.
    app.task(name=TASK, bind=True, typing=False, Request=request)(ingest)
    app.task(name=SLICE_TASK, bind=True, typing=False, Request=request)(ingest_slice)
    app.task(name=LOOK_TASK, bind=True, typing=False, Request=request)(second_look)


def ingest(task: Any, *args: Any, **kwargs: Any) -> None:
    """``{"files": [path, ...]}`` or ``{"articles": [{...}, ...]}``: ingest these, in order."""

    def call(intake: Intake, message: Files) -> None:
        run, sent = task.request.id, when_sent(task.request.properties)
        if message.articles is not None:
            intake.articles(message.articles, run, sent)
        else:
            intake.files(message.files or [], run, message.base, sent)

    # One that has no name is unknown, and refused as any other.
    names = ("files", "base", *map(str, range(2, len(args))))
    _enter(Files, dict(zip(names, args, strict=False)) | kwargs, call)


def ingest_slice(task: Any, *_: Any, **kwargs: Any) -> None:
    """The rest of a large file, as the slice before handed it on."""
    _enter(
        Part,
        kwargs,
        lambda intake, part: intake.file(
            part.file, Slice(part.run, part.start, part.number, when_sent(task.request.properties)), part.base
        ),
    )


def _enter(schema: type[BaseModel], arguments: dict[str, Any], call: Callable[[Intake, Any], None]) -> None:
    try:
        _do(schema, arguments, call)
    except SoftTimeLimitExceeded as error:
        # Amid what was done about a failure: Celery would strike the message out.
        raise Reject("its time was up", requeue=True) from error
    except MemoryError:
        # What the kernel does where it runs out for the machine: another process is given the message, with a memory
        # of its own, and the death counts against what was in hand, so that this ends.
        try:
            log.exception("memory_ran_out")
        finally:
            os.kill(os.getpid(), signal.SIGKILL)


def _do(schema: type[BaseModel], arguments: dict[str, Any], call: Callable[[Intake, Any], None]) -> None:
    try:
        intake = bootstrap.intake((SoftTimeLimitExceeded,))
        try:
            message = schema.model_validate(arguments)
        except ValidationError as error:
            problems = redacted("; ".join(map(_problem, error.errors())))[:_SHOWN_CHARACTERS]
            told = f'{problems}; send {{"files": [path, ...]}} or {{"articles": [{{...}}, ...]}}'
            raise Reject(told, requeue=False) from error
        call(intake, message)
        _waiting.goes_on()
    except (NotNow, Conflict, SoftTimeLimitExceeded) as error:
        # Back to the queue, behind the others: what is in the way of this one may not be in theirs. Should that fail
        # too, the message stays held, and is handed on later. The attempts at what was in hand when the time was up
        # are counted, so that this ends.
        reason = "its time was up" if isinstance(error, SoftTimeLimitExceeded) else str(error)
        if isinstance(error, NotNow):
            _waiting.waits(reason)
            time.sleep(_UNAVAILABLE_S)
        else:
            log.warning("message_requeued", reason=reason)
        raise Reject(reason, requeue=True) from error
    except (MemoryError, Reject):
        raise
    except Exception as error:  # a bug: whoever mends it has the message
        log.exception("message_put_aside")
        told = f"newsloom crashed on it: {error!r}; the log has the traceback"
        raise Reject(told, requeue=False) from error


def _problem(error: Any) -> str:
    """In our own words where the checks are ours; where in the message, unless it is all of it."""
    where, told = ".".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, ")
    return f"{where}: {told}" if where else told


def second_look(_: Any, *__: Any, **___: Any) -> None:
    """Look at young events again, unless someone does: merge what is one, split what is two.

    What it did not come to is due the next time, so it is never handed back.
    """
    settings = bootstrap.settings()
    until = time.monotonic() + settings.soft_time_limit_s / 2

    def go_on() -> bool:
        return not ending.told() and time.monotonic() < until and turn.keep()

    try:
        turn = bootstrap.turn()
        if not turn.take():
            return
        try:
            began_s, failed = time.monotonic(), 0
            for changed in bootstrap.second_look().changes(settings.look_events, go_on):
                if changed is None:
                    failed += 1
                    continue
                for kind, record in changed.records:
                    log.info(kind, **record)
            bootstrap.looks().ended(time.monotonic() - began_s, failed)  # for lack of time too
        finally:
            turn.give_back()
    except StoreUnavailable as error:
        log.warning("second_look_broken_off", reason=str(error))
