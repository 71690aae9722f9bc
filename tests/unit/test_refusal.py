"""Answers that are no articles, as servers and their guards word them, and news that resembles them."""

import time

import pytest

from newsloom.readers.answers import MAX_CHARS, answer
from newsloom.readers.refusal import check


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Just a moment...", "Enable JavaScript and cookies to continue"),
        (None, "post.example\nChecking if the site connection is secure\npost.example needs to review your connection."),
        ("Attention Required! | Cloudflare", "Sorry, you have been blocked\nYou are unable to access post.example"),
        ("Access Denied", "Access Denied\nYou don't have permission to access \"http://post.example/a\" on this server."),
        ("Access to this page has been denied", "Press & Hold to confirm you are\na human (and not a bot)."),
        (None, "Request unsuccessful. Incapsula incident ID: 877000-1234"),
        ("Pardon Our Interruption", "Something about your browser made us think you were a bot."),
        ("404 Not Found", "404 Not Found\nnginx/1.18.0"),
        ("403 Forbidden", "403 Forbidden"),
        ("post.example", "Please enable JS and disable any ad blocker"),
        ("502 Bad Gateway", "502 Bad Gateway\ncloudflare"),
        (None, "Not Found\nThe requested URL /news/7 was not found on this server."),
        ("Request Rejected", "The requested URL was rejected. Please consult with your administrator."),
        ("Page not found - The Harnby Post", "Sorry, the page you are looking for could not be found."),
        ("503 Service Temporarily Unavailable", "503 Service Temporarily Unavailable"),
        (None, "Please wait while we verify you are a human"),
        ("ERROR", "403 ERROR\nThe request could not be satisfied."),
        ("404", "404\nPage Not Found"),
        (None, "Error 404\nThis article has been moved or deleted. Go to our homepage."),
        ("Seite nicht gefunden - Harnbyer Bote", "Leider gibt es hier nichts zu sehen."),
        ("Erreur 404 : page introuvable", "Retour à l'accueil"),
        ("Página no encontrada | El Correo de Harnby", "Lo sentimos."),
        (None, "404 - Página não encontrada\nVoltar ao início"),
        ("Pagina non trovata", "Pagina non trovata"),
        ("Pagina niet gevonden (404)", "Zoek verder op onze site."),
        ("Nie znaleziono strony", "Sprawdź adres."),
        ("Страница не найдена", "Возможно, она была удалена."),
        ("Сторінку не знайдено", "Помилка 404"),
        ("Sayfa bulunamadı", "Aradığınız sayfa kaldırılmış olabilir."),
        ("Sidan kunde inte hittas", "Gå till startsidan"),
        ("找不到页面", "您访问的页面不存在或已被删除"),
        ("404 您访问的页面不存在", "返回首页"),
        ("お探しのページは見つかりませんでした", "トップページへ"),
        ("페이지를 찾을 수 없습니다", "주소를 확인해 주세요."),
        ("الصفحة غير موجودة", "العودة إلى الرئيسية"),
        ("ไม่พบหน้าที่คุณต้องการ", "กลับหน้าแรก"),
        ("Страница није пронађена", "Вратите се на почетну страну портала или потражите вест у архиви нашег листа."),
        ("頁面不存在 | 哈恩比日報", "您可以返回首頁，或者在本報的檔案中搜尋您感興趣的新聞。"),
        ("Error 404 - Pagina non trovata - Il Corriere", "Torni alla prima pagina o cerchi la notizia nell'archivio del giornale."),
        ("Ups! Stranica nije pronađena", "Vratite se na početnu stranu portala ili potražite vest u arhivi našeg lista."),
    ],
)  # fmt: skip
def test_what_is_said_in_place_of_an_article(title: str | None, text: str) -> None:
    """Blocked, missing or broken: no news."""
    assert answer(title, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Access denied", "Reporters were kept from the court of Harnby on Monday, though the trial is public."),
        ("404", "The band 404 has split up after nine years, its singer Dara Voss said."),
        ("Page not found: how a library lost its oldest book", "The first page of the Harnby psalter is gone."),
        ("Forbidden city opens at night", "Visitors may see the palace by lamp light from Friday."),
        ("403 dead in quake", "403 dead in quake"),
        ("500 – so many jobs go at Harnby mill", "500 – so many jobs go at Harnby mill"),
        ("500 jobs to go at Harnby mill", "The mill is looking for buyers, its administrator said; a page on its site was deleted."),
        (None, "404 flights cancelled\nTravellers looking for hotels slept in the terminal."),
        ("Access denied", "Access denied\nThe link between press and court has been cut, said reporters looking for seats."),
        ("Forbidden: reporters shut out", "You are looking for a fight, the minister said."),
        ("Too many requests: shelter closes its list", "Families are looking for rooms; callers were told to try again later."),
        ("Emergency line down", "Callers heard that they should please try again. The system administrator was not reached."),
        ("Council site hacked", "Visitors were met with the words “Your request has been blocked” on Monday, the council said."),
        ("Puzzles", "Captchas ask you to prove you are human, and programs solve them faster, a study has found."),
        ("Search engine stumbles", "Users read “Our systems have detected unusual traffic from your computer network” for an hour."),
        ("Guards of the web fail", "Shops were down on Tuesday. Where they had been, readers saw nothing but a Cloudflare Ray ID."),
        (None, "Voters had to verify their age.\nThe website of the election office was down for an hour."),
        ("Outage", "Readers saw “Checking your browser before accessing” for hours on Friday. " + "It was a bad day. " * 70),
        ("Seite nicht gefunden: Wie ein Archiv sein ältestes Buch verlor", "Die erste Seite des Psalters ist fort."),
        ("Mädchen in Harnby nicht gefunden", "Die Suche geht weiter."),
        ("Una página no encontrada en el archivo desvela el misterio", "El cuaderno apareció en Harnby."),
        ("Первая страница не найдена", "Рукопись вернули в музей без первого листа."),
        ("找不到页面的人", "这本小说周一出版。"),
        ("Ferry sinks", "Ferry sinks"),
        (None, ""),
    ],
)  # fmt: skip
def test_news_that_resembles_it(title: str | None, text: str) -> None:
    """A headline alone condemns no text that tells something."""
    assert answer(title, text) is None


def test_it_takes_little_time() -> None:
    """Whatever is repeated in a text."""
    for piece in ("the requested url ", "you do not have permission to access ", "page ", "404 \n", "error "):
        assert answer(piece * 90, (piece * 400)[:MAX_CHARS]) in (None, piece.strip())


def test_a_line_of_blanks_costs_what_its_length_does() -> None:
    """Where a name of ads.txt begins is not tried out: this took minutes."""
    started_s = time.process_time()
    check(None, "ferry.example," + " " * 400_000 + "x")
    assert time.process_time() - started_s < 5
