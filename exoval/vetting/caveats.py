"""Why the numbers of a judged event may not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from exoval.detrend.variability import variability_caveat
from exoval.lightcurve import LightCurve
from exoval.measure import MeasuredEvent
from exoval.models.training_range import outside_training
from exoval.search.period_multiples import fitting_multiples

if TYPE_CHECKING:
    from exoval.vetting.trained_run import TrainedRun

WITHOUT_NOVELTY = (
    "the model was trained without detectors of novelty: it does not notice events unlike those "
    "that were simulated"
)
WITHOUT_THEM = "features that need them are missing"


def of_the_model(
    run: TrainedRun,
    features: Mapping[str, float],
    *,
    by_classifier: Mapping[str, float],
    is_novel: bool,
) -> tuple[str, ...]:
    """Return sentences on what speaks against the model's experience with an event.

    ``by_classifier`` is P(planet) of every classifier, ``is_novel`` whether the event is unlike
    those of the training set.
    """
    found = []
    if is_novel:
        found.append("unlike the events that were simulated")
    elif run.novelty is None:
        found.append(WITHOUT_NOVELTY)
    found += outside_training(features, run.models[run.leading].training_range)
    if min(by_classifier.values()) < 0.5 < max(by_classifier.values()):
        each = ", ".join(f"{name} {value:.2f}" for name, value in by_classifier.items())
        found.append(f"classifiers disagree on planet: {each}")
    return tuple(found)


def of_the_data(measured: MeasuredEvent) -> tuple[str, ...]:
    """Return sentences on the star, its light curve and the period of an event."""
    return (
        *of_the_star(measured),
        *of_the_cadences(measured.folded.light_curve),
        *of_the_period(measured),
    )


def of_the_run(run: TrainedRun, target: str) -> tuple[str, ...]:
    """Return warnings about every answer of a run, and about those for its training stars."""
    found = []
    if target in run.training_stars:
        found.append("the star's light curve is part of the training set, with other signals in it")
    if run.recipe.has_survey and run.recipe.survey_events is None:
        found.append(f"there is no list of the survey's events: {WITHOUT_THEM}")
    if run.caveat:
        found.append(run.caveat)
    return tuple(found)


def of_the_star(measured: MeasuredEvent) -> list[str]:
    """Which of the star's parameters are unknown, and whether its variation hides the shape."""
    folded, found = measured.folded, []
    *first, last = folded.star.unknown or ("",)
    if first:
        found.append(f"the star's {', '.join(first)} and {last} are unknown: {WITHOUT_THEM}")
    elif last:
        found.append(f"the star's {last} is unknown: {WITHOUT_THEM}")
    if folded.undetrended is not None:
        found.append(
            variability_caveat(
                folded.undetrended,
                folded.light_curve,
                folded.event.ephemeris,
                depth=folded.event.depth,
            )
        )
    return [sentence for sentence in found if sentence]


def of_the_cadences(light_curve: LightCurve) -> list[str]:
    """A light curve's notes, and how many cadences were left out for which reason."""
    counts = [
        f"{number} cadence{'s' if number > 1 else ''} left out: {reason}"
        for reason, number in light_curve.left_out.items()
        if number
    ]
    return [*light_curve.notes, *counts]


def of_the_period(measured: MeasuredEvent) -> list[str]:
    """What is unknown of the period: all of it, or whether it is a multiple that fits as well."""
    event = measured.folded.event
    if event.possible_periods is not None:
        count = "two transits" if event.possible_periods.between_two else "one transit"
        return [
            f"the period is unknown: the data show {count} and allow {event.possible_periods}",
            "features that need a period are missing",
        ]
    others = fitting_multiples(measured.folded.light_curve, event)
    if not others:
        return []
    periods = ", ".join(f"{period:.6g} d ({strength:.1f} sigma)" for period, strength in others)
    return [f"other periods fit nearly as well: {periods}"]
