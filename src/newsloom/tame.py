"""What came from outside, made harmless where a person or a log will see it: control codes and passwords."""

import re

#: What a terminal obeys, what encoders choke on, and what turns the text around it: C0 but for tab and
#: newline, DEL and C1, line and paragraph separators, direction overrides and isolates, lone surrogates.
_UNTAMED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: User and password of an address: all between its scheme and the last @ before its path. One slash will
#: do, for so a path that was made of an address has it.
_CREDENTIALS = re.compile(r"(?<=:/)(/?)[^\s/?#\"']*@")
#: Parameters of an address that give access to whoever has them.
_SECRETS = re.compile(
    r"(?<=[?&])((?:x-(?:amz|goog)-(?:signature|security-token|credential)|(?:access|refresh|auth|id)?_?token|sig|signature"
    r"|pass(?:word|wd)?|pwd|secret|client_secret|api_?key)=)[^&#\s\"'\\]*",
    re.IGNORECASE,
)


def tamed(text: str) -> str:
    """``text`` with each dangerous character written out by its number: shown, and not obeyed."""
    return _UNTAMED.sub(_written_out, text)


def printable(path: str) -> str:
    """A path as it can be stored and logged: bytes that are not UTF-8 are replaced."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", path)


def escaped(json_line: str) -> str:
    """A line of JSON that means the same, with each dangerous character as JSON's own escape."""
    return _UNTAMED.sub(lambda found: f"\\u{ord(found[0]):04x}", json_line)


def redacted(text: str) -> str:
    """``text`` without the user and password, or the key, of any address in it."""
    text = anonymous(text)
    return _SECRETS.sub(r"\1***", text) if "=" in text else text


def anonymous(text: str) -> str:
    """``text`` without the user and password of any address in it."""
    return _CREDENTIALS.sub(r"\1***@", text) if ":/" in text else text


def _written_out(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
