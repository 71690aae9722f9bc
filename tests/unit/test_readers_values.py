"""Dates, addresses, outlets, languages and markup."""

import textwrap
import unicodedata
from datetime import UTC, datetime

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from newsloom.core.days import months
from newsloom.readers import dates, markup, urldate, values

NOON_S = datetime(2024, 5, 1, 12, tzinfo=UTC).timestamp()
DAY_S = datetime(2024, 5, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "value",
    [
        "2024-05-01T12:00:00Z",
        "2024-05-01T12:00:00.000000000000Z",
        "2024-05-01T14:00:00+02:00",
        "2024-05-01T08:00:00-0400",
        "2024-05-01 12:00:00",
        " 2024-05-01T12:00:00.000Z ",
        "2024-05-01 12:00:00 UTC",
        "20240501T120000Z",
        "20240501120000Z",
        "20240501100000-0200",
        "20240501100000-02:00",
        "20240501120000.0Z",
        "202405011200Z",
        "Wed, 01 May 2024 12:00:00 GMT",
        "Wed, 01 May 2024 14:00:00 +0200",
        "May 1, 2024 8:00 AM EDT",
        "1 May 2024, 14:00 CEST",
        "Wed May 01 2024 14:00:00 GMT+0200 (Central European Summer Time)",
        "2024-05-01T12:00:00Z[UTC]",
        "2024-05-01 14:00:00 +0200 CEST",
        "2024-05-01 14:00 UTC+2",
        "2024-05-01 06:30 GMT-5:30",
        "Wed, 01 May 2024 14:00:00 GMT+2",
        "20240501120000",
        20240501120000,
        "202405011200",
        202405011200,
        202405011200.0,
        NOON_S,
        int(NOON_S),
        int(NOON_S * 1_000),
        int(NOON_S * 1_000_000),
        str(int(NOON_S)),
        str(int(NOON_S * 1_000)),
        f"{NOON_S:.3f}",
    ],
)
def test_a_moment(value: object) -> None:
    """Every usual spelling of one moment gives that moment; without a zone it is UTC."""
    assert dates.parse(value) == NOON_S


@pytest.mark.parametrize(
    "value", [1714564800, 1714564800_000, 202413011200, 202405012400, 209905011260, 171456480000]
)
def test_a_number_that_is_no_moment_counts_from_1970(value: int) -> None:
    """Of ten digits it is seconds; of twelve milliseconds, unless they are a year, a month, a day, an hour and a minute."""
    assert dates.parse(value) == dates.parse(str(value)) == value / (1 if value < 1e10 else 1_000)


@pytest.mark.parametrize(
    "value",
    [
        "2024-05-01",
        "20240501",
        20240501,
        "5/1/2024",
        "1.5.2024",
        "1.5.24",
        "May 1, 2024",
        "1 May 2024",
        "2024-05-01Z",
        "2024-05-01+02:00",
    ],
)
def test_a_day(value: object) -> None:
    """A day alone is its first moment in UTC."""
    assert dates.parse(value) == DAY_S


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (41701, "2014-03-03"),
        (41701.0, "2014-03-03"),
        ("41701", "2014-03-03"),
        ("41701.0", "2014-03-03"),
        ("41701.4375", "2014-03-03T10:30"),
        (25569, None),
        (25570, "1970-01-02"),
        (73050, "2099-12-31"),
        (73051, None),
        ("-41701", None),
    ],
)
def test_a_day_as_a_spreadsheet_counts(value: object, moment: str | None) -> None:
    """Five digits; the first day of 1970 is one of those that programs write for none."""
    assert dates.parse(value) == dates.parse(moment)


@pytest.mark.parametrize(
    "value",
    ["March 3, 2014 Monday Late Edition - Final", "Load-Date: March 3, 2014", "Published: Mar. 3, 2014 by our staff",
     "Monday, March 3rd 2014, first edition", "March 3, 2014 Monday 2:05 PM in the evening"],
)  # fmt: skip
def test_a_day_in_english_among_words(value: str) -> None:
    """As archives of newspapers print it."""
    assert dates.parse(value) == dates.parse("2014-03-03")


@pytest.mark.parametrize(
    "value",
    [
        "1. Mai 2024, 12:00 Uhr", "01.05.2024, 12:00 Uhr", "2024-05-01 12:00 Uhr", "Mittwoch, 1. Mai 2024 um 12:00 Uhr",
        "miércoles, 1 de mayo de 2024 - 12:00", "1er mai 2024 à 12h00", "1 maggio 2024 alle 12:00",
        "1 мая 2024 г., 12:00", "1. toukokuuta 2024 klo 12.00", "2024年5月1日 12:00", "2024年05月01日12時00分",
        "2024년 5월 1일 12:00",
    ],
)  # fmt: skip
def test_a_moment_in_words_of_its_language(value: str) -> None:
    """As a page shows it, and a scraper that takes what is shown hands it on."""
    assert dates.parse(value) == NOON_S


@pytest.mark.parametrize(
    "value",
    [
        "1. Mai 2024", "1 de mayo de 2024", "1 de mayo del 2024, 3:15 hora local", "1 мая 2024", "1 мая 2024, 12:00 МСК",
        "1 maja 2024", "1 Mayıs 2024 Çarşamba", "1 Μαΐου 2024", "1 مايو 2024", "١ مايو ٢٠٢٤", "2024年5月1日",
        "1 พฤษภาคม 2567", "1 พ.ค. 2567", "1 أيار/مايو 2024", "1 ماي 2024",
    ],
)  # fmt: skip
def test_a_day_in_words_of_its_language(value: str) -> None:
    """What stands behind it and is no plain time, such as a zone, makes it no other day."""
    assert dates.parse(value) == DAY_S


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2024年5月1日 午後3:15", "2024-05-01T15:15"),
        ("2024년 5월 1일 오전 12시 15분", "2024-05-01T00:15"),
        ("2024-05-01 下午 03:15", "2024-05-01T15:15"),
        ("01/05/2024 11:20 م", "2024-05-01T23:20"),
        ("3 كانون الثاني 2024 - 9:05 ص", "2024-01-03T09:05"),
        ("1 พ.ค. 2567 15:30 น.", "2024-05-01T15:30"),
        ("1 maja 2024, godz. 14:30", "2024-05-01T14:30"),
        ("1 de mayo del 2024, 3:15 p.m.", "2024-05-01T15:15"),
        ("2024年5月1日（水）15時30分", "2024-05-01T15:30"),
        ("1 Mayıs 2024 Çarşamba 14:00", "2024-05-01T14:00"),
        ("1. maja 2024. u 10:30", "2024-05-01T10:30"),
        ("10:30, 1 мая 2024", "2024-05-01T10:30"),
        ("الأربعاء 1 مايو 2024 - 14:30 بتوقيت غرينتش", "2024-05-01T14:30"),
        ("Published: May 1, 2024 11:15 IST", "2024-05-01T05:45"),
        ("Wed, 1 May 2024 11:15 PM", "2024-05-01T23:15"),
        ("May 1, 2024 11:15 Ostend time", "2024-05-01"),
    ],
)
def test_the_clock_of_a_day_in_its_language(value: str, moment: str) -> None:
    assert dates.parse(value, day_first=True) == dates.parse(moment)


@pytest.mark.parametrize(
    ("value", "language", "day"),
    [
        ("12 listopada 2024", "pl", "2024-11-12"),
        ("12. listopada 2024.", "hr", "2024-10-12"),
        ("12. listopada 2024.", "bs", "2024-10-12"),
        ("12. listopada 2024", "en", None),
        ("12. listopada 2024", None, None),
        ("12. listopadu 2024", None, "2024-11-12"),
        ("12 lis 2024", "cs", "2024-11-12"),
        ("3 lip 2024", "pl", "2024-07-03"),
        ("3. lip 2024.", "sr", "2024-06-03"),
        ("3. srp 2024", "cs", "2024-08-03"),
        ("3. srp 2024", "hr", "2024-07-03"),
        ("3 lipca 2024", "de", "2024-07-03"),
        ("1 May 2024", "hr", "2024-05-01"),
    ],
)
def test_a_month_is_that_of_its_language(value: str, language: str | None, day: str | None) -> None:
    """What is November in Polish is October in Croatian; where no language settles it, it is no date."""
    assert dates.parse(value, language) == dates.parse(day)


def test_the_months_that_no_name_settles() -> None:
    """All of them: another one would be a date that was read without a language until now."""
    doubtful = {name for name, known in months().items() if len(set(known.values())) > 1}
    assert doubtful == {"lip", "lis", "listopad", "listopada", "srp"}


def test_a_day_that_others_read_is_read_anew() -> None:
    """By the language of its page, where its month has two numbers; any other day stays."""
    november_s, october_s = dates.parse("2024-11-12"), dates.parse("2024-10-12")
    text = f"Zagreb,{' ' * 99_999}12.\n listopada 2024. | 12. studenoga 2023."
    assert dates.reread(november_s, text, "hr") == october_s
    assert dates.reread(november_s, text, "pl") == november_s
    assert dates.reread(november_s, text, None) is None
    assert dates.reread(dates.parse("2023-11-12"), text, None) == dates.parse("2023-11-12")
    assert dates.reread(november_s, "12 listopada 2023", None) == november_s
    assert dates.reread(None, text, "hr") is None


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("https://www.example.org/2014/apr/28/story", "2014-04-28"),
        ("https://www.example.org/world/2014/april/28/story", "2014-04-28"),
        ("https://www.example.org/2013/Sept/03/", "2013-09-03"),
        ("https://www.example.org/2012/11/07/", "2012-11-07"),
        ("https://www.example.org/2012/11/07", "2012-11-07"),
        ("https://www.example.org/2012/1/7/story.html", "2012-01-07"),
        ("https://www.example.org/english/2016-02/24/c_135.htm", "2016-02-24"),
        ("https://www.example.org/gn/2014/04-28/611.shtml", "2014-04-28"),
        ("https://www.example.org/2014-04-28/story", "2014-04-28"),
        ("https://www.example.org/2014-04-28-story.html", "2014-04-28"),
        ("https://www.example.org/2014_04_28_story", "2014-04-28"),
        ("https://www.example.org/world/mill-stops-2023-10-05/", "2023-10-05"),
        ("https://www.example.org/world/mill-stops-2023-10-05.html", "2023-10-05"),
        ("https://www.example.org/archive/1912/04/15/ship", "1912-04-15"),
        ("https://www.example.org/2014/04/28/a-look-back-at-2001-09-11", "2014-04-28"),
        ("https://www.example.org/2014/04/story", None),
        ("https://www.example.org/2014/apr/story", None),
        ("https://www.example.org/2014/", None),
        ("https://www.example.org/2014/10/12-things-to-know", None),
        ("https://www.example.org/2014/marketing/28/story", None),
        ("https://www.example.org/2014/13/01/story", None),
        ("https://www.example.org/2014/02/30/story", None),
        ("https://www.example.org/2014/04/281/story", None),
        ("https://www.example.org/12014/04/28/story", None),
        ("https://www.example.org/what-2001-09-11-changed", None),
        ("https://www.example.org/28/04/2014/story", None),
        ("https://www.example.org/20140428", None),
        ("https://www.example.org/story?date=/2014/04/28/", None),
        ("https://2014-04-28.example.org/story", None),
        ("https://www.example.org/\u0662\u0660\u0661\u0664/04/28/", None),
        ("http://[::1/2014/04/28/", None),
        ("", None),
    ],
)
def test_the_day_in_an_address(address: str, day: str | None) -> None:
    """A whole day, where a newspaper puts that of publication."""
    assert urldate.parse(address) == dates.parse(day)


@pytest.mark.parametrize(
    "value",
    [
        None, True, "", " ", "None", "nonsense", "yesterday", "2 hours ago", "May", "May 2024", "2024",
        "2024-05", "05/2024", "May 2024 Late Edition", "Load-Date: May 2024", "May 1 Late Edition", "May 32, 2024 Final",
        2024, 0, 12, -5,
        "Monday 10:00", "2024-13-45", "2024-02-30T10:00:00", "1899-12-31", "0001-01-01",
        "1970-01-01", "1970-01-01T01:00:00+01:00", float("nan"),
        float("inf"), 1e300,
        "9" * 40, "1e400", "2024-05-01" + " " * 10 + "x" * 100, [], {}, b"2024", "12:00",
        "10000000000000-01-01", "\u0662\u0660",
        "31. April 2024", "1 listopada 2024", "1 Straße 2024", "2024年13月1日", "令和6年13月1日", "Mai 2024",
    ],
)  # fmt: skip
def test_no_date(value: object) -> None:
    """What names no year, month and day, or a year before 1900, is no date and no failure."""
    assert dates.parse(value) is None


@given(st.text(max_size=90) | st.from_regex(r"\A[0-9:TZ+., /-]{1,30}\Z") | st.floats() | st.integers())
def test_any_date(value: object) -> None:
    """Nothing that stands for a date can raise."""
    found = dates.parse(value)
    assert found is None or -2.3e9 < found < 2.6e11


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("https://Example.com/A/b?x=1", "https://example.com/A/b?x=1"),
        ("  https://example.com/a#part\n", "https://example.com/a"),
        ("https://example.com/app#!/2024/mill", "https://example.com/app#!/2024/mill"),
        ("https://example.com/#/2024/mill", "https://example.com/#/2024/mill"),
        ("https://example.com/a#/", "https://example.com/a"),
        ("https://example.com/#!", None),
        ("https://example.com/a?utm_source=x&id=7&fbclid=9", "https://example.com/a?id=7"),
        ("https://example.com/a?gclid=1", "https://example.com/a"),
        ("https://user:secret@example.com:443/a", "https://example.com/a"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/?p=12", "https://example.com/?p=12"),
        ("https://example.com/", None),
        ("https://example.com", None),
        ("ftp://example.com/a", None),
        ("/a/b", None),
        ("javascript:alert(1)", None),
        ("http://[::1/a", None),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https://u:p@[2001:db8::1]:443/a", "https://[2001:db8::1]/a"),
        ("http://example.com:99999/a", None),
        ("https://example.com/" + "a" * 5_000, None),
        ("urn:uuid:1", None),
    ],
)
def test_url(given_url: str, expected: str | None) -> None:
    """The address of one page, without what only says who came from where."""
    assert values.url(given_url) == expected


@pytest.mark.parametrize(
    ("given_source", "expected"),
    [
        ("https://www.example.com", "example.com"),
        ("www.Example.com", "example.com"),
        ("http://[2001:db8::1]:8080/a", "2001:db8::1"),
        ("The Merrow Gazette", "The Merrow Gazette"),
        ("  ", None),
    ],
)
def test_source(given_source: str, expected: str | None) -> None:
    """A host in one spelling; a name as it is."""
    assert values.source(given_source) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "en"), ("en-GB", "en"), ("en_US.UTF-8", "en"), ("ENG", "en"), ("English", "en"),
        ("german", "de"),
        ("ger", "de"),
        ("zh-Hans-CN", "zh"), ("nb", "nb"), ("nn-NO", "nn"), ("iw", "he"), ("xx", None), ("x-default", None),
        ("", None),
        ("klingon warrior", None), ("e" * 99, None), ("\u4e2d", None),
    ],
)  # fmt: skip
def test_language(tag: str, expected: str | None) -> None:
    """Two letters of ISO 639-1, from a tag or an English name."""
    assert values.language(tag) == expected


@given(
    st.text(max_size=60)
    | st.from_regex(r"\Ahttps?://(\[[0-9a-f:]{2,9}\]|[a-z.]{1,9})(:\d{1,5})?/[a-z?=#%]{1,9}\Z")
)
def test_an_address_stays_what_it_has_become(text: str) -> None:
    """What was made canonical once is so."""
    found = values.url(text)
    assert found is None or values.url(found) == found


@given(st.text(max_size=60))
def test_any_value(text: str) -> None:
    """No value can raise, and none comes out that cannot be written down."""
    for clean in (values.url, values.source, values.language, values.line, values.paragraphs, markup.plain):
        assert (clean(text) or "") is not None
    (values.line(text) or values.paragraphs(text)).encode()


def test_what_shows_nothing_makes_no_other_text() -> None:
    """Whoever hides a character in every third word of a copy has written the same words."""
    ignorable = regex.compile(r"\p{Default_Ignorable_Code_Point}")
    hidden = [
        chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000 and ignorable.match(chr(code))
    ]
    assigned = [char for char in hidden if unicodedata.category(char) != "Cn"]
    shorthand_and_music = {char for char in assigned if "\U0001bca0" <= char <= "\U0001d17a"}
    for char in {*assigned, *"\u200c\u200d"} - shorthand_and_music - {*"\u17b4\u17b5"}:
        assert values.line(f"Con{char}struction of the dam") == "Construction of the dam", hex(ord(char))
    assert values.line("\U0001f469\u200d\U0001f680 in space") == "\U0001f469\u200d\U0001f680 in space"


def test_a_word_is_one_word_wherever_it_may_be_broken() -> None:
    """Soft hyphens, breaks and marks of byte order in a word are not seen, and are not read; joiners are letters' own."""
    text = "Con\xadstruction\u200b of the dam\ufeff bridge\u2060\u2014road.\n\ufeff\n\u200bIt\u200b ends."
    assert values.paragraphs(text) == "Construction of the dam bridge\u2014road.\nIt ends."
    assert values.line("Donau\xaddampf\u200bschiff") == "Donaudampfschiff"
    assert values.line("\u1797\u17b6\u200b\u1781\u17d2") == "\u1797\u17b6\u200b\u1781\u17d2", (
        "two words in Khmer"
    )
    assert values.paragraphs("\u0645\u06cc\u200c\u0634\u0648\u062f") == "\u0645\u06cc\u200c\u0634\u0648\u062f"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            r"The ferry is free.\n\nNobody was hurt.\nTugs left.",
            "The ferry is free.\nNobody was hurt.\nTugs left.",
        ),
        (r"The ferry is free.\r\nNobody was hurt.\r\n", "The ferry is free.\nNobody was hurt."),
        (r"It lay in C:\news for a year.", r"It lay in C:\news for a year."),
        (
            "It was in C:\\news.\nThen in D:\\notes.\nNow it is gone.",
            "It was in C:\\news.\nThen in D:\\notes.\nNow it is gone.",
        ),
    ],
)
def test_line_ends_that_were_escaped_twice(text: str, expected: str) -> None:
    """Where a text has no other, they are its line ends."""
    assert values.paragraphs(text) == expected


PARAGRAPHS = [
    "Ferry stuck off Calder Bay for a second night",
    (
        "The Maid of Orrin has lain on a sandbank within sight of the harbour since Tuesday, and the 212 people on board"
        " are being fed from a pilot boat, the company said, which wants to pull her off with the next spring tide."
    ),
    '"We can see the pub from here," said Ann Tolley, 61, who was on her way home from a funeral on the far shore.',
    "Tugs from Port Ellery are due at first light.",
]


@pytest.mark.parametrize("width", [40, 60, 72, 80])
@pytest.mark.parametrize(("gap", "indent"), [("\n\n", ""), ("\n", "    "), ("\r\n \r\n", "")])
def test_lines_broken_at_a_width_are_paragraphs_again(width: int, gap: str, indent: str) -> None:
    """Mail and old wires break lines; what each of them holds is no headline and no paragraph."""
    wrapped = gap.join(textwrap.fill(one, width, initial_indent=indent) for one in PARAGRAPHS)
    assert values.paragraphs(wrapped).split("\n") == PARAGRAPHS
    assert values.paragraphs(wrapped.upper()).split("\n") == [one.upper() for one in PARAGRAPHS]


@pytest.mark.parametrize(
    "text",
    [
        "Home\nNews\nSport\nWeather\nCulture",
        "Ferry stuck for a second night\nMill closes after a hundred years\nNo rate cut before the spring comes\nTram strike: who has to walk today",
        "The ferry is stuck.\nThe tugs come at first light.\nNobody is hurt, the company says.\nThe pub is in sight.",
        "\n".join(PARAGRAPHS),
        "渡轮搁浅第二夜仍未脱困船上二百一十二人由引水船送餐公司表示拖轮将于黎明抵达\n磨坊经营百年后宣布关闭三十七名工人将失去工作市长说城里没有人料到会这样\n央行表示春季之前不会降息市场对此反应平淡克朗兑欧元汇率几乎没有变化\n电车司机罢工进入第三天谈判没有进展公司请求法院下令司机恢复工作",
    ],
    ids=["menu", "headlines", "sentences", "paragraphs", "script without blanks"],
)
def test_lines_that_nobody_broke_stay(text: str) -> None:
    """Short lines are not wrapped ones: those end within a sentence, where the next word had no room."""
    assert values.paragraphs(text) == text


def test_sentences_that_links_cut_are_whole() -> None:
    """As get_text("\\n") of BeautifulSoup leaves them; headlines and what stands below them stay apart."""
    text = (
        "Ferry stuck for a second night\nThe ferry was\nstill off the wall\n, the company told\nRadio Harbour\non Monday.\n"
        "Tugs\nwere on their way.\nRelated: mill closes\nNobody was hurt, said\nAnn Brevik\n(31), who was on it.\nThe end."
    )
    assert values.paragraphs(text).split("\n") == [
        "Ferry stuck for a second night",
        "The ferry was still off the wall, the company told Radio Harbour on Monday.",
        "Tugs were on their way.",
        "Related: mill closes",
        "Nobody was hurt, said",
        "Ann Brevik",
        "(31), who was on it.",
        "The end.",
    ]
    once = "What we eat\nmilk\nThe end."
    assert values.paragraphs(once) == once


@pytest.mark.parametrize("hyphen", ["-", "‐", "¬"])
def test_words_that_were_cut_at_the_end_of_a_line_are_whole(hyphen: str) -> None:
    """Where lines were broken at a width; a dash stays one, and so does the hyphen before a name."""
    wrapped = (
        f"The ferry was stuck for a second night off the har{hyphen}\nbour wall, and the tugs that were to bring in the pas{hyphen}\n"
        "sengers had to wait for the tide until the small, early -\nand cold - hours of a day that nobody on the big Anglo-\n"
        "Dutch boat will forget."
    )
    assert values.paragraphs(wrapped) == (
        "The ferry was stuck for a second night off the harbour wall, and the tugs that were to bring in the passengers had "
        "to wait for the tide until the small, early - and cold - hours of a day that nobody on the big Anglo- Dutch boat will forget."
    )


def test_a_title_is_one_tame_line() -> None:
    """No line ends, no terminal escapes, no reversed reading, and not a megabyte of it."""
    assert values.line("Ferry\n \x1b[31mfree\u202e now") == "Ferry [31mfree now"
    assert len(values.line("word " * 200_000) or "") <= values.MAX_LINE_CHARS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b and c > d", "a < b and c > d"),
        ("Tom &amp; Ann&#8217;s", "Tom & Ann\u2019s"),
        ("AT&T; done", "AT&T; done"),
        ("<p>One <b>bold</b>\nword</p><p>Two<br>Three</p>", "One bold word\nTwo\nThree"),
        ("<div>One<script>x()</script></div><!-- no -->tail", "One\ntail"),
        ("Lead<p>One</p>", "Lead\nOne"),
        (
            "# Fire\n\n![Smoke](https://a.example/1.jpg)\n**LEEDS** - A [mill](https://a.example/mill) *burnt*.\nTwo died.",
            "Fire\nLEEDS - A mill burnt.\nTwo died.",
        ),
        (
            "* [Home](/home)\n\n> It was 5 \\* 3.\n\n<p>An <i>aside</i></p>\n\n---\n",
            "Home\nIt was 5 * 3.\nAn aside",
        ),
        ("See [one][1].\n\n[1]: https://a.example/1", "See one."),
        ("Two * three, [sic] (he said) and # 1", "Two * three, [sic] (he said) and # 1"),
        ("One is <em>bold</em>.\n\nTwo is\r\n<a\nhref='/x'>linked</a>.", "One is bold.\nTwo is\nlinked."),
    ],
)
def test_markup(text: str, expected: str) -> None:
    """Tags, entities and Markdown become what a reader would see; other text is left alone."""
    assert values.paragraphs(markup.plain(text)) == expected
