"""How a text begins, in a line of so many characters."""

_MORE = "…"


def beginning(text: str, most: int) -> str:
    """The text, or as much of it as there is room for and a mark that it goes on.

    Cut between words; within one where that would leave less than half of the room: Chinese, Japanese and
    Thai have no blanks between words.
    """
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    room = most - len(_MORE) - 1
    blank = line.rfind(" ", 0, room + 1)
    return line[:blank] + f" {_MORE}" if blank >= most // 2 else line[: most - len(_MORE)] + _MORE
