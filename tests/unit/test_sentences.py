"""Text without lines, cut into sentences."""

from newsloom.core.model import Article
from newsloom.core.sentences import sentences
from newsloom.page import open_sheet

ONE_LINE = [
    "The Maid of Orrin has lain on a sandbank within sight of the harbour since Tuesday, said Gov. Ann Tolley of Calder.",
    "“We can see the pub from here, and we have been told not to look,” said one of the 212 people who are on board of her.",
    "Tugs from Port Ellery, which the U.S. Coast Guard had promised Mayor St. Amand, are due at first light at last.",
    "The company that runs the ferry has been warned about the channel on each of the last six spring tides, a log shows.",
    "“Nobody reads the log.”",
    "She had left the island with cattle, a band and a wedding cake of four storeys, of which three were to be seen on Friday.",
    "No passenger has asked for money so far. one asked for a second slice, and there was none, the mate is said to have told.",
    "Mill closes after a hundred years Tram strike: who has to walk today",
]


def test_a_text_that_lost_its_lines_is_cut_into_sentences() -> None:
    """Else what stands below an article, such as headlines of others, would be one with it."""
    assert sentences(" ".join(ONE_LINE)) == ONE_LINE
    assert sentences(" ".join(ONE_LINE[:2])) == [" ".join(ONE_LINE[:2])], "a paragraph"


def test_lines_of_its_own_stay() -> None:
    """An article has paragraphs, or is cut where its sentences end; and the text itself stays as it is."""
    one, two = (Article(file="a", text=end.join(ONE_LINE * 2)) for end in (" ", "\n"))
    assert list(open_sheet(two).paragraphs) == ONE_LINE * 2
    assert len(open_sheet(one).paragraphs) > len(ONE_LINE)
    paired = Article(file="a", text=f"{one.text}\n{ONE_LINE[0]}")
    assert list(open_sheet(paired).paragraphs) == [one.text, ONE_LINE[0]]


def test_sentences_of_a_script_without_blanks() -> None:
    """There a stop is enough."""
    text = "渡轮搁浅第二夜仍未脱困，船上二百一十二人由引水船送餐。公司说：“拖轮将于黎明抵达。”" * 20
    assert sentences(text)[0] == "渡轮搁浅第二夜仍未脱困，船上二百一十二人由引水船送餐。"
