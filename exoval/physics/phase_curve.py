"""Light between eclipses: tidal distortion, Doppler beaming and reflection of both bodies."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from exoval.errors import BadParameter
from exoval.physics.eclipse_flux import companion_share
from exoval.physics.orbit import (
    SOLAR_RADII_PER_DAY_ORBIT,
    cosine_of_inclination,
    eccentric_anomaly,
    mean_anomaly_at,
)
from exoval.physics.transit_flux import TransitModel
from exoval.system import Orbit
from exoval.units import SECONDS_PER_DAY

#: one solar radius per day in units of the speed of light
SOLAR_RADIUS_PER_DAY = 695700.0 / SECONDS_PER_DAY / 299792.458
#: largest (R1 + R2) / (a (1 - e)), and largest ratio of a body's radius to its Roche radius, for
#: which the distortion is a small correction to two spheres
CLOSEST_SUM = 0.8
FULLEST_ROCHE_LOBE = 0.9

# three Gauss-Legendre instants, exact for variation slow compared with an exposure
_INSTANTS, _WEIGHTS = np.polynomial.legendre.leggauss(3)


@dataclass(frozen=True)
class PhaseAmplitudes:
    """Semi-amplitudes of the phase curve of each body (body 1, body 2) at the distance a.

    ``ellipsoidal`` and ``beaming`` are relative to the body's own light, ``reflection`` is relative
    to the light of the pair.
    """

    ellipsoidal: tuple[float, float]
    beaming: tuple[float, float]
    reflection: tuple[float, float]


def phase_amplitudes(orbit: Orbit, *, limb_darkening: tuple[float, float]) -> PhaseAmplitudes:
    """Return the semi-amplitudes of an orbit that has a ``phase_curve``.

    Ellipsoidal: 0.15 (15 + u)(1 + g)/(3 - u) (M'/M)(R/a)^3 sin^2 i (Morris & Naftilan 1993, ApJ
    419, 344), with u = u1 + u2/2, the linear coefficient of the same mean brightness. Beaming:
    alpha 4 K/c (Loeb & Gaudi 2003, ApJ 588, L117). Reflection: alpha (R/a)^2 sin i of the other
    body's light (Faigler & Mazeh 2011, MNRAS 415, 3921). Raises BadParameter as ``check_detached``
    does.
    """
    check_detached(orbit)
    curve, q, k = orbit.phase_curve, orbit.mass_ratio, orbit.radius_ratio
    sine = math.sqrt(1 - cosine_of_inclination(orbit) ** 2)
    inverse = 1 / orbit.semi_major_axis_ratio
    share = companion_share(orbit)
    pull = 2 * math.pi * sine / math.sqrt(1 - orbit.eccentricity**2) / orbit.period
    axis = (
        SOLAR_RADII_PER_DAY_ORBIT
        * (curve.primary_mass * (1 + q)) ** (1 / 3)
        * (orbit.period ** (2 / 3))
    )
    speed = pull * axis * SOLAR_RADIUS_PER_DAY / (1 + q)  # of body 2's relative orbit, over c
    limbs = (limb_darkening, orbit.companion_limb_darkening)
    distortion = [
        _distortion(limb, gravity) * sine**2
        for limb, gravity in zip(limbs, curve.gravity_darkening, strict=True)
    ]
    return PhaseAmplitudes(
        ellipsoidal=(distortion[0] * q * inverse**3, distortion[1] / q * (k * inverse) ** 3),
        beaming=(4 * curve.beaming[0] * speed * q, 4 * curve.beaming[1] * speed),
        reflection=(
            curve.reflection[0] * share * inverse**2 * sine,
            curve.reflection[1] * (1 - share) * (k * inverse) ** 2 * sine,
        ),
    )


def check_detached(orbit: Orbit) -> None:
    """Raise BadParameter for a pair too close to be modelled as two slightly distorted spheres.

    The limits are R1 + R2 < 0.8 a (1 - e) and, for each body, a radius below 0.9 of its Roche
    radius at periastron (Eggleton 1983, ApJ 268, 368).
    """
    k, q = orbit.radius_ratio, orbit.mass_ratio
    if not 0 < q < math.inf:
        raise BadParameter(f"mass_ratio {q}: a phase curve needs the masses; give M2/M1 above 0")
    nearest = orbit.semi_major_axis_ratio * (1 - orbit.eccentricity)
    if not 1 + k < CLOSEST_SUM * nearest:
        raise BadParameter(
            f"(R1 + R2)/a = {(1 + k) / orbit.semi_major_axis_ratio:.3g} is not below "
            f"{CLOSEST_SUM} (1 - e): the pair is too close for the detached model; draw a wider "
            "orbit or a contact-binary template"
        )
    for name, radius, ratio in (("body 1", 1.0, 1 / q), ("body 2", k, q)):
        filled = radius / (roche_radius(ratio) * nearest)
        if not filled < FULLEST_ROCHE_LOBE:
            raise BadParameter(
                f"{name} fills {filled:.3g} of its Roche radius at periastron, not below "
                f"{FULLEST_ROCHE_LOBE}: the detached model does not hold; draw a wider orbit or "
                "a contact-binary template"
            )


def roche_radius(mass_ratio: float) -> float:
    """Return a body's Roche radius in units of the separation.

    ``mass_ratio`` is the body's mass over the other's. Eggleton 1983, ApJ 268, 368, equation 2;
    accurate to 1 %.

    >>> round(roche_radius(1.0), 3)
    0.379
    """
    two_thirds = mass_ratio ** (2 / 3)
    return 0.49 * two_thirds / (0.6 * two_thirds + math.log1p(mass_ratio ** (1 / 3)))


def phase_curve_flux(
    time: np.ndarray,
    orbit: Orbit,
    *,
    limb_darkening: tuple[float, float],
    exposure: float,
    transit_model: TransitModel,
) -> np.ndarray:
    """Return the flux of a pair with phase curve and eclipses, with mean one between eclipses.

    ``time`` (any shape) in mid-exposure days, ``exposure`` in days. An eclipse hides the same share
    of a body's own and reflected light as of its disc. The model is of first order in the
    amplitudes; on an eccentric orbit they follow the distance instead of a, and the angle is the
    true anomaly. Raises BadParameter as ``check_detached`` does.
    """
    amplitudes = phase_amplitudes(orbit, limb_darkening=limb_darkening)
    share = companion_share(orbit)
    lost = _lost_by_body(
        time, orbit, limb_darkening=limb_darkening, exposure=exposure, transit_model=transit_model
    )
    flux = 1 - (1 - share) * lost[0] - share * lost[1]
    instants = 0.5 * exposure * _INSTANTS
    for body, own in ((0, 1 - share), (1, share)):
        varying = sum(
            0.5
            * weight
            * _variation(
                np.asarray(time) + instant, orbit, amplitudes=amplitudes, body=body, own=own
            )
            for weight, instant in zip(_WEIGHTS, instants, strict=True)
        )
        flux = flux + varying * (1 - lost[body])
    # reflected light is never negative: its mean over an orbit, A <(a/r)^2>, belongs to the mean
    return flux / (1 + sum(amplitudes.reflection) / math.sqrt(1 - orbit.eccentricity**2))


def _variation(
    time: np.ndarray, orbit: Orbit, *, amplitudes: PhaseAmplitudes, body: int, own: float
) -> np.ndarray:
    """Distorted, beamed and reflected light of one body at an instant, in the pair's own light."""
    e, w = orbit.eccentricity, orbit.argument_of_periastron
    turns = (time - orbit.epoch) / orbit.period
    mean = mean_anomaly_at(0.5 * np.pi - w, e) + 2 * np.pi * (turns - np.round(turns))
    anomaly = eccentric_anomaly(mean, e)
    nearer = 1 / (1 - e * np.cos(anomaly))  # a / r
    true = 2 * np.arctan(math.sqrt((1 + e) / (1 - e)) * np.tan(0.5 * anomaly))
    angle = true + w - 0.5 * np.pi  # past the eclipse of body 1
    side = 1 if body == 0 else -1  # body 1 approaches after its eclipse, and is lit at it
    towards_us = side * (np.sin(angle) - e * math.cos(w))
    return (
        -own * amplitudes.ellipsoidal[body] * nearer**3 * np.cos(2 * angle)
        + own * amplitudes.beaming[body] * towards_us
        + amplitudes.reflection[body] * nearer**2 * (1 + side * np.cos(angle))
    )


def _lost_by_body(
    time: np.ndarray,
    orbit: Orbit,
    *,
    limb_darkening: tuple[float, float],
    exposure: float,
    transit_model: TransitModel,
) -> tuple[np.ndarray, np.ndarray]:
    """Share of the light of body 1 and of body 2 that is hidden at each time."""
    dark, bright = (replace(orbit, surface_brightness_ratio=s) for s in (0.0, 1.0))
    first = 1 - transit_model(time, dark, limb_darkening, exposure)
    both = 1 - transit_model(time, bright, limb_darkening, exposure)
    share = companion_share(bright)
    second = (both - (1 - share) * first) / share if share > 0 else np.zeros_like(first)
    return first, second


def _distortion(limb_darkening: tuple[float, float], gravity_darkening: float) -> float:
    linear = limb_darkening[0] + 0.5 * limb_darkening[1]
    return 0.15 * (15 + linear) * (1 + gravity_darkening) / (3 - linear)
