"""What a paragraph is made of: its wording, its terms, its names."""

import time

import pytest

from newsloom.core import cohesion, cues, reading, split
from newsloom.core.reading import line, lines


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
    assert cue in cues.cues(line(text))


def terms_of(texts: list[str], vectors: cohesion.Vectors) -> list[dict[str, float]]:
    """The vectors of some lines as term -> weight."""
    terms = {number: term for term, number in lines(texts)[0].lexicon.numbered.items()}
    found: list[dict[str, float]] = [{} for _ in texts]
    for term, row, weight in zip(vectors.term, vectors.row, vectors.weight, strict=True):
        found[row][terms[term]] = weight
    return found


def words_of(*texts: str) -> list[dict[str, float]]:
    return terms_of([*texts], cohesion.vectors(lines(texts), "en")[0])


def names_of(*texts: str) -> list[dict[str, float]]:
    return terms_of([*texts], cohesion.vectors(lines(texts), "en")[1])


def test_names_are_words_with_a_capital_inside_a_sentence() -> None:
    """Where the page writes a word so once, it counts everywhere; a word too common to tell does not."""
    found = names_of("Today Haal spoke, as The captain and Brill knew.", "Haal left. The end.")
    assert [set(vector) for vector in found] == [{"Haal", "Brill"}, {"Haal"}]


def test_a_word_counts_whatever_was_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no small letters of a word were met yet, it takes none away from the next paragraph."""
    texts = ["ferry Harbour", "ferry"]
    reading._remembered.cache_clear()
    monkeypatch.setattr(reading, "_lexicon", reading.Lexicon())
    met_first = words_of(*texts)
    assert met_first == words_of(*texts)
    assert [set(vector) for vector in met_first] == [{"ferry", "harbour"}, {"ferry"}]
    reading._remembered.cache_clear()


def test_two_letters_nobody_knows_are_no_term() -> None:
    """Initials and remains of markup tell no topic."""
    assert cohesion.term("qx") == ("qx", 0.0)
    assert cohesion.term("7") == ("7", 0.0)


def test_a_run_without_spaces_is_cut_into_pairs() -> None:
    """They weigh alike, beside the words of a line in both scripts."""
    pairs = dict.fromkeys(("東京", "京都", "都知", "知事"), 4.0)
    assert words_of("東京都知事") == [pairs]
    assert words_of("東京都知事 telescope", "a telescope") == [
        {**pairs, "telescope": cohesion.term("telescope")[1]},
        {"telescope": cohesion.term("telescope")[1]},
    ]


def test_of_two_words_that_are_one_term_the_later_tells_the_weight() -> None:
    """Each counts where it stands first."""
    for one, other in (("ferry", "ferries"), ("telescope", "telescopes"), ("Harbours", "harbour")):
        last = cohesion.term(other.lower())
        assert words_of(f"{one} {other} {one}")[0][last[0]] == last[1]


def test_a_line_without_words_has_only_a_shape() -> None:
    """Dashes and rules are described too."""
    assert not [name for name in cues.cues(line("— … —")) if name.startswith(("w:", "1:"))]


def test_words_that_are_addresses_do_not_count() -> None:
    """A page address or a code as long as a line is no term."""
    assert words_of("the " + "x" * 41 + " telescope") == [{"telescope": cohesion.term("telescope")[1]}]


def test_scores_are_the_sum_of_the_weights_of_all_cues() -> None:
    """The models are linear over the very features that they were fitted on."""
    wording = split.shipped().wording
    texts = [
        "PORT ANDERS (CP) — A ferry ran aground on Tuesday, the coast guard said.",
        "“It was the loudest noise”, said Leonard Pask, 61.",
        "Follow us on www.calderpress.example",
        "Background",
    ]
    for read, found in zip(lines(texts), cues.scores(lines(texts), wording), strict=True):
        pairs = [wording.weights.get(name, (0.0, 0.0)) for name in ["", *cues.cues(read)]]
        assert found[:2] == pytest.approx([sum(pair[k] for pair in pairs) for k in (0, 1)])
        assert bool(found[2]) == ("quote start" in cues.cues(read))


def test_a_row_of_quotation_marks_costs_what_its_length_does() -> None:
    """Which of them are apostrophes within is not tried out: this took minutes."""
    started_s = time.process_time()
    assert "quoted line" not in cues.cues(line("'" * 20_000 + "! hello there"))
    assert time.process_time() - started_s < 5
