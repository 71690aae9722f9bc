"""Celery's consumer, which drops no message without a trace."""

from collections.abc import Callable, Container
from typing import Any, Final

from celery.utils.log import get_logger
from celery.worker.consumer import Consumer as Stock
from kombu.exceptions import DecodeError

log = get_logger(__name__)

MAX_ID_CHARS: Final = 200


class Consumer(Stock):  # type: ignore[misc]  # celery is untyped
    """What no task can be made of is rejected, and the transport puts that aside.

    Celery itself acknowledges some of it unread, and starts a task with the rest, which then fails before
    its first line.
    """

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        handle = super().create_task_handler(*args, **kwargs)

        def checked(message: Any) -> Any:
            try:
                headers, body = message.headers, message.payload
                problem = wrong(headers, body) or stranger(headers, body, self.app.tasks)
            except (DecodeError, LookupError, RecursionError, TypeError, ValueError) as error:
                problem = f"it cannot be decoded: {error!r}"
            if problem is None:
                return handle(message)
            log.error("a message is refused: %s", problem)
            return message.reject_log_error(log, self.connection_errors)

        return checked


def wrong(headers: object, body: object) -> str | None:
    """What is wrong with a message of Celery's second protocol (or, with its task in the body, the first)."""
    if not isinstance(headers, dict):
        return "its headers are no object"
    if "task" not in headers:
        if not isinstance(body, dict):
            return "it names no task"
        headers = {**body, **headers}
        body = [body.get("args", []), body.get("kwargs", {}), None]
    return _wrong_header(headers) or _wrong_body(body)


def stranger(headers: dict[str, Any], body: Any, tasks: Container[str]) -> str | None:
    """What is wrong with the name of a sound message's task: another app's, or one that Celery brings along."""
    name = headers["task"] if "task" in headers else body["task"]
    # Celery would say that it discards the one, and run the other, of which nothing would be left.
    return f"newsloom has no task {name}" if name not in tasks or name.startswith("celery.") else None


def _wrong_header(headers: dict[str, Any]) -> str | None:
    for name, fits in _HEADERS.items():
        value = headers.get(name)
        if (name in _NEEDED or value is not None) and not fits(value):
            return f"its header {name} is none"
    return None


def _wrong_body(body: object) -> str | None:
    if not isinstance(body, list | tuple) or len(body) != 3:
        return "its body is not arguments, named arguments and the rest"
    args, kwargs, rest = body
    if not isinstance(args, list | tuple) or not isinstance(kwargs, dict):
        return "its arguments are none"
    if not isinstance(rest, dict | None):
        return "the third part of its body is no object"
    if rest and any(map(rest.get, _AFTERWARDS)):
        return "it asks for other tasks afterwards, which newsloom starts for nobody"
    return None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_ID_CHARS and value.isprintable()


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def _is_a(kind: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, kind)


def _are_limits(value: object) -> bool:
    """Hard and soft, in seconds; Celery ends a task that is past them."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(limit is None or (isinstance(limit, int | float) and 0 < limit < 1e6) for limit in value)
    )


_HEADERS: Final[dict[str, Callable[[object], bool]]] = {
    "task": _is_name, "id": _is_name, "eta": _is_a(str), "expires": _is_a(str), "timelimit": _are_limits, "retries": _is_count,
    "group": _is_a(str), "parent_id": _is_a(str), "root_id": _is_a(str), "shadow": _is_a(str), "stamps": _is_a(dict),
    "stamped_headers": _is_a(list), "errbacks": _is_a(list), "callbacks": _is_a(list),
}  # fmt: skip
_NEEDED: Final = ("task", "id")
_AFTERWARDS: Final = ("callbacks", "errbacks", "chain", "chord")
