"""Judge examined events with a trained run, many in one pass over its models.

Matrix products of other sizes, and on several threads, round differently. So that an event has one
answer, alone or in a list, every pass has the same number of rows, on one thread: what is missing
is filled up with a repeated row.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from exoval.labels import system_planet_labels
from exoval.models.calibrate import logit
from exoval.models.fitted_model import FittedModel, ModelAnswers
from exoval.models.novelty import NOVEL, NoveltyScores
from exoval.models.training_range import MOST_MISSING, missing_share
from exoval.posterior.event_posterior import FEWEST, EventPosterior, concern_of
from exoval.posterior.outside_evidence import OutsideEvidence
from exoval.posterior.sky_posterior import SkyAnswers
from exoval.table.feature_table import FeatureTable
from exoval.vetting.caveats import of_the_model, of_the_run
from exoval.vetting.examined_event import ExaminedEvent, examined_table
from exoval.vetting.result import VettingResult
from exoval.vetting.trained_run import TrainedRun

#: rows of one pass over the models
ROWS = 32


def judge(
    run: TrainedRun,
    events: Sequence[ExaminedEvent],
    *,
    planet_share: float | None = None,
    evidence: OutsideEvidence | None = None,
) -> list[VettingResult]:
    """The results of some events, in their order; each is the same whatever is judged with it.

    ``planet_share`` is explained by ``exoval.vetting.vet.vet``; ``evidence`` is what is known of
    the surroundings of the targets, for their posteriors on the sky. Raises BadParameter for a
    share outside 0 to 1, BadTable if the run has no answer to one of the events.
    """
    results: list[VettingResult] = []
    with threadpool_limits(1):
        for start in range(0, len(events), ROWS):
            results += _judged(run, events[start : start + ROWS], planet_share, evidence)
    return results


def _judged(
    run: TrainedRun,
    events: Sequence[ExaminedEvent],
    planet_share: float | None,
    evidence: OutsideEvidence | None,
) -> Iterator[VettingResult]:
    """The results of at most ``ROWS`` events."""
    filled = [*events, *[events[0]] * (ROWS - len(events))]
    table = examined_table(filled, run.recipe)
    model = run.models[run.leading]
    answers = {
        name: one.answers(
            table,
            priors=None if planet_share is None else one.priors_at(planet_share),
            with_errors=name == run.leading,
        )
        for name, one in run.models.items()
    }
    novelty = None if run.novelty is None else run.novelty(table)
    leading = answers[run.leading]
    further = _outside(run, filled, evidence)
    sky = _on_the_sky(run, table, leading, further, shifted=planet_share is not None)
    for place, event in enumerate(events):
        planet = {name: float(one.planet[place]) for name, one in answers.items()}
        low, high = (side[place] for side in leading.interval)
        result = VettingResult(
            name=event.name,
            classifier=run.leading,
            probability=dict(
                zip(model.classes, map(float, leading.probability[place]), strict=True)
            ),
            interval={
                label: (float(one), float(other))
                for label, one, other in zip(model.classes, low, high, strict=True)
            },
            planet_interval=tuple(float(side[place]) for side in leading.planet_interval),
            meanings=model.meanings,
            by_classifier=planet,
            novelty=math.nan if novelty is None else float(novelty.score[place]),
            caveats=_caveats(run, event, planet, novelty, place),
            examined=event,
            rows=table,
            place=place,
        )
        if sky is not None:
            is_novel = novelty is not None and novelty.verdict[place] == NOVEL
            found = _posterior(sky, leading, model, event.features, place)
            result = replace(result, posterior=_abstained(found, is_novel=is_novel))
        yield _withheld(result, model.training_range)


def _on_the_sky(
    run: TrainedRun,
    table: FeatureTable,
    leading: ModelAnswers,
    further: Mapping[str, np.ndarray],
    *,
    shifted: bool,
) -> SkyAnswers | None:
    """What the leading classifier's probabilities say of the sky; None without a posterior.

    Probabilities that were ``shifted`` to other shares are asked for anew.
    """
    if run.leading not in run.posteriors:
        return None
    model = run.models[run.leading]
    probability = model.probabilities(table) if shifted else leading.probability
    features = table.usable_matrix([column.name for column in model.columns])
    return run.posteriors[run.leading](probability, features, further=further)


def _outside(
    run: TrainedRun, events: Sequence[ExaminedEvent], evidence: OutsideEvidence | None
) -> dict[str, np.ndarray]:
    """The terms of other evidence, each (events, classes); empty without any."""
    if evidence is None or run.leading not in run.posteriors:
        return {}
    posterior = run.posteriors[run.leading]
    found = [
        evidence.terms(one.target, one.features, classes=posterior.classes, blends=posterior.blends)
        for one in events
    ]
    nothing = np.ones(len(posterior.classes))
    names = dict.fromkeys(name for one in found for name in one)
    return {name: np.stack([one.get(name, nothing) for one in found]) for name in names}


def _posterior(
    sky: SkyAnswers,
    leading: ModelAnswers,
    model: FittedModel,
    features: Mapping[str, float],
    place: int,
) -> EventPosterior:
    """The posterior of one row; its error is that of the classifier and of the simulated events."""
    low, high = (logit(side[place]) for side in leading.planet_interval)
    of_classifier = 0.5 * float(high - low)
    comparable, classes = sky.comparable[place], model.classes
    probability = dict(zip(classes, map(float, sky.probability[place]), strict=True))
    return EventPosterior(
        probability=probability,
        planet=float(sky.planet[place]),
        log_odds=float(sky.log_odds[place]),
        error=float(np.hypot(of_classifier, comparable.error)),
        terms={
            name: dict(zip(classes, map(float, of[place]), strict=True))
            for name, of in sky.terms.items()
        },
        comparable=comparable,
        of_system=sum(probability.get(name, 0.0) for name in system_planet_labels(model.meanings)),
        likely=tuple(
            name for name, is_likely in zip(classes, sky.likely[place], strict=True) if is_likely
        ),
        concern=concern_of(features),
    )


def _abstained(posterior: EventPosterior, *, is_novel: bool) -> EventPosterior:
    """The posterior without numbers where the simulated events say nothing of such an event."""
    if is_novel:
        return posterior.withhold("the event is unlike those that were simulated")
    number = posterior.comparable.number
    if number < FEWEST:
        return posterior.withhold(
            f"only {number} simulated events of held-out stars have comparable odds"
        )
    return posterior


def _caveats(
    run: TrainedRun,
    event: ExaminedEvent,
    planet: dict[str, float],
    novelty: NoveltyScores | None,
    place: int,
) -> tuple[str, ...]:
    is_novel = novelty is not None and novelty.verdict[place] == NOVEL
    return (
        *event.notes,
        *event.against,
        *of_the_model(run, event.features, by_classifier=planet, is_novel=is_novel),
        *event.of_data,
        *of_the_run(run, event.target),
        *event.further,
    )


def _withheld(
    result: VettingResult, training_range: Mapping[str, Sequence[float]]
) -> VettingResult:
    """The result without probabilities, where most of what training had is missing."""
    missing, expected = missing_share(result.examined.features, training_range)
    if missing > MOST_MISSING * expected:
        return result.withhold(f"{missing} of {expected} features that training had are missing")
    return result
