"""Addresses and other settings, as the environment spells them."""

import pydantic
import pytest

from newsloom.settings import Settings
from newsloom.worker.app import consumer_url


@pytest.mark.parametrize(
    ("given", "consumed"),
    [
        ("redis://host", "newsloom://host"),
        ("redis://host:6380/2", "newsloom://host:6380/2"),
        ("redis://host?db=3", "newsloom://host/3"),
        ("redis://host/3/", "newsloom://host/3"),
        ("redis://host/3?client_name=desk&protocol=3&socket_timeout=5", "newsloom://host/3"),
        ("redis://:p%40ss@host:6379/0", "newsloom://:p%40ss@host:6379/0"),
        ("rediss://loom:secret@host:6390/1", "newsloom://loom:secret@host:6390/1"),
        ("rediss://host/0?ssl_ca_certs=%2Fca.pem", "newsloom://host/0?ssl_ca_certs=%2Fca.pem"),
        ("unix:///run/s.sock", "newsloom+socket:///run/s.sock?virtual_host=0"),
        ("unix:///run/s.sock?db=4", "newsloom+socket:///run/s.sock?virtual_host=4"),
    ],
)
def test_addresses(monkeypatch: pytest.MonkeyPatch, given: str, consumed: str) -> None:
    """redis://, rediss:// and unix:// are taken as redis-py writes them, and spelt for the worker's transport."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", given)
    url = Settings().redis_url
    assert url is not None
    assert url.get_secret_value() == given
    assert consumer_url(given) == consumed


@pytest.mark.parametrize(
    "given", ["http://host", "host:6379", "redis:host", "amqp://host", "sentinel://host"]
)
def test_other_addresses_are_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """Anything else is refused, with what to give instead."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", given)
    with pytest.raises(pydantic.ValidationError, match="redis://, rediss:// or unix://"):
        Settings()


@pytest.mark.parametrize("name", ["NEWSLOOM_REDIS_URL", "NEWSLOOM_BROKER_URL", "NEWSLOOM_BRIDGE_URL"])
@pytest.mark.parametrize(
    "given",
    [
        "redis://host/articles",
        "redis://host?db=articles",
        "redis://host?colour=red",
        "redis://host?ssl_cert_reqs=none",
        "redis://host?decode_responses=true",
        "redis://:p/hush@host",
        "redis://:hush@host:99999",
    ],
)
def test_no_connection_can_be_made_by_it(monkeypatch: pytest.MonkeyPatch, name: str, given: str) -> None:
    """Where that is so by the address alone it is said at once, to a worker as to any command, and without its password."""
    monkeypatch.setenv(name, given)
    with pytest.raises(pydantic.ValidationError, match=r"not a valid URL|does not know") as refused:
        Settings()
    assert "hush" not in str(refused.value)


def test_the_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings can be printed and logged."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", "rediss://loom:hush@host")
    assert "hush" not in f"{Settings()!r} {Settings()}"


def test_an_empty_variable_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compose file passes on variables that are not set as empty ones."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", "")
    monkeypatch.setenv("NEWSLOOM_CONCURRENCY", "")
    assert Settings().redis_url is None
    assert Settings().concurrency is None
