"""Share of the test events and of the real events that are novel to the training."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from exoval.errors import BadTable
from exoval.models.fitted_model import FittedModel
from exoval.models.novelty import (
    FEWEST_REFERENCES,
    NOVEL,
    Novelty,
    NoveltyScores,
    domain_scores,
    fit_novelty,
)
from exoval.table.feature_table import FeatureTable
from train.data.splits import Split
from train.judging.domain_auc import auc_of_scores

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NovelShare:
    """Novelty of the simulated test rows and of the real rows; None if not judged.

    ``summary`` is for metrics.json: shares of novel events, and ``domain_auc`` as ``{value, low,
    high}``, the ROC AUC of separating real from simulated events (0.5: inseparable). Its
    ``missing`` says why novelty was not judged.
    """

    detectors: Novelty | None
    simulated: NoveltyScores | None
    real: NoveltyScores | None
    summary: dict


def judge_novelty(
    models: list[FittedModel],
    table: FeatureTable,
    split: Split,
    real: FeatureTable | None,
    *,
    resamples: int,
    seed: int,
) -> NovelShare:
    """Novelty of test and real rows, by detectors with the calibration rows as reference.

    Detectors are fitted on the rows for fitting. ``resamples`` bootstrap sets of stars give the
    interval of ``domain_auc``.
    """
    if len(split.calibration) < FEWEST_REFERENCES:
        reason = (
            f"{len(split.calibration)} calibration events are too few; novelty needs "
            f"{FEWEST_REFERENCES}"
        )
        log.warning("novelty is not judged: %s", reason)
        return NovelShare(None, None, None, {"missing": reason})
    gp = next((model for model in models if hasattr(model.pipeline[-1], "latent")), None)
    known = table.select(split.calibration)
    detectors = fit_novelty(table.select(split.fit), known, seed=seed, gp=gp)
    ours = detectors(table.select(split.test))
    summary = {
        "simulated_share_novel": float(np.mean(ours.verdict == NOVEL)),
        "detectors": list(ours.tails),
    }
    if real is None:
        return NovelShare(detectors, ours, None, summary)
    try:
        simulated, theirs = domain_scores(known, real, seed=seed)
    except BadTable as error:
        log.warning("no domain AUC of real and simulated events: %s", error)
        found = detectors(real)
    else:
        found = detectors(real, domain=theirs, known_domain=simulated)
        stars = np.concatenate([known.targets, real.targets])
        summary["domain_auc"] = auc_of_scores(
            simulated, theirs, stars, resamples=resamples, seed=seed
        )
    summary["real_share_novel"] = float(np.mean(found.verdict == NOVEL))
    summary["detectors"] = list(found.tails)
    return NovelShare(detectors, ours, found, summary)
