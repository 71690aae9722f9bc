"""Logging: one JSON object a line on standard output, or coloured lines on a terminal."""

import io
import logging
import sys
from collections.abc import Callable
from typing import Any, ClassVar, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from newsloom.settings import Settings
from newsloom.tame import escaped, redacted, tamed


class _Lines(structlog.WriteLogger):
    """Drops the lines that a full disk or a closed pipe does not take: what they tell stands on the server.

    As an error amid the work it came up once more when the message was to be put aside, and cost the message. How many
    were dropped is told once one is written again.
    """

    lost: ClassVar[int] = 0  #: of this process, and not told yet

    def msg(self, message: str) -> None:
        try:
            self._put(f"{message}\n")
        except OSError:
            _Lines.lost += 1
            return
        try:
            self._file.flush()
        except OSError:  # it stands in the buffer, and is written before the next
            return
        if _Lines.lost:
            lost, _Lines.lost = _Lines.lost, 0
            structlog.get_logger().warning("log_lines_lost", lines=lost)
            if _Lines.lost:  # this very line
                _Lines.lost = lost

    def _put(self, line: str) -> None:
        """Into the buffer. Raises ``OSError`` where it is full; that of text would take the line all the same, and drop it."""
        if isinstance(self._file, io.TextIOWrapper):
            self._file.buffer.write(line.encode(self._file.encoding, "backslashreplace"))
        else:
            self._file.write(line)

    debug = info = warning = error = critical = exception = msg


def configure(settings: Settings, stream: Callable[[], TextIO] = lambda: sys.stdout) -> None:
    """Set up structlog and the standard library's root logger, for this process and its children.

    Newsloom's own lines are written directly; what Celery, kombu and others log goes through the
    standard library and comes out in the same shape.
    """
    console = settings.log_format == "console" or (settings.log_format == "auto" and stream().isatty())
    if isinstance(out := stream(), io.TextIOWrapper):
        # In a locale without some letter of a title its line would raise, and the story pay for it. JSON is in UTF-8.
        out.reconfigure(encoding=None if console else "utf-8", errors="backslashreplace")
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    renderer = _renderer(console=console)
    structlog.configure(
        processors=[*shared, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Text and newline in one write: the lines of several processes on one file stay whole. Looked
        # up at each line, for a test or a supervisor may have replaced it.
        logger_factory=lambda *_: _Lines(stream()),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.INFO))
    _quieten()


def _renderer(*, console: bool) -> list[Processor]:
    """What makes a line of an event."""
    if console:
        return [_brief, _tame, structlog.dev.ConsoleRenderer(timestamp_key="time"), _redact]
    traceback = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [structlog.processors.ExceptionRenderer(traceback), _json, _redact]


def _quieten() -> None:
    """Leave out what others log of each article, and of each message."""
    for noisy in ("trafilatura", "htmldate", "courlan", "charset_normalizer", "justext", "simhash", "warcio"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    # Celery announces every task twice, and beat a third time; the stories and files tell it once, and better.
    for noisy in ("celery.worker.strategy", "celery.app.trace", "celery.beat", "watchfiles.main"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _json(_: WrappedLogger, __: str, event: EventDict) -> str:
    try:
        return escaped(_dumps(event))
    except TypeError:  # lone surrogates and integers of 2^64 and more, which orjson does not hand to default
        return escaped(_dumps(_mapped(event, _plain)))


def _redact(_: WrappedLogger, __: str, line: Any) -> str:
    """Last of all, on the line as it goes out: no password leaves, wherever in it an address stands."""
    return redacted(line)


def _tame(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """For a terminal, which obeys what JSON would only quote."""
    return {key: _mapped(value, _tamed) if key != "exc_info" else value for key, value in event.items()}


def _tamed(value: Any) -> Any:
    return tamed(value) if isinstance(value, str) else value


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """The value with ``change`` made to whatever in it is neither list nor dict, and to the names in it."""
    if isinstance(value, dict):
        return {_mapped(key, change): _mapped(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(item, change) for item in value]
    return change(value)


def _dumps(event: Any) -> str:
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return str(value)
    return value


_BRIEF = ("outcome", "title", "file", "event_id", "score", "duplicate_of", "reason", "detail")


def _brief(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """On a terminal a decision is one short line; ``newsloom explain`` shows the rest."""
    if event.get("event") != "story_decided":
        return event
    kept: dict[str, Any] = {key: event[key] for key in ("time", "level", "event") if key in event}
    return {**kept, **{key: event[key] for key in _BRIEF if event.get(key) is not None}}
