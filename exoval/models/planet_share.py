"""The share of planets among unlabelled events, from scores of simulated planets alone.

Events of a survey are planets and something else, and what the else looks like is not known: it
need not resemble the simulated false positives. But no part of the survey may hold fewer events
than the planets in it. Above any score the share of planets is therefore at most the survey's
share of events there over the planets'. The smallest such ratio bounds the share of planets, and
equals it where planets are alone (best bin estimation: Garg et al. 2021, NeurIPS 34, 8532). With
the share, the density of planets over that of all events is their probability at each score
(Elkan & Noto 2008, KDD, 213).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta
from sklearn.isotonic import IsotonicRegression

from exoval.errors import BadTable
from exoval.models.calibrate import PiecewiseLinear

#: confidence of each bound of a share of events
CONFIDENCE = 0.95
#: divisions of stars into halves
HALVINGS = 5
#: most that the share of planets may be off where it is known, as a factor
MOST_BIAS = 1.3
#: effective number of planets, and number of the survey's events, that a bound needs
LEAST_PLANETS = 50
LEAST_EVENTS = 20


@dataclass(frozen=True, kw_only=True)
class PlanetShare:
    """``share`` of planets, at most ``upper``, read above ``score``, where ``recall`` is.

    ``recall`` is the share of all planets above that score. ``upper`` is a bound of 95 % at that
    score alone. The score is the one with the lowest bound, which chance lowers too: in simulated
    surveys the share was below the bound in 74 to 89 % of cases, and ``share`` 5 to 8 % too low.
    """

    share: float
    upper: float
    score: float
    recall: float


def planet_share(
    planets: np.ndarray, survey: np.ndarray, *, weight: np.ndarray | None = None
) -> PlanetShare:
    """The share of planets in a survey, from scores of planets (rows,) and of its events (rows,).

    ``weight`` says what each planet counts. The score above which the share is read is the one
    with the smallest upper bound: higher scores are purer, but have fewer events. Raises BadTable
    with fewer than 50 effective planets, or 20 events of the survey above every score that has
    these, and for a score that is no number.
    """
    missing = int(np.isnan(planets).sum() + np.isnan(survey).sum())
    if missing:
        raise BadTable(f"{missing} scores are no numbers; leave out the events without a score")
    weight = np.ones(len(planets)) if weight is None else np.asarray(weight, dtype=float)
    effective = weight.sum() ** 2 / max(np.square(weight).sum(), 1e-300)
    if effective < LEAST_PLANETS or len(survey) < LEAST_EVENTS:
        raise BadTable(
            f"{effective:.0f} effective planets and {len(survey)} events of the survey; the share "
            f"of planets needs {LEAST_PLANETS} and {LEAST_EVENTS}: simulate more, or leave this out"
        )
    order = np.argsort(-planets, kind="stable")
    score, recall = planets[order], np.cumsum(weight[order]) / weight.sum()
    above = len(survey) - np.searchsorted(np.sort(survey), score, side="left")
    most = beta.ppf(CONFIDENCE, above + 0.5, len(survey) - above + 0.5)
    least = beta.ppf(
        1 - CONFIDENCE, recall * effective + 0.5, np.maximum(1 - recall, 0) * effective + 0.5
    )
    enough = (recall * effective >= LEAST_PLANETS) & (above >= LEAST_EVENTS)
    if not enough.any():
        raise BadTable(
            f"fewer than {LEAST_EVENTS} of {len(survey)} events of the survey score like planets; "
            "their share cannot be estimated"
        )
    bound = np.where(enough, most / least, np.inf)
    best = int(np.argmin(bound))
    return PlanetShare(
        share=min(float(above[best] / len(survey) / recall[best]), 1.0),
        upper=min(float(bound[best]), 1.0),
        score=float(score[best]),
        recall=float(recall[best]),
    )


def known_share_ratio(
    scores: np.ndarray, is_planet: np.ndarray, *, stars: np.ndarray, seed: int
) -> float:
    """Estimated over true share of planets where it is known, between halves of the stars.

    Planets of one half (``scores``, ``is_planet`` and ``stars`` are (rows,)) stand for those of the
    other; the ratio is a geometric mean over ``HALVINGS`` divisions. Raises BadTable if it is off
    by more than the factor ``MOST_BIAS``, or with too few planets: then planets do not stand alone
    at any score, and the bound says little of a survey either.
    """
    random, names, logarithms = np.random.default_rng(seed), np.unique(stars), []
    for _ in range(HALVINGS):
        half = np.isin(stars, random.permutation(names)[: len(names) // 2])
        for given in (half, ~half):
            found = planet_share(scores[given & is_planet], scores[~given])
            logarithms.append(np.log(found.share / max(is_planet[~given].mean(), 1e-12)))
    ratio = float(np.exp(np.mean(logarithms)))
    if not 1 / MOST_BIAS < ratio < MOST_BIAS:
        raise BadTable(
            f"{ratio:.2f} times the share of planets is estimated even where it is known: planets "
            "are not told from the rest well enough; use more columns or more simulated events"
        )
    return ratio


def planet_probability_map(
    planets: np.ndarray, survey: np.ndarray, *, share: float, weight: np.ndarray | None = None
) -> PiecewiseLinear:
    """P(planet) in the survey at each score: ``share`` times density of planets over all events.

    The ratio of the densities is a monotone regression of planets against events, linear between
    the centres of its steps. No step is more certain than its number of events can show.
    """
    weight = np.ones(len(planets)) if weight is None else np.asarray(weight, dtype=float)
    score = np.concatenate([planets, survey])
    expected = np.concatenate(
        [weight * (share * len(survey) / weight.sum()), np.zeros(len(survey))]
    )
    counted = np.concatenate([np.zeros(len(planets)), np.ones(len(survey))])
    total = expected + counted
    # planets that weigh nothing
    score, expected, counted, total = (
        values[total > 0] for values in (score, expected, counted, total)
    )
    steps = IsotonicRegression().fit_transform(score, expected / total, sample_weight=total)
    _, which = np.unique(steps, return_inverse=True)
    in_step = [np.bincount(which, values) for values in (expected, counted, total * score, total)]
    planets_there, events = in_step[0], in_step[1]
    # a step without planets may have had half a one
    least = 0.5 * share * len(survey) / np.count_nonzero(weight)
    height = np.maximum(planets_there, least) / np.maximum(events, 1)
    height = np.minimum(height, 1 - 1 / (events + 2))
    # knots of one height are one, and beyond the outer centres it goes on to rise: no order is lost
    height, first = np.unique(np.maximum.accumulate(height), return_index=True)
    centre = (in_step[2] / in_step[3])[first]
    # a step of scores that are all 0 or 1 ends the map itself
    if centre[0] > 0:
        centre, height = np.append(0.0, centre), np.append(0.5 * height[0], height)
    if centre[-1] < 1:
        centre, height = np.append(centre, 1.0), np.append(height, 1 - 0.5 * (1 - height[-1]))
    return PiecewiseLinear(centre, height)
