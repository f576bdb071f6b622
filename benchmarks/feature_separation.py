"""Which features separate planets from false positives, in simulated and in real events.

    python benchmarks/feature_separation.py LABELLED_SET MODEL_FOLDER PICTURE

The labelled set is an output of python -m simulate, the model folder one of python -m train on it
(for its features_real.parquet). For every feature it gives the area under the ROC curve of planets
against each simulated scenario, against all simulated false positives and against the real ones,
folded so that 0.5 is chance and 1 is perfect. A feature that separates only simulated events is an
artefact or shows a population that the catalogue lacks; one that separates only real events shows
physics that is not simulated. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from command_line import command_line, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("labelled_set", type=Path, help="folder that python -m simulate wrote")
    parser.add_argument("model_folder", type=Path, help="folder that python -m train wrote for it")
    parser.add_argument("picture", type=written, help="PNG to draw")
    OPTIONS = parser.parse_args()

import matplotlib
import numpy as np
import pandas as pd
from scipy.stats import rankdata

from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.models.novelty import scalar_names
from exoval.table.feature_table import FeatureTable, load_feature_table

matplotlib.use("Agg")
import matplotlib.pyplot as plt

#: fewest events on either side of a comparison
FEWEST = 8
#: AUC from which a feature separates, and the difference that is called a gap
SEPARATES, GAP = 0.70, 0.15


def auc(planets: np.ndarray, others: np.ndarray) -> tuple[float, float]:
    """ROC area of one feature and its error (Hanley & McNeil 1982), NaN left out."""
    planets, others = planets[np.isfinite(planets)], others[np.isfinite(others)]
    m, n = len(planets), len(others)
    if min(m, n) < FEWEST:
        return np.nan, np.nan
    ranks = rankdata(np.concatenate([planets, others]))
    a = (ranks[:m].sum() - m * (m + 1) / 2) / (m * n)
    q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
    return a, np.sqrt((a * (1 - a) + (m - 1) * (q1 - a * a) + (n - 1) * (q2 - a * a)) / (m * n))


def values(table: FeatureTable, name: str, kind: str, label: str = "") -> np.ndarray:
    chosen = (table.frame.disposition == kind) & ((not label) | (table.frame.label == label))
    return table.frame.loc[chosen, name].to_numpy(dtype=float)


def separation(simulated: FeatureTable, real: FeatureTable) -> pd.DataFrame:
    """One row a feature: signed AUC against each scenario, all simulated and all real others."""
    scenarios = sorted(set(simulated.frame.label[simulated.frame.disposition == FALSE_POSITIVE]))
    rows = []
    for name in scalar_names(simulated):
        planets = values(simulated, name, PLANET)
        row = {
            "feature": name,
            **{
                scenario: auc(planets, values(simulated, name, FALSE_POSITIVE, scenario))[0]
                for scenario in scenarios
            },
        }
        row["simulated"], row["simulated_error"] = auc(
            planets, values(simulated, name, FALSE_POSITIVE)
        )
        row["real"], row["real_error"] = auc(
            values(real, name, PLANET), values(real, name, FALSE_POSITIVE)
        )
        rows.append(row)
    return pd.DataFrame(rows)


def verdict(row: pd.Series) -> str:
    """How simulation and reality disagree by more than twice the real error, in words."""
    apart = abs(row.simulated - row.real)
    if not np.isfinite(apart) or apart < max(
        GAP, 2 * np.hypot(row.real_error, row.simulated_error)
    ):
        return ""
    ours, theirs = (max(a, 1 - a) >= SEPARATES for a in (row.simulated, row.real))
    return {
        (True, False): "only in simulation",
        (False, True): "only in reality",
        (True, True): "both, differently",
        (False, False): "",
    }[ours, theirs]


def draw(frame: pd.DataFrame, path: Path) -> None:
    """Signed AUC of every feature, simulated beside real, the most separating first."""
    frame = frame.assign(best=(frame.simulated - 0.5).abs()).sort_values("best")
    figure, axes = plt.subplots(figsize=(8, 0.19 * len(frame) + 1.2), layout="constrained")
    place = np.arange(len(frame))
    for name, colour, shift in (("simulated", "#2b6cb0", 0.15), ("real", "#c05621", -0.15)):
        axes.errorbar(
            frame[name],
            place + shift,
            xerr=frame[f"{name}_error"],
            fmt="o",
            ms=4,
            color=colour,
            label=name,
        )
    axes.axvline(0.5, color="0.6", lw=1)
    axes.set(
        yticks=place,
        yticklabels=frame.feature,
        xlim=(0, 1),
        ylim=(-1, len(frame)),
        xlabel="AUC, planet against false positive (0.5: no separation)",
    )
    axes.tick_params(axis="y", labelsize=7)
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main(options: argparse.Namespace) -> None:
    """Print the table, draw the picture."""
    simulated = load_feature_table(options.labelled_set / "features.parquet")
    real = load_feature_table(options.model_folder / "features_real.parquet")
    frame = separation(simulated, real)
    frame["verdict"] = frame.apply(verdict, axis=1)
    order = (frame.simulated - 0.5).abs().sort_values(ascending=False).index
    print(frame.loc[order].round(2).drop(columns=["simulated_error"]).to_string(index=False))
    draw(frame, options.picture)
    named = {
        kind: frame.feature[frame.verdict == kind].tolist()
        for kind in ("only in simulation", "only in reality", "both, differently")
    }
    last_line(
        {
            "features": len(frame),
            "real_events": len(real),
            **{kind.replace(" ", "_").replace(",", ""): names for kind, names in named.items()},
        },
        options,
    )


if __name__ == "__main__":
    main(OPTIONS)
