"""Every feature group with a yaml declares its columns and does not look at names."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.features.folded_event import FoldedEvent

sys.path.insert(0, str(Path(__file__).parents[1] / "features"))
from light_curves import folded

CONF = Path(__file__).parents[2] / "conf"
NAMES = sorted(path.stem for path in (CONF / "feature").glob("*.yaml"))
EPHEMERIS = Ephemeris(3.3, 2.0, 0.25)


@pytest.fixture(params=NAMES)
def group(request):
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", [f"feature=[{request.param}]"])
    return instantiate(config.feature, _convert_="all")[request.param]


def test_columns_are_declared_with_descriptions_and_all_measured(group):
    row = group(folded(EPHEMERIS, 2e-3, secondary=(0.4, 3e-4)))
    names = [column.name for column in group.columns]
    assert len(set(names)) == len(names)
    assert all(column.description for column in group.columns)
    assert set(row) <= set(names)


def test_no_column_bears_a_label(group):
    forbidden = ("disposition", "score", "fpflag", "label", "scenario", "comment")
    assert not [c.name for c in group.columns if any(word in c.name for word in forbidden)]


def test_a_shift_of_time_zero_changes_nothing(group):
    event = folded(EPHEMERIS, 2e-3, secondary=(0.4, 3e-4))
    # a multiple of two periods keeps odd events odd
    shift = 2 * EPHEMERIS.period * 37
    curve = replace(event.light_curve, time=event.light_curve.time + shift)
    moved = Ephemeris(EPHEMERIS.period, EPHEMERIS.epoch + shift, EPHEMERIS.duration)
    assert_alike(group(event), group(FoldedEvent(curve, replace(event.event, ephemeris=moved),
                                                 event.star)), 1e-3)


def test_the_name_of_the_target_changes_nothing(group):
    event = folded(EPHEMERIS, 2e-3)
    renamed = FoldedEvent(replace(event.light_curve, target="KIC 99"), event.event,
                          replace(event.star, target="KIC 99"))
    assert_alike(group(event), group(renamed), 0)


@pytest.mark.parametrize("kept", [0.001, 0.02, 0.3])
def test_gaps_give_missing_values_and_never_an_error(group, kept):
    event = folded(EPHEMERIS, 2e-3)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        curve = event.light_curve.keep(rng.random(len(event.light_curve)) < max(kept, 1e-3))
        row = group(FoldedEvent(curve, event.event, event.star))
        assert set(row) <= {column.name for column in group.columns}
        assert not any(np.isinf(value) for value in row.values())


def test_an_event_outside_the_data_gives_missing_values(group):
    event = folded(EPHEMERIS, 2e-3)
    nowhere = TransitEvent(Ephemeris(500.0, 300.0, 0.2))
    with np.errstate(all="ignore"):
        row = group(FoldedEvent(event.light_curve, nowhere, event.star))
    assert set(row) <= {column.name for column in group.columns}


def assert_alike(one, other, tolerance):
    assert one.keys() == other.keys()
    for name, value in one.items():
        expected = pytest.approx(value, rel=tolerance, abs=20 * tolerance, nan_ok=True)
        assert other[name] == expected, name
