"""Strength of the event in noise of any colour, after whitening in wavelet bands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from exoval.features.reason import CODES, Reason
from exoval.folded.false_alarm import log_false_alarm
from exoval.folded.folded_event import FoldedEvent
from exoval.noise.robust_scatter import robust_scatter
from exoval.table.column import Column


@dataclass(frozen=True)
class WhitenedFeatures:
    """Single- and multiple-event statistics as Kepler's search defines them.

    See ``exoval.whitening.whitened_light_curve``. The pulse has the fitted shape; in white noise
    ``whitened_mes`` is ``mes`` where that is a box, and up to a tenth more where it is not.
    """

    #: left out of ``default_features`` and of ``feature=[all]``: it takes as long as all others
    on_request: ClassVar[bool] = True
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "whitened_mes",
            "sigma",
            "multiple-event statistic after whitening in wavelet bands",
            "koi_max_mult_ev",
        ),
        Column(
            "whitened_ses_max",
            "sigma",
            "largest single-event statistic after whitening",
            "koi_max_sngl_ev",
        ),
        Column(
            "whitened_over_white",
            "",
            "whitened_mes over white_snr: 1 in white noise, less where noise or filter take more",
        ),
        Column(
            "whitened_scatter",
            "",
            "robust scatter of whitened boxes away from the event: 1 if noise is Gaussian",
        ),
        Column(
            "whitened_false_alarm",
            "dex",
            "logarithm of the probability that the star's own whitened boxes without an event "
            "reach whitened_mes",
            "boot_fap",
        ),
        Column("whitened_reason", "", f"why columns are missing: {CODES}"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; NaN if the light curve is too short or no event holds data."""
        row = {column.name: math.nan for column in self.columns}
        row["whitened_reason"] = Reason.TOO_FEW_CADENCES
        whitened = folded.whitened
        if whitened is None:
            return row
        # a whitened box is compared with its neighbours, which flanks beyond it would spoil
        shape = folded.inside if folded.shape is None else folded.shape
        events = whitened.events(shape, folded.event_number)
        if len(events.number) == 0:
            return row
        depth, error = folded.depth
        strength = events.total_strength
        boxes = whitened.empty_boxes(folded.clear, duration=folded.duration)
        return {
            "whitened_mes": strength,
            "whitened_ses_max": float(events.strength.max()),
            "whitened_over_white": strength * error / depth if depth != 0 else math.nan,
            "whitened_scatter": robust_scatter(boxes) if len(boxes) > 1 else math.nan,
            "whitened_false_alarm": log_false_alarm(
                boxes, strength=strength, count=len(events.number)
            ),
            "whitened_reason": Reason.MEASURED if len(boxes) > 1 else Reason.NOT_COVERED,
        }
