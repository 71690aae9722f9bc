"""03/04/2014: whether that is April or March, by what a file shows, and by where the article is from."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from newsloom.core.model import Article
from newsloom.readers import Limits, dates, dayfirst, read, values
from newsloom.readers.base import Draft

APRIL, MARCH = "2014-04-03", "2014-03-04"
LINKED = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "03/04/2014"}</script>'
TEXT = "The old mill stopped its last wheel on Sunday."


def days(path: Path, start: int = 0) -> list[str | None]:
    """The day of each article in the file."""
    found = list(read(str(path), Limits(), start=start))
    assert all(isinstance(one, Article) for one in found)
    stamps = [one.published_s for one in found if isinstance(one, Article)]
    return [None if one is None else datetime.fromtimestamp(one, UTC).date().isoformat() for one in stamps]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("03/04/2014", APRIL),
        ("3/4/14", APRIL),
        ("03-04-2014 00:00", APRIL),
        ("Thu 03/04/2014", APRIL),
        ("٠٣/٠٤/٢٠١٤", APRIL),
        ("13/03/2014", "2014-03-13"),
        ("03/13/2014", "2014-03-13"),
        ("2014/04/03", APRIL),
        ("2014-04-03", APRIL),
        ("20140403", APRIL),
        ("Apr 3, 2014", APRIL),
    ],
)
def test_the_day_first(value: str, day: str) -> None:
    """Where either number may be the month, and nowhere else; a number above 12 is none, whatever is said."""
    assert dates.parse(value, day_first=True) == dates.parse(day)


@pytest.mark.parametrize(
    "value", ["3.4.2014", "03.04.2014", "3. 4. 2014", "3.4.14", "Thu 03.04.2014", "Thu, 3.4.2014"]
)
def test_dots_have_the_day_first(value: str) -> None:
    """Behind the name of a weekday as well."""
    assert dates.parse(value) == dates.parse(APRIL)


def test_a_second_reading() -> None:
    """There is one where either number may be the month; from the future it is none to go by."""
    assert dates.swapped([None, 7, "03/04/2014"]) == dates.parse(APRIL)
    assert dates.swapped(["03/04/2999"]) == float("inf")
    assert (
        dates.swapped(["13/04/2014", "2014-04-03", "3.4.2014", "May 2014", None, "03/04/2014" + " " * 90])
        is None
    )


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("title,date\nMill,03/04/2014\nFerry,13/03/2014\n", True),
        ("title,date\nMill,03/04/2014\nFerry,03/13/2014\n", False),
        ("title,date\nMill,03/04/2014\nFerry,04/03/2014\n", None),
        ("title,date\nMill,13/03/2014\nFerry,03/13/2014\n", None),
        ('title;date\nMill;"13-03-2014 10:00"\n', True),
        ("13/3/14\tMill\n", True),
        ('{"date":"13\\/03\\/2014","text":"a"}\n', True),
        ('{"date": {"$date": "03/13/2014"}}', False),
        ("<items><item><date>13/03/2014</date></item></items>", True),
        ("<doc date='13/03/2014'/>", True),
        ('{"text": "The mill closed on 13/03/2014, and on 14/03/2014 it burned."}', None),
        ('{"url": "https://a.example.org/13/03/2014", "date": "2014-13-03"}', None),
        ("title,count\nMill,13/45/2014\nFerry,2014/13/03\n", None),
        ("", None),
    ],
)
def test_what_a_file_shows(head: str, expected: bool | None) -> None:
    """Values alone, no prose; and one way round only, else it shows nothing."""
    assert dayfirst.told(head.encode()) is expected


@pytest.mark.parametrize(
    ("language", "countries", "expected"),
    [
        (None, (), False), ("en", (), False), ("en", ("us", "com"), False), ("en", ("io",), False), ("en", ("uk",), True),
        ("en", ("gb", "com"), True), (None, ("au",), True), ("en", ("de",), True), ("fr", ("com",), True), ("sv", (), True),
        ("ja", (), False), ("hu", ("hu",), False),
    ],
)  # fmt: skip
def test_where_the_day_stands_first(language: str | None, countries: tuple[str, ...], expected: bool) -> None:
    """By the language, or by the country; what all the world uses tells nothing."""
    assert dayfirst.usual(language, countries) is expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en-GB", "gb"), ("en_US.UTF-8", "us"), ("zh-Hant-TW", "tw"), (" en-ie", "ie"), ("en", None), ("English", None),
     ("x-default", None), ("es-419", None), ("de-DE-1996", "de"), ("", None)],
)  # fmt: skip
def test_the_country_of_a_language(tag: str, expected: str | None) -> None:
    assert values.country(tag) == expected


def rows(shown: str, **said: str) -> list[dict[str, str]]:
    """Articles dated either way, behind one that may show which way it is."""
    return [
        {"title": str(at), "text": f"{TEXT} {at}", "date": date, **said}
        for at, date in enumerate((shown, "03/04/2014"))
    ]


def csv(found: list[dict[str, str]]) -> str:
    return "\n".join(",".join(line) for line in (list(found[0]), *(row.values() for row in found))) + "\n"


def lines(found: list[dict[str, str]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in found)


def items(found: list[dict[str, str]]) -> str:
    inner = ("".join(f"<{name}>{value}</{name}>" for name, value in row.items()) for row in found)
    return "<items>" + "".join(f"<item>{one}</item>" for one in inner) + "</items>"


def docs(found: list[dict[str, str]]) -> str:
    inner = (
        "".join(f' {name}="{value}"' for name, value in row.items() if name != "text")
        + f"><main><p>{row['text']}</p></main>"
        for row in found
    )
    return "<collection>" + "".join(f"<doc{one}</doc>" for one in inner) + "</collection>"


@pytest.mark.parametrize(
    ("shown", "said", "day"),
    [
        ("13/03/2014", {"language": "en"}, APRIL),
        ("03/13/2014", {"language": "fr"}, MARCH),
        ("04/05/2014", {"language": "fr"}, APRIL),
        ("04/05/2014", {"language": "en-GB"}, APRIL),
        ("04/05/2014", {"language": "en", "url": "https://www.gazette.example.co.uk/mill"}, APRIL),
        ("04/05/2014", {"source": "gazette.ie"}, APRIL),
        ("04/05/2014", {"language": "en-US", "url": "https://www.gazette.example.com/mill"}, MARCH),
        ("04/05/2014", {}, MARCH),
    ],
)
def test_the_order_in_a_table(tmp_path: Path, shown: str, said: dict[str, str], day: str) -> None:
    """What the file shows; else language or country; else the month is first. In any table, and from any row on."""
    for write in (csv, lines, items, docs):
        path = tmp_path / "a"
        path.write_text(write(rows(shown, **said)))
        assert days(path)[1] == days(path, start=1)[0] == day, write.__name__
    for row in (rows(shown, **said), [{"article": row} for row in rows(shown, **said)]):
        parquet.write_table(pa.Table.from_pylist(row), str(path))
        assert days(path)[1] == days(path, start=1)[0] == day


def test_the_order_in_one_file_is_none_of_another(tmp_path: Path) -> None:
    """Nor do pages of a crawl, which are of many sites, show it of one another."""
    pages = []
    for at, date in enumerate(("13/03/2014", "03/04/2014")):
        page = f'<html><head><meta property="article:published_time" content="{date}"></head><body><p>{TEXT}</p></body></html>'
        head = f"WARC-Type: resource\r\nWARC-Target-URI: https://mirror.example.com/{at}\r\nContent-Type: text/html"
        pages.append(f"WARC/1.0\r\n{head}\r\nContent-Length: {len(page)}\r\n\r\n{page}\r\n\r\n")
    path = tmp_path / "a"
    path.write_text("".join(pages))
    assert days(path) == ["2014-03-13", MARCH]


@pytest.mark.parametrize(
    ("page", "day"),
    [
        ('<html lang="fr"><head><meta property="article:published_time" content="03/04/2014">', APRIL),
        ('<html lang="en-GB"><head><meta name="pubdate" content="03/04/2014">', APRIL),
        ('<html lang="en"><head><meta name="pubdate" content="03/04/2014">', MARCH),
        (f'<html><head><link rel="canonical" href="https://gazette.example.co.uk/mill">{LINKED}', APRIL),
        (f"<html><head>{LINKED}", MARCH),
    ],
)  # fmt: skip
def test_the_order_in_a_page(tmp_path: Path, page: str, day: str) -> None:
    """By what the page says of its language and its address."""
    path = tmp_path / "a.html"
    path.write_text(f"{page}</head><body><p>{TEXT}</p></body></html>")
    assert days(path) == [day]


def test_the_order_in_a_feed(tmp_path: Path) -> None:
    """By its language."""
    path = tmp_path / "a"
    item = f"<item><title>Moulin</title><description>{TEXT}</description><pubDate>03/04/2014 10:00</pubDate></item>"
    for language, day in (("fr", APRIL), ("en", MARCH)):
        path.write_text(f'<rss version="2.0"><channel><language>{language}</language>{item}</channel></rss>')
        assert days(path) == [day]


def test_what_several_share_tells_as_well(tmp_path: Path) -> None:
    """An answer that names its language once."""
    path = tmp_path / "a"
    path.write_text(json.dumps({"language": "fr", "articles": rows("04/05/2014")}))
    assert days(path) == ["2014-05-04", APRIL]


def test_the_language_of_the_text_tells_where_none_is_given(tmp_path: Path) -> None:
    """Most Spanish outlets are on .com, and few scrapers name the language."""
    text = "Cuatro personas resultaron heridas en el incendio del mercado, dijo el alcalde el jueves por la tarde."
    for told, date in (
        (text, APRIL),
        ("Four people were hurt in the fire at the market, the mayor said.", MARCH),
    ):
        path = tmp_path / "a.json"
        path.write_text(json.dumps({"text": told, "date": "03/04/2014"}))
        assert days(path) == [date]
    path.write_text(json.dumps({"text": text, "date": "٠٣/٠٤/٢٠١٤", "language": "ar"}))
    assert days(path) == [APRIL]


def test_nobody_reports_from_the_future(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file does not show the order, it is the one that makes no future; where it does, there is no date."""
    monkeypatch.setattr("newsloom.readers.dates.time.time", lambda: dates.parse("2014-03-20"))
    path = tmp_path / "a"
    path.write_text(csv(rows("04/05/2014", language="fr")))
    assert days(path) == [None, MARCH]
    path.write_text(csv(rows("13/03/2014", language="en")))
    assert days(path) == ["2014-03-13", None]


def test_two_readings_of_one_date_stay_together() -> None:
    """Where gaps are filled from another draft, either both are or none is."""
    doubtful, plain = Draft(published_s=1.0, day_first_s=2.0), Draft(published_s=3.0)
    assert (doubtful.over(plain), plain.over(doubtful)) == (doubtful, plain)
    assert Draft(text="a").over(doubtful) == Draft(text="a", published_s=1.0, day_first_s=2.0)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (["soon"], "soon"),
        ([None, 7, "May 2024"], "7"),
        (["May 2024 " + "x" * 5_000_000], "May 2024 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        (["31/04/2024\n\x1b[2J"], "31/04/2024 [2J"),
        (["soon", "2024-05-01"], None),
        (["2999-01-01"], "2999-01-01"),
        (["2999-01-01", "2024-05-01"], None),
        ([0, "0000-00-00 00:00:00", "1970-01-01T00:00:00+00:00", ""], None),
        ([None], None),
        ([], None),
    ],
)
def test_a_date_that_is_none_is_noted(told: list[object], expected: str | None) -> None:
    """Nor one of the future: how it begins, safe to be shown; not where another is understood, or what stands there says that there is none."""
    assert dates.unread(told) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"date": "soon"}, "soon"),
        ({"date": "2024-05-01"}, None),
        ({"date": "soon", "url": "https://gazette.example.com/2024/05/01/mill"}, None),
        ({"published": "nan"}, None),
        ({}, None),
    ],
)
def test_the_article_tells_what_was_not_understood(
    tmp_path: Path, row: dict[str, str], expected: str | None
) -> None:
    """Where that leaves it without a date, in tables and in feeds."""
    path = tmp_path / "a"
    feed = f"<item><title>{TEXT}</title><link>{row.get('url', '')}</link><pubDate>{row.get('date', '')}</pubDate></item>"
    for text in (lines([{"text": TEXT, **row}]), f'<rss version="2.0"><channel>{feed}</channel></rss>'):
        path.write_text(text)
        (found,) = read(str(path), Limits())
        assert isinstance(found, Article)
        assert found.unread_date == expected
