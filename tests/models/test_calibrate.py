import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoval.errors import BadParameter
from exoval.models.calibrate import (
    BetaCalibration,
    IsotonicCalibration,
    NoCalibration,
    PlattCalibration,
    TemperatureCalibration,
    rescale_classes,
)

ALL = [
    IsotonicCalibration(),
    PlattCalibration(),
    TemperatureCalibration(),
    BetaCalibration(),
    NoCalibration(),
]


def distorted(rows, seed, planets=0.3):
    """Overconfident scores with a known true probability."""
    random = np.random.default_rng(seed)
    logit = random.normal(np.log(planets / (1 - planets)), 1.2, rows)
    truth = random.random(rows) < 1 / (1 + np.exp(-logit))
    return 1 / (1 + np.exp(-(2.5 * logit + 1))), truth, 1 / (1 + np.exp(-logit))


@pytest.mark.parametrize(
    "calibration", [IsotonicCalibration(), PlattCalibration(), BetaCalibration()]
)
def test_the_true_probability_is_found_again(calibration):
    score, truth, _ = distorted(4000, seed=0)
    new_score, _, best = distorted(4000, seed=1)
    found = calibration(score, truth)(new_score)
    assert np.mean(np.abs(found - best)) < 0.03
    assert np.mean(np.abs(new_score - best)) > 0.1


@pytest.mark.parametrize("calibration", ALL)
@pytest.mark.parametrize("rows", [12, 500])
def test_order_is_kept_and_nothing_leaves_zero_to_one(calibration, rows):
    score, truth, _ = distorted(rows, seed=2)
    found = calibration(score, truth)(np.linspace(0, 1, 1001))
    assert np.all(np.diff(found) >= 0)
    assert found.min() >= 0 and found.max() <= 1


def test_temperature_finds_the_slope_again():
    random = np.random.default_rng(6)
    logit = random.normal(0, 1.5, 8000)
    truth = random.random(8000) < 1 / (1 + np.exp(-logit))
    found = TemperatureCalibration()(1 / (1 + np.exp(-3 * logit)), truth)
    assert found.slope == pytest.approx(1 / 3, rel=0.1) and found.offset == 0


def test_beta_mends_scores_that_are_bold_at_one_end_alone():
    random = np.random.default_rng(7)
    best = random.uniform(0, 1, 20_000)
    truth = random.random(20_000) < best
    score = 1 - (1 - best) ** 2
    error = {
        type(kind): np.mean(np.abs(kind(score, truth)(score) - best))
        for kind in (BetaCalibration(), TemperatureCalibration(), PlattCalibration())
    }
    assert error[BetaCalibration] < 0.02 < error[TemperatureCalibration]
    assert error[BetaCalibration] < 0.5 * error[PlattCalibration]


def test_beta_leaves_calibrated_scores_alone():
    random = np.random.default_rng(8)
    score = random.uniform(0, 1, 20_000)
    found = BetaCalibration()(score, random.random(20_000) < score)
    assert (found.low, found.high) == pytest.approx((1, 1), abs=0.08)


def test_isotonic_makes_no_ties_and_never_claims_certainty():
    score = np.concatenate([np.linspace(0.0, 0.3, 200), np.linspace(0.7, 1.0, 200)])
    found = IsotonicCalibration()(score, np.arange(400) >= 200)(np.linspace(0, 1, 101))
    assert np.all(np.diff(found) > 0)
    assert found.min() > 1e-4 and found.max() < 1 - 1e-4


def test_small_sets_fall_back_to_the_sigmoid():
    score, truth, _ = distorted(60, seed=3)
    at = np.linspace(0, 1, 11)
    np.testing.assert_array_equal(
        IsotonicCalibration(minimum_events=50)(score, truth)(at),
        PlattCalibration()(score, truth)(at),
    )


def test_a_score_that_points_the_wrong_way_gives_the_base_rate():
    score, truth, _ = distorted(2000, seed=4)
    for calibration in (PlattCalibration(), BetaCalibration()):
        found = calibration(1 - score, truth)(np.array([0.1, 0.9]))
        np.testing.assert_allclose(found, truth.mean(), atol=1e-3)


@pytest.mark.parametrize("calibration", ALL)
@pytest.mark.parametrize(
    ("score", "truth", "message"),
    [
        ([0.1, 0.2], [True, True], "one kind"),
        ([0.1, 1.2], [True, False], "one probability"),
        ([0.1, np.nan], [True, False], "one probability"),
        ([0.1], [True, False], "shapes"),
    ],
)
def test_a_set_that_cannot_calibrate_is_refused(calibration, score, truth, message):
    with pytest.raises(BadParameter, match=message):
        calibration(np.array(score), np.array(truth))


@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_rescaled_classes_sum_to_one_and_keep_their_proportions(seed, classes):
    random = np.random.default_rng(seed)
    raw = random.dirichlet(np.ones(classes), size=5)
    planets = np.arange(classes) < random.integers(1, classes)
    random.shuffle(planets)
    target = random.random(5)
    found = rescale_classes(raw, planets=planets, calibrated=target)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(found[:, planets].sum(axis=1), target)
    for kind in (planets, ~planets):
        ours, theirs = found[:, kind], raw[:, kind]
        np.testing.assert_allclose(
            ours * theirs.sum(1)[:, None], theirs * ours.sum(1)[:, None], atol=1e-12
        )


def test_a_single_planet_class_gets_the_calibrated_number_to_the_last_bit():
    raw, target = np.random.default_rng(1).dirichlet(np.ones(4), size=50), np.linspace(0, 1, 50)
    found = rescale_classes(raw, planets=np.array([False, True, False, False]), calibrated=target)
    np.testing.assert_array_equal(found[:, 1], target)


def test_a_certain_planet_shares_the_rest_equally():
    np.testing.assert_allclose(
        rescale_classes(
            np.array([[1.0, 0, 0]]),
            planets=np.array([True, False, False]),
            calibrated=np.array([0.8]),
        ),
        [[0.8, 0.1, 0.1]],
    )
