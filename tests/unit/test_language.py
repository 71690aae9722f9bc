"""Which language a story's index is, told by the text before the page's own claim."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsloom.core.language import UNKNOWN, detect

SENTENCES = {
    "en": "The ferry was towed into the harbour on Monday after its engine failed in the fog.",
    "de": "Die Fähre wurde am Montag in den Hafen geschleppt, nachdem ihr Motor im Nebel ausgefallen war.",
    "fr": "Le ferry a été remorqué jusqu'au port lundi après une panne de moteur dans le brouillard.",
    "es": "El transbordador fue remolcado al puerto el lunes tras averiarse el motor en la niebla.",
    "ru": "В понедельник паром отбуксировали в гавань после отказа двигателя в тумане.",
    "zh": "星期一，渡轮在大雾中发动机发生故障，随后被拖回港口。",
    "ja": "月曜日、フェリーは霧の中でエンジンが故障し、港へ曳航された。",
    "hi": "सोमवार को कोहरे में इंजन खराब होने के बाद नौका को बंदरगाह तक खींचकर लाया गया।",
    "th": "เรือเฟอร์รี่ถูกลากเข้าท่าเรือเมื่อวันจันทร์หลังจากเครื่องยนต์ขัดข้องในหมอก",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_tells_its_language(language):
    """ISO 639-1, for the scripts of the world."""
    assert detect(SENTENCES[language]) == language


@pytest.mark.parametrize("declared", ["en", "fr", None])
def test_the_text_is_believed_before_the_page(declared):
    """Templates often carry the wrong language."""
    assert detect(SENTENCES["de"], declared) == "de"


@pytest.mark.parametrize("text", ["", "   \n ", "42", "- – …"])
def test_a_text_too_short_to_tell_is_what_the_page_says(text):
    """Where the model would guess, the declared language counts; without one it is unknown."""
    assert detect(text, "pt") == "pt"
    assert detect(text) == UNKNOWN


def test_paragraphs_are_one_sample():
    """The model is trained on single lines; line breaks in the text do not matter."""
    assert detect(SENTENCES["es"].replace(" ", "\n")) == "es"


def test_the_beginning_tells():
    """A long text is told by its first few hundred characters."""
    assert detect(SENTENCES["en"] * 8 + SENTENCES["ru"] * 400) == "en"


@settings(max_examples=50)
@given(st.text(st.characters(codec=None)))
def test_any_text_has_a_language(text):
    """A code of small letters, fit for the name of an index, whatever the text; no text is an error."""
    found = detect(text, "en")
    assert found.isascii()
    assert found.isalpha()
    assert found == found.lower()
