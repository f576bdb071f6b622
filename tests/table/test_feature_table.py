"""A table carries what its labels mean, through a file and through a choice of rows."""

from dataclasses import replace

import numpy as np
import pytest
from labelled_sets import gaussian_table

from exoval.errors import BadTable
from exoval.labels import LabelMeaning
from exoval.table.feature_table import load_feature_table

RINGED = LabelMeaning(
    short="Ring", description="planet with rings", counts_as_planet=True, transits="planet"
)


def ringed():
    """A table in which every other planet has rings and counts as planet all the same."""
    table = gaussian_table()
    rows = table.is_planet & (np.arange(len(table)) % 8 == 0)
    label = np.where(rows, "ringed_planet", table.labels)
    return replace(table, frame=table.frame.assign(label=label), meanings={"ringed_planet": RINGED})


def test_meanings_are_kept_in_the_file_and_by_a_choice_of_rows(tmp_path):
    ringed().save(tmp_path / "features.parquet")
    loaded = load_feature_table(tmp_path / "features.parquet")
    assert loaded.meanings == {"ringed_planet": RINGED}
    assert loaded.select(loaded.is_planet).meanings == loaded.meanings


def test_a_label_nobody_declared_counts_by_its_rows():
    found = ringed().label_meanings()
    assert list(found) == sorted(found) and found["ringed_planet"] == RINGED
    planets = {label for label, meaning in found.items() if meaning.counts_as_planet}
    assert planets == {"planet", "ringed_planet"}
    assert found["no_transit"].transits is None


@pytest.mark.parametrize("declared", [True, False])
def test_a_disposition_that_contradicts_its_label_is_refused(declared):
    table = ringed()
    label = "ringed_planet" if declared else "no_transit"
    wrong = np.flatnonzero(table.labels == label)[-3:]
    other = "false_positive" if declared else "planet"
    disposition = table.frame["disposition"].to_numpy().copy()
    disposition[wrong] = other
    with pytest.raises(BadTable, match=f"3 of .* rows labelled '{label}'"):
        replace(table, frame=table.frame.assign(disposition=disposition)).label_meanings()
