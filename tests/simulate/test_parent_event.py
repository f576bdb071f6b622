"""The event of a leak's parent stands in the survey's list beside all others."""

import numpy as np
import pandas as pd
import pytest

from exoval.ephemeris_match import SurveyEvents
from exoval.missions.kepler import kepler
from exoval.recipe import Recipe
from simulate.parent_event import with_parent

LIST = SurveyEvents.of_table(
    pd.DataFrame({"target": ["A"], "period": 9.0, "epoch": 2.0, "duration": 0.1, "depth": 1e-3})
)
TRUTH = {
    "parent_is_listed": 1.0,
    "parent_period_days": 4.0,
    "parent_epoch_days": 101.5,
    "duration_days": 0.2,
    "depth_ppm": 300.0,
    "source_share": 1e-3,
}


def test_the_parent_is_listed_with_its_own_depth():
    recipe = with_parent(Recipe(mission=kepler(), survey_events=LIST), TRUTH)
    listed = recipe.survey_events
    assert listed.period.tolist() == [4.0, 9.0] and listed.epoch[0] == 101.5
    assert listed.depth[0] == pytest.approx(0.3) and np.isfinite(listed.depth).all()
    assert len(LIST) == 1


@pytest.mark.parametrize("listed", [{"parent_is_listed": 0.0}, {"parent_is_listed": np.nan}, {}])
def test_a_parent_that_nobody_has_listed_changes_nothing(listed):
    recipe = Recipe(mission=kepler(), survey_events=LIST)
    truth = {name: TRUTH[name] for name in TRUTH if name != "parent_is_listed"} | listed
    assert with_parent(recipe, truth) is recipe


def test_without_a_list_there_is_none_for_the_parent_either():
    recipe = Recipe(mission=kepler())
    assert with_parent(recipe, TRUTH) is recipe
