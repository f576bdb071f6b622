"""Every way of adapting by its name in settings and tables of results."""

from __future__ import annotations

from train.fitting.adaptation.aligned_quantiles import aligned_quantiles
from train.fitting.adaptation.anew import anew
from train.fitting.adaptation.as_it_is import as_it_is
from train.fitting.adaptation.label_shift import (
    LabelShift,
    by_black_box,
    by_regularised_black_box,
)
from train.fitting.adaptation.recalibrated import recalibrated
from train.fitting.adaptation.relearned_junk import relearned_junk
from train.fitting.adaptation.reweighted import reweighted
from train.fitting.adaptation.self_trained import self_trained
from train.fitting.adaptation.warm_started import warm_started
from train.fitting.adaptation.way import Way

WAYS: dict[str, Way] = {
    "as_it_is": as_it_is,
    "recalibrated": recalibrated,
    "reweighted": reweighted,
    "anew": anew,
    "warm_started": warm_started,
    "label_shift": LabelShift(),
    "black_box_shift": LabelShift(by_black_box),
    "regularised_shift": LabelShift(by_regularised_black_box),
    "relearned_junk": relearned_junk,
    "aligned_quantiles": aligned_quantiles,
    "self_trained": self_trained,
}
#: ways that use unlabelled events of the other mission alone, or none
UNLABELLED = (
    "as_it_is",
    "reweighted",
    "label_shift",
    "black_box_shift",
    "regularised_shift",
    "relearned_junk",
    "aligned_quantiles",
    "self_trained",
)
