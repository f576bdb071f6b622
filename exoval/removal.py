"""How a found event is taken out of a light curve before its star is searched again.

Kepler's pipeline leaves out the cadences of an event (Twicken et al. 2016, AJ 152, 158), which
costs what else happens in them. Other pipelines divide by a fit, which costs no cadence but leaves
what the fit does not describe: a trapezoid leaves the rounding of deep eclipses and transits that
come early or late, and a search finds that again.
"""

from __future__ import annotations

from exoval.event import TransitEvent
from exoval.folded.folded_event import FoldedEvent
from exoval.lightcurve import LightCurve
from exoval.missions.mission import MASK
from exoval.star import Star

#: full width of the cut around each event of a found signal, in durations of the found box: ingress
#: and egress reach beyond a box, and what is left of them would be found again
REMOVED_DURATIONS = 2.2
#: least flux, relative to the level, that a light curve is divided by
LEAST_LIGHT = 0.01


def take_out(
    light_curve: LightCurve, event: TransitEvent, *, how: str, flat: LightCurve | None = None
) -> LightCurve:
    """Return a light curve without a found event.

    ``how`` is a mission's ``event_removal``: its cadences are left out ("mask"), or the flux is
    divided by the trapezoid that fits the folded event best ("subtract"). The fit is made in
    ``flat``, the detrended light curve, which is ``light_curve`` itself if that is detrended. An
    event that no trapezoid can be fitted to is masked.
    """
    if how != MASK:
        flat = light_curve if flat is None else flat
        folded = FoldedEvent(flat, event, Star(target=flat.target))
        fit = folded.trapezoid
        if fit is not None:
            time = event.ephemeris.time_from_mid_event(light_curve.time)
            left = (1 - fit.dip(time)).clip(LEAST_LIGHT)
            return light_curve.with_flux(light_curve.flux / left)
    inside = event.ephemeris.in_event(light_curve.time, REMOVED_DURATIONS)
    return light_curve.keep(~inside) if inside.any() else light_curve
