"""Transit least squares (Hippke & Heller 2019, A&A 623, A39): boxes with limb darkening."""

from __future__ import annotations

import importlib.util
import warnings
from dataclasses import dataclass, replace

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter, MissingDependency
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.search.refine import refine
from exoval.search.searchable import searchable
from exoval.star import Star


@dataclass(frozen=True, kw_only=True)
class TransitLeastSquares:
    """Blind search by the package transitleastsquares, on one thread and on its own grids.

    ``oversampling`` is that of trial periods, ``duration_step`` the ratio of neighbouring trial
    durations; both defaults are the package's. The longest period has ``minimum_transits`` in the
    baseline. ``threshold`` is the least multiple-event statistic of a reported event, once refined.
    The event's detection efficiency is the package's SDE.

    Raises BadParameter for an empty period range or fewer than two transits and
    MissingDependency where the package is not installed.
    """

    minimum_period_days: float = 0.5
    maximum_period_days: float = 30.0
    minimum_transits: int = 3
    threshold: float = 7.1
    oversampling: int = 3
    duration_step: float = 1.1

    def __post_init__(self) -> None:
        if not 0 < self.minimum_period_days < self.maximum_period_days:
            raise BadParameter(
                f"search range {self.minimum_period_days}-{self.maximum_period_days} days is "
                "empty; give a positive minimum below the maximum"
            )
        if self.minimum_transits < 2:
            raise BadParameter(
                f"minimum_transits={self.minimum_transits}; a periodic search needs 2 or more"
            )
        if importlib.util.find_spec("transitleastsquares") is None:
            raise MissingDependency(
                "this search needs transitleastsquares, which is not installed: "
                "pip install 'exoval[tls]', or choose another search"
            )

    def __call__(
        self,
        light_curve: LightCurve,
        star: Star,
        expected: Ephemeris | None = None,
        rng: np.random.Generator | None = None,
    ) -> TransitEvent | None:
        """Return the best event above the threshold, refined like every event; None without one.

        ``light_curve`` is detrended. ``star``, ``expected`` and ``rng`` are not used. Raises
        BadLightCurve if times descend.
        """
        usable = searchable(light_curve)
        if usable is None or len(usable) < 10 * self.minimum_transits:
            return None
        longest = min(self.maximum_period_days, usable.baseline / (self.minimum_transits - 1))
        if longest <= self.minimum_period_days:
            return None
        found = self._peak(usable, longest)
        if found is None:
            return None
        ephemeris, efficiency = found
        event = refine(usable, ephemeris, source="tls", longest_period=longest)
        if event is None or event.signal_to_noise < self.threshold:
            return None
        if event.transit_count < self.minimum_transits:
            return None
        return replace(event, signal_detection_efficiency=efficiency)

    def _peak(self, light_curve: LightCurve, longest: float) -> tuple[Ephemeris, float] | None:
        """Ephemeris and SDE of the highest peak; None if no transit could be fitted."""
        from transitleastsquares import transitleastsquares

        with warnings.catch_warnings(), np.errstate(all="ignore"):
            # the package warns of levels and transits that it cannot fit; the caller gets None
            warnings.simplefilter("ignore")
            model = transitleastsquares(
                light_curve.time, light_curve.flux, light_curve.flux_error, verbose=False
            )
            result = model.power(
                period_min=self.minimum_period_days,
                period_max=longest,
                n_transits_min=self.minimum_transits - 1,
                use_threads=1,
                show_progress_bar=False,
                verbose=False,
                duration_grid_step=self.duration_step,
                oversampling_factor=self.oversampling,
            )
        values = (result.period, result.T0, result.duration)
        if not np.all(np.isfinite(values)) or not 0 < result.duration < result.period:
            return None
        return Ephemeris(*(float(value) for value in values)), float(result.SDE)
