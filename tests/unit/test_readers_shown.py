"""Days as pages show them in numbers, in other orders, and in other calendars than the Gregorian."""

import pytest

from newsloom.readers import dates

NOVEMBER = "2026-11-22"


@pytest.mark.parametrize(
    ("value", "language", "moment"),
    [
        ("22/11/2026 às 10h30", "pt", f"{NOVEMBER}T10:30"),
        ("22.nov.2026 às 10h30", "pt", f"{NOVEMBER}T10:30"),
        ("22/ene/2026", "es", "2026-01-22"),
        ("22.11.2026 um 10:30 Uhr", "de", f"{NOVEMBER}T10:30"),
        ("So., 22.11.2026, 10:30", "de", f"{NOVEMBER}T10:30"),
        ("Stand: 22.11.2026 10:30 Uhr", "de", f"{NOVEMBER}T10:30"),
        ("22.11.2026, godz. 10:30", "pl", f"{NOVEMBER}T10:30"),
        ("22.11.2026 r.", "pl", NOVEMBER),
        ("22.11.2026 klo 10.30", "fi", f"{NOVEMBER}T10:30"),
        ("Publisert 22.11.2026, kl. 10.30", "no", f"{NOVEMBER}T10:30"),
        ("22-11-2026 | 18:05", "ar", f"{NOVEMBER}T18:05"),
        ("22.11.26 | 10:30", "he", f"{NOVEMBER}T10:30"),
        ("\u200f22\u200f/11\u200f/2026", "ar", NOVEMBER),
        ("입력 2026.11.22. 오후 3:12", "ko", f"{NOVEMBER}T15:12"),
        ("기사입력 2026/11/22 [15:12]", "ko", f"{NOVEMBER}T15:12"),
        ("입력 26.11.22 15:12", "ko", f"{NOVEMBER}T15:12"),
        ("26.11.22", "ko", NOVEMBER),
        ("2026/11/22(日) 15:30配信", "ja", f"{NOVEMBER}T15:30"),
        ("公開日時：２０２６／１１／２２　１５：３０", "ja", f"{NOVEMBER}T15:30"),
        ("发布时间：2026-11-22 15:12", "zh", f"{NOVEMBER}T15:12"),
        ("2026-11-22 15:12:01 来源：新华网", "zh", f"{NOVEMBER}T15:12"),
        ("Chủ nhật, 22/11/2026, 10:30 (GMT+7)", "vi", f"{NOVEMBER}T03:30"),
        ("Thứ hai, 4/5/2026, 10:30 (GMT+7)", "vi", "2026-05-04T03:30"),
        ("Giriş: 22.11.2026 09:12 Güncelleme: 23.11.2026 10:00", "tr", f"{NOVEMBER}T09:12"),
        ("CN, 22/11/2026 10:30 +99:00", "vi", NOVEMBER),
        ("Geändert 22.11.71", "de", "1971-11-22"),
    ],
)
def test_a_day_in_numbers(value: str, language: str, moment: str) -> None:
    """With a label or a weekday in front, and a clock behind."""
    assert dates.parse(value, language, day_first=True) == dates.parse(moment)


@pytest.mark.parametrize(
    ("value", "day_first", "day"),
    [
        ("Updated: 05/11/2026", False, "2026-05-11"),
        ("Updated: 05/11/2026", True, "2026-11-05"),
        ("Updated: 22/11/2026", False, NOVEMBER),
        ("Updated: 11/22/2026", True, NOVEMBER),
        ("Updated: 05.11.2026", False, "2026-11-05"),
        ("Updated: 22/22/2026", True, None),
        ("Il a dit que le 11/09/2001 tout a changé", True, None),
        ("Version 1.2.2026.4", True, None),
    ],
)
def test_the_order_of_numbers(value: str, day_first: bool, day: str | None) -> None:
    """As it is without a label; what stands far down a sentence is no date of publication."""
    assert dates.parse(value, day_first=day_first) == dates.parse(day)


@pytest.mark.parametrize(
    ("value", "language"),
    [
        ("22. новембра 2026.", "sr"), ("22. новембар 2026.", "sr"), ("22. novembra 2026", "bs"), ("22 नवम्बर 2026", "hi"),
        ("22 Novemba 2026", "sw"), ("Jumapili, Novemba 22, 2026", "sw"), ("22 tháng 11, 2026", "vi"),
        ("22 tháng 11 năm 2026", "vi"), ("22 noyabr 2026", "az"), ("22 ნოემბერი 2026", "ka"),
        ("2026 жылғы 22 қараша", "kk"), ("2026 m. lapkričio 22 d.", "lt"), ("2026. gada 22. novembris", "lv"),
        ("2026. november 22.", "hu"),
    ],
)  # fmt: skip
def test_a_day_in_the_words_of_more_languages(value: str, language: str) -> None:
    """By the names that sentences have, in either script, with the year in front where it stands there."""
    assert dates.parse(value, language) == dates.parse(value) == dates.parse(NOVEMBER)


@pytest.mark.parametrize("month", ["مه", "می"])
def test_may_in_persian(month: str) -> None:
    assert dates.parse(f"۲۲ {month} ۲۰۲۶", "fa") == dates.parse("2026-05-22")


@pytest.mark.parametrize(
    ("value", "language", "moment"),
    [
        ("۱ آذر ۱۴۰۵ - ۱۴:۳۰", "fa", f"{NOVEMBER}T14:30"),
        ("یکشنبه ۱ آذر ماه ۱۴۰۵ ساعت ۱۴:۳۰", "fa", f"{NOVEMBER}T14:30"),
        ("۱ قوس ۱۴۰۵", "ps", NOVEMBER),
        ("۱۴۰۵/۰۹/۰۱", None, NOVEMBER),
        ("۰۱/۰۹/۱۴۰۵", "fa", NOVEMBER),
        ("1405-09-01T14:30:00+03:30", "fa", f"{NOVEMBER}T11:00"),
        ("1399/12/30", "fa", "2021-03-20"),
        ("1400/12/30", "fa", None),
        ("1405/13/01", "fa", None),
        ("الأحد ١٢ جمادى الآخرة ١٤٤٨ هـ", "ar", NOVEMBER),
        ("12 جُمادى الثانية 1448", "ar", NOVEMBER),
        ("۱۲ جمادی\u200cالثانی ۱۴۴۸", "fa", NOVEMBER),
        ("۲۷ رمضان المبارک ۱۴۴۷", "ur", "2026-03-16"),
        ("الأحد 12 جمادى الآخرة 1448هـ الموافق 22 نوفمبر 2026م", "ar", NOVEMBER),
        ("1448/06/12", None, NOVEMBER),
        ("12/06/1448", "ar", NOVEMBER),
        ("1405/09/01", "ar", "1985-05-20"),
        ("1448/06/31", "ar", None),
        ("1301/06/01", "ar", None),
        ("令和8年11月22日", "ja", NOVEMBER),
        ("令和８年１１月２２日　午前９時３０分", "ja", f"{NOVEMBER}T09:30"),
        ("令和元年5月1日", None, "2019-05-01"),
        ("R8.11.22", "ja", NOVEMBER),
        ("H31.4.30", None, "2019-04-30"),
        ("中華民國115年11月22日 09:20", "zh", f"{NOVEMBER}T09:20"),
        ("115年11月22日", "zh", NOVEMBER),
        ("115/11/22", "zh", NOVEMBER),
        ("115/11/22", None, None),
        ("22/11/2569", "th", NOVEMBER),
        ("2569-11-22 14:30:00", None, f"{NOVEMBER}T14:30"),
        ("29/02/2567", "th", "2024-02-29"),
        ("22 พ.ย. 69", "th", NOVEMBER),
        ("22 พฤศจิกายน 69 เวลา 14:30 น.", "th", f"{NOVEMBER}T14:30"),
        ("Sun, 22 Nov 2569 10:00:00 +0700", None, f"{NOVEMBER}T03:00"),
    ],
)
def test_a_day_of_another_calendar(value: str, language: str | None, moment: str | None) -> None:
    """By the names of its months, else by its year and the language; what that calendar does not have is no date."""
    assert dates.parse(value, language) == dates.parse(moment)
