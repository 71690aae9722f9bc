"""Ids say where an article comes from, which version it is, and which of its stories is meant."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.core.decide import event_id
from newsloom.core.identity import article_id, place_id, story_id, tells_its_place
from newsloom.core.model import Article

PAGE = Article(
    file="a.json",
    path="/in/a.json",
    text="The ferry sank.",
    index=2,
    id="77",
    title="Ferry sinks",
    url="https://news.example/ferry",
    source="news.example",
)
ANY = st.text(st.characters(codec=None))


def is_id(text):
    return len(text) == 16 and set(text) <= set("0123456789abcdef")


def differs(field, value):
    """Whether a page with another value there is another place."""
    return place_id(replace(PAGE, **{field: value})) != place_id(PAGE)


def test_a_url_is_the_place():
    """With a canonical URL nothing else tells the place: the file may be delivered under any name."""
    assert differs("url", "https://news.example/ferry?page=2")
    for field, value in (
        ("id", "78"),
        ("source", "x"),
        ("file", "b"),
        ("path", "/b"),
        ("index", 3),
        ("id", None),
    ):
        assert not differs(field, value), field


@pytest.mark.parametrize(
    "same",
    [
        "http://news.example/ferry",
        "https://www.news.example/ferry/",
        "https://m.news.example/ferry",
        "https://mobile.news.example/ferry",
        "https://amp.news.example/ferry",
        "https://news.example/ferry/amp/",
        "https://news.example/amp/ferry",
        "https://news.example/ferry.amp",
        "https://news.example/ferry?amp=1",
        "https://news.example/ferry/?outputType=amp",
        "https://www-news-example.cdn.ampproject.org/c/s/www.news.example/ferry",
        "https://www.google.co.uk/amp/s/news.example/ferry/amp",
    ],
)
def test_one_page_under_several_addresses_is_one_place(same: str) -> None:
    """A feed names the page with http or for telephones, the page itself with https, a sitemap with a slash."""
    assert not differs("url", same)


@pytest.mark.parametrize(
    "other",
    [
        "https://news.example/ferry?page=2",
        "https://news.example/ferry/champ",
        "https://news.example/ferry.html",
        "https://news.example/amps/ferry",
        "https://de.news.example/ferry",
        "https://news.example/ferry?ampere=1",
        "https://news.example/to/https://www.news.example/ferry",
        "https://news.example/#/ferry",
    ],
)
def test_another_page_is_another_place(other: str) -> None:
    """What only looks like one of those stays."""
    assert differs("url", other)


@pytest.mark.parametrize(
    "same",
    [
        "https://xn--fhre-loa.example/m%C3%B6we/?q=%C3%A9",
        "https://f%C3%A4hre.example/m%c3%b6we?q=é",
        "http://www.Fähre.example/mö%77e?q=%c3%a9",
        "https://xn--fhre-example-ocb.cdn.ampproject.org/c/s/fähre.example/m%C3%B6we?q=é",
    ],
)
def test_letters_beyond_ascii_are_escaped_or_not(same: str) -> None:
    """A feed has the address as people read it, the page as programs send it."""
    page = replace(PAGE, url="https://fähre.example/möwe?q=é")
    assert place_id(replace(PAGE, url=same)) == place_id(page)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/a%2Fb", "https://news.example/a/b"),
        ("https://news.example/a%3Fb", "https://news.example/a?b"),
        ("https://news.example/%E9", "https://news.example/é"),
        ("https://news.example/50%25", "https://news.example/50%2525"),
        ("https://fähre.example/", "https://fahre.example/"),
        ("https://fähre..example/ä", "https://fähre..example/ö"),
    ],
)
def test_what_an_escape_keeps_apart_is_another_place(one: str, other: str) -> None:
    """A reserved character means something else where it is not escaped, and a byte is no letter."""
    assert place_id(replace(PAGE, url=one)) != place_id(replace(PAGE, url=other))


def test_what_is_stored_is_found_again() -> None:
    """An address that programs send as it is has the id that it always had."""
    page = replace(PAGE, url="https://news.example/a b/?q=%C3%A9&r=a+b,c;d~e#f")
    assert place_id(page) == "84156b084f6635b3"


def test_of_a_page_of_telephones_the_rest_of_the_address_tells() -> None:
    """What is left when that is taken off is the page: its number among the parameters, and never nothing."""
    page = replace(PAGE, url="https://news.example/?p=12")
    assert place_id(replace(PAGE, url="https://m.news.example/?amp=1&p=12")) == place_id(page)
    assert place_id(replace(PAGE, url="https://news.example/?p=13")) != place_id(page)
    assert place_id(replace(PAGE, url="https://amp.dev/ferry")) != place_id(
        replace(PAGE, url="https://dev/ferry")
    )


def test_without_a_url_the_id_at_its_source_is_the_place():
    """The same number at another source is another article; the file does not matter."""
    page = replace(PAGE, url=None)
    for changed in (replace(page, id="78"), replace(page, source="other.example")):
        assert place_id(changed) != place_id(page)
    assert place_id(replace(page, file="b", path="/in/b", index=9)) == place_id(page)
    assert place_id(page) != place_id(PAGE)


def test_an_id_without_a_source_counts_within_its_file():
    """It is a row number: the same one in another file is another article, wherever it stands in the file."""
    row = replace(PAGE, url=None, source=None)
    assert place_id(replace(row, path="/in/b.json")) != place_id(row)
    assert place_id(replace(row, id="78")) != place_id(row)
    assert place_id(replace(row, index=9)) == place_id(row)


@pytest.mark.parametrize(
    "unique",
    ["urn:newsml:wire.example:20260318:gas0099", "URN:uuid:00000000-0000-4000-8000-000000000003",
     "tag:wire.example,2026:ferry", "tag:ed@wire.example,2026-03-18:1"],
)  # fmt: skip
def test_an_id_that_is_unique_is_the_place(unique: str) -> None:
    """Whatever file it comes in, and whether or not its source is told: the second version is one of the first."""
    first = Article(file="a.json", text="The ferry sank.", id=unique)
    assert place_id(replace(first, file="b.json", index=3)) == place_id(first)
    assert place_id(replace(first, source="wire.example")) == place_id(first)
    assert place_id(replace(first, id=unique + "0")) != place_id(first)
    assert place_id(replace(first, url="https://wire.example/ferry")) != place_id(first)
    assert tells_its_place(first)


@pytest.mark.parametrize(
    "told", ["urn:", "urn:x", "tag:ferry", "tag: ferry,2026:a", "tp:1", "a urn:newsml:x:1"]
)
def test_what_only_looks_like_a_unique_id_counts_within_its_file(told: str) -> None:
    row = Article(file="a.json", text="The ferry sank.", id=told)
    assert place_id(replace(row, file="b.json")) != place_id(row)
    assert not tells_its_place(row)


@pytest.mark.parametrize(
    ("fields", "told"), [("url", True), ("id source", True), ("id", False), ("source", False), ("", False)]
)
def test_what_tells_its_place(fields, told):
    """An address, or an id at a source: a number in a file and a file's name may be used again."""
    article = Article(file="a.json", text="The ferry sank.", **dict.fromkeys(fields.split(), "x"))
    assert tells_its_place(article) is told


@pytest.mark.parametrize(
    ("number", "told"), [("12", False), ("12.0", False), ("a12", True), ("12-ferry", True)]
)
def test_a_bare_number_may_be_that_of_a_row(number: str, told: bool) -> None:
    """Of the tables of one outlet, a year in each, every one begins at 0."""
    row = Article(file="2014.csv", text="The ferry sank.", id=number, source="news.example")
    assert tells_its_place(row) is told
    assert tells_its_place(replace(row, url="https://news.example/ferry"))


def test_else_the_path_and_the_position_are_the_place():
    """The absolute path, so that the name under which the file was handed in does not matter."""
    bare = Article(file="a.txt", path="/in/a.txt", text="The ferry sank.")
    assert place_id(replace(bare, file="./a.txt")) == place_id(bare)
    assert place_id(replace(bare, path="/in/b.txt")) != place_id(bare)
    assert place_id(replace(bare, index=1)) != place_id(bare)
    assert place_id(replace(bare, path="")) == place_id(replace(bare, path="a.txt"))


def test_changed_content_is_another_version():
    """Text and headline make the version; when and how it came do not."""
    place = place_id(PAGE)
    assert article_id(place, replace(PAGE, text="The ferry was saved.")) != article_id(place, PAGE)
    assert article_id(place, replace(PAGE, title="Ferry saved")) != article_id(place, PAGE)
    assert article_id(place, replace(PAGE, title=None)) == article_id(place, replace(PAGE, title=""))
    assert article_id(place, replace(PAGE, published_s=5.0, language="fr")) == article_id(place, PAGE)
    assert article_id("other", PAGE) != article_id(place, PAGE)


def test_each_part_is_a_story():
    """Parts, in each language, differ from each other and from the event that they open."""
    ids = [story_id("0" * 16, part, language) for part in range(6) for language in ("en", "de")]
    assert len({*ids, *(event_id(story) for story in ids)}) == 24
    assert all(is_id(story) and is_id(event_id(story)) for story in ids)


@given(title=ANY, text=ANY)
def test_title_and_text_are_kept_apart(title, text):
    """What moves from the end of the headline to the text makes another version."""
    whole = article_id("p", replace(PAGE, title=title + "x", text=text))
    moved = article_id("p", replace(PAGE, title=title, text="x" + text))
    assert whole != moved


@given(url=ANY, text=ANY, path=ANY)
def test_any_article_has_ids(url, text, path):
    """16 hex digits whatever stands in it, lone surrogates included; the same each time."""
    article = Article(file=path, path=path, text=text, url=url or None)
    key = article_id(place_id(article), article)
    assert is_id(place_id(article))
    assert is_id(key)
    assert place_id(article) == place_id(replace(article))


def test_ids_are_the_same_for_ever():
    """They stand in the index and in other people's data bases: a change would orphan those."""
    assert (place_id(PAGE), article_id(place_id(PAGE), PAGE)) == ("d59eed3610a63d8b", "4d87a59e043242f1")
    assert story_id("0" * 16, 0, "en") == "c9b0fdd66ec5e08a"
    assert event_id("0" * 16) == "a752f73b8909d775"


@pytest.mark.parametrize("field", ["url", "id", "path"])
def test_kinds_of_place_are_apart(field):
    """The same letters as a URL, as an id and as a path are three places."""
    articles = {
        "url": Article(file="f", text="t", url="x"),
        "id": Article(file="f", text="t", source="x", id="x"),
        "path": Article(file="x", path="x", text="t", id="x"),
    }
    mine = place_id(articles.pop(field))
    assert mine not in {place_id(other) for other in articles.values()}


def test_a_member_of_an_archive_is_a_place():
    """The same row of another member is another article; the name of the archive alone does not tell."""
    row = replace(PAGE, url=None, source=None, id=None, member="a.json")
    assert place_id(replace(row, member="b.json")) != place_id(row)
    assert place_id(replace(row, member="")) != place_id(row)
    assert row.place == "a.json!a.json"
