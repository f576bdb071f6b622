"""A set drawn with a proposal has some of the rows of one without; where proposals are from."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from commands import run_command, simulation

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.injection.importance_weights import reweight
from exoval.running.whole_folder import manifest_text
from simulate.draw_density import Drawn, log_proposal_of
from simulate.merge import merge_sets
from simulate.proposal import LOG_WEIGHT, Chance, Proposal, read_proposal
from simulate.propose import draws_near_decision, propose, save_proposal
from simulate.run import make_simulation, run

QUICK = (
    "host=procedural",
    "host.stars=5",
    "search=known_ephemeris",
    "detrend=biweight",
    "executor=serial",
    "scenario=[planet,no_transit]",
    "mission.maximum_period_days=8",
    "views=false",
    "n_systems=24",
)
HALF = Chance(names=[], middle=[], spread=[], coefficients=[0.0])


def simulate(output, *overrides):
    settings, built = simulation(f"output={output}", *QUICK, *overrides)
    return run(**built, settings=settings)


def tables(folder):
    return tuple(
        pd.read_parquet(folder / f"{name}.parquet").set_index("event")
        for name in ("features", "truth")
    )


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain") / "set"
    return folder, simulate(folder)


@pytest.fixture(scope="module")
def chosen(plain, tmp_path_factory):
    """About half of the visible planets are searched, the heavy ones rather."""
    folder = tmp_path_factory.mktemp("chosen")
    truth = tables(plain[0])[1]
    weights = np.exp(truth.loc[truth.scenario == "planet", LOG_WEIGHT])
    level = float(weights[weights > 0].median())
    proposal = Proposal(chances={"planet": HALF}, level=level, visible_snr=5.0)
    save_proposal(proposal, folder / "proposal.json")
    assert read_proposal(folder / "proposal.json") == proposal
    return folder / "set", simulate(folder / "set", f"proposal={folder / 'proposal.json'}")


def test_what_is_searched_is_as_without_a_proposal(plain, chosen):
    features, truth = tables(plain[0])
    fewer, recorded = tables(chosen[0])
    assert 0 < len(fewer) < len(features)
    pd.testing.assert_frame_equal(fewer, features.loc[fewer.index], check_exact=True)
    unchanged = [name for name in truth if name != "log_proposal"]
    pd.testing.assert_frame_equal(recorded[unchanged], truth.loc[recorded.index, unchanged])


def test_what_is_passed_over_is_counted(plain, chosen):
    before, after = (manifest["counts"] for _, manifest in (plain, chosen))
    for stage in ("drawn", "visible"):
        assert before["planet"][stage] == after["planet"][stage]
    passed = after["planet"]["passed_over"]
    assert passed > 0 and "passed_over" not in before["planet"]
    drawn = chosen[1]["drawn"][0]
    assert drawn["systems"]["planet"] - drawn["recorded"]["planet"] == passed
    assert after["no_transit"] == before["no_transit"]


def test_weights_are_divided_by_the_probability_of_a_search(plain, chosen):
    truth, recorded = tables(plain[0])[1], tables(chosen[0])[1]
    rows = recorded.index[recorded.scenario == "planet"]
    proposal = read_proposal(chosen[0].parent / "proposal.json")
    chance = proposal.acceptance("planet", truth.loc[rows])
    systems = chosen[1]["drawn"][0]["systems"]["planet"]
    expected = reweight(truth.loc[rows]) / chance * len(rows) / systems
    np.testing.assert_allclose(reweight(recorded.loc[rows]), expected)


def test_plain_and_chosen_sets_are_merged_in_any_order(plain, chosen, tmp_path):
    """As two seeds would be; the counts of what was passed over are kept."""
    other = tmp_path / "chosen"
    shutil.copytree(chosen[0], other)
    manifest = json.loads((other / "manifest.json").read_text()) | {"seed": 7}
    sizes, sums = manifest.pop("sizes"), manifest.pop("checksums")
    files = {name: other / name for name in sizes if name in sums}
    (other / "manifest.json").write_text(manifest_text(manifest, name="manifest.json", files=files))
    counts, weights = [], []
    for number, folders in enumerate(([plain[0], other], [other, plain[0]])):
        counts.append(merge_sets(tmp_path / f"merged {number}", folders)["counts"])
        truth = tables(tmp_path / f"merged {number}")[1]
        weights.append(reweight(truth).sort_index())
    assert counts[0] == counts[1]
    assert counts[0]["planet"]["passed_over"] == chosen[1]["counts"]["planet"]["passed_over"]
    pd.testing.assert_series_equal(*weights)
    assert np.isfinite(weights[0]).all()


def test_a_higher_limit_of_visibility_is_that_of_the_proposal(chosen):
    """What is too weak for the set is recorded always, so its weight is not divided."""
    path = chosen[0].parent / "proposal.json"
    for limit, expected in ((3.0, 5.0), (9.0, 9.0)):
        _, built = simulation("output=nowhere", *QUICK, f"visible_snr={limit}", f"proposal={path}")
        assert make_simulation(**built).proposal.visible_snr == expected


def test_a_set_is_not_extended_with_another_proposal(chosen, tmp_path):
    other = Proposal(chances={"planet": HALF}, level=1.0, visible_snr=5.0)
    save_proposal(other, tmp_path / "other.json")
    with pytest.raises(BadParameter, match=r"from other data \(proposal\)"):
        simulate(chosen[0], f"proposal={tmp_path / 'other.json'}")
    with pytest.raises(BadParameter, match="with other settings"):
        simulate(chosen[0])


def test_a_proposal_that_is_not_there_leaves_no_folder(tmp_path):
    with pytest.raises((DataNotFound, BadTable), match=r"nowhere\.json"):
        simulate(tmp_path / "set", "proposal=nowhere.json")
    assert not (tmp_path / "set").exists()


def trained(folder, truth, probability):
    """A run that judged some events of a set, as ``python -m train`` writes it."""
    folder.mkdir()
    rows = pd.DataFrame(
        {
            "event": truth["event"],
            "target": truth["target"],
            "label": truth["label"],
            "disposition": np.where(truth["label"] == "planet", "planet", "false_positive"),
            "forest_probability": probability,
        }
    )
    rows.to_csv(folder / "predictions_simulated.csv", index=False)
    (folder / "metrics.json").write_text(json.dumps({"leading": "forest"}))
    files = {name: folder / name for name in ("predictions_simulated.csv", "metrics.json")}
    (folder / "manifest.json").write_text(manifest_text({}, name="manifest.json", files=files))
    return folder


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """A thousand draws a scenario, half of the stars left out; the weak are near the decision."""
    folder = tmp_path_factory.mktemp("made_up")
    rng, parts = np.random.default_rng(0), []
    for scenario, weight in (("planet", 0.01), ("no_transit", 1.0)):
        strength = np.exp(rng.uniform(np.log(5), np.log(100), 1000))
        parts.append(
            pd.DataFrame(
                {
                    "event": [f"{scenario}-{number:07d}" for number in range(1000)],
                    "target": [f"KIC {number % 50}" for number in range(1000)],
                    "label": scenario,
                    "scenario": scenario,
                    "event_number": 0.0,
                    "status": "kept",
                    "log_prior": np.log(weight),
                    "log_proposal": 0.0,
                    LOG_WEIGHT: np.log(weight),
                    "strongest_snr": strength if scenario == "planet" else np.nan,
                    "host_noise_ppm": 50 * strength,
                }
            )
        )
    truth = pd.concat(parts, ignore_index=True)
    # a draw outside of the population
    truth.loc[0, ["log_prior", LOG_WEIGHT]] = -np.inf
    (folder / "set").mkdir()
    truth.to_parquet(folder / "set" / "truth.parquet", index=False)
    left_out = truth[truth["target"].str.split().str[1].astype(int) < 25]
    weak = left_out["host_noise_ppm"] < 50 * 9
    # odds of 1:1 in the population, where junk is a hundred times as frequent
    near, planet = 1 / (1 + 0.01), left_out["label"] == "planet"
    probability = np.where(weak, near, np.where(planet, 1 - 1e-9, 1e-9))
    return folder / "set", trained(folder / "run", left_out, probability)


def test_draws_near_the_decision_of_the_population_are_found(made_up):
    draws = draws_near_decision(*made_up)
    assert len(draws) == 1000 and set(draws["target"]) == {f"KIC {n}" for n in range(25)}
    np.testing.assert_array_equal(draws["near"], draws["host_noise_ppm"] < 50 * 9)


def test_a_proposal_searches_what_is_near_and_weighs_most(made_up):
    proposal, expected = propose(*made_up, share=0.1)
    assert expected["all"].share == pytest.approx(0.1, abs=0.005)
    assert expected["no_transit"].share > 3 * expected["planet"].share
    draws = draws_near_decision(*made_up)
    junk = draws[draws["scenario"] == "no_transit"]
    chance = proposal.acceptance("no_transit", junk)
    assert chance[junk["near"]].mean() > 4 * chance[~junk["near"]].mean()
    # all weight is in the fifth of the junk that is near: at best ten times
    assert 4 < expected["all"].gain < 10


def test_a_set_that_a_proposal_chose_is_learned_from_as_nature_drew(made_up, tmp_path):
    """Of the draws that it passed over too, a further proposal searches the share asked for."""
    earlier, _ = propose(*made_up, share=0.4)
    draws = pd.read_parquet(made_up[0] / "truth.parquet")
    rng, chosen = np.random.default_rng(3), np.zeros(len(draws), dtype=bool)
    for scenario in earlier.chances:
        rows = draws["scenario"].eq(scenario).to_numpy()
        chosen[rows] = rng.random(rows.sum()) < earlier.acceptance(scenario, draws[rows])
    truth = draws[chosen]
    drawn = Drawn(
        systems=draws["scenario"].value_counts().to_dict(),
        recorded=truth["scenario"].value_counts().to_dict(),
        proposal=earlier,
    )
    (tmp_path / "set").mkdir()
    truth = truth.assign(log_proposal=log_proposal_of(truth, [drawn]))
    truth.to_parquet(tmp_path / "set" / "truth.parquet", index=False)
    (tmp_path / "set" / "manifest.json").write_text(json.dumps({"drawn": [drawn.plain()]}))
    judged = pd.read_csv(made_up[1] / "predictions_simulated.csv").set_index("event")
    left_out = truth[truth["event"].isin(judged.index)]
    run = trained(
        tmp_path / "run", left_out, judged.loc[left_out["event"], "forest_probability"].to_numpy()
    )
    further, expected = propose(tmp_path / "set", run, share=0.1)
    of_all = [
        further.acceptance(scenario, part).mean() for scenario, part in draws.groupby("scenario")
    ]
    assert np.mean(of_all) == pytest.approx(0.1, rel=0.25)
    assert expected["all"].share == pytest.approx(0.1, abs=0.005)
    assert expected["all"].gain == pytest.approx(propose(*made_up)[1]["all"].gain, rel=0.25)


def test_a_proposal_has_the_limit_of_visibility_of_its_set(made_up, tmp_path):
    shutil.copytree(made_up[0], tmp_path / "set")
    assert propose(tmp_path / "set", made_up[1])[0].visible_snr == 5.0
    (tmp_path / "set" / "manifest.json").write_text(json.dumps({"config": {"visible_snr": 7.0}}))
    assert propose(tmp_path / "set", made_up[1])[0].visible_snr == 7.0


def test_a_run_on_the_set_of_another_seed_is_refused(made_up, tmp_path):
    """Its events have the same names and are of other stars."""
    truth = pd.read_parquet(made_up[0] / "truth.parquet")
    (tmp_path / "set").mkdir()
    other = truth.assign(target=np.roll(truth["target"], 1))
    other.to_parquet(tmp_path / "set" / "truth.parquet", index=False)
    with pytest.raises(BadTable, match="give the set that the run was trained on"):
        propose(tmp_path / "set", made_up[1])


def test_the_command_writes_a_proposal_and_says_what_to_expect(made_up, tmp_path):
    labelled_set, trained_run = made_up
    done = run_command(
        tmp_path, "simulate", "propose", str(labelled_set), str(trained_run), "more.json"
    )
    assert done.returncode == 0, done.stderr
    assert "near the decision" in done.stdout and "proposal=more.json" in done.stdout
    assert read_proposal(tmp_path / "more.json").chances.keys() == {"planet", "no_transit"}


def test_a_run_on_another_set_is_refused(made_up, tmp_path):
    truth = pd.read_parquet(made_up[0] / "truth.parquet")
    (tmp_path / "set").mkdir()
    truth.iloc[:-900].to_parquet(tmp_path / "set" / "truth.parquet")
    with pytest.raises(BadTable, match="give the set that the run was trained on"):
        propose(tmp_path / "set", made_up[1])
    with pytest.raises(DataNotFound, match="holds no predictions_simulated"):
        propose(made_up[0], tmp_path)
    with pytest.raises(BadParameter, match=r"share=1\.5"):
        propose(*made_up, share=1.5)
