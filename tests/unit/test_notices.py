"""Pages and files that are not news are refused with a reason; news that resembles them is read."""

import json
from importlib import resources
from pathlib import Path

import pytest

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import Limits, notices, read
from newsloom.readers.notices import is_missing, is_notice, notice

TOWNS = ("Ostley", "Merrow", "Harrow", "Selwick", "Harnby", "Port Ellery")
LINKS = "<ul>" + "".join(f'<li><a href="/n/{n}">The council of {TOWNS[n % 6]} votes on item {n}</a></li>' for n in range(60)) + "</ul>"  # fmt: skip
LOGIN = '<form><label>Email <input name="a"></label><label>Password <input type="password"></label><button>Sign in</button></form>'
MENU = '<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>'
CONSENT = '<div class="cookie-box"><p>We use cookies to improve your visit.</p><button>Accept</button></div>'
SECTION = "".join(f'<div><h3><a href="/n/{n}">Ferry to {TOWNS[n % 6]} runs again</a></h3><span>{n} hours ago</span></div>' for n in range(20))  # fmt: skip


def page(title: str, body: str, head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{MENU}{body}</body></html>"


def article(folder: Path, text: str) -> Article:
    path = folder / "a.html"
    path.write_text(text)
    (found,) = read(str(path), Limits())
    assert isinstance(found, Article)
    return found


def outcome(folder: Path, text: str) -> str:
    try:
        article(folder, text)
    except BadFile as bad:
        return bad.reason
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


TEASERS = "".join(f'<div><h3><a href="/n/{n}">Ferry to {TOWNS[n % 6]} runs again</a></h3><p>The crossing takes {20 + n} minutes.</p></div>' for n in range(25))  # fmt: skip
INLINE = "<div>" + " ".join(f'<a href="/{n}">{name}</a>' for n, name in enumerate(("Home", "Politics", "Culture", "Weather"))) + "</div>"  # fmt: skip


@pytest.mark.parametrize("around", [LOGIN + LINKS, LOGIN + TEASERS, TEASERS * 3, INLINE + LINKS])
@pytest.mark.parametrize("first", [True, False], ids=["above", "below"])
@pytest.mark.parametrize(
    ("headline", "told"),
    [
        ("Mill sold to Danish buyer", "The old mill at Ostley has been sold to a Danish…"),
        ("Strike halts trains", "No trains run"),
        ("Bürgermeisterin tritt zurück", "Die Bürgermeisterin von Harnfeld hat nach dem Streit um die ..."),
        ("Burmistrz rezygnuje", "Burmistrz Harnby ustąpiła po sporze o most."),
        ("Tågstrejk", "I dag går inga [...]"),
        ("Школы закрыты из-за шторма", "Во вторник все школы на севере закрыты."),
        ("إضراب القطارات", "لا قطارات اليوم."),
        ("渡轮在塞尔维克附近搁浅", "一艘载有120人的渡轮周一晚在塞尔维克附近搁浅。"),
        ("창고 화재로 2명 사망", "창고에 불이 나 직원 두 명이 숨졌다."),
        ("嵐で休校", "北部の学校は嵐のため火曜日、すべて休校となる。"),
    ],
)  # fmt: skip
def test_a_flash_among_other_things(
    tmp_path: Path, headline: str, told: str, first: bool, around: str
) -> None:
    """A headline of the page's own and what goes on below it are the article, wherever on the page and in whatever
    element they stand; the rest is not.
    """
    flash = f"<h1>{headline}</h1><div>{told}</div>"
    found = article(tmp_path, page(f"{headline} - Bote", flash + around if first else around + flash))
    assert told in found.text
    assert headline in (found.title or "")


def test_a_flash_has_nothing_of_what_stands_around_it(tmp_path: Path) -> None:
    """Taken for its text, the links to others would make it like each of them."""
    found = article(tmp_path, page("Strike halts trains", f"<h1>Strike halts trains</h1><div>No trains run today.</div>{LOGIN}{TEASERS}"))  # fmt: skip
    assert (found.title, found.text) == ("Strike halts trains", "No trains run today.")


def test_a_teaser_above_a_wall(tmp_path: Path) -> None:
    """What may be read without a subscription is read, where trafilatura takes the wall and the box about cookies for
    the text.
    """
    box = '<div class="overlay"><h2>Wir schätzen Ihre Privatsphäre</h2><p>Wir und unsere 842 Partner speichern Daten auf Ihrem Gerät, um Ihnen Anzeigen zu zeigen, die zu Ihnen passen, um zu messen, wie oft sie gesehen werden, und um unsere Angebote zu verbessern.</p></div>'
    wall = "<p>Dieser Artikel ist nur für Abonnenten.</p><p>Sie sind bereits Abonnent? Hier anmelden</p>"
    headline, told = "Mühle geht an dänischen Käufer", "Die alte Mühle in Ostheim ist für vier Millionen"
    found = article(tmp_path, page(headline, f"{box}<h1>{headline}</h1><div>{told}</div>{wall}"))
    assert (found.title, found.text) == (headline, told)


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>Harnby</h1>{INLINE}{TEASERS}",
        f"<h1>Ostley</h1><p>All news about Ostley and its harbour.</p>{TEASERS}",
        f"<h1>Anna Berg</h1><p>Anna Berg ist Redakteurin im Ressort Wirtschaft.</p>{TEASERS}",
        f"<h1>The Harnby Post</h1><div>What happens in the towns of the region.</div>{TEASERS}<footer>© 2024 The Harnby Post</footer>",
        f"<h1>Sport</h1><p>What happens on the fields of the region.</p>{TEASERS}",
        "<h1>Harnby Post</h1>" + "".join(f'<a href="/n/{n}"><h2>Ferry to {town} runs again</h2><p>The ferry to {town} runs again.</p></a>' for n, town in enumerate(TOWNS)),
        "<h1>Harnby</h1>" + " ".join(f'<a href="/n/{n}">The council of {town} votes</a>' for n, town in enumerate(TOWNS)),
        f"<h1>Harnby</h1>{LINKS}<div><h3>Nieuwsbrief</h3><p>Elke ochtend het nieuws in je mailbox.</p><input type='email'></div>",
        f"<h1>Page not found</h1><p>The page you requested was not found.</p>{TEASERS}",
    ],
)  # fmt: skip
def test_a_list_has_no_flash(tmp_path: Path, body: str) -> None:
    """Below its heading stand links, or what the list is about, or what the site says for itself."""
    assert outcome(tmp_path, page("Harnby", body)) != "read"


COOKIES = {
    "en": ("Ferry aground off Ostley", "A ferry ran aground off Ostley on Monday.", "This website uses cookies to analyse traffic and to show advertisements that suit you. Settings can be changed at any time."),
    "de": ("Fähre vor Ostheim gestrandet", "Vor Ostheim ist am Montag eine Fähre gestrandet.", "Wir verwenden Cookies, um Inhalte und Anzeigen zu personalisieren und die Zugriffe auf unsere Website zu analysieren."),
    "ar": ("جنوح عبارة قرب أوستلي", "جنحت عبارة قرب أوستلي يوم الاثنين ولم يصب أحد.", "نستخدم ملفات تعريف الارتباط وتقنيات مشابهة لتخصيص المحتوى والإعلانات وتحليل حركة المرور. بالنقر على قبول الكل فإنك توافق على ذلك."),
    "fa": ("به گل نشستن کشتی در اوستلی", "یک کشتی روز دوشنبه نزدیک اوستلی به گل نشست، آتش‌نشانی گفت.", "این وبسایت برای بهبود تجربه کاربری شما از کوکی‌ها استفاده می‌کند. با ادامه استفاده از سایت، شما با آن موافقت می‌کنید."),
    "hi": ("ओस्टली के पास नौका फंसी", "ओस्टली के पास सोमवार को एक नौका फंस गई, किसी को चोट नहीं आई।", "हम और हमारे साझेदार आपकी डिवाइस पर कुकीज़ जैसी जानकारी संग्रहीत करते हैं ताकि आपको बेहतर विज्ञापन दिखाए जा सकें।"),
    "ja": ("オストリー沖で船が座礁", "オストリー沖で月曜日、船が座礁した。けが人はいない。", "当サイトでは、お客様により良いサービスを提供するため、クッキーおよび類似の技術を使用しています。設定はいつでも変更できます。"),
    "ko": ("오스틀리 앞바다서 여객선 좌초", "월요일 오스틀리 앞바다에서 여객선이 좌초했다.", "본 사이트는 이용자에게 더 나은 서비스를 제공하기 위해 쿠키를 사용합니다. 사이트를 계속 이용하시면 동의하는 것으로 간주합니다."),
    "uk": ("Пором сів на мілину біля Остлі", "Біля Остлі в понеділок пором сів на мілину.", "Ми використовуємо файли cookie, щоб забезпечити належну роботу сайту, аналізувати трафік і показувати персоналізовану рекламу."),
}  # fmt: skip


@pytest.mark.parametrize(
    "head", ["", '<meta property="og:type" content="article">'], ids=["plain", "declared"]
)
@pytest.mark.parametrize("element", ["div", "p"])
@pytest.mark.parametrize("language", COOKIES)
def test_an_article_under_a_banner(tmp_path: Path, language: str, element: str, head: str) -> None:
    """A banner that asks for consent to cookies is no text, whatever element has it and however short the article is."""
    headline, told, banner = COOKIES[language]
    more = "Sie können Ihre Einwilligung jederzeit widerrufen." if language == "de" else ""
    body = f'<div class="c7"><p>{banner}</p><p>{more}</p><a href="#">OK</a></div><h1>{headline}</h1><{element}>{told}</{element}>'
    found = article(tmp_path, page(headline, body, head))
    assert told in found.text
    assert banner.split()[0] not in found.text


def test_a_page_with_nothing_but_a_banner(tmp_path: Path) -> None:
    """It has no article, whatever it says of itself."""
    body = f'<div class="c7"><p>{COOKIES["uk"][2]}</p><a href="#">OK</a></div>'
    assert outcome(tmp_path, page("Гарнбі", body)) == "no_text"


def test_who_speaks_of_partners_is_read(tmp_path: Path) -> None:
    """A paragraph may begin as such banners do; only those name cookies."""
    text = "Wir und unsere Partner in Ostheim haben den Hafen gemeinsam gebaut, sagte die Bürgermeisterin am Montag."
    found = article(tmp_path, page("Hafen eröffnet", f"<h1>Hafen eröffnet</h1><p>{text}</p><p>Der Hafen von Ostheim nimmt am Dienstag den Betrieb auf.</p>"))  # fmt: skip
    assert text in found.text


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Fehler 404", "Leider konnten wir die gewünschte Seite nicht finden."),
        ("404错误", "抱歉，您要查看的页面找不到了。"),
        ("Connection timed out Error code 522", "What happened?"),
        ("Oops! That page can’t be found.", "It looks like nothing was found at this location. Maybe try a search?"),
        ("Oups ! Cette page est introuvable.", "Il semble que rien n’ait été trouvé à cet emplacement."),
        ("İletişim", "Telefon: 01234"),
        ("Le Courrier", "Nous et nos 1 482 partenaires stockons des informations sur un terminal."),
        ("لحظة من فضلك...", "يتم التحقق من أنك لست روبوتا. قد يستغرق ذلك بضع ثوان."),
        ("نحن نهتم بخصوصيتك", "نستخدم نحن وشركاؤنا ملفات تعريف الارتباط لتخصيص المحتوى والإعلانات. يمكنك قبول الكل أو إدارة التفضيلات."),
        ("Aradığınız sayfa kaldırılmış", "Üzgünüz, aradığınız sayfa artık yok. Haber arşivimize buradan ulaşabilirsiniz."),
        ("Bu haber abonelere özeldir", "Haberin devamını okumak için abone olun veya giriş yapın."),
        ("कुकी सहमति", "हम आपके अनुभव को बेहतर बनाने के लिए कुकीज़ का उपयोग करते हैं। स्वीकार करें"),
        ("404: पेज नहीं मिला", "माफ़ कीजिए, आप जो पेज ढूँढ रहे हैं वह उपलब्ध नहीं है। होम पेज पर जाएं"),
        ("خطای ۴۰۴", "صفحه‌ای که به دنبال آن هستید وجود ندارد یا حذف شده است."),
        ("会員限定記事です", "この記事は会員限定です。ログインまたは会員登録すると続きをお読みいただけます。"),
        ("잘못된 접근입니다", "존재하지 않는 기사이거나 삭제된 기사입니다. 이전 페이지로"),
        ("Доступ ограничен", "Проверяем, что вы не робот. Пожалуйста, подождите несколько секунд."),
        ("Mit Werbung weiterlesen oder Pur-Abo", "Besuchen Sie uns wie gewohnt mit Werbung und Tracking. Zustimmen und weiter"),
        ("Szanowny Użytkowniku", "Zanim klikniesz „Przejdź do serwisu”, prosimy o zapoznanie się z informacjami o przetwarzaniu danych."),
        ("訂閱會員專屬", "本文為會員專屬內容，請登入或訂閱後繼續閱讀。"),
        ("订阅会员专属", "本文为会员专属内容，请登录或订阅后继续阅读。"),
        ("Пријава", "Већ имате налог?"),
        ("மன்னிக்கவும்", "நீங்கள் தேடும் பக்கம் கிடைக்கவில்லை."),
        ("Samahani", "Ukurasa unaoutafuta haupatikani. Rudi mwanzo"),
        ("Un momento…", "bote.example necesita revisar la seguridad de su conexión antes de continuar con la página."),
        ("Sidan saknas", "Tyvärr kan vi inte hitta sidan. Till startsidan"),
    ],
)  # fmt: skip
def test_wordings_of_notices(title: str, text: str) -> None:
    """With the number of an answer, an interjection, or that of partners; a capital of any language is one."""
    assert notice(title, text)


def test_what_is_quoted_of_a_notice() -> None:
    """Its title, not the menu that stands below it; and a title that is known decides what is asked for."""
    assert notice("Tyvärr, sidan du söker har flyttats", "Startsida\nSök") == (
        "Tyvärr, sidan du söker har flyttats",
        True,
    )
    assert notice("Om oss", "Sidan du söker\nSök") == ("Om oss", False)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("We can't find our children", "Parents wait at the harbour."),
        ("JavaScript ist dreißig", "Die Sprache wird gefeiert."),
        ("Log in to Facebook fails for millions", "The site is down."),
        ("Siden du spurgte", "Færgen sejler igen fra Ostley."),
        ("500 dead", "The flood came at night."),
        ("Flood", "512\nThe flood came at night."),
        ("Wir und unsere Mühle", "Ostheim feiert."),
        ("Доступ ограничен", "Полиция Острого перекрыла дорогу к порту до утра вторника из-за пожара на складе."),
        ("Нажимая на газ", "Гонщик из Гарнби выиграл ралли."),
        ("이 사이트는 항구였다", "하른비의 옛 항구가 공원이 됐다."),
        ("ไม่พบหน้าที่ของทหาร", "รายงานระบุ"),
        ("Page introuvable d'un manuscrit", "Elle a peut-être été volée."),
        ("Aradığınız sayfa bulunamadı sanatçısı öldü", "Sanatçı dün öldü."),
        ("رفض الكل التوقيع", "انتهى الاجتماع."),
    ],
)  # fmt: skip
def test_news_that_is_worded_like_a_notice(title: str, text: str) -> None:
    """A sentence is the site's own only where no news begins so."""
    assert notice(title, text) is None


TABLE = json.loads(resources.files(notices.__package__).joinpath("notices.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["missing", "walls", "pages", "said", "consents"])
def test_each_wording_of_the_table_is_known(kind: str) -> None:
    """However text is normalised, the table is so as well."""
    told = [(language, wording) for language, wordings in TABLE[kind].items() for wording in wordings]
    unknown = [one for one in told if not is_notice(one[1].replace(" …", " cookies"))]
    assert not unknown
    if kind == "missing":
        assert [one for one in told if not is_missing(f"404 - {one[1].upper()} | Harnby")] == []
