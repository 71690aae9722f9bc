"""Lines that are no part of the news. All texts here were written for these tests."""

import pytest

from newsloom.core.body import body
from newsloom.core.furniture import is_author_note, is_caption, is_furniture, is_sign_off, is_unfinished

PAGE = (
    "Receive free Meridian updates",
    "Meridian Bank will close 62 branches.",
    "Advertisement",
    "Image: A Meridian branch in Port Anders. Pic: Calder Press",
    "Unions reacted with anger.",
    "Follow us on Facebook and Twitter",
    "Articles You May Like",
    "Goat elected mayor of mountain village for a third time",
    "Actor Lionel Grebe says he never read the script",
)


@pytest.mark.parametrize(
    "text",
    [
        "Advertisement", "ADVERTISEMENT:", "Please use Chrome browser for a more accessible video player", "0:44", "2:27 pm",
        "Articles You May Like", "You might also like", "Leave a Reply", "Your email address will not be published.",
        "Receive free Calder Bank updates", "Sign up to our daily newsletter", "More from UK", "Updated: September 25, 2031, 1:53 PM",
        "Powered by automated translation", "Follow us on Facebook", "This breaking news story is being updated, and more details will be published shortly.",
        "Copyright 2031 Calder Press. All rights reserved.", "By signing up, you agree to our Privacy Policy", "Related: Ferry safety under review",
        "Share", "12 Comments", "Joren Haal contributed to this report.", "Contributing: Ines Corvald, Calder Press", "Best of the day, sent to your inbox", "Читайте также", "Publicidad", "", "   ", "***", "To show you this content, we need your permission to use cookies.",
        "Skip to main content", "Article continues below", "Was this article helpful? Yes / No", "You have 3 free articles left this month.",
        "You’ve read your last free article.", "Do you have a story? Write to the newsroom.", "To report a typo, select it.", "Comments are closed on this article.",
        "Join our WhatsApp channel for alerts as they happen", "We and our 214 partners store information on your device.",
        "Continue reading with a subscription", "Already a subscriber? Log in", "Log in to continue", "Log in | Subscribe", "Bereits Abonnent?",
        "This article is for subscribers only. Subscribe now for 9 crowns a month and get unlimited access to all our articles.",
        "To continue reading this story, you will need to be a digital subscriber.", "Cet article est réservé aux abonnés.", "Weiterlesen mit Abo",
        "[slideshow id=’10361′]", "[For the latest on the ferry, see our live blog]", "Flood Watch issued May 8 at 6:39PM CDT expiring May 9 at 9:45PM in effect for: Sorrel",
        "广告", "分享到微信", "相关新闻：", "责任编辑：王小明", "2024年3月5日 12:30", "发布时间：2024年3月5日 上午8:05", "広告", "関連記事", "2024年3月5日(火) 午後6時10分",
        "광고", "관련 기사", "입력 2024.03.05 오전 10:20", "무단전재 및 재배포 금지", "โฆษณา", "ข่าวที่เกี่ยวข้อง", "إعلان", "اقرأ أيضا", "विज्ञापन", "ये भी पढ़ें",
    ],
)  # fmt: skip
def test_furniture_is_told_by_its_wording(text: str) -> None:
    """Labels, prompts, stamps and legal lines are no news."""
    assert is_furniture(text)


@pytest.mark.parametrize(
    "text",
    [
        "12 March 2024", "Tuesday 12 March 2024 10:02 GMT", "12th Mar. 2024, 10.02am", "12. März 2024", "Dienstag, den 12. März 2024 um 10:02 Uhr",
        "le 12 mars 2024 à 10h02", "martes, 12 de marzo de 2024", "12 marzo 2024", "12 de março de 2024", "12 maart 2024", "12 mars 2024 kl. 10:02", "12 marca 2024", "12 Mart 2024",
        "вторник, 12 марта 2024 г.", "12 березня 2024", "12. Jänner 2024", "12 févr. 2024", "12. března 2024", "12. maaliskuuta 2024 klo 10.02", "12 Μαρτίου 2024",
        "12 مارس 2024", "12 मार्च 2024",
    ],
)  # fmt: skip
def test_a_date_with_the_day_first_is_a_stamp(text: str) -> None:
    """As most of the world writes it; what only looks like one, or says more, is news."""
    assert is_furniture(text)
    assert not is_furniture(f"{text}: the mill stops")
    assert not is_furniture("Top 10 Novels 2024")


@pytest.mark.parametrize(
    "text",
    ["分享会在北京举行", "広告費が過去最高に", "광고 시장이 커졌다", "2024年3月5日，渡轮沉没。", "โฆษณาเกินจริงถูกปรับ", "إعلان نتائج الانتخابات اليوم", "विज्ञापन कंपनी पर छापा",
     "شارك الرئيس في القمة", "تبلیغات انتخاباتی آغاز شد", "Tangazo la waziri lazua mjadala", "저작권 소송 승소", "기자 두 명 석방", "编辑部搬迁至新楼", "Udostępnij dane, każe sąd", "Paylaşım krizi büyüyor"],
)  # fmt: skip
def test_a_headline_that_begins_like_a_label_is_news(text: str) -> None:
    """In any script: a label is the whole line or none."""
    assert not is_furniture(text)


@pytest.mark.parametrize(
    "text",
    [
        "You have to see the articles of faith", "Comments are closed to nobody, the mayor said in a long speech about free words in the town hall.",
        "[The mayor] was asked about the ferry [twice]", "[The mayor says that no ferry was sold.]", "［渡轮昨夜沉没。］", "[Паром затонул ночью.]",
        "A warning was issued on Monday to all sailors.", "Tsunami warning issued for all of the coast, in effect until noon",
        "Travel advisory issued for Sorrel until further notice",
        "This article is for those who have never read one.", "Already a member of the council, she wants to lead it.",
        "Continue reading aloud to children, teachers tell the parents of Harnby.", "To continue reading lessons the school needs 9,000 crowns.",
    ],
)  # fmt: skip
def test_a_sentence_that_resembles_a_cue_is_news(text: str) -> None:
    """Asides are in brackets as a whole and no sentence, and alerts of a page say to the minute from when."""
    assert not is_furniture(text)


@pytest.mark.parametrize(
    "text",
    [
        "READ MORE: Ferry safety under review", "Also read: Ferry to be painted green", "Most read: Goat elected mayor | Ferry to be painted green | Mill stops",
        "Most read: " + " | ".join(["Goat elected mayor of mountain village"] * 12), "See also – Ferry to be painted green", "Related stories » Ferry to be painted green",
        "ये भी पढ़ें: नौका हरी होगी", "بیشتر بخوانید: کشتی سبز می‌شود", "Soma zaidi: Kivuko kitapakwa kijani", "Прочитајте још: Скела ће бити зелена",
        "CONTINUA DEPOIS DA PUBLICIDADE", "▶ 네이버에서 채널 구독하기", "<저작권자(c) 하른비통신, 무단 전재-재배포 금지>", "انتهای پیام/", "کد خبر: 123456", "Tangazo", "Haberin devamı için tıklayınız",
        "Facebook'ta paylaş", "Dalsza część artykułu pod materiałem wideo", "جميع الحقوق محفوظة", "この記事をシェア", "व्हाट्सऐप चैनल से जुड़ें", "【编辑:李明】", "Podelite vest",
        "Lire aussi : Le bac sera repeint", "Lesen Sie auch: Die Fähre wird grün", "Lea también: El transbordador será verde", "Baca juga: Kapal feri akan dicat hijau",
        "Читайте также: Паром покрасят", "Czytaj też: Prom będzie zielony", "関連記事：渡し船を緑に", "4 min read", "Lesezeit: 3 Minuten",
        "By Ines Corvald, Staff Writer | Published Tuesday, 3 March 2031 10:00 | 4 min read", "4 min read · By Ines Corvald and Joren Haal · 12 comments",
        "Correction: An earlier version of this story named the wrong captain.", "This material may not be published. " + "Quotes are delayed by some minutes. " * 12,
        "By continuing to use this site you agree to all of the following. " * 6, "© 2031 Calder Press. " + "Market data come from others. " * 12,
    ],
)  # fmt: skip
def test_links_notes_and_small_print_are_furniture(text: str) -> None:
    """A heading of links may stand in front of one, or of a whole list; small print may be long."""
    assert is_furniture(text)


@pytest.mark.parametrize(
    "text",
    [
        "Latest: the ferry has sunk", "Top: the mill in the fog", "Related parties of the bank sold shares", "Read more books, the mayor said",
        "Copyright law is to change. " * 12, "By continuing to sail at night the crew took a risk, the inquiry found. " * 5, "A read more: the mayor",
        "By Ines Corvald, Staff Writer | Ferry to be painted green", "Ostley | Sorrel", "By land and by sea",
    ],
)  # fmt: skip
def test_news_that_begins_as_small_print_does_stays(text: str) -> None:
    """What may as well open a sentence or a headline condemns nothing."""
    assert not is_furniture(text)


@pytest.mark.parametrize(
    "text",
    [
        "FLASH", "URGENT", "BULLETIN", "(MORE)", "(END)", "-30-", "ENDS", "WRITETHRU", "1ST LEAD-WRITETHRU, 0340", "СРОЧНО", "速報", "عاجل", "EILMELDUNG",
        "BC-FERRY-MERROW", "BC-FERRIES, 4TH LD", "BC-FERRY-MERROW, 2ND LD-WRITETHRU, 0340", "^BC-FERRY, 1ST ADD<", "r i BC-FERRY-MERROW      03-11 0112", "AM-Ferry Merrow, Bjt",
        "CP-PM-03-10 0748GMT", "EDS: UPDATES WITH RESCUE, QUOTES", "ADV FOR SUNDAY, MARCH 22", "ADV for Sunday", "EMBARGOED UNTIL 0001 GMT MARCH 22", "STRICTLY EMBARGOED UNTIL 00:01 SUNDAY 22 MARCH 2026",
        "PRESS RELEASE", "Pressemitteilung", "FOR IMMEDIATE RELEASE", "Tuesday 10 March 2026 - FOR IMMEDIATE RELEASE", "FOR IMMEDIATE RELEASE: March 3, 2026",
        "THE MERROW HERALD, WEDNESDAY, MAY 5, 1954", "THE MERROW HERALD, MAY 5, 1954          3", "Merrow Evening News          Thursday, March 12, 2026          Page 3", "Merrower Bote, Mittwoch, den 5. Mai 1954", "Le Courrier de Merrow | mercredi 5 mai 1954",
        'From: "The Morning Brief" <brief@gazette.example>', "To: newsroom@gazette.example", "Date: Tue, 17 Mar 2026 06:30:00 +0000",
        "View this email in your browser", "Unsubscribe", "Unsubscribe | Manage preferences | Privacy policy", "You are receiving this email because you signed up at gazette.example.", "Enjoying the brief? Forward it to a friend.",
        "Good morning! Here is what you need to know today.", "Captions by Calder Media", "Captioned by Calder Media",
    ],
)  # fmt: skip
def test_what_agencies_offices_and_newsletters_put_around_a_text_is_furniture(text: str) -> None:
    """How urgent it is, what it is called on the wire, who sent it and when."""
    assert is_furniture(text)


@pytest.mark.parametrize(
    "text",
    [
        "Urgent repairs close the bridge", "FLASH FLOODS HIT MERROW", "Bulletin board sold for 3 crowns", "BC-Ostley border closed after the fire", "EDS: KILL BC-FERRY, 1ST LD. THE STATEMENT WAS A HOAX.",
        "Embargo on oil until March", "Council calls for immediate release of the crew", "He asked for immediate release.", "The press release was wrong", "Kill switch sold",
        "Ferry to sail again from Sunday, 4 June 2028", "Ferries collide off the coast of Ostley, Wednesday, May 5, 2027", "Results of the vote, May 5, 2027", "Mayor resigns on Wednesday, May 5, 2027",
        "To: the mayor, with love", "From: Russia with a heavy heart", "Date: to be told", "Here is what you need to know about the new law", "They unsubscribe in thousands, the paper says",
    ],
)  # fmt: skip
def test_a_headline_that_begins_like_a_flag_is_news(text: str) -> None:
    """A flag is the whole line, and a masthead has a name with capitals in front of the day."""
    assert not is_furniture(text)


def test_the_address_below_the_link_for_leaving_is_left_out() -> None:
    """Whoever sent a newsletter says so there; sentences are news wherever they stand."""
    page = [
        "The ferry sank.",
        "Unsubscribe | Manage preferences",
        "The Gazette",
        "14 Printing House Lane, Merrow",
    ]
    assert left_out(page) == {1, 2, 3}
    assert left_out([*page, "Nobody was hurt."]) == {1}
    assert left_out(["The ferry sank.", *page[2:]]) == set()
    assert left_out(page[1:]) == {0}


@pytest.mark.parametrize(
    "link",
    [
        "[Read more]",
        "Read more »",
        "Read More →",
        "(more)",
        "» Weiterlesen",
        "[Lire la suite]",
        "Читать далее",
        "続きを読む",
    ],
)
def test_a_link_to_the_rest_hides_no_full_stop(link: str) -> None:
    """The sentence in front of it ends where it ends; a headline, a question or what is cut short leads elsewhere."""
    assert not is_unfinished(f"The ferry sank. {link}")
    for teaser in ("The ferry sank", "Why did the ferry sink?", "The ferry sank, and its cr..."):
        assert is_unfinished(f"{teaser} {link}")
    assert is_unfinished(link)


def test_who_wrote_it_is_left_out_below_the_story_alone() -> None:
    """Anywhere else a line about a reporter may be the news."""
    notes = [
        "Ines Corvald is a staff writer. Send tips to the newsroom.",
        "Joren Haal covers the coast and its harbours for the newspaper.",
        "Aldo Penn ist Korrespondent in Sorrel.",
        "Ines Corvald es periodista.",
    ]
    assert all(map(is_author_note, notes))
    assert left_out(["The ferry sank.", *notes]) == {1, 2, 3, 4}
    assert left_out([notes[0], "The ferry sank."]) == set()
    assert left_out(notes[:1]) == set()
    assert not is_author_note("Joren Haal is a captain, the reporter said.")
    assert not is_author_note("The ferry covers the route for a year.")


def test_captions_are_known_as_such() -> None:
    """A caption tells of the story, but weakly."""
    assert is_caption("Image: A Meridian branch in Port Anders. Pic: Calder Press")
    assert is_caption("The ferry on the sandbank (Photo: Calder Press)")
    assert not is_caption("Ferry services between Port Anders and Sorrel are suspended until Thursday.")
    assert not is_caption("Image: " + "a long paragraph " * 40)


def test_a_long_paragraph_is_no_sign_off() -> None:
    """Cues that stand in short lines only condemn nothing else."""
    assert is_sign_off("Reporting by Ines Corvald; editing by Aldo Penn")
    assert is_sign_off("With files from Calder Press")
    assert not is_sign_off("Joren Haal left the harbour.")
    assert not is_sign_off("Edited by Aldo Penn, the book " + "tells of the sea and " * 20)
    assert not is_furniture("Click on the link, she said, and " * 12)


@pytest.mark.parametrize(
    "heading", ["Lire aussi", "Lees ook:", "Lesen Sie auch", "Czytaj także", "Also see", "Related story"]
)
def test_what_stands_in_front_of_a_link_stands_above_links_too(heading: str) -> None:
    """Known in either place, in any of the languages."""
    page = ["The ferry sank.", heading, "Goat elected mayor of village", "The mill stopped on Sunday."]
    assert body(page) == [0, 3]
    assert is_furniture(f"{heading.rstrip(':')}: Goat elected mayor of village")


def test_furniture_and_teasers_are_left_out() -> None:
    """Prompts inside the story and the links below it are."""
    told = [PAGE[i] for i in body(PAGE)]
    assert [line for line in told if not is_caption(line)] == [
        "Meridian Bank will close 62 branches.",
        "Unions reacted with anger.",
    ]
    assert body(["Advertisement", "Share"]) == body([]) == []


def left_out(page: list[str]) -> set[int]:
    return set(range(len(page))) - set(body(page))


def test_links_follow_their_heading() -> None:
    """Headlines below it go with it, wherever it stands; what is told in sentences stays."""
    assert left_out(["Read more", "The bank said no.", "Shares fell."]) == {0}
    assert left_out(["The bank said no.", "Read more", "Goat elected mayor"]) == {1, 2}
    page = [
        "The bank said no.",
        "Related stories",
        "Goat elected mayor",
        "Ferry to be…",
        "Shares fell.",
        "Unions are angry",
    ]
    assert left_out(page) == {1, 2, 3}


@pytest.mark.parametrize(
    ("below", "linked"),
    [
        (["Goat elected mayor of Sorrel", "Ferry to be painted green"], {2, 3}),
        (
            ["Goat elected mayor of Sorrel", "2:27", "Ferry to be painted green", "Advertisement"],
            {2, 3, 4, 5},
        ),
        (
            ["Goat elected mayor of Sorrel", "The town council of Sorrel has chosen a goat for the third…"],
            {2, 3},
        ),
        (["The ferry will sail again on …", "The town council of Sorrel has chosen a [...]"], {2, 3}),
        (["Goat elected mayor of Sorrel"], set()),  # one alone may be anything
        (["Goat elected", "Ferry green"], set()),  # a table, a list of names
        (["Goat elected mayor of Sorrel", "Ferry to be painted green", "The bank's shares fell."], set()),
        (["Goat elected mayor of Sorrel", "Ferry to be painted green", "and so " * 30], set()),
    ],
)
def test_headlines_below_the_story_are_links(below: list[str], linked: set[int]) -> None:
    """Where nothing but such lines follows its last sentence, with a heading or without."""
    assert left_out(["Meridian Bank will close 62 branches.", "Unions reacted with anger.", *below]) == linked


@pytest.mark.parametrize(
    "page",
    [
        ["Three people died in the fire.", "The dead are:", "Ines Corvald, 41, of Sorrel", "Joren Haal, 8, of Sorrel"],
        ["Meridian Bank will close 62 branches.", "Which ones：", "Sorrel, at the old market", "Harnby, beside the town hall"],
        ["What we know of the blast.", "Ten people dead, twenty in hospital", "Two men held by police in Sorrel"],
        ["Live from the count.", "10:15 Voss ahead in four wards", "10:40 Haal says he has lost", "11:02 Polls in Sorrel open late"],
        ["เปิด เวลา 10.00 น.", "ธนาคาร จะ ปิด สาขา หกสิบสอง แห่ง", "พนักงาน ไม่ พอใจ กับ ข่าว นี้"],
    ],
)  # fmt: skip
def test_the_lists_of_a_story_are_no_links(page: list[str]) -> None:
    """What a colon announces, and what stands on a page that is told in such lines: both would be left with nothing."""
    assert not left_out(page)


@pytest.mark.parametrize(
    "text",
    ["The ferry sank.", "船沉了。", "नाव डूब गई।", "Լաստանավը խորտակվեց։", "ጀልባው ሰጠመ።", "غرقت العبارة؟"],
)
def test_a_sentence_ends_in_the_stop_of_its_script(text: str) -> None:
    """Whatever mark that is."""
    assert not is_unfinished(text)
    assert is_unfinished(text[:-1])


def test_where_no_sentence_ends_in_a_stop_there_are_no_links() -> None:
    """Thai has no full stops: what looks like headlines there is the story."""
    assert not left_out(["ธนาคาร จะ ปิด สาขา หกสิบสอง แห่ง"] * 4)
    assert not left_out(["word " * 60, *["ธนาคาร จะ ปิด สาขา หกสิบสอง แห่ง"] * 3])


def test_learned_lines_are_left_out_like_any_furniture() -> None:
    """Wherever they stand, also among the links at the end."""
    promise = "The Anders Courier is printed on paper from trees."
    page = (promise, "The bank said no.", "You may also like", "Goat elected mayor", promise)
    assert body(page) == [0, 1, 4]
    assert body(page, {promise}) == [1]
    assert body([promise], {promise}) == []


@pytest.mark.timeout(10)
def test_a_run_of_blanks_before_a_year_costs_no_time() -> None:
    """Tried at every place between a name and a day it would take half a minute."""
    assert not is_furniture("THE " + " " * 100 + "1954 x")
    assert not is_furniture("A" + " " * 90 + "MAY 5, 1954 x? y")
