"""Where the eclipse models hold, and the error for anything else."""

from __future__ import annotations

from exoval.errors import BadParameter
from exoval.system import Orbit

#: largest radius ratio, eccentricity and exposure (days); smallest a/R1
LARGEST_RADIUS_RATIO = 1.5
LARGEST_ECCENTRICITY = 0.9
LONGEST_EXPOSURE = 2 / 24
CLOSEST_ORBIT = 1.5


def check_domain(orbit: Orbit, exposure: float) -> None:
    """Raise BadParameter, a ValueError, unless the eclipse models hold for these values.

    Radius ratio 0 to 1.5, impact parameter 0 to 1 + radius ratio, a/R1 from 1.5, eccentricity 0
    to 0.9, exposure 0 to 2 hours, a positive period and a non-negative surface brightness.
    """
    ratio = orbit.radius_ratio
    limits = (
        ("radius_ratio", ratio, 0.0, LARGEST_RADIUS_RATIO),
        ("impact_parameter", orbit.impact_parameter, 0.0, 1 + ratio),
        ("eccentricity", orbit.eccentricity, 0.0, LARGEST_ECCENTRICITY),
        ("semi_major_axis_ratio", orbit.semi_major_axis_ratio, CLOSEST_ORBIT, 1e9),
        ("exposure in days", exposure, 0.0, LONGEST_EXPOSURE * (1 + 1e-9)),
        ("surface_brightness_ratio", orbit.surface_brightness_ratio, 0.0, 1e9),
        ("period", orbit.period, 1e-3, 1e9),
    )
    for name, value, least, most in limits:
        if not least <= value <= most:
            raise BadParameter(
                f"{name} {value:.6g} is outside {least:.6g} to {most:.6g}, where the eclipse "
                "models hold: draw or give another"
            )
