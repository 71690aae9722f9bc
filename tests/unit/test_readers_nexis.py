"""Downloads from LexisNexis: where a document begins, what its tags say, and where its text ends."""

from datetime import datetime
from pathlib import Path

import pytest

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import BadRecord, Limits, read

LIMITS = Limits()


def told(folder: Path, data: str | bytes, limits: Limits = LIMITS) -> list[Article | BadRecord]:
    path = folder / "a.txt"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(read(str(path), limits))


def only(folder: Path, data: str | bytes) -> Article:
    (found,) = told(folder, data)
    assert isinstance(found, Article)
    return found


def at(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def document(
    number: str = "1 of 1 DOCUMENTS", text: str = "The mill burned down.\n\nNobody was hurt."
) -> str:
    return f"""

                               {number}



                              The Merrow Gazette

                             March 3, 2014 Monday
                             Late Edition - Final

Fire at the old mill

BYLINE: Nele Harbeck

SECTION: Section A; Pg. 1

LENGTH: 1,012 words


{text}

LOAD-DATE: March 4, 2014

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper


                   Copyright 2014 Gazette Publishing
                          All Rights Reserved

"""


@pytest.mark.parametrize(
    "number",
    [
        "{} of 2 DOCUMENTS", "{} of 2 documents", "FOCUS - {} of 2 DOCUMENTS", "Document {} of 2", "DOCUMENT {} OF 2",
        "Dokument {} von 2", "Document {} de 2", "Documento {} de 2", "\f{} of 2 DOCUMENTS  ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_number_begins_an_article(tmp_path: Path, number: str, end: str) -> None:
    """Whatever the language of the site; numbers count in one download, so that they are no ids."""
    bundle = document(number.format(1)) + document(number.format(2), "The mill is saved.")
    one, two = told(tmp_path, bundle.replace("\n", end))
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert (one.text, two.text) == ("The mill burned down.\nNobody was hurt.", "The mill is saved.")
    for found in (one, two):
        assert (found.title, found.source, found.language) == (
            "Fire at the old mill",
            "The Merrow Gazette",
            "en",
        )
        assert (found.published_s, found.id, found.url) == (at("2014-03-03T00:00Z"), None, None)


@pytest.mark.parametrize(
    "text",
    [
        "1 of 30 documents was lost in the fire.",
        "A fire\n\n1 of 30 DOCUMENTS\n\nwas lost.",
        "Merrow: a fire: 3\n\nThe mill burned down.",
        "1 of 30 DOCUMENTS was lost\n\n2 of 30 DOCUMENTS\n\nwere not.",
    ],
)
def test_what_only_looks_like_a_download(tmp_path: Path, text: str) -> None:
    """A number counts where it stands alone, and above all else."""
    assert only(tmp_path, text).text == "\n".join(filter(None, text.split("\n")))


def test_a_download_with_a_cover(tmp_path: Path) -> None:
    """What was asked for, by whom, is no article."""
    cover = (
        "\n\n\nDownload Request: Selected Items: 1-30\nTime Of Request: Friday, March 20, 2018  16:51:31\n\n"
        "Send To:\nLIBRARY\nMERROW\n\nTerms: (mill and fire)\n\nSource: The Merrow Gazette\nProject ID: None\n\n"
    )
    assert only(tmp_path, cover + document()).title == "Fire at the old mill"


GERMAN = """                              Dokument 1 von 1

                              Merrower Anzeiger

                            Mittwoch 31. August 2011

Brand in der alten Mühle;
Niemand verletzt

AUTOR: NH Merrow

RUBRIK: S. 7 Ausg. 167

LÄNGE: 306 Wörter

Die alte Mühle in Merrow ist am Dienstag
abgebrannt.

UPDATE: 2. September 2011

SPRACHE: GERMAN; DEUTSCH

PUBLICATION-TYPE: Zeitung


                        Copyright 2011 Anzeiger Verlag
                            Alle Rechte vorbehalten
"""
FRENCH = """                              Document 1 de 1

                               Le Courrier

                               17 mai 2003

Incendie au vieux moulin

AUTEUR: Nele Harbeck

RUBRIQUE: FAITS DIVERS

LONGUEUR: 543 mots


Le vieux moulin a brûlé mardi.

DATE-CHARGEMENT: 04 novembre 2003

LANGUE: FRENCH; FRANÇAIS

TYPE-PUBLICATION: Quotidien

                            Copyright 2003 Le Courrier
                              Tous droits réservés
"""
SPANISH = """                              Documento 1 de 1

                               El Correo

                          3 de marzo de 2014 lunes

Incendio en el viejo molino

SECCIÓN: LOCAL

LONGITUD: 210 palabras

El viejo molino ardió el martes.

FECHA-CARGA: 4 de marzo de 2014

IDIOMA: SPANISH; ESPAÑOL

                            Copyright 2014 El Correo
                         Todos los derechos reservados
"""
OLD = """                               1 of 1 DOCUMENTS

                    Copyright 1999 Gazette Publishing
                          The Merrow Gazette

           September 12, 1999, Sunday, Late Edition - Final

SECTION: Section A; Column 6; Page 1

LENGTH: 1012 words

HEADLINE: Fire at
the old mill

BYLINE:  By NELE HARBECK

DATELINE: MERROW, Sept. 11

BODY:
The mill burned down.

   Nobody was hurt.
   The owner was away.

GRAPHIC: Photo: The mill.

LANGUAGE: ENGLISH
LOAD-DATE: September 12, 1999
"""


DOWNLOADS = {
    GERMAN: ("Brand in der alten Mühle; Niemand verletzt", "Merrower Anzeiger", "de", "2011-08-31",
             "Die alte Mühle in Merrow ist am Dienstag abgebrannt."),
    FRENCH: ("Incendie au vieux moulin", "Le Courrier", "fr", "2003-05-17", "Le vieux moulin a brûlé mardi."),
    SPANISH: ("Incendio en el viejo molino", "El Correo", "es", "2014-03-03", "El viejo molino ardió el martes."),
    OLD: ("Fire at the old mill", "The Merrow Gazette", "en", "1999-09-12",
          "The mill burned down.\nNobody was hurt. The owner was away."),
}  # fmt: skip


@pytest.mark.parametrize("data", DOWNLOADS, ids=["German", "French", "Spanish", "old"])
@pytest.mark.parametrize("charset", ["utf-8", "cp1252", "utf-16"])
def test_downloads_of_other_languages_and_years(tmp_path: Path, data: str, charset: str) -> None:
    """Their tags and dates in their own words, in any charset."""
    title, source, language, day, text = DOWNLOADS[data]
    found = only(tmp_path, data.encode(charset))
    assert (found.title, found.source, found.language) == (title, source, language)
    assert (found.published_s, found.text) == (at(f"{day}T00:00Z"), text)


@pytest.mark.parametrize(
    ("lines", "moment"),
    [
        ("March 3, 2014 Monday 10:15 AM EST", "2014-03-03T15:15Z"),
        ("March 3, 2014 Monday\n                              10:15 AM EST", "2014-03-03T15:15Z"),
        ("March 3, 2014 Monday\n\n                         Late Edition - Final\n   10:15 AM EST", "2014-03-03T15:15Z"),
        ("March 3, 2014 Monday 10:15 AM Eastern Time", "2014-03-03T00:00Z"),
        ("March 3, 2014, Monday, Final Edition", "2014-03-03T00:00Z"),
        ("January 20, 2009 Tuesday 8:27 PM AEST", "2009-01-20T10:27Z"),
        ("24. September 2002\n\n                         September 24, 2002", "2002-09-24T00:00Z"),
        ("March 2014", None),
        ("Spring, 2014", None),
    ],
)  # fmt: skip
def test_dates(tmp_path: Path, lines: str, moment: str | None) -> None:
    """With a time of day wherever it stands; a month alone is no day, and when it was put in is not when it was out."""
    found = only(tmp_path, document().replace("March 3, 2014 Monday", lines, 1))
    assert found.published_s == (at(moment) if moment else None)
    assert (found.title, found.source) == ("Fire at the old mill", "The Merrow Gazette")


@pytest.mark.parametrize(
    ("cut", "put", "title"),
    [
        ("Fire at the old mill\n\nBYLINE: Nele Harbeck\n", "BYLINE: Nele Harbeck\n\nFire at the old mill\n", "Fire at the old mill"),
        ("Fire at the old mill\n", "Fire at\nthe old mill\n", "Fire at the old mill"),
        ("Fire at the old mill\n", "UKRAINE: Fire at the old mill\n", "UKRAINE: Fire at the old mill"),
        ("Fire at the old mill\n", "", None),
        ("\n\nSECTION: Section A; Pg. 1\n\n", "\nSECTION: Section A; Pg. 1\n", "Fire at the old mill"),
        ("LENGTH: 1,012 words\n", "", "Fire at the old mill"),
        ("BYLINE: Nele Harbeck\n\nSECTION: Section A; Pg. 1\n\nLENGTH: 1,012 words\n", "", "Fire at the old mill"),
        ("LENGTH: 1,012 words\n", "LENGTH: 1,012 words\n\nDATELINE: MERROW\n\nHIGHLIGHT: A mill is gone.\n\nGRAPHIC: A map\n", "Fire at the old mill"),
    ],
)  # fmt: skip
def test_titles_and_tags_in_any_order(tmp_path: Path, cut: str, put: str, title: str | None) -> None:
    """The title is what has no tag above the length; none is made up."""
    assert cut in document()
    found = only(tmp_path, document().replace(cut, put, 1))
    assert (found.title, found.text) == (title, "The mill burned down.\nNobody was hurt.")
    assert found.published_s == at("2014-03-03T00:00Z")


def test_a_download_without_its_blanks(tmp_path: Path) -> None:
    """What stood in the middle is told by the date."""
    found = only(tmp_path, "\n".join(map(str.strip, document().split("\n"))))
    assert (found.title, found.source) == ("Fire at the old mill", "The Merrow Gazette")
    assert (found.published_s, found.language) == (at("2014-03-03T00:00Z"), "en")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("The mill burned\ndown on Monday.\n\n\nNobody was\nhurt.", ["The mill burned down on Monday.", "Nobody was hurt."]),
        ("   The mill burned\ndown.\n   Nobody was\nhurt.", ["The mill burned down.", "Nobody was hurt."]),
        ("It is gone.\n\nUPDATE: The police have come.\n\nIt is late.", ["It is gone.", "UPDATE: The police have come.", "It is late."]),
        ("It is gone.\n\nPERSON: who was there.", ["It is gone.", "PERSON: who was there."]),
        ("It is gone.\n\nPERSON: OSKAR BRANDT (90%)", ["It is gone."]),
        ("It is gone.\n\nCopyright was no matter.", ["It is gone.", "Copyright was no matter."]),
        ("It is gone.\nURL: https://gazette.example.com/mill", ["It is gone."]),
        ("It is gone.\n\nGRAPHIC: The mill.\n\n(PHOTOGRAPH BY T. MERLIN)\n\nSUBJECT: MILLS (90%)", ["It is gone."]),
        ("<p>It is gone.</p><p>All &amp; sundry.</p>", ["It is gone.", "All & sundry."]),
        ("", ["Fire at the old mill"]),
        ("LENGTH: 7 words", ["Fire at the old mill"]),
    ],
)  # fmt: skip
def test_where_paragraphs_and_texts_end(tmp_path: Path, text: str, lines: list[str]) -> None:
    """A paragraph at a blank line or an indent, a text at the first tag that stands below one, where it cannot be prose."""
    assert only(tmp_path, document(text=text)).text.split("\n") == lines


def test_a_text_above_its_length(tmp_path: Path) -> None:
    """Where there is none below, it is what stands between the title and the length."""
    data = document(text="").replace("LENGTH", "It is gone.\n\nNobody was\nhurt.\n\nLENGTH", 1)
    found = only(tmp_path, data)
    assert (found.title, found.text) == ("Fire at the old mill", "It is gone.\nNobody was hurt.")


def test_addresses(tmp_path: Path) -> None:
    """One that is broken is put together; the front page of a site is that of no article."""
    broken = "It is gone.\n\nURL: https://gazette.example.com/2014/03/03/\nfire-at-the-old-mill"
    assert (
        only(tmp_path, document(text=broken)).url
        == "https://gazette.example.com/2014/03/03/fire-at-the-old-mill"
    )
    front = "It is gone.\n\nURL: http://www.gazette.example.com"
    assert only(tmp_path, document(text=front)).url is None


def test_a_broken_document_among_others(tmp_path: Path) -> None:
    """Each is refused for itself, and the next one is read."""
    number = "                               7 of 9 DOCUMENTS\n"
    parts = [
        document(),
        number,
        document(text="\0\0\0"),
        document(text="long " * 4_000),
        number * 2,
        document(),
    ]
    found = told(tmp_path, "".join(parts), Limits(max_article_bytes=10_000))
    assert [one.reason if isinstance(one, BadRecord) else "read" for one in found] == [
        "read", "no_text", "binary", "too_large", "no_text", "no_text", "read",
    ]  # fmt: skip
    assert [one.index for one in found] == list(range(7))
    path = str(tmp_path / "a.txt")
    for start in range(1, 9):
        assert list(read(path, Limits(max_article_bytes=10_000), start=start)) == found[start:]
    with pytest.raises(BadFile, match="neither text nor title; download it again"):
        told(tmp_path, number)
