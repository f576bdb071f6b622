"""Judge one event of a real light curve with a trained model: probabilities and caveats.

The event is measured as every simulated one: the same detrending, refinement, features and views,
in as many segments as the model's light curves had. Caveats say where the model has no
experience: periods that were never simulated, fewer transits or a weaker signal than the search
requires, features unlike those of the training set (``exoval.vetting.caveats``).
"""

from __future__ import annotations

from collections.abc import Sequence

from exoval.ephemeris import Ephemeris
from exoval.ephemeris_match import SurveyEvents
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.star import Star
from exoval.vetting.examined_event import examine
from exoval.vetting.judge import judge
from exoval.vetting.result import VettingResult
from exoval.vetting.trained_run import TrainedRun, with_survey_events


def vet(
    light_curve: LightCurve,
    star: Star,
    run: TrainedRun,
    *,
    event: TransitEvent | None = None,
    name: str = "",
    others: Sequence[Ephemeris] = (),
    planet_share: float | None = None,
    survey_events: SurveyEvents | None = None,
) -> VettingResult:
    """Judge an event of an undetrended light curve; without one, the best that the search finds.

    ``others`` are further signals of the star, which are cut out or, by a recipe for several
    events, taken as events beside this one. Probabilities hold for the
    mixture of scenarios that was simulated. ``planet_share`` shifts them to another share of
    planets among all events; the other scenarios keep their proportions. ``survey_events`` replace
    the list with which a model that has one compares the event. Raises BadLightCurve if no event is
    found or the event has no data, BadParameter for a share outside 0 to 1, an epoch far from the
    data or a list that the model does not use.
    """
    if survey_events is not None:
        run = with_survey_events(run, survey_events)
    examined = examine(light_curve, star, run.recipe, event=event, name=name, others=others)
    (result,) = judge(run, [examined], planet_share=planet_share)
    return result
