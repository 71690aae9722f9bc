"""Whether a file is plainly a table, whatever its columns are called: read as one text, it would join an event."""

import re

from newsloom.readers.base import HEAD_BYTES, Input

DELIMITERS = ",;\t|"
#: Files of such a name are tables, unless their lines are plainly those of a text.
NAMES = (".csv", ".tsv", ".tab")
#: What tells Excel, in a line above the names, what stands between two columns.
TOLD = re.compile(rb"\"?sep=([,;\t|^~:])\"?[\r\n]+", re.IGNORECASE)

_LOOKED_AT = 5  #: rows
#: A cell in quotation marks: what is said in a text has a blank at one end or the other.
_QUOTED = re.compile(r'(?<![^,;\t|^~:\r\n])"(?=\S)((?:[^"]++|"")*+)(?:"(?=[,;\t|^~:\r\n]|\Z)|\Z)')
_INSIDE = str.maketrans(dict.fromkeys(",;\t|^~:\r\n", " "))
_QUOTE = "\x02"  #: what stands for the marks of such a cell
_ENTITY = re.compile(r"&#?\w{1,8};")
_LINE_ENDS = re.compile(r"[\r\n]+")
_ADDRESS = re.compile(r"https?://\S+")
_WORD = re.compile(r"[\w.-]+")


def columns(file: Input, charset: str = "utf-8") -> list[str]:
    """What stands in the columns of the first line; nothing if this is not a table.

    Between two cells there is no blank, as there is in a text. If the file is named like a table, its first line or most
    of its lines tell, or its names, set apart by blanks. If not, all rows have as many cells, three or more, and each
    has a quoted one or an address: else the results of a day, or a list, would be refused.
    """
    told = TOLD.match(file.head)
    head = file.head[told.end() if told else 0 :]
    marks = told[1].decode("ascii") if told else DELIMITERS
    named = file.name.endswith(NAMES)
    lines = [] if b"\0" in head else _lines(head, charset)
    tells = _is_one_by_name if named else _is_one
    tabular = (lines[0].split(mark) for mark in marks if lines and tells(lines, mark))
    return [cell.strip(_QUOTE).strip() for cell in max(tabular, key=len, default=[])]


def _lines(head: bytes, charset: str) -> list[str]:
    """The first rows, each on one line, of what is quoted no mark or line end left."""
    text = _ENTITY.sub("_", head.decode(charset, "replace"))
    text = _QUOTED.sub(lambda cell: _QUOTE + cell[1].replace('""', "'").translate(_INSIDE), text)
    lines = [line for line in _LINE_ENDS.split(text) if line.strip()]
    whole = len(head) < HEAD_BYTES // 2 or len(lines) == 1  # else the last may be cut
    return lines[:_LOOKED_AT] if whole else lines[:-1][:_LOOKED_AT]


def _is_one_by_name(lines: list[str], mark: str) -> bool:
    apart = [_is_apart(line, mark) for line in lines]
    if apart[0] or (sum(apart) > 1 and sum(apart) * 2 >= len(lines)):
        return True
    names = map(str.strip, lines[0].split(mark))
    least = 1 if len(lines) > 2 else 2
    return len(lines) > 1 and _is_even(lines, mark, least) and all(map(_WORD.fullmatch, names))


def _is_one(lines: list[str], mark: str) -> bool:
    return (
        len(lines) > 2
        and _is_even(lines, mark, 2)
        and all(_is_apart(line, mark) and line[0] != "|" for line in lines)
        and all(_QUOTE in line or any(map(_ADDRESS.fullmatch, line.split(mark))) for line in lines[1:])
    )


def _is_even(lines: list[str], mark: str, least: int) -> bool:
    counts = {line.count(mark) for line in lines}
    return len(counts) == 1 and min(counts) >= least


def _is_apart(line: str, mark: str) -> bool:
    """Whether cells follow one another without a blank, other than figures in a number."""
    one = re.escape(mark)
    if re.search(rf"{one}[ \xa0]", line):
        return False
    cell = rf"[^\W\d]|[{_QUOTE}\ufffd]|{one}"
    return re.search(rf"(?<=[^\s{one}]){one}(?:{cell}|(?<!\d.)\d)", line) is not None
