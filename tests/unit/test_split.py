"""Splitting a page into its stories. All texts here were written for these tests; every event is invented."""

import json
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest
from columns import columns
from hypothesis import given, settings
from hypothesis import strategies as st

from newsloom.core import gaps
from newsloom.core import split as splitting
from newsloom.core.furniture import is_furniture
from newsloom.core.runs import Seen
from newsloom.core.split import Segment, split

FERRY = (
    "A passenger ferry with 214 people on board ran aground off the island of Sorrel on Tuesday after its steering failed in heavy seas, the coastguard said.",
    "No one was seriously hurt, but eleven passengers were treated for bruises and shock once lifeboats had brought them ashore.",
    "The Lady Margarethe had left Port Anders shortly after 6am and was two miles from the Sorrel breakwater when the crew lost control of the rudder.",
    "“We heard a grinding noise and then everything on the tables slid to one side,” said Ines Corvald, a teacher who was travelling with her class.",
    "Coastguard commander Joren Haal said the ferry would stay on the sandbank until the evening tide, when two tugs would try to pull it free.",
    "“The hull is intact and there is no sign of fuel in the water,” Mr Haal said.",
    "The operator, Anders Line, said the ferry had passed a safety inspection in March and that its steering gear was replaced last year.",
    "Ferry services between Port Anders and Sorrel are suspended until Thursday.",
)
BANK = (
    "Meridian Bank will close 62 of its branches and cut about 900 jobs by the end of next year as more customers move to its mobile app.",
    "The lender said branch visits had fallen by 58 per cent in five years, while nine out of ten payments were now made by phone.",
    "Chief executive Paula Strand said the decision was “painful but necessary” and promised that no village would be left without a cash machine.",
    "Unions reacted with anger. “This bank made record profits in spring and now it shows its staff the door,” said Dietmar Okell of the finance workers’ union.",
    "Shares in Meridian rose 3.1 per cent in morning trading.",
    "Ms Strand told analysts that the closures would save the bank 140 million crowns a year from 2027.",
    "The finance workers’ union has called a meeting of branch staff for Friday and has not ruled out a strike.",
)
TELESCOPE = (
    "Astronomers at the Calder Observatory have found a planet made almost wholly of iron, circling a dim red star 71 light years away.",
    "The planet, catalogued as CO-118b, is about the size of Mars but weighs more than the Earth, according to a study published on Wednesday.",
    "It races around its star once every nine hours, so close that its surface is probably molten.",
    "“Nothing in our models says that a planet like this should exist,” said Hanneke Brill, an astronomer at the observatory who led the study.",
    "Dr Brill and her team watched the star dim 340 times with a telescope built for the search for asteroids.",
    "One explanation is that a collision stripped the planet of its mantle and left only the core.",
    "The astronomers have asked for time on a larger telescope to look for traces of an atmosphere.",
)
CYCLIST = (
    "A 34-year-old man has been charged with causing death by dangerous driving after a cyclist was killed in the town of Wexcombe.",
    "Leonard Pask, 61, a retired postman, was riding home from choir practice on Mill Road on Saturday evening when he was hit by a van.",
    "He died at the scene despite the efforts of two nurses who had been passing.",
    "Police said the driver, Gareth Dunmow of Lower Wexcombe, would appear before magistrates on Thursday.",
    "Neighbours left flowers at the roadside and described Mr Pask as a man who “knew every dog on his round by name”.",
    "His daughter, Celia, said the family had asked the council for years to slow traffic on Mill Road.",
    "Anyone who saw a white van in the area between 8pm and 9pm is asked to call Wexcombe police.",
)
BRIEFS = (
    "Firefighters rescued four people from a burning apartment block in Lindau on Sunday night after a lightning strike set its roof alight, the city said.",
    "The central bank of Orsinia raised its key interest rate to 5.25 per cent on Monday, citing stubborn food prices.",
    "A ten-year-old girl from Bracken has become the youngest winner of the national spelling contest, officials announced Monday.",
    "Drugmaker Halvard will buy its smaller rival Penmark for 3.4 billion euros in cash, the two companies said in a joint statement.",
    "Striker Bo Tamsin scored twice as Redmoor beat Ashby 3-1 on Sunday to reach the cup final for the first time since 1987.",
)
EXPLAINER = (
    "The government will ban the sale of new gas boilers from 2031, the energy minister, Tomas Verrin, announced on Monday.",
    "What exactly is being banned?",
    "From January 2031 no new gas boiler may be sold or installed in a home. Boilers that are already in place may be repaired and used for as long as they last.",
    "Who will pay for the change?",
    "Households with low incomes will get a grant of up to 9,000 crowns towards a heat pump. Everyone else can take out a loan without interest from the state bank.",
    "“No one will be left in a cold home because of this law,” Mr Verrin said.",
    "Are there enough heat pumps?",
    "Not yet. Makers sold 41,000 heat pumps last year; the ministry reckons that 200,000 a year will be needed once gas boilers are gone.",
    "‘We lack the hands’",
    "Installers warn that there are too few of them. “We lack the hands, not the pumps,” said Rosa Quill, who trains heating engineers in Port Anders.",
    "What does the opposition say?",
    "The Farmers’ party wants to put the ban off until 2036. Its leader, Edvin Stolle, called the boiler law “an attack on every old house in the country”.",
)
FURNISHED = (
    "Receive free Meridian updates",
    *BANK[:2],
    "Advertisement",
    "Please use Chrome browser for a more accessible video player",
    "2:27",
    "Image: A Meridian branch in Port Anders. Pic: Calder Press",
    *BANK[2:5],
    "More from Business",
    *BANK[5:],
    "Follow us on Facebook and Twitter",
    "Updated: September 25, 2031, 1:53 PM",
    "Articles You May Like",
    "Goat elected mayor of mountain village for a third time",
    "Why your tomatoes split in August and what to do about it",
    "Actor Lionel Grebe says he never read the script",
)
LISTICLE = (
    "The Port Anders book fair opens on Friday. Here are five new books that its readers are waiting for.",
    "1. The Salt Road, by Maren Teller",
    "Teller’s third novel follows a family of salt traders through a hundred years. Her readers at the fair will queue around the hall, as they did for her last book.",
    "2. Nine Winters, by Osk Bramley",
    "Bramley spent nine winters in a lighthouse and has written a book about silence. The fair has given him its largest hall for a reading.",
    "3. A Small History of Soup, by Adela Finn",
    "Finn’s history of soup has sold 40,000 copies before the book fair has even begun, and she will cook for her readers on Sunday.",
    "4. The Bee Line, by Tor Askil",
    "Askil, a beekeeper, tells in his novel how a swarm brought two villages to court. He signs copies of the book on Saturday at the fair.",
    "5. Letters to a Cartographer, by Ilse Moy",
    "Moy found the letters of this novel in an attic. The book fair shows the originals beside her book until Monday.",
)
QUOTES = (
    "The coach of Port Anders Rovers, Sella Brandt, resigned on Sunday night after the team’s ninth defeat in a row.",
    "“I have given this club everything I had,” Brandt told reporters after the 4-0 loss to Calder United.",
    "“There comes a morning when you look at the players and you see that they need another voice.",
    "“I am proud of what we built here. I am not proud of this season.”",
    "She added: “Nobody pushed me. I decided on the bus.”",
    "The chairman of Rovers, Aldo Penn, thanked Brandt and said the club would name a new coach within a week.",
    "Rovers are bottom of the league with seven points and play Sorrel Athletic next Saturday.",
)
RUSSIAN = (
    "В городе Заречинске в среду открыли новый мост через реку Сольву, который строили четыре года.",
    "Мост длиной 740 метров соединил левый берег с промышленным районом, сообщила мэрия Заречинска.",
    "Мэр города Павел Лотарев сказал, что дорога через мост сократится с сорока минут до семи.",
    "«Мы ждали этот мост всю жизнь», — сказала жительница левого берега Анна Крушина.",
    "По словам Лотарева, строительство обошлось в 3,2 миллиарда рублей.",
    "Грузовикам проезд по мосту разрешат только с осени.",
)
SPANISH = (
    "El ayuntamiento de Villasorda aprobó este martes un plan para plantar 12.000 árboles en sus calles antes de 2030.",
    "La alcaldesa, Elvira Montalbo, explicó que los árboles bajarán la temperatura de las calles hasta cuatro grados.",
    "El plan costará nueve millones de euros y empezará por los barrios del sur de Villasorda.",
    "“Cada niño tendrá un árbol en su calle”, dijo Montalbo tras la votación.",
    "La oposición votó en contra porque, según su portavoz, Hugo Larrea, el plan no dice quién regará los árboles.",
    "Los vecinos podrán elegir las especies en una consulta que se abrirá en otoño.",
)
TITLES = (
    "Ferry runs aground off Sorrel with 214 on board",
    "Meridian Bank to close 62 branches",
    "Iron planet found 71 light years away",
    "Man charged over death of Wexcombe cyclist",
)
STORIES = (FERRY, BANK, TELESCOPE, CYCLIST)


def starts(
    paragraphs: tuple[str, ...], title: str | None = None, seen: Seen = splitting.NOTHING
) -> list[int]:
    return [segment.start for segment in split(paragraphs, title, seen=seen)]


def laid_end_to_end(stories: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], list[int]]:
    page: tuple[str, ...] = ()
    begins = []
    for story in stories:
        begins.append(len(page))
        page += story
    return page, begins


@pytest.mark.parametrize("turn", range(4))
def test_a_page_of_four_stories_is_cut_where_each_begins(turn: int) -> None:
    """Whatever their order, four stories laid end to end are found exactly."""
    page, begins = laid_end_to_end(STORIES[turn:] + STORIES[:turn])
    assert starts(page) == begins


def test_a_title_does_not_hide_the_other_stories() -> None:
    """A page named after its first story may still hold four."""
    page, begins = laid_end_to_end(STORIES)
    assert starts(page, TITLES[0]) == begins


def test_a_headline_line_belongs_to_the_story_below_it() -> None:
    """Where each story has its own headline line, the story starts there."""
    page, begins = laid_end_to_end(
        tuple((title, *story) for title, story in zip(TITLES, STORIES, strict=True))
    )
    assert starts(page) == begins


def test_furniture_between_stories_starts_nothing() -> None:
    """Prompts and labels between two stories stay with the story before them."""
    page, begins = laid_end_to_end(
        ((*FERRY, "Advertisement", "Share this article"), (*TELESCOPE, "Leave a Reply"))
    )
    assert starts(page) == begins


@pytest.mark.parametrize(
    "page",
    [FERRY, BANK, TELESCOPE, CYCLIST, EXPLAINER, FURNISHED, LISTICLE, QUOTES, RUSSIAN, SPANISH],
    ids=[
        "wire",
        "business",
        "science",
        "crime",
        "questions",
        "furniture",
        "list",
        "quotes",
        "russian",
        "spanish",
    ],
)
def test_a_page_of_one_story_stays_one(page: tuple[str, ...]) -> None:
    """Subheads, questions, quotes, lists, furniture and other languages are no reason to cut."""
    assert split(page) == (Segment(0, len(page)),)
    assert split(page, page[0]) == (Segment(0, len(page)),)


def test_headlines_and_names_alone_are_no_story() -> None:
    """A list of signatories or of other pages' headlines stays with the story above it."""
    signed = (
        "Professor Ansel Roke, University of Sorrel",
        "Dr Wilma Teck, Calder Institute",
        "Judge Imre Falk, Port Anders",
    )
    links = (
        "Goat elected mayor for a third time",
        "Why tomatoes split in August",
        "Actor says he never read the script",
    )
    assert starts(TELESCOPE + signed) == [0]
    assert starts(CYCLIST + links) == [0]
    assert starts(links + links) == [0]
    assert starts(links + FERRY) == [0]
    eager = replace(splitting.shipped(), candidate=-99.0, start=-50.0, page=0.0)
    page = links + TELESCOPE + signed
    segments = split(page, model=eager)
    assert len(segments) == len(TELESCOPE)
    assert all(set(page[part.start : part.stop]) & set(TELESCOPE) for part in segments)


def test_nothing_in_nothing_out() -> None:
    """An empty page has no segments; a line is a story; so is a page of furniture alone."""
    assert split([]) == ()
    assert split(["One line."]) == (Segment(0, 1),)
    assert split(["Advertisement", "2:27"]) == (Segment(0, 2),)


def test_a_story_known_from_elsewhere_is_cut_out() -> None:
    """Where the text alone says too little, another file's beginning decides, or that and another's end."""
    page = BANK[:4] + CYCLIST[:4]
    assert starts(page) == [0]
    assert starts(page, seen=Seen(starts=frozenset({4}))) == [0, 4]
    page = BANK[:3] + FERRY[:3]
    assert starts(page) == starts(page, seen=Seen(starts=frozenset({3}))) == [0]
    assert starts(page, seen=Seen(starts=frozenset({3}), ends=frozenset({2}))) == [0, 3]


def test_a_headline_above_a_known_beginning_belongs_to_it() -> None:
    """Runs are of sentences; the headline line between two of them goes to the story below it."""
    page = (*BANK[:4], TITLES[3], *CYCLIST[:4])
    assert starts(page, seen=Seen(starts=frozenset({5}), ends=frozenset({3}))) == [0, 4]


@pytest.mark.parametrize(
    "new",
    [
        ("Tugs have pulled the stranded Lady Margarethe off the sandbank near Sorrel, the coastguard said late on Tuesday.",),
        (
            "Tugs have pulled the stranded Lady Margarethe off the sandbank near Sorrel, the coastguard said late on Tuesday.",
            "The ferry was towed back to Port Anders, where divers will look at its rudder before any passengers go on board again.",
        ),
    ],
    ids=["one", "two"],
)  # fmt: skip
def test_new_paragraphs_on_top_of_a_known_story_do_not_part_from_it(new: tuple[str, ...]) -> None:
    """An update holds the whole of the older text, which begins and ends where the store knows it to."""
    page = new + FERRY
    assert starts(page, seen=Seen(starts=frozenset({len(new)}), ends=frozenset({len(page) - 1}))) == [0]


def test_a_known_beginning_among_its_own_kind_speaks_for_an_update() -> None:
    """Against a cut, where it speaks for one among strangers; where another story ends as well, always for one."""
    model = splitting.shipped()
    for lines, place, update in ((FERRY, 4, True), ((*FERRY[:4], *CYCLIST[:4]), 4, False)):
        page = gaps.measure(lines, [0] * len(lines), None, model.wording, "en")
        marks = np.zeros(len(lines))
        assert not splitting._evidence(page, marks, model).any()
        marks[place] = 1
        evidence = splitting._evidence(page, marks, model)
        assert (evidence[place] < 0) == update
        assert np.count_nonzero(evidence) == 1
        assert -model.seen * splitting.LEAST <= evidence[place] <= model.seen
        assert splitting._evidence(page, 2 * marks, model)[place] == 2 * model.seen


def test_what_is_known_of_other_pages_forces_nothing() -> None:
    """Marks inside a story that hangs together, on furniture, or beyond the page are no cut."""
    assert starts(FERRY, seen=Seen(starts=frozenset({5}))) == [0]
    assert starts(FURNISHED, seen=Seen(starts=frozenset({3}), ends=frozenset({99}))) == [0]
    page, begins = laid_end_to_end(STORIES)
    known = Seen(frozenset(begins), frozenset(begin - 1 for begin in begins[1:]))
    assert starts(page, seen=known) == begins


def test_learned_furniture_takes_no_part() -> None:
    """A promise that a source puts under each story starts nothing, and no story ends before it."""
    promise = (
        "The Anders Courier is printed on paper from trees that grew within a day's walk of its presses."
    )
    page = (*FERRY, promise, *TELESCOPE, promise)
    assert [part.start for part in split(page, furniture={promise})] == [0, len(FERRY) + 1]


def test_a_very_long_page_goes_through_in_windows() -> None:
    """Windows change nothing for a page that is longer than one of them."""
    page, begins = laid_end_to_end(STORIES)
    long_page = page * 16
    found = starts(long_page)
    assert len(long_page) > splitting.WINDOW
    assert found[0] == 0
    assert set(found) <= {begin + turn * len(page) for turn in range(16) for begin in begins}


line = st.one_of(
    st.sampled_from(FERRY + BANK + TELESCOPE + CYCLIST + FURNISHED + LISTICLE + RUSSIAN),
    st.text(max_size=80),
    st.just("東京都は火曜日、新しい橋を開通させたと発表した。"),
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(line, max_size=40),
    st.none() | st.text(max_size=40),
    st.frozensets(st.integers(0, 45), max_size=4),
    st.frozensets(st.integers(0, 45), max_size=4),
)
def test_segments_cover_the_page_in_order(
    page: list[str], title: str | None, begun: frozenset[int], ended: frozenset[int]
) -> None:
    """Whatever the page and what is known of it: no gap, no overlap, and the same again."""
    segments = split(page, title, seen=Seen(begun, ended))
    assert [segment.stop for segment in segments[:-1]] == [segment.start for segment in segments[1:]]
    assert all(segment.start < segment.stop for segment in segments)
    if page:
        assert (segments[0].start, segments[-1].stop) == (0, len(page))
    assert split(tuple(page), title, seen=Seen(begun, ended)) == segments


@pytest.mark.parametrize(
    "text",
    [
        *FERRY, *EXPLAINER, *LISTICLE, *RUSSIAN, *SPANISH, *TITLES,
        "Share prices fell on Tuesday.", "More than 40 people were hurt.", "Police asked drivers to follow the signs on Mill Road.",
        "Image: A Meridian branch in Port Anders. Pic: Calder Press", "The two sides agreed on a privacy law.",
        "Cookies were handed out to the children who had waited.", "Comments by the minister drew anger.",
    ],
)  # fmt: skip
def test_news_is_no_furniture(text: str) -> None:
    """What tells something stays, headlines and captions included."""
    assert not is_furniture(text)


def test_every_column_has_a_name() -> None:
    """The trees ask about columns by number; whoever reads them finds the names, also in split.json."""
    page = gaps.measure(FERRY, [0] * len(FERRY), None, splitting.shipped().wording, "en")
    data = json.loads(resources.files("newsloom.core").joinpath("split.json").read_text("utf-8"))
    assert gaps.near(page).shape == (len(FERRY) - 1, len(columns()))
    assert columns() == data["columns"]


def test_the_model_says_where_it_comes_from() -> None:
    """Coefficients ship with the data they were fitted on and how well they did."""
    data = json.loads(resources.files("newsloom.core").joinpath("split.json").read_text("utf-8"))
    assert {"fitted_on", "method", "held_out"} <= data["provenance"].keys()


def test_a_page_of_briefs_is_cut_at_each() -> None:
    """A paragraph each, with a headline of its own or without, told by nothing but that none goes with another."""
    assert [segment.start for segment in split(BRIEFS, "Morning briefing")] == [0, 1, 2, 3, 4]
    heads = (
        "Four rescued in Lindau",
        "Rates up again",
        "Spelling champion",
        "Halvard buys",
        "Redmoor in final",
    )
    lines = [line for pair in zip(heads, BRIEFS, strict=True) for line in pair]
    assert [segment.start for segment in split(lines, "Morning briefing")] == [0, 2, 4, 6, 8]


def test_the_items_of_a_newsletter_are_told_apart() -> None:
    """Each ends with a link to the rest; the subject names some of them, and there is no story in what stands around."""
    items = [line for k, brief in enumerate(BRIEFS, 1) for line in (f"{k}. Item", f"{brief} [Read more]")]
    around = (
        "Good morning! Here is what you need to know today.",
        "You are receiving this email because you asked for it.",
        "Unsubscribe",
    )
    page = [around[0], *items, *around[1:], "The Gazette, 14 Printing House Lane, Merrow"]
    assert [segment.start for segment in split(page, " ".join(BRIEFS))] == [0, 3, 5, 7, 9]


def test_what_is_short_is_no_page_of_briefs() -> None:
    """Three paragraphs are too few to tell; the beginning of a story holds together; other languages are worded otherwise; sentences are no paragraphs."""
    assert len(split(BRIEFS[:3], "Morning briefing")) == 1
    assert len(split(BRIEFS, "Morning briefing", language="es")) == 1
    assert len(split(BRIEFS, "Morning briefing", in_lines=False)) == 1
    for story in (FERRY, BANK, TELESCOPE, CYCLIST):
        assert len(split(story[:5], None)) == 1
