"""Simulation of one target, from its seed and index to a labelled row."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.errors import ExovalError
from exoval.event import TransitEvent
from exoval.injection.inject import inject
from exoval.lightcurve import LightCurve
from exoval.measure import measure
from exoval.missions.mission import Mission
from exoval.noise.differential_precision import differential_precision
from exoval.physics.orbit import durations, secondary_delay
from exoval.physics.transit_flux import TransitModel
from exoval.populations.catalogue_errors import CatalogueErrors
from exoval.populations.limb_darkening_scatter import LimbDarkeningScatter
from exoval.populations.phase_curves import PhaseCurves, without_phase_curves
from exoval.recipe import Recipe
from exoval.star import Star
from exoval.star_events import sibling_values, star_events, without_found
from exoval.system import Orbit, System
from simulate.complete_star import complete_star
from simulate.event_kinds import NOTHING, OF_THE_SCENARIO, SIGNAL, kinds_of_events
from simulate.hard_cases import hard_cases
from simulate.hosts import Hosts
from simulate.observation import Observation
from simulate.recover import Recovery, recover
from simulate.scenarios.scenario import Scenario
from simulate.transform import INVERTED, SCRAMBLED, invert, scramble

log = logging.getLogger(__name__)

#: stages that an example passes, in order
DRAWN, VISIBLE, RECOVERED, KEPT, FAILED = "drawn", "visible", "recovered", "kept", "failed"
#: time scale of the noise against which visibility is judged, days
NOISE_DAYS = 0.25


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """The parts that turn a seed and an index into a row, the same for every worker.

    ``recipe`` finds and measures the injected signal. A signal with an expected signal-to-noise
    ratio below ``visible_snr`` counts as invisible and is not searched for; ``visible_snr`` lies
    below the search's threshold, so that no detection is lost.
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


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of one example; ``row`` holds the features of a kept one.

    An example has one outcome of the injected signal, whose ``number`` is 0, and one of each
    further event that the search finds in the star, counted from 1 in the order of discovery.
    ``label`` is what an event is where that differs from the scenario.
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


@dataclass(frozen=True)
class InjectedSystem:
    """A host, the system drawn for it, and the light curve with the injected signal."""

    star: Star
    host: LightCurve
    system: System
    light_curve: LightCurve


def example_rng(seed: int, scenario: str, index: int) -> np.random.Generator:
    """The random generator of one example, independent of all other examples."""
    key = (zlib.crc32(scenario.encode()), index)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def simulate_example(simulation: Simulation, scenario: str, index: int) -> Outcome:
    """Draw, inject, search and measure one example; an error becomes a failed outcome.

    The outcome is that of the injected signal.
    """
    return simulate_events(simulation, scenario, index)[0]


def simulate_events(simulation: Simulation, scenario: str, index: int) -> list[Outcome]:
    """The outcome of the injected signal, and then those of all other events of the star."""
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
    its errors; features are measured with the catalogue's parameters, as for real candidates.
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
    if transform == INVERTED:
        light_curve = invert(host)
    elif transform == SCRAMBLED:
        light_curve = scramble(host, rng)
    else:
        light_curve = inject(
            host,
            system,
            transit_model=simulation.transit_model,
            pixel_scale_arcsec=mission.pixel_scale_arcsec,
            neighbours_arcsec=draw_neighbours(rng, mission),
        ).light_curve
    return InjectedSystem(star, host, system, light_curve)


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
    light_curve, star, system = injected.light_curve, injected.star, injected.system
    truth = _truth(injected, simulation.transit_model)
    example = {"scenario": scenario, "index": index, "target": star.target}
    expected = _expected_ephemeris(system.signal)
    if expected is not None and truth["expected_snr"] < simulation.visible_snr:
        return [Outcome(**example, status=DRAWN, truth=truth)]
    recipe = simulation.recipe
    if recipe.max_events > 1:
        found = star_events(light_curve, star, recipe)
    else:
        event = recipe.search(recipe.detrend(light_curve), star, expected, rng)
        found = [] if event is None else [event]
    matches = [_recovery(one.ephemeris, expected, system.signal, light_curve) for one in found]
    kinds = kinds_of_events(matches, injected=expected is not None)
    own = kinds.index(SIGNAL) if SIGNAL in kinds else None
    order = [own]
    if recipe.max_events > 1:
        order += [place for place in range(len(found)) if place != own]
    outcomes = []
    for number, place in enumerate(order):
        measured = truth | _found(found, matches, kinds, place)
        if place is None:
            outcomes.append(Outcome(**example, status=VISIBLE, truth=measured))
            continue
        row = _measured(light_curve, star, recipe, found=found, place=place)
        outcomes.append(
            Outcome(
                **example,
                number=number,
                label=scenario if kinds[place] in OF_THE_SCENARIO else NOTHING,
                truth=measured,
                **row,
            )
        )
    return outcomes


def _found(
    found: list[TransitEvent], matches: list[Recovery], kinds: list[str], place: int | None
) -> dict:
    """What the search found at a place, for the table of truths; without one, the first event."""
    match = Recovery() if place is None else matches[place]
    truth = {"alias": match.alias, "at_secondary": float(match.at_secondary)}
    if not found:
        return truth
    event = found[place or 0]
    found_values = {
        "found_period_days": event.ephemeris.period,
        "found_epoch_days": event.ephemeris.epoch,
        "found_snr": event.signal_to_noise,
    }
    truth = found_values | truth
    if len(found) > 1:
        truth |= {"found_as": float(1 + (place or 0))}
        truth |= {"event_kind": "" if place is None else kinds[place]}
    return truth


def _measured(
    light_curve: LightCurve,
    star: Star,
    recipe: Recipe,
    *,
    found: list[TransitEvent],
    place: int,
) -> dict:
    """Status, features and views of the event at a place, with the earlier ones taken out."""
    siblings = None
    if recipe.max_events > 1:
        light_curve = without_found(light_curve, found[:place])
        siblings = sibling_values(found, place, most_events=recipe.max_events)
    measured = measure(light_curve, found[place], star, recipe, siblings=siblings)
    if measured is None:
        return {
            "status": RECOVERED,
            "stage": "measure",
            "reason": "no dip at the found event once it is masked from the trend",
        }
    return {"status": KEPT, "row": measured.row, "views": measured.views}


def _recovery(
    found: Ephemeris, expected: Ephemeris | None, orbit: Orbit | None, light_curve: LightCurve
) -> Recovery:
    """Whether the found event matches the injected one; without an injection any event does."""
    if expected is None or orbit is None:
        return Recovery("same")
    secondary = None
    if orbit.surface_brightness_ratio > 0:
        secondary = expected.epoch + secondary_delay(
            orbit.period,
            eccentricity=orbit.eccentricity,
            argument_of_periastron=orbit.argument_of_periastron,
        )
    ends = (float(light_curve.time[0]), float(light_curve.time[-1]))
    return recover(found, expected, baseline=ends, secondary_epoch=secondary)


def _expected_ephemeris(orbit: Orbit | None) -> Ephemeris | None:
    if orbit is None:
        return None
    duration = durations(orbit)[0]
    return Ephemeris(orbit.period, orbit.epoch, min(max(duration, 1e-3), 0.9 * orbit.period))


def _truth(injected: InjectedSystem, transit_model: TransitModel) -> dict:
    """The true parameters of an example as a flat row."""
    system, host = injected.system, injected.host
    truth = dict(system.truth)
    truth |= {
        "log_prior": system.log_prior,
        "log_proposal": system.log_proposal,
        "segments": ",".join(str(segment.number) for segment in host.segments),
    }
    eclipsed = next((source for source in system.sources if source.orbit is not None), None)
    if eclipsed is None:
        return truth
    orbit = eclipsed.orbit
    eclipses = injected.light_curve
    if orbit.phase_curve is not None:
        # depth and strength are those of the light that the eclipses hide
        eclipses = inject(
            host, without_phase_curves(system), transit_model=transit_model, pixel_scale_arcsec=1.0
        ).light_curve
    # cadences without light are left out: no share of them can be hidden
    lost = 1 - np.divide(
        eclipses.flux, host.flux, out=np.ones(len(host.flux)), where=host.flux != 0
    )
    # the noise is that of the usual exposure: a longer one counts for more
    longer = host.exposures / host.exposure
    noise = (
        1e-6
        * differential_precision(host, hours=24 * NOISE_DAYS)
        * np.sqrt(NOISE_DAYS / host.exposure)
    )
    return (
        truth
        | hard_cases(eclipsed, host, transit_model=transit_model)
        | {
            "has_phase_curve": float(orbit.phase_curve is not None),
            "source_share": eclipsed.flux_fraction,
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
