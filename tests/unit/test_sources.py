"""What a worker may read: folders with all links resolved, and addresses that begin as allowed."""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from newsloom import sources as module
from newsloom.errors import BadFile, NoRoom
from newsloom.readers import Limits, read
from newsloom.sources import Sources


def refused(sources: Sources, name: str) -> tuple[str, str]:
    with pytest.raises(BadFile) as failure:
        sources.local(name, "run")
    return failure.value.reason, failure.value.detail


# -- folders -----------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """``in`` may be read; ``in-other`` and ``out`` may not."""
    for folder in ("in/deep", "in-other", "out"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.txt").write_text("The mill stopped.")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "out" / "a.txt")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "out")
    (tmp_path / "way").symlink_to(tmp_path / "in")
    return tmp_path


@pytest.mark.parametrize("name", ["in/deep/a.txt", "way/deep/a.txt", "in/../in/deep/a.txt", "in/none.txt"])
def test_inside(tree: Path, name: str) -> None:
    """Whatever way leads there; whether there is such a file is for the reader to say."""
    assert Sources((str(tree / "in"),)).local(str(tree / name), "r").startswith(str(tree / "in"))


@pytest.mark.parametrize(
    "name",
    [
        "out/a.txt", "in-other/a.txt", "in/../out/a.txt", "in/link", "in/folder/a.txt", "out/none.txt",
        "in/a\0.txt", "in/\ud800",
    ],
)  # fmt: skip
def test_outside(tree: Path, name: str) -> None:
    """A link, a way upwards, a folder whose name only begins alike: refused, and what to do is said."""
    reason, detail = refused(Sources((str(tree / "in"),)), str(tree / name))
    assert reason == "not_allowed"
    assert "NEWSLOOM_ALLOWED_ROOTS" in detail


def test_a_root_may_be_a_link(tree: Path) -> None:
    """It is resolved as well, at each look: it may be moved while workers run."""
    allowed = Sources((str(tree / "way"),))
    allowed.local(str(tree / "in" / "deep" / "a.txt"), "r")
    (tree / "way").unlink()
    (tree / "way").symlink_to(tree / "out")
    allowed.local(str(tree / "out" / "a.txt"), "r")
    assert refused(allowed, str(tree / "in" / "deep" / "a.txt"))[0] == "not_allowed"


def test_unset_is_anywhere(tree: Path) -> None:
    """Without the setting the file system's own rights decide; the root of all is a root too."""
    assert Sources().local(str(tree / "in" / "link"), "r") == str(tree / "in" / "link")
    Sources(("/",)).local(str(tree / "in" / "link"), "r")


@pytest.mark.parametrize("kind", ["fifo", "socket", "device", "folder"])
def test_no_ordinary_file(tree: Path, kind: str) -> None:
    """A fifo, a socket, a device and a folder are refused at once, within the roots and without."""
    path = tree / "in" / "strange"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(path))
    elif kind == "folder":
        path.mkdir()
    else:
        path = Path("/dev/zero")
    for roots in (None, ("/",)):
        with pytest.raises(BadFile) as failure:
            list(read(Sources(roots).local(str(path), "r"), Limits()))
        assert failure.value.reason == "not_a_file"


# -- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("s3://bucket/a/b.json", "s3://bucket"),
        ("s3://bucket/a/b.json", "s3://bucket/a"),
        ("s3://bucket/a/b.json", "s3://bucket/a/"),
        ("HTTPS://News.Example/a", "https://news.example/"),
        ("https://news.example?a=1", "https://news.example"),
    ],
)
def test_an_allowed_beginning(address: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to a boundary; scheme and host in any case. What is fetched is what was asked for, as it was written."""
    asked: list[str] = []

    def nothing_there(address: str, **_: Any) -> None:
        asked.append(address)
        raise FileNotFoundError

    monkeypatch.setattr(fsspec.core, "url_to_fs", nothing_there)
    assert refused(Sources(addresses=(prefix,)), address)[0] == "missing"
    assert asked == [address]


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("s3://bucket2/a", "s3://bucket"),
        ("https://news.example.evil.example/a", "https://news.example"),
        ("https://news.example:8080/a", "https://news.example"),
        ("https://news.example@evil.example/a", "https://news.example"),
        ("https://user:geheim@news.example/a", "https://"),
        ("https://news.example/a/../secret", "https://news.example/a"),
        ("https://news.example/a/%2e%2e/secret", "https://news.example/a"),
        ("https://news.example/a b", "https://news.example/"),
        ("https://news.example\\@evil.example/", "https://news.example"),
        ("zip://a.txt::https://news.example/a.zip", "zip://"),
        ("file:///etc/passwd", "file:///"),
        ("local:///etc/passwd", "local:///"),
        ("https://[::1/", "https://"),
        ("http://news.example/a", "https://news.example/"),
        ("https://news.example/a\u202e", "https://news.example/"),
    ],
)
def test_another_address_is_refused(address: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is opened, and without a word of its password."""
    monkeypatch.setattr(fsspec.core, "url_to_fs", lambda *_, **__: pytest.fail("it was fetched"))
    reason, detail = refused(Sources(addresses=(prefix,)), address)
    assert reason == "not_allowed"
    assert "geheim" not in detail


def test_no_address_unless_one_is_named() -> None:
    """Without the setting nothing is fetched, and the setting is named."""
    assert "NEWSLOOM_ALLOWED_URLS" in refused(Sources(), "https://news.example/a")[1]


@pytest.fixture
def hits() -> list[str]:
    """What was asked of the paper."""
    return []


@pytest.fixture
def paper(hits: list[str], serve: Callable[..., Any]) -> Iterator[str]:
    """A page, a large one, a redirect to what is not allowed, one that is missing, and a server that is ill."""
    statuses = {"/gone.json": 404, "/ill.json": 500, "/private.json": 403, "/moved.json": 302}

    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        hits.append(path)
        headers = {"Location": "/secret.json"} if path == "/moved.json" else {}
        body = b'{"maintext": "The mill stopped."}' * (100_000 if path == "/large.json" else 1)
        return statuses.get(path, 200), headers, body

    with serve(answer) as address:
        yield address


@pytest.fixture
def remote(paper: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Sources]]:
    """Sources that may fetch from the paper, and from memory."""
    monkeypatch.setattr(module.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(module._copy.retry, "wait", lambda *_: 0)
    made = []

    def make(max_bytes: int = 1 << 20) -> Sources:
        made.append(Sources(addresses=(f"{paper}/", "memory://shelf/"), max_bytes=max_bytes))
        return made[-1]

    yield make
    for each in made:
        each._fetched._drop()


def test_a_page_is_fetched_once_a_run(
    remote: Callable[..., Sources], paper: str, hits: list[str], tmp_path: Path
) -> None:
    """The slices of one file read the same bytes; the next handing-in fetches anew; nothing is left lying."""
    allowed = remote()
    path = allowed.local(f"{paper}/a.json", "1:0")
    assert path.endswith(".json"), "the reader may go by the name"
    assert Path(path).read_bytes() == b'{"maintext": "The mill stopped."}'
    assert allowed.local(f"{paper}/a.json", "1:0") == path
    assert hits == ["/a.json"]
    allowed.local(f"{paper}/a.json", "2:0")
    assert hits == ["/a.json"] * 2
    assert not Path(path).exists()
    assert len(list(tmp_path.glob("newsloom-*/*"))) == 1


def test_a_connection_that_breaks_is_tried_again(
    serve: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of the answer, too, and nothing of the first try stays."""
    monkeypatch.setattr(module.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(module._copy.retry, "wait", lambda *_: 0)
    told: list[bytes] = []

    def answer(_: str) -> tuple[int, dict[str, str], bytes]:
        told.append(b"The mill stopped." if told else b"The mill sto")
        return 200, {"Content-Length": "17"}, told[-1]

    with serve(answer) as paper:
        sources = Sources(addresses=(f"{paper}/",))
        assert Path(sources.local(f"{paper}/a.txt", "r")).read_bytes() == b"The mill stopped."
        sources._fetched._drop()
    assert len(told) == 2


def test_from_memory(remote: Callable[..., Sources]) -> None:
    """Whatever fsspec can open."""
    fsspec.filesystem("memory").pipe("/shelf/b.txt", b"The mill stopped its last wheel.")
    (article,) = read(remote().local("memory://shelf/b.txt", "r"), Limits())
    assert article.text == "The mill stopped its last wheel."
    assert refused(remote(), "memory://shelf/none.txt")[0] == "missing"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("gone", "missing"), ("ill", "unreadable"), ("private", "unreadable"), ("moved", "unreadable"), ("large", "too_large")],
)  # fmt: skip
def test_what_cannot_be_fetched(
    remote: Callable[..., Sources], paper: str, hits: list[str], tmp_path: Path, *, name: str, reason: str
) -> None:
    """Each has its reason; a redirect is not followed; nothing is left lying."""
    assert refused(remote(), f"{paper}/{name}.json")[0] == reason
    assert "/secret.json" not in hits
    assert list(tmp_path.glob("newsloom-*/*")) == []


def test_what_is_not_installed(remote: Callable[..., Sources], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without fsspec, or without what it needs for an address, it is said what to install."""
    allowed = Sources(addresses=("s3://bucket/", "memory://shelf/"))
    for name in ("s3fs", "fsspec"):
        monkeypatch.setitem(sys.modules, name, None)
        reason, detail = refused(allowed, "s3://bucket/a.json" if name == "s3fs" else "memory://shelf/a.json")
        assert reason == "unreadable"
        assert "pip install 'newsloom[urls]'" in detail


def test_no_room_for_what_is_fetched(
    remote: Callable[..., Sources], paper: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor a folder: no fault of what is behind the address, which can be fetched when there is."""
    (tmp_path / "full").touch()
    monkeypatch.setattr(module.tempfile, "tempdir", str(tmp_path / "full"))
    with pytest.raises(NoRoom, match="TMPDIR"):
        remote().local(f"{paper}/a.json", "r")


def test_a_folder_of_somebody_else(
    remote: Callable[..., Sources],
    paper: str,
    hits: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is fetched is put into no folder that another user made."""
    monkeypatch.setattr(module.os, "getuid", lambda: 12_345)
    (tmp_path / "newsloom-12345").mkdir()
    reason, detail = refused(remote(), f"{paper}/a.json")
    assert (reason, "belongs to another user" in detail) == ("unreadable", True)
    assert hits == []


def test_what_a_killed_process_left_is_removed(
    remote: Callable[..., Sources], paper: str, tmp_path: Path
) -> None:
    """A file that nobody holds goes; one that another process reads stays."""
    folder = tmp_path / f"newsloom-{os.getuid()}"
    folder.mkdir(mode=0o700)
    (folder / "left").write_text("of a worker that was killed")
    held = remote()
    path = held.local(f"{paper}/a.json", "r")
    assert not (folder / "left").exists()
    remote().local(f"{paper}/b.json", "r")
    assert Path(path).exists()
