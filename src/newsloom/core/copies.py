"""Near-duplicates: how far apart two texts are, and how much of one stands in the other."""


def distance(one: int, other: int) -> int:
    """Hamming distance of two fingerprints, in bits."""
    return (one ^ other).bit_count()


def containment(one: frozenset[int], other: frozenset[int], full: int) -> float:
    """Part of the shorter text's shingles that stand in the other, 0..1, from bottom-k samples.

    A sample of ``full`` hashes was cut off at its largest; below the lower of the two cut-offs both
    samples are complete, and only that range is compared (Broder 1997).
    """
    if one.isdisjoint(other):
        return 0.0  # nearly all pairs; spares them the rest
    bounds = [max(sample) for sample in (one, other) if len(sample) >= full]
    if bounds:
        bound = min(bounds)
        one = frozenset(h for h in one if h <= bound)
        other = frozenset(h for h in other if h <= bound)
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter else 0.0
