"""JSON in every shape that scrapers write."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import BadRecord, Limits, read
from newsloom.readers.fields import draft
from newsloom.readers.jsonsplit import elements, lines

LIMITS = Limits()
NOON_S = datetime(2024, 5, 1, 12, tzinfo=UTC).timestamp()
URL = "https://news.example.com/ferry"


def write(folder: Path, data: bytes | str, name: str = "a.json") -> str:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return str(path)


def records(path: str, limits: Limits = LIMITS, start: int = 0) -> list[str]:
    """Text of each article, reason of each bad record."""
    found = read(path, limits, start=start)
    return [record.text if isinstance(record, Article) else record.reason for record in found]


SCRAPED: dict[str, dict[str, object]] = {
    "news-please": {
        "maintext": "The ferry is free.", "title": "Ferry free", "date_publish": "2024-05-01 12:00:00",
        "url": URL,
        "source_domain": "www.example.com", "language": "en", "authors": ["None"], "date_modify": "None",
        "description": "Short.",
        "date_download": "2024-06-01 10:00:00", "title_page": None, "filename": "x.json",
    },
    "newspaper4k": {
        "text": "The ferry is free.", "title": "Ferry free", "publish_date": "2024-05-01T12:00:00+00:00",
        "meta_lang": "en",
        "source_url": "https://example.com", "canonical_link": URL, "url": URL + "?utm_source=x",
        "summary": "", "authors": [],
    },
    "trafilatura": {
        "text": "The ferry is free.", "raw_text": "The ferry is free.", "title": "Ferry free",
        "date": "2024-05-01T12:00:00Z",
        "source": "https://example.com/ferry", "url": URL, "hostname": "example.com",
        "source-hostname": "Example News", "sitename": "Example News", "language": "en",
        "id": None, "fingerprint": "ab12",
    },
    "scrapy": {
        "body": "<p>The ferry is free.</p>", "headline": ["Ferry free"],
        "pubDate": "Wed, 01 May 2024 12:00:00 GMT",
        "link": URL,
        "domain": "example.com", "lang": "en_GB",
    },
    "loose": {
        "Content": "The ferry is free.", "Headline": "Ferry free", "publishedAt": int(NOON_S * 1000),
        "link": [URL],
        "site": "www.example.com", "lang": "English",
    },
    "schema.org": {
        "@context": "https://schema.org", "@type": "NewsArticle", "articleBody": "The ferry is free.",
        "headline": "Ferry free",
        "datePublished": "2024-05-01T14:00:00+02:00", "mainEntityOfPage": {"@type": "WebPage", "@id": URL},
        "publisher": {"@type": "Organization", "name": "example.com"}, "inLanguage": {"@type": "Language",
        "name": "en"},
    },
    "elasticsearch": {
        "_index": "news",
        "_source": {"maintext": "The ferry is free.", "title": "Ferry free",
        "date_publish": "2024-05-01T12:00:00", "url": URL,
                    "source_domain": "example.com", "language": "en"},
    },
    "graph": {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebPage", "url": "https://example.com"},
            {"@type": "NewsArticle", "articleBody": "The ferry is free.", "headline": "Ferry free",
            "url": URL,
             "datePublished": "2024-05-01T12:00Z", "publisher": {"name": "example.com"},
             "inLanguage": "en-US"},
        ],
    },
    "an API's answer": {
        "status": "ok", "data": {"article": {"text": "The ferry is free.", "title": "Ferry free", "url": URL,
        "published": "2024-05-01T12:00:00Z", "lang": "en", "source": "example.com"}},
    },
    "JSON:API": {
        "data": {"type": "articles", "attributes": {"body": "The ferry is free.", "headline": "Ferry free", "url": URL,
        "published_at": "2024-05-01T12:00:00Z", "language": "en", "source": "example.com"}},
        "links": {"self": "https://api.example.com/articles/5"},
    },
    "data of its own": {
        "text": "The ferry is free.", "title": "Ferry free", "url": URL, "published": "2024-05-01T12:00:00Z",
        "lang": "en", "source": "example.com", "data": {"title": "A chart", "text": "Fares by year."},
    },
    "evaluation line": {
        "text": "The ferry is free.", "title": "Ferry free", "published": "2024-05-01T12:00:00Z",
        "lang": "en",
        "source": "example.com", "url": URL,
    },
}  # fmt: skip


@pytest.mark.parametrize("scraper", SCRAPED)
def test_field_names(tmp_path: Path, scraper: str) -> None:
    """One article, whatever its scraper calls the fields."""
    path = write(tmp_path, json.dumps(SCRAPED[scraper]))
    expected = Article(
        file=path, text="The ferry is free.", title="Ferry free", url=URL, source="example.com",
        language="en",
        published_s=NOON_S,
    )  # fmt: skip
    assert [replace(found, fetched_s=None) for found in read(path, LIMITS)] == [expected]


def test_what_yt_dlp_says_of_a_video() -> None:
    """Its description is the text, and its day that of the upload; ``formats`` has addresses of other things."""
    found = draft(
        {"id": "x1", "description": "The ferry is free.", "upload_date": "20240501", "timestamp": 1714564800,
         "uploader": "Merrow TV", "webpage_url": URL, "formats": [{"url": "https://cdn.example.net/x.mp4"}]}
    )  # fmt: skip
    assert (found.summary, found.url, found.source) == ("The ferry is free.", URL, "Merrow TV")
    assert found.published_s == NOON_S - 43_200


@pytest.mark.parametrize(
    ("said", "fetched_s"),
    [
        ({"date_download": "2024-05-01 12:00:00", "date_publish": None}, NOON_S),
        ({"warc-date": "2024-05-01T12:00:00Z"}, NOON_S),
        ({"meta": {"scraped_at": NOON_S}}, NOON_S),
        ({"crawled": "yes", "fetchedAt": "2024-05-01T12:00:00Z"}, NOON_S),
        ({"filedate": "2024-05-01"}, NOON_S + 43_200),
        ({"crawled": True}, None),
    ],
)
def test_when_it_was_fetched(tmp_path: Path, said: dict[str, object], fetched_s: float | None) -> None:
    """That is no date of publication; of a day alone its end is meant, for by then it was there."""
    (found,) = read(write(tmp_path, json.dumps({"text": "The ferry is free.", **said})), LIMITS)
    assert isinstance(found, Article)
    assert (found.fetched_s, found.published_s) == (fetched_s, None)


@pytest.mark.parametrize(
    "missing",
    [
        None,
        "",
        "None",
        "null",
        "N/A",
        "nan",
        "NaN\n",
        "<NA>",
        "#N/A",
        " none ",
        [],
        {},
        ["None"],
        ["nan", "nan"],
        False,
    ],
)
def test_missing_values(missing: object) -> None:
    """Each way to say that a field is missing leaves it missing."""
    empty = draft({})
    assert (
        draft(dict.fromkeys(["title", "text", "url", "date", "id", "language", "source"], missing)) == empty
    )


@pytest.mark.parametrize(
    ("record", "field", "expected"),
    [
        ({"id": 17}, "id", "17"),
        ({"_id": {"$oid": "abc"}}, "id", "abc"),
        ({"id": None, "guid": "g"}, "id", "g"),
        ({"published": {"$date": "2024-05-01T12:00:00Z"}}, "published_s", NOON_S),
        ({"date": {"$date": {"$numberLong": str(int(NOON_S * 1000))}}}, "published_s", NOON_S),
        ({"content": {"rendered": "One.\nTwo.", "protected": False}}, "text", "One.\nTwo."),
        ({"title": {"rendered": "Mine &#038; yours"}}, "title", "Mine & yours"),
        ({"date": "soon", "published_at": "2024-05-01T12:00:00Z"}, "published_s", NOON_S),
        ({"date": "1. lip 2024.", "language": "hr"}, "published_s", NOON_S + 30.5 * 86_400),
        ({"date": "1 lip 2024", "language": "pl"}, "published_s", NOON_S + 60.5 * 86_400),
        ({"date": "1 lip 2024"}, "published_s", None),
        ({"text": ["One.", "", None, "Two."]}, "text", "One.\nTwo."),
        ({"paragraphs": ["One.", "Two."]}, "text", "One.\nTwo."),
        ({"paragraphs": [["One."], ["Two.", "Three."]]}, "text", "One.\nTwo.\nThree."),
        ({"content": [{"type": "p", "value": "One."}, {"type": "p", "value": "Two."}]}, "text", "One.\nTwo."),
        (
            {"content": [{"type": "text/plain", "value": "One."}, {"type": "text/html", "value": "One."}]},
            "text",
            "One.",
        ),
        ({"url": "nowhere", "link": URL}, "url", URL),
        ({"canonical_link": "https://example.com/", "url": URL}, "url", URL),
        ({"source": {"id": None, "name": "Example News"}}, "source", "Example News"),
        ({"source": {"uri": "example.com", "title": "Example"}}, "source", "example.com"),
        ({"title": 12}, "title", "12"),
        ({"title": float("nan")}, "title", None),
        ({"title": [[[[[["deep"]]]]]]}, "title", None),
    ],
)
def test_odd_values(record: dict[str, object], field: str, expected: object) -> None:
    """Numbers, lists and objects are looked into where a string is expected."""
    assert getattr(draft(record), field) == expected


# The status of an answer, alone, is no article: told as blocked, see test_refusal.py.
NUMBERS = st.integers().filter(lambda number: not 100 <= number < 600)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | NUMBERS | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["text", "title", "url", "source", "date", "id", "lang", "_source", "article", "body", "html"]
)


@given(st.dictionaries(NAMES | st.text(max_size=8), ANYTHING, max_size=8))
def test_any_record(record: dict[str, object]) -> None:
    """Whatever stands in a record: an article with a text, or no_text."""
    try:
        assert draft(record).article("f").text
    except BadFile as bad:
        assert bad.reason == "no_text"


def test_summary_and_title_stand_in(tmp_path: Path) -> None:
    """Without a text its summary is read, without that its title; with none of them it is refused."""
    rows = [{"title": "T", "description": "D"}, {"title": "T"}, {"url": URL}, {"text": " \n "}]
    path = write(tmp_path, "\n".join(map(json.dumps, rows)))
    assert records(path) == ["D", "T", "no_text", "no_text"]


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"title": "Ferry free", "text": "nan"}, "Ferry free"),
        ({"title": "Ferry free", "text": "<p>nan</p>"}, "Ferry free"),
        ({"title": "Ferry free", "description": "NaN", "content_html": "NaN"}, "Ferry free"),
        ({"title": "Ferry free", "description": "It sank.", "text": "<NA>"}, "It sank."),
        ({"content_html": "None", "body_html": "It sank."}, "It sank."),
        ({"text": "<p>null</p>"}, "no_text"),
    ],
)
def test_a_text_that_says_there_is_none(tmp_path: Path, record: dict[str, str], text: str) -> None:
    """What pandas leaves in an empty cell is no text, in markup or not: the next best stands in."""
    rows = [{"text": "One."}, record]
    assert records(write(tmp_path, "\n".join(map(json.dumps, rows)))) == ["One.", text]
    cells = "\n".join([",".join(record), ",".join(record.values()), ""])
    if len(record) > 1:
        assert records(write(tmp_path, cells, "a.csv")) == [text]


ONE, PAGE_ID = "The ferry is free.", "https://example.com/?p=17"
#: What APIs and scrapers answer with beside those above -> text and id; all else is that of one article.
ANSWERS: dict[str, tuple[dict[str, object], str, str | None]] = {
    "WordPress": (
        {"id": 17, "date": "2024-05-01T14:00:00", "date_gmt": "2024-05-01T12:00:00", "guid": {"rendered": PAGE_ID},
         "modified": "2024-05-02T09:00:00", "type": "post", "link": URL, "title": {"rendered": "Ferry &#8216;free&#8217;"},
         "content": {"rendered": f"\n<p>{ONE}</p>\n\n<p>Two.</p>\n", "protected": False}, "meta": {"footnotes": ""},
         "excerpt": {"rendered": "<p>The&hellip;</p>", "protected": False}, "author": 3, "_links": {"self": [{"href": "x"}]}},
        f"{ONE}\nTwo.", "17",
    ),
    "a table of WordPress": (
        {"ID": "17", "post_title": "Ferry \u2018free\u2019", "post_content": ONE, "post_date": "2024-05-01 14:00:00",
         "post_date_gmt": "2024-05-01 12:00:00", "guid": "x", "link": URL},
        ONE, "17",
    ),
    "WordPress.com": (
        {"found": 1, "posts": [{"ID": 17, "date": "2024-05-01T14:00:00+02:00", "title": "Ferry \u2018free\u2019", "URL": URL,
         "content": f"<p>{ONE}</p>"}], "meta": {"links": {}}},
        ONE, "17",
    ),
    "Ghost": (
        {"posts": [{"id": "5d", "title": "Ferry \u2018free\u2019", "html": f"<p>{ONE}</p><p>Two.</p>", "canonical_url": None,
         "created_at": "2024-04-30T02:43:00.000+00:00", "published_at": "2024-05-01T12:00:00.000+00:00", "url": URL}]},
        f"{ONE}\nTwo.", "5d",
    ),
    "Drupal": (
        {"data": [{"type": "node--article", "id": "5d", "attributes": {"langcode": "en", "title": "Ferry \u2018free\u2019",
         "created": "2024-05-01T12:00:00+00:00", "body": {"value": f"<p>{ONE}</p>", "format": "basic_html"}},
         "links": {"self": {"href": "https://example.com/api"}, "canonical": URL}}]},
        ONE, "5d",
    ),
    "Bing": (
        {"_type": "News", "value": [{"name": "Ferry \u2018free\u2019", "url": URL, "description": ONE,
         "datePublished": "2024-05-01T12:00:00.0000000Z"}]},
        ONE, None,
    ),
    "NewsAPI": (
        {"status": "ok", "articles": [{"source": {"id": None, "name": "Example"}, "title": "Ferry \u2018free\u2019", "url": URL,
         "publishedAt": "2024-05-01T12:00:00Z", "content": f"{ONE}\u2026 [+1234 chars]"}]},
        ONE, None,
    ),
    "GNews": (
        {"articles": [{"title": "Ferry \u2018free\u2019", "content": f"{ONE} ... [1234 chars]", "url": URL,
         "publishedAt": "2024-05-01T12:00:00Z"}]},
        ONE, None,
    ),
    "GDELT": (
        {"articles": [{"url": URL, "title": "Ferry \u2018free\u2019", "seendate": "20240501T120000Z", "domain": "example.com"}]},
        "Ferry \u2018free\u2019", None,
    ),
    "FreshRSS": (
        {"id": "user/-/state/org.freshrss/starred", "title": "List of favourites", "author": "me", "items": [
         {"id": "1714564800000017", "timestampUsec": "1714600000000000", "title": "Ferry \u2018free\u2019", "published": 1714564800,
          "updated": 1714600000, "alternate": [{"type": "text/html", "href": URL}], "content": {"content": f"<p>{ONE}</p>"},
          "origin": {"streamId": "7", "title": "Example", "htmlUrl": "https://example.com/"}}]},
        ONE, "1714564800000017",
    ),
    "Fever": (
        {"api_version": 3, "auth": 1, "last_refreshed_on_time": "1714600000", "items": [{"id": 5, "feed_id": 2,
         "title": "Ferry \u2018free\u2019", "author": "", "html": f"<p>{ONE}</p>", "url": URL, "is_read": 0,
         "created_on_time": 1714564800}]},
        ONE, "5",
    ),
    "Aylien": (
        {"stories": [{"id": 17, "body": ONE, "title": "Ferry \u2018free\u2019", "links": {"permalink": URL},
         "published_at": "2024-05-01T12:00:00Z"}]},
        ONE, "17",
    ),
    "Diffbot": (
        {"request": {"pageUrl": URL}, "objects": [{"date": "Wed, 01 May 2024 12:00:00 GMT", "humanLanguage": "en", "pageUrl": URL,
         "title": "Ferry \u2018free\u2019", "html": f"<p>{ONE}</p>", "text": ONE}]},
        ONE, None,
    ),
    "AP": (
        {"data": {"items": [{"meta": {}, "item": {"uri": URL, "type": "text", "firstcreated": "2024-05-01T12:00:00Z",
         "headline": "Ferry \u2018free\u2019", "description_summary": ONE}}]}},
        ONE, URL,
    ),
    "dpa": (
        {"urn": "urn:newsml:x", "version_created": "2024-05-01T14:00:00+02:00", "headline": "Ferry \u2018free\u2019",
         "article_html": f'<section class="main"><p>{ONE}</p></section>', "url": URL},
        ONE, "urn:newsml:x",
    ),
    "fundus": (
        {"title": "Ferry \u2018free\u2019", "publishing_date": "2024-05-01 12:00:00+00:00", "url": URL,
         "body": {"summary": ["Short."], "sections": [{"headline": ["Tugs"], "paragraphs": [ONE, "Two."]}]}},
        f"Short.\nTugs\n{ONE}\nTwo.", None,
    ),
    "goose": (
        {"meta": {"lang": "en", "canonical": URL}, "title": "Ferry \u2018free\u2019", "cleaned_text": ONE,
         "publish_date": "2024-05-01T12:00:00+00:00"},
        ONE, None,
    ),
    "Firecrawl": (
        {"success": True, "data": {"markdown": ONE, "metadata": {"title": "Ferry \u2018free\u2019", "ogUrl": URL,
         "publishedTime": "2024-05-01T12:00:00Z"}}},
        ONE, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_of_apis(tmp_path: Path, name: str) -> None:
    """Each holds one article, at one moment and under one address."""
    answer, text, known_as = ANSWERS[name]
    (found,) = read(write(tmp_path, json.dumps(answer)), LIMITS)
    assert isinstance(found, Article)
    assert (found.text, found.id, found.title) == (text, known_as, "Ferry \u2018free\u2019")
    assert (found.url, found.published_s) == (URL, NOON_S)


UPDATES = [
    {"@type": "BlogPosting", "headline": "Ferry adrift", "datePublished": "2024-05-01T08:02:00Z",
     "articleBody": {"@type": "WebContent", "text": "The ferry lost power in fog."}},
    {"@type": "BlogPosting", "headline": "Everybody ashore &amp; safe", "datePublished": "2024-05-01T13:30:00+02:00",
     "articleBody": "<p>All 212 are ashore.</p><p>The <b>harbour</b> is open.</p>"},
    {"@type": "BlogPosting", "headline": "Tugs reach the \u2026", "datePublished": "2024-05-01T09:10:00Z",
     "articleBody": "Tugs reach the ferry."},
    {"@type": "BlogPosting", "datePublished": "2024-05-01T10:00:00Z", "image": []},
]  # fmt: skip


@pytest.mark.parametrize(
    ("updates", "expected"),
    [
        (
            UPDATES,
            (
                "Everybody ashore & safe\nAll 212 are ashore.\nThe harbour is open.\nTugs reach the ferry.\n"
                "Ferry adrift\nThe ferry lost power in fog."
            ),
        ),
        (
            [UPDATES[2], {"articleBody": "The sea is calm."}, UPDATES[0]],
            "Tugs reach the ferry.\nThe sea is calm.\nFerry adrift\nThe ferry lost power in fog.",
        ),
        (UPDATES[2], "Tugs reach the ferry."),
        ([{"headline": "Tugs are near", "datePublished": "soon"}, "x", None], "Tugs are near"),
        ([{"articleBody": "One.", "liveBlogUpdate": [{"articleBody": "Two."}]}], "One."),
        ([], "All of the rescue."),
        (["x", {"articleBody": ""}], "All of the rescue."),
    ],
)
def test_a_live_blog(tmp_path: Path, updates: object, expected: str) -> None:
    """Its updates are its text, the latest first as its page has them; without a time for each, as they come."""
    record = {
        "@type": "LiveBlogPosting", "headline": "Ferry rescue: live", "description": "All of the rescue.",
        "liveBlogUpdate": updates,
    }  # fmt: skip
    for shape in (record, {"@graph": [{"@type": "WebPage", "name": "Live"}, record]}, {"article": record}):
        if expected != record["description"] or "@graph" not in shape:
            (found,) = read(write(tmp_path, json.dumps(shape)), LIMITS)
            assert isinstance(found, Article)
            assert (found.text, found.title) == (expected, "Ferry rescue: live")


def test_a_page_in_a_record(tmp_path: Path) -> None:
    """A whole page in a field is read as a page; the record's own fields come first."""
    body = "<body><article><p>The ferry is free.</p></article></body>"
    page = f"<html lang='de'><head><title>Page</title></head>{body}</html>"
    for name in ("html", "body"):
        (found,) = read(write(tmp_path, json.dumps({"title": "Mine &amp; yours", name: page})), LIMITS)
        assert isinstance(found, Article)
        assert (found.text, found.title, found.language) == ("The ferry is free.", "Mine & yours", "de")


FRAME = {
    "title": ["Ferry free", None, "Mill shut"],
    "text": ["It is free.", "A bridge fell.", "nan"],
    "lang": ["en", "en", None],
}
LABELS = ("0", "1", "7")
ROWS = [dict(zip(FRAME, row, strict=True)) for row in zip(*FRAME.values(), strict=True)]
FRAMES: dict[str, object] = {
    "columns": {name: dict(zip(LABELS, column, strict=True)) for name, column in FRAME.items()},
    "index": dict(zip(LABELS, ROWS, strict=True)),
    "split": {"columns": list(FRAME), "index": [0, 1, 7], "data": [list(row.values()) for row in ROWS]},
    "split without an index": {"columns": list(FRAME), "data": [list(row.values()) for row in ROWS]},
    "lists": FRAME,
    "records": ROWS,
    "table": {"schema": {"fields": [{"name": "title", "type": "string"}], "pandas_version": "1.4.0"}, "data": ROWS},
}  # fmt: skip


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("orient", FRAMES)
def test_a_table_as_pandas_writes_it(tmp_path: Path, orient: str, indent: int | None) -> None:
    """Whichever way it lies, a row is an article, and rows have their order for a number."""
    path = write(tmp_path, json.dumps(FRAMES[orient], indent=indent))
    found = list(read(path, LIMITS))
    assert [(one.index, one.title, one.text, one.language) for one in found if isinstance(one, Article)] == [
        (0, "Ferry free", "It is free.", "en"),
        (1, None, "A bridge fell.", "en"),
        (2, "Mill shut", "Mill shut", None),
    ]
    assert list(read(path, LIMITS, start=2)) == found[2:]


@pytest.mark.parametrize("orient", FRAMES.keys() - {"records"})
def test_a_table_of_pandas_is_bounded(tmp_path: Path, orient: str) -> None:
    """It is parsed as a whole, so it is bounded as other collections are: in bytes, in brackets, in rows."""
    path = write(tmp_path, json.dumps(FRAMES[orient]))
    assert len(records(path, Limits(max_article_bytes=60))) == 3
    for limits in (Limits(max_document_bytes=100), Limits(max_elements=0)):
        with pytest.raises(BadFile) as caught:
            list(read(path, limits))
        assert caught.value.reason == "too_large"
    numbers = {str(n): f"Ferry {n}" for n in range(9)}
    with pytest.raises(BadFile, match="more than 8 rows"):
        list(read(write(tmp_path, json.dumps({"title": numbers, "url": numbers})), Limits(max_elements=2)))


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"text": ["One.", "Two."]}, "One.\nTwo."),
        ({"title": ["A", "B"]}, "A"),
        ({"title": ["A", "A"], "text": ["One.", "Two."]}, "One.\nTwo."),
        ({"text": ["One.", "Two."], "tags": ["a", "b"]}, "One.\nTwo."),
        ({"title": ["A"], "text": ["One."], "url": [URL]}, "One."),
        ({"title": ["A", "B"], "text": ["One.", "Two."], "url": URL}, "One.\nTwo."),
        ({"headlines": [{"value": "A"}, {"value": "B", "role": "x"}], "bodies": [{"value": "One."}, {"value": "Two.", "role": "x"}]}, "One."),
        ({"title": {"rendered": "A", "raw": "B"}, "content": {"rendered": "One.", "raw": "Two."}}, "One."),
        ({"title": {"@value": "A", "@language": "en"}, "text": {"@value": "One.", "@language": "en"}}, "One."),
        ({"headline": {"main": "A", "kicker": "B"}, "body": {"main": "One.", "kicker": "Two."}}, "One."),
        ({"article": {"title": "A", "text": "One."}, "item": {"title": "B", "text": "Two."}}, "Two."),
        ({"_id": {"$oid": "5"}, "date": {"$oid": "6"}, "title": {"$oid": "A7"}}, "A7"),
        ({"title": {"0": "A", "1": "B"}, "text": {"0": "One."}}, "no_text"),
        ({"title": {"0": "A", "1": "B"}, "text": "One."}, "One."),
        ({"body": {"raw": "One.", "cooked": "One."}}, "no_text"),
        ({"body": {"html": "One.", "markdown": "One."}, "x": {"html": "", "markdown": ""}}, "no_text"),
        ({"a": {"x": "One."}, "b": {"x": "Two."}}, "no_text"),
        ({"columns": ["x", "y"], "index": [0], "data": [["One.", "Two."]]}, "no_text"),
        ({"columns": ["title", "text"], "data": [["A", "One."], ["B"]]}, "no_text"),
        ({"columns": ["title", "text"], "data": [["A", "One."]], "text": "Two."}, "Two."),
        ([["A", "One."], ["B", "Two."]], "malformed"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_table_of_pandas(tmp_path: Path, record: object, text: str) -> None:
    """An article may have objects and lists for values as well, even with equal names or of one length."""
    data = json.dumps(record)
    expected = ["C", text]
    assert records(write(tmp_path, f'{{"text": "C"}}\n{data}', "a.jsonl")) == expected


A, B, C = ('{"text": "A"}', '{"text": "B"}', '{"text": "C"}')


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (f"{A}", ["A"]),
        (f"\ufeff{A}\n", ["A"]),
        (f"{A}\n\n \n{B}\r\n{C}", ["A", "B", "C"]),
        (f"{A}\nbad\n{B}", ["A", "malformed", "B"]),
        (f"bad\n{A}\n{B}", ["malformed", "A", "B"]),
        ('{"text": "A\n' + f"{B}\n{C}", ["malformed", "B", "C"]),
        (f'{A}\n["x"]\n7\nnull\n{B}', ["A", "malformed", "malformed", "malformed", "B"]),
        (f'{A}\n{{"text": "cut', ["A", "malformed"]),
        (f"[{A},{B}]", ["A", "B"]),
        (f"[\n{A},\n{B}\n]\n", ["A", "B"]),
        (f'[{A}, {{"text": oops}}, 7, "s", {C}]', ["A", "malformed", "malformed", "C"]),
        (f"[\n{A},\n{B},\n", ["A", "B", "truncated"]),
        (f'[\n{A},\n{{"text": "cu', ["A", "truncated"]),
        (f"{A}{B}", ["A", "B"]),
        (f"[{A}][{B}]", ["A", "B"]),
        (f"{A},\n{B},\n", ["A", "B"]),
        (json.dumps({"text": 'A "quoted" {brace\\'}, indent=2), ['A "quoted" {brace\\']),
        (json.dumps([{"text": "A]}"}, {"text": "B", "tags": [{"x": []}]}], indent=2), ["A]}", "B"]),
        ('{"text": "A", "n": NaN}', ["A"]),
        ('{"text": "half \\ud83d"}', ["half \ufffd"]),
        ('{"text": "tab\tin"}', ["tab\tin"]),
        ('{"text": "nul \\u0000in"}', ["nul in"]),
    ],
)
def test_shapes(tmp_path: Path, data: str, expected: list[str]) -> None:
    """Objects, lines, arrays and heaps of them; what is broken is told and the rest is read."""
    assert records(write(tmp_path, data)) == expected
    assert records(write(tmp_path, data.lstrip("\ufeff").encode("utf-16", "surrogatepass"))) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("[]", "no_text"),
        ("{}", "no_text"),
        ('{"text": "cut', "truncated"),
        ('{"text": oops}', "malformed"),
        ("[7]", "malformed"),
        ("Service unavailable", "malformed"),
        ('{"text":' + "[" * 100_000 + "]" * 100_000 + "}", "malformed"),
        ('{"text":' + "[" * 100_000, "malformed"),
    ],
)
def test_refused(tmp_path: Path, data: str, expected: str) -> None:
    """A file whose only record is broken is a bad file."""
    with pytest.raises(BadFile) as caught:
        list(read(write(tmp_path, data), LIMITS))
    assert caught.value.reason == expected


@pytest.mark.parametrize("shape", ["lines", "array"])
def test_start_counts_every_record(tmp_path: Path, shape: str) -> None:
    """Going on at record k gives what came from there the first time, the same numbers included."""
    rows = [f'{{"text": "{n}"}}' if n % 7 else '{"text": }' for n in range(50)]
    path = write(tmp_path, "\n\n".join(rows) if shape == "lines" else f"[{','.join(rows)}]")
    everything = list(read(path, LIMITS))
    assert [record.index for record in everything] == list(range(50))
    assert isinstance(everything[0], BadRecord)
    for start in (0, 1, 7, 33, 50, 99):
        assert list(read(path, LIMITS, start=start)) == everything[start:]


@pytest.mark.parametrize("data", [f'{A}\n{{"text": "%s"}}\n{B}', f'[{A},{{"text": "%s"}},{B}]'])
def test_an_oversized_record_is_left_out(tmp_path: Path, data: str) -> None:
    """One record past the limit costs no memory and does not cost the others."""
    path = write(tmp_path, data % ("x\\\\" * 100_000))
    assert records(path, Limits(max_article_bytes=5_000)) == ["A", "too_large", "B"]


@pytest.mark.parametrize("cut", [5, 40])
def test_cut_compression_keeps_what_came_before(tmp_path: Path, cut: int) -> None:
    """Records before the damage are read, the damage is the last record."""
    rows = "".join(json.dumps({"text": f"Ferry {n * 7919 % 10007}"}) + "\n" for n in range(3_000))
    found = records(write(tmp_path, gzip.compress(rows.encode())[:-cut]))
    assert found[-1] == "truncated"
    assert len(found) > 2_900
    assert all(text.startswith("Ferry") for text in found[:-1])


def test_damage_in_the_second_line_keeps_the_first(tmp_path: Path) -> None:
    """Two lines are looked at before the first is read: whether each is a record."""
    damaged = gzip.compress(f"{A}\n".encode()) + gzip.compress(f"{B}\n".encode())[:-10]
    assert records(write(tmp_path, damaged)) == ["A", "truncated"]


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=12), max_size=3), max_size=6),
    st.integers(1, 9),
    st.sampled_from([None, 1]),
)
def test_splitting_survives_any_chunks(rows: list[dict[str, str]], step: int, indent: int | None) -> None:
    """However the bytes arrive, an array comes apart into its elements."""
    data = json.dumps(rows, ensure_ascii=False, indent=indent).encode()
    chunks = [data[at : at + step] for at in range(0, len(data), step)]
    found = list(elements(chunks, 1_000))
    assert [json.loads(one) for one in found if isinstance(one, bytes)] == rows
    assert len(found) == len(rows)


@given(
    st.lists(st.sampled_from([b'"', b"\\", b"{", b"}", b"[", b"]", b"x", b",", b" "]), max_size=60),
    st.integers(1, 7),
)
def test_splitting_ends_on_anything(pieces: list[bytes], step: int) -> None:
    """The splitter holds no more than the limit and always comes to an end."""
    data = b"".join(pieces)
    chunks = [data[at : at + step] for at in range(0, len(data), step)]
    assert all(isinstance(one, BadFile) or len(one) <= 10 + step for one in elements(chunks, 10))
    assert all(isinstance(one, BadFile) or one.strip() for one in lines(chunks, 10))


@pytest.mark.parametrize(
    ("fields", "reads"),
    [
        ({"url": "https://news.example/"}, False),
        ({"link": "http://www.news.example"}, False),
        ({"url": "https://news.example/", "published": "2024-05-01"}, True),
        ({"url": "https://news.example/", "canonical_link": URL}, True),
        ({"source": "https://news.example/"}, True),
        ({"url": "https://news.example/", "source": "https://news.example/"}, True),
        ({}, True),
    ],
)
def test_an_item_of_a_front_page_is_no_article(tmp_path: Path, fields: dict[str, str], reads: bool) -> None:
    """A spider yields its first address as well; but some tables give the site in place of the page, with a date."""
    item = {"title": "Gazette - latest news", "text": "The ferry is free.\nThe mill is sold.", **fields}
    path = write(tmp_path, json.dumps([item, {"text": "The school is shut."}]))
    assert records(path) == [item["text"] if reads else "no_text", "The school is shut."]


@pytest.mark.parametrize("title", [None, "Subscribe now to keep reading"])
def test_a_notice_in_place_of_an_article_is_none(tmp_path: Path, title: str | None) -> None:
    """Without a headline that tells the news nothing is left of an article behind a wall."""
    wall = {
        "title": title,
        "text": "Subscribe to continue reading\nYou have reached your limit of free articles.",
    }
    path = write(tmp_path, json.dumps([wall, {**wall, "title": "Ferry free again"}]))
    assert records(path) == ["blocked", wall["text"]]


CONSENT = (
    "We value your privacy\n\nWe and our 842 partners store and access information on a device, such as cookies, and process"
    " personal data, such as unique identifiers, for personalised ads.\nYou can change your preferences at any time."
)


@pytest.mark.parametrize(
    ("text", "is_banner"),
    [
        (CONSENT, True),
        ("Wir und unsere 842 Partner speichern Daten auf Ihrem Gerät, um Anzeigen auszuwählen.", True),
        (f"{CONSENT}\nThe ferry is free.", False),
        ("“We value your privacy” is what the council told the harbour's guests on Monday.", False),
        ("We value your privacy\nSubscribe to continue reading", False),
    ],
)
def test_a_banner_below_a_headline_is_no_article(tmp_path: Path, text: str, *, is_banner: bool) -> None:
    """Scrapers take it for the text of the page that it covers, whose title they find."""
    record = {"title": "Feuer auf Fähre Halvard Star: 312 gerettet", "text": text}
    found = records(write(tmp_path, json.dumps([record, {"text": "The mill is sold."}])))
    assert found == ["blocked" if is_banner else text.replace("\n\n", "\n"), "The mill is sold."]


BRIEF = (
    "The ferry Alma was pulled off a sandbank outside Port Merrow early on Wednesday, the harbour office said. "
    * 3
)


@pytest.mark.parametrize("name", ["ocr_text", "ocrText", "transcript"])
def test_names_of_recognised_text(tmp_path: Path, name: str) -> None:
    data = json.dumps({"headline": "Ferry freed", "date": "1952-11-19", "newspaper": "Gazette", name: BRIEF})
    assert records(write(tmp_path, data)) == [BRIEF.strip()]


@pytest.mark.parametrize(
    ("value", "words"),
    [(BRIEF, 54), ([BRIEF, "Two tugs worked."], 57), ("渡船在港外的沙洲上搁浅了。" * 10, 70)],
)
@pytest.mark.parametrize("extra", [{}, {"author_bio": BRIEF * 2, "url": URL}])
def test_a_text_under_an_unknown_name_is_told(
    tmp_path: Path, value: object, words: int, extra: dict[str, object]
) -> None:
    """Decided by its headline alone, the article would be half lost, and nobody would know."""
    path = write(tmp_path, json.dumps({"headline": "Ferry freed", "zone_7": value, **extra}))
    with pytest.raises(BadFile, match=f"rename “zone_7”, which holds {words} words, to text") as caught:
        list(read(path, LIMITS))
    assert caught.value.reason == "no_text"


@pytest.mark.parametrize(
    "fields",
    [
        {"zone_7": BRIEF[:150]},
        {"zone_7": "ferry, port, " * 40},
        {"author_bio": BRIEF, "usageterms": BRIEF, "copyright_notice": BRIEF},
        {"zone_7": {"deep": BRIEF}, "numbers": list(range(99))},
        {"zone_7": "https://news.example.com/a " * 50},
    ],
)
def test_a_headline_alone_is_an_article(tmp_path: Path, fields: dict[str, object]) -> None:
    """A remark, keywords and what is said of the author are no text of it."""
    assert records(write(tmp_path, json.dumps({"headline": "Ferry freed", **fields}))) == ["Ferry freed"]


def test_a_text_beside_a_known_one_is_let_be(tmp_path: Path) -> None:
    for known in ("summary", "text"):
        assert records(
            write(tmp_path, json.dumps({"title": "Ferry freed", known: "It is.", "x": BRIEF}))
        ) == ["It is."]


def test_a_formatted_message_of_telegram(tmp_path: Path) -> None:
    """Its pieces have the blanks and line ends around them."""
    pieces = [
        "Fire in ",
        {"type": "bold", "text": "Harwick"},
        ".\n\nTwo hurt. ",
        {"type": "hashtag", "text": "#fire"},
        "",
    ]
    link = [{"type": "text_link", "text": "Harwick", "href": URL}, " burns."]
    data = {
        "name": "News",
        "type": "public_channel",
        "messages": [{"id": 1, "text": pieces}, {"id": 2, "text": link}],
    }
    assert records(write(tmp_path, json.dumps(data))) == [
        "Fire in Harwick.\nTwo hurt. #fire",
        "Harwick burns.",
    ]


def test_paragraphs_of_kinds_stay_apart(tmp_path: Path) -> None:
    """What is no piece of a message ends no line of it."""
    body = ["The ferry sank.", {"type": "pullquote", "text": "It was late."}, "Nobody was hurt."]
    assert records(write(tmp_path, json.dumps({"text": body}))) == [
        "The ferry sank.\nIt was late.\nNobody was hurt."
    ]


@pytest.mark.parametrize("text", [URL, f"{URL} www.example.com/b", ["", {"type": "link", "text": URL}]])
def test_a_link_alone_is_no_article(tmp_path: Path, text: object) -> None:
    path = write(tmp_path, json.dumps({"id": 1, "text": text}))
    with pytest.raises(BadFile, match="nothing but a link") as caught:
        list(read(path, LIMITS))
    assert caught.value.reason == "no_text"
    assert records(write(tmp_path, json.dumps({"title": "Ferry freed", "text": text}))) == ["Ferry freed"]
    assert records(write(tmp_path, json.dumps({"text": f"The ferry: {URL}"}))) == [f"The ferry: {URL}"]
