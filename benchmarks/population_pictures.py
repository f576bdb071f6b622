"""The simulated population beside the real one: figures, and distances of distributions.

    python benchmarks/population_pictures.py LABELLED_SET FOLDER_OF_PICTURES

Simulated events are the kept ones, weighted by prior over proposal. Real ones are KOI planets, the
solved binaries of Windemuth et al. 2019, the catalogue of Kirk et al. 2016 and NASA's simulated
events (INJ2 off-target planets; INV and SCR1 without transits) from $EXOVAL_DATA/tables. They are
cut to the simulated periods and, for planets, to signals that a single quarter would have shown.
Both sets of binaries are cut to eclipses shorter than a tenth of the period, since closer pairs are
not detached spheres, and the catalogue's solutions leave them out. Eccentricities are compared as
|e cos w|, which the times of the eclipses give; below 0.005 both count as circular. Mass ratios and
eccentricities are known, and compared, for secondary eclipses deeper than 1 %. Prints the weighted
Kolmogorov-Smirnov distance of each pair with the probability of a larger one and, last, one line of
JSON.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from command_line import command_line, data_folder, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("labelled_set", type=Path, help="folder that python -m simulate wrote")
    parser.add_argument("pictures", type=written, help="folder for the figures")
    OPTIONS = parser.parse_args()

import matplotlib
import numpy as np
import pandas as pd
from scipy.stats import kstwobign

from exoval.injection.importance_weights import effective_sample_size, reweight
from exoval.running.output_path import make_folder

matplotlib.use("Agg")
import matplotlib.pyplot as plt

SIMULATED, REAL = "#2b6cb0", "#c05621"
PERIODS = (0.5, 30.0)
#: a signal of strength 7.1 in one of sixteen quarters has four times that in all of them
KOI_SNR = 4 * 7.1
#: eclipses last at most this share of the period
WIDEST = 0.1
#: depth of the secondary eclipses of pairs whose mass ratio is known
SHALLOWEST_SECONDARY = 0.01
#: |e cos w| below which the times of eclipses are consistent with zero
CIRCULAR = 0.005


def read_simulated(folder: Path) -> pd.DataFrame:
    """Kept events with their features' depth and their weights, normalised per scenario."""
    truth = pd.read_parquet(folder / "truth.parquet")
    truth["weight"] = reweight(truth)
    features = pd.read_parquet(folder / "features.parquet")[["event", "depth"]]
    kept = truth[truth.status == "kept"].merge(features, on="event")
    kept["weight"] /= kept.groupby("label").weight.transform("sum")
    kept["e_cos_w"] = _timing(kept.eccentricity * np.cos(kept.argument_of_periastron_radians))
    return kept


def read_real(tables: Path) -> dict[str, pd.DataFrame]:
    """Real counterparts: columns period_days and what each has of radius, mass ratio, depth."""
    koi = pd.read_parquet(tables / "koi_dr25_2020-07.parquet")
    koi = koi[(koi.koi_disposition == "CONFIRMED") & (koi.koi_model_snr > KOI_SNR)]
    planets = pd.DataFrame(
        {"period_days": koi.koi_period, "depth": koi.koi_depth, "planet_radius_earth": koi.koi_prad}
    )
    solved = pd.read_parquet(tables / "eclipsing_binary_solutions_windemuth2019.parquet")
    pairs = pd.DataFrame(
        {
            "period_days": solved.period,
            "e_cos_w": _timing(solved.ecosw),
            # the more massive star is the primary in the simulation
            "mass_ratio": np.minimum(solved.mrat, 1 / solved.mrat),
        }
    )
    kirk = pd.read_parquet(tables / "eclipsing_binaries_kirk2016.parquet")
    kirk = kirk[(kirk.pdepth > 0) & (kirk.pwidth > 0) & (kirk.pwidth < WIDEST)]
    both_seen = kirk.KIC[kirk.sdepth > SHALLOWEST_SECONDARY]
    pairs = pairs[solved.KIC.isin(both_seen).to_numpy()]
    eclipses = pd.DataFrame({"period_days": kirk.period, "depth": 1e6 * kirk.pdepth})
    tces = pd.read_parquet(tables / "simulated_tces_dr25.parquet")
    off_target = _tces(tces[tces.dataset == "inj2"])
    nothing = _tces(tces[tces.dataset.isin(["inv", "scr1"])])
    real = {
        "planets": planets,
        "pairs": pairs,
        "eclipses": eclipses,
        "off_target": off_target,
        "nothing": nothing,
    }
    return {name: frame[frame.period_days.between(*PERIODS)] for name, frame in real.items()}


def _timing(e_cos_w: pd.Series) -> pd.Series:
    """Offset of the secondary eclipse from half a period, with the smallest ones as zero."""
    return e_cos_w.abs().where(e_cos_w.abs() > CIRCULAR, 0.0)


def _tces(tces: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"period_days": tces.period, "depth": tces.depth})


def distance(values: np.ndarray, weights: np.ndarray, real: np.ndarray) -> tuple[float, float]:
    """Weighted two-sample Kolmogorov-Smirnov distance and the probability of a larger one."""
    good = np.isfinite(values) & np.isfinite(weights)
    values, weights, real = values[good], weights[good], real[np.isfinite(real)]
    order = np.argsort(values)
    cumulative = np.concatenate([[0], np.cumsum(weights[order]) / weights.sum()])
    everything = np.sort(np.concatenate([values, real]))
    ours = cumulative[np.searchsorted(values[order], everything, side="right")]
    theirs = np.searchsorted(np.sort(real), everything, side="right") / len(real)
    largest = float(np.abs(ours - theirs).max())
    size = effective_sample_size(weights)
    return largest, float(kstwobign.sf(largest * math.sqrt(size * len(real) / (size + len(real)))))


def plane(
    simulated: pd.DataFrame, real: pd.DataFrame, column: str, title: str, log: bool, path: Path
) -> dict[str, dict]:
    """Period against a column: draws, draws by weight, real ones; distances of the margins."""
    figure, axes = plt.subplots(1, 3, figsize=(14, 4.4), layout="constrained")
    axes[0].plot(
        simulated.period_days,
        simulated[column],
        ".",
        color="0.7",
        ms=4,
        label=f"{len(simulated)} kept, unweighted",
    )
    chosen = np.random.default_rng(0).choice(
        len(simulated), min(len(real), 400), p=simulated.weight / simulated.weight.sum()
    )
    axes[0].plot(
        real.period_days, real[column], "x", color=REAL, ms=3, alpha=0.5, label=f"{len(real)} real"
    )
    axes[0].plot(
        simulated.period_days.iloc[chosen],
        simulated[column].iloc[chosen],
        ".",
        color=SIMULATED,
        ms=6,
        label="simulated by weight",
    )
    axes[0].set(
        xscale="log",
        xlabel="period (d)",
        ylabel=column,
        title=title,
        **({"yscale": "log"} if log else {}),
    )
    axes[0].legend(fontsize=8)
    found = {}
    for axis, name, logarithmic in ((axes[1], "period_days", True), (axes[2], column, log)):
        found |= margin(axis, simulated, real, name, logarithmic)
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return found


def margin(
    axis: plt.Axes, simulated: pd.DataFrame, real: pd.DataFrame, name: str, logarithmic: bool
) -> dict[str, dict]:
    """Normalised histograms of one column, with their distance in the title and returned."""
    together = np.concatenate([simulated[name], real[name]])
    together = together[np.isfinite(together) & ((together > 0) | (not logarithmic))]
    low, high = np.quantile(together, [0.002, 0.998])
    edges = np.geomspace(low, high, 20) if logarithmic else np.linspace(low, high, 20)
    for frame, colour, label, weights in (
        (simulated, SIMULATED, "simulated", simulated.weight),
        (real, REAL, "real", np.ones(len(real))),
    ):
        axis.hist(
            frame[name],
            edges,
            weights=weights / weights.sum(),
            histtype="step",
            lw=2,
            color=colour,
            label=label,
        )
    largest, chance = distance(
        simulated[name].to_numpy(), simulated.weight.to_numpy(), real[name].to_numpy()
    )
    axis.set(
        xlabel=name,
        title=f"D = {largest:.2f}, p = {chance:.1g}",
        **({"xscale": "log"} if logarithmic else {}),
    )
    axis.legend(fontsize=8)
    size, label = effective_sample_size(simulated.weight), simulated.label.iloc[0]
    print(
        f"{label:20s} {name:22s} D {largest:.2f}  p {chance:.1e}  "
        f"simulated {len(simulated)} (effective {size:.0f}), real {len(real)}"
    )
    return {
        f"{label} {name}": {
            "distance": largest,
            "chance": chance,
            "effective": float(size),
            "real": len(real),
        }
    }


def catalogue(simulated: pd.DataFrame, real: pd.DataFrame, path: Path) -> dict[str, dict]:
    """Periods of binaries beside the catalogue, which has more of the short ones than solutions."""
    figure, axis = plt.subplots(figsize=(5, 4), layout="constrained")
    found = margin(axis, simulated, real, "period_days", True)
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return found


def depths(simulated: pd.DataFrame, real: dict[str, pd.DataFrame], path: Path) -> dict[str, dict]:
    """A histogram of measured depths for every scenario, beside a real one where there is any."""
    beside = {
        "planet": "planets",
        "eclipsing_binary": "eclipses",
        "nearby_planet": "off_target",
        "no_transit": "nothing",
    }
    figure, axes = plt.subplots(2, 5, figsize=(18, 7), layout="constrained")
    labels, found = sorted(simulated.label.unique()), {}
    for axis in axes.flat[len(labels) :]:
        axis.axis("off")
    for axis, label in zip(axes.flat, labels):
        chosen = simulated[(simulated.label == label) & (simulated.depth > 0)]
        edges = np.geomspace(10, 1e6, 31)
        axis.hist(
            chosen.depth,
            edges,
            weights=np.full(len(chosen), 1 / len(chosen)),
            color="0.8",
            label="kept, unweighted",
        )
        if label in beside:
            counterpart = real[beside[label]]
            found |= margin(axis, chosen, counterpart[counterpart.depth > 0], "depth", True)
        else:
            axis.hist(
                chosen.depth,
                edges,
                weights=chosen.weight,
                histtype="step",
                lw=2,
                color=SIMULATED,
                label="simulated",
            )
            axis.set(xscale="log", xlabel="depth (ppm)")
        axis.set_title(f"{label} ({len(chosen)})\n{axis.get_title()}", fontsize=9)
        axis.legend(fontsize=7)
    figure.savefig(path, dpi=100)
    plt.close(figure)
    return found


def main(options: argparse.Namespace) -> None:
    """Draw the figures and print the distances."""
    folder = make_folder(options.pictures)
    simulated = read_simulated(options.labelled_set)
    real = read_real(data_folder() / "tables" / "kepler")
    planets = simulated[simulated.label == "planet"]
    pairs = simulated[
        (simulated.label == "eclipsing_binary")
        & (simulated.duration_days < WIDEST * simulated.period_days)
    ]
    # depth of a central secondary: light of the smaller disc over that of the pair
    of_disc = pairs.surface_brightness_ratio * np.minimum(pairs.radius_ratio, 1) ** 2
    secondary = of_disc / (1 + pairs.surface_brightness_ratio * pairs.radius_ratio**2)
    solvable = pairs[secondary > SHALLOWEST_SECONDARY]
    found = {}
    for part, counterpart, column, title, log, name in (
        (planets, "planets", "planet_radius_earth", "planets", True, "period_radius"),
        (solvable, "pairs", "mass_ratio", "eclipsing binaries", False, "period_mass_ratio"),
        (solvable, "pairs", "e_cos_w", "eclipsing binaries", False, "period_eccentricity"),
    ):
        found[name] = plane(part, real[counterpart], column, title, log, folder / f"{name}.png")
    found["period_of_binaries"] = catalogue(
        pairs, real["eclipses"], folder / "period_of_binaries.png"
    )
    found["depths"] = depths(simulated, real, folder / "depths.png")
    last_line(found, options)


if __name__ == "__main__":
    main(OPTIONS)
