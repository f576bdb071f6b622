"""Events of unknown disposition with the probabilities of every model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from exoval.labels import UNKNOWN
from exoval.models.fitted_model import FittedModel
from exoval.table.feature_table import FeatureTable
from train.judging.scored import Scored


def undecided(
    scored: Mapping[str, Scored],
    *,
    leading: str,
    identify: Callable[[str], dict] | None = None,
) -> pd.DataFrame:
    """The events of unknown disposition with the probability and its error by every model.

    After what ``identify`` says of an event, columns are probability and error by the ``leading``
    model, and for each model its name and ``_error``. An error is empty for a model without one.
    """
    first = scored[leading]
    chosen = first.disposition == UNKNOWN
    if identify is None:
        found = pd.DataFrame({"event": first.event[chosen], "target": first.star[chosen]})
    else:
        found = pd.DataFrame([identify(str(name)) for name in first.event[chosen]])
    named = [("probability", "error", first)]
    named += [(name, f"{name}_error", rows) for name, rows in scored.items()]
    for probability, error, rows in named:
        found[probability] = rows.probability[chosen].round(5)
        found[error] = rows.error[chosen].round(5)
    return found


def at_planet_share(
    model: FittedModel, table: FeatureTable, scored: Scored, *, share: float
) -> Scored:
    """The scored rows of a table with probabilities for another share of planets."""
    answers = model.answers(table, priors=model.priors_at(share))
    low, high = answers.planet_interval
    most = np.argmax(answers.probability, axis=1)
    return replace(
        scored,
        probability=answers.planet,
        error=0.5 * (high - low),
        predicted=np.array(model.classes)[most],
        predicted_is_planet=model.is_planet_class[most],
    )
