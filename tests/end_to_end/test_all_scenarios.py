"""All scenarios in one run, however it is cut up, and input that cannot be used."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from commands import run_command, simulation
from fabricate import cadences, kepler_fits

from exoval.injection.importance_weights import reweight
from exoval.populations.planet_log_uniform import LogUniformPlanets
from exoval.populations.planet_occurrence import HsuOccurrence
from simulate.executor import Executor
from simulate.run import run

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted(path.stem for path in (ROOT / "conf/scenario").glob("*.yaml"))
#: two systems of each
SIZE = 2 * len(SCENARIOS)


def simulate(output, *overrides, **arguments):
    """The manifest and the tables of features and truths of a fast run."""
    settings, built = simulation(
        "experiment=all_scenarios",
        f"n_systems={SIZE}",
        f"output={output}",
        "executor=serial",
        "host=procedural",
        "search=known_ephemeris",
        "detrend=biweight",
        *overrides,
    )
    manifest = run(**built | arguments, settings=settings)
    return manifest, *(
        pd.read_parquet(Path(output) / f"{name}.parquet") for name in ("features", "truth")
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    output = tmp_path_factory.mktemp("whole")
    return output, *simulate(output)


def test_every_scenario_is_drawn_and_none_is_rejected(whole):
    _, manifest, _, truth = whole
    assert set(manifest["counts"]) == set(SCENARIOS)
    for counts in manifest["counts"].values():
        assert counts["drawn"] + counts["failed"] >= SIZE // len(SCENARIOS)
    injected = truth[truth.label != "no_transit"]
    assert len(injected) == SIZE - SIZE // len(SCENARIOS)
    assert np.isfinite(injected.log_proposal).all()
    assert (injected.impact_parameter < 1 + injected.radius_ratio).all()


def test_truth_says_which_hard_case_happened(whole):
    _, _, _, truth = whole
    injected = truth[truth.label != "no_transit"]
    for name in ("is_grazing", "is_eccentric", "is_equal_eclipses", "has_secondary"):
        assert injected[name].isin([0.0, 1.0]).all()
    assert (injected.n_transits_in_data >= 0).all()
    assert injected.n_transits_in_data.max() > 10
    planets = injected[injected.planet_radius_earth.notna()]
    assert (planets.has_secondary == 0).all()


def test_the_manifest_tells_effective_sample_sizes(whole):
    output, manifest, _, _ = whole
    stored = json.loads((output / "manifest.json").read_text())["effective_sample_size"]
    assert stored == manifest["effective_sample_size"]
    for scenario, entry in stored.items():
        assert entry["rows"] == manifest["counts"][scenario]["kept"]
        assert 0 <= entry["effective"] <= entry["rows"] + 0.1


@pytest.mark.parametrize(("workers", "batch_size"), [(2, 1), (1, 7)])
@pytest.mark.slow
def test_workers_and_shards_change_nothing(whole, tmp_path, workers, batch_size):
    _, _, features, truth = whole
    _, *again = simulate(tmp_path, f"batch_size={batch_size}", executor=Executor(workers))
    pd.testing.assert_frame_equal(again[0], features, check_exact=True)
    pd.testing.assert_frame_equal(again[1], truth, check_exact=True)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_alone_is_the_same(whole, tmp_path, scenario):
    _, _, features, truth = whole
    _, *alone = simulate(tmp_path, f"scenario=[{scenario}]", f"n_systems={SIZE // len(SCENARIOS)}")
    for table, other in ((features, alone[0]), (truth, alone[1])):
        expected = table[table.label == scenario].reset_index(drop=True)
        columns = list(other)
        pd.testing.assert_frame_equal(other, expected[columns], check_exact=True, check_dtype=False)
        # what another scenario has and this one not is empty here
        assert expected.drop(columns=columns).isna().all().all()


@pytest.mark.slow
def test_another_population_draws_the_same_and_weighs_otherwise(tmp_path):
    overrides = ("scenario=[planet,companion_planet]", "n_systems=12")
    _, _, hsu = simulate(tmp_path / "hsu", *overrides)
    _, _, flat = simulate(tmp_path / "flat", *overrides, "population=log_uniform")
    pd.testing.assert_series_equal(hsu.period_days, flat.period_days)
    assert not np.allclose(hsu.log_prior, flat.log_prior)
    np.testing.assert_allclose(
        reweight(tmp_path / "flat", population={"planets": HsuOccurrence()}),
        reweight(tmp_path / "hsu"),
        rtol=1e-9,
    )
    np.testing.assert_allclose(
        reweight(tmp_path / "hsu", population={"planets": LogUniformPlanets()}),
        reweight(tmp_path / "flat"),
        rtol=1e-9,
    )


def test_a_star_list_replaces_the_galaxy(tmp_path):
    rng = np.random.default_rng(0)
    pd.DataFrame({"kepmag": rng.uniform(8, 25, 5000)}).to_csv(tmp_path / "stars.csv", index=False)
    field = [
        "population.field._target_=exoval.populations.star_list.StarList",
        f"+population.field.path={tmp_path / 'stars.csv'}",
        "+population.field.area_square_degrees=1.0",
        "scenario=[background_binary]",
        "n_systems=3",
    ]
    _, _, truth = simulate(tmp_path / "set", *field)
    assert np.isfinite(truth.log_prior).all()
    pd.DataFrame({"mass": [1.0]}).to_csv(tmp_path / "stars.csv", index=False)
    manifest, features, _ = simulate_without_truth(tmp_path / "none", *field)
    assert len(features) == 0
    assert manifest["failures"][0]["count"] == 3
    assert "has no magnitudes in the kepler band" in manifest["failures"][0]["reason"]


def simulate_without_truth(output, *overrides):
    """As ``simulate`` where every example fails: the table of truths is then empty."""
    manifest, features, truth = simulate(output, *overrides)
    assert len(truth) == 0
    return manifest, features, truth


def test_a_negative_rate_is_one_clear_line(tmp_path):
    done = run_command(
        tmp_path,
        "simulate",
        "population=log_uniform",
        "population.planets.rate=-0.3",
        f"output={tmp_path}",
    )
    assert done.returncode == 2
    assert "-0.3 planets per star; give a rate of 0 or more" in done.stderr
    assert "Traceback" not in done.stderr


def test_light_curves_that_hold_nothing_are_counted_with_their_reason(tmp_path):
    folder = tmp_path / "kepler"
    kepler_fits(folder, 2001, 9, cadences(count=50, start=900.0, seed=1))
    gaps = cadences(count=2200, start=900.0, seed=2)
    gaps["pdcsap_flux"] = np.full(2200, np.nan, dtype=np.float32)
    kepler_fits(folder, 2002, 9, gaps)
    kepler_fits(
        folder, 2003, 9, cadences(count=2200, start=900.0, seed=3), radius=np.nan, teff=np.nan
    )
    manifest, features, _ = simulate(
        tmp_path / "set",
        "host=real",
        f"host.folder={folder}",
        "n_systems=60",
        "host.leave_out_known_signals=false",
        "scenario=[planet,nearby_binary,no_transit]",
    )
    reasons = {reason["reason"]: reason["targets"] for reason in manifest["failures"]}
    assert any("KIC 2002" in reason for reason in reasons)
    assert manifest["host"]["stars_left_out_without_parameters"] == 1
    assert not any("KIC 2003" in targets for targets in reasons.values())
    assert not any("unexpected" in reason for reason in reasons)
    # one day of data is too short for three transits of most of what is drawn
    assert set(features.target) <= {"KIC 2001"}
