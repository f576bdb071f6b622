"""A vetted list of a survey whose mixture of events is not that of the simulation."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from exoval.__main__ import main
from exoval.errors import BadTable, DataNotFound
from exoval.vetting.adapted_list import adapted_list, check_origin
from exoval.vetting.trained_run import run_checksum


def probabilities(random, is_planet, junk):
    """What a classifier says: planets around 1, the rest around ``junk``."""
    mean = np.where(is_planet, 1.0, junk)
    return norm.cdf(random.normal(mean, 1.0))


def trained_run(folder, random, rows=3000, junk=-1.5):
    """What a run held back: a third planets."""
    is_planet = np.arange(rows) % 3 == 0
    pd.DataFrame(
        {
            "event": [f"planet-{row}" for row in range(rows)],
            "target": [f"KIC {row // 5}" for row in range(rows)],
            "label": np.where(is_planet, "planet", "no_transit"),
            "disposition": np.where(is_planet, "planet", "false_positive"),
            "forest_probability": probabilities(random, is_planet, junk),
        }
    ).to_csv(folder / "predictions_simulated.csv", index=False)
    return folder


def vetted(random, rows=20_000, share=0.05, junk=-3.0):
    """A list of a survey with other shares and other junk, and which events are planets."""
    is_planet = random.random(rows) < share
    answers = pd.DataFrame(
        {
            "event": [f"TIC {row}" for row in range(rows)],
            "P_planet_forest": probabilities(random, is_planet, junk),
            "failed": "",
        }
    )
    answers.loc[0, "P_planet_forest"] = np.nan  # withheld
    return answers, is_planet


def test_probabilities_hold_for_the_list(tmp_path):
    random = np.random.default_rng(0)
    answers, is_planet = vetted(random)
    adapted, (how,) = adapted_list(trained_run(tmp_path, random), answers)
    found = adapted["P_planet_forest_adapted"]
    assert how.share.share == pytest.approx(0.05, rel=0.25) and how.share.upper > 0.05
    assert found.mean() == pytest.approx(0.05, rel=0.25)
    assert np.isnan(found[0]) and found[1:].between(0, 1).all()
    sure = found > 0.5
    assert is_planet[sure].mean() == pytest.approx(found[sure].mean(), abs=0.1)
    # the order is kept
    rest = found[1:].to_numpy()[np.argsort(answers["P_planet_forest"][1:].to_numpy())]
    assert np.all(np.diff(rest) >= 0)


def test_a_classifier_that_does_not_tell_planets_apart_is_refused(tmp_path):
    random = np.random.default_rng(1)
    run = trained_run(tmp_path, random, junk=0.8)
    adapted, (how,) = adapted_list(run, vetted(random)[0])
    assert "even where it is known" in how.refused
    assert "P_planet_forest_adapted" not in adapted


def test_lists_and_runs_that_do_not_belong_together_are_refused(tmp_path):
    random = np.random.default_rng(2)
    with pytest.raises(DataNotFound, match=r"predictions_simulated\.csv is missing"):
        adapted_list(tmp_path, vetted(random)[0])
    run = trained_run(tmp_path, random)
    with pytest.raises(BadTable, match="no column P_planet_NAME"):
        adapted_list(run, pd.DataFrame({"event": ["TIC 1"], "P_planet_other": [0.5]}))


def test_the_command_prints_how_and_writes_the_list(tmp_path, capsys):
    random = np.random.default_rng(3)
    run, path = trained_run(tmp_path, random), tmp_path / "list.csv"
    vetted(random)[0].to_csv(path, index=False)
    main(["adapt", str(run), str(path)])
    assert "forest" in (printed := capsys.readouterr().out)
    assert str(tmp_path / "list_adapted.csv") in printed
    written = pd.read_csv(tmp_path / "list_adapted.csv")
    assert written["P_planet_forest_adapted"].notna().sum() == 19_999


def test_the_command_says_when_no_classifier_could_be_adapted(tmp_path, capsys):
    random = np.random.default_rng(4)
    run, path = trained_run(tmp_path, random, junk=0.8), tmp_path / "list.csv"
    vetted(random)[0].to_csv(path, index=False)
    with pytest.raises(SystemExit) as ended:
        main(["adapt", str(run), str(path)])
    assert ended.value.code == 3
    assert "refused" in capsys.readouterr().out
    assert not (tmp_path / "list_adapted.csv").exists()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda known: known.drop(columns="target"), "cannot be read"),
        (lambda known: known.assign(target=np.nan), "without a target"),
        (lambda known: known.assign(forest_probability="high"), "cannot be read"),
        (lambda known: known.assign(forest_probability=np.nan), "are no probabilities"),
    ],
)
def test_a_run_without_probabilities_of_known_stars_is_refused(tmp_path, damage, message):
    random = np.random.default_rng(5)
    path = trained_run(tmp_path, random) / "predictions_simulated.csv"
    damage(pd.read_csv(path)).to_csv(path, index=False)
    with pytest.raises(BadTable, match=message):
        adapted_list(tmp_path, vetted(random)[0])


def test_percentages_are_refused(tmp_path):
    random = np.random.default_rng(6)
    answers = vetted(random)[0]
    answers["P_planet_forest"] *= 100
    with pytest.raises(BadTable, match="P_planet_forest of the list has"):
        adapted_list(trained_run(tmp_path, random), answers)


def test_a_list_of_other_probabilities_than_the_runs_is_refused(tmp_path):
    """The manifest of a list says by which run and for which share of planets it was judged."""
    (tmp_path / "metrics.json").write_text("{}")
    path, manifest = tmp_path / "list.csv", tmp_path / "list_manifest.json"
    check_origin(tmp_path, path)
    of_run = {"run_sha256": run_checksum(tmp_path), "settings": {"planet_share": None}}
    manifest.write_text(json.dumps(of_run))
    check_origin(tmp_path, path)
    manifest.write_text(json.dumps(of_run | {"settings": {"planet_share": 0.1}}))
    with pytest.raises(BadTable, match=r"planet_share=0\.1"):
        check_origin(tmp_path, path)
    manifest.write_text(json.dumps(of_run | {"run_sha256": "0"}))
    with pytest.raises(BadTable, match="another run"):
        check_origin(tmp_path, path)
    manifest.write_text("nothing")
    with pytest.raises(BadTable, match="cannot be read"):
        check_origin(tmp_path, path)
