"""A star as a source of light in the aperture, for every scenario."""

from __future__ import annotations

from exoval.physics.limb_darkening import quadratic_limb_darkening
from exoval.star import Star
from exoval.system import Orbit, Source


def star_source(
    star: Star,
    share: float,
    *,
    band: str,
    orbit: Orbit | None = None,
    offset_arcsec: tuple[float, float] = (0.0, 0.0),
) -> Source:
    """The source of a star with its limb darkening in ``band``, giving ``share`` of the light.

    ``offset_arcsec`` is column and row from the target.
    """
    return Source(
        flux_fraction=share,
        offset_column=offset_arcsec[0],
        offset_row=offset_arcsec[1],
        orbit=orbit,
        limb_darkening=quadratic_limb_darkening(star.teff, star.logg, band=band),
    )
