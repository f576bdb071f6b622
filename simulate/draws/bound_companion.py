"""Draw an unresolved star bound to a given one, for every hierarchical scenario."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from exoval.physics.stellar_relations import LEAST_STELLAR_MASS
from exoval.populations.multiplicity import Multiplicity
from exoval.star import Star
from exoval.units import DAYS_PER_YEAR
from simulate.draws.dwarf import brightness, distance_parsec, dwarf
from simulate.draws.field_star import DEFAULT_MAGNITUDE, SHORTEST_DURATION
from simulate.observation import Observation

#: shortest outer period over the longest inner period, for stability
OUTER_TO_INNER = 10.0
#: mass ratios on which the visibility of a companion is tabulated
STEPS = 60


@dataclass(frozen=True, kw_only=True)
class BoundCompanion:
    """A companion of the same age and distance, with ``brightness`` relative to its primary.

    ``log_prior`` is the logarithm of the number of such companions per star, ``log_proposal`` that
    of the density of the drawn mass ratio (natural logs).
    """

    star: Star
    brightness: float
    log_prior: float
    log_proposal: float
    truth: dict[str, float] = field(default_factory=dict)


def draw_companion(
    rng: np.random.Generator,
    observation: Observation,
    primary: Star,
    *,
    multiplicity: Multiplicity,
    resolved_beyond_arcsec: float,
    periods: tuple[float, float],
    deepest_dip: Callable[[float], float],
    dilution: float = 1.0,
    faintest_snr: float = 5.0,
) -> BoundCompanion:
    """A dwarf less massive than ``primary``, in an orbit too narrow to be resolved.

    Mass ratios are uniform above the one at which a dip ``deepest_dip`` (as a function of the
    star's radius in solar units) is just detectable. ``dilution`` is the share of primary and
    companion together in the aperture's light. Periods of the outer orbit come from the
    population, between the limit of stability around inner orbits of ``periods`` days and
    ``resolved_beyond_arcsec``; the prior includes the share of companions there.
    """
    depth = observation.detectable_depth(
        periods[0], duration=SHORTEST_DURATION * periods[0], signal_to_noise=faintest_snr
    )
    least = _least_ratio(primary, observation.band, depth / dilution, deepest_dip)
    mass_ratio = float(rng.uniform(least, 1))
    companion = dwarf(mass_ratio * primary.mass, name="companion")
    shortest = OUTER_TO_INNER * periods[1]
    distance = distance_parsec(primary, band=observation.band, magnitude=_magnitude(primary))
    longest = _period_at(resolved_beyond_arcsec * distance, primary.mass + companion.mass)
    period = float(
        multiplicity.sample_period(
            rng, 1, shortest=shortest, longest=max(longest, 1.01 * shortest)
        )[0]
    )
    share = multiplicity.share_between(shortest, max(longest, 1.01 * shortest))
    log_prior = (
        math.log(multiplicity.rate)
        + math.log(share)
        + float(multiplicity.log_prob_mass_ratio(mass_ratio))
    )
    separation = _axis_at(period, primary.mass + companion.mass) / distance
    truth = {
        "companion_mass_solar": companion.mass,
        "companion_period_days": period,
        "companion_separation_arcsec": separation,
        "log_eligible_stars": log_prior,
    }
    return BoundCompanion(
        star=companion,
        brightness=brightness(companion, primary, band=observation.band),
        log_prior=log_prior,
        log_proposal=-math.log(1 - least),
        truth=truth,
    )


def _magnitude(star: Star) -> float:
    return star.magnitude if math.isfinite(star.magnitude) else DEFAULT_MAGNITUDE


def _least_ratio(
    primary: Star, band: str, depth: float, deepest_dip: Callable[[float], float]
) -> float:
    """Smallest mass ratio of a companion in front of which a transit is detectable."""
    lightest = min(LEAST_STELLAR_MASS / primary.mass, 0.95)
    if not math.isfinite(depth):
        return lightest
    for mass_ratio in np.linspace(lightest, 0.95, STEPS):
        companion = dwarf(float(mass_ratio) * primary.mass, name="companion")
        light = brightness(companion, primary, band=band)
        if light / (1 + light) * deepest_dip(companion.radius) >= depth:
            return float(mass_ratio)
    return 0.95


def _axis_at(period: float, mass: float) -> float:
    """Semi-major axis (astronomical units) for a period (days) and a total mass (solar)."""
    return float(np.cbrt(mass * (period / DAYS_PER_YEAR) ** 2))


def _period_at(axis: float, mass: float) -> float:
    """Period in days of an orbit with a semi-major axis in astronomical units."""
    return DAYS_PER_YEAR * math.sqrt(axis**3 / mass)
