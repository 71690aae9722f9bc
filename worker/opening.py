"""What was taken from a queue, opened: a message in kombu's form, or why it is not one."""

from typing import Any, Final

from kombu.utils.encoding import bytes_to_str
from kombu.utils.json import loads

MESSAGE_BYTES: Final = 64 << 20  #: opening one takes several times its size
#: What kombu raises at a message that is nearly one.
OPENING_ERRORS: Final = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class NoMessage(ValueError):
    """What was taken is not a message: says in plain words why."""


def opened(message: bytes) -> dict[str, Any]:
    """A message in kombu's form; the rest of it is for the consumer to look at. Raises ``NoMessage``."""
    if len(message) > MESSAGE_BYTES:
        raise NoMessage(f"it takes {len(message)} bytes, more than {MESSAGE_BYTES}")
    try:
        payload = loads(bytes_to_str(message))
    except ValueError as exc:
        raise NoMessage(f"it is not JSON: {exc}") from exc
    if not isinstance(payload, dict):
        raise NoMessage("it is not a JSON object")
    if not payload.keys() & {"body", "headers", "properties"}:
        raise NoMessage(
            "it has none of the fields of a message: wrap an article as the README shows, or leave that to `newsloom bridge`"
        )
    if not isinstance(payload.get("properties"), dict):
        told = "is not an object" if "properties" in payload else "is missing"
        raise NoMessage(f"its field properties {told}: {{}} will do")
    headers = payload.get("headers")
    if isinstance(headers, dict) and headers.get("compression") is not None:
        # kombu would unpack it before anyone looks, whatever it comes to, and drop what cannot be unpacked.
        raise NoMessage("it is compressed: send it without compression")
    return payload
