"""The domain of the eclipse models, and the check that an orbit lies in it."""

from __future__ import annotations

from exoval.errors import BadParameter
from exoval.system import Orbit

#: least and greatest value; the impact parameter is also limited to 1 + radius ratio
DOMAIN = {
    "radius_ratio": (0.0, 1.5),
    "impact_parameter": (0.0, 2.5),
    "eccentricity": (0.0, 0.9),
    "semi_major_axis_ratio": (1.5, 1e9),
    "surface_brightness_ratio": (0.0, 1e9),
    "period": (1e-3, 1e9),
}
#: days
LONGEST_EXPOSURE = 2 / 24


def check_domain(orbit: Orbit, *, exposure: float) -> None:
    """Raise BadParameter, a ValueError, for values outside the domain of the eclipse models.

    The domain is radius ratio 0 to 1.5, impact parameter 0 to 1 + radius ratio, a/R1 from 1.5,
    eccentricity 0 to 0.9, exposure 0 to 2 hours, a positive period and a non-negative surface
    brightness.
    """
    for name, (least, most) in DOMAIN.items():
        value = getattr(orbit, name)
        if name == "impact_parameter":
            most = 1 + orbit.radius_ratio
        if not least <= value <= most:
            raise _outside(name, value, least, most)
    if not 0 <= exposure <= LONGEST_EXPOSURE * (1 + 1e-9):
        raise _outside("exposure in days", exposure, 0.0, LONGEST_EXPOSURE)


def _outside(name: str, value: float, least: float, most: float) -> BadParameter:
    return BadParameter(
        f"{name} {value:.6g} is outside {least:.6g} to {most:.6g}, where the eclipse models hold: "
        "draw or give another"
    )
