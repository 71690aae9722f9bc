"""Numbers in few bytes: growing ones by their distances, small ones two a byte; and what else deflating makes small."""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_SEVENS = np.arange(0, 35, 7)


def gaps(*runs: Sequence[int]) -> bytes:
    """Growing numbers by the distance of each from the last, seven bits a byte (LEB128), one run after another."""
    apart = np.concatenate(list(map(_apart, runs)))
    parts = apart[:, None] >> _SEVENS
    held = parts > 0
    held[:, 0] = True
    octets = (parts & 0x7F).astype(np.uint8)
    octets[:, :-1] |= held[:, 1:].astype(np.uint8) << 7
    return octets[held].tobytes()


def _apart(run: Sequence[int]) -> npt.NDArray[np.int64]:
    numbers = np.array(run, np.int64)
    numbers[1:] -= numbers[:-1]
    return numbers


def distances(packed: bytes) -> npt.NDArray[np.int64]:
    """The distances that :func:`gaps` packed, of one run or of several."""
    octets = np.frombuffer(packed, dtype=np.uint8).astype(np.int64)
    ends = np.flatnonzero(octets < 0x80)
    if not ends.size:
        return octets
    starts = np.concatenate(([0], ends[:-1] + 1))
    places = np.arange(octets.size) - np.repeat(starts, ends - starts + 1)
    return np.add.reduceat((octets & 0x7F) << (7 * places), starts)


def halves(digits: Sequence[int]) -> bytes:
    """Numbers up to 15, two a byte."""
    return bytes.fromhex("".join(["0123456789abcdef"[digit] for digit in digits]) + "0" * (len(digits) % 2))


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -11)  # a small window, no header
    return packer.compress(data) + packer.flush()


def inflated(data: bytes) -> bytes:
    return zlib.decompress(data, -15)
