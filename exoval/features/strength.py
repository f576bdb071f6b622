"""How strong the event is, as a whole and one transit at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.feature_table import Column
from exoval.features.folded_event import FoldedEvent


@dataclass(frozen=True)
class StrengthFeatures:
    """Signal-to-noise ratios against white noise and against the noise that is really there."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("white_snr", "sigma", "box depth over its white-noise error", "koi_model_snr"),
        Column("red_noise", "", "scatter of box depths away from the event over the white error"),
        Column("mes", "sigma", "multiple-event statistic: white_snr over red_noise (at least 1)",
               "koi_max_mult_ev"),
        Column("ses_max", "sigma", "largest single-event statistic", "koi_max_sngl_ev"),
        Column("ses_max_share", "", "share of the squared strength in the strongest event"),
        Column("ses_min", "sigma", "smallest single-event statistic"),
        Column("ses_median", "sigma", "median single-event statistic"),
        Column("ses_scatter", "", "robust scatter of single-event depths over their errors"),
        Column("transit_count", "", "number of events with data", "koi_num_transits"),
        Column("transit_coverage", "", "share of the events in the baseline that have data"),
        Column("robust_over_white", "", "strength from the median depth of single events over "
               "that from the mean", "tce_robstat"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; single-event ones are NaN if no event has data."""
        depth, error = folded.box_depth(folded.inside)
        depths, errors = single_event_depths(folded)
        redness = red_noise(folded)
        row = {"white_snr": depth / error, "red_noise": redness,
               "mes": depth / error / np.fmax(redness, 1.0),
               "transit_count": float(len(depths))}
        if len(depths) == 0:
            return row
        strength = depths / errors
        pulls = (depths - depth) / errors
        numbers = folded.event_number
        return row | {
            "ses_max": strength.max(),
            "ses_max_share": strength.max() ** 2 / np.sum(strength**2),
            "ses_min": strength.min(),
            "ses_median": np.median(strength),
            "ses_scatter": 1.4826 * np.median(np.abs(pulls - np.median(pulls))),
            "transit_coverage": len(depths) / (numbers.max() - numbers.min() + 1),
            "robust_over_white": np.median(depths) / depth if depth != 0 else np.nan,
        }


def red_noise(folded: FoldedEvent, minimum_windows: int = 8) -> float:
    """Scatter of box depths in windows without an event over their white-noise error.

    Windows as long as the event tile the light curve; 1 for white noise, NaN where fewer than
    ``minimum_windows`` are well filled.
    """
    curve = folded.light_curve
    window = np.floor((curve.time - curve.time[0]) / folded.duration).astype(int)[folded.clear]
    count = np.bincount(window)
    weight = np.bincount(window, folded.weight[folded.clear])
    dip = np.bincount(window, (folded.weight * folded.dip)[folded.clear])
    full = count >= max(0.5 * folded.duration / curve.exposure, 1)
    if full.sum() < minimum_windows:
        return float("nan")
    pulls = dip[full] / np.sqrt(weight[full])
    return float(1.4826 * np.median(np.abs(pulls - np.median(pulls))))


def single_event_depths(folded: FoldedEvent, minimum_cadences: int = 2
                        ) -> tuple[np.ndarray, np.ndarray]:
    """Weighted box depth and error of every event with enough cadences, in order of time."""
    numbers, which = np.unique(folded.event_number[folded.inside], return_inverse=True)
    weight = folded.weight[folded.inside]
    total = np.bincount(which, weight, minlength=len(numbers))
    dip = np.bincount(which, weight * folded.dip[folded.inside], minlength=len(numbers))
    enough = np.bincount(which, minlength=len(numbers)) >= minimum_cadences
    return dip[enough] / total[enough], total[enough] ** -0.5
