"""How much of the test and of the real events is unlike what was trained on."""

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
    """Novelty of the simulated test rows and of the real ones; None where not judged.

    ``summary`` goes to metrics.json: shares called novel, and ``domain_auc`` as ``{value, low,
    high}``, the ROC AUC of telling real from simulated events (0.5: they cannot be told apart).
    ``missing`` in it says why nothing was judged.
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
    """Fit detectors on the fitted rows, learn from those of calibration, judge the others.

    ``resamples`` sets of stars give the interval of ``domain_auc``.
    """
    if len(split.calibration) < FEWEST_REFERENCES:
        reason = (
            f"{len(split.calibration)} events of calibration are too few, "
            f"{FEWEST_REFERENCES} are needed"
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
        log.warning("real events are not told from simulated ones: %s", error)
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
