"""Pages: the article, what the page declares of it, and what hostile pages may cost."""

import json
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import Limits, read

LIMITS = Limits()
NOON_S = datetime(2024, 5, 1, 12, tzinfo=UTC).timestamp()
BODY = """
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>Ferry free again</h1>
<p>The ferry Alma was pulled off the sandbank outside Port Merrow early on Wednesday,
the harbour office said.</p>
<p>Two tugs worked through the night. Nobody on board was hurt,
and the crossing opens again at noon.</p></article>
<section id="comments" class="comments"><p>First comment: I was on that ferry and it was awful,
believe me.</p></section>
<footer>Copyright Merrow Gazette</footer>
"""


def page(head: str = "", attributes: str = 'lang="en-GB"', body: str = BODY) -> str:
    return f"<!DOCTYPE html>\n<html {attributes}><head>{head}</head><body>{body}</body></html>"


def only(folder: Path, text: str | bytes, name: str = "a.html") -> Article:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (found,) = read(str(path), LIMITS)
    assert isinstance(found, Article)
    return found


def linked(**fields: object) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_article_without_furniture(tmp_path: Path) -> None:
    """The paragraphs of the article are read, menus, comments and footers are not."""
    found = only(tmp_path, page("<title>Ferry free again</title>"))
    assert "sandbank" in found.text
    assert "noon" in found.text.split("\n")[-1]
    assert not any(word in found.text for word in ("Sport", "comment", "Copyright"))
    assert (found.title, found.language, found.id) == ("Ferry free again", "en", None)


@pytest.mark.parametrize(
    ("below", "day"),
    [
        ("<footer>\u00a9 2023 Merrow Gazette</footer>", None),
        ("<p>The ferry was built in 2017 at Ostley.</p>", None),
        ("<p>The ferry has been in service since March 2017.</p>", None),
        ("<p>12 March 2024</p>", datetime(2024, 3, 12, tzinfo=UTC)),
        ('<p class="date">1 March 2024</p>', datetime(2024, 3, 1, tzinfo=UTC)),
    ],
)
def test_a_year_or_a_month_is_no_date(tmp_path: Path, below: str, day: datetime | None) -> None:
    """Where a page has no date, one is not made of the year of its copyright, or of a year that it tells of."""
    found = only(tmp_path, page(body=BODY + below))
    assert found.published_s == (day.timestamp() if day else None)


LD_TIME = linked(datePublished="2024-05-01T14:00:00+02:00", headline="Ferry free")
META_TIME = '<meta property="article:published_time" content="2024-05-01T12:00:00Z">'


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (LD_TIME, NOON_S),
        (LD_TIME + '<meta property="article:published_time" content="2024-04-30T01:00:00Z">', NOON_S),
        (META_TIME, NOON_S),
        (linked(datePublished="2024-05-01") + META_TIME, NOON_S),
        (linked(datePublished="2024-05-01"), NOON_S - 43_200),
        ('<meta itemprop="datePublished" content="2024-05-01T12:00:00">', NOON_S),
        (linked(datePublished="rubbish") + META_TIME, NOON_S),
        ('<meta name="date" content="2024-05-01T14:00:00+02:00">', NOON_S),
        ('<meta name="date" content="2024-05-02T08:00:00Z">' + META_TIME, NOON_S),
        ('<script type="application/ld+json">{"@type": broken</script>' + META_TIME, NOON_S),
        (LD_TIME.replace("}</script>", ", }</script>"), NOON_S),
        (LD_TIME.replace("}</script>", ', "about": [",}", 1,],}</script>'), NOON_S),
        ("", None),
    ],
)
def test_published(tmp_path: Path, head: str, expected: float | None) -> None:
    """JSON-LD before meta tags, a time of day before a day, and none where the page has none."""
    assert only(tmp_path, page(head)).published_s == expected


def test_published_in_the_page(tmp_path: Path) -> None:
    """Where the head says nothing, the date is found in the page."""
    body = BODY.replace("<h1>", '<p class="date">1 May 2024</p><h1>')
    assert only(tmp_path, page(body=body)).published_s == NOON_S - 43_200


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("ja", "令和6年5月1日　午後0時00分"), ("fa", "چهارشنبه ۱۲ اردیبهشت ۱۴۰۳ ساعت ۱۲:۰۰"), ("zh-Hant", "中華民國113年5月1日 12:00"),
        ("sr", "среда, 1. маја 2024. у 12:00"), ("th", "1 พ.ค. 67 12:00 น."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("element", ['<span class="post-Date">{}</span>', "<time>{}</time>"])
def test_the_date_that_readers_see(tmp_path: Path, language: str, shown: str, element: str) -> None:
    """Where nothing else on the page is one: below its headline, for above it stands that of the day of the visit."""
    below = BODY.replace("</h1>", "</h1>" + element.format("5 min") + element.format(shown))
    body = element.format("令和6年6月30日") + below
    assert only(tmp_path, page(attributes=f'lang="{language}"', body=body)).published_s == NOON_S


@pytest.mark.parametrize(
    ("head", "shown", "expected"),
    [
        ("", "६ मंसिर २०८३, १०:३०", "६ मंसिर २०८३, १०:३०"),
        ('<meta name="pubdate" content="31 June 2024">', "5 min", "31 June 2024"),
        ('<meta name="pubdate" content="2999-01-01">', "", "2999-01-01"),
        ("", "5 min", None),
        ("", "", None),
        ('<meta name="pubdate" content="soon">', "1 May 2024", None),
    ],
)
def test_a_date_on_a_page_that_is_none(tmp_path: Path, head: str, shown: str, expected: str | None) -> None:
    """What it declares or shows is noted where that leaves it without a date."""
    body = BODY.replace("</h1>", f'</h1><span class="date">{shown}</span>')
    found = only(tmp_path, page(head, body=body))
    assert (found.unread_date, found.published_s is None) == (expected, "1 May" not in shown)


@pytest.mark.parametrize(
    ("beside", "hour"),
    [
        ('<time datetime="2024-05-01T12:00:00Z">1 May</time>', 12),
        ('<time class="entry-date" datetime="2024-05-01T14:00:00+02:00">1 May</time><time datetime="2024-05-02T01:00:00Z"/>', 12),
        ('<meta property="article:modified_time" content="2024-05-01T12:00:00.000Z">', 12),
        ('<script type="application/ld+json">{"@type": "VideoObject", "uploadDate": "2024-05-01T12:00:00Z"}</script>', 12),
        ('<script id="__NEXT_DATA__" type="application/json">{"publishedAt": "2024-05-01T12:00:00+0000"}</script>', 12),
        ('<p class="date">1 May 2024</p><time datetime="2024-05-01T12:00:00">1 May</time>', 0),
        ('<p class="date">1 May 2024</p><time datetime="2024-04-30T12:00:00Z">30 April</time>', 0),
    ],
)  # fmt: skip
def test_the_hour_of_a_day(tmp_path: Path, beside: str, hour: int) -> None:
    """Whatever on the page tells of a moment of the day that was found, zone and all."""
    found = only(tmp_path, page(body=BODY.replace("<h1>", f"{beside}<h1>")))
    assert found.published_s == NOON_S + (hour - 12) * 3_600


@pytest.mark.parametrize(
    ("attributes", "head", "day"),
    [
        ('lang="hr"', "", "2024-10-12"),
        ('lang="pl"', "", "2024-11-12"),
        ("", linked(inLanguage="hr-HR"), "2024-10-12"),
        ("", "", None),
        ('lang="hr"', '<meta name="pubdate" content="13. lis 2024.">', "2024-10-13"),
    ],
)
def test_a_month_is_that_of_the_language(tmp_path: Path, attributes: str, head: str, day: str | None) -> None:
    """Listopad is October in Croatian and November in Polish, and a page may say that it is Croatian."""
    body = BODY.replace("<h1>", '<p class="date">12. listopada 2024.</p><h1>')
    stamp = datetime.fromisoformat(f"{day}T00:00Z").timestamp() if day else None
    assert only(tmp_path, page(head, attributes, body)).published_s == stamp


def test_a_live_blog(tmp_path: Path) -> None:
    """What its page loads by a script stands in its JSON-LD; where the page holds more, that is read."""
    updates = [
        {
            "@type": "BlogPosting",
            "headline": f"Tug {n} is there",
            "articleBody": f"<p>Tug {n} has the ferry in tow.</p>",
        }
        for n in range(4)
    ]
    head = linked(headline="Ferry rescue: live", liveBlogUpdate=updates).replace(
        "NewsArticle", "LiveBlogPosting"
    )
    empty = only(
        tmp_path, page(head, body="<main><h1>Ferry rescue: live</h1><p>Loading more updates</p></main>")
    )
    assert empty.text.split("\n")[:3] == ["Tug 0 is there", "Tug 0 has the ferry in tow.", "Tug 1 is there"]
    assert "sandbank" in only(tmp_path, page(head, body=BODY)).text


LD_URL = linked(url="https://example.com/e")
CANONICAL = '<link rel="canonical" href="%s">'


@pytest.mark.parametrize(
    ("head", "url", "source"),
    [
        (CANONICAL % "https://www.example.com/a?utm_medium=x#c", "https://www.example.com/a", "example.com"),
        ('<meta property="og:url" content="https://example.com/b">', "https://example.com/b", "example.com"),
        (linked(url="https://example.com/c"), "https://example.com/c", "example.com"),
        (linked(mainEntityOfPage={"@id": "https://example.com/d"}), "https://example.com/d", "example.com"),
        (CANONICAL % "https://example.com/" + LD_URL, "https://example.com/e", None),
        ("", None, None),
    ],
)  # fmt: skip
def test_place(tmp_path: Path, head: str, url: str | None, source: str | None) -> None:
    """The canonical address, and the outlet by its host."""
    found = only(tmp_path, page(head))
    assert found.url == url
    assert source is None or found.source == source


@pytest.mark.parametrize(
    ("attributes", "head", "expected"),
    [
        ('lang="de-AT"', "", "de"),
        ('xml:lang="fr"', "", "fr"),
        ("", '<meta property="og:locale" content="pt_BR">', "pt"),
        ("", '<meta http-equiv="Content-Language" content="es">', "es"),
        ("", linked(inLanguage="it-IT"), "it"),
        ('lang="x"', "", None),
    ],
)
def test_language(tmp_path: Path, attributes: str, head: str, expected: str | None) -> None:
    """The language that the page declares, wherever it does so."""
    assert only(tmp_path, page(head, attributes)).language == expected


def test_declared_charset(tmp_path: Path) -> None:
    """A page in an old charset is read in the one it declares."""
    text = page('<meta charset="iso-8859-7">').replace("ferry Alma", "\u03c0\u03bb\u03bf\u03af\u03bf Alma")
    assert "\u03c0\u03bb\u03bf\u03af\u03bf" in only(tmp_path, text.encode("iso-8859-7")).text


def test_fragment_and_xhtml(tmp_path: Path) -> None:
    """A page without its frame, and one that begins as XML, are pages too."""
    assert "sandbank" in only(tmp_path, BODY, "a.txt").text
    xhtml = '<?xml version="1.0" encoding="utf-8"?>\n' + page(
        attributes='xmlns="http://www.w3.org/1999/xhtml" lang="en"'
    )
    assert "sandbank" in only(tmp_path, xhtml, "a.txt").text


def test_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a page opens no connection, whatever the page points at."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a page made its reader open a connection")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    head = (
        '<base href="http://example.com/"><script src="/x.js"></script>' + CANONICAL % "http://example.com/a"
    )
    doctype = '<!DOCTYPE html PUBLIC "x" "http://example.com/x.dtd">'
    assert only(tmp_path, doctype + page(head).partition("\n")[2]).url == "http://example.com/a"


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (None, "Advertisement", "no_text"),
        ("Advertisement", "Advertisement</p><p>Close", "no_text"),
        ("Ferry free again", "Subscribe to read on.", "Subscribe to read on."),
        (None, "Advertisement</p><p>The ferry is free.", "Advertisement\nThe ferry is free."),
    ],
)
def test_a_page_of_furniture(tmp_path: Path, title: str | None, text: str, expected: str) -> None:
    """A frame for advertisements is no article; a page behind a paywall is, for its title tells the news."""
    head = "" if title is None else f"<title>{title}</title>"
    try:
        found = only(tmp_path, page(head, body=f"<p>{text}</p>")).text
    except BadFile as bad:
        found = bad.reason
    assert found == expected


@pytest.mark.parametrize(
    ("head", "leads_on"),
    [
        ('<meta http-equiv="refresh" content="0; url=https://news.example/ferry">', True),
        ('<META HTTP-EQUIV="Refresh" CONTENT="5;URL=/ferry">', True),
        ('<noscript><meta http-equiv="refresh" content="0; url=/plain"></noscript>', False),
        ('<meta http-equiv="refresh" content="600; url=/">', False),
        ('<meta http-equiv="refresh" content="5">', False),
    ],
)
def test_a_page_that_leads_to_another(tmp_path: Path, head: str, leads_on: bool) -> None:
    """Nobody reads what stands on it: it is no article. One that loads itself again, or leads on without scripts, is."""
    text = page(f"<title>Moved</title>{head}", body=BODY)
    if leads_on:
        with pytest.raises(BadFile, match="redirects to another") as told:
            only(tmp_path, text)
        assert told.value.reason == "no_text"
    else:
        assert "sandbank" in only(tmp_path, text).text


HOSTILE = {
    "deep": (page(body="<div>" * 50_000 + "word"), {"no_text"}),
    "many": (page(body="<p>word</p>" * 60_000), {"too_large"}),
    "attributes": (
        page(body="<div " + " ".join(f"a{n}=1" for n in range(60_000)) + ">word</div>"),
        {"too_large"},
    ),
    "broken JSON-LD": (
        page(
            '<script type="application/ld+json">{' + '"author": "x" "@type":"Person",' * 50_000 + "</script>"
        ),
        {"read"},
    ),
    "deep JSON-LD": (page('<script type="application/ld+json">' + "[" * 200_000 + "</script>"), {"read"}),
    "open brackets": ("<html>" + "<" * 500_000, {"read", "no_text"}),
    "large": (page(body="<p>word</p>" * 500_000), {"too_large"}),
    "entities": (
        '<!DOCTYPE html [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><html><body>&b;</body></html>',
        {"read", "no_text"},
    ),
    "empty": ("<html></html>", {"no_text"}),
    "menu": (page(body="<nav><a href='/'>Home</a></nav>"), {"read", "no_text"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages(tmp_path: Path, name: str) -> None:
    """Each is read or refused, and soon."""
    text, allowed = HOSTILE[name]
    started = time.process_time()
    try:
        outcome = "read" if only(tmp_path, text).text else "empty"
    except BadFile as bad:
        outcome = bad.reason
    assert outcome in allowed
    assert time.process_time() - started < 15


TEASERS = [
    (
        f"/2024/{town}",
        f"{what} in {town} after a night of heavy rain",
        f"{who} said on Wednesday that {told}.",
    )
    for town, what, who, told in (
        (
            "ostley",
            "Ferry aground",
            "The harbour office",
            "two tugs had pulled the ferry off the sandbank before dawn",
        ),
        (
            "merrow",
            "School shut",
            "The head teacher",
            "pupils would be taught in the town hall until the roof was mended",
        ),
        (
            "harrow",
            "Mill sold",
            "The owner",
            "a buyer from Denmark had promised to keep the forty people who work there",
        ),
        (
            "selwick",
            "Bridge closed",
            "Engineers",
            "a pier had moved by a hand's width, and lorries would be led around",
        ),
    )
]


def front(head: str, level: str = "h2", teasers: int = 4, article: str = "") -> str:
    boxes = "".join(
        f'<div class="teaser"><div><{level}><a href="{link}">{title}</a></{level}></div><p>{told}</p></div>'
        for link, title, told in TEASERS[:teasers]
    )
    return page(
        f"<title>Merrow Gazette</title>{head}", body=f"<main>{article}<section>{boxes}</section></main>"
    )


@pytest.mark.parametrize(
    "text",
    [
        front(""),
        front("", level="h3"),
        front(
            '<meta property="og:type" content="website"><link rel="canonical" href="https://m.example/news/">'
        ),
        page('<link rel="canonical" href="https://m.example/">'),
        page('<meta property="og:url" content="https://www.m.example">'),
    ],
)
def test_a_page_that_announces_articles_is_none(tmp_path: Path, text: str) -> None:
    """It is like each of those that it announces, and would chain their events."""
    path = tmp_path / "a.html"
    path.write_text(text)
    with pytest.raises(BadFile, match="lists articles") as refused:
        list(read(str(path), LIMITS))
    assert refused.value.reason == "no_text"


@pytest.mark.parametrize(
    "text",
    [
        page('<link rel="canonical" href="https://m.example/"><meta property="og:type" content="article">'),
        page('<link rel="canonical" href="https://m.example/">' + linked(headline="Ferry free again")),
        page('<link rel="canonical" href="https://m.example/"><meta property="og:url" content="https://m.example/a">'),
        front('<meta property="article:published_time" content="2024-05-01">'),
        front("").replace('href="/2024', 'href="https://m.example/live#').replace(
            "<head>", '<head><link rel="canonical" href="https://m.example/live">'
        ),
        front("", teasers=2, article=BODY * 2),
        front("", article="".join(f"<p>{told} {told.upper()} And {n} more days of it.</p>" for n in range(9) for _, _, told in TEASERS)),
        page(body="<article>" + "".join(f"<h2>{title}</h2><p>{told}</p>" for _, title, told in TEASERS) + "</article>"),
        page(body="<article>" + "".join(f'<h2><a href="#a">{title}</a></h2><p>{told}</p>' for _, title, told in TEASERS) + "</article>"),
    ],
    ids=["says so", "in JSON-LD", "another address", "published", "updates of its own", "two teasers", "an article above them", "no links", "links within"],
)  # fmt: skip
def test_an_article_beside_teasers_is_one(tmp_path: Path, text: str) -> None:
    """Sites set the address of their front page on every page, and show other articles beside each."""
    assert only(tmp_path, text).text


@pytest.mark.parametrize("times", [1, 2])
def test_a_flash_is_not_filled_up_with_what_stands_around_it(tmp_path: Path, times: int) -> None:
    """Of an article of a paragraph nothing is taken from outside the element that the page has for it, nor a longer one
    in its place.
    """
    told = "The harbour office said on Wednesday that two tugs had pulled the ferry off the sandbank."
    article = f"<article><h1>Ferry free again</h1><div><p>{told}</p></div></article>"
    other = f'<h2><a href="/n/0">School shut</a></h2><p>{TEASERS[1][2] * times} Nobody was hurt.</p>'
    body = f'<main>{article}</main><section class="related"><h3>More</h3><article>{other}</article></section>'
    found = only(tmp_path, page(linked(headline="Ferry free again"), body=body))
    assert told in found.text
    assert not any(one in found.text for one in ("More", "School", TEASERS[1][2]))


def test_a_short_article_begins_as_its_element_does(tmp_path: Path) -> None:
    """With the headline: of an article of a paragraph trafilatura puts it behind that."""
    prompt = "<h2>Continue reading with a subscription</h2><p>This article is for subscribers only.</p>"
    said = "The harbour office said on Wednesday that two tugs had pulled the ferry off the sandbank."
    told = f'<div class="article-body"><p>{said}</p></div>'
    body = f"<main><article><h1>Ferry free again</h1>{told}<div>{prompt}</div></article></main>"
    found = only(tmp_path, page(linked(headline="Ferry free again"), body=body))
    assert found.text.split("\n")[:2] == ["Ferry free again", said]


def test_of_several_such_elements_none_is_the_article(tmp_path: Path) -> None:
    """A live blog has one for each update: all that was found stays."""
    articles = "".join(
        f"<article><p>{told} Update {n}.</p></article>" for n, (_, _, told) in enumerate(TEASERS)
    )
    found = only(tmp_path, page(linked(headline="Storm: live"), body=f"<main>{articles}</main>"))
    assert all(f"Update {n}." in found.text for n in range(len(TEASERS)))


@pytest.mark.parametrize(
    "around", ["<article>{}</article>", "<div class='a'>{}</div>"], ids=["article", "div"]
)
def test_joiners_are_kept(tmp_path: Path, around: str) -> None:
    """What joins letters or keeps them apart is part of the word, as itself or as an entity; so it is in an emoji."""
    told = "آتش\u200cنشانی می\u200cگوید سدهای شهر ۱۱ درصد آب دارند و بارش\u200cها کمتر از میانگین است. "
    written = told.replace("\u200c", "&zwnj;", 1).replace("\u200c", "&#8204;", 1)
    body = f"<h1>آتش\u200cنشانی</h1><p>{written * 3}</p><p>රජයේ ශ්\u200dරී ලංකා \U0001f469\u200d\U0001f692 {told * 3}</p>"
    found = only(tmp_path, page("<title>آتش\u200cنشانی در شهر</title>", 'lang="fa"', around.format(body)))
    assert "".join(found.text.split()).count("".join(told.split())) == 6
    assert "ශ්\u200dරී ලංකා \U0001f469\u200d\U0001f692" in found.text
    assert "آتش\u200cنشانی" in (found.title or "")
