"""A small ensemble of decision trees, evaluated in numpy from plain lists.

Gradient boosting learns such trees elsewhere; here they are data. A tree is three lists with one entry a
node, in preorder: the column it asks about (-1 in a leaf), the threshold (the leaf's value in a leaf), and
the node to go to when the row's value is above that; when it is not, the next one is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Trees:
    """t trees with n nodes in all, one tree behind the other."""

    base: float  #: log-odds before the first tree
    column: npt.NDArray[np.intp]  #: (n,) column asked about; 0 in leaves
    threshold: npt.NDArray[np.float64]  #: (n,) +inf in leaves, so that a row stays where it is
    child: npt.NDArray[np.intp]  #: (2 * n,) where to go: at 2k when at most, at 2k + 1 when above
    value: npt.NDArray[np.float64]  #: (n,) 0 in inner nodes
    roots: npt.NDArray[np.intp]  #: (t,) index of each tree's first node
    depth: int  #: steps from a root to its deepest leaf

    def odds(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Log-odds of each row; rows: (r, columns), r at least 1."""
        width = rows.shape[1]
        flat = np.ascontiguousarray(rows).ravel()
        start = (np.arange(len(rows)) * width)[:, None]
        at = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        for _ in range(self.depth):
            above = flat[start + self.column[at]] > self.threshold[at]
            at = self.child[2 * at + above]
        return np.asarray(self.base + self.value[at].sum(axis=1))


def load(base: float, trees: Sequence[Sequence[Sequence[Any]]]) -> Trees:
    """From JSON: each tree as [columns, thresholds or values, right children]; the left child is the next node."""
    column: list[int] = []
    threshold: list[float] = []
    child: list[int] = []
    value: list[float] = []
    roots: list[int] = []
    depth = 0
    for columns, numbers, rights in trees:
        root = len(column)
        roots.append(root)
        level = [0] * len(columns)
        for k, (asked, number, right) in enumerate(zip(columns, numbers, rights, strict=True)):
            leaf = asked < 0
            column.append(0 if leaf else asked)
            threshold.append(np.inf if leaf else number)
            value.append(number if leaf else 0.0)
            child.extend((root + k, root + k) if leaf else (root + k + 1, root + right))
            if not leaf:
                level[k + 1] = level[right] = level[k] + 1
        depth = max(depth, *level)
    return Trees(
        base, np.array(column), np.array(threshold), np.array(child), np.array(value), np.array(roots), depth
    )
