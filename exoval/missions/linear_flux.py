"""Flux in any unit as linear flux with the star's level in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from exoval.errors import BadParameter
from exoval.noise.robust_scatter import MAD_TO_SIGMA

#: relative units about zero, by their scale; millimagnitudes are none of them
RELATIVE = {
    "ppm": 1e6,
    "parts per million": 1e6,
    **dict.fromkeys(("1e-06", "1e-6", "10**-6"), 1e6),
    **dict.fromkeys(("1e-3", "0.001", "10**-3"), 1e3),
    **dict.fromkeys(("1e-2", "0.01", "10**-2"), 1e2),
    "ppt": 1e3,
    "permille": 1e3,
    "permil": 1e3,
    "promille": 1e3,
    "‰": 1e3,
    "percent": 1e2,
    "%": 1e2,
}
#: magnitudes, by how many make one
MAGNITUDES = {"mag": 1.0, "mags": 1.0, "magnitude": 1.0, "magnitudes": 1.0, "mmag": 1e3}
#: words in names of columns that mean a relative unit or millimagnitudes
UNIT_WORDS = {
    **dict.fromkeys(("mmag", "mmags", "millimag", "millimags", "millimagnitudes"), "mmag"),
    "ppm": "ppm",
    **dict.fromkeys(("ppt", "permille", "permil", "promille", "per_mille", "per_mil"), "ppt"),
    **dict.fromkeys(("percent", "percentage", "pct", "per_cent"), "percent"),
}
#: signs in such names
UNIT_SIGNS = {"%": "percent", "‰": "ppt"}
#: units that state nothing
NO_UNIT = ("", "none", "-", "1", "unitless", "dimensionless", "unscaled", "relative", "normalized")
#: the noise of photometry from one cadence to the next, relative: 20 ppm of the brightest stars to
#: 2 % of the faintest. It tells a scale of 1 from one of 1e3 and 1e6
NOISE_RANGE = (2e-5, 2e-2)
#: share of values below zero above which flux has no level: it is a change about zero
BELOW_ZERO = 0.2
#: relative change of flux by a small change of a magnitude, 0.4 ln 10
FLUX_PER_MAGNITUDE = 0.4 * np.log(10)


@dataclass(frozen=True)
class LinearFlux:
    """Linear flux and its error, shape (cadences,); ``notes`` say what was converted."""

    flux: np.ndarray
    error: np.ndarray
    notes: tuple[str, ...] = ()


def linear_flux(
    flux: np.ndarray, error: np.ndarray, *, unit: str = "", name: str = ""
) -> LinearFlux:
    """Return flux with a level, from its unit or, where that says nothing, its name and values.

    Magnitudes become flux relative to their median. Changes about zero in ppm, per mille, percent
    or relative become 1 plus the change; without a unit, their scatter between cadences tells which
    they are (``NOISE_RANGE``). Other flux is returned as it is. Raises BadParameter for changes
    about zero of a scale that no photometry has.
    """
    kind = _kind(unit, name)
    if kind in MAGNITUDES:
        return _from_magnitudes(flux, error, MAGNITUDES[kind])
    if not kind and not _is_silent(unit):
        return LinearFlux(flux, error)
    finite = flux[np.isfinite(flux)]
    if finite.size == 0 or np.mean(finite < 0) < BELOW_ZERO:
        return LinearFlux(flux, error)
    scale = RELATIVE[kind] if kind else _scale_of(finite)
    words = {1e6: "in ppm", 1e3: "in per mille", 1e2: "in percent", 1.0: "as relative change"}[
        scale
    ]
    guessed = "" if kind else ", judged by its scatter"
    return LinearFlux(
        1 + flux / scale,
        error / scale,
        (f"flux {words} about zero was read as 1 + change{guessed}",),
    )


def is_magnitude(unit: str, name: str = "") -> bool:
    """Return whether a unit, or else a column's name, is that of a magnitude.

    >>> is_magnitude("mag"), is_magnitude("", "Tmag"), is_magnitude("e-/s", "flux")
    (True, True, False)
    """
    return _kind(unit, name) in MAGNITUDES


def _is_silent(unit: str) -> bool:
    return unit.strip().lower() in NO_UNIT


def _kind(unit: str, name: str) -> str:
    """The entry of RELATIVE or MAGNITUDES that a unit, or else a column's name, means."""
    if _is_silent(unit):
        return _kind_of_name(name)
    text = unit.strip().lower()
    if text in RELATIVE or text in MAGNITUDES:
        return text
    # astropy writes mag(AB), archives ABmag
    return "mag" if re.fullmatch(r"(ab|st)?mag(\(.*\))?", text) else ""


def _kind_of_name(name: str) -> str:
    """The unit that a name states, as "dmag (mmag)" does, else magnitudes of any band (Tmag)."""
    words = [word for word in re.split(r"[^a-z]+", name.lower()) if word]
    pairs = [f"{one}_{other}" for one, other in pairwise(words)]
    stated = [UNIT_WORDS[word] for word in (*words, *pairs) if word in UNIT_WORDS]
    stated += [unit for sign, unit in UNIT_SIGNS.items() if sign in name]
    if stated:
        return stated[0]
    band = r"[a-z]{0,6}mags?|[a-z]{0,6}magnitudes?"
    return "mag" if any(re.fullmatch(band, word) for word in words) else ""


def _from_magnitudes(magnitude: np.ndarray, error: np.ndarray, per_magnitude: float) -> LinearFlux:
    level = np.nanmedian(magnitude) if np.isfinite(magnitude).any() else 0.0
    flux = np.exp(-FLUX_PER_MAGNITUDE * (magnitude - level) / per_magnitude)
    return LinearFlux(
        flux,
        flux * FLUX_PER_MAGNITUDE * error / per_magnitude,
        ("magnitudes were converted to flux relative to their median",),
    )


def _scale_of(flux: np.ndarray) -> float:
    """The scale of changes about zero that gives them the noise of photometry."""
    steps = np.diff(flux)
    noise = MAD_TO_SIGMA * np.median(np.abs(steps)) / np.sqrt(2) if steps.size else 0.0
    for scale in (1.0, 1e3, 1e6):
        if NOISE_RANGE[0] <= noise / scale < NOISE_RANGE[1]:
            return scale
    raise BadParameter(
        f"flux lies about zero and scatters by {noise:.3g} from one cadence to the next, which is "
        "neither ppm nor per mille nor a relative change; name the column flux_ppm or flux_ppt, "
        "give the unit, or give flux with the star's level in it, such as 1 plus the relative "
        "change"
    )
