import numpy as np
from labelled_sets import changed, gaussian_table
from scipy.stats import ks_2samp

from train.judging.feature_gap import distribution_distance, feature_gap


def test_distance_is_that_of_scipy_and_ignores_gaps():
    random = np.random.default_rng(0)
    one, other = random.normal(size=80), np.round(random.normal(0.4, 1, 50), 1)
    with_gaps = np.concatenate([one, [np.nan] * 9])
    np.testing.assert_allclose(
        distribution_distance(with_gaps, other), ks_2samp(one, other).statistic
    )


def test_too_few_values_have_no_distance():
    assert np.isnan(distribution_distance(np.arange(7.0), np.arange(100.0)))


def test_a_shifted_feature_comes_first():
    ours, theirs = gaussian_table(seed=1), gaussian_table(seed=2)
    theirs = changed(
        theirs, feature_4=theirs.frame["feature_4"] + 5, feature_2=np.full(len(theirs), np.nan)
    )
    gap = feature_gap(ours, theirs)
    assert gap["feature"][0] == "feature_4" and gap["planets"][0] > 0.9
    assert gap["feature"].iloc[-1] == "feature_2" and gap["missing_real"].iloc[-1] == 1
    assert gap["worst"].iloc[1] < 0.3
