"""Two tellings of one event meet and a look-alike stays apart, in every kind of script."""

import json
from pathlib import Path

import pytest

from newsloom.core.model import Article, Outcome
from newsloom.core.policy import Policy
from newsloom.ingest import Ingest
from newsloom.store.keys import prefix
from newsloom.store.memory import MemoryStore

FOLDER = Path(__file__).parents[1] / "data" / "languages"
CASES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
MORNING_S = 1_760_000_000.0
HOUR_S = 3_600.0


def ingest_of():
    policy = Policy.load()
    return Ingest(MemoryStore(window_days=policy.window_days), policy, now=lambda: MORNING_S + 90 * HOUR_S)


def decide(ingest, told, name, hours, declared=None):
    article = Article(
        file=name,
        path=name,
        text=told["text"],
        title=told["title"],
        language=declared,
        published_s=MORNING_S + hours * HOUR_S,
    )
    (one,) = ingest.article(article)
    return one


@pytest.mark.parametrize("language", CASES)
def test_tellings_join_and_a_look_alike_does_not(language):
    """The shipped policy, from an empty store: the hardest moment, for all caution is still on."""
    case, ingest = CASES[language], ingest_of()
    first, second = (decide(ingest, told, f"{n}.txt", 5 * n) for n, told in enumerate(case["tellings"]))
    other = decide(ingest, case["other"], "other.txt", 12)
    assert first.story.language == second.story.language == other.story.language == language
    assert second.decision.outcome is Outcome.ATTACH, (second.decision.score, second.decision.threshold)
    assert second.decision.event == first.decision.event
    assert other.decision.outcome is Outcome.OPEN


def test_both_scripts_of_chinese_tell_of_one_event():
    """A report in traditional characters joins those in simplified ones, and a copy in them is a copy."""
    case, ingest = CASES["zh"], ingest_of()
    first = decide(ingest, case["tellings"][0], "hans.txt", 0)
    second = decide(ingest, case["traditional"], "hant.txt", 3, declared="zh-Hant")
    assert second.decision.outcome is Outcome.ATTACH
    assert second.decision.event == first.decision.event


#: Language -> a text, what is written in it otherwise, and how.
SPELLINGS = {
    "ar": (
        (
            "سجل ميناء الرملين 120 سفينة في 30 يوما، وبلغت الحمولة 4.5 مليون طن مقابل 3.9 قبل عام، وزادت الرسوم 12 بالمئة إلى 84 ألف "
            "جنيه، وعمل على الأرصفة 1,640 عاملا في 3 ورديات، بحسب مصلحة الجمارك الكبرى أمس إثر إعلان الإدارة."
        ),
        "0123456789,.أإةى",
        "٠١٢٣٤٥٦٧٨٩٬٫ااهي",
    ),
    "hi": (
        (
            "देवगढ़ी मण्डी में 14 नवम्बर को गेहूँ 2,310 रुपये और चना 5,480 रुपये क्विंटल बिका, हिन्दी दैनिक के अनुसार आवक 640 बोरी रही, जो पिछले "
            "शुक्रवार से 38 कम है, और 27 ट्रक सड़क पर खड़े रहे।"
        ),
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "ण्ड", "म्ब", "न्द", "ड़", "ढ़"],
        ["०", "१", "२", "३", "४", "५", "६", "७", "८", "९", "ंड", "ंब", "ंद", "ड", "ढ"],
    ),
    "vi": (
        (
            "Tòa án tỉnh Khánh Hòa sáng nay tuyên phạt bà Lê Thị Thúy, chủ hãng tàu Hòa Phú, vì làm giả giấy tờ tùy thân và hóa đơn; "
            "luật sư xin xóa khoản nợ và nói bà Thủy, em gái bị cáo, vẫn khỏe."
        ),
        ["òa", "óa", "úy", "ùy", "ủy", "ỏe"],
        ["oà", "oá", "uý", "uỳ", "uỷ", "oẻ"],
    ),
    "uk": (
        (
            "У Кам'янці в п'ятницю дев'ятеро дітей отруїлися м'ясом у їдальні; їхнє здоров'я, за словами В'ячеслава Прим'яка, поза "
            "небезпекою, а зв'язок із постачальником з'ясовують."
        ),
        "'",
        "ʼ",
    ),
    "fa": (
        (
            "سازمان آب کرمان می‌گوید ۱۱ سد استان تنها ۳۸ درصد پر است و جیره‌بندی از ۵ آذر در ۹ شهر آغاز می‌شود؛ مدیر شرکت یادآور شد که "
            "کشاورزان بخشی از حقابه را نمی‌گیرند."
        ),
        "۰۱۲۳۴۵۶۷۸۹یک\u200c",
        "0123456789يك ",
    ),
    "sr": (
        (
            "Dvadeset putnika povređeno je sinoć u sudaru tramvaja na Čukarici, saopštila je Hitna pomoć; vozačica Jelena Đurđević je u "
            "bolnici, a tužilaštvo je naložilo veštačenje kočnica."
        ),
        ["č", "ć", "š", "ž", "đ", "Č", "Đ"],
        ["c", "c", "s", "z", "dj", "C", "Dj"],
    ),
}


@pytest.mark.parametrize("language", SPELLINGS)
def test_a_copy_in_another_spelling_is_a_copy(language):
    """Digits, tone marks, apostrophes, letters typed for others: outlets have them as their machines do."""
    text, letters, others = SPELLINGS[language]
    copy, ingest = text, ingest_of()
    for letter, other in zip(letters, others, strict=True):
        copy = copy.replace(letter, other)
    told = [
        decide(ingest, {"title": None, "text": each}, f"{n}.txt", n, declared=language)
        for n, each in enumerate((text, copy))
    ]
    assert copy != text
    assert told[1].decision.outcome is Outcome.DUPLICATE
    assert [one.story.article.text for one in told] == [text, copy]


def test_events_of_one_language_never_meet_another_s():
    """All stories as one stream, each page claiming another language than its text: an index for each."""
    ingest, names = ingest_of(), list(CASES)
    events = {}
    for position, language in enumerate(names):
        claimed = names[position - 1]
        for n, told in enumerate([*CASES[language]["tellings"], CASES[language]["other"]]):
            one = decide(ingest, told, f"{language}{n}.txt", n, declared=claimed)
            assert one.story.language == language
            events.setdefault(language, []).append(one.decision.event)
    for language, (first, second, other) in events.items():
        assert first == second != other, language
    assert len({event for found in events.values() for event in found}) == 2 * len(CASES)


def test_one_text_in_two_languages_is_two_events():
    """Numbers and names alike: what stands in another index is not even compared."""
    ingest = ingest_of()
    numbers = "Valdorra 1911 240 86 Carmona"
    spanish = {"title": numbers, "text": CASES["es"]["tellings"][0]["text"] + "\n" + numbers}
    german = {"title": numbers, "text": CASES["de"]["tellings"][0]["text"] + "\n" + numbers}
    decide(ingest, spanish, "es.txt", 0)
    assert decide(ingest, german, "de.txt", 1).decision.candidates == 0


@pytest.mark.parametrize(
    "claimed",
    ["en}:x{", "{en}", "en\0", "en\r\nDEL *", "x" * 1_000_000, "../../en", "*", "und", "ру", "en:df:1"],
)
@pytest.mark.parametrize("text", ["4711 – 0815", CASES["es"]["tellings"][0]["text"]])
def test_no_claim_of_a_page_gets_into_a_key(claimed, text):
    """What names an index is a code that was checked; a claim that is none counts for nothing."""
    one = decide(ingest_of(), {"title": None, "text": text}, "claims.txt", 0, declared=claimed)
    assert one.story.language in {"es", "und"}
    assert prefix(one.story.language) in {"loom:{es}:", "loom:{und}:"}


def test_a_line_of_two_languages_is_two_stories():
    """Each language has an index of its own: what one page says to be English and a feed German has an id in either,
    so that whoever names one means one.
    """
    ingest, line = ingest_of(), {"title": None, "text": "Reuters 2020"}
    told = [decide(ingest, line, "wire", 0, declared).story for declared in (None, "en", "de")]
    assert [story.language for story in told] == ["und", "en", "de"]
    assert len({story.id for story in told}) == len({story.event for story in ingest.store.stories()}) == 3
