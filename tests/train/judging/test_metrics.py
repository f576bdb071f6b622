import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as peer

from train.judging import metrics

SEEDS = st.integers(0, 2**32 - 1)


def scored(seed, rows=60):
    """Scores with ties, both truths, and integer weights some of which are zero."""
    random = np.random.default_rng(seed)
    truth = random.random(rows) < 0.4
    truth[:2] = True, False
    weight = random.integers(0, 4, rows).astype(float)
    weight[:2] = 1
    return np.round(np.clip(0.4 * truth + 0.6 * random.random(rows), 0, 1), 1), truth, weight


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_curve_areas_and_losses_are_those_of_scikit_learn(seed):
    probability, truth, weight = rows = scored(seed)
    kept = weight > 0
    arguments = {"y_true": truth, "sample_weight": weight}
    assert metrics.roc_auc(*rows) == pytest.approx(
        peer.roc_auc_score(y_score=probability, **arguments)
    )
    assert metrics.average_precision(*rows) == pytest.approx(
        peer.average_precision_score(y_score=probability, **arguments)
    )
    clipped = np.clip(probability, metrics.FLOOR, 1 - metrics.FLOOR)
    assert metrics.log_loss(*rows) == pytest.approx(
        peer.log_loss(truth, clipped, sample_weight=weight), abs=1e-5
    )
    assert metrics.brier(*rows) == pytest.approx(
        peer.brier_score_loss(y_proba=probability, **arguments)
    )
    precision, recall, _ = peer.precision_recall_curve(
        truth[kept], probability[kept], sample_weight=weight[kept]
    )
    assert metrics.recall_at_precision(0.8)(*rows) == pytest.approx(
        recall[precision >= 0.8 - 1e-12].max()
    )


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_an_integer_weight_is_that_many_rows(seed):
    probability, truth, weight = scored(seed)
    times = weight.astype(int)
    repeated = np.repeat(probability, times), np.repeat(truth, times), np.ones(times.sum())
    for _, metric, _ in metrics.METRICS.values():
        np.testing.assert_allclose(
            metric(probability, truth, weight), metric(*repeated), atol=1e-12
        )


def test_precision_and_recall_by_counting():
    probability = np.array([0.95, 0.92, 0.91, 0.6, 0.2, 0.1])
    truth = np.array([True, True, False, True, False, True])
    one = np.ones(6)
    assert metrics.precision(0.9)(probability, truth, one) == pytest.approx(2 / 3)
    assert metrics.recall(0.9)(probability, truth, one) == pytest.approx(2 / 4)
    assert metrics.accuracy(probability, truth, one) == pytest.approx(4 / 6)
    assert metrics.recall_at_precision(0.99)(probability, truth, one) == pytest.approx(2 / 4)


def test_calibration_error_by_hand():
    probability = np.array([0.15, 0.15, 0.85, 0.85])
    truth = np.array([False, True, True, True])
    # the bin at 0.15 holds half planets, that at 0.85 only planets
    assert metrics.calibration_error(probability, truth, np.ones(4)) == pytest.approx(
        0.5 * 0.35 + 0.5 * 0.15
    )


def test_base_rate_is_the_entropy_of_the_share():
    truth = np.arange(100) < 30
    assert metrics.base_rate_log_loss(np.zeros(100), truth, np.ones(100)) == pytest.approx(
        -0.3 * np.log(0.3) - 0.7 * np.log(0.7)
    )


@pytest.mark.parametrize("truth", [np.ones(4, bool), np.zeros(4, bool)])
def test_what_needs_two_classes_is_nan_without_them(truth):
    for metric in (metrics.roc_auc, metrics.average_precision, metrics.recall_at_precision(0.99)):
        assert np.isnan(metric(np.linspace(0, 1, 4), truth, np.ones(4)))
