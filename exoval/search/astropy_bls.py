"""Box least squares by astropy (Kovács et al. 2002) on an Ofir grid: the reference search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.timeseries import BoxLeastSquares

from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.search.period_grid import duration_scale, ofir_periods
from exoval.search.refine import refine
from exoval.search.searchable import searchable
from exoval.search.signal_detection_efficiency import signal_detection_efficiency
from exoval.star import Star


@dataclass(frozen=True, kw_only=True)
class AstropyBoxSearch:
    """Blind search over all periods that show ``minimum_transits`` in the baseline.

    The period range is split in octaves. Each has ``durations_per_octave`` trial durations, between
    ``shortest_duration`` and ``longest_duration`` times that of a central transit of a star of
    solar density. ``threshold`` is the least multiple-event statistic of a reported event.

    Raises BadParameter for an empty period range or fewer than two transits.
    """

    minimum_period_days: float = 0.5
    maximum_period_days: float = 30.0
    minimum_transits: int = 3
    threshold: float = 7.1
    oversampling: float = 2.0
    durations_per_octave: int = 5
    shortest_duration: float = 0.3
    longest_duration: float = 2.0
    bins_per_duration: int = 4

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

    def __call__(
        self,
        light_curve: LightCurve,
        star: Star,
        expected: Ephemeris | None = None,
        rng: np.random.Generator | None = None,
    ) -> TransitEvent | None:
        """Return the best event above the threshold, refined; None if no event reaches it.

        ``light_curve`` is detrended (flux 1 out of transit, errors robust). ``star``,
        ``expected`` and ``rng`` are not used: the search is blind. Raises BadLightCurve if times
        descend.
        """
        usable = searchable(light_curve)
        return None if usable is None else self._search(usable)

    def _search(self, light_curve: LightCurve) -> TransitEvent | None:
        longest = min(self.maximum_period_days, light_curve.baseline / (self.minimum_transits - 1))
        if longest <= self.minimum_period_days or len(light_curve) < 10 * self.minimum_transits:
            return None
        period, epoch, duration, efficiency = self._peak(light_curve, longest)
        event = refine(
            light_curve,
            Ephemeris(period, epoch, duration),
            source="astropy_bls",
            longest_period=longest,
        )
        if event is None or event.signal_to_noise < self.threshold:
            return None
        if event.transit_count < self.minimum_transits:
            return None
        return TransitEvent(
            ephemeris=event.ephemeris,
            depth=event.depth,
            signal_to_noise=event.signal_to_noise,
            signal_detection_efficiency=efficiency,
            transit_count=event.transit_count,
            source=event.source,
        )

    def _peak(self, light_curve: LightCurve, longest: float) -> tuple[float, float, float, float]:
        """Period, epoch, duration and detection efficiency of the periodogram's highest peak."""
        model = BoxLeastSquares(light_curve.time, light_curve.flux, light_curve.flux_error)
        parts = [self._octave(model, periods) for periods in self._octaves(light_curve, longest)]
        period, epoch, duration, power = (np.concatenate(values) for values in zip(*parts))
        efficiency = signal_detection_efficiency(power)
        best = int(np.argmax(efficiency))
        return period[best], epoch[best], duration[best], float(efficiency[best])

    def _octaves(self, light_curve: LightCurve, longest: float) -> list[np.ndarray]:
        periods = ofir_periods(
            light_curve.baseline,
            minimum_period=self.minimum_period_days,
            maximum_period=longest,
            oversampling=self.oversampling,
        )
        octave = np.floor(np.log2(periods / self.minimum_period_days)).astype(int)
        return [periods[octave == number] for number in np.unique(octave)]

    def _octave(self, model: BoxLeastSquares, periods: np.ndarray) -> tuple[np.ndarray, ...]:
        central = duration_scale(1.0) * np.array([periods[0], periods[-1]]) ** (1 / 3)
        low = self.shortest_duration * central[0]
        high = min(self.longest_duration * central[1], 0.45 * periods[0])
        durations = np.geomspace(low, high, self.durations_per_octave)
        result = model.power(
            periods,
            durations,
            objective="likelihood",
            method="fast",
            oversample=self.bins_per_duration,
        )
        # twice the gain in log likelihood is the squared signal-to-noise ratio of the box
        power = np.sqrt(np.clip(2 * np.nan_to_num(np.asarray(result.power), neginf=0), 0, None))
        return (
            np.asarray(result.period),
            np.asarray(result.transit_time),
            np.asarray(result.duration),
            power,
        )
