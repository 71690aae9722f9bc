"""What of a file's name says that it is an address, or that it stands for an article of a message."""

import re

#: Before the digest that stands for the name of an article that came inside a message.
GIVEN = "article:"
#: Not one letter, which is a drive elsewhere.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def is_address(name: str) -> bool:
    """Whether a name is an address (``s3://bucket/key``) and no path."""
    return _SCHEME.match(name) is not None
