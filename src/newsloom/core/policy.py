"""The numbers that a decision depends on, versioned by their content."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Self

SHIPPED = "policy.json"
#: What of a pair of stories tells how alike they are: cosines of the whole text, of parts of it, of ages, of days.
ALIKE = ("body", "title", "lead", "names", "ages", "days")
#: All views of a pair, each of which may have a coefficient; see views.py.
VIEWS = (*ALIKE, "time", "undated", "other_ages", "other_days", "crowd", "contrast", "house")
#: Where numbers make sense; what divides, or has a logarithm taken of it, is above 0.
_RANGES = {
    "min_overlap": (1e-9, 1),
    **dict.fromkeys(
        (
            "prior_stories",
            "rarest",
            "fade_days",
            "caution_stories",
            "caution_alike",
            "look_stories",
            "full_words",
        ),
        (1e-9, 1e9),
    ),
}
NEWS = "news.json"  #: what the language prior knows of news; see weights.py


@cache
def _news_digest() -> str:
    return hashlib.blake2b(
        resources.files(__package__).joinpath(NEWS).read_bytes(), digest_size=8
    ).hexdigest()


@dataclass(frozen=True)
class Policy:
    """All thresholds, weights and windows. What it holds is data: see :meth:`load`."""

    # Term weights
    prior_stories: float  #: stories that the prior knowledge of a language is worth
    rarest: float  #: floor of a term's prior probability, 0..1
    least_weight: float  #: terms of less weight are left out, nats
    profile_terms: int  #: terms kept of each story
    index_terms: int  #: heaviest terms by which a story is found again
    # To look for others by more terms costs no memory. 64 and 32 do as well as 80 and 40, 32 and 32 cost .01 of F1
    recall_terms: int  #: heaviest terms by which a story finds others
    # Time
    window_days: float  #: how long after its last story an event still takes stories
    fade_days: float  #: after so long a time gap counts 1/e
    # Copies
    min_overlap: float  #: containment from which they are, 0..1
    min_copy_words: int  #: shorter texts are copies only if their shingles are all the same
    # What a program put in other words is at .55 and more from what it was; of neighbours of two events 1 in 2,000 reaches .5
    min_rewrite: float  #: cosine of whole texts from which one story is a rewrite of the other, 0..1
    # Furniture: a line is no news where it stood in at least so many articles of its source, and in at
    # least this share of them. A share of 0.1 finds a quarter less; a count of 3 may be one running story of
    # a new source. Long lines may be the background that an outlet repeats through such a story
    furniture_count: int
    furniture_share: float  #: 0..1
    furniture_share_long: float  #: 0..1, for paragraphs of 160 characters and more
    # Lines that are no sentence: as soon as they have stood in so many other articles
    furniture_labels: int
    # The join rule: logits = intercept + coefficients . views
    threshold: float  #: logits that an event has to reach
    intercept: float
    coefficients: Mapping[str, float]
    best_share: float  #: an event's score leans so far on its best member, the rest on the mean, 0..1
    usual_crowd: float  #: how alike a story's surroundings are where nothing is known, a cosine
    # A notice or a bare headline says little of its event; 20 and 100 gain as well
    full_words: float = 1.0  #: a story of fewer words counts for less where its event is judged by a mean
    # With .22 what comes again and again chains; .15 costs .02 of F1 on events of many tellings
    most_gathered: float = 0.0  #: cosine up to which many tellings count together; of names, twice that
    # Cold start: the threshold is higher by up to caution, for events that share few names, and the
    # less so the more stories the weights rest on
    caution: float = 0.0  #: logits
    caution_stories: float = 300.0
    # With .2 look-alikes lose .05 of F1, general news .01
    caution_alike: float = 0.1  #: cosine of names from which on no caution is needed
    # 4 gains .025 of precision on the first 8 to 40 articles of a stream, and costs .004 of recall
    look_caution: float = 0.0  #: the same of a second look, where names, headline and lead are all below that
    look_stories: float = 60.0
    # Where a script has no capitals all rare terms are taken for names, and look-alikes have more in common. .2 and .3 do alike,
    # .1 costs .02 of F1
    uncased: float = 0.25  #: logits beyond the threshold that an event has to reach there
    # The second look: logits from what is needed, by the linkage of two parts; see relook.py
    merge_at: float = 0.0  #: from which on two events are one
    cohesion: float = 0.0  #: share of the mean within two parts by which more is needed of the pairs across
    lone: float = 0.0  #: what stands for the mean within a lone story, logits
    # Names and labels alone are alike by one word they share; the headline of a flash has more terms
    merge_terms: int = 0  #: different terms that some story of either event has to have
    merge_quorum: float = 0.5  #: share of those pairs, by weight, that has to reach it one by one
    split_at: float = -0.5  #: below which one event is two
    provenance: Mapping[str, Any] = field(default_factory=dict)  #: what it was fitted on, how well

    def __post_init__(self) -> None:
        if not isinstance(self.coefficients, Mapping):
            raise TypeError("coefficients must map views to numbers")
        for name, value in {**asdict(self), **self.coefficients}.items():
            if name in ("coefficients", "provenance"):
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise ValueError(f"{name} is {value!r}, which is not a finite number")
        for name, (least, most) in _RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} is {getattr(self, name)}, not within {least}..{most}")
        unknown = sorted(set(self.coefficients) - set(VIEWS))
        if unknown:
            raise ValueError(f"no view is called {', '.join(unknown)}; there are {', '.join(VIEWS)}")
        if self.index_terms > self.recall_terms:
            raise ValueError(
                "index_terms is above recall_terms: a story is found by terms that it looks for itself"
            )
        if self.split_at > self.merge_at:
            raise ValueError("split_at is above merge_at: what is merged would be split again")

    @cached_property
    def version(self) -> str:
        """12 hex digits of all that decides, the shipped counts of news included, the provenance not."""
        content = {key: value for key, value in asdict(self).items() if key != "provenance"}
        content["news"] = _news_digest()
        return hashlib.blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=6).hexdigest()

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read a policy file; the shipped one by default.

        Raises ``ValueError`` that names the file where it is not a policy.
        """
        source = resources.files(__package__).joinpath(SHIPPED) if path is None else path
        try:
            content = json.loads(source.read_text(encoding="utf-8"))
            cls._demand_fields(content)
            return cls(**content)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{source} is not a policy file: {error}") from error

    @classmethod
    def _demand_fields(cls, content: object) -> None:
        """A policy that was fitted for another version is told as that, by what has come and gone since."""
        if not isinstance(content, dict):
            raise TypeError("it is not a JSON object")
        known = {one.name: one.default is MISSING and one.default_factory is MISSING for one in fields(cls)}
        lacking = [name for name, needed in known.items() if needed and name not in content]
        unknown = sorted(content.keys() - known)
        if lacking or unknown:
            told = (("it lacks ", lacking), ("there is no ", unknown))
            problem = ", ".join(how + ", ".join(names) for how, names in told if names)
            raise ValueError(f"{problem}; it may be of another version of newsloom")
