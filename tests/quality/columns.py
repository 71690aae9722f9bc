"""What the trees of the splitter ask about, in words."""

from newsloom.core.gaps import NAME_BLOCKS, NAME_CONTRASTS, NAME_DIPS, WORD_BLOCKS, WORD_CONTRASTS, WORD_DIPS


def columns() -> list[str]:
    """What each column of `near` holds, for whoever reads the trees; blocks of paragraphs by their size."""
    names: list[str] = []
    for kind, blocks, dips, contrasts in (
        ("words", WORD_BLOCKS, WORD_DIPS, WORD_CONTRASTS),
        ("names", NAME_BLOCKS, NAME_DIPS, NAME_CONTRASTS),
    ):
        names += [f"{kind} {block} {what}" for what in ("cosine", "over median") for block in blocks]
        names += [f"{kind} {block} {what}" for what in ("dip", "dip of 3", "rank") for block in dips]
        names += [
            f"{kind} {block} {what}"
            for what in ("across", "contrast", "least contrast")
            for block in contrasts
        ]
        names += [f"{kind} {what}" for what in ("cut", "cut dip", "cut rank")]
        names += [f"{kind} told {step}" for step in (-1, 0, 1, 2)]
        names += [f"{kind} told again {step}" for step in (-2, -1, 0, 1)]
        names.append(f"{kind} fresh")
    names += [f"{what} {step}" for step in (-2, -1, 0, 1, 2) for what in ("lead", "close")]
    names += [
        "lead rank",
        "close rank",
        "lead over first",
        "length -1",
        "length 0",
        "length 1",
        "quote -1",
        "quote 1",
        "skipped",
    ]
    return [*names, "title soon", "title rest", "place", "left over", "size"]
