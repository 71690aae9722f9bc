"""The join rule, fitted to a user's own labels.

Examples are pairs of stories, measured as the second look measures them: by term weights that know the
whole set, with the crowd around both. The rule is a logistic regression on them (maximum a posteriori:
a Gaussian around the coefficients of the policy it starts from, so that what the labels say nothing
about, such as undated articles, stays as it was). No sign may turn: likeness never speaks against an
event, crowding never for it. A bar that is right for pairs is not yet right for events, so it is moved
to where the decision code, run over the articles, does best.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsloom.core.likeness import BODY, likeness
from newsloom.core.model import Member
from newsloom.core.policy import VIEWS, Policy
from newsloom.core.views import pair_views
from newsloom.evaluate import Report, evaluate
from newsloom.ingest import Ingest
from newsloom.labels import Labelled
from newsloom.store.memory import MemoryStore
from newsloom.store.values import Caps
from newsloom.survey import Knowledge

Floats = NDArray[np.float64]

CANDIDATES = 100  #: stories that each recalls
NEIGHBOURS = 12  #: of those, the ones most alike: what is decided on is how near pairs differ
TETHER = 1.0  #: standard deviation of a coefficient around that of the policy before, as a share of it
SHIFTS = (-1.0, -0.5, 0.0, 0.5, 1.0)  #: logits by which the bar is tried from where the pairs put it
LOWER_IS_MORE = frozenset({"crowd", "house", "other_ages", "other_days"})


@dataclass(frozen=True, slots=True)
class Examples:
    """Pairs of stories of one labelled set, in rows."""

    names: tuple[str, ...]  #: of the views
    views: Floats  #: (pairs, views)
    same: NDArray[np.bool_]  #: (pairs,): whether both carry one label
    labels: tuple[tuple[str, str], ...]  #: the labels of each pair
    weights: Floats  #: (pairs,): a story weighs alike in a large event and in a small one

    def of(self, labels: frozenset[str]) -> "Examples":
        """Only the pairs whose labels are both among these."""
        kept = np.array([one in labels and other in labels for one, other in self.labels], dtype=bool)
        pairs = tuple(pair for pair, keep in zip(self.labels, kept, strict=True) if keep)
        return Examples(self.names, self.views[kept], self.same[kept], pairs, self.weights[kept])


def examples(items: Sequence[Labelled], policy: Policy) -> Examples:
    """Each article's first story with its nearest once all are known, every story its own event."""
    apart = replace(policy, threshold=1e9)
    store = MemoryStore(Caps(candidates=CANDIDATES), window_days=policy.window_days)
    ingest = Ingest(store, apart)
    labels: dict[str, str] = {}
    for item in items:
        labels[next(iter(ingest.article(item.article))).story.id] = item.label
    names = tuple(sorted(policy.coefficients))
    rows: list[Floats] = []
    pairs: list[tuple[str, str]] = []
    for language in store.languages():
        known = Knowledge(store, policy, language, len(items))
        events = [event.event for event in store.events(language)]
        standing = [found for event in events if (found := store.standing(language, event)) is not None]
        for event in standing:  # first of all, what crowd is around each
            known.survey(event.members)
        for event in standing:
            survey = known.survey(event.members)
            others = [member for event in survey.around.values() for member in event.members]
            for lens, around in zip(survey.lenses, survey.surroundings, strict=True):
                mine = lens.query.story.id
                told = sorted(_told(others, labels, mine), key=lambda other: other.story)
                alike = likeness(lens, told)
                nearest = np.argsort(-alike[:, BODY], kind="stable")[:NEIGHBOURS]
                near = [told[at] for at in nearest.tolist()]
                views = pair_views(lens, near, alike[nearest], policy, around)
                rows.append(views[:, [VIEWS.index(name) for name in names]])
                pairs += [(labels[mine], labels[other.story]) for other in near]
    return Examples(
        names,
        np.concatenate(rows) if rows else np.zeros((0, len(names))),
        np.array([one == other for one, other in pairs], dtype=bool),
        tuple(pairs),
        _shares(pairs, labels.values()),
    )


def _shares(pairs: Sequence[tuple[str, str]], labels: Iterable[str]) -> Floats:
    """Weight of each pair: a story's pairs with the others of its event count as one, as in BCubed."""
    sizes = Counter(labels)
    return np.array([1 / (sizes[one] - 1) if one == other else 1.0 for one, other in pairs])


def _told(others: Iterable[Member], labels: Mapping[str, str], mine: str) -> list[Member]:
    return [other for other in others if mine in labels and other.story in labels and other.story != mine]


def fit(sets: Sequence[Examples], policy: Policy) -> Policy:
    """The policy with intercept and coefficients that make the labels of these pairs most likely.

    Raises ``ValueError`` where there is nothing to learn from: no two articles with one label, or none
    with two.
    """
    from scipy.optimize import minimize

    names = sets[0].names
    views = np.vstack([one.views for one in sets])
    same = np.concatenate([one.same for one in sets]).astype(float)
    if not 0 < same.sum() < len(same):
        raise ValueError(
            "nothing to learn from: among articles that share words, at least two must have the same label, "
            "and at least two must have different labels"
        )
    # Each set weighs alike, lest a large one drown the small ones.
    usual = same.sum() / len(sets)
    weight = np.concatenate([usual * one.weights / max(1.0, one.weights @ one.same) for one in sets])
    start = np.array([policy.intercept, *(policy.coefficients[name] for name in names)])
    tether = [(TETHER * max(1.0, abs(policy.coefficients[name]))) ** -2 for name in names]
    held = np.array([0.0, *tether])
    inputs = np.hstack([np.ones((len(views), 1)), views])

    def loss(values: Floats) -> tuple[float, Floats]:
        logits = inputs @ values
        missed = 1 / (1 + np.exp(-logits)) - same
        away = values - start
        pull = held * away
        likelihood = float(weight @ (np.logaddexp(0, logits) - same * logits))
        return likelihood + float(pull @ away) / 2, inputs.T @ (weight * missed) + pull

    bounds = [(None, None), *((None, 0.0) if name in LOWER_IS_MORE else (0.0, None) for name in names)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1_000})
    intercept, *coefficients = (round(float(value), 4) for value in found.x)
    return replace(
        policy, intercept=intercept, coefficients=dict(zip(names, coefficients, strict=True)), provenance={}
    )


def halves(items: Sequence[Labelled]) -> tuple[frozenset[str], frozenset[str]]:
    """The labels in two halves, each label in one, by a digest: the same at each run."""
    labels = {item.label for item in items}
    first = frozenset(label for label in labels if hashlib.blake2b(label.encode()).digest()[0] % 2)
    return first, frozenset(labels) - first


@dataclass(frozen=True, slots=True)
class Trained:
    """A policy and how well it does."""

    policy: Policy
    fitted: dict[str, Report]  #: set -> scores on the articles that it was fitted on
    held_out: dict[str, list[Report]]  #: set -> scores on the articles of each half, fitted on the other
    before: dict[str, list[Report]]  #: set -> scores of the policy that it started from on the same halves
    dropped: tuple[str, ...]  #: views that counted before and no longer do

    @property
    def gain(self) -> float:
        """What fitting gained in F1 on events that were not fitted on, the mean of the sets; 0 without any."""
        sets = [name for name, reports in self.held_out.items() if reports]
        return (
            fmean(mean_f1(self.held_out[name]) - mean_f1(self.before[name]) for name in sets) if sets else 0.0
        )


def train(
    sets: Mapping[str, Sequence[Labelled]],
    policy: Policy,
    *,
    when: str,
    held_out: bool = True,
    step: Callable[[str], None] = lambda _: None,
) -> Trained:
    """Fit the join rule on labelled sets of articles, each in order of publication.

    Unless told otherwise it is fitted on one half of the events as well and scored on the other, both
    ways: the scores on what it was fitted on prove nothing. So is ``policy``, as it is, for half of the
    events without the articles of the others are an easier task than all of them. ``when`` is the day for the provenance;
    ``step`` is called with what is done next. Raises ``ValueError`` where there is too little to learn from.
    """
    gathered = {}
    for name, items in sets.items():
        step(f"{name}: pairs of stories")
        gathered[name] = examples(items, policy)
    final, reports = _fit_events(list(gathered.values()), sets, policy, "all events", step)
    scored: dict[str, list[Report]] = {name: [] for name in sets}
    before: dict[str, list[Report]] = {name: [] for name in sets}
    for side in range(2 if held_out else 0):
        mine = {name: halves(items)[side] for name, items in sets.items()}
        learned = {name: [i for i in items if i.label in mine[name]] for name, items in sets.items()}
        half = [gathered[name].of(mine[name]) for name in sets]
        try:
            fitted, _ = _fit_events(half, learned, policy, f"half {side + 1}", step)
        except ValueError as error:  # all of them together taught something
            raise ValueError(
                "too few events to fit on one half of them and score on the other: "
                "label more, or skip those scores (--no-held-out)"
            ) from error
        for name, items in sets.items():
            step(f"half {side + 1}: the other half of {name}")
            others = [item for item in items if item.label not in mine[name]]
            if others:  # a set of a few events may have all of them in one half
                scored[name].append(evaluate(others, fitted))
                before[name].append(evaluate(others, policy))
    dropped = tuple(
        name for name, value in final.coefficients.items() if not value and policy.coefficients[name]
    )
    found = Trained(final, reports, scored, before, dropped)
    told = {"when": when, "from_policy": policy.version} | _provenance(sets, gathered, found)
    return replace(found, policy=replace(final, provenance={"fitted_by": "newsloom train"} | told))


def _fit_events(
    pairs: Sequence[Examples],
    sets: Mapping[str, Sequence[Labelled]],
    policy: Policy,
    what: str,
    step: Callable[[str], None],
) -> tuple[Policy, dict[str, Report]]:
    """Fitted on pairs, with the bar where the mean F1 of the events is best."""
    fitted = fit(pairs, policy)
    tried = []
    for shift in SHIFTS:
        moved = replace(fitted, intercept=round(fitted.intercept - shift, 4))
        reports = {}
        for name, items in sets.items():
            step(f"{what}: bar {shift:+.1f}, {name}")
            reports[name] = evaluate(list(items), moved)
        tried.append((sum(report.bcubed.f1 for report in reports.values()), moved, reports))
    _, best, reports = max(tried, key=lambda one: one[0])
    return best, reports


def _provenance(
    sets: Mapping[str, Sequence[Labelled]], pairs: Mapping[str, Examples], found: Trained
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "fitted_on": {
            name: {
                "articles": len(items),
                "events": len({item.label for item in items}),
                "pairs": len(pairs[name].same),
            }
            for name, items in sets.items()
        },
        "bcubed_on_what_it_was_fitted_on": {
            name: {**report.bcubed.rounded(), "events": report.found_events}
            for name, report in found.fitted.items()
        },
    }
    if found.dropped:
        told["coefficients_gone_to_0"] = list(found.dropped)
    if any(found.held_out.values()):
        told["bcubed_f1_of_the_other_half_of_events"] = _f1s(found.held_out)
        told["bcubed_f1_of_the_same_halves_with_from_policy"] = _f1s(found.before)
    return told


def _f1s(reports: Mapping[str, Sequence[Report]]) -> dict[str, list[float]]:
    return {name: [report.bcubed.rounded()["f1"] for report in both] for name, both in reports.items()}


def mean_f1(reports: Iterable[Report]) -> float:
    """The mean BCubed F1 of these, of which there is at least one."""
    return fmean(report.bcubed.f1 for report in reports)
