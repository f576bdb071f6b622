"""The whole of ``python -m simulate`` as one function, which makes a labelled set."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from exoval.catalogs.survey_list import read_survey_list
from exoval.detrend.detrend import Detrend
from exoval.errors import BadParameter
from exoval.features.feature_group import FeatureGroup
from exoval.labels import LabelMeaning, meanings_to_plain
from exoval.measure import declared_columns
from exoval.missions.mission import Mission
from exoval.physics.transit_flux import TransitModel
from exoval.recipe import Recipe, recipe_settings
from exoval.running.fingerprint import fingerprint
from exoval.running.folder_lock import folder_lock
from exoval.running.output_path import make_folder
from exoval.running.progress import progress
from exoval.running.provenance import code_version, versions
from exoval.running.whole_folder import folder_draft, publish
from exoval.search.known_ephemeris import KnownEphemeris
from exoval.search.search import Search
from exoval.table.feature_table import schema_hash
from exoval.views.fine import FineViews
from exoval.views.view_form import ViewForm
from simulate.batches import systems_of_each
from simulate.dask_executor import DaskExecutor
from simulate.event_kinds import NOTHING
from simulate.example import Simulation
from simulate.executor import Executor
from simulate.hosts import Hosts
from simulate.labelled_set import FEATURES, TRUTH, Contents, write_labelled_set
from simulate.picture import picture_examples
from simulate.proposal import Proposal, read_proposal
from simulate.scenarios.no_transit import NoTransit
from simulate.scenarios.scenario import Scenario, event_label
from simulate.shards import Shards

log = logging.getLogger(__name__)

#: settings that change no row
WITHOUT_EFFECT = ("n_systems", "output", "data", "executor", "batch_size", "shard_size", "pictures")
#: settings of hosts that say where the data lie
PLACES = ("folder", "path")
PICTURES = "pictures"
#: files of a longer table, which an earlier run may have left
PARTS = (f"{FEATURES}*", f"{TRUTH}*")
PACKAGES = ("numpy", "scipy", "astropy", "batman-package", "wotan", "pandas", "pyarrow")


def run(
    *,
    n_systems: int,
    seed: int,
    output: str | Path,
    mission: Mission,
    host: Hosts,
    scenario: Mapping[str, Scenario],
    transit_model: TransitModel,
    detrend: Detrend,
    search: Search,
    feature: Mapping[str, FeatureGroup],
    executor: Executor | DaskExecutor,
    population: Mapping[str, object],
    visible_snr: float = 5.0,
    max_events: int = 1,
    survey_events: str | Path | None = None,
    proposal: str | Path | None = None,
    batch_size: int = 16,
    shard_size: int = 256,
    pictures: int = 0,
    views: bool = False,
    view_form: ViewForm | None = None,
    settings: dict | None = None,
) -> dict:
    """Simulate ``n_systems`` targets, divided evenly among the scenarios; return the manifest.

    Finished batches of an earlier run in ``output`` are reused, if it was interrupted or made fewer
    systems. ``settings`` is the resolved
    configuration, for the manifest. Every star is searched for up to ``max_events`` events, each
    with the earlier ones taken out; every event is a row with its own label. ``survey_events`` is
    the list that events are compared with (``exoval.catalogs.survey_list``). ``proposal`` is a file
    that says which draws are searched (``simulate.proposal``). ``population`` gives
    ``catalogue_errors``, ``limb_darkening`` and ``phase_curves``; the scenarios already hold its
    other parts. Raises BadParameter for fewer systems than scenarios or a scenario whose label has
    no meaning, DataNotFound if the output folder cannot be written.
    """
    _check(n_systems, scenario)
    if min(batch_size, shard_size) < 1:
        raise BadParameter(f"batch_size={batch_size}, shard_size={shard_size}; give 1 or more")
    settings = settings or {}
    output = Path(output)
    described = host.describe()
    # first, so that settings it refuses leave no folder behind
    simulation = make_simulation(
        seed=seed,
        mission=mission,
        host=host,
        scenario=scenario,
        transit_model=transit_model,
        detrend=detrend,
        search=search,
        feature=feature,
        population=population,
        visible_snr=visible_snr,
        max_events=max_events,
        survey_events=survey_events,
        proposal=proposal,
        views=views,
        view_form=view_form,
    )
    systems = systems_of_each(list(scenario), n_systems)
    make_folder(output)
    with folder_lock(output):
        shards = Shards(
            output,
            fingerprint=fingerprint(_what_makes_rows(settings, scenario, described)),
            views=views,
            data=_data(host, simulation),
            plan={"systems": systems, "batch_size": batch_size},
        )
        log.info("hosts: %s", described)
        start = time.time()
        left = shards.expect(systems, batch_size=batch_size, shard_size=shard_size)
        work = executor.run(simulation, left)
        for batch, outcomes in progress(work, total=len(left), description="simulate (batches)"):
            shards.save(batch, outcomes)
        contents = _contents(simulation, settings)
        with folder_draft(output) as draft:
            manifest = write_labelled_set(draft, shards.finished(), contents)
            manifest |= _manifest(simulation, contents, time.time() - start)
            manifest |= {"data": shards.data, "config": settings}
            if pictures:
                folder = draft / PICTURES
                picture_examples(simulation, shards.finished(), folder=folder, number=pictures)
            publish(draft, manifest, also=(f"{PICTURES}/*",), instead_of=PARTS)
    return manifest


def _what_makes_rows(settings: dict, scenario: Mapping[str, Scenario], described: dict) -> dict:
    """The settings that determine the rows; where the data lie is not among them."""
    host = settings.get("host")
    return {key: value for key, value in settings.items() if key not in WITHOUT_EFFECT} | {
        "host": {key: value for key, value in host.items() if key not in PLACES}
        if isinstance(host, Mapping)
        else host,
        # by content, with the data
        "survey_events": bool(settings.get("survey_events")),
        "proposal": bool(settings.get("proposal")),
        "scenario": {name: settings.get("scenario", {}).get(name) for name in scenario},
        # host=auto depends on the data: real and procedural stars must not be mixed
        "host_kind": described["kind"],
        # nor stars that were chosen by other catalogues
        "known_stars": [
            described.get(name) for name in ("stars_left_out_by_reason", "missing_catalogues")
        ],
    }


def _data(host: Hosts, simulation: Simulation) -> dict:
    """What identifies the data that the rows depend on, by what it is."""
    recipe = simulation.recipe
    # hosts of another package may depend on none
    data = dict(host.data()) if hasattr(host, "data") else {}
    if recipe.survey_events is not None:
        arrays = vars(recipe.survey_events)
        data["survey_events"] = fingerprint({key: arrays[key].tolist() for key in sorted(arrays)})
    if simulation.proposal is not None:
        data["proposal"] = fingerprint(simulation.proposal.plain())
    return data


def make_simulation(
    *,
    seed: int,
    mission: Mission,
    host: Hosts,
    scenario: Mapping[str, Scenario],
    transit_model: TransitModel,
    detrend: Detrend,
    search: Search,
    feature: Mapping[str, FeatureGroup],
    population: Mapping[str, object],
    visible_snr: float = 5.0,
    max_events: int = 1,
    survey_events: str | Path | None = None,
    proposal: str | Path | None = None,
    views: bool = False,
    view_form: ViewForm | None = None,
    **_: object,
) -> Simulation:
    """The simulation of single examples, from arguments of ``run``; other arguments are ignored.

    Raises BadParameter for ``max_events`` above 1 with a search that is not blind, DataNotFound or
    BadTable for a list of the survey's events or a proposal that cannot be read.
    """
    if max_events > 1 and isinstance(search, KnownEphemeris):
        raise BadParameter(
            f"max_events={max_events} with search=known_ephemeris, which knows one event; give "
            "another search, or max_events=1"
        )
    recipe = Recipe(
        mission=mission,
        detrend=detrend,
        search=search,
        features=feature,
        segments_per_light_curve=host.describe()["segments_per_light_curve"],
        view_form=(view_form or FineViews()) if views else None,
        max_events=max_events,
        survey_events=None if survey_events is None else read_survey_list(survey_events),
    )
    return Simulation(
        seed=seed,
        hosts=host,
        scenarios=scenario,
        transit_model=transit_model,
        recipe=recipe,
        visible_snr=visible_snr,
        catalogue_errors=population["catalogue_errors"],
        limb_darkening=population["limb_darkening"],
        phase_curves=population["phase_curves"],
        proposal=None if proposal is None else _seen_alike(read_proposal(proposal), visible_snr),
    )


def _seen_alike(proposal: Proposal, visible_snr: float) -> Proposal:
    """The proposal with the weakest signal that it chooses among: weaker ones are all recorded."""
    return replace(proposal, visible_snr=max(proposal.visible_snr, visible_snr))


def _check(n_systems: int, scenario: Mapping[str, Scenario]) -> None:
    silent = [
        name
        for name, one in scenario.items()
        if not isinstance(getattr(one, "meaning", None), LabelMeaning)
    ]
    if silent:
        raise BadParameter(
            f"scenario {', '.join(silent)} does not declare what its label means; give its class "
            "meaning = LabelMeaning(short=..., description=..., transits=..., "
            "counts_as_planet=..., on_target=...)"
        )
    if not scenario or n_systems < len(scenario):
        raise BadParameter(
            f"n_systems={n_systems} for {len(scenario)} scenarios; "
            "give at least one scenario and one system for each"
        )


def _contents(simulation: Simulation, settings: dict) -> Contents:
    """What the rows of the set are."""
    scenarios, recipe = simulation.scenarios, simulation.recipe
    meanings = {event_label(name, one): one.meaning for name, one in scenarios.items()}
    if recipe.max_events > 1:
        meanings.setdefault(NOTHING, NoTransit.meaning)
    return Contents(
        scenarios=list(scenarios),
        columns=declared_columns(recipe.features),
        recipe=recipe_settings(settings, recipe.segments_per_light_curve),
        meanings=meanings,
        layout=None if recipe.view_form is None else recipe.view_form.layout,
        proposal=simulation.proposal,
    )


def _manifest(simulation: Simulation, contents: Contents, seconds: float) -> dict:
    """The manifest's entries that do not follow from the rows."""
    return {
        "seed": simulation.seed,
        "labels": meanings_to_plain(contents.meanings),
        "recipe": contents.recipe,
        "host": simulation.hosts.describe(),
        "schema_hash": schema_hash(contents.columns),
        "seconds": round(seconds, 1),
        "versions": versions(PACKAGES),
        "code": code_version(),
    }
