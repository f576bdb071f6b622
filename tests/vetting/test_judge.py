"""Judging many events at a time is judging each alone, to the last bit."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from exoval.classifiers.deep_kernel_gp import DeepKernelGP
from exoval.classifiers.laplace_gp import LaplaceGP
from exoval.classifiers.sparse_gp import SparseGP
from exoval.classifiers.transit_cnn import TransitCNN
from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter
from exoval.event import TransitEvent
from exoval.features.feature_group import default_features
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.measure import declared_columns
from exoval.missions.kepler import kepler
from exoval.models.calibrate import PlattCalibration, logit
from exoval.models.novelty import fit_novelty_crosswise
from exoval.models.retraining_error import RetrainingError, learn_variance, learn_variances
from exoval.posterior.blended_stars import BlendedStars
from exoval.posterior.neighbours import Neighbours
from exoval.posterior.outside_evidence import OutsideEvidence
from exoval.recipe import Recipe
from exoval.table.feature_table import FeatureTable
from exoval.vetting.examined_event import ExaminedEvent, examined_table
from exoval.vetting.judge import ROWS, judge
from exoval.vetting.trained_run import TrainedRun
from exoval.views.fine import FINE, FineViews
from train.data.splits import StarSplit
from train.fitting.fit import fit
from train.fitting.sky_posterior import SkyRates, learn_sky_posterior

GROUPS = {name: default_features()[name] for name in ("strength", "secondary", "shape_bins")}
RECIPE = Recipe(mission=kepler(), features=GROUPS, view_form=FineViews())
CLASSIFIERS = {
    "forest": ExtraTreesClassifier(20, random_state=0),
    "boosted": HistGradientBoostingClassifier(max_iter=10),
    "logistic": LogisticRegression(max_iter=1000),
    "perceptron": MLPClassifier((16, 8), max_iter=60, tol=0.1, random_state=0),
    "laplace_gp": LaplaceGP(inducing_points=30, evidence_steps=3, random_state=0),
    "sparse_gp": SparseGP(inducing_points=20, epochs=3, device="cpu", random_state=0),
    "transit_cnn": TransitCNN(networks=2, epochs=2, hidden=8, device="cpu", random_state=0),
    "deep_kernel_gp": DeepKernelGP(
        inducing_points=12, network_epochs=2, epochs=2, device="cpu", random_state=0
    ),
}


def events(count, seed=0):
    """Events of random features and views, some of them missing."""
    random = np.random.default_rng(seed)
    columns = declared_columns(GROUPS)
    found = []
    for number in range(count):
        values = random.normal(size=len(columns)) + 2 * (number % 2)
        values[random.random(len(columns)) < 0.03] = np.nan
        views = random.normal(0, 0.3, FINE.length).astype(np.float32)
        found.append(
            ExaminedEvent(
                name=f"event {number}",
                target=f"KIC {number // 3}",
                event=TransitEvent(ephemeris=Ephemeris(3.0, 1.0, 0.1)),
                features=dict(zip((one.name for one in columns), map(float, values), strict=True)),
                views=(views, np.zeros(len(FINE.bins), np.int16)),
            )
        )
    return found


@pytest.fixture(scope="module")
def run():
    """A run of a model of every family, with detectors of novelty."""
    examined = examined_table(events(180, seed=9), RECIPE)
    label = np.array(["planet", "no_transit"])[np.arange(180) % 2]
    frame = examined.frame.assign(
        label=label, disposition=np.where(label == "planet", PLANET, FALSE_POSITIVE)
    )
    table = FeatureTable(frame, examined.columns, views=examined.views)
    split = StarSplit()(table, seed=0)
    models = {
        name: fit(name, one, calibration=PlattCalibration(), table=table, split=split, seed=0)
        for name, one in CLASSIFIERS.items()
    }
    features, leading = table.matrix(table.feature_names), models["laplace_gp"]
    odds = logit(leading.probabilities(table))
    square = np.random.default_rng(0).gamma(1.0, 1.0, odds.shape)
    error = RetrainingError(
        planet=learn_variance(odds[:, 1], features, square[:, 1], seed=0),
        classes=learn_variances(odds, features, square, seed=0),
        scale=1.0,
    )
    models["laplace_gp"] = replace(leading, error=error)
    rates = SkyRates(
        of_rows=np.where(label == "planet", 0.01, 1.0)[: len(table)] / 90,
        of_labels={"planet": (0.02, 0.01), "no_transit": (1.0, 1.0)},
    )
    return TrainedRun(
        models=models,
        posteriors={
            "laplace_gp": learn_sky_posterior(
                models["laplace_gp"], table, rates, split=split, seed=0
            )
        },
        leading="laplace_gp",
        novelty=fit_novelty_crosswise(table, seed=0),
        recipe=RECIPE,
    )


def rows_of(results):
    return pd.DataFrame([one.row() for one in results]).set_index("event")


@pytest.mark.parametrize("planet_share", [None, 0.2])
def test_an_event_has_one_answer_alone_or_among_others(run, planet_share):
    asked = events(ROWS + 9)
    together = rows_of(judge(run, asked, planet_share=planet_share))
    alone = rows_of(judge(run, [one], planet_share=planet_share)[0] for one in asked[::5])
    pd.testing.assert_frame_equal(together.loc[alone.index], alone, check_exact=True)
    turned = rows_of(judge(run, asked[::-1], planet_share=planet_share))
    pd.testing.assert_frame_equal(turned.loc[together.index], together, check_exact=True)
    assert (together["P_planet_low"] < together["P_planet_high"]).all()
    assert {f"P_planet_{name}" for name in CLASSIFIERS} <= set(together)
    assert together["P_planet"].nunique() == len(asked)


def test_results_are_those_of_the_events_in_their_order(run):
    asked = events(5)
    results = judge(run, asked)
    assert [one.name for one in results] == [one.name for one in asked]
    for result, event in zip(results, asked, strict=True):
        assert result.table.frame["event"].tolist() == [event.name]
        own = run.models[run.leading].probabilities(result.table)[0]
        np.testing.assert_allclose(list(result.probability.values()), own, rtol=1e-10)
    assert judge(run, []) == []


def test_caveats_stand_in_their_order(run):
    (event,) = events(1)
    event = replace(event, notes=("a",), against=("b",), of_data=("c",), further=("d",))
    (result,) = judge(replace(run, novelty=None, caveat="e"), [event])
    order = [one for one in result.caveats if len(one) == 1]
    assert order == ["a", "b", "c", "e", "d"]


def test_the_posterior_is_that_of_the_rates_whatever_share_is_asked_for(run):
    asked, sky = events(40), run.posteriors["laplace_gp"]
    planet, junk = (sky.classes.index(name) for name in ("planet", "no_transit"))
    plain, shifted = judge(run, asked), judge(run, asked, planet_share=0.2)
    stated = 0
    for result, other in zip(plain, shifted, strict=True):
        assert result.posterior.row() == pytest.approx(other.posterior.row(), nan_ok=True)
        if result.posterior.withheld:
            continue
        stated += 1
        mixture = [[result.probability[name] for name in sky.classes]]
        odds = np.divide(*sky.calibration(np.array(mixture))[0, [planet, junk]])
        # one planet to a hundred false alarms on the sky, beside their shares of the mixture
        share = sky.rates["planet"].share / sky.rates["no_transit"].share
        assert result.posterior.log_odds == pytest.approx(np.log(odds * 0.01 / share))
        low, high = result.posterior.interval
        assert low < result.posterior.planet < high
    assert stated > 10


def test_a_novel_event_has_no_posterior_and_the_mixture_stays(run):
    (event,) = events(1)
    far = replace(event, features=dict.fromkeys(event.features, 1e6))
    (result,) = judge(run, [far])
    assert "unlike" in result.posterior.verdict and np.isnan(result.posterior.planet)
    assert np.isfinite(result.row()["P_planet"])
    (plain,) = judge(replace(run, posteriors={}), [event])
    assert plain.posterior is None and "posterior" not in plain.row()


def test_withheld_probabilities_withhold_the_posterior(run):
    (event,) = events(1)
    empty = replace(event, features=dict.fromkeys(event.features, np.nan))
    (result,) = judge(run, [empty])
    assert "missing" in result.posterior.withheld and np.isnan(result.row()["posterior"])


def test_evidence_from_outside_moves_its_target_alone(run):
    asked = events(12)
    posterior = run.posteriors["laplace_gp"]
    blend = BlendedStars(
        separation=np.array([9.0]),
        difference=np.array([1.0]),
        rate=np.array([1.0]),
        density=np.array([1.0]),
    )
    blended = replace(posterior, blends={"no_transit": blend})
    run = replace(run, posteriors={"laplace_gp": blended})
    nobody, others = Neighbours(np.zeros(0), np.zeros(0)), set()
    evidence = OutsideEvidence(neighbours={asked[0].target: nobody}, pixel_scale_arcsec=4.0)
    for event, plain, with_it in zip(
        asked, judge(run, asked), judge(run, asked, evidence=evidence), strict=True
    ):
        before, after = plain.posterior, with_it.posterior
        if before.withheld:
            continue
        if event.target == asked[0].target:
            # nothing else is left, and no simulated event has such odds
            assert after.withheld or after.planet > 0.999
        else:
            assert after.planet == before.planet
            others.add(event.target)
    assert others


def test_a_share_of_planets_that_is_none_is_refused(run):
    with pytest.raises(BadParameter, match="planet_share is 1"):
        judge(run, events(1), planet_share=1.0)
