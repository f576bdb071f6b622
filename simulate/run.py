"""The whole of ``python -m simulate`` as one function, which makes a labelled set."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path

from exoval.catalogs.survey_list import read_survey_list
from exoval.detrend.detrend import Detrend
from exoval.errors import BadParameter
from exoval.features.feature_group import FeatureGroup
from exoval.injection.completeness import save_completeness
from exoval.injection.importance_weights import effective_sample_sizes
from exoval.labels import LabelMeaning, meanings_to_plain
from exoval.measure import declared_columns
from exoval.missions.mission import Mission
from exoval.physics.transit_flux import TransitModel
from exoval.recipe import Recipe, recipe_settings
from exoval.running.fingerprint import fingerprint
from exoval.running.folder_lock import folder_lock
from exoval.running.output_path import make_folder, replacing
from exoval.running.progress import progress
from exoval.running.provenance import code_version, versions
from exoval.running.whole_folder import folder_draft, publish
from exoval.search.known_ephemeris import KnownEphemeris
from exoval.search.search import Search
from exoval.table.feature_table import FeatureTable
from exoval.views.fine import FineViews
from exoval.views.view_form import ViewForm
from simulate import labelled_set
from simulate.batches import cut_into_batches, systems_of_each
from simulate.dask_executor import DaskExecutor
from simulate.event_kinds import NOTHING
from simulate.example import Outcome, Simulation
from simulate.executor import Batch, Executor
from simulate.hosts import Hosts
from simulate.picture import picture_examples
from simulate.scenarios.no_transit import NoTransit
from simulate.scenarios.scenario import Scenario, event_label

log = logging.getLogger(__name__)

#: settings that change no row
WITHOUT_EFFECT = ("n_systems", "output", "data", "executor", "batch_size", "pictures")
#: settings of hosts that say where the data lie
PLACES = ("folder", "path")
PICTURES = "pictures"
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
    batch_size: int = 16,
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
    the list that events are compared with (``exoval.catalogs.survey_list``). ``population`` gives
    ``catalogue_errors``, ``limb_darkening`` and ``phase_curves``; the scenarios already hold its
    other parts. Raises BadParameter for fewer systems than scenarios or a scenario whose label has
    no meaning, DataNotFound if the output folder cannot be written.
    """
    _check(n_systems, batch_size, scenario)
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
        views=views,
        view_form=view_form,
    )
    systems = systems_of_each(list(scenario), n_systems)
    make_folder(output)
    with folder_lock(output):
        shards = labelled_set.Shards(
            output,
            fingerprint=fingerprint(_what_makes_rows(settings, scenario, described)),
            views=views,
            data=_data(host, simulation.recipe),
            plan={"systems": systems, "batch_size": batch_size},
        )
        log.info("hosts: %s", described)
        finished = labelled_set.finished_batches(output)
        batches = cut_into_batches(systems, batch_size, finished)
        start = time.time()
        outcomes = _simulate(simulation, batches, executor, shards)
        meanings = {event_label(name, one): one.meaning for name, one in scenario.items()}
        if max_events > 1:
            meanings.setdefault(NOTHING, NoTransit.meaning)
        recipe = recipe_settings(settings, simulation.recipe.segments_per_light_curve)
        columns = declared_columns(simulation.recipe.features)
        table = labelled_set.feature_table(outcomes, columns, recipe, meanings)
        with folder_draft(output) as draft:
            if views:
                labelled_set.write_views(
                    draft,
                    shards=shards,
                    batches=batches,
                    table=table,
                    layout=simulation.recipe.view_form.layout,
                )
            manifest = _write(draft, outcomes, table, simulation, time.time() - start)
            manifest |= {"data": shards.data, "recipe": recipe, "config": settings}
            if pictures:
                picture_examples(simulation, outcomes, folder=draft / PICTURES, number=pictures)
            publish(draft, manifest, also=(f"{PICTURES}/*",))
    return manifest


def _what_makes_rows(settings: dict, scenario: Mapping[str, Scenario], described: dict) -> dict:
    """The settings that determine the rows; where the data lie is not among them."""
    host = settings.get("host")
    return {key: value for key, value in settings.items() if key not in WITHOUT_EFFECT} | {
        "host": {key: value for key, value in host.items() if key not in PLACES}
        if isinstance(host, Mapping)
        else host,
        "survey_events": bool(settings.get("survey_events")),
        "scenario": {name: settings.get("scenario", {}).get(name) for name in scenario},
        # host=auto depends on the data: real and procedural stars must not be mixed
        "host_kind": described["kind"],
        # nor stars that were chosen by other catalogues
        "known_stars": [
            described.get(name) for name in ("stars_left_out_by_reason", "missing_catalogues")
        ],
    }


def _data(host: Hosts, recipe: Recipe) -> dict:
    """What identifies the data that the rows depend on, by what it is."""
    # hosts of another package may depend on none
    data = dict(host.data()) if hasattr(host, "data") else {}
    if recipe.survey_events is not None:
        arrays = vars(recipe.survey_events)
        data["survey_events"] = fingerprint({key: arrays[key].tolist() for key in sorted(arrays)})
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
    views: bool = False,
    view_form: ViewForm | None = None,
    **_: object,
) -> Simulation:
    """The simulation of single examples, from arguments of ``run``; other arguments are ignored.

    Raises BadParameter for ``max_events`` above 1 with a search that is not blind, DataNotFound or
    BadTable for a list of the survey's events that cannot be read.
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
    )


def _check(n_systems: int, batch_size: int, scenario: Mapping[str, Scenario]) -> None:
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
    if batch_size < 1:
        raise BadParameter(f"batch_size={batch_size}; give 1 or more")


def _simulate(
    simulation: Simulation,
    batches: list[Batch],
    executor: Executor | DaskExecutor,
    shards: labelled_set.Shards,
) -> list[Outcome]:
    """All outcomes in order of scenario and index, from finished shards and new work."""
    finished = {batch: shards.load(batch) for batch in batches}
    waiting = [batch for batch, outcomes in finished.items() if outcomes is None]
    if len(waiting) < len(batches):
        log.info("%d of %d batches are already done", len(batches) - len(waiting), len(batches))
    work = executor.run(simulation, waiting)
    for batch, outcomes in progress(work, total=len(waiting), description="simulate (batches)"):
        shards.save(batch, outcomes)
        # read back, so that new and reused rows are identical
        finished[batch] = shards.load(batch)
    order = list(simulation.scenarios)
    ordered = [o for outcomes in finished.values() for o in outcomes]
    ordered.sort(key=lambda outcome: (order.index(outcome.scenario), outcome.index, outcome.number))
    return labelled_set.drop_repeats(ordered)


def _write(
    folder: Path,
    outcomes: list[Outcome],
    table: FeatureTable,
    simulation: Simulation,
    seconds: float,
) -> dict:
    """Write the tables and return the manifest's entries about them."""
    table.save(folder / "features.parquet")
    truth = labelled_set.truth_table(outcomes)
    with replacing(folder / "truth.parquet") as draft, draft.open("wb") as file:
        truth.to_parquet(file, index=False)
    completeness = labelled_set.completeness_by_scenario(truth)
    save_completeness(completeness, folder)
    return {
        "seed": simulation.seed,
        "labels": meanings_to_plain(table.meanings),
        "counts": labelled_set.counts(outcomes, list(simulation.scenarios)),
        "effective_sample_size": effective_sample_sizes(truth) if len(truth) else {},
        "completeness": {name: one.summary() for name, one in completeness.items()},
        "kept": len(table),
        "host": simulation.hosts.describe(),
        "failures": labelled_set.failures(outcomes),
        "schema_hash": table.schema_hash,
        "seconds": round(seconds, 1),
        "versions": versions(PACKAGES),
        "code": code_version(),
    }
