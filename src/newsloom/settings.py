"""Every setting, read from the environment (``NEWSLOOM_*``) in one place."""

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import redis
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DAY_S = 86_400
_SCHEMES = ("redis://", "rediss://", "unix://")
CLUSTERS = ("redis+cluster://", "rediss+cluster://")  #: of a node of Redis Cluster
_PREFIX = "NEWSLOOM_"
_OTHERS = ("EVAL_DATA", "TEST_LOGS")  #: what only the tests read


def _default_data_dir() -> Path:
    return Path.home() / ".local" / "share" / "newsloom"


def _usable(url: SecretStr | None) -> SecretStr | None:
    """An address that a connection can be made by; none is opened."""
    if url is None:
        return None
    given = url.get_secret_value().replace("+cluster", "", 1)
    try:
        pool = redis.ConnectionPool.from_url(given)
        pool.make_connection()
        if pool.get_encoder().decode_responses:
            raise ValueError  # noqa: TRY301  # what is stored is bytes
        if not given.startswith("unix:"):
            int(urlsplit(given).path.strip("/") or 0)  # of what is no number redis-py makes number 0
    except TypeError as error:
        unknown = str(error).rpartition(" ")[2]
        raise ValueError(
            f"redis-py does not know the option {unknown}; those for TLS are ssl_ca_certs, ssl_certfile and ssl_keyfile"
        ) from None
    except ValueError:  # without its words, which may hold a part of the password
        raise ValueError(
            "this is not a valid URL: write redis://host:port/number, with user:password@ before the host if needed "
            "(special characters percent-encoded), and without decode_responses"
        ) from None
    return url


class Settings(BaseSettings):
    """Frozen; each field is the variable ``NEWSLOOM_<FIELD>`` in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        frozen=True,
        env_ignore_empty=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,  # a mistyped URL may hold a password
    )

    redis_url: SecretStr | None = Field(
        default=None,
        description="URL of your server (redis://, rediss://, unix://) or of a node of your cluster (redis+cluster://, "
        "rediss+cluster://); unset: newsloom runs its own server",
    )
    broker_url: SecretStr | None = Field(
        default=None,
        description="URL of the queue's server, if it is a different one; required with a cluster",
    )
    data_dir: Path = Field(
        default_factory=_default_data_dir, description="where newsloom's own server keeps its data"
    )
    alive_file: Path | None = Field(
        default=None, description="file that a worker touches while it lives, for a health check; unset: none"
    )
    queue: str = Field(default="newsloom.ingest", description="Celery queue that scrapers send to")
    concurrency: int | None = Field(
        default=None, ge=1, le=256, description="processes per worker; unset: one per core"
    )

    message_files: int = Field(
        default=100, ge=1, le=10_000, description="files that `enqueue` puts into one message"
    )
    message_age_s: float = Field(
        default=1.0,
        ge=0,
        le=3_600,
        description="age at which a message is sent even if it is not full, checked when the next file is found",
    )

    soft_time_limit_s: int = Field(
        default=240,
        ge=1,
        description="time limit for one message; a single file that takes longer goes to quarantine",
    )
    hard_time_limit_s: int = Field(
        default=300, ge=2, le=86_400, description="a process that is busy for longer is killed"
    )
    lease_s: float = Field(
        default=5.0,
        gt=0.5,
        le=3_600,  # what a dead worker had in hand would as good as never come back
        description="how long after a worker's death its messages go to another worker; the same for all workers",
    )
    max_attempts: int = Field(
        default=3,
        ge=1,
        le=100,
        description="how many times processing of a file may start without finishing before it goes to quarantine",
    )
    slice_articles: int = Field(
        default=200, ge=1, description="articles of a large file that one task processes"
    )
    max_article_mb: int = Field(default=4, ge=1, description="largest article, uncompressed")
    max_document_mb: int = Field(
        default=16,
        ge=1,
        description="largest file that has to be read as a whole, such as a feed",
    )
    max_file_mb: int = Field(default=2_048, ge=1, description="largest file on disk")
    max_expanded_mb: int = Field(
        default=8_192, ge=1, description="largest total size that an archive or compressed file may expand to"
    )
    max_expansion: int = Field(default=250, ge=1, description="largest expansion ratio, checked above 64 MiB")
    max_layers: int = Field(
        default=4,
        ge=1,
        le=32,  # each is a call inside the one around it
        description="how deep archives and compressed files may be nested",
    )
    max_elements: int = Field(
        default=50_000,
        ge=100,
        description="elements of an HTML page; feeds, NewsML and JSON may have four times as many tags or brackets",
    )

    queue_max: int = Field(
        default=10_000,
        ge=1,
        description="messages that may wait in the queue; beyond that, senders wait or are refused",
    )
    allowed_roots: Annotated[tuple[str, ...] | None, NoDecode] = Field(
        default=None,
        description="folders that files may be read from, separated by `:`, symbolic links resolved; unset: any",
    )
    allowed_urls: Annotated[tuple[str, ...] | None, NoDecode] = Field(
        default=None,
        description="URL prefixes that may be fetched, separated by spaces; unset: none",
    )
    kept_mb: int = Field(
        default=64,
        ge=1,
        description="refused articles that came inside messages, kept for a retry; beyond that the oldest are dropped",
    )
    quarantine_max: int = Field(
        default=100_000,
        ge=100,
        description="entries in quarantine (records of one file: a hundredth of that); beyond that the oldest are "
        "dropped, and logged",
    )
    bridge_url: SecretStr | None = Field(
        default=None,
        description="URL of the server that `newsloom bridge` reads from; unset: the same server",
    )

    look_every_s: float = Field(
        default=60,
        ge=0,
        le=7 * DAY_S,  # 0 says never; what is too long for a clock would end the worker
        description="interval of the second look, which merges and splits young events; 0: never",
    )
    look_events: int = Field(default=600, ge=1, description="events examined in one second look")

    policy: Path | None = Field(default=None, description="policy file to use instead of the shipped one")
    retention_days: float = Field(
        default=60,
        gt=0,
        le=1_000_000,  # a server knows no later time to forget a key at than some ten digits of seconds
        description="how long after its last change an event is kept and accepts stories",
    )
    posting_cap: int = Field(default=128, ge=16, le=10_000, description="most recent events indexed per term")
    candidate_cap: int = Field(
        default=24,
        ge=1,
        le=1_000,  # they are asked for in one call of a script, which takes some thousands
        description="candidate events compared with a story",
    )
    member_cap: int = Field(default=8, ge=2, le=1_000, description="stories compared per event")
    stream_max_records: int = Field(
        default=1_000_000,
        ge=1_000,
        le=1_000_000_000,
        description="records kept in the decision stream of each language, at least 1,000",
    )

    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="auto: coloured on a terminal, JSON lines elsewhere"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="lowest level that is logged"
    )

    @field_validator("queue")
    @classmethod
    def _a_name(cls, queue: str) -> str:
        if queue.split() != [queue]:
            raise ValueError("give a name without spaces")
        return queue

    @field_validator("log_format", "log_level", mode="before")
    @classmethod
    def _in_small(cls, given: object) -> object:
        return given.lower() if isinstance(given, str) else given  # others are used to INFO

    @field_validator("allowed_roots", mode="before")
    @classmethod
    def _folders(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        folders = tuple(folder for folder in given.split(os.pathsep) if folder)
        if not folders or not all(map(os.path.isabs, folders)):
            raise ValueError("give absolute paths of folders, separated by :")
        return folders

    @field_validator("allowed_urls", mode="before")
    @classmethod
    def _prefixes(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        prefixes = tuple(given.split())
        if not all(0 < prefix.find("://") < len(prefix) - 3 for prefix in prefixes):
            raise ValueError("give URL prefixes such as s3://bucket/folder/, separated by spaces")
        return prefixes

    @field_validator("alive_file", "data_dir", "policy")
    @classmethod
    def _of_home(cls, path: Path | None) -> Path | None:
        # Compose files and units hand on a ~ as it stands, as the name of a folder. Pathlib's raises without a home.
        return path and Path(os.path.expanduser(path))

    @field_validator("redis_url", "bridge_url")
    @classmethod
    def _known_scheme(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith((*_SCHEMES, *CLUSTERS)):
            raise ValueError(
                "give a redis://, rediss:// or unix:// URL, or redis+cluster:// or rediss+cluster:// for a cluster"
            )
        return _usable(url)

    @field_validator("broker_url")
    @classmethod
    def _one_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(_SCHEMES):
            raise ValueError("give a redis://, rediss:// or unix:// URL; the queue cannot be on a cluster")
        return _usable(url)

    @model_validator(mode="after")
    def _queue_beside_cluster(self) -> Self:
        url = self.redis_url
        if url is not None and self.broker_url is None and url.get_secret_value().startswith(CLUSTERS):
            raise ValueError(
                "NEWSLOOM_REDIS_URL is a cluster, and the queue cannot be on one: set NEWSLOOM_BROKER_URL to a "
                "separate server"
            )
        return self

    @model_validator(mode="after")
    def _limits_in_order(self) -> Self:
        if self.soft_time_limit_s >= self.hard_time_limit_s:
            raise ValueError("NEWSLOOM_SOFT_TIME_LIMIT_S has to be below NEWSLOOM_HARD_TIME_LIMIT_S")
        return self

    @property
    def retention_s(self) -> int:
        return max(1, int(self.retention_days * DAY_S))


def problems(error: ValidationError) -> Iterator[str]:
    """What is wrong with settings, a line each: the variable, and what it should be."""
    for problem in error.errors():
        name = "".join(f"{_PREFIX}{part}: ".upper() for part in problem["loc"])
        yield name + problem["msg"].removeprefix("Value error, ").replace("Input should", "it should")


def strangers(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the variables that look like settings but are not, each with a message.

    They are ignored, and whoever set them does not know. Those that Kubernetes sets for a service named like
    newsloom are left out.
    """
    known = [name.upper() for name in Settings.model_fields]
    services = [name.removesuffix("_SERVICE_HOST") for name in environ if name.endswith("_SERVICE_HOST")]
    told = tuple(f"{service}_{what}" for service in services for what in ("SERVICE_", "PORT"))
    for variable in environ:
        given = variable.upper().removeprefix(_PREFIX)
        if variable.upper() == given or given in known or given in _OTHERS or variable.startswith(told):
            continue
        near = difflib.get_close_matches(given, known, n=1, cutoff=0.7)
        meant = f"did you mean {_PREFIX}{near[0]}?" if near else "the README lists all settings."
        yield variable, f"{variable} is not a setting and is ignored; {meant}"
