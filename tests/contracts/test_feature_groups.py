"""Every feature group with a yaml declares its columns and measures nothing but the event."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from hypothesis import given, settings
from hypothesis import strategies as st
from light_curves import folded

from exoval.ephemeris import Ephemeris
from exoval.ephemeris_match import SurveyEvents, match_of_event
from exoval.event import TransitEvent
from exoval.features.feature_group import default_features
from exoval.features.reason import Reason
from exoval.folded.folded_event import FoldedEvent
from exoval.star_events import sibling_values

CONF = Path(__file__).parents[2] / "conf"
NAMES = sorted(path.stem for path in (CONF / "feature").glob("*.yaml"))
EPHEMERIS = Ephemeris(3.3, 2.0, 0.25)
#: units a column may have; none is "" for a pure number
UNITS = {
    "",
    "d",
    "h",
    "ppm",
    "sigma",
    "dex",
    "K",
    "R_earth",
    "R_sun",
    "M_sun",
    "rho_sun",
    "mag",
    "pixel",
    "millipixel",
}


def instantiated(name):
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", [f"feature=[{name}]"])
    return instantiate(config.feature, _convert_="all")[name]


GROUPS = {name: instantiated(name) for name in NAMES}
ON_REQUEST = [name for name, group in GROUPS.items() if getattr(group, "on_request", False)]


@pytest.fixture(params=NAMES)
def group(request):
    return GROUPS[request.param]


@pytest.fixture(scope="module")
def event():
    one = folded(EPHEMERIS, 2e-3, secondary=(0.4, 3e-4), centroids=True)
    other = replace(one.event, ephemeris=replace(EPHEMERIS, period=1.7 * EPHEMERIS.period))
    return replace(
        one,
        siblings=sibling_values([one.event, other], 0, most_events=3),
        ephemeris_match=its_match(one.event),
    )


def its_match(event):
    """The event among those of a survey, one of which coincides and is deeper."""
    other = SurveyEvents(
        target=np.array(["KIC 2"]),
        period=np.array([EPHEMERIS.period]),
        epoch=np.array([EPHEMERIS.epoch + 0.02]),
        duration=np.array([EPHEMERIS.duration]),
        depth=np.array([0.1]),
    )
    return match_of_event(event, "KIC 1", other, span=(0.0, 90.0))


def remade(event, curve, ephemeris=EPHEMERIS, star=None):
    own = replace(event.event, ephemeris=ephemeris)
    return FoldedEvent(
        curve,
        own,
        star or event.star,
        curve,
        siblings=event.siblings,
        ephemeris_match=event.ephemeris_match,
    )


def test_exactly_the_declared_columns_are_measured(group, event):
    names = [column.name for column in group.columns]
    assert len(set(names)) == len(names)
    assert set(group(event)) == set(names)


def test_columns_have_units_and_descriptions(group):
    assert all(column.description and column.unit in UNITS for column in group.columns)


def test_no_two_groups_share_a_column():
    names = [column.name for group in GROUPS.values() for column in group.columns]
    assert len(names) == len(set(names))


def test_every_group_is_measured_by_default_unless_it_says_on_request():
    with initialize_config_module("conf", version_base="1.3"):
        default = set(compose("simulate").feature)
        asked = set(compose("simulate", [f"feature=[all,{','.join(ON_REQUEST)}]"]).feature)
    assert default == set(default_features()) == set(NAMES) - set(ON_REQUEST)
    assert asked == set(NAMES)


def test_an_event_without_gaps_is_measured_wholly(group, event):
    row = group(event)
    missing = [name for name, value in row.items() if not np.isfinite(value)]
    assert missing in ([], ["metallicity"])
    assert all(value == Reason.MEASURED for name, value in row.items() if name.endswith("_reason"))


def test_no_column_bears_a_label(group):
    forbidden = ("disposition", "score", "fpflag", "label", "scenario", "comment")
    assert not [c.name for c in group.columns if any(word in c.name for word in forbidden)]


def test_a_shift_of_time_zero_changes_nothing(group, event):
    # a multiple of two periods keeps odd events odd
    shift = 2 * EPHEMERIS.period * 37
    curve = replace(event.light_curve, time=event.light_curve.time + shift)
    moved = Ephemeris(EPHEMERIS.period, EPHEMERIS.epoch + shift, EPHEMERIS.duration)
    assert_alike(group(event), group(remade(event, curve, moved)), 1e-3)


def test_counting_events_from_another_one_changes_nothing(group, event):
    later = Ephemeris(EPHEMERIS.period, EPHEMERIS.epoch + 4 * EPHEMERIS.period, EPHEMERIS.duration)
    assert_alike(group(event), group(remade(event, event.light_curve, later)), 1e-3)


def test_the_name_of_the_target_changes_nothing(group, event):
    curve = replace(event.light_curve, target="KIC 99")
    renamed = remade(event, curve, star=replace(event.star, target="KIC 99"))
    assert_alike(group(event), group(renamed), 0)


@pytest.mark.parametrize("scale", [1e-3, 4096.0])
def test_the_unit_of_flux_changes_nothing(group, event, scale):
    curve = event.light_curve
    scaled = curve.with_flux(scale * curve.flux, scale * curve.flux_error)
    assert_alike(group(event), group(remade(event, scaled)), 1e-5)


def test_the_order_of_cadences_changes_nothing(group, event):
    order = np.random.default_rng(3).permutation(len(event.light_curve))
    assert_alike(group(event), group(remade(event, reordered(event.light_curve, order))), 1e-9)


def test_a_cadence_given_twice_counts_once(group, event):
    order = np.repeat(np.arange(len(event.light_curve)), 2)
    doubled = reordered(event.light_curve, order)
    doubled = replace(doubled, segments=(replace(doubled.segments[0], stop=len(order)),))
    assert_alike(group(event), group(remade(event, doubled)), 1e-9)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 90), st.floats(0.01, 40)), max_size=6),
    st.floats(0.02, 1.0),
    st.integers(0, 9),
)
def test_gaps_give_missing_values_with_a_reason_and_never_an_error(gaps, share, seed):
    event = folded(EPHEMERIS, 2e-3, secondary=(0.4, 3e-4), centroids=True)
    time = event.light_curve.time
    kept = np.random.default_rng(seed).random(len(time)) < share
    for start, length in gaps:
        kept &= (time < start) | (time > start + length)
    if kept.any():
        check_missing(remade(event, event.light_curve.keep(kept)))


@pytest.mark.parametrize("cadences", [1, 2, 3, 5, 20])
def test_a_few_cadences_give_missing_values_with_a_reason(event, cadences):
    for first in (0, 85, 95, 98):
        kept = np.isin(np.arange(len(event.light_curve)), np.arange(first, first + cadences))
        check_missing(remade(event, event.light_curve.keep(kept)))


def test_an_event_outside_the_data_gives_missing_values(event):
    nowhere = TransitEvent(ephemeris=Ephemeris(500.0, 300.0, 0.2))
    check_missing(FoldedEvent(event.light_curve, nowhere, event.star))


def test_a_bump_gives_missing_values(event):
    curve = event.light_curve
    check_missing(remade(event, curve.with_flux(2 - curve.flux)))


def check_missing(event):
    """No infinity, no column undeclared, and a reason where a group has one and lacks values."""
    for name, group in GROUPS.items():
        with np.errstate(all="ignore"):
            row = group(event)
        names = {column.name for column in group.columns}
        assert set(row) <= names, name
        assert not any(np.isinf(value) for value in row.values()), name
        reasons = [column for column in names if column.endswith("_reason")]
        assert all(np.isfinite(row[reason]) for reason in reasons), name


def reordered(curve, order):
    names = ("time", "flux", "flux_error", "centroid_column", "centroid_row")
    return replace(curve, **{name: getattr(curve, name)[order] for name in names})


def assert_alike(one, other, tolerance):
    assert one.keys() == other.keys()
    for name, value in one.items():
        expected = pytest.approx(value, rel=tolerance, abs=20 * tolerance, nan_ok=True)
        assert other[name] == expected, name
