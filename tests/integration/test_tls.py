"""A server behind TLS: its address names the authority that vouches for it."""

import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsloom import bootstrap
from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.errors import StoreUnavailable
from newsloom.ingest import Ingest
from newsloom.store.patience import BRIEF

pytestmark = pytest.mark.skipif(
    not shutil.which("openssl"), reason="no openssl here to make a certificate with"
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One that vouches for itself, for 127.0.0.1, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    own, key = folder / "own.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=loom",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(own),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return own, key


@pytest.fixture
def tls_port(certificate: tuple[Path, Path], here_on: Any) -> Iterator[int]:
    """A port of loopback that speaks TLS and hands on to the server, as stunnel does: the wheel's server has none."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    class HandOn(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                outer = context.wrap_socket(self.request, server_side=True)
            except (ssl.SSLError, ConnectionError):
                return  # the client does not trust the certificate
            with outer, socket.socket(socket.AF_UNIX) as inner:
                inner.connect(str(here_on.socket))
                back = threading.Thread(target=_copy, args=(inner, outer), daemon=True)
                back.start()
                _copy(outer, inner)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), HandOn) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1]
        bootstrap.client().close()
        server.shutdown()
        thread.join()


def _copy(source: Any, target: Any) -> None:
    try:
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_stories_are_decided_over_tls(
    tls_port: int, certificate: tuple[Path, Path], here_on: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Store and queue, by an address that names the certificate of the authority."""
    here_on.clear()
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", f"rediss://127.0.0.1:{tls_port}/0?ssl_ca_certs={certificate[0]}")
    ingest = Ingest(bootstrap.store(), Policy.load())
    text = "A ferry burned in the harbour of Brackwell on Monday morning, and forty people were taken ashore."
    (told,) = ingest.article(Article(file="a.txt", path="a.txt", text=text, language="en"))
    assert bootstrap.store().story(told.story.id).event == told.decision.event
    bootstrap.outbox().send([["a.txt"]])
    assert here_on.client.llen("newsloom.ingest") == 1


def test_a_server_that_nobody_vouches_for_is_not_used(
    tls_port: int, here_on: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the authority the address does not connect."""
    monkeypatch.setenv("NEWSLOOM_REDIS_URL", f"rediss://127.0.0.1:{tls_port}/0")
    monkeypatch.setattr(bootstrap, "_patience", BRIEF)
    with pytest.raises(StoreUnavailable, match="certificate"):
        bootstrap.store().stats()
