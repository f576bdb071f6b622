"""Every number is that of scikit-learn, of counting by hand, or of a plain loop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as peer

from train.judging import metrics
from train.judging.metrics import METRICS, WeightedRows, judge, star_weights, value_of

SEEDS = st.integers(0, 2**32 - 1)


def scored(seed, rows=60, sets=3):
    """Scores with ties, both truths, and sets of integer weights some of which are zero."""
    random = np.random.default_rng(seed)
    truth = random.random(rows) < 0.4
    truth[:2] = True, False
    weights = random.integers(0, 4, (sets, rows)).astype(float)
    weights[:, :2] = 1
    probability = np.round(np.clip(0.4 * truth + 0.6 * random.random(rows), 0, 1), 1)
    return WeightedRows(probability, truth, weights)


def rows(seed, size=200):
    random = np.random.default_rng(seed)
    # two decimals, so that there are ties
    probability = np.round(random.random(size), 2)
    return probability, random.random(size) < probability**2, random.integers(0, 40, size)


def plain(key, probability, truth, weight):
    """The number by another's code or a loop, for one set."""
    kept = weight > 0
    of = {"y_true": truth, "sample_weight": weight}
    curve = peer.precision_recall_curve(truth[kept], probability[kept], sample_weight=weight[kept])
    number, _, threshold = key.rpartition("_at_")
    if threshold in ("0.5", "0.9", "0.99"):
        called = probability >= float(threshold)
        if number == "precision" and not (weight * called).any():
            return np.nan
        score = getattr(peer, f"{number}_score")
        return score(truth, called, sample_weight=weight)
    clipped = np.clip(probability, metrics.FLOOR, 1 - metrics.FLOOR)
    rate = np.average(truth, weights=weight)
    bins = list(plain_bins(probability, truth, weight))
    return {
        "roc_auc": lambda: peer.roc_auc_score(y_score=probability, **of),
        "average_precision": lambda: peer.average_precision_score(y_score=probability, **of),
        **{
            f"recall_at_precision_{least}": lambda least=least: curve[1][
                curve[0] >= least - 1e-12
            ].max()
            for least in (0.9, 0.95, 0.97, 0.99)
        },
        "precision_at_recall_0.9": lambda: curve[0][curve[1] >= 0.9 - 1e-12].max(),
        "accuracy": lambda: peer.accuracy_score(truth, probability >= 0.5, sample_weight=weight),
        "log_loss": lambda: peer.log_loss(truth, clipped, sample_weight=weight),
        "base_rate_log_loss": lambda: peer.log_loss(
            truth, np.full(len(truth), rate), sample_weight=weight
        ),
        "brier": lambda: peer.brier_score_loss(y_proba=probability, **of),
        "brier_reliability": lambda: sum(n * (given - share) ** 2 for n, share, given in bins),
        "brier_resolution": lambda: sum(n * (share - rate) ** 2 for n, share, _ in bins),
        "brier_uncertainty": lambda: rate * (1 - rate),
        "calibration_error": lambda: sum(n * abs(given - share) for n, share, given in bins),
    }[key]()


def plain_bins(probability, truth, weight):
    """Share of the rows, share of planets and mean probability of each bin that has rows."""
    number = [min(int(10 * one), 9) for one in probability]
    for which in range(10):
        mine = [row for row in range(len(truth)) if number[row] == which and weight[row] > 0]
        if mine:
            yield (
                weight[mine].sum() / weight.sum(),
                np.average(truth[mine], weights=weight[mine]),
                np.average(probability[mine], weights=weight[mine]),
            )


@pytest.mark.parametrize("key", METRICS)
@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_every_number_of_every_set_is_that_of_plain_code(key, seed):
    some = scored(seed)
    expected = [plain(key, some.probability, some.truth, weight) for weight in some.weights]
    found = METRICS[key].compute(some)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-5 if key == "log_loss" else 1e-9)


@pytest.mark.parametrize("key", METRICS)
@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_an_integer_weight_is_that_many_rows(key, seed):
    some = scored(seed, sets=1)
    times = some.weights[0].astype(int)
    repeated = np.repeat(some.probability, times), np.repeat(some.truth, times)
    np.testing.assert_allclose(METRICS[key].compute(some)[0], value_of(key, *repeated), atol=1e-12)


def test_a_purity_that_is_met_exactly_counts():
    """99 planets of 100, 198 of 200, and so on: 0.99 is no binary fraction."""
    recall = METRICS["recall_at_precision_0.99"].compute
    for hundreds in range(1, 200):
        weights = np.array([[99.0 * hundreds, hundreds, hundreds]])
        some = WeightedRows(np.array([0.9, 0.9, 0.1]), np.array([True, False, False]), weights)
        assert recall(some)[0] == 1


def test_precision_and_recall_by_counting():
    probability = np.array([0.95, 0.92, 0.91, 0.6, 0.2, 0.1])
    truth = np.array([True, True, False, True, False, True])
    for key, expected in {
        "precision_at_0.9": 2 / 3,
        "recall_at_0.9": 2 / 4,
        "accuracy": 4 / 6,
        "recall_at_precision_0.99": 2 / 4,
        "precision_at_recall_0.9": 4 / 6,
    }.items():
        assert value_of(key, probability, truth) == pytest.approx(expected), key


def test_calibration_error_by_hand():
    probability = np.array([0.15, 0.15, 0.85, 0.85])
    truth = np.array([False, True, True, True])
    # the bin at 0.15 holds half planets, that at 0.85 only planets
    assert value_of("calibration_error", probability, truth) == pytest.approx(
        0.5 * 0.35 + 0.5 * 0.15
    )


def test_base_rate_is_the_entropy_of_the_share():
    truth = np.arange(100) < 30
    assert value_of("base_rate_log_loss", np.zeros(100), truth) == pytest.approx(
        -0.3 * np.log(0.3) - 0.7 * np.log(0.7)
    )


def test_the_parts_of_the_brier_score_add_up():
    """Murphy 1973: exactly so where all probabilities of a bin are equal."""
    probability, truth, _ = rows(3, 4000)
    probability = np.floor(probability * 9.99) / 10 + 0.05
    part = {key: value_of(key, probability, truth) for key in METRICS if key.startswith("brier")}
    assert part["brier"] == pytest.approx(
        part["brier_reliability"] - part["brier_resolution"] + part["brier_uncertainty"], abs=1e-12
    )


def test_intervals_hold_the_value_and_shrink_with_more_stars():
    probability, truth, stars = rows(1, 6000)
    few, many = (
        judge(
            probability[:n],
            truth[:n],
            (stars[:n] + 40 * np.arange(n)).astype(str),
            resamples=100,
            seed=0,
        )["log_loss"]
        for n in (300, 6000)
    )
    for found in (few, many):
        assert found["low"] < found["value"] < found["high"]
    assert many["high"] - many["low"] < 0.5 * (few["high"] - few["low"])


def test_rows_of_one_star_are_drawn_together():
    """Copies of a star's rows tell nothing new, so the interval must not shrink."""
    probability, truth, _ = rows(2, 400)
    names = np.arange(400).astype(str)
    once, copied = (
        judge(np.tile(probability, n), np.tile(truth, n), np.tile(names, n), resamples=300, seed=0)[
            "brier"
        ]
        for n in (1, 4)
    )
    width = [found["high"] - found["low"] for found in (once, copied)]
    assert width[1] == pytest.approx(width[0], rel=0.05)


def test_bootstrap_draws_whole_stars_and_begins_with_the_rows_as_they_are():
    stars = np.array(["a", "b", "a", "c", "a"])
    weights = star_weights(stars, resamples=50, random=np.random.default_rng(0))
    np.testing.assert_array_equal(weights[0], 1)
    np.testing.assert_array_equal(weights[:, 0], weights[:, 2])
    np.testing.assert_array_equal(weights[1:, [0, 1, 3]].sum(axis=1), 3)


@pytest.mark.parametrize("key", ["calibration_error", "brier_reliability", "brier_resolution"])
def test_chance_that_resampling_adds_does_not_move_an_interval_off_its_value(key):
    """Calibrated probabilities: all of the error in the bins is chance, and it is drawn twice."""
    random = np.random.default_rng(0)
    probability = random.random(400)
    truth = random.random(400) < probability
    stars = np.arange(400).astype(str)
    some = WeightedRows.resampled(probability, truth, stars, resamples=400, seed=0)
    repeated = METRICS[key].compute(some)
    found = judge(probability, truth, stars, resamples=400, seed=0, keys=[key])[key]
    assert np.median(repeated[1:]) > repeated[0]
    # the middle of what is drawn lies at the value, in the same spread
    above = (
        found["high"] - found["value"],
        np.quantile(repeated[1:], 0.975) - np.median(repeated[1:]),
    )
    assert above[0] == pytest.approx(above[1]) and 0 <= found["low"] < found["value"]


@pytest.mark.parametrize("truth", [np.ones(4, bool), np.zeros(4, bool)])
@pytest.mark.parametrize("key", ["roc_auc", "average_precision", "recall_at_precision_0.99"])
def test_what_needs_two_classes_is_nan_without_them(truth, key):
    assert np.isnan(value_of(key, np.linspace(0, 1, 4), truth))


@pytest.mark.parametrize(
    ("key", "truth", "reason"),
    [
        ("roc_auc", [True, True], "only planets"),
        ("roc_auc", [False, False], "no planets"),
        ("recall_at_0.5", [False, False], "no planets"),
        ("precision_at_0.9", [True, True], "no row above"),
        ("precision_at_0.9", [True, False], "no row above"),
        ("log_loss", [], "no rows"),
    ],
)
def test_what_is_undefined_says_why(key, truth, reason):
    truth = np.array(truth, dtype=bool)
    stars = np.arange(len(truth)).astype(str)
    found = judge(np.linspace(0.2, 0.8, len(truth)), truth, stars, resamples=10, seed=0)
    assert found[key]["value"] is None and reason in found[key]["reason"]
    assert found["log_loss"]["value"] is not None or not len(truth)


def test_without_a_majority_of_defined_sets_there_is_no_interval():
    """Of one planet and one other event every second set holds only one of them."""
    truth, stars, seen = np.array([True, False]), np.array(["a", "b"]), set()
    for seed in range(20):
        weights = star_weights(stars, resamples=20, random=np.random.default_rng(seed))[1:]
        enough = (weights == 1).all(axis=1).sum() > 10
        found = judge(1.0 * truth, truth, stars, resamples=20, seed=seed)["roc_auc"]
        assert found["value"] == 1
        assert found.get("reason") == (None if enough else "too few stars for an interval")
        seen.add(enough)
    assert seen == {True, False}


def test_without_resampling_there_is_no_interval():
    probability, truth, stars = rows(0)
    found = judge(probability, truth, stars, resamples=0, seed=0)["log_loss"]
    assert found["low"] is None and found["reason"] == "not resampled"
    assert found["value"] == value_of("log_loss", probability, truth)


def test_the_interval_of_a_difference_is_that_of_drawing_both():
    """Of independent samples: quantiles of the difference of two normal means."""
    random = np.random.default_rng(1)
    one, other = (
        0.9 + 0.02 * random.standard_normal(200_000),
        0.7 + 0.05 * random.standard_normal(200_000),
    )
    numbers = [
        {"value": float(np.median(draws))}
        | dict(zip(("low", "high"), np.quantile(draws, [0.025, 0.975]), strict=True))
        for draws in (one, other)
    ]
    found = metrics.difference(*numbers)
    low, high = np.quantile(one - other, [0.025, 0.975])
    assert found["low"] == pytest.approx(low, abs=2e-3)
    assert found["high"] == pytest.approx(high, abs=2e-3)
    undefined = {"value": None, "low": None, "high": None, "reason": "no planets"}
    assert metrics.difference(numbers[0], undefined) == undefined
