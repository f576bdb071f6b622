"""From a trained run to the posterior of one event, by the command line and by the library."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fabricate import kepler_fits

from exoval.__main__ import main
from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, BadParameter, BadTable, DataNotFound
from exoval.event import TransitEvent
from exoval.injection import inject
from exoval.lightcurve import LightCurve, Segment
from exoval.measure import measure
from exoval.missions.kepler import kepler
from exoval.physics.exact_flux import ExactModel
from exoval.star import Star
from exoval.system import Orbit, Source, System
from exoval.trained_run import load_trained_run
from exoval.vet import vet

ROOT = Path(__file__).parents[2]
SUN = Star("KIC 7", 1.0, 1.0, 5772.0, 4.44, 0.0, 12.0)
ORBIT = Orbit(4.2, 901.7, 0.1, 11.0, 0.2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run of two classifiers on forty systems, and a quarter of a star with a planet."""
    folder = tmp_path_factory.mktemp("vet")
    for arguments in (["simulate", "n_systems=40", "output=set", "executor=serial"],
                      ["train", "labelled_set=set", "output=run", "experiment=quick_train",
                       "classifier=[sparse_gp,forest]", "bootstrap_resamples=20",
                       "learning_curve=[]"]):
        done = subprocess.run([sys.executable, "-m", *arguments], cwd=folder, check=False,
                              capture_output=True, text=True,
                              env=os.environ | {"PYTHONPATH": str(ROOT), "EXOVAL_DATA": ""})
        assert done.returncode == 0, done.stderr
    (folder / "light_curves").mkdir()
    with_planet(folder / "light_curves")
    return folder


def with_planet(folder):
    """A quarter with transits as a pipeline's file."""
    rng = np.random.default_rng(3)
    time = 890.0 + np.arange(4200) * 0.0204336
    flux = 1 + 2e-4 * rng.standard_normal(len(time))
    curve = LightCurve("KIC 7", "kepler", time, flux, np.full(len(time), 2e-4), 0.0204336,
                       (Segment(9, 0, len(time)),))
    curve = inject(curve, System("planet", (Source(1.0, orbit=ORBIT),)), ExactModel()).light_curve
    position = rng.normal(0.0, 1e-3, (4, len(time))).astype(np.float32)
    kepler_fits(folder, kic=7, quarter=9, columns={
        "time": time, "cadence": np.arange(len(time), dtype=np.int32),
        "quality": np.zeros(len(time), dtype=np.int32),
        "sap_flux": (1e5 * curve.flux).astype(np.float32),
        "sap_flux_err": np.full(len(time), 20.0, dtype=np.float32),
        "pdcsap_flux": (1e5 * curve.flux).astype(np.float32),
        "pdcsap_flux_err": np.full(len(time), 20.0, dtype=np.float32),
        "mom_centr1": 500 + position[0], "mom_centr2": 300 + position[1],
        "pos_corr1": 0 * position[2], "pos_corr2": 0 * position[3]})


@pytest.fixture(scope="module")
def run(folder):
    return load_trained_run(folder / "run")


@pytest.fixture(scope="module")
def light_curve(folder):
    return kepler().read(next((folder / "light_curves").glob("*.fits")))


def vetted_rows(folder, monkeypatch, tmp_path, *arguments):
    monkeypatch.chdir(tmp_path)
    main(["vet", str(folder / "run"), *arguments])
    return pd.read_csv(tmp_path / "vetted.csv")


def test_a_star_is_searched_and_every_scenario_has_a_probability_and_an_error(
        folder, run, monkeypatch, tmp_path, capsys):
    row = vetted_rows(folder, monkeypatch, tmp_path, "KIC 7", "--data", str(folder)).iloc[0]
    classes = run.models[run.leading].classes
    assert row["period_days"] == pytest.approx(ORBIT.period, rel=1e-3)
    assert sum(row[f"P_{name}"] for name in classes) == pytest.approx(1)
    assert all(row[f"error_{name}"] >= 0 for name in classes)
    assert {f"P_planet_{name}" for name in run.models} <= set(row.index)
    assert "procedural" in row["caveats"]
    said = capsys.readouterr().out
    assert "KIC 7 1: period 4." in said and "planet" in said and "1 events judged" in said


def test_a_file_at_a_given_ephemeris_is_judged_alike(folder, monkeypatch, tmp_path):
    file = next((folder / "light_curves").glob("*.fits"))
    given = ["--period", "4.2", "--epoch", "901.7", "--duration", "3.1"]
    by_file = vetted_rows(folder, monkeypatch, tmp_path, "--file", str(file), *given).iloc[0]
    by_name = vetted_rows(folder, monkeypatch, tmp_path, "KIC 7", "--data", str(folder),
                          *given).iloc[0]
    assert by_file["P_planet"] == pytest.approx(by_name["P_planet"], abs=1e-9)


def test_a_target_that_fails_is_a_row_and_stops_no_other(folder, monkeypatch, tmp_path, capsys):
    rows = vetted_rows(folder, monkeypatch, tmp_path, "KIC 8", "KIC 7", "--data", str(folder))
    assert rows["failed"].notna().tolist() == [True, False]
    assert "KIC 8" in rows["failed"][0]
    assert "1 events judged, 1 targets failed" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        main(["vet", str(folder / "run"), "KIC 8", "--data", str(folder)])
    assert ended.value.code == 2


def test_pages_are_drawn(folder, monkeypatch, tmp_path):
    pytest.importorskip("matplotlib")
    vetted_rows(folder, monkeypatch, tmp_path, "KIC 7", "--data", str(folder), "--pages", "pages")
    assert (tmp_path / "pages" / "KIC_7_1.png").stat().st_size > 10_000


def test_what_is_judged_is_what_measure_measures(run, light_curve):
    event = TransitEvent(Ephemeris(4.2, 901.7, 0.13))
    vetted = vet(run, light_curve, SUN, event)
    method = run.measured_by
    row = measure(light_curve, event, SUN, method.detrend, method.features)
    measured = vetted.table.frame.iloc[0]
    for name, value in row.items():
        np.testing.assert_equal(measured[name], value, err_msg=name)
    model = run.models[run.leading]
    assert list(vetted.probability.values()) == pytest.approx(
        model.probabilities(vetted.table)[0].tolist())


def test_the_share_of_planets_shifts_odds_by_bayes(run, light_curve):
    event = TransitEvent(Ephemeris(4.2, 901.7, 0.13))
    shares = run.models[run.leading].card["class_shares"]
    plain, rare = (vet(run, light_curve, SUN, event, planet_share=share).probability["planet"]
                   for share in (shares["planet"], 0.001))
    before, after = (share / (1 - share) for share in (shares["planet"], 0.001))
    assert rare / (1 - rare) == pytest.approx(plain / (1 - plain) * after / before, rel=1e-6)
    assert plain == pytest.approx(vet(run, light_curve, SUN, event).probability["planet"])
    with pytest.raises(BadParameter, match="planets"):
        vet(run, light_curve, SUN, event, planet_share=1.0)


def test_what_the_model_cannot_know_is_said(run, light_curve):
    far = vet(run, light_curve, SUN, TransitEvent(Ephemeris(42.0, 901.7, 0.13)))
    assert any("period outside the 0.5-30 days" in caveat for caveat in far.caveats)
    assert any("events with data where the search asks for 3" in caveat for caveat in far.caveats)
    nothing = vet(run, light_curve, SUN, TransitEvent(Ephemeris(3.1, 900.2, 0.13)),
                  others=[Ephemeris(4.2, 901.7, 0.3)])
    assert any("sigma, below the search's 7.1" in caveat for caveat in nothing.caveats)


def test_other_signals_of_the_star_are_cut_out(run, light_curve):
    event = TransitEvent(Ephemeris(4.2, 901.7, 0.13))
    with pytest.raises(BadLightCurve):
        vet(run, light_curve, SUN, event, others=[Ephemeris(4.2, 901.7, 2.0)])


def test_nothing_found_and_no_event_is_said(run, light_curve):
    quiet = replace(light_curve, flux=1 + 1e-4 * np.random.default_rng(0).standard_normal(
        len(light_curve)))
    with pytest.raises(BadLightCurve, match=r"nothing above 7\.1"):
        vet(run, quiet, SUN)


def test_folders_that_are_no_run(folder, tmp_path):
    with pytest.raises(DataNotFound, match="no metrics"):
        load_trained_run(tmp_path)
    (tmp_path / "metrics.json").write_text("{}")
    with pytest.raises(BadTable, match="no fitted models"):
        load_trained_run(tmp_path)
    metrics = json.loads((folder / "run" / "metrics.json").read_text())
    (tmp_path / "models").symlink_to(folder / "run" / "models")
    (tmp_path / "metrics.json").write_text(json.dumps(metrics | {"simulation_config": {}}))
    with pytest.raises(BadTable, match="how events were measured"):
        load_trained_run(tmp_path)
    (tmp_path / "metrics.json").write_text("{")
    with pytest.raises(BadTable, match="train again"):
        load_trained_run(tmp_path)


def test_a_classifier_can_be_chosen(run):
    assert run.choose("forest").leading == "forest"
    with pytest.raises(BadParameter, match="sparse_gp"):
        run.choose("oracle")
