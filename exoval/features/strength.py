"""Strength of the event, for all transits together and for each one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.features.reason import CODES, Reason
from exoval.folded.false_alarm import log_false_alarm
from exoval.folded.folded_event import FoldedEvent
from exoval.noise.robust_scatter import robust_scatter
from exoval.table.column import Column


@dataclass(frozen=True)
class StrengthFeatures:
    """Signal-to-noise ratios in white noise and in red noise."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("white_snr", "sigma", "box depth over its white-noise error", "koi_model_snr"),
        Column(
            "red_noise",
            "",
            "scatter of box depths away from the event over the white "
            "error, periodic signal subtracted",
        ),
        Column(
            "mes",
            "sigma",
            "multiple-event statistic: white_snr over red_noise (at least 1)",
            "koi_max_mult_ev",
        ),
        Column("ses_max", "sigma", "largest single-event statistic", "koi_max_sngl_ev"),
        Column("ses_max_share", "", "share of the squared strength in the strongest event"),
        Column("ses_min", "sigma", "smallest single-event statistic"),
        Column("ses_median", "sigma", "median single-event statistic"),
        Column("ses_mad", "sigma", "median absolute deviation of the single-event statistics"),
        Column("ses_scatter", "", "robust scatter of single-event depths over their errors"),
        Column(
            "mes_over_expected",
            "",
            "multiple-event statistic over the median single event "
            "times the root of their number: 1 if all are alike",
        ),
        Column("transit_count", "", "number of events with data", "koi_num_transits"),
        Column(
            "transit_coverage",
            "",
            "share of the events in the baseline that have data",
            needs_period=True,
        ),
        Column(
            "robust_over_white",
            "",
            "strength from the median depth of single events over that from the mean",
            "tce_robstat",
        ),
        Column(
            "bootstrap_false_alarm",
            "dex",
            "logarithm of the probability that boxes without an event reach the event's strength",
            "boot_fap",
        ),
        Column("strength_reason", "", f"why single-event columns are missing: {CODES}"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; single-event ones are NaN without data in any event."""
        depth, error = folded.depth
        events = folded.events
        count = len(events)
        row = {
            "white_snr": depth / error,
            "red_noise": folded.red_noise,
            "mes": depth / error / folded.noise,
            "transit_count": float(count),
            "strength_reason": Reason.TOO_FEW_CADENCES,
        }
        if count == 0:
            return row
        strength = events.strength
        middle = float(np.median(strength))
        deviation = float(np.median(np.abs(strength - middle))) if count > 1 else np.nan
        pulls = (events.depth - depth) / events.error
        scatter = robust_scatter(pulls) if count > 1 else np.nan
        number = folded.event_number
        return row | {
            "ses_max": strength.max(),
            "ses_max_share": strength.max() ** 2 / np.sum(strength**2),
            "ses_min": strength.min(),
            "ses_median": middle,
            "ses_mad": deviation,
            "ses_scatter": scatter,
            "mes_over_expected": (depth / error) / (middle * np.sqrt(count))
            if middle > 0
            else np.nan,
            "transit_coverage": count / (number[-1] - number[0] + 1),
            "robust_over_white": np.median(events.depth) / depth if depth != 0 else np.nan,
            "bootstrap_false_alarm": log_false_alarm(
                folded.empty_pulls, strength=depth / error, count=count
            ),
            "strength_reason": Reason.MEASURED if count > 1 else Reason.ONE_EVENT,
        }
