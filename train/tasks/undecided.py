"""Events of unknown disposition with the probabilities of every model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from exoval.labels import UNKNOWN
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
