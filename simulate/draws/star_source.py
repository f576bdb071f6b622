"""A star as a source of light in the aperture: shared by every scenario."""

from __future__ import annotations

from exoval.physics.limb_darkening import quadratic_limb_darkening
from exoval.star import Star
from exoval.system import Orbit, Source


def star_source(
    star: Star,
    share: float,
    band: str,
    orbit: Orbit | None = None,
    offset_arcsec: tuple[float, float] = (0.0, 0.0),
) -> Source:
    """The source of a star with its limb darkening in ``band``, giving ``share`` of the light.

    ``offset_arcsec`` is column and row from the target.
    """
    return Source(
        share,
        *offset_arcsec,
        orbit=orbit,
        limb_darkening=quadratic_limb_darkening(star.teff, star.logg, band),
    )
