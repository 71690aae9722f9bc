"""Answers that are no articles, as servers and their guards word them, and news that resembles them."""

import pytest

from newsloom.readers.refusal import MAX_CHARS, refusal


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
        (None, "Not Found\nThe requested URL /news/7 was not found on this server."),
        ("Request Rejected", "The requested URL was rejected. Please consult with your administrator."),
        ("Page not found - The Harnby Post", "Sorry, the page you are looking for could not be found."),
        ("503 Service Temporarily Unavailable", "503 Service Temporarily Unavailable"),
        (None, "Error 404\nThis article has been moved or deleted. Go to our homepage."),
    ],
)  # fmt: skip
def test_what_is_said_in_place_of_an_article(title: str | None, text: str) -> None:
    """Blocked, missing or broken: no news."""
    assert refusal(title, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Access denied", "Reporters were kept from the court of Harnby on Monday, though the trial is public."),
        ("404", "The band 404 has split up after nine years, its singer Dara Voss said."),
        ("Page not found: how a library lost its oldest book", "The first page of the Harnby psalter is gone."),
        ("Forbidden city opens at night", "Visitors may see the palace by lamp light from Friday."),
        (None, "Voters had to verify their age.\nThe website of the election office was down for an hour."),
        ("Outage", "Readers saw “Checking your browser before accessing” for hours on Friday. " + "It was a bad day. " * 70),
        ("Ferry sinks", "Ferry sinks"),
        (None, ""),
    ],
)  # fmt: skip
def test_news_that_resembles_it(title: str | None, text: str) -> None:
    """A headline alone condemns no text that tells something."""
    assert refusal(title, text) is None


def test_it_takes_little_time() -> None:
    """Whatever is repeated in a text."""
    for piece in ("the requested url ", "you do not have permission to access ", "page ", "404 \n", "error "):
        assert refusal(piece * 90, (piece * 400)[:MAX_CHARS]) in (None, piece.strip())
