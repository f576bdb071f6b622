"""Scenarios in three groups: what a catalogue of labelled events can tell apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exoval.labels import PLANET, LabelMeaning
from exoval.table.feature_table import FeatureTable

ASTROPHYSICAL, NOTHING = "astrophysical", "nothing"
#: Kepler's catalogues call these PC, AFP and NTP
GROUPS = {
    PLANET: LabelMeaning(short="Planet", description="planet on the target", counts_as_planet=True),
    ASTROPHYSICAL: LabelMeaning(
        short="AFP",
        description="eclipse of two stars, or a planet of another star",
        counts_as_planet=False,
    ),
    NOTHING: LabelMeaning(
        short="NTP",
        description="variability, systematics or noise",
        transits="nothing",
        counts_as_planet=False,
    ),
}


def group_of(meaning: LabelMeaning) -> str:
    """Return the group of a label: planet, astrophysical or nothing."""
    if meaning.counts_as_planet:
        return PLANET
    return NOTHING if meaning.transits == "nothing" else ASTROPHYSICAL


def groups_of(table: FeatureTable) -> np.ndarray:
    """Return the group of every row, shape (rows,)."""
    group = {label: group_of(meaning) for label, meaning in table.label_meanings().items()}
    return np.array([group[label] for label in table.labels])


def grouped(table: FeatureTable) -> FeatureTable:
    """Return the table with groups in place of scenarios as labels."""
    frame = table.frame.assign(label=groups_of(table))
    found = set(frame["label"])
    meanings = {name: meaning for name, meaning in GROUPS.items() if name in found}
    return replace(table, frame=frame, meanings=meanings)
