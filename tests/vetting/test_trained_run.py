"""A trained run holds what belongs together."""

from dataclasses import replace

import numpy as np
import pytest
from labelled_sets import gaussian_table, with_truth
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadTable
from exoval.models.calibrate import NoCalibration
from exoval.vetting.trained_run import posterior_of
from train.data.splits import StarSplit
from train.fitting.fit import fit
from train.fitting.sky_posterior import learn_sky_posteriors


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    table, split = gaussian_table(rows=600), StarSplit()
    parts = split(table, seed=0)
    model = fit(
        "logistic",
        LogisticRegression(),
        calibration=NoCalibration(),
        table=table,
        split=parts,
        seed=0,
    )
    folder = with_truth(tmp_path_factory.mktemp("set"), table)
    sky = learn_sky_posteriors([model], table, folder, split=parts, seed=0)
    return model, sky.by_model["logistic"]


def test_a_model_reads_its_own_posterior(learned, tmp_path):
    model, posterior = learned
    posterior.save(tmp_path)
    assert posterior_of(model, tmp_path).classes == tuple(model.classes)


def test_the_posterior_of_another_model_is_refused(learned, tmp_path):
    model, posterior = learned
    # a copied file whose labels are in another order would give each the odds of its neighbour
    others = replace(posterior, classes=posterior.classes[::-1], planets=posterior.planets[::-1])
    wide = np.zeros((30, len(model.columns) + 1))
    regression = HistGradientBoostingRegressor(max_iter=1).fit(wide, np.ones(30))
    label = posterior.classes[0]
    of_more_columns = replace(posterior, regressions={label: regression}, means={label: 1.0})
    for one in (others, of_more_columns):
        one.save(tmp_path)
        with pytest.raises(BadTable, match="another model"):
            posterior_of(model, tmp_path)
