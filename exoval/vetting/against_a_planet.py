"""What an event's own measurements say against a transiting planet, in words.

A classifier weighs all features at once and names none of them. These are the tests that a vetter
looks at first, each with its number, whatever the classifier made of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

#: largest radius of a planet (Earth radii): twice Jupiter's; the largest that are well measured,
#: hot and young ones, have some 2 (Crouzet et al. 2017, AJ 153, 94; Thorngren & Fortney 2018,
#: AJ 155, 214)
LARGEST_PLANET = 22.4
#: a difference is worth a word from so many standard errors
SIGMA = 3.0
#: what neighbours in the aperture move a centroid by, beyond its noise (pixels): the largest offset
#: of 24 bright confirmed planets in a quarter of Kepler is 0.12
NEIGHBOURS = 0.1
#: Largest geometric albedo at which a dip opposite to the transit may be reflected light
LARGEST_ALBEDO = 1.0


def against_a_planet(features: Mapping[str, float]) -> list[str]:
    """Sentences on what speaks against a planet, from the features of one event by name.

    Features that are missing say nothing.
    """
    tests = (_radius, _grazing, _odd_even, _secondary, _source, _twin, _match)
    found = [test({name: float(value) for name, value in features.items()}) for test in tests]
    return [sentence for sentence in found if sentence]


def _radius(features: dict[str, float]) -> str:
    radius, ratio = _of(features, "planet_radius"), _of(features, "radius_ratio")
    if radius > LARGEST_PLANET:
        return f"a radius of {radius:.3g} Earth radii, larger than any planet's"
    # a radius ratio alone says it only where no dwarf star makes it a planet
    if math.isnan(radius) and ratio > 0.3:
        return (
            f"a radius ratio of {ratio:.2f}, of which only the smallest stars' planets are capable"
        )
    return ""


def _grazing(features: dict[str, float]) -> str:
    impact, error = _of(features, "impact_parameter"), _of(features, "impact_parameter_error")
    if impact - error > 1:
        return f"V-shaped: an impact parameter of {impact:.2f}, with which only an edge is covered"
    return ""


def _odd_even(features: dict[str, float]) -> str:
    sigma = abs(_of(features, "odd_even_sigma"))
    return f"odd and even events differ in depth by {sigma:.1f} sigma" if sigma > SIGMA else ""


def _secondary(features: dict[str, float]) -> str:
    sigma = _of(features, "secondary_sigma")
    if not sigma > SIGMA:
        return ""
    depth, albedo = _of(features, "secondary_depth"), _of(features, "secondary_albedo")
    told = f"a second dip of {depth:,.0f} ppm, {sigma:.1f} sigma"
    if albedo > LARGEST_ALBEDO:
        return f"{told}, more than a planet reflects: another eclipse, or another planet's transits"
    return told


def _source(features: dict[str, float]) -> str:
    sigma = _of(features, "centroid_sigma")
    offset, error = _of(features, "source_offset"), _of(features, "source_offset_error")
    error = math.hypot(error, NEIGHBOURS)
    if sigma > SIGMA and offset > SIGMA * error:
        return (
            f"the dimmed light lies {offset:.2f} pixels from the target's ({offset / error:.1f} "
            "sigma)"
        )
    return ""


def _twin(features: dict[str, float]) -> str:
    if _of(features, "has_stronger_twin") == 1:
        return "a stronger event of the star has its period, half or twice of it"
    return ""


def _match(features: dict[str, float]) -> str:
    if _of(features, "has_deeper_match") == 1:
        return "an event of another star, at least three times deeper, coincides with it"
    return ""


def _of(features: Mapping[str, float], name: str) -> float:
    return features.get(name, math.nan)
