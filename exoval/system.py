"""The light sources in the photometric aperture, some of them with an eclipsing orbit."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from exoval.errors import BadParameter


@dataclass(frozen=True)
class PhaseCurve:
    """Coefficients of the variation of two bodies between their eclipses.

    Pairs of values are for body 1 and body 2.

    ``primary_mass`` is solar. ``gravity_darkening`` is g of Morris & Naftilan 1993 (0.32 for a
    convective envelope, 1 for a radiative one), ``beaming`` the factor alpha of 4 K/c and
    ``reflection`` that of (R/a)^2, albedo and heating in the mission's band together.
    """

    primary_mass: float
    gravity_darkening: tuple[float, float] = (0.32, 0.32)
    beaming: tuple[float, float] = (1.0, 1.0)
    reflection: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, kw_only=True)
class Orbit:
    """Two bodies that eclipse each other; body 1 is the brighter, body 2 the companion.

    ``period`` and ``epoch`` (mid-time of the eclipse of body 1) are in days, ``radius_ratio`` is
    R2/R1, ``semi_major_axis_ratio`` a/R1, ``impact_parameter`` that of the eclipse of body 1 in
    units of R1, ``argument_of_periastron`` in radians (of body 2's orbit, the transit convention of
    batman). ``surface_brightness_ratio`` is the disc-averaged brightness of body 2 over that of
    body 1 in the mission's band; it is zero for a dark planet, which has no secondary eclipse.
    ``mass_ratio`` is M2/M1. ``companion_limb_darkening`` is body 2's quadratic pair.
    ``transit_times`` are the mid-times in days of the eclipses of body 1 of a pair with timing
    variations: they replace epoch + j period, and only these eclipses occur. Without a
    ``phase_curve`` the pair is constant between eclipses.
    """

    period: float
    epoch: float
    radius_ratio: float
    semi_major_axis_ratio: float
    impact_parameter: float
    eccentricity: float = 0.0
    argument_of_periastron: float = math.pi / 2
    surface_brightness_ratio: float = 0.0
    mass_ratio: float = 0.0
    companion_limb_darkening: tuple[float, float] = (0.3, 0.3)
    transit_times: tuple[float, ...] = ()
    phase_curve: PhaseCurve | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A point source: its share of the aperture's flux and its position.

    ``flux_fraction`` includes all bodies of the orbits, out of eclipse. ``offset_column`` and
    ``offset_row`` are arcsec from the target along the detector's axes. ``limb_darkening`` is
    the quadratic pair (u1, u2) of body 1. Without an orbit the source is constant.

    ``further_orbits`` are those of more companions of the same body 1: the planets of a star, or a
    planet about both stars of a binary, which is the first orbit. Body 1 stays in its place:
    neither its motion in a binary nor moons are modelled, except by ``transit_times``. Raises
    BadParameter for further orbits without a first one.
    """

    flux_fraction: float
    offset_column: float = 0.0
    offset_row: float = 0.0
    limb_darkening: tuple[float, float] = (0.4, 0.3)
    orbit: Orbit | None = None
    further_orbits: tuple[Orbit, ...] = ()

    def __post_init__(self) -> None:
        if self.further_orbits and self.orbit is None:
            raise BadParameter(
                f"a source with {len(self.further_orbits)} further orbits and no first one; give "
                "one of them as orbit"
            )

    @property
    def orbits(self) -> tuple[Orbit, ...]:
        """All orbits of the source, the first one first; empty where nothing eclipses it."""
        return () if self.orbit is None else (self.orbit, *self.further_orbits)

    def with_orbits(self, orbits: Iterable[Orbit]) -> Source:
        """Return the source with other orbits, the first one first; constant without any."""
        first, *further = (*orbits,) or (None,)
        return replace(self, orbit=first, further_orbits=tuple(further))


@dataclass(frozen=True, kw_only=True)
class System:
    """All sources in the aperture, as one scenario drew them.

    ``truth`` holds the drawn parameters for the table of truths; their names end in their units.
    ``log_prior`` is the population density times the geometric probability, ``log_proposal`` the
    density that the system was drawn from; their difference is the row's log weight.
    ``further_truth`` holds, for each orbit of ``orbits`` after the first, the parameters in which
    its truth differs from ``truth``.

    Raises BadParameter unless the flux fractions are non-negative and sum to one, and for another
    number of further truths than of further orbits.
    """

    scenario: str
    sources: tuple[Source, ...]
    truth: dict[str, float | str] = field(default_factory=dict)
    log_prior: float = 0.0
    log_proposal: float = 0.0
    further_truth: tuple[dict[str, float | str], ...] = ()

    def __post_init__(self) -> None:
        fractions = [source.flux_fraction for source in self.sources]
        if min(fractions, default=-1.0) < 0 or abs(sum(fractions) - 1) > 1e-9:
            raise BadParameter(
                f"{self.scenario}: flux fractions {fractions} must be non-negative and sum to 1"
            )
        if self.further_truth and len(self.further_truth) != len(self.orbits) - 1:
            raise BadParameter(
                f"{self.scenario}: {len(self.further_truth)} further truths for "
                f"{len(self.orbits)} orbits; give one for each orbit after the first, or none"
            )

    @property
    def signal(self) -> Orbit | None:
        """The first source's orbit, which makes the event; None where nothing transits."""
        return self.orbits[0] if self.orbits else None

    @property
    def orbits(self) -> tuple[Orbit, ...]:
        """All orbits of all sources, in order."""
        return tuple(orbit for source in self.sources for orbit in source.orbits)
