"""Celery's consumer, which drops no message without a trace."""

from collections.abc import Callable, Container
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import structlog
from celery.exceptions import Reject, WorkerLostError
from celery.utils.log import get_logger
from celery.utils.time import maybe_iso8601, maybe_make_aware
from celery.worker.consumer import Consumer as StockConsumer
from celery.worker.request import Request as StockRequest
from kombu.exceptions import DecodeError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from newsloom.tame import anonymous, printable
from newsloom.worker import alive

log = get_logger(__name__)

MAX_ID_CHARS: Final = 200
#: How far ahead a message may ask to be done. Celery hands it to a worker at once, which holds it until then; over
#: Redis no sender counts on more, for after this long another worker would be given it as well.
MAX_AHEAD: Final = timedelta(hours=1)
_AFTERWARDS: Final = ("callbacks", "errbacks", "chain", "chord")


def _printable(name: str) -> str:
    if not name.isprintable():
        raise ValueError("it contains unprintable characters")
    return name


def _time(told: str) -> str:
    if maybe_iso8601(told) is None:
        raise ValueError("it is empty")
    return told


Name = Annotated[str, Field(min_length=1, max_length=MAX_ID_CHARS), AfterValidator(_printable)]
Limit = Annotated[float, Field(gt=0, lt=1e6)]


class Headers(BaseModel):
    """Those that Celery reads, whatever others there are."""

    model_config = ConfigDict(strict=True)
    task: Name
    id: Name
    eta: Annotated[str, AfterValidator(_time)] | None = None
    expires: str | None = None
    #: Hard and soft, in seconds; Celery ends a task that is past them.
    timelimit: Annotated[list[Limit | None], Field(min_length=2, max_length=2)] | None = None
    retries: Annotated[int, Field(ge=0)] | None = None
    group: str | None = None
    parent_id: str | None = None
    root_id: str | None = None
    shadow: str | None = None
    stamps: dict[str, Any] | None = None
    stamped_headers: list[Any] | None = None
    errbacks: list[Any] | None = None
    callbacks: list[Any] | None = None


class Consumer(StockConsumer):  # type: ignore[misc]  # celery is untyped
    """What no task can be made of is rejected, and the transport puts that aside.

    Celery itself acknowledges some of it unread, and starts a task with the rest, which then fails before
    its first line.
    """

    def ensure_connected(self, conn: Any) -> Any:
        ensure = conn.ensure_connection

        def ensured(errback: Any, max_retries: Any, callback: Callable[[], None]) -> Any:
            return ensure(errback, max_retries, callback=alive.while_it_waits(callback))

        conn.ensure_connection = ensured
        return super().ensure_connected(conn)

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        handle = super().create_task_handler(*args, **kwargs)

        def checked(message: Any) -> Any:
            try:
                problem = lacking(message.body, message.content_type)
                if problem is None:
                    headers = message.headers
                    problem = (
                        wrong(headers, message.payload)
                        or stranger(headers, self.app.tasks)
                        or early(headers, datetime.now(UTC))
                    )
            except (DecodeError, LookupError, RecursionError, TypeError, ValueError) as error:
                problem = f"it cannot be decoded: {error!r}"
            if problem is None:
                return handle(message)
            message.channel.qos.why[message.delivery_tag] = problem
            return message.reject_log_error(log, self.connection_errors)

        return checked


class Request(StockRequest):  # type: ignore[misc]
    """Celery's, which also notes why a task rejects its message, or hands it back: that came from another process.

    And says what a process had in hand that died. Which file of several killed it, the next one finds out.
    """

    def on_failure(self, exc_info: Any, *args: Any, **kwargs: Any) -> Any:
        error = getattr(exc_info.exception, "exc", exc_info.exception)  # as it comes from a child
        if isinstance(error, Reject):
            self.message.channel.qos.why[self.message.delivery_tag] = error.reason
        elif isinstance(error, WorkerLostError):
            self._died(str(error))
        return super().on_failure(exc_info, *args, **kwargs)

    def on_timeout(self, soft: Any, timeout: Any) -> Any:
        if not soft:
            self._died(f"It was busy for {timeout:g} s (NEWSLOOM_HARD_TIME_LIMIT_S), and was killed.")
        return super().on_timeout(soft, timeout)

    def _died(self, detail: str) -> None:
        structlog.get_logger().error(
            "process_died", task_id=self.id, detail=detail, **in_hand(self.args, self.kwargs)
        )


def in_hand(args: Any, kwargs: Any) -> dict[str, Any]:
    """What a message of newsloom's names: the file, or how many files or articles."""
    files = kwargs.get("file") or kwargs.get("files") or next(iter(args), None)
    if isinstance(files, list) and len(files) == 1:
        (files,) = files
    if isinstance(files, str):
        return {"file": anonymous(printable(files))}
    found = {"files": files, "articles": kwargs.get("articles")}
    return {name: len(each) for name, each in found.items() if isinstance(each, list)}


def lacking(body: object, content_type: object) -> str | None:
    """What a message lacks that it has to have beside headers."""
    if body is None:
        return "its field body is missing"
    return "its field content-type is missing: set it to application/json" if content_type is None else None


def wrong(headers: object, body: object) -> str | None:
    """What is wrong with a message, which is to be of Celery's second protocol."""
    if not isinstance(headers, dict):
        return "its headers are not an object"
    if "task" not in headers:
        if isinstance(body, dict) and "task" in body:
            return (
                "its task is in its body, as Celery wrote it before version 4: send it with task_protocol 2"
            )
        return "it names no task: its field headers is missing, or has no field task"
    return _wrong_header(headers) or _wrong_body(body)


def stranger(headers: dict[str, Any], tasks: Container[str]) -> str | None:
    """What is wrong with the name of a sound message's task: it is another app's, or one of Celery's own."""
    name = headers["task"]
    # Celery would say that it discards the one, and run the other, of which nothing would be left.
    return f"newsloom has no task {name}" if name not in tasks or name.startswith("celery.") else None


def early(headers: dict[str, Any], now: datetime) -> str | None:
    """What is wrong with the time that a sound message asks to be done at: that is too far ahead."""
    eta = headers.get("eta")
    if eta is None or maybe_make_aware(maybe_iso8601(eta)) - now <= MAX_AHEAD:
        return None
    return f"its eta is {eta}, more than an hour ahead: send it when it is due"


def _wrong_header(headers: dict[str, Any]) -> str | None:
    try:
        Headers.model_validate(headers)
    except ValidationError as error:
        first = error.errors()[0]
        return f"its header {first['loc'][0]} is {'missing' if first['type'] == 'missing' else 'not valid'}"
    return None


def _wrong_body(body: object) -> str | None:
    if not isinstance(body, list | tuple) or len(body) != 3:
        return "its body is not a list of three: arguments, named arguments and options"
    args, kwargs, rest = body
    if not isinstance(args, list | tuple) or not isinstance(kwargs, dict):
        return "its arguments are not a list and an object"
    if not isinstance(rest, dict | None):
        return "the third part of its body is not an object"
    if rest and any(map(rest.get, _AFTERWARDS)):
        return "it asks for other tasks afterwards, which newsloom does not start"
    return None
