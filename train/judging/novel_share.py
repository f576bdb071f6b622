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
    fit_novelty_crosswise,
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

    Detectors are fitted on the rows for fitting. Where calibration rows are too few, those of both
    parts serve as reference, each for detectors that were fitted on other stars. ``resamples``
    bootstrap sets of stars give the interval of ``domain_auc``.
    """
    gp = next((model for model in models if hasattr(model.pipeline[-1], "latent")), None)
    fitted, known = (table.select(rows) for rows in (split.fit, split.calibration))
    if len(known) + len(fitted) < FEWEST_REFERENCES:
        reason = (
            f"{len(known) + len(fitted)} events to fit and calibrate are too few; novelty needs "
            f"{FEWEST_REFERENCES}"
        )
        log.warning("novelty is not judged: %s", reason)
        return NovelShare(None, None, None, {"missing": reason})
    if len(known) < FEWEST_REFERENCES:
        detectors = fit_novelty_crosswise(table.select(_learned(split)), seed=seed)
    else:
        detectors = fit_novelty(fitted, known, seed=seed, gp=gp)
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


def _learned(split: Split) -> np.ndarray:
    """The rows for fitting and for calibration."""
    return np.sort(np.concatenate([split.fit, split.calibration]))
