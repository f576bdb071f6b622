"""The event of the star whose light leaks into a target, in the list of the survey's events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from exoval.ephemeris_match import SurveyEvents
from exoval.recipe import Recipe


def with_parent(recipe: Recipe, truth: Mapping[str, float | str]) -> Recipe:
    """Return the recipe with the event of the example's parent among the survey's events.

    The recipe itself is returned if it compares with no list, or nobody has listed the parent. The
    parent's own dip is as deep as the whole of its light, of which the target has ``source_share``.
    """
    if recipe.survey_events is None or truth.get("parent_is_listed") != 1:
        return recipe
    parent = SurveyEvents(
        target=np.array(["parent"]),
        period=np.array([truth["parent_period_days"]]),
        epoch=np.array([truth["parent_epoch_days"]]),
        duration=np.array([truth["duration_days"]]),
        depth=np.array([1e-6 * truth["depth_ppm"] / truth["source_share"]]),
    )
    return replace(recipe, survey_events=recipe.survey_events.joined(parent))
