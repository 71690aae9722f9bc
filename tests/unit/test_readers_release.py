"""What an agency withdraws, or has not released yet, is no article."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.readers import Limits, read

NOW = datetime.now(UTC)
AHEAD, PAST = ((NOW + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:00Z") for days in (3, -3))
TEXT = "The ferry Alma was pulled off a sandbank outside Port Merrow early on Wednesday."


def ninjs(**fields: object) -> str:
    return json.dumps(
        {"uri": "urn:newsml:wire.example:1", "headline": "Ferry freed", "body_text": TEXT, **fields}
    )


def g2(inside: str) -> str:
    return (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:wire.example:1"><itemMeta>'
        f"<itemClass qcode='ninat:text'/>{inside}</itemMeta><contentMeta><headline>Ferry freed</headline></contentMeta>"
        f"<contentSet><inlineXML><html xmlns='http://www.w3.org/1999/xhtml'><body><p>{TEXT}</p></body></html></inlineXML>"
        "</contentSet></newsItem>"
    )


def newsml(inside: str) -> str:
    return (
        "<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>wire.example</ProviderId><DateId>20260318</DateId>"
        f"<NewsItemId>1</NewsItemId></NewsIdentifier></Identification><NewsManagement>{inside}</NewsManagement>"
        "<NewsComponent><NewsLines><HeadLine>Ferry freed</HeadLine></NewsLines><ContentItem><DataContent>"
        f"<p>{TEXT}</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
    )


def nitf(status: str, release: str = "") -> str:
    released = f'<date.release norm="{release}"/>' if release else ""
    return (
        f'<nitf><head><docdata{status}><doc-id id-string="ferry-1"/>{released}</docdata></head><body>'
        f"<body.content><p>{TEXT}</p></body.content></body></nitf>"
    )


def one(folder: Path, data: str) -> Article:
    path = folder / "a"
    path.write_text(data)
    (found,) = read(str(path), Limits())
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (ninjs(pubstatus="canceled"), "urn:newsml:wire.example:1"),
        (ninjs(pubStatus="canceled", body_text=""), "urn:newsml:wire.example:1"),
        (ninjs(pubstatus="canceled", uri="tp 2"), "'tp 2'"),
        (json.dumps({"data": {"item": json.loads(ninjs(pubstatus="canceled"))}}), "urn:newsml:wire.example:1"),
        (g2('<pubStatus qcode="stat:canceled"/>'), "urn:newsml:wire.example:1"),
        (g2('<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"/>'), "urn:newsml:wire.example:1"),
        (newsml('<Status FormalName="Canceled"/>'), "urn:newsml:wire.example:20260318:1"),
        (nitf(' management-status="canceled"'), "ferry-1"),
    ],
)  # fmt: skip
def test_withdrawn(tmp_path: Path, data: str, name: str) -> None:
    """The refusal names the article, and how what was decided before is removed."""
    with pytest.raises(BadFile) as caught:
        one(tmp_path, data)
    assert caught.value.reason == "withdrawn"
    assert f"`newsloom forget {name}` removes" in caught.value.detail


@pytest.mark.parametrize(
    "data",
    [
        ninjs(embargoed=AHEAD),
        ninjs(pubstatus="withheld", embargoed=AHEAD),
        ninjs(pubStatus="usable", embargoed=AHEAD),
        g2(f"<embargoed>{AHEAD}</embargoed>"),
        g2(f'<embargoed>{AHEAD}</embargoed><pubStatus qcode="stat:withheld"/>'),
        newsml(
            f'<Status FormalName="Embargoed"/><StatusWillChange><FutureStatus FormalName="Usable"/><DateAndTime>{AHEAD}</DateAndTime></StatusWillChange>'
        ),
        nitf(' management-status="embargoed"', AHEAD),
    ],
)
def test_embargoed(tmp_path: Path, data: str) -> None:
    """The refusal says until when, and how it is submitted again."""
    with pytest.raises(BadFile) as caught:
        one(tmp_path, data)
    assert caught.value.reason == "embargoed"
    until = f"until {AHEAD[:10]} {AHEAD[11:16]} UTC; `newsloom quarantine retry --reason embargoed`"
    assert until in caught.value.detail


@pytest.mark.parametrize(
    "data",
    [
        ninjs(pubstatus="withheld"),
        g2("<embargoed/>"),
        g2('<pubStatus qcode="stat:withheld"/>'),
        newsml('<Status FormalName="Withheld"/>'),
        nitf(' management-status="withheld"', PAST),
    ],
)
def test_withheld_until_further_notice(tmp_path: Path, data: str) -> None:
    with pytest.raises(BadFile, match="until further notice") as caught:
        one(tmp_path, data)
    assert caught.value.reason == "embargoed"


@pytest.mark.parametrize(
    "data",
    [
        ninjs(pubstatus="usable"),
        ninjs(pubstatus="withheld", embargoed=PAST),
        ninjs(embargoed=False),
        ninjs(embargoed=None, pubstatus=""),
        g2(f'<embargoed>{PAST}</embargoed><pubStatus qcode="stat:usable"/>'),
        newsml(
            f'<Status FormalName="Embargoed"/><StatusWillChange><FutureStatus FormalName="Usable"/><DateAndTime>{PAST}</DateAndTime></StatusWillChange>'
        ),
        newsml(
            f'<Status FormalName="Usable"/><StatusWillChange><FutureStatus FormalName="Canceled"/><DateAndTime>{AHEAD}</DateAndTime></StatusWillChange>'
        ),
        nitf(' management-status="embargoed"', PAST),
        nitf("", AHEAD),
    ],
)
def test_released(tmp_path: Path, data: str) -> None:
    """An embargo that is over, and one that nobody speaks of, does not count."""
    assert TEXT in one(tmp_path, data).text


def test_an_embargo_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file is read once its time has come."""
    data = ninjs(pubstatus="withheld", embargoed=AHEAD)
    with pytest.raises(BadFile):
        one(tmp_path, data)
    later_s = time.time() + 4 * 86_400
    monkeypatch.setattr(time, "time", lambda: later_s)
    assert one(tmp_path, data).text == TEXT
