"""The torch engine against the compiled one: light curves per second, and differences.

    python benchmarks/torch_transits.py [--systems 4096] [--points 4400] [--rounds 3]

Planets (circular and eccentric) and two-body pairs with both eclipses, half-hour exposures, on
every device there is and in both precisions. The compiled engine runs on one thread on the first
of the same systems. Needs numpy, scipy, numba and torch, and exoval on the path. The last line is
one JSON object, its keys <device>_<dtype>_<population>; curves_per_second counts the light curves
of the batch call with its orbits already on the device and all results left there.
"""

from __future__ import annotations

import argparse
import time as clock

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--systems", type=int, default=4096)
    parser.add_argument("--points", type=int, default=4400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--cells", type=int, default=64_000_000, help="systems x times at once on a graphics card"
    )
    parser.add_argument("--threads", type=int, default=1, help="of torch on the processor")
    OPTIONS = parser.parse_args()

import numpy as np
import torch

from exoval.missions.kepler import EXPOSURE_DAYS
from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import SOLAR_RADII_PER_DAY_ORBIT
from exoval.physics.torch_flux import Pairs, TorchModel
from exoval.system import Orbit

LIMB = (0.4, 0.3)


def draw(rng: np.random.Generator, kind: str) -> Orbit:
    """One system: ``circular`` or ``eccentric`` planet, or ``pair`` of stars."""
    period = float(np.exp(rng.uniform(np.log(0.5), np.log(30))))
    if kind != "pair":
        axis = SOLAR_RADII_PER_DAY_ORBIT * period ** (2 / 3)
        eccentricity = 0.0 if kind == "circular" else float(min(rng.beta(0.9, 3), 1 - 2 / axis))
        return Orbit(
            period=period,
            epoch=float(rng.uniform(0, period)),
            radius_ratio=float(rng.uniform(0.01, 0.15)),
            semi_major_axis_ratio=axis,
            impact_parameter=float(rng.uniform(0, 0.95)),
            eccentricity=max(eccentricity, 0.0),
            argument_of_periastron=float(rng.uniform(0, 2 * np.pi)),
        )
    mass = float(rng.uniform(0.1, 1.0))
    ratio = mass**0.8
    period = max(period, ((1 + ratio) / 0.7 / SOLAR_RADII_PER_DAY_ORBIT) ** 1.5)
    axis = SOLAR_RADII_PER_DAY_ORBIT * (1 + mass) ** (1 / 3) * period ** (2 / 3)
    eccentricity = float(rng.uniform(0, 0.5)) if period > 8 else 0.0
    return Orbit(
        period=period,
        epoch=float(rng.uniform(0, period)),
        radius_ratio=ratio,
        semi_major_axis_ratio=axis,
        impact_parameter=float(rng.uniform(0, 1 + ratio)),
        eccentricity=eccentricity,
        argument_of_periastron=float(rng.uniform(0, 2 * np.pi)),
        surface_brightness_ratio=mass**2.5,
        mass_ratio=mass,
        companion_limb_darkening=(0.5, 0.2),
    )


def median_seconds(call, device: str, rounds: int) -> float:
    """Median wall time of a call with the device's work done."""
    taken = []
    for attempt in range(rounds + 1):
        begin = clock.perf_counter()
        call()
        if device == "cuda":
            torch.cuda.synchronize()
        if attempt > 0:
            taken.append(clock.perf_counter() - begin)
    return float(np.median(taken))


def compiled_rate(times: np.ndarray, orbits: list[Orbit], rounds: int) -> float:
    """Light curves per second of the compiled engine by its public function."""
    model = ExactModel()
    few = orbits[:300]

    def evaluate() -> None:
        for orbit in few:
            model(times, orbit, LIMB, EXPOSURE_DAYS)

    return len(few) / median_seconds(evaluate, "cpu", rounds)


def differences_ppm(flux: torch.Tensor, times: np.ndarray, orbits: list[Orbit]) -> np.ndarray:
    """Largest difference of each of the first light curves from the compiled engine's."""
    model = ExactModel()
    first = flux[:300].double().cpu().numpy()
    return np.array(
        [
            1e6 * np.abs(row - model(times, orbit, LIMB, EXPOSURE_DAYS)).max()
            for row, orbit in zip(first, orbits, strict=False)
        ]
    )


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    torch.set_num_threads(options.threads)
    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    name = torch.cuda.get_device_name() if "cuda" in devices else None
    print(
        f"torch {torch.__version__}, {torch.get_num_threads()} threads, device {name}; "
        f"{options.systems} systems x {options.points} points"
    )
    print(
        f"{'engine':10s} {'dtype':8s} {'systems':10s} {'curves/s':>12s} {'x compiled':>11s} "
        f"{'median ppm':>11s} {'max ppm':>9s}"
    )
    times = 0.5 * EXPOSURE_DAYS + np.arange(options.points) * EXPOSURE_DAYS
    result = {"device": name, "systems": options.systems, "points": options.points}
    for kind in ("circular", "eccentric", "pair"):
        rng = np.random.default_rng(5)
        orbits = [draw(rng, kind) for _ in range(options.systems)]
        compiled = compiled_rate(times, orbits, options.rounds)
        result[f"compiled_{kind}"] = {"curves_per_second": round(compiled)}
        print(f"{'compiled':10s} {'float64':8s} {kind:10s} {compiled:12.0f} {1.0:11.2f}")
        for device in devices:
            pairs = Pairs.of(orbits, [LIMB] * len(orbits), device=device)
            on_device = torch.as_tensor(times, device=device)
            for dtype in ("float64", "float32"):
                cells = options.cells if device == "cuda" else 2_000_000
                model = TorchModel(device, dtype, cells)
                flux = model.batch(on_device, pairs, exposure=EXPOSURE_DAYS)
                error = differences_ppm(flux, times, orbits)
                del flux
                rate = len(orbits) / median_seconds(
                    lambda model=model, t=on_device, p=pairs: model.batch(
                        t, p, exposure=EXPOSURE_DAYS
                    ),
                    device,
                    options.rounds,
                )
                print(
                    f"{device:10s} {dtype:8s} {kind:10s} {rate:12.0f} {rate / compiled:11.2f} "
                    f"{np.median(error):11.4f} {error.max():9.4f}"
                )
                result[f"{device}_{dtype}_{kind}"] = {
                    "curves_per_second": round(rate),
                    "ratio": float(f"{rate / compiled:.4g}"),
                    "ppm_median": float(f"{np.median(error):.3g}"),
                    "ppm_max": float(f"{error.max():.3g}"),
                }
    last_line(result, options)


if __name__ == "__main__":
    main(OPTIONS)
