"""The frequency of close stellar companions, by period, mass ratio and eccentricity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter

#: log10 of the period in days up to which tides have made most FGK binaries circular
CIRCULAR_BELOW = 0.94
#: largest eccentricity that the eclipse models compute; binaries of 60 days and more reach it
LARGEST_ECCENTRICITY = 0.9
#: share of eccentric pairs just below CIRCULAR_BELOW, and the log10 period at which it is zero
ECCENTRIC_SHARE = 0.6
LOG_TWO_DAYS = np.log10(2.0)
#: trial points of the tabulated period distribution
LOG_PERIODS = np.linspace(np.log10(0.5), 8.0, 4001)
MASS_RATIOS = np.linspace(0.1, 1.0, 1801)
TWIN_ABOVE = 0.95
#: least primary mass of the survey. Lighter primaries have the same periods; their number of
#: companions is scaled by their multiplicity over that of FGK stars (Duchene & Kraus 2013, table 1)
LEAST_SURVEYED = 0.8
LIGHTER_MASSES = (0.1, 0.3, LEAST_SURVEYED)
LIGHTER_SHARES = (0.22 / 0.44, 0.26 / 0.44, 1.0)


@dataclass(frozen=True)
class CloseBinaries:
    """Companions of Moe & Di Stefano (2017, ApJS 230, 15) to a primary of ``primary_mass``.

    Periods are in days and every logarithm of them is to base 10. Mass ratios run from 0.1 to 1; a
    factor 1.3 adds the companions below 0.3. Primaries below 0.8 solar masses are outside the
    survey: their companions are scaled by multiplicity. Raises BadParameter for a primary outside
    0.08-40 solar masses.
    """

    primary_mass: float = 1.0

    def __post_init__(self) -> None:
        if not 0.08 <= self.primary_mass <= 40:
            raise BadParameter(
                f"primary_mass={self.primary_mass} is outside 0.08-40 solar masses; give another"
            )

    def companions_per_decade(self, period: np.ndarray) -> np.ndarray:
        """Return the companions with q > 0.1 per star and unit log10(period / d)."""
        # below the survey's masses its polynomials turn negative
        log_mass = np.log10(max(self.primary_mass, LEAST_SURVEYED))
        share = np.interp(np.log10(self.primary_mass), np.log10(LIGHTER_MASSES), LIGHTER_SHARES)
        short = 0.020 + 0.04 * log_mass + 0.07 * log_mass**2
        middle = 0.039 + 0.07 * log_mass + 0.01 * log_mass**2
        wide = 0.078 - 0.05 * log_mass + 0.04 * log_mass**2
        slope, half_width = 0.018, 0.7
        log_period = np.log10(period)
        knots = [-1.0, 1.0, 2.7 - half_width, 2.7 + half_width, 5.5]
        values = [short, short, middle - slope * half_width, middle + slope * half_width, wide]
        rate = np.interp(log_period, knots, values)
        rate = np.where(log_period > 5.5, wide * np.exp(-0.3 * (log_period - 5.5)), rate)
        inside = (log_period >= LOG_PERIODS[0] - 1e-12) & (log_period <= LOG_PERIODS[-1])
        return 1.3 * share * np.where(inside, rate, 0.0)

    def log_prob(self, period: np.ndarray, mass_ratio: np.ndarray) -> np.ndarray:
        """Return the log of companions per star, per unit ln(period / d) and mass ratio.

        Its exponential integrates over a range of periods to the companion frequency there.
        """
        with np.errstate(divide="ignore"):
            return np.log(self.companions_per_decade(period) / np.log(10)) + np.log(
                mass_ratio_density(mass_ratio, period)
            )

    def sample(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw periods (days) and mass ratios, each of shape (size,)."""
        density = self.companions_per_decade(10**LOG_PERIODS)
        period = 10 ** _draw(rng, size, LOG_PERIODS, density)
        mass_ratio = np.array(
            [_draw(rng, 1, MASS_RATIOS, mass_ratio_density(MASS_RATIOS, one))[0] for one in period]
        )
        return period, mass_ratio


def mass_ratio_density(mass_ratio: np.ndarray, period: np.ndarray) -> np.ndarray:
    """Return the density of mass ratios at a period, normalised over 0.1-1.

    Moe & Di Stefano (2017): continuous power laws of slope 0.3 below q = 0.3 and gamma above, with
    an excess of twins (q > 0.95). Below 50 days gamma = -0.5 and 30 % of companions with q > 0.3
    are excess twins; towards 10^6 days these become -0.95 and 5 %.
    """
    mass_ratio = np.asarray(mass_ratio, dtype=float)
    towards_wide = np.clip((np.log10(period) - np.log10(50)) / (6 - np.log10(50)), 0, 1)
    gamma = -0.5 - 0.45 * towards_wide
    twins = 0.30 - 0.25 * towards_wide
    break_point = 0.3
    low = np.where(mass_ratio < break_point, (mass_ratio / break_point) ** 0.3, 0.0)
    high = np.where(mass_ratio >= break_point, (mass_ratio / break_point) ** gamma, 0.0)
    low_integral = break_point / 1.3 * (1 - (0.1 / break_point) ** 1.3)
    high_integral = break_point / (gamma + 1) * ((1 / break_point) ** (gamma + 1) - 1)
    excess = twins / (1 - twins) * high_integral
    twin = np.where(mass_ratio >= TWIN_ABOVE, excess / (1 - TWIN_ABOVE), 0.0)
    inside = (mass_ratio >= 0.1) & (mass_ratio <= 1.0)
    return np.where(inside, low + high + twin, 0.0) / (low_integral + high_integral + excess)


def sample_eccentricity(rng: np.random.Generator, period: float) -> float:
    """Draw one eccentricity of an FGK binary at a period in days.

    It follows Moe & Di Stefano (2017, eq. 3, 17), a power law of index 0.6 - 0.7 / (log10 P - 0.5)
    up to 1 - (P / 2 d)^(-2/3), at most 0.9. Below log10 P = 0.94 the integral of that law diverges,
    and tides have made most pairs circular. Of Kepler's eclipsing binaries with two visible
    eclipses (Kirk et al. 2016), 3 % have |e cos w| > 0.02 at 2-4 d, 10 % at 4-6 d and a third at
    6-8.7 d. There a share of ECCENTRIC_SHARE [ln(P / 2 d) / ln(8.7 / 2)]^2 follows the power law of
    index -1/2.
    """
    log_period = np.log10(period)
    largest = min(1 - (period / 2) ** (-2 / 3), LARGEST_ECCENTRICITY)
    shape, place = rng.random(2)
    if log_period < CIRCULAR_BELOW:
        # zero at 2 d, below which the largest eccentricity of the envelope is zero
        progress = max(log_period - LOG_TWO_DAYS, 0.0) / (CIRCULAR_BELOW - LOG_TWO_DAYS)
        return float(largest * place**2) if shape < ECCENTRIC_SHARE * progress**2 else 0.0
    index = 0.6 - 0.7 / (log_period - 0.5)
    return float(largest * place ** (1 / (index + 1)))


def _draw(rng: np.random.Generator, size: int, grid: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Draws from a density tabulated on a grid, by its inverted cumulative sum."""
    total = np.concatenate([[0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(grid))])
    return np.interp(rng.random(size) * total[-1], total, grid)
