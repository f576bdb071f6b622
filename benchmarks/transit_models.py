"""Transit engines compared in one run on one thread: speed, ratio and error.

    python benchmarks/transit_models.py [--curves 300] [--rounds 5]

Planets with period log-uniform 0.5-30 d, radius ratio 0.01-0.15 and impact parameter 0-0.95 around
a star of solar density, on a Kepler quarter (4,400 half-hour points) and on four years (65,000).
batman (Kreidberg 2015) and PyTransit (Parviainen 2015) sample each exposure seven times, as their
users do; their models are built once a grid of times and only evaluated. Pairs are two-body
eclipses, primary and secondary, of main-sequence binaries, eccentric beyond 8 d. The error of a
light curve is its largest difference from 201 instants an exposure, by batman's instantaneous
kernel. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import math
import time as clock
import warnings
from collections.abc import Callable

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--curves", type=int, default=300, help="light curves on the quarter")
    parser.add_argument("--rounds", type=int, default=5)
    OPTIONS = parser.parse_args()

import batman
import numba
import numpy as np

from exoval.missions.kepler import EXPOSURE_DAYS
from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import inclination, semi_major_axis_ratio
from exoval.physics.stellar_relations import (
    radius_from_mass,
    surface_brightness_ratio,
    teff_from_mass,
)
from exoval.physics.transit_flux import BatmanModel
from exoval.system import Orbit

LIMB = (0.4, 0.3)
POINTS = {"quarter": 4400, "4yr": 65000}
SAMPLES = 7
Engine = Callable[[Orbit], np.ndarray]


def planets(rng: np.random.Generator, count: int) -> list[Orbit]:
    """The circular planets of the benchmark's population."""
    periods = np.exp(rng.uniform(np.log(0.5), np.log(30), count))
    return [
        Orbit(
            period=float(period),
            epoch=float(rng.uniform(0, period)),
            radius_ratio=float(rng.uniform(0.01, 0.15)),
            semi_major_axis_ratio=float(
                semi_major_axis_ratio(mass_1=1.0, mass_2=0.0, radius_1=1.0, period=period)
            ),
            impact_parameter=float(rng.uniform(0, 0.95)),
        )
        for period in periods
    ]


def pairs(rng: np.random.Generator, count: int) -> list[Orbit]:
    """Main-sequence pairs with a solar star, periods log-uniform 0.5-30 d where detached."""
    found = []
    while len(found) < count:
        period = float(np.exp(rng.uniform(np.log(0.5), np.log(30))))
        mass = float(rng.uniform(0.1, 1.0))
        ratio = float(radius_from_mass(mass) / radius_from_mass(1.0))
        axis = float(semi_major_axis_ratio(mass_1=1.0, mass_2=mass, radius_1=1.0, period=period))
        eccentricity = float(rng.uniform(0, 0.5)) if period > 8 else 0.0
        if axis * (1 - eccentricity) * 0.8 < 1 + ratio:
            continue
        brightness = surface_brightness_ratio(
            teff_2=teff_from_mass(mass), teff_1=teff_from_mass(1.0), band="kepler"
        )
        found.append(
            Orbit(
                period=period,
                epoch=float(rng.uniform(0, period)),
                radius_ratio=ratio,
                semi_major_axis_ratio=axis,
                impact_parameter=float(rng.uniform(0, 1 + ratio)),
                eccentricity=eccentricity,
                argument_of_periastron=float(rng.uniform(0, 2 * np.pi)),
                surface_brightness_ratio=float(brightness),
                mass_ratio=mass,
                companion_limb_darkening=(0.5, 0.2),
            )
        )
    return found


def exact_engine(times: np.ndarray) -> Engine:
    """Our engine, by its public function."""
    model = ExactModel()
    return lambda orbit: model(times, orbit, LIMB, EXPOSURE_DAYS)


def batman_engine(times: np.ndarray) -> Engine:
    """batman with its own supersampling, one prepared model for the grid of times."""
    parameters = batman.TransitParams()
    parameters.t0, parameters.per, parameters.rp, parameters.a, parameters.inc = 0, 3, 0.1, 10, 90
    parameters.ecc, parameters.w, parameters.u = 0, 90, list(LIMB)
    parameters.limb_dark = "quadratic"
    model = batman.TransitModel(
        parameters, times, supersample_factor=SAMPLES, exp_time=EXPOSURE_DAYS
    )

    def flux(orbit: Orbit) -> np.ndarray:
        parameters.t0, parameters.per, parameters.rp = orbit.epoch, orbit.period, orbit.radius_ratio
        parameters.a, parameters.inc = orbit.semi_major_axis_ratio, math.degrees(inclination(orbit))
        return model.light_curve(parameters)

    return flux


def pytransit_engine(times: np.ndarray) -> Engine | None:
    """PyTransit's QuadraticModel without interpolation; None, with a message, if it fails."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pytransit import QuadraticModel
    except Exception as error:  # its own dependencies may fail in any way
        print(f"PyTransit left out: {error!r}; pip install pytransit")
        return None
    numba.set_num_threads(1)
    model = QuadraticModel(interpolate=False)
    model.set_data(times, nsamples=SAMPLES, exptimes=EXPOSURE_DAYS)
    limb = np.array(LIMB)
    return lambda orbit: model.evaluate(
        orbit.radius_ratio,
        limb,
        orbit.epoch,
        orbit.period,
        orbit.semi_major_axis_ratio,
        inclination(orbit),
    )


def seconds_a_curve(
    engines: dict[str, Engine], orbits: list[Orbit], rounds: int
) -> dict[str, float]:
    """Median over rounds of the mean time per light curve; the engines alternate."""
    taken = {name: [] for name in engines}
    for engine in engines.values():
        engine(orbits[0])
    for _ in range(rounds):
        for name, engine in engines.items():
            begin = clock.perf_counter()
            for orbit in orbits:
                engine(orbit)
            taken[name].append((clock.perf_counter() - begin) / len(orbits))
    return {name: float(np.median(values)) for name, values in taken.items()}


def reference_flux(times: np.ndarray, orbits: list[Orbit]) -> list[np.ndarray]:
    """Light curves from 201 midpoint instants per exposure."""
    reference = BatmanModel(201, 201)
    return [reference(times, orbit, LIMB, EXPOSURE_DAYS) for orbit in orbits]


def errors_ppm(engine: Engine, orbits: list[Orbit], expected: list[np.ndarray]) -> np.ndarray:
    """Largest error of each light curve."""
    return np.array(
        [
            1e6 * np.abs(engine(orbit) - flux).max()
            for orbit, flux in zip(orbits, expected, strict=True)
        ]
    )


def compare(grid: str, curves: int, rounds: int) -> dict[str, dict[str, float]]:
    """Time and error of every engine on one grid of times; prints its part of the table."""
    times = 0.5 * EXPOSURE_DAYS + np.arange(POINTS[grid]) * EXPOSURE_DAYS
    orbits = planets(np.random.default_rng(1), curves)
    engines = {
        "exact": exact_engine(times),
        "batman": batman_engine(times),
        "pytransit": pytransit_engine(times),
    }
    engines = {name: engine for name, engine in engines.items() if engine is not None}
    taken = seconds_a_curve(engines, orbits, rounds)
    expected = reference_flux(times, orbits)
    found = {}
    for name, engine in engines.items():
        error = errors_ppm(engine, orbits, expected)
        found[name] = {"seconds": taken[name], "median": np.median(error), "max": error.max()}
        print(
            f"{grid:8s} planet  {name:10s} {1 / taken[name]:12.0f} "
            f"{taken[name] / taken['exact']:10.1f} {found[name]['median']:12.4f} "
            f"{found[name]['max']:12.3f}"
        )
    return found


def eclipses(grid: str, curves: int, rounds: int) -> float:
    """Two-body light curves a second; prints its part of the table."""
    times = 0.5 * EXPOSURE_DAYS + np.arange(POINTS[grid]) * EXPOSURE_DAYS
    orbits = pairs(np.random.default_rng(2), curves)
    engine = exact_engine(times)
    taken = seconds_a_curve({"exact": engine}, orbits, rounds)["exact"]
    error = errors_ppm(engine, orbits, reference_flux(times, orbits))
    print(
        f"{grid:8s} pair    {'exact':10s} {1 / taken:12.0f} {'':10s} {np.median(error):12.4f} "
        f"{error.max():12.3f}"
    )
    return 1 / taken


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    few = max(options.curves // 5, 1)
    print(
        f"{'times':8s} {'what':7s} {'engine':10s} {'curves/s':>12s} {'x exact':>10s} "
        f"{'median ppm':>12s} {'max ppm':>12s}"
    )
    quarter = compare("quarter", options.curves, options.rounds)
    years = compare("4yr", few, options.rounds)
    eclipses_quarter = eclipses("quarter", options.curves, options.rounds)
    eclipses("4yr", few, options.rounds)
    result = {}
    for name in ("batman", "pytransit"):
        for grid, found in (("quarter", quarter), ("4yr", years)):
            ratio = found[name]["seconds"] / found["exact"]["seconds"] if name in found else None
            result[f"ratio_{name}_{grid}"] = ratio
    result["error_ppm_median"] = float(max(f["exact"]["median"] for f in (quarter, years)))
    result["error_ppm_max"] = float(max(f["exact"]["max"] for f in (quarter, years)))
    result["eclipses_per_second_quarter"] = eclipses_quarter
    last_line(
        {key: value if value is None else float(f"{value:.4g}") for key, value in result.items()},
        options,
    )


if __name__ == "__main__":
    main(OPTIONS)
