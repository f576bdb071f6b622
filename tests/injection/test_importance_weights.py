"""Another universe from the same labelled set: weights against drawing from it directly."""

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from exoval.errors import BadTable, DataNotFound
from exoval.injection.importance_weights import (
    effective_sample_size,
    effective_sample_sizes,
    read_truth,
    reweight,
)
from exoval.physics.stellar_relations import radius_from_mass
from exoval.populations.binary_population import FlatBinaries, MoeBinaries
from exoval.populations.eccentricity import BetaEccentricity
from exoval.populations.planet_log_uniform import LogUniformPlanets
from exoval.populations.planet_occurrence import HsuOccurrence
from exoval.star import Star
from exoval.table.parquet_parts import writing_parts
from simulate.observation import Observation
from simulate.scenarios.background_planet import BackgroundPlanet
from simulate.scenarios.eclipsing_binary import EclipsingBinary
from simulate.scenarios.planet import Planet

SUN = Star(
    target="KIC 1",
    radius=1.0,
    mass=1.0,
    teff=5772.0,
    logg=4.44,
    metallicity=0.0,
    magnitude=12.0,
    ra=290.0,
    dec=44.5,
)
OBSERVATION = Observation(
    star=SUN,
    start=540.0,
    baseline=90.0,
    exposure=0.0204,
    noise_ppm=60.0,
    noise_days=0.25,
    band="kepler",
    blend_radius_arcsec=4.0,
)
THRESHOLD = 7.1


class UniformField:
    """A field of one star of 0.8 solar masses per square arcsec and magnitude."""

    def sample(self, rng, size, magnitude, band, ra, dec):
        return np.full(size, 0.8)

    def log_prob(self, magnitude, band, ra, dec):
        return 0.0


def truth_of(scenario, draws, name):
    systems = [scenario.draw(np.random.default_rng(i), OBSERVATION) for i in range(draws)]
    return pd.DataFrame(
        [
            {
                "label": name,
                "status": "kept",
                "log_prior": s.log_prior,
                "log_proposal": s.log_proposal,
                "period_days": s.signal.period,
                "k": s.signal.radius_ratio,
                "b": s.signal.impact_parameter,
                "axis": s.signal.semi_major_axis_ratio,
                "e": s.signal.eccentricity,
                "w": s.signal.argument_of_periastron,
                **s.truth,
            }
            for s in systems
        ]
    )


def detected(period, k, b, axis, e, w):
    """Whether the signal-to-noise ratio of a box of the transit's length passes a threshold."""
    chord = np.sqrt(np.maximum((1 + k) ** 2 - b**2, 0))
    duration = period / np.pi / axis * chord * np.sqrt(1 - e**2) / (1 + e * np.sin(w))
    noise = 60e-6 * np.sqrt(0.25 / np.maximum(duration, 1e-9))
    return k**2 / noise * np.sqrt(90 / period) > THRESHOLD


@pytest.fixture(scope="module")
def log_uniform():
    scenario = Planet(
        occurrence=LogUniformPlanets(),
        eccentricities=BetaEccentricity(),
        minimum_period_days=0.5,
        maximum_period_days=30.0,
    )
    return truth_of(scenario, 6000, "planet")


def test_the_same_population_gives_the_stored_weights_back(log_uniform):
    same = reweight(log_uniform, population={"planets": LogUniformPlanets()})
    np.testing.assert_allclose(same, reweight(log_uniform), rtol=1e-9)
    np.testing.assert_allclose(
        np.log(same), log_uniform.log_prior - log_uniform.log_proposal, atol=1e-9
    )


def test_reweighting_to_hsu_is_simulating_from_hsu(log_uniform):
    """Detection efficiency per bin of period and radius, of isotropic orbits around a Sun."""
    drawn = log_uniform
    weights = reweight(drawn, population={"planets": HsuOccurrence()}).to_numpy()
    found = detected(
        *(drawn[name].to_numpy() for name in ("period_days", "k", "b", "axis", "e", "w"))
    )
    hsu = HsuOccurrence()
    rng = np.random.default_rng(5)
    size = 1_200_000
    period, radius = hsu.sample(rng, size)
    axis = 4.2083 * period ** (2 / 3)
    e, w = BetaEccentricity().sample(rng, size), 2 * np.pi * rng.random(size)
    e = np.where(axis * (1 - e) < 2, 0.0, e)
    b = rng.random(size) * axis * (1 - e**2) / (1 + e * np.sin(w))
    k = radius / 109.076
    transits = b < 1 + k
    direct = transits & detected(period, k, b, axis, e, w)
    compared = 0
    for periods in ((1, 4), (4, 10), (10, 30)):
        for radii in ((1.5, 2.5), (2.5, 4), (4, 16)):
            here = (
                (drawn.period_days > periods[0])
                & (drawn.period_days < periods[1])
                & (drawn.planet_radius_earth > radii[0])
                & (drawn.planet_radius_earth < radii[1])
            ).to_numpy()
            there = (
                (period > periods[0])
                & (period < periods[1])
                & (radius > radii[0])
                & (radius < radii[1])
            )
            # efficiency: detected planets over all planets of the bin
            planets = hsu.rate * there.sum() / size
            ours = weights[here & found].sum() / len(drawn) / planets
            ours_error = math.sqrt((weights[here & found] ** 2).sum()) / len(drawn) / planets
            count = (direct & there).sum()
            theirs, theirs_error = count / there.sum(), math.sqrt(count) / there.sum()
            assert abs(ours - theirs) < 4 * math.hypot(ours_error, theirs_error)
            assert ours_error < 0.2 * ours
            compared += 1
    assert compared == 9


def test_the_mean_weight_is_the_expected_number_of_events(log_uniform):
    """Flat planets: their number in the drawn range times the chance of transit, by quadrature."""
    above = log_uniform[log_uniform.planet_radius_earth > 4]
    expected = (
        np.log(22 / 4)
        / np.log(22 / 0.5)
        / np.log(1000)
        * np.mean(
            [
                1 / (1 - e**2)
                for e in BetaEccentricity(maximum=0.9).sample(np.random.default_rng(0), 40000)
            ]
        )
    )
    ln_period = np.linspace(np.log(0.5), np.log(30), 2001)
    expected *= np.trapezoid(1.09 / (4.2083 * np.exp(2 / 3 * ln_period)), ln_period)
    total = reweight(above).sum() / len(log_uniform)
    # close eccentric orbits are made circular, and 1 + R2/R1 runs from 1.04 to 1.2
    assert total == pytest.approx(expected, rel=0.1)


def test_binaries_and_field_stars_are_reweighted_too():
    flat = truth_of(EclipsingBinary(FlatBinaries(), 0.5, 30.0), 300, "eclipsing_binary")
    moe = truth_of(EclipsingBinary(MoeBinaries(), 0.5, 30.0), 300, "eclipsing_binary")
    np.testing.assert_allclose(
        reweight(flat, population={"binaries": MoeBinaries()}), reweight(moe), rtol=1e-9
    )
    planets = [
        truth_of(
            BackgroundPlanet(
                field=UniformField(),
                occurrence=law,
                eccentricities=BetaEccentricity(),
                minimum_period_days=0.5,
                maximum_period_days=30.0,
            ),
            100,
            "background_planet",
        )
        for law in (LogUniformPlanets(), HsuOccurrence())
    ]
    np.testing.assert_allclose(
        reweight(planets[0], population={"planets": HsuOccurrence()}),
        reweight(planets[1]),
        rtol=1e-9,
    )


def test_eclipsing_binaries_are_as_many_as_moe_and_geometry_say():
    """Mean weight against brute force: pairs from the population, orbits at random."""
    drawn = truth_of(EclipsingBinary(MoeBinaries(), 1.0, 8.0, 0.1), 4000, "eclipsing_binary")
    companions = MoeBinaries().of(1.0)
    ln_period, ratios = np.linspace(0, np.log(8), 200), np.geomspace(0.0125, 1, 800)
    density = np.exp(companions.log_prob(np.exp(ln_period)[:, None], ratios[None, :]))
    radius = np.where(ratios < 0.075, 0.11, radius_from_mass(np.maximum(ratios, 0.075)))
    axis = 4.2083 * np.cbrt(1 + ratios)[None, :] * np.exp(2 / 3 * ln_period)[:, None]
    chance = (1 + radius)[None, :] / axis
    expected = np.trapezoid(np.trapezoid(density * chance, ratios, axis=1), ln_period)
    assert reweight(drawn).mean() == pytest.approx(expected, rel=0.06)


def test_effective_sample_size_of_equal_and_of_one_heavy_row():
    assert effective_sample_size(np.full(40, 0.3)) == pytest.approx(40)
    assert effective_sample_size(np.array([1.0] + [0.0] * 39)) == pytest.approx(1)
    assert effective_sample_size(np.zeros(5)) == 0


def test_a_collapse_is_warned_of(log_uniform, caplog):
    frame = log_uniform.head(1000).copy()
    frame.loc[frame.index[0], "log_prior"] += 30
    sizes = effective_sample_sizes(frame)
    assert sizes["planet"]["collapsed"]
    assert "planet 1 of 1000 rows" in caplog.text
    caplog.clear()
    assert not effective_sample_sizes(log_uniform)["planet"]["collapsed"]
    assert not caplog.records


def test_rows_with_nothing_injected_weigh_one():
    frame = pd.DataFrame(
        {
            "label": ["no_transit"] * 3,
            "status": "kept",
            "log_prior": 0.0,
            "log_proposal": 0.0,
            "planet_radius_earth": np.nan,
        }
    )
    frame["period_days"] = frame["log_transit_probability"] = np.nan
    assert (reweight(frame, population={"planets": HsuOccurrence()}) == 1).all()


def test_tables_that_cannot_be_weighed_are_refused(tmp_path):
    with pytest.raises(DataNotFound, match="no table of truths"):
        reweight(tmp_path)
    with pytest.raises(BadTable, match="lacks log_proposal"):
        reweight(pd.DataFrame({"label": ["planet"], "log_prior": [0.0]}))


def test_of_a_folder_of_truths_its_parts_alone_are_read(tmp_path):
    rows = pa.table(
        {"label": ["planet"] * 5, "log_prior": np.arange(5.0), "log_proposal": [0.0] * 5}
    )
    with writing_parts(tmp_path / "truth.parquet", rows.schema, rows_a_file=2) as parts:
        parts.write(rows)
    part = tmp_path / "truth.parquet" / "part-00001.parquet"
    (tmp_path / "truth.parquet" / "copy of it.parquet").write_bytes(part.read_bytes())
    (tmp_path / "truth.parquet" / "notes.txt").write_text("mine")
    assert list(read_truth(tmp_path)["log_prior"]) == [0, 1, 2, 3, 4]
    part.write_bytes(part.read_bytes()[:-9])
    with pytest.raises(BadTable, match=r"cannot read .*truth\.parquet"):
        read_truth(tmp_path)


def test_every_planet_of_a_star_has_the_weight_of_the_first(log_uniform):
    """In its own population and in another, whatever the further planet is."""
    firsts = log_uniform.head(50)
    further = firsts.assign(
        **{f"first_{name}": firsts[name] for name in ("period_days", "planet_radius_earth")},
        first_log_transit_probability=firsts["log_transit_probability"],
        period_days=firsts["period_days"] * 2.1,
        planet_radius_earth=1.3,
        log_transit_probability=-4.0,
    )
    both = pd.concat([firsts, further], ignore_index=True)
    for population in (None, {"planets": HsuOccurrence()}):
        weights = reweight(both, population=population).to_numpy()
        np.testing.assert_array_equal(weights[:50], weights[50:])
        np.testing.assert_array_equal(weights[:50], reweight(firsts, population=population))
