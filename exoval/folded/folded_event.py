"""One event, detrended and folded once for all feature groups."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property

import numpy as np

from exoval.errors import BadParameter
from exoval.event import TransitEvent
from exoval.folded.box_scan import STEPS_PER_DURATION, BoxScan, box_scan
from exoval.folded.limb_darkened_transit import TransitFit, fit_transit
from exoval.folded.profile import Profile, bin_profile
from exoval.folded.single_events import (
    SingleEvents,
    box_pulls,
    matched_events,
    single_events,
    without_repeats,
)
from exoval.folded.trapezoid import TrapezoidFit, fit_trapezoid
from exoval.lightcurve import LightCurve
from exoval.missions.named_mission import named_mission
from exoval.noise.robust_scatter import robust_scatter
from exoval.physics.limb_darkening import quadratic_limb_darkening
from exoval.star import SOLAR_LOGG, SOLAR_TEFF, Star
from exoval.whitening.whitened_light_curve import WhitenedLightCurve, whiten

#: durations (full width) around mid-event in which shapes are fitted, and bins there
WINDOW, BINS = 4.0, 200
#: fewest boxes without an event from which red noise is measured
FEWEST_WINDOWS = 8
#: band that is assumed for a mission that names none
ANY_BAND = "kepler"


@dataclass(frozen=True)
class FoldedEvent:
    """A detrended light curve, the event to measure in it, and the star.

    Cadences are sorted by time; repeated ones count once. ``undetrended`` is the light curve as
    delivered, for features of the variation that detrending removes; None if it is not given.
    ``siblings`` relate the event to the others of its star; None if the star was searched once.
    ``ephemeris_match`` compares it with a survey's events of other stars; None without their list.
    """

    light_curve: LightCurve
    event: TransitEvent
    star: Star
    undetrended: LightCurve | None = None
    _: KW_ONLY
    siblings: Mapping[str, float] | None = None
    ephemeris_match: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "light_curve", in_order(self.light_curve))
        if self.undetrended is not None:
            object.__setattr__(self, "undetrended", in_order(self.undetrended))

    @property
    def period(self) -> float:
        """Orbital period in days."""
        return self.event.ephemeris.period

    @property
    def duration(self) -> float:
        """Full duration of the event's box in days."""
        return self.event.ephemeris.duration

    @cached_property
    def _cycle(self) -> np.ndarray:
        """Periods since the epoch, shape (cadences,)."""
        return (self.light_curve.time - self.event.ephemeris.epoch) / self.period

    @cached_property
    def event_number(self) -> np.ndarray:
        """Count of the nearest event, integer of shape (cadences,)."""
        return np.floor(self._cycle + 0.5).astype(np.int64)

    @cached_property
    def time_from_mid(self) -> np.ndarray:
        """Days from the nearest mid-event, shape (cadences,)."""
        return (self._cycle - self.event_number) * self.period

    @cached_property
    def inside(self) -> np.ndarray:
        """Whether a cadence lies within the event, shape (cadences,)."""
        return np.abs(self.time_from_mid) < 0.5 * self.duration

    @cached_property
    def clear(self) -> np.ndarray:
        """Whether a cadence is more than one duration from mid-event, shape (cadences,)."""
        return np.abs(self.time_from_mid) > self.duration

    @cached_property
    def level(self) -> float:
        """Median flux outside the event; 1 without data there."""
        return float(np.median(self.light_curve.flux[self.clear])) if self.clear.any() else 1.0

    @cached_property
    def dip(self) -> np.ndarray:
        """One minus the flux over ``level``: the light lost, shape (cadences,)."""
        return 1 - self.light_curve.flux / self.level

    @cached_property
    def weight(self) -> np.ndarray:
        """One over the squared relative error of each cadence, shape (cadences,)."""
        return (self.light_curve.flux_error / self.level) ** -2.0

    def box_depth(self, cadences: np.ndarray) -> tuple[float, float]:
        """Weighted mean dip of the chosen cadences and its white-noise error; NaN without any."""
        weight = self.weight[cadences]
        if weight.size == 0:
            return float("nan"), float("nan")
        depth = float(np.sum(weight * self.dip[cadences]) / weight.sum())
        return depth, float(weight.sum() ** -0.5)

    @cached_property
    def depth(self) -> tuple[float, float]:
        """Depth of the event's box and its white-noise error."""
        return self.box_depth(self.inside)

    @cached_property
    def events(self) -> SingleEvents:
        """Depth and error of every event with data."""
        return single_events(self.event_number, self.inside, self.dip, self.weight)

    def _without_repeats(self, **bins: int) -> np.ndarray:
        """The dip without its periodic part, which is not noise; shape (cadences,)."""
        curve = self.light_curve
        return without_repeats(
            self.time_from_mid,
            self.dip,
            self.weight,
            period=self.period,
            duration=self.duration,
            exposure=curve.exposure if curve.has_one_exposure else curve.exposures,
            **bins,
        )

    @cached_property
    def empty_pulls(self) -> np.ndarray:
        """Depth over white-noise error of boxes as long as the event, all clear of it.

        Periodic signal is subtracted first: it is not noise.
        """
        curve = self.light_curve
        return box_pulls(
            curve.time,
            self.clear,
            self._without_repeats(),
            self.weight,
            duration=self.duration,
            exposure=curve.exposure if curve.has_one_exposure else curve.exposures,
        )

    @cached_property
    def red_noise(self) -> float:
        """Robust scatter of ``empty_pulls``, 1 for white noise; NaN with too few of them."""
        pulls = self.empty_pulls
        if len(pulls) < FEWEST_WINDOWS:
            return math.nan
        return robust_scatter(pulls)

    @cached_property
    def whitened(self) -> WhitenedLightCurve | None:
        """The light curve whitened; None if it is too short.

        Noise is measured away from the event and without periodic signal. Events that take more
        than half of the time with their surroundings are known from their repeats alone.
        """
        curve = self.light_curve
        return whiten(
            curve.time,
            self.dip,
            self.weight,
            exposure=curve.exposure if curve.has_one_exposure else float(curve.exposures.max()),
            hidden=~self.clear if np.mean(self.clear) > 0.5 else None,
            noise_dip=self._without_repeats(bins_per_duration=32, cadences_per_bin=20),
        )

    @property
    def noise(self) -> float:
        """The factor by which white-noise errors are multiplied: ``red_noise``, at least 1."""
        return float(np.fmax(self.red_noise, 1.0))

    @cached_property
    def scan(self) -> BoxScan:
        """The event's own box at all phases."""
        return box_scan(
            self.time_from_mid, self.dip, self.weight, period=self.period, duration=self.duration
        )

    @cached_property
    def _exposure_groups(self) -> tuple[np.ndarray, np.ndarray]:
        """The exposures, days, and which of them each cadence has, counted from 0."""
        curve = self.light_curve
        if curve.has_one_exposure:
            return np.array([curve.exposure]), np.zeros(len(curve), dtype=np.int64)
        return np.unique(curve.exposures, return_inverse=True)

    def profile(
        self,
        *,
        cadences: np.ndarray | slice = slice(None),
        bins: int = BINS,
        by_exposure: bool = False,
    ) -> Profile:
        """Binned dip around mid-event of the chosen cadences, with the shares of exposures."""
        half_window = min(0.5 * WINDOW * self.duration, 0.5 * self.period)
        return bin_profile(
            self.time_from_mid[cadences],
            self.dip[cadences],
            self.weight[cadences],
            half_window=half_window,
            bins=bins,
            exposure_number=self._exposure_groups[1][cadences] if by_exposure else None,
        )

    @cached_property
    def whole_profile(self) -> Profile:
        """The profile of all events."""
        return self.profile(by_exposure=not self.light_curve.has_one_exposure)

    @cached_property
    def trapezoid(self) -> TrapezoidFit | None:
        """The best trapezoid; None with too few filled bins."""
        return fit_trapezoid(self.whole_profile, duration=self.duration)

    @cached_property
    def transit(self) -> TransitFit | None:
        """The limb-darkened transit; None with too few filled bins."""
        if self.trapezoid is None or not self.trapezoid.depth > 0:
            return None
        return fit_transit(
            self.whole_profile,
            duration=self.duration,
            period=self.period,
            exposures=self._exposure_groups[0],
            limb_darkening=self._limb_darkening(),
            inflation=self.noise,
        )

    @cached_property
    def shape(self) -> np.ndarray | None:
        """The fitted shape, its floor scaled to 1, at every cadence; None without a fit.

        Each cadence has the shape that its exposure shows; shape (cadences,).
        """
        profile, fit = self.whole_profile, self.transit
        if fit is None or not fit.shapes.max() > 0:
            return None
        within = np.abs(self.time_from_mid) <= np.abs(profile.time).max()
        shape = np.zeros(len(within))
        for number, own in enumerate(fit.shapes / fit.shapes.max()):
            near = within & (self._exposure_groups[1] == number)
            shape[near] = np.interp(self.time_from_mid[near], profile.time, own)
        return shape

    @cached_property
    def matched(self) -> SingleEvents:
        """Depth of every event by a matched filter of the fitted shape; box depths without a fit.

        Depths are those of the shape's floor, in relative flux.
        """
        if self.shape is None:
            return self.events
        level = self.transit.mean["level"]
        return matched_events(self.event_number, self.shape, self.dip - level, self.weight)

    @cached_property
    def phase_noise(self) -> float:
        """Scatter of box depths over all other phases, in white-noise errors; at least ``noise``.

        Unlike ``red_noise`` it includes periodic signal. Only the scatter beyond what as many
        boxes of that noise show by chance counts.
        """
        strength = self.scan.strength[self.scan.away]
        boxes = len(strength) / STEPS_PER_DURATION
        if boxes < FEWEST_WINDOWS:
            return self.noise
        scatter = robust_scatter(strength)
        # relative error of a variance from the median absolute deviation: 2 x 1.17 / sqrt(2 n)
        chance = self.noise**2 * (1 + 2 * 1.65 / math.sqrt(boxes))
        return math.sqrt(self.noise**2 + max(scatter**2 - chance, 0.0))

    def _limb_darkening(self) -> tuple[float, float]:
        # unknown parameters are taken from the Sun
        teff = self.star.teff if math.isfinite(self.star.teff) else SOLAR_TEFF
        logg = self.star.logg if math.isfinite(self.star.logg) else SOLAR_LOGG
        try:
            band = self.light_curve.band or named_mission(self.light_curve.mission).band
            return quadratic_limb_darkening(teff, logg, band=band)
        except BadParameter:
            return quadratic_limb_darkening(teff, logg, band=ANY_BAND)


def in_order(light_curve: LightCurve) -> LightCurve:
    """The light curve with its cadences in ascending order of time, each once."""
    step = np.diff(light_curve.time)
    if np.all(step > 0):
        return light_curve
    order = np.argsort(light_curve.time, kind="stable")
    sorted_time = light_curve.time[order]
    order = order[np.concatenate([[True], np.diff(sorted_time) > 0])]
    names = ("time", "flux", "flux_error", "centroid_column", "centroid_row")
    # once cadences of segments are mixed, only numbers, crowding and noise of segments hold
    kept = light_curve.keep(np.isin(np.arange(len(light_curve)), order))
    return replace(kept, **{name: getattr(light_curve, name)[order] for name in names})
