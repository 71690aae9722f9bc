"""Which language a story's index is, told by the text before the page's own claim."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsloom.core.language import UNKNOWN, detect, index_code

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


def test_a_text_that_begins_with_a_quotation():
    """Where its page says that it is in another language, more of it is read."""
    quoted = (
        "« Nous ne céderons pas, nous ne plierons pas devant la tempête, et nous resterons unis comme hier, car "
        "c'est cela, vivre ensemble au bord de la mer, et ceux qui viendront après nous feront de même », "
    )
    told = (
        "the mayor of Port Ellery said on Monday at a service for the crew of the ferry, where he met the families "
        "of the missing and promised an inquiry into the failings of the harbour board. He was joined by two "
        "ministers, who laid flowers in front of the town hall and said that the other boats would be looked at."
    )
    assert detect(quoted + told + told, "en") == "en"
    assert detect(quoted + quoted, "en") == "fr"


@pytest.mark.parametrize("text", ["", "   \n ", "42", "- – …"])
def test_a_text_too_short_to_tell_is_what_the_page_says(text):
    """Where the model would guess, the declared language counts; without one it is unknown."""
    assert detect(text, "pt") == "pt"
    assert detect(text) == UNKNOWN


@pytest.mark.parametrize("text", ["Full story", "AFP", "(Reuters) -", ""])
def test_below_a_headline_a_text_may_tell_nothing(text):
    """Feeds have no more than that; a text of a sentence needs no headline, which may be a name in any language."""
    assert detect(text, title=SENTENCES["en"]) == "en"
    assert detect(SENTENCES["de"] * 3, title="Le Monde diplomatique et les autres") == "de"


def test_paragraphs_are_one_sample():
    """The model is trained on single lines; line breaks in the text do not matter."""
    assert detect(SENTENCES["es"].replace(" ", "\n")) == "es"


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u3000", "\r\n\t"])
def test_blanks_of_any_kind_part_words(blank):
    """What an editor writes with non-breaking blanks is in the language that it is in."""
    assert detect(SENTENCES["en"].replace(" ", blank)) == "en"


@pytest.mark.parametrize("language", [*SENTENCES, "ko"])
def test_letters_and_marks_that_stand_apart_are_letters(language):
    """A text that a Mac took apart into letters and marks, or jamo, is in the language that it is in."""
    text = (SENTENCES | {"ko": "월요일 안개 속에서 엔진이 고장 난 여객선이 항구로 예인되었다."})[language]
    assert detect(unicodedata.normalize("NFD", text)) == language


def test_the_beginning_tells():
    """A long text is told by its first few hundred characters."""
    assert detect(SENTENCES["en"] * 8 + SENTENCES["ru"] * 400) == "en"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"), ("EN-us", "en"), ("zh_TW.UTF-8", "zh"), ("zh-Hant-HK", "zh"), ("yue", "zh"), ("pt-BR", "pt"),
        ("iw", "he"), ("in", "id"), ("mo", "ro"), ("eng", "en"), ("ger", "de"), ("fil", "tl"), ("tl", "tl"),
        ("nb", "no"), ("nn-NO", "no"), ("hr", "sh"), ("sr-Latn", "sh"), ("bs", "sh"), ("sh", "sh"), ("ms", "id"),
        ("ceb", "ceb"), ("da", "da"), ("gl", "gl"),
    ],
)  # fmt: skip
def test_one_written_language_has_one_index(tag, code):
    """Regions, scripts, old codes and what is written alike lead to one code."""
    assert index_code(tag) == code


@pytest.mark.parametrize(
    "tag",
    ["", "e", "english", "en}:x{", "en\0", "en\n", "en:x", "{en}", "e" * 1_000_000, "en-" + "x" * 1_000_000, "ＥＮ",
     "und", "mul", "zxx", "mis", "qq", "xxx", "русский", "\ud800", "../en", "en*"],
)  # fmt: skip
def test_what_is_no_language_names_no_index(tag):
    """A page's claim comes from strangers: it is a checked code or nothing."""
    assert index_code(tag) is None
    assert detect("", tag) == UNKNOWN
    assert detect(SENTENCES["en"], tag) == "en"


@pytest.mark.parametrize(
    ("text", "declared", "code"),
    [
        ("Færgen blev mandag slæbt i havn, efter at motoren gik i stykker i tågen.", "no", "da"),
        ("Brand i lagerbygning ved havnen", "da", "da"),
        ("Brann i lagerbygning ved havnen", "no", "no"),
        ("Ferja vart måndag slept til hamn etter at motoren stansa i skodda.", None, "no"),
        ("Пожар в склад край пристанището", "bg", "bg"),
        ("Пажар на складзе каля порта", "be", "be"),
        ("У понеділок пором відбуксирували до гавані після відмови двигуна в тумані.", "ru", "uk"),
        ("Trajekt je u ponedjeljak odvučen u luku nakon što mu se u magli pokvario motor.", None, "sh"),
        ("Трајект је у понедељак одвучен у луку пошто му се у магли покварио мотор.", None, "sh"),
        ("Feri itu ditunda ke pelabuhan pada hari Isnin selepas enjinnya rosak dalam kabus.", None, "id"),
        (
            "Kapal feri itu ditarik ke pelabuhan pada hari Senin setelah mesinnya rusak dalam kabut.",
            "id",
            "id",
        ),
        ("O ferry foi rebocado para o porto depois de o motor ter falhado no nevoeiro.", "gl", "pt"),
        (
            "O transbordador foi remolcado ao porto o luns despois de que o motor fallase. Ningún dos 42 pasaxeiros resultou ferido.",
            None,
            "gl",
        ),
        ("渡輪喺大霧入面壞咗引擎，之後畀人拖返碼頭。", "yue", "zh"),
    ],
)
def test_languages_that_are_close(text, declared, code):
    """A paragraph tells them apart; where a headline wavers between two, the page's claim decides."""
    assert detect(text, declared) == code


@pytest.mark.parametrize(
    ("text", "declared", "code"),
    [
        ("杭州新大橋今日通車", "zh-TW", "zh"),
        ("台積電股價創新高", "zh", "zh"),
        ("杭州新大橋今日通車", None, "zh"),
        ("云驰S5终于召回了寒潮里踩不动的刹车", None, "zh"),
        ("東京株式市場続落", "ja", "ja"),
        ("東京株式市場続落", None, "ja"),
        ("東京地裁判決言渡期日変更", None, "ja"),
        ("大橋がきょう開通しました", "zh", "ja"),
        ("부산 新大橋 개통", None, "ko"),
    ],
)
def test_characters_of_china_and_of_japan(text, declared, code):
    """A line of Chinese characters alone is no Japanese, but where its page says so or it is very short."""
    assert detect(text, declared) == code


@pytest.mark.parametrize(
    ("text", "declared", "code"),
    [
        ("Bakıda yeni körpü açıldı", "az", "az"),
        ("काठमाडौंमा नयाँ पुल उद्घाटन भयो", "ne", "ne"),
        ("Hafen nach dem Brand der Fähre gesperrt", "en", "de"),
        ("Ferry towed into the harbour", "hi", "en"),
    ],
)
def test_a_headline_in_a_language_with_a_great_neighbour(text, declared, code):
    """The model gives most to the neighbour; a claim of which it sees next to nothing stays a mistake of the page."""
    assert detect(text, declared) == code


def test_a_line_of_a_template_above_the_text():
    """A page in English may begin with a line of the language that its outlet has its templates in."""
    text = "A ferry with forty people was towed into the harbour. Its engine had failed in the fog off Port Ellery."
    assert detect("Este contenido fue publicado en\n" + text) == "en"
    assert detect("Este contenido fue publicado en\n" + SENTENCES["es"]) == "es"


@settings(max_examples=50)
@given(st.text(st.characters(codec=None)))
def test_any_text_has_a_language(text):
    """A code of small letters, fit for the name of an index, whatever the text; no text is an error."""
    found = detect(text, "en")
    assert found.isascii()
    assert found.isalpha()
    assert found == found.lower()
