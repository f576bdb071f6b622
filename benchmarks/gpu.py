"""What a graphics card gives: transits, Gaussian processes and networks, beside the processor.

    python benchmarks/gpu.py [--rows 70000 1000000] [--systems 4096] [--threads N]

For every device: light curves per second of ``transit_model=torch``, seconds an epoch of
``sparse_gp`` for tables of so many rows and 32 columns, and of ``transit_cnn`` for views, with the
share of the device's own speed. That speed is measured here: copies of a large array (bandwidth)
and products of large matrices (arithmetic, in the precision of the work). The arithmetic of an
epoch is counted from the sizes of its matrices. Answers of models that both devices fitted to one
table are compared. Without a card the table says that nothing was measured there. The last line is
one JSON object.
"""

from __future__ import annotations

import argparse
import time as clock
from collections.abc import Callable

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[70_000, 1_000_000])
    parser.add_argument("--systems", type=int, default=4096)
    parser.add_argument("--views", type=int, default=20_000, help="events of the network")
    parser.add_argument("--threads", type=int, default=1, help="of torch on the processor")
    OPTIONS = parser.parse_args()

import numpy as np
import torch
from torch_transits import LIMB, differences_ppm, draw, median_seconds

from exoval.classifiers.sparse_gp import SparseGP
from exoval.classifiers.transit_cnn import TransitCNN
from exoval.missions.kepler import EXPOSURE_DAYS
from exoval.physics.torch_flux import Pairs, TorchModel
from exoval.views.fine import LENGTH, FineViews
from exoval.views.store import ViewRows, Views

COLUMNS, POINTS, INDUCING = 32, 4400, 160
#: rows of the table on which answers of two devices are compared
COMPARED = 4000


def devices() -> list[str]:
    return ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def own_speed(device: str) -> dict:
    """Bandwidth (GB/s) of copies and arithmetic (GFLOP/s) of matrix products in both precisions."""
    size = 2048 if device == "cpu" else 8192
    source = torch.zeros(size * size, device=device)
    target = torch.empty_like(source)
    copying = median_seconds(lambda: target.copy_(source), device, 5)
    found = {"gigabytes_per_second": 2 * source.numel() * 4 / copying / 1e9}
    for dtype in ("float32", "float64"):
        matrix = torch.ones((size, size), dtype=getattr(torch, dtype), device=device)
        seconds = median_seconds(lambda m=matrix: m @ m, device, 3)
        found[f"gigaflops_{dtype}"] = 2 * size**3 / seconds / 1e9
    return found


def table(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels of two overlapping classes, a third of them planets."""
    rng = np.random.default_rng(seed)
    labels = rng.random(rows) < 1 / 3
    features = rng.standard_normal((rows, COLUMNS))
    features[:, :8] += labels[:, None]
    return features, labels


def seconds_an_epoch(fit: Callable[[int], object]) -> float:
    """Time of three epochs beyond the first, which also pays for what is done once."""
    fit(1)
    taken = []
    for epochs in (1, 4):
        start = clock.perf_counter()
        fit(epochs)
        taken.append(clock.perf_counter() - start)
    return (taken[1] - taken[0]) / 3


def gaussian_process(device: str, rows: int) -> dict:
    """Seconds an epoch, and GFLOP/s of its products of rows with inducing points."""
    features, labels = table(rows)

    def fit(epochs: int) -> SparseGP:
        return SparseGP(
            epochs=epochs, patience=epochs, inducing_points=INDUCING, device=device, random_state=0
        ).fit(features, labels)

    seconds = seconds_an_epoch(fit)
    # for each of two classes: distances, the triangular solve, and their gradients (twice)
    operations = 3 * 2 * rows * (2 * INDUCING * COLUMNS + 2 * INDUCING**2)
    return {"seconds_an_epoch": seconds, "gigaflops": operations / seconds / 1e9}


def network(device: str, events: int) -> dict:
    """Seconds an epoch of the network on views."""
    features, labels = table(events)
    rng = np.random.default_rng(1)
    layout = FineViews().layout
    values = rng.standard_normal((events, LENGTH)).astype(np.float32)
    views = ViewRows.of_all(
        Views(values, np.zeros((events, len(layout.bins)), np.int16), layout), events
    )

    def fit(epochs: int) -> TransitCNN:
        return TransitCNN(
            epochs=epochs, patience=epochs, networks=1, device=device, random_state=0
        ).fit(features, labels, views=views)

    return {"seconds_an_epoch": seconds_an_epoch(fit)}


def transits(device: str, systems: int) -> dict:
    """Light curves per second, and the largest difference from the compiled engine (ppm)."""
    rng = np.random.default_rng(5)
    orbits = [draw(rng, "eccentric") for _ in range(systems)]
    times = 0.5 * EXPOSURE_DAYS + np.arange(POINTS) * EXPOSURE_DAYS
    pairs = Pairs.of(orbits, [LIMB] * systems, device=device)
    on_device = torch.as_tensor(times, device=device)
    model = TorchModel(device, "float64", 64_000_000 if device == "cuda" else 2_000_000)

    def evaluate() -> torch.Tensor:
        return model.batch(on_device, pairs, exposure=EXPOSURE_DAYS)

    error = differences_ppm(evaluate(), times, orbits)
    return {
        "curves_per_second": systems / median_seconds(evaluate, device, 3),
        "largest_difference_ppm": float(error.max()),
    }


def largest_difference() -> float:
    """Of the probabilities of one Gaussian process that both devices fitted."""
    features, labels = table(COMPARED)
    answers = [
        SparseGP(epochs=20, inducing_points=64, device=device, random_state=0)
        .fit(features, labels)
        .predict_proba(features)
        for device in ("cpu", "cuda")
    ]
    return float(np.abs(answers[0] - answers[1]).max())


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    torch.set_num_threads(options.threads)
    found: dict = {"device": None, "threads": options.threads}
    if "cuda" in devices():
        found["device"] = torch.cuda.get_device_name()
    print(f"torch {torch.__version__}, {options.threads} threads, card: {found['device']}")
    for device in devices():
        speed = own_speed(device)
        found[device] = {"own_speed": speed}
        print(f"{device}: " + ", ".join(f"{name} {value:.0f}" for name, value in speed.items()))
        one = transits(device, options.systems)
        found[device]["transits"] = one
        print(
            f"  transits: {one['curves_per_second']:.0f} light curves a second, within "
            f"{one['largest_difference_ppm']:.2g} ppm of the compiled engine"
        )
        for rows in options.rows:
            one = gaussian_process(device, rows)
            one["share_of_arithmetic"] = one["gigaflops"] / speed["gigaflops_float64"]
            found[device][f"sparse_gp_{rows}"] = one
            print(
                f"  sparse_gp, {rows} x {COLUMNS}: {one['seconds_an_epoch']:.2f} s an epoch, "
                f"{one['share_of_arithmetic']:.1%} of the arithmetic"
            )
        one = network(device, options.views)
        found[device]["transit_cnn"] = one
        print(f"  transit_cnn, {options.views} views: {one['seconds_an_epoch']:.2f} s an epoch")
    if "cuda" in devices():
        found["largest_difference_of_probability"] = largest_difference()
        print(f"largest difference of P: {found['largest_difference_of_probability']:.2g}")
    else:
        print(
            "cuda: nothing was measured, torch finds no card; run this command where there is one"
        )
    last_line(found, options)


if __name__ == "__main__":
    main(OPTIONS)
