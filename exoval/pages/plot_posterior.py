"""The figure of one posterior: what moves the odds of a planet against each alternative."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from exoval.labels import LabelMeaning, planet_labels, short_label
from exoval.pages.plot_event import figure_class

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from exoval.posterior.event_posterior import EventPosterior

#: colours that stay apart in grey and for colour-blind readers, one a term
COLOURS = ("#1f3b6f", "#c2541b", "#d9a441", "#4a8f5c", "#8e6bb0", "#5fb3c8")
#: smallest factor that is drawn: a term of zero would need an endless bar
LEAST = 1e-12


def plot_posterior(
    posterior: EventPosterior, meanings: Mapping[str, LabelMeaning], *, name: str = ""
) -> Figure:
    """Draw the logarithm of the odds of a planet against each alternative, term by term.

    A bar to the right speaks for a planet; the bars of a line add up to its dot, in powers of ten.
    Of several labels that count as planet the most probable one is compared. Raises ExovalError
    without matplotlib.
    """
    planets = planet_labels(meanings)
    planet = max(planets, key=lambda one: posterior.probability.get(one, 0.0))
    others = sorted(
        (one for one in posterior.probability if one not in planets),
        key=posterior.probability.get,
        reverse=True,
    )
    figure = figure_class()(figsize=(9, 1.6 + 0.42 * len(others)), layout="constrained")
    axes = figure.add_subplot()
    ratios = np.array(
        [
            [
                np.log10(max(posterior.terms[term][planet], LEAST))
                - np.log10(max(posterior.terms[term][one], LEAST))
                for one in others
            ]
            for term in posterior.terms
        ]
    )
    rows = np.arange(len(others))
    # bars of one sign stand on each other
    right, left = np.zeros(len(others)), np.zeros(len(others))
    for term, ratio, colour in zip(posterior.terms, ratios, cycle(COLOURS), strict=False):
        start = np.where(ratio > 0, right, left)
        axes.barh(rows, ratio, left=start, height=0.62, color=colour, label=term.replace("_", " "))
        right, left = right + np.maximum(ratio, 0), left + np.minimum(ratio, 0)
    axes.plot(ratios.sum(axis=0), rows, "o", color="black", label="all together", zorder=3)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(rows, [short_label(one, meanings) for one in others])
    axes.invert_yaxis()
    axes.set_xlabel(f"$\\log_{{10}}$ odds of {short_label(planet, meanings)} against each")
    figure.legend(loc="outside lower center", ncols=min(len(posterior.terms) + 1, 5), frameon=False)
    # the verdict has a line of its own: with the numbers it is wider than the figure
    lines = [part for line in posterior.lines() for part in line.split(": ", 2)]
    figure.suptitle("\n".join([name, ": ".join(lines[:2]), *lines[2:]]), fontsize=11)
    return figure
