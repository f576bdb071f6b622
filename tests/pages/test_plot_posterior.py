"""The figure of a posterior: bars that add up to the odds."""

import math

import numpy as np
import pytest

from exoval.labels import LabelMeaning
from exoval.pages.plot_posterior import plot_posterior
from exoval.posterior.comparable_events import Comparable
from exoval.posterior.event_posterior import EventPosterior
from exoval.posterior.sky_posterior import TERMS

pytest.importorskip("matplotlib")

TERM = {
    "planet": (9.0, 0.01, 0.7, 1.5),
    "eclipsing_binary": (0.1, 0.02, 1.2, 0.4),
    "no_transit": (0.01, 1.0, 0.9, 0.0),
}
MEANINGS = {
    name: LabelMeaning(short=name, description=name, counts_as_planet=name == "planet")
    for name in TERM
}


def test_the_bars_of_a_line_add_up_to_the_odds():
    product = {name: math.prod(values) for name, values in TERM.items()}
    total = sum(product.values())
    posterior = EventPosterior(
        probability={name: value / total for name, value in product.items()},
        planet=product["planet"] / total,
        log_odds=1.0,
        error=0.3,
        terms={
            term: {name: values[place] for name, values in TERM.items()}
            for place, term in enumerate(TERMS)
        },
        comparable=Comparable(number=100, planets=60.0, others=60.0),
    )
    figure = plot_posterior(posterior, MEANINGS, name="K1")
    (axes,) = figure.axes
    order = [label.get_text() for label in axes.get_yticklabels()]
    assert order == ["eclipsing_binary", "no_transit"]
    widths = np.array([[bar.get_width() for bar in bars] for bars in axes.containers])
    dots = axes.lines[0].get_xdata()
    assert widths.sum(axis=0) == pytest.approx(dots)
    odds = product["planet"] / product["eclipsing_binary"]
    assert dots[0] == pytest.approx(math.log10(odds))
    # a term of zero ends the alternative without an endless bar
    assert np.isfinite(widths).all() and dots[1] > 10
    assert "K1" in figure.get_suptitle() and "converged" in figure.get_suptitle()
