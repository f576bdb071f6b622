from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from exoval.errors import ExovalError
from exoval.pages.plot_system import plot_system
from exoval.system import Orbit, Source, System

PAIR = Orbit(
    period=3.0,
    epoch=0.5,
    radius_ratio=0.6,
    semi_major_axis_ratio=8.0,
    impact_parameter=0.3,
    eccentricity=0.3,
    argument_of_periastron=1.0,
    surface_brightness_ratio=0.4,
    mass_ratio=0.7,
)
SYSTEM = System(
    scenario="nearby_binary",
    sources=(
        Source(flux_fraction=0.9),
        Source(flux_fraction=0.1, offset_column=6.0, offset_row=-3.0, orbit=PAIR),
    ),
    truth={"separation_arcsec": 6.7},
)


def panels(system):
    pytest.importorskip("matplotlib")
    figure = plot_system(system)
    figure.canvas.draw()
    return figure.axes


def test_panels_show_the_light_of_both_eclipses_and_the_photocentre():
    whole, primary, first_shift, secondary, _, _, words = panels(SYSTEM)
    depths = [np.ptp(axes.lines[0].get_ydata()) for axes in (whole, primary, secondary)]
    assert depths[0] == pytest.approx(depths[1], rel=1e-3) and depths[1] > depths[2] > 1e-3
    # a source at 6 arcsec with a tenth of the light moves the photocentre by its depth x 5.4
    assert np.ptp(first_shift.lines[0].get_ydata()) == pytest.approx(5.4e3 * depths[1], rel=0.1)
    text = words.texts[0].get_text()
    assert "period 3 d" in text and "separation_arcsec 6.7" in text


def test_system_without_an_orbit_is_a_flat_line():
    axes = panels(System(scenario="no_transit", sources=(Source(flux_fraction=1.0),)))
    assert np.ptp(axes[0].lines[0].get_ydata()) == 0 and len(axes) == 3


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({"transit_times": (0.6, 3.4)}, 7),
        ({"impact_parameter": 1.6}, 7),
        ({"radius_ratio": 0.0}, 3),
    ],
)
def test_unusual_orbits_can_be_drawn(change, count):
    orbit = replace(PAIR, **change)
    assert (
        len(panels(System(scenario="x", sources=(Source(flux_fraction=1.0, orbit=orbit),))))
        == count
    )


def test_missing_matplotlib_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ExovalError, match=r"exoval\[report"):
        plot_system(SYSTEM)


def test_dips_of_a_second_planet_are_drawn_when_they_happen():
    """At its own times, as deep as its disc; the first planet's fold does not hide it."""
    planet = Orbit(
        period=10.0, epoch=2.0, radius_ratio=0.1, semi_major_axis_ratio=20.0, impact_parameter=0.0
    )
    second = replace(planet, period=7.0, epoch=5.0, radius_ratio=0.05)
    source = Source(flux_fraction=1.0, orbit=planet, further_orbits=(second,))
    axes = panels(System(scenario="planet_system", sources=(source,)))
    phase, flux = axes[0].lines[0].get_data()
    apart = np.abs(phase) > 0.1
    time = 2.0 + 10.0 * phase[apart & (flux < 1)]
    assert time.size > 100 and np.abs((time - 5.0 + 3.5) % 7.0 - 3.5).max() < 0.3
    assert 1 - flux[apart].min() == pytest.approx(1.25 * 0.05**2, rel=0.1)
    assert "orbit 2: 7 d" in axes[-1].texts[0].get_text()
