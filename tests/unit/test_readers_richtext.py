"""Bodies that content systems keep as trees of blocks."""

import json
from pathlib import Path

import pytest

from newsloom.core.model import Article
from newsloom.readers import Limits, read
from newsloom.readers.richtext import text

FERRY, TUGS = "The ferry Alma is free again.", "Two tugs worked through the night."
LINKED = "The ferry Alma is free again, the harbour office said."

TREES = {
    "Sanity": [
        {"_type": "block", "children": [{"_type": "span", "text": "The ferry Alma "}, {"_type": "span", "text": "is free again."}]},
        {"_type": "image", "asset": {"_ref": "image-1"}},
        {"_type": "block", "children": [{"_type": "span", "text": TUGS}]},
    ],
    "Contentful": {"nodeType": "document", "content": [
        {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": FERRY}]},
        {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": TUGS}]},
    ]},
    "Strapi": [
        {"type": "paragraph", "children": [{"type": "text", "text": FERRY}]},
        {"type": "list", "children": [{"type": "list-item", "children": [{"type": "text", "text": TUGS}]}]},
    ],
    "Editor.js": {"time": 1, "blocks": [{"type": "paragraph", "data": {"text": FERRY}}, {"type": "paragraph", "data": {"text": TUGS}}]},
    "Quill": {"ops": [{"insert": "The ferry Alma "}, {"insert": "is free again.\n" + TUGS + "\n"}]},
    "TipTap": {"type": "doc", "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": FERRY}]},
        {"type": "paragraph", "content": [{"type": "text", "text": TUGS}]},
    ]},
}  # fmt: skip


@pytest.mark.parametrize("system", TREES)
def test_a_line_for_each_block(tmp_path: Path, system: str) -> None:
    """Runs of one line are joined, and what has no text is left out."""
    assert text(TREES[system]) == f"{FERRY}\n{TUGS}"
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"title": "Ferry free again", "body": TREES[system]}))
    (found,) = read(str(path), Limits())
    assert isinstance(found, Article)
    assert (found.title, found.text) == ("Ferry free again", f"{FERRY}\n{TUGS}")


def test_a_link_stands_in_its_line() -> None:
    """What it leads to is no text."""
    link = {
        "nodeType": "hyperlink",
        "data": {"uri": "https://a.example"},
        "content": [{"nodeType": "text", "value": "the harbour office"}],
    }
    runs = [
        {"nodeType": "text", "value": "The ferry Alma is free again, "},
        link,
        {"nodeType": "text", "value": " said."},
    ]
    assert text({"nodeType": "document", "content": [{"nodeType": "paragraph", "content": runs}]}) == LINKED


def test_elements_of_arc(tmp_path: Path) -> None:
    """Their texts have markup of their own."""
    elements = [
        {"type": "text", "content": f"<p>{FERRY}</p>"},
        {"type": "image", "url": "x"},
        {"type": "text", "content": f"<p>{TUGS}</p>"},
    ]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"headlines": {"basic": "Ferry free again"}, "content_elements": elements}))
    (found,) = read(str(path), Limits())
    assert isinstance(found, Article)
    assert (found.title, found.text) == ("Ferry free again", f"{FERRY}\n{TUGS}")


@pytest.mark.parametrize("tree", [None, 7, [], {}, "x", [["a"]], {"content": {"content": {}}}])
def test_what_is_no_tree_has_no_text(tree: object) -> None:
    assert text(tree) is None


def test_a_tree_of_any_depth_ends() -> None:
    """Deeper than any editor goes nothing is looked at."""
    tree: object = {"text": FERRY}
    for _ in range(500):
        tree = {"content": [tree]}
    assert text(tree) is None
