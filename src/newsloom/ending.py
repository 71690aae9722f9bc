"""Whether this worker was told to end: what its parent notes every child of it sees at once, whatever the server does.

A signal reaches the parent alone. Children are forked, so they share this page of memory with it.
"""

import mmap

_told = mmap.mmap(-1, 1)


def tell() -> None:
    """From here on a message in hand ends after the files that are being decided."""
    _told[0] = 1


def told() -> bool:
    return bool(_told[0])
