"""What a paragraph is made of: its wording, its terms, its names."""

import pytest

from newsloom.core import cohesion, cues


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("PORT ANDERS (CP) — A ferry ran aground on Tuesday.", "dateline"),
        ("‘We lack the hands’", "quoted line"),
        ("Joren Haal can be reached at 555-0142-7781.", "phone"),
        ("See www.calderpress.example for more.", "sign off"),
        ("Image: the ferry on the sandbank", "caption"),
        ("“It was the loudest noise I have ever heard in all my years at sea.”", "quote all"),
        ("He was right, he said, to “leave the harbour”", "quote end"),
        ("Leonard Pask, 61, was riding home.", "age"),
        ("and so it went on.", "low start"),
        ("Background", "alone"),
        (
            "Elleman of Port Anders and Teck of the Calder Institute and Roke of Sorrel and Falk of the court above",
            "open end",
        ),
    ],
)
def test_wording_is_described_by_named_cues(text: str, cue: str) -> None:
    """A cue is there when its pattern is."""
    assert cue in cues.cues(text, cohesion.WORD.findall(text))


def test_names_are_words_with_a_capital_inside_a_sentence() -> None:
    """Where the page writes a word so once, it counts everywhere; a word too common to tell does not."""
    lines = ["Today Haal spoke, as The captain and Brill knew.", "Haal left. The end."]
    words = [cohesion.WORD.findall(line) for line in lines]
    assert [set(vector) for vector in cohesion.name_vectors(lines, words)] == [{"Haal", "Brill"}, {"Haal"}]


def test_two_letters_nobody_knows_are_no_term() -> None:
    """Initials and remains of markup tell no topic."""
    assert cohesion.term("qx") == ("qx", 0.0)
    assert cohesion.term("7") == ("7", 0.0)
    assert cohesion.word_vectors([["東京都知事"]]) == [dict.fromkeys(("東京", "京都", "都知", "知事"), 4.0)]


def test_a_line_without_words_has_only_a_shape() -> None:
    """Dashes and rules are described too."""
    assert not [name for name in cues.cues("— … —", []) if name.startswith(("w:", "1:"))]


def test_words_that_are_addresses_do_not_count() -> None:
    """A page address or a code as long as a line is no term."""
    assert cohesion.word_vectors([["the", "x" * 41, "telescope"]]) == [
        {"telescope": cohesion.term("telescope")[1]}
    ]
