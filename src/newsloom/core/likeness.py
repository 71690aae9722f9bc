"""How alike a story and the stories of events are in what they tell, by the terms that they share."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from newsloom.core import packed
from newsloom.core.describe import POSTED
from newsloom.core.model import Member, Profile, Story
from newsloom.core.packed import FLAG_BITS, Floats, numbering, pack
from newsloom.core.policy import ALIKE, VIEWS

# Columns of the views, as `VIEWS` has them.
BODY, TITLE, LEAD, NAMES, AGES, DAYS, TIME, UNDATED, OTHER_AGES, OTHER_DAYS, CROWD, CONTRAST, HOUSE = range(
    len(VIEWS)
)
# Terms by which a story finds others: one-off rarities crowd out what other outlets repeat, so a
# weight counts up to a cap only; what stands in the lead or is a name is what they do repeat.
_KEY_CAP = 6.5
_KEY_BOOST = 1.3
# A weekday says half of what a date does, for it comes again each week. Those of the whole text would add nothing to the lead's.
WEEKDAY = 0.5


@dataclass(frozen=True, slots=True)
class Query:
    """A story on its way to a decision."""

    story: Story
    profile: Profile
    weights: Mapping[str, float]  #: weight of each of the story's terms now
    #: Its smallest shingle hashes, see Features; of a story that is only looked at, none.
    smallest: tuple[int, ...] = ()

    @property
    def posted(self) -> tuple[int, ...]:
        """Those under which copies find the story."""
        return self.smallest[:POSTED]

    def keys(self, count: int) -> tuple[str, ...]:
        """The terms by which it finds and is found, the most telling first."""
        mine = pack(self.profile, numbering())
        weights = np.fromiter(map(self.weights.__getitem__, self.profile.body), np.float64, len(mine.codes))
        telling = np.minimum(weights, _KEY_CAP) * mine.times
        for flag in (packed.NAMES, packed.LEAD):
            telling[(mine.codes & flag) > 0] *= _KEY_BOOST
        # Of equals those that come first in the alphabet, as the profile has them.
        heaviest = np.argsort(-telling, kind="stable")[:count].tolist()
        terms = list(self.profile.body)
        return tuple([terms[at] for at in heaviest])


@dataclass(frozen=True, slots=True)
class Lens:
    """What every comparison of one query needs, computed once. Of its n terms, in the profile's order:"""

    query: Query
    squares: Floats  #: (n,) squared weight
    scaled: Floats  #: (n,) the same, times the query's own occurrences

    @classmethod
    def of(cls, query: Query) -> "Lens":
        body = query.profile.body
        weights = np.fromiter(map(query.weights.__getitem__, body), np.float64, len(body))
        squares = weights * weights
        return cls(query, squares, squares * np.fromiter(body.values(), np.float64, len(body)))


def likeness(lens: Lens, members: Sequence[Member]) -> Floats:
    """(m, len(ALIKE)) how alike a story and each member are: cosines, 0..1 or a little above.

    Terms are weighed by what is known *now*; of the member only the norm of its own time is used.
    Where the stream has learned since that its terms are commonplace, that norm is too large and
    the cosine too small: the error is on the side of caution.
    """
    profile, m = lens.query.profile, len(members)
    found = np.zeros((m, len(ALIKE)))
    if not m:
        return found
    terms = numbering()
    mine = pack(profile, terms)
    theirs = [pack(member.profile, terms) for member in members]
    codes = np.concatenate([one.codes for one in theirs])
    # Where in the query each of the members' terms stands, counted from 1.
    places = np.zeros(len(terms), np.int64)
    places[mine.codes >> FLAG_BITS] = np.arange(1, len(mine.codes) + 1)
    at = places[codes >> FLAG_BITS]
    met = np.flatnonzero(at)
    at, times = at[met] - 1, np.concatenate([one.times for one in theirs])[met]
    whose = np.repeat(np.arange(m), [len(one.codes) for one in theirs])[met]
    shared = codes[met] & mine.codes[at]
    squares = lens.squares[at]
    found[:, BODY] = np.bincount(whose, lens.scaled[at] * times, m)
    for view, flag in ((TITLE, packed.TITLE), (LEAD, packed.LEAD), (NAMES, packed.NAMES)):
        found[:, view] = np.bincount(whose, np.where(shared & flag, squares, 0.0), m)
    sizes = np.array([member.profile.norms for member in members]) * profile.norms
    found[:, :AGES] /= np.where(sizes > 0, sizes, np.inf)
    found[:, AGES] = _in_common(profile.ages, [member.profile.ages for member in members])
    dates = _in_common(profile.days, [member.profile.days for member in members])
    weekdays = _in_common(profile.weekdays, [member.profile.weekdays for member in members])
    found[:, DAYS] = np.maximum(dates, WEEKDAY * np.array(weekdays))
    return found


def _in_common(mine: frozenset[int], others: Sequence[frozenset[int]]) -> list[float]:
    """Cosine of a set and each of others, as far as both tell something."""
    return [
        len(mine & theirs) / math.sqrt(len(mine) * len(theirs)) if mine and theirs else 0.0
        for theirs in others
    ]
