"""Box least squares for long light curves (Kovács et al. 2002, A&A 391, 369), compiled.

The statistic is the standard one: at every trial period of an Ofir (2014) grid, over trial
durations and phases, the largest signal-to-noise ratio of a dip of free depth and level. It is the
root of twice the gain in log likelihood (astropy's ``depth_snr``; its ``likelihood`` objective
assumes a known level outside the box). Four steps make it fast:

1. *Cadence follows the period.* In each octave of period the light curve is summed in bins of
   time of half a phase bin, where that is longer than its cadence. Gaps leave no bins.
2. *Durations follow the period.* Trial durations run between two multiples of the central
   transit of a star of solar (or the star's own) density, T = 0.0756 d (P / 1 d)^(1/3), but are
   never shorter than the cadence. A phase bin is a fraction of the shortest, so that their
   number grows as P^(2/3) and not as P.
3. *Neighbouring periods share their folds.* See ``exoval.search.folding``: cadences are put in
   phase bins once a group of up to 32 periods, in 64 chunks of time, and chunks are then shifted
   and added. Mid-times err by up to a sixteenth of T in each of two such steps, about as much as
   the grid itself lets the last transit drift.
4. *Boxes are differences of prefix sums* over the phase bins, which close in a circle.

The peak that stands highest above its neighbourhood is then refined on the light curve itself
(``exoval.search.refine``), which removes the rounding of steps 1-3. This peak is preferred to the
one of largest signal-to-noise ratio: correlated noise raises all neighbouring periods, and
refinement sharpens noise spikes more than transits, so the strongest refined peak is more often
noise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from exoval.ephemeris import SAME_FOUND_PERIOD, Ephemeris, is_other_period
from exoval.errors import BadParameter
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.missions.light_curve_object import as_light_curve
from exoval.search.event_strengths import strongest_event
from exoval.search.folding import GROUP_PER_CHUNK, bin_in_time, phase_bins, search_periods
from exoval.search.period_grid import duration_scale, ofir_periods
from exoval.search.periodogram import Periodogram
from exoval.search.prewhiten import WaveSpectrum, prewhitened, wave_spectrum
from exoval.search.refine import box_gain, refine
from exoval.search.searched import Searched
from exoval.search.signal_detection_efficiency import signal_detection_efficiency
from exoval.search.weighted_flux import WeightedFlux, usable, weighted_flux
from exoval.search.whitened_strength import whitened_for_search, whitened_strength
from exoval.star import Star

#: chunks of time are radix^2; the costs are nanoseconds to put a cadence in a phase bin and to add
#: one phase bin to another, of which only the ratio matters. Four profiles are added at a time
RADICES = (1, 4, 8)
FOLD_COST, ADD_COST = 1.45, 0.085
#: largest number of trial periods; beyond it a search would take minutes
MOST_PERIODS = 3_000_000
#: a candidate is refined if its detection efficiency is at least this share of the highest peak's
WORTH_REFINING = 0.75
#: Once the strongest sinusoid has a larger gain than the box, all sinusoids with at least this
#: share of the box's gain are subtracted. A pure sinusoid gains 1.2 times as much as the best box
#: on it; the best sinusoid on a train of boxes gains 0.2, 0.4 or 0.6 of theirs where they cover a
#: tenth, a fifth or three tenths of the time
LEAST_WAVE = 0.5
#: period ratios at which residuals of a sinusoid or a close binary are found again
MULTIPLES = (1 / 3, 0.5, 2 / 3, 1.0, 1.5, 2.0, 3.0)
#: plausible stellar densities (solar); a catalogue's density outside is ignored
SANE_DENSITY = (1e-3, 1e2)


@dataclass(frozen=True, kw_only=True)
class BoxSearch:
    """Blind search over all periods that show ``minimum_transits`` in the baseline.

    Durations run from ``shortest_duration`` to ``longest_duration`` times the central transit,
    ``duration_count`` of them, the shortest in ``bins_per_duration`` phase bins. The highest of the
    periodogram's peaks is refined and reported if its multiple-event statistic reaches
    ``threshold``; otherwise the next of ``candidates`` is tried. A candidate weaker than the
    strongest of its own events is one bad event, not a periodic signal (Kepler's ratio of single-
    to multiple-event statistic, Thompson et al. 2018, ApJS 235, 38), and one with too few events is
    none either: the next is tried. If none is left, the strongest event of the highest one is
    hidden and the search repeated, at most ``retries`` times.

    If a sinusoid explains the light curve, without what was hidden, better than the event, the
    strongest box of the periodogram is reported where no sinusoid explains more than that: the
    eclipses of a binary are no waves. Otherwise sinusoids are subtracted and the search is
    repeated, at most ``prewhiten`` times. The new event is reported unless its period is a multiple
    of the first one's. The first event is reported if the repeated search finds nothing or
    sinusoids still explain more.

    With ``whitened`` all ``candidates`` are refined and judged by the statistic of Kepler's search,
    in noise of any colour (``exoval.whitening.whitened_light_curve``): the strongest in it is the
    event, with it as ``signal_to_noise``, if it reaches ``threshold``. It must not owe more than
    eight tenths of its strength to a single event. Sinusoids are subtracted as before, and the
    strongest event before or after is reported.

    Raises BadParameter for an empty range, fewer than two transits or a count below one.
    """

    minimum_period_days: float = 0.5
    maximum_period_days: float = 30.0
    minimum_transits: int = 3
    threshold: float = 7.1
    oversampling: float = 2.0
    duration_count: int = 8
    shortest_duration: float = 0.3
    longest_duration: float = 2.0
    bins_per_duration: int = 4
    candidates: int = 5
    retries: int = 3
    prewhiten: int = 2
    use_star_density: bool = False
    whitened: bool = False

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
        if not 0 < self.shortest_duration < self.longest_duration:
            raise BadParameter(
                f"durations {self.shortest_duration}-{self.longest_duration} times the central "
                "transit are an empty range; give a positive shortest below the longest"
            )
        counts = (self.duration_count, self.bins_per_duration, self.candidates)
        if min(counts) < 1 or min(self.retries, self.prewhiten) < 0:
            raise BadParameter(
                f"duration_count, bins_per_duration, candidates={counts} must be 1 or more and "
                f"retries={self.retries}, prewhiten={self.prewhiten} not negative"
            )

    def __call__(
        self,
        light_curve: LightCurve,
        star: Star,
        expected: Ephemeris | None = None,
        rng: np.random.Generator | None = None,
    ) -> TransitEvent | None:
        """Return the best event above the threshold, refined; None if no event reaches it.

        ``light_curve`` is detrended (flux 1 out of transit, errors robust); cadences without a
        finite flux and a positive error are left out. ``expected`` and ``rng`` are not used: the
        search is blind. Raises BadLightCurve for descending times and BadParameter if range and
        baseline need more than three million trial periods.
        """
        return self.event_and_searched(as_light_curve(light_curve), star)[0]

    def event_and_searched(
        self, light_curve: LightCurve, star: Star, earlier: Searched | None = None
    ) -> tuple[TransitEvent | None, Searched]:
        """Return the event of a call, and the light curve in which it stood out.

        That light curve has no single bad events and no waves stronger than the event, so that a
        further search need not find and remove them again. Of a light curve that is what is left of
        an ``earlier`` searched one, only the periods are searched at which an event may be above
        the threshold (``exoval.search.searched``). Raises the errors of a call.
        """
        good = usable(light_curve)
        if not good.any():
            return None, Searched(light_curve=light_curve, periodogram=None)
        light_curve = light_curve.keep(good)
        if self.whitened:
            event, remains = self._whitened_event(light_curve, star)
            return event, Searched(light_curve=remains, periodogram=None)
        first = found = self._periodic(light_curve, star, earlier)
        for looked in range(self.prewhiten + 1 if self.prewhiten else 0):
            event, searched = found
            spectrum = None if event is None else wave_spectrum(searched.light_curve)
            if spectrum is None:
                break
            gain = box_gain(searched.light_curve, event.ephemeris)
            if spectrum.strongest <= gain:
                break
            strongest = self._stronger_than_waves(searched, spectrum)
            if strongest is not None:
                return strongest, searched
            if looked == self.prewhiten:
                return first
            without = prewhitened(
                searched.light_curve, least_gain=LEAST_WAVE * gain, spectrum=spectrum
            )
            found = self._periodic(without, star)
        return first if found[0] is None or _is_multiple(found[0], first[0]) else found

    def _stronger_than_waves(
        self, searched: Searched, spectrum: WaveSpectrum
    ) -> TransitEvent | None:
        """The strongest box of the periodogram, refined, if no wave explains more than it."""
        power = searched.periodogram.power
        strongest = int(np.argmax(power))
        if power[strongest] ** 2 < spectrum.strongest:
            return None
        event = self._refine(searched.light_curve, searched.periodogram, strongest)
        return event if event is not None and self._is_periodic(searched, event) else None

    def _periodic(
        self, light_curve: LightCurve, star: Star, earlier: Searched | None = None
    ) -> tuple[TransitEvent | None, Searched]:
        """The best event above the threshold that is not a single bad event, and what it is in."""
        remains = light_curve
        for _ in range(self.retries + 1):
            periodogram = self.periodogram(remains, star, earlier)
            if periodogram is None:
                break
            searched = Searched(light_curve=remains, periodogram=periodogram)
            bad = None
            for event in self._refined(remains, periodogram, least=WORTH_REFINING):
                if event.signal_to_noise < self.threshold:
                    continue
                if self._is_periodic(searched, event):
                    return event, searched
                bad = bad or event
            if bad is None:
                break
            _, cadences = strongest_event(remains, bad.ephemeris, margin=2.0)
            remains = remains.keep(~cadences)
            # a first search looks at every period each time
            earlier = None if earlier is None else searched
        return None, Searched(light_curve=light_curve, periodogram=None)

    def _is_periodic(self, searched: Searched, event: TransitEvent) -> bool:
        """Whether an event has enough transits, of which none is stronger than all together."""
        if event.transit_count < self.minimum_transits:
            return False
        return strongest_event(searched.light_curve, event.ephemeris)[0] < event.signal_to_noise

    def _whitened_event(
        self, light_curve: LightCurve, star: Star
    ) -> tuple[TransitEvent | None, LightCurve]:
        """The event strongest after whitening, with and without sinusoids, and what it is in."""
        best, best_in = None, light_curve
        for looked in range(self.prewhiten + 1):
            event, remains, white = self._whitened_periodic(light_curve, star)
            if event is not None and (best is None or event.signal_to_noise > best.signal_to_noise):
                best, best_in = event, remains
            spectrum = None if looked == self.prewhiten else wave_spectrum(light_curve)
            if spectrum is None or white == 0 or spectrum.strongest <= white**2:
                break
            light_curve = prewhitened(
                light_curve, least_gain=LEAST_WAVE * white**2, spectrum=spectrum
            )
        return best, best_in

    def _whitened_periodic(
        self, light_curve: LightCurve, star: Star
    ) -> tuple[TransitEvent | None, LightCurve, float]:
        """As ``_periodic``, by whitened strengths; and the highest peak's white one."""
        remains, white = light_curve, 0.0
        for _ in range(self.retries + 1):
            periodogram = self.periodogram(remains, star)
            noise = None if periodogram is None else whitened_for_search(remains)
            events = [] if noise is None else list(self._refined(remains, periodogram))
            white = white or (events[0].signal_to_noise if events else 0.0)
            judged = [
                (whitened_strength(noise, remains.time, event.ephemeris), event) for event in events
            ]
            strong = [one for one in judged if one[0].total >= self.threshold]
            strong.sort(key=lambda one: -one[0].total)
            for strength, event in strong:
                if strength.is_periodic and event.transit_count >= self.minimum_transits:
                    return replace(event, signal_to_noise=strength.total), remains, white
            if not strong:
                break
            strength, event = strong[0]
            bad = event.ephemeris.in_event(remains.time, 2.0)
            bad[bad] = event.ephemeris.event_number(remains.time[bad]) == strength.number
            remains = remains.keep(~bad)
        return None, light_curve, white

    def periodogram(
        self, light_curve: LightCurve, star: Star | None = None, earlier: Searched | None = None
    ) -> Periodogram | None:
        """Return the best box at every trial period; None for a light curve too short to search.

        Of a light curve that is what is left of an ``earlier`` searched one, only periods at which
        a box may reach the threshold are searched; the others keep their values. Raises the errors
        of a call.
        """
        data = weighted_flux(light_curve)
        if data is None or len(data) < 10 * self.minimum_transits:
            return None
        longest = min(self.maximum_period_days, data.baseline / (self.minimum_transits - 1))
        if longest <= self.minimum_period_days:
            return None
        density = self._density(star)
        again = None if earlier is None else self._again(light_curve, data, density, earlier)
        if again is not None:
            return again
        periods = self._periods(data.baseline, longest, density)
        durations = self._durations(periods, density, data.cadence)
        power, phase, duration = self._search(data, periods, durations)
        return Periodogram(
            period=periods,
            power=power,
            efficiency=signal_detection_efficiency(power),
            epoch=_epochs(data, phase, periods),
            duration=duration,
            baseline=data.baseline,
        )

    def _again(
        self, light_curve: LightCurve, data: WeightedFlux, density: float, earlier: Searched
    ) -> Periodogram | None:
        """An earlier periodogram, searched again where that is worth it; None where it is not."""
        before = earlier.periodogram
        if before is None:
            return None
        durations = self._durations(before.period, density, data.cadence)
        wanted = earlier.worth_searching(
            light_curve, threshold=self.threshold, longest=durations[:, -1]
        )
        if wanted is None:
            return None
        power, phase, duration = self._search(data, before.period, durations, wanted)
        # all periods that share a fold with one that is wanted have been searched
        new = duration > 0
        power = np.where(new, power, before.power)
        return replace(
            before,
            power=power,
            efficiency=signal_detection_efficiency(power),
            epoch=np.where(new, _epochs(data, phase, before.period), before.epoch),
            duration=np.where(new, duration, before.duration),
            baseline=data.baseline,
        )

    def _density(self, star: Star | None) -> float:
        known = star is not None and SANE_DENSITY[0] < star.density < SANE_DENSITY[1]
        return star.density if self.use_star_density and known else 1.0

    def _periods(self, baseline: float, longest: float, density: float) -> np.ndarray:
        span = self.minimum_period_days ** (-1 / 3) - longest ** (-1 / 3)
        count = span * 3 * baseline * self.oversampling / duration_scale(density)
        if count > MOST_PERIODS:
            raise BadParameter(
                f"{count:.0f} trial periods over a baseline of {baseline:.0f} days; raise "
                "minimum_period_days, lower oversampling or search part of the light curve"
            )
        return ofir_periods(
            baseline,
            minimum_period=self.minimum_period_days,
            maximum_period=longest,
            density=density,
            oversampling=self.oversampling,
        )

    def _durations(self, periods: np.ndarray, density: float, cadence: float) -> np.ndarray:
        """Trial durations, shape (periods, durations), none below the cadence, which blurs them."""
        central = duration_scale(density) * np.cbrt(periods)
        longest = np.minimum(self.longest_duration * central, 0.45 * periods)
        shortest = np.minimum(np.maximum(self.shortest_duration * central, cadence), longest)
        steps = np.linspace(0, 1, self.duration_count)
        return shortest[:, None] * (longest / shortest)[:, None] ** steps

    def _search(
        self,
        data: WeightedFlux,
        periods: np.ndarray,
        durations: np.ndarray,
        wanted: np.ndarray | None = None,
    ) -> tuple[np.ndarray, ...]:
        """Search octave by octave, each with its own cadence and number of chunks."""
        wanted = np.ones(len(periods), dtype=bool) if wanted is None else wanted
        octave = np.maximum(np.log2(periods / periods[0]), 0).astype(int)
        parts = []
        for number in np.unique(octave):
            part = octave == number
            width = 0.5 * durations[part][0, 0] / self.bins_per_duration
            time, weight, signal = _at_cadence(data, width)
            bins = phase_bins(periods[part][0], durations[part][0, 0], self.bins_per_duration)
            parts.append(
                search_periods(
                    time,
                    weight,
                    signal,
                    periods[part],
                    durations[part],
                    self.bins_per_duration,
                    cheapest_radix(len(time), bins),
                    self._weight_floor(data),
                    wanted[part],
                )
            )
        power, phase, duration = (np.concatenate(values) for values in zip(*parts))
        return power, phase, duration

    def _weight_floor(self, data: WeightedFlux) -> float:
        """Least weight in a box per day of its width: more than one event too few can hold."""
        return (self.minimum_transits - 1) * data.total / (len(data) * data.cadence)

    def _refined(
        self, light_curve: LightCurve, periodogram: Periodogram, *, least: float = 0.0
    ) -> Iterator[TransitEvent]:
        """The highest peaks, refined: those of ``least`` times the highest one's efficiency."""
        peaks = periodogram.peaks(self.candidates)
        height = periodogram.efficiency
        for peak in (peak for peak in peaks if height[peak] >= least * height[peaks].max()):
            event = self._refine(light_curve, periodogram, peak)
            if event is not None:
                yield event

    def _refine(
        self, light_curve: LightCurve, periodogram: Periodogram, peak: int
    ) -> TransitEvent | None:
        """The event of one trial period of a periodogram, refined on the light curve."""
        columns = (periodogram.period, periodogram.epoch, periodogram.duration)
        longest = periodogram.baseline / (self.minimum_transits - 1)
        event = refine(
            light_curve,
            Ephemeris(*(float(values[peak]) for values in columns)),
            source="box_search",
            longest_period=min(self.maximum_period_days, longest),
        )
        height = float(periodogram.efficiency[peak])
        return None if event is None else replace(event, signal_detection_efficiency=height)


def _is_multiple(event: TransitEvent, first: TransitEvent) -> bool:
    """Return whether an event is the residual of an earlier one: at its period or a multiple."""
    return event is not first and not is_other_period(
        event.ephemeris.period,
        first.ephemeris.period,
        multiples=MULTIPLES,
        within=SAME_FOUND_PERIOD,
    )


def cheapest_radix(cadences: int, bins: int) -> int:
    """The radix for which folding in radix^2 chunks and adding them costs least a period."""

    def cost(radix: int) -> float:
        group = max(GROUP_PER_CHUNK * radix**2, 1)
        additions = radix**3 * radix / group + radix
        return FOLD_COST * cadences / group + ADD_COST * bins * additions

    return min(RADICES, key=cost)


def _epochs(data: WeightedFlux, phase: np.ndarray, periods: np.ndarray) -> np.ndarray:
    """Times of the events nearest the middle of the data."""
    return _middle(data) + np.where(phase > 0.5, phase - 1, phase) * periods


def _middle(data: WeightedFlux) -> float:
    """The zero point of phases, at the middle, where period and epoch hardly correlate."""
    return 0.5 * float(data.time[0] + data.time[-1])


def _at_cadence(data: WeightedFlux, width: float) -> tuple[np.ndarray, ...]:
    """Time from the middle, weight and signal, summed in bins of ``width`` days if that pays."""
    time = data.time - _middle(data)
    if width > 1.5 * data.cadence:
        return bin_in_time(time, data.weight, data.signal, width)
    return time, data.weight.astype(np.float32), data.signal.astype(np.float32)
