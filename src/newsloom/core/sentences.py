"""Text that lost the ends of its lines, as much that went through a table did: its sentences stand in for paragraphs."""

import re

#: Characters of a line that holds more than most paragraphs do.
LONG = 300
# A stop before a capital, with a closing mark behind it, or behind a word that begins small, a longer one or a figure: what
# "Gov." and "St." end is no sentence, and a sentence cut in two costs little. In scripts without blanks a stop is enough.
_END = re.compile(
    r"((?:(?:\b[^\W\d_A-Z][^\W\d_]+|[^\W\d_]{4}|\d\d|%)[.!?…؟।]|[.!?…](?=[\"”’»)]))[\"”’»)]*)\s+(?=[^\w\s]{0,2}[^\W_a-z])|([。！？])(?=\w)"
)


def sentences(line: str) -> list[str]:
    """The line, cut where a sentence ends for sure; whole where it is no longer than a paragraph."""
    return _END.sub(r"\1\2\n", line).split("\n") if len(line) > LONG else [line]
