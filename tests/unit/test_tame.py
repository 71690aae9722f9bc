"""What came from outside can neither steer a terminal nor tell a password, in logs and in what is printed."""

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from newsloom import bootstrap
from newsloom.log import configure
from newsloom.settings import Settings
from newsloom.tame import escaped, redacted, tamed

HOSTILE = "a\x1b]0;pwned\x07\x9b31m\x00\u202egpj.exe\u2066\ud800\u2028end"
DANGEROUS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.fixture(autouse=True)
def logging_as_before() -> Any:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@given(st.text(st.characters()))
def test_nothing_dangerous_is_left(text: str) -> None:
    """Whatever the text: no control code, no override, no half character; a text without any stays as it is."""
    assert not DANGEROUS.search(tamed(text))
    tamed(text).encode()
    if not DANGEROUS.search(text):
        assert tamed(text) == text


@given(st.text(st.characters()))
def test_a_line_of_json_says_the_same(text: str) -> None:
    """Escaped, it is read back as it was."""
    line = escaped(json.dumps({"title": text}, ensure_ascii=False))
    assert not DANGEROUS.search(line)
    assert json.loads(line) == {"title": text}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("redis://user:geheim@host:6379/0", "redis://***@host:6379/0"),
        ("redis://:geheim@host", "redis://***@host"),
        ("two: https://a:geheim@x.example/p and s3://geheim@b/k", "two: https://***@x.example/p and s3://***@b/k"),
        ("rediss://user:ge@heim@host/1", "rediss://***@host/1"),
        ("https://x.example/a?X-Amz-Signature=geheim&b=2", "https://x.example/a?X-Amz-Signature=***&b=2"),
        ("https://x.example/a?id=7&access_token=geheim", "https://x.example/a?id=7&access_token=***"),
        ("https://x.example/a?api_key=geheim#top", "https://x.example/a?api_key=***#top"),
    ],
)  # fmt: skip
def test_passwords_are_left_out(text: str, told: str) -> None:
    """Of every address in a text; all the rest stays."""
    assert redacted(text) == told


@pytest.mark.parametrize(
    "text",
    ["https://x.example/a?sort=signature", "mail a@b.example", "https://x.example/@user/1", "12:30@home"],
)
def test_what_is_no_password_stays(text: str) -> None:
    """An @ in a path, a mail address, an ordinary parameter."""
    assert redacted(text) == text


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_log_lines_are_tame(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Titles, file names and foreign messages, in both forms, and at any depth; no password in any of them."""
    configure(Settings(log_format=log_format))
    secret = "https://user:geheim@news.example/feed"
    structlog.get_logger().info(
        "file_quarantined", file=HOSTILE, url=secret, deep={"list": [HOSTILE, secret], HOSTILE: 1}
    )
    logging.getLogger("kombu.connection").warning(
        "cannot reach %s over %s", HOSTILE, "redis://:geheim@host/0"
    )
    try:
        Path(secret).read_bytes()
    except FileNotFoundError:
        structlog.get_logger().exception("failed", file=secret)
    told = capsys.readouterr().out
    assert "geheim" not in told
    assert told.count("***@") >= 5
    assert "\x1b]" not in told
    left = re.sub(r"\x1b\[[0-9;]*m", "", told) if log_format == "console" else told  # structlog's own colours
    assert not DANGEROUS.search(left)
    if log_format == "json":
        first = json.loads(told.splitlines()[0])
        assert first["file"] == HOSTILE.replace("\ud800", "?")


def test_commands_print_tamely(cli: Callable[..., Any], tmp_path: Path) -> None:
    """``events``, ``show``, ``explain``, ``tail`` and the quarantine show hostile names as text, never obey them."""
    folder = tmp_path / "in\x1b[2J\u202e"
    folder.mkdir()
    good, bad = folder / "good.json", folder / "bad.json"
    text = "The old mill at the river stopped its last wheel on Sunday, and nobody came to see it stop. " * 5
    good.write_text(json.dumps({"title": "Mill\x1b[31m \u202estops", "maintext": text}))
    bad.write_text("{")
    bootstrap.intake().files([str(good), str(bad), "https://user:geheim@x.example/a"], run="r")
    (story,) = bootstrap.store().stories()
    assert {entry.reason for entry in bootstrap.quarantine().entries()} == {"not_allowed", "truncated"}
    for argv in (
        ["events"], ["show", story.event], ["explain", story.member.story], ["quarantine", "list"],
        ["quarantine", "list", "--json"], ["tail", "--from-start", "--count", 1], ["stats"], ["export"],
    ):  # fmt: skip
        told = cli(*argv)
        assert told.code == 0, told
        assert "\x1b" not in told.out, argv
        assert "\u202e" not in told.out, argv
        assert "geheim" not in told.out + str(bootstrap.client().hgetall("newsloom:{quarantine}")), argv
