"""Settings come from the environment, and say what is wrong with them."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from newsloom.readers import Limits
from newsloom.settings import Settings
from newsloom.store.values import Caps


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    """None of the settings of whoever runs the tests."""
    for name in list(os.environ):
        if name.upper().startswith("NEWSLOOM_"):
            monkeypatch.delenv(name)


def test_nothing_needs_to_be_set():
    """Without any variable newsloom runs its own server and keeps its data with the user's."""
    settings = Settings()
    assert settings.redis_url is None
    assert settings.data_dir == Path.home() / ".local" / "share" / "newsloom"
    assert settings.queue == "newsloom.ingest"
    assert settings.soft_time_limit_s < settings.hard_time_limit_s
    assert settings.log_format == "auto"


def test_the_defaults_are_those_of_the_store():
    """One number, said in two places, is one number."""
    settings, caps = Settings(), Caps()
    assert (settings.posting_cap, settings.candidate_cap, settings.member_cap) == (
        caps.postings, caps.candidates, caps.members,
    )  # fmt: skip
    assert (settings.stream_max_records, settings.retention_s) == (caps.stream, caps.retention_s)


def test_the_defaults_are_those_of_the_readers():
    """The same for what a file may cost."""
    settings, limits = Settings(), Limits()
    assert (settings.max_file_mb, settings.max_article_mb, settings.max_document_mb, settings.max_expanded_mb) == (
        limits.max_file_bytes >> 20, limits.max_article_bytes >> 20, limits.max_document_bytes >> 20,
        limits.max_expanded_bytes >> 20,
    )  # fmt: skip
    assert (settings.max_expansion, settings.max_layers, settings.max_elements) == (
        limits.max_expansion, limits.max_layers, limits.max_elements,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("NEWSLOOM_QUEUE", "other", "queue", "other"),
        ("NEWSLOOM_CONCURRENCY", "3", "concurrency", 3),
        ("NEWSLOOM_DATA_DIR", "/srv/news", "data_dir", Path("/srv/news")),
        ("NEWSLOOM_DATA_DIR", "~/news", "data_dir", Path.home() / "news"),
        ("NEWSLOOM_POLICY", "~/policy.json", "policy", Path.home() / "policy.json"),
        ("NEWSLOOM_RETENTION_DAYS", "1.5", "retention_s", 129_600),
        ("NEWSLOOM_LEASE_S", "2.5", "lease_s", 2.5),
        ("NEWSLOOM_LOOK_EVERY_S", "0", "look_every_s", 0),
        ("NEWSLOOM_LOG_FORMAT", "json", "log_format", "json"),
        ("NEWSLOOM_LOG_LEVEL", "WARNING", "log_level", "warning"),
        ("NEWSLOOM_QUEUE_MAX", "5", "queue_max", 5),
        ("NEWSLOOM_ALLOWED_ROOTS", "/srv/a:/srv/b c:", "allowed_roots", ("/srv/a", "/srv/b c")),
        ("NEWSLOOM_ALLOWED_ROOTS", "", "allowed_roots", None),
        (
            "NEWSLOOM_ALLOWED_URLS",
            "s3://a/b  https://c.example",
            "allowed_urls",
            ("s3://a/b", "https://c.example"),
        ),
        ("NEWSLOOM_ALLOWED_URLS", "", "allowed_urls", None),
        ("NEWSLOOM_KEPT_MB", "1", "kept_mb", 1),
        ("NEWSLOOM_CONCURRENCY", "", "concurrency", None),
        ("NEWSLOOM_REDIS_URL", "", "redis_url", None),
    ],
)
def test_a_variable_sets_a_field(monkeypatch, name, text, field, value):
    """NEWSLOOM_ and the field in capitals; an empty variable is one that is not set."""
    monkeypatch.setenv(name, text)
    assert getattr(Settings(), field) == value


def test_a_retention_is_one_that_a_server_can_keep(monkeypatch):
    """Some thousands of years at most: it is refused where it is set, not with each story that is committed."""
    monkeypatch.setenv("NEWSLOOM_RETENTION_DAYS", "1e10")
    with pytest.raises(ValidationError, match="retention_days"):
        Settings()


@pytest.mark.parametrize(
    "url", ["redis://localhost/0", "rediss://user:word@news.example:6380/1", "unix:///run/redis.sock"]
)
def test_addresses_of_redis(monkeypatch, url):
    """Plain, TLS and socket; kept as a secret, for it may hold a password."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", url)
    settings = Settings()
    assert settings.redis_url.get_secret_value() == url
    assert url not in repr(settings)
    assert "word" not in settings.model_dump_json()


@pytest.mark.parametrize(
    "url", ["localhost:6379", "http://user:geheim@news.example/0", "redis:localhost", " redis://x"]
)
def test_another_address_is_refused_with_what_to_do(monkeypatch, url):
    """The message names the forms there are, and the field."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", url)
    with pytest.raises(ValidationError, match=r"redis://, rediss:// or unix://") as error:
        Settings()
    assert "redis_url" in str(error.value)


def test_a_refused_address_does_not_tell_its_password(monkeypatch):
    """A mistyped scheme must not print the password into a log."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", "redi://user:geheim@news.example/0")
    with pytest.raises(ValidationError) as error:
        Settings()
    assert "geheim" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CONCURRENCY", "0"),
        ("CONCURRENCY", "many"),
        ("LEASE_S", "0.1"),
        ("LEASE_S", "1e9"),
        ("MESSAGE_AGE_S", "1e9"),
        ("HARD_TIME_LIMIT_S", "1000000000"),
        ("MAX_ATTEMPTS", "1000000000"),
        ("MAX_LAYERS", "1000"),
        ("LOOK_EVERY_S", "1e300"),
        ("POSTING_CAP", "1000000"),
        ("CANDIDATE_CAP", "8000"),
        ("MEMBER_CAP", "70000"),
        ("STREAM_MAX_RECORDS", "100000000000000000000"),
        ("MAX_ATTEMPTS", "0"),
        ("POSTING_CAP", "3"),
        ("MEMBER_CAP", "1"),
        ("CANDIDATE_CAP", "0"),
        ("RETENTION_DAYS", "0"),
        ("RETENTION_DAYS", "-1"),
        ("STREAM_MAX_RECORDS", "10"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "loud"),
        ("QUEUE", " "),
        ("QUEUE", "news of today"),
        ("SLICE_ARTICLES", "0"),
        ("QUEUE_MAX", "0"),
        ("KEPT_MB", "0"),
        ("ALLOWED_ROOTS", "srv/a"),
        ("ALLOWED_ROOTS", ":"),
        ("ALLOWED_URLS", "c.example"),
        ("ALLOWED_URLS", "https://"),
        ("BRIDGE_URL", "http://c.example"),
    ],
)
def test_a_value_out_of_range_is_refused(monkeypatch, name, text):
    """The field is named; nothing is silently put right."""
    monkeypatch.setenv(f"NEWSLOOM_{name}", text)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_a_retention_is_at_least_a_second(monkeypatch):
    """An expiry of 0 seconds is an error for the server, in the middle of a commit."""
    monkeypatch.setenv("NEWSLOOM_RETENTION_DAYS", "0.000001")
    try:
        settings = Settings()
    except ValidationError:
        return
    assert settings.retention_s >= 1


def test_settings_do_not_change():
    """They are read once; nothing writes to them."""
    with pytest.raises(ValidationError):
        Settings().queue = "other"


def test_every_setting_is_described():
    """The README's table and the help are made of these."""
    undescribed = [name for name, field in Settings.model_fields.items() if not field.description]
    assert set(undescribed) <= {"log_level"}
