"""Scanned pages in hOCR."""

import html
import time
from pathlib import Path

import pytest

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import Limits, read


def one(folder: Path, data: str, limits: Limits = Limits()) -> Article:  # noqa: B008
    path = folder / "a"
    path.write_text(data)
    (found,) = read(str(path), limits)
    assert isinstance(found, Article)
    return found


def line(text: str, kind: str = "ocr_line") -> str:
    words = " ".join(
        f"<span class='ocrx_word' title='x_wconf 93'>{html.escape(word)}</span>" for word in text.split()
    )
    return f'<span class="{kind}" id="line_1_1" title="bbox 1 2 3 4; baseline 0 -5">{words}\n</span>\n'


def page(*paragraphs: str, language: str = "eng") -> str:
    inside = "".join(f'<p class="ocr_par" lang="{language}">{one}</p>\n' for one in paragraphs)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "x">\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en"><head><title>scan7.tif</title>'
        '<meta name="ocr-system" content="tesseract 5.3.0"/></head><body><div class="ocr_page" title="image p1.tif">'
        f'<div class="ocr_carea">{inside}</div></div></body></html>'
    )


def test_lines_run_on_within_a_paragraph(tmp_path: Path) -> None:
    """A word that a line cut is whole again; the name of the picture is no headline."""
    scan = page(
        line("HOPE FADING", "ocr_header"), line("Rock fell in the Bott-") + line("om Seam of Stan¬") + line("ley, an eleven-"),
        line("Mr. Aske, of Port-") + line("Merrow, left –") + line("he said."),
    )  # fmt: skip
    found = one(tmp_path, scan)
    assert (
        found.text
        == "HOPE FADING\nRock fell in the Bottom Seam of Stanley, an eleven-\nMr. Aske, of Port-Merrow, left – he said."
    )
    assert found.title is None
    assert found.language == "en"


def test_its_language_is_that_of_a_paragraph(tmp_path: Path) -> None:
    """What Tesseract says of the page is always English."""
    assert one(tmp_path, page(line("Die Fähre lief auf Grund."), language="deu")).language == "de"


def test_lines_without_words_and_paragraphs(tmp_path: Path) -> None:
    scan = '<html><body><div class="ocr_page"><span class="ocr_line">The ferry</span><span class="ocr_line">sank.</span></div></body></html>'
    assert one(tmp_path, scan).text == "The ferry sank."


def test_nothing_recognised(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="No text was recognised") as caught:
        one(tmp_path, page(line("– .")))
    assert caught.value.reason == "no_text"


def test_a_scan_is_bounded(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="more than 400 elements") as caught:
        one(tmp_path, page(line("The ferry sank. " * 150)), Limits(max_elements=100))
    assert caught.value.reason == "too_large"


def test_nested_lines_take_no_time(tmp_path: Path) -> None:
    began_s = time.monotonic()
    one(tmp_path, "<html><body>The ferry." + '<span class="ocr_line">The ferry sank.' * 20_000)
    assert time.monotonic() - began_s < 20
