"""A view form of one .py and one .yaml is stored with its layout, read, and looked at."""

import numpy as np
import pytest
from recipe_run import QUICK, done

from exoval.classifiers.transit_cnn import TransitCNN
from train.data.labelled_set import read_labelled_set


def test_its_views_are_stored_read_and_learned_from(tmp_path, add):
    found = add("exoval/views/whole.py", "conf/view_form/whole.yaml")
    asked = ("view_form=whole", "scenario=[planet]", "n_systems=4", "feature=[ephemeris]")
    done(tmp_path, "simulate", found, *QUICK, *asked, "mission.targets.faintest=11", "output=set")
    labelled = read_labelled_set(tmp_path / "set")
    views = labelled.table.views
    assert dict(views.layout.bins) == {"global": 101}
    shown = views[np.arange(len(views))]
    assert shown.shape == (len(labelled.table), 101) and len(shown) > 1
    # the event is in the middle of the period and as deep as it is
    assert (shown.argmin(axis=1) == pytest.approx(50, abs=2)) and shown.min() < -0.3
    recipe = labelled.recipe()
    assert recipe.view_form.layout.bins == views.layout.bins
    network = TransitCNN(epochs=1, networks=1, held_out_share=0, random_state=0, device="cpu")
    truth = np.arange(len(views)) % 2
    fitted = network.fit(np.zeros((len(views), 1)), truth, views=views)
    assert np.isfinite(fitted.predict_proba(np.zeros((len(views), 1)), views=views)).all()
