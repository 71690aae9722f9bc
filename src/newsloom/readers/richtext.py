"""The text of a body that a content system keeps as a tree: Sanity, Contentful, Strapi, Editor.js, Quill, TipTap, Arc, Telegram."""

from collections.abc import Iterator

#: Where the text of a leaf stands, and the blocks of a branch.
_LEAVES = ("text", "value", "insert", "content")
_BRANCHES = ("content", "children", "blocks", "ops", "data", "items", "root", "document")
_DEPTH = 12
#: What is marked within a message of Telegram, whose text is a list of strings and of these.
_MARKED = frozenset(
    "bold italic underline strikethrough spoiler code pre blockquote link text_link hashtag cashtag mention mention_name"
    " email phone bank_card bot_command custom_emoji plain".split()
)


def text(tree: object) -> str | None:
    """A line for each of its blocks; None if it has no text or is not a tree; a plain list of paragraphs is not one."""
    if isinstance(tree, list) and not any(isinstance(one, dict) and _kind(one) for one in tree):
        return None
    if isinstance(tree, list) and all(map(_is_run, tree)):
        return "".join(one if isinstance(one, str) else one["text"] for one in tree).strip() or None
    blocks = tree if isinstance(tree, list) else [tree]
    return "\n".join(filter(None, (line.strip() for one in blocks for line in _lines(one, _DEPTH)))) or None


def _lines(node: object, depth: int) -> Iterator[str]:
    if not depth:
        return
    if isinstance(node, list):
        if node and all(map(_is_inline, node)):
            yield "".join(told for one in node for told in _lines(one, depth - 1))
        else:
            for one in node:
                yield from _lines(one, depth - 1)
    elif isinstance(node, dict):
        leaf = _leaf(node)
        if leaf is not None:
            yield leaf
        else:
            for name in _BRANCHES:
                if isinstance(node.get(name), list | dict):
                    yield from _lines(node[name], depth - 1)


def _leaf(node: dict[str, object]) -> str | None:
    if any(isinstance(node.get(name), list | dict) for name in _BRANCHES):
        return None
    return next((str(node[name]) for name in _LEAVES if isinstance(node.get(name), str)), None)


def _is_inline(node: object) -> bool:
    """Whether it stands in a line with those beside it: a run of text, or a link."""
    if not isinstance(node, dict):
        return False
    return "link" in _kind(node) or _leaf(node) is not None


def _is_run(node: object) -> bool:
    """Whether it is a piece of a message: it has the blanks and line ends around it."""
    if not isinstance(node, dict):
        return isinstance(node, str)
    return _kind(node) in _MARKED and isinstance(node.get("text"), str)


def _kind(node: dict[str, object]) -> str:
    return str(node.get("type") or node.get("_type") or node.get("nodeType") or "")
