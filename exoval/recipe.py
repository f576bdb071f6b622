"""The recipe by which an event of a light curve becomes a row of features, always the same way."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from exoval.build import build
from exoval.catalogs.survey_list import read_survey_list
from exoval.detrend.detrend import Detrend
from exoval.detrend.quietest import Quietest
from exoval.ephemeris_match import SurveyEvents
from exoval.errors import BadParameter, BadTable, DataNotFound, listed
from exoval.features.feature_group import FeatureGroup, default_features
from exoval.missions.mission import Mission
from exoval.schema import as_record
from exoval.search.box_search import BoxSearch
from exoval.search.search import Search
from exoval.views.view_form import ViewForm

log = logging.getLogger(__name__)

AGAIN = "simulate and train again with this version"
#: settings of ``python -m simulate`` that make up a recipe
PARTS = (
    "mission",
    "detrend",
    "search",
    "max_events",
    "survey_events",
    "feature",
    "view_form",
    "views",
)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The parts that find and measure an event, and the mission of the light curves.

    ``mission`` is that of the light curves to measure, ``simulated`` that of the labelled set if it
    differs. A light curve has ``segments_per_light_curve`` quarters or sectors, or all of them if
    None. ``view_form`` is None for a recipe without views. A star is searched for up to
    ``max_events`` events, each with the earlier ones taken out; feature groups that compare them
    (``needs_several_events``) are left out of a recipe for one. ``survey_events`` are those of all
    stars of the survey; groups that compare an event with them (``needs_survey_events``) are left
    out of a recipe without, unless ``has_survey`` says that only the list is not at hand. Raises
    BadParameter for ``max_events`` below 1.
    """

    mission: Mission
    detrend: Detrend = field(default_factory=Quietest)
    search: Search = field(default_factory=BoxSearch)
    features: Mapping[str, FeatureGroup] = field(default_factory=default_features)
    segments_per_light_curve: int | None = None
    view_form: ViewForm | None = None
    simulated: Mission | None = None
    max_events: int = 1
    survey_events: SurveyEvents | None = None
    has_survey: bool = False

    def __post_init__(self) -> None:
        if self.max_events < 1:
            raise BadParameter(f"max_events={self.max_events}; give 1 or more")
        if self.survey_events is not None:
            object.__setattr__(self, "has_survey", True)
        if self.max_events == 1:
            self._leave_out("needs_several_events")
        if not self.has_survey:
            self._leave_out("needs_survey_events")

    def _leave_out(self, need: str) -> None:
        """Leave out the feature groups with a need that the recipe does not meet."""
        others = {
            name: group for name, group in self.features.items() if not getattr(group, need, False)
        }
        object.__setattr__(self, "features", others)

    @property
    def event_removal(self) -> str:
        """How a found event is taken out before the star is searched again (``exoval.removal``)."""
        return (self.simulated or self.mission).event_removal

    @property
    def periods(self) -> tuple[float, float]:
        """The shortest and the longest simulated period, days."""
        mission = self.simulated or self.mission
        return mission.minimum_period_days, mission.maximum_period_days


def recipe_settings(settings: Mapping, segments_per_light_curve: int) -> dict:
    """The settings of a simulation from which ``read_recipe`` builds its recipe."""
    return {name: settings[name] for name in PARTS if name in settings} | {
        "segments_per_light_curve": segments_per_light_curve
    }


def read_recipe(settings: Mapping | None, source: str, mission: Mission | None = None) -> Recipe:
    """The recipe that ``recipe_settings`` wrote into the file ``source``.

    A ``mission``, such as another product of the same pixels, replaces the recipe's for reading
    light curves. ``exoval.build`` restricts what a file may name. Where the list of the survey's
    events is not at hand, the log says so and features that compare with it are missing. Raises
    BadTable, naming ``source``, if a part is missing from the settings or cannot be built.
    """
    if not isinstance(settings, Mapping | None):
        raise BadTable(f"the recipe of {source} is no set of named settings; {AGAIN}")
    settings = dict(settings or {})
    needed = ("mission", "detrend", "search", "feature", "segments_per_light_curve")
    missing = [name for name in needed if not settings.get(name)]
    if missing:
        raise BadTable(
            f"{source} does not say how its events were measured (no {', '.join(missing)}); {AGAIN}"
        )
    written = as_record(settings, _Written, source=f"the recipe of {source}", remedy=AGAIN)
    wanted = ["mission", "detrend", "search", "feature"]
    if written.views:
        wanted.append("view_form")
    try:
        parts = {name: build(settings.get(name), name) for name in wanted}
        return Recipe(
            mission=mission or _mission(parts["mission"]),
            detrend=_part(parts["detrend"], "detrend"),
            search=_part(parts["search"], "search"),
            features=_groups(parts["feature"]),
            segments_per_light_curve=written.segments_per_light_curve,
            view_form=_part(parts["view_form"], "view_form") if written.views else None,
            simulated=_mission(parts["mission"]),
            max_events=written.max_events or 1,
            survey_events=_survey_events(written.survey_events, source),
            has_survey=bool(written.survey_events),
        )
    except BadParameter as error:
        raise BadTable(f"cannot build the recipe of {source} ({error}); {AGAIN}") from error


@dataclass(frozen=True, kw_only=True)
class _Written:
    """What a file holds of a recipe; parts are built from their settings (``exoval.build``)."""

    mission: dict
    detrend: dict
    search: dict
    feature: dict
    segments_per_light_curve: int
    view_form: dict | None = None
    views: bool | None = None
    max_events: int | None = None
    survey_events: str | None = None


def _mission(built: object) -> Mission:
    if not isinstance(built, Mission):
        raise BadParameter("mission names no mission; give one of conf/mission")
    return built


def _part(built: object, place: str) -> Callable:
    if not callable(built):
        raise BadParameter(f"{place} names no part; give one of conf/{place}")
    return built


def _groups(built: object) -> dict[str, FeatureGroup]:
    """Feature groups by name; None stands for one that is left out."""
    groups = {name: group for name, group in built.items() if group is not None}
    wrong = [name for name, group in groups.items() if not hasattr(group, "columns")]
    if wrong or not groups:
        raise BadParameter(f"feature has no groups {listed(wrong)}; give those of conf/feature")
    return groups


def _survey_events(name: str | None, source: str) -> SurveyEvents | None:
    """The list of a survey's events that a recipe names; None if it is not at hand."""
    if not name:
        return None
    try:
        return read_survey_list(name)
    except (DataNotFound, BadTable) as error:
        message = "%s compares events with those of its survey, and there is no list: %s"
        log.warning(message, source, error)
        return None
