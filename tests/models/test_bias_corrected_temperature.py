import numpy as np
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

from exoval.models.bias_corrected_temperature import fit_temperature


def miscalibrated(rows=6000, seed=0):
    """Answers that are too sharp and lean to the first class, the right ones, and a truth."""
    random = np.random.default_rng(seed)
    right = random.dirichlet(np.ones(3), rows)
    truth = np.array([random.choice(3, p=p) for p in right])
    wrong = softmax(2.5 * np.log(right) + np.array([1.0, 0.0, 0.0]), axis=1)
    return wrong, right, truth


def test_the_right_answers_are_found_again():
    wrong, right, truth = miscalibrated()
    found = fit_temperature(wrong, truth)(wrong)
    assert np.abs(found - right).mean() < 0.02
    assert np.abs(wrong - right).mean() > 0.1
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_with_two_classes_it_is_logistic_regression():
    random = np.random.default_rng(1)
    score = random.random(2000)
    truth = (random.random(2000) < score**2).astype(int)
    weight = random.uniform(0.5, 2, 2000)
    found = fit_temperature(np.column_stack([1 - score, score]), truth, weight=weight)
    logit = np.log(np.clip(score, 1e-6, 1)) - np.log(np.clip(1 - score, 1e-6, 1))
    peer = LogisticRegression(C=1e9, tol=1e-10).fit(logit[:, None], truth, sample_weight=weight)
    np.testing.assert_allclose(found.slope, peer.coef_[0, 0], rtol=1e-3)
    np.testing.assert_allclose(-found.offset[0], peer.intercept_[0], atol=1e-3)


def test_a_few_separated_rows_do_not_make_the_slope_endless():
    random = np.random.default_rng(3)
    truth = np.arange(40) % 2
    first = 0.5 + 0.3 * np.where(truth == 0, 1, -1) + random.uniform(-0.1, 0.1, 40)
    probability = np.stack([first, 1 - first], axis=1)
    free, held = (fit_temperature(probability, truth, with_prior=one) for one in (False, True))
    assert free.slope > 10 and 1 < held.slope < 3


def test_many_rows_overrule_the_prior():
    random = np.random.default_rng(4)
    odds = random.normal(0, 1.5, 5000)
    truth = (random.random(5000) < 1 / (1 + np.exp(-(2.5 * odds - 1)))).astype(int)
    first = 1 / (1 + np.exp(odds))
    found = fit_temperature(np.stack([first, 1 - first], axis=1), truth, with_prior=True)
    assert abs(found.slope - 2.5) < 0.2 and abs(found.offset[0] - 1) < 0.2
