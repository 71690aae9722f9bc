"""Pages and files that are not news are refused with a reason; news that resembles them is read."""

from pathlib import Path

import pytest

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import Limits, read

TOWNS = ("Ostley", "Merrow", "Harrow", "Selwick", "Harnby", "Port Ellery")
LINKS = "<ul>" + "".join(f'<li><a href="/n/{n}">The council of {TOWNS[n % 6]} votes on item {n}</a></li>' for n in range(60)) + "</ul>"  # fmt: skip
LOGIN = '<form><label>Email <input name="a"></label><label>Password <input type="password"></label><button>Sign in</button></form>'
MENU = '<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>'
CONSENT = '<div class="cookie-box"><p>We use cookies to improve your visit.</p><button>Accept</button></div>'
SECTION = "".join(f'<div><h3><a href="/n/{n}">Ferry to {TOWNS[n % 6]} runs again</a></h3><span>{n} hours ago</span></div>' for n in range(20))  # fmt: skip


def page(title: str, body: str, head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{MENU}{body}</body></html>"


def outcome(folder: Path, text: str) -> str:
    path = folder / "a.html"
    path.write_text(text)
    try:
        (found,) = read(str(path), Limits())
    except BadFile as bad:
        return bad.reason
    assert isinstance(found, Article)
    return "read"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<h1>Not Found</h1><p>There is nothing under this address.</p>", "blocked"),
        (page("Internal Server Error", "<h1>Internal Server Error</h1><p>Something broke on our side.</p>"), "blocked"),
        (page("Oops", "<h1>Oops!</h1><p>We can't find it.</p>"), "blocked"),
        (page("Erreur", "<h1>Erreur</h1><p>Revenez plus tard.</p>"), "blocked"),
        (page("Sign in", LOGIN), "blocked"),
        (page("Mein Bote", f"<h1>Bote</h1>{LOGIN}<p>Bitte melden Sie sich an.</p>"), "blocked"),
        (page("ログイン | ハーンビー新聞", LOGIN), "blocked"),
        (page("Wir schätzen Ihre Privatsphäre", "<p>Wir und unsere 842 Partner speichern Daten auf Ihrem Gerät, um Anzeigen auszuwählen.</p>"), "blocked"),
        (page("Verificación", '<p>Un momento.</p><div class="h-captcha"></div>'), "blocked"),
        (page("Bote", "<p>Bitte aktivieren Sie JavaScript in Ihrem Browser.</p>"), "blocked"),
        (page("Технические работы", "<p>Сайт скоро откроется.</p>"), "blocked"),
        (page("Subscribe to continue reading", "<p>Already a subscriber?</p>"), "blocked"),
        (page("About us", CONSENT + "<h1>About us</h1>"), "no_text"),
        (page("In pictures", '<h1>In pictures</h1><figure><img src="/1.jpg"></figure>'), "no_text"),
        ("User-agent: *\nDisallow: /admin/\n# no bots\nSitemap: https://m.example/map.xml\n", "no_text"),
        (f"<html><body>{LINKS}</body></html>", "no_text"),
        (page("Politics", "<h1>Politics</h1><p>All that the councils of the region decide.</p>" + LINKS), "no_text"),
        (page("Ferries", "<h1>Ferries</h1>" + SECTION), "no_text"),
        (page("Harnby", "<p>News of the region and of its towns.</p>", '<script type="application/ld+json">{"@type": "CollectionPage"}</script>'), "no_text"),
    ],
)  # fmt: skip
def test_what_is_no_news(tmp_path: Path, text: str, reason: str) -> None:
    """Errors, walls, pages about the site and lists of links."""
    assert outcome(tmp_path, text) == reason


@pytest.mark.parametrize(
    "text",
    [
        page("The art of the 404 page", "<h1>The art of the 404 page</h1><p>Page not found: a museum shows such pages.</p>"),
        page("Not found", "<h1>Not found</h1><p>The search for the ferry Alma ended on Monday without a trace of her crew.</p>"),
        page("Cookie law passed", CONSENT + "<h1>Cookie law passed</h1><p>We use cookies too often, the minister said.</p>"),
        page("Login data leaked", f"<h1>Login data leaked</h1><p>Four million passwords are out.</p>{LOGIN}"),
        page("Mill sold to Danish buyer", f"<h1>Mill sold to Danish buyer</h1><p>Subscribe to continue reading</p>{LOGIN}"),
        page("Ferry aground off Ostley", f"<h1>Ferry aground off Ostley</h1><p>A ferry ran aground off Ostley on Monday.</p>{LINKS}"),
        page("Ten things to know", "<ol>" + "".join(f'<li><a href="/n/{n}">Item {n}</a>: the council of {TOWNS[n % 6]} said it would look into the matter.</li>' for n in range(10)) + "</ol>"),
        page("Storm: live", "".join(f'<p>10:0{n} The wind has reached {90 + n} kilometres an hour. <a href="#{n}">Link</a></p>' for n in range(9))),
        page("渡轮在港口搁浅", "<h1>渡轮在港口搁浅</h1><p>港务局说，周三有渡轮搁浅，无人受伤。</p>"),
        page("เรือเกยตื้น", "<h1>เรือเกยตื้น</h1><p>เรือเฟอร์รี่เกยตื้นเมื่อวันพุธ ไม่มีผู้ได้รับบาดเจ็บ</p>"),
        page("Login", LOGIN + LINKS, '<meta property="og:type" content="article">').replace(">Login<", ">Mill sold<"),
    ],
)  # fmt: skip
def test_news_that_resembles_it(tmp_path: Path, text: str) -> None:
    """A headline that tells the news, or a sentence that does, is enough."""
    assert outcome(tmp_path, text) == "read"
