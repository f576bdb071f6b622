import numpy as np
import pytest
from labelled_sets import changed, gaussian_table

from exoval.classifiers.laplace_gp import LaplaceGP
from exoval.classifiers.sparse_gp import SparseGP
from exoval.errors import BadTable, DataNotFound
from exoval.models.calibrate import Identity
from exoval.models.feature_pipeline import feature_pipeline
from exoval.models.fitted_model import FittedModel
from exoval.models.novelty import (
    FAMILIAR,
    NOVEL,
    domain_scores,
    fit_novelty,
    fit_novelty_crosswise,
    latent_variance,
    load_novelty,
    tail_share,
)

FITTED = gaussian_table(rows=500, stars=100, seed=0)
KNOWN = gaussian_table(rows=300, stars=60, seed=1, prefix="KNOWN ")
FRESH = gaussian_table(rows=400, stars=90, seed=2, prefix="FRESH ")


def gp_model(classifier):
    pipeline = feature_pipeline(classifier, len(FITTED)).fit(FITTED.features, FITTED.labels)
    return FittedModel(
        name="gp",
        pipeline=pipeline,
        calibration=Identity(),
        columns=FITTED.columns,
        meanings=FITTED.label_meanings(),
    )


@pytest.fixture(scope="module")
def novelty():
    gp = gp_model(LaplaceGP(inducing_points=40, evidence_steps=10, random_state=0))
    return fit_novelty(FITTED, KNOWN, seed=0, gp=gp)


def test_rows_like_those_of_training_are_familiar(novelty):
    found = novelty(FRESH)
    assert list(found.tails) == ["isolation_forest", "local_outlier_factor", "gp_variance"]
    assert np.mean(found.verdict == NOVEL) < 0.08
    assert np.all((found.score >= 0) & (found.score < 1))


@pytest.mark.parametrize("distance", [40.0, 4000.0])
def test_rows_far_outside_are_novel_however_far(novelty, distance):
    far = changed(
        FRESH, **{f"feature_{i}": FRESH.frame[f"feature_{i}"] + distance for i in range(1, 5)}
    )
    found = novelty(far)
    assert np.mean(found.verdict == NOVEL) > 0.95
    assert found.score.mean() > novelty(FRESH).score.mean() + 0.3


def test_a_combination_that_training_lacks_is_odder_than_each_value_alone():
    random = np.random.default_rng(3)
    along = random.normal(size=800)
    table = gaussian_table(rows=800, stars=200)
    pair = {"feature_1": along, "feature_2": along + 0.05 * random.normal(size=800)}
    rest = {f"feature_{i}": random.normal(size=800) for i in (0, 3, 4, 5, 6, 7)}
    table = changed(table, **pair, **rest)
    model = fit_novelty(table.select(np.arange(500)), table.select(np.arange(500, 780)), seed=0)
    ours = table.select(np.arange(780, 800))
    crossed = changed(
        ours, **{f"feature_{i}": 0.0 for i in (0, 3, 4, 5, 6, 7)}, feature_1=1.5, feature_2=-1.5
    )
    assert (
        model(crossed).tails["local_outlier_factor"].mean()
        < 0.3 * model(ours).tails["local_outlier_factor"].mean()
    )


def test_tails_of_known_rows_are_uniform():
    reference = np.sort(np.random.default_rng(0).normal(size=4000))
    tails = tail_share(np.random.default_rng(1).normal(size=4000), reference)
    np.testing.assert_allclose(np.quantile(tails, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.03)
    assert tail_share(np.array([99.0]), reference)[0] == pytest.approx(1 / 4001)


def test_saved_detectors_give_the_same_scores(novelty, tmp_path):
    novelty.save(tmp_path)
    again = load_novelty(tmp_path)(FRESH)
    np.testing.assert_allclose(again.score, novelty(FRESH).score, atol=1e-12)
    with pytest.raises(DataNotFound, match="no novelty detectors"):
        load_novelty(tmp_path / "elsewhere")


@pytest.mark.parametrize(
    "classifier",
    [
        LaplaceGP(inducing_points=40, evidence_steps=5, random_state=0),
        SparseGP(inducing_points=30, epochs=5, device="cpu", random_state=0),
    ],
)
def test_latent_variance_is_finite_and_grows_away_from_the_rows(classifier):
    gp = gp_model(classifier)
    corner = changed(FRESH, **{f"feature_{i}": 99.0 * (-1) ** i for i in range(8)})
    assert latent_variance(gp, corner).mean() > 1.5 * latent_variance(gp, FRESH).mean() > 0


def test_domains_that_are_one_cannot_be_told_apart_and_two_can():
    alike = domain_scores(FITTED, FRESH, seed=0)
    assert abs(np.mean(alike[1][:, None] > alike[0]) - 0.5) < 0.08
    moved = changed(FRESH, feature_3=FRESH.frame["feature_3"] + 4)
    apart = domain_scores(FITTED, moved, seed=0)
    assert np.mean(apart[1][:, None] > apart[0]) > 0.95


def test_the_domain_counts_as_one_more_detector(novelty):
    moved = changed(FRESH, feature_3=FRESH.frame["feature_3"] + 4)
    simulated, real = domain_scores(KNOWN, moved, seed=0)
    found = novelty(moved, domain=real, known_domain=simulated)
    assert "domain" in found.tails
    assert np.mean(found.verdict == NOVEL) > np.mean(novelty(moved).verdict == NOVEL)


def test_no_star_helps_to_judge_itself():
    """Features that are only noise about the star: with the star in training they would do."""
    stars = np.repeat(np.arange(40), 10)
    table = gaussian_table(rows=400, stars=40, seed=5)
    noise = np.random.default_rng(6).normal(size=(40, 8))[stars]
    columns = {f"feature_{i}": noise[:, i] for i in range(8)}
    one = changed(table, target=[f"A{n}" for n in stars], **columns)
    columns = {
        f"feature_{i}": np.random.default_rng(7).normal(size=(40, 8))[stars][:, i] for i in range(8)
    }
    other = changed(table, target=[f"B{n}" for n in stars], **columns)
    simulated, real = domain_scores(one, other, seed=0)
    assert abs(np.mean(real[:, None] > simulated) - 0.5) < 0.2


def test_too_little_to_go_by_is_refused(novelty):
    with pytest.raises(BadTable, match="20 rows are too few"):
        fit_novelty(FITTED, KNOWN.select(np.arange(20)), seed=0)
    one_star = changed(FRESH, target="KIC 1")
    with pytest.raises(BadTable, match="1 real stars"):
        domain_scores(FITTED, one_star, seed=0)
    fewer = gaussian_table(columns=5)
    with pytest.raises(BadTable, match="feature_7"):
        novelty(fewer)
    assert FAMILIAR != NOVEL


def test_few_rows_serve_as_their_own_reference_across_stars():
    few = gaussian_table(rows=90, stars=40, seed=5)
    novelty = fit_novelty_crosswise(few, seed=0)
    assert all(len(values) == len(few) for values in novelty.references.values())
    assert np.mean(novelty(FRESH).verdict == NOVEL) < 0.15
    far = changed(FRESH, **{f"feature_{i}": FRESH.frame[f"feature_{i}"] + 40 for i in range(1, 5)})
    assert np.mean(novelty(far).verdict == NOVEL) > 0.9
    with pytest.raises(BadTable, match=r"30 rows of .* are too few for novelty"):
        fit_novelty_crosswise(few.select(np.arange(30)), seed=0)


@pytest.mark.parametrize("value", [1e30, -1e30])
def test_one_impossible_value_makes_an_event_novel(novelty, value):
    found = novelty(changed(FRESH, feature_3=value))
    assert np.mean(found.verdict == NOVEL) > 0.9
