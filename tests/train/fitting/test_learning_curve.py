import numpy as np
from labelled_sets import changed, gaussian_table
from sklearn.linear_model import LogisticRegression

from exoval.models.calibrate import PlattCalibration
from train.data.splits import StarSplit
from train.fitting.learning_curve import learning_curve_points, rows_of_some_stars

TABLE = gaussian_table(rows=1600, stars=300, separation=0.6)
SPLIT = StarSplit()(TABLE, seed=0)


def test_smaller_shares_are_parts_of_larger_ones_and_hold_whole_stars():
    small, large = (
        rows_of_some_stars(TABLE, SPLIT.fit, share=share, seed=0) for share in (0.2, 0.6)
    )
    assert set(small) < set(large) < set(SPLIT.fit)
    in_fit = TABLE.targets[SPLIT.fit]
    for rows in (small, large):
        stars = set(TABLE.targets[rows])
        assert len(rows) == np.isin(in_fit, list(stars)).sum()
    assert len(set(TABLE.targets[small])) == round(0.2 * len(set(in_fit)))


def test_more_stars_bring_a_lower_log_loss():
    points = learning_curve_points(
        {"logistic": LogisticRegression()},
        calibration=PlattCalibration(),
        table=TABLE,
        split=SPLIT,
        shares=[0.05, 0.9],
        seed=0,
        real=TABLE.select(SPLIT.test),
    )
    assert [point["share"] for point in points] == [0.05, 0.9]
    small, large = (point["simulated"]["log_loss"]["value"] for point in points)
    assert large < small
    # real rows that are those of the test get its numbers
    for point in points:
        assert point["real"] == point["simulated"]


def test_a_share_of_one_class_is_left_out_with_a_warning(caplog):
    lonely = changed(TABLE, target=TABLE.frame["event"])
    points = learning_curve_points(
        {"logistic": LogisticRegression()},
        calibration=PlattCalibration(),
        table=lonely,
        split=StarSplit()(lonely, seed=0),
        shares=[1e-6],
        seed=0,
    )
    assert points == [] and "1e-06 of the stars hold too few classes" in caplog.text
