"""Simulation of one target, from its seed and index to a labelled row."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, ExovalError, raise_interrupt
from exoval.event import TransitEvent
from exoval.injection.importance_weights import OF_THE_FIRST
from exoval.injection.inject import inject
from exoval.lightcurve import LightCurve
from exoval.measure import measure
from exoval.missions.mission import Mission
from exoval.noise.differential_precision import differential_precision
from exoval.physics.orbit import durations, secondary_delay
from exoval.physics.system_flux import orbit_alone
from exoval.physics.transit_flux import TransitModel
from exoval.populations.catalogue_errors import CatalogueErrors
from exoval.populations.limb_darkening_scatter import LimbDarkeningScatter
from exoval.populations.phase_curves import PhaseCurves, without_phase_curves
from exoval.recipe import Recipe
from exoval.star import Star
from exoval.star_events import sibling_values, star_events, without_found
from exoval.system import Orbit, System
from simulate.complete_star import complete_star
from simulate.event_kinds import NOTHING, OF_THE_SCENARIO
from simulate.found_events import FoundEvents
from simulate.hard_cases import hard_cases
from simulate.hosts import Hosts
from simulate.observation import Observation
from simulate.parent_event import with_parent
from simulate.proposal import Proposal, known_before_search
from simulate.recover import Eclipses, Recovery, recover_among
from simulate.scenarios.scenario import Scenario, event_label
from simulate.transform import transformed

log = logging.getLogger(__name__)

#: stages that an example passes, in order
DRAWN, VISIBLE, RECOVERED, KEPT, FAILED = "drawn", "visible", "recovered", "kept", "failed"
#: status of a visible signal that a proposal does not search for
PASSED_OVER = "passed_over"
#: time scale of the noise against which visibility is judged, days
NOISE_DAYS = 0.25


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """The parts that turn a seed and an index into a row, the same for every worker.

    ``recipe`` finds and measures the injected signal. A signal with an expected signal-to-noise
    ratio below ``visible_snr`` counts as invisible and is not searched for; ``visible_snr`` lies
    below the search's threshold, so that no detection is lost. A ``proposal`` passes some of the
    visible ones over (``simulate.proposal``).
    """

    seed: int
    hosts: Hosts
    scenarios: Mapping[str, Scenario]
    transit_model: TransitModel
    recipe: Recipe
    visible_snr: float = 5.0
    catalogue_errors: CatalogueErrors = field(default_factory=CatalogueErrors)
    limb_darkening: LimbDarkeningScatter = field(default_factory=LimbDarkeningScatter)
    phase_curves: PhaseCurves = field(default_factory=PhaseCurves)
    proposal: Proposal | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of one example; ``row`` holds the features of a kept one.

    An example has one outcome of the injected signal, whose ``number`` is 0, and one of each
    further event that the search finds in the star, counted from 1 in the order of discovery. Of a
    star with several orbits, those that no event was matched with follow. ``label`` is what the
    event is, the scenario where it is empty.
    ``views``, if the recipe has a form of views, are the views and their counts of empty bins.
    """

    scenario: str
    index: int
    target: str
    status: str
    number: int = 0
    label: str = ""
    truth: dict = field(default_factory=dict)
    row: dict = field(default_factory=dict)
    stage: str = ""
    reason: str = ""
    views: tuple[np.ndarray, np.ndarray] | None = None


@dataclass(frozen=True, kw_only=True)
class InjectedSystem:
    """A host, the system drawn for it, and the light curve with the injected signal.

    ``published`` is the light curve after the mission's own processing: what is searched and
    measured. It is ``light_curve`` where the mission has none.
    """

    star: Star
    host: LightCurve
    system: System
    light_curve: LightCurve
    published: LightCurve

    @cached_property
    def noise_ppm(self) -> float:
        """The noise of the host on ``NOISE_DAYS``, against which visibility is judged."""
        return differential_precision(self.host, hours=24 * NOISE_DAYS)


def example_rng(seed: int, scenario: str, index: int) -> np.random.Generator:
    """The random generator of one example, independent of all other examples."""
    key = (zlib.crc32(scenario.encode()), index)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def simulate_example(simulation: Simulation, scenario: str, index: int) -> Outcome:
    """Draw, inject, search and measure one example; an error becomes a failed outcome.

    The outcome is that of the injected signal or, of several, of one that was found.
    """
    return simulate_events(simulation, scenario, index)[0]


def simulate_events(simulation: Simulation, scenario: str, index: int) -> list[Outcome]:
    """The outcome of the injected signal, those of all other events, and of missed orbits."""
    rng = example_rng(simulation.seed, scenario, index)
    target, stage = "", "host"
    try:
        host, star = simulation.hosts.draw(rng)
        target, stage = star.target, "inject"
        injected = inject_example(simulation, scenario, rng=rng, host=host, star=star)
        stage = "search"
        return _search_and_measure(simulation, scenario, index, rng, injected=injected)
    except ExovalError as error:
        reason = str(error)
    except Exception as error:  # one bad light curve must not end a run of a million
        raise_interrupt(error)
        log.exception("unexpected error in %s %d on %s", scenario, index, target)
        reason = f"unexpected {type(error).__name__}: {error}"
    return [
        Outcome(
            scenario=scenario,
            index=index,
            target=target,
            status=FAILED,
            stage=stage,
            reason=reason,
        )
    ]


def inject_example(
    simulation: Simulation, scenario: str, *, rng: np.random.Generator, host: LightCurve, star: Star
) -> InjectedSystem:
    """Draw a system of the scenario for a host and inject its light.

    The system is drawn around the star's true parameters, which differ from the catalogue's by
    its errors; features are measured with the catalogue's parameters, as for real candidates. The
    mission's own processing comes last, as it does for a real star.
    """
    mission = simulation.hosts.mission
    true_star = simulation.catalogue_errors.sample(rng, complete_star(star))
    observation = Observation(
        star=true_star,
        start=float(host.time[0]),
        baseline=host.baseline,
        exposure=host.exposure,
        noise_ppm=differential_precision(host, hours=24 * NOISE_DAYS),
        noise_days=NOISE_DAYS,
        band=mission.band,
        blend_radius_arcsec=mission.blend_radius_arcsec,
        segments=len(host.segments),
    )
    system = simulation.scenarios[scenario].draw(rng, observation)
    system = simulation.phase_curves.dress(rng, simulation.limb_darkening.dress(rng, system))
    transform = system.truth.get("transform", "")
    if transform:
        light_curve = transformed(host, transform, rng, mission=mission, star=true_star)
    else:
        light_curve = inject(
            host,
            system,
            transit_model=simulation.transit_model,
            pixel_scale_arcsec=mission.pixel_scale_arcsec,
            neighbours_arcsec=draw_neighbours(rng, mission),
        ).light_curve
    return InjectedSystem(
        star=star,
        host=host,
        system=system,
        light_curve=light_curve,
        published=mission.processed(light_curve),
    )


def draw_neighbours(rng: np.random.Generator, mission: Mission) -> tuple[float, float]:
    """Position of the light of known neighbours, in arcsec from the target along the axes.

    The crowding metric gives its amount but not its position, which is drawn uniformly over the
    mission's aperture.
    """
    radius = mission.aperture_radius_pixels * mission.pixel_scale_arcsec * np.sqrt(rng.random())
    angle = 2 * np.pi * rng.random()
    return float(radius * np.cos(angle)), float(radius * np.sin(angle))


def _search_and_measure(
    simulation: Simulation,
    scenario: str,
    index: int,
    rng: np.random.Generator,
    *,
    injected: InjectedSystem,
) -> list[Outcome]:
    """The outcome that stands for the star, those of its other events and of missed orbits."""
    label = event_label(scenario, simulation.scenarios[scenario])
    truths = [
        _truth(injected, simulation.transit_model, number)
        for number in range(len(injected.system.orbits) or 1)
    ]
    known = known_before_search(
        truths,
        injected.star,
        noise=injected.noise_ppm,
        slow_noise=differential_precision(injected.host, hours=24.0),
    )
    truths = [truth | known for truth in truths]
    recipe = with_parent(simulation.recipe, truths[0])
    unseen = [truth.get("expected_snr", np.inf) < simulation.visible_snr for truth in truths]
    if not all(unseen) and _is_passed_over(simulation, scenario, index, truths[0]):
        target = injected.star.target
        return [Outcome(scenario=scenario, index=index, target=target, status=PASSED_OVER)]
    if all(unseen):
        found = FoundEvents([], [], len(injected.system.orbits), searched=False)
    else:
        found = _search(recipe, injected, truths, rng)
    outcomes = []
    for number, (place, orbit) in enumerate(found.rows(several=recipe.max_events > 1)):
        if place is None:
            measured = {"status": DRAWN if unseen[orbit or 0] else VISIBLE}
        else:
            measured = _measured(injected, recipe, found=found.events, place=place)
        ours = place is None or found.kinds[place] in OF_THE_SCENARIO
        outcomes.append(
            Outcome(
                scenario=scenario,
                index=index,
                target=injected.star.target,
                number=number,
                label=label if ours else NOTHING,
                truth=truths[orbit or 0] | found.truth(place, orbit),
                **measured,
            )
        )
    return outcomes


def _is_passed_over(simulation: Simulation, scenario: str, index: int, truth: dict) -> bool:
    """Whether the proposal does not search for a visible signal."""
    if simulation.proposal is None:
        return False
    chance = simulation.proposal.acceptance(scenario, pd.DataFrame([truth]))[0]
    # of its own generator, so that what is searched is the same without a proposal
    key = (zlib.crc32(scenario.encode()), index, zlib.crc32(b"proposal"))
    random = np.random.default_rng(np.random.SeedSequence(simulation.seed, spawn_key=key))
    return bool(random.random() >= chance)


def _search(
    recipe: Recipe, injected: InjectedSystem, truths: list[dict], rng: np.random.Generator
) -> FoundEvents:
    """The events of the star, each matched with the orbits that were injected."""
    light_curve, star = injected.published, injected.star
    eclipses = [_eclipses(orbit) for orbit in injected.system.orbits]
    if recipe.max_events > 1:
        events = star_events(light_curve, star, recipe)
    else:
        strengths = [np.nan_to_num(truth.get("expected_snr", 0.0)) for truth in truths]
        expected = eclipses[int(np.argmax(strengths))].ephemeris if eclipses else None
        event = recipe.search(recipe.detrend(light_curve), star, expected, rng)
        events = [] if event is None else [event]
    ends = (float(light_curve.time[0]), float(light_curve.time[-1]))
    matches = [
        # without an injection any event is what is looked for
        recover_among(event.ephemeris, eclipses, baseline=ends) if eclipses else Recovery("same")
        for event in events
    ]
    return FoundEvents(events, matches, len(eclipses))


def _measured(
    injected: InjectedSystem, recipe: Recipe, *, found: Sequence[TransitEvent], place: int
) -> dict:
    """Status, features and views of the event at a place, with the earlier ones taken out."""
    light_curve, siblings = injected.published, None
    if recipe.max_events > 1:
        light_curve = without_found(light_curve, found[:place], recipe)
        siblings = sibling_values(found, place, most_events=recipe.max_events)
    reason = "no dip at the found event once it is masked from the trend"
    try:
        measured = measure(light_curve, found[place], injected.star, recipe, siblings=siblings)
    except BadLightCurve as error:
        # earlier events may take nearly all cadences with them; those events stay
        if not place:
            raise
        measured, reason = None, str(error)
    if measured is None:
        return {"status": RECOVERED, "stage": "measure", "reason": reason}
    return {"status": KEPT, "row": measured.row, "views": measured.views}


def _eclipses(orbit: Orbit) -> Eclipses:
    """When an orbit eclipses body 1 and, if body 2 shines, body 2."""
    duration = min(max(durations(orbit)[0], 1e-3), 0.9 * orbit.period)
    secondary = None
    if orbit.surface_brightness_ratio > 0:
        secondary = orbit.epoch + secondary_delay(
            orbit.period,
            eccentricity=orbit.eccentricity,
            argument_of_periastron=orbit.argument_of_periastron,
        )
    return Eclipses(Ephemeris(orbit.period, orbit.epoch, duration), secondary)


def _truth(injected: InjectedSystem, transit_model: TransitModel, number: int) -> dict:
    """The true parameters of one orbit of an example, counted from 0, as a flat row."""
    system, host = injected.system, injected.host
    truth = dict(system.truth)
    if number and system.further_truth:
        truth |= system.further_truth[number - 1]
    truth |= {
        "log_prior": system.log_prior,
        "log_proposal": system.log_proposal,
        "segments": ",".join(str(segment.number) for segment in host.segments),
    }
    if not system.orbits:
        return truth
    if number:
        first = system.truth | {"period_days": system.orbits[0].period}
        truth |= {f"first_{name}": first[name] for name in OF_THE_FIRST if name in first}
    alone = orbit_alone(system, number)
    orbit = alone.orbits[0]
    whole = next(source for source in system.sources if orbit in source.orbits)
    eclipsed = next(source for source in alone.sources if source.orbit is not None)
    eclipses = injected.light_curve
    if len(system.orbits) > 1 or orbit.phase_curve is not None:
        # depth and strength are those of the light that the eclipses of this orbit hide
        eclipses = inject(
            host, without_phase_curves(alone), transit_model=transit_model, pixel_scale_arcsec=1.0
        ).light_curve
    # cadences without light are left out: no share of them can be hidden
    lost = 1 - np.divide(
        eclipses.flux, host.flux, out=np.ones(len(host.flux)), where=host.flux != 0
    )
    # the noise is that of the usual exposure: a longer one counts for more
    longer = host.exposures / host.exposure
    noise = 1e-6 * injected.noise_ppm * np.sqrt(NOISE_DAYS / host.exposure)
    return (
        truth
        | hard_cases(eclipsed, host, transit_model=transit_model)
        | {
            "has_phase_curve": float(orbit.phase_curve is not None),
            "source_share": whole.flux_fraction,
            "period_days": orbit.period,
            "epoch_days": orbit.epoch,
            "duration_days": durations(orbit)[0],
            "radius_ratio": orbit.radius_ratio,
            "semi_major_axis_ratio": orbit.semi_major_axis_ratio,
            "impact_parameter": orbit.impact_parameter,
            "eccentricity": orbit.eccentricity,
            "argument_of_periastron_radians": orbit.argument_of_periastron,
            "surface_brightness_ratio": orbit.surface_brightness_ratio,
            "limb_darkening_1": eclipsed.limb_darkening[0],
            "limb_darkening_2": eclipsed.limb_darkening[1],
            "depth_ppm": float(1e6 * np.max(lost)),
            "expected_snr": float(np.sqrt(np.nansum(lost**2 * longer)) / noise),
        }
    )
